# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Residual networks
#     order: 2
#     minutes: 150
#     runs: 5
# ---

# %% [markdown]
# # Residual networks: fifty layers that learn
#
# In 2015 four people in Beijing made a network deeper and watched it get worse. Not worse on new
# pictures, which would have been the old story of overfitting. Worse on the pictures that it was trained
# on: 56 layers fitted them less well than 20.
#
# That should be impossible. Take the 20 layers, add 36 more that copy their input to their output, and you
# have a network of 56 layers that is exactly as good. So a good solution exists; training just does not
# find it. Copying, it turns out, is hard to learn for a stack of convolutions.
#
# Their answer fits on a napkin: **give every few layers a wire around them**. This lesson builds that wire,
# then fifty layers around it, and trains them to read hand signs.
#
# **At the end you can**
# - say what makes deep plain networks hard to train, and show it with errors and gradients that you measured;
# - build the two blocks that ResNet-50 and its deeper kin are made of, and ResNet-50 from them;
# - train it on a laptop in six epochs;
# - recognize a batch normalization that has not caught up (the network looks perfect in training and is
#   no better than a die in use) and mend it in seconds.
#
# About two and a half hours, with some minutes of waiting while it trains. Three exercises, 50 points.

# %%
from functools import cache

import workbook

workbook.start("residual_networks")

import keras
import numpy as np
from keras.initializers import glorot_uniform, random_uniform
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    ZeroPadding2D,
)

import depths
import helpers
from workbook import check, hint
from workbook.data import load_signs

# %% [markdown]
# ## The pictures
#
# SIGNS: a hand shows 0, 1, 2, 3, 4 or 5. Each picture is 64 by 64 pixels in colour. The next cell takes
# your own copy of the data set if there is one, and else draws hands: code places the bones, wraps them in
# skin and switches on a light. It says which of the two you got.

# %% tags=["nbval-ignore-output"]
signs = load_signs()
X_train, X_test = signs.X_train.astype("float32") / 255, signs.X_test.astype("float32") / 255
y_train, y_test = signs.y_train, signs.y_test
helpers.show_signs(X_train[:20], y_train[:20])

# %%
print("one picture:", X_train.shape[1:], "values from 0 to 1, classes:", len(np.unique(y_train)))

# %% [markdown]
# ## The puzzle: deeper, and worse
#
# Four networks, all of 3x3 convolutions with 16 filters and batch normalization, on pictures of half the
# size. Two have 8 layers, two have 44. Of each pair one is *plain* (one layer after the other), and one
# *residual* (with wires around each pair of layers). The wires have no weights: within a pair both
# networks have exactly the same parameters.
#
# **Before you run the next cell**, write down an order: which of the four has the lowest loss *on its own
# training pictures* after a few epochs, and which the highest?

# %% tags=["nbval-ignore-output"]
small, labels = depths.half_size(X_train[:480]), y_train[:480]
curves = {}
for kind, depth in (("plain", 8), ("plain", 44), ("residual", 8), ("residual", 44)):
    keras.utils.set_random_seed(1)
    network = depths.plain_or_residual_network(depth, residual=kind == "residual")
    curves[kind, depth] = depths.train_small(network, small, labels)
depths.plot_depth_curves(curves)

# %%
loss = {network: losses[-1] for network, losses in curves.items()}
print("plain: 44 layers fit their training pictures worse than 8:", loss["plain", 44] > loss["plain", 8])
print("44 layers: the residual network fits them better:", loss["residual", 44] < loss["plain", 44])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# There it is, on your own machine: on the left, more layers make the loss *higher*. On the right the same
# 44 layers, with wires, start badly and have all but caught up by the third epoch.
#
# </details>
#
# ### Where does the learning stop?
#
# A layer learns as fast as its gradient is large. So measure it: one batch, one backward pass, the norm of
# the gradient for the kernel of every layer, before any training. This time without batch normalization,
# so that nothing hides what depth alone does.
#
# **Predict:** the gradient travels from the last layer to the first. In the plain network of 44 layers, by
# what factor is it smaller than in the one of 8: 10, a thousand, a million?

# %% tags=["nbval-ignore-output"]
norms = {}
for kind in ("plain", "residual"):
    for depth in (8, 20, 44):
        keras.utils.set_random_seed(1)
        network = depths.plain_or_residual_network(depth, residual=kind == "residual", batch_norm=False)
        norms[kind, depth] = depths.gradient_norms(network, small[:64], labels[:64])
