# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Inception
#     order: 3
#     minutes: 110
#     runs: 2
# ---

# %% [markdown]
# # Inception: all windows at once
#
# 1x1, 3x3 or 5x5? Whoever designs a network must choose a window for every layer, and nobody knows the answer.
# In 2014 a team at Google refused to choose. Their layer has all three windows, and a pooling as well, side by
# side, and leaves it to training which of them to listen to.
#
# That ought to be far too expensive. What makes it affordable is the smallest convolution there is, one that
# looks at a single pixel. It came from Singapore, from a paper of 2013 called *Network in network*. The team at
# Google took the idea, and a joke that went round the internet about a film of dreams within dreams, "we need to
# go deeper", which the paper cites in earnest as a source of the name. Their network, GoogLeNet, won the ImageNet
# challenge of 2014: in 6.7 of 100 pictures the right answer was not among its first five.
#
# **At the end you can**
# - say what a 1x1 convolution does, and prove that it is a dense layer on every pixel;
# - count the multiplications of a convolution, and save most of them with a bottleneck;
# - build the Inception module, and GoogLeNet with its three outputs from it;
# - say what two of these outputs are for, and show with gradients when they help and when they do not.
#
# About an hour and fifty minutes, with one or two of waiting while it trains. Four exercises, 50 points.

# %%
from functools import cache

import workbook

workbook.start("inception")

import keras
import numpy as np
from keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)

import branches
import helpers
from workbook import check, hint
from workbook.data import load_signs

# %% tags=["nbval-ignore-output"]
signs = load_signs()
X_train, X_test = signs.X_train.astype("float32") / 255, signs.X_test.astype("float32") / 255
y_train, y_test = signs.y_train, signs.y_test
helpers.show_signs(X_train[:10], y_train[:10])

# %% [markdown]
# The signs of the residual lesson: hands that show 0 to 5, 64 by 64 pixels in colour.
#
# ## A window of one pixel
#
# A 1x1 convolution looks at one pixel. What can it possibly find there? Not an edge, not a corner. But a pixel
# has *channels*, and after a few layers there are hundreds of them: how much edge, how much red, how much
# fingertip. A 1x1 convolution mixes the channels of each pixel into new ones. For pixel $(h, w)$ and filter $j$:
#
# $$ a_{h,w,j} = \mathrm{ReLU}\Big( b_j + \sum_{k=1}^{n_C} x_{h,w,k}\, W_{k,j} \Big). $$
#
# *By hand.* A pixel with three channels, $x = (2, 0, 1)$, and two filters,
# $W_{:,1} = (1, 1, -1)$ with $b_1 = 0$ and $W_{:,2} = (-1, 3, 1)$ with $b_2 = 0.5$:
#
# $$ a_1 = \mathrm{ReLU}(2 + 0 - 1) = 1, \qquad a_2 = \mathrm{ReLU}(0.5 - 2 + 0 + 1) = \mathrm{ReLU}(-0.5) = 0. $$
#
# The next pixel goes through the same two filters, and so does every other one.
#
# ### Exercise 1: `pointwise_convolution`
#
# **Build** a 1x1 convolution with biases and then a ReLU: a function from a Keras tensor to a Keras tensor.
#
# - `X`: shape $(m, n_H, n_W, n_C)$; the result $(m, n_H, n_W, \text{filters})$.
# - One convolution of stride 1, with its biases, then the ReLU, and nothing else.
#
# *A worked step.* $(m, 5, 7, 6)$ with `filters=4` gives $(m, 5, 7, 4)$. It has $6 \cdot 4 + 4 = 28$ parameters.
#
# Difficulty 1 of 5, about 10 minutes, 7 points.


# %%
def pointwise_convolution(X, filters):
    """A 1x1 convolution with biases, then ReLU.

    X        Keras tensor (m, n_H, n_W, n_C)
    filters  number of channels that come out

    Returns a Keras tensor (m, n_H, n_W, filters).
    """
    ### BEGIN SOLUTION
    return Conv2D(filters, 1, activation="relu")(X)
    ### END SOLUTION


# %%
check(pointwise_convolution)

