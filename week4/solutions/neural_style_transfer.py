# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Neural style transfer
#     order: 3
#     minutes: 120
#     runs: 2
# ---

# %% [markdown]
# # Neural style transfer: train a picture
#
# An astronaut sits for a portrait. The painter knows one painting by heart, flames of orange and yellow in the dark,
# and has never held a brush. All they can do is look at a canvas, say "a little too pale here", and change every dot by a
# hair. After some hundred looks a portrait hangs there, painted in flames.
#
# That is the whole method. So far you have trained networks: pictures stood still, weights moved. Now
# **the weights stand still and the picture moves**. What you need is a cost that is small when the picture
# shows *what* the photograph shows, *the way* the painting shows it.
#
# **At the end you can**
# - say in numbers that two pictures show the same thing (content), and that they are painted the same way (style);
# - read a Gram matrix, and say what it forgets;
# - run gradient descent on the pixels of a picture, and stop when you like it;
# - do all of it with two pictures of your own.
#
# About two hours. Six exercises, 50 points.

# %%
from functools import cache

import workbook

workbook.start("neural_style_transfer")

import keras
import numpy as np
import tensorflow as tf

import painting
import style_pictures
from workbook import check, hint
from workbook.style_weights import load_style_features

# %% [markdown]
# ## Three pictures
#
# There are three pictures in this lesson: the **content** picture $C$, a photograph; the **style** picture $S$, a
# painting; and the **generated** picture $G$, which is to become a bit of both. The photographs come with
# scikit-image, the paintings are drawn by code. Which pair would you choose?

# %% tags=["nbval-ignore-output"]
n = 128
painting.show([style_pictures.photograph(name, n) for name in style_pictures.CORNERS], style_pictures.CORNERS)
painting.show(
    [style_pictures.painting(name, n) for name in style_pictures.PAINTINGS], style_pictures.PAINTINGS
)

# %% [markdown]
# ## A pair of eyes
#
# Pixels are the wrong thing to compare: shift a photograph by one pixel, and nearly all of them differ. So we look at all
# three pictures through a network, and compare its activations. The first layers answer to grain and colour, the later
# ones to larger shapes.
#
# The cell says whose layers you got. VGG-19's or SqueezeNet's, trained on ImageNet, if you have the file. Otherwise the
# small network that ships with this workbook, and beside it two things that need no training: the pixels themselves with
# their differences to their neighbours, and three banks of *random* filters, on the picture and on its half and quarter.
# Random filters sound like a joke. They tell textures apart surprisingly well.
#
# `model_outputs(picture)` gives a list: the style layers, and **as its last element the content layer**. Every layer is
# scaled to the same typical size, so that no layer shouts the others down.

# %% tags=["nbval-ignore-output"]
features = load_style_features(n)
for name, a in zip(features.names, features.model(np.zeros((1, n, n, 3), "float32")), strict=True):
    print(f"{name:22s} (1, n_H, n_W, n_C) = {tuple(a.shape)}")

# %%
model_outputs = features.model
vgg_model_outputs = model_outputs  # what many programs call it, whatever the network
STYLE_LAYERS = [(name, 1 / (len(features.names) - 1)) for name in features.names[:-1]]
print("weights of the style layers add up to", round(sum(weight for _, weight in STYLE_LAYERS), 6))

# %% [markdown]
# ## What it shows
#
# Two pictures show the same thing when a later layer answers to both in the same way, at the same places:
#
# $$ J_{content}(C, G) = \frac{1}{4\, n_H n_W n_C} \sum \left(a^{(C)} - a^{(G)}\right)^2 . $$
#
# *By hand.* A layer of one row, two columns, two channels: $a^{(C)} = (1, 2), (3, 0)$ and $a^{(G)} = (1, 0), (0, 0)$.
# The differences are $0, 2, 3, 0$, their squares add up to $13$, and $4 \cdot 1 \cdot 2 \cdot 2 = 16$. The cost is
# $13/16 = 0.8125$.
#
# ### Exercise 1: `compute_content_cost`
#
# **Return** the content cost.
#
# - in: `content_output`, `generated_output`: lists of activations $(1, n_H, n_W, n_C)$, such as `model_outputs` gives.
#   The content layer is the **last** element.
# - out: one number. Use `tf.` or `keras.ops`, here and in the next four exercises: the painting needs the gradient, and
#   NumPy has none
#
# Difficulty 2 of 5, about 12 minutes, 8 points.


