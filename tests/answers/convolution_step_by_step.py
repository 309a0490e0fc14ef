"""Answers to week1/convolution_step_by_step as people write them, right and wrong.

RIGHT  for each exercise, answers in different styles that must pass
WRONG  for each exercise, (answer, a piece of the diagnosis that it must get, or None)
"""

import math
import warnings
from typing import Any

import numpy as np

# zero_pad ----------------------------------------------------------------------------------------


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=(0, 0))
    return X_pad


def pad_by_hand(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    X_pad[:, pad : n_H + pad, pad : n_W + pad, :] = X
    return X_pad


def pad_by_joining(X: np.ndarray, pad: int) -> np.ndarray:
    """Glue rows of zeros above and below, then columns left and right."""
    rows = np.zeros_like(X[:, :1]).repeat(pad, axis=1)
    X = np.concatenate([rows, X, rows], axis=1)
    columns = np.zeros_like(X[:, :, :1]).repeat(pad, axis=2)
    return np.concatenate([columns, X, columns], axis=2)


def pad_with_tensorflow(X, pad):
    import tensorflow as tf

    print("padding", X.shape, "by", pad)
    return tf.pad(tf.cast(X, tf.float32), [[0, 0], [pad, pad], [pad, pad], [0, 0]])


def pad_one_picture_at_a_time(X, pad, value=0):
    out = []
    for picture in X:
        planes = [np.pad(picture[:, :, c], pad, constant_values=value) for c in range(picture.shape[2])]
        out.append(np.stack(planes, axis=-1))
    return np.array(out)


def pads_channels_by_hand(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C + 2 * pad))
    X_pad[:, pad : pad + n_H, pad : pad + n_W, pad : pad + n_C] = X
    return X_pad


def grows_by_pad_only(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + pad, n_W + pad, n_C))
    X_pad[:, :n_H, :n_W] = X
    return X_pad


def repeats_the_edge(X, pad):
    rows = np.clip(np.arange(-pad, X.shape[1] + pad), 0, X.shape[1] - 1)
    columns = np.clip(np.arange(-pad, X.shape[2] + pad), 0, X.shape[2] - 1)
    return X[:, rows][:, :, columns]


def nothing_comes_back(X, pad):
    np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


# conv_single_step --------------------------------------------------------------------------------


def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = Z + float(b)
    return Z


def step_with_item(a_slice_prev, W, b):
    return (a_slice_prev * W).sum() + b.item()


