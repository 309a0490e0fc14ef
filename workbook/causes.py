"""What usually causes the exceptions of Python and NumPy, row by row. The first row that fits counts."""

_UNPACKED = "The number of names on the left is not the number of values on the right."
PAIRS = "apply_gradients wants a list of pairs: [(gradient, variable)]."
_SHAPES = "The shape of a batch of pictures has 4 numbers, with m first; that of one picture has 3."
PLAIN_IN_TAPE = (
    "The tape works on tensors, and here it gets a plain number or a NumPy array: compute the cost with "
    "TensorFlow alone (tf.reduce_mean, not np.mean; no float(), no .numpy()), and derive it by a tensor."
)

LINES: list[tuple[str, str, str, str]] = [
    # type of the exception, a pattern in its text, another in the learner's line, what usually causes it
    ("ValueError", r"values to unpack", r"apply_gradients", PAIRS),
    (
        "ValueError",
        r"too many values to unpack \(expected 3|not enough values to unpack \(expected 4, got 3",
        r"shape",
        f"{_UNPACKED} {_SHAPES}",
    ),
    ("ValueError", r"values to unpack", r"", _UNPACKED),
    ("AttributeError", r"'(float|int)' object has no attribute 'dtype'", r"\.gradient\(", PLAIN_IN_TAPE),
    ("TypeError", r"Cannot convert the argument `type_value`", r"\.gradient\(", PLAIN_IN_TAPE),
]
"""Where it takes the learner's line to tell; tried first where that is known."""

CALLS: list[tuple[str, str, str]] = [
    # type of the exception, a pattern in its text, what usually causes it
    (
        "TypeError",
        r"got an unexpected keyword argument '(?P<name>\w+)'",
        "The exercise passes {name} by name: the function needs a parameter called {name}.",
    ),
    (
        "TypeError",
        r"missing \d+ required positional argument.*: (?P<name>.+)",
        "The function asks for more than the exercise gives ({name}): keep the parameters of the exercise.",
    ),
    (
        "TypeError",
        r"takes (from )?\d+.*positional arguments? but",
        "The function takes fewer parameters than the exercise gives: keep the parameters of the exercise.",
    ),
]
"""For a call of the learner's function that fails before its first line."""