# %%
def compute_content_cost(content_output, generated_output):
    """The content cost of the last layer. (Gatys et al. 2015)

    content_output, generated_output  lists of tensors; the last is the content layer (1, n_H, n_W, n_C)

    Returns one number.
    """
    # The content layer of both.
    ### BEGIN SOLUTION
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    ### END SOLUTION

    # The sum of the squared differences, and the fraction before it.
    ### BEGIN SOLUTION
    return tf.reduce_sum(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C)
    ### END SOLUTION


# %%
check(compute_content_cost)

# %% [markdown]
# **Predict:** three pictures are compared with the photograph: itself one pixel further right, its mirror image, and a
# painting. Which content cost is the smallest, and which is the largest?

# %% tags=["nbval-ignore-output"]
photo = style_pictures.photograph("astronaut", n)
others = {
    "one pixel to the right": np.roll(photo, 1, axis=1),
    "mirrored": photo[:, ::-1],
    "a painting": style_pictures.painting("night", n),
}
for name, picture in others.items():
    cost = compute_content_cost(model_outputs(photo[None]), model_outputs(picture[None]))
    print(f"{name:24s} content cost {float(cost):7.2f}, pixels {np.mean((picture - photo) ** 2):.4f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The mirror image shows the same woman, and yet its cost is large: this cost asks *what* and *where*.
#
# </details>
#
# ## How it is painted
#
# A style must not ask where. Ask instead which features go **together**. Where there is yellow, is there a curve as well?
# Where there is blue, are there fine lines? Unroll a layer into a matrix $A$ with a row for each channel and a column for
# each place. Two channels go together when their rows point the same way:
#
# $$ G_{(gram)} = A A^T, \qquad G_{ij} = \sum_{p} A_{ip} A_{jp} . $$
#
# *By hand.* Two channels at three places: $A$ has the rows $(1, 0, 2)$ and $(3, 1, 0)$. Then $G_{11} = 1 + 0 + 4 = 5$,
# $G_{22} = 9 + 1 + 0 = 10$, and $G_{12} = G_{21} = 3 + 0 + 0 = 3$.
#
# ### Exercise 2: `gram_matrix`
#
# **Return** the Gram matrix. In: $A$, $(n_C, n_H n_W)$; out: $(n_C, n_C)$.
#
# Difficulty 1 of 5, about 8 minutes, 5 points.


# %%
def gram_matrix(A):
    """Which channels go together: A A^T.

    A  (n_C, n_H * n_W)

    Returns (n_C, n_C).
    """
    ### BEGIN SOLUTION
    return tf.matmul(A, A, transpose_b=True)
    ### END SOLUTION


# %%
check(gram_matrix)

# %%
A = np.random.default_rng(1).normal(size=(3, 50)).astype("float32")
jumbled = A[:, np.random.default_rng(2).permutation(50)]
print("places shuffled, same Gram matrix:", np.allclose(gram_matrix(A), gram_matrix(jumbled), atol=1e-3))

# %% [markdown]
# ### Exercise 3: `compute_layer_style_cost`
#
# **Return** the style cost of one layer: how far the Gram matrices of $S$ and $G$ are apart,
#
# $$ J^{[l]}_{style}(S, G) = \frac{1}{4\, n_C^2\, (n_H n_W)^2} \sum_{i, j} \left(G^{(S)}_{ij} - G^{(G)}_{ij}\right)^2 . $$
#
# - in: `a_S`, `a_G`, each $(1, n_H, n_W, n_C)$; out: one number
# - Careful: in memory the channels come last. Reshape to $(n_H n_W, n_C)$, **then** transpose. To reshape to
#   $(n_C, n_H n_W)$ at once runs without error and tears the channels apart.
#
# *By hand.* One row, two columns, two channels. $a^{(S)} = (1, 0), (0, 1)$: channel 1 is $(1, 0)$, channel 2 is $(0, 1)$,
# the Gram matrix has $1, 0, 0, 1$. $a^{(G)} = (1, 1), (0, 0)$: both channels are $(1, 0)$, the Gram matrix has
# $1, 1, 1, 1$. Two entries differ by 1: the sum is 2. Below stands $4 \cdot 2^2 \cdot 2^2 = 64$. The cost is
# $2/64 = 0.03125$.
#
# Difficulty 3 of 5, about 20 minutes, 12 points.


# %%
def compute_layer_style_cost(a_S, a_G):
    """How far the styles of two pictures are apart in one layer. (Gatys et al. 2015)

    a_S, a_G  (1, n_H, n_W, n_C), activations of the style picture and of the generated one

    Returns one number.
    """
    _, n_H, n_W, n_C = a_G.shape

    # Both as (n_C, n_H * n_W).
    ### BEGIN SOLUTION
    a_S = tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]))
    a_G = tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))
    ### END SOLUTION

    # Their Gram matrices, the sum of the squared differences, and the fraction before it.
    ### BEGIN SOLUTION
    difference = gram_matrix(a_S) - gram_matrix(a_G)
    return tf.reduce_sum(tf.square(difference)) / (4 * n_C**2 * (n_H * n_W) ** 2)
    ### END SOLUTION


