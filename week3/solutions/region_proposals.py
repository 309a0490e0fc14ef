# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Region proposals
#     order: 4
#     minutes: 120
#     runs: 1
#     terms: [region proposal, selective search, R-CNN, Fast R-CNN, RoI pooling]
# ---

# %% [markdown]
# # Region proposals: ask the picture first
#
# YOLO looks once. Before it there was another idea, and for two years it was the best there was.
#
# Think of a child that cannot read and is given a newspaper. It cannot say what is written, but it can say
# *where* something is written: here is a block of grey, there is a photograph, that black line is a title. Things
# hang together. They have a colour, a grain, an edge around them. So do not try a window in every place. Ask the
# picture where something might be, and show only those places to a network.
#
# The part that asks the picture knows nothing of cars. It has not been trained. It does not contain one
# learned number. Keep that in mind when you see what it finds.
#
# **At the end you can**
# - let a picture fall into pieces, and put the pieces together until there is one box for every thing;
# - measure whether proposals are good, before any network has seen them;
# - build **R-CNN** on them, and say where its time goes;
# - build the layer that made **Fast R-CNN** fast, and say what was slow after that.
#
# About two hours. Four exercises, 50 points.

# %%
from functools import cache

import workbook

workbook.start("region_proposals")

import keras
import numpy as np
import tensorflow as tf

import detector
import helpers
import proposal_figures as figures
import proposals
import windows
from postprocess import iou_matrix, suppress
from proposals import Region, initial_regions, warp
from workbook import check, hint
from workbook.data import load_roads

# %% [markdown]
# The streets are those of the last lesson. What we look for are cars of at least 12 pixels in width and height. Four
# of the sixty scenes, with their cars:

# %% tags=["nbval-ignore-output"]
roads = load_roads()
X, truth = roads.X_test[:60], [proposals.cars(boxes) for boxes in roads.boxes_test[:60]]
shown = [i for i in range(60) if len(truth[i])][:4]
helpers.show_scenes([X[i] for i in shown], [truth[i] for i in shown])

# %% [markdown]
# **Write down a guess**: how many boxes are there in a picture of 96 x 128 pixels, if their corners lie between
# the pixels? Ten thousand? A hundred thousand?

# %%
n_H, n_W = X.shape[1:3]
print(f"{n_H * (n_H + 1) // 2 * (n_W * (n_W + 1) // 2):,} boxes")
print("cars to be found in the 60 scenes: more than 50:", sum(map(len, truth)) > 50)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Thirty-eight million. A choice of two edges out of 129 for left and right, and of two out of 97 for top and
# bottom.
#
# </details>
#
# We will allow ourselves **two hundred**.
#
# ## A picture falls into pieces
#
# The first step is given. Pedro Felzenszwalb and Daniel Huttenlocher (2004) begin with single pixels and join
# neighbours for as long as the step in colour between two pieces is no larger than the steps inside them. A
# number, the scale, says how much larger a step may be for a small piece: the larger it is, the larger the pieces.

# %% tags=["nbval-ignore-output"]
street = shown[1]
several = [proposals.small_pieces(X[street], "rgb", scale)[0] for scale in (30, 100, 400)]
figures.show_pieces(
    X[street],
    several,
    [f"scale {s}: {p.max() + 1} pieces" for s, p in zip((30, 100, 400), several, strict=True)],
)