# %% [markdown]
# ### It is a dense layer on every pixel
#
# Look at the formula again. For one pixel it is $\mathrm{ReLU}(W^\top x + b)$: a dense layer from $n_C$ numbers
# to `filters` numbers. The position $(h, w)$ appears on both sides and nowhere else; $W$ and $b$ do not depend on
# it. That is the proof. *Network in network* is meant literally: a small dense network sits at every pixel, and
# it is the same one everywhere.
#
# Three filters made by hand: is there more red than blue, how bright is the pixel, how dark? The last one needs
# its bias.

# %% tags=["nbval-ignore-output"]
inputs = keras.Input((64, 64, 3))
pointwise = keras.Model(inputs, pointwise_convolution(inputs, 3))
W = np.array([[2, 1 / 3, -1 / 3], [0, 1 / 3, -1 / 3], [-2, 1 / 3, -1 / 3]])  # (n_C, filters)
branches.set_weights(pointwise, W, np.array([0, 0, 1]))
branches.show_maps(X_test[3], pointwise(X_test[3:4])[0], ["more red than blue", "bright", "dark"])

# %% [markdown]
# The first filter finds the hand: skin has more red than blue, in almost any light. Of its shape the filter knows
# nothing: each pixel was asked alone.
#
# **Before you run the next cell**, write down: how many parameters has such a layer with four filters for pictures of
# 64x64? And of 640x640? And what happens if somebody shuffles all pixels of a picture before it goes in?

# %%
rng = np.random.default_rng(1)
W, b = rng.normal(size=(3, 4)), rng.normal(size=4)
inputs = keras.Input((64, 64, 3))
pointwise = keras.Model(inputs, pointwise_convolution(inputs, 4))
branches.set_weights(pointwise, W, b)
window = keras.Model(inputs, Conv2D(4, 3, padding="same")(inputs))

pixels = X_test[:2].reshape(-1, 3)  # one row for each pixel, as for a dense layer
dense = np.maximum(pixels @ W + b, 0).reshape(2, 64, 64, 4)
print("a dense layer on every pixel gives the same:", np.allclose(pointwise(X_test[:2]), dense, atol=1e-5))

shuffle = rng.permutation(64 * 64)


def shuffled(maps):
    """The same pixels in another order: (m, 64, 64, channels)."""
    return np.reshape(np.reshape(maps, (len(maps), 64 * 64, -1))[:, shuffle], np.shape(maps))


for name, layer in (("1x1", pointwise), ("3x3", window)):
    same = np.allclose(layer(shuffled(X_test[:2])), shuffled(layer(X_test[:2])), atol=1e-5)
    print(f"{name}: shuffle first or shuffle afterwards, it is the same: {same}")
print("parameters:", pointwise.count_params())

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Sixteen, for pictures of any size. And to a 1x1 convolution a picture is not a picture at all. It is a heap of
# pixels, and their order tells it nothing. Everything about *where* is left to the larger windows.
#
# </details>
#
# So what is it good for? For three things:
# 1. it makes a volume **thinner** (or wider) without touching height and width, as pooling shrinks height and
#    width without touching the channels;
# 2. with its ReLU it adds a **nonlinear step** almost for free;
# 3. it makes other convolutions **cheap**. That one you are about to count.
#
# ## What a convolution costs
#
# Time goes into multiplications. Each number of the output is a sum over a window of $f \times f$ pixels with
# $n_C$ channels: $f \cdot f \cdot n_C$ products. With `"same"` padding and stride 1 the output has
# $n_H \cdot n_W \cdot \text{filters}$ numbers:
#
# $$ \text{cost} = n_H \, n_W \cdot \text{filters} \cdot f^2 \, n_C. $$
#
# *By hand.* 28x28 pixels with 192 channels, 32 filters of 5x5:
# $28 \cdot 28 \cdot 32 \cdot 25 \cdot 192 = 120{,}422{,}400$. A hundred and twenty million, for one branch of one
# layer.
#
# Now a detour. First a 1x1 convolution to 16 channels, the **bottleneck**, then 5x5 from there:
#
# $$ \underbrace{28 \cdot 28 \cdot 16 \cdot 192}_{2{,}408{,}448} +
# \underbrace{28 \cdot 28 \cdot 32 \cdot 25 \cdot 16}_{10{,}035{,}200} = 12{,}443{,}648. $$
#
# The same output shape for a tenth of the price.
#
# ### Exercise 2: `convolution_cost`
#
# **Count** the multiplications of a convolution of stride 1 with `"same"` padding.
#
# - `input_shape` is $(n_H, n_W, n_C)$; the window is $f \times f$; `filters` channels come out.
# - `bottleneck=None`: straight. Else a number of channels: a 1x1 convolution to that many, then the $f \times f$
#   convolution from there. Both count.
# - Only multiplications: no additions, no biases. Products with the zeros of the border count like all others.
#
# Difficulty 2 of 5, about 15 minutes, 8 points.


