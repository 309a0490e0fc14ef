# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Edges and convolution
#     order: 1
#     minutes: 100
#     runs: 0.5
#     terms: [edge, kernel, cross-correlation, convolution, padding, stride, gradient descent]
# ---

# %% [markdown]
# # Edges and convolution
#
# Show a child a photograph of a cat for one second. "A cat." Now write down the rule by which she knew. Nobody
# has managed yet. What people did find is the first step of the way, and it is so simple that nine numbers
# are enough for it. This lesson is about these nine numbers: what they do to a picture, who chose them, and
# how a machine can find them without being told.
#
# **At the end you can**
#
# - find edges in a photograph, with their strength and their direction, in code of your own;
# - say how large a result will be for any window, padding and stride;
# - tell convolution from cross-correlation, and say when the difference matters;
# - let gradient descent find a kernel, and explain why photographs make that harder than noise.
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
# About an hour and forty minutes. Five exercises, 60 points.

# %%
import workbook

workbook.start("edges_and_convolution")

import numpy as np

import helpers
from workbook import check, hint

# %% [markdown]
# ## What vision asks for
#
# | question | what goes in | what should come out | met in |
# |---|---|---|---|
# | *What is it?* classification | a picture | one name out of a list | weeks 1 and 2 |
# | *Where is it?* detection | a picture | boxes, each with a name | week 3 |
# | *Which pixel belongs to what?* segmentation | a picture | a name for every pixel | week 3 |
# | *Who is it?* face recognition | a picture of a face, and one picture of each person who is known | a name, or nobody | week 4 |
# | *How would she have painted it?* style transfer | a photograph and a painting | a new picture | week 4 |
#
# All of these start from the same thing: a rectangle of numbers. Here is one of the photographs of this
# lesson, and a small part of it as the computer gets it. 0 is black and 255 is white. Later we divide by 255,
# so that all numbers lie between 0 and 1.

# %% tags=["nbval-ignore-output"]
camera = helpers.real_photograph("camera", shrink=2)
helpers.show_zoom(camera, top=34, left=82, n_H=10, n_W=14)

# %% [markdown]
# Why is that hard? Because the numbers change when nothing of importance does. Let us measure how far apart
# two pictures are in the plainest way: the mean difference of their pixels.
#
# **Before you run the next cell**: which is nearest to the photograph of a cat? The same cat in half the
# light, the same cat a step to the side, a brick wall, or grass? Put the four in order.

# %%
names = ["chelsea", "brick", "grass"]
cat, brick, grass = (helpers.real_photograph(name)[:256, :256] for name in names)
aside = helpers.real_photograph("chelsea")[:256, 40:296]
others = {"the cat in half the light": cat / 2, "the cat, 40 pixels aside": aside}
others |= {"a brick wall": brick, "grass": grass}
for name, other in others.items():
    print(f"{name:26} is {np.abs(cat - other).mean():.3f} away")

# %% tags=["nbval-ignore-output"]
helpers.show_pictures([cat, cat / 2, aside, brick, grass], ["a cat", *others], width=2.4, span=(0, 1))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# In numbers, the cat is nearer to a brick wall than to herself a step to the side, and even the grass is nearer
# than the same cat in half the light.
#
# </details>
#
# Pixels as they are will not do. We need something that *stays* when the light changes. Half-way through this
# lesson you will have it.

# %% [markdown]
# ## An edge is a difference
#
# In 1958 David Hubel and Torsten Wiesel listened to single cells in the visual part of a cat's brain. They
# showed the cat dots of light, from a glass slide in a projector, and a cell stayed silent for hours. Then,
# while they were putting in a slide, it burst into a rattle of impulses. It was not the dot. It was the
# thin, straight shadow of the slide's *edge*, moving over the screen (Hubel told it in his Nobel lecture of
# 1981). Such a cell answers to an edge at one place and at one angle, and to hardly anything else.
#
# In numbers, an edge is where neighbours differ. Walk along one row of a photograph of coins, and subtract the left
# neighbour from the right one:
#
# $$2\quad 2\quad 2\quad 9\quad 9\quad 9\qquad\longrightarrow\qquad 0\quad 0\quad 7\quad 0\quad 0$$

# %% tags=["nbval-ignore-output"]
coins = helpers.real_photograph("coins", shrink=2)
helpers.show_profile(coins, row=62)

# %% [markdown]
# Every coin has two peaks: one up where it begins, one down where it ends. And between them there is a
# nervous trembling, from dents in the metal and noise of the camera. A single difference trusts two pixels
# too much.
#
# So look at a whole **window** of 3 x 3 pixels at a time: add up its right column, subtract its left column.
# The middle row lies nearest, so let it count twice. Those are the nine numbers, and they are called a
# **kernel**. This one is Irwin Sobel's, who showed it in a talk at Stanford in 1968:
#
# $$K=\begin{pmatrix}-1&0&1\\-2&0&2\\-1&0&1\end{pmatrix}$$
#
# Lay it on a window, multiply the numbers that lie on top of each other, and add everything up. *By hand:*
#
# $$\begin{pmatrix}1&1&6\\1&2&7\\2&5&8\end{pmatrix}\quad\longrightarrow\quad
# -1+6\;\;-2+14\;\;-2+8\;=\;23$$
#
# A large number: it is much brighter on the right. Then the window moves on by a pixel, and so on over the
# whole picture. Watch it. If you run this notebook yourself, you can move it (click on *step*, then use the
# arrow keys) and choose another kernel. When you come back another day, run the cell once more: only then does
# it move again.

