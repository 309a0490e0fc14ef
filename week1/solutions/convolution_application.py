# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: First networks
#     order: 3
#     minutes: 120
#     runs: 1.5
#     terms: [convolutional network, activation, parameter, LeNet-5, parameter sharing, sparse connections, translation equivariance]
# ---

# %% [markdown]
# # First networks
#
# A photo booth that waits until you smile. A counter that reads the number you show with your fingers. A
# machine that reads the amount on a cheque. The first two you build and train here, on your own computer and
# in seconds. The third one was built in the 1990s, its network has a name, and you will build that too.
#
# You have written a convolution by hand. From now on Keras computes it, and your work is another: to choose
# layers, to put them in a row, and to know the shape and the price of every number in between.
#
# **At the end you can**
# - build a network in both of Keras's ways, as a list of layers and as a graph, and train it;
# - say for each layer of any network what shape comes out, how many numbers that is, and how many parameters
#   it costs;
# - build LeNet-5;
# - say why convolutions work so well on pictures, and prove it with numbers that you measured.
#
# About two hours. Four exercises, 60 points.

# %%
import math
from functools import cache

import workbook

workbook.start("convolution_application")

import keras
import numpy as np
import tensorflow as tf
from keras.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    ReLU,
    ZeroPadding2D,
)

import helpers
from workbook import check, hint
from workbook.data import load_signs, load_smiles

# %% [markdown]
# ## The photo booth
#
# Faces, 64 by 64 pixels in colour, half of them with a smile. The next cell takes your own copy of such a
# data set if there is one, and else draws people. It says which of the two you got.

# %% tags=["nbval-ignore-output"]
smiles = load_smiles()
words = ["no smile", "smile"]
helpers.show_labelled(smiles.X_train[:20], [words[y] for y in smiles.y_train[:20]])

# %% [markdown]
# **Centre first.** A pixel is a number from 0 to 255. Networks learn faster from numbers around 0, as many
# below as above. So from each colour we take away its mean over all training pictures, and divide by its
# standard deviation. Test pictures get *the training pictures'* numbers: a booth that is in use cannot wait
# for the mean of tomorrow's visitors.


# %%
def standardizer(X_train):
    """A function that makes pictures (m, n_H, n_W, n_C) uint8 into float32 with mean 0 and deviation 1."""
    mean, deviation = X_train.mean(axis=(0, 1, 2)), X_train.std(axis=(0, 1, 2))
    return lambda X: ((X - mean) / deviation).astype("float32")


see_face = standardizer(smiles.X_train)
faces, faces_test = see_face(smiles.X_train), see_face(smiles.X_test)
print("one picture:", faces.shape[1:])
print("mean near 0:", abs(faces.mean()) < 0.01, "  deviation near 1:", abs(faces.std() - 1) < 0.01)

# %% [markdown]
# ### A row of layers
#
# In a simple network the data takes one way: out of one layer, into the next. Keras calls that a `Sequential`
# model, and all it wants is the list of layers. Such a list reads like this, here for pictures of 28 x 28:
#
# ```python
# keras.Sequential([
#     keras.Input((28, 28, 1)),
#     Conv2D(4, 5),                        # 4 filters of 5 x 5, stride 1, no padding
#     ReLU(),
#     Flatten(),
#     Dense(10, activation="softmax"),
# ])
# ```
#
# A **dense** layer's unit weighs all numbers that come in, adds them up and adds a bias. **Softmax** makes ten
# probabilities of the ten sums: none below 0, together 1. For a single question, yes or no, one unit is enough,
# and **sigmoid** makes a number between 0 and 1 of its sum.
#
# *By hand.* The convolution gives $28 - 5 + 1 = 24$: 24 x 24 x 4. `Flatten` puts these $2{,}304$ numbers into
# one row. Parameters: $5 \cdot 5 \cdot 1 \cdot 4 + 4 = 104$ in the convolution, $2304 \cdot 10 + 10 = 23{,}050$ in
# the dense layer, and none in the others.
#
# ### Exercise 1: `happyModel`
#
# **Build** the booth's network as a `Sequential` model. It has one convolution only.
#
# | layer | | result |
# |:--|:--|:--|
# | | pictures in colour | 64 x 64 x 3 |
# | zero padding | 3 on each side | 70 x 70 x 3 |
# | convolution | 32 filters of 7 x 7, stride 1 | 64 x 64 x 32 |
# | batch normalization | along axis 3, the channels | 64 x 64 x 32 |
# | ReLU | | 64 x 64 x 32 |
# | max pooling | as Keras does it if you say nothing: 2 x 2, stride 2 | 32 x 32 x 32 |
# | flatten | | 32,768 |
# | dense | one unit, sigmoid: the probability of a smile | 1 |
#
# - out: a model from $(m, 64, 64, 3)$ to $(m, 1)$, not trained. You need not compile it.
# - **Batch normalization** is new: it brings every channel to mean 0 and deviation 1 over the batch, then
#   multiplies and shifts it by two numbers that it learns, $\gamma$ and $\beta$. What it is good for, and how it
#   can fool you, is a story of week 2.
#
# Difficulty 2 of 5, about 20 minutes, 15 points.


