# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Image segmentation
#     order: 5
#     minutes: 140
#     runs: 3
# ---

# %% [markdown]
# # Image segmentation: a class for every pixel
#
# You drive at dusk. Where are the other cars? A detector answers with boxes. Where is the ground, and where does
# it end? No box can say that. The ground has no corners, the sky has no count, and the edge of a wall matters to
# the centimetre. For such questions one answer per picture is too little, and one per object is too little. We
# want an answer for **every pixel**.
#
# That is *semantic segmentation*: a picture goes in, and a map of the same height and width comes out, in
# which each pixel carries a class. Two pedestrians side by side share one patch of "pedestrian": the question
# is *what is here*, not *which one*.
#
# A network that classifies gives up places to gain meaning: 96 x 128 pixels become 6 x 8 numbers per channel.
# So this lesson is about the way back up. You build the layer that enlarges a map, and then a network in the
# shape of a U that comes back to full size without having forgotten where things were.
#
# **At the end you can**
# - say how good a mask is, and why the share of right pixels flatters;
# - enlarge a map with a transposed convolution, number by number, and show that it is an old friend;
# - recognize a checkerboard in a picture that a network made, and mend it;
# - build a U-Net, train it on a laptop in two minutes, and say what its bridges are for.
#
# About two hours and twenty minutes, some of them waiting. Five exercises, 65 points.

# %%
from functools import cache

import workbook

workbook.start("image_segmentation")

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Conv2D, Conv2DTranspose, Dropout, MaxPooling2D, concatenate

import helpers
import mask_pictures
import segmenting
from workbook import check, hint
from workbook.data import load_camvid, load_roads
from workbook.data.errors import DataError

# %% [markdown]
# ## A picture and its mask
#
# The pictures are drawn by code: a road, what stands beside it, who drives and walks on it, by day, at dusk and
# in the rain. Nobody had to colour them in by hand, for the same code that draws a car knows which pixels it
# drew. For real photographs somebody did: the people who made Cityscapes, a set of street scenes, report more
# than an hour and a half for one picture.

# %% tags=["nbval-ignore-output"]
roads = load_roads()
helpers.show_mask(roads.masks_train[3], roads.pixel_classes, roads.palette, picture=roads.X_train[3])

# %%
print("pictures:", roads.X_train.shape[1:], roads.X_train.dtype)
print("masks:   ", roads.masks_train.shape[1:], roads.masks_train.dtype)
print("classes: ", ", ".join(roads.pixel_classes))

# %% [markdown]
# A mask is a picture of whole numbers. The colours are only for us.
#
# ## How good is a mask?
#
# The first idea: count the pixels that are right. Here is a guesser that tests it. It never opens its eyes. For
# each pixel it says what *most* training scenes have there: sky at the top, road at the bottom.
#
# **Before you run the next cell**: which share of the pixels will it get right, on scenes that it has never
# seen? And never will. Write it down.

# %% tags=["nbval-ignore-output"]
usual = segmenting.usual_mask(roads.masks_train, len(roads.pixel_classes))
print(f"right: {np.mean(roads.masks_test == usual):.0%} of the pixels")
helpers.show_mask(usual, roads.pixel_classes, roads.palette)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# More than half, blind. It has put the same buses and cars into every scene and has no idea of a pedestrian, and
# by this measure that hardly matters: pedestrians are less than one pixel in a hundred.
#
# </details>
#
# So ask each class by itself. Let $T_c$ be the pixels that are truly of class $c$ and $P_c$ those that the mask
# calls so. How well do the two areas cover each other?
#
# $$ \mathrm{IoU}_c = \frac{|T_c \cap P_c|}{|T_c \cup P_c|} \qquad\qquad
# \text{mean IoU} = \frac{1}{|K|}\sum_{c \in K}\mathrm{IoU}_c $$
#
# It is 1 where the areas are the same and 0 where they do not meet, and it punishes both kinds of mistake: a
# pixel too many makes the union larger, a pixel too few makes the intersection smaller. In the mean a class of
# few pixels counts as much as a large one. $K$ are the classes that occur in at least one of the two masks; a
# class that neither holds says nothing, since $0/0$ is no number.
#
# *By hand.* Two masks of 2 x 4 pixels:
#
# $$ T=\begin{pmatrix}0&0&1&1\\0&0&1&2\end{pmatrix} \qquad P=\begin{pmatrix}0&0&0&1\\0&0&1&1\end{pmatrix} $$
#
# Class 0: four pixels are in both, five in at least one, $4/5$. Class 1: two in both, four in at least one,
# $2/4$. Class 2 is there and was never found: $0/1$. The mean is $(0.8 + 0.5 + 0)/3 \approx 0.43$, although six
# of eight pixels are right, which is $0.75$.
#
# ### Exercise 1: `mean_iou`
#
# **Return** the mean IoU of the classes that occur.
#
# - in: `y_true` and `y_pred`, whole numbers (often `uint8`), both of the same shape, most often
#   $(m, n_H, n_W)$; `classes`, how many classes there are: 0 to `classes - 1`
# - out: one number. The pixels of all pictures count together; classes in neither mask are left out.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def mean_iou(y_true, y_pred, classes):
    """Mean intersection over union of the classes that occur in one of the two masks.

    y_true   whole numbers, (m, n_H, n_W) or any other shape
    y_pred   whole numbers, of the same shape
    classes  how many classes there are

    Returns one number from 0 to 1.
    """
    ious = []
    for c in range(classes):
        # The pixels in both areas, and those in at least one of them.
        ### BEGIN SOLUTION
        intersection = np.sum((y_true == c) & (y_pred == c))
        union = np.sum((y_true == c) | (y_pred == c))
        ### END SOLUTION

        # Keep the IoU of this class, if the class occurs.
        ### BEGIN SOLUTION
        if union > 0:
            ious.append(intersection / union)
        ### END SOLUTION
    return np.mean(ious)


