# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Classic networks
#     order: 1
#     minutes: 90
#     runs: 0.5
# ---

# %% [markdown]
# # Classic networks: the two that everybody copied
#
# Every year from 2010 on, teams from all over the world met in a contest: here are 1.2 million photographs of
# a thousand kinds of things; name what is in a hundred thousand new ones. Five guesses were allowed for each. In
# 2011 the winner was wrong on about one picture in four. In 2012 the best of the usual methods was wrong on
# 26.2 % of them, and one entry on 15.3 %.
#
# Behind that entry stood a convolutional network of eight layers, trained several times and averaged. Two years
# later nearly every team had one. Hardly anyone had invented a network from nothing: they had *read* the one of
# 2012, asked what in it mattered, and changed that. So shall we. **Reading networks is how one learns to write
# them**: the filters that double, the picture that halves, the 3x3 window were all found by somebody, once, and
# have been copied ever since.
#
# **At the end you can**
# - build AlexNet and VGG-16, the first from a list of layers, the second from a rule;
# - find the shape of every layer on paper, and the one layer that holds most of the parameters;
# - say what a stack of 3x3 windows sees, and why it is better than one large window;
# - prove that your VGG-16 is the one that the world uses, number by number.
#
# About an hour and a half. Three exercises, 40 points.

# %%
from functools import cache

import workbook

workbook.start("classic_networks")

import keras
import numpy as np
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

import classics
from workbook import check, hint

# %% [markdown]
# ## Three in a row
#
# | | LeNet-5 | AlexNet | VGG-16 |
# |:--|:--|:--|:--|
# | year | 1998 | 2012 | 2014 |
# | read | digits on cheques | a thousand kinds of photographs | the same thousand |
# | picture | 32 x 32 x 1 | 227 x 227 x 3 | 224 x 224 x 3 |
# | layers with weights | 5 | 8 | 16 |
# | parameters | about 60 thousand | about 60 million | 138 million |
# | activation | tanh | ReLU | ReLU |
# | makes pictures small with | averages | 3x3 maxima, overlapping | 2x2 maxima |
#
# LeNet-5 (you built it at the end of week 1) has the plan of all that came after it: convolution, pooling,
# convolution, pooling, then dense layers. Banks used it to read several million cheques a day. What was
# missing for photographs was not ideas but three other things: a million labelled pictures, a graphics card,
# and an activation whose slope does not fade away in a deep network.

# %% [markdown]
# ## AlexNet
#
# Alex Krizhevsky trained it for five or six days on two graphics cards of 3 GB each. The network was cut in
# two halves, one for each card, which met only in some of the layers. We leave the cut out: it was there
# because of the memory of 2012, and a network in one piece computes all that the two halves could.
#
# We also leave out a layer named *local response normalization*, in which neighbouring channels damp each
# other. It gained the authors a little more than 1 %; those of VGG tried it two years later and gained
# nothing but a larger bill for memory. Nobody uses it now.
#
# What stayed:
#
# | | layer | comes out |
# |:--|:--|:--|
# | | the picture | 227 x 227 x 3 |
# | 1 | convolution 11x11, 96 filters, **stride 4, no padding**; ReLU | 55 x 55 x 96 |
# | | max pooling 3x3, stride 2 | 27 x 27 x 96 |
# | 2 | convolution 5x5, 256 filters, "same"; ReLU | 27 x 27 x 256 |
# | | max pooling 3x3, stride 2 | 13 x 13 x 256 |
# | 3 | convolution 3x3, 384 filters, "same"; ReLU | 13 x 13 x 384 |
# | 4 | convolution 3x3, 384 filters, "same"; ReLU | 13 x 13 x 384 |
# | 5 | convolution 3x3, 256 filters, "same"; ReLU | 13 x 13 x 256 |
# | | max pooling 3x3, stride 2 | 6 x 6 x 256 |
# | | flatten | 9216 |
# | 6 | dense, 4096 units; ReLU; **dropout 0.5** | 4096 |
# | 7 | dense, 4096 units; ReLU; **dropout 0.5** | 4096 |
# | 8 | dense, softmax | classes |
#
# *By hand.* A window of $f$ with stride $s$ and no padding fits $\lfloor (n - f)/s \rfloor + 1$ times into
# $n$ pixels. First convolution: $(227 - 11)/4 + 1 = 55$. First pooling: $\lfloor (55 - 3)/2 \rfloor + 1 = 27$.
# Now do the other two poolings yourself, and compare with the table.
#
# (The paper says 224 pixels. But $(224 - 11)/4$ is no whole number, and the 55 of the paper's drawing needs
# 227. Even a paper that changed a field has a slip in its first layer.)

