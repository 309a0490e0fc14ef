# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Localization and landmarks
#     order: 1
#     minutes: 120
#     runs: 2
#     terms: [localization, bounding box, landmark, multi-task loss, data augmentation]
# ---

# %% [markdown]
# # Localization and landmarks: not only what, but where
#
# A farmer has a camera at the edge of the meadow. Alpacas, cows and giraffes come by, for it is that kind of farm.
# The network from last week looks at a picture and says *cow*. "Fine," says the farmer, "and where?" It does
# not know. It was never asked.
#
# This lesson asks. A network will say three things in one look: whether an animal is there, in which rectangle, and
# which animal it is. You need no new kind of layer for that, only **five more outputs and a loss that knows when to
# keep silent**. The second half does the same for single points: the corners of the eyes, the tip of the nose, the
# mouth. Then everybody gets a hat.
#
# **At the end you can**
# - write down what a network should say of a picture, as eight numbers, seven of which are sometimes a shrug;
# - write the loss for it, and say what its mask does, when it matters, and when nobody would notice that it is gone;
# - move a box along when you crop and mirror its picture;
# - find ten landmarks within two pixels, and tell what happens to somebody who mirrors faces carelessly.
#
# About two hours. Three exercises, 45 points.

# %%
from functools import cache

import workbook

workbook.start("localization_and_landmarks")

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import facemarks
import localizing
import meadow
from workbook import check, hint

# %% [markdown]
# ## The meadow
#
# Code draws the pictures, and so it knows which pixels belong to the animal. The box is the smallest upright
# rectangle around them. One picture in five shows nobody.

# %% tags=["nbval-ignore-output"]
scenes, test_scenes = meadow.load_scenes()
localizing.show_scenes(scenes, range(12))

# %%
print("pictures:", scenes.X.shape, "boxes:", scenes.boxes.shape, "labels:", scenes.labels.shape)
print("kinds:", meadow.KINDS)

# %% [markdown]
# ## Eight numbers
#
# What should the network say? One row for each picture:
#
# $$ y = \big(\,p,\; b_x,\; b_y,\; b_w,\; b_h,\; c_1,\; c_2,\; c_3\,\big) $$
#
# - $p$ is 1 if an animal is there, else 0;
# - $b_x, b_y$ is the middle of the box, $b_w, b_h$ its width and height. All four are **shares of the picture**, from 0
#   to 1, so that they do not change when the picture is scaled;
# - $c_1, c_2, c_3$ is the class, one-hot: alpaca, cow, giraffe.
#
# *By hand.* A picture of 64 x 64 pixels, a giraffe from $(x_1, y_1) = (16, 8)$ to $(x_2, y_2) = (32, 56)$. The middle
# is at $(24, 32)$, the size $16 \times 48$. So $y = (1,\; 0.375,\; 0.5,\; 0.25,\; 0.75,\; 0, 0, 1)$.
#
# And an empty meadow? $y = (0,\; ?,\; ?,\; ?,\; ?,\; ?,\; ?,\; ?)$. The question marks mean: **it does not matter**.
# A computer needs numbers there, so some stand there, zeros here, but nothing may depend on them. That is for
# the loss to see to.
#
# ## A loss with a mask
#
# For one picture with truth $y$ and prediction $\hat y$:
#
# $$ L = \underbrace{-p\,\ln\hat p - (1 - p)\ln(1 - \hat p)}_{\text{is something there?}} \;+\; p\,\Big(\lambda
# \underbrace{\sum_{i \in \{x, y, w, h\}} (b_i - \hat b_i)^2}_{\text{where?}} \;\underbrace{-\sum_k c_k \ln \hat
# c_k}_{\text{what?}}\Big) $$
#
# and the mean over the batch. The $p$ before the bracket is the **mask**: 1 lets everything through, 0
# deletes it. $\lambda$ says how much a box counts.
#
# *By hand*, $\lambda = 1$, two pictures:
#
# | | $y$ | $\hat y$ |
# |:--|:--|:--|
# | 1 | (1, 0.5, 0.5, 0.4, 0.2, 1, 0, 0) | (0.8, 0.6, 0.5, 0.3, 0.2, 0.7, 0.2, 0.1) |
# | 2 | (0, ?, ?, ?, ?, ?, ?, ?) | (0.1, 0.9, 0.9, 0.9, 0.9, 0.2, 0.2, 0.6) |
#
# Picture 1: $-\ln 0.8 = 0.223$, $0.1^2 + 0.1^2 = 0.020$ and $-\ln 0.7 = 0.357$, together $0.600$. Picture 2:
# $-\ln 0.9 = 0.105$, whatever the other seven numbers are. Mean: $0.353$.
#
# ### Exercise 1: `localization_loss`
#
# **Build** the loss. Use TensorFlow's functions (or `keras.ops`): a training must find gradients through it.
#
# - `y_true`, `y_pred`: $(m, 5 + C)$, in the order above. $C$ is any number of classes. `y_pred` holds probabilities.
# - `box_weight`: $\lambda$, 1 unless said otherwise.
# - The squares are **summed** over the four numbers of the box, the logs over the classes; then the **mean** over
#   all $m$ pictures, empty ones too. A scalar.
# - A network may be so sure that $\hat p$ is exactly 0 or 1 in float32, and $0 \cdot \ln 0$ is NaN. **Clip** probabilities to
#   $[10^{-7}, 1 - 10^{-7}]$ before each log (any tiny number will do).
# - `y_true[:, 0]` is always exactly 0 or 1. Where it is 0, the other numbers of the row may be anything.
#
# Difficulty 3 of 5, about 30 minutes, 20 points.