# %%
check(mean_iou)

# %% [markdown]
# **Predict:** the blind guesser again. What will its mean IoU be?

# %% tags=["nbval-ignore-output"]
blind = np.broadcast_to(usual, roads.masks_test.shape)
print(f"share of right pixels: {np.mean(roads.masks_test == blind):.2f}")
print(f"mean IoU:              {mean_iou(roads.masks_test, blind, len(roads.pixel_classes)):.2f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Now it looks like what it is.
#
# </details>
#
# **Think.** A car of 200 pixels, found to the pixel but for a rim one pixel wide that is missing all around.
# Which of the two measures notices? And for a truck of 2,000 pixels with the same rim?
#
# ## The way up: stamps
#
# Convolutions with a stride and poolings make maps smaller. What makes them larger? One could repeat every
# pixel. But which detail belongs in the new pixels should be *learned*.
#
# Think of a **stamp**. An ordinary convolution *reads*: many pixels of the window become one number. Turn it
# round: one number *writes* a whole window. Each pixel of the small map takes the filter, multiplies it by its
# own value and stamps it onto a large empty sheet. The next pixel stamps `stride` pixels further on. Where
# stamps overlap, they **add up**.
#
# $$ Z_{i,\; h\cdot s + r,\; w\cdot s + t,\; c} \mathrel{+}= \sum_{k} X_{i,h,w,k}\; W_{r,t,c,k} $$
#
# How large is the sheet? The first stamp needs $f$ pixels, each of the other $n-1$ needs $s$ more. At the end
# `padding` rows or columns are cut off on every side. (In a convolution padding adds, so here it takes away.)
#
# $$ n' = (n - 1)\cdot s + f - 2\,p $$
#
# *By hand.* $f = 3$, stride 2, no padding:
#
# $$ X=\begin{pmatrix}1&2\\3&0\end{pmatrix}\quad W=\begin{pmatrix}1&2&1\\0&1&0\\0&0&3\end{pmatrix}
# \quad\longrightarrow\quad
# Z=\begin{pmatrix}1&2&\mathbf{3}&4&2\\0&1&0&2&0\\ \mathbf{3}&6&\mathbf{6}&0&6\\0&3&0&0&0\\0&0&9&0&0\end{pmatrix} $$
#
# At the top the stamps of 1 and 2 share a column: $1\cdot 1 + 2\cdot 1 = 3$. In the middle all four meet:
# $1\cdot 3 + 2\cdot 0 + 3\cdot 1 + 0\cdot 1 = 6$. With `padding` 1 only the nine numbers in the middle are left.
#
# ### Exercise 2: `transpose_convolution`
#
# **Build** the transposed convolution with NumPy.
#
# - in: `X` $(m, n_H^{prev}, n_W^{prev}, n_C^{prev})$; `W` $(f, f, n_C, n_C^{prev})$, the third axis for the
#   channels that go out, the fourth for those that come in, as Keras has it; `stride`; `padding`, a whole number
# - out: $(m, n_H, n_W, n_C)$ with
#   $n_H = (n_H^{prev} - 1)\cdot s + f - 2p$ for a stride $s$ and a padding $p$, the width likewise
#
# *A worked step.* A pixel has $n_C^{prev} = 3$ numbers and there are $n_C = 2$ channels to fill. `W` is
# $(f, f, 2, 3)$, and `W @ X[i, h, w]` sums over the three: a stamp of shape $(f, f, 2)$.
#
# Difficulty 3 of 5, about 25 minutes, 15 points. Mind a `padding` of 0 when you cut.


# %%
def transpose_convolution(X, W, stride, padding):
    """Stamps the filters onto a larger map, once for each pixel.

    X        (m, n_H_prev, n_W_prev, n_C_prev)
    W        (f, f, n_C, n_C_prev)
    stride   how far apart the stamps lie
    padding  how many rows and columns are cut off on each side at the end

    Returns (m, n_H, n_W, n_C).
    """
    m, n_H_prev, n_W_prev, _ = X.shape
    f, _, n_C, _ = W.shape

    # The size of the whole sheet, before anything is cut off, and the sheet full of zeros.
    ### BEGIN SOLUTION
    n_H = (n_H_prev - 1) * stride + f
    n_W = (n_W_prev - 1) * stride + f
    Z = np.zeros((m, n_H, n_W, n_C))
    ### END SOLUTION

    for i in range(m):
        for h in range(n_H_prev):
            for w in range(n_W_prev):
                # The stamp of this pixel, (f, f, n_C), and the rows and columns that it covers.
                ### BEGIN SOLUTION
                stamp = W @ X[i, h, w]
                rows = slice(h * stride, h * stride + f)
                columns = slice(w * stride, w * stride + f)
                ### END SOLUTION

                # Stamp it.
                ### BEGIN SOLUTION
                Z[i, rows, columns] += stamp
                ### END SOLUTION

    # Cut padding rows and columns off on every side.
    ### BEGIN SOLUTION
    return Z[:, padding : n_H - padding, padding : n_W - padding]
    ### END SOLUTION


# %%
check(transpose_convolution)

# %% [markdown]
# The example from above, drawn: four stamps, and the sheet with all of them. The frames show where the stamps
# of the first two pixels lie.

# %% tags=["nbval-ignore-output"]
X, W = np.array([[1.0, 2], [3, 0]]), np.array([[1.0, 2, 1], [0, 1, 0], [0, 0, 3]])
Z = transpose_convolution(X.reshape(1, 2, 2, 1), W.reshape(3, 3, 1, 1), 2, 0)[0, :, :, 0]
stamps = [x * W for x in X.ravel()]
titles = ["X", "1 times W", "2 times W", "3 times W", "0 times W", "Z"]
mask_pictures.show_cells([X, *stamps, Z], titles, marks=[(5, 0, 0, 3, 3, "-"), (5, 0, 2, 3, 3, "--")])

# %% [markdown]
# ### Against Keras
#
# Keras calls the layer `Conv2DTranspose`. It does not take a number for its padding but one of two words.
# `"valid"` cuts nothing off. `"same"` promises a size: exactly `stride` times as many rows and columns.
#
# **Before you run the next cell**: for a filter of $f$ and a stride $s$, which `padding` $p$ keeps that
# promise? Solve $(n-1)\,s + f - 2p = n\,s$ for $p$. And what is it for $f = 3$, $s = 2$?

# %%
rng = np.random.default_rng(1)
X = rng.normal(size=(2, 3, 5, 4))
for f, stride in ((3, 1), (2, 2), (4, 2), (5, 3), (3, 2)):
    W = rng.normal(size=(f, f, 3, 4))
    valid, same = (segmenting.keras_transposed(X, W, stride, word) for word in ("valid", "same"))
    whole = transpose_convolution(X, W, stride, 0)
    found = [p for p in range(3) if segmenting.equal(transpose_convolution(X, W, stride, p), same)]
    print(f"f {f}, stride {stride}: valid {segmenting.equal(whole, valid)}, same with p = {found or 'none'}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# $p = (f - s)/2$, wherever that is a whole number. For $f = 3$ and $s = 2$ it is one half, and no $p$ will do:
# the sheet has $2n + 1$ rows, and one has to go. Which one?
#
# </details>

# %%
rng = np.random.default_rng(1)
X, W = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(3, 3, 3, 4))
same, whole = segmenting.keras_transposed(X, W, 2, "same"), transpose_convolution(X, W, 2, 0)
print("the first row and column:", segmenting.equal(whole[:, 1:, 1:], same))
print("the last row and column: ", segmenting.equal(whole[:, :-1, :-1], same))
W = rng.normal(size=(2, 2, 3, 4))
valid, whole = segmenting.keras_transposed(X, W, 3, "valid"), transpose_convolution(X, W, 3, 0)
print("a stride over the filter:", valid.shape[1:3], "and yours", whole.shape[1:3])

# %% [markdown]
# The last one. So every such layer moves its picture by half a pixel of the large map, down and to the right, and
# nobody notices, because the filters are learned with it. (And where the stride is larger than the filter,
# Keras appends rows and columns of zeros, to get to $n\cdot s$ all the same.) PyTorch takes the number $p$, as
# you do. When you carry weights from one to the other, these are the pixels that differ.
#
# ### An old friend
#
# Look once more at your line with `+=`. You have written it before, in the first week: a window, a filter
# times a number, added up where windows overlap. It was the line for `dA_prev` in `conv_backward`.
#
# **Predict:** take a convolution with stride 2, send a gradient back through it with TensorFlow, and compare.
# Does `W` have to be turned, flipped, transposed first?

# %%
rng = np.random.default_rng(2)
A, W = tf.Variable(rng.normal(size=(2, 7, 9, 2))), rng.normal(size=(3, 3, 2, 4))
dZ = rng.normal(size=(2, 3, 4, 4))
with tf.GradientTape() as tape:
    cost = tf.reduce_sum(dZ * tf.nn.conv2d(A, W, strides=2, padding="VALID"))
print("the picture:", A.shape, "the gradient from above:", dZ.shape)
print(
    "the gradient is your layer:",
    segmenting.equal(tape.gradient(cost, A), transpose_convolution(dZ, W, 2, 0)),
)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Not at all. That is why its axes are in the order $(f, f, n_C, n_C^{prev})$: it is the kernel of a convolution
# from $n_C$ to $n_C^{prev}$ channels, used backwards. Forward and backward change places.
#
# </details>
#
# And the name? Lay a picture out as one long column $a$. A convolution is then a matrix $C$, with one row for
# each window. The gradient goes back through the **transposed** matrix: $C^\top dz$. Here are both, for a
# picture of 5 x 5 and the 3 x 3 filter from above with stride 2.

# %% tags=["nbval-ignore-output"]
C = segmenting.convolution_matrix(np.array([[1.0, 2, 1], [0, 1, 0], [0, 0, 3]]), 5, 5, stride=2)
mask_pictures.show_matrices([C, C.T], [f"C: {C.shape[0]} x {C.shape[1]}", "its transpose"])

# %% [markdown]
# **Predict:** is the transposed convolution the *inverse* of the convolution? Does it bring the picture back?

# %%
X, W = np.array([[1.0, 2], [3, 0]]), np.array([[1.0, 2, 1], [0, 1, 0], [0, 0, 3]])
C = segmenting.convolution_matrix(W, 5, 5, stride=2)
Z = transpose_convolution(X.reshape(1, 2, 2, 1), W.reshape(3, 3, 1, 1), 2, 0)
print("the same as the transposed matrix:", segmenting.equal(C.T @ X.ravel(), Z.ravel()))
picture = np.random.default_rng(2).normal(size=25)
print("brings a picture back:", segmenting.equal(C.T @ (C @ picture), picture))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# It cannot: 25 numbers went through a door for four. It brings back the *shape*, and that is all. ("Deconvolution",
# which some papers call it, promises too much.)
#
# </details>
#
# ## Checkerboards
#
# Let every pixel be 1 and every weight be 1. Each pixel of the result then counts how many stamps lie on it.
#
# **Before you run the next cell**: four ways to double a plain 8 x 8 map. Which of the results are plain too?
# A 3 x 3 filter of ones with stride 2; a 4 x 4 filter of ones with stride 2; a 4 x 4 filter of random weights;
# and the last one without stamps: each pixel is repeated twice in both directions, and then comes an ordinary
# 3 x 3 convolution with random weights.

# %% tags=["nbval-ignore-output"]
ones = np.ones((1, 8, 8, 1))
random = np.random.default_rng(2).normal(size=(4, 4, 1, 1))
ways = {
    "3 x 3 ones, stride 2": transpose_convolution(ones, np.ones((3, 3, 1, 1)), 2, 0),
    "4 x 4 ones, stride 2": transpose_convolution(ones, np.ones((4, 4, 1, 1)), 2, 0),
    "4 x 4 random, stride 2": transpose_convolution(ones, random, 2, 0),
    "repeat, then 3 x 3 random": segmenting.resize_convolution(ones, random[:3, :3]),
}
mask_pictures.show_maps([Z[0, 3:-3, 3:-3, 0] for Z in ways.values()], list(ways))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Three is no multiple of two: along each axis a pixel gets one stamp, its neighbour two, and in the plane that
# makes 1, 2 and 4. You met this pattern in the first week, in a gradient. It was the same layer.
#
# A filter that the stride divides is even *for equal weights only*. With others each of the four kinds of
# pixels is made from weights of its own, and the pattern is back, unless training unlearns it. The last way
# has no kinds: all pixels are made by the same nine weights. That is **resize-convolution**, the mend that
# Odena, Dumoulin and Olah proposed. It costs more, for the convolution works on the large map.
#
# </details>
#
# In networks that paint, the pattern piles up. Three layers with random weights in a row, from a plain 6 x 6
# map to 48 x 48 and more:

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(3)
stamped = resized = np.ones((1, 6, 6, 4))
for _ in range(3):
    W = rng.normal(size=(3, 3, 4, 4)) / 4
    stamped = np.maximum(transpose_convolution(stamped, W, 2, 0), 0)
    resized = np.maximum(segmenting.resize_convolution(resized, W), 0)
strongest = [Z[0, 8:-8, 8:-8, np.argmax(Z.mean((0, 1, 2)))] for Z in (stamped, resized)]
mask_pictures.show_maps(strongest, ["three transposed convolutions", "three resize-convolutions"], width=3)

# %%
rng = np.random.default_rng(3)
W = rng.normal(size=(3, 3, 4, 4)) / 4
plain = np.ones((1, 12, 12, 4))
print("stamps make a plain map uneven:", segmenting.unevenness(transpose_convolution(plain, W, 2, 0)) > 0.1)
print("resize-convolution does:       ", segmenting.unevenness(segmenting.resize_convolution(plain, W)) > 0.1)

# %% [markdown]
# The network below has stamps of 3 x 3 with stride 2 all the same. (Those of the U-Net paper are 2 x 2, side by
# side.) Two convolutions follow each of them and can smooth things out; and it has to paint classes, not shades.
#
# ## The U
#
# Now the network. On the left, the encoder, it goes **down** as any network does: two convolutions, a pooling, twice
# as many channels, four times over. At the bottom, on 6 x 8 numbers, a channel may know *this is a bus*, but not
# where it ends. On the right, the decoder, it goes **up** again with your new layer.
#
# That alone would paint with a broom. What was lost on the way down is lost. So there are **bridges**: before
# each pooling a copy of the map is kept, and on the way up it is put beside the enlarged one. What comes from
# below knows *what*, what comes across knows *where*, and two convolutions bring both together. Ronneberger,
# Fischer and Brox built it in 2015 to find cells under a microscope, with 30 pictures to learn from.

# %% tags=["nbval-ignore-output"]
mask_pictures.draw_unet()

# %% [markdown]
# ### Exercise 3: `conv_block`
#
# **Build** one block of the way down.
#
# - Two 3x3 convolutions with `n_filters` filters each, padding `"same"`, ReLU and
#   `kernel_initializer="he_normal"`, with which the numbers keep their size from layer to layer.
# - Then dropout of `dropout_prob`, if that is above 0. It sets this share of the numbers to 0, at random and in
#   training only, so that no channel can rely on another.
# - `skip_connection` is what you have now. `next_layer` is the same after a 2x2 max pooling, or, where
#   `max_pooling` is `False`, as it is.
# - in: a Keras tensor $(m, n_H, n_W, n_C)$
# - out: `next_layer, skip_connection`
#
# *A worked step.* $(m, 96, 128, 3)$ with `n_filters=32`: the skip connection is $(m, 96, 128, 32)$, the next layer
# $(m, 48, 64, 32)$. Weights: $9\cdot 3\cdot 32 + 32 = 896$ and $9\cdot 32\cdot 32 + 32 = 9{,}248$.
#
# Difficulty 2 of 5, about 20 minutes, 12 points.


# %%
def conv_block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    """A block of the way down.

    inputs        Keras tensor (m, n_H, n_W, n_C)
    n_filters     filters of both convolutions
    dropout_prob  share of the numbers that training sets to 0
    max_pooling   whether next_layer is pooled

    Returns next_layer and skip_connection, Keras tensors with n_filters channels.
    """
    # Two convolutions.
    ### BEGIN SOLUTION
    conv = Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(inputs)
    conv = Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)
    ### END SOLUTION

    # Dropout, if dropout_prob is above 0.
    ### BEGIN SOLUTION
    if dropout_prob > 0:
        conv = Dropout(dropout_prob)(conv)
    ### END SOLUTION

    # What goes on to the next block, and what crosses the bridge.
    ### BEGIN SOLUTION
    next_layer = MaxPooling2D(2)(conv) if max_pooling else conv
    skip_connection = conv
    ### END SOLUTION
    return next_layer, skip_connection