depths.plot_gradient_norms(norms)

# %%
first = {key: values[0] for key, values in norms.items()}
print(
    "plain, 44 layers, is below a thousandth of plain, 8 layers:",
    first["plain", 44] < 1e-3 * first["plain", 8],
)
print("residual, 44 layers, is not:", first["residual", 44] > 0.1 * first["residual", 8])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Read the axis: from $10^{-4}$ to $10^{-2}$ is a factor of a hundred. In our run it was a million, and more. In the
# deep plain network *every* layer is starved, the last as much as the first: the signal dies on its way forward, and
# what is left to send back is next to nothing.
#
# Batch normalization keeps the signal alive, and the 44 plain layers of the first figure had it. He and his colleagues
# found healthy gradients in theirs too, and they were worse all the same. What stays hard for a plain stack is to
# *copy*: that comes next.
#
# </details>
#
# ## The wire
#
# Let a few layers compute $\mathcal{F}(x)$. A plain network passes on $\mathcal{F}(x)$. A residual block
# passes on
#
# $$ y = \mathrm{ReLU}\big(\mathcal{F}(x) + x\big). $$
#
# The layers no longer have to make the whole output, only what is *missing* from the input: the residual.
# Two things follow.
#
# **Doing nothing is easy.** If the weights of $\mathcal{F}$ are zero, then $y = \mathrm{ReLU}(x) = x$ for an
# $x$ that comes out of a ReLU itself. A block that has nothing to add stays out of the way.
#
# **The gradient has a way home.** With $z = \mathcal{F}(x) + x$,
#
# $$ \frac{\partial L}{\partial x} = \frac{\partial L}{\partial z}\left(\frac{\partial \mathcal{F}}{\partial x} + 1\right). $$
#
# However small $\partial\mathcal{F}/\partial x$ is, the $1$ stays. Through twenty blocks a plain network
# multiplies twenty small numbers; a residual one always has the product of ones among its terms.
#
# *By hand.* Let $x = (1, 2, 0)$ and $\mathcal{F}(x) = (-3, 0.5, 1)$. Then $\mathcal{F}(x) + x = (-2, 2.5, 1)$ and
# $y = (0, 2.5, 1)$. Add **before** the ReLU: the other way round would give
# $\mathrm{ReLU}(\mathcal{F}(x)) + x = (1, 2.5, 1)$, and a block could then only ever add, never take away.
#
# Is copying really so hard without the wire? Ask two blocks, a plain one and a residual one, each of two convolutions
# with small weights, to give back their input. The number is the error relative to the input: 1.0 means "answers
# nothing".

# %% tags=["nbval-ignore-output"]
errors = {kind: depths.identity_errors(residual=kind == "residual") for kind in ("plain", "residual")}
depths.plot_identity_errors(errors)

# %%
print(f"residual block, before any training: error below 0.01: {errors['residual'][0] < 0.01}")
print(f"plain block, after 200 steps of training: error above 0.05: {errors['plain'][-1] > 0.05}")

# %% [markdown]
# ## The identity block
#
# ResNet-50 uses a block of three convolutions, a *bottleneck*: a 1x1 convolution makes the volume thin, an
# fxf convolution works on the thin volume, and a 1x1 convolution makes it wide again. The wire is the
# input itself, so input and output have the same shape: hence the name.
#
# ```text
#  X ─┬─ 1x1, F1 ─ BN ─ ReLU ─ fxf, F2 ─ BN ─ ReLU ─ 1x1, F3 ─ BN ─(+)─ ReLU ─
#     └─────────────────────────────────────────────────────────────┘
# ```
#
# (BN is batch normalization.) **Why thin?** Count the multiplications for one position with 256 channels. Two 3x3
# convolutions at full width need $2 \cdot 9 \cdot 256 \cdot 256 \approx 1{,}180{,}000$. The bottleneck with
# $F_1 = F_2 = 64$ needs $256 \cdot 64 + 9 \cdot 64 \cdot 64 + 64 \cdot 256 \approx 70{,}000$. Three layers for a
# seventeenth of the price.
#
# ### Exercise 1: `identity_block`
#
# **Build** the block in the drawing: a function from a Keras tensor to a Keras tensor.
#
# - `X`: shape $(m, n_H, n_W, n_C)$; `filters` is $[F_1, F_2, F_3]$ with $F_3 = n_C$; the result has the shape of `X`.
# - All strides are 1. The 1x1 convolutions need no padding; the middle one has `"same"`.
# - Batch normalization works along axis 3, the channels, and comes before the ReLU.
# - `initializer` is an initializer such as `random_uniform`; every convolution gets
#   `kernel_initializer=initializer(seed=0)`.
#
# *A worked step.* For `X` of shape $(m, 5, 7, 6)$ and `filters=[4, 3, 6]`, `f=3`: after the first convolution
# $(m, 5, 7, 4)$, after the second $(m, 5, 7, 3)$, after the third $(m, 5, 7, 6)$, which fits the wire.
#
# Difficulty 3 of 5, about 25 minutes, 15 points.