# %%
def localization_loss(y_true, y_pred, box_weight=1.0):
    """The loss of localization, mean over a batch: a scalar tensor.

    y_true      (m, 5 + classes): presence 0 or 1, box (centre x, centre y, width, height), one-hot class
    y_pred      (m, 5 + classes): the same as the network says it, probabilities for presence and class
    box_weight  how much the box counts
    """
    here, says = y_true[:, 0], tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)

    # Three losses for each picture, each (m,): presence, box, classes.
    ### BEGIN SOLUTION
    presence = -here * tf.math.log(says[:, 0]) - (1 - here) * tf.math.log(1 - says[:, 0])
    box = tf.reduce_sum(tf.square(y_true[:, 1:5] - y_pred[:, 1:5]), axis=1)
    classes = -tf.reduce_sum(y_true[:, 5:] * tf.math.log(says[:, 5:]), axis=1)
    ### END SOLUTION

    # Together, with the mask; and the mean.
    ### BEGIN SOLUTION
    return tf.reduce_mean(presence + here * (box_weight * box + classes))
    ### END SOLUTION


# %%
check(localization_loss)

# %% [markdown]
# ### What is a box worth?
#
# **Before you run the next cell**, write down a guess. The network says the right class with probability one third, as
# if by lot. Or it puts the box three pixels too far to the right and three too far down, in a picture of 64. Which of
# the two costs more, if $\lambda = 1$?