# %%
check(conv_block)

# %% [markdown]
# ### Exercise 4: `upsampling_block`
#
# **Build** one block of the way up.
#
# - `expansive_input` comes from below: enlarge it with a transposed convolution, 3x3, stride 2, padding
#   `"same"`, `n_filters` filters, no activation.
# - `contractive_input` comes across the bridge. Put it behind the enlarged map, along the channels:
#   `concatenate([up, contractive_input], axis=3)`.
# - Then two convolutions as in `conv_block`.
# - out: one Keras tensor
#
# *A worked step.* $(m, 6, 8, 512)$ from below and $(m, 12, 16, 256)$ from across, with `n_filters=256`: enlarged
# $(m, 12, 16, 256)$, put together $(m, 12, 16, 512)$, at the end $(m, 12, 16, 256)$.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def upsampling_block(expansive_input, contractive_input, n_filters=32):
    """A block of the way up.

    expansive_input    Keras tensor (m, n_H, n_W, n_C), from below
    contractive_input  Keras tensor (m, 2 * n_H, 2 * n_W, n_C_skip), from across
    n_filters          filters of all three convolutions

    Returns a Keras tensor (m, 2 * n_H, 2 * n_W, n_filters).
    """
    # Enlarge what comes from below.
    ### BEGIN SOLUTION
    up = Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    ### END SOLUTION

    # Put what comes from across behind it.
    ### BEGIN SOLUTION
    merge = concatenate([up, contractive_input], axis=3)
    ### END SOLUTION

    # Two convolutions.
    ### BEGIN SOLUTION
    conv = Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(merge)
    conv = Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(conv)
    return conv
    ### END SOLUTION