INSIDE: list[tuple[str, str, str]] = [
    (
        "TypeError",
        r"got an unexpected keyword argument '(?P<name>\w+)'",
        "What is called in this line has no argument {name}: compare with its definition.",
    ),
    (
        "TypeError",
        r"missing \d+ required positional argument.*: (?P<name>.+)",
        "What is called in this line also needs {name}: compare with its definition.",
    ),
    (
        "TypeError",
        r"takes (from )?\d+.*positional arguments? but",
        "What is called in this line takes fewer arguments: compare with its definition.",
    ),
    (
        "TypeError",
        r"[Cc]annot interpret '.*' as a data type",
        "The sizes of an array are given as one tuple: np.zeros((3, 4)).",
    ),
    (
        "TypeError",
        r"'(?P<name>int|float)' object is not iterable",
        "A single number stands where several are gone through: a list, a tuple, or range(n).",
    ),
    (
        "ValueError",
        r"can only convert an array of size 1",
        "An array of several numbers stands where one is needed: print its shape.",
    ),
    (
        "TypeError",
        r"only (0-dimensional|length-1|size-1|integer scalar) arrays",
        "An array stands where one number is needed. For an array that holds one number, write b.item(); "
        "for a size or an index, use // in place of /.",
    ),
    (
        "TypeError",
        r"'(numpy\.)?float(32|64)?' object cannot be interpreted as an integer"
        r"|expected a sequence of integers or a single integer",
        "A size or a range must be an integer: / gives a float, // an integer.",
    ),
    (
        "TypeError",
        r"slice indices must be integers|(list|tuple) indices must be integers or slices, not float",
        "An index must be an integer: / gives a float, // an integer.",
    ),
    (
        "IndexError",
        r"only integers, slices",
        "An index must be an integer: / gives a float, // an integer.",
    ),
    (
        "TypeError",
        r"(?P<name>list|tuple) indices must be integers or slices, not tuple",
        "A {name} takes one index at a time, X[i][j]: np.array makes an array of it, which takes X[i, j].",
    ),
    (
        "TypeError",
        r"unsupported operand.*'NoneType'",
        "Something here is None: an argument whose default is None (ask `if x is None` first); a function "
        "that is called above and lacks its return line; the first number of a Keras shape until pictures "
        "come; a gradient where the tape did not watch: tape.watch(x).",
    ),
    (
        "TypeError",
        r"unsupported operand type\(s\) for \^",
        "In Python ^ is no power: write x**2.",
    ),
    (
        "TypeError",
        r"ufunc 'bitwise_(and|or)' not supported",
        "& and | bind more tightly than > and ==: put parentheses around each comparison.",
    ),
    (
        "TypeError",
        r"unsupported operand.*'(list|tuple)'|multiply sequence by non-int",
        "Lists and tuples do not calculate: np.array makes an array of them.",
    ),
    (
        "UFuncTypeError",
        r"Cannot cast",
        "The array holds whole numbers, and += cannot make it hold others: make it with dtype float.",
    ),
    (
        "TypeError",
        r"'NoneType' object is not (subscriptable|iterable)|cannot unpack non-iterable NoneType",
        "Something here is None: a function that is called above may lack its return line.",
    ),
    (
        "TypeError",
        r"object is not callable",
        "Something that is not a function is called with (): perhaps a name was reused, or an operator is "
        "missing.",
    ),
    (
        "AttributeError",
        r"'NoneType' object has no attribute",
        "Something here is None: a function that is called above may lack its return line.",
    ),
    (
        "AttributeError",
        r"'(?P<name>list|tuple|float|int)' object has no attribute '(shape|ndim|size|dtype|T|sum|mean|max|min"
        r"|reshape|astype|argmax|argmin|transpose|item|flatten|numpy)'",
        "This is a {name} and not an array: np.array makes an array of it.",
    ),
    (
        "AttributeError",
        r"'(?P<name>list|tuple)' object has no attribute",
        "A {name} has nothing of that name; its items may. A loop reaches them one by one.",
    ),
    ("AttributeError", r"module '(?P<name>[\w.]+)' has no attribute", "{name} has nothing of that name."),
    (
        "ValueError",
        r"could not broadcast input array",
        "The array on the right does not fit the slice on the left: print both shapes.",
    ),
    (
        "ValueError",
        r"operands could not be broadcast|non-broadcastable output operand",
        "Two arrays of shapes that do not fit are combined: print both shapes just above this line.",
    ),
    (
        "ValueError",
        r"shapes .* not aligned|matmul: Input operand",
        "The inner sizes of a matrix product must be equal: print both shapes.",
    ),
    (
        "ValueError",
        r"shape-mismatch for sum",
        "tensordot multiplies axes of the first array by axes of the second that are as long: print both "
        "shapes. Does a window stick out at the end?",
    ),
    (
        "ValueError",
        r"inhomogeneous shape",
        "An array wants parts of one shape, and these differ: print the shape of each. Does one stick out at "
        "an edge?",
    ),
    (
        "ValueError",
        r"setting an array element with a sequence",
        "One number is expected where an array is given: a sum over the window may be missing, or the array "
        "with one number in it needs .item().",
    ),
    (
        "ValueError",
        r"read-only",
        "This array cannot be written to, as it is a view of another: work on a copy, with .copy().",
    ),
    (
        "AxisError",
        r"out of bounds",
        "There is no such axis. Axes count from 0: an array of shape (2, 3, 4) has the axes 0, 1 and 2.",
    ),
    (
        "ValueError",
        r"truth value of an array",
        "An array stands where one True or False is needed: use & and |, .any() and .all(), and "
        "np.maximum or tf.maximum in place of max.",
    ),
    ("ValueError", r"values to unpack \(expected 2", f"{_UNPACKED} (If this is apply_gradients: {PAIRS})"),
    (
        "ValueError",
        r"too many values to unpack \(expected 3",
        f"{_UNPACKED} (Is it a shape? {_SHAPES})",
    ),
    ("ValueError", r"(not enough|too many) values to unpack", _UNPACKED),
    (
        "ValueError",
        r"axes don't match array",
        "The new order of axes names each axis of the array once: print its shape.",
    ),
    (
        "ValueError",
        r"need at least one array",
        "There is nothing to join: the list is empty, at least in this case.",
    ),
    (
        "RuntimeError",
        r"changed (size )?during iteration",
        "A loop goes over something that grows or shrinks meanwhile: loop over a copy, list(S), or build a "
        "new one.",
    ),
    (
        "TypeError",
        r"(expected str, bytes or os\.PathLike object|path should be .*), not (<class ')?([\w.]*\.)?"
        r"(?P<name>Functional|Sequential|ndarray|EagerTensor)",
        "The path of a file is needed here, and what comes is of type {name}: are two arguments exchanged? "
        "Compare their order with the definition of what is called.",
    ),
    (
        "ValueError",
        r"zero-size array to reduction|(min|max)\(\) (iterable argument|arg) is (an )?empty",
        "The window or the list is empty: its start is not below its end, it lies outside the picture, or "
        "nothing is left to choose from.",
    ),
    (
        "IndexError",
        r"out of bounds for axis \d+ with size 0",
        "The array is empty here, so it has no first item: one of the cases leaves nothing to take.",
    ),
    (
        "IndexError",
        r"(list|tuple|string|range object) index out of range|pop from empty list",
        "An index runs past the end of a list: compare it with len(...), and think of a list that is empty.",
    ),
    (
        "IndexError",
        r"boolean index did not match",
        "A mask has the shape of what it is laid on, or of its first axes: print both shapes.",
    ),
    (
        "IndexError",
        r"arrays used as indices must be of integer",
        "An index array must hold integers, or True and False. An empty list becomes one of floats: "
        "np.array([], int).",
    ),
    (
        "IndexError",
        r"out of bounds",
        "An index runs past the end of its axis: compare the loop's range with the array's shape.",
    ),
    ("IndexError", r"too many indices", "There are more indices than the array has axes: print its shape."),
    (
        "UnboundLocalError",
        r"variable '(?P<name>\w+)'",
        "{name} is used before it is given a value, at least on one path through the function.",
    ),
    (
        "NameError",
        r"name '(?P<name>\w+)' is not defined",
        "{name} is not known here: is it misspelt, or is the cell that defines or imports it not run yet?",
    ),
    (
        "KeyError",
        r"(?P<name>.+)",
        "The dictionary has no key {name}: print its keys.",
    ),
    (
        "ZeroDivisionError",
        r"",
        "Something is divided by zero: which of the numbers in this line can be 0?",
    ),
    ("RecursionError", r"", "The function calls itself without an end."),
    (
        "MemoryError",
        r"",
        "The array that is asked for is far larger than this exercise needs: look at its shape.",
    ),
    ("AssertionError", r"", "An assert in the function does not hold."),
    ("EOFError", r"input", "A check has no keyboard: take values from the arguments, not from input()."),
    ("BdbQuit", r"", "A breakpoint was reached, and a check has no keyboard: take it out."),
    (
        "ModuleNotFoundError",
        r"named '(?P<name>[\w.]+)'",
        "{name} is not installed here, or is misspelt: the exercise does without it.",
    ),
    (
        "FileNotFoundError",
        r"",
        "There is no such file: the exercise gives all that is needed as arguments.",
    ),
]
"""For a line of the learner's."""
