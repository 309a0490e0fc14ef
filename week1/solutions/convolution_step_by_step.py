# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Convolution, step by step
#     order: 2
#     minutes: 180
#     runs: 0.5
#     terms: [convolution, padding, stride, pooling, backpropagation, gradient check]
# ---

# %% [markdown]
# # Convolution, step by step
#
# You are about to build a layer of a convolutional network out of nothing but NumPy: first forward, then
# backward, then fast. Nine short functions, and no magic left at the end.
#
# **At the end you can**
#
# - say what comes out of a layer, number by number and shape by shape, for any size, stride and padding;
# - send a gradient back through a convolution and through pooling, and *prove* that it is right;
# - make the same layer far faster without changing what it computes.
#
# **How it goes.** Each exercise has a function with gaps. Fill a gap where it says
# `raise NotImplementedError`, run the cell, then run the `check` cell under it. It tells you what is wrong,
# not only that something is. When you are stuck, put `hint(the_function)` into a cell of your own. Now and
# then the text asks you to guess *before* you run a cell. Do it, on paper. A wrong guess that you wrote
# down teaches more than a right answer that you read. When you have restarted the kernel, run the first cell
# again, and then those that define what you need.
#
# Later cells go on with what your functions return, as NumPy arrays in `float64`. Whoever uses TensorFlow somewhere
# gives its results back by `.numpy()`.
#
# About three hours. Nine exercises, 100 points.

# %%
import workbook

workbook.start("convolution_step_by_step")

import numpy as np

import helpers
from workbook import check, hint

# %% [markdown]
# ## A picture is a block of numbers
#
# All pictures in this lesson come in **batches**, arrays with four axes in this order:
#
# | axis | counts | letter |
# |---|---|---|
# | 0 | the pictures | $m$ |
# | 1 | the rows, from top to bottom | $n_H$ |
# | 2 | the columns, from left to right | $n_W$ |
# | 3 | the channels: red, green, blue, or whatever the layer before has found | $n_C$ |
#
# What comes *into* a layer is called `A_prev`, of shape $(m, n_H^{prev}, n_W^{prev}, n_C^{prev})$. Here is
# the picture that we shall work on, a batch of one.

# %% tags=["nbval-ignore-output"]
photo = helpers.photograph()[np.newaxis]
helpers.show_pictures(
    [photo[0], *np.moveaxis(photo[0], -1, 0)], ["the picture", "red", "green", "blue"], width=2.6
)

# %%
print("shape:", photo.shape)
print("numbers in it:", f"{photo.size:,}")
print("weights of a dense layer that gives as many numbers back:", f"{photo.size**2:,}")
print("weights of a layer with three 3 x 3 filters:             ", 3 * (3 * 3 * 3))

# %% [markdown]
# More than a billion weights, or 81. That is what convolution is for: it looks at a small window, and uses
# the *same* few weights wherever the window is. The rest of this lesson makes that sentence precise.

# %% [markdown]
# ## Padding
#
# A window that slides over a picture meets a pixel in the middle many times, and the pixel in the corner only
# once. And it shrinks the picture: a 3 x 3 window has only 4 places along 6 pixels. A border of zeros
# keeps the size, and lets the corner be met more often.
#
# *By hand.* A picture of 2 x 2 pixels with `pad` = 1:
#
# $$\begin{pmatrix}1&2\\3&4\end{pmatrix}\quad\longrightarrow\quad
# \begin{pmatrix}0&0&0&0\\0&1&2&0\\0&3&4&0\\0&0&0&0\end{pmatrix}$$
#
# ### Exercise 1: `zero_pad`
#
# Put a border of `pad` zeros around the height and the width of every picture in a batch.
#
# - in: `X` $(m, n_H, n_W, n_C)$, and `pad`, a whole number
# - out: $(m,\; n_H + 2\,pad,\; n_W + 2\,pad,\; n_C)$
#
# Difficulty 1 of 5, about 10 minutes, 5 points. `np.pad` may do the work: read what its second argument
# means.


# %%
def zero_pad(X, pad):
    """Puts zeros around the height and the width of all pictures.

    X    (m, n_H, n_W, n_C)
    pad  how many zeros on each side
    Returns (m, n_H + 2 * pad, n_W + 2 * pad, n_C).
    """
    ### BEGIN SOLUTION
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    ### END SOLUTION


# %%
check(zero_pad)

# %% tags=["nbval-ignore-output"]
x = np.array([[1.0, 2, 3], [4, 5, 6]])
padded = zero_pad(x.reshape(1, 2, 3, 1), 2)
helpers.show_padding(x, padded[0, :, :, 0])

# %% [markdown]
# **Think.** A 3 x 3 window slides over a 6 x 6 picture, one pixel at a time. How many windows hold the corner
# pixel, and how many a pixel in the middle? And with `pad` = 1?
#
# <details><summary>One answer</summary>
#
# One and nine. With a border of 1 the corner is in four windows. We shall see these very numbers again,
# when gradients flow back.
#
# </details>

# %% [markdown]
# ## One step of a convolution
#
# Lay a **filter** `W` on one window of the picture. Multiply the numbers that lie on top of each other, add
# everything up, and add the bias. One number comes out:
#
# $$z = b + \sum_{i=0}^{f-1}\;\sum_{j=0}^{f-1}\;\sum_{k=0}^{n_C^{prev}-1} a_{ijk}\,W_{ijk}$$
#
# The filter has $f$ rows, $f$ columns and *as many channels as the picture*: it is a small block, not a small
# sheet. That is what people mean by convolution over **volumes**. The channels are added up like the rest, so
# a colour picture gives one number too.
#
# *By hand.* One channel, $f = 2$:
#
# $$a=\begin{pmatrix}1&2\\3&4\end{pmatrix},\quad W=\begin{pmatrix}1&0\\0&-1\end{pmatrix},\quad b=0.5$$
#
# $$z = 1\cdot1 + 2\cdot0 + 3\cdot0 + 4\cdot(-1) + 0.5 = -2.5$$
#
# (Mathematicians turn the filter upside down and left to right first. Networks do not bother: they learn the
# filter anyway, so they would learn it turned. Strictly this is *cross-correlation*; everybody says
# convolution.)
#
# ### Exercise 2: `conv_single_step`
#
# Apply one filter to one window.
#
# - in: `a_slice_prev` $(f, f, n_C^{prev})$, `W` of the same shape, `b` $(1, 1, 1)$
# - out: one number
#
# Difficulty 1 of 5, about 10 minutes, 5 points.


