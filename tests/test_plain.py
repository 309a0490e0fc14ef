"""Plain data: what passes from a learner's code to judging, and hostile files that pretend to be it."""

import ast
import contextlib
import functools
import io
import json
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbook.plain import DEEPEST, LONGEST_TEXT, Other, pack, plain, unpack

ROUND = {
    "nothing": None,
    "text": "π <b> \\ \n",
    "an empty text": "",
    "a number": 3,
    "a truth": True,
    "an array": np.arange(6.0).reshape(2, 3),
    "no array at all": np.zeros((0, 3)),
    "Fortran order": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "big endian": np.arange(3, dtype=">f4"),
    "complex numbers": np.array([1j]),
    "half precision": np.float16([1.5]),
    "a slice": np.arange(10)[::-3],
    "NaN and infinity": np.array([np.nan, np.inf]),
    "nested": {"a": [1, (2, "x", None)], "b": {"": []}, 3: {}},
    "something else": {"function": len, "set": {1}},
    "the deepest": functools.reduce(lambda inner, _: [inner], range(30), []),
    "many arrays": [np.full(2, i) for i in range(50)],
}


def same(one: Any, two: Any) -> bool:
    if isinstance(one, np.ndarray):
        return (
            type(two) is np.ndarray
            and one.dtype == two.dtype
            and np.array_equal(one, two, one.dtype.kind in "fc")
        )
    if isinstance(one, list):
        return type(two) is list and len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, dict):
        return type(two) is dict and list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    return type(one) is type(two) and one == two


@pytest.mark.parametrize("value", ROUND.values(), ids=ROUND)
def test_round_trip(value: Any) -> None:
    data = plain(value)
    text, files = pack(data)
    assert same(data, unpack(text, files))
    json.loads(text, parse_constant=pytest.fail)


def test_plain_data_of_plain_data_is_the_same() -> None:
    data = plain(ROUND)
    assert same(data, plain(data))


def test_arrays_are_copies() -> None:
    array = np.zeros(2)
    data = plain([array])
    array[0] = 1
    assert data[0][0] == 0


def test_texts_and_depths_are_bounded() -> None:
    assert len(plain("x" * 10**6)) == LONGEST_TEXT
    deep: list = []
    for _ in range(1000):
        deep = [deep]
    data = plain(deep)
    for _ in range(DEEPEST + 1):
        data = data[0]
    assert data == Other("list", "nested more than 20 deep")


def test_what_is_not_plain_cannot_be_packed() -> None:
    with pytest.raises(TypeError, match="not plain data: set"):
        pack([{1}])


# --- hostile input -------------------------------------------------------------------------------------


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


def npy(header: str, body: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    """A .npy file with any header."""
    text = header.encode("latin1") + b"\n"
    size = len(text).to_bytes(2 if version == (1, 0) else 4, "little")
    return b"\x93NUMPY" + bytes(version) + size + text + body


def header(descr: str = "'<f8'", shape: str = "(2,)", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


HOSTILE_FILES = {
    "nothing": b"",
    "no array": b"hello",
    "an object header": npy(header("'|O'"), b"\x80\x04N."),
    "an object header in a struct": npy(header("[('a', '|O')]"), b"\x80\x04N."),
    "ten gigabytes": npy(header(shape="(1250000000,)"), b"\0" * 16),
    "ten gigabytes of structs": npy(header("[('a', '<f8', (1250000000,))]", "()"), b"\0" * 16),
    "more than there is": npy(header(shape="(3,)"), b"\0" * 16),
    "less than there is": npy(header(shape="(1,)"), b"\0" * 16),
    "one dimension too long for C": npy(header(shape="(0, 10000000000000000000000000)")),
    "a negative dimension": npy(header(shape="(-2,)"), b"\0" * 16),
    "two negative dimensions": npy(header(shape="(-1, -2)"), b"\0" * 16),
    "a hundred dimensions": npy(header(shape="(" + "1, " * 100 + ")"), b"\0" * 8),
    "a million dimensions": npy(header(shape="(" + "9, " * 1_000_000 + ")"), b"\0" * 8, (2, 0)),
    "a true dimension": npy(header(shape="(True, 2.0)"), b"\0" * 16),
    "a struct": saved(np.zeros(2, [("a", "f8"), ("b", "i4")])),
    "text": saved(np.array(["a"])),
    "bytes": saved(np.array([b"a"])),
    "dates": saved(np.array(["2020-01-01"], "datetime64[D]")),
    "version 3": npy(header(), b"\0" * 16, (3, 0)),
    "version 9": npy(header(), b"\0" * 16, (9, 9)),
    "a type that is none": npy(header("'<q99'"), b"\0" * 16),
    "a type that is a number": npy(header("7"), b"\0" * 16),
    "a header that is code": npy("__import__('os').getcwd()"),
    "a header of brackets": npy("(" * 5000),
    "a header that does not end": npy("{'descr': '''", b""),
    "a header of another key": npy(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'x': 1}", b"\0" * 8
    ),
    "a long header": npy(header() + " " * 60_000, b"\0" * 16),
    "a header cut short": npy(header())[:20],
    "a zip file": b"PK\x03\x04" + b"\0" * 50,
}


@pytest.mark.parametrize("content", HOSTILE_FILES.values(), ids=HOSTILE_FILES)
def test_hostile_files_are_refused_and_cost_no_memory(
    content: bytes, recwarn: pytest.WarningsRecorder
) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError):
            unpack('{"array": 0}', [content])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**24
    assert not recwarn.list