# %%
check(upsampling_block)

# %% [markdown]
# **Think.** In a ResNet the wire was *added*. Here the copy is put *beside*. What can the two convolutions do
# with it now that they could not do with a sum?
#
# ### Exercise 5: `unet_model`
#
# **Build** the whole: a function that returns a `keras.Model` from pictures to **logits**, one for each class at
# each pixel. No softmax at the end: the loss will take care of it.
#
# | block | from | filters | result for 96x128 |
# |:--|:--|--:|:--|
# | 1 | the picture | $n$ | 48 x 64 (skip: 96 x 128) |
# | 2 | block 1 | $2n$ | 24 x 32 (skip: 48 x 64) |
# | 3 | block 2 | $4n$ | 12 x 16 (skip: 24 x 32) |
# | 4, dropout 0.3 | block 3 | $8n$ | 6 x 8 (skip: 12 x 16) |
# | 5, dropout 0.3, no pooling | block 4 | $16n$ | 6 x 8 |
# | up 6 | block 5, skip of block 4 | $8n$ | 12 x 16 |
# | up 7 | up 6, skip of block 3 | $4n$ | 24 x 32 |
# | up 8 | up 7, skip of block 2 | $2n$ | 48 x 64 |
# | up 9 | up 8, skip of block 1 | $n$ | 96 x 128 |
# | 3x3 convolution, ReLU, `"same"`, `he_normal` | up 9 | $n$ | 96 x 128 |
# | 1x1 convolution, no activation | | `n_classes` | 96 x 128 |
#
# *A worked step.* `up 6` is `upsampling_block(cblock5[0], cblock4[1], 8 * n_filters)`: of each block's two
# results the first goes on, the second crosses over.
#
# Difficulty 4 of 5, about 30 minutes, 18 points.