# %%
def happyModel():
    """The photo booth's network: pictures (m, 64, 64, 3) to the probability of a smile (m, 1).

    Returns a keras.Sequential that is not trained yet.
    """
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            ZeroPadding2D(3),
            Conv2D(32, 7),
            BatchNormalization(axis=3),
            ReLU(),
            MaxPooling2D(),
            Flatten(),
            Dense(1, activation="sigmoid"),
        ]
    )
    ### END SOLUTION


# %%
check(happyModel)

# %% [markdown]
# **Before you run the next cell**: which layer has most of the parameters, and what share of all?

# %%
model = happyModel()
total = model.count_params()
print(f"all parameters: {total:,}")
for name, count in (
    ("convolution", 7 * 7 * 3 * 32 + 32),
    ("batch normalization", 4 * 32),
    ("dense", 32 * 32 * 32 + 1),
):
    print(f"{name:20} {count:7,} {count / total:6.0%}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Seven eighths sit in a layer with one single unit! That unit wants a weight for every number that comes in,
# and 32 maps of 32 x 32 are many numbers. Remember this picture, it comes back.
#
# </details>
#
# ### Train it
#
# In lesson 1 gradient descent found nine numbers; here it finds 37,569. How wrong the network is says its **loss**.
# Where the right answer has the probability $q$, it is $-\ln q$, the **cross-entropy**: nearly nothing where the
# network is sure and right, a lot where it is sure and wrong. *By hand.* $q = 0.9$ costs $0.105$, $q = 0.5$ costs
# $0.693$, and $q = 0.1$ costs $2.303$.
#
# The pictures come in **batches** of 16, and each batch is followed by a step downhill. Once through all six hundred is
# an **epoch**; there are twelve, and half of the time a face is seen in a mirror. The steps are those of **Adam**:
# gradient descent in which every weight has a step size of its own. The learning rate climbs to `peak` at first, and
# then falls to 0. What we look at in the end is pictures that it was not trained on, since a network can also
# **overfit**: know its training pictures by heart, and fail on others.
#
# Two more things beforehand.
#
# For use, batch normalization keeps *moving averages* of what it saw in training. Keras's default moves them by one
# hundredth in each step. In a training as short as this the weights change faster than that, so we set it to a
# tenth. (Leave the line out once and see. Week 2's lesson on residual networks takes the riddle apart.)
#
# And the dense unit begins with 32,768 random weights, about most of which 600 faces say little. **Weight decay**
# lets each weight shrink a little in each step: what the pictures do not hold up fades away. Of 150 test faces it
# saves one or two.
#
# **Predict:** 75 of the 150 test faces smile, and none of the people was in the training pictures. How many
# of the 150 will this small network get right?


# %% tags=["nbval-ignore-output"]
@cache
def trained_booth():
    """Your happyModel after training, and its history. Trains once and remembers."""
    keras.utils.set_random_seed(1)
    model = happyModel()
    helpers.set_momentum(model, 0.9)
    return model, helpers.train(model, faces, smiles.y_train, epochs=12, peak=2e-3, batch_size=16, decay=4)


booth, history = trained_booth()
print(f"test accuracy: {helpers.accuracy(booth, faces_test, smiles.y_test):.3f}")

# %%
booth, history = trained_booth()
print("at least 0.95:", helpers.accuracy(booth, faces_test, smiles.y_test) >= 0.95)

# %% [markdown]
# ### What does it look at?
#
# A network that is right may be right for the wrong reason: the light, the hair, the background. So cover a
# part of the face with a grey square and watch the probability. Where covering changes much, the network
# looks. Do it for every part.
#
# **Predict:** where will it be light?

# %% tags=["nbval-ignore-output"]
booth, history = trained_booth()
helpers.show_covering(booth, faces_test[:6], smiles.X_test[:6])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# In our run it was light around the mouth for those who do not smile, and on the cheeks, below the eyes, for those
# who do: a smile lifts them. Hair and wall stayed dark.
#
# </details>
#
# And these are the 32 filters, each a 7 x 7 window in colour, with the pictures that the booth still gets wrong.

# %% tags=["nbval-ignore-output"]
booth, history = trained_booth()
helpers.show_filters(helpers.first_kernel(booth))
helpers.show_mistakes(booth, faces_test, smiles.X_test, smiles.y_test, words)

# %% [markdown]
# Did you hope for tidy edges? A few filters have a dark or light bar, such as a mouth may be. Most still look like
# the noise that they began as. Six hundred pictures teach them little, and they need not be tidy: thirty-two odd
# questions are enough for a dense layer that is free to weigh every answer at every place.
#
# **Your own face.** Take a photograph of your face, save it beside this notebook, write its name into the cell
# and take away the `#`.

# %% tags=["nbval-ignore-output"]
booth, history = trained_booth()
# my_face = helpers.load_picture("my_face.jpg")
# helpers.show_covering(booth, see_face(my_face), my_face)

# %% [markdown]
# ## The counter
#
# SIGNS: a hand shows 0, 1, 2, 3, 4 or 5.

# %% tags=["nbval-ignore-output"]
signs = load_signs()
helpers.show_labelled(signs.X_train[:20], [str(y) for y in signs.y_train[:20]])

# %%
see_hand = standardizer(signs.X_train)
hands, hands_test = see_hand(signs.X_train), see_hand(signs.X_test)
y_train, y_test = signs.y_train, signs.y_test
print("one picture:", hands.shape[1:], " classes:", len(np.unique(y_train)))

# %% [markdown]
# ### Layers as functions
#
# A list of layers cannot fork, and cannot join two ways again; the networks of week 2 do both. So Keras has a
# second way, the *functional* one. A layer is a function: call it on what comes in, and get what goes out. At
# the end say where the model begins and ends.
#
# ```python
# inputs = keras.Input((28, 28, 1))
# X = Conv2D(4, 5)(inputs)
# X = ReLU()(X)
# outputs = Dense(10, activation="softmax")(Flatten()(X))
# model = keras.Model(inputs, outputs)
# ```
#
# This is the same network as above. And a new thing, **pooling with `padding="same"`**: windows may stick out of the
# picture, by as much at its end as at its start (or one pixel more), and count only the numbers that are there. The
# size is then rounded *up*:
#
# $$n_H = \left\lceil\frac{n_H^{prev}}{stride}\right\rceil \qquad n_W = \left\lceil\frac{n_W^{prev}}{stride}\right\rceil$$
#
# *By hand.* A map of 39 x 52 and an 8 x 8 pooling with stride 8: $\lceil 39/8 \rceil = 5$ and
# $\lceil 52/8 \rceil = 7$, so 5 x 7. Without the padding it would be 4 x 6, and seven rows and four columns of
# the picture would never be seen.
#
# ### Exercise 2: `convolutional_model`
#
# **Build** the counter's network in the functional way. All strides of convolutions are 1, *all* paddings are
# `"same"`.
#
# | layer | | result for 64 x 64 x 3 |
# |:--|:--|:--|
# | convolution | 8 filters of 4 x 4 | 64 x 64 x 8 |
# | ReLU | | 64 x 64 x 8 |
# | max pooling | 8 x 8, stride 8 | 8 x 8 x 8 |
# | convolution | 16 filters of 2 x 2 | 8 x 8 x 16 |
# | ReLU | | 8 x 8 x 16 |
# | max pooling | 4 x 4, stride 4 | 2 x 2 x 16 |
# | flatten | | 64 |
# | dense | 6 units, softmax | 6 |
#
# - in: `input_shape` $(n_H, n_W, n_C)$, without the batch
# - out: a model from $(m, n_H, n_W, n_C)$ to $(m, 6)$, the probabilities of the six signs
#
# Difficulty 3 of 5, about 25 minutes, 20 points.


# %%
def convolutional_model(input_shape):
    """The counter's network: pictures (m, n_H, n_W, n_C) to the probabilities of six signs (m, 6).

    input_shape  (n_H, n_W, n_C)
    Returns a keras.Model that is not trained yet.
    """
    inputs = keras.Input(input_shape)

    # first round: convolution (8 filters of 4 x 4), ReLU, max pooling (8 x 8, stride 8)
    ### BEGIN SOLUTION
    A1 = ReLU()(Conv2D(8, 4, padding="same")(inputs))
    P1 = MaxPooling2D(8, strides=8, padding="same")(A1)
    ### END SOLUTION

    # second round: convolution (16 filters of 2 x 2), ReLU, max pooling (4 x 4, stride 4)
    ### BEGIN SOLUTION
    A2 = ReLU()(Conv2D(16, 2, padding="same")(P1))
    P2 = MaxPooling2D(4, strides=4, padding="same")(A2)
    ### END SOLUTION

    # flatten, dense layer with softmax, model
    ### BEGIN SOLUTION
    outputs = Dense(6, activation="softmax")(Flatten()(P2))
    return keras.Model(inputs, outputs)
    ### END SOLUTION


# %%
check(convolutional_model)

# %%
count = convolutional_model((64, 64, 3)).count_params()
print(f"your network: {count:,} parameters")
print(f"one dense unit on such a picture: {64 * 64 * 3 + 1:,}")

# %% [markdown]
# The whole network costs a tenth of *one* dense unit. **Write down** what you expect of it: of 100 test hands,
# how many will it read?


# %% tags=["nbval-ignore-output"]
@cache
def trained_counter():
    """Your convolutional_model after training, and its history."""
    keras.utils.set_random_seed(1)
    model = convolutional_model((64, 64, 3))
    return model, helpers.train(model, hands, y_train, epochs=30, peak=0.02)


counter, history = trained_counter()
print(f"test accuracy: {helpers.accuracy(counter, hands_test, y_test):.3f}")

# %%
counter, history = trained_counter()
print("at least 0.85:", helpers.accuracy(counter, hands_test, y_test) >= 0.85)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A die would get 0.17. And how much is the centring worth? We measured it once, without mirrors: 0.87 on centred
# pixels, 0.61 on pixels from 0 to 1, the network and its training being the same.
#
# </details>
#
# ### On its way through
#
# One hand, after each layer. Each row shows the first eight maps. **Predict**, before you look: will you still
# see a hand after the last pooling?

# %% tags=["nbval-ignore-output"]
counter, history = trained_counter()
helpers.show_maps(counter, hands_test[:1], signs.X_test[0])
helpers.show_filters(helpers.first_kernel(counter))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Position gets coarser at each pooling, meaning gets finer. At the end four places are left, each with sixteen
# answers to sixteen questions, and the dense layer decides from these 64 numbers alone.
#
# </details>

# %% tags=["nbval-ignore-output"]
counter, history = trained_counter()
helpers.show_mistakes(counter, hands_test, signs.X_test, y_test)

# %% [markdown]
# **Your own hand.** As above: a photograph of your hand before a plain wall, its name in the cell, the `#` taken
# away.

# %% tags=["nbval-ignore-output"]
counter, history = trained_counter()
# my_hand = helpers.load_picture("my_hand.jpg")
# helpers.show_maps(counter, see_hand(my_hand), my_hand[0])
# print("seen:", helpers.guesses(counter, see_hand(my_hand))[0])

# %% [markdown]
# **Think.** Which two signs does it confuse most? Which detail would it need to see to tell them apart, and
# what has become of such a detail after an 8 x 8 pooling?
#
# ## Every number has a place and a price
#
# Two things a designer knows of each layer. Its **activations** are the numbers that come out: they fill the
# memory, for each picture of a batch, for in training all of them are kept for the way back. Its **parameters**
# are the numbers that it learns: they fill the file, and too many of them learn the pictures by heart.
#
# *By hand.* Pictures of 32 x 32 x 1 and a convolution with 6 filters of 5 x 5:
#
# | | shape | size | parameters |
# |:--|:--|:--|:--|
# | input | (32, 32, 1) | $32 \cdot 32 \cdot 1 = 1{,}024$ | 0 |
# | convolution | (28, 28, 6) | $28 \cdot 28 \cdot 6 = 4{,}704$ | $5 \cdot 5 \cdot 1 \cdot 6 + 6 = 156$ |
# | pooling 2 x 2 | (14, 14, 6) | $14 \cdot 14 \cdot 6 = 1{,}176$ | 0 |
#
# ### Exercise 3: `activation_table`
#
# **Write** a function that makes this table for any network whose layers stand in a row.
#
# - in: `model`, a `Sequential` or a functional model that is built
# - out: a list of rows `(name, shape, size, parameters)`. The first row is the input: its name is `"input"`,
#   its parameters are 0. Then one row for each layer, in their order: `layer.name`, its activation shape
#   *without the batch*, how many numbers that is, and *all* its parameters, whether they train or not.
# - Useful: `model.layers`, `model.input_shape`, `layer.output.shape`, `layer.count_params()`, `math.prod`.
# - A trap: a functional model has an `InputLayer` among its `model.layers`, a `Sequential` has none. Either way
#   the input has one row.
#
# Difficulty 2 of 5, about 20 minutes, 10 points.


# %%
def activation_table(model):
    """What comes out of each layer, and what it costs.

    model  a built keras.Model whose layers stand in a row
    Returns a list of rows (name, shape without the batch, size, parameters), the first for the input.
    """
    # the row of the input
    ### BEGIN SOLUTION
    shape = model.input_shape[1:]
    rows = [("input", shape, math.prod(shape), 0)]
    ### END SOLUTION

    # a row for each layer that is no InputLayer
    ### BEGIN SOLUTION
    for layer in model.layers:
        if not isinstance(layer, keras.layers.InputLayer):
            shape = layer.output.shape[1:]
            rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
    ### END SOLUTION
    return rows


# %%
check(activation_table)

# %%
helpers.print_table(activation_table(convolutional_model((64, 64, 3))))

# %% tags=["nbval-ignore-output"]
helpers.show_volumes(activation_table(convolutional_model((64, 64, 3))))

# %% [markdown]
# Each box is a block of activations: as tall as it has rows, as deep as it has columns, as wide as it has
# channels (drawn by the square root, so that small and large fit on one page). From left to right the boxes
# get smaller and wider, and at the end they are a vector. Nearly every network for pictures has this shape.
#
# ## LeNet-5
#
# In the 1990s Yann LeCun and his colleagues taught a network to read digits well enough that banks read
# millions of cheques with it. It has what a network has today: convolution, pooling, convolution, pooling,
# dense layers. Some of its details are of its time: pooling takes the *average*, activations are *tanh*, and
# **nothing is padded**, neither convolutions nor poolings.
#
# | layer | | result for 32 x 32 x 1, 10 classes |
# |:--|:--|:--|
# | convolution | 6 filters of 5 x 5, no padding; tanh | 28 x 28 x 6 |
# | average pooling | 2 x 2, stride 2 | 14 x 14 x 6 |
# | convolution | 16 filters of 5 x 5, no padding; tanh | 10 x 10 x 16 |
# | average pooling | 2 x 2, stride 2 | 5 x 5 x 16 |
# | flatten | | 400 |
# | dense | 120 units, tanh | 120 |
# | dense | 84 units, tanh | 84 |
# | dense | `classes` units, softmax | 10 |
#
# This is how it is built today. The paper's network differs a little: its poolings had two parameters for each map,
# most of its 16 filters saw some of the 6 maps only, its tanh was stretched, and in place of the softmax stood
# distances from drawn digits.
#
# *By hand.* The second convolution: $14 - 5 + 1 = 10$, and $5 \cdot 5 \cdot 6 \cdot 16 + 16 = 2{,}416$
# parameters: each of the 16 filters is 6 channels deep.
#
# ### Exercise 4: `lenet5`
#
# **Build** the network in the table, in whichever of the two ways you like.
#
# - in: `input_shape` $(n_H, n_W, n_C)$; `classes`, how many there are
# - out: a model from $(m, n_H, n_W, n_C)$ to $(m, \text{classes})$
#
# Difficulty 3 of 5, about 20 minutes, 15 points.


# %%
def lenet5(input_shape, classes):
    """LeNet-5 (LeCun et al. 1998) as it is built today: pictures to probabilities of classes.

    input_shape  (n_H, n_W, n_C)
    classes      number of classes
    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, classes).
    """
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(input_shape),
            Conv2D(6, 5, activation="tanh"),
            AveragePooling2D(2),
            Conv2D(16, 5, activation="tanh"),
            AveragePooling2D(2),
            Flatten(),
            Dense(120, activation="tanh"),
            Dense(84, activation="tanh"),
            Dense(classes, activation="softmax"),
        ]
    )
    ### END SOLUTION