# %% tags=["nbval-ignore-output"]
classics.show_volumes(
    [
        ("picture", (227, 227, 3)),
        ("conv 1", (55, 55, 96)),
        ("pool", (27, 27, 96)),
        ("conv 2", (27, 27, 256)),
        ("pool", (13, 13, 256)),
        ("conv 3", (13, 13, 384)),
        ("conv 4", (13, 13, 384)),
        ("conv 5", (13, 13, 256)),
        ("pool", (6, 6, 256)),
        ("dense", (4096,)),
        ("dense", (4096,)),
        ("classes", (1000,)),
    ],
    "AlexNet: the picture shrinks, the channels grow",
)

# %% [markdown]
# ### Dropout: a different network for every picture
#
# Sixty million parameters and a million pictures: such a network could learn its pictures by heart. Dropout
# makes that hard. **In training** every unit is switched off with probability $r$, anew for each picture, and
# those that stay are divided by $1 - r$. **In use** nothing is switched off, and nothing is divided.
#
# $$ \text{training: } a \leftarrow \begin{cases} 0 & \text{with probability } r \\ a/(1-r) & \text{else} \end{cases}
# \qquad\qquad \text{in use: } a \leftarrow a $$
#
# *By hand.* A unit gives $a = 3$, and $r = 0.5$. In training it gives $0$ or $3/0.5 = 6$, each half of the
# time: $3$ on average. That is why in use no correction is needed. No unit can rely on a certain other one
# being there, so each must be useful by itself.
#
# ### Exercise 1: `alexnet`
#
# **Build** the network in the table: a function that returns a `keras.Model` from pictures
# $(m, n_H, n_W, n_C)$ to probabilities $(m, \text{classes})$.
#
# - `input_shape`: $(n_H, n_W, n_C)$; the table has it for $(227, 227, 3)$, but your function takes any that is
#   large enough;
# - `classes`: how many probabilities come out.
#
# Use the layer `Dropout(0.5)` and give it no mode: it asks the model whether it is being trained. The check sends
# a signal of 1 through your network in training mode: behind one dropout it should be 0 or 2, behind both 0 or 4.
# Weights may start as Keras likes.
#
# *A worked step.* The parameters of the first convolution: $11 \cdot 11 \cdot 3$ weights and a bias for each of
# the 96 filters, $(363 + 1) \cdot 96 = 34{,}944$.
#
# Difficulty 2 of 5, about 25 minutes, 15 points.


# %%
def alexnet(input_shape, classes):
    """AlexNet (Krizhevsky et al. 2012), in one piece and without response normalization.

    input_shape  (n_H, n_W, n_C)
    classes      number of classes

    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, classes).
    """
    X_input = keras.Input(input_shape)

    # Layers 1 and 2: large windows, each followed by a 3x3 max pooling with stride 2.
    ### BEGIN SOLUTION
    X = Conv2D(96, 11, strides=4, activation="relu")(X_input)
    X = MaxPooling2D(3, strides=2)(X)
    X = Conv2D(256, 5, padding="same", activation="relu")(X)
    X = MaxPooling2D(3, strides=2)(X)
    ### END SOLUTION

    # Layers 3, 4 and 5: 3x3 windows, and one pooling after all of them.
    ### BEGIN SOLUTION
    for filters in (384, 384, 256):
        X = Conv2D(filters, 3, padding="same", activation="relu")(X)
    X = MaxPooling2D(3, strides=2)(X)
    ### END SOLUTION

    # Layers 6 and 7: dense, each followed by a dropout.
    ### BEGIN SOLUTION
    X = Flatten()(X)
    for _ in range(2):
        X = Dense(4096, activation="relu")(X)
        X = Dropout(0.5)(X)
    ### END SOLUTION

    # Layer 8: dense with softmax.
    ### BEGIN SOLUTION
    X = Dense(classes, activation="softmax")(X)
    ### END SOLUTION

    return keras.Model(X_input, X)


# %%
check(alexnet)

# %% [markdown]
# Your network, twice on the same picture, in each of the two modes.
#
# **Before you run the next cell**: in which mode are the two answers the same?

# %%
model = alexnet((67, 67, 3), 10)
picture = np.random.default_rng(1).random((1, 67, 67, 3), dtype=np.float32)
for mode, training in (("in training", True), ("in use", False)):
    first, second = (np.asarray(model(picture, training=training)) for _ in range(2))
    print(f"{mode:12} the same answer twice: {np.array_equal(first, second)}")

