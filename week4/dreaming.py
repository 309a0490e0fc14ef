"""Week 4, what convolutional networks learn: pictures that excite a channel, kept calm.

Call workbook.start() before you import this file: it loads TensorFlow. Pictures are (1, n, n, 3) or (n, n, 3),
float32 with values from -1 (black) to 1 (white).
"""

import keras
import numpy as np
from scipy.ndimage import gaussian_filter


def grey(n=64, spread=0.05, seed=0):
    """A grey picture (1, n, n, 3) with a little noise, the same for the same seed."""
    return np.random.default_rng(seed).normal(0, spread, (1, n, n, 3)).astype(np.float32)


def shifted(picture, rows, columns):
    """A picture (1, n, n, 3) moved; what leaves on one side comes back on the other."""
    return np.roll(np.asarray(picture), (rows, columns), axis=(1, 2))


def calm(
    maximize, model, layer, channel, rounds=24, steps=3, reach=4, blur=0.8, start=None, rate=0.08, seed=0
):
    """A smoother picture for a channel: (1, n, n, 3).

    In each round the picture is moved a little, climbs for a few steps, is moved back and blurred, less and less
    from round to round: no pixel can rely on its exact place, nor on its neighbour being different.

    maximize  maximize(model, layer, channel, steps, start, rate)
    reach     how far it is moved, in pixels; blur: standard deviation of the first blur, in pixels
    (jitter: Mordvintsev et al. 2015; blur: Yosinski et al. 2015)
    """
    rng = np.random.default_rng(seed)
    picture = grey(model.input_shape[1]) if start is None else np.asarray(start)
    for i in range(rounds):
        rows, columns = rng.integers(-reach, reach + 1, 2)
        picture = np.asarray(maximize(model, layer, channel, steps, shifted(picture, rows, columns), rate))
        width = blur * (1 - i / rounds)
        picture = gaussian_filter(shifted(picture, -rows, -columns), (0, width, width, 0), mode="nearest")
    return picture.astype(np.float32)


def excitement(model, layer, channel, images):
    """The mean of a channel's map for each picture: (m,)."""
    part = keras.Model(model.input, model.get_layer(layer).output)
    return part.predict(np.asarray(images), verbose=0)[..., channel].mean(axis=(1, 2))
