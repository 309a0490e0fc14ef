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


def field_in_objects(model, layer: str) -> tuple[int, int, int]:
    class Field:
        def __init__(self, size=1, jump=1, start=0):
            self.size, self.jump, self.start = size, jump, start

        @property
        def end(self):
            return self.start + self.size

    seen = {}
    for current in model.layers:
        inputs = [seen[name] for name in patches.before(model, current)]
        inputs = inputs if inputs else [Field()]
        f, s, d, p = patches.window(current)
        whole = Field(max(i.end for i in inputs) - min(i.start for i in inputs), inputs[0].jump)
        whole.start = min(i.start for i in inputs)
        seen[current.name] = Field(
            whole.size + whole.jump * d * (f - 1), s * whole.jump, whole.start - whole.jump * p
        )
    found = seen[layer]
    return found.size, found.jump, found.start


def field_by_ends(model, layer):
    """First and last pixel of unit 0, and the jump."""
    first, last, step = {}, {}, {}
    for each in model.layers:
        below = patches.before(model, each)
        lo = min([first[name] for name in below], default=0)
        hi = max([last[name] for name in below], default=0)
        jump = step[below[0]] if below else 1
        f, s, d, p = patches.window(each)
        first[each.name] = lo - p * jump
        last[each.name] = hi - p * jump + (f - 1) * d * jump
        step[each.name] = jump * s
    return last[layer] - first[layer] + 1, step[layer], first[layer]


def field_memoized(model, layer):
    import functools

    @functools.cache
    def field(name):
        below = [field(other) for other in patches.before(model, model.get_layer(name))]
        if not below:
            below.append((1, 1, 0))
        start = min(start for _, _, start in below)
        size = max(size + start for size, _, start in below) - start
        (_, jump, _), *_ = below
        k, s, d, p = patches.window(model.get_layer(name))
        effective = (k - 1) * d + 1
        return size + (effective - 1) * jump, jump * s, start - jump * p

    return field(layer)


def field_in_tensors(model, layer):
    table = {}
    for each in model.layers:
        names = patches.before(model, each)
        feeds = tf.constant([table[name] for name in names] if names else [[1, 1, 0]])
        start = tf.reduce_min(feeds[:, 2])
        size = tf.reduce_max(feeds[:, 0] + feeds[:, 2]) - start
        jump = feeds[0, 1]
        k, s, d, p = patches.window(each)
        table[each.name] = [int(size + (k - 1) * d * jump), int(jump * s), int(start - p * jump)]
    return tf.constant(table[layer])


def field_by_plain_recursion(model, layer):
    each = model.get_layer(layer)
    k, s, d, p = patches.window(each)
    below = [field_by_plain_recursion(model, name) for name in patches.before(model, each)]
    begin = min([b[2] for b in below] or [0])
    end = max([b[2] + b[0] for b in below] or [1])
    jump = below[-1][1] if below else 1
    return np.int64(end - begin + (k - 1) * d * jump), np.int64(jump * s), np.float64(begin - p * jump)


def field_with_early_return(model, layer):
    info = {}
    for lay in model.layers:
        previous = patches.before(model, lay)
        if len(previous) == 0:
            size, jump, start = 1, 1, 0
        elif len(previous) == 1:
            size, jump, start = info[previous[0]]
        else:
            starts = [info[name][2] for name in previous]
            ends = [info[name][2] + info[name][0] for name in previous]
            size, jump, start = max(ends) - min(starts), info[previous[0]][1], min(starts)
        f, s, d, p = patches.window(lay)
        start -= p * jump
        size += (f - 1) * d * jump
        jump *= s
        info[lay.name] = [size, jump, start]
        if lay.name == layer:
            return info[lay.name]


def field_of_largest_branch(model, layer):
    fields = {}
    for each in model.layers:
        feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
        size, jump, start = max(feeds)
        k, s, d, p = patches.window(each)
        fields[each.name] = size + (k - 1) * d * jump, jump * s, start - p * jump
    return fields[layer]


def field_jump_first(model, layer):
    fields = {}
    for each in model.layers:
        feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
        start = min(f[2] for f in feeds)
        size = max(f[0] + f[2] for f in feeds) - start
        k, s, d, p = patches.window(each)
        jump = feeds[0][1] * s
        fields[each.name] = size + (k - 1) * d * jump, jump, start - p * feeds[0][1]
    return fields[layer]


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