# %% [markdown]
# ### Where are the parameters?
#
# A layer costs two things: memory for its parameters, and time for its multiplications. A convolution uses
# each of its weights at every place of its output; a dense layer uses each of them once:
#
# $$ \begin{aligned}
# \text{convolution: } & f \cdot f \cdot n_C^{prev} \cdot n_C \text{ weights, each used } n_H \cdot n_W \text{ times}\\
# \text{dense: } & n^{prev} \cdot n \text{ weights, each used once}
# \end{aligned} $$
#
# **Predict**, and write both down: which of the eight layers holds the most parameters, and which share of all?
# Which layer multiplies the most? Then let the cell count your network at its full size.


# %%
@cache
def alexnet_costs():
    """The costs of your AlexNet at its full size, counted once and remembered."""
    return classics.costs_of(alexnet, (227, 227, 3), 1000)


classics.print_costs(alexnet_costs())

# %% tags=["nbval-ignore-output"]
classics.plot_shares(alexnet_costs(), "AlexNet")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# 62,378,344 parameters, and the two halves of the drawing have nothing in common. One dense layer, the first,
# holds six of ten parameters, all three hold 94 % of them. The five convolutions have only 6 %, and do 95 % of the
# multiplications.
#
# So ask first **what** is too large. A network that does not fit into a telephone has to lose dense layers. One
# that is too slow has to lose convolutions. That is also why dropout stands where it stands: where the
# parameters are.
#
# </details>
#
# **Think.** The paper's network in two halves has 60,965,224 parameters, about 1.4 million fewer. Where did
# they go? (In layers 2, 4 and 5 a filter sees only the channels of its own half.)

# %% [markdown]
# ## VGG: one idea
#
# AlexNet is a list: 11x11, then 5x5, then 3x3, here a stride, there none. Why 11? Why 96? Karen Simonyan and
# Andrew Zisserman of Oxford's Visual Geometry Group asked a question that fits into one line: **what if all
# windows are 3x3, and we only change how many layers there are?**
#
# A 3x3 window sees little. But stack two: each number of the second layer looks at 3x3 numbers of the first,
# and each of these at 3x3 pixels.
#
# ```text
#  pixels      ■ ■ ■ ■ ■        5 wide
#               \|/|\|/
#  layer 1       ■ ■ ■          3 wide
#                 \|/
#  layer 2         ■            1
# ```
#
# What a number depends on is its **receptive field**. With windows of $f$ and stride 1, each layer adds $f - 1$:
#
# $$ r = 1 + L\,(f - 1) \qquad\text{so two layers of 3x3 see } 5 \times 5 \text{, three see } 7 \times 7. $$
#
# *By hand.* From $C$ channels to $C$ channels, without biases: one 7x7 layer has $7 \cdot 7 \cdot C^2 = 49\,C^2$
# weights, three 3x3 layers have $3 \cdot 9 \cdot C^2 = 27\,C^2$. The same field for 55 % of the price, and with three
# ReLUs in place of one.
#
# Do not take the formula's word for it: measure. The gradient of one output number with respect to every pixel
# says which pixels can move it. Here are stacks whose weights are all equal, so that only the shape speaks.
#
# **Predict:** in the single 7x7 window every pixel counts the same. In the stack of three, does the corner
# count as much as the middle? Half as much? Less?

# %% tags=["nbval-ignore-output"]
stacks = {"one 5x5": (5,), "two 3x3": (3, 3), "one 7x7": (7,), "three 3x3": (3, 3, 3)}
sight = {name: classics.looks_at(classics.stack(fs), 9) for name, fs in stacks.items()}
classics.show_sight(sight)

