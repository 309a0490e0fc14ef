"""What usually causes an exception, in a sentence to the learner."""

import re

from workbook.causes import CALLS, INSIDE, LINES
from workbook.causes_keras import KERAS


def explain(type_name: str, text: str, inside: bool = True, line: str = "") -> str:
    """The usual cause of an exception, or nothing where none is known.

    inside  False where the learner's function was called and none of its lines ran
    line    the learner's own line that raised it; empty where nobody knows
    """
    of_line = [(name, pattern, cause) for name, pattern, at, cause in LINES if line and re.search(at, line)]
    for name, pattern, cause in [*([] if inside else CALLS), *of_line, *KERAS, *INSIDE]:
        if name == type_name and (found := re.search(pattern, text, re.DOTALL)):
            groups = {key: (value or "").strip().rstrip(".") for key, value in found.groupdict().items()}
            return cause.format(**groups)
    return ""