# %%
truth = tf.constant([[1, 0.5, 0.5, 0.4, 0.4, 1, 0, 0]])
by_lot = tf.constant([[1, 0.5, 0.5, 0.4, 0.4, 1 / 3, 1 / 3, 1 / 3]])
beside = truth + tf.constant([[0, 3 / 64, 3 / 64, 0, 0, 0, 0, 0]])
print(f"class by lot:     {float(localization_loss(truth, by_lot)):.4f}")
print(f"box beside:       {float(localization_loss(truth, beside)):.4f}")
print(f"the same, x 60:   {float(localization_loss(truth, beside, 60.0)):.4f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The class is 250 times as expensive. Shares are small numbers, and their squares are tiny. With $\lambda = 1$ the
# network learns first what costs it most, and last of all the box. We take $\lambda = 60$: no theory, but the two
# then weigh about the same once a box is off by a few pixels. In our trials that brought more than any change of the
# network.
#
# </details>
#
# ## The network
#
# | layer | for 64 x 64 pixels, 3 classes |
# |:--|:--|
# | 3x3 convolution, 16 filters, stride 2, "same"; batch normalization; ReLU | 32 x 32 x 16 |
# | the same with 32 filters, stride 2 | 16 x 16 x 32 |
# | 64 filters, stride 2 | 8 x 8 x 64 |
# | 64 filters, stride 1 | 8 x 8 x 64 |
# | 64 filters, stride 1 | 8 x 8 x 64 |
# | flatten | 4096 |
# | dense layer, 128 units; batch normalization; ReLU | 128 |
# | dense layer with biases, without activation, $5 + C$ units | 8 |
# | sigmoid over the first five, softmax over the others | 8 |
#
# **Think first:** last week a network ended in *global average pooling*, and that saved many weights. Why would it be
# a bad idea here? (An average over all places is nearly the same wherever the cow stands. A flattened map still has a
# number of its own for each place.)
#
# *By hand.* The last dense layer gives $(0, 2, 0, -1, -1, 1, 1, 0)$. Sigmoids:
# $(0.5,\; 0.88,\; 0.5,\; 0.27,\; 0.27)$. Softmax of $(1, 1, 0)$: $e / (2e + 1) = 0.42$ twice, and $0.16$. Say:
# perhaps an animal, on the right, about a quarter of the picture wide and high.
#
# ### Exercise 2: `localization_model`
#
# **Build** the network in the table: a Keras model from pictures of `input_shape` to $(m, 5 + \text{classes})$.
#
# - One way: a single last dense layer; cut its output in two with `X[:, :5]` and `X[:, 5:]`, and put the parts
#   together again with `ops.concatenate(..., axis=1)`. Another: a dense layer for each part. They compute the same.
#
# Difficulty 2 of 5, about 20 minutes, 15 points.


# %%
def localization_model(input_shape, classes):
    """The network of the table.

    input_shape  (n_H, n_W, n_C)
    classes      how many kinds of animals there are
    Returns a keras.Model from pictures (m, *input_shape) to presence, box and classes (m, 5 + classes).
    """
    X = inputs = keras.Input(input_shape)

    # Five convolutions, each with batch normalization and ReLU.
    ### BEGIN SOLUTION
    for filters, stride in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        X = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(X)
        X = layers.ReLU()(layers.BatchNormalization()(X))
    ### END SOLUTION

    # 128 numbers, then 5 + classes.
    ### BEGIN SOLUTION
    X = layers.Dense(128, use_bias=False)(layers.Flatten()(X))
    X = layers.ReLU()(layers.BatchNormalization()(X))
    X = layers.Dense(5 + classes)(X)
    ### END SOLUTION

    # Sigmoid and softmax.
    ### BEGIN SOLUTION
    X = ops.concatenate([ops.sigmoid(X[:, :5]), ops.softmax(X[:, 5:])], axis=-1)
    ### END SOLUTION
    return keras.Model(inputs, X)


# %%
check(localization_model)

# %% [markdown]
# ## The box goes along
#
# 1800 pictures are few. A classifier could be given mirror images and crops, for a mirrored cow is a cow. Here
# the truth changes as well: **what moves the picture moves the box.**
#
# We drew each scene on 80 x 80 pixels. Each time that a picture is used, a square of 60 to 80 pixels is cut out of it
# at another place, brought to 64 x 64, sometimes mirrored, sometimes made darker or lighter. The animal stays whole.
#
# *By hand.* A box from $(30, 20)$ to $(50, 60)$, a crop of 64 pixels that begins at $(10, 8)$: in the crop the middle
# is at $(40 - 10,\; 40 - 8) = (30, 32)$, as shares $(0.469, 0.5)$. Mirrored: $b_x$ becomes $1 - 0.469 = 0.531$. And
# $b_w$? It stays. **Which of the other six change?** (None: only what lies to the left or right of something moves.)

# %% tags=["nbval-ignore-output"]
same_scene = np.full(6, 0)
X, y = localizing.animals(scenes, np.random.default_rng(3), same_scene)
localizing.show_answers(X, y, y)

# %% [markdown]
# One scene, six pictures. Without these crops the network would learn the places of some 1400 animals by heart.
#
# ## The training
#
# 32 times through the pictures, about forty seconds on two cores.


# %%
def box_counts(y_true, y_pred):
    """The loss of the training: the box counts 60 times."""
    return localization_loss(y_true, y_pred, 60.0)


@cache
def trained():
    """The network after its training."""
    keras.utils.set_random_seed(1)
    model = localization_model((64, 64, 3), len(meadow.KINDS))
    localizing.train_animals(model, scenes, box_counts, epochs=32)
    return model


X_test, y_test = localizing.animals(test_scenes, np.random.default_rng(0), vary=False)

# %% tags=["nbval-ignore-output"]
says = localizing.answers(trained(), X_test)
localizing.show_answers(X_test[:12], says[:12], y_test[:12])
print({name: round(value, 3) for name, value in localizing.scores(y_test, says).items()})

# %%
result = localizing.scores(y_test, localizing.answers(trained(), X_test))
print("an animal is there or not, right in at least 0.95:", result["presence"] >= 0.95)
print("the right animal in at least 0.75:", result["class"] >= 0.75)
print("mean IoU at least 0.75:", result["mean IoU"] >= 0.75)

# %% [markdown]
# Above each picture stands what the network says and how sure it is. The solid box is its own, the dashed one the
# truth.
#
# **IoU**, intersection over union, is the area that the two boxes share, divided by the area that they cover
# together: 1 for the same box, 0 for boxes apart. You will write it yourself in the lesson on car detection. It is a
# strict judge: **what is the IoU of two boxes of 30 x 30 pixels, one of which is 2 pixels too far to the right and 2
# too far down?** Compute it before you look at the histogram.

# %% tags=["nbval-ignore-output"]
says, here = localizing.answers(trained(), X_test), y_test[:, 0] == 1
fits = localizing.overlaps(y_test[here, 1:5], says[here, 1:5])
localizing.show_overlaps({"pictures with an animal": fits})
worst = np.flatnonzero(here)[np.argsort(fits)[:6]]
localizing.show_answers(X_test[worst], says[worst], y_test[worst])

# %% [markdown]
# $28 \cdot 28 / (2 \cdot 900 - 28 \cdot 28) = 0.77$. So a mean of 0.75 means: off by some two pixels. Below the
# histogram are the six worst. What do they have in common?
#
# ## What if the mask were forgotten?
#
# It is the best known slip with this loss: the boxes of empty pictures count too, and their truth is written as
# $(0, 0, 0, 0)$. **Predict** what such a network does. Small boxes everywhere? Only where nothing is? No harm at all?
#
# To give the slip a chance we take a training set of which half is empty, and train twice, a few rounds each: once
# with your loss, once with one that forgets.


# %%
def forgetful(y_true, y_pred):
    """The loss without its mask on the box: in empty pictures the box is pulled to (0, 0, 0, 0)."""
    empty = (1 - y_true[:, 0]) * tf.reduce_sum(tf.square(y_true[:, 1:5] - y_pred[:, 1:5]), axis=1)
    return box_counts(y_true, y_pred) + 60.0 * tf.reduce_mean(empty)


half_empty = localizing.half_empty(scenes)


@cache
def with_and_without_mask():
    """Two networks from the same first weights."""
    models = {}
    for name, loss in (("with the mask", box_counts), ("mask forgotten", forgetful)):
        keras.utils.set_random_seed(1)
        models[name] = localization_model((64, 64, 3), len(meadow.KINDS))
        localizing.train_animals(models[name], half_empty, loss, epochs=10)
    return models


# %% tags=["nbval-ignore-output"]
for name, model in with_and_without_mask().items():
    says, here = localizing.answers(model, X_test), y_test[:, 0] == 1
    print(
        f"{name:15} mean IoU {localizing.scores(y_test, says)['mean IoU']:.3f}, "
        f"width and height in empty pictures {says[~here, 3:5].mean():.2f}"
    )

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# On clear pictures the harm is small: after these short trainings 0.56 with the mask and 0.52 without it. In empty
# pictures the boxes of the forgetful network have shrunk to nothing, but who looks at a box where nothing is? Perhaps
# the mask is a matter of taste?
#
# </details>
#
# **Now fog comes up.** We take the contrast out of the test pictures, step by step, and ask both networks for the
# size of the box. How does each curve end?

# %% tags=["nbval-ignore-output"]
fog = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08)
curves = {
    name: localizing.in_fog(model, X_test, y_test, fog) for name, model in with_and_without_mask().items()
}
localizing.show_fog(fog, curves)

