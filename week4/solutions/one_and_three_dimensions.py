# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: One and three dimensions
#     order: 4
#     minutes: 110
#     runs: 1
#     terms: [1-D convolution, 3-D convolution, matched filter, electrocardiogram, action recognition]
# ---

# %% [markdown]
# # One and three dimensions: a heart that stumbles, a clip that runs backwards
#
# For four weeks a small window has slid over pictures. But why pictures? The window never asked. It wants one
# thing only: that *neighbours mean something*. Pixels have neighbours, to the left and right, above and below.
# A moment of a heartbeat has neighbours too: the one before and the one after. A scan of a parcel has
# them in three directions, and a film in three as well, if time counts as one.
#
# So take the convolution of week 1 and change nothing but the number of axes. Along one axis it finds the beat
# at which a heart stumbles. Along three it finds a ball in a parcel where no slice shows it, and tells in which
# direction things go, which no picture in the world can tell.
#
# **At the end you can**
# - say what a convolution along one, two or three axes makes of any shape, and what it costs;
# - build those along one and along three axes, and get TensorFlow's numbers;
# - find heartbeats with one kernel that you made, and name their faults with kernels that were learned;
# - show that a network sees motion, and not pictures.
#
# About an hour and fifty minutes. Four exercises, 50 points.

# %%
from functools import cache

import workbook

workbook.start("one_and_three_dimensions")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import heartbeats
import motions
from workbook import check, hint
from workbook.training import training_step, warm_up_cosine

# %% [markdown]
# ## One dimension
#
# Each beat of a heart sends a small voltage through the body. Two electrodes on the skin can read it: an
# **electrocardiogram**. A beat has five waves. Einthoven named them P, Q, R, S and T in 1895, and so they are called
# to this day.

# %% tags=["nbval-ignore-output"]
heartbeats.show_beat()

# %% [markdown]
# P is the atria, Q, R and S with the tall peak are the ventricles, T is the ventricles getting ready again. The beats
# in this lesson are drawn by code as a sum of five bells, so that you know what is true of each. **They are for
# teaching. Nothing here may be used to judge anybody's heart.**
#
# A signal is a row of numbers. The window is a shorter row, and slides to the right:
#
# $$z_{t,k} = b_k + \sum_{r=0}^{f-1}\sum_{j} x_{\,t\cdot stride + r,\;j}\; w_{r,j,k} \qquad
# n_{out} = \left\lfloor\frac{n + 2\,padding - f}{stride}\right\rfloor + 1$$
#
# It is week 1's formula with one sum less. A signal of 14 numbers and a kernel of 5 give 10, just as a picture
# of 14 x 14 and a kernel of 5 x 5 give 10 x 10. Several electrodes are several **channels**, and a kernel is as
# deep as what comes in.
#
# *By hand.* $x = (1, 2, 0, 3, 1)$, $w = (1, 0, -1)$, $b = 0.5$, stride 2, padding 1. With its border the signal is
# $(0, 1, 2, 0, 3, 1, 0)$. Windows begin at 0, 2 and 4: $0 - 2 + 0.5 = -1.5$, then $2 - 3 + 0.5 = -0.5$, then
# $3 - 0 + 0.5 = 3.5$.
#
# ### Exercise 1: `conv1d_forward`
#
# **Build** a convolution along one axis, in NumPy.
#
# - in: `x` $(m, n, c_{prev})$; `w` $(f, c_{prev}, c)$; `b` $(c,)$; `stride` and `padding`, whole numbers.
#   `padding` counts the zeros before the signal, and as many after it
# - out: $(m, n_{out}, c)$
#
# Difficulty 2 of 5, about 20 minutes, 10 points.


# %%
def conv1d_forward(x, w, b, stride, padding):
    """A convolution along one axis: (m, n_out, c).

    x        (m, n, c_prev)
    w        (f, c_prev, c)
    b        (c,)
    stride   how far the window moves at each step
    padding  how many zeros stand at each end
    """
    m, n, _ = x.shape
    f, _, c = w.shape

    # How many windows there are; the signals with their border.
    ### BEGIN SOLUTION
    n_out = (n + 2 * padding - f) // stride + 1
    x_pad = np.pad(x, ((0, 0), (padding, padding), (0, 0)))
    ### END SOLUTION

    z = np.zeros((m, n_out, c))
    for t in range(n_out):
        # The window at t in all signals, times all kernels, summed: z[:, t] is (m, c).
        ### BEGIN SOLUTION
        window = x_pad[:, t * stride : t * stride + f]
        z[:, t] = np.tensordot(window, w, axes=2) + b
        ### END SOLUTION
    return z