# %%
check(compute_layer_style_cost)

# %% [markdown]
# ### Gram matrix or covariance?
#
# A Gram matrix is nearly something that you know. Subtract from each channel its mean and divide by the number of places,
# and you have the covariance.
#
# **Predict:** a painting and the same painting, lifted so that each colour has the mean 0.6. Which of the two matrices of the
# colours can tell that the mean has changed?

# %% tags=["nbval-ignore-output"]
night = style_pictures.painting("night", n)
colours = night.reshape(-1, 3).T
lifted = colours - colours.mean(axis=1, keepdims=True) + 0.6
both = {"the painting": colours, "lifted": lifted}
grams = [gram_matrix(A) / A.shape[1] for A in both.values()]
covariances = [np.cov(A, bias=True) for A in both.values()]
titles = [f"{kind},\n{name}" for kind in ("Gram / places", "covariance") for name in both]
painting.show_matrices([*grams, *covariances], titles)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The two covariances are the same, the Gram matrices are not: they also hold the means, how *much* there is of each
# feature. For a style that matters: a night painted in the colours of noon is no night.
#
# </details>
#
# ### Exercise 4: `compute_style_cost`
#
# One layer sees one size of brush. Add them up, each with its weight:
# $J_{style}(S, G) = \sum_l \lambda^{[l]} J^{[l]}_{style}(S, G)$.
#
# - in: `style_image_output`, `generated_image_output`: lists as `model_outputs` gives; their **last** element is the
#   content layer and is left out. `STYLE_LAYERS`: pairs (name, weight), one for each style layer, in order.
# - out: one number
#
# *By hand.* Two style layers with the costs 3 and 5 and the weights 0.2 and 0.8: $0.2 \cdot 3 + 0.8 \cdot 5 = 4.6$.
#
# Difficulty 2 of 5, about 12 minutes, 8 points.


# %%
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    """The weighted sum of the style costs of all layers but the last, which is the content layer.

    style_image_output, generated_image_output  lists of tensors (1, n_H, n_W, n_C)
    STYLE_LAYERS                                pairs (name, weight)

    Returns one number.
    """
    # The style layers of both.
    ### BEGIN SOLUTION
    a_S, a_G = style_image_output[:-1], generated_image_output[:-1]
    ### END SOLUTION

    # The weighted sum.
    ### BEGIN SOLUTION
    J_style = 0.0
    for (_, weight), S, G in zip(STYLE_LAYERS, a_S, a_G, strict=True):
        J_style += weight * compute_layer_style_cost(S, G)
    return J_style
    ### END SOLUTION


# %%
check(compute_style_cost)

# %% [markdown]
# ### Exercise 5: `total_cost`
#
# **Return** the weighted sum of the two costs, $J(G) = \alpha\, J_{content}(C, G) + \beta\, J_{style}(S, G)$.
#
# *By hand.* $J_{content} = 0.2$, $J_{style} = 0.05$, and the defaults $\alpha = 10$, $\beta = 40$: $2 + 2 = 4$.
#
# Difficulty 1 of 5, about 4 minutes, 3 points.


# %%
def total_cost(J_content, J_style, alpha=10, beta=40):
    """alpha times the content cost plus beta times the style cost; one number."""
    ### BEGIN SOLUTION
    return alpha * J_content + beta * J_style
    ### END SOLUTION


# %%
check(total_cost)

