"""The pictures that the backbone learns from: what classes there are, and one picture of a class."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workbook.backbone import photographs, solid
from workbook.backbone.canvas import Stencil, affine, any_colour, over, relief, soft
from workbook.backbone.living import ANIMALS, PEOPLE
from workbook.backbone.materials import MATERIALS
from workbook.backbone.plants import PLANTS
from workbook.backbone.scenes import PLACES
from workbook.backbone.shapes import ANY, SHAPES, Thing
from workbook.backbone.things import OBJECTS

LETTERS = "ABEGKMRS258"
HOME = {  # where a kind of thing is mostly seen; elsewhere in one picture of four
    "animal": ("meadow", "meadow", "meadow", "mountains", "forest", "road", "beach", "room"),
    "fish": ("underwater",),
    "plant": ("meadow", "mountains", "forest", "beach", "city", "room", "wall"),
    "object": ("room", "room", "wall", "city", "road", "meadow"),
    "person": tuple(PLACES),
    "shape": ("wall", "wall", *PLACES),
}
SIZES = {
    "animal": (0.6, 1.05),
    "plant": (0.6, 1.1),
    "object": (0.5, 0.95),
    "person": (0.6, 1.15),
    "shape": (0.4, 0.85),
}


class Drawn(NamedTuple):
    """A picture of a thing, where the thing is, and the class of what lies around it."""

    picture: np.ndarray
    there: np.ndarray  # (n, n) bool
    around: str
    parts: np.ndarray | None = None  # (n, n) which of solid.PARTS is where the thing is


def _compose(thing: Thing, kind: str, home: str, n: int, rng: np.random.Generator) -> Drawn:
    """A thing in a place: placed, lit, with its shadow."""
    places_ = HOME[home] if rng.random() < 0.75 else tuple(PLACES)
    place = places_[rng.integers(len(places_))]
    picture, _ = PLACES[place](n, rng)
    if rng.random() < 0.4:  # a wide lens opening: only the thing is sharp
        picture = np.stack([soft(picture[..., c], rng.uniform(0.5, 2.5)) for c in range(3)], axis=-1)
    size, light = rng.uniform(*SIZES[kind]), rng.uniform(-np.pi, 0)
    turn = rng.normal(0, 0.1) if kind != "shape" else rng.uniform(-0.5, 0.5)
    matrix = affine(
        rng.uniform(0.35, 0.65), rng.uniform(0.4, 0.62), size, turn, rng.random() < 0.5, rng.normal(0, 0.1)
    )
    layers = thing(n, rng)
    masks = []
    for _, outline in layers:
        stencil = Stencil(n, matrix)
        outline(stencil)
        masks.append(stencil.mask())
    there = np.maximum.reduce(masks)
    shadow = soft(there, rng.uniform(1, 4))
    down, across = int(rng.uniform(0, 0.06) * n), int(-np.cos(light) * rng.uniform(0, 0.1) * n)
    picture *= 1 - rng.uniform(0.1, 0.6) * np.roll(shadow, (down, across), axis=(0, 1))[..., None]
    depth, bulge = rng.uniform(0.1, 0.5), rng.uniform(0.02, 0.05) * n
    for (fill, _), mask in zip(layers, masks, strict=True):
        over(picture, fill * relief(mask, light, depth, bulge)[..., None], mask)
    return Drawn(picture, there > 0.5, f"place-{place}")


def _herd(name: str, n: int, rng: np.random.Generator) -> Drawn:
    """Solid animals in a place, or before a part of a photograph."""
    if rng.random() < 0.1:
        around = str(rng.choice(photographs.names()))
        picture = photographs.crop(around, n, rng).astype(np.float32) / 255
    else:
        places_ = HOME["animal"] if rng.random() < 0.8 else tuple(PLACES)
        place = str(rng.choice(places_))
        around, (picture, _) = f"place-{place}", PLACES[place](n, rng)
    if rng.random() < 0.5:
        blur = rng.uniform(0.5, 2.5)
        picture = np.stack([soft(picture[..., c], blur) for c in range(3)], axis=-1)
    picture, parts = solid.herd(name, picture, rng)
    return Drawn(picture, parts >= 0, around, parts)


@lru_cache(maxsize=64)
def _font(index: int, size: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / f"{FONTS[index]}.ttf", size)


FONTS = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "DejaVuSansMono-Bold",
    "STIXGeneral",
)


def _letter(text: str) -> Thing:
    def thing(n, rng):
        fill = ANY[rng.integers(len(ANY))](n, rng) if rng.random() < 0.5 else any_colour(rng)
        font = _font(int(rng.integers(len(FONTS))), 2 * n * 5 // 6)
        image = Image.new("L", (2 * n, 2 * n))
        ImageDraw.Draw(image).text((n, n), text, fill=255, font=font, anchor="mm")

        def outline(s: Stencil) -> None:
            inverse = np.linalg.inv(np.vstack([s.matrix * [[1, 1, 2 * n]] * 1.0, [0, 0, 1]]))[:2]
            s.image.paste(
                image.transform(
                    s.image.size, Image.Transform.AFFINE, tuple(inverse.ravel()), Image.Resampling.BILINEAR
                )
            )

        return [(fill, outline)]

    return thing


def _face(n: int, rng: np.random.Generator) -> np.ndarray:
    from workbook.data.face_people import draw_person
    from workbook.data.faces import draw_face

    return _resized(draw_face(draw_person(rng), rng, size=64).picture, n)


def _hand(n: int, rng: np.random.Generator) -> np.ndarray:
    from workbook.data.hands import draw_hand

    return _resized(draw_hand(int(rng.integers(6)), rng), n)


def _resized(picture: np.ndarray, n: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((n, n), Image.Resampling.BICUBIC), np.float32) / 255


Draw = Callable[[int, np.random.Generator], np.ndarray | Drawn]


def _table() -> dict[str, Draw]:
    """Every class and how one picture of it is drawn, as float32 in about [0, 1]."""
    table: dict[str, Draw] = dict(MATERIALS)
    table |= {f"place-{name}": (lambda n, rng, f=f: f(n, rng)[0]) for name, f in PLACES.items()}
    for kind, things in (
        ("shape", SHAPES),
        ("object", OBJECTS),
        ("plant", PLANTS),
        ("animal", ANIMALS),
        ("person", PEOPLE),
    ):
        for name, thing in things.items():
            home = "fish" if name == "fish" else kind
            table[name] = lambda n, rng, a=(thing, kind, home): _compose(*a, n, rng)
    for letter in LETTERS:
        thing = _letter(letter)
        table[f"letter-{letter}"] = lambda n, rng, t=thing: _compose(t, "shape", "shape", n, rng)
    table |= {f"solid-{name}": (lambda n, rng, name=name: _herd(name, n, rng)) for name in solid.BUILDS}
    table |= {"face": _face, "hand": _hand}
    for name in photographs.names():
        table[name] = lambda n, rng, name=name: photographs.crop(name, n, rng).astype(np.float32) / 255
    return table


CLASSES: dict[str, Draw] = _table()
NAMES: tuple[str, ...] = tuple(CLASSES)
FLAT: tuple[str, ...] = tuple(name for name in NAMES if not name.startswith("solid-"))


def draw(
    name: str, n: int, rng: np.random.Generator, names: tuple[str, ...] = NAMES
) -> tuple[np.ndarray, np.ndarray]:
    """(n, n, 3) uint8 picture of a class, and its map: (n, n) uint8, the number in names of what is where.

    Where a solid animal is, the map tells its part: len(names) and its number in solid.PARTS.
    """
    drawn, number = CLASSES[name](n, rng), names.index(name)
    picture, what = drawn, np.full((n, n), number, np.uint8)
    if isinstance(drawn, Drawn):
        picture = drawn.picture
        if drawn.parts is not None:
            what[drawn.there] = len(names) + drawn.parts[drawn.there]
        if drawn.around in names:
            what[~drawn.there] = names.index(drawn.around)
    if not name.startswith("photo-") and rng.random() < 0.5:  # light falls off to one side
        slope = np.linspace(1 - rng.uniform(0, 0.4), 1 + rng.uniform(0, 0.3), n, dtype=np.float32)
        picture = picture * (slope[:, None, None] if rng.random() < 0.5 else slope[None, ::-1, None])
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8), what


class Album(NamedTuple):
    """Pictures to learn from."""

    X: np.ndarray  # (m, n, n, 3) uint8
    y: np.ndarray  # (m,) class numbers
    maps: np.ndarray  # (m, n, n) uint8, what is where: a class number, or beyond these a part of an animal

    @property
    def kinds(self) -> int:
        """How many numbers there are, of classes and of parts."""
        return max(int(self.y.max()), int(self.maps.max())) + 1


RICH = 3  # times as many pictures of solid animals: they differ most from each other


def draw_album(
    each: int,
    n: int,
    seed: int,
    names: tuple[str, ...] = NAMES,
    told: Callable[[int], None] = lambda done: None,
    processes: int = 1,
) -> Album:
    """each pictures of every class, RICH times as many of solid animals.

    A picture's seed is made of seed, class and number: the album is the same however many processes draw it.
    told: a function that hears how many are drawn.
    """
    counts = [each * (RICH if name.startswith("solid-") else 1) for name in names]
    y = np.repeat(np.arange(len(names)), counts)
    X, maps = np.empty((len(y), n, n, 3), np.uint8), np.empty((len(y), n, n), np.uint8)
    tasks = [(names, number, i, n, seed) for number, count in enumerate(counts) for i in range(count)]
    with contextlib.ExitStack() as stack:
        if processes == 1:
            drawn = map(_drawn, tasks)
        else:
            pool = stack.enter_context(multiprocessing.get_context("spawn").Pool(processes))
            drawn = pool.imap(_drawn, tasks, chunksize=64)
        for i, (picture, what) in enumerate(drawn):
            X[i], maps[i] = picture, what
            told(i + 1)
    return Album(X, y, maps)


def _drawn(task: tuple) -> tuple[np.ndarray, np.ndarray]:
    names, number, i, n, seed = task
    return draw(names[number], n, np.random.default_rng([seed, number, i]), names)
