"""How plain data travels through a pipe: lengths, JSON text, ``.npy`` files. The reader trusts nothing."""

import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workbook.plain import Other, pack, unpack


class ServerDied(RuntimeError):
    """The server or its judge has ended: the machine is out of memory, or it never started."""


class EndedByAnother(RuntimeError):
    """The server was ended for what another submission did to its judge."""


class JudgeStuck(RuntimeError):
    """The judge did not come to an end with what one submission gave back."""


class End(StrEnum):
    """How a sandbox ended, as its keeper says it."""

    DONE = "done"
    TIME = "time"
    MEMORY = "memory"
    CROWD = "crowd"
    DROPPED = "dropped"


@dataclass
class Returned:
    """What came back from one sandbox.

    content  for each exercise the bytes that it sent
    ended    how, one of ``End``
    flooded  exercises that sent more than they may
    """

    content: dict[str, bytes] = field(default_factory=dict)
    ended: str = ""
    flooded: set[str] = field(default_factory=set)


_NUMBER = struct.Struct(">Q")
_MOST_FILES = 100_000


def head(parts: Sequence[bytes]) -> bytes:
    """What stands before parts that travel: how many, and the length of each."""
    return b"".join(map(_NUMBER.pack, (len(parts), *map(len, parts))))


def frame(value: Any) -> bytes:
    """Plain data (in dictionaries and lists) as bytes."""
    text, files = pack(value)
    parts = [text.encode(), *files]
    return b"".join([head(parts), *parts])


def unframe(content: bytes) -> Any:
    """The reverse of ``frame``; raises ValueError for anything that it does not write."""
    numbers = _numbers(content)
    at = _NUMBER.size * (len(numbers) + 1)
    if at + sum(numbers) != len(content):
        raise ValueError("what came back is cut short or too long")
    parts = []
    for length in numbers:
        parts.append(content[at : at + length])
        at += length
    try:
        value = unpack(parts[0].decode(), parts[1:])
        _insist_on_whole_texts(value)
        return value
    except (UnicodeDecodeError, RecursionError, MemoryError, OverflowError) as error:
        raise ValueError("what came back is not plain data") from error


def _insist_on_whole_texts(value: Any) -> None:
    """Raise ValueError for half a character, which JSON can hold, and neither a file nor a page."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            item.encode()
        elif isinstance(item, Other):
            todo += [item.type, item.text]
        elif isinstance(item, dict):
            todo += [*item, *item.values()]
        elif isinstance(item, list):
            todo += item


def _numbers(content: bytes) -> list[int]:
    if len(content) < _NUMBER.size:
        raise ValueError("nothing whole came back")
    (count,) = _NUMBER.unpack_from(content)
    if not 1 <= count <= _MOST_FILES or len(content) < _NUMBER.size * (count + 1):
        raise ValueError("what came back is cut short")
    return [_NUMBER.unpack_from(content, _NUMBER.size * (i + 1))[0] for i in range(count)]


def exactly(link: socket.socket, count: int) -> bytes | None:
    """So many bytes from a socket; None where it ends before."""
    content = bytearray()
    while len(content) < count:
        if not (more := link.recv(min(2**20, count - len(content)))):
            return None
        content += more
    return bytes(content)


def number(link: socket.socket) -> int | None:
    """The number that comes next from a socket; None where it ends before."""
    content = exactly(link, _NUMBER.size)
    return None if content is None else _NUMBER.unpack(content)[0]
