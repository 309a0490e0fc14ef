"""The drawn road scenes: the same for the same seed, boxes and masks that agree, every class in numbers."""

import time
import tracemalloc

import numpy as np
import pytest

from workbook.data import road_scene
from workbook.data.road_canvas import LAWN, Camera, Canvas
from workbook.data.road_classes import BOX_CLASSES, PALETTE, PIXEL_CLASSES, palette_of
from workbook.data.road_lorries import bus, truck
from workbook.data.road_scene import LEAST_AREA, LEAST_SIDE, draw_scene, draw_set
from workbook.data.road_vehicles import STYLES, car

M = 120
CARS = BOX_CLASSES.index("car")


@pytest.fixture(scope="module")
def scenes():
    """120 pictures, masks and boxes."""
    return draw_set(M, seed=11)


def sizes(boxes):
    """Widths and heights (n, 2)."""
    return boxes[:, 2:4] - boxes[:, :2]


# Seeds and shapes


def test_shapes_and_types():
    X, masks, boxes = draw_set(3, seed=0)
    assert X.shape == (3, 96, 128, 3) and X.dtype == np.uint8
    assert masks.shape == (3, 96, 128) and masks.dtype == np.uint8
    assert [each.shape[1] for each in boxes] == [5, 5, 5] and boxes[0].dtype == np.float32
    scene = draw_scene(0, height=48, width=80)
    assert scene.picture.shape == (48, 80, 3) and scene.mask.shape == (48, 80)


@pytest.mark.parametrize("kwargs", [{}, {"height": 64, "width": 200}, {"n_objects": 3, "kinds": ("car",)}])
def test_same_seed_same_scene(kwargs):
    one, other = draw_scene(9, **kwargs), draw_scene(9, **kwargs)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert not np.array_equal(one.picture, draw_scene(10, **kwargs).picture)


def test_a_set_grows_without_changing(scenes):
    X, masks, boxes = draw_set(4, seed=11)
    assert np.array_equal(X, scenes[0][:4]) and np.array_equal(masks, scenes[1][:4])
    assert all(np.array_equal(a, b) for a, b in zip(boxes, scenes[2][:4], strict=True))


def test_two_seeds_share_no_scene(scenes):
    """Nor do they share a scene in other light: no mask occurs twice."""
    others = draw_set(30, seed=12)
    known = {mask.tobytes() for mask in scenes[1]}
    assert len(known) == M
    assert not any(mask.tobytes() in known for mask in others[1])


# Boxes and masks


def test_boxes_lie_in_the_picture_and_are_large_enough(scenes):
    boxes = np.concatenate(scenes[2])
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2] <= 128).all() and (boxes[:, 3] <= 96).all()
    assert sizes(boxes).min() >= LEAST_SIDE and sizes(boxes).prod(axis=1).min() >= LEAST_AREA - 1e-3
    assert set(boxes[:, 4]) == set(range(len(BOX_CLASSES)))


def gaps(same):
    """The widest margin of a box (h, w) in which its class, True, is not seen."""
    rows, columns = np.flatnonzero(same.any(axis=1)), np.flatnonzero(same.any(axis=0))
    return max(rows[0], columns[0], len(same) - 1 - rows[-1], same.shape[1] - 1 - columns[-1])


def test_each_box_is_filled_by_its_class(scenes):
    """A mask tells the class in the middle of a pixel: the thin tip of a sign may be missing in it."""
    shares, margins = [], []
    for mask, boxes in zip(scenes[1], scenes[2], strict=True):
        for x1, y1, x2, y2, kind in boxes:
            inside = mask[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))]
            same = inside == PIXEL_CLASSES.index(BOX_CLASSES[int(kind)])
            shares.append(same.mean())
            margins.append(gaps(same))
    assert np.quantile(shares, 0.02) > 0.2 and np.median(shares) > 0.6
    assert np.mean(np.array(margins) <= 1) > 0.9 and np.quantile(margins, 0.99) <= 4


def test_pixels_of_objects_lie_in_boxes(scenes):
    """What lies in no box belongs to objects that are hidden, cut off or tiny."""
    for name in BOX_CLASSES:
        pixels = outside = 0
        for mask, boxes in zip(scenes[1], scenes[2], strict=True):
            rest = mask == PIXEL_CLASSES.index(name)
            pixels += rest.sum()
            for x1, y1, x2, y2, _ in boxes[boxes[:, 4] == BOX_CLASSES.index(name)]:
                rest[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))] = False
            outside += rest.sum()
        assert outside < 0.2 * pixels, name


def test_a_box_alone_is_exactly_its_pixels():
    """One object that nothing hides: the mask gives the box, to the pixel."""
    checked = 0
    for seed in range(12):
        scene = draw_scene(seed, n_objects=1, kinds=("car", "bus", "truck"))
        for *corners, kind in scene.boxes:
            rows, columns = np.nonzero(scene.mask == PIXEL_CLASSES.index(BOX_CLASSES[int(kind)]))
            seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert np.abs(np.array(corners) - seen).max() <= 1
            checked += 1
    assert checked >= 10


