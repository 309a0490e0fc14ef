# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: What convolutional networks learn
#     order: 2
#     minutes: 100
#     runs: 1
# ---

# %% [markdown]
# # What convolutional networks learn: is there a unit for mouths?
#
# The small network that ships with this workbook learned to tell 147 kinds of pictures apart. One of them is called
# *face*, one *hand*. Nobody ever told it what a mouth is, or a finger, or a pair of glasses. There is no label for
# these.
#
# Open it and look. A channel of a layer is a detector that slides over the picture and gives one number at each
# place. What does it wait for? Three ways to ask, and you build all three:
#
# 1. **Where does it look?** Which pixels can change its number at all: its receptive field.
# 2. **What does it like?** The places in a thousand pictures where its number is greatest.
# 3. **What would it like best?** A picture that is made for it, by gradient ascent on the pixels.
#
# Each of them can fool you. This lesson shows that too.
#
# **At the end you can**
# - say how many pixels a unit of any layer sees, and how many of them count;
# - find what excites a channel, and cut it out of the pictures;
# - make a picture that excites it more than anything real;
# - say what such pictures prove, and what they do not.
#
# About an hour and forty minutes. Three exercises, 50 points.

# %%
import workbook

workbook.start("what_convnets_learn")

import keras
import numpy as np
import tensorflow as tf

import dreaming
import patches
from workbook import check, hint

# %% [markdown]
# ## A network to open
#
# The network is MobileNetV2 from week 2, up to its seventh block. We show it 500 faces and 500 hands, drawn by the same
# code that drew many of the pictures it learned from.
# Their values go from $-1$ (black) over $0$ (grey) to $1$ (white): this network was trained so. A zero of its padding
# is therefore a grey pixel.

# %% tags=["nbval-ignore-output"]
model = patches.network()
X, kind = patches.pictures()
patches.show([X[:10], X[10:20]])

# %%
LAYERS = {
    "Conv1_relu": "first layer",
    "block_1_depthwise_relu": "block 1",
    "block_3_expand_relu": "block 3",
    "block_4_expand_relu": "block 4",
    "block_5_expand_relu": "block 5",
    "block_6_expand_relu": "block 6",
}
for name, words in LAYERS.items():
    print(f"{words:12s} {name:24s} (n_H, n_W, n_C) = {model.get_layer(name).output.shape[1:]}")

# %% [markdown]
# ## Where does it look?
#
# A unit is one number of a layer's output: one channel at one place. A unit of a 3x3 layer sees 3x3 pixels. Put a
# second 3x3 layer on top, and its unit sees nine units of the first. Together they see 5x5 pixels: its
# **receptive field**.
#
# Three numbers say all there is to know about a layer, in pixels of the picture:
#
# - **size**: how many pixels wide the field of one unit is;
# - **jump**: how many pixels the fields of two neighbouring units lie apart;
# - **start**: the first row of the field of unit $(0, 0)$. Below zero it lies on the padding.
#
# A picture itself has size 1, jump 1, start 0. Now a layer comes, with kernel $f$, stride $s$, dilation $d$ and $p$
# rows of padding on top:
#
# $$ \text{size} \leftarrow \text{size} + (f - 1)\, d \cdot \text{jump}, \qquad
#    \text{start} \leftarrow \text{start} - p \cdot \text{jump}, \qquad
#    \text{jump} \leftarrow \text{jump} \cdot s . $$
#
# All on the right is from *before* the layer. A pooling layer is a window like any other. A ReLU, a batch
# normalization, a 1x1 convolution have $f = 1$ and change nothing.
#
# *By hand.* A 3x3 convolution with stride 2 and one row of padding: size $1 + 2 \cdot 1 = 3$, start $0 - 1 = -1$, jump
# $1 \cdot 2 = 2$. Another 3x3 on top, stride 1, one row of padding: size $3 + 2 \cdot 2 = 7$, start
# $-1 - 1 \cdot 2 = -3$, jump 2. Unit $(0, 0)$ sees rows $-3$ to $3$, unit $(1, 0)$ rows $-1$ to $5$.
#
# **Where branches meet** (a shortcut, an inception block), a unit sees what any of them sees: from the smallest start
# to the greatest end. *By hand.* A 1x1 branch (size 1, start 0) beside a padded 3x3 branch (size 3, start $-1$): the
# end of a field is start + size, so 1 and 2. Together: start $-1$, size $2 - (-1) = 3$. The jumps are equal; else the
# maps would not fit.
#
# ### Exercise 1: `receptive_field`
#
# **Return** `(size, jump, start)` of a layer, three whole numbers.
#
# - in: `model`, a Keras model; `layer`, the name of one of its layers
# - `model.layers` lists all layers; each comes after those that feed it, and `each.name` is its name.
# - Given: `patches.before(model, each)`, the names of the layers that feed a layer (an empty list for the first), and
#   `patches.window(each)`, its `(f, s, d, p)`.
# - Kernels and pictures are square, or at least alike in both directions.
#
# Difficulty 3 of 5, about 30 minutes, 18 points.


