"""What usually causes an exception, in a sentence to the learner."""

import re

_NOT_CALLED = (
    "A layer is made first and then called, with two pairs of parentheses: layers.ReLU()(X). (And tensors "
    "that are joined or added stand in a list.)"
)

_CALLS: list[tuple[str, str, str]] = [
    # the same for a call of the learner's function that fails before its first line
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

_CAUSES: list[tuple[str, str, str]] = [
    # type of the exception, a pattern in its text, what usually causes it
    (
        "TypeError",
        r"got an unexpected keyword argument '(?P<name>\w+)'",
        "What is called in this line has no argument {name}: compare with its definition.",
    ),
    (
        "TypeError",
        r"(?P<kind>\w+)\.__init__\(\) missing \d+ required positional argument.*: (?P<name>.+)",
        "{kind} needs {name}: give it between its parentheses.",
    ),
    (
        "TypeError",
        r"missing \d+ required positional argument.*: (?P<name>.+)",
        "What is called in this line also needs {name}: compare with its definition.",
    ),
    (
        "TypeError",
        r"Layer\.__init__\(\) takes",
        "keras.Model takes two things, keras.Model(inputs, outputs): several of a kind stand in a list.",
    ),
    (
        "TypeError",
        r"takes (from )?\d+.*positional arguments? but",
        "What is called in this line takes fewer arguments: compare with its definition.",
    ),
    (
        "TypeError",
        r"too many positional arguments",
        "What is called in this line takes fewer arguments. A layer that joins tensors takes them as one "
        "list: Add()([a, b]).",
    ),
    (
        "ValueError",
        r"Unrecognized keyword arguments? passed to (?P<kind>\w+): \{{?'(?P<name>\w+)'",
        "{kind} has no argument {name}: compare with its documentation.",
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
        "Something here is None: a function that is called above may lack its return line; the first "
        "number of a Keras shape is None until pictures come; a gradient is None where the tape did not "
        "watch: tape.watch(x).",
    ),
    (
        "TypeError",
        r"must have the same dtype",
        "TensorFlow does not mix whole numbers and floats: tf.cast(..., tf.float32) makes floats of them.",
    ),
    (
        "TypeError",
        r"ufunc 'bitwise_(and|or)' not supported",
        "& and | bind more tightly than > and ==: put parentheses around each comparison.",
    ),
    (
        "TypeError",
        r"does not support item assignment",
        "Single places of this cannot be set: a tensor is never changed, nor is a tuple. Compute a new "
        "one, with tf.where for instance, or work on a NumPy array.",
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
    (
        "AttributeError",
        r"object has no attribute '_unique_id'",
        "A tensor stands where a variable is needed: apply_gradients takes pairs (gradient, variable).",
    ),
    (
        "AttributeError",
        r"object has no attribute '(input|output)_shape'|has never been called",
        "Layers of Keras 3 know nothing of what went in: look at the shape of a tensor, X.shape, or at "
        "model.inputs[0].",
    ),
    ("AttributeError", r"module '(?P<name>[\w.]+)' has no attribute", "{name} has nothing of that name."),
    (
        "AttributeError",
        r"'KerasTensor'|KerasTensor",
        "Symbolic Keras tensors have no values yet: use Keras layers or keras.ops on them.",
    ),
    (
        "ValueError",
        r"Could not automatically infer the output shape",
        "The call() of this layer or model raises an error itself: read on after “Error encountered”.",
    ),
    (
        "ValueError",
        r"values must be KerasTensors|cannot convert it to an int|Only input tensors may be passed"
        r"|Could not interpret activation function identifier: <KerasTensor|`data_format` argument must be",
        _NOT_CALLED,
    ),
    (
        "TypeError",
        r"KerasTensor cannot be used as a boolean",
        _NOT_CALLED,
    ),
    (
        "ValueError",
        r"not connected to `?outputs|[Oo]utput .* is not connected to",
        "No way of layers leads from the model's input to its output: does each layer get what the one "
        "before gave?",
    ),
    (
        "ValueError",
        r"A KerasTensor (cannot|is symbolic)",
        "Symbolic Keras tensors have no values yet: use Keras layers or keras.ops on them, not tf or np.",
    ),
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
        r"expecting 0 weights|with a weight list of length \d+, but the layer was expecting",
        "The layer has other weights than those given, or none yet: it makes them when it is called for "
        "the first time.",
    ),
    (
        "ValueError",
        r"setting an array element with a sequence",
        "One number is expected where an array is given: a sum over the window may be missing, or the array "
        "with one number in it needs .item().",
    ),
    (
        "ValueError",
        r"all input arrays must have the same shape",
        "np.stack wants parts of one shape: print the shape of each. Does one stick out at an edge?",
    ),
    (
        "ValueError",
        r"`logits` and `labels` must have the same shape",
        "Print both shapes: y[..., 0] takes an axis away, y[..., 0:1] leaves it there with length 1.",
    ),
    (
        "ValueError",
        r"requires inputs with matching shapes|except (on the `axis` dim|for the concatenation axis)",
        "Tensors that are joined may differ along one axis only: compare their heights and widths, and axis.",
    ),
    (
        "ValueError",
        r"[Ii]nputs have incompatible shapes|incompatible shapes|must have the same shape|shapes? "
        r".*(merge|Add)|Cannot broadcast shape",
        "Two branches that are added differ in shape: compare their strides and their numbers of filters.",
    ),
    (
        "ValueError",
        r"cannot reshape array|total size of the tensor must be unchanged",
        "A reshape keeps the number of values: multiply the new sizes, and compare with the size before.",
    ),
    (
        "ValueError",
        r"is incompatible with the layer",
        "The layer was made for inputs of another shape: print the shape of what goes in.",
    ),
    (
        "ValueError",
        r"strides. > .window_shape. not supported",
        "tf.nn.pool leaves no gaps between windows; keras.layers.MaxPooling2D does.",
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
    (
        "ValueError",
        r"(not enough|too many) values to unpack",
        "The number of names on the left is not the number of values on the right. (apply_gradients wants "
        "a list of pairs: [(gradient, variable)].)",
    ),
    (
        "ValueError",
        r"Negative dimension size|[Cc]omputed output size would be|output shape.*negative",
        "The picture got smaller than the window: a stride or a padding before this line may be wrong.",
    ),
    (
        "ValueError",
        r"No gradients provided for any variable",
        "The tape saw no way from the variable to the cost: compute all that lies between them in the block "
        "of tf.GradientTape, and without NumPy.",
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
    (
        "InvalidArgumentError",
        r"[Ii]ncompatible|must be equal|Dimensions|must have the same",
        "Two tensors of shapes that do not fit are combined: print both shapes.",
    ),
    (
        "InvalidArgumentError",
        r"of float is not in the list of allowed values",
        "Whole numbers are needed here, and these are floats: tf.cast(..., tf.int32).",
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


def explain(type_name: str, text: str, inside: bool = True) -> str:
    """The usual cause of an exception, or nothing where none is known.

    inside  False where the learner's function was called and none of its lines ran
    """
    for name, pattern, cause in _CAUSES if inside else _CALLS + _CAUSES:
        if name == type_name and (found := re.search(pattern, text, re.DOTALL)):
            groups = {key: (value or "").strip().rstrip(".") for key, value in found.groupdict().items()}
            return cause.format(**groups)
    return ""