# %%
def identity_block(X, f, filters, initializer=random_uniform):
    """The residual block whose input and output have the same shape.

    X            Keras tensor (m, n_H, n_W, n_C)
    f            size of the middle convolution's window
    filters      [F1, F2, F3], F3 equal to n_C
    initializer  gives the initializer of every convolution: initializer(seed=0)

    Returns a Keras tensor (m, n_H, n_W, n_C).
    """
    F1, F2, F3 = filters

    # Keep the input: it goes around the layers.
    ### BEGIN SOLUTION
    X_shortcut = X
    ### END SOLUTION

    # First convolution: 1x1, F1 filters; batch normalization; ReLU.
    ### BEGIN SOLUTION
    X = Conv2D(F1, 1, kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    ### END SOLUTION

    # Second convolution: f x f, F2 filters, "same" padding; batch normalization; ReLU.
    ### BEGIN SOLUTION
    X = Conv2D(F2, f, padding="same", kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    ### END SOLUTION

    # Third convolution: 1x1, F3 filters; batch normalization; no ReLU yet.
    ### BEGIN SOLUTION
    X = Conv2D(F3, 1, kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    ### END SOLUTION

    # Add the input that you kept, then the last ReLU.
    ### BEGIN SOLUTION
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)
    ### END SOLUTION


# %%
check(identity_block)

# %% [markdown]
# **Predict:** how many parameters has your block for 256 channels and `filters=[64, 64, 256]`? Each
# convolution has its kernel and a bias for each filter; each batch normalization has four numbers for each
# channel. Work it out on paper, then run the cell.

# %%
inputs = keras.Input((15, 15, 256))
block = keras.Model(inputs, identity_block(inputs, 3, [64, 64, 256]))
wide = 2 * (3 * 3 * 256 * 256 + 256)
print(f"your block: {block.count_params():,} parameters; two 3x3 convolutions at full width: {wide:,}")

# %% [markdown]
# ## The convolutional block
#
# The wire fits only where input and output have the same shape. Now and then a network must change it:
# fewer pixels, more channels. Then the wire itself gets a layer, a 1x1 convolution with the same stride as
# the main path and $F_3$ filters, and a batch normalization, so that both arrive in the same shape and on
# the same scale. No ReLU on the wire: it should be able to carry negative numbers too.
#
# ```text
#  X ─┬─ 1x1/s, F1 ─ BN ─ ReLU ─ fxf, F2 ─ BN ─ ReLU ─ 1x1, F3 ─ BN ─(+)─ ReLU ─
#     └─ 1x1/s, F3 ─ BN ──────────────────────────────────────────────┘
# ```
#
# *By hand.* A 1x1 window with stride 2 on 15 pixels looks at pixels 0, 2, ..., 14: eight of them, or
# $\lfloor (15 - 1)/2 \rfloor + 1 = 8$. On 8 pixels it looks at 0, 2, 4, 6: four.
#
# ### Exercise 2: `convolutional_block`
#
# **Build** the block in the drawing. Everything on the main path is as before, but for the stride `s` of the
# *first* convolution.
#
# - `X`: shape $(m, n_H, n_W, n_C)$; the result $(m, \lceil n_H/s \rceil, \lceil n_W/s \rceil, F_3)$.
#
# *A worked step.* $(m, 7, 5, 6)$ with `filters=[4, 3, 8]` and `s=2`: the first convolution gives
# $(m, 4, 3, 4)$, the end of the main path $(m, 4, 3, 8)$, and the wire $(m, 4, 3, 8)$ as well.
#
# Difficulty 3 of 5, about 20 minutes, 15 points.


# %%
def convolutional_block(X, f, filters, s=2, initializer=glorot_uniform):
    """The residual block that changes the shape: its shortcut has a convolution of its own.

    X            Keras tensor (m, n_H, n_W, n_C)
    f            size of the middle convolution's window
    filters      [F1, F2, F3]
    s            stride of the first convolution and of the shortcut's
    initializer  gives the initializer of every convolution: initializer(seed=0)

    Returns a Keras tensor (m, ceil(n_H / s), ceil(n_W / s), F3).
    """
    F1, F2, F3 = filters
    X_shortcut = X

    # Main path: three convolutions with batch normalization, the first with stride s.
    ### BEGIN SOLUTION
    X = Conv2D(F1, 1, strides=s, kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = Conv2D(F2, f, padding="same", kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = Conv2D(F3, 1, kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    ### END SOLUTION

    # Shortcut: one convolution with stride s, batch normalization, no ReLU.
    ### BEGIN SOLUTION
    X_shortcut = Conv2D(F3, 1, strides=s, kernel_initializer=initializer(seed=0))(X_shortcut)
    X_shortcut = BatchNormalization(axis=3)(X_shortcut)
    ### END SOLUTION

    # Add both, then the last ReLU.
    ### BEGIN SOLUTION
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)
    ### END SOLUTION


# %%
check(convolutional_block)

# %% [markdown]
# ## ResNet-50
#
# Now the whole. Sixteen blocks of three convolutions each, one convolution before them and one dense layer
# after them: $16 \cdot 3 + 1 + 1 = 50$ layers with weights on the main path.
#
# | stage | layers | result for a 64x64 picture |
# |:--|:--|:--|
# | | zero padding of 3 on each side | 70 x 70 x 3 |
# | 1 | 7x7 convolution, 64 filters, stride 2; batch normalization; ReLU | 32 x 32 x 64 |
# | | 3x3 max pooling, stride 2 | 15 x 15 x 64 |
# | 2 | convolutional block [64, 64, 256], s = 1; 2 identity blocks | 15 x 15 x 256 |
# | 3 | convolutional block [128, 128, 512], s = 2; 3 identity blocks | 8 x 8 x 512 |
# | 4 | convolutional block [256, 256, 1024], s = 2; 5 identity blocks | 4 x 4 x 1024 |
# | 5 | convolutional block [512, 512, 2048], s = 2; 2 identity blocks | 2 x 2 x 2048 |
# | | 2x2 average pooling, or the average over the whole map, here the same; flatten | 2048 |
# | | dense layer with softmax | classes |
#
# All blocks have `f=3`. Each stage halves the picture and doubles the channels, so that every stage costs
# about the same. Stage 2 is the exception: the max pooling has just halved the picture, so its first block
# has `s=1` and only widens.
#
# ### Exercise 3: `ResNet50`
#
# **Build** the network in the table from your two blocks: a function that returns a `keras.Model` from
# pictures $(m, n_H, n_W, n_C)$ to probabilities $(m, \text{classes})$.
#
# *A worked step.* The first convolution on 70 pixels, window 7, stride 2: $\lfloor (70 - 7)/2 \rfloor + 1 = 32$.
# The max pooling on 32 pixels, window 3, stride 2: $\lfloor (32 - 3)/2 \rfloor + 1 = 15$.
#
# Difficulty 4 of 5, about 40 minutes, 20 points.


# %%
def ResNet50(input_shape=(64, 64, 3), classes=6):
    """ResNet-50 (He et al. 2015): pictures to probabilities of classes.

    input_shape  (n_H, n_W, n_C)
    classes      number of classes

    Returns a keras.Model from (m, n_H, n_W, n_C) to (m, classes).
    """
    X_input = keras.Input(input_shape)

    # Zero padding, stage 1 and max pooling.
    ### BEGIN SOLUTION
    X = ZeroPadding2D(3)(X_input)
    X = Conv2D(64, 7, strides=2, kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = MaxPooling2D(3, strides=2)(X)
    ### END SOLUTION

    # Stages 2 to 5: a convolutional block, then identity blocks.
    ### BEGIN SOLUTION
    for width, identities, s in ((64, 2, 1), (128, 3, 2), (256, 5, 2), (512, 2, 2)):
        filters = [width, width, 4 * width]
        X = convolutional_block(X, f=3, filters=filters, s=s)
        for _ in range(identities):
            X = identity_block(X, f=3, filters=filters)
    ### END SOLUTION

    # Average pooling, flatten, dense layer with softmax.
    ### BEGIN SOLUTION
    X = AveragePooling2D(2)(X)
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", kernel_initializer=glorot_uniform(seed=0))(X)
    ### END SOLUTION

    return keras.Model(X_input, X)


# %%
check(ResNet50)

# %%
print(f"your ResNet-50 for 6 signs has {ResNet50().count_params():,} parameters")

# %% [markdown]
# Twenty-three million numbers, to be found from about a thousand pictures. By the arithmetic of classical
# statistics that is hopeless. **Write down** the test accuracy that you expect.
#
# ## Training it
#
# Three things make six epochs enough.
#
# 1. **Start as the identity.** Each identity block ends in a batch normalization, whose scale $\gamma$ starts at 1.
#    Start it at 0 instead, and $\mathcal{F}(x) = 0$: these twelve of the sixteen blocks begin as plain wires, and the
#    network of fifty layers begins as a shallow one that grows deeper as it learns (Goyal et al. 2017).
# 2. **Warm up, then cool down.** The learning rate climbs for one epoch, then falls to zero along half a
#    cosine. A large rate explores, a small one settles.
# 3. **Never show the same picture twice.** Each epoch turns, shifts and lights every picture a little
#    differently. (The last epoch shows them as they are.)
#
# The cell takes two or three minutes on two cores: time to think about this. After each epoch three accuracies
# are noted: on the training pictures, counted while it trains; and twice on the test pictures, with the network
# used as one would use it in earnest. What "twice" means, you will see.
#
# **Predict:** after three epochs eight of ten drawn training pictures are right. How many of the test pictures?


# %% tags=["nbval-ignore-output"]
@cache
def trained():
    """Your ResNet-50 after training, and what was measured on the way. Trains once and remembers."""
    keras.utils.set_random_seed(1)
    model = ResNet50(input_shape=(64, 64, 3), classes=6)
    helpers.start_as_identity(model)
    return model, helpers.train(model, X_train, y_train, X_test, y_test)


model, history = trained()
helpers.plot_accuracies(history)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Look at the dashed and the dotted line. They are **the same network with the same weights, on the same test
# pictures.** For epochs on end one of them is no better than a die, while the other keeps up with the training
# pictures, or even runs ahead (those are turned and dimmed, which makes them harder). So it is no
# overfitting. What is it?
#
# </details>
#
# ## The batch normalization that had not caught up
#
# In training a batch normalization subtracts the mean of *this batch* and divides by its standard deviation.
# In use there may be no batch, only one picture. So during training it also keeps moving averages of what it
# saw, and uses those later:
#
# $$ \mu \leftarrow 0.99\,\mu + 0.01\,\mu_{\text{batch}} \qquad
# \sigma^2 \leftarrow 0.99\,\sigma^2 + 0.01\,\sigma^2_{\text{batch}} $$
#
# starting from $\mu = 0$ and $\sigma^2 = 1$. The $0.99$ is Keras's default `momentum`, a good choice for a
# training of a hundred thousand steps. Such an average looks back over about $1/(1 - 0.99) = 100$ steps. Here
# an epoch is shorter than that, and in every step the weights have moved, and the means with them. The
# averages describe a network that no longer exists. And there are 53 of them, 49 in a row, each a little off,
# each feeding the next.
#
# *By hand.* After $n$ steps the made-up starting value still weighs $0.99^n$. After 60 steps, an epoch of 1,440
# pictures in batches of 24: $0.99^{60} \approx 0.55$. More than half of what a layer believes about its input is
# invented.
#
# There are two remedies.
#
# - **A shorter memory.** With `momentum=0.9` the average looks back 10 steps. In the middle of such a training
#   on photographs of hands, after four of eight epochs, we measured 0.86 on the test pictures with 0.9, and
#   0.30 with 0.99: the same weights, only other averages.
# - **Count again.** When the training is over the weights stand still. Send training pictures through once
#   more and take plain means, batch by batch. Nothing is learned, and it takes seconds (Wu & Johnson 2021). The
#   dashed line did that after each epoch.
#
# Now do it for your network, with 432 training pictures.

# %% tags=["nbval-ignore-output"]
model, history = trained()
helpers.recalibrate(model, X_train[:432])
print(f"test accuracy: {helpers.accuracy(model, X_test, y_test):.3f}")

# %%
model, history = trained()
stored, recounted = history["stored"], history["recounted"]
print("after three epochs, counting again more than doubles the test accuracy:", recounted[2] > 2 * stored[2])
print("at the end it is at least 0.95:", helpers.accuracy(model, X_test, y_test) >= 0.95)

# %% [markdown]
# Remember the symptom: **good in training, no better than a die in use, with loss curves that look healthy.**
# Before you collect more data, look at the moving averages.
#
# ## What it gets wrong
#
# **Predict:** which two signs does it confuse most? Then look at the pictures that it got wrong. Would you
# have known?

# %% tags=["nbval-ignore-output"]
model, history = trained()
helpers.show_confusion(model, X_test, y_test)
wrong = model.predict(X_test, verbose=0).argmax(axis=1) != y_test
if wrong.any():
    helpers.show_predictions(model, X_test[wrong][:12], y_test[wrong][:12])

# %% [markdown]
# ### Your own hand
#
# Take a photograph of your hand in front of a plain wall, save it beside this notebook, write its name into
# the cell and take away the `#`.

# %% tags=["nbval-ignore-output"]
model, history = trained()
# my_hand = helpers.load_picture("my_hand.jpg")
# helpers.show_predictions(model, my_hand)

# %% [markdown]
# ### From drawn hands to real ones
#
# If you have the original SIGNS pictures, here is the acid test: the network above has perhaps seen nothing
# but drawn hands. Put `train_signs.h5` and `test_signs.h5` into a folder, write the folder's name into the
# next cell and take away the `#`.

# %% tags=["nbval-ignore-output"]
model, history = trained()
# real = load_signs("own", folder="my_folder")
# photographs = real.X_test.astype("float32") / 255
# print(f"on real hands: {helpers.accuracy(model, photographs, real.y_test):.2f}")

# %% [markdown]
# A network trained on drawn hands alone has never seen a photograph. With a slightly earlier version of the
# drawings, after five epochs, we measured 0.64 on 1,080 real pictures, where a die gets 0.17.
#
# ## In short
#
# - Deep plain networks fail on their own training pictures. Without batch normalization the signal dies (or explodes)
#   on its way; with it, copying is still hard to learn.
# - A shortcut makes doing nothing the easiest thing to learn, and adds a $1$ to every step of the gradient's
#   way back.
# - The bottleneck, 1x1, 3x3, 1x1, buys depth at a seventeenth of the price. Where the shape changes, the
#   shortcut gets a 1x1 convolution of its own.
# - Batch normalization is two different functions, one in training and one in use. The second needs averages
#   that are up to date.
#
# **To think about**
# 1. Why is there no ReLU on the shortcut? What could a network with one never do?
# 2. Delete one identity block from a trained ResNet and it still works nearly as well; delete one layer of a
#    plain network and it is ruined. Why? (Veit, Wilber and Belongie looked into it in 2016.)
# 3. In stage 3 the shortcut's 1x1 convolution has stride 2: which share of the pixels does it never look at?
#    How would you change that?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | residual block | 残差块 |
# | shortcut (skip connection) | 捷径连接（跳跃连接） |
# | identity mapping | 恒等映射 |
# | bottleneck | 瓶颈结构 |
# | vanishing gradient | 梯度消失 |
# | batch normalization | 批量归一化 |
# | moving average | 移动平均 |
# | momentum | 动量 |
# | inference | 推理（预测） |
# | learning rate warm-up | 学习率预热 |
# | data augmentation | 数据增强 |
#
# **Papers**
# - K. He, X. Zhang, S. Ren, J. Sun: *Deep residual learning for image recognition*, 2015. arXiv:1512.03385
# - S. Ioffe, C. Szegedy: *Batch normalization: accelerating deep network training by reducing internal
#   covariate shift*, 2015. arXiv:1502.03167
# - P. Goyal et al.: *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017. arXiv:1706.02677
# - I. Loshchilov, F. Hutter: *SGDR: stochastic gradient descent with warm restarts*, 2017. arXiv:1608.03983
# - A. Veit, M. Wilber, S. Belongie: *Residual networks behave like ensembles of relatively shallow networks*,
#   2016, arXiv:1605.06431
# - Y. Wu, J. Johnson: *Rethinking "batch" in BatchNorm*, 2021. arXiv:2105.07576

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