# %%
def conv_single_step(a_slice_prev, W, b):
    """Applies one filter to one window.

    a_slice_prev  (f, f, n_C_prev), the window
    W             (f, f, n_C_prev), the filter
    b             (1, 1, 1), its bias
    Returns one number.
    """
    ### BEGIN SOLUTION
    return np.sum(a_slice_prev * W) + b.item()
    ### END SOLUTION


# %%
check(conv_single_step)

# %% [markdown]
# This filter takes the left column of the window from the right one, in all three colours:
#
# $$\begin{pmatrix}-1&0&1\\-1&0&1\\-1&0&1\end{pmatrix}$$
#
# We lay it on three places of the picture: on the empty sky, on the left edge of a dark red stripe of the
# tower, on the right edge of that stripe.
#
# **Before you run the next cell**: which of the three numbers is near 0, which is positive, which negative?
# Write it down.

# %%
edge = np.repeat([[[-1.0], [0], [1]]] * 3, 3, axis=2)  # (3, 3, 3)
for name, top, left in (("sky", 40, 66), ("left edge", 41, 33), ("right edge", 41, 44)):
    z = np.squeeze(conv_single_step(photo[0, top : top + 3, left : left + 3], edge, np.zeros((1, 1, 1))))
    print(f"{name:11}", "near 0" if abs(z) < 0.3 else f"{z:+.0f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Where the picture is flat, left and right cancel. From the sky into the stripe it gets darker, out of the
# stripe brighter. One filter, one question, asked at every place: *does it get brighter here, from left to
# right?*
#
# </details>

# %% [markdown]
# ## A whole layer
#
# Now slide. The window starts at the top left, goes `stride` pixels to the right at each step, then `stride`
# pixels down. A layer has $n_C$ filters, and each of them gives a picture of its own: a **channel** of the
# output.
#
# $$Z_{i,h,w,c} = b_c + \sum_{r,s,k} A^{pad}_{\,i,\; h\cdot stride + r,\; w\cdot stride + s,\; k}\;
# W_{r,s,k,c}$$
#
# How many windows fit? The first one always does. From then on, each needs `stride` pixels more:
#
# $$n_H = \left\lfloor\frac{n_H^{prev} + 2\,pad - f}{stride}\right\rfloor + 1 \qquad
# n_W = \left\lfloor\frac{n_W^{prev} + 2\,pad - f}{stride}\right\rfloor + 1$$
#
# **Before you run the next cell**: a picture of 6 x 8 pixels, a 3 x 3 window, stride 2, no padding. How many
# windows are there? And is there a pixel that no window ever sees? Write it down.

# %% tags=["nbval-ignore-output"]
helpers.show_window_steps(6, 8, f=3, stride=2)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# $\lfloor 3/2 \rfloor + 1 = 2$ rows of windows and $\lfloor 5/2 \rfloor + 1 = 3$ columns. The hatched pixels
# are never seen at all: rounding down throws the last row and the last column away. Padding would save them.
#
# </details>
#
# ### Exercise 3: `conv_forward`
#
# Convolve a batch of pictures with all filters of a layer.
#
# - in: `A_prev` $(m, n_H^{prev}, n_W^{prev}, n_C^{prev})$; `W` $(f, f, n_C^{prev}, n_C)$; `b` $(1, 1, 1,
#   n_C)$; `hparameters`, a dictionary with `"stride"` and `"pad"`
# - out: `Z` $(m, n_H, n_W, n_C)$, and a `cache` that keeps `(A_prev, W, b, hparameters)` for the way back
#
# *By hand.* One picture with one channel, the numbers 1 to 9 in three rows; the 2 x 2 filter with 1 in its upper left corner, $-1$ in its lower
# right one and 0 elsewhere; $b = 0.5$, stride 1 and no padding. The first window holds 1, 2, 4 and 5: $1 - 5 + 0.5 = -3.5$.
# The other three give $-3.5$ as well (why?), so $Z$ has the shape $(1, 2, 2, 1)$ and holds $-3.5$ four times.
#
# In the gaps, call what you have: `zero_pad` for all pictures at once, `conv_single_step` for one number.
#
# Difficulty 3 of 5, about 25 minutes, 15 points.


# %%
def conv_forward(A_prev, W, b, hparameters):
    """Convolves a batch of pictures with the filters of one layer.

    A_prev       (m, n_H_prev, n_W_prev, n_C_prev)
    W            (f, f, n_C_prev, n_C)
    b            (1, 1, 1, n_C)
    hparameters  {"stride": ..., "pad": ...}
    Returns Z (m, n_H, n_W, n_C) and the cache (A_prev, W, b, hparameters).
    """
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]

    # n_H and n_W: how many windows fit, one below the other and side by side?
    ### BEGIN SOLUTION
    n_H = (n_H_prev + 2 * pad - f) // stride + 1
    n_W = (n_W_prev + 2 * pad - f) // stride + 1
    ### END SOLUTION

    # Z, full of zeros for now, and A_prev_pad, the pictures with their border
    ### BEGIN SOLUTION
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    ### END SOLUTION

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                # a_slice_prev: the window of picture i that belongs to (h, w). Where does it start and end?
                ### BEGIN SOLUTION
                top, left = h * stride, w * stride
                a_slice_prev = A_prev_pad[i, top : top + f, left : left + f, :]
                ### END SOLUTION
                for c in range(n_C):
                    # Z[i, h, w, c]: this window, filter c, bias c
                    ### BEGIN SOLUTION
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
                    ### END SOLUTION

    return Z, (A_prev, W, b, hparameters)


# %%
check(conv_forward)

# %% [markdown]
# Let three filters loose on the picture: the edge filter from above, the same lying down, and one that asks
# *is it red?* (red counts $+2$, green and blue $-1$ each). A **layer** is this convolution, a bias, and
# then an activation: here ReLU, which sets all that is below 0 to 0.
#
# **Before you run the next cell**: where will the third map be bright? And the first: on both sides of a red
# stripe, or on one?