# %%
check(lenet5)

# %% [markdown]
# **Before you run the next cells**: one layer has most of the activations, one has most of the parameters.
# Which is which? They are not neighbours.

# %% tags=["nbval-ignore-output"]
helpers.show_volumes(activation_table(lenet5((32, 32, 1), 10)))
helpers.show_sizes(activation_table(lenet5((32, 32, 1), 10)))

# %%
table = activation_table(lenet5((32, 32, 1), 10))
parameters = [row[3] for row in table]
print(f"all parameters: {sum(parameters):,}")
print(f"share of the largest layer: {max(parameters) / sum(parameters):.0%}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Activations sit in front, where the maps are large. Parameters sit behind, where everything meets everything.
# The two convolutions, which do the seeing, have one parameter in 24. This holds for networks of today as well,
# and says where to look when memory runs out (in front) and when a file is too large (behind).
#
# </details>
#
# ## Why convolutions?
#
# ### A race between equals
#
# LeNet-5 on hands: 32 x 32, grey, six classes. Beside it a dense network *of the same size*: flatten, 59 units
# with tanh, six outputs. Same pictures, same number of parameters, same training.
#
# **Predict:** how far apart will they be on test?


# %%
def dense_network():
    """A network without convolutions, about as many parameters as LeNet-5 with six classes."""
    return keras.Sequential(
        [keras.Input((32, 32, 1)), Flatten(), Dense(59, activation="tanh"), Dense(6, activation="softmax")]
    )


small, small_test = helpers.small_and_grey(hands), helpers.small_and_grey(hands_test)
for name, network in (("LeNet-5", lenet5((32, 32, 1), 6)), ("dense", dense_network())):
    print(f"{name:8} {network.count_params():,} parameters")


# %% tags=["nbval-ignore-output"]
@cache
def trained_pair():
    """LeNet-5 and the dense network after training, and their histories, by name."""
    pair, histories = {}, {}
    for name, build in (("LeNet-5", lambda: lenet5((32, 32, 1), 6)), ("dense", dense_network)):
        keras.utils.set_random_seed(1)
        pair[name] = build()
        print(name)
        histories[name] = helpers.train(pair[name], small, y_train, epochs=20, peak=3e-3)
    return pair, histories


pair, histories = trained_pair()
helpers.show_training(histories)
for name, network in pair.items():
    print(f"{name:8} test accuracy {helpers.accuracy(network, small_test, y_test):.3f}")

# %%
pair, histories = trained_pair()
share = {name: helpers.accuracy(network, small_test, y_test) for name, network in pair.items()}
print("LeNet-5 leads by at least 0.03 on test:", share["LeNet-5"] - share["dense"] >= 0.03)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The same number of parameters, and not the same worth.
#
# </details>
#
# What does a convolution *know* about pictures that a dense layer has to learn from them? Three things, and
# each can be measured.
#
# ### 1. Parameters are shared, 2. connections are few
#
# Every convolution and every dense layer, without bias and activation, is a matrix: numbers that go out = matrix
# times numbers that come in. To see the matrix of a convolution, send in pictures with a single 1: each answer is a
# column. Here is a 3 x 3 filter on a picture of 8 x 8, beside a dense layer of the same format: 64 numbers come in,
# 36 go out.
#
# **Before you run the next cell**: how many entries of the convolution's matrix are not 0? And how many
# *different* numbers are among them?

# %%
convolution = Conv2D(1, 3, use_bias=False)
columns = np.eye(64, dtype="float32").reshape(64, 8, 8, 1)
as_matrix = convolution(columns).numpy().reshape(64, 36).T
entries = as_matrix[as_matrix != 0]
print(f"entries: {as_matrix.size:,}, not 0: {entries.size}, different ones: {len(np.unique(entries))}")

# %% tags=["nbval-ignore-output"]
dense = np.random.default_rng(1).normal(size=(36, 64))
helpers.show_matrices({"convolution": as_matrix, "dense": dense})

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# - **Parameter sharing.** The diagonals are nine numbers, again and again. A filter that finds an edge in one
#   corner need not be learned anew for the other one.
# - **Sparse connections.** Each row has nine entries: a number that goes out depends on nine that come in.
#
# </details>
#
# What would LeNet-5's first layer cost without the one, and without both?

# %%
places, filters, window, pixels = 28 * 28, 6, 5 * 5, 32 * 32
for kind, count in (
    ("convolution", filters * (window + 1)),
    ("own filters at each place (no sharing)", places * filters * (window + 1)),
    ("dense (no sharing, all connections)", places * filters * (pixels + 1)),
):
    print(f"{kind:40} {count:9,}")

# %% [markdown]
# Few connections in a layer, but layers add up. Take the number in the middle of a map and ask TensorFlow for its
# slope by every pixel: where the slope is not 0, the number depends on the pixel. So one *measures* how far a unit
# sees, its **receptive field**.
#
# **Before you run the next cell**: after the first convolution a number sees 5 x 5 = 25 pixels. How many after
# the first pooling? And after the second convolution?


# %%
def footprints(model, x):
    """For each layer, the slope of one number in the middle by every pixel of x (1, n_H, n_W, n_C)."""
    slopes = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = keras.Model(model.inputs, layer.output)([x])[0]
            middle = out[tuple(n // 2 for n in out.shape)]
        slopes[layer.name] = tape.gradient(middle, x)[0].numpy()
    return slopes


slopes = footprints(lenet5((32, 32, 1), 6), small_test[:1])
print("pixels that one number depends on:", sorted({int(np.sum(each != 0)) for each in slopes.values()}))

# %% tags=["nbval-ignore-output"]
slopes = footprints(lenet5((32, 32, 1), 6), small_test[:1])
first_of_each = {int(np.sum(each != 0)): (name, each) for name, each in reversed(slopes.items())}
helpers.show_footprints({name: each for name, each in reversed(first_of_each.values())}, small_test[0])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# 25, 36, 196, 256: a unit after the second pooling sees a quarter of the picture, and the first dense layer
# all of it. Small windows, one behind the other, are how a network works its way from edges to hands.
#
# </details>
#
# ### 3. What moves in the picture moves in the map
#
# Since the same filter looks at every place, a hand three pixels further right makes the *same* map, three
# pixels further right. That is **translation equivariance**: for a shift $T$ and a layer $f$,
#
# $$ f(T x) = T f(x). $$
#
# Take two cuttings of one photograph, the second begins $d$ pixels further left, so that everything in it lies
# $d$ pixels further right. Compute the maps of both, lay them on each other with the shift taken back, and look
# at the difference that is left, as a share of the map's mean size.
#
# **Before you run the next cell**, mark the lines that you expect to be 0 %.


# %%
def difference(layers, d, stride=1, laid_back=True):
    """How far the maps of a picture and those of the picture moved by d pixels are apart, as a share.

    stride     how many pixels one step in the maps is
    laid_back  whether the second maps are moved back, by d / stride steps, before they are compared
    """
    photo = helpers.photograph().mean(axis=2)[np.newaxis, :, :, np.newaxis].astype("float32")
    photo = (photo - photo.mean()) / photo.std()
    still, moved = photo[:, :64, 20:84], photo[:, :64, 20 - d : 84 - d]
    keras.utils.set_random_seed(1)
    model = keras.Sequential(layers())
    still, moved = model(still).numpy(), model(moved).numpy()
    steps = round(d / stride) if laid_back else 0
    still, moved = still[:, :, : still.shape[2] - steps], moved[:, :, steps:]
    return np.mean(np.abs(moved - still)) / np.mean(np.abs(still))


def one_layer():
    return [Conv2D(6, 5, activation="tanh")]


def padded_layer():
    return [Conv2D(6, 5, activation="tanh", padding="same")]


def one_round():
    return [*one_layer(), AveragePooling2D(2)]


def two_rounds():
    return [*one_round(), Conv2D(16, 5, activation="tanh"), AveragePooling2D(2)]


print(f"convolution, not laid back,  d = 4: {difference(one_layer, 4, laid_back=False):4.0%}")
print(f"convolution,                 d = 4: {difference(one_layer, 4):4.0%}")
print(f"convolution, with padding,   d = 4: {difference(padded_layer, 4):4.0%}")
print(f"convolution and pooling,     d = 4: {difference(one_round, 4, stride=2):4.0%}")
print(f"convolution and pooling,     d = 1: {difference(one_round, 1, stride=2):4.0%}")
print(f"two rounds of both,          d = 4: {difference(two_rounds, 4, stride=4):4.0%}")
print(f"two rounds of both,          d = 2: {difference(two_rounds, 2, stride=4):4.0%}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A convolution passes the shift on exactly. With padding it does so but for a few columns: after the move other
# numbers stand beside the zeros at the border. A pooling with stride 2 passes on shifts by 2, 4 and so on; after a
# shift by one each window holds other pixels, and the maps differ by a tenth of their size. Each round doubles the
# step: after two rounds only shifts by 4, 8 and so on pass exactly. (Zhang found a remedy in 2019: blur the map
# before you step over it.)
#
# </details>
#
# ### So is a convolutional network safe against shifts?
#
# Equivariant is not *invariant*. The maps move along, but at the end `Flatten` gives every place its own
# weight, and to a dense layer a map that has moved is another map. **Predict:** the test hands move by up to 8 of
# 32 pixels (for the counter, by as large a share of its 64). How do the three networks fare?

# %% tags=["nbval-ignore-output"]
pair, histories = trained_pair()
shifts = [-8, -6, -4, -2, 0, 2, 4, 6, 8]
curves = {
    f"{name}, 32 × 32, grey": [
        helpers.accuracy(network, helpers.shifted(small_test, d), y_test) for d in shifts
    ]
    for name, network in pair.items()
}
counter, history = trained_counter()
curves["the counter, 64 × 64"] = [
    helpers.accuracy(counter, helpers.shifted(hands_test, 2 * d), y_test) for d in shifts
]
helpers.show_shift_curves(shifts, curves, chance=1 / 6)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# No network is safe, and LeNet-5 falls as the dense one does: what its convolutions pass on, its dense layers do
# not recognize in another place. The counter holds out longest. Its maxima over 8 x 8 pixels do not notice a hand
# that moves about inside a window, and only 2 x 2 places are left when `Flatten` comes. Invariance is made by
# pooling, then, and by the pictures: show a network hands in all places, and it learns them in all places.
#
# </details>
#
# ## In short
#
# - `Sequential` takes a list of layers. The functional way calls each layer on a tensor; with it a network may
#   fork.
# - Centre the pictures, with the numbers of the training pictures, before anything else.
# - For each layer know three things: the shape that comes out, how many numbers that is, how many parameters
#   it has. Activations are many in front, parameters behind.
# - A convolution shares its few weights among all places, connects each number to a small window, and its map
#   moves when the picture does. With as many parameters a dense network has none of the three, and reads fewer
#   hands.
# - Strides and poolings keep the third of these only for shifts by whole steps, and `Flatten` ends it.
#
# **To think about**
# 1. LeNet-5's 120 units can be written as a convolution with 5 x 5 windows. When is it the same, and what does
#    the network do then with a picture that is larger than 32 x 32?
# 2. What would you put in place of `Flatten` to make a network invariant to shifts? Which task would suffer?
# 3. A picture of a street: should the first layer share its filters between sky and road? What would you lose,
#    what would you gain?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | convolutional network | 卷积神经网络 |
# | activation | 激活值 |
# | parameter | 参数 |
# | fully connected (dense) layer | 全连接层 |
# | standardization | 标准化 |
# | batch normalization | 批量归一化 |
# | loss, cross-entropy | 损失，交叉熵 |
# | batch, epoch | 批，轮次 |
# | overfitting | 过拟合 |
# | parameter sharing | 参数共享 |
# | sparse connections | 稀疏连接 |
# | receptive field | 感受野 |
# | translation equivariance | 平移等变性 |
# | translation invariance | 平移不变性 |
#
# **Papers**
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: *Gradient-based learning applied to document recognition*, 1998
# - K. Fukushima: *Neocognitron: a self-organizing neural network model for a mechanism of pattern recognition
#   unaffected by shift in position*, 1980
# - S. Ioffe, C. Szegedy: *Batch normalization: accelerating deep network training by reducing internal
#   covariate shift*, 2015. arXiv:1502.03167
# - D. P. Kingma, J. Ba: *Adam: a method for stochastic optimization*, 2015. arXiv:1412.6980
# - I. Loshchilov, F. Hutter: *Decoupled weight decay regularization*, 2019. arXiv:1711.05101
# - M. D. Zeiler, R. Fergus: *Visualizing and understanding convolutional networks*, 2013. arXiv:1311.2901
# - I. Loshchilov, F. Hutter: *SGDR: stochastic gradient descent with warm restarts*, 2017. arXiv:1608.03983
# - R. Zhang: *Making convolutional networks shift-invariant again*, 2019. arXiv:1904.11486

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
