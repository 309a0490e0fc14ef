"""``make backbone``: draw the pictures, train, measure, and write the weights that ship."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from workbook.backbone import probe
from workbook.backbone.album import draw_album
from workbook.backbone.training import LONGER, Recipe, network, train
from workbook.data.errors import DataError
from workbook.data.files import shown

INITS = 3  # random networks that the trained one is compared with


def main(arguments: list[str] | None = None) -> None:
    """Run the recipe. See --help."""
    parser = argparse.ArgumentParser(prog="python -m workbook.backbone", description=__doc__)
    parser.add_argument("--out", type=Path, default=None, help="file to write (default: the one that ships)")
    parser.add_argument(
        "--recipe", default="{}", help="changes of the recipe as JSON, such as '{\"each\": 20}'"
    )
    parser.add_argument("--longer", action="store_true", help="the longer recipe, about an hour and a half")
    parser.add_argument("--probe", action="store_true", help="only measure the file that is there")
    options = parser.parse_args(arguments)
    from workbook.weights import shipped_file

    if options.longer and not options.out:
        parser.error("--longer needs --out FILE: lessons tell of the weights that ship, made without it")
    recipe = LONGER if options.longer else Recipe()
    path = options.out or shipped_file()
    if options.probe:
        from workbook.weights import load_backbone

        print_scores(scores(load_backbone((96, 96, 3), "shipped", quiet=True).model))
        return
    changes = {key: tuple(v) if isinstance(v, list) else v for key, v in json.loads(options.recipe).items()}
    make(recipe._replace(**changes), path)


def make(recipe: Recipe, path: Path) -> dict[str, str]:
    """Draw, train, measure and write; returns what is written beside the weights."""
    from workbook.weights_files import write

    started = time.time()
    names = recipe.classes()
    print(f"drawing pictures of {len(names)} classes ...", flush=True)
    album = draw_album(recipe.each, recipe.size, recipe.seed, names, processes=os.cpu_count() or 1)
    print(f"training on {len(album.X):,} pictures, after {minutes(started):.1f} minutes ...", flush=True)
    backbone = train(recipe, album)
    took = minutes(started)
    measured = scores(backbone, recipe.alpha)
    print_scores(measured)
    about = {
        "recipe": "python -m workbook.backbone, " + json.dumps(recipe._asdict()),
        "seed": recipe.seed,
        "pictures": f"{len(album.X):,} pictures of {len(names)} classes",
        "minutes": round(took, 1),
        "quality": json.dumps(measured),
        "licence": "MIT",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, backbone, about)
    print(f"{shown(path)}: {path.stat().st_size / 1e6:.2f} MB, {took:.1f} minutes")
    return about


def minutes(started: float) -> float:
    return (time.time() - started) / 60


def scores(backbone: Any, alpha: float = 0.35) -> dict[str, dict[str, str]]:
    """The linear probe on every set that is there: this backbone, and the same network with random weights.

    Plain text throughout, to be stored beside the weights.
    """
    side, found = backbone.input_shape[1], {}
    for name, (X, y) in probe_sets(side).items():
        ours = probe.probe(probe.features(backbone, X), y)
        fresh = [probe.probe(probe.features(network(side, alpha, seed), X), y) for seed in range(INITS)]
        found[name] = {
            "pictures": str(len(X)),
            "majority": f"{max(y.mean(), 1 - y.mean()):.3f}",
            "random": f"{np.mean([s.mean for s in fresh]):.3f}",
            "random inits": ", ".join(str(s) for s in fresh),
            "trained": str(ours),
            "gain": f"{ours.mean - np.mean([s.mean for s in fresh]):.3f}",
        }
    return found


def probe_sets(side: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The alpaca pictures to probe on: photographs where there are own ones, and drawn ones."""
    from workbook.data import load_alpaca

    found = {}
    for name, source in (("photographs", "own"), ("drawn", "generated")):
        try:
            data = load_alpaca(side, source, quiet=True)
        except DataError as error:
            print(f"no probe on {name}: {error.what}")
            continue
        found[name] = (
            np.concatenate([data.X_train, data.X_test]),
            np.concatenate([data.y_train, data.y_test]),
        )
    return found


def print_scores(measured: dict[str, dict[str, str]]) -> None:
    """One line for each figure."""
    for name, figures in measured.items():
        for key, value in figures.items():
            print(f"{name:12s} {key:14s} {value}")


if __name__ == "__main__":
    main()