# %% [markdown]
# Look for the cars. With a small scale a car is ten pieces: windows, roof, wheels, shadow. With a large one it
# has run into the road. **Think before you read on:** is there a scale that is right for all cars?
#
# There is none. A near car is large and has many colours, a far one is a spot. This is the point of the whole
# lesson: *do not choose a scale*. Begin with small pieces, join two, join two more, until all is one. On the way
# a car is whole for a while, with some luck, and at that moment you note its box.
#
# ## Which two belong together?
#
# For each piece, from now on a **region**, we know four things:
#
# | | | |
# |:--|:--|:--|
# | `box` | $(x_1, y_1, x_2, y_2)$ | its corners, as shares of the picture's width and height, from 0 to 1 |
# | `size` | number | its pixels, as a share of all pixels |
# | `colour` | $(75,)$ | a histogram of its colours: 25 bins for each channel; all add up to 1 |
# | `texture` | $(60,)$ | a histogram of its steps from pixel to pixel; all add up to 1 |
#
# Jasper Uijlings and his colleagues (2013) call two regions $a$ and $b$ similar by four
# measures, and add them up:
#
# $$ s_{\text{colour}} = \sum_k \min(a_k, b_k) \qquad s_{\text{texture}} = \sum_k \min(a_k, b_k) $$
#
# with the histograms of colour and of texture. What both have in common: 1 for equal histograms, 0 where no bin
# is shared.
#
# $$ s_{\text{size}} = 1 - \text{size}(a) - \text{size}(b) $$
#
# Small regions first. Without it one region would eat its neighbours one by one, and no box but its own would
# ever be seen.
#
# $$ s_{\text{fill}} = 1 - \big(\text{area}(BB) - \text{size}(a) - \text{size}(b)\big) $$
#
# $BB$ is the smallest box that holds both boxes, its area again a share of the picture. What is left of it when
# both regions are taken out is the gap. Regions that fit into each other leave none: a windscreen in its car.
#
# *By hand.* $a$: box $(0, 0, 0.5, 0.5)$, size $0.2$, colour $(0.5, 0.5, 0)$, texture $(1, 0)$. $b$: box
# $(0.5, 0, 1, 0.5)$, size $0.1$, colour $(0.25, 0.5, 0.25)$, texture $(0.5, 0.5)$.
# Colour: $0.25 + 0.5 + 0 = 0.75$. Texture: $0.5 + 0$. Size: $1 - 0.3 = 0.7$. $BB = (0, 0, 1, 0.5)$ has an area of
# $0.5$, the gap is $0.5 - 0.3 = 0.2$, fill $0.8$. Together **2.75**.
#
# ### Exercise 1: `region_similarity`
#
# **Return** the sum of the four measures.
#
# - in: `a`, `b`, regions: `a.box` $(4,)$, `a.size`, `a.colour` and `a.texture`, NumPy arrays
# - out: one number, at most 4
#
# Difficulty 2 of 5, about 15 minutes, 10 points.


# %%
def region_similarity(a, b):
    """How well two regions go together: colour, texture, size and fill, each at most 1.

    a, b  regions with box (4,) and size as shares of the picture, and histograms colour and texture
    Returns one number.
    """
    # what the histograms have in common
    ### BEGIN SOLUTION
    colour = np.minimum(a.colour, b.colour).sum()
    texture = np.minimum(a.texture, b.texture).sum()
    ### END SOLUTION

    # small regions first
    ### BEGIN SOLUTION
    size = 1 - a.size - b.size
    ### END SOLUTION

    # the box around both, and what they leave empty in it
    ### BEGIN SOLUTION
    x1, y1 = np.minimum(a.box[:2], b.box[:2])
    x2, y2 = np.maximum(a.box[2:], b.box[2:])
    fill = 1 - ((x2 - x1) * (y2 - y1) - a.size - b.size)
    ### END SOLUTION
    return colour + texture + size + fill


# %%
check(region_similarity)

# %% [markdown]
# ## Join, and note every box
#
# Now the algorithm, and it is a short one:
#
# 1. Compute the similarity of all pairs of neighbours.
# 2. Take the most similar pair, and make a new region of it.
# 3. Forget all pairs that held one of the two. The new region is a neighbour of all that were neighbours of
#    either; compute those similarities.
# 4. Go on until there are no neighbours left. The boxes of *all* regions, the first ones and the new ones, are
#    the proposals.
#
# The new region needs no second look at the pixels. Its box is the box around both. Its size is the sum. And its
# histograms are means, **weighted by size**, for a large region has more pixels to say what it looks like:
#
# $$ \text{colour} = \frac{\text{size}(a)\,\text{colour}(a) + \text{size}(b)\,\text{colour}(b)}{\text{size}(a) + \text{size}(b)} $$
#
# *By hand.* With $a$ and $b$ from above: $(0.2 \cdot 0.5 + 0.1 \cdot 0.25) / 0.3 = 0.417$, then $0.5$, then
# $0.083$. They add up to 1, as before. Three regions in a row, 0 - 1 - 2, with the similarities $3.1$ (0 and 1)
# and $2.9$ (1 and 2): regions 0 and 1 become region 3, its neighbour is 2, both become region 4. Five boxes.
#
# **Predict:** how many boxes do 100 regions give?
#
# ### Exercise 2: `propose_regions`
#
# **Build** the loop.
#
# - in: `image` $(n_H, n_W, 3)$; `segment`, a function of the image that gives back the first regions, a list, and
#   the neighbours, a list of pairs $(i, j)$ of numbers in it, $i < j$
# - out: the boxes $(n, 4)$ of all regions in **pixels** of the image, fractions and all, $x_1, y_1, x_2, y_2$, in any
#   order; each box once. (A ring and what fills its hole together have the box of the ring.)
# - A picture may consist of parts that are no neighbours at all. Then the loop ends with more than one region.
# - `Region(box, size, colour, texture)` makes a region. Compute a similarity once and keep it: there are many rounds.
#
# Difficulty 4 of 5, about 40 minutes, 16 points.