# %% tags=["nbval-ignore-output"]
filters = np.zeros((3, 3, 3, 3))
filters[:, :, :, 0] = edge
filters[:, :, :, 1] = edge.transpose(1, 0, 2)
filters[1, 1, :, 2] = [2, -1, -1]
Z, _ = conv_forward(photo, filters, np.zeros((1, 1, 1, 3)), {"stride": 1, "pad": 1})
maps = np.maximum(Z[0], 0)
titles = ["brighter to the right", "brighter downwards", "red"]
helpers.show_pictures([photo[0], *np.moveaxis(maps, -1, 0)], ["the picture", *titles], width=2.6)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# On one side only: at the left edge of a stripe it gets darker, the result is negative, and ReLU puts it
# out. A network that cares about both sides learns two filters. And did you expect the sun in the red map?
# Its yellow is much red, much green and less blue: $2\cdot1 - 0.93 - 0.6 > 0$.
#
# Look once more at the first two maps: a bright line runs down the left border of one, along the top of the
# other. There is no edge in the picture. It is the black border of `zero_pad`, with the sky beside it.
#
# </details>

# %%
Z, _ = conv_forward(photo, np.zeros((5, 5, 3, 2)), np.zeros((1, 1, 1, 2)), {"stride": 2, "pad": 2})
print("5 x 5, stride 2, pad 2, two filters:", photo.shape, "->", Z.shape)
print("parameters:", 5 * 5 * 3 * 2 + 2)
print("multiplications:", f"{np.size(Z) * 5 * 5 * 3:,}")

# %% [markdown]
# **Think.** The parameters do not depend on the size of the picture. The multiplications do. What happens to
# each of them when you double the stride?
#
# <details><summary>One answer</summary>
#
# The parameters stay. The output has half as many rows and half as many columns, so there are about a quarter
# as many multiplications.
#
# </details>

# %% [markdown]
# ## Pooling
#
# A **pooling** layer makes the picture smaller. It slides a window too, but there is nothing to learn: it
# keeps the largest number of the window (*max*), or the average. And it treats every channel by itself, so
# as many channels come out as came in.
#
# $$n_H = \left\lfloor\frac{n_H^{prev} - f}{stride}\right\rfloor + 1 \qquad
# n_W = \left\lfloor\frac{n_W^{prev} - f}{stride}\right\rfloor + 1 \qquad n_C = n_C^{prev}$$
#
# *By hand*, with $f = 2$ and stride 2. Each quarter of the picture is a window:
#
# $$\begin{pmatrix}1&3&2&1\\4&8&5&0\\7&2&9&8\\1&2&3&4\end{pmatrix}\quad\longrightarrow\quad
# \text{max: }\begin{pmatrix}8&5\\7&9\end{pmatrix},\quad
# \text{average: }\begin{pmatrix}4&2\\3&6\end{pmatrix}$$
#
# ### Exercise 4: `pool_forward`
#
# Pool a batch of pictures.
#
# - in: `A_prev` $(m, n_H^{prev}, n_W^{prev}, n_C^{prev})$; `hparameters` with `"f"` and `"stride"`; `mode`,
#   `"max"` or `"average"`
# - out: `A` $(m, n_H, n_W, n_C)$, and the `cache` `(A_prev, hparameters)`
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def pool_forward(A_prev, hparameters, mode="max"):
    """Keeps the largest number, or the average, of each window of each channel.

    A_prev       (m, n_H_prev, n_W_prev, n_C_prev)
    hparameters  {"f": ..., "stride": ...}
    mode         "max" or "average"
    Returns A (m, n_H, n_W, n_C_prev) and the cache (A_prev, hparameters).
    """
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    f, stride = hparameters["f"], hparameters["stride"]

    # n_H, n_W, and A full of zeros
    ### BEGIN SOLUTION
    n_H = (n_H_prev - f) // stride + 1
    n_W = (n_W_prev - f) // stride + 1
    A = np.zeros((m, n_H, n_W, n_C))
    ### END SOLUTION

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    # window: (f, f), of picture i and channel c only
                    ### BEGIN SOLUTION
                    top, left = h * stride, w * stride
                    window = A_prev[i, top : top + f, left : left + f, c]
                    ### END SOLUTION
                    # A[i, h, w, c]: what mode asks for
                    ### BEGIN SOLUTION
                    A[i, h, w, c] = np.max(window) if mode == "max" else np.mean(window)
                    ### END SOLUTION

    return A, (A_prev, hparameters)


# %%
check(pool_forward)

# %% tags=["nbval-ignore-output"]
x = np.array([[1.0, 3, 2, 1], [4, 8, 5, 0], [7, 2, 9, 8], [1, 2, 3, 4]])
pooled = {
    mode: pool_forward(x.reshape(1, 4, 4, 1), {"f": 2, "stride": 2}, mode)[0][0, :, :, 0]
    for mode in ("max", "average")
}
helpers.show_pooling(x, 2, 2, pooled)

# %% [markdown]
# Why throw numbers away? Because *that* there is an edge matters more than *where* exactly, to the pixel. We
# test that: move the picture one pixel to the right, and look at how much the edge map changes, before and
# after pooling: the mean change of a number, as a share of the mean number.
#
# **Before you run the next cell**: the picture moves by one pixel. Which changes most: the edge map itself,
# its maxima over 4 x 4 windows, or its averages? Put them in order.

# %%
moved = np.roll(photo, 1, axis=2)
layer = filters[:, :, :, :1], np.zeros((1, 1, 1, 1)), {"stride": 1, "pad": 1}
before, after = (np.maximum(conv_forward(picture, *layer)[0], 0) for picture in (photo, moved))
pooling = {"f": 4, "stride": 4}
maps = {"edge map": (before, after)}
for mode in ("max", "average"):
    maps[mode] = tuple(pool_forward(edges, pooling, mode)[0] for edges in (before, after))
