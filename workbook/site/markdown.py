"""Small tools for writing Markdown that says exactly what it is given."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+\-.!|$^~()=%:@&\"'])")


def plain(text: str) -> str:
    """Text as Markdown that shows it letter by letter: no sign of it starts anything."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Text in the type of code, where it holds no backtick itself."""
    return f"`{text}`" if "`" not in text else plain(text)


def sentence(words: str) -> str:
    """Words with a large first letter, unless they begin with a name such as n_H, A^T or X[i]."""
    first = words.split()[0] if words.split() else ""
    return words[:1].upper() + words[1:] if re.fullmatch(r"[a-z]+[,;:.']?[a-z]*", first) else words


def slug(words: str, length: int = 60) -> str:
    """Words as the end of an address: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower())[:length].strip("-") or "mistake"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 exercise", "3 exercises"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def hours(minutes: int) -> str:
    """ "45 minutes", "2 h 30 min"."""
    if minutes < 60:
        return f"{minutes} minutes"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
