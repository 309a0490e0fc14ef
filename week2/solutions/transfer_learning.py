# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Transfer learning
#     order: 5
#     minutes: 140
#     runs: 5
# ---

# %% [markdown]
# # Transfer learning: begin where somebody else stopped
#
# A farm wants a gate that opens for alpacas and stays shut for everybody else. You get a weekend, a laptop
# and two hundred photographs. A network for ImageNet had 1.2 million photographs, and days on costly
# machines.
#
# You need not pay for those days again. Somebody has, and has put the weights on the net. Their network was
# trained to tell other things apart, and perhaps never saw an alpaca. But to do its job it had to learn
# what an edge is, and fur, and a leg. **Take all of it but the last layer, and teach it one new word.**
#
# This is how most of the networks in this world are made. This lesson does it, and then measures: what is
# borrowed knowledge worth, how much of it should you dare to change, and what may you do to the colours of a
# picture?
#
# **At the end you can**
# - put a head of your own on a network that somebody else has trained, and train only that;
# - thaw as many of its layers as your data can feed;
# - augment: mirror and turn pictures, and shift their colours as AlexNet's authors did;
# - squeeze the last percent out of a trained network, and say what it costs.
#
# About two hours and twenty minutes. Six exercises, 60 points.

# %%
from functools import cache

import workbook

workbook.start("transfer_learning")

import keras
import numpy as np
import tensorflow as tf
from keras.applications.mobilenet_v2 import preprocess_input
from keras.layers import Dense, Dropout, GlobalAveragePooling2D, RandomFlip, RandomRotation

import jitter
import thaw
import transfer
from workbook import check, hint
from workbook.data import load_alpaca

# %% [markdown]
# ## Two things to borrow
#
# **Pictures.** The set *alpaca*: is there an alpaca, yes or no? The loader takes your own photographs if
# there are any, and else draws animals in fields: alpacas, and sheep, horses, dogs, giraffes and more that
# are none.
#
# **Weights.** A MobileNetV2 from the last lesson, trained by somebody else. With this workbook come small ones
# ($\alpha = 0.35$), trained on drawn pictures of many kinds of things and on parts of a few photographs. If you have
# Keras's file with the weights from ImageNet, it is taken in their place. The cell says which of each you got.

# %% tags=["nbval-ignore-output"]
side = transfer.side()
data = load_alpaca(side)
print(transfer.source()[2])
names = [data.classes[label] for label in data.y_train[:16]]
transfer.show(data.X_train[:16], names)

# %% [markdown]
# Two hundred of the training pictures are ours, a hundred of each kind. All others, those of the test and those
# of the training part that were not chosen, judge the networks: they never learn from them.

# %% tags=["nbval-ignore-output"]
chosen = transfer.balanced(data.y_train, 200, seed=1)
others = np.setdiff1d(np.arange(len(data.y_train)), chosen)
X, y = data.X_train[chosen], data.y_train[chosen]
X_test = np.concatenate([data.X_test, data.X_train[others]])
y_test = np.concatenate([data.y_test, data.y_train[others]])
print(f"{len(X)} pictures to learn from, {len(X_test)} to be judged on, {side}x{side} pixels, 0 to {X.max()}")

# %% [markdown]
# ## The same picture, again and again
#
# Two hundred pictures are few. But a mirrored alpaca is an alpaca, and a tilted one too. Show the network
# another version of each picture in every epoch, and it has to find what they have in common.
#
# One thing must not happen: that the network *in use* gets its pictures turned at random, and gives another
# answer each time it is asked. Keras's random layers look at the mode for that. In training they work, in
# inference they pass on what they get.
#
# *By hand.* `RandomRotation(0.2)` turns by up to 0.2 of a full turn, to either side. A full turn has 360
# degrees: $0.2 \cdot 360 = 72$ degrees.
#
# ### Exercise 1: `data_augmenter`
#
# **Build** a `Sequential` of two layers: a random flip that swaps left and right, and a random rotation by
# up to 0.2 of a full turn.
#
# - in: nothing; out: a Keras `Sequential`, from $(m, n_H, n_W, 3)$ to the same shape
#
# Difficulty 1 of 5, about 8 minutes, 6 points.


# %%
def data_augmenter():
    """Random horizontal flip, then random rotation by up to 0.2 of a full turn; active in training only.

    Returns a keras.Sequential.
    """
    ### BEGIN SOLUTION
    return keras.Sequential([RandomFlip("horizontal"), RandomRotation(0.2)])
    ### END SOLUTION


# %%
check(data_augmenter)

