"""Answers to week3/sliding_windows as people write them: right ones in many styles, and wrong ones."""

import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

# --- sliding_window_predict -----------------------------------------------------------------------------


def slide_in_one_batch(model, image, window, stride):
    h, w = (window, window) if np.ndim(window) == 0 else window
    rows = (image.shape[0] - h) // stride + 1
    columns = (image.shape[1] - w) // stride + 1
    windows = [
        image[i * stride : i * stride + h, j * stride : j * stride + w]
        for i in range(rows)
        for j in range(columns)
    ]
    return np.asarray(model(np.stack(windows))).reshape(rows, columns, -1)


def slide_one_by_one(model, image, window, stride):
    """One window after another, with predict."""
    if isinstance(window, int):
        window = (window, window)
    n_H, n_W, _ = image.shape
    h, w = window
    scores = []
    for y in range(0, n_H - h + 1, stride):
        row = []
        for x in range(0, n_W - w + 1, stride):
            crop = image[y : y + h, x : x + w, :]
            row.append(model.predict(np.expand_dims(crop, axis=0), verbose=0)[0])
        scores.append(row)
    return np.array(scores)


def slide_lists(model, image, window, stride):
    """A list of lists of tensors."""
    h, w = np.broadcast_to(window, 2)
    scores = []
    y = 0
    while y + h <= len(image):
        scores.append([])
        x = 0
        while x + w <= len(image[0]):
            scores[-1].append(model(image[None, y : y + h, x : x + w])[0])
            x += stride
        y += stride
    return scores


def slide_view(model, image, window, stride):
    """A view of all windows without a loop."""
    h, w = (window, window) if np.isscalar(window) else window
    views = np.lib.stride_tricks.sliding_window_view(image, (h, w), axis=(0, 1))[::stride, ::stride]
    rows, columns = views.shape[:2]
    windows = np.moveaxis(views, 2, -1).reshape(-1, h, w, image.shape[-1])
    return model.predict(windows, batch_size=8, verbose=0).reshape((rows, columns, -1))


def slide_patches(model, image, window, stride=1):
    """TensorFlow cuts the windows."""
    h, w = window if isinstance(window, tuple) else (window,) * 2
    patches = tf.image.extract_patches(
        tf.constant(image)[tf.newaxis], [1, h, w, 1], [1, stride, stride, 1], [1, 1, 1, 1], "VALID"
    )
    _, rows, columns, _ = patches.shape
    scores = model(tf.reshape(patches, (rows * columns, h, w, -1)), training=False)
    return tf.reshape(scores, (rows, columns, -1))


def slide_filling(model, image, window, stride):
    """A map of zeros, filled in one row of windows after another."""
    warnings.warn("slow", stacklevel=1)
    try:
        h, w = window
    except TypeError:
        h = w = window
    n_H, n_W = 1 + (image.shape[0] - h) // stride, 1 + (image.shape[1] - w) // stride
    result = None
    for i in range(n_H):
        top = i * stride
        batch = np.array([image[top : top + h, j * stride : j * stride + w] for j in range(n_W)])
        row = model.predict_on_batch(batch)
        if result is None:
            result = np.zeros((n_H, n_W, row.shape[-1]))
        result[i] = row
    print(result.shape)
    return result