for name, (old, new) in maps.items():
    print(f"{name:9} changes by {np.mean(np.abs(new - old)) / np.mean(old):.0%}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The edge map itself is hardly the same any more. Its maxima and its averages notice far less: as long as an
# edge moves about *inside* a window, they stay as they were, and only what crosses the border of a window
# counts. This is why a network with pooling still knows a face that has moved a little.
#
# </details>
#
# **Think.** A pooling layer with $f = 2$ and stride 2 keeps one number out of four. Where did the other three
# go, for max and for average? Which of the two would you take to find a single bright star?

# %% [markdown]
# ## The way back
#
# To learn, the layer must know how the cost $J$ changes with each of its numbers. The layer above hands down
# `dZ`, the slopes $\partial J/\partial Z$, one for each number of $Z$. We need the slopes of what went *in*:
# `dA_prev`, `dW` and `db`.
#
# Begin with one window. Forward, it was $z = \sum a\,W + b$, so
#
# $$\frac{\partial z}{\partial a} = W \qquad \frac{\partial z}{\partial W} = a \qquad
# \frac{\partial z}{\partial b} = 1$$
#
# and by the chain rule each of them is multiplied by that window's slope $dZ_{ihwc}$. Now for all windows
# together. A pixel lies in *several* windows, a weight is used in *every* window, and all of these paths to
# $J$ add up:
#
# $$\begin{aligned}
# dA^{pad}_{prev}[\text{window of }(i,h,w)] &\mathrel{+}= W_c\cdot dZ_{ihwc}\\
# dW_c &\mathrel{+}= A^{pad}_{prev}[\text{window of }(i,h,w)]\cdot dZ_{ihwc}\\
# db_c &\mathrel{+}= dZ_{ihwc}
# \end{aligned}$$
#
# Nothing more than the forward loops with the arrows turned round. At the end the border is cut off
# `dA_prev`: the zeros were not the picture's, so nobody needs their slopes.
#
# *By hand.* A picture of 3 x 3, a filter of 2 x 2, stride 1, so four windows. Say that only two of them
# matter to the cost, the first and the last:
#
# $$A=\begin{pmatrix}1&2&3\\4&5&6\\7&8&9\end{pmatrix}\quad
# W=\begin{pmatrix}1&2\\3&4\end{pmatrix}\quad dZ=\begin{pmatrix}1&0\\0&10\end{pmatrix}$$
#
# The first window sends $1\cdot W$ to the top left corner, the last sends $10\cdot W$ to the bottom right. In
# the middle they meet: $4 + 10$ is $14$ there.
#
# $$dA=\begin{pmatrix}1&2&0\\3&14&20\\0&30&40\end{pmatrix}\quad
# dW=1\begin{pmatrix}1&2\\4&5\end{pmatrix}+10\begin{pmatrix}5&6\\8&9\end{pmatrix}=
# \begin{pmatrix}51&62\\84&95\end{pmatrix}\quad db=11$$
#
# ### Exercise 5: `conv_backward`
#
# Send the gradient back through a convolution.
#
# - in: `dZ` $(m, n_H, n_W, n_C)$, and the `cache` of `conv_forward`
# - out: `dA_prev`, `dW`, `db`, each of the shape of what it is the slope of
#
# Difficulty 4 of 5, about 30 minutes, 20 points. Mind a `pad` of 0 when you cut the border off.


# %%
def conv_backward(dZ, cache):
    """Sends the gradient back through a convolution.

    dZ     (m, n_H, n_W, n_C), the slopes of the cost by Z
    cache  (A_prev, W, b, hparameters), from conv_forward
    Returns dA_prev (m, n_H_prev, n_W_prev, n_C_prev), dW (f, f, n_C_prev, n_C), db (1, 1, 1, n_C).
    """
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    _, n_H_prev, n_W_prev, _ = A_prev.shape
    m, n_H, n_W, n_C = dZ.shape
    f = W.shape[0]

    # A_prev_pad, and zeros to add to: dA_prev_pad, dW and db
    ### BEGIN SOLUTION
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    ### END SOLUTION

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                # where the window of (h, w) lies: the same rows and columns as on the way forward
                ### BEGIN SOLUTION
                rows = slice(h * stride, h * stride + f)
                columns = slice(w * stride, w * stride + f)
                ### END SOLUTION
                for c in range(n_C):
                    # what this one slope dZ[i, h, w, c] adds to dA_prev_pad, to dW and to db
                    ### BEGIN SOLUTION
                    dA_prev_pad[i, rows, columns, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_prev_pad[i, rows, columns, :] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
                    ### END SOLUTION

    # dA_prev: dA_prev_pad without its border
    ### BEGIN SOLUTION
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    ### END SOLUTION
    return dA_prev, dW, db


# %%
check(conv_backward)

# %% tags=["nbval-ignore-output"]
A = np.arange(1.0, 10).reshape(1, 3, 3, 1)
W = np.array([[1.0, 2], [3, 4]]).reshape(2, 2, 1, 1)
dZ = np.array([[1.0, 0], [0, 10]]).reshape(1, 2, 2, 1)
dA, dW, db = conv_backward(dZ, (A, W, np.zeros((1, 1, 1, 1)), {"stride": 1, "pad": 0}))
helpers.show_cells([dZ[0, :, :, 0], dA[0, :, :, 0], dW[:, :, 0, 0]], ["dZ", "dA_prev", "dW"])

# %% [markdown]
# ### A pattern that nobody put there
#
# Now let every window matter the same: `dZ` is 1 everywhere, and all weights are 1. Then `dA_prev` simply
# counts in how many windows each pixel lies.
#
# **Before you run the next cell**: a 3 x 3 window on 9 x 9 pixels. With stride 1, which pixels get the
# largest gradient? And with stride 2: do all pixels in the middle get the same?

# %% tags=["nbval-ignore-output"]
counts = []
for stride in (1, 2):
    n = (9 - 3) // stride + 1
    ones, zero = np.ones((3, 3, 1, 1)), np.zeros((1, 1, 1, 1))
    cache = np.zeros((1, 9, 9, 1)), ones, zero, {"stride": stride, "pad": 0}
    counts.append(conv_backward(np.ones((1, n, n, 1)), cache)[0][0, :, :, 0])
helpers.show_cells(counts, ["stride 1", "stride 2"], [np.asarray(count, int) for count in counts])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# With stride 1 it is as you thought above: 1 in the corner, 9 in the middle. With stride 2 the gradient is
# twice as large at one pixel as at the next, and four times as large as at the one across the corner: a
# **checkerboard**, although every window sent back
# the same. It appears whenever $f$ is not a multiple of the stride. When you meet pictures made by a
# network that show a fine grid, think of this one (Odena, Dumoulin and Olah, 2016).
#
# </details>

# %% [markdown]
# ## Do not trust it: the gradient check
#
# Your backward pass passed the check. Suppose that there were no check: how would you know? By a second way
# to the same numbers, one so simple that it cannot be wrong. Turn one weight up a little, then down a little,
# and see what the cost does:
#
# $$\frac{\partial J}{\partial\theta}\approx
# \frac{J(\theta+\varepsilon)-J(\theta-\varepsilon)}{2\,\varepsilon}$$
#
# It costs two forward passes *for each number*, hopeless for training, fine for a test.


# %%
def numeric_gradient(cost, x, epsilon=1e-5):
    """The slopes of cost() by each number of x, which is changed for a moment and put back."""
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + epsilon
        up = cost()
        x[place] = kept - epsilon
        down = cost()
        x[place] = kept
        slopes[place] = (up - down) / (2 * epsilon)
    return slopes


def errors_of(cost, **pairs):
    """For each name, given as (gradient, array): the gradient's largest difference from the numeric one."""
    return {
        name: float(np.abs(gradient - numeric_gradient(cost, x)).max())
        for name, (gradient, x) in pairs.items()
    }


# %% [markdown]
# As a cost we take $J = \sum R\cdot\tanh(Z)$ with random numbers $R$: curved, and different at every place,
# so that no slip can hide. Its slope by $Z$ is $dZ = R\,(1-\tanh^2 Z)$.

# %%
rng = np.random.default_rng(1)
A_prev = rng.normal(size=(2, 5, 6, 3))
W, b = rng.normal(size=(3, 3, 3, 2)) / 3, rng.normal(size=(1, 1, 1, 2))
hparameters = {"stride": 2, "pad": 2}
Z, cache = conv_forward(A_prev, W, b, hparameters)
R = rng.normal(size=Z.shape)


def cost():
    return np.sum(R * np.tanh(conv_forward(A_prev, W, b, hparameters)[0]))


dA_prev, dW, db = conv_backward(R * (1 - np.tanh(Z) ** 2), cache)
for name, error in errors_of(cost, dA_prev=(dA_prev, A_prev), dW=(dW, W), db=(db, b)).items():
    print(f"{name:8} within 1e-6: {error < 1e-6}")

# %% [markdown]
# More than two hundred numbers, each found in two ways that have nothing in common, and they agree. Keep this
# tool: it works for any layer that you will ever write, also where there is no `check`.
#
# **Before you run the next cell**: we took $\varepsilon = 10^{-5}$. A smaller step should come closer to
# the true slope. So what will the error be with $\varepsilon = 10^{-12}$: smaller, or larger?

# %% tags=["nbval-ignore-output"]
steps = [10.0**-k for k in range(1, 14)]
A_prev, b = np.ones((1, 3, 3, 1)) / 2, np.zeros((1, 1, 1, 1))
W = np.linspace(-0.4, 1, 9).reshape(3, 3, 1, 1)


def small_cost():
    return np.sum(np.tanh(conv_forward(A_prev, W, b, {"stride": 1, "pad": 0})[0]))


Z, cache = conv_forward(A_prev, W, b, {"stride": 1, "pad": 0})
exact = conv_backward(1 - np.tanh(Z) ** 2, cache)[1]
errors = [np.abs(numeric_gradient(small_cost, W, epsilon) - exact).max() for epsilon in steps]
helpers.show_curves(steps, {"dW": errors}, "epsilon", "largest error")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Larger, and by far. From right to left the error falls with $\varepsilon^2$, as the theory says. Then it
# turns and climbs: $J(\theta+\varepsilon)$ and $J(\theta-\varepsilon)$ agree in nearly all of their 16
# digits, their difference is made of the few that are left, and dividing by a tiny number makes their
# rounding large. Best is a step in the valley. (In `float32`, with 7 digits, there is hardly a valley at
# all: check gradients in `float64`.)
#
# </details>

# %% [markdown]
# ## Back through pooling
#
# Pooling has no weights, but the gradient must get through it to the layers below. Two small tools first.
#
# ### A maximum is a switch
#
# $\max(1, 5, 3, 2) = 5$. Wiggle the 5, and the maximum follows. Wiggle another number, and nothing happens.
# So the slope is 1 for the winner and 0 for all others, and we need to remember who won:
#
# $$x=\begin{pmatrix}1&5\\3&2\end{pmatrix}\quad\longrightarrow\quad
# M=\begin{pmatrix}\text{False}&\text{True}\\\text{False}&\text{False}\end{pmatrix}$$
#
# ### Exercise 6: `create_mask_from_window`
#
# Mark the maximum of a window. Where it stands in several places, mark every one of them.
#
# - in: `x` $(f, f)$, or of unlike height and width
# - out: a mask of the same shape, `True` (or 1) where `x` has its maximum, `False` (or 0) elsewhere
#
# Difficulty 1 of 5, about 5 minutes, 5 points.


# %%
def create_mask_from_window(x):
    """Marks the maximum of a window.

    x  (f, f)
    Returns a mask (f, f): True at every place that holds the maximum.
    """
    ### BEGIN SOLUTION
    return x == np.max(x)
    ### END SOLUTION


# %%
check(create_mask_from_window)

# %% [markdown]
# ### An average is a splitter
#
# The average of four numbers moves by $\tfrac14$ when one of them moves by 1. So each gets a quarter of the
# gradient:
#
# $$dz = 2,\quad\text{shape }(2,2)\quad\longrightarrow\quad
# \begin{pmatrix}0.5&0.5\\0.5&0.5\end{pmatrix}$$
#
# ### Exercise 7: `distribute_value`
#
# Share a number out evenly over a window.
#
# - in: `dz`, a number; `shape`, the pair $(n_H, n_W)$
# - out: an array $(n_H, n_W)$ of equal numbers that add up to `dz`
#
# Difficulty 1 of 5, about 5 minutes, 5 points.


# %%
def distribute_value(dz, shape):
    """Shares a number out evenly.

    dz     a number
    shape  (n_H, n_W)
    Returns (n_H, n_W), equal numbers that add up to dz.
    """
    ### BEGIN SOLUTION
    n_H, n_W = shape
    return np.full(shape, dz / (n_H * n_W))
    ### END SOLUTION


# %%
check(distribute_value)

# %% [markdown]
# ### Exercise 8: `pool_backward`
#
# Send the gradient back through a pooling layer: for each window, to the winner or to all in equal parts.
# Windows may overlap, so add up. $M$ is the mask that `create_mask_from_window` makes: where the maximum stands in
# several places, each of them gets the whole gradient.
#
# $$dA_{prev}[\text{window}] \mathrel{+}= M\cdot dA_{ihwc}\;\;\text{(max)}\qquad
# dA_{prev}[\text{window}] \mathrel{+}= \frac{dA_{ihwc}}{f\cdot f}\;\;\text{(average)}$$
#
# *By hand*, max, $f = 2$, stride 1, on a single strip of two windows:
#
# $$A_{prev}=\begin{pmatrix}1&7&2\\3&4&5\end{pmatrix}\quad dA=\begin{pmatrix}10&20\end{pmatrix}
# \quad\longrightarrow\quad dA_{prev}=\begin{pmatrix}0&30&0\\0&0&0\end{pmatrix}$$
#
# The 7 wins in both windows, so it gets $10 + 20$.
#
# - in: `dA` $(m, n_H, n_W, n_C)$; the `cache` of `pool_forward`; `mode`, `"max"` or `"average"`
# - out: `dA_prev` $(m, n_H^{prev}, n_W^{prev}, n_C)$
#
# Difficulty 3 of 5, about 20 minutes, 15 points.


# %%
def pool_backward(dA, cache, mode="max"):
    """Sends the gradient back through a pooling layer.

    dA     (m, n_H, n_W, n_C), the slopes of the cost by the pooled numbers
    cache  (A_prev, hparameters), from pool_forward
    mode   "max" or "average"
    Returns dA_prev (m, n_H_prev, n_W_prev, n_C).
    """
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape

    # dA_prev: zeros to add to
    ### BEGIN SOLUTION
    dA_prev = np.zeros(A_prev.shape)
    ### END SOLUTION

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    # where the window of (h, w) lies
                    ### BEGIN SOLUTION
                    rows = slice(h * stride, h * stride + f)
                    columns = slice(w * stride, w * stride + f)
                    ### END SOLUTION
                    if mode == "max":
                        # the winner takes it all
                        ### BEGIN SOLUTION
                        mask = create_mask_from_window(A_prev[i, rows, columns, c])
                        dA_prev[i, rows, columns, c] += mask * dA[i, h, w, c]
                        ### END SOLUTION
                    elif mode == "average":
                        # equal shares
                        ### BEGIN SOLUTION
                        dA_prev[i, rows, columns, c] += distribute_value(dA[i, h, w, c], (f, f))
                        ### END SOLUTION
    return dA_prev


# %%
check(pool_backward)

# %% tags=["nbval-ignore-output"]
x = np.array([[1.0, 3, 2, 1], [4, 8, 5, 0], [7, 2, 9, 8], [1, 2, 3, 4]])
hparameters = {"f": 2, "stride": 2}
dA = np.array([[4.0, 8], [12, 16]]).reshape(1, 2, 2, 1)
cache = x.reshape(1, 4, 4, 1), hparameters
back = [pool_backward(dA, cache, mode)[0, :, :, 0] for mode in ("max", "average")]
number = np.array([[1, 2], [3, 4]])  # of each window, for its shade
window = np.kron(number, np.ones((2, 2)))
shades = [window, number, window * (back[0] != 0), window]
helpers.show_cells([x, dA[0, :, :, 0], *back], ["A_prev", "dA", "max", "average"], shades)

# %% [markdown]
# Same way, same proof. And then the real thing: a convolution *and* a max pooling behind it, a gradient
# that goes through both.

# %%
rng = np.random.default_rng(2)
X = rng.normal(size=(2, 6, 7, 2))
R = rng.normal(size=(2, 2, 3, 2))
pooling = {"f": 3, "stride": 2}
for mode in ("max", "average"):
    A, cache = pool_forward(X, pooling, mode)
    dX = pool_backward(R, cache, mode)
    errors = errors_of(lambda mode=mode: np.sum(R * pool_forward(X, pooling, mode)[0]), dX=(dX, X))
    print(f"{mode:8} within 1e-6: {errors['dX'] < 1e-6}")


# %%
def deep_check():
    """The errors of all gradients through a convolution, a max pooling and tanh."""
    rng = np.random.default_rng(3)
    A_prev, R = rng.normal(size=(1, 6, 8, 2)), rng.normal(size=(1, 3, 4, 3))
    W, b = rng.normal(size=(3, 3, 2, 3)) / 3, rng.normal(size=(1, 1, 1, 3))
    layer, pooling = {"stride": 1, "pad": 1}, {"f": 2, "stride": 2}

    def cost():
        Z, _ = conv_forward(A_prev, W, b, layer)
        return np.sum(R * np.tanh(pool_forward(Z, pooling)[0]))

    Z, conv_cache = conv_forward(A_prev, W, b, layer)
    A, pool_cache = pool_forward(Z, pooling)
    dZ = pool_backward(R * (1 - np.tanh(A) ** 2), pool_cache)  # back through the pooling ...
    dA_prev, dW, db = conv_backward(dZ, conv_cache)  # ... and through the convolution
    return errors_of(cost, dA_prev=(dA_prev, A_prev), dW=(dW, W), db=(db, b))


print("all gradients through both layers within 1e-6:", max(deep_check().values()) < 1e-6)

# %% tags=["nbval-ignore-output"]
helpers.show_gradient_errors(deep_check())

# %% [markdown]
# ### And a tie?
#
# Two numbers share the first place. Which of them moves the maximum? Ask three good methods about one small
# window. The third is TensorFlow, which takes a few seconds to load.

# %%
import tensorflow as tf

# %%
tie = np.array([[3.0, 3], [1, 2]]).reshape(1, 2, 2, 1)
hparameters = {"f": 2, "stride": 1}
ours = pool_backward(np.ones((1, 1, 1, 1)), (tie, hparameters))
numeric = numeric_gradient(lambda: np.sum(pool_forward(tie, hparameters)[0]), tie)

variable = tf.Variable(tie)
with tf.GradientTape() as tape:
    top = tf.reduce_sum(tf.nn.max_pool2d(variable, ksize=2, strides=1, padding="VALID"))
print("your pool_backward:", ours[0, 0, :, 0])
print("finite differences:", numeric[0, 0, :, 0].round(3))
print("TensorFlow:        ", tape.gradient(top, variable).numpy()[0, 0, :, 0])

# %% [markdown]
# Three methods, three answers, and none of them is wrong: at a tie the maximum has a corner, and a corner
# has no slope. Turn one of the two up and the maximum follows; turn it down and the other one holds it.
# Ours marks every winner, TensorFlow chooses the first. With real numbers ties are rare, with one
# exception. **Think:** which layer, just before a max pooling, makes a great many of them?
#
# <details><summary>One answer</summary>
#
# ReLU. Whole windows become 0. It does no harm there: the gradient of all these places is multiplied by
# ReLU's own slope, which is 0, a moment later.
#
# </details>

# %% [markdown]
# ## The same, but fast
#
# Your `conv_forward` is right, and it is slow: for each number of the output Python runs several lines. A
# small layer on a small batch has tens of thousands of such numbers. NumPy does ten thousand
# multiplications in the time that Python needs for a few lines, if only we ask for all of them *at once*.
#
# Here is the trick. **Do not move the window. Move the picture.** Think of one single place of the filter,
# say the top left one. As the window slides, that weight meets the pixels of the top left part of the
# picture, each once. All these products together are one small multiplication: weight times *a shifted
# picture*. The filter has $f \cdot f$ places, so there are $f \cdot f$ shifted pictures, and their sum is
# $Z$:
#
# $$Z = b + \sum_{r=0}^{f-1}\sum_{s=0}^{f-1} A^{pad}\big[:,\; r::stride,\; s::stride,\; :\big]\; W_{r,s}$$
#
# where each slice has $n_H$ rows and $n_W$ columns, and $W_{r,s}$ is an $n_C^{prev}\times n_C$ matrix: the
# product `@` sums over the channels for us.
#
# *By hand.* The picture and the filter below, stride 1. Two places of the filter are not 0:
#
# $$A=\begin{pmatrix}1&2&3\\4&5&6\\7&8&9\end{pmatrix}\quad W=\begin{pmatrix}1&0\\0&-1\end{pmatrix}\qquad
# Z = 1\begin{pmatrix}1&2\\4&5\end{pmatrix}-1\begin{pmatrix}5&6\\8&9\end{pmatrix}=
# \begin{pmatrix}-4&-4\\-4&-4\end{pmatrix}$$

# %% tags=["nbval-ignore-output"]
x = np.arange(1.0, 10).reshape(3, 3)
shifted = [x[r : r + 2, s : s + 2] for r in range(2) for s in range(2)]
titles = ["A", "times 1, plus", "times 0, plus", "times 0, plus", "times -1, gives", "Z"]
helpers.show_cells([x, *shifted, shifted[0] - shifted[3]], titles)

# %% [markdown]
# ### Exercise 9: `conv_forward_fast`
#
# The same as `conv_forward`, with no Python loop over pixels. A loop over the $f\cdot f$ places of the
# filter is fine. So is any other way: `np.lib.stride_tricks.sliding_window_view` with `np.einsum`, or
# laying all windows out as the rows of one big matrix.
#
# - in and out: as `conv_forward`
# - the check counts how many lines of Python run, for a small picture and for a large one: it should be the
#   same number
#
# Difficulty 4 of 5, about 30 minutes, 20 points.


# %%
def conv_forward_fast(A_prev, W, b, hparameters):
    """What conv_forward does, without a Python loop over pixels.

    A_prev       (m, n_H_prev, n_W_prev, n_C_prev)
    W            (f, f, n_C_prev, n_C)
    b            (1, 1, 1, n_C)
    hparameters  {"stride": ..., "pad": ...}
    Returns Z (m, n_H, n_W, n_C) and the cache (A_prev, W, b, hparameters).
    """
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]

    # the sizes, Z and the padded pictures, as in conv_forward
    ### BEGIN SOLUTION
    n_H = (n_H_prev + 2 * pad - f) // stride + 1
    n_W = (n_W_prev + 2 * pad - f) // stride + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    ### END SOLUTION

    # all windows at once: add to Z what each place of the filter brings, then the bias
    ### BEGIN SOLUTION
    for r in range(f):
        for s in range(f):
            shifted = A_prev_pad[:, r : r + stride * n_H : stride, s : s + stride * n_W : stride, :]
            Z += shifted @ W[r, s]
    Z += b
    ### END SOLUTION
    return Z, (A_prev, W, b, hparameters)


# %%
check(conv_forward_fast)

# %% [markdown]
# Three ways to one result: your loop, your fast one, and TensorFlow's `tf.nn.conv2d`, which is what every
# Keras layer calls in the end. Are they equal?

# %%
rng = np.random.default_rng(4)
A_prev = rng.normal(size=(4, 32, 32, 3))
W, b = rng.normal(size=(3, 3, 3, 8)), rng.normal(size=(1, 1, 1, 8))
hparameters = {"stride": 1, "pad": 1}
slow, _ = conv_forward(A_prev, W, b, hparameters)
fast, _ = conv_forward_fast(A_prev, W, b, hparameters)
library = tf.nn.conv2d(A_prev, W, strides=1, padding=[[0, 0], [1, 1], [1, 1], [0, 0]]) + b
print("shape:", fast.shape)
print("the fast one equals the loop:", np.allclose(fast, slow, rtol=0, atol=1e-10))
print("the fast one equals TensorFlow:", np.allclose(fast, library, rtol=0, atol=1e-10))

# %% [markdown]
# **Before you run the next cell**: how many times as fast is yours, ten, a hundred, a thousand? And how
# much is left for TensorFlow to win?

# %% tags=["nbval-ignore-output"]
layer = W, b, hparameters
times = {
    "conv_forward": helpers.seconds(conv_forward, A_prev, *layer, repeats=2),
    "conv_forward_fast": helpers.seconds(conv_forward_fast, A_prev, *layer),
    "tf.nn.conv2d": helpers.seconds(tf.nn.conv2d, A_prev, W, 1, "SAME"),
}
helpers.show_times(times)

# %%
slow_time = helpers.seconds(conv_forward, A_prev[:1], W, b, hparameters, repeats=2)
fast_time = helpers.seconds(conv_forward_fast, A_prev[:1], W, b, hparameters, repeats=10)
print("at least 50 times as fast as the loop:", slow_time > 50 * fast_time)

# %% tags=["nbval-ignore-output"]
sizes = [8, 16, 32, 64]
pictures = [rng.normal(size=(1, n, n, 3)) for n in sizes]
curves = {
    "loop": [helpers.seconds(conv_forward, picture, *layer, repeats=1) for picture in pictures],
    "fast": [helpers.seconds(conv_forward_fast, picture, *layer, repeats=10) for picture in pictures],
}
helpers.show_curves(sizes, curves, "height and width of the picture", "seconds", base=2)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The same multiplications, the same result. What changed is who gives the orders: Python 32,768 times, or
# Python nine times. Look at the curves, too. The loop's time grows with the number of pixels from the
# start. The fast one hardly notices small pictures: there its nine orders cost more than the work itself.
#
# And did you expect NumPy to keep up with TensorFlow? On so small a layer most of TensorFlow's time goes
# into calling it. Its turn comes with large layers: with 64 channels in and out we measured it two to four
# times as fast as the nine matrix products.
#
# </details>
#
# **Think.** The check counts lines, not seconds. Why may that be the fairer test?

# %% [markdown]
# ## All together: the end of a network
#
# Put your layers in a row: convolution, ReLU, max pooling, and once more. At the end stands a stack of
# small maps, one for each thing that the network looks for. To decide what is in the picture, one number
# per map is enough: *how much of it is there, anywhere?* That is the average over the whole map, **global
# average pooling** (Lin, Chen and Yan, 2013): average pooling with a window as large as the map.
#
# **Before you run the next cell**: the same network gets a picture of 96 x 96 and one of 64 x 64. How long
# is the vector that comes out of each?


# %%
def network(A, layers):
    """Convolution, ReLU and max pooling for each layer, then global average pooling: (m, channels)."""
    for W, b in layers:
        Z, _ = conv_forward_fast(A, W, b, {"stride": 1, "pad": 1})
        A, _ = pool_forward(np.maximum(Z, 0), {"f": 2, "stride": 2}, mode="max")
    A, _ = pool_forward(A, {"f": A.shape[1], "stride": 1}, mode="average")
    return A[:, 0, 0, :]


rng = np.random.default_rng(5)
layers = [
    (rng.normal(size=(3, 3, n_C_prev, n_C)) * np.sqrt(2 / (9 * n_C_prev)), np.zeros((1, 1, 1, n_C)))
    for n_C_prev, n_C in ((3, 8), (8, 10))
]
large, small = photo[:, :, :96], photo[:, 16:80, 8:72]
for picture in (large, small):
    print(picture.shape, "->", network(picture, layers).shape)
A = rng.normal(size=(2, 6, 6, 4))
pooled, _ = pool_forward(A, {"f": 6, "stride": 1}, "average")
print("equal to the mean over height and width:", np.allclose(pooled[:, 0, 0], A.mean((1, 2))))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Ten numbers each, one for each filter of the last layer. Neither convolution nor pooling cares how large
# the picture is, and the last average takes what is left of the size away. A dense layer in its place would
# have tied the network to one size of picture for ever, and most networks since have done without it.
#
# </details>

# %% [markdown]
# ## In short
#
# - A convolution is one line, a sum of products, at many places. **Padding** and **stride** say at which
#   places; $\lfloor (n + 2\,pad - f)/stride \rfloor + 1$ says at how many.
# - A filter is as deep as what comes in. Each filter gives one channel of what goes out.
# - **Pooling** makes maps smaller and steadier, and learns nothing.
# - Backward is forward with the arrows turned round. What was *read* from several places gets slopes
#   *added* from several places. A maximum switches the gradient, an average splits it.
# - Finite differences prove a gradient. Take `float64`, and a step that is small but not tiny.
# - Speed comes from asking for everything at once. It is not the mathematics that is slow, it is the asking.
#
# From now on Keras does all of this for you. You know what it does.
#
# **Key terms**
#
# | English | 中文 |
# |---|---|
# | convolution, cross-correlation | 卷积，互相关 |
# | filter (kernel) | 滤波器（卷积核） |
# | channel | 通道 |
# | padding | 填充 |
# | stride | 步幅 |
# | feature map | 特征图 |
# | bias | 偏置 |
# | max pooling, average pooling | 最大池化，平均池化 |
# | global average pooling | 全局平均池化 |
# | forward pass, backward pass | 前向传播，反向传播 |
# | gradient check | 梯度检验 |
# | finite differences | 有限差分 |
# | vectorization | 向量化 |
#
# **Papers**
#
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams: *Learning representations by back-propagating errors*, 1986
# - Y. LeCun, B. Boser, J. S. Denker and others: *Backpropagation applied to handwritten zip code recognition*,
#   1989
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: *Gradient-based learning applied to document recognition*, 1998
# - K. Chellapilla, S. Puri, P. Simard: *High performance convolutional neural networks for document
#   processing*, 2006: all windows as the rows of one matrix
# - M. Lin, Q. Chen, S. Yan: *Network in network*, 2013: global average pooling
# - V. Dumoulin, F. Visin: *A guide to convolution arithmetic for deep learning*, 2016
# - A. Odena, V. Dumoulin, C. Olah: *Deconvolution and checkerboard artifacts*, 2016

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
