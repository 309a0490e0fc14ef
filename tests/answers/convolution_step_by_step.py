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


# More answers, exercise by exercise ---------------------------------------------------------------


def pad_with_keras_ops(X, pad):
    from keras import ops

    return ops.pad(X, [[0, 0], [pad, pad], [pad, pad], [0, 0]], constant_values=0)


def pad_with_a_layer(X, pad):
    from keras import layers

    return layers.ZeroPadding2D((pad, pad))(X)


def pad_number_by_number(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + pad * 2, n_W + pad * 2, n_C), dtype=X.dtype)
    for i, h, w, c in np.ndindex(X.shape):
        X_pad[i, h + pad, w + pad, c] = X[i, h, w, c]
    return X_pad


def pad_one_at_a_time(X, pad):
    """Calls itself: a border of 1, pad times."""
    if pad == 0:
        return X
    return np.pad(pad_one_at_a_time(X, pad - 1), [(0,), (1,), (1,), (0,)], "constant")


def pad_by_matrices(X, pad):
    n_H, n_W = X.shape[1:3]
    down, right = np.eye(n_H + 2 * pad, n_H, -pad), np.eye(n_W + 2 * pad, n_W, -pad)
    return np.einsum("yh,mhwc,xw->myxc", down, X, right)


def pad_and_mind_zero(X, pad, *_, **__):
    X_pad = np.zeros((len(X), X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]))
    X_pad[:, pad : -pad or None, pad : -pad or None] = X
    return X_pad


def pad_too_wide(X, pad):
    sides = (2 * pad, 2 * pad)
    return np.pad(X, ((0, 0), sides, sides, (0, 0)))


def pad_blackens_the_rim(X, pad):
    X_pad = X.copy()
    X_pad[:, :pad] = X_pad[:, X.shape[1] - pad :] = 0
    X_pad[:, :, :pad] = X_pad[:, :, X.shape[2] - pad :] = 0
    return X_pad


