# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Sliding windows
#     order: 2
#     minutes: 100
#     runs: 0.5
#     terms: [sliding window, fully convolutional network, image pyramid, stride, OverFeat]
# ---

# %% [markdown]
# # Sliding windows: a classifier learns to search
#
# The stadium wants to know who came: how many, and in which seats. What you have is a network that looks at a
# little square of 32 x 32 pixels and says *face* or *no face*. It has never seen a whole grandstand, and it
# cannot say *where*.
#
# So show it the grandstand through a hole in a piece of cardboard, and move the hole. Where it says *face*,
# there is one. That is the oldest idea of detection, and it needs nothing new but patience: a small picture has
# thousands of places for the hole.
#
# Then comes the trick that this lesson is about. You will take the trained classifier apart, put it together in
# another way without changing one weight, and it will look through all the holes at once.
#
# **At the end you can**
# - turn any classifier of windows into a detector;
# - count beforehand what that costs, in windows and in multiplications;
# - write a dense layer as a convolution, and prove that nothing has changed but the time;
# - say which stride such a network has, why you cannot choose it, and what padding would break;
# - find faces of several sizes, and name what a window of a fixed shape will never find.
#
# About an hour and forty minutes. Three exercises, 40 points.

# %%
import workbook

workbook.start("sliding_windows")

import keras
import numpy as np
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

import grandstand
import windows
from windows import SIDE, see
from workbook import check, hint

# %% [markdown]
# ## The grandstand
#
# Nobody was photographed: code draws the people one by one, cuts them out and seats them, those in the back
# smaller than those in front. Where a seat stays empty there may hang a balloon.
#
# **Write down**: how many faces are there? How long did you take?

# %% tags=["nbval-ignore-output"]
guests = grandstand.draw_people(24, seed=2)
stand = grandstand.draw_stand(guests, seed=7)
windows.show_picture(stand.picture)

# %%
print("the picture:", stand.picture.shape)
print("faces:", len(stand.faces))

# %% [markdown]
# You did not look at every place one after the other. The network will have to.
#
# ## A classifier of windows
#
# The windows that it learns from are cut out of sixteen other grandstands, with other people: squares that fit
# on a face, and squares that do not. Among the second kind are many that hold *half* a face, or a face that is far
# too large or too small for the window. They matter most. Shown only whole faces and empty seats, a
# classifier would have no reason to say *no* to half a face.

# %% tags=["nbval-ignore-output"]
strangers = grandstand.draw_people(60, seed=1, size=64)
X_train, y_train = windows.draw_windows(strangers, seeds=range(16))
X_test, y_test = windows.draw_windows(guests, seeds=range(100, 106))
print(f"{len(X_train):,} windows to learn from, {np.mean(y_train):.0%} of them with a face")
windows.show_windows(X_train, y_train)

# %% [markdown]
# The network is small: two rounds of convolution and pooling, a flatten, two dense layers. **No layer has any
# padding.** Remember that; it will matter.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
classifier = windows.face_classifier()
windows.train(classifier, X_train, y_train)
test_accuracy = np.mean(classifier.predict(see(X_test), verbose=0).argmax(axis=1) == y_test)
print(f"accuracy on windows with people that it has never seen: {test_accuracy:.3f}")

# %%
print("at least 0.95:", test_accuracy >= 0.95)
for layer in classifier.layers:
    print(f"{type(layer).__name__:14} {layer.output.shape[1:]}")