# %% tags=["nbval-ignore-output"]
small = np.array(
    [[1, 1, 1, 6, 8, 8], [1, 1, 2, 7, 8, 8], [1, 2, 5, 8, 8, 7], [1, 3, 7, 8, 7, 7], [2, 6, 8, 8, 7, 7]]
)
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
kernels = {
    "brighter to the right": sobel,
    "brighter downwards": sobel.T,
    "the mean of the window": np.ones((3, 3)) / 9,
    "the middle, made sharper": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}
helpers.kernel_stepper(small, kernels)

# %% [markdown]
# **Think.** In the last window the result is a small negative number. What does its sign say? And which number
# would come out of a window in which all nine pixels are equal?
#
# <details><summary>One answer</summary>
#
# It is a little darker on the right. For equal pixels the result is 0, whatever the light: the kernel's numbers
# add up to 0.
#
# </details>

# %% [markdown]
# ## How much comes out: padding and stride
#
# Five rows and six columns went in, three rows and four columns came out. A window of 3 fits along 6 pixels
# only four times. Two things change that number:
#
# - **padding**: a border of $p$ zeros on each side, so that windows may begin outside of the picture;
# - **stride**: the window moves $s$ pixels at a time.
#
# In the drawing each dot is the middle of a window. The border is grey, and what no window has seen is hatched.

# %% tags=["nbval-ignore-output"]
helpers.padding_explorer()

# %% [markdown]
# ### Exercise 1: `same_padding`
#
# Shrinking is a nuisance: after ten layers with 5 x 5 windows, 40 rows and 40 columns are gone. How many zeros
# on each side keep the size as it is, when the window moves one pixel at a time? Windows have an odd size, so
# that they have a middle.
#
# *By hand.* A window of 3: lay its middle on the corner pixel. One of its columns sticks out on the left, so
# $p=1$. In general the output has $n+2p-f+1$ pixels along a side, and this should be $n$.
#
# - in: `f`, the side of the window, an odd number
# - out: `p`, the number of zeros on each side
#
# Difficulty 1 of 5, about 5 minutes, 5 points.


# %%
def same_padding(f):
    """The padding that keeps a picture's size.

    f  the side of the window, odd; the window moves by 1
    Returns how many zeros each side needs.
    """
    ### BEGIN SOLUTION
    return (f - 1) // 2
    ### END SOLUTION


# %%
check(same_padding)

# %% [markdown]
# ### Exercise 2: `conv_output_size`
#
# Now for any stride. The window covers $f$ of the $n+2p$ pixels. So it can move by $n+2p-f$ pixels, in
# steps of $s$, and its first position counts as well:
#
# $$\left\lfloor\frac{n+2p-f}{s}\right\rfloor+1$$
#
# The brackets $\lfloor\;\rfloor$ mean *rounded down*: where a step would take the window out of the picture,
# it is not taken, and the last pixels remain unseen.
#
# *By hand.* $n=7$, $f=3$, $p=1$, $s=2$: it can move by $7+2-3=6$ pixels, that is 3 steps, so 4 numbers come
# out. With $n=8$ it is 7 pixels and 3.5 steps. Half a step is no step: 4 again.
#
# - in: `n`, `f`, `p`, `s`, whole numbers; the window fits at least once
# - out: how many numbers come out along this side
#
# Difficulty 1 of 5, about 10 minutes, 5 points.


# %%
def conv_output_size(n, f, p, s):
    """How many places a window has along one side of a picture.

    n  pixels, f  side of the window, p  zeros on each side, s  stride; f <= n + 2 * p
    Returns a whole number, at least 1.
    """
    ### BEGIN SOLUTION
    return (n + 2 * p - f) // s + 1
    ### END SOLUTION


# %%
check(conv_output_size)

# %% [markdown]
# **Before you run the next cell**: a picture of 224 pixels goes through five layers. Each has a 3 x 3 window,
# padding 1 and stride 2. How many pixels are left along a side? And with padding 0?

# %%
for p in (1, 0):
    sizes = [224]
    for _ in range(5):
        sizes.append(conv_output_size(sizes[-1], 3, p, 2))
    print(f"padding {p}:", " -> ".join(map(str, sizes)))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Stride 2 halves the size, nearly to the pixel. Five halvings make 32, and $224/32=7$: this is why so many
# networks end with maps of 7 x 7. Without padding each layer loses a little more.
#
# </details>

