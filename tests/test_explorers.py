"""Week 1's explorers and photographs: alive where somebody can use them, still elsewhere."""

import base64
import importlib
import socket
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate2d

WEEK = Path(__file__).resolve().parent.parent / "week1"
WIDGET = "application/vnd.jupyter.widget-view+json"
IMAGE, KERNEL = np.arange(30).reshape(5, 6) % 7, np.array([[-1, 0, 1], [-2, 0, 2]])


@pytest.fixture
def explorers(monkeypatch):
    monkeypatch.syspath_prepend(str(WEEK))
    module = importlib.import_module("explorers")
    for name in module.FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    return module


@pytest.fixture
def photographs(monkeypatch):
    monkeypatch.syspath_prepend(str(WEEK))
    return importlib.import_module("edge_pictures")


@pytest.fixture
def shown(monkeypatch):
    """What the cell would show: a list of bundles."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda item: bundles.append(item._repr_mimebundle_()[0]))
    return bundles


def show_all(explorers):
    explorers.kernel_stepper(IMAGE, {"edges": KERNEL, "turned": KERNEL[::-1, ::-1]}, stride=2, padding=1)
    explorers.padding_explorer()


def test_without_a_front_end_there_are_still_figures_and_no_widgets(explorers, shown, capfd) -> None:
    show_all(explorers)
    explorers.show_kernel_steps(IMAGE, KERNEL, [0, 3])
    explorers.show_padding_grid([(7, 3, 0, 2), (7, 3, 1, 2)])
    assert [set(bundle) for bundle in shown] == [{"text/plain", "image/png"}] * 4
    assert all(base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG") for bundle in shown)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG"])
def test_a_front_end_gets_widgets_with_a_still_figure_behind_them(
    explorers, shown, monkeypatch, capfd, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    show_all(explorers)
    assert all({WIDGET, "image/png", "text/plain"} <= set(bundle) for bundle in shown)
    assert capfd.readouterr().err == ""


def test_moving_a_slider_draws_anew(explorers) -> None:
    drawn = []

    def draw(*values):
        drawn.append(values)
        return explorers.padding_figure([(4, 3, 0, 1)])

    box = explorers.explorer(draw, {"kernel": ["a", "b"], "step": (0, 0, 9)}, playing="step")
    row, picture = box.children
    choice, slider, play = row.children
    assert (choice.description, slider.description) == ("kernel", "step")
    assert (play.min, play.max) == (0, 9)
    before = picture.value
    slider.value = 4
    choice.value = "b"
    assert drawn == [("a", 0), ("a", 4), ("b", 4)]
    assert 'alt="the drawing for kernel b, step 4"' in picture.value != before


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_the_result_is_drawn_number_by_number(explorers, stride: int, padding: int) -> None:
    expected = correlate2d(np.pad(IMAGE, padding), KERNEL, "valid")[::stride, ::stride]
    assert explorers.output_shape(IMAGE.shape, KERNEL.shape, stride, padding) == expected.shape
    for step in (0, expected.size // 2, expected.size - 1):
        figure = explorers.kernel_steps_figure(IMAGE, KERNEL, [step], stride, padding)
        cells = [text.get_text() for text in figure.axes[3].texts]
        assert cells[: step + 1] == [f"{number:.3g}" for number in expected.ravel()[: step + 1]]
        assert f"sum: {expected.ravel()[step]:.3g}" in cells


@pytest.mark.parametrize(
    ("n", "f", "p", "s", "said"),
    [(6, 3, 0, 2, "2 x 2"), (7, 3, 1, 2, "4 x 4"), (3, 5, 1, 1, "1 x 1"), (3, 7, 0, 4, "larger")],
)
def test_the_grid_says_how_much_comes_out(explorers, n: int, f: int, p: int, s: int, said: str) -> None:
    figure = explorers.padding_figure([(n, f, p, s)])
    assert any(said in text.get_text() for text in figure.axes[0].texts)


def test_photographs_come_from_the_installed_package(photographs, monkeypatch) -> None:
    def no_network(*_, **__):
        raise AssertionError("a photograph was looked for in the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    for name in photographs.PHOTOGRAPHS:
        grey = photographs.real_photograph(name)
        colour = photographs.real_photograph(name, shrink=3, colour=True)
        assert colour.shape == (grey.shape[0] // 3, grey.shape[1] // 3, 3)
        assert 0 <= grey.min() < 0.3 < 0.6 < grey.max() <= 1
    with pytest.raises(ValueError, match=r"There are: astronaut"):
        photographs.real_photograph("lena")


def test_patches_lie_inside_and_repeat(photographs) -> None:
    picture = np.arange(70.0).reshape(7, 10)
    patches = photographs.cut_patches(picture, 200, 4, seed=3)
    assert patches.shape == (200, 4, 4)
    assert (patches[:, 0, 0].min(), patches[:, -1, -1].max()) == (0, 69)
    assert np.array_equal(patches, photographs.cut_patches(picture, 200, 4, seed=3))


def test_the_slope_of_ripples_points_at_the_middle(photographs) -> None:
    picture, angle = photographs.ripples(81, 16.0)
    down, right = np.gradient(picture)
    error = (np.degrees(np.arctan2(down, right)) - angle + 90) % 180 - 90
    steep = np.hypot(down, right)[1:-1, 1:-1] > 0.2
    assert np.abs(error[1:-1, 1:-1][steep]).mean() < 1