# %%
for name, seen in sight.items():
    weights = sum(f * f for f in stacks[name])
    edge = 4 - classics.extent(seen > 0)[0] // 2
    ratio = seen[4, 4] / seen[edge, edge]
    print(
        f"{name:10} sees {classics.extent(seen > 0)}, {weights} C^2 weights, middle : corner = {ratio:.0f} : 1"
    )

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The formula is right about the border, and hides the best part. Along one line three 3x3 windows weigh the
# pixels 1, 3, 6, 7, 6, 3, 1 (count the ways from one number back to each pixel), so the middle counts
# $7 \cdot 7 = 49$ times as much as the corner. A stack does not see a square, it sees a **spot**: the middle well,
# the rim hardly. Nobody had asked for it, and it is a sensible way to look (Luo et al. 2016 found such spots in
# networks of all kinds).
#
# </details>
#
# ## The block
#
# VGG comes in blocks: some 3x3 convolutions with ReLU, then a 2x2 max pooling that halves the picture.
#
# ```text
#  X ─ 3x3 ─ ReLU ─ 3x3 ─ ReLU ─ ... ─ 2x2 max pooling, stride 2 ─
#      └────── convolutions times ─────┘
# ```
#
# ### Exercise 2: `vgg_block`
#
# **Build** the block: a function from a Keras tensor to a Keras tensor.
#
# - `X`: shape $(m, n_H, n_W, n_C)$; the result $(m, \lfloor n_H/2 \rfloor, \lfloor n_W/2 \rfloor, \text{filters})$;
# - `filters`: of every convolution of the block; `convolutions`: how many there are;
# - the convolutions have padding `"same"`, the pooling has none.
#
# *A worked step.* `X` of shape $(m, 7, 10, 3)$, `filters=4`, `convolutions=2`: after the first convolution
# $(m, 7, 10, 4)$, after the second the same, after the pooling $(m, 3, 5, 4)$. Parameters:
# $(9 \cdot 3 + 1) \cdot 4 = 112$ and $(9 \cdot 4 + 1) \cdot 4 = 148$, together $260$.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def vgg_block(X, filters, convolutions):
    """A block of VGG: 3x3 convolutions with ReLU, then a max pooling that halves the picture.

    X             Keras tensor (m, n_H, n_W, n_C)
    filters       number of filters of every convolution
    convolutions  number of convolutions

    Returns a Keras tensor (m, n_H // 2, n_W // 2, filters).
    """
    # The convolutions, each with the result of the one before.
    ### BEGIN SOLUTION
    for _ in range(convolutions):
        X = Conv2D(filters, 3, padding="same", activation="relu")(X)
    ### END SOLUTION

    # The pooling.
    ### BEGIN SOLUTION
    return MaxPooling2D(2, strides=2)(X)
    ### END SOLUTION


# %%
check(vgg_block)

# %% [markdown]
# After a pooling, one step on the map is two steps in the picture. So windows behind it see twice as far, and after two
# poolings four times: with $j$ for the pixels in one step (the *jump*),
#
# $$ r \leftarrow r + (f - 1)\,j, \qquad\text{and then, behind a stride } s\text{:}\quad j \leftarrow s\,j. $$
#
# *By hand*, your block with two convolutions: $1 + 2 + 2 = 5$, and the pooling ($f = 2$) adds $1$: $r = 6$, $j = 2$.
#
# **Predict:** another block of two convolutions and a pooling behind it: how many pixels wide is its field? The
# cell measures it with your blocks.


# %%
def first_blocks(*convolutions):
    """The first blocks of a narrow VGG, on grey pictures of 64 x 64."""
    X = X_input = keras.Input((64, 64, 1))
    for n in convolutions:
        X = vgg_block(X, 4, n)
    return classics.positive_kernels(keras.Model(X_input, X))


for convolutions in ((2,), (2, 2), (2, 2, 3)):
    seen = classics.looks_at(first_blocks(*convolutions), 64) > 0
    print(f"blocks of {convolutions} convolutions see {classics.extent(seen)} pixels")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# 6, then 16, then 44: each pooling makes the next steps larger. Go on by the formula with two blocks of three
# and you get 100 and 212. A number that comes out of the fifth block sees nearly the whole picture of 224 pixels,
# and not one window in the network is larger than 3x3.
#
# </details>

# %% [markdown]
# ## VGG-16
#
# Five blocks, and behind them the three dense layers of AlexNet:
#
# | | filters | convolutions | comes out |
# |:--|--:|--:|:--|
# | the picture | | | 224 x 224 x 3 |
# | block 1 | 64 | 2 | 112 x 112 x 64 |
# | block 2 | 128 | 2 | 56 x 56 x 128 |
# | block 3 | 256 | 3 | 28 x 28 x 256 |
# | block 4 | 512 | 3 | 14 x 14 x 512 |
# | block 5 | 512 | 3 | 7 x 7 x 512 |
# | flatten | | | 25088 |
# | dense, ReLU | | | 4096 |
# | dense, ReLU | | | 4096 |
# | dense, softmax | | | classes |
#
# $2 + 2 + 3 + 3 + 3 + 3 = 16$ layers with weights: hence the name. In the paper dropout follows the two dense
# layers of 4096 while the network is trained. Keras's own VGG-16 has none. Put it in or leave it out: the check
# looks at the network in use.
#
# **Why double the channels when the picture halves?** A 3x3 convolution from $C$ to $C$ channels makes
# $n_H \cdot n_W \cdot 9 \cdot C^2$ multiplications. Halve $n_H$ and $n_W$, and a quarter is left; double $C$, and there
# are four times as many. Nothing has changed: **every block pays the same per layer.** What the picture loses in
# places it gains in meanings.