# %% [markdown]
# ## Cross-correlation
#
# All is ready for the real thing: lay the kernel on every window, and write each sum to its place.
#
# $$Z_{hw}=\sum_{r=0}^{f_H-1}\sum_{c=0}^{f_W-1}K_{rc}\;X^{pad}_{\,h\,s+r,\;w\,s+c}$$
#
# where $X^{pad}$ is the picture with a border of $p$ zeros and $s$ is the stride. This is called
# **cross-correlation**. (Networks call it convolution. You will see below what that word really means.)
#
# *By hand*, a kernel of 1 x 2, and stride 2:
#
# $$X=\begin{pmatrix}1&4&2&2&7\\0&3&5&1&6\\8&8&1&9&0\end{pmatrix}\quad K=\begin{pmatrix}-1&1\end{pmatrix}
# \quad\longrightarrow\quad Z=\begin{pmatrix}3&0\\0&8\end{pmatrix}$$
#
# The window stops in rows 0 and 2, at columns 0 and 2. Row 1 and the last column are never seen.
#
# ### Exercise 3: `cross_correlate2d`
#
# Slide a kernel over a picture.
#
# - in: `image` $(n_H, n_W)$; `kernel` $(f_H, f_W)$, not always square; `stride`; `padding`, the zeros on each
#   side. Either of the two may hold whole numbers, and the other fractions.
# - out: $\left(\lfloor\frac{n_H+2p-f_H}{s}\rfloor+1,\;\lfloor\frac{n_W+2p-f_W}{s}\rfloor+1\right)$
#
# Difficulty 3 of 5, about 25 minutes, 20 points. Two loops will do, and so will any other way.


# %%
def cross_correlate2d(image, kernel, stride=1, padding=0):
    """Slides a kernel over a picture: each number is the sum of window times kernel.

    image    (n_H, n_W)
    kernel   (f_H, f_W)
    stride   how many pixels the window moves at a time, in both directions
    padding  how many zeros are put around the picture, on each side
    Returns (out_H, out_W), as conv_output_size says.
    """
    n_H, n_W = image.shape
    f_H, f_W = kernel.shape

    # the picture with its border; output, zeros for now, of the right size
    ### BEGIN SOLUTION
    X = np.pad(image, padding)
    out_H = conv_output_size(n_H, f_H, padding, stride)
    out_W = conv_output_size(n_W, f_W, padding, stride)
    output = np.zeros((out_H, out_W))
    ### END SOLUTION

    # for each place of the output: cut out its window, and write the sum of window times kernel
    ### BEGIN SOLUTION
    for h in range(out_H):
        for w in range(out_W):
            top, left = h * stride, w * stride
            window = X[top : top + f_H, left : left + f_W]
            output[h, w] = np.sum(window * kernel)
    ### END SOLUTION
    return output


# %%
check(cross_correlate2d)

# %% [markdown]
# Now the photograph. `sobel` answers to what gets brighter to the right. Turned on its side, `sobel.T`, it
# answers to what gets brighter downwards. Call the two answers $G_x$ and $G_y$. Together they are an arrow at
# each pixel, the **gradient**, which points from dark to bright. Its length says how strong the edge is:
#
# $$\text{strength}=\sqrt{G_x^2+G_y^2}\qquad\text{direction}=\text{arctan2}(G_y,\,G_x)$$
#
# **Before you run the next cell**: in its first two pictures grey is 0, white is positive and black is
# negative. In $G_y$, which rim of a coin will be white, the upper or the lower one?

# %% tags=["nbval-ignore-output"]
G_x, G_y = cross_correlate2d(coins, sobel), cross_correlate2d(coins, sobel.T)
strength = np.hypot(G_x, G_y)
titles = ["brighter to the right: $G_x$", "brighter downwards: $G_y$"]
helpers.show_pictures([G_x, G_y], titles, width=3.4, span=(-2.5, 2.5))
helpers.show_pictures([coins, -strength], ["coins", "strength: 0 is white"], width=3.4)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The upper one: coming from above, from the dark table onto the bright coin, it gets brighter downwards.
# And the strength no longer cares which way. It is a drawing with a pencil.
#
# </details>
#
# Look at one coin more closely. Every arrow points from dark to bright, so around the rim they all point
# inwards. At a right angle to the arrow runs the edge.

# %% tags=["nbval-ignore-output"]
part = helpers.real_photograph("coins")[26:88, 68:136]
helpers.show_slopes(part, cross_correlate2d(part, sobel), cross_correlate2d(part, sobel.T))

# %% [markdown]
# ### What stays when the light changes
#
# Back to the cat. We turn the light down to half, and once more we lay a grey veil of 0.5 over that, as fog
# does. **Before you run the next cell**: what becomes of the edges' strength, and of their direction, in
# each?


# %%
def edges(picture):
    """Strength, and direction in degrees, of the edges of a picture (n_H, n_W): two arrays."""
    G_x, G_y = cross_correlate2d(picture, sobel), cross_correlate2d(picture, sobel.T)
    return np.hypot(G_x, G_y), np.degrees(np.arctan2(G_y, G_x))