# %% [markdown]
# The network with the mask sees less and less, and falls back on a typical box, about three quarters as large as the
# true one. The forgetful one lets its box shrink to nothing. And look at its *two* curves: at a contrast of 0.5 the
# probability was about 0.44 and the size 0.50, at 0.35 they were 0.16 and 0.20. That is no accident. **The best
# answer to a squared error is the mean of all that may be true.** If there is an animal of width $b$ with probability
# $q$, and otherwise the truth is called 0, that mean is
#
# $$ q \cdot b + (1 - q) \cdot 0 = q\,b . $$
#
# The box has become a mixture of two questions, *how large is it?* and *is it there at all?* Where the network is
# sure, $q$ is nearly 1, and nobody notices. The slip spoils the boxes of just those animals that are hard to see.
# That is why it lives so long.
#
# ## Landmarks: a box is two points, a face is ten
#
# A box tells where the farmer's cow is. It does not tell where her nose is. For that, ask for single points. A
# **landmark** is a point with a name that is the same in every picture: number 4 is the tip of the nose, in every face.

# %% tags=["nbval-ignore-output"]
album, test_album = facemarks.load_faces()
faces, marks = localizing.portraits(album, np.random.default_rng(0), range(0, 42, 6), vary=False)
facemarks.show_landmarks(localizing.pictures(faces[:1]), 64 * marks[:1], numbers=True, width=4.5)
facemarks.show_landmarks(localizing.pictures(faces[1:]), 64 * marks[1:])