# %%
def propose_regions(image, segment=initial_regions):
    """Boxes where something might be: those of all regions of a grouping from the bottom up.

    image    (n_H, n_W, 3)
    segment  a function of the image: the first regions, a list, and pairs (i, j) of neighbours
    Returns boxes (n, 4), x1, y1, x2, y2 in pixels, each once. (Uijlings et al. 2013, algorithm 1)
    """
    regions, neighbours = segment(image)
    regions = list(regions)

    # the similarity of each pair of neighbours: {(i, j): similarity}
    ### BEGIN SOLUTION
    S = {(i, j): region_similarity(regions[i], regions[j]) for i, j in neighbours}
    ### END SOLUTION

    # merge the most similar two, until there are no neighbours left
    ### BEGIN SOLUTION
    while S:
        i, j = max(S, key=S.get)
        a, b = regions[i], regions[j]
        size = a.size + b.size
        box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
        colour = (a.size * a.colour + b.size * b.colour) / size
        texture = (a.size * a.texture + b.size * b.texture) / size
        regions.append(Region(box, size, colour, texture))

        gone = [pair for pair in S if i in pair or j in pair]
        near = {k for pair in gone for k in pair} - {i, j}
        for pair in gone:
            del S[pair]
        for k in near:
            S[k, len(regions) - 1] = region_similarity(regions[k], regions[-1])
    ### END SOLUTION

    # all boxes in pixels, each once
    ### BEGIN SOLUTION
    n_H, n_W = image.shape[:2]
    return np.unique([region.box for region in regions], axis=0) * [n_W, n_H, n_W, n_H]
    ### END SOLUTION


# %%
check(propose_regions)

# %% [markdown]
# One hundred regions: 99 times two become one, so 199 boxes, if none comes twice. Here they are for one street,
# sorted by size. The dashed boxes are the cars.

# %% tags=["nbval-ignore-output"]
street = shown[1]
boxes = propose_regions(X[street])
print(len(initial_regions(X[street])[0]), "regions,", len(boxes), "boxes")
figures.show_regions(X[street], np.asarray(boxes), truth[street])

# %% [markdown]
# A box on the left is the whole picture. On the right there are spots that were never worth a look. In between
# lies, if all went well, one box for each car. And for each window, each tree, each hole in a cloud.
#
# ## Are they any good?
#
# That can be measured before there is a network: what share of the cars is met by at least one proposal, with an
# IoU of 0.5 or more? This **recall** is the ceiling for all that comes after. What has not been proposed will
# never be detected.
#
# One grouping is not enough. In RGB a red car in front of a brown wall runs into the wall; in another colour space it
# may not. So the paper runs the same algorithm several times, with other first regions, and puts all boxes together.
# `proposals.proposals_of` asks your function four times: in RGB with very small pieces; in RGB with small ones and
# without their colours; in Lab, which is made after the eye; and in HSV, which has hue and brightness apart. Then it
# throws away boxes below 10 pixels, and of two that nearly agree the later one.
#
# And the order? Whoever takes only the first 200 wants good ones first. Large regions were made of many similar steps
# and are more often things; but only large ones would be no use either. The paper's answer is charming: rank the boxes
# from the top of the hierarchy down (here: by size), and multiply each rank by a *random number* from 0 to 1. Large
# ones are early on average, and every size has its chance.


