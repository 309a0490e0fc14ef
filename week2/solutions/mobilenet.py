# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: MobileNet
#     order: 4
#     minutes: 130
#     runs: 2
# ---

# %% [markdown]
# # MobileNet: a network for your pocket
#
# VGG-16 needs 15.5 billion multiplications to say what is on one picture, and keeps 138 million weights for
# it. On a computer with a large graphics card nobody minds. A telephone has a battery.
#
# In 2017 a group at Google built a network that needs 569 million multiplications and 4.2 million weights. On
# ImageNet it was right for 70.6 of a hundred pictures; VGG-16 for 71.5. One twenty-seventh of the work, one
# thirty-third of the weights, and less than one picture in a hundred lost.
#
# No new hardware was in it, and no new way of training. They had looked hard at one convolution and asked:
# **does it really have to do both of its jobs at once?**
#
# **At the end you can**
# - say what a convolution costs, split it in two, and say what that saves before you build it;
# - measure why a phone (or your laptop) does not give you all of it;
# - build the blocks of MobileNet v1 and v2, and the whole of MobileNetV2, number for number the one that
#   Keras has;
# - spend a budget of multiplications: on depth, on width or on resolution.
#
# About two hours and ten minutes. Six exercises, 60 points.

# %%
from functools import cache

import workbook

workbook.start("mobilenet")

import keras
import numpy as np
from keras.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    ReLU,
)

import helpers
import mobile
from workbook import check, hint
from workbook.data import load_signs

# %% [markdown]
# ## Two jobs in one
#
# A 3x3 convolution from $n_C$ channels to $n_C'$ does two things in one go. It looks at **neighbours**: nine
# pixels and not one. And it **mixes channels**: every output reads all of them. Nine times $n_C$ products for
# one number, on the left of the drawing.
#
# Split it. First a **depthwise** convolution: every channel has a 3x3 window of its own and keeps to itself. It has
# no number of filters; as many channels come out as went in. Then a **1x1 convolution**, also called *pointwise*: it
# mixes the channels, one pixel at a time. Together they are a **depthwise separable convolution**. (You have taken a
# kernel apart before: Sobel's, into a column and a row. There rows were parted from columns; here places are parted
# from channels.)

# %% tags=["nbval-ignore-output"]
mobile.draw_two_steps()

# %% [markdown]
# Now count for a whole layer, with an $f \times f$ window and an output of $n_H \times n_W$ pixels:
#
# | | multiplications |
# |:--|:--|
# | standard | $n_H\, n_W \cdot f^2\, n_C\, n_C'$ |
# | depthwise | $n_H\, n_W \cdot f^2\, n_C$ |
# | 1x1 | $n_H\, n_W \cdot n_C\, n_C'$ |
#
# Divide the two steps by the standard convolution. The picture cancels, and so do the channels that come in:
#
# $$ \text{ratio} = \frac{f^2\, n_C + n_C\, n_C'}{f^2\, n_C\, n_C'} = \frac{1}{n_C'} + \frac{1}{f^2}. $$
#
# *By hand.* One pixel, $f = 3$, 32 channels in and 64 out. Standard: $9 \cdot 32 \cdot 64 = 18{,}432$.
# Separable: $9 \cdot 32 + 32 \cdot 64 = 288 + 2{,}048 = 2{,}336$. The ratio is $0.127$, and so is
# $1/64 + 1/9$: about an eighth. And nearly all that is left is in the 1x1 convolution.
#
# ### Exercise 1: `separable_cost_ratio`
#
# **Return** the cost of the separable convolution as a share of the standard one's.
#
# - in: `f`, the side of the window; `filters`, $n_C'$
# - out: one number
#
# Difficulty 1 of 5, about 8 minutes, 5 points.


# %%
def separable_cost_ratio(f, filters):
    """Multiplications of a depthwise separable convolution over those of a standard one.

    f        side of the window
    filters  channels of the output

    Returns one number.
    """
    ### BEGIN SOLUTION
    return 1 / filters + 1 / f**2
    ### END SOLUTION


# %%
check(separable_cost_ratio)

# %% [markdown]
# **Predict:** a 3x3 window, and more and more filters: 8, 64, 512. How many times cheaper is the separable
# convolution? Where does it end?