# %%
for number, name in enumerate(facemarks.NAMES):
    print(number, name)

# %% [markdown]
# Left and right are those of the *picture*. None of these people exist; the test people are others than those to
# learn from.
#
# The network is the one that you know. Only its end is new: two numbers for each landmark, $x$ and $y$ as shares of the
# picture, and nothing is there or not there, so there is no mask. **And no activation.** A chin may lie
# below the lower edge of a picture, at $y = 1.05$, and a sigmoid could never say so.
#
# *By hand.* Two landmarks. The last dense layer gives $(0.3, 0.4, 0.7, 0.41)$; reshaped,
# $\begin{pmatrix}0.3&0.4\\0.7&0.41\end{pmatrix}$: the first lies at pixel $(19.2, 25.6)$ of 64, the second at
# $(44.8, 26.2)$. Two eyes, perhaps.
#
# ### Exercise 3: `landmark_model`
#
# **Build** a Keras model from pictures of `input_shape` to $(m, \text{landmarks}, 2)$: the five convolutions,
# flatten, and the dense layer of 128 as in the table above, with their batch normalizations and ReLUs; then a dense
# layer with $2 \cdot \text{landmarks}$ units and no activation; then a reshape. In the result $x$ and $y$ of a
# landmark stand side by side.
#
# Difficulty 2 of 5, about 10 minutes, 10 points.