# %%
def receptive_field(model, layer):
    """What a unit of a layer sees, in pixels: (size, jump, start). (Araujo et al. 2019)

    model  a Keras model
    layer  the name of one of its layers
    """
    fields = {}  # the name of a layer -> (size, jump, start)
    for each in model.layers:
        # What all that feed this layer see together; the first sees single pixels.
        ### BEGIN SOLUTION
        feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
        start = min(feed[2] for feed in feeds)
        size = max(feed[0] + feed[2] for feed in feeds) - start
        jump = feeds[0][1]
        ### END SOLUTION

        # What the layer itself adds.
        ### BEGIN SOLUTION
        f, s, d, p = patches.window(each)
        fields[each.name] = size + (f - 1) * d * jump, jump * s, start - p * jump
        ### END SOLUTION
    return fields[layer]


# %%
check(receptive_field)

# %% [markdown]
# **Predict:** the pictures are 64 pixels wide. Which of the layers above is the first whose units see more than half
# of a picture's width?

# %%
for name, words in LAYERS.items():
    size, jump, start = receptive_field(model, name)
    print(f"{words:12s} size {size:2d}, jump {jump}, start {start}")

# %% tags=["nbval-ignore-output"]
fields = {LAYERS[name]: receptive_field(model, name) for name in LAYERS}
patches.show_fields(X[0], fields)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Block 5, with 43 of 64 pixels. An eye of these faces is about eight pixels wide, a mouth about thirteen. So a unit of
# the first layer cannot know a mouth, whatever it has learned. One of block 4 could.
#
# </details>
#
# ### Seen is not heeded
#
# The unit in the middle of block 6 sees 59x59 pixels. A quarter of them lie in the middle half (half as wide, half as
# high). If all pixels counted alike, a quarter of its attention would go there.
#
# **Before you run the next cell**, write down a guess: which share goes there really? We take the derivative of the
# unit with respect to each pixel, square it, and average over 64 pictures. (In the figure the solid square is the
# receptive field, the dotted one its middle half.)