# %% [markdown]
# ## Slide it
#
# The window begins in the upper left corner. It moves `stride` pixels to the right, again and again, for as long
# as it still fits. Then it goes back to the left and `stride` pixels down. For a picture of $n_H \times n_W$ and a
# window of $h \times w$ that makes
#
# $$ \text{rows} = \left\lfloor\frac{n_H - h}{stride}\right\rfloor + 1 \qquad
# \text{columns} = \left\lfloor\frac{n_W - w}{stride}\right\rfloor + 1 $$
#
# windows. It is the formula for the size of a convolution's output, and that is no accident.
#
# *By hand.* A picture of 6 x 8 pixels, windows of 4 x 4, stride 2: $\lfloor 2/2 \rfloor + 1 = 2$ rows and
# $\lfloor 4/2 \rfloor + 1 = 3$ columns. Window $(1, 2)$, the last one, holds the rows 2 to 5 and the columns 4 to
# 7. On 7 x 9 pixels there are still 2 x 3 windows: the last row and the last column of pixels are never seen.
#
# ### Exercise 1: `sliding_window_predict`
#
# **Ask** a classifier about every window of a picture.
#
# - in: `model`, a classifier from $(m, h, w, n_C)$ to $(m, \text{classes})$; `image` $(n_H, n_W, n_C)$; `window`,
#   one number for a square or $(h, w)$; `stride`, in pixels
# - out: the map, an array $(\text{rows}, \text{columns}, \text{classes})$. At $[i, j]$ stands what the model says
#   of the window whose upper left corner is at row $i \cdot stride$ and column $j \cdot stride$.
# - Windows that do not fit into the picture are left out. The picture comes as the model wants it: change nothing
#   in its pixels.
# - Collect all windows first and ask the model *once*, with `model(all_windows)`. A call costs some milliseconds
#   before it computes anything, and `model.predict` some tens of them. Three thousand calls of the model
#   are a quarter of a minute, of `predict` some minutes.
#
# Difficulty 2 of 5, about 20 minutes, 12 points.


# %%
def sliding_window_predict(model, image, window, stride):
    """What a classifier says of every window of a picture.

    model   from windows (m, h, w, n_C) to (m, classes)
    image   (n_H, n_W, n_C)
    window  its size: one number, or (h, w)
    stride  pixels from one window to the next, downwards and to the right
    Returns the map: an array (rows, columns, classes).
    """
    h, w = (window, window) if np.ndim(window) == 0 else window

    # rows and columns: how many windows fit?
    ### BEGIN SOLUTION
    rows = (image.shape[0] - h) // stride + 1
    columns = (image.shape[1] - w) // stride + 1
    ### END SOLUTION

    # crops: all windows, row by row
    ### BEGIN SOLUTION
    crops = [
        image[i * stride : i * stride + h, j * stride : j * stride + w]
        for i in range(rows)
        for j in range(columns)
    ]
    ### END SOLUTION

    # ask once, and give the answers the shape of the map
    ### BEGIN SOLUTION
    return np.asarray(model(np.stack(crops))).reshape(rows, columns, -1)
    ### END SOLUTION


# %%
check(sliding_window_predict)

# %% [markdown]
# Now search the grandstand with a stride of 4 pixels. The window has 32 pixels. The squares around the faces have
# 24 pixels in the last row, then 32, 44, and 60 in the first.
#
# **Predict:** in which of the four rows of seats will the map have a dark spot for each face? And what will happen
# in the other rows?

# %% tags=["nbval-ignore-output"]
scores = sliding_window_predict(classifier, see(stand.picture), SIDE, 4)
windows.show_map(stand.picture, scores[:, :, 1], stride=4)