def patches_by_where(model, layer, images, k):
    """The place of the greatest value by np.where; zeros by copying the picture into a large frame."""
    size, jump, start = receptive_field(model, layer)
    part = keras.Model(inputs=model.inputs, outputs=model.get_layer(layer).output)
    A = part(images, training=False).numpy()
    (m, *_, n_C), (_, n_H, n_W, n) = A.shape, images.shape
    found = np.zeros((n_C, k, size, size, n))
    for c in range(n_C):
        best = sorted(((A[i, :, :, c].max(), i) for i in range(m)), reverse=True)[:k]
        for j, (value, i) in enumerate(best):
            r, q = (int(places[0]) for places in np.where(A[i, :, :, c] == value))
            frame = np.zeros((n_H + 2 * size, n_W + 2 * size, n), images.dtype)
            frame[size:-size, size:-size] = images[i]
            y, x = start + jump * r + size, start + jump * q + size
            found[c, j] = frame[y : y + size, x : x + size]
    return found


def patches_without_a_frame(model, layer, images, k):
    """Only what lies in the picture is copied."""
    size, jump, start = receptive_field(model, layer)
    A = keras.Model(model.input, model.get_layer(layer).output).predict(images, verbose=0)
    n_H, n_W = images.shape[1:3]
    peaks = A.max((1, 2))
    out = []
    for c in range(A.shape[-1]):
        for i in np.flip(np.argsort(peaks[:, c]))[:k]:
            r, q = np.unravel_index(A[i, ..., c].argmax(), A.shape[1:3])
            patch = np.zeros((size, size, images.shape[-1]), np.float32)
            top, left = start + jump * r, start + jump * q
            a, b = max(top, 0), min(top + size, n_H)
            d, e = max(left, 0), min(left + size, n_W)
            patch[a - top : b - top, d - left : e - left] = images[i, a:b, d:e]
            out.append(patch)
    return np.reshape(out, (A.shape[-1], k, size, size, -1))


def patches_one_by_one(model, layer, images, k):
    """Each picture by itself, the best so far kept in a heap."""
    import heapq

    size, jump, start = receptive_field(model, layer)
    part = tf.keras.models.Model(model.inputs, model.get_layer(layer).output)
    heaps = {}
    for i, picture in enumerate(images):
        A = part(picture[None])[0].numpy()
        around = np.pad(picture, [(size, size), (size, size), (0, 0)])
        for c in range(A.shape[-1]):
            r, q = divmod(int(np.argmax(A[..., c])), A.shape[1])
            y, x = size + start + jump * r, size + start + jump * q
            heapq.heappush(heaps.setdefault(c, []), (-A[r, q, c], i, around[y : y + size, x : x + size]))
    return np.array([[heapq.heappop(heaps[c])[2] for _ in range(k)] for c in sorted(heaps)])


def patches_by_gather(model, layer, images, k):
    size, jump, start = receptive_field(model, layer)
    A = keras.Model(model.input, model.get_layer(layer).output)(images).numpy()
    place = A.reshape(len(A), -1, A.shape[-1]).argmax(1)
    strength = np.take_along_axis(A.reshape(len(A), -1, A.shape[-1]), place[:, None], 1)[:, 0]
    best = np.argsort(strength, axis=0)[::-1][:k].T
    rows, columns = np.divmod(np.take_along_axis(place.T, best, 1), A.shape[2])
    offsets = np.arange(size) + start + size
    y, x = (jump * each[..., None] + offsets for each in (rows, columns))
    wide = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    return wide[best[..., None, None], y[..., :, None], x[..., None, :]]


def patches_typed(model: keras.Model, layer: str, images: np.ndarray, k: int) -> np.ndarray:
    return np.float64(patches_of_windows(model, layer, images.copy(), k)).tolist()