def slide_ceiling(model, image: np.ndarray, window, stride: int) -> tf.Tensor:
    """Counts with a ceiling, cuts with tf.slice, puts rows together with tf.stack."""
    h, w = [int(n) for n in np.ravel([window, window])[:2]] if np.ndim(window) == 0 else window
    picture = tf.convert_to_tensor(image)
    down, right = -(-(image.shape[0] - h + 1) // stride), -(-(image.shape[1] - w + 1) // stride)
    lines = []
    for i in tf.range(down):
        crops = [tf.slice(picture, [i * stride, j * stride, 0], [h, w, -1]) for j in range(right)]
        lines.append(model(tf.stack(crops)))
    return tf.stack(lines)


def slide_by_dictionary(model, image, window, stride, batch=5):
    """Windows under their places, asked in small batches."""
    height, width = (window, window) if not hasattr(window, "__len__") else window
    crops = {}
    for top in range(image.shape[0]):
        for left in range(image.shape[1]):
            crop = image[top : top + height, left : left + width]
            if top % stride == left % stride == 0 and crop.shape[:2] == (height, width):
                crops[top // stride, left // stride] = crop
    keys = list(crops)
    says = []
    for start in range(0, len(keys), batch):
        says.extend(model(np.array([crops[key] for key in keys[start : start + batch]])).numpy())
    scores = np.empty((keys[-1][0] + 1, keys[-1][1] + 1, len(says[0])), dtype=np.float64)
    for key, each in zip(keys, says, strict=True):
        scores[key] = each
    return scores


def slide_meshgrid(model, image, window, stride):
    """Fancy indices cut all windows at once."""
    h, w = (window,) * 2 if np.ndim(window) == 0 else window
    tops = np.arange(0, image.shape[0] - h + 1, stride)
    lefts = np.arange(0, image.shape[1] - w + 1, stride)
    rows = tops[:, None, None, None] + np.arange(h)[:, None]
    columns = lefts[None, :, None, None] + np.arange(w)
    crops = image[rows, columns]
    scores = keras.ops.convert_to_numpy(model(crops.reshape(-1, *crops.shape[2:]), training=False))
    return scores.reshape(len(tops), len(lefts), scores.shape[-1])


def slide_recursively(model, image, window, stride):
    """Row after row: the first strip, then the rest of the picture."""
    h, w = np.broadcast_to(window, 2)

    def strip(rows):
        if rows.shape[1] < w:
            return []
        return [model(rows[np.newaxis, :, :w]).numpy()[0], *strip(rows[:, stride:])]

    def strips(rest):
        return [] if len(rest) < h else [strip(rest[:h]), *strips(rest[stride:])]

    return np.asarray(strips(image))


# wrong


def slide_off_by_one(model, image, window, stride):
    h, w = np.broadcast_to(window, 2)
    return np.array(
        [
            [model(image[None, y : y + h, x : x + w])[0] for x in range(0, image.shape[1] - w, stride)]
            for y in range(0, image.shape[0] - h, stride)
        ]
    )


def slide_one_less(model, image, window, stride):
    h, w = np.broadcast_to(window, 2)
    rows, columns = (image.shape[0] - h) // stride, (image.shape[1] - w) // stride
    return slide_in_one_batch(model, image, window, stride)[:rows, :columns]


def slide_one_before_dividing(model, image, window, stride):
    h, w = np.broadcast_to(window, 2)
    rows, columns = (image.shape[0] - h + 1) // stride, (image.shape[1] - w + 1) // stride
    return slide_in_one_batch(model, image, window, stride)[:rows, :columns]


def slide_columns_first(model, image, window, stride):
    h, w = np.broadcast_to(window, 2)
    return np.array(
        [
            [model(image[None, y : y + h, x : x + w])[0] for y in range(0, image.shape[0] - h + 1, stride)]
            for x in range(0, image.shape[1] - w + 1, stride)
        ]
    )


def slide_labels(model, image, window, stride):
    return slide_in_one_batch(model, image, window, stride).argmax(-1)


def slide_only_numbers(model, image, window, stride):
    """Cannot do a window that is not square."""
    rows = (image.shape[0] - window) // stride + 1
    columns = (image.shape[1] - window) // stride + 1
    return slide_in_one_batch(model, image, window, stride)[:rows, :columns]


def slide_with_zeros_around(model, image, window, stride):
    h, w = np.broadcast_to(window, 2)
    padded = np.pad(image, ((h // 2, h // 2), (w // 2, w // 2), (0, 0)))
    return slide_in_one_batch(model, padded, (h, w), stride)


def slide_prints(model, image, window, stride):
    print(slide_in_one_batch(model, image, window, stride))


# --- dense_to_convolutional -----------------------------------------------------------------------------


def convert_functional(model):
    """Takes the layers before Flatten as they are."""
    inputs = X = keras.Input((None, None, model.input_shape[-1]))
    shape = None
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            shape = layer.input.shape[1:]
        elif isinstance(layer, layers.Dense):
            kernel, bias = layer.get_weights()
            size = shape[:2] if shape else (1, 1)
            convolution = layers.Conv2D(layer.units, size, activation=layer.activation)
            X = convolution(X)
            convolution.set_weights([kernel.reshape(*size, -1, layer.units), bias])
            shape = None
        else:
            X = layer(X)
    return keras.Model(inputs, X)


def convert_sequential(model):
    """Everything new, from the configurations; the weights at the end, all at once."""
    new, first = keras.Sequential([keras.Input((None, None, model.input_shape[3]))]), True
    weights = []
    for i, layer in enumerate(model.layers):
        if isinstance(layer, layers.Flatten):
            h, w, c = model.layers[i - 1].output.shape[1:]
        elif isinstance(layer, layers.Dense):
            f = (h, w) if first else 1
            new.add(layers.Conv2D(layer.units, f, activation=layer.get_config()["activation"]))
            kernel, bias = layer.get_weights()
            weights += [np.reshape(kernel, (h, w, c, -1) if first else (1, 1, *kernel.shape)), bias]
            first = False
        else:
            new.add(type(layer).from_config(layer.get_config()))
            weights += layer.get_weights()
    new.set_weights(weights)
    return new


def convert_cloning(model):
    """keras.models.clone_model, with another layer where it must be."""
    shape = {}

    def other(layer):
        if isinstance(layer, layers.Flatten):
            shape["next"] = layer.input.shape[1:3]
            return layers.Activation("linear")
        if isinstance(layer, layers.Dense):
            return layers.Conv2D(layer.units, shape.pop("next", (1, 1)), activation=layer.activation)
        return layer.__class__.from_config(layer.get_config())

    inputs = keras.Input((None, None, model.input_shape[-1]))
    new = keras.models.clone_model(model, input_tensors=inputs, clone_function=other)
    for old, own in zip(
        model.layers, [each for each in new.layers if each is not inputs][-len(model.layers) :], strict=True
    ):
        if old.weights:
            own.set_weights([w.reshape(v.shape) for w, v in zip(old.get_weights(), own.weights, strict=True)])
    return new


def convert_activations_apart(model):
    """Activations as layers of their own, a softmax along the last axis."""
    inputs = tf.keras.Input(shape=(None, None, model.input_shape[-1]), name="picture")
    X = inputs
    flat = None
    for layer in model.layers:
        name = layer.__class__.__name__
        if name == "Flatten":
            flat = layer.input.shape
            continue
        if name != "Dense":
            X = layer(X)
            continue
        kernel, bias = (np.array(each) for each in layer.weights)
        if flat is None:
            kernel = kernel[np.newaxis, np.newaxis]
        else:
            kernel = kernel.reshape(flat[1], flat[2], flat[3], layer.units)
            flat = None
        X = layers.Conv2D(
            layer.units,
            kernel.shape[:2],
            kernel_initializer=keras.initializers.Constant(kernel),
            bias_initializer=keras.initializers.Constant(bias),
            trainable=False,
        )(X)
        function = layer.activation.__name__
        X = layers.Softmax(axis=-1)(X) if function == "softmax" else layers.Activation(function)(X)
    return tf.keras.models.Model(inputs=inputs, outputs=X)


class _Convolutional(keras.Model):
    """Keeps the dense layers, and reads their kernels as filters."""

    def __init__(self, model):
        super().__init__()
        self.steps = model.layers
        self.last = next(layer for layer in model.layers if isinstance(layer, layers.Flatten)).input.shape[1:]

    def call(self, X, training=False):
        shape = self.last
        for layer in self.steps:
            if isinstance(layer, layers.Dense):
                kernel = ops.reshape(layer.kernel, (*shape, layer.units))
                X = layer.activation(ops.conv(X, kernel) + layer.bias)
                shape = (1, 1, layer.units)
            elif not isinstance(layer, layers.Flatten):
                X = layer(X)
        return X


def convert_subclassed(model):
    return _Convolutional(model)


def convert_after_building(model, verbose=True):
    """Two lists: what to build, and what to put in."""
    if verbose:
        model.summary()
    front = []
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            break
        front.append(layer)
    dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    h, w = front[-1].output.shape[1:3]
    back = [layers.Conv2D(dense[0].units, (h, w), padding="valid", activation=dense[0].activation)]
    back += [layers.Conv2D(each.units, 1, activation=each.activation) for each in dense[1:]]
    new = keras.Sequential([*front, *back])
    new.build((None, None, None, model.input_shape[-1]))
    for old, own in zip(dense, back, strict=True):
        own.kernel.assign(tf.reshape(old.kernel, own.kernel.shape))
        own.bias.assign(old.bias)
    return new


def convert_by_assigning(model: keras.Sequential) -> keras.Model:
    """Cases for the kinds of layers, variables that are assigned, activations that are called."""
    x = inputs = layers.Input(shape=(None, None, model.inputs[0].shape[-1]))
    size = None
    for layer in model.layers:
        match layer:
            case layers.Flatten():
                size = tuple(layer.input.shape)[1:]
            case layers.Dense():
                k, b = layer.weights
                f = size[:2] if size is not None else (1, 1)
                conv = layers.Conv2D(
                    filters=layer.units, kernel_size=f, strides=1, padding="VALID", name=None
                )
                x = conv(x)
                conv.kernel.assign(ops.reshape(k, (f[0], f[1], -1, layer.units)))
                conv.bias.assign(b)
                x = layer.activation(x)
                size = None
            case _:
                x = layer(x)
    return keras.Model(inputs=inputs, outputs=x)


def convert_in_two_models(model):
    """The front stays a model of its own; the end is a second one."""
    flat = [isinstance(each, layers.Flatten) for each in model.layers].index(True)
    front = keras.Sequential([keras.Input((None, None, model.input_shape[-1])), *model.layers[:flat]])
    h, w, c = model.layers[flat].input.shape[1:]
    end = keras.Sequential([keras.Input((None, None, c))])
    for number, layer in enumerate(model.layers[flat + 1 :]):
        end.add(layers.Conv2D(layer.units, (h, w) if number == 0 else (1, 1)))
        kernel, bias = layer.get_weights()
        end.layers[-1].set_weights([kernel.reshape(end.layers[-1].kernel.shape), bias])
        end.add(layers.Activation(layer.activation))
    return keras.Sequential([front, end])


class _DenseAsConvolution(layers.Layer):
    """A layer of one's own that borrows a dense layer."""

    def __init__(self, dense, shape):
        super().__init__()
        self.dense, self.shape = dense, shape

    def call(self, X):
        kernel = tf.reshape(self.dense.kernel, (*self.shape, self.dense.units))
        return self.dense.activation(tf.nn.conv2d(X, kernel, 1, "VALID") + self.dense.bias)


def convert_with_own_layer(model):
    inputs = X = keras.Input((None, None, model.input_shape[3]))
    shape = None
    for layer in model.layers:
        if layer.__class__ is layers.Flatten:
            shape = tuple(layer.input.shape[1:])
        elif layer.__class__ is layers.Dense:
            X = _DenseAsConvolution(layer, shape or (1, 1, layer.kernel.shape[0]))(X)
            shape = None
        else:
            X = layer(X)
    return keras.Model(inputs, X, name="convolutional")


def convert_dense_after_the_first(model):
    """Only the first dense layer needs a convolution: on a map Keras's dense layer is one of 1 x 1."""
    inputs = X = keras.Input((None, None, model.input_shape[-1]))
    shape = next(each for each in model.layers if isinstance(each, layers.Flatten)).input.shape
    dense = [each for each in model.layers if isinstance(each, layers.Dense)]
    for layer in model.layers:
        if layer is dense[0]:
            kernel, bias = layer.get_weights()
            h, w = shape[1:3]
            convolution = layers.Conv2D(layer.units, (h, w), activation=layer.activation)
            convolution.build((None, None, None, shape[3]))
            convolution.set_weights([np.reshape(kernel, (h, w, shape[3], layer.units)), bias])
            X = convolution(X)
        elif not isinstance(layer, layers.Flatten):
            X = layer(X)
    return keras.Model(inputs, X)


# wrong


def convert_channels_first(model):
    new = convert_functional(model)
    dense = next(layer for layer in model.layers if isinstance(layer, layers.Dense))
    own = next(
        each for each in new.layers[1:] if isinstance(each, layers.Conv2D) and each not in model.layers
    )
    h, w, c, units = own.kernel.shape
    own.kernel.assign(np.transpose(dense.get_weights()[0].reshape(c, h, w, units), (1, 2, 0, 3)))
    return new


def convert_without_weights(model):
    inputs = X = keras.Input((None, None, model.input_shape[-1]))
    f = model.layers[[isinstance(each, layers.Flatten) for each in model.layers].index(True)].input.shape[1:3]
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            X = layers.Conv2D(layer.units, f, activation=layer.activation)(X)
            f = 1
        elif not isinstance(layer, layers.Flatten):
            X = layer(X)
    return keras.Model(inputs, X)


def convert_for_windows_only(model):
    """Forgets that pictures are larger."""
    inputs = X = keras.Input(model.input_shape[1:])
    first = True
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            kernel, bias = layer.get_weights()
            f = X.shape[1:3] if first else (1, 1)
            convolution = layers.Conv2D(layer.units, f, activation=layer.activation)
            X, first = convolution(X), False
            convolution.set_weights([kernel.reshape(*f, -1, layer.units), bias])
        elif not isinstance(layer, layers.Flatten):
            X = layer(X)
    return keras.Model(inputs, X)


def convert_without_activations(model):
    new = convert_functional(model)
    for layer in new.layers:
        if isinstance(layer, layers.Conv2D) and layer not in model.layers:
            layer.activation = keras.activations.linear
    return new


def convert_returns_the_given(model):
    return model


def convert_returns_output(model):
    return convert_functional(model).output


# --- map_to_boxes ---------------------------------------------------------------------------------------


def boxes_loop(scores, window, stride, threshold, scale=1.0):
    h, w = (window, window) if np.ndim(window) == 0 else window
    boxes = []
    for i in range(scores.shape[0]):
        for j in range(scores.shape[1]):
            if scores[i, j] >= threshold:
                x1, y1 = j * stride, i * stride
                boxes.append([x1 / scale, y1 / scale, (x1 + w) / scale, (y1 + h) / scale, scores[i, j]])
    return np.array(boxes).reshape(-1, 5)


def boxes_vectorized(scores, window, stride, threshold, scale=1.0):
    h, w = np.broadcast_to(window, 2)
    i, j = np.where(scores >= threshold)
    corners = np.column_stack([j * stride, i * stride, j * stride + w, i * stride + h]) / scale
    return np.hstack([corners, scores[i, j][:, np.newaxis]])


def boxes_tuples(scores, window, stride, threshold, scale=1):
    """A list of tuples, the best first."""
    if isinstance(window, int):
        window = (window,) * 2
    found = []
    for (i, j), score in np.ndenumerate(scores):
        if not score < threshold:
            x, y = stride * j / scale, stride * i / scale
            found.append((x, y, x + window[1] / scale, y + window[0] / scale, float(score)))
    return sorted(found, key=lambda box: -box[-1])


def boxes_tensor(scores, window, stride, threshold, scale=1.0):
    h, w = (window, window) if np.isscalar(window) else window
    places = tf.where(scores >= threshold)
    values = tf.gather_nd(tf.constant(scores), places)
    corner = tf.reverse(tf.cast(places, tf.float64), [1]) * stride
    return tf.concat([corner / scale, (corner + np.array([w, h])) / scale, values[:, None]], axis=1)


def boxes_argwhere(scores, window, stride, threshold, scale=1.0):
    size = np.array([window, window] if np.ndim(window) == 0 else window)
    places = np.argwhere(scores >= threshold)
    print(len(places), "boxes")
    first = places[:, ::-1] * stride / scale
    return np.concatenate([first, first + size[::-1] / scale, scores[tuple(places.T)].reshape(-1, 1)], axis=1)


def boxes_by_comprehension(scores: np.ndarray, window, stride: int, threshold: float, scale: float = 1.0):
    h, w = (window, window) if isinstance(window, int | np.integer) else tuple(window)
    rows, columns = np.shape(scores)
    return [
        [x / scale, y / scale, (x + w) / scale, (y + h) / scale, scores[y // stride][x // stride]]
        for y in range(0, rows * stride, stride)
        for x in range(0, columns * stride, stride)
        if scores[y // stride, x // stride] >= threshold
    ]


def boxes_meshgrid(scores, window, stride, threshold, scale=1.0):
    """All windows first, then a mask."""
    h, w = np.broadcast_to(window, (2,))
    x, y = np.meshgrid(np.arange(scores.shape[1]) * stride, np.arange(scores.shape[0]) * stride)
    everything = np.stack([x / scale, y / scale, (x + w) / scale, (y + h) / scale, scores], axis=-1)
    return everything[scores >= threshold]


def boxes_growing(scores, window, stride, threshold, scale=1.0, verbose=False):
    """An array that grows box by box, in float32."""
    h, w = (window, window) if np.ndim(window) == 0 else window
    boxes = np.empty((0, 5), np.float32)
    for place in np.flatnonzero(np.ravel(scores) >= threshold):
        i, j = divmod(place, scores.shape[1])
        box = np.array([j * stride, i * stride, j * stride + w, i * stride + h, 0]) * (1 / scale)
        box[-1] = scores[i, j]
        boxes = np.vstack([boxes, box.astype(np.float32)])
        if verbose:
            print(box)
    return boxes


def boxes_sorted_matrix(scores, window, stride, threshold, scale=1.0):
    """A matrix product makes corners of places; the best box comes first."""
    h, w = (window, window) if np.ndim(window) == 0 else window
    i, j = np.unravel_index(np.argsort(scores, axis=None)[::-1], scores.shape)
    places = np.stack([i, j, np.ones_like(i)], axis=1)
    corners = places @ np.array([[0, stride, 0, stride], [stride, 0, stride, 0], [0, 0, w, h]])
    best = scores[i, j]
    return np.c_[corners / scale, best][: np.count_nonzero(best >= threshold)]


def boxes_yielded(scores, window, stride, threshold, scale=1.0):
    def each():
        h, w = (window, window) if np.ndim(window) == 0 else window
        it = np.nditer(scores, flags=["multi_index"])
        for score in it:
            if score >= threshold:
                row, column = it.multi_index
                corner = np.array([column, row], float) * stride
                yield np.concatenate([corner / scale, (corner + np.array((w, h))) / scale, [score]])

    found = list(each())
    return np.array(found) if found else np.zeros((0, 5))


# wrong


def boxes_greater(scores, window, stride, threshold, scale=1.0):
    return boxes_vectorized(scores, window, stride, threshold + 1e-9, scale)


def boxes_rows_are_x(scores, window, stride, threshold, scale=1.0):
    return boxes_vectorized(scores.T, window, stride, threshold, scale)


def boxes_without_scores(scores, window, stride, threshold, scale=1.0):
    return boxes_loop(scores, window, stride, threshold, scale)[:, :4]


def boxes_multiplied(scores, window, stride, threshold, scale=1.0):
    return boxes_loop(scores, window, stride, threshold, 1 / scale)


def boxes_rounded(scores, window, stride, threshold, scale=1.0):
    boxes = boxes_loop(scores, window, stride, threshold, scale)
    boxes[:, :4] = np.round(boxes[:, :4])
    return boxes


def boxes_stop_at_first(scores, window, stride, threshold, scale=1.0):
    return boxes_loop(scores, window, stride, threshold, scale)[:1]


def boxes_of_whole_numbers(scores, window, stride, threshold, scale=1.0):
    found = boxes_loop(scores, window, stride, threshold, scale)
    out = np.zeros((len(found), 5), int)
    out[:] = found
    return out


def boxes_with_scores_changed(change):
    def boxes(scores, window, stride, threshold, scale=1.0):
        found = np.array(boxes_loop(scores, window, stride, threshold, scale))
        found[:, 4] = change(found[:, 4])
        return found

    return boxes


def slide_with(window_of):
    """Windows cut by another rule: from the corner, its size and the stride to (height, width)."""

    def slide(model, image, window, stride):
        h, w = (window, window) if np.ndim(window) == 0 else window
        crops = []
        for y in range(0, image.shape[0] - h + 1, stride):
            for x in range(0, image.shape[1] - w + 1, stride):
                high, wide = window_of(h, w, stride)
                crops.append(image[y : y + high, x : x + wide])
        columns = (image.shape[1] - w) // stride + 1
        return np.reshape(model(np.array(crops)), (len(crops) // columns, columns, -1))

    return slide


def slide_by_keras_patches(model, image, window, stride):
    """Keras cuts the windows, all of them before the model is asked."""
    size = (window, window) if isinstance(window, int | np.integer) else tuple(window)
    patches = ops.image.extract_patches(ops.convert_to_tensor(image)[None], size, stride, padding="valid")[0]
    rows, columns = patches.shape[:2]
    scores = model(ops.reshape(patches, (rows * columns, *size, image.shape[-1])))
    return ops.reshape(scores, (rows, columns, -1))


def slide_in_training(model, image, window, stride):
    return slide_in_one_batch(lambda crops: model(crops, training=True), image, window, stride)


def convert_dense_on_patches(model):
    """The dense layers stay: the first one reads patches, the others each place."""
    flat = [type(layer).__name__ for layer in model.layers].index("Flatten")
    h, w, c = model.layers[flat].input.shape[1:]
    inputs = X = keras.Input((None, None, model.input_shape[-1]))
    for layer in model.layers[:flat]:
        X = layer(X)
    X = layers.Lambda(
        lambda v: tf.image.extract_patches(v, [1, h, w, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID"),
        output_shape=(None, None, h * w * c),
    )(X)
    for layer in model.layers[flat + 1 :]:
        X = layer(X)
    return keras.Model(inputs, X)


def convert_with(relu_after=False, turn=False, mean=False):
    """The solution as many write it, with a slip or two."""

    def convert(model):
        inputs = X = keras.Input((None, None, model.input_shape[-1]))
        shape = None
        for layer in model.layers:
            if isinstance(layer, layers.Flatten):
                shape = layer.input.shape[1:]
            elif isinstance(layer, layers.Dense):
                kernel, bias = layer.get_weights()
                h, w, c = shape or (1, 1, len(kernel))
                kernel = kernel.T if turn and shape else kernel
                convolution = layers.Conv2D(layer.units, (h, w), activation=layer.activation)
                X, shape = convolution(X), None
                convolution.set_weights([kernel.reshape(h, w, c, layer.units), bias])
            else:
                X = layers.ReLU()(layer(X)) if relu_after else layer(X)
        return keras.Model(inputs, layers.GlobalAveragePooling2D()(X) if mean else X)

    return convert


def boxes_after_the_first_row(scores, window, stride, threshold, scale=1.0):
    """return stands inside the outer loop."""
    for _ in range(scores.shape[0]):
        return boxes_loop(scores[:1], window, stride, threshold, scale)


def boxes_as_large_as_the_stride(scores, window, stride, threshold, scale=1.0):
    return boxes_loop(scores, stride, stride, threshold, scale)


def boxes_half_scaled(scores, window, stride, threshold, scale=1.0):
    boxes = boxes_loop(scores, window, stride, threshold)
    boxes[:, :2] /= scale
    return boxes


def boxes_with_sizes_as_they_are(scores, window, stride, threshold, scale=1.0):
    boxes = boxes_loop(scores, window, stride, threshold, scale)
    boxes[:, 2:4] = np.broadcast_to(window, 2)[::-1]
    return boxes


RIGHT = {
    "sliding_window_predict": [
        slide_by_keras_patches,
        slide_in_one_batch,
        slide_one_by_one,
        slide_lists,
        slide_view,
        slide_patches,
        slide_filling,
        slide_ceiling,
        slide_by_dictionary,
        slide_meshgrid,
        slide_recursively,
    ],
    "dense_to_convolutional": [
        convert_functional,
        convert_sequential,
        convert_cloning,
        convert_activations_apart,
        convert_subclassed,
        convert_after_building,
        convert_by_assigning,
        convert_in_two_models,
        convert_with_own_layer,
        convert_dense_after_the_first,
        convert_dense_on_patches,
    ],
    "map_to_boxes": [
        boxes_loop,
        boxes_vectorized,
        boxes_tuples,
        boxes_tensor,
        boxes_argwhere,
        boxes_by_comprehension,
        boxes_meshgrid,
        boxes_growing,
        boxes_sorted_matrix,
        boxes_yielded,
    ],
}
WRONG = {
    "sliding_window_predict": [
        (slide_in_training, "in training mode"),
        (slide_with(lambda h, w, s: (h, h)), "cut out as a square"),
        (slide_with(lambda h, w, s: (h - 1, w - 1)), "one pixel too small"),
        (slide_with(lambda h, w, s: (s, s)), "as large as the stride"),
        (slide_off_by_one, "stops before n - f"),
        (slide_one_less, "the last row and the last column of windows are missing"),
        (slide_one_before_dividing, "before it is divided by stride"),
        (slide_columns_first, "rows and columns of the map are swapped"),
        (slide_labels, "the most probable class and not the probabilities"),
        (slide_only_numbers, "TypeError"),
        (slide_with_zeros_around, None),
        (slide_prints, "is a return line missing"),
    ],
    "dense_to_convolutional": [
        (convert_with(relu_after=True), "a ReLU follows the convolutions"),
        (convert_with(turn=True), "transposed before it is reshaped"),
        (convert_with(mean=True), "the mean of the map"),
        (convert_channels_first, "Flatten puts the channels last"),
        (convert_without_weights, "keep the weights that they were born with"),
        (convert_for_windows_only, "still wants pictures of the window's size"),
        (convert_without_activations, "the activations of the dense layers are lost"),
        (convert_returns_the_given, None),
        (convert_returns_output, "expected a Keras model"),
    ],
    "map_to_boxes": [
        (boxes_after_the_first_row, "only the first row of the map"),
        (boxes_as_large_as_the_stride, "as large as the stride"),
        (boxes_half_scaled, "The second one needs it too"),
        (boxes_with_sizes_as_they_are, "and not divided by scale"),
        (boxes_of_whole_numbers, "the array holds whole numbers"),
        (boxes_with_scores_changed(np.trunc), "the scores are cut off"),
        (boxes_with_scores_changed(np.round), "the scores are rounded"),
        (boxes_greater, "> stands for >="),
        (boxes_rows_are_x, "Rows go down: they are y"),
        (boxes_without_scores, "the scores are missing"),
        (boxes_multiplied, "half the size a face is half as large: divide"),
        (boxes_rounded, "rounded to the nearest"),
        (boxes_stop_at_first, None),
    ],
}