# %%
check(conv1d_forward)

# %% [markdown]
# `padding="valid"` and `padding="same"` mean in one dimension what they mean in two. *Valid*: no zeros, only
# windows that lie inside. *Same*: so many zeros that $\lceil n / stride \rceil$ numbers come out; for stride 1 and
# an odd $f$ that is $(f-1)/2$ at each end.

# %%
rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(4, 14, 3)), rng.normal(size=(5, 3, 16)), rng.normal(size=16)
valid, same = conv1d_forward(x, w, b, 1, 0), conv1d_forward(x, w, b, 1, 2)
print("valid:", x.shape, "->", valid.shape)
print("same: ", x.shape, "->", same.shape)
for ours, padding in ((valid, "VALID"), (same, "SAME")):
    print("equal to tf.nn.conv1d:", np.allclose(ours, tf.nn.conv1d(x, w, 1, padding) + b, rtol=0, atol=1e-10))

# %% [markdown]
# ## One kernel that knows a heartbeat
#
# How fast does this heart beat? The muscles of the chest disturb the signal, breathing lifts and lowers it. If you
# took every number above some line for a beat, you would count the disturbances too.
#
# But you know what Q, R and S look like. So draw them, take the mean away, and let that drawing be the kernel.
# Where signal and kernel look alike, positive meets positive and negative meets negative, and the sum is large.
# Engineers call it a **matched filter**, and radar found aeroplanes with it.
#
# **Before you run the next two cells**: the mean was taken away from the kernel. What does the kernel make of the slow
# ups and downs of breathing?

# %%
QRS = heartbeats.beat_kernel()
X_some, y_some, times = heartbeats.draw_windows(60, seed=3)
calm = np.flatnonzero(y_some == 0)
print("the kernel:", QRS.shape)
print("the signals:", X_some.shape)

# %% tags=["nbval-ignore-output"]
i = calm[5]
z = conv1d_forward(X_some[i : i + 1], QRS, np.zeros(1), stride=1, padding=15)[0, :, 0]
heartbeats.show_matches(X_some[i], QRS, z, heartbeats.find_peaks(z))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Almost nothing is left of it: a slow change is nearly constant under so short a kernel, and a constant times
# numbers that add up to 0 is 0. (A deep dip, where there is one, is no beat: there an electrode was knocked.)
#
# </details>
#
# The heart rate can be read off. We drew these hearts, so we know the truth: here is for how many of twenty
# hearts the rate comes out right, from the peaks of the result, and from the peaks of the signal itself.

# %%
errors = {"with the kernel": [], "without it": []}
for i in calm:
    z = conv1d_forward(X_some[i : i + 1], QRS, np.zeros(1), stride=1, padding=15)[0, :, 0]
    true_rate = 60 / np.median(np.diff(times[i]))
    for name, signal in zip(errors, (z, X_some[i, :, 0]), strict=True):
        rate = heartbeats.heart_rate(heartbeats.find_peaks(signal))
        errors[name].append(abs(rate - true_rate))
for name, each in errors.items():
    print(f"{name}: {sum(np.array(each) < 2)} of {len(each)} hearts right within 2 beats a minute")

# %% [markdown]
# Now a heart that stumbles: one beat comes too early, from a wrong place, and then there is a pause.
#
# **Before you run the next cell**: will the kernel find that beat as well?

# %% tags=["nbval-ignore-output"]
i = np.flatnonzero(y_some == 1)[1]
z = conv1d_forward(X_some[i : i + 1], QRS, np.zeros(1), stride=1, padding=15)[0, :, 0]
heartbeats.show_matches(X_some[i], QRS, z, heartbeats.find_peaks(z))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# It marks something, but look where. The early beat is wide and points down, so the result goes *down* there,
# deep. The mark sits on its tail. Your kernel knows one shape, and this beat has another.
#
# </details>
#
# You could draw a second kernel for such a beat. And a third for a beat that does not come at all? There is nothing to
# draw. It is time to let a network find its kernels.
#
# ## Three kinds of windows
#
# Six seconds each, a hundred numbers a second. **Normal**: all is well. **Premature**: one beat too early, wide,
# without a P, with a T to the other side; the next one waits. **Missed**: one beat does not come; sometimes its P
# is there alone.