def patches_from_a_table(model, layer, images, k, batch=8):
    """The maps batch by batch, then one table of all maxima."""
    part = keras.Model(model.input, [model.get_layer(layer).output])
    maps = []
    for i in range(0, len(images), batch):
        out = part(images[i : i + batch], training=False)
        maps.append(np.asarray(out[0] if isinstance(out, list | tuple) else out))
    maps = np.concatenate(maps)
    size, jump, start = receptive_field(model, layer)
    result = np.zeros((maps.shape[-1], k, size, size, images.shape[-1]), images.dtype)
    for c, table in enumerate(np.moveaxis(maps, -1, 0)):
        ranks = np.lexsort((-table.max(axis=(1, 2)),))
        for j in range(k):
            i = ranks[j]
            r, q = np.argwhere(table[i] == table[i].max())[0] * jump + start
            for y in range(size):
                for x in range(size):
                    if 0 <= r + y < images.shape[1] and 0 <= q + x < images.shape[2]:
                        result[c, j, y, x] = images[i, r + y, q + x]
    return result


def patches_of_one_ranking(model, layer, images, k):
    A = keras.Model(model.input, model.get_layer(layer).output).predict(images, verbose=0)
    best = np.argsort(-A.max(axis=(1, 2)).sum(axis=1))[:k]
    return np.array(list(_cut_all(model, layer, images[best], A[best])))


def _cut_all(model, layer, images, A):
    size, jump, start = receptive_field(model, layer)
    wide = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    for c in range(A.shape[-1]):
        where = [np.unravel_index(a.argmax(), a.shape) for a in A[..., c]]
        yield np.array(
            [
                w[size + start + jump * r :, size + start + jump * q :][:size, :size]
                for w, (r, q) in zip(wide, where, strict=True)
            ]
        )


def patches_at_the_middle(model, layer, images, k):
    size, jump, _ = receptive_field(model, layer)
    A = keras.Model(model.input, model.get_layer(layer).output).predict(images, verbose=0)
    wide = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    result = []
    for c in range(A.shape[-1]):
        for i in np.argsort(-A[..., c].max(axis=(1, 2)))[:k]:
            r, q = np.unravel_index(A[i, ..., c].argmax(), A.shape[1:3])
            y, x = size + jump * r - size // 2, size + jump * q - size // 2
            result.append(wide[i, y : y + size, x : x + size])
    return np.reshape(result, (A.shape[-1], k, size, size, -1))


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


def dream_as_a_loop_of_functions(model, layer, channel, steps, start, rate=0.05):
    target = model.get_layer(layer).output[..., channel]
    part = keras.Model(model.inputs, target)

    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_mean(part(x))
        return tape.gradient(value, x)

    def scaled(g):
        return g / (tf.math.reduce_euclidean_norm(g) / np.sqrt(tf.size(g)) + 1e-8)

    picture = tf.constant(start)
    for _ in range(steps):
        picture = tf.math.minimum(tf.math.maximum(picture + rate * scaled(gradient(picture)), -1), 1)
    return picture


def dream_with_an_optimizer(model, layer, channel, steps, start, rate=0.05):
    """Plain gradient descent takes the step: down the gradient with a minus."""
    part = keras.Model(model.input, model.get_layer(layer).output)
    picture = tf.Variable(start, constraint=None)
    sgd = keras.optimizers.SGD(learning_rate=rate)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(picture, training=False), axis=(0, 1, 2))[channel]
        g = tape.gradient(J, picture)
        sgd.apply_gradients([(-g / (tf.sqrt(tf.reduce_mean(g * g)) + 1e-8), picture)])
        picture.assign(tf.clip_by_value(picture, -1.0, 1.0))
    return np.array(picture)


@tf.function
def _climb(part, picture, channel, rate):
    with tf.GradientTape() as tape:
        tape.watch(picture)
        J = tf.reduce_mean(tf.gather(part(picture, training=False), channel, axis=3))
    g = tape.gradient(J, picture)
    return tf.clip_by_value(picture + rate * g * tf.math.rsqrt(tf.reduce_mean(g**2)), -1.0, 1.0)


def dream_with_a_graph(model, layer, channel: int, steps: int, start, rate: float = 0.05):
    part = tf.keras.Model(inputs=model.inputs, outputs=model.get_layer(layer).output)
    picture = tf.convert_to_tensor(start)
    while steps > 0:
        picture = _climb(part, picture, channel, tf.constant(rate, tf.float32))
        steps -= 1
    return picture