# %% tags=["nbval-ignore-output"]
energies, boxes = {}, {}
for trained in (True, False):
    network = patches.network(trained)
    for name in ("block_3_expand_relu", "block_6_expand_relu"):
        size, jump, start = receptive_field(network, name)
        top = start + jump * ((network.get_layer(name).output.shape[1] - 1) // 2)
        energy = patches.effective_field(network, name, X[:64])
        share = patches.middle_share(energy, top, size)
        title = f"{LAYERS[name]}, {'trained' if trained else 'random weights'}"
        energies[title], boxes[title] = energy, (top, size)
        print(f"{title:24s} {100 * share:5.1f} % in the middle half")
patches.show_energies(energies, boxes)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Over nine tenths. From a pixel in the middle many paths lead to the unit, from one in the corner a single one, so
# influence falls off as a bell does: this is the **effective** receptive field. With random weights it is a small
# spot, since nearly everything runs through the shortcuts. Training has widened it.
#
# </details>
#
# **Think.** Somebody wants to find cars that are 50 pixels wide, and picks a layer whose field is 51. Is it enough?
#
# ## What does it like?
#
# The plainest question: show the network all pictures, and for each channel find the places where its number is
# greatest. Cut these out, exactly as large as the unit sees. What the patches have in common is what the channel
# answers to.
#
# A unit at row $r$, column $c$ of its map sees the rows from $\text{start} + \text{jump} \cdot r$ on, `size` of them,
# and the columns from $\text{start} + \text{jump} \cdot c$ on.
#
# *By hand.* Size 7, jump 2, start $-3$. The unit at row 2, column 5 sees rows 1 to 7 and columns 7 to 13. The
# unit at row 0, column 1 sees rows $-3$ to 3 and columns $-1$ to 5: three rows and one column lie outside of the
# picture. There the patch is zero, as the padding is.
#
# ### Exercise 2: `top_patches`
#
# **Return** for each channel the $k$ pictures in which it reaches its greatest values, each cut out where it does.
#
# - in: `model`; `layer`, a name; `images` $(m, n_H, n_W, n_C^{prev})$, NumPy, not always square; `k` of them, at most $m$
# - out: $(n_C, k, \text{size}, \text{size}, n)$, where $n_C$ is the number of channels of the layer; the strongest
#   patch of a channel first
# - One picture gives a channel at most one patch, else all of them would show the same eye.
# - Use your `receptive_field`. What lies outside of a picture is zero. Where values are equal, any order will do.
#
# Difficulty 3 of 5, about 30 minutes, 18 points.


# %%
def top_patches(model, layer, images, k):
    """For each channel the k pictures that excite it most, cut out where they do. (Zeiler and Fergus 2014)

    layer   the name of a layer
    images  (m, n_H, n_W, n_C_prev)

    Returns (n_C, k, size, size, n_C_prev), the strongest first, zeros outside of a picture.
    """
    # The maps of all pictures: (m, rows, columns, n_C).
    ### BEGIN SOLUTION
    part = keras.Model(model.input, model.get_layer(layer).output)
    A = part.predict(images, verbose=0)
    ### END SOLUTION
    m, rows, columns, n_C = A.shape

    # The greatest value of each channel in each picture, and its place: two tables (m, n_C).
    ### BEGIN SOLUTION
    flat = A.reshape(m, rows * columns, n_C)
    strongest, place = flat.max(axis=1), flat.argmax(axis=1)
    ### END SOLUTION

    # Zeros around all pictures; then cut what the strongest units see.
    size, jump, start = receptive_field(model, layer)
    padded = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    found = np.zeros((n_C, k, size, size, images.shape[-1]), images.dtype)
    for c in range(n_C):
        ### BEGIN SOLUTION
        for j, i in enumerate(np.argsort(-strongest[:, c])[:k]):
            row, column = divmod(place[i, c], columns)
            top, left = size + start + jump * row, size + start + jump * column
            found[c, j] = padded[i, top : top + size, left : left + size]
        ### END SOLUTION
    return found


# %%
check(top_patches)

# %% [markdown]
# ### From edges to parts
#
# Ten channels of four layers, eight patches each. A row holds two channels, whose numbers stand on the left. (Many
# channels like the rim of a picture best; we take those that do so least.) **Predict:** from which block on will you
# recognize things?

# %% tags=["nbval-ignore-output"]
for name in ("Conv1_relu", "block_1_depthwise_relu"):
    found = top_patches(model, name, X, 8)
    shown = patches.inside(found, 10)
    patches.show_channels(found, shown, f"{LAYERS[name]}: {found.shape[2]} x {found.shape[3]} pixels")

# %% tags=["nbval-ignore-output"]
for name in ("block_4_expand_relu", "block_6_expand_relu"):
    found = top_patches(model, name, X, 8)
    shown = patches.inside(found, 10)
    title = f"{LAYERS[name]}: {found.shape[2]} x {found.shape[3]} pixels"
    patches.show_channels(found, shown, title, width=0.58)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The first layer gathers light, dark and edges, block 1 lines and corners. In block 4 there are channels for mouths
# (46), for the edge of a cheek (7, 73), for a temple (47). In block 6 there are whole faces, more or less. One class
# had the name *face*; the parts the network has found by itself, because they help.
#
# And look at the rows that are *not* so neat: mouths and hands with channel 90, glasses and noses with channel 50. Many
# channels answer to several things that have nothing to do with each other in our eyes.
#
# </details>
#
# ### A test of the test
#
# The kernels of the first layer can be shown as they are, 3x3 pixels in colour. **Predict:** will you see which
# network has been trained? The other one has random weights.

# %% tags=["nbval-ignore-output"]
patches.show_kernels(model, patches.network(trained=False))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A little: in the trained kernels neighbours are more alike, and some are plainly light against dark. Three by three
# pixels say little; in the 11x11 kernels of AlexNet you would see stripes at all angles.
#
# </details>
#
# Now the same for a network that has **never been trained**: the same layers, random weights. **Predict:** which of its
# layers will give neat rows?

# %% tags=["nbval-ignore-output"]
for name in ("block_1_depthwise_relu", "block_4_expand_relu"):
    found = top_patches(patches.network(trained=False), name, X, 8)
    shown = patches.inside(found, 10)
    patches.show_channels(found, shown, f"random weights, {LAYERS[name]}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Its shallow channels give eyes, lips and dark lines, row by row, and have learned nothing. Of a thousand pictures
# the best eight for *any* filter look alike. **So neat rows do not prove that something was learned.** Compare with
# random weights before you marvel.
#
# </details>
#
# Deeper down it does show. One number for it: of the eight best pictures of a channel, how large is the share of the
# commoner kind, faces or hands? By luck it is 64 %.

# %% tags=["nbval-ignore-output"]
print("                trained   random weights")
for name in ("Conv1_relu", "block_1_depthwise_relu", "block_4_expand_relu", "block_6_expand_relu"):
    shares = [patches.of_one_kind(patches.network(trained), name, X, kind) for trained in (True, False)]
    print(f"{LAYERS[name]:14s} {100 * shares[0]:6.0f} % {100 * shares[1]:12.0f} %")

# %% [markdown]
# Random layers mix: in the deep ones more faces and hands fall into one row. The trained network keeps them apart all
# the way.
#
# ### Hide it
#
# Patches say where the channel is strong, not *why*. So hide things. A grey square slides over the picture, and we note
# how far the channel's greatest value falls: an **occlusion map**, the lighter the more it falls. Take two channels of
# block 4 that were not among the ten: the patches of 74 are mouths, those of 92 edges of heads. **Predict** for 74: is
# it the mouth, the chin, or the whole face?

# %% tags=["nbval-ignore-output"]
for name, channel in (("block_4_expand_relu", 74), ("block_4_expand_relu", 92)):
    best = patches.best_pictures(model, name, channel, X, 4)
    maps = [patches.occlusion_map(model, name, channel, X[i]) for i in best]
    title = f"{LAYERS[name]}, channel {channel}: falls by up to {100 * max(map(np.max, maps)):.0f} %"
    patches.show_hidden(X[best], maps, title)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# It is the mouth with the chin below it. Hide an eye, and the channel does not care. The other channel
# waits for the edge of the head at the right.
#
# </details>
#
# **Think.** Why does it often not fall to zero when its favourite place is hidden? (What is left in the picture?)
#
# ## What would it like best?
#
# So far we could only choose among pictures that there are. Now make one. Take a grey picture $x$ and let the channel
# itself say how it should change. $J$ is the mean of the channel's map; go **up** its gradient:
#
# $$ J(x) = \frac{1}{n_H n_W} \sum_{r, c} A_{r c}, \qquad g = \frac{\partial J}{\partial x}, \qquad
#    x \leftarrow \operatorname{clip}\Big(x + \eta\, \frac{g}{\sqrt{\operatorname{mean}(g^2)} + 10^{-8}},\; -1,\; 1\Big). $$
#
# Gradients of a deep layer may be a thousand times smaller than those of the first. Divided by the root of the mean of
# their squares, a pixel changes by about $\eta$ in each step, whatever the layer.
#
# *By hand.* Two pixels, $x = (0, 0.98)$, $g = (3, 4)$, $\eta = 0.05$. The mean of the squares is $(9 + 16)/2 = 12.5$,
# its root $3.54$. The steps are $0.05 \cdot 3/3.54 = 0.042$ and $0.05 \cdot 4/3.54 = 0.057$. So $x$ becomes
# $(0.042, 1.037)$, and clipped $(0.042, 1)$.
#
# ### Exercise 3: `maximize_activation`
#
# **Return** the picture after `steps` such steps.
#
# - in: `model`; `layer`, a name; `channel`, a number; `steps`; `start`, a picture $(1, n_H, n_W, 3)$, NumPy, float32;
#   `rate` is $\eta$
# - out: a picture like `start`. With no steps it is `start` itself.
# - The gradient is taken anew in each step, and the picture is clipped after each step. The network runs in inference
#   mode.
#
# Difficulty 3 of 5, about 20 minutes, 14 points.


# %%
def maximize_activation(model, layer, channel, steps, start, rate=0.05):
    """A picture that excites a channel: gradient ascent on the pixels. (Erhan et al. 2009)

    layer, channel  the name of a layer and the number of one of its channels
    start           (1, n_H, n_W, 3), values from -1 to 1
    rate            by how much a pixel changes in a step, about

    Returns a picture like start.
    """
    # The model up to the layer, and the picture as a tensor.
    ### BEGIN SOLUTION
    part = keras.Model(model.input, model.get_layer(layer).output)
    x = tf.convert_to_tensor(start)
    ### END SOLUTION

    for _ in range(steps):
        # The mean of the channel's map, and its gradient for the picture.
        ### BEGIN SOLUTION
        with tf.GradientTape() as tape:
            tape.watch(x)
            J = tf.reduce_mean(part(x, training=False)[..., channel])
        g = tape.gradient(J, x)
        ### END SOLUTION

        # A step up, of a size that does not depend on the layer; then back into [-1, 1].
        ### BEGIN SOLUTION
        x = x + rate * g / (tf.sqrt(tf.reduce_mean(tf.square(g))) + 1e-8)
        x = tf.clip_by_value(x, -1.0, 1.0)
        ### END SOLUTION
    return x


# %%
check(maximize_activation)

# %% [markdown]
# We look at channels before their ReLU: where a ReLU has cut off everything there is no gradient to climb.
# **Predict:** of a thousand faces and hands take the one that excites the channel most. How many times more does the
# made picture excite it after 30 steps? And will you recognize what is in it?

# %% tags=["nbval-ignore-output"]
CHANNELS = {
    "block_1_depthwise_BN": 19,
    "block_3_expand_BN": 7,
    "block_4_expand_BN": 74,
    "block_6_expand_BN": 33,
}
best, made = [], []
for name, channel in CHANNELS.items():
    real = dreaming.excitement(model, name, channel, X)
    best.append(X[real.argmax()])
    made.append(np.asarray(maximize_activation(model, name, channel, 30, dreaming.grey()))[0])
    times = dreaming.excitement(model, name, channel, made[-1][None])[0] / real.max()
    print(f"{name:20s} channel {channel:2d}: {times:4.0f} times the best of {len(X)} pictures")
patches.show([best, made], ("real", "made"), list(CHANNELS), width=1.7)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Several times more than any real picture, often ten times or more, and nothing real in it. (That the best real
# picture for the mouth channel is a hand has a reason: here the mean over the whole map counts, not the strongest
# place.) The gradient knows ways to please a channel that no camera ever shows it: grain and garish colours, spread
# over the whole picture. A detector does not only answer to what it was trained for.
#
# </details>
#
# ### Keep it calm
#
# Ask for a little more order, and one can see more. Move the picture by a few pixels at random before every third step,
# so that no pixel can rely on its exact place, and blur it slightly, so that grain does not pay. `dreaming.calm` calls
# *your* function a few steps at a time and does these two things in between.

# %% tags=["nbval-ignore-output"]
calm = [
    dreaming.calm(maximize_activation, model, name, channel, rounds=14)[0]
    for name, channel in CHANNELS.items()
]
for name, channel, picture in zip(CHANNELS, CHANNELS.values(), calm, strict=True):
    real = dreaming.excitement(model, name, channel, X).max()
    times = dreaming.excitement(model, name, channel, picture[None])[0] / real
    print(f"{name:20s} channel {channel:2d}: {times:4.0f} times the best real picture")
patches.show([calm], titles=list(CHANNELS), width=1.7)

# %% [markdown]
# Calmer, and still far above every real picture: rows and waves, larger with depth. The famous ones, of dogs' heads
# and towers, come from networks a hundred times as large that have seen a million photographs, and from more such
# rules. How much of the beauty comes from the network, and how much from the rules?
#
# ## What to believe
#
# | you see | it proves | it does not prove |
# |:--|:--|:--|
# | receptive field | what a unit cannot see | what it heeds |
# | top patches | what excites it most among your pictures | that it has learned it; that nothing else excites it |
# | occlusion map | what this answer needed in this picture | what it needs elsewhere |
# | a made picture | what would excite it most | that it ever meets such a thing |
#
# **Think.** The network says "hand" to a picture of a glove. Which of the four would you use to find out why?
#
# ## In short
#
# - Receptive field: size grows by $(f - 1)\, d$ times the jump, the jump multiplies with the strides.
# - Most of what a unit heeds lies in the middle of what it sees.
# - With depth, channels go from edges to parts, without a label for any part. Many answer to several things.
# - Random filters give neat patches too: always compare with them.
# - A made picture excites a channel more than anything real, and looks like nothing real.
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | receptive field, effective receptive field | 感受野，有效感受野 |
# | stride, dilation | 步幅，膨胀率 |
# | unit, channel | 单元，通道 |
# | activation | 激活值 |
# | top-activating patch | 最大激活图像块 |
# | activation maximization | 激活最大化 |
# | gradient ascent | 梯度上升 |
# | occlusion map | 遮挡图 |
#
# **Papers**
#
# - M. D. Zeiler, R. Fergus: *Visualizing and understanding convolutional networks*, ECCV 2014. arXiv:1311.2901
#   (patches by depth, occlusion)
# - D. Erhan, Y. Bengio, A. Courville, P. Vincent: *Visualizing higher-layer features of a deep network*, 2009:
#   gradient ascent
# - J. Yosinski and others: *Understanding neural networks through deep visualization*, 2015. arXiv:1506.06579
#   (blur)
# - A. Mordvintsev, C. Olah, M. Tyka: *Inceptionism: going deeper into neural networks*, 2015: moving the
#   picture
# - W. Luo, Y. Li, R. Urtasun, R. Zemel: *Understanding the effective receptive field in deep convolutional
#   neural networks*, NIPS 2016. arXiv:1701.04128
# - C. Olah, A. Mordvintsev, L. Schubert: *Feature visualization*, Distill, 2017
# - A. Araujo, W. Norris, J. Sim: *Computing receptive fields of convolutional neural networks*, Distill, 2019:
#   the formulas, with branches
# - J. Adebayo and others: *Sanity checks for saliency maps*, 2018. arXiv:1810.03292 (compare with random
#   weights)

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