# %%
def convolution_cost(input_shape, filters, f, bottleneck=None):
    """Multiplications of a convolution of stride 1 that keeps height and width.

    input_shape  (n_H, n_W, n_C)
    filters      number of channels that come out
    f            size of the window
    bottleneck   None, or the number of channels that a 1x1 convolution makes first

    Returns a number.
    """
    n_H, n_W, n_C = input_shape

    # Straight: f x f on all n_C channels.
    if bottleneck is None:
        ### BEGIN SOLUTION
        return n_H * n_W * filters * f * f * n_C
        ### END SOLUTION

    # Through the bottleneck: 1x1 first, then f x f on fewer channels.
    ### BEGIN SOLUTION
    reduce = n_H * n_W * bottleneck * n_C
    return reduce + n_H * n_W * filters * f * f * bottleneck
    ### END SOLUTION


# %%
check(convolution_cost)

# %% [markdown]
# How thin should the bottleneck be? **Predict**, for the example above (192 channels in, 32 out, 5x5): from which
# width on does the detour cost *more* than the straight way? Narrower than the 192 channels that come in, or
# wider?

# %%
straight = convolution_cost((28, 28, 192), 32, 5)
print("bottleneck  share of the straight way's cost")
for bottleneck in (8, 16, 32, 64, 128, 192):
    share = convolution_cost((28, 28, 192), 32, 5, bottleneck) / straight
    print(f"{bottleneck:10}  {share:.3f}", "  more!" if share > 1 else "")
costs = {width: convolution_cost((28, 28, 192), 32, 5, width) for width in range(1, 193)}
print("more from", next(width for width, cost in costs.items() if cost > straight), "on")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# At 155, a little before 192: the 1x1 convolution is not free.
#
# </details>
#
# **Think.** Set the two costs equal and solve for the bottleneck. What becomes of the answer when $f$ is 1?
#
# <details><summary>One answer</summary>
#
# $$\text{bottleneck} = \frac{\text{filters}\cdot f^2\cdot n_C}{n_C + \text{filters}\cdot f^2}
# = \frac{32\cdot 25\cdot 192}{192 + 800} \approx 154.8$$
#
# For $f = 1$ it is $\text{filters}\cdot n_C / (n_C + \text{filters})$, which is less than either of them: a 1x1
# convolution profits from a bottleneck too, if it is very thin. It is then a matrix of low rank.
#
# </details>
#
# ## The Inception module
#
# Four parts, side by side, all with the same input:
#
# 1. a 1x1 convolution;
# 2. a 1x1 convolution that *reduces*, then 3x3;
# 3. a 1x1 convolution that *reduces*, then 5x5;
# 4. a 3x3 max pooling of stride 1, then a 1x1 convolution.
#
# Everything keeps height and width, so the four results can be laid one behind the other, along the channels.
# Here is the first module of GoogLeNet. The bar on the right is its output, 256 channels of it.

# %% tags=["nbval-ignore-output"]
branches.draw_module(192, (64, 96, 128, 16, 32, 32))

# %% [markdown]
# Why a 1x1 convolution *after* the pooling? Pooling cannot make a volume thinner: 192 channels go in, 192 come out.
# Without it each module would give back as many channels as came in, and the channels of the other three parts would
# come on top: each module would be wider than the last.
#
# In 2014 a convolution was a convolution and a ReLU. A year later Ioffe and Szegedy, the second of them one of the
# team, put a *batch normalization* between the two, and an Inception network needed a fourteenth of the training
# steps. We have two cores and two minutes, so we do as they did. The next cell does all three steps; use it for every
# convolution from here on. (`momentum=0.9`: the residual lesson tells why. No bias: the batch normalization has a
# shift of its own.)


# %%
def convolution(X, filters, f=1, strides=1):
    """Convolution with "same" padding, batch normalization, ReLU.

    X: Keras tensor (m, n_H, n_W, n_C). Returns (m, ceil(n_H / strides), ceil(n_W / strides), filters).
    """
    X = Conv2D(filters, f, strides=strides, padding="same", use_bias=False, kernel_initializer="he_normal")(X)
    X = BatchNormalization(momentum=0.9)(X)
    return Activation("relu")(X)