def step_keeps_bias_shape(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(s)
    Z = Z + b
    return Z


def step_as_plain_python(a_slice_prev, W, b):
    total = 0.0
    for a, w in zip(a_slice_prev.flatten(), W.flatten(), strict=True):
        total += float(a) * float(w)
    return total + float(np.squeeze(b))


def step_with_tensorflow(a_slice_prev, W, b):
    import tensorflow as tf

    a, w = tf.cast(a_slice_prev, tf.float32), tf.cast(W, tf.float32)
    return tf.reduce_sum(a * w) + tf.squeeze(tf.cast(b, tf.float32))


def step_by_einsum(a_slice_prev: np.ndarray, W: np.ndarray, b: np.ndarray, verbose: bool = True) -> Any:
    warnings.warn("einsum at work", stacklevel=1)
    if verbose:
        print("one step")
    return np.asarray(np.einsum("ijk,ijk->", a_slice_prev, W) + b[0, 0, 0])


def step_bias_each_time(a_slice_prev, W, b):
    s = a_slice_prev * W + b
    Z = 0
    for number in s.ravel():
        Z += number
    return Z


def step_without_bias(a_slice_prev, W, b):
    return np.dot(a_slice_prev.ravel(), W.ravel())


def step_sums_pixels_only(a_slice_prev, W, b):
    return (a_slice_prev * W).sum(axis=0).sum(axis=0) + np.squeeze(b)


def step_bias_rounded(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + round(b.item())


def step_returns_text(a_slice_prev, W, b):
    return f"{np.sum(a_slice_prev * W) + b.item()}"


# conv_forward ------------------------------------------------------------------------------------


def conv_forward_in_full(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    assert n_C_prev == A_prev.shape[3]
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):
            vert_start = h * stride
            vert_end = vert_start + f
            for w in range(n_W):
                horiz_start = w * stride
                horiz_end = horiz_start + f
                for c in range(n_C):
                    a_slice_prev = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    weights = W[:, :, :, c]
                    biases = b[:, :, :, c]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, weights, biases)
    assert Z.shape == (m, n_H, n_W, n_C)
    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_forward_filters_first(A_prev, W, b, hparameters):
    s, p = hparameters.get("stride"), hparameters.get("pad")
    f = W.shape[0]
    padded = pad_by_hand(A_prev, p)
    sizes = [math.floor((n + 2 * p - f) / s) + 1 for n in A_prev.shape[1:3]]
    Z = np.empty((A_prev.shape[0], *sizes, W.shape[-1]), dtype=np.float32)
    for c in range(W.shape[-1]):
        for w in range(sizes[1]):
            for h in range(sizes[0]):
                view = padded[:, h * s : h * s + f, w * s : w * s + f]
                Z[:, h, w, c] = np.sum(view * W[..., c], axis=(1, 2, 3)) + b[0, 0, 0, c]
    return [Z, [A_prev, W, b, hparameters]]


def conv_forward_positions(A_prev, W, b, hparameters, debug=False):
    """Loops over the places of the filter, and prints a lot."""
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    X = pad_by_joining(A_prev, pad)
    n_H = (A_prev.shape[1] + 2 * pad - f) // stride + 1
    n_W = (A_prev.shape[2] + 2 * pad - f) // stride + 1
    Z = 0.0 + b
    for i in range(f):
        for j in range(f):
            print("place", i, j)
            part = X[:, i : i + stride * (n_H - 1) + 1 : stride, j : j + stride * (n_W - 1) + 1 : stride]
            Z = Z + part @ W[i, j]
    return Z, (A_prev, W, b, hparameters)


def conv_forward_tensorflow(A_prev, W, b, hparameters):
    import tensorflow as tf

    p, s = hparameters["pad"], hparameters["stride"]
    X = tf.pad(tf.constant(A_prev, tf.float32), [[0, 0], [p, p], [p, p], [0, 0]])
    Z = tf.nn.conv2d(X, tf.constant(W, tf.float32), strides=s, padding="VALID") + tf.cast(b, tf.float32)
    return Z, (A_prev, W, b, hparameters)


def conv_forward_explicit_padding(A_prev, W, b, hparameters):
    import tensorflow as tf

    p, s = hparameters["pad"], hparameters["stride"]
    Z = tf.nn.conv2d(A_prev, W, [1, s, s, 1], [[0, 0], [p, p], [p, p], [0, 0]])
    return tf.nn.bias_add(Z, b.reshape(-1)).numpy(), (A_prev, W, b, hparameters)


def conv_forward_unpadded(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H = (n_H_prev - f + 2 * pad) // stride + 1
    n_W = (n_W_prev - f + 2 * pad) // stride + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    zero_pad(A_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    piece = a_prev_pad[h * stride : h * stride + f, w * stride : w * stride + f]
                    Z[i, h, w, c] = conv_single_step(piece, W[:, :, :, c], b[:, :, :, c])
    return Z, (A_prev, W, b, hparameters)


def conv_forward_window_to_f(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    a_slice_prev = A_prev_pad[i, h * stride : f, w * stride : f, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
    return Z, (A_prev, W, b, hparameters)


def conv_forward_no_stride(A_prev, W, b, hparameters):
    Z, _cache = conv_forward_in_full(A_prev, W, b, hparameters | {"stride": 1})
    stride = hparameters["stride"]
    n_H, n_W = -(-Z.shape[1] // stride), -(-Z.shape[2] // stride)
    return Z[:, :n_H, :n_W], (A_prev, W, b, hparameters)


def conv_forward_bias_zero(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(A_prev, W, np.zeros_like(b), hparameters)
    return Z + b[0, 0, 0, 0], (A_prev, W, b, hparameters)


def conv_forward_turned(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(A_prev, np.rot90(W, 2), b, hparameters)
    return Z, (A_prev, W, b, hparameters)


def conv_forward_same(A_prev, W, b, hparameters):
    import tensorflow as tf

    return tf.nn.conv2d(A_prev, W, hparameters["stride"], "SAME") + b, (A_prev, W, b, hparameters)


def conv_forward_without_cache(A_prev, W, b, hparameters):
    return conv_forward_in_full(A_prev, W, b, hparameters)[0]


def conv_forward_forgets_stride_in_cache(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(A_prev, W, b, hparameters)
    return Z, (A_prev, W, b, {"pad": hparameters["pad"]})


# pool_forward ------------------------------------------------------------------------------------


def pool_forward_in_full(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            vert_start = h * stride
            vert_end = vert_start + f
            for w in range(n_W):
                horiz_start = w * stride
                horiz_end = horiz_start + f
                for c in range(n_C):
                    a_prev_slice = a_prev[vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_prev_slice)
                    elif mode == "average":
                        A[i, h, w, c] = np.mean(a_prev_slice)
    cache = (A_prev, hparameters)
    assert A.shape == (m, n_H, n_W, n_C)
    return A, cache


def pool_forward_windows(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    views = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::s, ::s]
    reduce = {"max": np.max, "average": np.mean}[mode]
    return reduce(views, axis=(4, 5)), (A_prev, hparameters)


def pool_forward_shifted(A_prev: np.ndarray, hparameters: dict, mode: str = "max") -> tuple:
    """The maximum (or sum) of f * f shifted pictures."""
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = ((n - f) // s + 1 for n in A_prev.shape[1:3])
    shifted = [
        A_prev[:, i : i + s * n_H : s, j : j + s * n_W : s][:, :n_H, :n_W] for i in range(f) for j in range(f)
    ]
    A = np.maximum.reduce(shifted) if mode == "max" else sum(shifted) / f**2
    return A, [A_prev, hparameters]


def pool_forward_tensorflow(A_prev, hparameters, mode="max"):
    import tensorflow as tf

    f, s = hparameters["f"], hparameters["stride"]
    pool = tf.nn.max_pool2d if mode == "max" else tf.nn.avg_pool2d
    A = pool(tf.cast(A_prev, tf.float32), ksize=f, strides=s, padding="VALID")
    return A, (A_prev, hparameters)


def pool_forward_from_minus_infinity(A_prev, hparameters, mode="max", *, chatty=True):
    f, stride = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    A = []
    for h in range(0, H - f + 1, stride):
        row = []
        for w in range(0, W - f + 1, stride):
            best, total = np.full((m, C), -np.inf), np.zeros((m, C))
            for i in range(f):
                for j in range(f):
                    best = np.where(A_prev[:, h + i, w + j] > best, A_prev[:, h + i, w + j], best)
                    total += A_prev[:, h + i, w + j]
            row.append(best if mode == "max" else total / (f * f))
        A.append(row)
    if chatty:
        print("pooled", mode)
    return np.array(A).transpose(2, 0, 1, 3), (A_prev, hparameters)


def pool_forward_zero_start(A_prev, hparameters, mode="max"):
    A, cache = pool_forward_windows(A_prev, hparameters, mode)
    return (np.maximum(A, 0) if mode == "max" else A), cache


def pool_forward_one_mode(A_prev, hparameters, mode="max"):
    return pool_forward_windows(A_prev, hparameters)


def pool_forward_rounds_up(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = (math.ceil((n - f) / s) + 1 for n in A_prev.shape[1:3])
    A = np.zeros((A_prev.shape[0], n_H, n_W, A_prev.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            piece = A_prev[:, h * s : h * s + f, w * s : w * s + f]
            A[:, h, w] = piece.max(axis=(1, 2)) if mode == "max" else piece.mean(axis=(1, 2))
    return A, (A_prev, hparameters)


def pool_forward_mixes_channels(A_prev, hparameters, mode="max"):
    A, cache = pool_forward_windows(A_prev, hparameters, mode)
    mixed = A.max(axis=-1, keepdims=True) if mode == "max" else A.mean(axis=-1, keepdims=True)
    return mixed + np.zeros_like(A), cache


def pool_forward_other_word(A_prev, hparameters, mode="max"):
    """Knows 'avg' only."""
    A, cache = pool_forward_windows(A_prev, hparameters, "average" if mode == "avg" else "max")
    return (A if mode in ("max", "avg") else np.zeros_like(A)), cache


# conv_backward -----------------------------------------------------------------------------------


def conv_backward_in_full(dZ, cache):
    (A_prev, W, _b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, n_H, n_W, n_C) = dZ.shape
    dA_prev = np.zeros((m, n_H_prev, n_W_prev, n_C_prev))
    dW = np.zeros((f, f, n_C_prev, n_C))
    db = np.zeros((1, 1, 1, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = zero_pad(dA_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        da_prev_pad = dA_prev_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_slice = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += (
                        W[:, :, :, c] * dZ[i, h, w, c]
                    )
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        if pad == 0:
            dA_prev[i, :, :, :] = da_prev_pad
        else:
            dA_prev[i, :, :, :] = da_prev_pad[pad:-pad, pad:-pad, :]
    assert dA_prev.shape == (m, n_H_prev, n_W_prev, n_C_prev)
    return dA_prev, dW, db


def conv_backward_positions(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    n_H, n_W = dZ.shape[1:3]
    dX, dW = np.zeros_like(X), np.zeros_like(W)
    for i in range(f):
        for j in range(f):
            place = np.s_[:, i : i + s * (n_H - 1) + 1 : s, j : j + s * (n_W - 1) + 1 : s]
            dX[place] += dZ @ W[i, j].T
            dW[i, j] = np.tensordot(X[place], dZ, axes=([0, 1, 2], [0, 1, 2]))
    H, Wd = A_prev.shape[1:3]
    return dX[:, p : p + H, p : p + Wd], dW, dZ.sum(axis=(0, 1, 2)).reshape(b.shape)


def conv_backward_with_a_tape(dZ, cache):
    import tensorflow as tf

    A_prev, W, b, hparameters = cache
    p = hparameters["pad"]
    A, K, B = (tf.Variable(np.asarray(x, np.float32)) for x in (A_prev, W, b))
    with tf.GradientTape() as tape:
        X = tf.pad(A, [[0, 0], [p, p], [p, p], [0, 0]])
        Z = tf.nn.conv2d(X, K, strides=hparameters["stride"], padding="VALID") + B
        cost = tf.reduce_sum(Z * dZ.astype(np.float32))
    return tape.gradient(cost, [A, K, B])


def conv_backward_one_window_at_a_time(dZ: np.ndarray, cache: tuple) -> tuple:
    (A_prev, W, b, hparameters) = cache
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = pad_by_hand(A_prev, pad)
    dX = np.zeros(X.shape)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            v, u = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
            dX[:, v, u] += np.einsum("mn,ijcn->mijc", dZ[:, h, w], W)
            dW += np.einsum("mijc,mn->ijcn", X[:, v, u], dZ[:, h, w])
            db += dZ[:, h, w].sum(axis=0)
    if pad:
        dX = dX[:, pad:-pad, pad:-pad, :]
    return [dX, dW, db]


def conv_backward_by_the_book(dZ, cache):
    """The well-known last line: it fails for pad 0."""
    A_prev, W, _b, hparameters = cache
    m = A_prev.shape[0]
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    dA_prev, dW, db = np.zeros(A_prev.shape), np.zeros(W.shape), np.zeros((1, 1, 1, n_C))
    A_prev_pad, dA_prev_pad = zero_pad(A_prev, pad), zero_pad(dA_prev, pad)
    for i in range(m):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                for c in range(n_C):
                    v, u = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
                    dA_prev_pad[i, v, u] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_prev_pad[i, v, u] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        dA_prev[i, :, :, :] = dA_prev_pad[i, pad:-pad, pad:-pad, :]
    return dA_prev, dW, db


def conv_backward_unpadded(dZ, cache):
    A_prev, W, b, hparameters = cache
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    dA_prev_pad = zero_pad(np.zeros(A_prev.shape), pad)
    for i in range(m):
        a_prev_pad, da_prev_pad = A_prev[i], dA_prev_pad[i]
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                for c in range(n_C):
                    v, u = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
                    a_slice = a_prev_pad[v, u, :]
                    da_prev_pad[v, u, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev], dW, db


def conv_backward_mean_bias(dZ, cache):
    dA_prev, dW, _ = conv_backward_positions(dZ, cache)
    return dA_prev, dW, np.mean(dZ, axis=(0, 1, 2)).reshape(1, 1, 1, -1)


def conv_backward_per_picture(dZ, cache):
    dA_prev, dW, db = conv_backward_positions(dZ, cache)
    return dA_prev, dW / dZ.shape[0], db / dZ.shape[0]


def conv_backward_keeps_the_border(dZ, cache):
    A_prev, W, b, hparameters = cache
    padded = pad_by_hand(A_prev, hparameters["pad"])
    return conv_backward_positions(dZ, (padded, W, b, hparameters | {"pad": 0}))


def conv_backward_flat_bias(dZ, cache):
    dA_prev, dW, db = conv_backward_positions(dZ, cache)
    return dA_prev, dW, db.reshape(-1)


def conv_backward_other_order(dZ, cache):
    dA_prev, dW, db = conv_backward_positions(dZ, cache)
    return dW, db, dA_prev


# create_mask_from_window, distribute_value -------------------------------------------------------


def create_mask_from_window(x):
    mask = x == np.max(x)
    return mask


def mask_of_numbers(x):
    mask = np.zeros(x.shape)
    mask[x == x.max()] = 1
    return mask


def mask_by_loops(x):
    largest = max(max(row) for row in x)
    return np.array([[1.0 if number == largest else 0.0 for number in row] for row in x])


def mask_by_where(x: np.ndarray) -> np.ndarray:
    print(x)
    return np.where(x >= np.amax(x), 1, 0)


def mask_with_tensorflow(x):
    import tensorflow as tf

    return tf.equal(x, tf.reduce_max(x))


def mask_of_the_first(x):
    return (np.arange(x.size) == x.argmax()).reshape(x.shape)


def mask_of_rows(x):
    return np.equal(x, np.max(x, axis=1, keepdims=True))


def mask_as_list(x):
    return (x == np.max(x)).tolist()


def mask_of_positive(x):
    return np.array([[number > 0 for number in row] for row in x])


def distribute_value(dz, shape):
    (n_H, n_W) = shape
    average = dz / (n_H * n_W)
    a = np.ones(shape) * average
    return a


def distribute_by_full(dz: float, shape: tuple[int, int]) -> np.ndarray:
    return np.full(shape, dz / np.prod(shape))


def distribute_with_mean_trick(dz, shape, dtype=np.float32):
    a = np.zeros(shape, dtype)
    a += dz
    return a / a.size


def distribute_by_lists(dz, shape):
    return np.array([[dz / shape[0] / shape[1] for _ in range(shape[1])] for _ in range(shape[0])])


def distribute_with_tensorflow(dz, shape):
    import tensorflow as tf

    return tf.fill(shape, tf.cast(dz / (shape[0] * shape[1]), tf.float32))


def distribute_not_at_all(dz, shape):
    return dz * np.ones(shape)


def distribute_by_the_root(dz, shape):
    return np.full(shape, dz / np.sqrt(shape[0] * shape[1]))


def distribute_in_whole_numbers(dz, shape):
    return np.full(shape, math.floor(dz / (shape[0] * shape[1])))


def distribute_by_rows(dz, shape):
    return np.ones(shape) * (dz / len(np.ones(shape)))


# pool_backward -----------------------------------------------------------------------------------


def pool_backward_in_full(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    stride = hparameters["stride"]
    f = hparameters["f"]
    m = A_prev.shape[0]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        a_prev = A_prev[i, :, :, :]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    if mode == "max":
                        a_prev_slice = a_prev[vert_start:vert_end, horiz_start:horiz_end, c]
                        mask = create_mask_from_window(a_prev_slice)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += mask * dA[i, h, w, c]
                    elif mode == "average":
                        da = dA[i, h, w, c]
                        shape = (f, f)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += distribute_value(
                            da, shape
                        )
    assert dA_prev.shape == A_prev.shape
    return dA_prev


def pool_backward_without_helpers(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(dA.shape[1]):
        for w in range(dA.shape[2]):
            v, u = slice(h * s, h * s + f), slice(w * s, w * s + f)
            g = dA[:, h : h + 1, w : w + 1]
            if mode == "max":
                window = A_prev[:, v, u]
                dA_prev[:, v, u] += (window == window.max(axis=(1, 2), keepdims=True)) * g
            else:
                dA_prev[:, v, u] += g / f**2
    return dA_prev


def pool_backward_positions(dA: np.ndarray, cache: tuple, mode: str = "max") -> np.ndarray:
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = dA.shape[1:3]
    places = [
        np.s_[:, i : i + s * (n_H - 1) + 1 : s, j : j + s * (n_W - 1) + 1 : s]
        for i in range(f)
        for j in range(f)
    ]
    best = np.max([A_prev[place] for place in places], axis=0)
    out = np.zeros(A_prev.shape)
    for place in places:
        out[place] += dA * (A_prev[place] == best) if mode == "max" else dA / (f * f)
    return out


def pool_backward_tensorflow(dA, cache, mode="max"):
    import tensorflow as tf

    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = tf.Variable(tf.zeros(A_prev.shape))
    for h in range(dA.shape[1]):
        for w in range(dA.shape[2]):
            window = tf.constant(A_prev[:, h * s : h * s + f, w * s : w * s + f], tf.float32)
            g = tf.constant(dA[:, h : h + 1, w : w + 1], tf.float32)
            if mode == "max":
                part = g * tf.cast(window == tf.reduce_max(window, [1, 2], keepdims=True), tf.float32)
            else:
                part = g * tf.ones_like(window) / f**2
            place = dA_prev[:, h * s : h * s + f, w * s : w * s + f]
            place.assign(place + part)
    return dA_prev


def pool_backward_overwrites(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i in range(dA.shape[0]):
        for h in range(dA.shape[1]):
            for w in range(dA.shape[2]):
                for c in range(dA.shape[3]):
                    v, u = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
                    if mode == "max":
                        mask = create_mask_from_window(A_prev[i, v, u, c])
                        dA_prev[i, v, u, c] = mask * dA[i, h, w, c]
                    else:
                        dA_prev[i, v, u, c] = distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev


def pool_backward_tape(dA, cache, mode="max"):
    """TensorFlow's own gradient: where the maximum stands twice, only the first place gets it."""
    import tensorflow as tf

    A_prev, hparameters = cache
    pool = tf.nn.max_pool2d if mode == "max" else tf.nn.avg_pool2d
    A = tf.Variable(A_prev.astype(np.float32))
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(
            pool(A, hparameters["f"], hparameters["stride"], "VALID") * dA.astype(np.float32)
        )
    return tape.gradient(cost, A)


def pool_backward_max_only(dA, cache, mode="max"):
    return pool_backward_positions(dA, cache)


def pool_backward_by_stride(dA, cache, mode="max"):
    """Divides by stride squared, not by f squared."""
    scale = 1 if mode == "max" else (cache[1]["f"] / cache[1]["stride"]) ** 2
    return pool_backward_positions(dA, cache, mode) * scale


def pool_backward_undivided(dA, cache, mode="max"):
    scale = 1 if mode == "max" else cache[1]["f"] ** 2
    return pool_backward_positions(dA, cache, mode) * scale


# conv_forward_fast -------------------------------------------------------------------------------


def fast_positions(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    n_H = (n_H_prev + 2 * pad - f) // stride + 1
    n_W = (n_W_prev + 2 * pad - f) // stride + 1
    A_prev_pad = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(f):
        for j in range(f):
            Z += A_prev_pad[:, i : i + stride * n_H : stride, j : j + stride * n_W : stride, :] @ W[i, j]
    return Z + b, (A_prev, W, b, hparameters)


def fast_einsum(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    X = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(X, W.shape[:2], axis=(1, 2))[:, ::s, ::s]
    return np.einsum("bhwcij,ijcn->bhwn", views, W, optimize=True) + b, (A_prev, W, b, hparameters)


def fast_tensordot(A_prev: np.ndarray, W: np.ndarray, b: np.ndarray, hparameters: dict) -> tuple:
    f, s = W.shape[0], hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    m, sh, sw, sc = X.strides
    views = np.lib.stride_tricks.as_strided(
        X, (X.shape[0], n_H, n_W, f, f, X.shape[3]), (m, sh * s, sw * s, sh, sw, sc)
    )
    Z = np.tensordot(views, W, axes=3)
    print(Z.shape)
    return Z + b, (A_prev, W, b, hparameters)


def fast_im2col(A_prev, W, b, hparameters):
    """Index arrays choose all windows, one picture of the batch at a time."""
    stride, pad = hparameters["stride"], hparameters["pad"]
    f, _, n_C_prev, n_C = W.shape
    X = zero_pad(A_prev, pad)
    n_H = int((X.shape[1] - f) / stride) + 1
    n_W = int((X.shape[2] - f) / stride) + 1
    rows = stride * np.arange(n_H)[:, None, None, None] + np.arange(f)[None, None, :, None]
    columns = stride * np.arange(n_W)[None, :, None, None] + np.arange(f)[None, None, None, :]
    W_columns = W.reshape(f * f * n_C_prev, n_C)
    Z = []
    for picture in X:
        patches = picture[rows, columns].reshape(n_H * n_W, -1)
        Z.append((patches @ W_columns + b.reshape(1, -1)).reshape(n_H, n_W, n_C))
    return np.stack(Z), (A_prev, W, b, hparameters)


def fast_filters_one_by_one(A_prev, W, b, hparameters):
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = np.pad(A_prev, [(0, 0), (p, p), (p, p), (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(X, (f, f, X.shape[3]), axis=(1, 2, 3))[:, ::s, ::s, 0]
    warnings.warn("no loop over pixels", stacklevel=1)
    maps = [(views * W[..., c]).sum(axis=(3, 4, 5)) + float(b[..., c]) for c in range(W.shape[3])]
    return np.stack(maps, axis=-1), (A_prev, W, b, hparameters)


def fast_tensorflow(A_prev, W, b, hparameters):
    import tensorflow as tf

    p, s = hparameters["pad"], hparameters["stride"]
    paddings = [[0, 0], [p, p], [p, p], [0, 0]]
    Z = tf.nn.conv2d(tf.cast(A_prev, tf.float32), tf.cast(W, tf.float32), s, paddings)
    return Z + tf.cast(b, tf.float32), (A_prev, W, b, hparameters)


def fast_keras(A_prev, W, b, hparameters):
    import keras

    X = keras.ops.pad(A_prev, ((0, 0), (hparameters["pad"],) * 2, (hparameters["pad"],) * 2, (0, 0)))
    Z = keras.ops.conv(X, W, strides=hparameters["stride"], padding="valid")
    return Z + keras.ops.convert_to_tensor(b), (A_prev, W, b, hparameters)


_compiled = []


def fast_tf_function(A_prev, W, b, hparameters):
    import tensorflow as tf

    if not _compiled:

        @tf.function
        def convolve(X, W, b, stride):
            return tf.nn.conv2d(X, W, stride, "VALID") + b

        _compiled.append(convolve)
    X = zero_pad(A_prev, hparameters["pad"])
    return _compiled[0](X, W, b, hparameters["stride"]), (A_prev, W, b, hparameters)


def fast_that_loops(A_prev, W, b, hparameters):
    return conv_forward_in_full(A_prev, W, b, hparameters)


def fast_comprehension(A_prev, W, b, hparameters):
    f, s = W.shape[0], hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    Z = [
        [np.tensordot(X[:, h * s : h * s + f, w * s : w * s + f], W, 3) for w in range(n_W)]
        for h in range(n_H)
    ]
    return np.array(Z).transpose(2, 0, 1, 3) + b, (A_prev, W, b, hparameters)


def fast_map(A_prev, W, b, hparameters):
    f, s = W.shape[0], hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    starts = [divmod(k, n_W) for k in range(n_H * n_W)]
    at = lambda k: np.tensordot(X[:, k[0] * s : k[0] * s + f, k[1] * s : k[1] * s + f], W, 3)  # noqa: E731
    Z = np.array(list(map(at, starts))).reshape(n_H, n_W, len(X), -1).transpose(2, 0, 1, 3)
    return Z + b, (A_prev, W, b, hparameters)


def fast_vectorize(A_prev, W, b, hparameters):
    f, s = W.shape[0], hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    sizes = (len(X), (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1, W.shape[3])
    at = np.vectorize(lambda i, h, w, c: (X[i, h * s : h * s + f, w * s : w * s + f] * W[..., c]).sum())
    return at(*np.indices(sizes)) + b, (A_prev, W, b, hparameters)


def fast_apply_along_axis(A_prev, W, b, hparameters):
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = np.pad(A_prev, [(0, 0), (p, p), (p, p), (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(X, (f, f), axis=(1, 2))[:, ::s, ::s]
    flat = np.moveaxis(views, 3, -1).reshape(*views.shape[:3], -1)
    Z = np.apply_along_axis(lambda row: row @ W.reshape(-1, W.shape[3]), 3, flat)
    return Z + b, (A_prev, W, b, hparameters)


def fast_row_by_row(A_prev, W, b, hparameters):
    f, s = W.shape[0], hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H = (X.shape[1] - f) // s + 1
    views = np.lib.stride_tricks.sliding_window_view(X, (f, f), axis=(1, 2))
    Z = np.stack([np.einsum("mwcij,ijcn->mwn", views[:, h * s, ::s], W) for h in range(n_H)], axis=1)
    return Z + b, (A_prev, W, b, hparameters)


def fast_without_stride(A_prev, W, b, hparameters):
    return fast_einsum(A_prev, W, b, hparameters | {"stride": 1})[0], (A_prev, W, b, hparameters)


def fast_channels_first(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    X = np.pad(A_prev, [(0, 0), (p, p), (p, p), (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(X, W.shape[:2], axis=(1, 2))[:, ::s, ::s]
    patches = views.reshape(*views.shape[:3], -1)
    return patches @ W.reshape(-1, W.shape[3]) + b, (A_prev, W, b, hparameters)


def fast_same(A_prev, W, b, hparameters):
    import tensorflow as tf

    return tf.nn.conv2d(A_prev, W, hparameters["stride"], "SAME") + b, (A_prev, W, b, hparameters)


def fast_and_empty(A_prev, W, b, hparameters):
    return None


RIGHT = {
    "zero_pad": [zero_pad, pad_by_hand, pad_by_joining, pad_with_tensorflow, pad_one_picture_at_a_time],
    "conv_single_step": [
        conv_single_step,
        step_with_item,
        step_keeps_bias_shape,
        step_as_plain_python,
        step_with_tensorflow,
        step_by_einsum,
    ],
    "conv_forward": [
        conv_forward_in_full,
        conv_forward_filters_first,
        conv_forward_positions,
        conv_forward_tensorflow,
        conv_forward_explicit_padding,
    ],
    "pool_forward": [
        pool_forward_in_full,
        pool_forward_windows,
        pool_forward_shifted,
        pool_forward_tensorflow,
        pool_forward_from_minus_infinity,
    ],
    "conv_backward": [
        conv_backward_in_full,
        conv_backward_positions,
        conv_backward_with_a_tape,
        conv_backward_one_window_at_a_time,
    ],
    "create_mask_from_window": [
        create_mask_from_window,
        mask_of_numbers,
        mask_by_loops,
        mask_by_where,
        mask_with_tensorflow,
    ],
    "distribute_value": [
        distribute_value,
        distribute_by_full,
        distribute_with_mean_trick,
        distribute_by_lists,
        distribute_with_tensorflow,
    ],
    "pool_backward": [
        pool_backward_in_full,
        pool_backward_without_helpers,
        pool_backward_positions,
        pool_backward_tensorflow,
    ],
    "conv_forward_fast": [
        fast_positions,
        fast_einsum,
        fast_tensordot,
        fast_im2col,
        fast_filters_one_by_one,
        fast_tensorflow,
        fast_keras,
        fast_tf_function,
    ],
}

WRONG = {
    "zero_pad": [
        (pads_channels_by_hand, "the channels are padded too"),
        (grows_by_pad_only, "only at the bottom and on the right"),
        (repeats_the_edge, "repeats the picture's edge"),
        (nothing_comes_back, None),
    ],
    "conv_single_step": [
        (step_bias_each_time, "added to every product"),
        (step_without_bias, "the bias is forgotten"),
        (step_sums_pixels_only, "height and width only"),
        (step_bias_rounded, None),
        (step_returns_text, None),
    ],
    "conv_forward": [
        (conv_forward_unpadded, "cut from A_prev"),
        (conv_forward_window_to_f, "ends at row f"),
        (conv_forward_no_stride, "the window moves by 1"),
        (conv_forward_bias_zero, "the bias of filter 0"),
        (conv_forward_turned, "upside down"),
        (conv_forward_same, None),
        (conv_forward_without_cache, None),
        (conv_forward_forgets_stride_in_cache, None),
    ],
    "pool_forward": [
        (pool_forward_zero_start, "starts at 0"),
        (pool_forward_one_mode, "the maximum is taken even where"),
        (pool_forward_rounds_up, "rounded up"),
        (pool_forward_mixes_channels, "every channel by itself"),
        (pool_forward_other_word, None),
    ],
    "conv_backward": [
        (conv_backward_by_the_book, "[0:-0]"),
        (conv_backward_unpadded, "from windows of A_prev"),
        (conv_backward_mean_bias, "db is a mean"),
        (conv_backward_per_picture, "divided by the number of pictures"),
        (conv_backward_keeps_the_border, "is still there"),
        (conv_backward_flat_bias, None),
        (conv_backward_other_order, None),
    ],
    "create_mask_from_window": [
        (mask_of_the_first, "only the first maximum"),
        (mask_of_rows, "of each row"),
        (mask_of_positive, "above 0"),
        (mask_as_list, None),
    ],
    "distribute_value": [
        (distribute_not_at_all, "all of dz"),
        (distribute_by_rows, "height only"),
        (distribute_by_the_root, None),
        (distribute_in_whole_numbers, None),
    ],
    "pool_backward": [
        (pool_backward_overwrites, "overwritten"),
        (pool_backward_tape, "only the first maximum"),
        (pool_backward_max_only, "the maximum is taken even where"),
        (pool_backward_undivided, "share it among"),
        (pool_backward_by_stride, None),
    ],
    "conv_forward_fast": [
        (fast_that_loops, "from pixel to pixel"),
        (fast_comprehension, "from pixel to pixel"),
        (fast_map, "from pixel to pixel"),
        (fast_vectorize, "from pixel to pixel"),
        (fast_apply_along_axis, "from pixel to pixel"),
        (fast_row_by_row, "from row to row"),
        (fast_without_stride, "the window moves by 1"),
        (fast_channels_first, "laid flat with the channels first"),
        (fast_same, None),
        (fast_and_empty, None),
    ],
}