# %% tags=["nbval-ignore-output"]
classics.show_volumes(
    [
        ("picture", (224, 224, 3)),
        ("in block 1", (224, 224, 64)),
        ("in block 2", (112, 112, 128)),
        ("in block 3", (56, 56, 256)),
        ("in block 4", (28, 28, 512)),
        ("in block 5", (14, 14, 512)),
        ("out", (7, 7, 512)),
        ("dense", (4096,)),
        ("dense", (4096,)),
        ("classes", (1000,)),
    ],
    "VGG-16: each block halves the picture and doubles the channels, up to 512",
)

# %% [markdown]
# ### Exercise 3: `vgg16`
#
# **Build** the network in the table from your block: a function that returns a `keras.Model` from pictures
# $(m, n_H, n_W, n_C)$ to probabilities $(m, \text{classes})$.
#
# *A worked step.* $224 / 2^5 = 7$, so $7 \cdot 7 \cdot 512 = 25{,}088$ numbers go into the first dense layer. A
# picture of 70 rows: 35, 17, 8, 4, 2, rounded down each time.
#
# Difficulty 2 of 5, about 15 minutes, 15 points.


# %%
def vgg16(input_shape, classes):
    """VGG-16 (Simonyan & Zisserman 2014, column D).

    input_shape  (n_H, n_W, n_C)
    classes      number of classes

    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, classes).
    """
    X_input = keras.Input(input_shape)

    # The five blocks.
    ### BEGIN SOLUTION
    X = X_input
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        X = vgg_block(X, filters, convolutions)
    ### END SOLUTION

    # Flatten, two dense layers of 4096 units, and the output.
    ### BEGIN SOLUTION
    X = Flatten()(X)
    X = Dense(4096, activation="relu")(X)
    X = Dense(4096, activation="relu")(X)
    X = Dense(classes, activation="softmax")(X)
    ### END SOLUTION

    return keras.Model(X_input, X)


# %%
check(vgg16)

# %% [markdown]
# **Predict:** VGG-16 has a little more than twice the parameters of AlexNet. How many times as many
# multiplications? The cell builds your network at its full size for a moment, half a gigabyte of parameters.


# %%
@cache
def vgg_costs():
    """The costs of your VGG-16 at its full size, counted once and remembered."""
    return classics.costs_of(vgg16, (224, 224, 3), 1000)


classics.print_costs(vgg_costs())

# %% tags=["nbval-ignore-output"]
classics.plot_shares(vgg_costs(), "VGG-16")

# %%
for name, rows in (("AlexNet", alexnet_costs()), ("VGG-16", vgg_costs())):
    parameters, multiplications = classics.totals(rows)
    dense_parameters, dense_multiplications = classics.totals(rows, dense=True)
    print(
        f"{name:8} dense layers: {dense_parameters / parameters:.0%} of the parameters, "
        f"{dense_multiplications / multiplications:.1%} of the multiplications"
    )
times = [classics.totals(vgg_costs())[i] / classics.totals(alexnet_costs())[i] for i in (0, 1)]
print(
    f"VGG-16 against AlexNet: {times[0]:.1f} times the parameters, {times[1]:.0f} times the multiplications"
)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# 138,357,544 parameters, and nearly fourteen times the work. Look at the right half of the drawing: in blocks 1
# to 4 the last convolution makes the same number of multiplications, 1,849.7 million, as the rule promised. (The
# first of a block makes half as many, for its input has half the channels; the first of all has a picture with
# three.) In block 5 the doubling has stopped, and the price falls to a quarter.
#
# </details>
#
# ## Is it the real one?
#
# Keras brings its own VGG-16. Same shapes and same number of parameters are a good sign, and no proof: a
# forgotten ReLU has no parameters. The proof is to **copy the weights over** and compare what comes out, on
# pictures of 64 x 64, to be kind to your memory.
#
# The weights are random (nothing is downloaded), but lively: large enough that the two networks have something
# to say. With the small weights that Keras starts from, all thousand probabilities would be close to 0.001, and
# any two networks would agree.