# %% [markdown]
# ### Exercise 3: `inception_module`
#
# **Build** the module in the drawing: a function from a Keras tensor to a Keras tensor.
#
# - `X`: shape $(m, n_H, n_W, n_C)$. The result keeps $n_H$ and $n_W$, and has
#   `filters_1x1 + filters_3x3 + filters_5x5 + filters_pool` channels.
# - Each of the six convolutions is `convolution`: `"same"` padding, batch normalization, ReLU, also those that
#   reduce.
# - The pooling is a max pooling of 3x3, stride 1, `"same"` padding.
# - The order along the channels is 1x1, 3x3, 5x5, pooling.
#
# *A worked step.* $(m, 6, 9, 5)$ and the numbers 4, 3, 6, 2, 7, 8: the second part goes to $(m, 6, 9, 3)$ and then
# $(m, 6, 9, 6)$. The whole has $4 + 6 + 7 + 8 = 25$ channels. (The numbers 3 and 2 are gone: nobody outside sees
# how thin the bottlenecks are.)
#
# Difficulty 3 of 5, about 30 minutes, 15 points.


# %%
def inception_module(
    X, filters_1x1, filters_3x3_reduce, filters_3x3, filters_5x5_reduce, filters_5x5, filters_pool
):
    """The Inception module with reductions.

    X            Keras tensor (m, n_H, n_W, n_C)
    filters_...  numbers of filters of its six convolutions

    Returns a Keras tensor (m, n_H, n_W, filters_1x1 + filters_3x3 + filters_5x5 + filters_pool).
    """
    # First part: 1x1.
    ### BEGIN SOLUTION
    part_1x1 = convolution(X, filters_1x1)
    ### END SOLUTION

    # Second part: reduce, then 3x3.
    ### BEGIN SOLUTION
    part_3x3 = convolution(X, filters_3x3_reduce)
    part_3x3 = convolution(part_3x3, filters_3x3, 3)
    ### END SOLUTION

    # Third part: reduce, then 5x5.
    ### BEGIN SOLUTION
    part_5x5 = convolution(X, filters_5x5_reduce)
    part_5x5 = convolution(part_5x5, filters_5x5, 5)
    ### END SOLUTION

    # Fourth part: 3x3 max pooling that keeps height and width, then 1x1.
    ### BEGIN SOLUTION
    part_pool = MaxPooling2D(3, strides=1, padding="same")(X)
    part_pool = convolution(part_pool, filters_pool)
    ### END SOLUTION

    # All four, one behind the other.
    ### BEGIN SOLUTION
    return Concatenate()([part_1x1, part_3x3, part_5x5, part_pool])
    ### END SOLUTION


# %%
check(inception_module)

# %% [markdown]
# ## GoogLeNet
#
# Nine such modules, with these numbers:
#
# | module | 1x1 | 3x3 reduce | 3x3 | 5x5 reduce | 5x5 | pooling | channels out |
# |:--|--:|--:|--:|--:|--:|--:|--:|
# | 3a | 64 | 96 | 128 | 16 | 32 | 32 | 256 |
# | 3b | 128 | 128 | 192 | 32 | 96 | 64 | 480 |
# | 4a | 192 | 96 | 208 | 16 | 48 | 64 | 512 |
# | 4b | 160 | 112 | 224 | 24 | 64 | 64 | 512 |
# | 4c | 128 | 128 | 256 | 24 | 64 | 64 | 512 |
# | 4d | 112 | 144 | 288 | 32 | 64 | 64 | 528 |
# | 4e | 256 | 160 | 320 | 32 | 128 | 128 | 832 |
# | 5a | 256 | 160 | 320 | 32 | 128 | 128 | 832 |
# | 5b | 384 | 192 | 384 | 48 | 128 | 128 | 1024 |
#
# What do the bottlenecks save? Take the original size, pictures of 224x224, for which the maps are 28x28 in 3a and
# 3b, 14x14 in 4a to 4e and 7x7 in 5a and 5b. **Predict:** with bottlenecks the nine modules need which share of
# the multiplications that they would need without: a half, a quarter, a tenth?

# %%
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


