# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Face recognition
#     order: 1
#     minutes: 180
#     runs: 3
# ---

# %% [markdown]
# # Face recognition: a door that knows you from one picture
#
# A house has a door with a camera. Ten people live in it, and in May an eleventh moves in. A classifier with
# ten outputs would have to grow an output, and would want hundreds of pictures of the newcomer. The house has
# one, taken in the hall.
#
# So do not ask *which of the ten is this?* Ask *do these two pictures show the same person?* A network that has
# learned to answer that for hundreds of strangers can answer it for people whom it has never seen. One picture of
# each is enough: **one-shot learning**.
#
# **At the end you can**
# - train a network that turns a face into 64 numbers, near for one person and far for two;
# - say which triplets teach, and which are a waste of time;
# - pick a threshold honestly, and read an ROC curve;
# - verify a claim and recognize a name, from files, with a database made beforehand.
#
# Two words first. **Verification**: here is a picture and a name; is it true? One comparison. **Recognition**:
# here is a picture; who is it? One comparison for each person known. If verification is wrong once in a
# hundred times, what happens with a hundred people? Keep the question in mind.
#
# About three hours. Seven exercises, 80 points.

# %%
import tempfile
from functools import cache
from pathlib import Path

import workbook

workbook.start("face_recognition")

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from PIL import Image

import face_figures
import triplets
from triplets import img_to_encoding
from workbook import check, hint
from workbook.data import load_people

# %% [markdown]
# ## The people
#
# The next cell draws 360 people who do not exist, six pictures of each: every picture has another pose, light,
# expression, background and other clothes, and one in five wears glasses. If you have a folder `people` with
# one folder for each person, it takes that: photographs of friends will do.

# %% tags=["nbval-ignore-output"]
data = load_people()
X, X_test = triplets.as_floats(data.X_train), triplets.as_floats(data.X_test)
y, y_test = data.y_train, data.y_test
face_figures.show_people(data.X_train, y, np.unique(y)[:5])

# %% [markdown]
# Three groups of people, and nobody is in two of them. Those of the first train the network. Those of the
# second choose the threshold. The third, the test people, only judge: nothing is trained or chosen with them.