# %%
@cache
def proposed():
    """The proposals for each of the 60 scenes, best first: a list of arrays (n, 4)."""
    return [proposals.proposals_of(image, propose_regions) for image in X]


# %% [markdown]
# **Before you run the next cell**, draw two curves: the share of cars found, against the number of boxes for each
# picture. One for your proposals; one for windows of six shapes, laid out evenly. And a third, for boxes drawn at
# random. Where is each at 200?

# %% tags=["nbval-ignore-output"]
counts = [10, 25, 50, 100, 200]
curves = {"proposals": proposals.recall(proposed(), truth, counts)}
evenly = [proposals.recall([proposals.window_boxes(n, (n_H, n_W))] * 60, truth, [n])[0] for n in counts]
at_random = [proposals.random_boxes(200, (n_H, n_W), seed) for seed in range(60)]
curves |= {"windows": np.array(evenly), "random boxes": proposals.recall(at_random, truth, counts)}
figures.show_recall(counts, curves)
for name, values in curves.items():
    print(f"{name:12}", "  ".join(f"{n}: {value:.2f}" for n, value in zip(counts, values, strict=True)))

# %%
found = proposals.recall(proposed(), truth, [200])[0]
print("200 proposals find at least 0.9 of the cars:", bool(found >= 0.9))
windowed = proposals.recall([proposals.window_boxes(200, (n_H, n_W))] * 60, truth, [200])[0]
print("windows would find fewer than 0.7:", bool(windowed < 0.7))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Nine of ten cars, with two hundred boxes out of thirty-eight million, from an algorithm that does not know
# what a car is. (We had 51 of 55; a car more or less is two percent. On 150 other scenes with 116 cars, on
# which we chose the four looks, it was 0.92. Some smaller settings were chosen while looking at these 60.)
#
# </details>
#
# Here is the best proposal for each car in four of the scenes.

# %% tags=["nbval-ignore-output"]
boxes = [proposed()[i][:200] for i in shown]
tables = [iou_matrix(truth[i], each) for i, each in zip(shown, boxes, strict=True)]
figures.show_best([X[i] for i in shown], boxes, [truth[i] for i in shown], tables)

# %% [markdown]
# **Think.** Which cars come near to being missed? Look for a low number, and ask which of the four measures led the
# grouping astray there. A car half behind another one: which box would the grouping give?
#
# ## R-CNN: a network on every crop
#
# Ross Girshick and his colleagues (2014) did the obvious thing, and it changed the field: cut out every
# proposal, bring it to the size that a classifier wants, ask the classifier. **R**egions with **CNN** features. Tall or
# wide, every crop is squeezed into the same square.
#
# 1. Crops: what lies in each proposal, brought to `size` x `size` pixels. `warp(image, boxes, size)` does it.
# 2. Ask the classifier, **once, for all crops together**. It gives probabilities; class 0 is **background**.
# 3. A proposal shows its most probable class. Where that is the background, or its probability is below
#    `score_threshold`, the proposal goes.
# 4. Non-max suppression, each class by itself.
#
# *By hand*, with the thresholds 0.5 and 0.3, classes: 0 background, 1 car, 2 large vehicle.
#
# | proposal | most probable | probability | |
# |:--|:--|--:|:--|
# | $(8, 8, 40, 32)$ | car | 0.75 | goes: overlaps the next by an IoU of $576/960 = 0.6$ |
# | $(16, 8, 48, 32)$ | car | 0.875 | stays |
# | $(60, 20, 100, 60)$ | large vehicle | 0.5 | stays: it meets the threshold |
# | $(10, 50, 40, 75)$ | background | 0.9375 | goes |
#
# ### Exercise 3: `rcnn_detect`
#
# **Return** what a classifier sees in the proposals.
#
# - in: `image` $(n_H, n_W, 3)$ uint8; `classifier`, from crops $(n, size, size, 3)$, values from 0 to 255, to
#   probabilities $(n, 1 + C)$: call `classifier(crops)`; `proposals` $(n, 4)$, corners in pixels;
#   `score_threshold`, `iou_threshold`: a box goes where its IoU with a better one that stays is above it; `size`
# - out: `scores` $(k,)$, `boxes` $(k, 4)$, as the proposals are, and `classes` $(k,)$, the classifier's numbers,
#   1 to $C$; in any order
# - There may be no proposals at all, $(0, 4)$. Then all three are empty.
# - `suppress(boxes, scores, classes, iou_threshold)` gives back the numbers of the boxes that stay, class by class.
#   You built its like in the last lesson.
#
# Difficulty 3 of 5, about 25 minutes, 14 points.