cat = helpers.real_photograph("chelsea", shrink=2)
strength, direction = edges(cat)
clear = strength > 0.1
for name, picture in {"half the light": cat / 2, "a grey veil": cat / 2 + 0.5}.items():
    other, turned = edges(picture)
    turn = (turned - direction + 180) % 360 - 180
    print(f"{name:14}  pixels: {np.abs(cat - picture).mean():.2f} away", end="  ")
    print(f"strength: {np.mean(other[clear] / strength[clear]):.2f} of before", end="  ")
    print(f"direction: {np.abs(turn)[clear].max():.3f} degrees away")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Half the light halves every difference, and the veil drops out of all of them. The *direction* of the edges
# does not notice either. That is something to build on: methods for finding people in photographs lived off
# directions of edges for years (Dalal and Triggs, 2005), until networks learned better kernels by themselves.
#
# </details>

# %% [markdown]
# ### Are Sobel's numbers the best?
#
# Sobel took $1, 2, 1$ down the column. Judith Prewitt took $1, 1, 1$ (1970). Hanno Scharr, in his thesis of
# 2000, computed $3, 10, 3$. Do they differ?

# %% tags=["nbval-ignore-output"]
columns = {"Prewitt": [1, 1, 1], "Sobel": [1, 2, 1], "Scharr": [3, 10, 3]}
maps = []
for column in columns.values():
    kernel = np.outer(column, [-1, 0, 1]) / sum(column)
    maps.append(np.hypot(cross_correlate2d(camera, kernel), cross_correlate2d(camera, kernel.T)))
helpers.show_pictures([camera, *maps], ["camera", *columns], width=2.8)

# %% [markdown]
# Hardly, to the eye. So measure. We draw rings, whose slope points at the middle or away from it at every
# pixel, so the right direction is known everywhere. Then we let kernels with the column $1, a, 1$ say what
# the direction is, for many $a$.
#
# A trick on the way: the answer is a sum over the kernel's numbers. So the answer of
# $(1, a, 1)$ is the answer of $(1, 0, 1)$ plus $a$ times the answer of $(0, 1, 0)$. Four runs serve all $a$.
#
# **Before you run the next cell**: Scharr's $3, 10, 3$ is the same as $1, 3\tfrac13, 1$. By how many degrees is
# Prewitt wrong on average, for rings 4 pixels wide? And Sobel?


# %%
def angle_errors(wavelength, middles):
    """The mean error in degrees of the direction that the column (1, a, 1) finds, for each a."""
    picture, true = helpers.ripples(101, wavelength)
    across = np.array([-1.0, 0, 1])
    sides, middle = np.outer([1, 0, 1], across), np.outer([0, 1, 0], across)
    parts = [cross_correlate2d(picture, kernel) for kernel in (sides, middle, sides.T, middle.T)]
    errors = []
    for a in middles:
        G_x, G_y = parts[0] + a * parts[1], parts[2] + a * parts[3]
        strength = np.hypot(G_x, G_y)
        error = np.degrees(np.arctan2(G_y, G_x)) - true[1:-1, 1:-1]
        error = (error + 90) % 180 - 90  # an arrow and its opposite lie on one line
        errors.append(np.abs(error[strength > 0.3 * strength.max()]).mean())
    return errors


for name, a in {"Prewitt": 1, "Sobel": 2, "Scharr": 10 / 3}.items():
    print(f"{name:8} is wrong by {angle_errors(4, [a])[0]:.1f} degrees on average")

# %% tags=["nbval-ignore-output"]
middles = np.arange(1, 6.1, 0.25)
curves = {f"rings of {n} pixels": angle_errors(n, middles) for n in (4, 6, 12)}
helpers.show_pictures([helpers.ripples(101, n)[0] for n in (4, 6, 12)], list(curves), width=2.6)
helpers.show_angle_errors(middles, curves, {"Prewitt": 1, "Sobel": 2, "Scharr": 10 / 3})

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# To the eye they are alike, and yet one number, 2 or 3⅓, makes the error ten times as large or as small.
# And the best $a$ is not the same for fine and for coarse rings: a kernel is a compromise about pictures.
# So why not leave the choice to the pictures? We come back to this in the last part.
#
# </details>

# %% [markdown]
# ## Convolution, the original
#
# **Before you run the next cell**: the picture is black but for a single bright pixel in the middle. The kernel
# holds the numbers 1 to 9. What will `cross_correlate2d` give?

