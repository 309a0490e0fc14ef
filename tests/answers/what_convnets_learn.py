"""Answers to week4/what_convnets_learn as people write them: right ones in many styles, and wrong ones."""

import sys
import warnings
from pathlib import Path

import workbook

workbook.start()
sys.path.insert(0, str(Path(__file__).parents[2] / "week4"))  # where a lesson finds its own modules

import keras
import numpy as np
import tensorflow as tf

import patches

# --- receptive_field --------------------------------------------------------------------------------------


def receptive_field(model, layer):
    fields = {}
    for each in model.layers:
        feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
        start = min(f[2] for f in feeds)
        size = max(f[0] + f[2] for f in feeds) - start
        jump = feeds[0][1]
        k, s, d, p = patches.window(each)
        size, start, jump = size + (k - 1) * d * jump, start - p * jump, jump * s
        fields[each.name] = (size, jump, start)
    return fields[layer]


def field_by_recursion(model, layer, memory=None):
    memory = {} if memory is None else memory
    if layer in memory:
        return memory[layer]
    this = model.get_layer(layer)
    feeds = [field_by_recursion(model, name, memory) for name in patches.before(model, this)]
    if not feeds:
        feeds = [(1, 1, 0)]
    sizes, jumps, begins = np.array(feeds).T
    begin, jump = begins.min(), jumps.max()
    size = (begins + sizes).max() - begin
    kernel, stride, dilation, padding = patches.window(this)
    size = size + (kernel * dilation - dilation) * jump
    memory[layer] = [size, jump * stride, begin - padding * jump]
    return memory[layer]


def field_backwards(model, layer):
    """Which pixels do the units 0 and 1 see? Walk from the layer back to the picture."""

    def seen(name, first, last):
        each = model.get_layer(name)
        k, s, d, p = patches.window(each)
        first, last = first * s - p, last * s - p + (k - 1) * d
        below = [seen(other, first, last) for other in patches.before(model, each)]
        if not below:
            return first, last
        return min(a for a, _ in below), max(b for _, b in below)

    (first, last), (second, _) = seen(layer, 0, 0), seen(layer, 1, 1)
    return last - first + 1, second - first, first


def field_as_arrays(model, layer, verbose=False):
    print("a print costs nothing")
    warnings.warn("nor does a warning", stacklevel=1)
    table = {}
    for each in model.layers:
        names = patches.before(model, each)
        boxes = np.array([table[name][:2] for name in names]) if names else np.array([[0.0, 1.0]])
        top, bottom = boxes[:, 0].min(), boxes[:, 1].max()
        jump = table[names[-1]][2] if names else 1.0
        k, s, d, p = patches.window(each)
        table[each.name] = (top - p * jump, bottom - p * jump + (k - 1) * d * jump, jump * s)
        if each.name == layer:
            break
    top, bottom, jump = table[layer]
    return np.array([bottom - top, jump, top])


def field_without_branches(model, layer):
    size, jump, start = 1, 1, 0
    for each in model.layers:
        k, s, d, p = patches.window(each)
        size, start, jump = size + (k - 1) * d * jump, start - p * jump, jump * s
        if each.name == layer:
            return size, jump, start


def field_of_equal_steps(model, layer):
    fields = {}
    for each in model.layers:
        feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
        start = min(f[2] for f in feeds)
        size = max(f[0] + f[2] for f in feeds) - start
        k, _, d, p = patches.window(each)
        fields[each.name] = (size + (k - 1) * d, 1, start - p)
    return fields[layer]


def field_size_only(model, layer):
    return receptive_field(model, layer)[0]


# --- top_patches ------------------------------------------------------------------------------------------


def top_patches(model, layer, images, k):
    size, jump, start = receptive_field(model, layer)
    A = keras.Model(model.inputs, model.get_layer(layer).output).predict(images, verbose=0)
    m, _, columns, n_C = A.shape
    flat = A.reshape(m, -1, n_C)
    around = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    result = []
    for c in range(n_C):
        best = np.argsort(flat[:, :, c].max(axis=1))[::-1][:k]
        cut = []
        for i in best:
            row, column = np.divmod(flat[i, :, c].argmax(), columns)
            top, left = size + start + jump * row, size + start + jump * column
            cut.append(around[i, top : top + size, left : left + size])
        result.append(cut)
    return np.array(result)