# %%
def compare_with_keras():
    """Copies the weights of Keras's own VGG-16 into yours. Prints whether both compute the same."""
    theirs = classics.lively_weights(keras.applications.VGG16(weights=None, input_shape=(64, 64, 3)))
    mine = vgg16((64, 64, 3), 1000)
    mine.set_weights(theirs.get_weights())
    pictures = np.random.default_rng(2).normal(size=(4, 64, 64, 3)).astype(np.float32)
    expected, got = (np.asarray(model(pictures, training=False)) for model in (theirs, mine))
    print("the same number of parameters:", mine.count_params() == theirs.count_params())
    print("some probabilities are above 0.01:", expected.max() > 0.01)
    print("all of them agree within 1e-4:", np.abs(got - expected).max() < 1e-4)


compare_with_keras()

# %% [markdown]
# The network that you wrote in a dozen lines *is* VGG-16. Whoever has the trained weights can pour them into it.
#
# ## What would you leave out today?
#
# Nine tenths of the parameters stand in three dense layers that do next to none of the work. What do they do?
# The first has a weight of its own for each of the 7 x 7 places: it can say *a wheel, bottom left*. A year
# before VGG, Min Lin and others had left that out: average each channel over all places
# (**global average pooling**), and go to the classes in one step.
#
# **Predict:** how many parameters are left of 138 million?

# %%
convolutions, _ = classics.totals(vgg_costs(), dense=False)
whole, _ = classics.totals(vgg_costs())
averaged = convolutions + 512 * 1000 + 1000
print(f"VGG-16:                      {whole:>12,} parameters")
print(f"its convolutions alone:      {convolutions:>12,}")
print(f"with global average pooling: {averaged:>12,}, which is {averaged / whole:.0%}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Ninefold smaller, and the work stays as it was. It has a second gift: the number of parameters no longer
# depends on the picture's size, so the same network takes pictures of any size. From 2014 on nearly all new networks
# end like that, the next lesson's too.
#
# </details>
#
# ## In short
#
# - AlexNet showed what to do: ReLU, dropout, a graphics card, and depth. VGG showed how to write it down: 3x3
#   only, in blocks, the picture halves and the channels double.
# - Three 3x3 windows see what one 7x7 window sees, with 55 % of the weights, and look harder at the middle.
# - Halving the picture and doubling the channels keeps the work of a layer the same.
# - Parameters live in dense layers, work is done in convolutions. Know which of the two you want to save.
#
# **To think about**
# 1. VGG-19 has four convolutions in each of the last three blocks and was hardly better. The next lesson has
#    networks with 50 layers. What would you expect to go wrong between 19 and 50?
# 2. AlexNet's first layer has stride 4: it throws away fifteen of sixteen places at once. What does VGG pay for not
#    doing so? Look at its first two convolutions in the table.
# 3. Replace the 7 x 7 x 512 → 4096 dense layer by a convolution with a 7x7 window. How many parameters has it?
#    What comes out of it for a picture that is larger than 224 x 224?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | case study | 案例研究 |
# | top-5 error | 前五错误率 |
# | receptive field | 感受野 |
# | max pooling | 最大池化 |
# | overlapping pooling | 重叠池化 |
# | dropout | 随机失活 |
# | local response normalization | 局部响应归一化 |
# | fully connected (dense) layer | 全连接层 |
# | parameter | 参数 |
# | multiplications (computational cost) | 乘法次数（计算量） |
# | global average pooling | 全局平均池化 |
#
# **Papers**
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: *Gradient-based learning applied to document recognition*, 1998.
#   Proceedings of the IEEE 86(11)
# - A. Krizhevsky, I. Sutskever, G. E. Hinton: *ImageNet classification with deep convolutional neural networks*,
#   2012, Advances in Neural Information Processing Systems 25
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: *Dropout: a simple way to prevent
#   neural networks from overfitting*, 2014. Journal of Machine Learning Research 15
# - M. Lin, Q. Chen, S. Yan: *Network in network*, 2013. arXiv:1312.4400
# - K. Simonyan, A. Zisserman: *Very deep convolutional networks for large-scale image recognition*, 2014.
#   arXiv:1409.1556
# - O. Russakovsky et al.: *ImageNet large scale visual recognition challenge*, 2014. arXiv:1409.0575
# - W. Luo, Y. Li, R. Urtasun, R. Zemel: *Understanding the effective receptive field in deep convolutional neural
#   networks*, 2016. arXiv:1701.04128

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
