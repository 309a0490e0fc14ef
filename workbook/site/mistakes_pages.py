"""Pages of known mistakes: for each exercise what a check can say, and what to think of then.

Words alone, from the exercises themselves. No answer and no wrong answer's code is shown.
"""

import re

from workbook.exercise import Exercise, Mistake
from workbook.lessons import Lesson
from workbook.site.lesson_pages import exercise_label
from workbook.site.markdown import code, count, plain, sentence, slug

_INTRODUCTION = """# Known mistakes

A check that says "Your results are the ones you get when ..." has met a mistake that others made before.
Each one has its place here, by lesson and exercise. Answers are not shown: only what is wrong, and a nudge.
"""


def index_page(lessons: list[Lesson]) -> str:
    """The page that leads to all others."""
    lines = [_INTRODUCTION]
    for lesson in lessons:
        lines += [f"## {plain(lesson.title)}", "", f"[All in one list](/mistakes/{lesson.name}/index)", ""]
        for exercise in lesson.exercises:
            number = count(len(told(exercise)), "mistake")
            lines.append(f"- [{code(exercise.name)}](/mistakes/{lesson.name}/{exercise.name}), {number}")
        lines.append("")
    names = "\n".join(f"{lesson.title} <{lesson.name}/index>" for lesson in lessons)
    return "\n".join(lines) + f"\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"


def lesson_index(lesson: Lesson) -> str:
    """The mistakes of a lesson: all of them in one list, exercise by exercise."""
    lines = [
        f"# {plain(lesson.title)}: known mistakes",
        "",
        f"What a check of [the lesson](/{lesson.week}/{lesson.name}) can name.",
        "",
    ]
    for exercise in lesson.exercises:
        lines += [f"## {code(exercise.name)}", ""]
        for mistake, label in zip(told(exercise), mistake_labels(lesson, exercise), strict=True):
            lines.append(f"- [{plain(title(mistake))}](#{label})")
        lines += ["", f"[All of {code(exercise.name)}](/mistakes/{lesson.name}/{exercise.name})", ""]
    names = "\n".join(f"{exercise.name} <{exercise.name}>" for exercise in lesson.exercises)
    return "\n".join(lines) + f"\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"


def exercise_page(lesson: Lesson, exercise: Exercise, labels: set[str]) -> str:
    """All known mistakes of an exercise, each under a heading with an address of its own.

    labels  the labels of exercises that the lesson's page has
    """
    lines = [f"# {code(exercise.name)}: known mistakes", "", _where(lesson, exercise, labels), ""]
    lines += ["**What the check looks at:** " + plain("; ".join(_cases(exercise))) + ".", ""]
    if exercise.needs:
        needs = " and ".join(f"[{code(need)}](/mistakes/{lesson.name}/{need})" for need in exercise.needs)
        lines += [f"**First of all:** it calls {needs}. A mistake there shows here too.", ""]
    if exercise.hints:
        hints = count(len(exercise.hints), "hint")
        lines += [
            f"**A nudge:** {plain(nudge(exercise))} In the notebook `hint({exercise.name})` has {hints}.",
            "",
        ]
    lines += ["## What it may say", ""]
    for mistake, label in zip(told(exercise), mistake_labels(lesson, exercise), strict=True):
        lines += [
            f"({label})=",
            f"### {plain(title(mistake))}",
            "",
            f"Your results are the ones you get when {plain(mistake.words)}.",
            "",
        ]
    if exercise.idea:
        lines += ["## What to take away", "", plain(exercise.idea), ""]
    return "\n".join(lines)


def _where(lesson: Lesson, exercise: Exercise, labels: set[str]) -> str:
    """Where the exercise stands, and what it is worth."""
    label = exercise_label(lesson, exercise.name)
    target = f"#{label}" if label in labels else f"/{lesson.week}/{lesson.name}"
    link = f"[{plain(lesson.title)}](/{lesson.week}/{lesson.name})"
    return (
        f"[The exercise]({target}) stands in the lesson {link}: "
        f"{count(exercise.points, 'point')}, difficulty {exercise.difficulty} of 5, "
        f"about {exercise.minutes} minutes."
    )


def _cases(exercise: Exercise) -> list[str]:
    return list(dict.fromkeys(case.name for case in exercise.draw()))


def nudge(exercise: Exercise) -> str:
    """The first hint without its sentences that are code."""
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z])", exercise.hints[0])
    return " ".join(each for each in sentences if " = " not in each)


def title(mistake: Mistake) -> str:
    """The first sentence of a mistake's words, up to a colon where it is long."""
    first = mistake.words.split(". ")[0].rstrip(".")
    if len(first) > 70 and ": " in first:
        first = first.split(": ")[0]
    return sentence(first)


def told(exercise: Exercise) -> list[Mistake]:
    """The mistakes of an exercise, those with the same words once."""
    return list({mistake.words: mistake for mistake in exercise.mistakes}.values())


def mistake_labels(lesson: Lesson, exercise: Exercise) -> list[str]:
    """A label for each mistake, made from its words: it stays when others come before it."""
    taken: dict[str, int] = {}
    found = []
    for mistake in told(exercise):
        label = f"mistake-{slug(f'{lesson.name} {exercise.name} {title(mistake)}', 110)}"
        taken[label] = taken.get(label, 0) + 1
        found.append(label if taken[label] == 1 else f"{label}-{taken[label]}")
    return found