# %%
for filters in (8, 64, 512):
    print(f"{filters:3} filters: {1 / separable_cost_ratio(3, filters):.1f} times cheaper")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Nine is the wall: the 1x1 convolution alone costs a ninth. A larger window saves more, which is why later
# networks take 5x5 and even 7x7 windows again, where they are depthwise.
#
# </details>
#
# ### Counted, and measured
#
# That was arithmetic. The next cell builds both kinds of layer, from $n_C$ channels to $n_C$, gives them
# eight pictures of 32x32, and takes the time.
#
# **Before you run it**, draw the two curves: how many times cheaper by counting, and by the clock?


# %% tags=["nbval-ignore-output"]
@cache
def measured():
    """By number of channels: how many times cheaper by counting, and by the clock. Measures once."""
    counted = {n_C: 1 / separable_cost_ratio(3, n_C) for n_C in (8, 16, 32, 64, 128, 256)}
    standard, separable = mobile.time_convolutions(counted)
    return counted, [slow / fast for slow, fast in zip(standard, separable, strict=True)]


counted, clocked = measured()
mobile.plot_costs(list(counted), list(counted.values()), clocked)

# %%
counted, clocked = measured()
below = sum(seen < promised for seen, promised in zip(clocked, counted.values(), strict=True))
print("the clock shows less than the count at four widths of six, or more:", below >= 4)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The promise is not kept. Why? Multiplying is not all that a computer does: it also has to **fetch the
# numbers**. A standard convolution fetches a number and uses it for every filter. A depthwise one fetches it,
# uses it nine times, and is done with it. The arithmetic units wait for memory. The more channels, the more
# work the 1x1 convolution has with each number, and the closer the clock comes to the count.
#
# Remember that when somebody sells you a network by its multiplications. They are an upper bound for hope.
#
# </details>
#
# **Think.** On which machine would the gap be larger: on one with fast arithmetic and slow memory, or the
# other way round?
#
# ## MobileNet v1: one block, thirteen times
#
# MobileNet v1 is a first ordinary convolution, then thirteen times this block:
#
# ```text
#  X ── depthwise 3x3/s ── BN ── ReLU6 ── 1x1, filters ── BN ── ReLU6 ──
# ```
#
# Batch normalization (BN) and activation come after *each* of the two steps. The stride is on the depthwise one:
# why compute pixels for the mixing that are thrown away at once?
#
# **ReLU6** is a ReLU with a ceiling, $\min(\max(x, 0), 6)$. Phones like to calculate with 8 bits, that is,
# with 256 different numbers. If a layer's output may be anything, those 256 have to be spread thin. Between 0
# and 6 they lie less than 0.024 apart. (The paper draws a plain ReLU; the network that was published, and
# Keras's, has ReLU6.)
#
# *By hand.* $\mathrm{ReLU6}$ of $(-2,\ 0.5,\ 6,\ 7.5)$ is $(0,\ 0.5,\ 6,\ 6)$.
#
# ### Exercise 2: `depthwise_separable_block`
#
# **Build** the block in the drawing: a function from a Keras tensor to a Keras tensor.
#
# - `X`: shape $(m, n_H, n_W, n_C)$; the result
#   $(m, \lceil n_H/s \rceil, \lceil n_W/s \rceil, \text{filters})$ with $s$ = `strides`, 1 or 2.
# - `DepthwiseConv2D(3, ...)` with `padding="same"` makes the first step. Its first argument is the window.
# - Batch normalization as Keras gives it, along the last axis. A bias in front of it does nothing: leave it
#   out with `use_bias=False`, or keep it, as you like.
#
# *A worked step.* $(m, 8, 6, 4)$ with `filters=6, strides=2`: the depthwise step gives $(m, 4, 3, 4)$, the
# 1x1 convolution $(m, 4, 3, 6)$. Weights: $9 \cdot 4 + 4 \cdot 6 = 60$, and four numbers for each normalized
# channel.
#
# Difficulty 2 of 5, about 20 minutes, 12 points.