# %%
def landmark_model(input_shape, landmarks):
    """As localization_model up to the 128 numbers, then points in place of a box.

    input_shape  (n_H, n_W, n_C)
    landmarks    how many points there are
    Returns a keras.Model from pictures (m, *input_shape) to x and y of each point, as shares of the picture
    (m, landmarks, 2).
    """
    X = inputs = keras.Input(input_shape)

    # As before, up to the 128 numbers.
    ### BEGIN SOLUTION
    for filters, stride in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        X = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(X)
        X = layers.ReLU()(layers.BatchNormalization()(X))
    X = layers.Dense(128, use_bias=False)(layers.Flatten()(X))
    X = layers.ReLU()(layers.BatchNormalization()(X))
    ### END SOLUTION

    # Two numbers for each landmark.
    ### BEGIN SOLUTION
    X = layers.Reshape((landmarks, 2))(layers.Dense(2 * landmarks)(X))
    ### END SOLUTION
    return keras.Model(inputs, X)


# %%
check(landmark_model)

# %% [markdown]
# The loss is the mean squared error; crops and light as before, and half of the faces are mirrored. In a mirrored
# face the landmarks move, $x \to 1 - x$. **Is that all?** Think of landmark 0, the outer corner of the left eye,
# before you read on.
#
# It is not all. In the mirror the corner of the left eye has become the corner of the *right* eye: number 0 is now
# number 3. So points 0 and 3 change places, 1 and 2, 5 and 6. We train two networks: one with the change of names,
# and, for a shorter time, one without.


# %%
@cache
def finder(swap=True, epochs=34):
    """A network that finds landmarks; swap: left and right change their names in the mirror."""
    keras.utils.set_random_seed(1)
    model = landmark_model((64, 64, 3), len(facemarks.NAMES))
    localizing.train_faces(model, album, epochs, swap)
    return model


faces_test, marks_test = localizing.portraits(test_album, np.random.default_rng(0), vary=False)

# %% tags=["nbval-ignore-output"]
found = localizing.answers(finder(), faces_test)
print(f"off by {localizing.pixels_off(marks_test, found):.2f} pixels on average")
middle = np.broadcast_to(marks_test.mean(axis=0), marks_test.shape)
print(f"whoever always says the mean place: {localizing.pixels_off(marks_test, middle):.2f} pixels")
facemarks.show_landmarks(localizing.pictures(faces_test[::10]), 64 * found[::10], 64 * marks_test[::10])

# %%
off = localizing.pixels_off(marks_test, localizing.answers(finder(), faces_test))
print("within 2 pixels on faces that it has never seen:", off <= 2)

# %% [markdown]
# Dots are what the network says, crosses the truth. Now the one whose faces were mirrored and whose names were
# not. **Predict:** where does it put the eyes?

# %% tags=["nbval-ignore-output"]
careless = localizing.answers(finder(swap=False, epochs=10), faces_test)
print(f"off by {localizing.pixels_off(marks_test, careless):.2f} pixels on average")
facemarks.show_landmarks(localizing.pictures(faces_test[::20]), 64 * careless[::20], 64 * marks_test[::20])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# All on one line, down the middle of the face. A mirrored face is a face like any other, so the network cannot know
# whether the point with number 0 is to be on the left or on the right. Half of the time it is here, half of the time
# there, and the best answer to a squared error is the mean: between the eyes, where no eye ever was. (It is the
# answer of the forgetful network once more.) Nothing crashed, the loss fell, and the chin is even in its place. Only
# the figure tells.
#
# </details>
#
# ### A hat, glasses, a moustache
#
# Ten points are enough to put things on a face. The middle of the eyes says where, their distance how large, the line
# from eye to eye how tilted.