def dream_of_gradients(model, layer, channel, steps, start, rate=0.05):
    """The last layers of the model take no part; the gradient by rows of the map, added up."""
    part = keras.Model(model.input, model.get_layer(layer).output)
    x = tf.identity(start)
    for step in range(steps):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            map_ = part(x)[0, :, :, channel]
            J = tf.add_n(tf.unstack(tf.reduce_mean(map_, axis=1))) / map_.shape[0]
        g = tape.gradient(J, x)
        x += rate * g / (keras.ops.sqrt(keras.ops.mean(keras.ops.square(g))) + 1e-8)
        x = keras.ops.clip(x, -1, 1)
        print(f"step {step}: {float(J):.3f}")
    return x


def dream_layer_by_layer(model, layer, channel, steps, start, rate=0.05):
    """Without a model of its own: the layers of a plain stack one after the other."""
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            A = x + 0.0
            for each in model.layers[1:]:
                A = each(A)
                if each.name == layer:
                    break
            J = tf.reduce_mean(A[:, :, :, channel])
        (g,) = tape.gradient(J, [x])
        g = tf.cast(g, tf.float64)
        move = rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8)
        x.assign(tf.cast(tf.clip_by_value(tf.cast(x, tf.float64) + move, -1, 1), tf.float32))
    return x.value()


def dream_doubled(model, layer, channel, steps, start, rate=0.05):
    """A factor before the mean changes nothing."""
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = np.copy(start)
    for _ in range(int(steps)):
        x = tf.Variable(x)
        with tf.GradientTape() as tape:
            J = 1000.0 * tf.reduce_mean(part(x)[..., channel])
        g = tape.gradient(J, x).numpy()
        g = g / (np.sqrt(np.mean(np.square(g))) + 1e-8)
        x = np.clip(x.numpy() + rate * g, -1.0, 1.0)
    return x


def dream_without_the_root(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(x)[..., channel])
        g = tape.gradient(J, x)
        x.assign(tf.clip_by_value(x + rate * g / (tf.reduce_mean(g**2) + 1e-8), -1, 1))
    return x


def dream_of_a_row(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(x)[:, channel])
        g = tape.gradient(J, x)
        x.assign(tf.clip_by_value(x + rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), -1, 1))
    return x


def dream_clipped_before(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(x)[..., channel])
        g = tape.gradient(J, x)
        x.assign(tf.clip_by_value(x, -1, 1))
        x.assign_add(rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8))
    return x


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


def field_with_the_start_second(model, layer):
    size, jump, start = receptive_field(model, layer)
    return size, start, jump


def dream_at_another_rate(size):
    def dream(model, layer, channel, steps, start, rate=size):
        part = keras.Model(model.inputs, model.get_layer(layer).output)
        x = tf.Variable(start)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                J = tf.reduce_mean(part(x)[..., channel])
            g = tape.gradient(J, x)
            x.assign(tf.clip_by_value(x + rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), -1, 1))
        return x

    return dream


def field_of_intervals(model, layer):
    lo, hi, step = {}, {}, {}
    for each in model.layers:
        below = patches.before(model, each)
        f, s, d, p = patches.window(each)
        jump = max([step[name] for name in below] or [1])
        lo[each.name] = min([lo[name] for name in below] or [0]) - p * jump
        hi[each.name] = max([hi[name] for name in below] or [1]) + ((f - 1) * d - p) * jump
        step[each.name] = jump * s
    return tuple(map(float, (hi[layer] - lo[layer], step[layer], lo[layer])))


def field_with(slip):
    def field(model, layer):
        fields = {}
        for each in model.layers:
            feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
            start = min(feed[2] for feed in feeds)
            size = max(feed[0] + feed[2] for feed in feeds) - start
            jump = feeds[0][1]
            f, s, d, p = patches.window(each)
            if slip == "exchanged":
                f, d, s, p = patches.window(each)
            if slip == "half":
                p = (f - 1) // 2
            size += (f if slip == "whole kernels" else f - 1) * d * (1 if slip == "pixels" else jump)
            fields[each.name] = size, jump * s, start - p * jump
        return fields[layer]

    return field


