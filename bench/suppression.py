"""How long filtering and suppression take: ours against tf.image.combined_non_max_suppression.

python bench/suppression.py            a table, and bench/results/suppression.json
python bench/suppression.py --json     the same as JSON

A grid of 19 x 19 cells, 5 anchors and 80 classes. TensorFlow gets scores that are multiplied already;
week3/postprocess.py starts from confidences and class probabilities. That both keep the same is checked.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "suppression.json"
sys.path[:0] = [str(ROOT), str(ROOT / "week3")]

import workbook  # noqa: E402

GRID, ANCHORS, CLASSES = 19, 5, 80
IOU_THRESHOLD = 0.5
CASES = (  # what is on the grid, objects (None: noise everywhere), score threshold, boxes kept at most
    ("10 objects", 10, 0.6, 10),
    ("10 objects, many kept", 10, 0.6, 100),
    ("40 objects, low threshold", 40, 0.25, 100),
    ("noise, few kept", None, 0.6, 10),
    ("noise", None, 0.6, 100),
    ("noise, low threshold", None, 0.05, 100),
)


def draw_grid(objects: int | None, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Confidences (n,), class probabilities (n, classes), corners (n, 4) as shares of the picture, float32.

    Each object is seen by all anchors of the 3 x 3 cells around its middle, each a little differently.
    """
    shape = (GRID, GRID, ANCHORS)
    column, row = np.meshgrid(np.arange(GRID), np.arange(GRID))
    middle = (np.stack([column, row], axis=-1)[:, :, np.newaxis] + rng.random((*shape, 2))) / GRID
    side = rng.uniform(0.05, 0.3, (*shape, 2))
    confidence, probs = rng.random(shape), rng.random((*shape, CLASSES))
    if objects is not None:
        confidence, probs = 0.05 * confidence, probs / probs.sum(axis=-1, keepdims=True)
        for _ in range(objects):
            h, w = rng.integers(1, GRID - 1, 2)
            at = np.s_[h - 1 : h + 2, w - 1 : w + 2]
            middle[at] = (np.array([w, h]) + 0.5 + rng.normal(0, 0.15, (3, 3, ANCHORS, 2))) / GRID
            side[at] = rng.uniform(0.05, 0.3, 2) * rng.uniform(0.8, 1.25, (3, 3, ANCHORS, 2))
            confidence[at] = rng.uniform(0.3, 1, (3, 3, ANCHORS))
            probs[at] *= 0.1
            probs[(*at, slice(None), rng.integers(CLASSES))] = 0.9
    corners = np.concatenate([middle - side / 2, middle + side / 2], axis=-1)
    arrays = confidence.reshape(-1), probs.reshape(-1, CLASSES), corners.reshape(-1, 4)
    return tuple(array.astype(np.float32) for array in arrays)


def contestants(objects: int | None, threshold: float, kept: int) -> dict[str, Callable[[], np.ndarray]]:
    """Functions that do the whole work and give the scores kept."""
    import tensorflow as tf

    from postprocess import filter_scores, suppress

    confidence, probs, corners = draw_grid(objects, np.random.default_rng(3))
    boxes = tf.constant(corners[np.newaxis, :, np.newaxis])
    scores = tf.constant((confidence[:, np.newaxis] * probs)[np.newaxis])

    def tensorflow() -> np.ndarray:
        found = tf.image.combined_non_max_suppression(
            boxes, scores, kept, kept, IOU_THRESHOLD, threshold, clip_boxes=False
        )
        return found.nmsed_scores[0, : int(found.valid_detections[0])].numpy()

    def ours(best_only: bool = False) -> np.ndarray:
        chosen = filter_scores(confidence, probs, threshold, best_only)
        order = suppress(corners[chosen.box], chosen.score, chosen.label, IOU_THRESHOLD, kept)
        return chosen.score[order]

    return {"tensorflow": tensorflow, "ours": ours, "best_class": lambda: ours(best_only=True)}


def milliseconds(functions: dict[str, Callable], rounds: int, repeats: int) -> dict[str, float]:
    """The median of each: in every round each runs several times in a row, so that load meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            function()  # caches are its own
            for _ in range(repeats):
                start = time.perf_counter()
                function()
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: round(statistics.median(each), 4) for name, each in times.items()}


def measure_all(rounds: int, repeats: int) -> dict[str, Any]:
    """The measurements of all cases, with what they were made on."""
    rows = []
    for name, *case in CASES:
        functions = contestants(*case)
        expected, found = functions["tensorflow"](), functions["ours"]()
        if not np.array_equal(expected, found):
            raise SystemExit(f"{name}: the boxes kept are not the same")
        row = milliseconds(functions, rounds, repeats)
        row["ratio"] = round(row["ours"] / row["tensorflow"], 2)
        rows.append({"case": name, "threshold": case[1], "most": case[2], "kept": len(found), **row})
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "tensorflow")},
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "runs": rounds * repeats,
        "grid": [GRID, GRID, ANCHORS, CLASSES],
        "milliseconds": rows,
    }


def show(results: dict[str, Any]) -> None:
    """The measurements as a table."""
    from rich.console import Console
    from rich.table import Table

    runs, cores = results["runs"], results["cores"]
    table = Table(title=f"Milliseconds of filtering and suppression, medians of {runs}, on {cores} cores")
    table.add_column("On the grid")
    for name in ("Threshold", "Kept", "TensorFlow", "Ours", "Ratio", "Ours, best class only"):
        table.add_column(name, justify="right")
    for row in results["milliseconds"]:
        numbers = [f"{row[key]:.3f}" for key in ("tensorflow", "ours")]
        last = [f"{row['ratio']:.2f}", f"{row['best_class']:.3f}"]
        table.add_row(row["case"], f"{row['threshold']:g}", str(row["kept"]), *numbers, *last)
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="rounds, in which each takes its turn (20)")
    parser.add_argument("--repeats", type=int, default=10, help="runs of each in a round (10)")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    options = parser.parse_args()
    workbook.start()
    results = measure_all(options.rounds, options.repeats)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        show(results)


if __name__ == "__main__":
    main()