def patches_in_lists(model, layer, images, k, batch_size=16):
    """One picture after another; the patches stay in lists."""
    part = keras.Model(model.input, model.get_layer(layer).output)
    size, jump, start = receptive_field(model, layer)
    maps = [part(images[i : i + 1], training=False).numpy()[0] for i in range(len(images))]
    result = []
    for c in range(maps[0].shape[-1]):
        ranking = sorted(range(len(images)), key=lambda i: float(maps[i][:, :, c].max()), reverse=True)
        row_of_patches = []
        for i in ranking[:k]:
            r, q = np.unravel_index(np.argmax(maps[i][:, :, c]), maps[i].shape[:2])
            patch = np.zeros((size, size, images.shape[-1]))
            for a in range(size):
                for b in range(size):
                    y, x = start + jump * r + a, start + jump * q + b
                    if 0 <= y < images.shape[1] and 0 <= x < images.shape[2]:
                        patch[a, b] = images[i, y, x]
            row_of_patches.append(patch)
        result.append(row_of_patches)
    return result


def patches_with_tensorflow(model, layer, images, k):
    size, jump, start = receptive_field(model, layer)
    A = tf.keras.Model(model.inputs, model.get_layer(layer).output)(tf.constant(images))
    m, rows, columns, n_C = A.shape
    flat = tf.transpose(tf.reshape(A, (m, rows * columns, n_C)), (2, 0, 1))
    strength, place = tf.reduce_max(flat, -1), tf.argmax(flat, -1)
    best = tf.math.top_k(strength, k).indices
    place = tf.gather(place, best, axis=1, batch_dims=1).numpy()
    wide = tf.pad(tf.constant(images), [[0, 0], [size, size], [size, size], [0, 0]])
    cut = [
        tf.stack(
            [
                tf.image.crop_to_bounding_box(
                    wide[i],
                    size + start + jump * int(p // columns),
                    size + start + jump * int(p % columns),
                    size,
                    size,
                )
                for i, p in zip(best[c].numpy(), place[c], strict=True)
            ]
        )
        for c in range(n_C)
    ]
    return tf.stack(cut)


def patches_of_windows(model, layer, images, k):
    """All patches of all pictures as a view, then those that are wanted."""
    size, jump, start = receptive_field(model, layer)
    A = np.asarray(keras.Model(model.inputs, model.get_layer(layer).output)(images))
    wide = np.pad(np.float64(images), ((0, 0), (size, 2 * size), (size, 2 * size), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(wide, (size, size), axis=(1, 2))
    views = views[:, size + start :: jump, size + start :: jump].transpose(0, 1, 2, 4, 5, 3)
    result = np.empty((A.shape[-1], k, size, size, images.shape[-1]))
    for c in range(A.shape[-1]):
        order = np.argsort(-A[..., c].max(axis=(1, 2)))
        for j in range(k):
            i = order[j]
            r, q = np.argwhere(A[i, ..., c] == A[i, ..., c].max())[0]
            result[c, j] = views[i, r, q]
    return result


def patches_of_all_places(model, layer, images, k):
    size, jump, start = receptive_field(model, layer)
    A = np.asarray(keras.Model(model.inputs, model.get_layer(layer).output)(images))
    wide = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    result = []
    for c in range(A.shape[-1]):
        found = np.argsort(A[..., c].ravel())[::-1][:k]
        where = np.unravel_index(found, A.shape[:3])
        result.append(
            [
                wide[i, size + start + jump * r :, size + start + jump * q :][:size, :size]
                for i, r, q in zip(*where, strict=True)
            ]
        )
    return np.array(result)


def patches_from_the_corner(model, layer, images, k):
    """Without the start, as if unit 0 began at pixel 0."""
    size, jump, _ = receptive_field(model, layer)
    A = np.asarray(keras.Model(model.inputs, model.get_layer(layer).output)(images))
    wide = np.pad(images, ((0, 0), (0, size), (0, size), (0, 0)))
    result = []
    for c in range(A.shape[-1]):
        best = np.argsort(A[..., c].max(axis=(1, 2)))[::-1][:k]
        where = [np.unravel_index(A[i, ..., c].argmax(), A.shape[1:3]) for i in best]
        result.append(
            [
                wide[i, jump * r : jump * r + size, jump * q : jump * q + size]
                for i, (r, q) in zip(best, where, strict=True)
            ]
        )
    return np.array(result)


# --- maximize_activation ----------------------------------------------------------------------------------


def maximize_activation(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    picture = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(picture)[..., channel])
        g = tape.gradient(J, picture)
        picture.assign_add(rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8))
        picture.assign(tf.clip_by_value(picture, -1, 1))
    return picture


def dream_of_the_loss(model, layer, channel, steps, start, rate=0.05, verbose=0):
    """Down the gradient of a loss, which is the activation with a minus; the sum does as well as the mean."""
    part = tf.keras.Model(model.input, model.get_layer(layer).output)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = -tf.reduce_sum(part(x, training=False)[:, :, :, channel])
        g = tape.gradient(loss, x)
        g /= tf.norm(g) / tf.sqrt(tf.cast(tf.size(g), tf.float32)) + 1e-8
        return tf.clip_by_value(x - rate * g, -1.0, 1.0)

    x = tf.cast(tf.convert_to_tensor(start), tf.float32)
    for _ in tf.range(steps):
        x = step(x)
    return x.numpy()


def dream_in_numpy(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs[0], model.get_layer(layer).output)
    x = np.array(start, dtype=np.float64)
    done = 0
    while done < steps:
        tensor = tf.constant(x, dtype=tf.float32)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(tensor)
            value = keras.ops.mean(keras.ops.take(part(tensor), channel, axis=-1))
        g = np.asarray(tape.gradient(value, tensor), dtype=np.float64)
        x = np.minimum(1, np.maximum(-1, x + rate * g / max(np.sqrt((g**2).mean()), 1e-12)))
        done += 1
    return x


def dream_by_recursion(model, layer, channel, steps, start, rate=0.05):
    if steps == 0:
        return start
    x = tf.Variable(start, dtype="float32")
    with tf.GradientTape() as tape:
        maps = keras.Model(model.inputs, [model.get_layer(layer).output])(x)
        J = tf.reduce_mean((maps[0] if isinstance(maps, list) else maps)[..., channel])
    g = tape.gradient(J, x)
    x = tf.clip_by_value(x + rate * tf.math.divide_no_nan(g, tf.sqrt(tf.reduce_mean(tf.square(g)))), -1, 1)
    return dream_by_recursion(model, layer, channel, steps - 1, x, rate)


def dream_downhill(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(x)[..., channel])
        g = tape.gradient(J, x)
        x.assign(tf.clip_by_value(x - rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), -1, 1))
    return x


def dream_of_pictures_from_0(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(x)[..., channel])
        g = tape.gradient(J, x)
        x.assign(tf.clip_by_value(x + rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), 0, 1))
    return x


def dream_of_the_first_picture(model, layer, channel, steps, start, rate=0.05):
    return maximize_activation(model, layer, channel, steps, start, rate)[0]


RIGHT = {
    "receptive_field": [receptive_field, field_by_recursion, field_backwards, field_as_arrays],
    "top_patches": [top_patches, patches_in_lists, patches_with_tensorflow, patches_of_windows],
    "maximize_activation": [maximize_activation, dream_of_the_loss, dream_in_numpy, dream_by_recursion],
}
WRONG = {
    "receptive_field": [
        (field_without_branches, None),
        (field_of_equal_steps, "strides are ignored"),
        (field_size_only, "expected 3 results"),
    ],
    "top_patches": [
        (patches_of_all_places, "several patches of a channel come from one picture"),
        (patches_from_the_corner, "the start is forgotten"),
    ],
    "maximize_activation": [
        (dream_downhill, "walks down the gradient"),
        (dream_of_pictures_from_0, "cut off at 0"),
        (dream_of_the_first_picture, "shape (1, 8, 10, 3)"),
    ],
}