def a_canvas():
    return Canvas(Camera(90, 60, 80.0, 45.0, 30.0, 1.4, 0.0, 0.0, 0.0))


def square(x, y, side):
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], float)


def boxes_of(cover: float, at: float = 30.0):
    """Boxes of a square car of 45 drawn pixels from column at on; a wall hides the part cover of it."""
    canvas = a_canvas()
    canvas.begin(CARS)
    canvas.fill([square(at, 6, 44)], np.ones((1, 3)), "car", 10.0)
    canvas.end()
    if cover:
        canvas.fill([square(at - 60, 0, 59 + 45 * cover)], np.ones((1, 3)), "building", 5.0)
    return road_scene._boxes(canvas)


def test_a_box_is_what_is_seen():
    assert boxes_of(0).tolist() == [[10, 2, 25, 17, CARS]]
    assert boxes_of(0.2).tolist() == [[13, 2, 25, 17, CARS]]  # the hidden part is not in it
    assert len(boxes_of(0.6)) == 1 and len(boxes_of(0.68)) == 0  # mostly hidden
    assert boxes_of(0, at=72.0)[0, 2] == 30 and len(boxes_of(0, at=78.0)) == 0  # mostly out of the picture


# What the scenes show


def test_every_class_occurs_in_useful_numbers(scenes):
    X, masks, boxes = scenes
    counts = np.bincount(np.concatenate(boxes)[:, 4].astype(int), minlength=len(BOX_CLASSES))
    assert counts.min() >= 0.25 * M, dict(zip(BOX_CLASSES, counts, strict=True))
    assert counts[CARS] < 0.55 * counts.sum()
    shown = [np.mean([(mask == number).any() for mask in masks]) for number in range(len(PIXEL_CLASSES))]
    assert min(shown) > 0.3, dict(zip(PIXEL_CLASSES, shown, strict=True))
    assert len(X) == len(boxes) and np.mean([len(each) for each in boxes]) > 4


def test_cars_are_seen_at_many_sizes_and_from_many_sides(scenes):
    cars = np.concatenate(scenes[2])
    wide, high = sizes(cars[cars[:, 4] == CARS]).T
    assert np.quantile(wide, 0.9) > 4 * np.quantile(wide, 0.1)
    assert (wide < 10).mean() > 0.08 and (wide > 30).mean() > 0.08
    shape = wide / high
    assert np.quantile(shape, 0.1) < 1.4 and np.quantile(shape, 0.9) > 1.9  # from behind, and from the side


def test_light_and_horizon_vary(scenes):
    X, masks, _ = scenes
    brightness = X.mean(axis=(1, 2, 3))
    assert np.quantile(brightness, 0.05) < 75 and np.quantile(brightness, 0.95) > 120
    top_of_road = [np.flatnonzero((mask == PIXEL_CLASSES.index("road")).any(axis=1))[0] for mask in masks]
    assert np.ptp(np.quantile(top_of_road, [0.1, 0.9])) > 10


def test_people_drive_on_both_sides(scenes):
    """Left and right are alike, so that no side gives a class away."""
    boxes = np.concatenate(scenes[2])
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    for kind in range(len(BOX_CLASSES)):
        assert 0.3 < (middle[boxes[:, 4] == kind] < 64).mean() < 0.7, BOX_CLASSES[kind]


def test_colour_gives_no_vehicle_away():
    """Chance is 0.33. The nearest mean colour told 0.46 of 358 vehicles; the bound leaves room for luck."""
    colours, kinds = [], []
    for seed in range(75):
        scene = draw_scene(seed, n_objects=1, kinds=(BOX_CLASSES[seed % 3],))
        pixels = scene.picture[scene.mask == PIXEL_CLASSES.index(BOX_CLASSES[seed % 3])]
        if len(pixels):
            colours.append(pixels.mean(axis=0))
            kinds.append(seed % 3)
    colours, kinds = np.array(colours), np.array(kinds)
    means = np.stack([colours[kinds == kind].mean(axis=0) for kind in range(3)])
    told = np.linalg.norm(colours[:, None] - means, axis=-1).argmin(axis=1)
    assert (told == kinds).mean() < 0.6


@pytest.mark.parametrize("maker", [car, truck, bus])
def test_vehicles_stand_on_the_road_and_within_their_size(maker):
    for seed in range(10):
        vehicle = maker(np.random.default_rng(seed), True)
        points = np.concatenate([face.corners for part in vehicle.parts for face in part])
        assert -0.1 < points[:, 1].min() < 0.1 and abs(points[:, 1].max() - vehicle.height) < 0.1
        assert np.abs(points[:, 0]).max() < vehicle.half + 0.1
        assert np.abs(points[:, 2]).max() < vehicle.length / 2 + 0.3