# %%
def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    """U-Net (Ronneberger et al. 2015): pictures to the logits of every pixel.

    input_size  (n_H, n_W, n_C); 16 divides height and width
    n_filters   filters of the first block; each block down has twice as many as the one before
    n_classes   number of classes

    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, n_H, n_W, n_classes).
    """
    inputs = keras.Input(input_size)

    # The way down: four blocks that pool, and a fifth that does not.
    ### BEGIN SOLUTION
    cblock1 = conv_block(inputs, n_filters)
    cblock2 = conv_block(cblock1[0], 2 * n_filters)
    cblock3 = conv_block(cblock2[0], 4 * n_filters)
    cblock4 = conv_block(cblock3[0], 8 * n_filters, dropout_prob=0.3)
    cblock5 = conv_block(cblock4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False)
    ### END SOLUTION

    # The way up: each block gets what is below and the skip connection of its own height.
    ### BEGIN SOLUTION
    ublock6 = upsampling_block(cblock5[0], cblock4[1], 8 * n_filters)
    ublock7 = upsampling_block(ublock6, cblock3[1], 4 * n_filters)
    ublock8 = upsampling_block(ublock7, cblock2[1], 2 * n_filters)
    ublock9 = upsampling_block(ublock8, cblock1[1], n_filters)
    ### END SOLUTION

    # The last two convolutions: 3x3 with ReLU, then 1x1 to the classes.
    ### BEGIN SOLUTION
    end = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(ublock9)
    outputs = Conv2D(n_classes, 1)(end)
    ### END SOLUTION

    return keras.Model(inputs, outputs)


