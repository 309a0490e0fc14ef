"""Answers to week1/edges_and_convolution as people write them, right and wrong.

RIGHT  for each exercise, answers in different styles that must pass
WRONG  for each exercise, (answer, a piece of the diagnosis that it must get, or None)
"""

import math
import warnings

import numpy as np

# same_padding ------------------------------------------------------------------------------------


def same_padding(f):
    return (f - 1) // 2


def same_as_a_fraction(f: int) -> float:
    p = (f - 1) / 2
    print("p =", p)
    return p


def same_by_trying(f, n=100):
    p = 0
    while n + 2 * p - f + 1 < n:
        p += 1
    return p


def same_by_int(f):
    return int(f / 2)


def same_as_an_array(f):
    return np.array((f - 1) / 2, dtype=np.int32)


def same_by_tensorflow(f):
    import tensorflow as tf

    return tf.math.floordiv(f - 1, 2)


same_by_lambda = lambda f, stride=1: len(range(f)[: f // 2])  # noqa: E731


def same_as_a_slip_of_the_pen(f):
    return f - 1 / 2


def same_for_both_sides(f):
    n = 10
    return n - (n - f + 1)


def same_by_rounding_up(f):
    return math.ceil(f / 2)


def same_as_a_word(f):
    return "same"


def same_looked_up(f):
    return {3: 1, 5: 2, 7: 3}[f]


def same_printed(f):
    print((f - 1) // 2)


# conv_output_size --------------------------------------------------------------------------------


def conv_output_size(n, f, p, s):
    return (n + 2 * p - f) // s + 1


def size_by_floor(n, f, p, s):
    return math.floor((n + 2 * p - f) / s) + 1


def size_by_np_floor(n, f, p, s):
    return np.floor((n + 2 * p - f) / s + 1)


def size_by_int(n, f, p=0, s=1):
    return int(((n - f + 2 * p) / s) + 1)


def size_by_walking(n, f, p, s):
    count, left = 0, -p
    while left + f <= n + p:
        count += 1
        left += s
    return count


def size_by_doing(n, f, p, s):
    row = np.zeros(n + 2 * p)
    warnings.warn("windows ahead", stacklevel=1)
    return np.lib.stride_tricks.sliding_window_view(row, f)[::s].shape[0]


def size_as_an_array(n, f, p, s):
    return np.asarray([(n + 2 * p - f) // s + 1]).squeeze()


def size_by_keras(n, f, p, s):
    import keras

    return keras.layers.Conv1D(1, f, strides=s).compute_output_shape((None, n + 2 * p, 1))[1]


def size_rounded(n, f, p, s):
    return round((n + 2 * p - f) / s + 1e-9) + 1


def size_rounded_up(n, f, p, s):
    return int(np.ceil((n + 2 * p - f) / s)) + 1


def size_as_it_is(n, f, p, s):
    return 1 + (n + 2 * p - f) / s


def size_of_a_range(n, f, p, s):
    return len(range(0, n + 2 * p - f, s))


def size_without_one(n, f, p, s):
    return int((n - f + 2 * p) / s)


def size_with_one_inside(n, f, p, s):
    return int((n - f + 2 * p + 1) / s)


def size_of_same(n, f, p, s):
    return math.ceil(n / s)


def size_of_both(n, f, p, s):
    n_H = n_W = (n + 2 * p - f) // s + 1
    return n_H, n_W


# cross_correlate2d -------------------------------------------------------------------------------


def cross_correlate2d(image, kernel, stride=1, padding=0):
    n_H, n_W = image.shape
    f_H, f_W = kernel.shape
    out_H = conv_output_size(n_H, f_H, padding, stride)
    out_W = conv_output_size(n_W, f_W, padding, stride)
    X = np.pad(image, padding)
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            window = X[h * stride : h * stride + f_H, w * stride : w * stride + f_W]
            output[h, w] = np.sum(window * kernel)
    return output


def correlate_four_loops(image, kernel, stride=1, padding=0):
    n_H, n_W = image.shape
    f_H, f_W = kernel.shape
    out_H = int((n_H + 2 * padding - f_H) / stride) + 1
    out_W = int((n_W + 2 * padding - f_W) / stride) + 1
    output = [[0.0] * out_W for _ in range(out_H)]
    for h in range(out_H):
        for w in range(out_W):
            for r in range(f_H):
                for s in range(f_W):
                    y, x = h * stride + r - padding, w * stride + s - padding
                    if 0 <= y < n_H and 0 <= x < n_W:
                        output[h][w] += float(image[y, x]) * float(kernel[r, s])
    return np.array(output)


def correlate_windows(image, kernel, stride=1, padding=0):
    X = np.pad(image, ((padding, padding), (padding, padding)), mode="constant", constant_values=0)
    views = np.lib.stride_tricks.sliding_window_view(X, kernel.shape)[::stride, ::stride]
    return (views * kernel).sum(axis=(-2, -1))


def correlate_shifted(image, kernel, stride=1, padding=0, verbose=True):
    """Moves the picture, not the window."""
    X = np.zeros([n + 2 * padding for n in image.shape])
    X[padding : padding + image.shape[0], padding : padding + image.shape[1]] = image
    f_H, f_W = kernel.shape
    total = 0
    for r in range(f_H):
        for s in range(f_W):
            if verbose:
                print("place", r, s)
            end_H, end_W = X.shape[0] - f_H + r + 1, X.shape[1] - f_W + s + 1
            total = total + kernel[r, s] * X[r:end_H, s:end_W]
    return total[::stride, ::stride]


def correlate_tensorflow(image, kernel, stride=1, padding=0):
    import tensorflow as tf

    x = tf.cast(image, tf.float32)[tf.newaxis, :, :, tf.newaxis]
    k = tf.cast(kernel, tf.float32)[:, :, tf.newaxis, tf.newaxis]
    p = [padding, padding]
    return tf.nn.conv2d(x, k, strides=stride, padding=[[0, 0], p, p, [0, 0]])[0, :, :, 0]


def correlate_keras(image, kernel, stride=1, padding=0):
    import keras

    layer = keras.layers.Conv2D(1, kernel.shape, strides=stride, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([kernel[:, :, None, None]])
    x = np.pad(image, padding).astype("float32")[None, :, :, None]
    return layer(x).numpy().squeeze(axis=(0, 3))


def correlate_scipy(image, kernel, stride=1, padding=0):
    from scipy import signal

    return signal.correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]


def correlate_as_one_matrix(image, kernel, stride=1, padding=0):
    X = np.pad(image, padding).astype(np.float32)
    f_H, f_W = kernel.shape
    tops = range(0, X.shape[0] - f_H + 1, stride)
    lefts = range(0, X.shape[1] - f_W + 1, stride)
    rows = np.stack([X[t : t + f_H, q : q + f_W].ravel() for t in tops for q in lefts])
    return np.dot(rows, kernel.ravel().astype(np.float32)).reshape(len(tops), len(lefts))


def correlate_flips(image, kernel, stride=1, padding=0):
    return correlate_windows(image, np.rot90(kernel, 2), stride, padding)


def correlate_by_scipys_convolve(image, kernel, stride=1, padding=0):
    from scipy.ndimage import convolve

    f_H, f_W = kernel.shape
    full = convolve(np.pad(image, padding).astype(float), kernel, mode="constant")
    top, left = f_H // 2, f_W // 2
    return full[top : full.shape[0] - top, left : full.shape[1] - left][::stride, ::stride]


def correlate_ignores_stride(image, kernel, stride=1, padding=0):
    return correlate_windows(image, kernel, 1, padding)


def correlate_strides_first(image, kernel, stride=1, padding=0):
    return correlate_windows(np.pad(image, padding)[::stride, ::stride], kernel)


def correlate_pads_after(image, kernel, stride=1, padding=0):
    return np.pad(correlate_windows(image, kernel, stride), padding)


def correlate_square(image, kernel, stride=1, padding=0):
    f = kernel.shape[0]
    X = np.pad(image, padding)
    out_H, out_W = (conv_output_size(n, f, padding, stride) for n in image.shape)
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            window = X[h * stride : h * stride + f, w * stride : w * stride + f]
            output[h, w] = np.sum(window * kernel)
    return output


def correlate_into_a_copy(image, kernel, stride=1, padding=0):
    f_H, f_W = kernel.shape
    X = np.pad(image, padding)
    output = np.zeros_like(X[: X.shape[0] - f_H + 1 : stride, : X.shape[1] - f_W + 1 : stride])
    for h in range(output.shape[0]):
        for w in range(output.shape[1]):
            output[h, w] = (X[h * stride : h * stride + f_H, w * stride : w * stride + f_W] * kernel).sum()
    return output


def correlate_window_ends_at_f(image, kernel, stride=1, padding=0):
    f_H, f_W = kernel.shape
    X = np.pad(image, padding)
    out_H, out_W = (
        conv_output_size(n, f, padding, stride) for n, f in zip(image.shape, kernel.shape, strict=True)
    )
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            output[h, w] = np.sum(X[h * stride : f_H, w * stride : f_W] * kernel)
    return output


def correlate_rounds_up(image, kernel, stride=1, padding=0):
    f_H, f_W = kernel.shape
    X = np.pad(image, padding)
    out_H, out_W = (-(-(n - f) // stride) + 1 for n, f in zip(X.shape, kernel.shape, strict=True))
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            output[h, w] = np.sum(X[h * stride : h * stride + f_H, w * stride : w * stride + f_W] * kernel)
    return output


def correlate_returns_lists(image, kernel, stride=1, padding=0):
    return correlate_windows(image, kernel, stride, padding).tolist()


# convolve2d --------------------------------------------------------------------------------------


def convolve2d(image, kernel):
    return cross_correlate2d(image, kernel[::-1, ::-1])


def convolve_by_flip(image, kernel):
    flipped = np.flip(np.flip(kernel, axis=0), axis=1)
    return correlate_windows(image, flipped)


def convolve_by_turning(image, kernel):
    return correlate_four_loops(image, np.rot90(kernel, k=2))


def convolve_by_flipud(image, kernel, *, mode="valid"):
    return cross_correlate2d(image, np.fliplr(np.flipud(kernel)))


def convolve_by_scipy(image, kernel):
    from scipy.signal import convolve2d as scipy_convolve2d

    return scipy_convolve2d(image, kernel, mode="valid")


def convolve_by_definition(image, kernel):
    f_H, f_W = kernel.shape
    output = np.zeros((image.shape[0] - f_H + 1, image.shape[1] - f_W + 1))
    for h in range(output.shape[0]):
        for w in range(output.shape[1]):
            for r in range(f_H):
                for s in range(f_W):
                    output[h, w] += kernel[r, s] * image[h + f_H - 1 - r, w + f_W - 1 - s]
    return output


def convolve_by_tensorflow(image, kernel):
    import tensorflow as tf

    k = tf.reverse(tf.constant(kernel, tf.float32), axis=[0, 1])
    x = tf.constant(image, tf.float32)
    return tf.nn.conv2d(x[None, ..., None], k[..., None, None], 1, "VALID")[0, ..., 0]


def convolve_by_fft(image, kernel):
    from scipy.signal import fftconvolve

    return fftconvolve(image, kernel, "valid")


def convolve_by_turning_everything(image, kernel):
    return correlate_windows(image[::-1, ::-1], kernel)[::-1, ::-1]


def convolve_as_networks_do(image, kernel):
    import tensorflow as tf

    x, k = tf.constant(image, tf.float32), tf.constant(kernel, tf.float32)
    return tf.nn.conv2d(x[None, ..., None], k[..., None, None], 1, "VALID")[0, ..., 0].numpy()


def convolve_upside_down(image, kernel):
    return cross_correlate2d(image, kernel[::-1])


def convolve_left_to_right(image, kernel):
    return cross_correlate2d(image, np.fliplr(kernel))


def convolve_transposed(image, kernel):
    return cross_correlate2d(image, kernel.T)


def convolve_in_full(image, kernel):
    from scipy import signal

    return signal.convolve2d(image, kernel)


def convolve_same(image, kernel):
    from scipy import signal

    return signal.convolve2d(image, kernel, mode="same")


def convolve_flips_twice(image, kernel):
    from scipy import signal

    return signal.convolve2d(image, kernel[::-1, ::-1], mode="valid")


def convolve_reversed_list(image, kernel):
    return cross_correlate2d(image, -kernel)


# learn_kernel ------------------------------------------------------------------------------------


def learn_kernel(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        output = np.sum(windows * kernel, axis=(3, 4))
        error = output - targets
        gradient = 2 / targets.size * np.sum(windows * error[..., None, None], axis=(0, 1, 2))
        kernel -= learning_rate * gradient
    return kernel


def learn_by_loops(images, targets, steps, learning_rate):
    m, n_H, n_W = targets.shape
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        gradient = np.zeros((3, 3))
        for i in range(m):
            output = cross_correlate2d(images[i], kernel)
            for h in range(n_H):
                for w in range(n_W):
                    slope = 2 * (output[h, w] - targets[i, h, w]) / (m * n_H * n_W)
                    gradient += slope * images[i, h : h + 3, w : w + 3]
        kernel = kernel - learning_rate * gradient
    return kernel


def learn_by_correlating_the_errors(images, targets, steps, learning_rate):
    """The gradient is itself a cross-correlation: of the picture with its errors."""
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        grads = []
        for image, target in zip(images, targets, strict=True):
            error = correlate_windows(image, kernel) - target
            grads.append(correlate_windows(image, error))
        kernel = kernel - learning_rate * 2 * np.sum(grads, axis=0) / targets.size
    return kernel


def learn_with_a_tape(images, targets, steps, learning_rate):
    import tensorflow as tf

    x = tf.constant(images[..., np.newaxis], tf.float32)
    y = tf.constant(targets[..., np.newaxis], tf.float32)
    kernel = tf.Variable(tf.zeros((3, 3, 1, 1)))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.nn.conv2d(x, kernel, 1, "VALID") - y))
        kernel.assign_sub(learning_rate * tape.gradient(loss, kernel))
    return tf.reshape(kernel, (3, 3))


def learn_with_keras_optimizer(images, targets, steps, learning_rate):
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.SGD(learning_rate)
    layer = keras.layers.Conv2D(1, 3, use_bias=False, kernel_initializer="zeros")
    layer.build((None, *images.shape[1:], 1))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            output = tf.squeeze(layer(images[..., None]), -1)
            loss = tf.reduce_mean(keras.losses.mean_squared_error(targets, output))
        optimizer.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
    return layer.get_weights()[0][:, :, 0, 0]


def learn_with_fit(images, targets, steps, learning_rate):
    import keras

    model = keras.Sequential(
        [
            keras.Input((*images.shape[1:], 1)),
            keras.layers.Conv2D(1, 3, use_bias=False, kernel_initializer="zeros"),
        ]
    )
    model.compile(keras.optimizers.SGD(learning_rate), loss="mse", jit_compile=False)
    model.fit(
        images[..., None], targets[..., None], batch_size=len(images), epochs=steps, shuffle=False, verbose=0
    )
    return model.layers[0].kernel[:, :, 0, 0]


def learn_until_it_is_small(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = np.einsum("mhwrs,rs->mhw", windows, kernel) - targets
        gradient = 2 * np.einsum("mhw,mhwrs->rs", error, windows) / targets.size
        if np.abs(gradient).max() < 0.05:
            break
        kernel -= learning_rate * gradient
    return kernel


def learn_by_images(images, targets, steps, learning_rate):
    return learn_kernel(images, targets, steps, learning_rate * targets.size / images.size)


def learn_by_signs(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = np.sign(np.einsum("mhwrs,rs->mhw", windows, kernel) - targets)
        kernel -= learning_rate * 2 * np.einsum("mhw,mhwrs->rs", error, windows) / targets.size
    return kernel


def learn_by_normal_equations(images, targets, steps, learning_rate):
    rows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2)).reshape(-1, 9)
    w = np.zeros((9, 1), dtype=np.float32)
    t = 0
    while t < steps:
        w = w - learning_rate * 2.0 / rows.shape[0] * (rows.T @ (rows @ w - targets.reshape(-1, 1)))
        t += 1
    return w.reshape((3, 3))


def learn_by_shifting(images, targets, steps, learning_rate, verbose=True):
    n_H, n_W = targets.shape[1:]
    kernel = np.zeros((3, 3))
    for step in range(steps):
        error = (
            sum(kernel[r, s] * images[:, r : r + n_H, s : s + n_W] for r in range(3) for s in range(3))
            - targets
        )
        if verbose:
            print(step, np.mean(error**2))
        kernel = kernel - learning_rate * np.array(
            [[2 * np.mean(error * images[:, r : r + n_H, s : s + n_W]) for s in range(3)] for r in range(3)]
        )
    return kernel


def learn_by_einsum(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    history = []
    for _ in range(steps):
        error = targets - np.einsum("mhwrs,rs->mhw", windows, kernel)
        history.append(np.square(error).mean())
        kernel = kernel + learning_rate * 2 * np.einsum("mhwrs,mhw->rs", windows, error) / error.size
    return kernel


def learn_with_a_sum(images, targets, steps, learning_rate):
    import tensorflow as tf

    x = tf.constant(images[..., np.newaxis], tf.float32)
    y = tf.constant(targets[..., np.newaxis], tf.float32)
    kernel = tf.Variable(tf.zeros((3, 3, 1, 1)))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((tf.nn.conv2d(x, kernel, 1, "VALID") - y) ** 2)
        kernel.assign_sub(learning_rate * tape.gradient(loss, kernel))
    return kernel.numpy().reshape(3, 3)


def learn_with_half_the_square(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = np.sum(windows * kernel, axis=(3, 4)) - targets
        kernel -= learning_rate * np.mean(windows * error[..., None, None], axis=(0, 1, 2))
    return kernel


def learn_uphill(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = targets - np.sum(windows * kernel, axis=(3, 4))
        kernel -= learning_rate * 2 * np.mean(windows * error[..., None, None], axis=(0, 1, 2))
    return kernel


def learn_one_picture_at_a_time(images, targets, steps, learning_rate):
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        for i in range(len(images)):
            error = correlate_windows(images[i], kernel) - targets[i]
            kernel -= learning_rate * 2 * correlate_windows(images[i], error) / error.size
    return kernel


def learn_returns_early(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = np.sum(windows * kernel, axis=(3, 4)) - targets
        gradient = 2 * np.mean(windows * error[..., None, None], axis=(0, 1, 2))
        kernel = kernel - learning_rate * gradient
        return kernel


def learn_with_adam(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel, m, v = np.zeros((3, 3)), 0, 0
    for t in range(1, steps + 1):
        error = np.sum(windows * kernel, axis=(3, 4)) - targets
        g = 2 * np.mean(windows * error[..., None, None], axis=(0, 1, 2))
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        kernel = kernel - learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return kernel


def learn_from_random(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.random.default_rng(0).normal(size=(3, 3))
    for _ in range(steps):
        error = np.sum(windows * kernel, axis=(3, 4)) - targets
        kernel = kernel - learning_rate * 2 * np.mean(windows * error[..., None, None], axis=(0, 1, 2))
    return kernel


def learn_with_convolution(images, targets, steps, learning_rate):
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        gradient = np.zeros((3, 3))
        for image, target in zip(images, targets, strict=True):
            error = convolve2d(image, kernel) - target
            gradient += 2 / targets.size * cross_correlate2d(image, error)[::-1, ::-1]
        kernel = kernel - learning_rate * gradient
    return kernel


def learn_with_errors_convolved(images, targets, steps, learning_rate):
    """Backwards through a cross-correlation, but with the errors flipped on the way."""
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        gradient = np.zeros((3, 3))
        for image, target in zip(images, targets, strict=True):
            gradient += 2 / targets.size * convolve2d(image, cross_correlate2d(image, kernel) - target)
        kernel = kernel - learning_rate * gradient
    return kernel


def learn_gives_loss_too(images, targets, steps, learning_rate):
    kernel = learn_kernel(images, targets, steps, learning_rate)
    return kernel, 0.0


# More answers, exercise by exercise ---------------------------------------------------------------


def same_by_shift(f):
    return f >> 1


def same_by_counting(f: int) -> int:
    """Calls itself: a window that is 2 larger needs 1 more."""
    return 0 if f == 1 else 1 + same_by_counting(f - 2)


def same_in_float32(f):
    return np.float32(f - 1) / np.float32(2)


def same_by_divmod(f):
    whole, rest = divmod(f - 1, 2)
    assert rest == 0
    return whole


def same_one_too_few(f):
    return f // 2 - 1


def size_by_ceil(n, f, p, s):
    return math.ceil((n + 2 * p - f + 1) / s)


def size_by_range(n, f, p, s):
    return len(range(0, n + 2 * p - f + 1, s))


def size_by_steps(n, f, p, s, d=1):
    """Calls itself, one step to the right at a time; d would be the dilation."""
    return 0 if n + 2 * p < d * (f - 1) + 1 else 1 + size_by_steps(n - s, f, p, s, d)


def size_by_tensorflow(n, f, p, s):
    import tensorflow as tf

    return tf.cast(tf.floor((n + 2 * p - f) / s) + 1, tf.int32)


def size_adds_p_and_2(n, f, p, s):
    return (n + 2 + p - f) // s + 1


def size_divides_by_f(n, f, p, s):
    return int((n + 2 * p - f) / f + 1)


def size_takes_1_off(n, f, p, s):
    return (n + 2 * p - f) // s - 1


def size_of_both_sides(n, f, p, s):
    n_H = n_W = (n + 2 * p - f) // s + 1
    return n_H * n_W


def correlate_fourier(image, kernel, stride=1, padding=0):
    X = np.pad(image, padding)
    (n_H, n_W), (f_H, f_W) = X.shape, kernel.shape
    around = np.fft.irfft2(np.fft.rfft2(X) * np.conj(np.fft.rfft2(kernel, X.shape)), X.shape)
    return around[: n_H - f_H + 1 : stride, : n_W - f_W + 1 : stride]


def correlate_keras_ops(image, kernel, stride=1, padding=0):
    from keras import ops

    X = ops.pad(ops.cast(image, "float64"), [[padding, padding], [padding, padding]])
    Z = ops.conv(X[None, :, :, None], ops.cast(kernel, "float64")[..., None, None], strides=stride)
    return ops.squeeze(Z, axis=(0, 3))


def correlate_while(image, kernel, stride=1, padding=0, *, dtype=np.float64):
    """No size is computed: windows are cut as long as they fit."""
    X = np.pad(image, ((padding, padding), (padding, padding))).astype(dtype)
    rows, top = [], 0
    while top + kernel.shape[0] <= X.shape[0]:
        row, left = [], 0
        while left + kernel.shape[1] <= X.shape[1]:
            row.append(np.vdot(X[top : top + kernel.shape[0], left : left + kernel.shape[1]], kernel))
            left += stride
        rows.append(row)
        top += stride
    return np.asarray(rows)


def correlate_by_a_large_matrix(image, kernel, stride=1, padding=0):
    X = np.pad(image, padding)
    f_H, f_W = kernel.shape
    n_H, n_W = (X.shape[0] - f_H) // stride + 1, (X.shape[1] - f_W) // stride + 1
    matrix = np.zeros((n_H, n_W, *X.shape))
    for h, w in np.ndindex(n_H, n_W):
        matrix[h, w, h * stride : h * stride + f_H, w * stride : w * stride + f_W] = kernel
    return np.tensordot(matrix, X, axes=2)


def correlate_ends_without_stride(image, kernel, stride=1, padding=0):
    X, (f_H, f_W) = np.pad(image, padding), kernel.shape
    out_H, out_W = ((n - f) // stride + 1 for n, f in zip(X.shape, kernel.shape, strict=True))
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            output[h, w] = np.sum(X[h * stride : h + f_H, w * stride : w + f_W] * kernel)
    return output


def correlate_returns_in_the_loop(image, kernel, stride=1, padding=0):
    X, (f_H, f_W) = np.pad(image, padding), kernel.shape
    out_H, out_W = ((n - f) // stride + 1 for n, f in zip(X.shape, kernel.shape, strict=True))
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            output[h, w] = np.sum(X[h * stride :, w * stride :][:f_H, :f_W] * kernel)
        return output


def correlate_forgets_the_last_row(image, kernel, stride=1, padding=0):
    output = correlate_windows(image, kernel, stride, padding)
    output[-1] = 0
    return output


def correlate_copied_line(image, kernel, stride=1, padding=0):
    X, (f_H, f_W) = np.pad(image, padding), kernel.shape
    out_H, out_W = ((n - f) // stride + 1 for n, f in zip(X.shape, kernel.shape, strict=True))
    output = np.zeros((out_H, out_W))
    for h in range(out_H):
        for w in range(out_W):
            top, left = h * stride, h * stride
            output[h, w] = np.sum(X[top : top + f_H, left : left + f_W] * kernel)
    return output


def convolve_by_np_flip(image, kernel):
    return correlate_while(image, np.flip(kernel))


def convolve_cut_from_full(image, kernel):
    from scipy.signal import convolve

    full = convolve(image, kernel)
    f_H, f_W = kernel.shape
    return full[f_H - 1 : image.shape[0], f_W - 1 : image.shape[1]]


def convolve_by_shifts(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    (n_H, n_W), (f_H, f_W) = image.shape, kernel.shape
    out_H, out_W = n_H - f_H + 1, n_W - f_W + 1
    return sum(
        kernel[f_H - 1 - r, f_W - 1 - s] * image[r : r + out_H, s : s + out_W]
        for r in range(f_H)
        for s in range(f_W)
    )


def convolve_transposed_layer(image, kernel):
    """A transposed convolution spreads the kernel out; its edges are cut off."""
    import tensorflow as tf

    (n_H, n_W), (f_H, f_W) = image.shape, kernel.shape
    shape = (1, n_H + f_H - 1, n_W + f_W - 1, 1)
    image, kernel = tf.cast(image, tf.float64), tf.cast(kernel, tf.float64)
    full = tf.nn.conv2d_transpose(image[None, ..., None], kernel[..., None, None], shape, 1, "VALID")
    return full[0, f_H - 1 : n_H, f_W - 1 : n_W, 0]


def convolve_turned_back(image, kernel):
    return correlate_windows(image, np.rot90(kernel, -1))


def convolve_and_transpose(image, kernel):
    return correlate_windows(image, kernel[::-1, ::-1].T)


def learn_in_float32(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(np.float32(images), (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3), np.float32)
    for _ in range(steps):
        error = np.tensordot(windows, kernel, 2) - np.float32(targets)
        kernel -= np.float32(2 * learning_rate / targets.size) * np.tensordot(error, windows, 3)
    return kernel


def learn_by_differences(images, targets, steps, learning_rate, h=1e-3):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))

    def cost(kernel):
        return np.mean((np.tensordot(windows, kernel, 2) - targets) ** 2)

    kernel = np.zeros((3, 3))
    for _ in range(steps):
        moves = h * np.eye(9).reshape(9, 3, 3)
        slopes = [(cost(kernel + move) - cost(kernel - move)) / (2 * h) for move in moves]
        kernel = kernel - learning_rate * np.reshape(slopes, (3, 3))
    return kernel


def learn_calling_itself(images, targets, steps, learning_rate):
    if steps == 0:
        return np.zeros((3, 3))
    kernel = learn_calling_itself(images, targets, steps - 1, learning_rate)
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    error = (windows * kernel).sum((-2, -1)) - targets
    return kernel - 2 * learning_rate * np.einsum("mhw,mhwij->ij", error, windows) / error.size


def learn_means_of_means(images, targets, steps, learning_rate):
    """All pictures have the same size, so the mean of their means is the mean."""
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        slopes = []
        for image, target in zip(images, targets, strict=True):
            error = correlate_windows(image, kernel) - target
            slopes.append(2 * correlate_windows(image, error) / error.size)
        kernel += -learning_rate * np.mean(slopes, axis=0)
    return kernel


def learn_in_whole_numbers(images, targets, steps, learning_rate):
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = np.sum(windows * kernel, axis=(3, 4)) - targets
        gradient = 2 // targets.size * np.sum(windows * error[..., None, None], axis=(0, 1, 2))
        kernel = kernel - learning_rate * gradient
    return kernel


def learn_keeps_the_gradient(images, targets, steps, learning_rate):
    kernel, gradient = np.zeros((3, 3)), np.zeros((3, 3))
    for _ in range(steps):
        for image, target in zip(images, targets, strict=True):
            error = correlate_windows(image, kernel) - target
            gradient += 2 / targets.size * correlate_windows(image, error)
        kernel = kernel - learning_rate * gradient
    return kernel


def learn_forgets_to_move(images, targets, steps, learning_rate):
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = np.stack([correlate_windows(image, kernel) for image in images]) - targets
        print(np.mean(error**2))
    return kernel


def same_by_asking_the_size(f):
    return next(p for p in range(f) if conv_output_size(2 * f, f, p, 1) == 2 * f)


def size_by_counting_starts(n, f, p, s):
    return sum(1 for left in range(-p, n + p - f + 1, s))


def size_of_an_arange(n, f, p, s):
    return np.arange(0, n + 2 * p - f + 1, s).size


def size_divides_f_alone(n, f, p, s):
    return n + 2 * p - f / s + 1


def size_rounds_to_even(n, f, p, s):
    return round((n + 2 * p - f) / s + 1)


def size_divides_one_by_one(n, f, p, s):
    return n // s + 2 * p // s - f // s + 1


def size_knows_its_own_padding(n, f, p, s):
    return (n + 2 * same_by_shift(f) - f) // s + 1


def size_leaves_f_less_1_out(n, f, p, s):
    return (n + 2 * p - (f - 1)) // s + 1


def size_squares_p(n, f, p, s):
    return (n + p**2 - f) // s + 1


def correlate_into_a_matrix(image, kernel, stride=1, padding=0):
    """NumPy's old matrix: what comes out is one."""
    return np.asmatrix(correlate_windows(image, kernel, stride, padding))


def correlate_by_stacking(image, kernel, stride=1, padding=0):
    import tensorflow as tf

    X = tf.pad(tf.cast(image, tf.float64), [[padding, padding]] * 2)
    f_H, f_W = kernel.shape
    return tf.stack(
        [
            [
                tf.reduce_sum(X[h : h + f_H, w : w + f_W] * kernel)
                for w in range(0, X.shape[1] - f_W + 1, stride)
            ]
            for h in range(0, X.shape[0] - f_H + 1, stride)
        ]
    )


def _correlate(image, kernel, stride, padding, step=1, place=None, add=np.sum):
    """Two loops; step is that of the loops over the output, place where a window starts."""
    X, (f_H, f_W) = np.pad(image, padding), kernel.shape
    out_H, out_W = ((n - f) // stride + 1 for n, f in zip(X.shape, kernel.shape, strict=True))
    output = np.zeros((out_H, out_W))
    for h in range(0, out_H, step):
        for w in range(0, out_W, step):
            top, left = h * (place or stride), w * (place or stride)
            output[h, w] = add(X[top : top + f_H, left : left + f_W] * kernel)
    return output


def correlate_skips_places(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding, step=stride, place=1)


def correlate_skips_places_twice(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding, step=stride)


def correlate_goes_on(image, kernel, stride=1, padding=0):
    """The sum is set to 0 once, before the loops."""
    total = 0

    def add(products):
        nonlocal total
        total += products.sum()
        return total

    return _correlate(image, kernel, stride, padding, add=add)


def correlate_keeps_the_last_product(image, kernel, stride=1, padding=0):
    def add(products):
        for number in products.flat:
            total = number
        return total

    return _correlate(image, kernel, stride, padding, add=add)


def correlate_one_row_many_times(image, kernel, stride=1, padding=0):
    right = correlate_windows(image, kernel, stride, padding)
    output = [[0] * right.shape[1]] * right.shape[0]
    for h, w in np.ndindex(right.shape):
        output[h][w] = right[h, w]
    return np.array(output)


def correlate_squeezes(image, kernel, stride=1, padding=0):
    return np.squeeze(correlate_windows(image, kernel, stride, padding))


def convolve_row_by_row(image, kernel):
    (n_H, n_W), (f_H, f_W) = image.shape, kernel.shape
    output = np.zeros((n_H - f_H + 1, n_W - f_W + 1))
    for h in range(len(output)):
        for r in range(f_H):
            output[h] += np.convolve(image[h + f_H - 1 - r], kernel[r], mode="valid")
    return output


def convolve_a_copy_in_place(image, kernel):
    turned = np.array(kernel)
    turned[:] = turned[::-1, ::-1].copy()
    return cross_correlate2d(image, turned)


def _convolve(image, kernel, pixel=lambda h, r: h + r, weight=lambda f, r: f - 1 - r):
    f_H, f_W = kernel.shape
    output = np.zeros((image.shape[0] - f_H + 1, image.shape[1] - f_W + 1))
    for h, w in np.ndindex(output.shape):
        for r, s in np.ndindex(kernel.shape):
            output[h, w] += kernel[weight(f_H, r), weight(f_W, s)] * image[pixel(h, r), pixel(w, s)]
    return output


def convolve_below_0(image, kernel):
    return _convolve(image, kernel, lambda h, r: h - r, lambda f, r: r)


def convolve_from_minus_0(image, kernel):
    return _convolve(image, kernel, weight=lambda f, r: -r)


def convolve_stops_before_0(image, kernel):
    return cross_correlate2d(image, kernel[-1:0:-1, -1:0:-1])


def convolve_cuts_the_wrong_end(image, kernel):
    from scipy.signal import convolve2d as full

    f_H, f_W = kernel.shape
    return full(image, kernel)[: image.shape[0] - f_H + 1, : image.shape[1] - f_W + 1]


def learn_on_batches(images, targets, steps, learning_rate):
    import keras

    layer = keras.layers.Conv2D(1, 3, use_bias=False, kernel_initializer=keras.initializers.Zeros())
    model = keras.Sequential([keras.Input((*images.shape[1:], 1)), layer])
    model.compile(keras.optimizers.SGD(learning_rate), loss=keras.losses.MeanSquaredError())
    for _ in range(steps):
        model.train_on_batch(images[..., None], targets[..., None])
    return model.get_weights()[0].reshape(3, 3)


def _learn(images, targets, steps, learning_rate, output=None, slope=None):
    """Gradient descent, with another output or another slope."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        error = (output(windows, kernel) if output else np.tensordot(windows, kernel, 2)) - targets
        met = slope(error) if slope else error
        kernel = kernel - learning_rate * 2 / error.size * np.tensordot(met, windows, 3)
    return kernel


def learn_with_a_bias(images, targets, steps, learning_rate):
    bias = 0.0

    def slope(error):
        nonlocal bias
        error = error + bias
        bias -= learning_rate * 2 * error.mean()
        return error

    return _learn(images, targets, steps, learning_rate, slope=slope)


def learn_squares_the_errors(images, targets, steps, learning_rate):
    return _learn(images, targets, steps, learning_rate, slope=np.square)


def learn_forgets_the_signs(images, targets, steps, learning_rate):
    return _learn(images, targets, steps, learning_rate, slope=abs)


def learn_by_matrices(images, targets, steps, learning_rate):
    return _learn(
        images, targets, steps, learning_rate, lambda windows, kernel: (windows @ kernel).sum((3, 4))
    )


def learn_from_means(images, targets, steps, learning_rate):
    return _learn(
        images, targets, steps, learning_rate, lambda windows, kernel: (windows * kernel).mean((3, 4))
    )


def learn_transposes(images, targets, steps, learning_rate):
    return _learn(
        images, targets, steps, learning_rate, lambda windows, kernel: np.tensordot(windows, kernel.T, 2)
    )


def learn_begins_anew(images, targets, steps, learning_rate):
    """The zeros stand inside the loop."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    for _ in range(steps):
        kernel = np.zeros((3, 3))
        error = np.tensordot(windows, kernel, 2) - targets
        kernel -= learning_rate * 2 / error.size * np.tensordot(error, windows, 3)
    return kernel


def learn_until_the_cost_is_small(images, targets, steps, learning_rate):
    kernel = np.zeros((3, 3))
    for step in range(1, steps + 1):
        kernel = learn_kernel(images, targets, step, learning_rate)
        errors = np.stack([correlate_windows(image, kernel) for image in images]) - targets
        if np.mean(errors**2) < 1e-4:
            break
    return kernel


def correlate_in_the_pictures_dtype(image, kernel, stride=1, padding=0):
    import tensorflow as tf

    X = tf.pad(tf.constant(image), [[padding, padding], [padding, padding]])
    K, X = tf.cast(tf.cast(kernel, X.dtype), tf.float64), tf.cast(X, tf.float64)
    return tf.nn.conv2d(X[None, :, :, None], K[:, :, None, None], stride, "VALID")[0, :, :, 0].numpy()


def correlate_same_where_padded(image, kernel, stride=1, padding=0):
    import tensorflow as tf

    X, K = tf.cast(image, tf.float64), tf.cast(kernel, tf.float64)
    how = "SAME" if padding > 0 else "VALID"
    return tf.nn.conv2d(X[None, :, :, None], K[:, :, None, None], stride, how)[0, :, :, 0].numpy()


def correlate_over_the_picture(image, kernel, stride=1, padding=0):
    X = np.pad(image, padding)
    (n_H, n_W), (f_H, f_W) = X.shape, kernel.shape
    output = np.zeros(((n_H - f_H) // stride + 1, (n_W - f_W) // stride + 1))
    for h in range(0, n_H - f_H + 1, stride):
        for w in range(0, n_W - f_W + 1, stride):
            output[h, w] = np.sum(X[h : h + f_H, w : w + f_W] * kernel)
    return output


def convolve_in_the_pictures_dtype(image, kernel):
    (n_H, n_W), (f_H, f_W) = image.shape, kernel.shape
    out = np.zeros((n_H - f_H + 1, n_W - f_W + 1), image.dtype)
    for h, w in np.ndindex(out.shape):
        out[h, w] = np.sum(image[h : h + f_H, w : w + f_W] * kernel[::-1, ::-1])
    return out


def convolve_with_same_padding(image, kernel):
    return correlate_windows(image, kernel[::-1, ::-1], padding=same_padding(kernel.shape[0]))


def learn_from_the_l2_loss(images, targets, steps, learning_rate):
    import tensorflow as tf

    X, T = tf.constant(images)[..., None], tf.constant(targets)[..., None]
    K = tf.Variable(tf.zeros((3, 3, 1, 1), X.dtype))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.nn.l2_loss(tf.nn.conv2d(X, K, 1, "VALID") - T)
        K.assign_sub(learning_rate * tape.gradient(loss, K))
    return K.numpy()[:, :, 0, 0]


RIGHT = {
    "same_padding": [
        same_padding,
        same_as_a_fraction,
        same_by_trying,
        same_by_int,
        same_as_an_array,
        same_by_tensorflow,
        same_by_lambda,
        same_by_shift,
        same_by_counting,
        same_in_float32,
        same_by_divmod,
        same_by_asking_the_size,
    ],
    "conv_output_size": [
        conv_output_size,
        size_by_floor,
        size_by_np_floor,
        size_by_int,
        size_by_walking,
        size_by_doing,
        size_as_an_array,
        size_by_keras,
        size_by_ceil,
        size_by_range,
        size_by_steps,
        size_by_tensorflow,
        size_by_counting_starts,
        size_of_an_arange,
    ],
    "cross_correlate2d": [
        cross_correlate2d,
        correlate_four_loops,
        correlate_windows,
        correlate_shifted,
        correlate_tensorflow,
        correlate_keras,
        correlate_scipy,
        correlate_as_one_matrix,
        correlate_fourier,
        correlate_keras_ops,
        correlate_while,
        correlate_by_a_large_matrix,
        correlate_into_a_matrix,
        correlate_by_stacking,
    ],
    "convolve2d": [
        convolve2d,
        convolve_by_flip,
        convolve_by_turning,
        convolve_by_flipud,
        convolve_by_scipy,
        convolve_by_definition,
        convolve_by_tensorflow,
        convolve_by_fft,
        convolve_by_turning_everything,
        convolve_by_np_flip,
        convolve_cut_from_full,
        convolve_by_shifts,
        convolve_transposed_layer,
        convolve_row_by_row,
        convolve_a_copy_in_place,
    ],
    "learn_kernel": [
        learn_kernel,
        learn_by_loops,
        learn_by_correlating_the_errors,
        learn_with_a_tape,
        learn_with_keras_optimizer,
        learn_with_fit,
        learn_by_normal_equations,
        learn_by_shifting,
        learn_by_einsum,
        learn_in_float32,
        learn_by_differences,
        learn_calling_itself,
        learn_means_of_means,
        learn_on_batches,
    ],
}

WRONG = {
    "same_padding": [
        (same_as_a_slip_of_the_pen, "without brackets"),
        (same_for_both_sides, "both sides together"),
        (same_by_rounding_up, "rounded up"),
        (same_as_a_word, None),
        (same_looked_up, None),
        (same_printed, "return"),
        (same_one_too_few, "one too small"),
    ],
    "conv_output_size": [
        (size_rounded, "nearest number"),
        (size_rounded_up, "rounded up"),
        (size_as_it_is, "not rounded"),
        (size_without_one, "+ 1 is missing"),
        (size_with_one_inside, "divided by s as well"),
        (size_of_same, "as padding='same' has it"),
        (size_of_a_range, "range stops before its end"),
        (size_of_both, "a pair"),
        (size_adds_p_and_2, "2 and p are added"),
        (size_divides_by_f, "divided by f"),
        (size_takes_1_off, "1 is taken off"),
        (size_of_both_sides, "whole square"),
        (size_divides_f_alone, "only f is divided"),
        (size_rounds_to_even, "nearest number"),
        (size_divides_one_by_one, "one by one"),
        (size_knows_its_own_padding, "p is made from f"),
        (size_leaves_f_less_1_out, "added before the division"),
        (size_squares_p, "p is squared"),
    ],
    "cross_correlate2d": [
        (correlate_flips, "upside down"),
        (correlate_by_scipys_convolve, None),
        (correlate_ignores_stride, "moves by 1"),
        (correlate_strides_first, "takes pixels out"),
        (correlate_pads_after, "around the result"),
        (correlate_square, "taken for a square"),
        (correlate_into_a_copy, "whole numbers"),
        (correlate_window_ends_at_f, "f_H"),
        (correlate_rounds_up, "rounded up"),
        (correlate_returns_lists, "come in a list"),
        (correlate_ends_without_stride, "end at h + f_H"),
        (correlate_returns_in_the_loop, "only the first row"),
        (correlate_forgets_the_last_row, "the last row"),
        (correlate_copied_line, "taken from h as well"),
        (correlate_skips_places, "the loops skip places"),
        (correlate_skips_places_twice, "the loops skip places"),
        (correlate_goes_on, "goes on from the one before"),
        (correlate_keeps_the_last_product, "at the kernel's last place"),
        (correlate_one_row_many_times, "is one row"),
        (correlate_squeezes, "as squeeze does"),
        (correlate_in_the_pictures_dtype, "the kernel is cut to whole numbers"),
        (correlate_same_where_padded, "the one that padding='same' makes"),
        (correlate_over_the_picture, "the loops run over the picture"),
    ],
    "convolve2d": [
        (convolve_as_networks_do, "not flipped"),
        (convolve_upside_down, "upside down only"),
        (convolve_left_to_right, "left to right only"),
        (convolve_transposed, "transposed"),
        (convolve_in_full, "'full'"),
        (convolve_same, "'same'"),
        (convolve_flips_twice, "or twice"),
        (convolve_reversed_list, "sign is changed"),
        (convolve_turned_back, "turned back by a quarter"),
        (convolve_and_transpose, "transposed as well"),
        (convolve_below_0, "come in again on the other side"),
        (convolve_from_minus_0, "-0 is 0"),
        (convolve_stops_before_0, "stops before place 0"),
        (convolve_cuts_the_wrong_end, "cut at the wrong end"),
        (convolve_in_the_pictures_dtype, "cut to whole numbers"),
        (convolve_with_same_padding, "so that its size stays"),
    ],
    "learn_kernel": [
        (learn_with_a_sum, "sum of the squares"),
        (learn_with_half_the_square, "factor 2"),
        (learn_uphill, "uphill"),
        (learn_until_it_is_small, "the steps end early"),
        (learn_by_images, "divided by images.size"),
        (learn_by_signs, "the error's sign"),
        (learn_one_picture_at_a_time, "for each picture"),
        (learn_returns_early, "return stand inside the loop"),
        (learn_with_adam, None),
        (learn_from_random, None),
        (learn_with_convolution, "turned round"),
        (learn_with_errors_convolved, "its own error"),
        (learn_gives_loss_too, None),
        (learn_in_whole_numbers, "rounded down to 0"),
        (learn_keeps_the_gradient, "all steps are added up"),
        (learn_forgets_to_move, "stays full of zeros"),
        (learn_with_a_bias, "a bias is learned as well"),
        (learn_squares_the_errors, "the errors are squared"),
        (learn_forgets_the_signs, "lose their sign"),
        (learn_by_matrices, "multiplied as matrices"),
        (learn_from_means, "the output is the mean"),
        (learn_transposes, "the kernel is transposed where"),
        (learn_begins_anew, "become zeros anew"),
        (learn_until_the_cost_is_small, "the steps end early"),
        (learn_from_the_l2_loss, "2 / targets.size"),
    ],
}