# %%
def module_costs(bottlenecks):
    """Multiplications of each of the nine modules for pictures of 224x224, with or without bottlenecks."""
    costs, n_C = [], 192
    for name, (one, reduce_3, three, reduce_5, five, pool) in MODULES.items():
        n = {"3": 28, "4": 14, "5": 7}[name[0]]
        shape = (n, n, n_C)
        parts = [(one, 1, None), (three, 3, reduce_3), (five, 5, reduce_5), (pool, 1, None)]
        costs.append(sum(convolution_cost(shape, k, f, b if bottlenecks else None) for k, f, b in parts))
        n_C = one + three + five + pool
    return costs


straight, reduced = module_costs(False), module_costs(True)
print(f"straight:            {sum(straight):13,}")
print(f"through bottlenecks: {sum(reduced):13,}")
print(f"share:               {sum(reduced) / sum(straight):.2f}")

# %% tags=["nbval-ignore-output"]
branches.plot_costs(list(MODULES), module_costs(bottlenecks=False), module_costs(bottlenecks=True))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A little over a quarter. And look where the most is saved: by a factor of 2.4 in 3a, where 192 channels come in,
# and by one of 5.2 in 5a, where there are 832. The wider the input, the more a thin bottleneck is worth.
#
# </details>
#
# ### Three outputs
#
# Twenty-two layers were very deep in 2014, and the team feared that the first of them would learn nothing: the
# error has a long way back. So they let the network give its answer **three times**: at the end, and from two
# small *auxiliary heads* that branch off after 4a and 4d. Each answer has a loss, and training minimizes
#
# $$ L = L_{\text{main}} + 0.3\, L_{4a} + 0.3\, L_{4d}. $$
#
# After training the heads are cut off.

# %% tags=["nbval-ignore-output"]
branches.draw_network()

# %% [markdown]
# ### Exercise 4: `googlenet`
#
# **Build** the network: a function that returns a `keras.Model` from pictures $(m, n_H, n_W, n_C)$ to a **list of
# three** probabilities $(m, \text{classes})$: main, after 4a, after 4d.
#
# | main path | for a 64x64 picture |
# |:--|:--|
# | 7x7 convolution, 64 filters, stride 2 | 32 x 32 x 64 |
# | max pooling | 16 x 16 x 64 |
# | 1x1 convolution, 64 filters; 3x3 convolution, 192 filters | 16 x 16 x 192 |
# | max pooling | 8 x 8 x 192 |
# | modules 3a, 3b | 8 x 8 x 480 |
# | max pooling | 4 x 4 x 480 |
# | modules 4a to 4e | 4 x 4 x 832 |
# | max pooling | 2 x 2 x 832 |
# | modules 5a, 5b | 2 x 2 x 1024 |
# | average over all places (global average pooling) | 1024 |
# | dropout 0.4; dense layer with softmax | classes |
#
# | auxiliary head | for a 64x64 picture, after 4a |
# |:--|:--|
# | average pooling, 5x5, stride 3, `"same"` padding | 2 x 2 x 512 |
# | 1x1 convolution, 128 filters | 2 x 2 x 128 |
# | flatten | 512 |
# | dense layer, 1024, ReLU | 1024 |
# | dropout 0.7; dense layer with softmax | classes |
#
# - All convolutions are `convolution`. All max poolings of the main path are 3x3, stride 2, `"same"` padding.
# - `width` multiplies every number of filters, and the 1024 of the heads' dense layers, but not `classes`:
#   `int(width * filters)`.
# - `Dropout(0.4)` drops four of ten features, and only in training.
#
# Three things differ from the paper: the batch normalizations (the paper has another kind of normalization, twice,
# near the start); `"same"` padding in the heads, whose 5x5 window would
# not fit into a 4x4 map; and `width`, which lets us train a network half as wide.
#
# *A worked step.* With `width=0.5` module 3a is `inception_module(X, 32, 48, 64, 8, 16, 16)` and gives 128 channels.
# A 4x4 map under a 5x5 window with stride 3 and `"same"` padding gives $\lceil 4/3 \rceil = 2$ in each direction.
#
# Difficulty 4 of 5, about 40 minutes, 20 points.