# %%
def depthwise_separable_block(X, filters, strides=1):
    """The block of MobileNet v1: a depthwise 3x3 convolution, then a 1x1 convolution.

    X        Keras tensor (m, n_H, n_W, n_C)
    filters  channels of the result
    strides  stride of the depthwise convolution, 1 or 2

    Returns a Keras tensor (m, ceil(n_H / strides), ceil(n_W / strides), filters).
    """
    # Depthwise convolution, 3x3, with the stride; batch normalization; ReLU6.
    ### BEGIN SOLUTION
    X = DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(X)
    X = BatchNormalization()(X)
    X = ReLU(6.0)(X)
    ### END SOLUTION

    # 1x1 convolution; batch normalization; ReLU6.
    ### BEGIN SOLUTION
    X = Conv2D(filters, 1, use_bias=False)(X)
    X = BatchNormalization()(X)
    return ReLU(6.0)(X)
    ### END SOLUTION


# %%
check(depthwise_separable_block)

# %% [markdown]
# Thirteen of your blocks are MobileNet v1. Keras has that network too, so we can ask whether yours is the
# same: the number of parameters, and with the same weights in both, the outputs. (Nothing is downloaded: the
# weights are random.)

# %%
size = (32, 32, 3)
ours = mobile.mobilenet_v1(depthwise_separable_block, size, classes=6)
theirs = keras.applications.MobileNet(size, weights=None, classes=6)
missing, difference = mobile.compare(ours, theirs, size)
print("as many parameters as Keras's MobileNet:", missing == 0)
print("with the same weights the outputs differ by less than 0.0001:", difference < 1e-4)

# %% [markdown]
# **Predict:** the same network for ImageNet, 224x224 pixels and 1000 classes. How many multiplications will
# we count: the 569 million of the introduction? And which share of them is in the depthwise convolutions?

