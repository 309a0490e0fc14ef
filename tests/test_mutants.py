"""The rules that spoil solutions, and a sample of the mutants run through the checks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bench.mutants.making import Mutant, mutants_of, sample
from bench.mutants.running import NAMED, SURVIVED, Bench, Record, Verdict
from bench.mutants.table import EQUIVALENT, Judged, count, matches, reviewed, rows, to_markdown
from workbook.lessons import all_lessons, find_lesson
from workbook.releasing import build

CELL = '''
def blur(X, f=3, padding="same", training=None):
    """Not to be changed: 1 + 1."""
    n_H, n_W = X.shape
    ### BEGIN SOLUTION
{}
    ### END SOLUTION
    return X
'''


def now(line: str, rule: str | None = None) -> set[str]:
    """What the rules make of a cell whose solution is this line."""
    made = mutants_of(CELL.format("    " + line))
    return {each.now for each in made if rule in (None, each.rule)}


@pytest.mark.parametrize(
    ("line", "rule", "expected"),
    [
        ("X = X + f", "operator", {"X = X - f"}),
        ("X = X - f", "sides exchanged", {"X = f - X"}),
        ("X = X * f", "term dropped", {"X = f"}),
        ("X = X if f < 2 else -X", "comparison", {"X = X if f <= 2 else -X", "X = X if f > 2 else -X"}),
        ("X = pad(X, 1)", "constant", {"X = pad(X, 2)", "X = pad(X, 0)"}),
        ("X = X.sum(axis=1)", "index or axis", {"X = X.sum(axis=2)", "X = X.sum(axis=0)"}),
        ("X = X.sum(axis=1)", "reduction or layer", {"X = X.mean(axis=1)"}),
        ("X = pad(X, n_H)", "arguments exchanged", {"X = pad(n_H, X)"}),
        ("X = np.maximum(X, n_H)", "arguments exchanged", set()),
        ("X = pad(X, width=2)", "argument dropped", {"X = pad(X)"}),
        ("X = pad(X, f)", "argument fixed", {"X = pad(X, 3)", "X = pad(X, 1)"}),
        ("X = pad(X, n_H)", "variable", {"X = pad(X, f)", "X = pad(X, n_W)"}),
        ("X = X[1:n_H, ::2]", "slice", {"X = X[:n_H, ::2]", "X = X[1:, ::2]", "X = X[1:n_H, :]"}),
        ("X = X[n_H, 0]", "indices exchanged", {"X = X[0, n_H]"}),
        ("X = layers.Dense(4, activation='relu')(X)", "layer doubled", None),
        ("X = layers.Dense(4)(layers.Dense(2)(X))", "layer removed", None),
        ("X = net(X, training=training)", "training fixed", None),
        ("X = [h for h in range(n_H)]", "loop bound", None),
        ("X += 1", "statement removed", {"", "X = 1"}),
        ("X = net(X, 'same')", "padding or activation", {"X = net(X, 'valid')"}),
        ("X = net(X, True)", "flag", {"X = net(X, False)"}),
        ("return X", "return removed", {"X"}),
    ],
)
def test_rule(line: str, rule: str, expected: set[str] | None) -> None:
    made = now(line, rule)
    assert made if expected is None else made == expected


def test_only_the_marked_solution_is_changed_and_each_mutant_is_new() -> None:
    made = mutants_of(CELL.format("    X = X[1:n_H] + f\n    X = np.abs(X)"))
    texts = [each.source for each in made]
    assert len(set(texts)) == len(texts) > 10
    for each in made:
        ast.parse(each.source)
        assert "Not to be changed: 1 + 1." in each.source
        assert "n_H, n_W = X.shape" in each.source
        assert each.was != each.now


def test_statements_change_places_only_where_that_may_matter() -> None:
    free = mutants_of(CELL.format("    a = n_H + 1\n    b = n_W + 1"))
    bound = mutants_of(CELL.format("    a = n_H + 1\n    X = X * a"))
    assert not [each for each in free if each.rule == "statements exchanged"]
    assert len([each for each in bound if each.rule == "statements exchanged"]) == 1


def test_sample_has_every_rule_and_is_the_same_each_time() -> None:
    made = mutants_of(CELL.format("    X = X[1:n_H] + f\n    X = np.abs(X) / (f - 1)"))
    rules = {each.rule for each in made}
    chosen = sample(made, len(rules), "1 blur")
    assert {each.rule for each in chosen} == rules
    assert chosen == sample(made, len(rules), "1 blur") != sample(made, len(rules), "2 blur")
    assert sample(made, 10_000, "1 blur") and len(sample(made, 10_000, "1 blur")) == len(made)


# The checks

SAMPLE = 3
"""Mutants of each exercise below."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The lesson without TensorFlow, and its processes."""
    with Bench(find_lesson("convolution_step_by_step"), tmp_path_factory.mktemp("mutants")) as bench:
        yield bench