# %% tags=["nbval-ignore-output"]
point = np.zeros((5, 5), int)
point[2, 2] = 1
numbers = np.arange(1, 10).reshape(3, 3)
helpers.show_cells([point, numbers, cross_correlate2d(point, numbers)], ["picture", "kernel", "result"])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The kernel, turned by half a turn! Follow the pixel: as the window moves to the right, the bright pixel
# moves to the *left* inside it. It meets the right column first.
#
# </details>
#
# Physicists want it the other way. A star is a point, a lens smears it into a spot, and the picture of a point
# should *be* that spot. So they turn the kernel by half a turn beforehand: both axes are flipped. That is
# **convolution**, written $X * K$:
#
# $$(X*K)_{hw}=\sum_{r=0}^{f_H-1}\sum_{c=0}^{f_W-1}K_{f_H-1-r,\;f_W-1-c}\;X_{h+r,\,w+c}$$
#
# *By hand*, one window:
#
# $$X=\begin{pmatrix}5&6\\7&8\end{pmatrix}\quad K=\begin{pmatrix}1&2\\3&4\end{pmatrix}\quad\text{flipped: }
# \begin{pmatrix}4&3\\2&1\end{pmatrix}\quad\longrightarrow\quad 20+18+14+8=60$$
#
# Without flipping it would be $5+12+21+32=70$.
#
# ### Exercise 4: `convolve2d`
#
# Convolve a picture with a kernel. Only windows inside the picture count (this is called *valid*): no padding,
# stride 1.
#
# - in: `image` $(n_H, n_W)$; `kernel` $(f_H, f_W)$. As before, either may hold whole numbers,
#   and the other fractions.
# - out: $(n_H-f_H+1,\;n_W-f_W+1)$
#
# Difficulty 2 of 5, about 10 minutes, 10 points.


# %%
def convolve2d(image, kernel):
    """Convolution in the strict sense: the kernel is flipped along both axes before it slides.

    image   (n_H, n_W)
    kernel  (f_H, f_W)
    Returns (n_H - f_H + 1, n_W - f_W + 1).
    """
    ### BEGIN SOLUTION
    return cross_correlate2d(image, kernel[::-1, ::-1])
    ### END SOLUTION


# %%
check(convolve2d)

# %% [markdown]
# **Before you run the next cell**: TensorFlow has an operation named `conv2d`, SciPy a function named
# `convolve2d`. Which of your two functions does each of them compute? (TensorFlow takes a few seconds to load.)

# %%
import scipy.signal
import tensorflow as tf