# %%
check(unet_model)

# %%
network = unet_model()
print(f"{network.count_params():,} parameters, {network.output_shape[1:]} comes out")
print(
    "a larger picture, other weights none:",
    unet_model((160, 320, 3)).count_params() == network.count_params(),
)

# %% [markdown]
# There is no dense layer in it, so nothing in it knows how large the picture is: a *fully convolutional*
# network (Long, Shelhamer and Darrell, 2015). Sixteen must divide height and width, and that is all.
#
# ## Training
#
# A network that trains for two minutes on a laptop does not find a lamp post two pixels wide, nor a pedestrian
# fifteen pixels tall. So we ask it for less, and say so: five families. Road, markings and pavement are *ground*.
# Signs, poles and traffic lights go to what is *built*, and whoever is on the way, on wheels or on foot, is
# *traffic*. The makers of Cityscapes group their classes for a coarser score in much the same way.


# %%
FAMILIES = {
    "sky": ("sky",),
    "ground": ("road", "lane marking", "pavement"),
    "built": ("building", "fence", "pole", "traffic light", "sign"),
    "plants": ("vegetation", "grass"),
    "traffic": ("car", "truck", "bus", "pedestrian", "cyclist"),
}
scenes = segmenting.grouped(roads, FAMILIES)
print(len(scenes.pixel_classes), "classes:", ", ".join(scenes.pixel_classes))

# %% [markdown]
# What is the loss? At each pixel the cross-entropy that you know from classification, with a softmax over the
# classes inside; then the mean over all pixels. Two small things help:
#
# 1. **Rare classes weigh more**, against the imbalance of the classes. A pixel of a class that makes up a share $p$ of all pixels counts $p^{-0.3}$
#    times: a plant about one and a half times as much as the ground.
# 2. **Light is taken away.** Each picture is shifted and stretched so that its numbers have mean 0 and standard
#    deviation 1. Dusk and noon then look less unlike, and the network starts with numbers of a good size.
#
# Half of the pictures are shown mirrored, mask and all.
#
# ### Are the bridges worth it?
#
# First a question to your blocks. Two networks of 8 filters, on pictures of half the size. One is your U-Net. In
# the other the bridges are cut: what crosses them is multiplied by 0. Both have the very same number of weights
# and see the same pictures in the same order.
#
# **Before you run the next cell**: for which classes will the missing bridges hurt most, for which hardly at
# all? Write down one of each.


# %%
def cut_upsampling_block(expansive_input, contractive_input, n_filters=32):
    """Your block, with nothing coming across the bridge."""
    return upsampling_block(expansive_input, 0 * contractive_input, n_filters)


