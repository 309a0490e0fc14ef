"""Progress in HTML: a page of all lessons, and the last cell of each lesson."""

from dataclasses import dataclass

from workbook.page import cell, escape, number, page, row, table
from workbook.standing import Standing, advice, duration, earned, standings

_BAR = (
    "<svg role='img' aria-label='{words}' viewBox='0 0 100 12' "
    "style='overflow:visible;width:7em;height:.8em'>"
    "<rect x='.5' y='.5' width='99' height='11' fill='none' stroke='currentColor'/>"
    "<rect x='.5' y='.5' width='{width}' height='11' fill='#5b7fa6'/></svg>"
)


def progress_page(found: list[Standing]) -> str:
    """Where a learner stands in all lessons: a table for each week, and what to do next."""
    parts = [f"<p><strong>{_points_of(found)}.</strong> {escape(advice(found))}</p>"]
    for week in dict.fromkeys(each.lesson.week for each in found):
        rows = [_row(each) for each in found if each.lesson.week == week]
        titles = ("Lesson", "", "Next", "Points", "Passed", "Left")
        parts.append(table(f"Week {week.removeprefix('week')}", titles, rows, numbers=3, kind="plain weeks"))
    return page("Your progress", parts)


def _row(each: Standing) -> str:
    return row(
        cell(each.lesson.title, "th"),
        f"<td>{bar(each)}</td>",
        cell(each.next),
        number(f"{each.score} of {each.lesson.points}"),
        number(f"{each.passed} of {len(each.lesson.exercises)}"),
        number(duration(each.minutes)),
    )


def bar(each: Standing) -> str:
    """A bar of the points earned."""
    share = each.score / max(1, each.lesson.points)
    words = f"{each.score} of {each.lesson.points} points"
    return _BAR.format(words=words, width=round(99 * share, 1))


def _points_of(found: list[Standing]) -> str:
    return f"{sum(each.score for each in found):,} of {sum(each.lesson.points for each in found):,} points"


@dataclass(frozen=True)
class LessonProgress:
    """Where a learner stands in one lesson, for its last cell."""

    lesson: str

    def _found(self) -> tuple[Standing, list[Standing]]:
        found = standings()
        return next(each for each in found if each.lesson.name == self.lesson), found

    def text(self) -> str:
        """For a terminal."""
        each, found = self._found()
        width = max(len(exercise.name) for exercise in each.lesson.exercises)
        rows = [
            f"  {exercise.name:<{width}}  {_points(exercise, each):>9}  {_word(exercise, each)}"
            for exercise in each.lesson.exercises
        ]
        return "\n".join([_headline(each), *rows, *_closing(found)])

    def _repr_html_(self) -> str:
        from workbook import html

        each, found = self._found()
        rows = [
            html.cells(exercise.name, _word(exercise, each), _points(exercise, each))
            for exercise in each.lesson.exercises
        ]
        parts = [f"<p style='margin:0'><strong>{escape(_headline(each))}</strong> {bar(each)}</p>"]
        parts.append(html.table("The exercises", ("Exercise", "Verdict", "Points"), "".join(rows)))
        parts += [f"<p style='margin:4px 0'>{escape(sentence)}</p>" for sentence in _closing(found)]
        return html.box("".join(parts), each.done)


def _headline(each: Standing) -> str:
    return (
        f"{each.lesson.title}: {each.score} of {each.lesson.points} points, "
        f"{each.passed} of {len(each.lesson.exercises)} exercises passed"
    )


def _closing(found: list[Standing]) -> list[str]:
    return [advice(found), f"All lessons: {_points_of(found)}. workbook progress shows each of them."]


def _points(exercise, each: Standing) -> str:
    known = each.known.get(exercise.name)
    return f"{earned(exercise, known) if known else 0} of {exercise.points}"


def _word(exercise, each: Standing) -> str:
    known = each.known.get(exercise.name)
    return "not checked yet" if known is None else "passed" if known.passed else "not right yet"
