"""The table: for each exercise how many mutants were made, rejected, equivalent, and survived."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.mutants.making import Mutant
from bench.mutants.running import NAMED, NOTED, SURVIVED, Verdict
from workbook.comparing import NO_RETURN, WRONG_KIND
from workbook.observing import RAISED

EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
COLUMNS = (
    "made",
    "named",
    "related",
    "explained",
    "wrong value",
    "wrong kind",
    "raised",
    "other",
    "noted",
    "equivalent",
    "accepted",
    "survived",
)


@dataclass(frozen=True)
class Judged:
    """A mutant of an exercise with its verdict.

    review  of one that passes, what a person found: "equivalent" to the solution, or different and "accepted"
            since the exercise leaves it open; nothing where nobody looked at it yet
    """

    lesson: str
    exercise: str
    mutant: Mutant
    found: Verdict
    review: str = ""

    @property
    def column(self) -> str:
        if self.found.verdict in (SURVIVED, NOTED) and self.review:
            return self.review
        if self.is_explained:
            return "explained"
        return self.found.verdict if self.found.verdict in COLUMNS else "other"

    @property
    def is_explained(self) -> bool:
        """True where no mistake is named, but a sentence tells what usually causes this."""
        found = self.found
        caused = found.verdict == RAISED and "\n" in found.words
        return caused or (found.verdict == WRONG_KIND and NO_RETURN in found.words)

    @property
    def is_misnamed(self) -> bool:
        """True where it equals the mistake on the cases of one seed and not on those of another."""
        return self.found.verdict == NAMED and self.found.second == "another"


def reviewed(lesson: str, exercise: str, mutant: Mutant) -> str:
    """What the file of mutants that were looked at says: "equivalent", "accepted", or nothing."""
    entries = _reviews().get(lesson, {}).get(exercise, [])
    entry = next((entry for entry in entries if matches(entry, mutant)), {})
    return next((word for word in ("equivalent", "accepted") if word in entry), "")


@cache
def _reviews() -> dict[str, Any]:
    return yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}


def matches(entry: dict[str, Any], mutant: Mutant) -> bool:
    """True where the entry's text, put in the place of the other one once, makes the mutant's lines."""
    was, now = entry["was"], entry["now"]
    if entry.get("line", mutant.line) != mutant.line:
        return False
    if not was:
        return (mutant.was, mutant.now) == (was, now)
    starts = [i for i in range(len(mutant.was)) if mutant.was.startswith(was, i)]
    return any(mutant.was[:i] + now + mutant.was[i + len(was) :] == mutant.now for i in starts)


def count(mutants: list[Judged]) -> dict[str, Any]:
    """The numbers of a row, and two shares of what was rejected: those told why (named or explained), and,
    of those rejected for what they gave back and not for an exception, those named."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, 0)
    for each in mutants:
        row[each.column] += 1
    row["made"] = len(mutants)
    gave = row["named"] + row["related"] + row["wrong value"] + row["wrong kind"]
    told = row["named"] + row["related"] + row["explained"]
    rejected = gave + row["explained"] + row["raised"] + row["other"]
    row["rejected"] = rejected
    row["share told why"] = round(told / rejected, 3) if rejected else None
    row["share named of wrong results"] = round(row["named"] / gave, 3) if gave else None
    row["named wrongly"] = sum(each.is_misnamed for each in mutants)
    return row


def rules(mutants: list[Judged]) -> list[dict[str, Any]]:
    """A row for each rule, the one with most mutants first."""
    groups: dict[str, list[Judged]] = {}
    for each in mutants:
        groups.setdefault(each.mutant.rule, []).append(each)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{"rule": rule, **count(group)} for rule, group in ordered]


def rows(mutants: list[Judged]) -> list[dict[str, Any]]:
    """A row for each exercise, in the order in which they came, and one for all."""
    groups: dict[tuple[str, str], list[Judged]] = {}
    for each in mutants:
        groups.setdefault((each.lesson, each.exercise), []).append(each)
    found = [{"lesson": one, "exercise": two, **count(group)} for (one, two), group in groups.items()]
    return [*found, {"lesson": "all", "exercise": f"{len(groups)} exercises", **count(mutants)}]


def to_json(mutants: list[Judged], about: dict[str, Any]) -> dict[str, Any]:
    """All that is reported, for a program."""
    open_ones = [each for each in mutants if each.column in (SURVIVED, NOTED) or each.is_misnamed]
    found = {"rows": rows(mutants), "rules": rules(mutants)}
    return about | found | {"to look at": [_told(each) for each in open_ones]}


def _told(each: Judged) -> dict[str, Any]:
    mutant, found = each.mutant, each.found
    return {
        "lesson": each.lesson,
        "exercise": each.exercise,
        "rule": mutant.rule,
        "line": mutant.line,
        "was": mutant.was,
        "now": mutant.now,
        "verdict": found.verdict,
        "words": found.words,
        "second seed": found.second,
    }


_LEGEND = """
- *named*: rejected, with the known mistake that gives the same results, or an argument that is not used
- *related*: rejected, with a sentence on what all wrong results have in common ("each is half the right one")
- *explained*: rejected for an exception or for None, with a sentence on what usually causes it
- *wrong value*, *wrong kind*, *raised*: rejected, with what was expected or with the exception alone
- *other*: out of time, or the process ended
- *noted*: passes, with a note that an input is changed
- *equivalent*: passes, and was found to do the same as the solution
- *accepted*: passes, and differs only in what the exercise leaves open; both with reasons in
  `bench/mutants/equivalent.yaml`
- *told why*: named, related or explained, as a share of all rejected
""".strip()


def to_markdown(mutants: list[Judged], about: dict[str, Any]) -> str:
    """The table for people."""
    wrongly = sum(each.is_misnamed for each in mutants)
    lines = [
        "# Mutants of the solutions, and what the checks say of them",
        "",
        f"Made by `make mutants`: at most {about['count']} mutants of each exercise, seed {about['seed']}.",
        "",
        _LEGEND,
        "",
        f"Named wrongly, as a second seed shows: {wrongly}.",
        "",
        *_lines(rows(mutants), ("lesson", "exercise")),
        "",
        "The same by the rules that made them:",
        "",
        *_lines(rules(mutants), ("rule",)),
        "",
    ]
    return "\n".join(lines)


def _lines(table: list[dict[str, Any]], heads: tuple[str, ...]) -> list[str]:
    """A table in Markdown."""
    names = (*heads, *COLUMNS, "told why")
    lines = ["| " + " | ".join(names) + " |", "|" + ":--|" * len(heads) + "--:|" * (len(COLUMNS) + 1)]
    for row in table:
        share = row["share told why"]
        cells = [*(row[name] for name in names[:-1]), "" if share is None else f"{share:.2f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def show_open(mutants: list[Judged], which: str) -> None:
    """Print the mutants of a column, or those that are named wrongly."""
    for each in mutants:
        if each.column == which or (which == "misnamed" and each.is_misnamed):
            second = f", second seed: {each.found.second}" if each.found.second else ""
            print(f"\n{each.lesson} {each.exercise}, line {each.mutant.line}: {each.mutant.rule}{second}")
            print("  - " + each.mutant.was.replace("\n", "\n    "))
            print("  + " + each.mutant.now.replace("\n", "\n    "))
            if each.found.words:
                print(f"  {each.found.words}")