# %%
size = (224, 224, 3)
found = mobile.steps(mobile.mobilenet_v1(depthwise_separable_block, size, classes=1000), size)
total = sum(step.multiplications for step in found)
print(f"MobileNet v1: {total / 1e6:.0f} million multiplications")
for kind in ("full", "depthwise", "1x1"):
    share = sum(step.multiplications for step in found if step.kind == kind) / total
    print(f"  {kind:9} {share:.0%}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The paper's number, to the million. And the part that looks at neighbours, the very thing that convolution
# was invented for, is 3 % of the work. Nearly all the rest is mixing channels.
#
# </details>
#
# ## MobileNet v2: thin, wide, thin
#
# A year later the same group turned ResNet's bottleneck inside out. ResNet's block is wide at its ends and
# thin in the middle. Here the ends are thin, and the middle, where the cheap depthwise convolution works, is
# wide:
#
# ```text
#  X ─┬─ 1x1, t·n_C ─ BN ─ ReLU6 ─ depthwise 3x3/s ─ BN ─ ReLU6 ─ 1x1, filters ─ BN ─(+)─
#     └───────────────────── only where s = 1 and filters = n_C ──────────────────────┘
# ```
#
# Two things are unusual.
#
# **The last step is linear.** No ReLU6 after the third convolution, and none after the addition. A ReLU sets
# what is negative to zero. In a wide layer the same thing is said in other channels too; in a thin one it is
# lost.
#
# **The wire connects the thin ends.** What has to be kept until the addition is the small tensor, not the
# large one.
#
# *By hand.* How much does a ReLU destroy? Take the point $(1, -2)$. ReLU gives $(1, 0)$: the $-2$ is gone for
# good. Now expand it to four channels first, $x_1, -x_1, x_2, -x_2$, that is $(1, -1, -2, 2)$. ReLU gives
# $(1, 0, 0, 2)$, and first minus second is $1$, third minus fourth is $-2$. Nothing is lost. Wide layers can
# afford a ReLU.
#
# ### Exercise 3: `inverted_residual_block`
#
# **Build** the block in the drawing.
#
# - `X`: shape $(m, n_H, n_W, n_C)$; the result
#   $(m, \lceil n_H/s \rceil, \lceil n_W/s \rceil, \text{filters})$.
# - `expansion` is $t$: the first convolution has $t \cdot n_C$ filters. With $t = 1$ there is no first
#   convolution, no batch normalization and no ReLU6 for it: it would only cost.
# - The depthwise convolution has the stride, `strides`, and `padding="same"`.
# - `X` is added only where `strides` is 1 and `filters` is $n_C$. Elsewhere nothing is added at all.
#
# *A worked step.* $(m, 5, 7, 4)$ with `filters=4, expansion=3, strides=1`: $(m, 5, 7, 12)$ after the first
# convolution and after the depthwise one, $(m, 5, 7, 4)$ after the third, and `X` fits.
#
# Difficulty 3 of 5, about 25 minutes, 15 points.


# %%
def inverted_residual_block(X, filters, expansion=6, strides=1):
    """The block of MobileNetV2: 1x1 to many channels, depthwise 3x3, 1x1 back to few.

    X          Keras tensor (m, n_H, n_W, n_C)
    filters    channels of the result
    expansion  the middle has expansion * n_C channels; 1: the first convolution is left out
    strides    stride of the depthwise convolution

    Returns a Keras tensor (m, ceil(n_H / strides), ceil(n_W / strides), filters).
    """
    n_C = X.shape[-1]
    Y = X

    # Expand, unless expansion is 1: 1x1 convolution; batch normalization; ReLU6.
    ### BEGIN SOLUTION
    if expansion != 1:
        Y = Conv2D(expansion * n_C, 1, use_bias=False)(Y)
        Y = BatchNormalization()(Y)
        Y = ReLU(6.0)(Y)
    ### END SOLUTION

    # Depthwise convolution, 3x3, with the stride; batch normalization; ReLU6.
    ### BEGIN SOLUTION
    Y = DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(Y)
    Y = BatchNormalization()(Y)
    Y = ReLU(6.0)(Y)
    ### END SOLUTION

    # Project: 1x1 convolution; batch normalization; nothing else.
    ### BEGIN SOLUTION
    Y = Conv2D(filters, 1, use_bias=False)(Y)
    Y = BatchNormalization()(Y)
    ### END SOLUTION

    # Add X where it fits.
    ### BEGIN SOLUTION
    if strides == 1 and filters == n_C:
        Y = Add()([X, Y])
    return Y
    ### END SOLUTION


# %%
check(inverted_residual_block)

# %% [markdown]
# ## MobileNetV2
#
# Seventeen of your blocks, an ordinary convolution before them and a 1x1 convolution after them. $t$ is the
# expansion, $c$ the channels of the result, $n$ how many blocks there are, $s$ the stride **of the first of
# them**. The others of a row have stride 1.
#
# | layer | $t$ | $c$ | $n$ | $s$ | result for 64x64, $\alpha = 1$ |
# |:--|--:|--:|--:|--:|:--|
# | 3x3 convolution, BN, ReLU6 | | 32 | 1 | 2 | 32 x 32 x 32 |
# | blocks | 1 | 16 | 1 | 1 | 32 x 32 x 16 |
# | blocks | 6 | 24 | 2 | 2 | 16 x 16 x 24 |
# | blocks | 6 | 32 | 3 | 2 | 8 x 8 x 32 |
# | blocks | 6 | 64 | 4 | 2 | 4 x 4 x 64 |
# | blocks | 6 | 96 | 3 | 1 | 4 x 4 x 96 |
# | blocks | 6 | 160 | 3 | 2 | 2 x 2 x 160 |
# | blocks | 6 | 320 | 1 | 1 | 2 x 2 x 320 |
# | 1x1 convolution, BN, ReLU6 | | 1280 | 1 | 1 | 2 x 2 x 1280 |
# | average over all pixels, dense layer with softmax | | | | | classes |
#
# **The width multiplier** $\alpha$ makes the whole thinner or wider: every $c$ becomes $\alpha c$, rounded to
# a multiple of 8, because processors like eights. The next cell has the rounding. One row is an exception:
# the last convolution keeps its 1280 channels where $\alpha$ is below 1, and grows like the others only where
# it is above.
#
# *By hand.* $\alpha = 0.35$. First convolution: $0.35 \cdot 32 = 11.2$, nearest multiple of 8 is 8; but that
# is less than nine tenths of 11.2, so 16. First block: $0.35 \cdot 16 = 5.6$, rounded to 8.


# %%
def make_divisible(channels):
    """The nearest multiple of 8, at least 8, and never less than nine tenths of channels."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


print([make_divisible(0.35 * c) for c in (32, 16, 24, 32, 64, 96, 160, 320)])

# %% [markdown]
# ### Exercise 4: `mobilenet_v2`
#
# **Build** the network in the table from your block: a function that returns a `keras.Model` from pictures
# $(m, n_H, n_W, n_C)$ to probabilities $(m, \text{classes})$.
#
# - The first convolution has `padding="same"`; every number of channels goes through `make_divisible`.
# - Last convolution: 1280 filters, and `make_divisible(1280 * alpha)` where `alpha` is above 1.
# - No dropout stands before the output.
#
# *A worked step.* The row $6, 24, 2, 2$ for $\alpha = 1$ is two calls:
# `inverted_residual_block(X, 24, 6, 2)`, then `inverted_residual_block(X, 24, 6, 1)`.
#
# Difficulty 4 of 5, about 35 minutes, 18 points.


# %%
def mobilenet_v2(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    """MobileNetV2 (Sandler et al. 2018): pictures to probabilities of classes.

    input_shape  (n_H, n_W, n_C)
    classes      number of classes
    alpha        width multiplier

    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, classes).
    """
    rows = [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]
    X_input = keras.Input(input_shape)

    # The first convolution, batch normalization, ReLU6.
    ### BEGIN SOLUTION
    X = Conv2D(make_divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False)(X_input)
    X = BatchNormalization()(X)
    X = ReLU(6.0)(X)
    ### END SOLUTION

    # The blocks, row by row: of the n blocks of a row the first has stride s, the others 1.
    ### BEGIN SOLUTION
    for t, c, n, s in rows:
        for i in range(n):
            X = inverted_residual_block(X, make_divisible(c * alpha), t, s if i == 0 else 1)
    ### END SOLUTION

    # The last convolution, batch normalization, ReLU6.
    ### BEGIN SOLUTION
    X = Conv2D(make_divisible(1280 * alpha) if alpha > 1 else 1280, 1, use_bias=False)(X)
    X = BatchNormalization()(X)
    X = ReLU(6.0)(X)
    ### END SOLUTION

    # The mean of each channel, and a dense layer with softmax.
    ### BEGIN SOLUTION
    X = GlobalAveragePooling2D()(X)
    X = Dense(classes, activation="softmax")(X)
    ### END SOLUTION

    return keras.Model(X_input, X)


# %%
check(mobilenet_v2)

# %% [markdown]
# Once more the question to Keras, at two widths, and the count for ImageNet.
#
# **Predict:** v1 has 4.2 million parameters and needs 569 million multiplications. Which of the two numbers
# does v2 bring down more?

# %%
for alpha in (0.35, 1.0):
    size = (64, 64, 3)
    theirs = keras.applications.MobileNetV2(size, alpha=alpha, weights=None, classes=6)
    missing, difference = mobile.compare(mobilenet_v2(size, 6, alpha), theirs, size)
    print(f"alpha {alpha}: as many parameters: {missing == 0}, same outputs: {difference < 1e-4}")
size = (224, 224, 3)
network = mobilenet_v2(size, classes=1000)
print(f"v2 for ImageNet: {mobile.multiplications(network, size) / 1e6:.0f} million multiplications")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Half the multiplications, and 3.5 million parameters in place of 4.2. On ImageNet it is right for 72.0
# pictures of a hundred, more than v1, and more than VGG-16.
#
# </details>
#
# ### What the wide middle costs
#
# Multiplications are one price. Memory is another: what comes out of a layer has to lie somewhere until the
# next one has read it. Here is the size of every convolution's output, for one picture of 64x64, in 32-bit
# numbers.
#
# **Before you run the next cell**: where in the network is the largest tensor, near the picture or near the
# classes? And how many times larger is it than the thin tensor beside it?

# %% tags=["nbval-ignore-output"]
found = mobile.steps(mobilenet_v2((64, 64, 3)), (64, 64, 3))
mobile.plot_memory(found)

# %%
found = mobile.steps(mobilenet_v2((64, 64, 3)), (64, 64, 3))
largest = max(found, key=lambda step: step.numbers)
kilobytes = largest.numbers * 4 / 1024
print(f"the largest output: {largest.shape}, {kilobytes:.0f} kB, of a {largest.kind} convolution")
print("the picture itself:", f"{64 * 64 * 3 * 4 / 1024:.0f} kB")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# One tensor towers over all: the expansion in the second block, six times the thin tensor that it is made from, and
# eight times the picture that came in. It is
# made by a 1x1 convolution and read by a depthwise one, channel by channel, which is a way out: no channel of
# the wide middle ever looks at another. So it can be made, filtered and projected a few channels at a time,
# and the whole of it need never exist. Only the thin tensors must. That is what "the wire connects the thin
# ends" buys.
#
# </details>
#
# **Think.** Training is another matter. Which tensors does the way back need, and why does the trick not help
# there?
#
# ## One number to scale them all
#
# Suppose that a network is good, and you may now spend more on it. Three things can grow:
#
# - **depth**: $d$ times as many layers. Cost: $d$ times.
# - **width**: $w$ times as many channels. Each layer reads $w$ times as many and writes $w$ times as many:
#   $w^2$ times.
# - **resolution**: pictures with $r$ times as many rows and columns: $r^2$ times.
#
# Each of them alone soon stops helping. Tan and Le (2019) let all three grow together, in fixed proportions:
#
# $$ d = \alpha^\phi \qquad w = \beta^\phi \qquad r = \gamma^\phi \qquad
# \text{cost} \approx d\,w^2 r^2 = (\alpha\,\beta^2\gamma^2)^\phi $$
#
# (This $\alpha$ is not the width multiplier from above; the papers use the letter twice.) A search on a small
# network gave them $\alpha = 1.2$, $\beta = 1.1$, $\gamma = 1.15$, for which
# $\alpha\beta^2\gamma^2 \approx 1.92$: each step of $\phi$ nearly doubles the cost. Then one number, $\phi$,
# makes a family: EfficientNet-B0 to B7. (B0 itself was found by a search among networks of such blocks as
# MobileNetV2's, each with a small gate that weighs its channels, called *squeeze and excitation*.)
#
# *By hand.* $\phi = 2$: $d = 1.2^2 = 1.44$, $w = 1.1^2 = 1.21$, $r = 1.15^2 = 1.3225$. The cost grows by
# $1.44 \cdot 1.21^2 \cdot 1.3225^2 \approx 3.69$.
#
# ### Exercise 5: `compound_scaling`
#
# **Return** the three factors for a $\phi$, which need not be whole and may be negative.
#
# - in: `phi`, and the three bases
# - out: `(depth, width, resolution)`
#
# Difficulty 1 of 5, about 8 minutes, 5 points.


# %%
def compound_scaling(phi, alpha=1.2, beta=1.1, gamma=1.15):
    """Factors for depth, width and resolution.

    phi    how many steps to scale; a fraction or a negative number will do
    alpha  what one step multiplies the depth by
    beta   what one step multiplies the width by
    gamma  what one step multiplies the resolution by

    Returns depth, width, resolution.
    """
    ### BEGIN SOLUTION
    return alpha**phi, beta**phi, gamma**phi
    ### END SOLUTION


# %%
check(compound_scaling)

# %% [markdown]
# In practice the question comes the other way round. A network costs so much, you may spend so much: which
# $\phi$?
#
# $$ \text{flops} \cdot (\alpha\,\beta^2\gamma^2)^\phi = \text{budget} $$
#
# *By hand.* From 100 to 800 million: the ratio is 8. One step is 1.92.
# $\phi = \ln 8 / \ln 1.92 \approx 3.19$: a little more than the three steps that doubling would take.
#
# ### Exercise 6: `scale_to_budget`
#
# **Return** the $\phi$ with which the network costs the budget.
#
# - in: `flops`, what the network costs now; `budget`, what it may cost; the three bases
# - out: `phi`, one number, negative where the budget is smaller
#
# Difficulty 2 of 5, about 12 minutes, 5 points.


# %%
def scale_to_budget(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    """The phi with which a network that costs flops costs budget.

    flops   multiplications of the network for one picture
    budget  how many it may need, in the same unit
    alpha   what one step multiplies the depth by
    beta    what one step multiplies the width by
    gamma   what one step multiplies the resolution by

    Returns phi, one number.
    """
    ### BEGIN SOLUTION
    return np.log(budget / flops) / np.log(alpha * beta**2 * gamma**2)
    ### END SOLUTION


# %%
check(scale_to_budget)

# %% [markdown]
# **Predict:** EfficientNet-B0 needs 0.39 billion multiplications, B7 37 billion. Which $\phi$ leads from the
# one to the other?

# %%
print(f"phi = {scale_to_budget(0.39e9, 37e9):.1f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Seven. The names B0 to B7 count the steps of $\phi$, near enough.
#
# </details>
#
# ### Where is a multiplication best spent?
#
# Try it on hand signs: a hand shows 0, 1, 2, 3, 4 or 5.

# %% tags=["nbval-ignore-output"]
signs = load_signs()
helpers.show_signs(signs.X_train[:10], signs.y_train[:10])

# %% [markdown]
# A small network of your blocks looks at these pictures at half their size, 32x32. It has one block in each
# of three stages. Then it may cost about three times as much, and spends that on one thing alone:
#
# - **deeper**: three blocks in each stage;
# - **wider**: $\sqrt 3 \approx 1.7$ times as many channels in each layer;
# - **larger pictures**: 55x55, which is $\sqrt 3$ times as many rows and columns.
#
# All four are trained on the same 720 pictures for the same five epochs. That takes about half a minute.
#
# **Before you run the next cell**, write down an order: which of the three is best, which is worst?


# %% tags=["nbval-ignore-output"]
@cache
def spent():
    """The small network, and what each way to spend three times as much has brought.

    Returns {name: (multiplications, test accuracy)}. Trains once and remembers.
    """
    ways = {
        "small": (1, 1, 1),
        "deeper": (3, 1, 1),
        "wider": (1, 3**0.5, 1),
        "larger\npictures": (1, 1, 3**0.5),
    }
    results = {}
    for name, factors in ways.items():
        model, accuracy = mobile.trained_network(
            inverted_residual_block, factors, signs, epochs=5, pictures=720
        )
        results[name] = mobile.multiplications(model, model.input_shape[1:]), accuracy
    return results


mobile.plot_budget(spent())

# %%
small, deeper, wider, larger = spent().values()
print("times as costly:", *(f"{way[0] / small[0]:.1f}" for way in (deeper, wider, larger)))
print("larger pictures alone are the best of the three:", larger[1] > max(deeper[1], wider[1]))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Three times the work on larger pictures, and nothing gained: in our run 0.64, where the small network had 0.71.
# Follow one number of the last stage back to the picture. The windows on its way, 3x3 each, with the strides
# between them, let it see 19x19 pixels. Of 32x32 that is more than half of each side; of 55x55 a third. No
# number ever sees a whole hand.
#
# With nine blocks it sees 75x75, and with two in each stage 47x47. So the three belong together: larger
# pictures ask for more depth to see all of them, and show more detail, which asks for more channels. With
# other pictures and longer training the order may change; that one thing alone soon stops helping does not.
#
# </details>
#
# ## Ten million multiplications
#
# Now all three together, with your two functions. The small network needs 1.5 million multiplications. You
# may spend 10 million on a picture: a fifty-seventh of what MobileNet v1 needs, less than a thousandth of
# VGG-16.
#
# **Predict:** about how many blocks in a stage, how many channels in the first layer (the small network has
# 16), and how many rows of pixels (it has 32)?

# %%
size = (32, 32, 3)
small_cost = mobile.multiplications(mobile.small_network(inverted_residual_block), size)
phi = scale_to_budget(small_cost, 10e6)
depth, width, resolution = compound_scaling(phi)
print(f"phi = {phi:.2f}: depth {depth:.2f}, width {width:.2f}, resolution {resolution:.2f}")
network = mobile.small_network(inverted_residual_block, depth, width, resolution)
size = network.input_shape[1:]
print(f"pictures: {size}, multiplications: {mobile.multiplications(network, size) / 1e6:.1f} million")
print(f"parameters: {network.count_params():,}, ResNet-50 has 23.6 million")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A depth of 1.7 is no number of blocks: there are two. So the cost is a little above the budget.
#
# </details>
#
# **Write down** the accuracy on the test pictures that you expect from eighty thousand numbers, where a die
# gets 0.17. All training pictures, eight epochs: about a minute on two cores.


# %% tags=["nbval-ignore-output"]
@cache
def trained():
    """The network that your two functions have scaled, after training, and its test accuracy. Trains once."""
    small_cost = mobile.multiplications(mobile.small_network(inverted_residual_block), (32, 32, 3))
    factors = compound_scaling(scale_to_budget(small_cost, 10e6))
    return mobile.trained_network(inverted_residual_block, factors, signs, epochs=8)


model, accuracy = trained()
print(f"test accuracy: {accuracy:.3f}")

# %%
model, accuracy = trained()
print("test accuracy at least 0.95:", accuracy >= 0.95)
print("less than a tenth of ResNet-50's parameters:", model.count_params() < 23.6e6 / 10)
print("and less than a hundredth:", model.count_params() < 23.6e6 / 100)

# %% tags=["nbval-ignore-output"]
model, accuracy = trained()
pictures = mobile.resize(signs.X_test, model.input_shape[1])
helpers.show_predictions(model, pictures[:12], signs.y_test[:12])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Eighty thousand weights: a picture of 160x160 in colour holds about as many numbers. ResNet-50 has three
# hundred times as many.
#
# </details>
#
# **Think.** Why did we not train the `mobilenet_v2` of exercise 4? We did. At $\alpha = 0.35$ it has 417,894
# parameters, and after ten epochs of the same training we measured 0.80 on the test pictures. Look at the
# table: the picture is halved five times. What is left of 64x64 when the last blocks, with most of the
# weights, see it?
#
# <details><summary>One answer</summary>
#
# 2x2. The table was made for 224x224, of which 7x7 are left. And 17 blocks take longer to learn anything than
# six: after three epochs the deep network was right for a quarter of its training pictures. A network fits
# its pictures, not the other way round.
#
# </details>
#
# ## In short
#
# - A convolution looks at neighbours and mixes channels. Split into a depthwise and a 1x1 convolution it
#   costs $1/n_C' + 1/f^2$ of what it did: an eighth or a ninth for 3x3.
# - The clock does not follow the count: a depthwise convolution spends its time on fetching numbers.
# - MobileNetV2's block is thin, wide, thin, with a linear end, and the wire connects the thin ends. The wide
#   middle is the largest tensor of all, and never has to exist as a whole.
# - The cost grows with the depth, and with the square of width and of resolution. Scale all three together, by one
#   number.
#
# **To think about**
# 1. Where would you put a 5x5 depthwise window: into the first blocks or into the last? What does it add to
#    the cost?
# 2. The shortcut of exercise 3 is left out where the channels differ. ResNet puts a 1x1 convolution there.
#    What would that cost in a block with expansion 6, as a share?
# 3. A phone calculates with 8-bit integers. Which of the blocks' tensors have a known range before you have
#    seen a single picture, and which have not?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | depthwise convolution | 逐通道卷积（深度卷积） |
# | pointwise (1x1) convolution | 逐点卷积（1×1 卷积） |
# | depthwise separable convolution | 深度可分离卷积 |
# | inverted residual block | 倒残差块 |
# | linear bottleneck | 线性瓶颈 |
# | expansion | 扩展（升维） |
# | width multiplier | 宽度乘子 |
# | multiplications (multiply-adds) | 乘加运算量 |
# | memory bandwidth | 内存带宽 |
# | compound scaling | 复合缩放 |
# | resolution | 分辨率 |
# | quantization | 量化 |
#
# **Papers**
# - L. Sifre: *Rigid-motion scattering for image classification*, PhD thesis, École Polytechnique, 2014 (the
#   depthwise separable convolution)
# - F. Chollet: *Xception: deep learning with depthwise separable convolutions*, 2016 (CVPR 2017). arXiv:1610.02357
# - A. G. Howard et al.: *MobileNets: efficient convolutional neural networks for mobile vision applications*,
#   2017, arXiv:1704.04861
# - M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen: *MobileNetV2: inverted residuals and linear
#   bottlenecks*, 2018. arXiv:1801.04381
# - M. Tan, Q. V. Le: *EfficientNet: rethinking model scaling for convolutional neural networks*, 2019.
#   arXiv:1905.11946

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