def pad_to_the_corner(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    X_pad[:, 2 * pad :, 2 * pad :] = X
    return X_pad


def pad_reflects(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="reflect")


def conv_forward_of_strides(A_prev, W, b, hparameters, rows=True):
    s, X, f = hparameters["stride"], zero_pad(A_prev, hparameters["pad"]), len(W)
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    Z = np.zeros((len(X), n_H, n_W, W.shape[-1]))
    for i, h, w, c in np.ndindex(Z.shape):
        bottom = h * s + (s if rows else f)
        Z[i, h, w, c] = np.sum(X[i, h * s : bottom, w * s : w * s + s] * W[..., c]) + b[0, 0, 0, c]
    return Z, (A_prev, W, b, hparameters)


def conv_forward_of_strides_along_rows(A_prev, W, b, hparameters):
    return conv_forward_of_strides(A_prev, W, b, hparameters, rows=False)


def conv_forward_exchanges_in_cache(A_prev, W, b, hparameters):
    Z, _ = _looped(A_prev, W, b, hparameters)
    return Z, (A_prev, b, W, hparameters)


def pool_forward_caches_the_result(A_prev, hparameters, mode="max"):
    A, _ = pool_forward_windows(A_prev, hparameters, mode)
    return A, (A, hparameters)


def pool_forward_as_same(A_prev, hparameters, mode="max"):
    m, H, W, C = A_prev.shape
    f, s = hparameters["f"], hparameters["stride"]
    A = np.zeros((m, -(-H // s), -(-W // s), C))
    for i, h, w, c in np.ndindex(A.shape):
        window = A_prev[i, h * s : h * s + f, w * s : w * s + f, c]
        A[i, h, w, c] = window.max() if mode == "max" else window.mean()
    return A, (A_prev, hparameters)


def pool_forward_steps_by_f(A_prev, hparameters, mode="max"):
    m, H, W, C = A_prev.shape
    f, s = hparameters["f"], hparameters["stride"]
    A = np.zeros((m, 1 + (H - f) // s, 1 + (W - f) // s, C))
    for i, h, w, c in np.ndindex(A.shape):
        window = A_prev[i, h * f : h * f + f, w * f : w * f + f, c]
        A[i, h, w, c] = window.max() if mode == "max" else window.mean()
    return A, (A_prev, hparameters)


def conv_backward_bias_second(dZ, cache):
    dA_prev, dW, db = conv_backward_positions(dZ, cache)
    return dA_prev, db, dW


def pool_backward_of_the_picture(dA, cache, mode="max"):
    A_prev, hparameters = cache
    dA_prev = np.zeros_like(A_prev)
    f, s = hparameters["f"], hparameters["stride"]
    for i, h, w, c in np.ndindex(*dA.shape):
        rows, columns = slice(h * s, h * s + f), slice(w * s, w * s + f)
        if mode == "max":
            mask = A_prev[i, rows, columns, c] == A_prev[i, :, :, c].max()
            dA_prev[i, rows, columns, c] += mask * dA[i, h, w, c]
        else:
            dA_prev[i, rows, columns, c] += dA[i, h, w, c] / f**2
    return dA_prev


def pool_backward_with_cache(dA, cache, mode="max"):
    return pool_backward_positions(dA, cache, mode), cache


def pad_first_picture(X, pad):
    X_pad = np.zeros((len(X), X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]))
    for i in range(len(X)):
        X_pad[i, pad : pad + X.shape[1], pad : pad + X.shape[2]] = X[i]
        return X_pad


def step_by_tensordot(a_slice_prev, W, b):
    return np.tensordot(a_slice_prev, W, axes=3) + np.squeeze(b)


def step_by_matrix_product(a_slice_prev, W, b):
    """A (1, 1) array comes out: one number all the same."""
    return a_slice_prev.reshape(1, -1) @ W.reshape(-1, 1) + b.reshape(1, 1)


def step_keeps_all_axes(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W, axis=(0, 1, 2), keepdims=True) + b


def step_with_keras_ops(a_slice_prev, W, b):
    from keras import ops

    return ops.sum(ops.multiply(a_slice_prev, W)) + ops.squeeze(b)


def step_in_float32(a_slice_prev: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.float32:
    return np.float32(np.sum(np.multiply(a_slice_prev, W, dtype=np.float32)) + b.flat[0])


def step_as_a_layer_does(a_slice_prev, W, b):
    import tensorflow as tf

    return tf.nn.conv2d(a_slice_prev[np.newaxis], W[..., np.newaxis], 1, "VALID") + b


def step_takes_first_item(a_slice_prev, W, b, relu=False):
    Z = float(np.dot(a_slice_prev.ravel(), W.ravel())) + b[0][0][0]
    return max(Z, 0) if relu else Z


def step_by_fsum(a_slice_prev, W, b):
    return math.fsum(a * w for a, w in zip(a_slice_prev.flat, W.flat, strict=True)) + b.sum()


def step_multiplies_the_bias(a_slice_prev, W, b):
    return (a_slice_prev * W).sum() * b.item()


def step_sums_first(a_slice_prev, W, b):
    return a_slice_prev.sum() * W.sum() + b.item()


def step_takes_the_largest(a_slice_prev, W, b):
    return max((a_slice_prev * W).ravel()) + b.item()


def step_squares_the_slice(a_slice_prev, W, b):
    s = a_slice_prev * a_slice_prev
    return np.sum(s) + b.item()


def conv_forward_float32(A_prev, W, b, hparameters):
    A, K, B = (np.asarray(each, np.float32) for each in (A_prev, W, b))
    Z, _ = conv_forward_filters_first(A, K, B, hparameters)
    return Z, (A, K, B, hparameters)


def conv_forward_named_cache(A_prev, W, b, hparameters):
    """The cache is a tuple with names, of copies; more stands in its hyperparameters than is needed."""
    from collections import namedtuple

    kept = namedtuple("Cache", ["A_prev", "W", "b", "hparameters"])
    Z, _ = conv_forward_filters_first(A_prev, W, b, hparameters)
    return Z, kept(A_prev.copy(), W.copy(), b.copy(), dict(hparameters, f=W.shape[0], n_C=W.shape[3]))


def conv_forward_by_a_layer(A_prev, W, b, hparameters):
    from keras import layers

    X = layers.ZeroPadding2D(hparameters["pad"])(A_prev)
    layer = layers.Conv2D(filters=W.shape[-1], kernel_size=W.shape[:2], strides=hparameters["stride"])
    layer.build(X.shape)
    layer.set_weights([W, b.ravel()])
    return layer(X), (A_prev, W, b, hparameters)


def conv_forward_channels_first(A_prev, W, b, hparameters):
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = np.pad(A_prev, [(0, 0), (p, p), (p, p), (0, 0)]).transpose(0, 3, 1, 2)
    K = W.transpose(3, 2, 0, 1)
    Z = np.zeros((len(X), len(K), (X.shape[2] - f) // s + 1, (X.shape[3] - f) // s + 1))
    for i, c, h, w in np.ndindex(Z.shape):
        Z[i, c, h, w] = np.vdot(X[i, :, h * s : h * s + f, w * s : w * s + f], K[c]) + b[0, 0, 0, c]
    return np.moveaxis(Z, 1, -1), (A_prev, W, b, hparameters)


def conv_forward_scipy(A_prev, W, b, hparameters):
    from scipy.signal import correlate

    s, p = hparameters["stride"], hparameters["pad"]
    X = np.pad(A_prev, [(0, 0), (p, p), (p, p), (0, 0)])
    maps = [correlate(X, W[np.newaxis, ..., c], mode="valid") for c in range(W.shape[3])]
    Z = np.concatenate(maps, axis=-1)[:, ::s, ::s]
    Z += b
    return Z, (A_prev, W, b, hparameters)


def conv_forward_tensors_in_cache(A_prev, W, b, hparameters):
    import tensorflow as tf

    Z, cache = conv_forward_positions(A_prev, W, b, hparameters)
    return tf.convert_to_tensor(Z), [*(tf.constant(each) for each in cache[:3]), hparameters]


def _looped(A_prev, W, b, hparameters, top=None, bottom=None, left=None, right=None, upto=None):
    """conv_forward, with other ends of the window, and stopped after so many numbers."""
    s, f = hparameters["stride"], W.shape[0]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    Z, done = np.zeros((len(X), n_H, n_W, W.shape[3])), 0
    for i in range(len(X)):
        for h in range(n_H):
            for w in range(n_W):
                vert_start, horiz_start = h * s, (h if left == "h" else w) * s
                vert_end = h + f if bottom == "h + f" else vert_start + f
                horiz_end = w + f if right == "w + f" else horiz_start + f
                for c in range(W.shape[3]):
                    window = X[i, vert_start:vert_end, horiz_start:horiz_end]
                    Z[i, h, w, c] = np.sum(window * W[..., c]) + b[0, 0, 0, c]
                    done += 1
            if upto == "row":
                return Z, (A_prev, W, b, hparameters)
    return Z, (A_prev, W, b, hparameters)


def conv_forward_end_without_stride(A_prev, W, b, hparameters):
    return _looped(A_prev, W, b, hparameters, bottom="h + f", right="w + f")


def conv_forward_copied_line(A_prev, W, b, hparameters):
    """horiz_start = h * stride: the line above was copied, and one letter stayed."""
    return _looped(A_prev, W, b, hparameters, left="h")


def conv_forward_returns_in_the_loop(A_prev, W, b, hparameters):
    return _looped(A_prev, W, b, hparameters, upto="row")


def conv_forward_n_W_of_height(A_prev, W, b, hparameters):
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = zero_pad(A_prev, p)
    n_H = n_W = int((A_prev.shape[1] - f + 2 * p) / s) + 1
    Z = np.zeros((len(X), n_H, n_W, W.shape[3]))
    for i, h, w, c in np.ndindex(Z.shape):
        window = X[i, h * s : h * s + f, w * s : w * s + f]
        Z[i, h, w, c] = conv_single_step(window, W[:, :, :, c], b[:, :, :, c])
    return Z, (A_prev, W, b, hparameters)


def conv_forward_pads_twice(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(zero_pad(A_prev, hparameters["pad"]), W, b, hparameters)
    return Z, (A_prev, W, b, hparameters)


def conv_forward_activated(A_prev, W, b, hparameters):
    Z, cache = conv_forward_in_full(A_prev, W, b, hparameters)
    return np.where(Z > 0, Z, 0), cache


def conv_forward_cache_as_dict(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(A_prev, W, b, hparameters)
    return Z, {"A_prev": A_prev, "W": W, "b": b, "hparameters": hparameters}


def pool_forward_layers(A_prev, hparameters, mode="max"):
    from keras import layers

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    pool = kinds[mode](pool_size=hparameters["f"], strides=hparameters["stride"])
    return pool(np.float32(A_prev)), (A_prev, hparameters)


def pool_forward_keras_ops(A_prev, hparameters, mode=None):
    from keras import ops

    pool = ops.average_pool if mode == "average" else ops.max_pool
    A = pool(A_prev.astype("float64"), hparameters["f"], hparameters["stride"], "valid")
    return A, (A_prev, hparameters)


def pool_forward_match(A_prev, hparameters, mode="max"):
    match mode:
        case "max":
            reduce = np.amax
        case "average" | "avg":
            reduce = np.average
        case _:
            raise ValueError(mode)
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    A = np.empty((m, (n_H_prev - f) // s + 1, (n_W_prev - f) // s + 1, n_C))
    for h, w in np.ndindex(A.shape[1:3]):
        A[:, h, w] = reduce(A_prev[:, h * s : h * s + f, w * s : w * s + f], axis=(1, 2))
    return A, (A_prev, hparameters)


def pool_forward_running_sums(A_prev, hparameters, mode="max"):
    """The average from sums over all rectangles that begin in the corner."""
    if mode == "max":
        return pool_forward_windows(A_prev, hparameters, mode)
    f, s = hparameters["f"], hparameters["stride"]
    sums = np.pad(A_prev, ((0, 0), (1, 0), (1, 0), (0, 0))).cumsum(axis=1).cumsum(axis=2)
    A = (sums[:, f:, f:] - sums[:, :-f, f:] - sums[:, f:, :-f] + sums[:, :-f, :-f]) / f**2
    return A[:, ::s, ::s], (A_prev, hparameters)


def pool_forward_sorted(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = ((n - f) // s + 1 for n in A_prev.shape[1:3])

    def one(x):
        return sorted(x)[-1] if mode == "max" else sum(x) / len(x)

    A = [
        [
            [
                [one(p[h * s : h * s + f, w * s : w * s + f, c].flatten()) for c in range(p.shape[2])]
                for w in range(n_W)
            ]
            for h in range(n_H)
        ]
        for p in A_prev
    ]
    return np.array(A), (A_prev, {**hparameters, "mode": mode})


def pool_forward_sticks_out(A_prev, hparameters, mode="max"):
    import tensorflow as tf

    pool = tf.nn.max_pool2d if mode == "max" else tf.nn.avg_pool2d
    A = pool(tf.cast(A_prev, tf.float32), hparameters["f"], hparameters["stride"], "SAME")
    return A, (A_prev, hparameters)


def pool_forward_by_stride(A_prev, hparameters, mode="max"):
    A, cache = pool_forward_windows(A_prev, hparameters, mode)
    return (A if mode == "max" else A * hparameters["f"] ** 2 / hparameters["stride"] ** 2), cache


def pool_forward_channel_0(A_prev, hparameters, mode="max"):
    A, cache = pool_forward_windows(A_prev, hparameters, mode)
    return np.repeat(A[..., :1], A.shape[-1], axis=-1), cache


def conv_backward_library(dZ, cache):
    import tensorflow as tf

    A_prev, W, _b, hparameters = cache
    p, s = hparameters["pad"], hparameters["stride"]
    X = np.pad(A_prev, [(0, 0), (p, p), (p, p), (0, 0)])
    how = {"strides": [1, s, s, 1], "padding": "VALID"}
    dX = tf.raw_ops.Conv2DBackpropInput(input_sizes=X.shape, filter=W, out_backprop=dZ, **how)
    dW = tf.raw_ops.Conv2DBackpropFilter(input=X, filter_sizes=W.shape, out_backprop=dZ, **how)
    return dX[:, p : X.shape[1] - p, p : X.shape[2] - p], dW, tf.reduce_sum(dZ, [0, 1, 2], keepdims=True)


def conv_backward_spread_out(dZ, cache):
    """Zeros between the gradients make stride 1 of any stride; then it is two convolutions."""
    from scipy.signal import convolve2d, correlate2d

    A_prev, W, _b, hparameters = cache
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = pad_by_hand(A_prev, p)
    D = np.zeros((len(X), X.shape[1] - f + 1, X.shape[2] - f + 1, W.shape[3]))
    D[:, ::s, ::s] = dZ
    dX, dW = np.zeros(X.shape), np.zeros(W.shape)
    for i, k, c in np.ndindex(len(X), *W.shape[2:]):
        dX[i, :, :, k] += convolve2d(D[i, :, :, c], W[:, :, k, c])
        dW[:, :, k, c] += correlate2d(X[i, :, :, k], D[i, :, :, c], mode="valid")
    for _ in range(p):
        dX = np.delete(np.delete(dX, [0, -1], axis=1), [0, -1], axis=2)
    return dX, dW, np.einsum("mhwc->c", dZ).reshape(1, 1, 1, -1)


def conv_backward_by_differences(dZ, cache):
    """No calculus: each number is moved a little."""
    A_prev, W, b, hparameters = cache
    numbers = [A_prev.copy(), W.copy(), b.copy()]
    slopes = []
    for x in numbers:
        slope = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            kept = x[place]
            costs = []
            for x[place] in (kept + 0.01, kept - 0.01):
                costs.append(np.sum(dZ * fast_einsum(*numbers, hparameters)[0]))
            x[place] = kept
            slope[place] = (costs[0] - costs[1]) / 0.02
        slopes.append(slope)
    return tuple(slopes)


def conv_backward_vector_product(dZ, cache):
    import tensorflow as tf

    A_prev, W, b, hparameters = cache
    A, K, B = (tf.Variable(each, dtype=tf.float64) for each in (A_prev, W, b))
    with tf.GradientTape() as tape:
        X = tf.keras.layers.ZeroPadding2D(hparameters["pad"], dtype="float64")(A)
        Z = tf.nn.conv2d(X, K, hparameters["stride"], "VALID") + B
    return tape.gradient(Z, (A, K, B), output_gradients=dZ)


def conv_backward_in_float32(dZ, cache):
    A_prev, W, b, hparameters = cache
    small = (A_prev.astype(np.float32), W.astype(np.float32), b.astype(np.float32), hparameters)
    return conv_backward_one_window_at_a_time(dZ.astype(np.float32), small)


def conv_backward_in_place(dZ, cache):
    """Views into dA_prev_pad are changed in place; the border is cut off picture by picture."""
    A_prev, W, b, hparameters = cache
    s, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    dA_prev, dW, db = np.zeros_like(A_prev), np.zeros_like(W), np.zeros_like(b)
    A_prev_pad, dA_prev_pad = zero_pad(A_prev, pad), zero_pad(dA_prev, pad)
    inner = slice(pad, -pad) if pad > 0 else slice(None)
    for i in range(dZ.shape[0]):
        for h, w, c in np.ndindex(dZ.shape[1:]):
            place = np.s_[h * s : h * s + f, w * s : w * s + f]
            da = dA_prev_pad[i][place]
            da += W[..., c] * dZ[i, h, w, c]
            dW[..., c] += np.multiply(A_prev_pad[i][place], dZ[i, h, w, c])
            db[0, 0, 0, c] += dZ[i, h, w, c]
        dA_prev[i] = dA_prev_pad[i, inner, inner]
    return dA_prev, dW, db


def conv_backward_named(dZ, cache):
    from collections import namedtuple

    return namedtuple("Slopes", "dA_prev dW db")(*conv_backward_positions(dZ, cache))


def _backward(dZ, cache, reset=False, start=False):
    A_prev, W, b, hparameters = cache
    s, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = zero_pad(A_prev, pad)
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(b.shape)
    for i in range(len(dZ)):
        if reset:
            dW, db = np.zeros(W.shape), np.zeros(b.shape)
        for h, w, c in np.ndindex(dZ.shape[1:]):
            top, left = h * s, w * s
            dz = dZ[i, top, left, c] if start else dZ[i, h, w, c]
            dX[i, top : top + f, left : left + f] += W[..., c] * dz
            dW[..., c] += X[i, top : top + f, left : left + f] * dz
            db[..., c] += dz
    return dX, dW, db


def conv_backward_resets(dZ, cache):
    dX, dW, db = _backward(dZ, cache, reset=True)
    (_, n_H, n_W, _), pad = cache[0].shape, cache[3]["pad"]
    return dX[:, pad : pad + n_H, pad : pad + n_W], dW, db


def conv_backward_reads_at_the_start(dZ, cache):
    dX, dW, db = _backward(dZ, cache, start=True)
    (_, n_H, n_W, _), pad = cache[0].shape, cache[3]["pad"]
    return dX[:, pad : pad + n_H, pad : pad + n_W], dW, db


def conv_backward_cuts_one_end(dZ, cache):
    dX, dW, db = _backward(dZ, cache)
    return dX[:, : cache[0].shape[1], : cache[0].shape[2]], dW, db


def conv_backward_last_picture(dZ, cache):
    dA_prev, dW, db = conv_backward_positions(dZ, cache)
    only = np.zeros(dA_prev.shape)
    only[-1] = dA_prev[-1]
    return only, dW, db


def mask_as_integers(x):
    return (x == x.max()).astype(int)


def mask_with_keras_ops(x):
    from keras import ops

    return ops.equal(x, ops.max(x))


def mask_not_below(x):
    return ~(x < np.max(x))


def mask_by_places(x):
    mask = np.zeros_like(x, dtype=bool)
    for h, w in np.argwhere(x == np.max(x)):
        mask[h, w] = True
    return mask


def mask_by_sign(x: np.ndarray) -> np.ndarray:
    return np.sign(x - x.max()) + 1.0


def mask_nearly_equal(x, tolerance=1e-9):
    return np.isclose(x, np.max(x), rtol=0, atol=tolerance)


def mask_shared(x):
    mask = x == np.max(x)
    return mask / mask.sum()


def mask_of_nothing(x):
    return x > np.max(x)


def mask_as_indices(x):
    return np.argwhere(x == np.max(x))


def distribute_by_repeat(dz, shape):
    n_H, n_W = shape
    return np.repeat(dz / (n_H * n_W), n_H * n_W).reshape(n_H, n_W)


def distribute_by_broadcast(dz, shape):
    return np.broadcast_to(dz / math.prod(shape), shape)


def distribute_by_tile(dz, shape):
    return np.tile(np.divide(dz, np.multiply(*shape)), shape)


def distribute_by_fill(dz, shape):
    a = np.empty(shape)
    a.fill(dz / a.size)
    return a


def distribute_by_outer(dz, shape):
    return np.outer(np.ones(shape[0]) / shape[0], np.full(shape[1], dz / shape[1]))


def distribute_with_keras_ops(dz, shape):
    from keras import ops

    return ops.full(shape, dz / ops.prod(ops.array(shape, "float32")))


def distribute_as_integers(dz, shape):
    return np.full(shape, dz / (shape[0] * shape[1]), dtype=int)


def distribute_flat(dz, shape):
    return np.full(shape[0] * shape[1], dz / (shape[0] * shape[1]))


def pool_backward_add_at(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape, np.float32)
    for i, h, w, c in np.ndindex(dA.shape):
        rows, columns = np.ix_(range(h * s, h * s + f), range(w * s, w * s + f))
        seen = A_prev[i, rows, columns, c]
        share = seen == seen.max() if mode == "max" else 1 / seen.size
        np.add.at(dA_prev, (i, rows, columns, c), share * dA[i, h, w, c])
    return dA_prev


def pool_backward_cell_by_cell(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev)
    for i, h, w, c in np.ndindex(dA.shape):
        top = max(A_prev[i, h * s + r, w * s + q, c] for r in range(f) for q in range(f))
        for r, q in np.ndindex(f, f):
            y, x = h * s + r, w * s + q
            if mode == "average":
                dA_prev[i, y, x, c] += dA[i, h, w, c] / f / f
            elif A_prev[i, y, x, c] == top:
                dA_prev[i, y, x, c] += dA[i, h, w, c]
    return dA_prev


def pool_backward_tape_of_shifts(dA, cache, mode="max"):
    """TensorFlow's tape, through pictures that are shifted."""
    import tensorflow as tf

    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = dA.shape[1:3]
    A = tf.Variable(A_prev)
    with tf.GradientTape() as tape:
        shifted = tf.stack(
            [
                A[:, r : r + s * (n_H - 1) + 1 : s, q : q + s * (n_W - 1) + 1 : s]
                for r in range(f)
                for q in range(f)
            ]
        )
        if mode == "max":
            top = tf.stop_gradient(shifted)
            kept = tf.cast(top == tf.reduce_max(top, axis=0), A.dtype)
            out = tf.reduce_sum(shifted * kept, axis=0)
        else:
            out = tf.reduce_mean(shifted, axis=0)
    return tape.gradient(out, A, output_gradients=dA)


def pool_backward_two_ifs(dA, cache, mode="max"):
    A_prev, hparameters = cache
    stride, f = hparameters["stride"], hparameters["f"]
    dA_prev = np.zeros_like(A_prev)
    for i in range(len(dA)):
        a, da = A_prev[i], dA_prev[i]
        for h, w, c in np.ndindex(dA.shape[1:]):
            place = np.s_[h * stride : h * stride + f, w * stride : w * stride + f, c]
            if mode == "max":
                da[place] += np.multiply(create_mask_from_window(a[place]), dA[i, h, w, c])
            if mode == "average":
                da[place] += distribute_value(dA[i, h, w, c], shape=(f, f))
    return dA_prev


def pool_backward_windows(dA, cache, mode="max"):
    """All windows at once, as writeable views."""
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    views = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::s, ::s]
    share = views == views.max((4, 5), keepdims=True) if mode == "max" else np.ones(views.shape) / f**2
    parts = share * dA[..., None, None]
    dA_prev = np.zeros(A_prev.shape)
    for h, w in np.ndindex(dA.shape[1:3]):
        dA_prev[:, h * s : h * s + f, w * s : w * s + f] += np.moveaxis(parts[:, h, w], 1, -1)
    return dA_prev


def pool_backward_with_keras_ops(dA, cache, mode="max"):
    from keras import ops

    return ops.convert_to_tensor(pool_backward_positions(dA, cache, mode))


def pool_backward_reads_at_the_start(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        top, left = h * stride, w * stride
        place = np.s_[i, top : top + f, left : left + f, c]
        if mode == "max":
            dA_prev[place] += create_mask_from_window(A_prev[place]) * dA[i, top, left, c]
        else:
            dA_prev[place] += distribute_value(dA[i, top, left, c], (f, f))
    return dA_prev


def pool_backward_of_values(dA, cache, mode="max"):
    if mode == "max":
        dA = dA * pool_forward_windows(*cache)[0]
    return pool_backward_positions(dA, cache, mode)


def fast_patches(A_prev, W, b, hparameters):
    import tensorflow as tf

    f, s, p = W.shape[0], hparameters["stride"], hparameters["pad"]
    X = tf.pad(A_prev, [[0, 0], [p, p], [p, p], [0, 0]])
    patches = tf.image.extract_patches(X, [1, f, f, 1], [1, s, s, 1], [1, 1, 1, 1], "VALID")
    return patches @ W.reshape(-1, W.shape[3]) + b, (A_prev, W, b, hparameters)


def fast_layer(A_prev, W, b, hparameters):
    return conv_forward_by_a_layer(A_prev, W, b, hparameters)


def fast_and_talkative(A_prev, W, b, hparameters):
    """Prints whole arrays: NumPy runs Python for each number that it prints."""
    Z, cache = fast_einsum(A_prev, W, b, hparameters)
    print("A_prev", A_prev)
    print(f"Z {Z!r}")
    return Z, cache


def fast_toeplitz(A_prev, W, b, hparameters):
    """Matrices choose rows and columns; np.einsum plans a product of four."""
    s, f = hparameters["stride"], W.shape[0]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    Z = 0
    for r, q in np.ndindex(f, f):
        rows = np.eye(X.shape[1])[r : r + s * n_H : s]
        columns = np.eye(X.shape[2])[q : q + s * n_W : s]
        Z = Z + np.einsum("yh,mhwk,xw,kc->myxc", rows, X, columns, W[r, q], optimize=True)
    return Z + b, (A_prev, W, b, hparameters)


def fast_fourier(A_prev, W, b, hparameters):
    s, f = hparameters["stride"], W.shape[0]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = X.shape[1:3]
    spectrum = np.einsum(
        "mhwk,hwkc->mhwc", np.fft.fft2(X, axes=(1, 2)), np.conj(np.fft.fft2(W, s=(n_H, n_W), axes=(0, 1)))
    )
    Z = np.fft.ifft2(spectrum, axes=(1, 2)).real
    return Z[:, : n_H - f + 1 : s, : n_W - f + 1 : s] + b, (A_prev, W, b, hparameters)


def fast_scipy(A_prev, W, b, hparameters):
    return conv_forward_scipy(A_prev, W, b, hparameters)


def _shifts(A_prev, W, hparameters):
    """For each place (r, q) of the filter what it meets, (m, n_H, n_W, n_C_prev)."""
    s, f = hparameters["stride"], W.shape[0]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    places = np.ndindex(f, f)
    return {(r, q): X[:, r : r + s * n_H : s, q : q + s * n_W : s] for r, q in places}


def fast_filter_on_its_side(A_prev, W, b, hparameters):
    shifts = _shifts(A_prev, W, hparameters)
    return b + sum(part @ W[q, r] for (r, q), part in shifts.items()), (A_prev, W, b, hparameters)


def fast_bias_in_the_loop(A_prev, W, b, hparameters):
    Z = 0
    for (r, q), part in _shifts(A_prev, W, hparameters).items():
        Z = Z + part @ W[r, q] + b
    return Z, (A_prev, W, b, hparameters)


def fast_one_loop_for_two(A_prev, W, b, hparameters):
    shifts = _shifts(A_prev, W, hparameters)
    Z = sum(shifts[r, r] @ W[r, r] for r in range(W.shape[0]))
    return Z + b, (A_prev, W, b, hparameters)


def fast_from_1(A_prev, W, b, hparameters):
    shifts = _shifts(A_prev, W, hparameters)
    Z = np.zeros((*shifts[0, 0].shape[:3], W.shape[3]))
    for r in range(1, W.shape[0]):
        for q in range(W.shape[1]):
            Z += shifts[r, q] @ W[r, q]
    return Z + b, (A_prev, W, b, hparameters)


def pad_a_row_of_pairs(X, pad):
    return np.pad(X, np.array([0, pad, pad, 0])[:, np.newaxis])


def pad_and_roll(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), np.float32)
    X_pad[:, :n_H, :n_W] = X
    return np.roll(X_pad, (pad, pad), axis=(1, 2))


def pad_before_only(X, pad):
    return np.pad(X, ((0, 0), (pad, 0), (pad, 0), (0, 0)))


def pad_shares(X, pad):
    sides = (pad // 2, pad - pad // 2)
    return np.pad(X, ((0, 0), sides, sides, (0, 0)))


def pad_symmetric(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="symmetric")


def pad_wraps(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "wrap")


def pad_with_the_number_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=(pad, pad))


def step_with_bias_in_the_filter(a_slice_prev, W, b):
    return np.sum(a_slice_prev * (W + b))


def step_with_bias_twice(a_slice_prev, W, b):
    s = np.sum(a_slice_prev * W) + b
    return (s + b).item()


def step_with_a_turned_filter(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W[::-1, ::-1, ::-1]) + b.item()


def step_with_a_filter_on_its_side(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W.transpose(1, 0, 2)) + b.item()


def step_with_W_T(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W.T) + b.item()


def step_keeps_the_last(a_slice_prev, W, b):
    Z = 0
    for a, w in zip(a_slice_prev.flat, W.flat, strict=True):
        Z = a * w
    return Z + b.item()


def _conv(A_prev, W, b, hparameters, n_H=None, n_W=None, step=1, put=lambda h, w: (h, w), number=None):
    """conv_forward with other sizes, steps of its loops, places in Z, or numbers."""
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H = n_H(n_H_prev) if n_H else (n_H_prev - f + 2 * pad) // stride + 1
    n_W = n_W(n_W_prev) if n_W else (n_W_prev - f + 2 * pad) // stride + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        for h in range(0, n_H, step):
            for w in range(0, n_W, step):
                for c in range(n_C):
                    a_slice_prev = A_prev_pad[i, h * stride : h * stride + f, w * stride : w * stride + f]
                    z = (number or conv_single_step)(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
                    Z[(i, *put(h, w), c)] = z
    return Z, (A_prev, W, b, hparameters)


def conv_forward_skips_places(A_prev, W, b, hparameters):
    return _conv(A_prev, W, b, hparameters, step=hparameters["stride"])


def conv_forward_writes_at_w_h(A_prev, W, b, hparameters):
    return _conv(A_prev, W, b, hparameters, put=lambda h, w: (w, h))


def conv_forward_divides_the_border(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    size = lambda n: int(n - f + 2 * pad / stride) + 1  # noqa: E731
    return _conv(A_prev, W, b, hparameters, n_H=size, n_W=size)


def conv_forward_keeps_the_last_channel(A_prev, W, b, hparameters):
    def number(a_slice, weights, bias):
        for k in range(weights.shape[2]):
            z = np.sum(a_slice[:, :, k] * weights[:, :, k]) + float(bias[0, 0, 0])
        return z

    return _conv(A_prev, W, b, hparameters, number=lambda a, W, b: number(a, W, b[..., None]))


def conv_forward_adds_b_per_channel(A_prev, W, b, hparameters):
    def number(a_slice, weights, bias):
        return sum(np.sum(a_slice[:, :, k] * weights[:, :, k]) + bias.item() for k in range(weights.shape[2]))

    return _conv(A_prev, W, b, hparameters, number=number)


def conv_forward_adds_b_again(A_prev, W, b, hparameters):
    Z, cache = conv_forward_in_full(A_prev, W, b, hparameters)
    Z += b
    return Z, cache


def conv_forward_always_pads_1(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(A_prev, W, b, hparameters | {"pad": 1})
    return Z, (A_prev, W, b, hparameters)


def conv_forward_always_steps_1(A_prev, W, b, hparameters):
    Z, _ = conv_forward_in_full(A_prev, W, b, hparameters | {"stride": 1})
    return Z, (A_prev, W, b, hparameters)


def pool_forward_named(A_prev, hparameters, mode="max"):
    """The way to pool stands in a dictionary; A is filled window by window for all pictures and channels."""
    reduce = {"max": np.max, "average": np.mean}[mode]
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    n_H, n_W = (int(1 + (n - f) / stride) for n in (n_H_prev, n_W_prev))
    A = np.full((m, n_H, n_W, n_C), np.nan)
    for h, w in np.ndindex(n_H, n_W):
        window = A_prev[:, h * stride : h * stride + f, w * stride : w * stride + f, :]
        A[:, h, w, :] = reduce(window, axis=(1, 2))
    assert not np.isnan(A).any()
    return A, (A_prev.copy(), dict(hparameters))


def _pool(A_prev, hparameters, mode, step=1, put=lambda h, w: (h, w), end=None, average=np.mean):
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    A = np.zeros((m, (n_H_prev - f) // stride + 1, (n_W_prev - f) // stride + 1, n_C))
    for i, h, w, c in np.ndindex(A.shape):
        if h % step or w % step:
            continue
        top, left = h * stride, w * stride
        window = A_prev[i, top : top + (end or f), left : left + (end or f), c]
        A[(i, *put(h, w), c)] = np.max(window) if mode == "max" else average(window)
    return A, (A_prev, hparameters)


def pool_forward_skips_places(A_prev, hparameters, mode="max"):
    return _pool(A_prev, hparameters, mode, step=hparameters["stride"])


def pool_forward_writes_at_w_h(A_prev, hparameters, mode="max"):
    return _pool(A_prev, hparameters, mode, put=lambda h, w: (w, h))


def pool_forward_ends_after_stride(A_prev, hparameters, mode="max"):
    return _pool(A_prev, hparameters, mode, end=hparameters["stride"])


def pool_forward_medians(A_prev, hparameters, mode="max"):
    return _pool(A_prev, hparameters, mode, average=np.median)


def pool_forward_always_2(A_prev, hparameters, mode="max"):
    A, _ = pool_forward_windows(A_prev, hparameters | {"f": 2}, mode)
    return A, (A_prev, hparameters)


def pool_forward_takes_f_for_stride(A_prev, hparameters, mode="max"):
    f, stride = hparameters["stride"], hparameters["f"]
    A, _ = pool_forward_windows(A_prev, {"f": f, "stride": stride}, mode)
    return A, (A_prev, hparameters)


def _back(
    dZ,
    cache,
    W_for=lambda W, a: W,
    a_for=lambda W, a: a,
    dz_at=lambda dZ, i, h, w, c: dZ[i, h, w, c],
    db_of=None,
):
    A_prev, W, b, hparameters = cache
    s, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    X = zero_pad(A_prev, pad)
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(b.shape)
    for i, h, w, c in np.ndindex(dZ.shape):
        place = np.s_[i, h * s : h * s + f, w * s : w * s + f]
        dz, a, kernel = dz_at(dZ, i, h, w, c), X[place], W[..., c]
        dX[place] += W_for(kernel, a) * dz
        dW[..., c] += a_for(kernel, a) * dz
        db[..., c] += db_of(dZ, i, c) if db_of else dz
    return dX[:, pad : pad + A_prev.shape[1], pad : pad + A_prev.shape[2]], dW, db


def conv_backward_window_for_filter(dZ, cache):
    return _back(dZ, cache, W_for=lambda W, a: a)


def conv_backward_filter_for_window(dZ, cache):
    return _back(dZ, cache, a_for=lambda W, a: W)


def conv_backward_filter_on_its_side(dZ, cache):
    return _back(dZ, cache, W_for=lambda W, a: W.transpose(1, 0, 2))


def conv_backward_of_picture_0(dZ, cache):
    return _back(dZ, cache, dz_at=lambda dZ, i, h, w, c: dZ[0, h, w, c])


def conv_backward_sums_filters(dZ, cache):
    return _back(dZ, cache, dz_at=lambda dZ, i, h, w, c: dZ[i, h, w].sum())


def conv_backward_sums_at_each_window(dZ, cache):
    return _back(dZ, cache, db_of=lambda dZ, i, c: dZ[i, :, :, c].sum())


def conv_backward_begins_with_W(dZ, cache):
    dA_prev, dW, db = conv_backward_positions(dZ, cache)
    return dA_prev, dW + cache[1], db


def mask_by_a_running_maximum(x):
    largest, mask = -np.inf, np.zeros(x.shape, bool)
    for number in x.flat:
        largest = max(largest, number)
    for place in np.ndindex(x.shape):
        mask[place] = x[place] == largest
    return mask


def mask_so_far(x):
    largest, mask = -np.inf, np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] > largest:
            largest = x[place]
            mask[place] = 1
    return mask


def mask_of_rounded_numbers(x):
    return np.round(x) == np.round(np.max(x))


def mask_of_the_place(x):
    return x == np.argmax(x)


def mask_as_where(x):
    return np.where(x == np.max(x))


def distribute_as_a_share_of_ones(dz, shape):
    ones = np.ones(shape)
    return dz * ones / ones.sum()


def pool_backward_by_index(dA, cache, mode="max"):
    """A mask chooses the places; the view of the window is changed in place."""
    (A_prev, hparameters) = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev, dtype="float64")
    for i, h, w, c in np.ndindex(dA.shape):
        place = np.s_[i, h * stride : h * stride + f, w * stride : w * stride + f, c]
        view = dA_prev[place]
        if mode == "max":
            view[A_prev[place] == A_prev[place].max()] += dA[i, h, w, c]
        else:
            view += dA[i, h, w, c] / (f * f)
    return dA_prev


def _pool_back(dA, cache, mode, rows=None, columns=None, part=None):
    """pool_backward with the two helpers, and other windows or parts."""
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        v = slice(*rows(h, w, s, f)) if rows else slice(h * s, h * s + f)
        u = slice(*columns(h, w, s, f)) if columns else slice(w * s, w * s + f)
        if mode == "max":
            mask = create_mask_from_window(A_prev[i, v, u, c])
            dA_prev[i, v, u, c] += part(mask, A_prev[i, v, u, c]) if part else mask * dA[i, h, w, c]
        elif mode == "average":
            dA_prev[i, v, u, c] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev


def pool_backward_exchanges(dA, cache, mode="max"):
    return _pool_back(
        dA, cache, mode, lambda h, w, s, f: (w * s, w * s + f), lambda h, w, s, f: (h * s, h * s + f)
    )


def pool_backward_ends_at_h_plus_f(dA, cache, mode="max"):
    return _pool_back(dA, cache, mode, lambda h, w, s, f: (h * s, h + f), lambda h, w, s, f: (w * s, w + f))


def pool_backward_ends_at_f(dA, cache, mode="max"):
    return _pool_back(dA, cache, mode, lambda h, w, s, f: (h * s, f), lambda h, w, s, f: (w * s, f))


def pool_backward_steps_by_f(dA, cache, mode="max"):
    return _pool_back(
        dA, cache, mode, lambda h, w, s, f: (h * f, h * f + f), lambda h, w, s, f: (w * f, w * f + f)
    )


def pool_backward_of_masks(dA, cache, mode="max"):
    return _pool_back(dA, cache, mode, part=lambda mask, window: mask)


def pool_backward_of_maxima(dA, cache, mode="max"):
    return _pool_back(dA, cache, mode, part=lambda mask, window: mask * window)


def fast_ends_at_the_rim(A_prev, W, b, hparameters):
    """The slices end as far before the rim as the filter has places behind."""
    f, s = W.shape[0], hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    Z = 0
    for r, q in np.ndindex(f, f):
        Z = Z + np.dot(X[:, r : X.shape[1] - f + r + 1 : s, q : X.shape[2] - f + q + 1 : s], W[r, q])
    return Z + b, (A_prev, W, b, hparameters)


def _sliced(A_prev, W, b, hparameters, ends, product=np.matmul, padded=True):
    s, f = hparameters["stride"], W.shape[0]
    X = zero_pad(A_prev, hparameters["pad"])
    n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1
    X = X if padded else A_prev
    Z = np.zeros((len(X), n_H, n_W, W.shape[3]))
    for r in range(f):
        for q in range(f):
            bottom, end = ends(r, q, s, n_H, n_W)
            Z += product(X[:, r:bottom:s, q:end:s], W[r, q])
    return Z + b, (A_prev, W, b, hparameters)


def fast_ends_at_n_H(A_prev, W, b, hparameters):
    return _sliced(A_prev, W, b, hparameters, lambda r, q, s, n_H, n_W: (r + n_H, q + n_W))


def fast_without_ends(A_prev, W, b, hparameters):
    return _sliced(A_prev, W, b, hparameters, lambda r, q, s, n_H, n_W: (None, None))


def fast_number_by_number(A_prev, W, b, hparameters):
    ends = lambda r, q, s, n_H, n_W: (r + s * n_H, q + s * n_W)  # noqa: E731
    return _sliced(A_prev, W, b, hparameters, ends, np.multiply)


def fast_unpadded(A_prev, W, b, hparameters):
    ends = lambda r, q, s, n_H, n_W: (r + s * n_H, q + s * n_W)  # noqa: E731
    return _sliced(A_prev, W, b, hparameters, ends, padded=False)


def fast_activated(A_prev, W, b, hparameters):
    Z, cache = fast_einsum(A_prev, W, b, hparameters)
    return np.maximum(Z, 0), cache


def fast_stride_on_rows(A_prev, W, b, hparameters):
    X = zero_pad(A_prev, hparameters["pad"])
    views = np.lib.stride_tricks.sliding_window_view(X, W.shape[:2], axis=(1, 2))[:, :: hparameters["stride"]]
    return np.einsum("bhwcij,ijcn->bhwn", views, W) + b, (A_prev, W, b, hparameters)


def step_with_sum_of_python(a_slice_prev, W, b):
    return sum(a_slice_prev * W) + b


def step_leaves_the_channels(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W, axis=(0, 1)) + b


def conv_forward_same_where_padded(A_prev, W, b, hparameters):
    import tensorflow as tf

    how = "SAME" if hparameters["pad"] else "VALID"
    return tf.nn.conv2d(A_prev, W, hparameters["stride"], how) + b, (A_prev, W, b, hparameters)


def conv_backward_place_by_place(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, pad)
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(b.shape)
    for i, h, w, c in np.ndindex(dZ.shape):
        for r, s in np.ndindex(W.shape[:2]):
            dX[i, h * stride + r, w * stride + s] += W[r, s, :, c] * dZ[i, h, w, c]
            dW[r, s, :, c] += X[i, h * stride + r, w * stride + s] * dZ[i, h, w, c]
            db[0, 0, 0, c] += dZ[i, h, w, c]
    return dX[:, pad : dX.shape[1] - pad, pad : dX.shape[2] - pad], dW, db


def conv_backward_input_last(dZ, cache):
    dA_prev, dW, db = conv_backward_in_full(dZ, cache)
    return dW, db, dA_prev


def mask_is_the_maximum(x):
    return np.max(x)


def pool_backward_forgets_the_channel(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        place = np.s_[i, h * stride : h * stride + f, w * stride : w * stride + f]
        share = A_prev[place] == np.max(A_prev[place]) if mode == "max" else 1 / f**2
        dA_prev[place] += share * dA[i, h, w, c]
    return dA_prev


RIGHT = {
    "zero_pad": [
        zero_pad,
        pad_by_hand,
        pad_by_joining,
        pad_with_tensorflow,
        pad_one_picture_at_a_time,
        pad_with_keras_ops,
        pad_with_a_layer,
        pad_number_by_number,
        pad_one_at_a_time,
        pad_by_matrices,
        pad_and_mind_zero,
        pad_a_row_of_pairs,
        pad_and_roll,
    ],
    "conv_single_step": [
        conv_single_step,
        step_with_item,
        step_keeps_bias_shape,
        step_as_plain_python,
        step_with_tensorflow,
        step_by_einsum,
        step_by_tensordot,
        step_by_matrix_product,
        step_keeps_all_axes,
        step_with_keras_ops,
        step_in_float32,
        step_as_a_layer_does,
        step_takes_first_item,
        step_by_fsum,
    ],
    "conv_forward": [
        conv_forward_in_full,
        conv_forward_filters_first,
        conv_forward_positions,
        conv_forward_tensorflow,
        conv_forward_explicit_padding,
        conv_forward_float32,
        conv_forward_named_cache,
        conv_forward_by_a_layer,
        conv_forward_channels_first,
        conv_forward_scipy,
        conv_forward_tensors_in_cache,
    ],
    "pool_forward": [
        pool_forward_in_full,
        pool_forward_windows,
        pool_forward_shifted,
        pool_forward_tensorflow,
        pool_forward_from_minus_infinity,
        pool_forward_layers,
        pool_forward_keras_ops,
        pool_forward_match,
        pool_forward_running_sums,
        pool_forward_sorted,
        pool_forward_named,
    ],
    "conv_backward": [
        conv_backward_in_full,
        conv_backward_positions,
        conv_backward_with_a_tape,
        conv_backward_one_window_at_a_time,
        conv_backward_library,
        conv_backward_spread_out,
        conv_backward_by_differences,
        conv_backward_vector_product,
        conv_backward_in_float32,
        conv_backward_in_place,
        conv_backward_named,
    ],
    "create_mask_from_window": [
        create_mask_from_window,
        mask_of_numbers,
        mask_by_loops,
        mask_by_where,
        mask_with_tensorflow,
        mask_as_integers,
        mask_with_keras_ops,
        mask_not_below,
        mask_by_places,
        mask_by_sign,
        mask_nearly_equal,
        mask_by_a_running_maximum,
    ],
    "distribute_value": [
        distribute_value,
        distribute_by_full,
        distribute_with_mean_trick,
        distribute_by_lists,
        distribute_with_tensorflow,
        distribute_by_repeat,
        distribute_by_broadcast,
        distribute_by_tile,
        distribute_by_fill,
        distribute_by_outer,
        distribute_with_keras_ops,
        distribute_as_a_share_of_ones,
    ],
    "pool_backward": [
        pool_backward_in_full,
        pool_backward_without_helpers,
        pool_backward_positions,
        pool_backward_tensorflow,
        pool_backward_add_at,
        pool_backward_cell_by_cell,
        pool_backward_tape_of_shifts,
        pool_backward_two_ifs,
        pool_backward_windows,
        pool_backward_with_keras_ops,
        pool_backward_by_index,
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
        fast_patches,
        fast_layer,
        fast_and_talkative,
        fast_toeplitz,
        fast_fourier,
        fast_scipy,
        fast_ends_at_the_rim,
    ],
}

WRONG = {
    "zero_pad": [
        (pads_channels_by_hand, "the channels are padded too"),
        (grows_by_pad_only, "only at the bottom and on the right"),
        (repeats_the_edge, "repeats the picture's edge"),
        (nothing_comes_back, None),
        (pad_too_wide, "2 * pad wide"),
        (pad_blackens_the_rim, "outer pixels are set to 0"),
        (pad_to_the_corner, "lies at the bottom right"),
        (pad_first_picture, None),
        (pad_reflects, "the border mirrors the picture"),
        (pad_before_only, "at the top and on the left"),
        (pad_shares, "share pad between them"),
        (pad_symmetric, "mirrors the picture"),
        (pad_wraps, "from the picture's other side"),
        (pad_with_the_number_pad, "filled with the number pad"),
    ],
    "conv_single_step": [
        (step_bias_each_time, "added to every product"),
        (step_without_bias, "the bias is forgotten"),
        (step_sums_pixels_only, "height and width only"),
        (step_bias_rounded, None),
        (step_returns_text, None),
        (step_multiplies_the_bias, "multiplied by the bias"),
        (step_sums_first, "summed up before"),
        (step_takes_the_largest, "largest product"),
        (step_squares_the_slice, "multiplied by itself"),
        (step_with_bias_in_the_filter, "added to the filter"),
        (step_with_bias_twice, "added twice"),
        (step_with_a_turned_filter, "along all its axes"),
        (step_with_a_filter_on_its_side, "rows and columns of the filter"),
        (step_with_W_T, "all three axes"),
        (step_keeps_the_last, "only the last product"),
        (step_with_sum_of_python, "the rows only"),
        (step_leaves_the_channels, "height and width only"),
    ],
    "conv_forward": [
        (conv_forward_unpadded, "cut from A_prev"),
        (conv_forward_window_to_f, "ends at row f"),
        (conv_forward_no_stride, "the window moves by 1"),
        (conv_forward_bias_zero, "the bias of filter 0"),
        (conv_forward_turned, "upside down"),
        (conv_forward_same, "padding='same'"),
        (conv_forward_without_cache, None),
        (conv_forward_forgets_stride_in_cache, None),
        (conv_forward_end_without_stride, "end at h + f"),
        (conv_forward_copied_line, "taken from h as well"),
        (conv_forward_returns_in_the_loop, "only the first row"),
        (conv_forward_n_W_of_height, "made from the height"),
        (conv_forward_pads_twice, "the border is there twice"),
        (conv_forward_activated, "negative results become 0"),
        (conv_forward_cache_as_dict, None),
        (conv_forward_of_strides, "ends at its start + stride"),
        (conv_forward_of_strides_along_rows, "ends at its start + stride"),
        (conv_forward_exchanges_in_cache, "W and b are exchanged in the cache"),
        (conv_forward_skips_places, "the loops skip places"),
        (conv_forward_writes_at_w_h, "where the result is written"),
        (conv_forward_divides_the_border, "so it needs brackets"),
        (conv_forward_keeps_the_last_channel, "only the last channel"),
        (conv_forward_adds_b_per_channel, "for every channel that comes in"),
        (conv_forward_adds_b_again, "the bias is added twice"),
        (conv_forward_always_pads_1, "pad is 1, whatever"),
        (conv_forward_always_steps_1, "the stride is 1, whatever"),
        (conv_forward_same_where_padded, "padding="),
    ],
    "pool_forward": [
        (pool_forward_zero_start, "starts at 0"),
        (pool_forward_one_mode, "the maximum is taken even where"),
        (pool_forward_rounds_up, "rounded up"),
        (pool_forward_mixes_channels, "every channel by itself"),
        (pool_forward_other_word, None),
        (pool_forward_sticks_out, "stick out of the picture"),
        (pool_forward_by_stride, "stride * stride"),
        (pool_forward_channel_0, "channel 0"),
        (pool_forward_caches_the_result, "the cache holds what was pooled"),
        (pool_forward_as_same, "n / stride rounded up"),
        (pool_forward_steps_by_f, "a window starts at h * f"),
        (pool_forward_skips_places, "the loops skip places"),
        (pool_forward_writes_at_w_h, "where the result is written"),
        (pool_forward_ends_after_stride, "ends at its start + stride"),
        (pool_forward_medians, "the median is taken"),
        (pool_forward_always_2, "f is 2, whatever"),
        (pool_forward_takes_f_for_stride, "f and stride are exchanged"),
    ],
    "conv_backward": [
        (conv_backward_by_the_book, "[0:-0]"),
        (conv_backward_unpadded, "from windows of A_prev"),
        (conv_backward_mean_bias, "db is a mean"),
        (conv_backward_per_picture, "divided by the number of pictures"),
        (conv_backward_keeps_the_border, "is still there"),
        (conv_backward_flat_bias, None),
        (conv_backward_other_order, None),
        (conv_backward_resets, "anew for each picture"),
        (conv_backward_reads_at_the_start, "first row and column"),
        (conv_backward_cuts_one_end, "at the bottom and on the right only"),
        (conv_backward_last_picture, "only the last picture"),
        (conv_backward_bias_second, "dW and db are exchanged"),
        (conv_backward_window_for_filter, "the window in place of the filter"),
        (conv_backward_filter_for_window, "the filter in place of the window"),
        (conv_backward_filter_on_its_side, "exchanged for dA_prev"),
        (conv_backward_of_picture_0, "dZ is read from picture 0"),
        (conv_backward_sums_filters, "all filters added up"),
        (conv_backward_sums_at_each_window, "at every window"),
        (conv_backward_begins_with_W, "dW begins as W"),
        (conv_backward_place_by_place, "again for each place"),
        (conv_backward_input_last, "dA_prev comes last"),
    ],
    "create_mask_from_window": [
        (mask_of_the_first, "only the first maximum"),
        (mask_of_rows, "of each row"),
        (mask_of_positive, "above 0"),
        (mask_as_list, None),
        (mask_shared, "share the mark"),
        (mask_of_nothing, "no place is marked"),
        (mask_as_indices, None),
        (mask_so_far, "the largest so far"),
        (mask_of_rounded_numbers, "rounded before"),
        (mask_of_the_place, "with the place of its maximum"),
        (mask_as_where, "as np.where"),
        (mask_is_the_maximum, "the maximum itself is returned"),
    ],
    "distribute_value": [
        (distribute_not_at_all, "all of dz"),
        (distribute_by_rows, "height only"),
        (distribute_by_the_root, "square root"),
        (distribute_in_whole_numbers, "rounded down"),
        (distribute_as_integers, "cut to whole numbers"),
        (distribute_flat, None),
    ],
    "pool_backward": [
        (pool_backward_overwrites, "overwritten"),
        (pool_backward_tape, "only the first maximum"),
        (pool_backward_max_only, "the maximum is taken even where"),
        (pool_backward_undivided, "share it among"),
        (pool_backward_by_stride, "stride * stride"),
        (pool_backward_reads_at_the_start, "first row and column"),
        (pool_backward_of_values, "maximum is multiplied"),
        (pool_backward_of_the_picture, "the maximum of the whole picture"),
        (pool_backward_with_cache, "the cache is returned as well"),
        (pool_backward_exchanges, "height and width are exchanged"),
        (pool_backward_ends_at_h_plus_f, "end at h + f and w + f"),
        (pool_backward_ends_at_f, "ends in the wrong place"),
        (pool_backward_steps_by_f, "moves by its own size f"),
        (pool_backward_of_masks, "the mask itself is added"),
        (pool_backward_of_maxima, "the maximum itself is added"),
        (pool_backward_forgets_the_channel, "the windows hold all channels"),
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
        (fast_same, "padding='same'"),
        (fast_and_empty, None),
        (fast_filter_on_its_side, "rows and columns of the filter"),
        (fast_bias_in_the_loop, "for each of the f * f"),
        (fast_one_loop_for_two, "diagonal"),
        (fast_from_1, "first row is left out"),
        (fast_ends_at_n_H, "n_H and n_W pixels after their start"),
        (fast_without_ends, "the slices have no end"),
        (fast_number_by_number, "number by number"),
        (fast_unpadded, "cut from A_prev"),
        (fast_activated, "negative results become 0"),
        (fast_stride_on_rows, "but not to the right"),
    ],
}
