"""Where a model runs and in which precision."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from embeddings.encoders.base import EncoderUnavailable, is_sharing_processors

# Up to so many items are a shopper's request, and gain nothing by being shared out.
FEW = 4
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def pick_device(name: str) -> torch.device:
    """`auto` takes CUDA, then Apple's MPS, then the CPU; anything else is a torch device name.

    Raises:
        EncoderUnavailable: the name means nothing to torch, or this machine has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise EncoderUnavailable(
            f"This machine cannot run a model on device {name!r}.",
            "Set KINDRED_ENCODER_DEVICE to auto, cpu, cuda or mps.",
        ) from error
    return device


def pick_dtype(name: str, device: torch.device) -> torch.dtype:
    """`auto` takes bfloat16 where the hardware multiplies it, float16 on other GPUs, float32 elsewhere.

    Raises:
        EncoderUnavailable: the name is none of auto, float32, bfloat16, float16.
    """
    if name == "auto":
        return _fastest_dtype(device)
    if name not in DTYPES:
        raise EncoderUnavailable(
            f"Unknown precision {name!r}.", f"Set KINDRED_ENCODER_DTYPE to auto, {', '.join(DTYPES)}."
        )
    return DTYPES[name]


def _fastest_dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "cpu":
        return torch.bfloat16 if _cpu_multiplies_bfloat16() else torch.float32
    return torch.float32


def _cpu_multiplies_bfloat16() -> bool:
    """AVX512-BF16 or AMX; measured twice as fast as float32 for a ViT-B/32, and 3 times slower where it is emulated."""
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # absent on builds for other processors
    return any(getattr(torch.cpu, check, bool)() for check in checks)


@contextmanager
def fitting_threads(items: int) -> Iterator[None]:
    """One thread for few items, and beside neighbours (`sharing_processors`); all of torch's for a batch. For small
    models on the CPU; one call at a time.

    Threads that share an item wait for each other by spinning: on two busy cores (a web server's two processes, a
    database) one short text took the starter 616 ms and 170 ms of the processors, on one thread 25 and 9.
    """
    usual = torch.get_num_threads()
    if usual == 1 or (items > FEW and not is_sharing_processors()):
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)
