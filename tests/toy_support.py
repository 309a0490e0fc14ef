"""A small lesson to try the engine on, and answers to it as a learner writes them."""

import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

TOY = """
import numpy as np
from workbook import Exercise, Mistake, case

SMALL = np.arange(4.0).reshape(2, 2)

double = Exercise(
    name="double", points=6, reference=lambda X: 2 * X,
    cases=[case("a matrix", SMALL), case("a row", -np.ones(3)), case("one picture", np.ones((1, 4, 4, 2)))],
    mistakes=[
        Mistake("X is added to one and not to itself", lambda X: X + 1),
        Mistake("X is squared", lambda X: X**2),
    ],
    hints=["How often is X in 2X?", "Twice."],
    idea="Twice two is four.",
)
total = Exercise(
    name="total", points=4, needs=("double",), cases=[case("a matrix", SMALL)],
    reference=lambda X: (2 * X).sum(),
)
patience = Exercise(
    name="patience", points=2, time_limit=0.5, reference=lambda X: X,
    cases=[case("first", SMALL), case("second", SMALL + 1), case("third", SMALL + 2)],
)
results = Exercise(
    name="results", points=3, returns=("low", "high"), cases=[case("a matrix", SMALL)],
    reference=lambda X: (X.min(), X.max()),
)
table = Exercise(
    name="table", points=3, cases=[case("a matrix", SMALL)], reference=lambda X: {"W": X, "n": 2}
)
corner = Exercise(
    name="corner", points=1, cases=[case("a matrix", SMALL)], reference=lambda X: X,
    observe=lambda function, X: function(X)[0, 0],
)
refusal = Exercise(
    name="refusal", points=2, cases=[case("even", 4), case("odd", 3)],
    reference=lambda n: n // 2 if n % 2 == 0 else int("odd"),
)
shared = Exercise(name="shared", points=1, cases=[case("one", 1)], reference=lambda n: n)
broken = Exercise(name="broken", points=1, cases=[case("one", 1)], reference=lambda n: nowhere)
"""

OTHER = """
from workbook import Exercise, case

shared = Exercise(name="shared", points=1, cases=[case("one", 1)], reference=lambda n: n)
"""

_numbers = count()


def make_tree(root: Path) -> Path:
    """A workbook of two lessons in a folder: week1/toy and week2/other."""
    for week, name, text in (("week1", "toy", TOY), ("week2", "other", OTHER)):
        folder = root / week / "exercises"
        folder.mkdir(parents=True)
        (folder / f"{name}.py").write_text(text)
    (root / "workbook").mkdir()
    (root / "workbook" / "paths.py").touch()
    return root


def run_answer(source: str, folder: Path) -> dict[str, Any]:
    """The names that a learner's cell defines; its lines can be quoted."""
    path = folder / f"cell{next(_numbers)}.py"
    path.write_text(source)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile("import numpy as np", "<imports>", "exec"), namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a cell such as None[0] is warned of by Python
        exec(compile(source, str(path), "exec"), namespace)
    return namespace


def function(source: str, folder: Path, name: str = "double") -> Callable:
    """The function of that name in a learner's cell."""
    return run_answer(source, folder)[name]