# %% tags=["nbval-ignore-output"]
augmentation = data_augmenter()
versions = augmentation(np.repeat(data.X_train[:1], 8, axis=0).astype("float32"), training=True)
transfer.show(np.asarray(versions))

# %% [markdown]
# The corners that a turn leaves empty are filled with what lies beside them, mirrored.
#
# **Think.** For which of these would a flip from left to right be a bad idea: faces, letters, X-rays of the
# chest, traffic signs?
#
# ## Another light
#
# At noon a white alpaca is white. At sunset it is orange, under a cloud it is bluish. A network that has
# learned "alpacas are white" fails at sunset. So shift the colours of the training pictures, by a little, at
# random.
#
# But along which direction? Red, green and blue of a pixel go up and down together: that is what brightness
# is. So the colours of all pixels form a long thin cloud in the space of red, green and blue. AlexNet's
# authors let the cloud say which shifts are natural: large ones along its long axis, small ones across.
#
# 1. Put all pixels of all pictures into one table with three columns. Let $C$ be the covariance of the columns,
#    with eigenvalues $\lambda_1, \lambda_2, \lambda_3$ and eigenvectors $p_1, p_2, p_3$.
# 2. For each picture draw three numbers $\alpha_i$ from a normal distribution with mean 0 and standard deviation
#    $\sigma$.
# 3. Add to **every pixel of that picture** the same colour:
#
# $$ \Delta = \alpha_1\lambda_1\, p_1 + \alpha_2\lambda_2\, p_2 + \alpha_3\lambda_3\, p_3 . $$
#
# *By hand.* Suppose that the covariance is diagonal: $0.04$ for red, $0.01$ for green and for blue. Then the
# eigenvectors are the three colours themselves, and the eigenvalues $0.04, 0.01, 0.01$. With
# $\alpha = (2, -1, 0)$ for red, green, blue, the shift is $(0.08, -0.01, 0)$: a warmer picture.
#
# ### Exercise 2: `pca_color_augmentation`
#
# **Return** the pictures with shifted colours.
#
# - in: `images` $(m, n_H, n_W, 3)$, floats from **0 to 1**; `sigma`; `seed`
# - out: a new array of the same shape, cut off at 0 and at 1
# - The numbers are `np.random.default_rng(seed).normal(0, sigma, size=(m, 3))`: a row for each picture, a column
#   for each axis.
# - The covariance may be divided by the number of pixels or by one less. The sign of an eigenvector and the order
#   of the axes are as your library gives them: all of that passes.
#
# Difficulty 3 of 5, about 25 minutes, 14 points.


# %%
def pca_color_augmentation(images, sigma, seed):
    """Shifts each picture's colours along the principal axes of all colours. (Krizhevsky et al. 2012)

    images  (m, n_H, n_W, 3), floats from 0 to 1
    sigma   standard deviation of the numbers alpha
    seed    of their random generator

    Returns an array like images.
    """
    m = images.shape[0]

    # The covariance (3, 3) of all pixels, its eigenvalues (3,) and eigenvectors, columns of (3, 3).
    ### BEGIN SOLUTION
    pixels = images.reshape(-1, 3)
    eigenvalues, eigenvectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    ### END SOLUTION

    # Three random numbers for each picture: (m, 3).
    ### BEGIN SOLUTION
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(m, 3))
    ### END SOLUTION

    # The shift of each picture (m, 3); added to every pixel, cut off at 0 and 1.
    ### BEGIN SOLUTION
    shift = (alpha * eigenvalues) @ eigenvectors.T
    return np.clip(images + shift[:, None, None, :], 0, 1)
    ### END SOLUTION


# %%
check(pca_color_augmentation)

# %% [markdown]
# **Predict:** here are the colours of 1,500 pixels of our pictures, and the three axes, each as long as the
# cloud is wide. How many times longer is the longest than the shortest?

