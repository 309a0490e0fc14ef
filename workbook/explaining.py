"""What usually causes an exception, in a sentence to the learner."""

import re

from workbook.causes import CALLS, INSIDE
from workbook.causes_keras import KERAS


def explain(type_name: str, text: str, inside: bool = True) -> str:
    """The usual cause of an exception, or nothing where none is known.

    inside  False where the learner's function was called and none of its lines ran
    """
    for name, pattern, cause in [*([] if inside else CALLS), *KERAS, *INSIDE]:
        if name == type_name and (found := re.search(pattern, text, re.DOTALL)):
            groups = {key: (value or "").strip().rstrip(".") for key, value in found.groupdict().items()}
            return cause.format(**groups)
    return ""