# %%
def rcnn_detect(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    """What a classifier of crops sees in the proposals for a picture.

    image            (n_H, n_W, 3) uint8
    classifier       from crops (n, size, size, 3), 0 to 255, to probabilities (n, 1 + C); 0 is background
    proposals        (n, 4) x1, y1, x2, y2 in pixels; n may be 0
    score_threshold  the least probability that counts
    iou_threshold    a box that overlaps a better one of its class by more goes
    size             of the crops, pixels
    Returns scores (k,), boxes (k, 4) and classes (k,), 1 to C. (Girshick et al. 2014)
    """
    # all crops, all probabilities
    ### BEGIN SOLUTION
    probabilities = np.asarray(classifier(warp(image, proposals, size)))
    ### END SOLUTION

    # the class of each proposal and its score; which are sure enough, and not background
    ### BEGIN SOLUTION
    classes, scores = probabilities.argmax(axis=1), probabilities.max(axis=1)
    keep = (classes > 0) & (scores >= score_threshold)
    scores, boxes, classes = scores[keep], proposals[keep], classes[keep]
    ### END SOLUTION

    # of boxes of one class that overlap, the best
    ### BEGIN SOLUTION
    kept = suppress(boxes, scores, classes, iou_threshold)
    return scores[kept], boxes[kept], classes[kept]
    ### END SOLUTION


# %%
check(rcnn_detect)

# %% [markdown]
# ### A classifier for the crops
#
# It learns from other streets. A crop that overlaps a car by an IoU of 0.5 or more shows a car; one that overlaps
# none by as much as 0.4 is background, and so is a truck. Some of the crops are boxes moved about at random near a
# car, the others are your proposals: the network should learn from what it will be shown, and that is parts of cars,
# lamp posts and bushes.


# %%
@cache
def trained():
    """A classifier of crops, its accuracy on those it learned from, and how many those were. Trains once."""
    crops, kinds = proposals.crops_to_learn(
        roads.X_train[:700], only_cars(roads.boxes_train[:700]), propose_regions
    )
    keras.utils.set_random_seed(1)
    model = proposals.crop_classifier()
    return model, proposals.train(model, crops, kinds), np.bincount(kinds)


def only_cars(boxes):
    """Of a list of arrays (n, 5) the cars, small ones too."""
    return [each[each[:, 4] == 0] for each in boxes]


@cache
def detections():
    """What R-CNN finds in each of the 60 scenes: a list of (scores, boxes, classes)."""
    model = trained()[0]
    found = [rcnn_detect(image, model, boxes[:200]) for image, boxes in zip(X, proposed(), strict=True)]
    return [tuple(np.asarray(part) for part in each) for each in found]


def marks(least_score):
    """Which detections are correct, as in the last lesson; class 1 is class 0 there, and y comes first."""
    sure = [scores >= least_score for scores, _, _ in detections()]
    found = [(s[k], b[k][:, [1, 0, 3, 2]], c[k] - 1) for k, (s, b, c) in zip(sure, detections(), strict=True)]
    return detector.match(found, only_cars(roads.boxes_test[:60]), kind=0)


# %% tags=["nbval-ignore-output"]
_, accuracy, kinds = trained()
print(f"{kinds.sum():,} crops, {kinds[1]:,} of them with a car; accuracy on them: {accuracy:.3f}")
some = [i for i in range(60) if len(truth[i])][:8]
sure = [[part[detections()[i][0] >= 0.7] for part in detections()[i]] for i in some]
helpers.show_scenes([X[i] for i in some], [b for _, b, _ in sure], scores=[s for s, _, _ in sure])

# %% tags=["nbval-ignore-output"]
for least_score in (0.5, 0.7, 0.9):
    _, correct, n_objects = marks(least_score)
    print(f"score {least_score}: {correct.sum()} of {n_objects} cars found, with {len(correct)} detections")

# %%
_, correct, n_objects = marks(0.5)
print("more than half of the cars found:", bool(correct.sum() > n_objects / 2))

# %% [markdown]
# It works, with a small network that has learned for some seconds. It also sees cars where there are none: 200
# questions for each picture, and one wrong answer in a hundred makes two of them. The YOLO of the last lesson is
# better, and had minutes.
#
# Often the network is right and the *box* is not: it has the shadow in it, or lacks the wheels, and with an IoU
# below 0.5 it counts as wrong. So the paper added a last step that we leave out, a regression from the features of
# a crop to a better box.
#
# ### Where does the time go?
#
# **Before you run the next cell**: in how many of the 200 proposals does a pixel lie, on average? Three? Ten?
# Fifty?

# %% tags=["nbval-ignore-output"]
covered = [(boxes[:200, 2:] - boxes[:200, :2]).prod(axis=1).sum() / (n_H * n_W) for boxes in proposed()]
print(f"a pixel lies in {np.mean(covered):.0f} of the 200 proposals")

# %%
count, body = 200, proposals.body()
crops = count * windows.multiplications(body, (48, 48, 3))
once = windows.multiplications(body, (96, 128, 3))
print(f"multiplications of one network on {count} crops of 48 x 48: {crops:,}")
print(f"and on the whole picture, once: {once:,}")
print(f"ratio: {crops / once:.1f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The network here is VGG-16, with which Girshick measured too: large, in both lines. But its size is not the
# point. It looks at the same pixels again and again, each time through another hole, and finds what it has found
# before. (12 times for a pixel, and yet 37 times the work: each box, however small, is enlarged to 48 x 48.)
#
# </details>
#
# You know this from the sliding windows, and you know the cure: the convolutions once, for the whole picture.
# But there all windows had the same size. Here every box is different, and a dense layer wants a fixed number of
# inputs.
#
# ## RoI pooling: cut the map, not the picture
#
# Ross Girshick's answer (2015), after an idea of Kaiming He and colleagues (2014): run the convolutions once. A box
# on the picture is a box on the map, smaller by the stride. Divide it into $h \times w$ **bins**, and take the largest
# value of each bin, each channel by itself. Whatever the box, $h \cdot w \cdot C$ numbers come out. RoI stands for
# *region of interest*.
#
# A box seldom ends where a cell ends. For a box $(x_1, y_1, x_2, y_2)$ in cells of the map, bin $i$ of $h$ has the rows
#
# $$ \text{from}\;\Big\lfloor y_1 + i\,\frac{y_2 - y_1}{h} \Big\rfloor \quad\text{up to, but not including,}\quad
# \Big\lceil y_1 + (i + 1)\,\frac{y_2 - y_1}{h} \Big\rceil, $$
#
# and always at least one. Columns likewise, with $w$. A cell that is cut in two counts for both bins.
#
# *By hand.* Size 2, the box $(0, 0, 4, 3)$, so the whole of this map:
#
# $$\begin{pmatrix} 1&2&0&3\\ 4&0&5&1\\ 0&6&2&2 \end{pmatrix} \quad\longrightarrow\quad
# \begin{pmatrix} 4&5\\ 6&5 \end{pmatrix}$$
#
# Rows of bin 0: from $\lfloor 0\rfloor$ up to $\lceil 1.5\rceil = 2$, so 0 and 1. Rows of bin 1: from
# $\lfloor 1.5\rfloor = 1$ up to 3, so 1 and 2. The middle row is in both.
#
# ### Exercise 4: `roi_pool`
#
# **Pool** each box of a map.
#
# - in: `features` $(n_H, n_W, C)$; `boxes` $(n, 4)$, $x_1, y_1, x_2, y_2$ **in cells of the map**, fractions and all,
#   inside the map; `size`, one number or $(h, w)$. NumPy is enough.
# - out: an array $(n, h, w, C)$, also for one box, and for none
#
# Difficulty 3 of 5, about 20 minutes, 10 points.


# %%
def roi_pool(features, boxes, size):
    """Each box of a map as h x w bins: the maximum of each, channel by channel.

    features  (n_H, n_W, C)
    boxes     (n, 4) x1, y1, x2, y2 in cells of the map
    size      one number, or (h, w)
    Returns an array (n, h, w, C). (Girshick 2015, section 2.1)
    """
    h, w = (size, size) if np.ndim(size) == 0 else size

    # room for the bins of all boxes
    ### BEGIN SOLUTION
    pooled = np.zeros((len(boxes), h, w, features.shape[-1]), np.float32)
    ### END SOLUTION

    for n, (x1, y1, x2, y2) in enumerate(boxes):
        # the edges of the bins: which rows, which columns?
        ### BEGIN SOLUTION
        y, x = y1 + np.arange(h + 1) * (y2 - y1) / h, x1 + np.arange(w + 1) * (x2 - x1) / w
        tops, lefts = np.floor(y[:-1]).astype(int), np.floor(x[:-1]).astype(int)
        bottoms = np.maximum(np.ceil(y[1:]).astype(int), tops + 1)
        rights = np.maximum(np.ceil(x[1:]).astype(int), lefts + 1)
        ### END SOLUTION

        # the maximum of each bin
        ### BEGIN SOLUTION
        for i in range(h):
            for j in range(w):
                pooled[n, i, j] = features[tops[i] : bottoms[i], lefts[j] : rights[j]].max(axis=(0, 1))
        ### END SOLUTION
    return pooled


# %%
check(roi_pool)

# %% [markdown]
# A map of 6 x 9 cells with numbers from 0 to 53, a box from $(1.25, 1)$ to $(7.25, 5.75)$, and 2 x 3 bins.
# **Predict** the number in the upper left bin before you look to the right.

# %% tags=["nbval-ignore-output"]
features = np.random.default_rng(4).permutation(54).reshape(6, 9, 1).astype(np.float32)
box = np.array([1.25, 1, 7.25, 5.75])
figures.show_bins(features[..., 0], box, np.asarray(roi_pool(features, box[np.newaxis], (2, 3)))[0, ..., 0])

# %% [markdown]
# ## The clock
#
# Three ways of looking, with one and the same network, the convolutions of VGG-16. Their weights are those that
# they were born with. That is enough for a clock, which does not ask whether the answers are right.
#
# - **R-CNN**: 200 proposals; the network on 200 crops of 48 x 48 pixels (we time 20, and multiply); two dense layers.
# - **Fast R-CNN**: 200 proposals; the network on the picture, once; RoI pooling to 3 x 3; two dense layers.
# - **YOLO**: the network on the picture, once; a last layer that gives boxes and classes for each cell.
#
# **Before you run the next cell**, draw three bars, each divided into proposals, convolutions and the rest. How much
# shorter will the second be than the first? What is its longest part?


# %%
@cache
def clock(scene=0):
    """Seconds for one scene, {way of looking: {step: seconds}}."""
    image, boxes = X[scene], proposed()[scene][:200]
    picture, crops = (
        tf.constant(image[np.newaxis] / 255, tf.float32),
        tf.constant(warp(image, boxes, 48) / 255),
    )
    body, dense, grid = (windows.Compiled(f()) for f in (proposals.body, proposals.head, proposals.grid_head))
    maps, small = body(picture), body(crops[:20])

    propose = proposals.seconds(lambda: proposals.proposals_of(image, propose_regions), 2)
    each_crop = proposals.seconds(lambda: body(crops[:20]).numpy(), 3) * len(boxes) / 20
    once = proposals.seconds(lambda: body(picture).numpy())
    after = {
        "R-CNN": lambda: (warp(image, boxes, 48), dense(np.resize(small, (len(boxes), 3, 3, 512))).numpy()),
        "Fast R-CNN": lambda: dense(roi_pool(maps.numpy()[0], boxes / 16, 3)).numpy(),
        "YOLO": lambda: detector.decode(grid(maps).numpy(), np.full((3, 2), 0.2)),
    }
    before = {"R-CNN": (propose, each_crop), "Fast R-CNN": (propose, once), "YOLO": (0, once)}
    steps = ("proposals", "convolutions", "the rest")
    return {
        name: dict(zip(steps, (*before[name], proposals.seconds(after[name])), strict=True))
        for name in before
    }


# %% tags=["nbval-ignore-output"]
figures.show_times(clock())
for name, steps in clock().items():
    print(f"{name:10}", ", ".join(f"{step} {1000 * value:.0f} ms" for step, value in steps.items()))

# %%
times = clock()
network = {name: steps["convolutions"] for name, steps in times.items()}
print("the convolutions, at least 5 times as fast:", network["R-CNN"] > 5 * network["Fast R-CNN"])
slowest = max(times["Fast R-CNN"], key=times["Fast R-CNN"].get)
print("what takes longest in Fast R-CNN:", slowest)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# The convolutions are no longer what matters. Now the *proposals* are: the clever part that needed no
# network takes most of the time. It was the same with the real ones. The paper gives 0.3 seconds for a picture on a
# graphics card, without the proposals, and those took about two seconds more.
#
# </details>
#
# And the next step? Shaoqing Ren and his colleagues (2015) let the network propose: a small convolution runs over the
# map that is there anyway, and says for each cell and each of nine **anchors** whether something is there, and how
# the anchor should be moved. It does not say what. That is **Faster R-CNN**: five pictures a second, proposals and
# all. And if a cell can say that something is there, why not let it say what, in the same breath, and leave out the
# second look? Then you have YOLO.
#
# | | where to look | convolutions run on | since |
# |:--|:--|:--|--:|
# | sliding windows | everywhere | each window, or once | |
# | R-CNN | asks the picture | each proposal | 2014 |
# | Fast R-CNN | asks the picture | the picture, once | 2015 |
# | Faster R-CNN | asks the network | the picture, once | 2015 |
# | YOLO | does not ask | the picture, once | 2015 |
#
# Selective search has become rare. What it showed has not: that one can ask *where* before one asks *what*.
#
# ## In short
#
# - There is no right scale. **Hierarchical grouping** goes through all of them, and gives at most $2n - 1$ boxes for
#   $n$ regions.
# - Two regions go together by colour, texture, size and fill. Means of histograms are weighted by size.
# - **Recall** of the proposals is the ceiling of the detector. Several colour spaces lift it; a good order gets it
#   with few boxes.
# - **R-CNN** shows every proposal to a classifier. It looks at the same pixels many times.
# - **RoI pooling** makes a fixed number of features from a box of any shape: convolutions once, dense layers for each
#   box.
# - Make the slowest part, the bottleneck, fast, and another part is the slowest.
#
# **To think about**
# 1. $s_{\text{size}} + s_{\text{fill}}$: write the sum out. What is left of the two sizes? What do the two measures
#    say together?
# 2. Floor and ceiling move the edges of a bin by up to a cell, sixteen pixels on the picture. For which task is that too
#    much? (Look for RoI Align, in Mask R-CNN.)
# 3. Your proposals know nothing of cars. For a picture of a cell under a microscope, what would you have to change?
#    And what in YOLO?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | region proposal | 候选区域 |
# | selective search | 选择性搜索 |
# | segmentation, superpixel | 分割，超像素 |
# | hierarchical grouping | 层次聚合 |
# | histogram intersection | 直方图交 |
# | recall | 召回率 |
# | region of interest (RoI) pooling | 感兴趣区域池化 |
# | region proposal network | 区域建议网络 |
# | background | 背景 |
#
# **Papers**
# - P. Felzenszwalb, D. Huttenlocher: *Efficient graph-based image segmentation*, International Journal of Computer
#   Vision, 2004
# - J. Uijlings, K. van de Sande, T. Gevers, A. Smeulders: *Selective search for object recognition*, International
#   Journal of Computer Vision, 2013
# - R. Girshick, J. Donahue, T. Darrell, J. Malik: *Rich feature hierarchies for accurate object detection and
#   semantic segmentation*, 2014. arXiv:1311.2524
# - K. He, X. Zhang, S. Ren, J. Sun: *Spatial pyramid pooling in deep convolutional networks for visual recognition*,
#   IEEE Transactions on Pattern Analysis and Machine Intelligence, 2015. arXiv:1406.4729
# - R. Girshick: *Fast R-CNN*, 2015. arXiv:1504.08083
# - S. Ren, K. He, R. Girshick, J. Sun: *Faster R-CNN: towards real-time object detection with region proposal
#   networks*, 2015. arXiv:1506.01497

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
