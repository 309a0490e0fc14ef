"""Week 4, one and three dimensions: electrocardiograms drawn by code, for teaching. They are no medical data.

A beat is a sum of five bells, the waves P, Q, R, S and T (the idea of McSharry, Clifford, Tarassenko, Smith
2003). Time is in seconds, RATE samples a second; a window is (n, 1) float32, without a unit. No TensorFlow is
loaded here.
"""

import matplotlib.pyplot as plt
import numpy as np

DPI = 72
RATE, SECONDS = 100, 6
CLASSES = ("normal", "premature", "missed")
WAVES = {  # seconds after the top of R, height, width in seconds
    "P": (-0.17, 0.14, 0.025),
    "Q": (-0.04, -0.12, 0.012),
    "R": (0.0, 1.0, 0.014),
    "S": (0.04, -0.22, 0.014),
    "T": (0.28, 0.28, 0.05),
}


def draw_windows(m, seed):
    """Windows (m, 600, 1) float32 of mean 0 and spread 1, classes (m,), and for each the times of R in seconds."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(m) % len(CLASSES))
    drawn = [draw_window(CLASSES[kind], rng) for kind in y]
    X = np.stack([signal for signal, _ in drawn])
    X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)
    return X.astype(np.float32)[..., None], y, [times for _, times in drawn]


def draw_window(kind, rng):
    """One window (600,) of a class, and the times of its R waves in seconds."""
    t = np.arange(RATE * SECONDS) / RATE
    times, interval = _rhythm(rng)
    person = _person(rng)
    at = rng.choice(np.flatnonzero((times > 1.3) & (times < 4.7)))
    signal = np.zeros_like(t)
    for k, time in enumerate(times):
        waves, stretch = person, np.sqrt(interval / 0.8)
        if k == at and kind == "premature":
            time = times[k] = time - interval * rng.uniform(0.25, 0.42)
            waves = _premature(person, rng)
        if k == at and kind == "missed":
            waves = {"P": person["P"]} if rng.random() < 0.5 else {}
        for name, (delay, height, width) in waves.items():
            delay = delay * stretch if name in "PT" else delay
            signal += height * np.exp(-0.5 * ((t - time - delay) / width) ** 2)
    kept = np.delete(times, at) if kind == "missed" else times
    return signal + _disturbances(t, rng), kept[(kept > 0) & (kept < SECONDS)]


def _rhythm(rng):
    """Times of R from before the window to after it, and the usual interval, in seconds."""
    interval, breath = rng.uniform(0.6, 1.1), rng.uniform(0.2, 0.35)
    sway, phase = rng.uniform(0, 0.09), rng.uniform(0, 2 * np.pi)
    times = [rng.uniform(-1.5, -1.5 + interval)]
    while times[-1] < SECONDS + 1:
        step = 1 + sway * np.sin(2 * np.pi * breath * times[-1] + phase) + rng.normal(0, 0.012)
        times.append(times[-1] + interval * step)
    return np.array(times), interval


def _person(rng):
    """The waves of one person, seen by one electrode; one in three has wide beats all the time."""
    wide = rng.uniform(1.6, 2.4) if rng.random() < 0.33 else 1.0
    stretch = {"P": 1.0, "Q": wide, "R": wide, "S": wide, "T": 1.0}
    return {
        name: (
            delay * rng.uniform(0.9, 1.1) * stretch[name],
            height * rng.uniform(0.5, 1.5),
            width * rng.uniform(0.85, 1.4) * stretch[name],
        )
        for name, (delay, height, width) in WAVES.items()
    }


def _premature(person, rng):
    """The waves of a beat that began in the wrong place: no P, a wide QRS, T on the other side."""
    sign, wide = rng.choice([1, 1, -1]), rng.uniform(1.6, 2.6)
    _, height, width = person["R"]
    _, bulge, length = person["T"]
    return {
        "R": (0.0, sign * height * rng.uniform(0.8, 1.3), width * wide),
        "S": (0.04 * wide, -sign * height * rng.uniform(0.2, 0.5), width * wide),
        "T": (0.32, -sign * abs(bulge) * rng.uniform(1, 1.6), 1.2 * length),
    }


def _disturbances(t, rng):
    """Breathing, muscles, and in every third window a jolt of the electrode that looks like a wide beat."""
    wander = rng.uniform(0, 0.35) * np.sin(2 * np.pi * rng.uniform(0.15, 0.4) * t + rng.uniform(0, 6.3))
    noise = rng.normal(0, rng.uniform(0.02, 0.09), len(t))
    jolt = rng.uniform(0.4, 1) * np.exp(-0.5 * ((t - rng.uniform(0, SECONDS)) / rng.uniform(0.04, 0.12)) ** 2)
    return wander + noise + (rng.random() < 0.33) * rng.choice([-1, 1]) * jolt


# ---------------------------------------------------------------- measuring


def beat_kernel():
    """What Q, R and S look like, 0.3 seconds of them: (31, 1, 1), of mean 0 and length 1."""
    t = np.arange(-15, 16) / RATE
    shape = sum(h * np.exp(-0.5 * ((t - delay) / width) ** 2) for delay, h, width in map(WAVES.get, "QRS"))
    shape = shape - shape.mean()
    return (shape / np.linalg.norm(shape)).reshape(-1, 1, 1)


def find_peaks(z, least=0.5):
    """Places of the peaks of z (n,): the largest within 0.25 s, and above ``least`` times the usual top of a beat."""
    z, reach = np.ravel(z), RATE // 4
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(z, reach, constant_values=-np.inf), 2 * reach + 1
    )
    top = np.median(np.sort(z[z == around.max(axis=1)])[-3:])
    return np.flatnonzero((z == around.max(axis=1)) & (z > least * top))


def heart_rate(peaks):
    """Beats a minute, from the middle one of the intervals between peaks (in samples)."""
    return 60 * RATE / np.median(np.diff(peaks))


def simple_numbers(X):
    """Ten numbers (m, 10) about each window of X (m, n, 1): extremes, how much is high or low, how rough it is."""
    X = X[..., 0]
    steps = np.diff(X, axis=1)
    numbers = [X.max(1), X.min(1), *[np.greater(X, level).mean(1) for level in (1, 2, 3)], (X < -1).mean(1)]
    numbers += [(X**3).mean(1), (X**4).mean(1), np.abs(steps).mean(1), (steps**2).mean(1)]
    numbers = np.stack(numbers, axis=1)
    return ((numbers - numbers.mean(0)) / numbers.std(0)).astype(np.float32)


def nearest(X, y, X_new):
    """The class of the window of X (m, n, 1) that is most like each of X_new, sample by sample: (k,)."""
    X, X_new = X[..., 0], X_new[..., 0]
    return y[((X**2).sum(axis=1) - 2 * X_new @ X.T).argmin(axis=1)]


def covered(x, middle, length=60):
    """A copy of a window x (n, 1) with a straight line in place of ``length`` samples around ``middle``."""
    start = min(max(int(middle) - length // 2, 0), len(x) - length)
    copy = x.copy()
    copy[start : start + length, 0] = np.linspace(x[start, 0], x[start + length - 1, 0], length)
    return copy


def cover(x, length=60, step=15):
    """Copies of a window x (n, 1), each with another stretch covered, and the middle of each stretch (k,)."""
    middles = np.arange(length // 2, len(x) - length // 2 + 1, step)
    return np.stack([covered(x, middle, length) for middle in middles]), middles


# ---------------------------------------------------------------- pictures


def _time_axis(axis, n, **kwargs):
    axis.set(xlim=(0, n / RATE), yticks=[], **kwargs)
    axis.spines[["top", "right", "left"]].set_visible(False)


def show_beat():
    """One beat without noise, and the names of its waves."""
    t = np.linspace(-0.4, 0.6, 500)
    waves = {name: h * np.exp(-0.5 * ((t - d) / w) ** 2) for name, (d, h, w) in WAVES.items()}
    figure, axis = plt.subplots(figsize=(6, 2.6), dpi=DPI)
    axis.plot(t, sum(waves.values()), color="black")
    for name, (delay, height, _) in WAVES.items():
        axis.text(delay, height + (0.07 if height > 0 else -0.16), name, ha="center", fontsize=12)
    axis.set(xlabel="seconds", yticks=[], ylim=(-0.5, 1.25))
    axis.spines[["top", "right", "left"]].set_visible(False)
    figure.tight_layout()
    plt.show()


def show_windows(X, titles):
    """Windows X (m, n, 1), one below the other."""
    figure, axes = plt.subplots(len(X), 1, figsize=(9, 1.35 * len(X)), dpi=DPI, squeeze=False)
    for axis, x, title in zip(axes[:, 0], X, titles, strict=True):
        axis.plot(np.arange(len(x)) / RATE, x[:, 0], color="black", lw=1)
        axis.set_title(title, fontsize=10, loc="left", pad=2)
        _time_axis(axis, len(x))
    axes[-1, 0].set_xlabel("seconds")
    figure.tight_layout(pad=0.4)
    plt.show()


def show_matches(x, kernel, z, peaks):
    """A window x (n, 1), the kernel (f, 1, 1) that slid along it, the result z (n,), and its peaks."""
    figure, grid = plt.subplots(2, 2, figsize=(9, 3.8), dpi=DPI, width_ratios=(0.08, 1))
    axes, t = grid[:, 1], np.arange(len(x)) / RATE
    axes[0].plot(t, x[:, 0], color="black", lw=1)
    grid[0, 0].plot(kernel.ravel(), color="black", lw=1.5)
    grid[0, 0].set(xticks=[], yticks=[], frame_on=False)
    grid[0, 0].set_title("the kernel", fontsize=10)
    grid[1, 0].axis("off")
    axes[1].plot(t, z, color="0.4", lw=1)
    axes[1].plot(t[peaks], z[peaks], "v", color="black", ms=9)
    for axis, title in zip(axes, ("the signal", "the result of the kernel, and its peaks"), strict=True):
        axis.set_title(title, fontsize=10)
        _time_axis(axis, len(x))
    axes[1].set_xlabel("seconds")
    figure.tight_layout(pad=0.5)
    plt.show()


def show_kernels(kernels):
    """The kernels (f, 1, c) of a first layer, in two rows."""
    count = kernels.shape[2]
    figure, axes = plt.subplots(2, count // 2, figsize=(9, 2.3), dpi=DPI)
    for axis, kernel in zip(axes.flat, np.moveaxis(kernels[:, 0], 1, 0), strict=False):
        axis.axhline(0, color="0.7", lw=1)
        axis.plot(kernel, color="black", marker=".", ms=4)
        axis.set(xticks=[], yticks=[])
    figure.tight_layout(pad=0.4)
    plt.show()


def show_where(windows, curves, titles):
    """Windows (m, n, 1) and, shaded, how much the probability of their class falls where a stretch is covered.

    curves  for each window the middles of the stretches, in samples, and the probability for each
    """
    figure, axes = plt.subplots(len(windows), 1, figsize=(9, 1.7 * len(windows)), dpi=DPI)
    for axis, x, (middles, chance), title in zip(axes, windows, curves, titles, strict=True):
        axis.plot(np.arange(len(x)) / RATE, x[:, 0], color="black", lw=1)
        low, high = x.min(), x.max()
        axis.fill_between(middles / RATE, low, low + (1 - chance) * (high - low), color="0.8", step="mid")
        axis.set_title(title, fontsize=10, loc="left", pad=2)
        _time_axis(axis, len(x))
    axes[-1].set_xlabel("seconds")
    figure.tight_layout(pad=0.4)
    plt.show()