picture = np.random.default_rng(1).normal(size=(6, 7))
kernel = np.arange(1.0, 10).reshape(3, 3)
by_tensorflow = tf.nn.conv2d(picture[None, :, :, None], kernel[:, :, None, None], 1, "VALID")[0, :, :, 0]
by_scipy = scipy.signal.convolve2d(picture, kernel, mode="valid")
for name, result in {"tf.nn.conv2d": by_tensorflow, "scipy.signal.convolve2d": by_scipy}.items():
    print(f"{name:24} cross-correlates: {np.allclose(result, cross_correlate2d(picture, kernel))}", end="   ")
    print(f"convolves: {np.allclose(result, convolve2d(picture, kernel))}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A convolutional network does not convolve. It may do as it likes: if its kernels are learned, a flipped kernel
# is learned as easily as an upright one.
#
# </details>
#
# And yet there is something that only convolution can do.
#
# ### Two kernels, one after the other
#
# First blur the picture with a kernel $A$, so that its noise does not count, then look for edges with a kernel
# $B$. John Canny's famous edge detector (1986) begins in this way. Can the two be made one, so that a long film
# needs one run for each picture? For convolution, yes: it is **associative**,
#
# $$(X*A)*B\;=\;X*(A*B)$$
#
# where $A*B$ counts windows that stick out too, so two 3 x 3 kernels become one of 5 x 5. We take two
# kernels of random whole numbers, so that nothing is symmetric by chance.

# %%
rng = np.random.default_rng(2)
A, B = rng.integers(-3, 4, (2, 3, 3))
in_two = convolve2d(convolve2d(coins, A), B)
in_one = convolve2d(coins, convolve2d(np.pad(A, 2), B))
print(f"convolution:       largest number {np.abs(in_two).max():.1f}", end=", ")
print("two steps equal one:", np.allclose(in_two, in_one, rtol=0, atol=1e-9))
in_two = cross_correlate2d(cross_correlate2d(coins, A), B)
in_one = cross_correlate2d(coins, cross_correlate2d(A, B, padding=2))
print(f"cross-correlation: largest number {np.abs(in_two).max():.1f}", end=", ")
print(f"two steps and one differ by up to {np.abs(in_two - in_one).max():.1f}")

# %% [markdown]
# For cross-correlation it is not even roughly true. With a blur and Sobel's kernel the failure has a look
# of its own. **Before you run the next cell**: the blur is the same from all sides. What can go wrong?

# %% tags=["nbval-ignore-output"]
blur = np.outer([1, 2, 1], [1, 2, 1]) / 16
in_two = cross_correlate2d(cross_correlate2d(coins, blur), sobel)
in_one = cross_correlate2d(coins, cross_correlate2d(blur, sobel, padding=2))
helpers.show_pictures([in_two, in_one], ["first blur, then Sobel", "blur and Sobel made one"], width=3.2)

# %%
mended = cross_correlate2d(coins, convolve2d(np.pad(blur, 2), sobel))
print("made one by cross-correlation, black and white are exchanged:", np.allclose(in_two, -in_one))
print("made one by convolution, it is right:", np.allclose(in_two, mended))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Where does the sign come from? In two steps, the pixel at $h+r_1+r_2$ is multiplied by $A_{r_1}B_{r_2}$.
# So the one kernel must hold, at place $r$, the sum of all $A_{r_1}B_{r_2}$ with $r_1+r_2=r$. That sum is
# $A*B$, the convolution. Cross-correlating the two kernels flips one of them, and Sobel's kernel flipped is
# its negative.
#
# </details>
#
# The same law read backwards saves work. Sobel's kernel is a column convolved with a row:

# %%
column, row = np.array([[1], [2], [1]]), np.array([[-1, 0, 1]])
print(
    "column * row is Sobel's kernel:",
    np.array_equal(convolve2d(np.pad(column, ((0, 0), (2, 2))), row), sobel),
)
in_two = cross_correlate2d(cross_correlate2d(coins, column), row)
print("first the column, then the row:", np.allclose(in_two, cross_correlate2d(coins, sobel)))

# %% [markdown]
# Six multiplications for each pixel in place of nine. **Think.** How many would it be for a blur of 15 x 15
# that is a column convolved with a row? And what do the MobileNets of week 2 have to do with this? (Guess
# now, and come back.)

# %% [markdown]
# ## Let the machine find the kernel
#
# Sobel thought of his nine numbers. Suppose that he had not, and that you had only *examples*: pictures
# $X_i$, and for each the edges $T_i$ that somebody wants to see. Begin with a kernel of zeros and measure
# how wrong it is, by the mean square over all numbers of all targets, $N=m\,(n_H-2)(n_W-2)$ of them:
#
# $$J(K)=\frac1N\sum_{i,h,w}E_{ihw}^2\qquad E_{ihw}=\sum_{r,c}K_{rc}\,X_{i,\,h+r,\,w+c}-T_{ihw}$$
#
# How does $J$ change with one number $K_{rc}$? That number meets the pixel $X_{i,\,h+r,\,w+c}$ in each window:
#
# $$\frac{\partial J}{\partial K_{rc}}=\frac2N\sum_{i,h,w}E_{ihw}\,X_{i,\,h+r,\,w+c}$$
#
# Then take a step downhill, $K\leftarrow K-\alpha\,\partial J/\partial K$, and do it all again. That is
# **gradient descent**, and $\alpha$ is the **learning rate**.
#
# *By hand.* One picture of one window, $\alpha=0.25$, and its target is $4$. The kernel of zeros gives
# $0$, so $E=-4$, and with $N=1$ the gradient is $2\cdot(-4)$ times the window:
#
# $$X=\begin{pmatrix}0&0&0.5\\0&0&1\\0&0&0.5\end{pmatrix}\quad
# K\leftarrow 0+0.25\cdot 8\,X=\begin{pmatrix}0&0&1\\0&0&2\\0&0&1\end{pmatrix}$$
#
# Now the output is $0.5+2+0.5=3$, and $E=-1$. The next step makes $E=-0.25$. Half of Sobel's kernel is
# there already.
#
# ### Exercise 5: `learn_kernel`
#
# Find a 3 x 3 kernel by gradient descent. Start from zeros, use all pictures in every step, and keep the
# learning rate as it is.
#
# - in: `images` $(m, n_H, n_W)$; `targets` $(m, n_H-2, n_W-2)$; `steps`; `learning_rate`
# - out: the kernel $(3, 3)$ after so many steps
# - the output is a cross-correlation: stride 1, no padding
#
# `windows[i, h, w]` below is the window of picture `i` at `(h, w)`, an array $(3, 3)$. Thousands of steps
# will follow, so let NumPy do the sums over $i$, $h$ and $w$. TensorFlow's `GradientTape` is welcome too:
# return an array then, `kernel.numpy()`.
#
# Difficulty 4 of 5, about 30 minutes, 20 points.


# %%
def learn_kernel(images, targets, steps, learning_rate):
    """Finds a kernel by gradient descent on the mean squared error.

    images         (m, n_H, n_W)
    targets        (m, n_H - 2, n_W - 2), what the cross-correlation with the kernel should give
    steps          how many steps to take
    learning_rate  how far to go in each of them
    Returns the kernel (3, 3).
    """
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    kernel = np.zeros((3, 3))
    for _ in range(steps):
        # error (m, n_H - 2, n_W - 2): what the kernel gives at each window, minus the target
        ### BEGIN SOLUTION
        error = np.einsum("ihwrc,rc->ihw", windows, kernel) - targets
        ### END SOLUTION

        # gradient (3, 3): the slope of the mean squared error by each number of the kernel
        ### BEGIN SOLUTION
        gradient = 2 / targets.size * np.einsum("ihwrc,ihw->rc", windows, error)
        ### END SOLUTION

        # one step downhill
        ### BEGIN SOLUTION
        kernel = kernel - learning_rate * gradient
        ### END SOLUTION
    return kernel


# %%
check(learn_kernel)

# %% [markdown]
# The first examples: twenty pictures of pure noise, each pixel drawn by itself, with their Sobel edges as
# targets. The function knows nothing of Sobel but these.
#
# **Before you run the next cell**: how many steps until the kernel can be read?


# %%
def sobel_edges(pictures):
    """The targets for pictures (m, n_H, n_W)."""
    return np.stack([cross_correlate2d(picture, sobel) for picture in pictures])


def kernels_after(stops, images, learning_rate):
    """The kernel that is learned from the Sobel edges of images, after each of these numbers of steps."""
    targets = sobel_edges(images)
    return [learn_kernel(images, targets, steps, learning_rate) for steps in stops]


rng = np.random.default_rng(1)
noise = rng.normal(size=(20, 16, 16))
kernel = learn_kernel(noise, sobel_edges(noise), steps=30, learning_rate=0.2)
print("after 30 steps:")
print(np.round(kernel, 2) + 0.0)
print("within 1e-2 of Sobel's kernel:", np.abs(kernel - sobel).max() < 1e-2)

# %% tags=["nbval-ignore-output"]
stops = [1, 3, 10, 30]
cells = [np.round(kernel, 2) + 0.0 for kernel in kernels_after(stops, noise, 0.2)]
helpers.show_cells(cells, [f"steps: {steps}" for steps in stops])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# There it is. After one step the pattern can be read, and after thirty it is Sobel's, to six digits.
#
# </details>
#
# ### Photographs are harder than noise
#
# Noise is dull. A photograph has real edges in it, so it should teach better. We cut 16 squares out of a
# photograph of a coffee cup, subtract their mean, and ask for Sobel's edges again. The learning rate may even be
# larger here.
#
# **Before you run the next cell**: noise took about ten steps to come within 0.01 of Sobel's kernel. How many times as
# many will the photograph take: three, ten, a hundred?

# %%
patches = helpers.cut_patches(helpers.real_photograph("coffee"), m=16, n=20, seed=1)
patches = patches - patches.mean()
for steps in (10, 3000):
    kernel = learn_kernel(patches, sobel_edges(patches), steps, learning_rate=1.5)
    print(f"after {steps:5,} steps within 1e-2 of Sobel's kernel:", np.abs(kernel - sobel).max() < 1e-2)

# %% tags=["nbval-ignore-output"]
stops = [1, 3, 10, 30, 100, 300, 1000, 3000]
learned = {"noise": kernels_after(stops[:4], noise, 0.2), "coffee": kernels_after(stops, patches, 1.5)}
curves = {name: [np.abs(kernel - sobel).max() for kernel in kernels] for name, kernels in learned.items()}
helpers.show_curves(stops, curves, "steps", "largest difference from Sobel")
cells = {steps: np.round(kernel, 2) + 0.0 for steps, kernel in zip(stops, learned["coffee"], strict=True)}
chosen = [10, 100, 1000, 3000]
helpers.show_cells([cells[steps] for steps in chosen], [f"coffee, steps: {steps}" for steps in chosen])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# More than a thousand, about a hundred times as many.
#
# </details>
#
# Why? Ask how much neighbours have to do with each other, and how large the *output's* error is while the
# kernel is still wrong:

# %%
for name, images in {"noise": noise, "coffee": patches}.items():
    alike = np.corrcoef(images[:, :, :-1].ravel(), images[:, :, 1:].ravel())[0, 1]
    print(f"{name:7} correlation of a pixel with its right neighbour: {abs(alike):.2f}")
targets = sobel_edges(patches)
kernel = learn_kernel(patches, targets, 100, 1.5)
error = np.stack([cross_correlate2d(patch, kernel) for patch in patches]) - targets
print(f"coffee after 100 steps: the kernel is off by {np.abs(kernel - sobel).max():.1f}")
print("its squared error is below 2% of the targets' square:", np.mean(error**2) < 0.02 * np.mean(targets**2))

# %% [markdown]
# In a photograph a pixel's neighbour is nearly the pixel itself. Whether the kernel takes its number from one
# or from the other hardly changes the output, so the error is tiny, its slope is tiny, and the steps are tiny.
# A wrong kernel can look right for a long time. In noise every pixel speaks for itself, and each error is seen
# at once. Remember this when a network's loss stops falling: what it has seen may be too much alike.
#
# **Think.** What would happen without `patches - patches.mean()`? Try it with the learning rate 1.5, then
# with 0.3.
#
# <details><summary>One answer</summary>
#
# With 1.5 it explodes: all nine pixels of a window share the same brightness, the slope along this shared
# direction is steep, and the step jumps over the valley and up the other side. With 0.3 it is safe, and slow:
# between five and six thousand steps.
#
# </details>
#
# ### Bad teachers
#
# Two more experiments with noise pictures. First, targets that are half nonsense: to each number we add a
# random one, as large as the targets themselves. Second, the right edges in the wrong place: all targets
# moved by one pixel, so that each window is told what the window to its *right* should have said.
#
# **Before you run the next cell**: draw the two kernels that will be learned.


# %%
def badly_taught():
    """The kernels learned from targets with noise on them, and from targets that belong one pixel aside."""
    rng = np.random.default_rng(1)
    wide = rng.normal(size=(20, 16, 17))
    here, beside = sobel_edges(wide[:, :, :-1]), sobel_edges(wide[:, :, 1:])
    messy = here + rng.normal(0, here.std(), here.shape)
    return [learn_kernel(wide[:, :, :-1], targets, 100, 0.2) for targets in (messy, beside)]


from_messy, from_beside = badly_taught()
print("half nonsense: the kernel is within 0.3 of Sobel's:", np.abs(from_messy - sobel).max() < 0.3)
print("moved aside: rounded to whole numbers")
print(np.round(from_beside) + 0.0)

# %% tags=["nbval-ignore-output"]
helpers.show_cells([np.round(kernel, 2) + 0.0 for kernel in badly_taught()], ["half nonsense", "moved aside"])

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Nonsense that is random cancels: nine numbers are learned from 3,920 targets, and Sobel shines through. An
# error with a *system* in it does not cancel. Of the kernel that would be needed, one column lies outside
# of the window, and what remains is the half that can still be reached. A network can only find what its
# windows see.
#
# </details>
#
# One step is still missing on the way to a network. Here somebody had to say for every pixel what the edges should
# be. In 1989 Yann LeCun and his colleagues asked only for the digit in the picture, and sent the error back through
# all layers to kernels that nobody had drawn. When Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton did the same
# with a million photographs in 2012 and looked at the first layer, they saw edges at many angles, and blobs of
# colour.

# %% [markdown]
# ## In short
#
# - A picture is numbers, and they change with the light. **Differences** of neighbours change less, and the
#   *direction* of an edge not at all.
# - A **kernel** is a small array that slides over the picture: multiply, add up, move on. If its numbers add up
#   to 0, it is blind to the brightness.
# - $\lfloor (n+2p-f)/s\rfloor+1$ numbers come out. $p=(f-1)/2$ keeps the size at stride 1.
# - Networks **cross-correlate**. **Convolution** flips the kernel first. Then a bright point becomes the
#   kernel itself, and two kernels in a row can be made one.
# - Nine numbers can be thought up (Sobel), computed (Scharr), or **learned**, from examples alone.
# - Random errors in the targets cancel, systematic ones do not, and inputs that are much alike make learning
#   slow even while the loss looks good.
#
# The next lesson gives the kernel depth, puts a batch around it, and sends gradients back through it.
#
# **Key terms**
#
# | English | 中文 |
# |---|---|
# | computer vision | 计算机视觉 |
# | pixel, brightness | 像素，亮度 |
# | edge detection | 边缘检测 |
# | kernel (filter) | 卷积核（滤波器） |
# | cross-correlation | 互相关 |
# | convolution | 卷积 |
# | padding | 填充 |
# | stride | 步幅 |
# | image gradient | 图像梯度 |
# | associativity | 结合律 |
# | separable kernel | 可分离卷积核 |
# | gradient descent | 梯度下降 |
# | learning rate | 学习率 |
# | mean squared error | 均方误差 |
#
# **Papers**
#
# - D. H. Hubel, T. N. Wiesel: *Receptive fields of single neurones in the cat's striate cortex*, 1959
# - D. H. Hubel, T. N. Wiesel: *Receptive fields, binocular interaction and functional architecture in the cat's
#   visual cortex*, 1962
# - I. Sobel, G. Feldman: *An isotropic 3x3 image gradient operator*, 1968: a talk at the Stanford Artificial
#   Intelligence Project
# - J. M. S. Prewitt: *Object enhancement and extraction*, 1970
# - J. Canny: *A computational approach to edge detection*, 1986
# - Y. LeCun, B. Boser, J. S. Denker and others: *Backpropagation applied to handwritten zip code recognition*,
#   1989
# - H. Scharr: *Optimale Operatoren in der Digitalen Bildverarbeitung*, 2000, thesis, Heidelberg
# - N. Dalal, B. Triggs: *Histograms of oriented gradients for human detection*, 2005
# - A. Krizhevsky, I. Sutskever, G. E. Hinton: *ImageNet classification with deep convolutional neural
#   networks*, 2012
# - V. Dumoulin, F. Visin: *A guide to convolution arithmetic for deep learning*, 2016. arXiv:1603.07285
#
# The photographs come with scikit-image: camera (Lav Varshney), coffee (Rachel Michetti) and Chelsea the
# cat (Stéfan van der Walt) are CC0, and so are the brick wall (CC0Textures) and the grass (linolafett). The
# coins are from the Brooklyn Museum, "no known copyright restrictions".

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