# %% tags=["nbval-ignore-output"]
pictures = X[:100].astype("float32") / 255
values, vectors = np.linalg.eigh(np.cov(pictures.reshape(-1, 3), rowvar=False))
print("standard deviation along each axis:", np.sqrt(values).round(3))
print("the longest axis points to", vectors[:, 2].round(2))
jitter.show_axes(pictures, vectors, values)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Along the longest axis red, green and blue grow together, near enough (three minus signs are the same line, walked
# the other way): it is brightness. It is about nine times as long as the shortest. The next is warm against cold. Next
# to nothing is left for the third.
#
# </details>
#
# A trap of units: $\lambda$ is a *variance*. Make the pictures 255 times as bright, and it is 65,025 times
# as large, while the shift should be 255 times as large. So the same $\sigma$ means something else for
# pictures from 0 to 255. For pictures from 0 to 1 the 0.1 of the paper is a gentle shift.
#
# ## A head of your own
#
# Now the network. From left to right:
#
# ```text
#  pictures ─ augment ─ scale to ─ base, frozen ─ mean of each ─ dropout ─ dense ─ logit
#  0 to 255             [-1, 1]    MobileNetV2    channel        0.2       1
# ```
#
# **Frozen** is two things, and they are easily mixed up.
#
# - `base.trainable = False`: its weights do not learn. A new head starts with random weights, and its first
#   gradients are large and mean nothing. They must not get at what took days to learn.
# - `base(x, training=False)`: it *runs* in inference mode. Its batch normalizations use the means that they have
#   stored, not those of your batch.
#
# **Scaled**: a network must be fed as it was trained. MobileNetV2 was trained on values from -1 to 1, and
# `preprocess_input(x)` computes $x / 127.5 - 1$. Nothing tells you if you forget it: the network runs, and is
# merely worse.
#
# **A logit**: the last layer has no sigmoid. The loss takes logits, which is safer in arithmetic, and a
# logit above 0 says alpaca.
#
# *By hand.* The base turns a picture into 1,280 numbers (mean of each channel). The head has a weight for
# each, and a bias: 1,281 numbers to learn. From two hundred pictures that can be done.
#
# ### Exercise 3: `alpaca_model`
#
# **Build** the network in the drawing.
#
# - `image_shape` is $(n_H, n_W)$; `data_augmentation` is a layer such as your `data_augmenter()` gives. It goes
#   first, and is called without a mode, so that Keras tells it.
# - `transfer.backbone((n_H, n_W, 3))` gives the base, without its top. (Elsewhere you would write
#   `keras.applications.MobileNetV2(input_shape=..., include_top=False, weights="imagenet")`. That passes too, but
#   in your notebook it downloads 9 MB.)
# - returns a `keras.Model` from pictures $(m, n_H, n_W, 3)$ with values from 0 to 255 to logits $(m, 1)$
#
# *A worked step.* $(m, 96, 96, 3)$: the base halves the picture five times, $(m, 3, 3, 1280)$; the mean
# over the pixels $(m, 1280)$; the logit $(m, 1)$.
#
# Difficulty 3 of 5, about 30 minutes, 16 points.


# %%
def alpaca_model(image_shape, data_augmentation):
    """A frozen pretrained MobileNetV2 with a head of its own: pictures from 0 to 255 to one logit.

    image_shape        (n_H, n_W)
    data_augmentation  a Keras layer, active in training only

    Returns a keras.Model from (m, n_H, n_W, 3) to (m, 1).
    """
    inputs = keras.Input((*image_shape, 3))

    # The base, frozen.
    ### BEGIN SOLUTION
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    ### END SOLUTION

    # Augment, scale to [-1, 1], and run the base in inference mode.
    ### BEGIN SOLUTION
    x = data_augmentation(inputs)
    x = preprocess_input(x)
    x = base(x, training=False)
    ### END SOLUTION

    # The mean of each channel, dropout, one logit.
    ### BEGIN SOLUTION
    x = GlobalAveragePooling2D()(x)
    x = Dropout(0.2)(x)
    return keras.Model(inputs, Dense(1)(x))
    ### END SOLUTION


# %%
check(alpaca_model)

# %%
model = alpaca_model((96, 96), data_augmenter())
train_count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
print("numbers that learn:", train_count)
print("fewer than one in a hundred:", train_count < model.count_params() / 100)

# %% [markdown]
# ## Thaw it
#
# The base knows its own pictures, not yours. Once the head has learned, and its gradients mean something,
# the layers below may follow: **fine-tuning**. Two rules.
#
# - **From the top.** The first layers see edges and colours, which are the same everywhere. The last ones see what
#   *their* task needed. So thaw from a layer on, to the end.
# - **Gently.** With a smaller learning rate than the head had: the weights are good already.
#
# *By hand.* A base of 10 layers, numbers 0 to 9, thawed from layer 7 on: 7, 8 and 9 learn, and the head as
# before. Seven layers, 0 to 6, stay as they are.
#
# ### Exercise 4: `unfreeze`
#
# **Change** a model that `alpaca_model` has made, so that the layers of its base learn from number
# `from_layer` on.
#
# - `from_layer` counts the layers of the base from 0, those without weights too: `base.layers[from_layer]` is the
#   first that learns. Those before do not, the head does. Where it is the number of layers, the head alone learns.
# - `transfer.base_of(model)` gives the base: the layer that is itself a model.
# - It returns nothing: the model itself changes.
#
# `base.trainable = True` reaches down to every layer of the base, but only where it was `False` before: said twice,
# it does nothing the second time. So set every layer by itself after that, to `True` or to `False`.
#
# Difficulty 2 of 5, about 15 minutes, 8 points.


# %%
def unfreeze(model, from_layer):
    """The base of a model learns from layer number from_layer on; the layers before it do not.

    model       what alpaca_model gives; it is changed
    from_layer  number of the first layer of the base that learns
    """
    base = transfer.base_of(model)

    # Thaw all of the base, then freeze what lies before from_layer.
    ### BEGIN SOLUTION
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer
    ### END SOLUTION


# %%
check(unfreeze)

# %% [markdown]
# ### A trap behind the door
#
# The base was called with `training=False`. So its batch normalizations will go on using the means that
# they have stored, even when it is thawed. That is what `training=False` in the call is for; you can read
# so in many places.
#
# **Predict:** we thaw all of it, and run one batch through the model in training mode. Do the stored means
# move?


# %%
def statistics(model):
    """The moving averages of all batch norms of the base."""
    return [v.numpy() for v in transfer.base_of(model).variables if "moving" in v.path]


model = alpaca_model((96, 96), data_augmenter())
unfreeze(model, 0)
before = statistics(model)
model(data.X_train[:4, :96, :96].astype("float32"), training=True)
moved = any(not np.array_equal(a, b) for a, b in zip(before, statistics(model), strict=True))
print("all thawed, one batch in training mode: the stored means move:", moved)

transfer.keep_statistics(model)
before = statistics(model)
model(data.X_train[:4, :96, :96].astype("float32"), training=True)
moved = any(not np.array_equal(a, b) for a, b in zip(before, statistics(model), strict=True))
print("the same with the batch norms frozen:", moved)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# They do. In this version of Keras (3.15), whoever calls the *outer* model with `training=True`, as `fit`
# does, outvotes the `False` inside. It would make a training on batches of 16 much noisier, and nobody
# would have told you. What does hold: **a frozen batch normalization always runs in inference mode.** So
# freeze those, whatever else you thaw. `transfer.keep_statistics` does it, and all trainings below call it.
# Believe measurements.
#
# </details>
#
# ### Frozen, fine-tuned, from scratch
#
# Networks of the same make, the same 200 pictures:
#
# - **frozen**: only the head learns. Twice: once with your `data_augmenter`, which mirrors and turns, and once with
#   pictures that are only mirrored.
# - **fine-tuned**: the frozen and mirrored one, then all of it thawed, with a smaller learning rate.
# - **from scratch**: all layers learn, from random weights, for as many epochs as the fine-tuned one had in all. Its
#   pictures are mirrored too.
#
# **Before you run the next cell**, write down four accuracies. A coin gets 0.5. And does it help to turn
# the pictures? It takes about a minute.


# %% tags=["nbval-ignore-output"]
EPOCHS = (8, 12) if side == 96 else (8, 4)  # fewer for large pictures: each takes twenty times as long
RATE = 1e-3 if side == 96 else 3e-5  # of fine-tuning: the better the weights, the smaller


def mirrored_only():
    """An augmentation that leaves every animal on its feet."""
    return keras.Sequential([RandomFlip("horizontal")])


@cache
def compared():
    """Test accuracy of the four networks, and the fine-tuned one. Trains once and remembers."""
    found = {}
    for name, augmentation in (("frozen,\nturned", data_augmenter()), ("frozen", mirrored_only())):
        keras.utils.set_random_seed(1)
        model = alpaca_model((side, side), augmentation)
        transfer.train(model, X, y, epochs=EPOCHS[0], peak=1e-2)
        found[name] = transfer.accuracy(model, X_test, y_test)

    unfreeze(model, 0)
    transfer.train(model, X, y, epochs=EPOCHS[1], peak=RATE)
    found["fine-tuned"] = transfer.accuracy(model, X_test, y_test)

    scratch = transfer.from_scratch((side, side, 3), mirrored_only())
    transfer.train(scratch, X, y, epochs=sum(EPOCHS), peak=3e-3, pretrained=False)
    transfer.recalibrate(scratch, X)
    found["from scratch"] = transfer.accuracy(scratch, X_test, y_test)
    return found, model


found, model = compared()
transfer.plot_bars(found)

# %%
found, model = compared()
print(
    "fine-tuned is better than from scratch by at least 0.05:",
    found["fine-tuned"] - found["from scratch"] >= 0.05,
)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Our run: 0.56 frozen (0.58 turned), 0.66 fine-tuned, 0.52 from scratch. (320 pictures: one standard error is nearly
# three points. Judged on 120 of them the lead of fine-tuning was 0.07 in one run and 0.23 in another. So believe
# large differences, and many pictures.)
#
# The same layers, the same 200 pictures. From random weights they are not enough: four hundred thousand
# numbers cannot be found from them, and the network does hardly better than a coin. From borrowed weights the
# same training finds its way. The frozen network has hardly more to show than the random one: features made for
# other things help little as they are, and a thousand numbers cannot change them. Where they may move, they are worth
# a lot.
#
# And turning? The two points between them are less than one standard error: no gain that could be seen. Animals stand
# on their feet, in the test pictures as in the others, and to turn them by up to 72 degrees makes the task harder. On
# photographs it did harm (see the end).
#
# </details>
#
# From here on the pictures are only mirrored.
#
# A word about the weights. Those that come with this workbook were trained in sixteen minutes of
# processor time, nearly all on drawn pictures. A linear classifier on top of them is right for 0.66 of real alpaca
# photographs at 96x96; on top of the same network with random weights for 0.57, which is what you get by
# always saying the commoner class; on top of ImageNet's for 0.90. Better weights are worth more than
# anything else that you can do in this lesson.

# %% tags=["nbval-ignore-output"]
found, model = compared()
transfer.show_answers(model, X_test[:16], y_test[:16])

# %% [markdown]
# The number says how sure the network is of an alpaca. Look at what is wrong. Which of these would you have got
# wrong yourself, at 96 pixels? In our run it was a white alpaca in the snow, one seen from the front, a giraffe, a
# small animal far away, among others: the errors say which pictures to collect next.
#
# **Think.** The number above a picture is a probability only by name. How would you find out whether of a
# hundred pictures with "80 %" eighty are alpacas?
#
# ## How much to thaw
#
# Is more always better? Thaw little, and the network cannot adapt. Thaw much, and a few pictures have to determine
# many weights. So it should depend on how many pictures you have. Let us see: 25, 100 and 400 pictures, and three
# ways to train, all with the same number of steps, two seeds each: the head alone, with the last four of the
# seventeen blocks, or with the last eleven.
#
# A trick makes this cheap. What is frozen gives the same output for the same picture every time. So it is
# computed once, for each picture and its mirror image, and kept; only what learns runs again and again.
#
# And a fourth line, in grey, for the sake of history: features **by hand**, as in the days before 2012.
# Somebody thought about what might matter (how much of which hue, how much edge in which direction, in each
# of 4x4 cells), and only the weights of these 224 numbers are learned.
#
# **Draw the four lines** before you run the cell. Do they cross?


# %% tags=["nbval-ignore-output"]
@cache
def curves():
    """Test accuracy by what trains and by the number of pictures: {what: (sizes, seeds)}."""
    small = transfer.small(data)
    ways = *thaw.LAST_FROZEN, "by hand"
    return {what: thaw.curve(what, thawed_base, small, SIZES, seeds=(1, 2)) for what in ways}


def thawed_base():
    """The base of a new network of yours, for small pictures, all of it thawed."""
    model = alpaca_model((96, 96), mirrored_only())
    unfreeze(model, 0)
    return transfer.base_of(model)


SIZES = (25, 100, 200 if len(data.y_train) < 400 else 400)
thaw.plot_curves(curves(), SIZES)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The bars go from the lower to the higher seed. Look at them before you believe an order. In our run all four lie
# between 0.52 and 0.58 with 25 pictures. With 400, whoever may change more has learned more: the head alone is
# at 0.56, four blocks are at 0.61, eleven at 0.64. The features by hand fall back to the
# coin: they bring knowledge along, and cannot learn to look at anything else. (In a longer run, with all layers
# thawed in place of eleven blocks, that was no better than the four blocks. More freedom does not help for
# ever.)
#
# </details>
#
# **Think.** All ways got the same number of *steps*. With four hundred pictures a step sees others than the
# step before, with twenty-five soon the same again. Which line would gain most from more steps, and which
# would lose?
#
# ## Which colours?
#
# Now a question of this lesson's own. Colours can be shifted in many ways:
#
# - **RGB**: add a number of its own to red, green and blue. Simple.
# - **PCA**: your function. Follows the cloud.
# - **HSV**: turn the hue, multiply saturation and value. It is how painters think, and the only one of the four that
#   does not just add one colour to the whole picture.
# - **YCbCr**: add to brightness and to the two colour differences, as television and JPEG have them.
#
# Which works best? To be fair, none may win by being louder: all four are tuned so that they move the
# pixels of our pictures equally far, 0.1 on a scale from 0 to 1 (root mean square).

# %% tags=["nbval-ignore-output"]
JITTERS = {
    "RGB": jitter.rgb_jitter,
    "PCA": pca_color_augmentation,
    "HSV": jitter.hsv_jitter,
    "YCbCr": jitter.ycbcr_jitter,
}
even = jitter.with_strength(JITTERS, X[::4].astype("float32") / 255, 0.1)
jitter.show_jitters(even, X[0] / np.float32(255))

# %% [markdown]
# What does "works" mean? Two things are measured. How good is the network on the test pictures **as they
# are**? And how well does it hold up when the **light changes**: on the same test pictures with shifted
# colours, up to twice as far as in training? Each of the four jitters shifts a quarter of them. So every
# network with a jitter meets the kind of shift that it was trained with, and three others.
#
# One network without jitter, four with, each trained with three seeds on 200 pictures. The last eleven blocks and the
# head learn. Each picture is shown in three versions (without jitter in two: itself and its mirror image), and what is
# frozen is computed once for each of them.
#
# **Predict:** which is best without a shift? Which holds out longest? And by how much do two seeds of *the
# same* method differ?


# %% tags=["nbval-ignore-output"]
@cache
def coloured():
    """Accuracies by jitter, and the weights of the networks without one. Trains once and remembers."""
    small = transfer.small(data)
    keras.utils.set_random_seed(1)
    even = jitter.with_strength(JITTERS, small.X_train[::8].astype("float32") / 255, 0.1)
    return jitter.compare(thawed_base(), even, small, STRENGTHS, seeds=(1, 2, 3), m=200, steps=60, peak=2e-3)


STRENGTHS = (0, 1, 2)
robust, plain = coloured()
jitter.plot_robustness(robust, STRENGTHS)
for name, values in robust.items():  # mean over seeds, and how far seeds lie apart
    spread = zip(values.mean(axis=0), values.std(axis=0, ddof=1), strict=True)
    print(f"{name:6}", "   ".join(f"{mean:.3f} ± {deviation:.3f}" for mean, deviation in spread))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The bars are the standard errors of the means over three seeds. A winner? Put a ruler on the bars before you name
# one. In our run the network *without* any jitter is in front without a shift and with the strongest one, and of the
# four HSV leads without a shift. In a longer run of ours (100 steps, colours drawn anew in every epoch) it was the
# other way round: all four held out better against the strongest shift than no jitter, and PCA led without a shift.
# In both, most bars overlap: **the differences between the four are no larger than those between two seeds of the
# same method.** Whoever had tried each once, with one seed, could have reported any of them as the best.
#
# That is a result, and a common one. It also has a reason: RGB, PCA and YCbCr all do the same thing, they
# add one colour to the whole picture. Only the mix of colours differs: PCA changes mostly the brightness,
# the other two tint.
#
# What would it take to decide? Our standard errors (the bars; they are the deviations after ± divided by $\sqrt{3}$)
# were up to three and a half points. To see a difference of one point they have to be several times as small, and an
# error half as large takes four times as many seeds, or four times as many test pictures.
#
# </details>
#
# **Think.** The test mixes the four kinds of shift in equal parts. How could you choose the mix so that
# your favourite wins?
#
# ## The last percent
#
# Competitions are won by tenths of a percent. Two old tricks for them need no training at all.
#
# **Many crops.** Cut ten windows out of a picture: the four corners, the centre, and the mirror image of
# each. Ask the network about all ten and take the mean of the probabilities.
#
# **Ensembles.** Ask several networks, and take the mean of their probabilities.
#
# *By hand.* Two networks say $0.9$ and $0.4$: the mean is $0.65$, an alpaca. Averaging their votes (yes and
# no) would give $0.5$ and lose how sure they were. And averaging logits is something else again: $0.9$ has
# the logit $2.20$, $0.4$ has $-0.41$, the mean is $0.90$, and its sigmoid $0.71$. Here the probabilities
# are averaged.
#
# ### Exercise 5: `multi_crop_predict`
#
# **Return** the mean probability over ten crops of each picture.
#
# - in: `model`, which gives logits $(m, 1)$ for pictures of $h \times w$ pixels (`model.input_shape` is
#   $(\text{None}, h, w, 3)$); `images` $(m, n_H, n_W, 3)$ with $n_H \ge h$, $n_W \ge w$
# - The crops have the size that the model takes, $h \times w$. The centre starts at row $\lfloor (n_H - h)/2 \rfloor$
#   and column $\lfloor (n_W - w)/2 \rfloor$. Mirrored is: left and right swapped.
# - out: $(m,)$ probabilities, in inference mode
#
# *A worked step.* Pictures of 12x15, a model for 8x9. The lower right corner starts at row $12 - 8 = 4$ and
# column $15 - 9 = 6$, the centre at row 2 and column 3.
#
# Difficulty 2 of 5, about 20 minutes, 10 points.


# %%
def multi_crop_predict(model, images):
    """Mean probability over ten crops: four corners and centre, and their mirror images.

    model   keras.Model from (m, h, w, 3) to logits (m, 1)
    images  (m, n_H, n_W, 3), n_H >= h, n_W >= w

    Returns probabilities (m,).
    """
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]

    # Five crops (m, h, w, 3), then the mirror image of each.
    ### BEGIN SOLUTION
    bottom, right = n_H - h, n_W - w
    starts = [(0, 0), (0, right), (bottom, 0), (bottom, right), (bottom // 2, right // 2)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [crop[:, :, ::-1] for crop in crops]
    ### END SOLUTION

    # The mean of the probabilities.
    ### BEGIN SOLUTION
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)
    ### END SOLUTION


# %%
check(multi_crop_predict)

# %% [markdown]
# ### Exercise 6: `ensemble_predict`
#
# **Return** the mean probability over several networks.
#
# - in: `models`, a list of networks that give logits $(m, 1)$; `images` $(m, n_H, n_W, 3)$
# - out: $(m,)$ probabilities, in inference mode
#
# Difficulty 1 of 5, about 10 minutes, 6 points.


# %%
def ensemble_predict(models, images):
    """Mean probability over several networks.

    models  keras.Models from (m, n_H, n_W, 3) to logits (m, 1)
    images  (m, n_H, n_W, 3)

    Returns probabilities (m,).
    """
    ### BEGIN SOLUTION
    return np.mean([tf.sigmoid(model(images, training=False))[:, 0] for model in models], axis=0)
    ### END SOLUTION


# %%
check(ensemble_predict)

# %% [markdown]
# Now try both. The networks without jitter from the colour experiment are three networks of the same make,
# trained on other pictures in another order. For the crops the test pictures are loaded a sixth larger.
#
# **Predict:** by how much does each trick raise the accuracy? What do they cost, in forward passes for a
# picture?


# %% tags=["nbval-ignore-output"]
@cache
def squeezed():
    """Test accuracy of single networks, of each with ten crops, of all together, and of both. {name: accuracies}"""
    small, large = transfer.small(data), transfer.small(data, margin=16)
    models = []
    for values in plain_weights():
        models.append(jitter.network(thawed_base())[-1])
        transfer.set_weights(models[-1], values)
    images, wide, t = small.X_test.astype("float32"), large.X_test.astype("float32"), small.y_test
    ten = np.array([multi_crop_predict(model, wide) for model in models])
    return {
        "one network\n1 pass": [np.mean((ensemble_predict([model], images) > 0.5) == t) for model in models],
        "ten crops\n10 passes": [np.mean((p > 0.5) == t) for p in ten],
        "three networks\n3 passes": [np.mean((ensemble_predict(models, images) > 0.5) == t)],
        "both\n30 passes": [np.mean((ten.mean(axis=0) > 0.5) == t)],
    }


def plain_weights():
    """The weights of the networks without jitter, one list for each seed."""
    return list(coloured()[1].values())


transfer.plot_bars(squeezed())

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The dots are the three networks, the bar is their mean. In our run ten crops gain three points, three networks one,
# both together two. But one point is about one picture here, so this is no ranking: with networks that were trained
# longer ten crops gained nothing, and three networks five points. That is what one should expect. Averaging helps
# where errors have nothing to do with each other: networks that were trained apart err on different pictures; the
# crops of one picture show nearly the same, to one network with one opinion.
#
# </details>
#
# **Think.** What would three *copies* of one network gain? And one network, asked three times in training
# mode, with its dropout at work?
#
# ## The state of computer vision
#
# Look back at the grey line, the features by hand. Every recognizer gets what it knows from two places:
# **from data**, and **from people** who think about the problem and build in what they know. With little data
# people must build in much; with more, less and less. The grey line is far on the side of people, a network
# from scratch far on the side of data.
#
# - **Image classification** has millions of labelled pictures, and plain networks trained long do best there.
# - **Detection** (next week) has fewer, since somebody has to draw each box. So there is more design in it: anchors,
#   grids, losses of several parts.
# - **A farm gate** has two hundred. What helps there are the two things of this lesson: other people's data, by way
#   of their weights, and what you know of your problem, put into augmentations. "A mirrored alpaca is an alpaca" is
#   hand-engineering too, of the best kind.
#
# ### Open implementations
#
# You will hardly ever begin with an empty file, and you should not: for nearly every paper somebody has published the
# code, and often the weights. Papers leave out the small decisions that make a network work; code cannot. The order in
# which those who do it for a living go about it:
#
# 1. Look at the licence: may you use the code, the weights, and what they were trained on, for what you have in mind?
# 2. Run it as it is, on its own data, until it gives the number that it was published with. If it does not, nothing
#    that comes later means anything.
# 3. Give it *your* pictures, prepared just as its own were: sizes, the order of colours, the range of values. (This
#    lesson's `preprocess_input` is such a small decision.)
# 4. Only then change something, one thing at a time, and measure.
#
# You have used one all along: Keras's MobileNetV2 is an open implementation of a paper.
#
# Many crops and ensembles win competitions, and are rare in products: ten times the price for a tenth of a
# percent. A gate has to open before the alpaca has walked on.
#
# ## Real alpacas
#
# Everything above runs on photographs and with ImageNet's weights, if you have them: put the folders
# `alpaca/alpaca` and `alpaca/not alpaca`, and Keras's file
# `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5`, into one folder, set `WORKBOOK_DATA`
# to it, and start Jupyter anew. The pictures then have 224x224 pixels, and the cells take much longer.
#
# We measured on 327 photographs from Open Images, 200 to learn from and 65 for the test, with ImageNet's
# weights: the head alone 0.94, and 0.95 after fine-tuning (learning rate 0.00003). The right rate depends on
# the weights: with 0.0002 the same network fell from 0.92 to 0.88. And the turning of exercise 1: after
# four epochs of the head alone, 0.86 with it and 0.92 without. What an augmentation is worth is a question
# about *your* pictures, and it has to be measured like any other.
#
# ## In short
#
# - Take a network that somebody has trained, cut off its top, freeze it, and train a head of your own: a thousand
#   numbers in place of hundreds of thousands.
# - Feed it as it was trained: MobileNetV2 wants -1 to 1. Augmentation and scaling inside the model cannot be
#   forgotten.
# - Thaw from the top, gently, and more of it the more data you have. Batch normalizations stay frozen: in Keras 3.15 a
#   `training=False` inside is outvoted from outside.
# - Augmentation is knowledge: what may change without the answer changing? Colours too. A method that is tested on its
#   own kind of shift alone looks better than it is.
# - Ten crops and ensembles: a little accuracy for many times the price.
#
# **To think about**
# 1. You have ten photographs of each of 500 plants. Which layers do you train? And how do you tell afterwards which
#    plants it cannot tell apart?
# 2. By how many degrees would you turn animals in a field? How would you find out, with which pictures, and why not
#    with the test pictures?
# 3. A base was trained on ImageNet, and on ImageNet alpacas are called llamas. Is that an advantage or a danger?
# 4. In the colour experiment all networks are compared on the same test pictures, several times. What is wrong with
#    choosing the best of them and quoting its accuracy?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | transfer learning | 迁移学习 |
# | pretrained weights | 预训练权重 |
# | backbone (base network) | 主干网络 |
# | head | 输出头（分类头） |
# | freezing | 冻结 |
# | fine-tuning | 微调 |
# | logit | 对数几率（未归一化的输出） |
# | data augmentation | 数据增强 |
# | colour jitter | 颜色抖动 |
# | principal component analysis (PCA) | 主成分分析 |
# | multi-crop testing | 多裁剪测试 |
# | ensemble | 集成 |
# | hand-engineered features | 人工设计特征 |
#
# **Papers**
# - A. Krizhevsky, I. Sutskever, G. E. Hinton: *ImageNet classification with deep convolutional neural networks*,
#   NIPS 2012 (ten crops and colours along the principal axes: section 4.1)
# - J. Donahue et al.: *DeCAF: a deep convolutional activation feature for generic visual recognition*, 2013.
#   arXiv:1310.1531
# - A. S. Razavian, H. Azizpour, J. Sullivan, S. Carlsson: *CNN features off-the-shelf: an astounding baseline for
#   recognition*, 2014. arXiv:1403.6382
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson: *How transferable are features in deep neural networks?*, 2014.
#   arXiv:1411.1792
# - M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen: *MobileNetV2: inverted residuals and linear
#   bottlenecks*, 2018. arXiv:1801.04381
# - N. Dalal, B. Triggs: *Histograms of oriented gradients for human detection*, CVPR 2005

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