# %%
held_out = triplets.split_people(y, len(np.unique(y)) // 16)
X_choose, y_choose = X[held_out], y[held_out]
X_learn, y_learn = X[~held_out], y[~held_out]
print("one picture:", X.shape[1:])
print("somebody is in two groups:", bool(set(y_learn) & set(y_choose) or set(y) & set(y_test)))

# %% [markdown]
# **Predict:** perhaps no network is needed. Shrink each picture to 8 by 8 pixels and take the most similar
# other picture. For which share of the test pictures does it show the same person? A guess at random is right
# about once in fifty times.

# %% tags=["nbval-ignore-output"]
small = triplets.thumbnails(X_test)
print(f"the nearest thumbnail shows the same person: {triplets.nearest_is_right(small, y_test):.2f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Better than luck, and far from good: a thumbnail sees hair, skin and background more than the face.
#
# </details>
#
# ## Near and far
#
# The network $f$ turns a picture into a vector of length 1, its **embedding** or encoding. Take three pictures: an
# **anchor** $A$, a **positive** $P$ of the same person, a **negative** $N$ of another. The same network with the same
# weights looks at each of them. (Two such twins side by side are a **Siamese network**, Bromley et al. 1993.) We want
#
# $$ \|f(A) - f(P)\|^2 + \alpha \le \|f(A) - f(N)\|^2 . $$
#
# Why the margin $\alpha$? Without it a network that gives every picture the same vector has both sides at 0
# and is content. How much is missing until the inequality holds is the loss:
#
# $$ L = \sum_{i=1}^{m} \max\big(\|f(A^{(i)}) - f(P^{(i)})\|^2 - \|f(A^{(i)}) - f(N^{(i)})\|^2 + \alpha,\; 0\big). $$
#
# *By hand.* $f(A) = (1, 0)$, $f(P) = (0.6, 0.8)$, $f(N) = (0, 1)$, $\alpha = 0.2$. Near: $0.4^2 + 0.8^2 = 0.8$.
# Far: $1 + 1 = 2$. $0.8 - 2 + 0.2 = -1$: this triplet costs nothing. With $P$ and $N$ swapped it would cost 1.4.
#
# ### Exercise 1: `triplet_loss`
#
# **Build** the loss. Use TensorFlow's functions (or `keras.ops`): a training must find gradients through it.
#
# - `y_pred`: a list of three tensors of shape $(m, d)$: anchors, positives, negatives. `y_true` is not used;
#   Keras wants it in a loss.
# - Squares are **summed** over the embedding, then cut off at 0, then **summed** over the batch. A scalar.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def triplet_loss(y_true, y_pred, alpha=0.2):
    """The triplet loss of a batch, a scalar tensor.

    y_true  not used
    y_pred  [anchors, positives, negatives], each (m, d)
    alpha   the margin
    """
    anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]

    # Squared distances of each anchor to its positive and to its negative: two tensors (m,).
    ### BEGIN SOLUTION
    near = tf.reduce_sum(tf.square(anchor - positive), axis=-1)
    far = tf.reduce_sum(tf.square(anchor - negative), axis=-1)
    ### END SOLUTION

    # What each triplet costs, never below 0; and the sum.
    ### BEGIN SOLUTION
    return tf.reduce_sum(tf.maximum(near - far + alpha, 0.0))
    ### END SOLUTION


# %%
check(triplet_loss)

# %% [markdown]
# ### Why squared?
#
# Think of the pull on a positive: the size of the gradient of $\|f(A) - f(P)\|^2$, and of that of the plain distance
# $\|f(A) - f(P)\|$. **Predict:** how does each change as the two come nearer, and which of them makes a positive that
# is already very near tremble around its place?

# %% tags=["nbval-ignore-output"]
face_figures.show_squares()

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The gradient of the square has the size of twice the distance: it pulls hard from afar and lets go when all is well.
# That of the plain distance has size 1, however near the two are, and at 0 there is none at all: it makes them tremble.
#
# </details>
#
# We train with squares and measure with the plain distance: a square root changes no order.
#
# ## Which triplets?
#
# A batch holds 16 people with 4 pictures each: $64 \cdot 3 \cdot 60 = 11{,}520$ triplets. Most soon cost nothing.
# A triplet is
#
# - **easy** if the negative is farther than the positive by at least the margin: loss 0, gradient 0;
# - **semi-hard** if the negative is farther, but not by the margin;
# - **hard** if the negative is no farther than the positive.
#
# *By hand.* On a line stand $a_1 = 0$ and $a_2 = 1$ (Ada), $b_1 = 2$ (Bo); $\alpha = 1$. Anchor $a_1$, positive $a_2$,
# negative $b_1$: $1 - 4 + 1 < 0$, easy. Anchor $a_2$, positive $a_1$: $1 - 1 + 1 = 1$: hard, and it costs
# something.
#
# ### Exercise 2: `mine_hard_triplets`
#
# **Build** a function that finds *all* triplets of a batch with a loss **above** zero: the semi-hard and the
# hard ones.
#
# - `embeddings`: $(m, d)$, `labels`: $(m,)$, NumPy arrays. Distances are squared.
# - The result: triplets (anchor, positive, negative) of indices, each once, in any order: a list or an array
#   $(k, 3)$. Both pictures of a pair are the anchor in turn. None found: an empty list.
#
# Difficulty 3 of 5, about 25 minutes, 15 points.


# %%
def mine_hard_triplets(embeddings, labels, alpha):
    """All triplets (anchor, positive, negative) of a batch that cost something: indices (k, 3).

    embeddings  (m, d)
    labels      (m,), who is in each picture
    alpha       the margin, added to the squared distance of anchor and positive
    """
    # A table of all squared distances (m, m).
    ### BEGIN SOLUTION
    d = ((embeddings[:, None] - embeddings) ** 2).sum(axis=-1)
    ### END SOLUTION

    # Who may be a positive of whom, and who a negative: two tables of True and False (m, m).
    ### BEGIN SOLUTION
    same = labels[:, None] == labels
    positive = same & ~np.eye(len(labels), dtype=bool)
    ### END SOLUTION

    # The triplets whose loss is above zero.
    ### BEGIN SOLUTION
    loss = d[:, :, None] - d[:, None, :] + alpha
    return np.argwhere(positive[:, :, None] & ~same[:, None, :] & (loss > 0))
    ### END SOLUTION


# %%
check(mine_hard_triplets)

# %% [markdown]
# ## The network
#
# | layer | for 48 x 48 pixels |
# |:--|:--|
# | 3x3 convolution, 24 filters, stride 2, "same"; batch normalization; ReLU | 24 x 24 x 24 |
# | the same with 48 filters, stride 2 | 12 x 12 x 48 |
# | 72 filters, stride 1 | 12 x 12 x 72 |
# | 96 filters, stride 2 | 6 x 6 x 96 |
# | 96 filters, stride 1 | 6 x 6 x 96 |
# | 2x2 average pooling; flatten | 864 |
# | dense layer with biases, without activation | dimensions |
# | each vector divided by its length | dimensions |
#
# *By hand.* The dense layer gives $(3, 4)$. Its length is $\sqrt{9 + 16} = 5$, so the embedding is $(0.6, 0.8)$.
# On the unit sphere $\|u - v\|^2 = 2 - 2\,u^\top v$: distances go from 0 to 2, and 0.7 means an angle of 41 degrees.
#
# ### Exercise 3: `embedding_model`
#
# **Build** the network in the table: a Keras model from pictures of `input_shape` to vectors $(m, \text{dimensions})$
# of length 1.
#
# Difficulty 2 of 5, about 20 minutes, 15 points.


# %%
def embedding_model(input_shape, dimensions):
    """The network of the table.

    input_shape  (n_H, n_W, n_C)
    dimensions   how many numbers tell of a face
    Returns a keras.Model from pictures (m, *input_shape) to vectors (m, dimensions) of length 1.
    """
    X = inputs = keras.Input(input_shape)

    # Five convolutions, each with batch normalization and ReLU.
    ### BEGIN SOLUTION
    for filters, stride in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        X = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(X)
        X = layers.BatchNormalization()(X)
        X = layers.ReLU()(X)
    ### END SOLUTION

    # Pooling, the dense layer, and length 1.
    ### BEGIN SOLUTION
    X = layers.Flatten()(layers.AveragePooling2D(2)(X))
    X = layers.UnitNormalization()(layers.Dense(dimensions)(X))
    ### END SOLUTION
    return keras.Model(inputs, X)


# %%
check(embedding_model)

# %% [markdown]
# ## Mining matters: four short trainings
#
# The same network from the same first weights, 120 steps each. Only the triplets differ: a *random* negative
# for each pair; all *semi-hard* ones; all *hard* ones; or for each anchor only the *hardest* of all.
#
# **Before you run the next cell**, write down an order. The hardest triplets have the most to teach. Are they
# the best teachers of a beginner?

# %% tags=["nbval-ignore-output"]
curves = {}
for kind in ("random", "semi-hard", "hard", "hardest"):
    keras.utils.set_random_seed(1)
    beginner = embedding_model(X.shape[1:], 64)
    curves[kind] = triplets.train(
        beginner,
        X_learn,
        y_learn,
        triplet_loss,
        steps=120,
        kind=kind,
        watch=lambda model: triplets.best_accuracy(triplets.encode(model, X_choose), y_choose),
    )
    apart = triplets.all_pairs(triplets.encode(beginner, X_choose), y_choose)[0].mean()
    print(
        f"{kind}: balanced accuracy {curves[kind][-1]:.3f}, pictures {apart:.2f} apart on average", flush=True
    )
face_figures.plot_mining(curves, 15)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The hardest triplets are the worst teachers of a beginner, and hard ones are the next. Look at the second
# number: with them nearly all pictures have moved to one spot of the sphere. When the negative is nearer than
# the positive, the cheapest way to a smaller loss is to make all distances small: the network **collapses**.
# Semi-hard triplets do not push that way. Random ones do nearly as well here, while there is something left to
# learn from them: later most of them are easy and their gradient is 0.
#
# </details>
#
# **Think.** All embeddings equal: what is the loss of every triplet then? Why is that a place where a training
# on hard triplets alone likes to rest?
#
# ## The training
#
# Six hundred steps with semi-hard triplets and a margin of 0.4: about a minute on two quiet cores, in which nothing
# is printed.


# %% tags=["nbval-ignore-output"]
@cache
def trained():
    """The network before its training and after it."""
    keras.utils.set_random_seed(1)
    before, model = embedding_model(X.shape[1:], 64), embedding_model(X.shape[1:], 64)
    triplets.settle(before, X_learn)
    triplets.train(model, X_learn, y_learn, triplet_loss, steps=600)
    return before, model


before, model = trained()
some = np.unique(y_test)[:8]
planes = [triplets.encode(each, X_test) for each in (before, model)]
face_figures.show_planes(*planes, y_test, some)

# %% [markdown]
# Eight test people, none of whom was in the training: each marker is one person. The plane shows the two directions
# among 64 dimensions in which the points are spread most.
#
# ## A threshold
#
# Verification is a classification of pairs: *same* if the distance lies **below** a threshold. Of all pairs
# among 40 people with six pictures only one in fifty shows one person. Whoever always says no is right 98 times in
# a hundred. So count both kinds alike, with the **balanced accuracy**:
#
# $$ \tfrac12\Big(\text{share of same pairs below } t \;+\; \text{share of other pairs not below } t\Big). $$
#
# *By hand.* Same: 0.3, 0.6. Others: 0.5, 0.9, 1.2, 1.4. At $t = 0.4$: $(1/2 + 1)/2 = 0.75$. At $t = 0.7$:
# $(1 + 3/4)/2 = 0.875$.
#
# ### Exercise 4: `choose_threshold`
#
# **Build** a function that gives a threshold with the best balanced accuracy on these pairs. Where several are
# best, any of them will do.
#
# - `distances`: $(k,)$; `same`: $(k,)$, True for a pair of one person. The result: a number.
#
# Difficulty 3 of 5, about 15 minutes, 10 points.


# %%
def choose_threshold(distances, same):
    """A threshold with the best balanced accuracy: "same" is said where distance < threshold.

    distances  (k,), of pairs
    same       (k,) bool: the pair shows one person
    Returns one number.
    """
    # Candidates: between neighbouring distances, and one on either side of all.
    ### BEGIN SOLUTION
    values = np.unique(distances)
    candidates = np.concatenate([[values[0] - 1], (values[1:] + values[:-1]) / 2, [values[-1] + 1]])
    ### END SOLUTION

    # The balanced accuracy of each; the best candidate.
    ### BEGIN SOLUTION
    hits = np.searchsorted(np.sort(distances[same]), candidates) / same.sum()
    alarms = np.searchsorted(np.sort(distances[~same]), candidates) / (~same).sum()
    return float(candidates[np.argmax(hits - alarms)])
    ### END SOLUTION


# %%
check(choose_threshold)

# %% [markdown]
# Now for real. The threshold comes from people of the second group, and is judged on the third. Why
# not from those who trained the network? Their distances are too small: the network has seen them.

# %% tags=["nbval-ignore-output"]
_, model = trained()
threshold = choose_threshold(*triplets.all_pairs(triplets.encode(model, X_choose), y_choose))
distances, same = triplets.all_pairs(triplets.encode(model, X_test), y_test)
accuracy = triplets.balanced_accuracy(distances, same, threshold)
print(f"threshold {threshold:.2f}; balanced accuracy on the test people {accuracy:.3f}")
face_figures.plot_distances(distances, same, threshold)

# %%
goal = 0.95 if data.source == "generated" else 0.85
_, model = trained()
threshold = choose_threshold(*triplets.all_pairs(triplets.encode(model, X_choose), y_choose))
distances, same = triplets.all_pairs(triplets.encode(model, X_test), y_test)
accuracy = triplets.balanced_accuracy(distances, same, threshold)
print(f"at least {goal} on people who were in no training: {accuracy >= goal}")

# %% [markdown]
# ### All thresholds at once: the ROC curve
#
# Each threshold lets in some of the right people and some strangers. Draw the one against the other, and the
# threshold runs along a curve. The circle is yours.

# %% tags=["nbval-ignore-output"]
before, model = trained()
threshold = choose_threshold(*triplets.all_pairs(triplets.encode(model, X_choose), y_choose))
pairs = {
    "trained": triplets.all_pairs(triplets.encode(model, X_test), y_test),
    "untrained": triplets.all_pairs(triplets.encode(before, X_test), y_test),
    "thumbnails": triplets.all_pairs(triplets.thumbnails(X_test), y_test),
}
face_figures.plot_roc(pairs, {"trained": threshold})

# %% [markdown]
# **Think.** A bank wants one stranger in ten thousand at most. Where on the curve does it stand, and how often
# does it turn a customer away?
#
# ## At the door
#
# `img_to_encoding(image_path, model)` is given. It reads a file and gives the model's embedding, of shape
# $(1, d)$. Where there is no such file it raises `FileNotFoundError`, where the file is no picture `ValueError`.
#
# ### Exercise 5: `verify`
#
# **Build** the door. It encodes the picture with the `model` that it is given, takes the **plain** distance
# (not squared) to the encoding that `database` has for `identity`, and opens below **0.7**: a little
# stricter than what was found above, since a stranger let in is worse than a friend sent back.
#
# - The result: `(dist, door_open)`.
# - A name that the database does not have, a missing file, a broken picture: the error goes through to whoever
#   asked. A door does not guess.
#
# *By hand.* Encodings $(1, 0)$ and $(0.8, 0.6)$: distance $\sqrt{0.04 + 0.36} = 0.63$: open. Its square is 0.4.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def verify(image_path, identity, database, model):
    """Does the picture show that person? Gives back (dist, door_open).

    image_path  a picture's file
    identity    who they say they are: a key of database
    database    names to encodings (1, d)
    model       encodes pictures
    Raises KeyError for an unknown name; what img_to_encoding raises.
    """
    # The encoding of the picture, and its distance to the person's.
    ### BEGIN SOLUTION
    encoding = img_to_encoding(image_path, model)
    dist = float(np.linalg.norm(encoding - database[identity]))
    ### END SOLUTION

    # The door opens below 0.7.
    ### BEGIN SOLUTION
    return dist, dist < 0.7
    ### END SOLUTION


# %%
check(verify)

# %% [markdown]
# ### Exercise 6: `who_is_it`
#
# **Build** the door that needs no name: who in the database is nearest?
#
# *By hand.* Ada's encoding is $(0.8, 0.6)$ and Bo's $(0, 1)$; the picture at the door has $(1, 0)$. The distances are
# $\sqrt{0.2^2 + 0.6^2} \approx 0.63$ and $\sqrt{1 + 1} \approx 1.41$: the result is $(0.63, \text{Ada})$.
#
# - The result: `(min_dist, identity)`: the smallest plain distance, however large, and whose it is. Whether it
#   is near enough is for the caller to say.
# - An empty database has nobody: `(np.inf, None)`. A missing or broken picture: the error goes through.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def who_is_it(image_path, database, model):
    """The nearest person in the database: (min_dist, identity); (inf, None) where it is empty.

    image_path  a picture's file
    database    names to encodings (1, d)
    model       encodes pictures
    """
    # The encoding of the picture.
    ### BEGIN SOLUTION
    encoding = img_to_encoding(image_path, model)
    ### END SOLUTION
    min_dist, identity = np.inf, None

    # Go through the database, and keep the nearest.
    ### BEGIN SOLUTION
    for name, stored in database.items():
        dist = float(np.linalg.norm(encoding - stored))
        if dist < min_dist:
            min_dist, identity = dist, name
    ### END SOLUTION
    return min_dist, identity


# %%
check(who_is_it)

# %% [markdown]
# ### One picture each
#
# Now put it together. The database is made once, of one picture of each of ten test people; only the vectors
# are kept, 64 numbers a person. Then everybody comes to the door with their other pictures.
#
# **Predict:** how many of the fifty are named rightly?

# %% tags=["nbval-ignore-output"]
_, model = trained()
with tempfile.TemporaryDirectory() as folder:
    files = {}
    for person in np.unique(y_test)[:11]:
        for i, picture in enumerate(data.X_test[y_test == person]):
            files[data.names[person], i] = str(Path(folder) / f"{data.names[person]} {i}.png")
            Image.fromarray(picture).save(files[data.names[person], i])
    *house, newcomer = dict.fromkeys(name for name, _ in files)
    database = {name: img_to_encoding(files[name, 0], model) for name in house}

    visits = [(name, path) for (name, i), path in files.items() if name in house and i > 0]
    named = [who_is_it(path, database, model)[1] == name for name, path in visits]
    print(f"named rightly: {sum(named)} of {len(named)}")
    distance, opens = verify(files[newcomer, 1], house[0], database, model)
    print(f"the newcomer claims to be {house[0]}: distance {distance:.2f}, the door opens: {opens}")
    database[newcomer] = img_to_encoding(files[newcomer, 0], model)
    distance, name = who_is_it(files[newcomer, 1], database, model)
    print(f"the newcomer ({newcomer}), after one picture: {name}, distance {distance:.2f}")

# %% [markdown]
# No training, no new output: a person was added by one line.
#
# ## Another way to compare: a head of its own
#
# A Siamese network runs two pictures through the same weights. Instead of a distance, a small head may
# decide, trained on pairs like any classifier. Taigman and colleagues tried two features of each dimension, one at a
# time; we give the head both: how much the two differ, and how much in relation to their size, the $\chi^2$ similarity:
#
# $$ |a_i - b_i| \qquad\text{and}\qquad \frac{(a_i - b_i)^2}{|a_i| + |b_i| + 10^{-6}} . $$
#
# *By hand.* $a = (0.6, -0.8)$, $b = (0, -0.6)$: differences $(0.6, 0.2)$; $\chi^2$: $0.36/0.6 = 0.6$ and
# $0.04/1.4 \approx 0.029$.
#
# ### Exercise 7: `similarity_head`
#
# **Build** a Keras model of two inputs $(m, d)$ in a list, with one output $(m, 1)$, the probability that both
# show one person: first the $d$ absolute differences, then the $d$ values of $\chi^2$, side by side; one dense
# layer; a sigmoid.
#
# Difficulty 3 of 5, about 20 minutes, 10 points.


# %%
def similarity_head(dimensions):
    """Compares two embeddings.

    dimensions  how many numbers each of them has
    Returns a keras.Model from a list of two arrays (m, dimensions) to the probability (m, 1) that they show one
    person.
    """
    a, b = keras.Input((dimensions,)), keras.Input((dimensions,))

    # Two features for each dimension.
    ### BEGIN SOLUTION
    difference = ops.abs(a - b)
    chi_squared = ops.square(a - b) / (ops.abs(a) + ops.abs(b) + 1e-6)
    ### END SOLUTION

    # Side by side, and a sigmoid of their weighted sum.
    ### BEGIN SOLUTION
    X = ops.concatenate([difference, chi_squared], axis=-1)
    X = layers.Dense(1, activation="sigmoid")(X)
    ### END SOLUTION
    return keras.Model([a, b], X)


# %%
check(similarity_head)

# %% [markdown]
# Train the head on pairs of the second group (its weights are 129 numbers) and compare it with the plain
# distance on the test people. **Predict:** which is better?

# %% tags=["nbval-ignore-output"]
_, model = trained()
keras.utils.set_random_seed(1)
head = similarity_head(64)
rng = np.random.default_rng(1)
triplets.train_head(head, *triplets.pair_batches(triplets.encode(model, X_choose), y_choose, rng))
first, second, same = triplets.pair_batches(triplets.encode(model, X_test), y_test, rng)
says = head.predict([first, second], verbose=0)[:, 0]
is_same = same[:, 0] == 1
threshold = choose_threshold(*triplets.all_pairs(triplets.encode(model, X_choose), y_choose))
plain = np.linalg.norm(first - second, axis=1)
print(f"head:     {triplets.balanced_accuracy(-says, is_same, -0.5):.3f}")
print(f"distance: {triplets.balanced_accuracy(plain, is_same, threshold):.3f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# No better, for all its weights: the training has made the plain distance mean what we want.
#
# </details>
#
# **Think.** The head has a weight for each dimension, the distance treats all alike. When would that help, and
# what could it learn wrongly from twenty people?
#
# ## Before you hang it on a real door
#
# The people here are drawn. On photographs such a network is right less often, and not for all people alike: if
# some kind of face was rare in the training, its owners are confused with each other. A photograph held up to
# the camera opens the door as well. And a face cannot be changed when the database is stolen: ask for consent,
# keep the vectors safe, and let people say no.
#
# ## In short
#
# - Verification compares two pictures, recognition compares one with everybody known: with a hundred people a mistake
#   of one in a hundred has a hundred chances, and some stranger is nearly always near enough.
# - The triplet loss asks that a stranger be farther than a friend by a margin; easy triplets teach nothing.
# - Semi-hard triplets are the steady teachers; with the very hardest alone a beginner collapses.
# - A threshold is chosen on people who neither trained the network nor test it.
# - A person is added by one vector.
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | face verification, face recognition | 人脸验证，人脸识别 |
# | one-shot learning | 单样本学习 |
# | embedding, encoding | 嵌入，编码 |
# | Siamese network | 孪生网络 |
# | triplet loss: anchor, positive, negative | 三元组损失：锚点、正例、负例 |
# | margin | 间隔 |
# | hard mining | 难例挖掘 |
# | ROC curve | ROC 曲线 |
#
# **Papers**
#
# - F. Schroff, D. Kalenichenko, J. Philbin: *FaceNet: a unified embedding for face recognition and clustering*,
#   2015. arXiv:1503.03832 (the triplet loss, semi-hard negatives)
# - Y. Taigman, M. Yang, M. Ranzato, L. Wolf: *DeepFace: closing the gap to human-level performance in face
#   verification*, CVPR 2014: both features of the head
# - A. Hermans, L. Beyer, B. Leibe: *In defense of the triplet loss for person re-identification*, 2017.
#   arXiv:1703.07737 (the hardest in the batch, and the collapse)
# - J. Bromley, I. Guyon, Y. LeCun, E. Säckinger, R. Shah: *Signature verification using a "Siamese" time delay
#   neural network*, NIPS 1993: the twins

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