@cache
def half_size_networks():
    """Your U-Net and the one with cut bridges, both trained on half-size scenes. Trains once."""
    X, masks = segmenting.half_size(scenes.X_train, scenes.masks_train)
    networks = {}
    for name, block in (("with bridges", upsampling_block), ("bridges cut", cut_upsampling_block)):
        keras.utils.set_random_seed(1)
        networks[name] = segmenting.unet_of(conv_block, block, X.shape[1:], 8, len(scenes.pixel_classes))
        segmenting.train(networks[name], X, masks, epochs=7)
    return networks


# %% tags=["nbval-ignore-output"]
X, masks = segmenting.half_size(scenes.X_test, scenes.masks_test)
guesses = {name: segmenting.predict(network, X) for name, network in half_size_networks().items()}
count = len(scenes.pixel_classes)
ious = {name: segmenting.class_ious(masks, guess, count) for name, guess in guesses.items()}
mask_pictures.plot_ious(scenes.pixel_classes, ious)
mask_pictures.show_masks(
    X[:3], {"truth": masks[:3]} | {name: guess[:3] for name, guess in guesses.items()}, *scenes.key
)

# %%
X, masks = segmenting.half_size(scenes.X_test, scenes.masks_test)
with_bridges, cut = (
    mean_iou(masks, segmenting.predict(network, X), len(scenes.pixel_classes))
    for network in half_size_networks().values()
)
print("the bridges help:", with_bridges > cut)
print("by at least 0.1 of mean IoU:", with_bridges - cut > 0.1)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# In our run it was 0.72 with bridges and 0.48 without. The ground hardly misses them, and the sky keeps most of what
# it had: they are large, and they are always in the same place. Plants all but vanish, and the traffic becomes a band
# along the horizon, where it most often is. Look at the masks on the right: every outline is soft. At the bottom of
# the U there are 3 x 4 places for the whole scene, and out of twelve places nobody can draw a tree.
#
# </details>
#
# **Think.** The two have the same number of weights. Is the comparison fair? Which weights of the second network
# can never learn anything?
#
# <details><summary>One answer</summary>
#
# Those that read the zeros: their gradient is their input times something, so it is 0. That is 9 of a hundred
# weights. One could give the second network more filters to make up for them. They would not know more about
# where an edge was.
#
# </details>
#
# ### At full size
#
# Now in earnest, on 96 x 128 pixels. Nothing in a U-Net depends on the size of the picture, so the weights that
# you have just trained on small pictures are a good place to start from. That is **progressive resizing**: most
# steps are taken where they cost a quarter.
#
# **Predict:** which mean IoU will it reach on test scenes? And the blind guesser, asked
# about five classes?


# %% tags=["nbval-ignore-output"]
@cache
def trained():
    """Your U-Net for whole scenes, started from the weights for half-size ones. Trains once."""
    keras.utils.set_random_seed(1)
    network = unet_model(scenes.X_train.shape[1:], 8, len(scenes.pixel_classes))
    network.set_weights(half_size_networks()["with bridges"].get_weights())
    segmenting.train(network, scenes.X_train, scenes.masks_train, epochs=5, peak=2e-3)
    return network


guess = segmenting.predict(trained(), scenes.X_test)
print(f"mean IoU: {mean_iou(scenes.masks_test, guess, len(scenes.pixel_classes)):.3f}")
print(f"right:    {np.mean(scenes.masks_test == guess):.3f} of the pixels")
usual = segmenting.usual_mask(scenes.masks_train, len(scenes.pixel_classes))
blind = np.broadcast_to(usual, scenes.masks_test.shape)
print(f"and blind: {mean_iou(scenes.masks_test, blind, len(scenes.pixel_classes)):.3f}")

# %%
guess = segmenting.predict(trained(), scenes.X_test)
score = mean_iou(scenes.masks_test, guess, len(scenes.pixel_classes))
print("mean IoU of all five classes on test scenes at least 0.70:", score >= 0.70)

# %% tags=["nbval-ignore-output"]
guess = segmenting.predict(trained(), scenes.X_test)
ious = segmenting.class_ious(scenes.masks_test, guess, len(scenes.pixel_classes))
mask_pictures.plot_ious(scenes.pixel_classes, {"test scenes": ious})
mask_pictures.show_masks(
    scenes.X_test[:6], {"truth": scenes.masks_test[:6], "your network": guess[:6]}, *scenes.key
)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# When we ran it: 0.789, with 0.95 for the sky and about two thirds for plants and for traffic. Large shapes sit
# well. Look at the second scene: the green sign became a plant, for it is green and flat. And at the small
# things: a pedestrian by the wall is a few blue crumbs.
#
# How much did the families hide? We trained networks of the same size for about as long on finer questions. With
# the pavement as a sixth class the mean fell to 0.71: the pavement alone had 0.47. With eight classes, people and
# posts among them, it was 0.57: posts had 0.18 and people 0.10. Thin and rare is hard. It takes longer training,
# more filters and larger pictures, and there a graphics card begins to pay.
#
# </details>
#
# ### Real streets
#
# CamVid: a camera in a car in Cambridge, and every pixel named by hand (Brostow, Fauqueur and Cipolla, 2009). It
# is free for research, so we do not ship it. If you have it as `camvid.h5`, name its folder in `WORKBOOK_DATA`
# before you start Jupyter, and the next cell trains your network on it, from nothing, as above. Without it the
# cell says what is missing.