# %%
def googlenet(input_shape, classes, width=1):
    """GoogLeNet with batch normalization (Szegedy et al. 2015): pictures to three times probabilities.

    input_shape  (n_H, n_W, n_C)
    classes      number of classes
    width        multiplies all numbers of filters

    Returns a keras.Model from (m, n_H, n_W, n_C) to a list of three (m, classes): main, after 4a, after 4d.
    """

    def n(filters):
        return int(width * filters)

    def auxiliary_head(X):
        # Average pooling, 1x1 convolution, flatten, dense layer, dropout, dense layer with softmax.
        ### BEGIN SOLUTION
        X = AveragePooling2D(5, strides=3, padding="same")(X)
        X = convolution(X, n(128))
        X = Flatten()(X)
        X = Dense(n(1024), activation="relu")(X)
        X = Dropout(0.7)(X)
        return Dense(classes, activation="softmax")(X)
        ### END SOLUTION

    X_input = keras.Input(input_shape)

    # Everything before 3a.
    ### BEGIN SOLUTION
    X = convolution(X_input, n(64), 7, strides=2)
    X = MaxPooling2D(3, strides=2, padding="same")(X)
    X = convolution(X, n(64))
    X = convolution(X, n(192), 3)
    X = MaxPooling2D(3, strides=2, padding="same")(X)
    ### END SOLUTION

    # The nine modules; heads after 4a and 4d; max poolings after 3b and 4e.
    auxiliary = []
    ### BEGIN SOLUTION
    for name, filters in MODULES.items():
        X = inception_module(X, *[n(each) for each in filters])
        if name in ("4a", "4d"):
            auxiliary.append(auxiliary_head(X))
        if name in ("3b", "4e"):
            X = MaxPooling2D(3, strides=2, padding="same")(X)
    ### END SOLUTION

    # The end of the main path.
    ### BEGIN SOLUTION
    X = GlobalAveragePooling2D()(X)
    X = Dropout(0.4)(X)
    main = Dense(classes, activation="softmax")(X)
    ### END SOLUTION

    return keras.Model(X_input, [main, *auxiliary])


# %%
check(googlenet)

# %% [markdown]
# AlexNet, two years older and beaten by far, has 60 million parameters. **Predict:** how many has GoogLeNet in use,
# without its heads, for the 1000 classes of ImageNet?

# %%
three = googlenet((224, 224, 3), 1000)
main = keras.Model(three.input, three.outputs[0])
print(f"in training, three outputs: {three.count_params() / 1e6:.1f} million parameters")
print(f"in use, the main output:    {main.count_params() / 1e6:.1f} million parameters")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Seven million; the rest serves only the training. The paper claims a twelfth of AlexNet's; by your count it is
# nearer to a ninth. Either way: twenty-two layers for a fraction of the price of eight.
#
# </details>
#
# ## Do the heads help?
#
# They were put there for the gradients of the early layers. So measure these: one batch, one backward pass,
# nothing learned yet, and the norm of the gradient for the first convolution, the 3x3 convolution after it, and the
# 3x3 convolution of every module. Once with the main loss alone, once with all three.
#
# We do it for two networks, both half as wide as the table. One has no batch normalization and starts as people
# started in those years, with small random numbers (standard deviation 0.03). The other is yours as it stands.
#
# **Predict** for each of them: by which factor do the heads enlarge the gradient of the very first layer?


# %% tags=["nbval-ignore-output"]
@cache
def early_gradients():
    """Gradient norms by place, for both networks, with the main loss alone and with all three."""
    keras.utils.set_random_seed(1)
    network = googlenet((64, 64, 3), 6, width=0.5)
    ways = {
        "small random start, no batch norm": branches.without_batch_norm(network, stddev=0.03),
        "with batch normalization": network,
    }
    losses = {"main output alone": (1, 0, 0), "all three outputs": (1, 0.3, 0.3)}
    X, y = X_train[:64], y_train[:64]
    return {
        way: {name: branches.gradient_norms(model, X, y, weights) for name, weights in losses.items()}
        for way, model in ways.items()
    }


branches.plot_gradients(early_gradients(), ["7x7", "3x3", *MODULES])

# %%
factors = {
    way: curves["all three outputs"][0] / curves["main output alone"][0]
    for way, curves in early_gradients().items()
}
for way, factor in factors.items():
    print(f"{way}: first gradient more than 30 times as large: {factor > 30}")
