"""Many mistakes at once, from a table: for wrong answers that differ from a right one by one slip each."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from workbook.exercise import Mistake


def by_slip(build: Callable[[str], Callable], words: Mapping[str, str]) -> list[Mistake]:
    """A mistake for each slip: ``build(slip)`` is the wrong answer, ``words[slip]`` what to tell."""
    return [Mistake(text, build(slip)) for slip, text in words.items()]


def by_words(table: Mapping[str, Callable]) -> list[Mistake]:
    """A mistake for each wrong answer, which stands under the words that tell of it."""
    return [Mistake(words, function) for words, function in table.items()]


def switched(function: Callable, table: Mapping[str, Mapping[str, Any]]) -> list[Mistake]:
    """Mistakes made by throwing switches of a reference, or by a fixed value in place of an argument.

    table  for each mistake's words the arguments that the reference gets whatever the case says
    """

    def thrown(switches: Mapping[str, Any]) -> Callable:
        @functools.wraps(function)
        def wrong(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs | switches)

        return wrong

    return [Mistake(words, thrown(switches)) for words, switches in table.items()]