def test_every_style_of_car_is_drawn(monkeypatch):
    lengths = set()
    for name in STYLES:
        monkeypatch.setattr("workbook.data.road_vehicles.STYLES", {name: STYLES[name]})
        lengths.add(car(np.random.default_rng(0), False).length)
    assert len(lengths) >= 3


def test_faces_look_outwards():
    """From behind a car shows its rear and not its front: corners go round against the clock."""
    camera = Camera(300, 200, 300.0, 150.0, 80.0, 1.4, 0.0, 0.0, 0.0)
    vehicle = car(np.random.default_rng(0), False)
    for face in vehicle.parts[0]:
        z = face.corners[:, 2]
        points, _ = camera.project(face.corners + np.array([0, 0, 10.0]))
        following = np.roll(points, -1, axis=0)
        area = (points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]).sum()
        if np.ptp(z) == 0:  # upright, across the car
            assert (area < 0) == (z[0] < 0)


# Wishes


def test_n_objects_and_kinds():
    assert all(len(draw_scene(seed, n_objects=0).boxes) == 0 for seed in range(5))
    one = [draw_scene(seed, n_objects=1, kinds=("bus", "pedestrian")).boxes for seed in range(30)]
    assert max(map(len, one)) == 1 and sum(map(len, one)) >= 26
    assert set(np.concatenate(one)[:, 4]) == {BOX_CLASSES.index("bus"), BOX_CLASSES.index("pedestrian")}
    many = [len(draw_scene(seed, n_objects=4).boxes) for seed in range(10)]
    assert max(many) <= 4 and np.mean(many) > 2.5


def test_no_objects_means_no_pixels_of_them():
    for seed in range(6):
        mask = draw_scene(seed, n_objects=0).mask
        assert not np.isin(mask, [PIXEL_CLASSES.index(name) for name in BOX_CLASSES]).any()


def test_kinds_alone_leave_the_number_to_chance():
    boxes = [draw_scene(seed, kinds=("sign", "cyclist")).boxes for seed in range(12)]
    assert set(np.concatenate(boxes)[:, 4]) <= {BOX_CLASSES.index("sign"), BOX_CLASSES.index("cyclist")}
    assert len({len(each) for each in boxes}) > 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw_scene(-1), "seed must be"),
        (lambda: draw_scene("one"), "seed must be"),
        (lambda: draw_scene(True), "seed must be"),
        (lambda: draw_scene(0, height=16), "height must be a whole number, from 32 to 512"),
        (lambda: draw_scene(0, width=128.0), "width must be"),
        (lambda: draw_scene(0, n_objects=-1), "n_objects must be"),
        (lambda: draw_scene(0, kinds=("tram",)), "kinds must be some of car, truck"),
        (lambda: draw_scene(0, kinds=()), "kinds must be"),
        (lambda: draw_set(0, seed=1), "m must be"),
        (lambda: draw_set(2, seed=None), "seed must be"),
    ],
)
def test_bad_arguments_are_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_progress_is_told():
    told = []
    draw_set(2, seed=0, progress=lambda done, m: told.append((done, m)))
    assert told == [(1, 2), (2, 2)]


# Colours, time and memory


def test_the_palette_can_be_read_without_colour():
    grey = np.sort(palette_of(PIXEL_CLASSES) @ [0.299, 0.587, 0.114])
    assert np.diff(grey).min() > 10
    assert len(PALETTE) == len(set(PALETTE)) == len(PIXEL_CLASSES) <= 23
    assert set(BOX_CLASSES) <= set(PIXEL_CLASSES)


def test_every_set_of_names_has_colours():
    assert palette_of(("road", "tree")).tolist() == [
        list(PALETTE[PIXEL_CLASSES.index(name)]) for name in ("road", "vegetation")
    ]
    many = palette_of(tuple(f"class {k}" for k in range(23)))
    assert many.shape == (23, 3) and len({tuple(colour) for colour in many}) == 23


def test_scenes_are_drawn_quickly():
    """1,600 scenes take 45 s or so; the bound leaves room for a busy or a slower machine."""
    draw_scene(0)
    start = time.process_time()
    draw_set(20, seed=3)
    assert (time.process_time() - start) / 20 < 0.12


def test_drawing_keeps_nothing():
    """Memory does not grow with the number of scenes."""
    draw_set(2, seed=1)
    tracemalloc.start()
    draw_set(6, seed=2)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1e6 and most < 30e6  # bytes


def test_shadows_fall_on_the_ground_only():
    canvas = a_canvas()
    canvas.fill([square(0, 30, 60)], np.full((1, 3), 0.5), "grass", 1.0, LAWN)
    canvas.shadow([square(0, 0, 60)], 0.6)
    assert np.asarray(canvas.shade).max() == 153
    assert canvas.surfaces()[0].shape == (2, 3)  # a shadow is no surface