# %% [markdown]
# ## The step
#
# Everything is there. The features of $C$ and $S$ never change: they are computed once. Then, again and again: look at
# $G$, compute the cost, ask for the gradient **with respect to the picture**, and let the optimizer change the picture.
#
# A pixel must stay between 0 and 1, and a gradient knows nothing of that. So after each step the picture is cut off at
# both ends.
#
# *By hand.* A pixel is $0.95$, its gradient $-2$, the learning rate $0.1$ (plain gradient descent). The step leads to
# $0.95 + 0.2 = 1.15$; cut off it is $1$.
#
# ### Exercise 6: `train_step`
#
# **Take** one step.
#
# - in: `generated_image`, a `tf.Variable` $(1, n_H, n_W, 3)$, which changes in place
# - out: the total cost $J$ of the picture *before* the step, with the default $\alpha$ and $\beta$
# - It finds by name what is in the notebook: `model_outputs` (or `vgg_model_outputs`), the features `a_C` and `a_S`,
#   `STYLE_LAYERS`, `optimizer`, `clip_0_1`, and your costs. In the check, small stand-ins take their places.
# - No `@tf.function` is needed: `painting.paint` makes a graph of it, anew for each picture.
#
# Difficulty 3 of 5, about 20 minutes, 14 points.


# %%
def clip_0_1(image):
    """The picture, cut off at 0 and 1."""
    return tf.clip_by_value(image, 0.0, 1.0)