def patches_with(slip):
    def find(model, layer, images, k):
        size, jump, start = receptive_field(model, layer)
        seen = images[:32] if slip == "one batch" else images
        A = keras.Model(model.input, model.get_layer(layer).output).predict(seen, verbose=0)
        flat = A.reshape(len(A), -1, A.shape[-1])
        wide = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
        found = np.zeros((A.shape[-1], k, size, size, images.shape[-1]))
        for c in range(A.shape[-1]):
            peaks = -flat[:, :, c].max(axis=1)
            for j, i in enumerate(np.argsort(peaks)[:k]):
                row, column = divmod(flat[j if slip == "place j" else i, :, c].argmax(), A.shape[2])
                top, left = size + start + jump * row, size + start + jump * column
                picture = wide[j if slip == "picture j" else i]
                found[c, j] = picture[top : top + size, left : left + size]
        return found

    return find


def dream_returned_in_the_loop(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    x = tf.Variable(start)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            J = tf.reduce_mean(part(x)[..., channel])
        g = tape.gradient(J, x)
        x.assign(tf.clip_by_value(x + rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), -1, 1))
        return x


def dream_with_a_normalized_gradient(model, layer, channel, steps, start, rate=0.05):
    part = keras.Model(model.inputs, model.get_layer(layer).output[..., channel])
    x = tf.identity(start)
    for _ in range(steps):
        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            J = -tf.reduce_mean(part(x, training=False), axis=[1, 2])[0]
        g = tf.nn.l2_normalize(tape.gradient(J, x)) * np.sqrt(np.prod(x.shape))
        x = np.clip(x - rate * g, -1, 1)
    return x


RIGHT = {
    "receptive_field": [
        receptive_field,
        field_by_recursion,
        field_backwards,
        field_as_arrays,
        field_in_objects,
        field_by_ends,
        field_memoized,
        field_in_tensors,
        field_by_plain_recursion,
        field_with_early_return,
        field_of_intervals,
    ],
    "top_patches": [
        top_patches,
        patches_in_lists,
        patches_with_tensorflow,
        patches_of_windows,
        patches_by_where,
        patches_without_a_frame,
        patches_one_by_one,
        patches_by_gather,
        patches_typed,
        patches_from_a_table,
        patches_with(""),
    ],
    "maximize_activation": [
        maximize_activation,
        dream_of_the_loss,
        dream_in_numpy,
        dream_by_recursion,
        dream_as_a_loop_of_functions,
        dream_with_an_optimizer,
        dream_with_a_graph,
        dream_of_gradients,
        dream_layer_by_layer,
        dream_doubled,
        dream_with_a_normalized_gradient,
    ],
}
WRONG = {
    "receptive_field": [
        (field_with_the_start_second, "start comes second"),
        (field_without_branches, None),
        (field_of_equal_steps, "strides are ignored"),
        (field_size_only, "expected 3 results"),
        (field_of_largest_branch, "the largest field is taken"),
        (field_jump_first, "multiplied by a layer's stride before"),
        (field_with("pixels"), "as if it were pixels"),
        (field_with("whole kernels"), "the whole kernel is added, f d"),
        (field_with("exchanged"), "stride and dilation are exchanged"),
        (field_with("half"), "half of the kernel"),
    ],
    "top_patches": [
        (patches_of_all_places, "several patches of a channel come from one picture"),
        (patches_from_the_corner, "the start is forgotten"),
        (patches_of_one_ranking, "rank the pictures in the same way"),
        (patches_at_the_middle, "the patch is centred"),
        (patches_with("one batch"), None),
        (patches_with("picture j"), "cut out of the first k pictures"),
        (patches_with("place j"), "the place belongs to the picture"),
    ],
    "maximize_activation": [
        (dream_at_another_rate(0.1), "rate is not 0.05"),
        (dream_at_another_rate(0.01), "rate is not 0.05"),
        (dream_downhill, "walks down the gradient"),
        (dream_of_pictures_from_0, "cut off at 0"),
        (dream_of_the_first_picture, "shape (1, 8, 10, 3)"),
        (dream_without_the_root, "the root is missing"),
        (dream_of_a_row, "a row of the map"),
        (dream_clipped_before, "before the step and not after it"),
        (dream_returned_in_the_loop, "inside the loop"),
    ],
}
