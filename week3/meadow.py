"""Week 3: pictures of a meadow with one animal in it, or none, and the box around the animal.

Nothing is photographed: the animals and their places are those of the workbook's alpaca set. Corner boxes are
(x1, y1, x2, y2) in pixels, x to the right and y down, with (0, 0) at the top left corner. No TensorFlow is
loaded here.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from workbook.data import animal_fields as fields
from workbook.data import animal_scene as scene
from workbook.data.animal_body import body
from workbook.data.animal_kinds import draw_animal
from workbook.data.animal_parts import draw_pose
from workbook.data.camera import photograph, rotation_matrix
from workbook.data.kept import kept

KINDS = ("alpaca", "cow", "giraffe")
CANVAS = 80  # pixels along a side as drawn
SIDE = 64  # pixels along a side as the network sees a picture
OVERSAMPLING = 2
SIZES = 25, 46  # pixels of the canvas: the longer side of an animal, at least and at most
MANY = 400  # so many scenes are worth a second process
TRAIN, TEST = (1800, 1), (300, 2)  # the lesson's scenes: how many, and the seed
FAINT = 0.09  # an animal that differs less than that from what is behind it (light, 0 to 1) is drawn again


class Scenes(NamedTuple):
    """Pictures of a meadow and what stands in them."""

    X: np.ndarray  # (m, CANVAS, CANVAS, 3) uint8
    boxes: np.ndarray  # (m, 4) float32 corners in pixels of the canvas; zeros where there is no animal
    labels: np.ndarray  # (m,) int: 0 no animal, else 1 + the number in KINDS


# ---------------------------------------------------------------- drawing


def load_scenes(quiet=False):
    """The lesson's scenes to train on and those to test on; drawn once, then kept in datasets/generated."""
    keys = [f"{split}_{part}" for split in ("train", "test") for part in Scenes._fields]

    def draw(update):
        train = draw_scenes(*TRAIN, update=update)
        test = draw_scenes(*TEST, update=lambda done: update(TRAIN[0] + done))
        return dict(zip(keys, (*train, *test), strict=True))

    (m, seed), (m_test, seed_test) = TRAIN, TEST
    arrays = kept(
        "meadow",
        draw,
        keys=tuple(keys),
        drawings=m + m_test,
        recipe=f"{CANVAS}px-{m}s{seed}-{m_test}s{seed_test}",
        code=("animal*.py", "camera.py"),
        lesson_code=Path(__file__),
        quiet=quiet,
    )
    return Scenes(*(arrays[key] for key in keys[:3])), Scenes(*(arrays[key] for key in keys[3:]))


def draw_scenes(m, seed, empty=0.2, update=lambda done: None):
    """m scenes, of which a share of about ``empty`` shows no animal; the kinds are drawn alike otherwise.

    Many are drawn by two processes, the second half by another Python that runs this file. update: told how many
    are done.
    """
    if m < MANY:
        return _some_of(m, seed, empty, 0, m, update)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenes.npz"
        command = [sys.executable, __file__, str(m), str(seed), str(empty), str(file)]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as other:
            try:
                first = _some_of(m, seed, empty, 0, m // 2, lambda done: update(2 * done))
                other.wait()
            finally:
                other.kill()
        if other.returncode == 0:
            with np.load(file) as arrays:
                second = Scenes(**arrays)
        else:
            second = _some_of(m, seed, empty, m // 2, m)
    return Scenes(*map(np.concatenate, zip(first, second, strict=True)))


def _some_of(m, seed, empty, start, end, update=lambda done: None):
    """Scenes number start to end of m. Each has a generator of its own, so that it does not matter who draws it."""
    scenes = []
    for each in np.random.SeedSequence(seed).spawn(m)[start:end]:
        scenes.append(draw_scene(np.random.default_rng(each), empty))
        update(len(scenes))
    return _stacked(scenes)


def _stacked(scenes):
    pictures, boxes, labels = zip(*scenes, strict=True)
    return Scenes(np.stack(pictures), np.array(boxes, np.float32), np.array(labels))


def draw_scene(rng, empty=0.2):
    """One picture (CANVAS, CANVAS, 3) uint8, the box around its animal (4,), and its label."""
    n = CANVAS * OVERSAMPLING
    label = 0 if rng.random() < empty else int(rng.integers(1, 1 + len(KINDS)))
    size = np.exp(rng.uniform(*np.log(SIZES))) * OVERSAMPLING
    x, y = rng.uniform(size / 2, n - size / 2, 2)
    place = fields.draw_place(n, (y + size / 2) / n - 0.1, rng)
    picture = fields.out_of_focus(place.picture, rng.uniform(0, 1.5))
    box = np.zeros(4)
    if label:
        picture, box = _with_animal(picture, KINDS[label - 1], (x, y, size), place, rng)
    return photograph(np.clip(picture, 0, 1.6), CANVAS, rng), box, label


def _with_animal(picture, kind, where, place, rng):
    """The picture (n, n, 3) with an animal and its shadow, and the box around what is seen of it, in pixels.

    where: x, y of the middle of the animal and the longer side of its box
    """
    n, (x, y, size) = len(picture), where
    for _ in range(20):
        parts, rotation, animal = _standing(kind, rng)
        left, right, low, high = scene.outline(scene.seen(parts, rotation))
        unit = size / max(right - left, high - low)
        feet = x - (left + right) / 2 * unit, y + (low + high) / 2 * unit, unit
        layer = scene.draw_layer(animal, parts, rotation, feet, n, place.sun, rng)
        cover = layer.cover * fields.veil(n, feet[1], unit, place.ground, rng)[layer.window]
        difference = np.abs(layer.colour - picture[layer.window]).mean(axis=2)
        if (difference * cover).sum() >= FAINT * cover.sum():
            break
    shadow = scene.ground_shadow(parts, rotation, feet, n, place.sun)[..., None]
    below = np.clip((np.arange(n) - place.horizon * n) / 4, 0, 1)[:, None, None]
    dark = 0.95 * place.sun.colour / (place.sun.colour + place.sun.sky)
    picture = picture * (1 - dark * shadow * below)
    picture[layer.window] += cover[..., None] * (layer.colour - picture[layer.window])
    return picture, _box_of(cover, layer.window) / OVERSAMPLING


def _standing(kind, rng):
    """An animal on its feet, seen from the side or from three quarters: its parts, a rotation, the animal."""
    animal, pose = draw_animal(kind, rng), draw_pose(rng)._replace(grazing=False, lying=False)
    yaw = rng.normal(0, 12) if rng.random() < 0.6 else rng.choice([-1, 1]) * rng.uniform(20, 60)
    rotation = rotation_matrix(yaw if rng.random() < 0.5 else 180 - yaw, rng.uniform(3, 14), 0)
    return body(animal, pose), rotation, animal


def _box_of(cover, window):
    """The box (4,) around all pixels of a window that are covered by more than half."""
    rows, columns = (np.flatnonzero((cover > 0.5).any(axis=axis)) for axis in (1, 0))
    top, left = window[0].start, window[1].start
    return np.array([left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1], float)


if __name__ == "__main__":  # the other process of draw_scenes
    m, seed, empty, file = sys.argv[1:]
    np.savez(file, **_some_of(int(m), int(seed), float(empty), int(m) // 2, int(m))._asdict())
