"""What usually causes the exceptions of Keras and TensorFlow, row by row. The first row that fits counts."""

from workbook.causes import PAIRS, PLAIN_IN_TAPE

_NOT_CALLED = (
    "A layer is made first and then called, with two pairs of parentheses: layers.ReLU()(X). (And tensors "
    "that are joined or added stand in a list.)"
)
_ONE_BATCH = (
    "A model takes a batch in one array, of shape (m, n_H, n_W, n_C) for pictures: np.stack(crops) makes one "
    "of a list, image[None] of a single picture."
)

KERAS: list[tuple[str, str, str]] = [
    # type of the exception, a pattern in its text, what usually causes it
    (
        "TypeError",
        r"(?P<kind>\w+)\.__init__\(\) missing \d+ required positional argument.*: (?P<name>.+)",
        "{kind} needs {name}: give it between its parentheses.",
    ),
    (
        "TypeError",
        r"Layer\.__init__\(\) takes",
        "keras.Model takes two things, keras.Model(inputs, outputs): several of a kind stand in a list.",
    ),
    ("TypeError", r"apply_gradients\(\) takes", PAIRS),
    (
        "TypeError",
        r"too many positional arguments",
        "What is called in this line takes fewer arguments. A layer that joins tensors takes them as one "
        "list: Add()([a, b]).",
    ),
    (
        "TypeError",
        r"missing a required argument: '(inputs?|x)'",
        "A layer or model is called without what it works on: layer(X), not layer().",
    ),
    (
        "TypeError",
        r"(?P<kind>\w+)\.__init__\(\) got multiple values for argument '(?P<name>\w+)'",
        "{name} is given twice, by its place and by its name: count what stands before it. Conv2D takes the "
        "number of filters first, then the window.",
    ),
    (
        "ValueError",
        r'The name "(?P<name>.+?)" is used \d+ times in the model',
        "Several layers are called {name}. Leave name= out, and Keras finds names of its own.",
    ),
    (
        "ValueError",
        r"^Invalid dtype: (list|tuple)",
        "Keras cannot reckon with a list here: make an array of it first, np.array([...]).",
    ),
    (
        "ValueError",
        r"Unrecognized keyword arguments? passed to (?P<kind>\w+): \{{?'(?P<name>\w+)'",
        "{kind} has no argument {name}: compare with its documentation.",
    ),
    (
        "TypeError",
        r"must have the same dtype",
        "TensorFlow does not mix whole numbers and floats: tf.cast(..., tf.float32) makes floats of them.",
    ),
    (
        "TypeError",
        r"does not support item assignment",
        "Single places of this cannot be set: a tensor is never changed, nor is a tuple. Compute a new "
        "one, with tf.where for instance, or work on a NumPy array.",
    ),
    (
        "AttributeError",
        r"object has no attribute '_unique_id'",
        "A tensor stands where a variable is needed: apply_gradients takes pairs (gradient, variable).",
    ),
    ("AttributeError", r"'(numpy\.\w+|float|int|list)' object has no attribute '_id'", PLAIN_IN_TAPE),
    (
        "TypeError",
        r"Cannot convert the argument `type_value`: -?[\d.]",
        f"A number stands where TensorFlow looks for a type. If this is tape.gradient: {PLAIN_IN_TAPE}",
    ),
    (
        "ValueError",
        r"Passed in object .*, not tf\.Tensor",
        "A tape watches tensors: tf.constant(x) makes one.",
    ),
    (
        "AttributeError",
        r"(EagerTensor|SymbolicTensor|Variable)'? object has no attribute 'T'",
        "A tensor has no .T: tf.transpose(A) exchanges its axes, and tf.matmul(A, B, transpose_b=True) "
        "multiplies by the transpose of B.",
    ),
    (
        "AttributeError",
        r"EagerTensor'? object has no attribute '(?P<name>reshape|astype|transpose|flatten|ravel|sum|mean|max"
        r"|min|argmax|argmin|copy|size|clip|item)'",
        "A tensor has no .{name}: TensorFlow has functions for it (tf.reshape, tf.cast, tf.reduce_sum). "
        "Or take A.numpy() where no gradient is needed.",
    ),
    (
        "AttributeError",
        r"has never been called and thus has no defined input",
        "A layer or a model has an input only after it is called on a tensor, or begins with an Input: "
        "Sequential([Input(shape), ...]). What layers take can be asked of a model: model.inputs[0].",
    ),
    (
        "AttributeError",
        r"has never been called",
        "A layer or a model has an output only after it is called on a tensor: keep what that gives, "
        "Y = body(X). (A Sequential that begins with an Input also has body.outputs[0].)",
    ),
    (
        "AttributeError",
        r"object has no attribute 'minimize'",
        "Optimizers of Keras 3 have no minimize: take the gradients with tape.gradient, then "
        "optimizer.apply_gradients([(gradient, variable)]).",
    ),
    (
        "InvalidArgumentError",
        r"Value for attr 'T' of u?int\d+ is not in the list of allowed values",
        "This operation of TensorFlow takes no whole numbers of this kind: tf.cast(x, tf.float32) first.",
    ),
    (
        "ValueError",
        r"`factor` argument should be a number .* in the range \[-1, 1\]",
        "It is a share of a full turn, not degrees: 72 degrees are 72 / 360 = 0.2.",
    ),
    (
        "AttributeError",
        r"object has no attribute '(input|output)_shape'",
        "Layers of Keras 3 know nothing of what went in: look at the shape of a tensor, X.shape, or at "
        "model.inputs[0].",
    ),
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
        r"expecting 0 weights|with a weight list of length \d+, but the layer was expecting",
        "The layer has other weights than those given, or none yet: it makes them when it is called for "
        "the first time.",
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
        r"`labels\.shape\.rank` must equal `logits\.shape\.rank - 1`",
        "Sparse labels are whole numbers and have no last axis: y[..., 0] takes it away, y[..., 0:1] leaves "
        "it. (Labels that are one-hot go to the cross-entropy that is not called sparse.)",
    ),
    (
        "ValueError",
        r"Attempt to convert a value \(None\)",
        "Something here is None. A gradient is None where the tape did not watch: it watches variables by "
        "itself, a tensor after tape.watch(x). And a function that is called above may lack its return line.",
    ),
    (
        "ValueError",
        r"Can't convert Python sequence with mixed types",
        "A pair or a list of unlike things, a name and a number perhaps, stands where one tensor is needed: "
        "unpack it first, as in for name, weight in pairs.",
    ),
    (
        "TypeError",
        r"Cannot convert '.*' to EagerTensor of dtype",
        "A text stands where numbers are needed: is it the first of a pair (name, value)? Unpack that first.",
    ),
    (
        "ValueError",
        r"Shapes used to initialize variables must be fully-defined",
        "The layer cannot make its weights while a length of what goes in is None. Flatten needs an Input of "
        "known height and width.",
    ),
    (
        "ValueError",
        r"weight shape .* is not compatible with provided weight shape",
        "The layer's own weight has another shape than what it is given: a reshape may do.",
    ),
    (
        "ValueError",
        r"Inputs to a layer should be tensors\. Got '.*of type <class 'str'>",
        "A text goes into the model, and no picture: where it is the path of a file, read that first.",
    ),
    (
        "ValueError",
        r"Invalid input shape for input|expects 1 (named )?input.*received \d+ input tensors",
        _ONE_BATCH,
    ),
    (
        "ValueError",
        r"expected shape=\(None, (?P<own>\d[^)]*)\), found shape=\((?P=own)\)",
        "The axis of the batch is missing. " + _ONE_BATCH,
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
        "Two tensors that are added need the same shape: do the strides and the numbers of filters of their "
        "branches agree? To put channels behind channels use concatenate.",
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
        "InvalidArgumentError",
        r"boxes must be 2-D|scores must be 1-D",
        "tf.image.non_max_suppression takes first the boxes, of shape (n, 4), then the scores, (n,).",
    ),
    (
        "InvalidArgumentError",
        r"transpose expects a vector of size (?P<axes>\d+)\. .* of size (?P<got>\d+)",
        "The tensor has {axes} axes, and perm has {got} entries: it names each axis once.",
    ),
    (
        "InvalidArgumentError",
        r"Shapes of all inputs must match",
        "A list or a tuple whose parts differ in shape cannot become one tensor: take its parts one by one.",
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
]