# %%
scores = sliding_window_predict(classifier, see(stand.picture), SIDE, 4)
print("the map:", scores.shape, " windows:", f"{scores.shape[0] * scores.shape[1]:,}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Three rows answer, with one spot for each face, and for a face of 24 pixels as well as for one of 44. The first row
# is another matter. There a face is nearly twice as large as the window, no window holds it, and the network makes
# what it can of a forehead and a head of hair. We come back to that.
#
# And no face makes one dark place only. Each makes a whole spot, for a window that is four pixels off still shows
# a face.
#
# </details>
#
# ### What does it cost?
#
# **Before you run the next cell**: stride 4, windows of 32 pixels. In how many windows does a pixel in the middle
# of the picture lie?

# %%
count = ((256 - SIDE) // 4 + 1) ** 2
per_window = windows.multiplications(classifier, (SIDE, SIDE, 3))
print("a pixel in the middle is in", (SIDE // 4) ** 2, "windows")
print(f"windows in 256 x 256 pixels: {count:,}")
print(f"multiplications for one window: {per_window:,}, for all of them: {count * per_window:,}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Two thousand million multiplications for one small picture at one size. And the first convolution looks at
# almost every pixel 64 times, with the same filters, and finds the same numbers 64 times.
#
# </details>
#
# ## Look once
#
# A convolution does not care how large a picture is, and a pooling does not either. Give the whole
# picture to the first four layers, and they make *one* large map that contains the small maps of all windows, each
# computed once.
#
# Only `Flatten` and the dense layers want a fixed size. What do they do? In our classifier a map of 6 x 6 x 16
# arrives. `Flatten` lays it out as 576 numbers: row after row, in each row column after column, at each place the
# 16 channels. A dense unit multiplies each of the 576 numbers by its own weight, adds them up, adds a bias.
#
# But that is what a filter of 6 x 6 x 16 does, at a single place! So **a dense layer on an $h \times w \times c$ map
# is a convolution whose window is as large as the map.** Its weights are the same numbers. They need only be put
# back into the shape that they had before `Flatten`:
#
# $$ (h \cdot w \cdot c,\; \text{units}) \;\longrightarrow\; (h,\, w,\, c,\; \text{units}) $$
#
# On a larger map the same filter has more than one place to go, and at each it gives what the dense layer would
# have given for the window there. The dense layers behind it get one vector per place: they become 1 x 1
# convolutions.
#
# *By hand.* A map of 2 x 2 x 1 and one unit with weights $(1, 2, 3, 4)$, bias 1. For the map
# $\begin{pmatrix}5&0\\1&2\end{pmatrix}$ the unit gives $5 \cdot 1 + 0 \cdot 2 + 1 \cdot 3 + 2 \cdot 4 + 1 = 17$. The
# kernel is $\begin{pmatrix}1&2\\3&4\end{pmatrix}$. On the larger map
#
# $$\begin{pmatrix}5&0&1\\1&2&0\end{pmatrix} \quad\text{it gives}\quad \begin{pmatrix}17&9\end{pmatrix}:
# \qquad 0 \cdot 1 + 1 \cdot 2 + 2 \cdot 3 + 0 \cdot 4 + 1 = 9.$$
#
# ### Exercise 2: `dense_to_convolutional`
#
# **Turn** a classifier of windows into a model that takes pictures of any size.
#
# - in: `model`, a `keras.Sequential` of convolutions and poolings, then one `Flatten`, then dense layers (one or
#   more). Each layer may have an activation of its own.
# - out: a Keras model from $(m, n_H, n_W, n_C)$, any height and width not below the window's, to the map
#   $(m, \text{rows}, \text{columns}, \text{classes})$. It has the same weights, and as many of them. The given model
#   stays as it is.
# - The first dense layer becomes a convolution with a window of $h \times w$, no padding and stride 1. Those after it
#   become 1 x 1 convolutions.
# - Activations stay what they are. A softmax now runs over the channels, at each place by itself; for
#   `Conv2D(..., activation="softmax")` that is what Keras does.
# - Useful: `layer.input.shape`, `layer.get_weights()`, `layer.units`, `layer.activation`, and `set_weights` of a
#   layer that has been called. A layer may be called again on another input; it keeps its weights.
#
# *A worked step.* In our classifier `Flatten` gets $(6, 6, 16)$ and the first dense kernel has the shape $(576, 16)$.
# It becomes $(6, 6, 16, 16)$; the next one, $(16, 2)$, becomes $(1, 1, 16, 2)$.
#
# Difficulty 4 of 5, about 35 minutes, 18 points.


# %%
def dense_to_convolutional(model):
    """The same classifier without dense layers: it takes pictures of any size and gives a map.

    model  a keras.Sequential from windows (m, h, w, n_C) to (m, classes)
    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, rows, columns, classes).
    """
    inputs = X = keras.Input((None, None, model.input_shape[-1]))
    shape = None
    for layer in model.layers:
        if isinstance(layer, Flatten):
            # shape: what comes in, (h, w, c). The layer itself is left out.
            ### BEGIN SOLUTION
            shape = layer.input.shape[1:]
            ### END SOLUTION
        elif isinstance(layer, Dense):
            # the convolution that does the same, called on X, and then its weights
            ### BEGIN SOLUTION
            kernel, bias = layer.get_weights()
            h, w, c = shape or (1, 1, len(kernel))
            convolution = Conv2D(layer.units, (h, w), activation=layer.activation)
            X = convolution(X)
            convolution.set_weights([kernel.reshape(h, w, c, layer.units), bias])
            shape = None
            ### END SOLUTION
        else:
            # everything else stays as it is
            ### BEGIN SOLUTION
            X = layer(X)
            ### END SOLUTION
    return keras.Model(inputs, X)


# %%
check(dense_to_convolutional)

# %% [markdown]
# ### The same map?
#
# A piece of the grandstand, 96 x 160 pixels: once through all windows, once in a single look.

# %%
piece = see(stand.picture[40:136, 100:260])
one_by_one = sliding_window_predict(classifier, piece, SIDE, 4)
at_once = np.asarray(dense_to_convolutional(classifier)(piece[np.newaxis]))[0]
print("shapes:", one_by_one.shape, at_once.shape)
print("equal within 1e-5:", np.allclose(one_by_one, at_once, rtol=0, atol=1e-5))
print("parameters:", classifier.count_params(), dense_to_convolutional(classifier).count_params())

# %% [markdown]
# Not similar: the same. No training, no new weight, no approximation.
#
# ### How much faster?
#
# **Predict:** each pixel lay in 64 windows, and now it is looked at once. So by what factor does the work
# shrink: 64? More? Less?

# %%
convolutional = dense_to_convolutional(classifier)
at_once = windows.multiplications(convolutional, (256, 256, 3))
through_windows = ((256 - SIDE) // 4 + 1) ** 2 * windows.multiplications(classifier, (SIDE, SIDE, 3))
print(f"multiplications through windows: {through_windows:,}, at once: {at_once:,}")
print(f"ratio: {through_windows / at_once:.1f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Less. What is shared are the convolutions. The 9,216 multiplications of the first dense layer are done at every
# place anew, because each place wants another 6 x 6 piece of the map. Far from the edges, a step of 4 x 4 pixels costs
#
# $$ 16 \cdot 600 + 4 \cdot 1152 + 9216 + 32 = 23{,}456 $$
#
# multiplications (16 places of the first convolution, 4 of the second, 1 of each dense layer), where a window of its
# own costs 645,536. So the ratio can grow to 27.5 and never to 64.
#
# </details>
#
# Now the clock. There is a third way, the naive one: call the model for each window. We time fifty calls and
# multiply.

# %% tags=["nbval-ignore-output"]
picture = see(grandstand.square(stand.picture, 256))
some = [picture[np.newaxis, i : i + SIDE, i : i + SIDE] for i in range(50)]
by_windows, whole = windows.Compiled(classifier), windows.Compiled(dense_to_convolutional(classifier))
windows.show_times(
    {
        "a call for each window": windows.seconds(lambda: [classifier(each) for each in some], 1) * 3249 / 50,
        "all windows in one call": windows.seconds(
            lambda: sliding_window_predict(by_windows, picture, SIDE, 4)
        ),
        "convolutional": windows.seconds(lambda: whole(picture[np.newaxis])),
    }
)

# %%
picture = see(grandstand.square(stand.picture, 256))
by_windows, whole = windows.Compiled(classifier), windows.Compiled(dense_to_convolutional(classifier))
slow = windows.seconds(lambda: sliding_window_predict(by_windows, picture, SIDE, 4))
fast = windows.seconds(lambda: whole(picture[np.newaxis]), repeats=20)
print("256 x 256 pixels, at least 10 times as fast:", slow >= 10 * fast)

# %% [markdown]
# **Before you run the next cell**, sketch the speed-up against the size of the picture. Where does the curve begin,
# for a picture that is a single window? Where does it end?

# %% tags=["nbval-ignore-output"]
sizes = [32, 48, 64, 96, 128, 192, 256, 384]
convolutional = dense_to_convolutional(classifier)
by_windows, whole = windows.Compiled(classifier), windows.Compiled(convolutional)
measured, counted = [], []
for n in sizes:
    picture = see(grandstand.square(stand.picture, n))
    slow = windows.seconds(lambda picture=picture: sliding_window_predict(by_windows, picture, SIDE, 4), 3)
    fast = windows.seconds(lambda picture=picture: whole(picture[np.newaxis]), 10)
    measured.append(slow / fast)
    work = ((n - SIDE) // 4 + 1) ** 2 * windows.multiplications(classifier, (SIDE, SIDE, 3))
    counted.append(work / windows.multiplications(convolutional, (n, n, 3)))
windows.show_speed_up(sizes, measured, counted)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# It begins at 1, for one window has nobody to share with, and the count levels off where we computed it. For
# small pictures the clock stays below the count, since a call takes its time however little there is to compute. For
# large ones it goes beyond: to cut out thousands of windows and to carry ten million numbers about is work too,
# though no multiplication. (Clocks are moody: at 256 x 256 pixels we have seen 23 times as fast, and 80.)
#
# </details>
#
# ## The stride is not yours to choose
#
# With windows you chose a stride of 4. The convolutional form has no argument for it. It *has* a stride: each pooling
# halves the map, so a step in the last map is $2 \cdot 2 = 4$ pixels in the picture. The strides of all layers,
# multiplied: that is how far the window jumps. Deeper networks jump farther; OverFeat's jumped 36 pixels.
#
# To look closer, look again: move the picture by two pixels, and the windows stand two pixels further. Four looks,
# woven into each other, give the map with stride 2.

# %%
piece = see(stand.picture[40:136, 100:260])
convolutional = dense_to_convolutional(classifier)
fine = sliding_window_predict(classifier, piece, SIDE, 2)
woven = np.zeros_like(fine)
for down in (0, 2):
    for right in (0, 2):
        look = np.asarray(convolutional(piece[np.newaxis, down:, right:]))[0]
        woven[down // 2 :: 2, right // 2 :: 2] = look
print("stride 2, four looks woven together:", woven.shape)
print("equal within 1e-5:", np.allclose(woven, fine, rtol=0, atol=1e-5))

# %% [markdown]
# ### And padding?
#
# Our classifier has none. **Predict:** if its convolutions had `padding="same"`, would the two maps still agree?
# Nowhere, at the edges of the picture only, or everywhere?


# %%
def padded_classifier():
    """A classifier like ours, but with padding, and not trained."""
    keras.utils.set_random_seed(2)
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            Conv2D(8, 5, padding="same", activation="relu"),
            MaxPooling2D(2),
            Conv2D(16, 3, padding="same", activation="relu"),
            MaxPooling2D(2),
            Flatten(),
            Dense(16, activation="relu"),
            Dense(2, activation="softmax"),
        ]
    )


piece = see(stand.picture[40:136, 100:260])
padded = padded_classifier()
through_windows = sliding_window_predict(padded, piece, SIDE, 4)
at_once = np.asarray(dense_to_convolutional(padded)(piece[np.newaxis]))[0]
difference = np.abs(through_windows - at_once).max(axis=2)
different = np.mean(difference > 1e-3)
places = "most" if different > 0.5 else "some" if different else "none"
print("places where they differ by more than 1e-3:", places)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Nearly everywhere, also far from the edges. A window that stands alone has a border of zeros on all four sides, and
# its filters have learned to live with it. In the large picture there are no zeros around that window, but its
# neighbours. The two models are then different functions, and neither is wrong, but you cannot replace one by the
# other.
#
# </details>
#
# ## From a map to boxes
#
# Nobody wants a map; people want boxes. Place $(i, j)$ of the map stands for the window whose upper left corner is
# at $x = j \cdot stride$, $y = i \cdot stride$. (Mind the order: a row of the map is a $y$.)
#
# And the faces in the other rows? The window cannot grow, but the picture can shrink. Search the picture, then search
# the same picture at 0.7 of its size, at half its size. That is an **image pyramid**. What was found in a picture of
# half the size is twice as large in the original: divide by the scale.
#
# *By hand.* Windows of 4 x 4, stride 2, threshold 0.5 and the scores
#
# $$\begin{pmatrix}0.1&0.9&0.2\\0.3&0.4&0.6\end{pmatrix}$$
#
# Two windows reach the threshold: $(0, 1)$ gives the box $(2, 0, 6, 4)$ with score $0.9$, and $(1, 2)$ gives
# $(4, 2, 8, 6)$ with $0.6$. If the picture that was searched had half the size of the original (`scale=0.5`), the
# first box is $(4, 0, 12, 8)$.
#
# ### Exercise 3: `map_to_boxes`
#
# **List** the windows whose score reaches a threshold, in pixels of the original picture.
#
# - in: `scores` (rows, columns), the map of one class; `window`, one number or $(h, w)$; `stride`; `threshold`;
#   `scale`, the size of the picture that was searched, as a multiple of the original's
# - out: an array $(k, 5)$ with the rows $x_1, y_1, x_2, y_2$, score, where $x_2 = x_1 + $ width and
#   $y_2 = y_1 + $ height, in any order. Do not round. A score that meets the threshold exactly counts.
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def map_to_boxes(scores, window, stride, threshold, scale=1.0):
    """The windows of a map whose score reaches a threshold.

    scores     (rows, columns), of one class
    window     its size in pixels: one number, or (h, w)
    stride     pixels from one window to the next
    threshold  the lowest score that counts
    scale      size of the picture that was searched, as a multiple of the original's
    Returns boxes (k, 5): x1, y1, x2, y2 in pixels of the original, and the score.
    """
    h, w = (window, window) if np.ndim(window) == 0 else window

    # the places that count, their corners, their scores
    ### BEGIN SOLUTION
    i, j = np.nonzero(scores >= threshold)
    x1, y1 = j * stride, i * stride
    corners = np.stack([x1, y1, x1 + w, y1 + h], axis=1) / scale
    return np.column_stack([corners, scores[i, j]])
    ### END SOLUTION


# %%
check(map_to_boxes)

# %% [markdown]
# ### Which scales?
#
# Ask the classifier. On the left, faces of growing size in the window; on the right, faces of the right size, with
# a window that stands more and more beside them.
#
# **Predict:** the window has 32 pixels. Up to which size does it still see a face, and how far may it be off?

# %% tags=["nbval-ignore-output"]
crowd = [grandstand.draw_stand(guests, seed) for seed in range(100, 104)]
face_sizes, shifts = np.geomspace(12, 80, 15), np.arange(-20, 21, 4)
by_size = np.mean([windows.answers_by_size(classifier, each, face_sizes) for each in crowd], axis=0)
by_shift = np.mean([windows.answers_by_shift(classifier, each, shifts) for each in crowd], axis=0)
windows.show_answers(face_sizes, by_size, shifts, by_shift)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# In our run it was nearly sure of faces from 23 to 41 pixels.
#
# </details>
#
# So four scales, each 0.7 times the one before, leave no gap: 1.4, 1, 0.7 and 0.5 reach from faces of 17 pixels
# to faces of 80. And it forgives a shift of four pixels, often even of eight: that is why a stride of 4 loses
# nobody, and why each face makes a whole spot.


# %%
def search(picture, scale):
    """The picture (n_H, n_W, 3) at another size, and the map of its faces (rows, columns)."""
    n_H, n_W = (round(scale * n) for n in picture.shape[:2])
    brought = grandstand.resized(picture, n_H, n_W)
    scores = np.asarray(dense_to_convolutional(classifier)(see(brought)[np.newaxis]))
    return brought, scores[0, :, :, 1]


def find_faces(picture, scales=(1.4, 1.0, 0.7, 0.5), threshold=0.9):
    """Boxes of faces of several sizes: (k, 5), x1, y1, x2, y2 and score."""
    found = [map_to_boxes(search(picture, scale)[1], SIDE, 4, threshold, scale) for scale in scales]
    return np.concatenate([np.reshape(boxes, (-1, 5)) for boxes in found])


# %% tags=["nbval-ignore-output"]
scales = (1.4, 1.0, 0.7, 0.5)
pictures, maps = zip(*(search(stand.picture, scale) for scale in scales), strict=True)
windows.show_pyramid(pictures, maps, scales, threshold=0.9)

# %% [markdown]
# Each dot is the middle of a window that says *face*. The smaller the picture, the nearer to us are the faces that
# fit the window. **Predict:** if all these windows are drawn into the original picture, how many boxes will there be?

# %% tags=["nbval-ignore-output"]
boxes = find_faces(stand.picture)
windows.show_picture(stand.picture, boxes)
print(f"{len(boxes)} boxes for {len(stand.faces)} faces")

# %%
boxes = find_faces(stand.picture)
fits = windows.best_overlaps(boxes, stand.faces)
print("nine of ten faces have a box with an IoU of at least 0.5:", np.mean(fits >= 0.5) >= 0.9)
print("there are at least ten boxes for each face:", len(boxes) >= 10 * len(stand.faces))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Every face is found, and most of them some thirty times. The stadium would report a full house. (The IoU is the last
# lesson's, intersection over union. You write it yourself in the next one.)
#
# </details>
#
# Raise the threshold? We tried: with 0.9999 each of the 15 faces still had a box, the least certain one a single
# one and the most certain one eighteen. With 0.99999 two faces were lost, and others still had thirteen. No
# threshold makes this right. What is needed is a rule: *of boxes that overlap much, keep the best.* It is called
# non-max suppression, and the next lesson is about it.
#
# ## What a window cannot do
#
# The window is a square, always. **Predict:** stretch the same picture to twice its width. How many faces are still
# found, and how well do the boxes fit? And if you tip the picture over, by 90 degrees?

# %% tags=["nbval-ignore-output"]
n_H, n_W = stand.picture.shape[:2]
x1, y1, x2, y2 = stand.faces.T
wide = grandstand.resized(stand.picture, n_H, 2 * n_W)
changed = {
    "as it is": (stand.picture, stand.faces),
    "twice as wide": (wide, np.stack([2 * x1, y1, 2 * x2, y2], axis=1)),
    "tipped over": (np.rot90(stand.picture), np.stack([y1, n_W - x2, y2, n_W - x1], axis=1)),
}
for name, (picture, faces) in changed.items():
    fits = windows.best_overlaps(find_faces(picture), faces)
    print(f"{name:14} found: {np.sum(fits >= 0.5):2} of {len(fits)}, best IoU {np.mean(fits):.2f} on average")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Surprised? In our run all faces were found in the picture that was twice as wide, and 12 of 15 in the one that lay
# on its side, though no such face had ever been among the windows. So the network looks less at eyes and mouth than
# we do: something round in a colour of skin, with something dark at its edge, goes a long way.
#
# But look at how the boxes fit. In the wide picture the best ones have an IoU of 0.54, and it could not be otherwise: a
# square of side $s$ and a rectangle of $2w \times w$ share at most $s\,w$ (for $w \le s \le 2w$), and
#
# $$ \frac{s\,w}{2w^2 + s^2 - s\,w} \;\le\; \frac{\sqrt{2}}{4 - \sqrt{2}} \approx 0.55, \qquad \text{reached at } s = \sqrt{2}\,w. $$
#
# </details>
#
# **What a window finds has the window's shape.** Scales do not help, for shrinking keeps the shape. So people gave a
# detector several windows, a low wide one for cars from the side, a tall narrow one for pedestrians, and each
# multiplied the number of places. Two ways lead out of this, and both are in this week:
#
# - let the network *compute the box*, four numbers at each place of the map, in place of reading it off the
#   window. OverFeat did that already, YOLO made it the whole detector;
# - *propose* a few hundred places of any shape where something seems to be, and classify only those: R-CNN.
#
# ## Where it comes from
#
# Networks slid over pictures long before they were called deep. Matan and others read lines of digits in this way in
# 1992: they let the network for one digit run over the whole line, as a convolution. Vaillant, Monrocq and LeCun
# searched for faces in 1994, Rowley, Baluja and Kanade in 1998, with a window of 20 x 20 pixels and a pyramid whose
# steps are 1.2. Viola and Jones made it fast enough for cameras in 2001, without a network: their classifier gives up
# after a few operations where nothing looks like a face. In 2013 **OverFeat** put the whole of ImageNet's knowledge
# into one convolutional look, shared between classes and scales, with a box computed at each place, and won the
# localization task of that year's ImageNet challenge. A year later Long, Shelhamer and Darrell drove the same idea on
# to one class per *pixel*: image segmentation, the last lesson of this week.
#
# ## In short
#
# - A classifier of windows becomes a detector if you show it every window: $\lfloor (n - f)/stride \rfloor + 1$ in
#   each direction.
# - Windows that overlap share most of their work. Convolutions and poolings share it by themselves if they get the
#   whole picture.
# - A dense layer on an $h \times w \times c$ map is a convolution of $h \times w$; dense layers after it are 1 x 1
#   convolutions. Same weights, same answers, one look.
# - The stride of the convolutional form is the product of all its layers' strides. With padding the two forms
#   differ.
# - Other sizes: a pyramid of pictures. Other shapes: not with this window.
# - Each object is found many times. Somebody has to tidy up.
#
# **To think about**
# 1. A pooling is replaced by a convolution with stride 2. What changes in the convolutional form, in its work and in
#    its stride?
# 2. Windows of 33 x 33 pixels, the same layers. The poolings drop a row that does not fill a window. On which pictures
#    have the two maps different shapes?
# 3. One could put `GlobalAveragePooling2D` in place of `Flatten` in the classifier. The network then takes any picture
#    without being rebuilt. What does it say of a grandstand, and why is that no map?
# 4. For 20 classes you need one map for each. What gets 20 times as expensive, and what does not?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | sliding window | 滑动窗口 |
# | object detection | 目标检测 |
# | fully convolutional network | 全卷积网络 |
# | fully connected (dense) layer | 全连接层 |
# | stride | 步幅 |
# | score map (heat map) | 得分图（热力图） |
# | image pyramid | 图像金字塔 |
# | bounding box | 边界框 |
# | threshold | 阈值 |
# | non-max suppression | 非极大值抑制 |
#
# **Papers**
# - P. Sermanet, D. Eigen, X. Zhang, M. Mathieu, R. Fergus, Y. LeCun: *OverFeat: integrated recognition, localization
#   and detection using convolutional networks*, 2013. arXiv:1312.6229
# - O. Matan, C. J. C. Burges, Y. LeCun, J. S. Denker: *Multi-digit recognition using a space displacement neural
#   network*, 1992
# - R. Vaillant, C. Monrocq, Y. LeCun: *Original approach for the localisation of objects in images*, 1994
# - H. A. Rowley, S. Baluja, T. Kanade: *Neural network-based face detection*, 1998
# - P. Viola, M. Jones: *Rapid object detection using a boosted cascade of simple features*, 2001
# - J. Long, E. Shelhamer, T. Darrell: *Fully convolutional networks for semantic segmentation*, 2015.
#   arXiv:1411.4038

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