def train_step(generated_image):
    """One step of the optimizer on the picture.

    generated_image  tf.Variable (1, n_H, n_W, 3), values from 0 to 1; it is changed

    Returns the total cost before the step.
    """
    # The costs, under a tape.
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J_content = compute_content_cost(a_C, a_G)
        J_style = compute_style_cost(a_S, a_G, STYLE_LAYERS)
        J = total_cost(J_content, J_style)
    ### END SOLUTION

    # The step, and back into [0, 1].
    ### BEGIN SOLUTION
    gradient = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(gradient, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J
    ### END SOLUTION


# %%
check(train_step)

# %% [markdown]
# ## Paint
#
# We start with the photograph and some noise on it. **Predict:** by what factor does the total cost fall in 150 steps? And
# which of the two arrives first, the colours or the strokes?
#
# While it runs you see the picture as it forms. The button stops it and keeps the last picture; so does the kernel's
# own stop button.

# %% tags=["nbval-ignore-output"]
content, style = style_pictures.photograph("astronaut", n), style_pictures.painting("embers", n)
a_C, a_S = model_outputs(content[None]), model_outputs(style[None])
optimizer = keras.optimizers.Adam(0.03)


@cache
def portrait():
    """The astronaut, painted. Paints once and remembers."""
    return painting.paint(train_step, painting.noisy(content), 150, keep=(0, 10, 40))


print(f"the total cost fell {portrait().fall:.0f}-fold; at least 10-fold: {portrait().fall >= 10}")
painting.show_stages(portrait())
painting.plot_costs({"total": portrait().costs})

# %% tags=["nbval-ignore-output"]
painting.show([content, style, portrait().picture], ["content", "style", "generated"], width=3.4)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Our run fell about 120-fold. After ten steps the colours begin to turn, after forty they are the painting's; then come
# the patches and the strokes. Note the scale of the curve: nearly all of the fall is over early, and your eye likes the
# picture better and better long after.
#
# </details>
#
# ## Two layers at a time
#
# **Predict:** all the weight of the style goes to the first two layers, or to the last two. In which picture are the strokes larger?
# (Both are painted out of sight. It takes about as long as the portrait.)

# %% tags=["nbval-ignore-output"]
layers, found = STYLE_LAYERS, [portrait().picture]
try:
    for chosen in (range(2), range(len(layers) - 2, len(layers))):
        STYLE_LAYERS = [(name, 0.5 * (i in chosen)) for i, (name, _) in enumerate(layers)]
        optimizer = keras.optimizers.Adam(0.03)
        found.append(painting.paint(train_step, painting.noisy(content), 100, watch=False).picture)
finally:
    STYLE_LAYERS = layers
painting.show([*found[1:], portrait().picture], ["first two layers", "last two layers", "all"], width=3.4)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The first layers give colour and grain, the last ones patches that are large and vague. Neither is the painting:
# a style lives on several scales at once. (With what ships, the last two of the list are random filters on the half
# and the quarter of the picture: there it is the small picture that makes the patches large.)
#
# </details>
#
# ## Texture alone
#
# With $\alpha = 0$ there is no content at all. **Predict:** start from noise and ask for the style only. Do you get the
# painting back? (Out of sight again.)


# %% tags=["nbval-ignore-output"]
def texture_step(image):
    """One step for the style alone."""
    with tf.GradientTape() as tape:
        J = total_cost(0.0, compute_style_cost(a_S, model_outputs(image), STYLE_LAYERS), alpha=0, beta=40)
    optimizer.apply_gradients([(tape.gradient(J, image), image)])
    image.assign(clip_0_1(image))
    return J


a_S = model_outputs(style[None])
optimizer = keras.optimizers.Adam(0.05)
texture = painting.paint(texture_step, painting.noisy(np.full_like(style, 0.5)), 150, watch=False)
painting.show([style, texture.picture], ["the painting", "its texture"], width=3.4)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# You get its colours and its grain, and no waves in their places: the sum over all places has forgotten where things
# were. What is left *is* what this lesson calls style.
#
# </details>
#
# ## Your own two pictures
#
# Put a photograph and a painting beside this notebook and write their names below. The middle square of each is taken.
# As long as the names are `None`, a cat and a mosaic stand in.

# %% tags=["nbval-ignore-output"]
my_content, my_style = None, None  # "holiday.jpg", "my_painting.png"
content = style_pictures.own(my_content, n) if my_content else style_pictures.photograph("chelsea", n)
style = style_pictures.own(my_style, n) if my_style else style_pictures.painting("mosaic", n)
a_C, a_S = model_outputs(content[None]), model_outputs(style[None])
optimizer = keras.optimizers.Adam(0.03)
mine = painting.paint(train_step, painting.noisy(content), 150)
painting.show([content, style, mine.picture], ["content", "style", "generated"], width=3.4)

# %% [markdown]
# **Larger, and with better eyes.** Put VGG-19's file `vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5`, or
# `squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5`, into `datasets/weights/` and start Jupyter anew; or call
# `load_style_features(n, source="download")`, which fetches VGG-19. SqueezeNet learned from a million
# photographs, and its strokes are longer and cleaner. With `n = 256` there are four times as many pixels to paint.
#
# ## In short
#
# - The weights stand still, the picture learns. The gradient with respect to the input is as easy to have as any other.
# - **Content**: the same answers at the same places, in a later layer.
# - **Style**: the same features together, anywhere. The Gram matrix $A A^T$ sums over the places and so forgets them.
# - Reshape to $(n_H n_W, n_C)$, then transpose. After each step: back into [0, 1].
# - Only the ratio of $\alpha$ to $\beta$ decides what comes out.
#
# **To think about**
# 1. What comes out if content and style are the same picture?
# 2. You turn the painting upside down. Does the style cost of the generated picture change? And if you turn it by 90
#    degrees?
# 3. A film is painted frame by frame. Why does it flicker, and what would you add to the cost?
# 4. The painting takes 150 looks through the network. How could a network learn to paint in one?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | neural style transfer | 神经风格迁移 |
# | content picture | 内容图像 |
# | style picture | 风格图像 |
# | generated picture | 生成图像 |
# | content cost | 内容代价 |
# | style cost | 风格代价 |
# | Gram matrix | 格拉姆矩阵 |
# | covariance | 协方差 |
# | texture synthesis | 纹理合成 |
# | clipping | 截断 |
#
# **Papers**
# - L. A. Gatys, A. S. Ecker, M. Bethge: *Texture synthesis using convolutional neural networks*, 2015. arXiv:1505.07376
# - L. A. Gatys, A. S. Ecker, M. Bethge: *A neural algorithm of artistic style*, 2015. arXiv:1508.06576
# - I. Ustyuzhaninov, W. Brendel, L. A. Gatys, M. Bethge: *Texture synthesis using shallow convolutional networks with
#   random filters*, 2016. arXiv:1606.00021
# - K. Simonyan, A. Zisserman: *Very deep convolutional networks for large-scale image recognition*, 2014. arXiv:1409.1556
# - F. N. Iandola et al.: *SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size*, 2016.
#   arXiv:1602.07360

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