# %% tags=["nbval-ignore-output"]
found = localizing.answers(finder(), faces_test)
facemarks.dress_up(localizing.pictures(faces_test[::10]), 64 * found[::10])

# %% [markdown]
# ### Is somebody smiling?
#
# In a smile the mouth is wide and its corners are high. Two numbers that landmarks give: the width of the mouth,
# and how far its corners lie above the middle of the lips, both divided by the distance of the eyes. **Why divided?**
# (Whoever comes nearer to the camera would seem to smile.) A straight line through these two numbers,
# fitted to the faces to learn from, must be enough for now.

# %% tags=["nbval-ignore-output"]
smiles, smiles_test = album[2] > 0, test_album[2] > 0
faces, marks = localizing.portraits(album, np.random.default_rng(5), vary=False)
landmarks = {
    "true landmarks": (marks, marks_test),
    "found landmarks": (localizing.answers(finder(), faces), localizing.answers(finder(), faces_test)),
}
for name, (to_learn_from, to_test) in landmarks.items():
    line = facemarks.fit_line(facemarks.smile_features(to_learn_from), smiles)
    told = facemarks.says_smile(facemarks.smile_features(to_test), line)
    print(f"{name}: told rightly {np.mean(told == smiles_test):.2f}")

# %% [markdown]
# From the true landmarks every face is told rightly. From those that the network found it was between 0.68 and 0.78
# in our runs, where a coin gets 0.5, though they are off by less than a pixel and a half. Between smiling and not
# smiling the corners of a mouth rise by three pixels, and of three pixels one and a half is a lot. Two pixels are
# good enough for a hat, and not for a smile: **ask what landmarks are for before you say how good they must be.**
#
# ## In short
#
# - Localization is a classifier with five more outputs: presence, and a box as four shares of the picture.
# - Three losses, added. The mask keeps box and class silent where there is no object.
# - Shares are small and their squares smaller: give the box a weight, or it learns last.
# - Flatten, do not average: an average does not know where.
# - What moves the picture moves the truth. And in a mirror left and right change their names.
# - The squared error, asked two things at once, answers with the mean of both.
#
# **To think about**
# 1. Two cows come at once. What would this network say? What would you have to change in $y$? (That is the lesson on
#    car detection.)
# 2. A landmark is hidden behind a hand. Would you give it a mask? Who tells its truth?
# 3. Where else in your pictures does something have a left and a right, or an up and a down, so that mirroring them is a
#    mistake?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | localization | 定位 |
# | bounding box | 边界框 |
# | presence of an object | 目标存在性 |
# | mask (of a loss) | （损失的）掩码 |
# | multi-task loss | 多任务损失 |
# | intersection over union (IoU) | 交并比 |
# | landmark | 关键点，特征点 |
# | data augmentation | 数据增强 |
#
# **Papers**
#
# - P. Sermanet, D. Eigen, X. Zhang, M. Mathieu, R. Fergus, Y. LeCun: *OverFeat: integrated recognition,
#   localization and detection using convolutional networks*, 2013. arXiv:1312.6229 (one network that classifies
#   and computes a box)
# - C. Szegedy, A. Toshev, D. Erhan: *Deep neural networks for object detection*, NIPS 2013
# - Y. Sun, X. Wang, X. Tang: *Deep convolutional network cascade for facial point detection*, CVPR 2013:
#   landmarks by regression
# - A. Toshev, C. Szegedy: *DeepPose: human pose estimation via deep neural networks*, CVPR 2014.
#   arXiv:1312.4659 (the same for bodies)
# - J. Redmon, S. Divvala, R. Girshick, A. Farhadi: *You only look once: unified, real-time object detection*,
#   CVPR 2016. arXiv:1506.02640 (the masked loss in every cell of a grid)

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