# %% tags=["nbval-ignore-output"]
X_heart, y_heart, _ = heartbeats.draw_windows(1500, seed=1)
X_heart_test, y_heart_test, times_test = heartbeats.draw_windows(600, seed=2)
shown = [np.flatnonzero(y_heart == kind)[k] for kind in range(3) for k in (0, 2)]
heartbeats.show_windows(X_heart[shown], [heartbeats.CLASSES[y_heart[i]] for i in shown])

# %% [markdown]
# Could something simpler than a convolution do? Each heart has its own rate, its own heights and widths, every
# third has wide beats all the time, and in every third window an electrode was knocked. All have mean 0 and
# spread 1.
#
# **Predict** what share is right if you (a) take the most similar window of the 1,500, sample by sample; (b) weigh
# all 600 samples and add up; (c) weigh ten numbers such as the maximum, the roughness, the share above 1. Luck alone
# gives 0.33.
#
# The next cell also holds the training that all networks of this lesson get: batches in another order each time, a
# learning rate that climbs and falls. It cares as little about the number of axes as the convolution does.


# %% tags=["nbval-ignore-output"]
def train(model, X, y, epochs, batch_size=32, peak=3e-3):
    """Trains a classifier on X (m, ...) of classes y (m,)."""
    rng, per_epoch = np.random.default_rng(1), len(X) // batch_size
    total = epochs * per_epoch
    step = training_step(model, warm_up_cosine(peak, total // 10, total))
    for _ in range(epochs):
        order = rng.permutation(len(X))[: per_epoch * batch_size]
        for batch in order.reshape(per_epoch, batch_size):
            step(tf.constant(X[batch]), tf.constant(y[batch]))
    return model


def answers(model, X):
    """The most probable class of each of X (m, ...)."""
    return model.predict(X, batch_size=300, verbose=0).argmax(axis=1)


def weighing(X, y, X_test):
    """The answers of a network without a hidden layer: it weighs the numbers of X (m, ...) and adds up."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input(X.shape[1:]), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    return answers(train(model, X, y, epochs=20, peak=0.01), X_test)


simple = {
    "(a) the most similar window": heartbeats.nearest(X_heart, y_heart, X_heart_test),
    "(b) all samples weighed": weighing(X_heart, y_heart, X_heart_test),
    "(c) ten numbers weighed": weighing(
        heartbeats.simple_numbers(X_heart), y_heart, heartbeats.simple_numbers(X_heart_test)
    ),
}
for name, said in simple.items():
    print(f"{name}: {np.mean(said == y_heart_test):.2f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# None is good. A window shifted by half a beat is another row of 600 numbers, and to (a) and (b) it is a
# stranger. What counts is what follows what, wherever it is: a task for a convolution.
#
# </details>
#
# | layer | for 600 samples |
# |:--|:--|
# | 16 kernels of length 15, stride 2, "same"; ReLU | 300 x 16 |
# | 24 kernels of length 9, stride 3, "same"; ReLU | 100 x 24 |
# | 32 kernels of length 9, stride 3, "same"; ReLU | 34 x 32 |
# | 32 kernels of length 9, stride 2, "same"; ReLU | 17 x 32 |
# | of each channel the largest number over time | 32 |
# | dense layer, softmax | classes |
#
# *By hand.* How far does one of the last 17 numbers see? Go backwards. It sees 9 of the layer before; they are
# spread over $8 \cdot 3 + 9 = 33$ of the one before that, those over $32 \cdot 3 + 9 = 105$, and those over
# $104 \cdot 2 + 15 = 223$ samples: 2.2 seconds, long enough for a beat, a pause and the next beat.
#
# Why the *largest* number and not the mean? The stumble is one moment of six seconds. A mean would thin it out.
#
# ### Exercise 2: `heartbeat_model`
#
# **Build** the network in the table: a Keras model from signals of `input_shape`, $(n, \text{channels})$, to
# probabilities of shape $(m, \text{classes})$.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def heartbeat_model(input_shape, classes):
    """The network of the table.

    input_shape  (n, channels)
    classes      how many kinds of beats there are
    Returns a keras.Model from signals (m, *input_shape) to probabilities (m, classes).
    """
    X = inputs = keras.Input(input_shape)

    # Four convolutions along time, each with a ReLU.
    ### BEGIN SOLUTION
    for filters, f, stride in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        X = layers.Conv1D(filters, f, strides=stride, padding="same", activation="relu")(X)
    ### END SOLUTION

    # The largest number of each channel, and the probabilities.
    ### BEGIN SOLUTION
    X = layers.GlobalMaxPooling1D()(X)
    X = layers.Dense(classes, activation="softmax")(X)
    ### END SOLUTION
    return keras.Model(inputs, X)


# %%
check(heartbeat_model)


# %% tags=["nbval-ignore-output"]
@cache
def trained_heart():
    """heartbeat_model after its training."""
    keras.utils.set_random_seed(1)
    return train(heartbeat_model(X_heart.shape[1:], 3), X_heart, y_heart, epochs=12)


said = answers(trained_heart(), X_heart_test)
print(f"right for {np.mean(said == y_heart_test):.3f} of the test windows")
for kind, name in enumerate(heartbeats.CLASSES):
    print(f"{name:10} {np.mean(said[y_heart_test == kind] == kind):.3f}")

# %%
print("at least 0.90 right:", np.mean(answers(trained_heart(), X_heart_test) == y_heart_test) >= 0.9)

# %% [markdown]
# ### What it looks at
#
# First the sixteen kernels of the first layer, each 0.15 seconds long. **Predict:** will one of them look like
# the beat that you used as a kernel?

# %% tags=["nbval-ignore-output"]
heartbeats.show_kernels(trained_heart().get_weights()[0])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Not one: steps, bumps and wiggles, pieces of which later layers put a beat together. A network is not told to make
# kernels that please us.
#
# </details>
#
# Then a question that needs no look inside. **Cover** 0.6 seconds with a straight line and ask again. If the
# probability of the right class falls, the network needed what is now hidden. The grey area will show how far it
# falls, for each place of the cover.
#
# **Before you run the next cell**: one window has a premature beat, the other a missed one. Where will the grey be
# high in the first? And in the second?

# %% tags=["nbval-ignore-output"]
model = trained_heart()
said = answers(model, X_heart_test)
shown, curves = [np.flatnonzero((y_heart_test == kind) & (said == kind))[3] for kind in (1, 2)], []
for i in shown:
    copies, middles = heartbeats.cover(X_heart_test[i])
    curves.append((middles, model.predict(copies, verbose=0)[:, y_heart_test[i]]))
heartbeats.show_where(X_heart_test[shown], curves, [heartbeats.CLASSES[y_heart_test[i]] for i in shown])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# In the first it is high where the early beat is. Nobody told the network *where* to look; it was told one word for
# six seconds. In the second there is hardly any grey: you cannot hide what is not there.
#
# </details>
#
# But you can hide what *is* there. **Before you run the next cell**: in each normal window one beat, the one nearest
# to the middle, gets covered. What will the network say?

# %%
calm_test = np.flatnonzero(y_heart_test == 0)
middle_beats = [100 * times_test[i][np.abs(times_test[i] - 3).argmin()] for i in calm_test]
covered = [heartbeats.covered(X_heart_test[i], beat) for i, beat in zip(calm_test, middle_beats, strict=True)]
said = answers(trained_heart(), np.stack(covered))
usual = np.bincount(said).argmax()
print(f"it says {heartbeats.CLASSES[usual]} for at least 0.85 of them:", np.mean(said == usual) >= 0.85)

# %% [markdown]
# ## Three dimensions
#
# Now the other way. Let a block slide through a larger block, to the right, down, and deeper:
#
# | | input | kernel | result |
# |:--|:--|:--|:--|
# | 1-D | $14$ | $5$ | $10$ |
# | 2-D | $14 \times 14$ | $5 \times 5$ | $10 \times 10$ |
# | 3-D | $14 \times 14 \times 14$ | $5 \times 5 \times 5$ | $10 \times 10 \times 10$ |
#
# Channels come on top, as ever: $14 \times 14 \times 3$ with sixteen kernels $5 \times 5 \times 3$ is
# $10 \times 10 \times 16$, and $14 \times 14 \times 14 \times 1$ with sixteen kernels $5 \times 5 \times 5 \times 1$
# is $10 \times 10 \times 10 \times 16$. Mind the difference: a colour picture has a third axis as well, and yet its
# convolution is a 2-D one. The window does not *slide* along the colours. It takes them all.
#
# **Before you run the next cell**: in one dimension, one kernel of 5 takes 50 multiplications for 14 numbers. How many
# in three dimensions?

# %%
for axes in (1, 2, 3):
    places, taps = 10**axes, 5**axes
    print(f"{axes}-D: {places:5,} places x {taps:3} = {places * taps:7,} multiplications, {taps:3} weights")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Each axis makes it fifty times as much. That is why networks for films and scans are slow and hungry, and why
# ours will be small.
#
# </details>
#
# With three axes there are three of everything. Write them always in one order, **depth, height, width**. Depth
# may be the slice of a scan or the frame of a film.
#
# $$z_{d,h,v,k} = b_k + \sum_{p,q,r}\sum_j x_{\,d\,s_D + p,\; h\,s_H + q,\; v\,s_W + r,\; j}\; w_{p,q,r,j,k}$$
#
# *By hand.* Three slices of 2 x 2, a kernel of depth 2, height 1, width 2, bias 0.5, stride 1, no padding:
#
# $$x = \begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}0&1\\0&2\end{pmatrix}\begin{pmatrix}5&0\\1&1\end{pmatrix}
# \qquad w = \begin{pmatrix}1&0\end{pmatrix}\begin{pmatrix}0&-1\end{pmatrix}$$
#
# It takes the left number of a slice and subtracts the right number of the next. $d = 0$: $1 - 1 + 0.5 = 0.5$ and
# $3 - 2 + 0.5 = 1.5$. $d = 1$: $0 - 0 + 0.5 = 0.5$ and $0 - 1 + 0.5 = -0.5$. The result has the shape
# $2 \times 2 \times 1$.
#
# ### Exercise 3: `conv3d_forward`
#
# **Build** a convolution along three axes, in NumPy.
#
# - in: `x` $(m, n_D, n_H, n_W, c_{prev})$; `w` $(f_D, f_H, f_W, c_{prev}, c)$; `b` $(c,)$; `stride` and `padding`,
#   **three whole numbers each**, for depth, height and width
# - out: $(m, o_D, o_H, o_W, c)$, each size by the formula of exercise 1
#
# Difficulty 3 of 5, about 25 minutes, 15 points.


# %%
def conv3d_forward(x, w, b, stride, padding):
    """A convolution along three axes: (m, o_D, o_H, o_W, c).

    x        (m, n_D, n_H, n_W, c_prev)
    w        (f_D, f_H, f_W, c_prev, c)
    b        (c,)
    stride   (s_D, s_H, s_W)
    padding  (p_D, p_H, p_W), zeros on each side
    """
    m, c = len(x), w.shape[-1]
    f_D, f_H, f_W = w.shape[:3]
    s_D, s_H, s_W = stride
    p_D, p_H, p_W = padding

    # The volumes with their border; how many windows there are along each axis.
    ### BEGIN SOLUTION
    x_pad = np.pad(x, ((0, 0), (p_D, p_D), (p_H, p_H), (p_W, p_W), (0, 0)))
    _, n_D, n_H, n_W, _ = x_pad.shape
    o_D, o_H, o_W = (n_D - f_D) // s_D + 1, (n_H - f_H) // s_H + 1, (n_W - f_W) // s_W + 1
    ### END SOLUTION

    z = np.zeros((m, o_D, o_H, o_W, c))
    for d, h, v in np.ndindex(o_D, o_H, o_W):
        # The window at (d, h, v) in all volumes, times all kernels, summed: z[:, d, h, v] is (m, c).
        ### BEGIN SOLUTION
        front, top, left = d * s_D, h * s_H, v * s_W
        window = x_pad[:, front : front + f_D, top : top + f_H, left : left + f_W]
        z[:, d, h, v] = np.tensordot(window, w, axes=4) + b
        ### END SOLUTION
    return z


# %%
check(conv3d_forward)

# %%
rng = np.random.default_rng(1)
x, w, b = rng.normal(size=(2, 14, 14, 14, 1)), rng.normal(size=(5, 5, 5, 1, 16)), rng.normal(size=16)
z = conv3d_forward(x, w, b, (1, 1, 1), (0, 0, 0))
print(x.shape, "->", z.shape)
print("equal to tf.nn.conv3d:", np.allclose(z, tf.nn.conv3d(x, w, [1] * 5, "VALID") + b, rtol=0, atol=1e-10))
z = conv3d_forward(x, w, b, (3, 1, 2), (0, 0, 0))
theirs = tf.nn.conv3d(x, w, [1, 3, 1, 2, 1], "VALID") + b
print("with unlike strides:", z.shape, np.allclose(z, theirs, rtol=0, atol=1e-10))

# %% [markdown]
# ## A ball in a parcel
#
# A parcel is scanned slice by slice, and the scanner is a poor one: there is more noise than parcel. In it lies a
# ball. Each slice shows a disc of it, at most.
#
# The matched filter again. A *disc*, depth 1, looks at every slice by itself. A *ball*, depth 7, looks at seven
# slices together. Both are kernels of your one function.
#
# **Before you run the next cells**: write down in how many of eight parcels the brightest place of the result is
# the ball, for the disc and for the ball.

# %%
parcels, balls = zip(*[motions.draw_parcel(seed) for seed in range(8)], strict=True)
scans = np.stack(parcels)[..., np.newaxis]
shapes = {
    "disc": motions.ball(3, depth=1)[..., np.newaxis, np.newaxis],
    "ball": motions.ball(3)[..., np.newaxis, np.newaxis],
}
print("the parcels:", scans.shape)
for name, kernel in shapes.items():
    print(f"the {name}:   ", kernel.shape)

# %% tags=["nbval-ignore-output"]
results = {}
for name, kernel in shapes.items():
    padding = (len(kernel) // 2, 3, 3)  # "same"
    results[name] = conv3d_forward(scans, kernel, np.zeros(1), (1, 1, 1), padding)[0, ..., 0]
motions.show_parcel(scans[0, ..., 0], balls[0], results)

# %%
for name, kernel in shapes.items():
    z = conv3d_forward(scans, kernel, np.zeros(1), (1, 1, 1), (len(kernel) // 2, 3, 3))[..., 0]
    brightest = [np.unravel_index(each.argmax(), each.shape) for each in z]
    near = [np.abs(np.subtract(place, ball)).max() <= 1 for place, ball in zip(brightest, balls, strict=True)]
    print(f"{name}: found in {sum(near)} of {len(scans)} parcels")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The rings in the picture say where the ball is. The ball-shaped kernel does not see anything that the disc could not
# see. It *adds up*: noise cancels over seven slices, and what belongs together grows. A doctor who leafs through a
# scan does the same with her eyes.
#
# </details>
#
# ## Which way?
#
# Here is one frame of each of six clips. One shape moves to the left, one to the right, one up, one down, one
# grows, one shrinks. A second shape stands still. **Write down** which is which.

# %% tags=["nbval-ignore-output"]
X_clips, y_clips = motions.draw_clips(1800, seed=1)
X_clips_test, y_clips_test = motions.draw_clips(600, seed=2)
six = [np.flatnonzero(y_clips_test == kind)[1] for kind in (3, 0, 5, 1, 4, 2)]
motions.show_frames(X_clips_test[six], frame=5)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Nobody can. A photograph of a car does not say whether it drives forwards or backwards. The clips are drawn so
# that this holds exactly: every place, angle and size is as likely in one class as in another.
#
# </details>
#
# Now the whole clips, in the same order:

# %% tags=["nbval-ignore-output"]
six = [np.flatnonzero(y_clips_test == kind)[1] for kind in (3, 0, 5, 1, 4, 2)]
titles = [f"{letter}: {motions.CLASSES[y_clips_test[i]]}" for letter, i in zip("ABCDEF", six, strict=True)]
motions.show_clips(X_clips_test[six], titles)

# %% [markdown]
# What leaves on one side comes back on the other. So not even *where a shape is at the end* helps.
#
# | layer | for 12 frames of 24 x 24 |
# |:--|:--|
# | 8 kernels 3 x 3 x 3, stride (1, 2, 2), "same"; ReLU | 12 x 12 x 12 x 8 |
# | 16 kernels 3 x 3 x 3, stride (1, 2, 2), "same"; ReLU | 12 x 6 x 6 x 16 |
# | 32 kernels 3 x 3 x 3, stride (2, 2, 2), "same"; ReLU | 6 x 3 x 3 x 32 |
# | of each channel the mean over all frames and places | 32 |
# | dense layer, softmax | classes |
#
# *By hand.* The first layer: $12 \cdot 12 \cdot 12 \cdot 8$ numbers, each of $27$ products: 373,248. The second:
# $12 \cdot 6 \cdot 6 \cdot 16$ numbers of $27 \cdot 8$ products: 1,492,992. Twice the kernels on a quarter of the
# places, and yet four times the work. Why? (Each is 8 channels deep.)
#
# Here it is the *mean* at the end: the motion goes on all the time, and so every moment has a vote.
#
# ### Exercise 4: `action_model`
#
# **Build** the network in the table: a Keras model from clips of `input_shape`, $(n_D, n_H, n_W, \text{channels})$, to
# probabilities of shape $(m, \text{classes})$.
#
# Difficulty 2 of 5, about 20 minutes, 15 points.


# %%
def action_model(input_shape, classes):
    """The network of the table.

    input_shape  (n_D, n_H, n_W, channels)
    classes      how many kinds of motion there are
    Returns a keras.Model from clips (m, *input_shape) to probabilities (m, classes).
    """
    X = inputs = keras.Input(input_shape)

    # Three convolutions through time, height and width, each with a ReLU.
    ### BEGIN SOLUTION
    for filters, stride in ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2))):
        X = layers.Conv3D(filters, 3, strides=stride, padding="same", activation="relu")(X)
    ### END SOLUTION

    # The mean of each channel, and the probabilities.
    ### BEGIN SOLUTION
    X = layers.GlobalAveragePooling3D()(X)
    X = layers.Dense(classes, activation="softmax")(X)
    ### END SOLUTION
    return keras.Model(inputs, X)


# %%
check(action_model)

# %% [markdown]
# ### First without time
#
# Your network also takes clips of *one* frame. There is nothing before and after but zeros, so it is a 2-D network.
# Train it on all 21,600 frames, each with the class of its clip. For a test clip it looks at the twelve frames
# one by one, and its twelve answers are averaged.
#
# **Predict:** luck alone gives 0.17. What does the network reach?


# %% tags=["nbval-ignore-output"]
@cache
def trained_on_frames():
    """action_model after its training on single frames."""
    keras.utils.set_random_seed(1)
    frames = X_clips.reshape(-1, 1, *X_clips.shape[2:])
    model = action_model(frames.shape[1:], 6)
    return train(model, frames, np.repeat(y_clips, X_clips.shape[1]), epochs=2, batch_size=128)


frames = X_clips_test.reshape(-1, 1, *X_clips_test.shape[2:])
chances = trained_on_frames().predict(frames, batch_size=600, verbose=0).reshape(len(X_clips_test), -1, 6)
print(f"frame by frame, averaged: {np.mean(chances.mean(axis=1).argmax(axis=1) == y_clips_test):.3f}")

# %% [markdown]
# ### And with time


# %% tags=["nbval-ignore-output"]
@cache
def trained_on_clips():
    """action_model after its training on whole clips."""
    keras.utils.set_random_seed(1)
    return train(action_model(X_clips.shape[1:], 6), X_clips, y_clips, epochs=20)


said = answers(trained_on_clips(), X_clips_test)
print(f"whole clips: {np.mean(said == y_clips_test):.3f}")

# %%
frames = X_clips_test.reshape(-1, 1, *X_clips_test.shape[2:])
chances = trained_on_frames().predict(frames, batch_size=600, verbose=0).reshape(len(X_clips_test), -1, 6)
print("frame by frame below 0.25:", np.mean(chances.mean(axis=1).argmax(axis=1) == y_clips_test) < 0.25)
print("whole clips at least 0.90:", np.mean(answers(trained_on_clips(), X_clips_test) == y_clips_test) >= 0.9)

# %% [markdown]
# The same layers, the same kinds of kernels, the same pixels. All that was added is a moment before and a moment
# after.
#
# ### The film runs backwards
#
# Now play every test clip backwards. The frames stay the same, every one of them; only their order is turned round.
# The network has never seen such a thing: every clip that it learned from ran forwards.
#
# **Before you run the next cell**: what will it say of a shape that moved to the left? And of one that grew?

# %% tags=["nbval-ignore-output"]
model = trained_on_clips()
forwards, backwards = answers(model, X_clips_test), answers(model, X_clips_test[:, ::-1].copy())
motions.show_table(
    motions.count_pairs(forwards, backwards), "it says of the clip", "it says of the clip played backwards"
)
shuffled = motions.shuffled(X_clips_test, seed=1)
print(f"right with the frames of each clip shuffled: {np.mean(answers(model, shuffled) == y_clips_test):.3f}")

# %%
model = trained_on_clips()
forwards, backwards = answers(model, X_clips_test), answers(model, X_clips_test[:, ::-1].copy())
turned = np.mean(backwards == np.array(motions.BACKWARDS)[forwards])
print("left and right, up and down, growing and shrinking change places in at least 0.85:", turned >= 0.85)
shuffled = motions.shuffled(X_clips_test, seed=1)
print("right with the frames shuffled, below 0.45:", np.mean(answers(model, shuffled) == y_clips_test) < 0.45)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The answers change places, pair by pair. And with the same twelve frames in any order it is nearly lost. So it
# does not know what *left-moving things look like*; there is no such look. It knows what follows what.
#
# </details>
#
# Here are the eight kernels of the first layer, each from top down: before, now, after. **Predict:** what would a
# kernel look like that cannot see anything that stands still?

# %% tags=["nbval-ignore-output"]
motions.show_kernels(trained_on_clips().get_weights()[0])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Nearly all are dark before and bright after, or the other way round. They subtract one moment from another, and of
# the still ground and the still shape nothing is left. Nobody told them that either.
#
# </details>
#
# **Think.** For real films there are networks that look at one frame and know *swimming* from *playing the piano*:
# water and keys are enough. On which actions would they fail? And what should a test set for films hold, so that
# you find out?
#
# **Think.** A clip mirrored left to right is a clip as well. Which labels must change? How many training clips could
# you make of one, with mirrors and with time turned round, without drawing anything?
#
# ## In short
#
# - A convolution needs neighbours, and does not care along how many axes: 14 numbers and a window
#   of 5 give 10, along each axis.
# - Each axis more multiplies places and weights: here fifty times the work.
# - A kernel is a matched filter: it answers where the input looks like itself. Over more axes it adds up more.
# - The largest number at the end for what happens once, the mean for what happens all the time.
# - A network of frames cannot see motion. Test what your network uses: cover, shuffle, play backwards.
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | 1-D convolution, 3-D convolution | 一维卷积，三维卷积 |
# | electrocardiogram (ECG) | 心电图 |
# | matched filter | 匹配滤波器 |
# | premature beat | 早搏 |
# | volume, slice | 体数据，切片 |
# | frame, clip | 帧，视频片段 |
# | action recognition | 动作识别 |
# | global max pooling, global average pooling | 全局最大池化，全局平均池化 |
#
# **Papers**
#
# - D. O. North: *An analysis of the factors which determine signal/noise discrimination in pulsed-carrier
#   systems*, 1943: the matched filter
# - P. E. McSharry, G. D. Clifford, L. Tarassenko, L. A. Smith: *A dynamical model for generating synthetic
#   electrocardiogram signals*, 2003: beats as sums of bells
# - S. Kiranyaz, T. Ince, M. Gabbouj: *Real-time patient-specific ECG classification by 1-D convolutional neural
#   networks*, 2016
# - S. Ji, W. Xu, M. Yang, K. Yu: *3D convolutional neural networks for human action recognition*, 2013 (first
#   in 2010)
# - D. Tran, L. Bourdev, R. Fergus, L. Torresani, M. Paluri: *Learning spatiotemporal features with 3D
#   convolutional networks*, 2015. arXiv:1412.0767 (3 x 3 x 3 throughout)
# - M. D. Zeiler, R. Fergus: *Visualizing and understanding convolutional networks*, 2014. arXiv:1311.2901
#   (covering parts of the input)
#
# ## Four weeks
#
# You began with a filter of nine numbers that found an edge, and built a layer around it, forwards and backwards,
# until no magic was left. You stacked layers until they would not train, and found the shortcut that makes them. You
# taught a network to say *where*, *whose face*, *in whose style*. And at the end the window has left the picture.
# Whatever you meet next, from speech to weather to the shape of a protein, look for the axis along which neighbours
# mean something, and you know where to start.
#
# Where there is an order without a fixed distance, in language for instance, **recurrent networks** and
# **attention** go on from here. And a good next step needs no course: take data of your own, draw ten pictures of it
# before anything else, find out what luck and a simple rule reach, and only then let something slide.

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
