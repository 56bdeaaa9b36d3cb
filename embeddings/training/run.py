"""The training loop: learning rates, averaged weights, checkpoints to continue from."""

import argparse
import math
import time

import numpy as np
import torch
from torch import nn

from embeddings.encoders.image_tower import ImageTower
from embeddings.training.batches import load_batch
from embeddings.training.initial import freeze_early_blocks
from embeddings.training.lesson import Lesson
from embeddings.training.losses import compute_losses
from embeddings.training.recipe import Recipe


class Run:
    """One training run and its checkpoint."""

    def __init__(
        self, tower: ImageTower, prototypes: nn.Parameter, lesson: Lesson, recipe: Recipe, args: argparse.Namespace
    ) -> None:
        self.tower, self.prototypes, self.lesson, self.recipe, self.args = tower, prototypes, lesson, recipe, args
        freeze_early_blocks(tower, recipe.frozen_blocks)
        trunk = [p for p in tower.trunk.parameters() if p.requires_grad]
        heads = [p for name, p in tower.named_parameters() if not name.startswith("trunk.")] + [prototypes]
        self.optimizer = torch.optim.AdamW(
            [{"params": trunk, "lr": recipe.trunk_rate}, {"params": heads, "lr": recipe.head_rate}],
            weight_decay=recipe.weight_decay,
        )
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.average = {name: value.detach().clone() for name, value in tower.state_dict().items()}
        self.step, self.seconds = 0, 0.0
        self.checkpoint = args.work / ("held-out.checkpoint" if args.hold_out else "checkpoint")

    def go(self) -> None:
        """Train to the end of the schedule: `steps`, or sooner when the minutes are used up."""
        self.tower.eval()  # the inherited normalisations are x + bias and stay so
        started = time.perf_counter() - self.seconds
        per_epoch = len(self.lesson.order(self.recipe, 0)) // self.recipe.batch
        while (progress := self.progress()) < 1:
            epoch, place = divmod(self.step, per_epoch)
            order = self.lesson.order(self.recipe, epoch)
            indices = order[place * self.recipe.batch : (place + 1) * self.recipe.batch]
            losses = self.learn(indices, progress)
            self.step, self.seconds = self.step + 1, time.perf_counter() - started
            if self.step % 20 == 0:
                report = " ".join(f"{name} {value:.3f}" for name, value in losses.items())
                print(f"step {self.step} epoch {epoch} {progress:.1%} {self.seconds / 60:.1f} min: {report}")
            if self.step % 200 == 0:
                self.save()
        self.save()

    def progress(self) -> float:
        """How much of the schedule is done, 0 to 1, by steps or by time, whichever is further."""
        if self.args.minutes <= 0:
            return 1.0
        return max(self.step / self.recipe.steps, self.seconds / (60 * self.args.minutes))

    def learn(self, indices: np.ndarray, progress: float) -> dict[str, float]:
        """One optimiser step; returns the loss terms."""
        rng = np.random.default_rng((self.recipe.seed, self.step))
        batch = load_batch(self.lesson, indices, self.recipe, rng)
        warmth = min(1.0, max((self.step + 1) / self.recipe.warmup, progress / 0.1))
        factor = self.args.rate * warmth * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        terms = compute_losses(self.tower, self.prototypes, batch, self.lesson.bank, self.recipe, rng)
        weights = {"visual": 1.0, "label": self.recipe.label_weight}
        weights |= {"joint": self.recipe.joint_weight, "names": self.recipe.names_weight}
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack([weights[name] * term for name, term in terms.items()]).sum().backward()
        self.optimizer.step()
        decay = min(self.recipe.ema, (self.step + 1) / (self.step + 20))
        with torch.no_grad():
            for name, value in self.tower.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - decay)
        return {name: float(term.detach()) for name, term in terms.items()}

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "tower": self.tower.state_dict(),
            "prototypes": self.prototypes.data,
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "step": self.step,
            "seconds": self.seconds,
        }
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.rename(self.checkpoint)

    def resume(self) -> None:
        """Continue from the checkpoint, if there is one and a fresh start was not asked for."""
        if self.args.fresh or not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True)
        self.tower.load_state_dict(state["tower"])
        self.prototypes.data.copy_(state["prototypes"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average, self.step, self.seconds = state["average"], state["step"], state["seconds"]
        print(f"continuing at step {self.step}")