# %% tags=["nbval-ignore-output"]
@cache
def real_streets():
    """CamVid, and the masks that your network gives its test pictures after training; or None without CamVid."""
    try:
        camvid = load_camvid()
    except DataError as missing:
        print(missing)
        return None
    names = camvid.pixel_classes
    without = names.index("unlabelled")
    network = segmenting.train_in_two_sizes(
        unet_model, camvid.X_train, camvid.masks_train, len(names), epochs=(25, 10), without=without
    )
    return camvid, segmenting.predict(network, camvid.X_test, without)


found = real_streets()
if found:
    camvid, guess = found
    known = camvid.masks_test != camvid.pixel_classes.index("unlabelled")
    count = len(camvid.pixel_classes)
    print(f"mean IoU of the eleven classes: {mean_iou(camvid.masks_test[known], guess[known], count):.3f}")
    key = camvid.pixel_classes, camvid.palette
    mask_pictures.show_masks(
        camvid.X_test[::25], {"truth": camvid.masks_test[::25], "yours": guess[::25]}, *key
    )

# %% [markdown]
# We ran it once: mean IoU 0.36 over the eleven classes, 84 % of the pixels right. (The blind guesser gets 0.17 and
# 67 %.) Road, sky and building stand at 0.91, 0.83 and 0.76, a car at 0.49, the pavement at 0.49, a tree at 0.38.
# Poles, signs and cyclists are at 0: hardly a pixel of them was found. Put together in our five families, the very
# same masks have 0.68. So ask, whenever somebody shows you a mean IoU, over *which* classes.
#
# There were 293 pictures to learn from, many of them a moment apart on the same drive, and a minute or two to do
# it in. More pictures, more filters and more patience are what is missing, not another idea.
#
# ## In short
#
# - Semantic segmentation gives every pixel a class. Count **IoU by class**, not right pixels: more than half of
#   all pixels are right for somebody who never looks.
# - A **transposed convolution** stamps: each number writes a whole window, overlaps add up, and
#   $n' = (n-1)\,s + f - 2p$. It is the way back through a convolution, so it restores the shape, not the numbers.
# - Stamps lie unevenly where the stride does not divide the filter, and with unlike weights also where it does.
#   Repeat pixels, then convolve, and the **checkerboard** is gone.
# - A **U-Net** goes down for the *what* and keeps the *where* on bridges. Without them it paints with a broom.
#
# **To think about**
# 1. A 1x1 convolution ends the network. What would change with a dense layer in its place, applied to each pixel?
# 2. The loss adds up pixels, the score counts classes. Can you think of a loss that is nearer to IoU? (Milletari,
#    Navab and Ahmadi wrote one down in 2016.)
# 3. Two pedestrians walk hand in hand. What would you have to change so that the network tells them apart?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | semantic segmentation | 语义分割 |
# | mask (label map) | 掩码（标签图） |
# | intersection over union (IoU) | 交并比 |
# | transposed convolution | 转置卷积 |
# | upsampling | 上采样 |
# | checkerboard artifact | 棋盘效应 |
# | skip connection (bridge) | 跳跃连接 |
# | contracting path, expansive path | 收缩路径，扩张路径 |
# | encoder, decoder | 编码器，解码器 |
# | fully convolutional network | 全卷积网络 |
# | logit | 对数几率（未归一化的输出） |
# | dropout | 随机失活 |
# | class imbalance | 类别不平衡 |
#
# **Papers**
# - O. Ronneberger, P. Fischer, T. Brox: *U-Net: convolutional networks for biomedical image segmentation*, 2015.
#   arXiv:1505.04597
# - J. Long, E. Shelhamer, T. Darrell: *Fully convolutional networks for semantic segmentation*, 2015.
#   arXiv:1411.4038
# - V. Dumoulin, F. Visin: *A guide to convolution arithmetic for deep learning*, 2016. arXiv:1603.07285
# - A. Odena, V. Dumoulin, C. Olah: *Deconvolution and checkerboard artifacts*, Distill, 2016
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: *Dropout: a simple way to prevent
#   neural networks from overfitting*, 2014
# - K. He, X. Zhang, S. Ren, J. Sun: *Delving deep into rectifiers: surpassing human-level performance on ImageNet
#   classification*, 2015 (`he_normal`). arXiv:1502.01852
# - F. Milletari, N. Navab, S.-A. Ahmadi: *V-Net: fully convolutional neural networks for volumetric medical image
#   segmentation*, 2016. arXiv:1606.04797
# - G. J. Brostow, J. Fauqueur, R. Cipolla: *Semantic object classes in video: a high-definition ground truth
#   database*, 2009 (CamVid)
# - M. Cordts et al.: *The Cityscapes dataset for semantic urban scene understanding*, 2016. arXiv:1604.01685

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