def test_no_mutant_of_the_sample_survives(bench: Bench) -> None:
    name = bench.lesson.name
    for exercise in bench.lesson.exercises:
        chosen = sample(mutants_of(bench.answer(exercise)), SAMPLE, f"test {exercise.name}")
        found = dict(bench.verdicts(exercise, chosen, again=False))
        assert len(found) == len(chosen)
        for mutant, verdict in found.items():
            if not reviewed(name, exercise.name, mutant):
                assert verdict.verdict != SURVIVED, f"{exercise.name}\n{mutant.was}\n{mutant.now}"


def test_a_right_answer_survives_and_a_known_mistake_is_named(bench: Bench) -> None:
    exercise = bench.lesson.exercise("create_mask_from_window")
    answer = bench.answer(exercise)
    same = Mutant("nothing", 1, "", "", answer)
    wrong = Mutant("variable", 1, "", "", answer.replace("np.max(x)", "np.min(x)"))
    ends = Mutant("ends", 1, "", "", answer.replace("x == np.max(x)", "__import__('os')._exit(1)"))
    found = {mutant.rule: verdict for mutant, verdict in bench.verdicts(exercise, [same, wrong, ends])}
    assert (found["nothing"].verdict, found["nothing"].second) == (SURVIVED, "the same")
    assert (found["variable"].verdict, found["variable"].second) == (NAMED, "the same")
    assert found["ends"].verdict == "stopped"


def test_verdicts_are_kept_and_a_torn_last_line_does_no_harm(tmp_path: Path) -> None:
    lesson = find_lesson("convolution_step_by_step")
    exercise, mutant = lesson.exercises[0], Mutant("flag", 3, "a", "b", "def zero_pad(X, pad): return X")
    record = Record(tmp_path, lesson)
    record.add(exercise, mutant, Verdict("raised", "ValueError"))
    with record.path.open("a") as file:
        file.write('{"key": "cut off')
    assert Record(tmp_path, lesson).get(exercise, mutant) == Verdict("raised", "ValueError")
    assert Record(tmp_path, lesson).get(lesson.exercises[1], mutant) is None


# The table


def test_rows_count_each_mutant_once() -> None:
    mutant = Mutant("flag", 1, "a", "b", "")
    verdicts = [
        Verdict("named", "w", "another"),
        Verdict("wrong value"),
        Verdict("raised"),
        Verdict("survived"),
    ]
    judged = [Judged("toy", "double", mutant, each) for each in verdicts]
    judged.append(Judged("toy", "double", mutant, Verdict("survived"), "equivalent"))
    judged.append(Judged("toy", "double", mutant, Verdict("raised", "a row: TypeError\nSomething is None.")))
    row = count(judged)
    assert (row["made"], row["rejected"], row["survived"], row["equivalent"]) == (6, 4, 1, 1)
    assert (row["share named of wrong results"], row["share told why"]) == (0.5, 0.5)
    assert row["named wrongly"] == 1
    assert [each["lesson"] for each in rows(judged)] == ["toy", "all"]
    assert "| toy | double | 6 | 1 | 0 | 1 | 1 | 0 | 1 | 0 | 0 | 1 | 0 | 1 | 0.50 |" in to_markdown(
        judged, {"count": 40, "seed": 1}
    )


def test_every_reviewed_mutant_is_one_that_the_rules_make() -> None:
    content = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}
    lessons = {lesson.name: lesson for lesson in all_lessons()}
    for name, exercises in content.items():
        cells = {cell.id: cell.source for cell in build(lessons[name]).cells}
        for exercise, entries in exercises.items():
            made = mutants_of(cells[f"answer-{exercise}"])
            for entry in entries:
                assert entry.get("equivalent", entry.get("accepted"))
                assert any(matches(entry, each) for each in made), (exercise, entry)
