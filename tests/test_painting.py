"""Watching a picture form: it ends, it stops on request, and the last picture is kept."""

import importlib
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import workbook

workbook.start()
sys.path.insert(0, str(Path(__file__).parents[1] / "week4"))

painting = importlib.import_module("painting")
tf = importlib.import_module("tensorflow")


def darker(image):
    """A step that takes a tenth of the light and gives what is left of it."""
    image.assign(0.9 * image)
    return tf.reduce_sum(image)


def canvas():
    return tf.Variable(np.full((1, 8, 8, 3), 0.8, np.float32))


@pytest.fixture
def shown(monkeypatch):
    """What a cell would show, in order; a display that can be updated, as in a notebook."""
    import IPython.display

    contents = []

    class Handle:
        def __init__(self, what):
            self.place = len(contents)
            contents.append([what])

        def update(self, what):
            contents[self.place].append(what)

    monkeypatch.setattr(IPython.display, "display", lambda what, display_id=None: Handle(what))
    return contents


def test_all_steps_are_taken(shown):
    image = canvas()
    done = painting.paint(darker, image, steps=20, every=5, keep=(0, 7))
    assert len(done.costs) == 20 and not done.stopped
    assert list(done.stages) == [0, 7, 20]
    assert np.allclose(done.picture, 0.8 * 0.9**20, atol=1e-5)
    assert done.fall == pytest.approx(0.9**-19, rel=1e-4)
    top, below = shown
    assert len(below) == 1 + 4 + 1 and below[-1].data.startswith(b"\x89PNG")
    assert "20 steps" in top[-1].data and "stopped" not in top[-1].data


def test_the_button_stops_it_and_the_last_picture_stays(shown):
    taken = []

    def step(image):
        taken.append(1)
        if len(taken) == 3:
            shown[0][0].children[1].click()
        image.assign(0.9 * image)
        return float(np.sum(image.numpy()))

    done = painting.paint(step, canvas(), steps=50)
    assert done.stopped and len(done.costs) < 50
    assert np.allclose(done.picture, 0.8 * 0.9 ** len(done.costs), atol=1e-5)
    assert "stopped by you" in shown[0][-1].data
    assert shown[1][-1].format == "png"


def test_an_interrupt_keeps_the_last_picture(shown):
    calls = []

    def step(image):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        image.assign(0.9 * image)
        return image.numpy().sum()  # no graph can do this: the step runs as it is written

    done = painting.paint(step, canvas(), steps=50)
    assert done.stopped and 0 < len(done.costs) < 50
    assert done.picture.shape == (8, 8, 3) and "stopped by you" in shown[0][-1].data


def test_an_event_stops_it_without_a_display():
    stop = threading.Event()
    stop.set()
    assert len(painting.paint(darker, canvas(), steps=9, watch=False, stop=stop).costs) == 1


def test_a_blank_step_is_said_to_be_blank():
    def blank(image):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        painting.paint(blank, canvas(), steps=3, watch=False)


def test_a_decorated_step_is_laid_out_anew():
    factor = {"now": 0.5}

    @tf.function
    def step(image):
        image.assign(factor["now"] * image)
        return tf.reduce_sum(image)

    painting.paint(step, canvas(), steps=1, watch=False)
    factor["now"] = 1.0
    assert np.allclose(painting.paint(step, canvas(), steps=1, watch=False).picture, 0.8)


def test_noise_stays_within_bounds():
    image = painting.noisy(np.full((9, 9, 3), 0.9, np.float32)).numpy()
    assert image.shape == (1, 9, 9, 3) and image.max() == 1 and image.std() > 0.05