def test_no_pickle_is_ever_loaded(tmp_path: Path) -> None:
    trace = tmp_path / "loaded"
    array = np.array([Bomb(trace)], dtype=object)
    for content in (saved(array), pickle.dumps(Bomb(trace)), npy(header("'<f8'"), pickle.dumps(Bomb(trace)))):
        with pytest.raises(ValueError):
            unpack('{"array": 0}', [content])
    assert not trace.exists()
    pickle.loads(pickle.dumps(Bomb(trace)))
    assert trace.exists()  # the bomb would have gone off


def test_damaged_files_raise_value_error_or_give_an_array() -> None:
    rng = np.random.default_rng(4)
    good = np.frombuffer(saved(np.arange(4.0)), np.uint8)
    for _ in range(400):
        bad = good.copy()
        bad[rng.integers(0, 128, rng.integers(1, 4))] = rng.integers(0, 256)
        with contextlib.suppress(ValueError):
            assert unpack('{"array": 0}', [bad.tobytes()]).nbytes <= 32


HOSTILE_TEXTS = {
    "no JSON": "{",
    "no bytes of UTF-8": b"\xff\xfe{",
    "a number": "1",
    "a number of 10000 digits": "1" * 10_000,
    "a huge number": '{"array": 1e999}',
    "NaN": "NaN",
    "NaN in a list": '{"list": [NaN]}',
    "a truth": "true",
    "a bare list": "[null]",
    "an empty object": "{}",
    "an unknown kind": '{"pickle": "gASVAA=="}',
    "a key too many": '{"array": 0, "list": []}',
    "a negative index": '{"array": -1}',
    "an index past the end": '{"array": 1}',
    "an index that is text": '{"array": "0"}',
    "a list that is none": '{"list": 3}',
    "a dictionary that is none": '{"dict": {"a": null}}',
    "a pair of three": '{"dict": [["a", null, null]]}',
    "a pair of one": '{"dict": [["a"]]}',
    "a key that is no text": '{"dict": [[["a"], null]]}',
    "an other of numbers": '{"other": [1, 2]}',
    "an other of one": '{"other": ["a"]}',
    "a deep nesting": '{"list": [' * 50_000 + "]}" * 50_000,
    "a nesting that JSON can read": '{"list": [' * 400 + "]}" * 400,
    "the same file a thousand times": json.dumps({"list": [{"array": 0}] * 1000}),
}


MANY = {
    "many empty lists": '{"list": [' + "[], " * 3_000_000 + "[]]}",
    "many texts": '{"list": [' + '"", ' * 500_000 + '""]}',
    "many lists of lists": json.dumps({"list": [{"list": [None] * 1000}] * 500}),
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_more_items_than_come_of_an_answer_are_refused_and_cost_little(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too many items"):
            unpack(text, [])
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()


def test_long_texts_are_cut() -> None:
    long = "x" * (LONGEST_TEXT + 1)
    assert unpack(json.dumps({"dict": [[long, long]]}), []) == {long[:-1]: long[:-1]}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpack(text, [saved(np.zeros(2))])


def test_good_files_in_both_versions_and_orders_are_read() -> None:
    for order in ("False", "True"):
        for version in ((1, 0), (2, 0)):
            content = npy(header(shape="(1, 2)", order=order), np.arange(2.0).tobytes(), version)
            assert unpack('{"array": 0}', [content]).tolist() == [[0, 1]]


def test_arrays_are_read_without_pythons_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several threads use it, Python 3.11's now and then raises a SystemError."""
    monkeypatch.setattr(ast, "literal_eval", _raise)
    text, files = pack(np.arange(6.0).reshape(2, 3).T)
    assert unpack(text, files).tolist() == [[0, 3], [1, 4], [2, 5]]


def _raise(*_: Any) -> None:
    raise SystemError("AST constructor recursion depth mismatch")