print("with batch normalization, more than twice:", factors["with batch normalization"] > 2)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# On the left the heads are a lifeline. Everything up to 4a gets its gradient from the first head, many dozen times
# what arrives from the end; right after 4a the solid line drops. On the right nobody needs them. Batch normalization
# keeps signals and gradients at a sensible size by itself, and the first layer gets the largest gradient of all.
#
# The authors came to the same conclusion. In 2015 they reported that the heads had not sped up the start of training
# at all, and that they act as a *regularizer* instead, a mild pressure towards features that are useful early.
# Their next network kept one of the two. The fix for one year's problem may be a decoration in the next, and a
# measurement tells which.
#
# </details>
#
# ## Training it
#
# Half as wide, with three losses, in batches of 16. Learning rate (a warm-up, then half a cosine) and augmentation
# are those of the residual lesson. It takes a minute or two on two cores.
#
# **Predict:** three outputs, one after 4a, one after 4d, one at the very end. Which is best after the first epochs,
# and which at the end?


# %% tags=["nbval-ignore-output"]
@cache
def trained():
    """Your GoogLeNet after training, and what was measured on the way. Trains once and remembers."""
    keras.utils.set_random_seed(1)
    model = googlenet((64, 64, 3), 6, width=0.5)
    return model, branches.train(model, X_train, y_train, X_test, y_test)


model, history = trained()
branches.plot_heads(history)

# %%
model, history = trained()
classifier = keras.Model(model.input, model.outputs[0])  # the heads are cut off
print("main output, test accuracy at least 0.95:", helpers.accuracy(classifier, X_test, y_test) >= 0.95)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Did you expect the end of the network to be far ahead? The three lines all but lie on top of each other. (If they dip
# together in the middle: the learning rate is still large there, and the moving averages trail behind the weights.) For
# six hand signs the features of 4a are good enough. The network that ends in its first head has 0.42 of the 1.51
# million parameters, and needs two thirds of the multiplications. Would you expect the same of a thousand classes?
#
# </details>
#
# **Predict** once more: which two signs will it confuse?

# %% tags=["nbval-ignore-output"]
model, history = trained()
classifier = keras.Model(model.input, model.outputs[0])
helpers.show_predictions(classifier, X_test[:12], y_test[:12])
helpers.show_confusion(classifier, X_test, y_test)

# %% [markdown]
# ## In short
#
# - A 1x1 convolution is a dense layer on every pixel. It mixes channels and knows nothing of place.
# - A convolution costs $n_H\, n_W \cdot \text{filters} \cdot f^2\, n_C$ multiplications. A bottleneck in front of it
#   makes $n_C$ small, and most of the cost goes away.
# - An Inception module does not choose a window: it has 1x1, 3x3, 5x5 and a pooling, side by side.
# - GoogLeNet is nine modules and a mean over all places. Its two auxiliary heads carry gradients to the early
#   layers where nothing else does, and are cut off after training.
#
# **To think about**
# 1. Take the 5x5 part apart into two 3x3 convolutions, one after the other. The window that they see together is
#    the same. What happens to the cost, and what is gained besides? (Szegedy et al. 2016 did it everywhere.)
# 2. The bottleneck throws channels away, and the network hardly minds. What does that say about the channels of one
#    pixel?
# 3. Cut the trained network after 4a and keep its first head. For which use would you take that network, and for
#    which the whole?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | pointwise (1x1) convolution | 逐点卷积（1×1 卷积） |
# | network in network | 网络中的网络 |
# | bottleneck layer | 瓶颈层 |
# | Inception module | Inception 模块 |
# | branch | 分支 |
# | concatenation along the channels | 通道拼接 |
# | computational cost | 计算量 |
# | auxiliary classifier | 辅助分类器 |
# | global average pooling | 全局平均池化 |
# | dropout | 随机失活 |
# | regularizer | 正则化项 |
#
# **Papers**
# - M. Lin, Q. Chen, S. Yan: *Network in network*, 2013. arXiv:1312.4400
# - C. Szegedy, W. Liu, Y. Jia, P. Sermanet, S. Reed, D. Anguelov, D. Erhan, V. Vanhoucke, A. Rabinovich: *Going
#   deeper with convolutions*, 2014 (CVPR 2015). arXiv:1409.4842
# - S. Ioffe, C. Szegedy: *Batch normalization: accelerating deep network training by reducing internal covariate
#   shift*, 2015. arXiv:1502.03167
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna: *Rethinking the Inception architecture for computer
#   vision*, 2015 (CVPR 2016). arXiv:1512.00567
# - A. Krizhevsky, I. Sutskever, G. Hinton: *ImageNet classification with deep convolutional neural networks*, 2012

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
