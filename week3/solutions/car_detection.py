# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
#   workbook:
#     title: Car detection
#     order: 3
#     minutes: 230
#     runs: 4
# ---

# %% [markdown]
# # Car detection: look once
#
# In 2014 a good detector looked at a picture two thousand times. It guessed two thousand places where
# something might be, and showed each of them to a network. On a graphics card that took thirteen seconds. At
# 50 km/h a car goes 180 metres in that time.
#
# A year later one of its inventors, Ross Girshick, and three colleagues around Joseph Redmon asked a network
# for everything at once: *here is the whole picture, give me all boxes and all names.* It ran at 45 pictures
# a second, and they called it **YOLO**: you only look once.
#
# The price is that the network answers in a strange form, hundreds of boxes for every picture, most of them
# nonsense, and somebody has to sort them out. That somebody is you. Then you go the other way: you turn boxes
# into targets, write the loss, and train a detector of your own from nothing.
#
# **At the end you can**
# - say how well two boxes agree, and choose the few boxes that count out of hundreds;
# - find the anchors of a data set, and say what they are for;
# - turn boxes into what a network learns from, write YOLO's loss, and train it;
# - measure a detector: precision, recall, average precision.
#
# Under four hours, best taken in two parts. Eight exercises, 100 points.

# %%
from functools import cache

import workbook

workbook.start("car_detection")

import keras
import numpy as np
import tensorflow as tf

import detection_figures as figures
import detector
import helpers
from detector import scale_boxes, yolo_boxes_to_corners
from workbook import check, hint
from workbook.data import load_roads

# %% [markdown]
# Here are the streets of this lesson, drawn by a program. Day, dusk and rain; cars from behind, from the
# front, from the side; near and far, and in front of each other. We look for two kinds: **cars**, and **large
# vehicles**, which are trucks and buses together. (On 128 pixels a bus far away and a truck far away are two
# grey blocks. We tried to tell them apart, and come back to what it cost.)

# %% tags=["nbval-ignore-output"]
roads = load_roads()
boxes_train, boxes_test = detector.learnable(roads.boxes_train), detector.learnable(roads.boxes_test)
labels = [boxes[:, 4].astype(int) for boxes in boxes_train[:8]]
helpers.show_scenes(roads.X_train[:8], boxes_train[:8], labels, names=detector.CLASSES, width=3.1)

# %%
print("a picture:", roads.X_train.shape[1:], roads.X_train.dtype)
print("its boxes: x1, y1, x2, y2 in pixels, and the class;", boxes_train[0].shape[1], "numbers each")

# %% [markdown]
# ## Do two boxes agree?
#
# The network says: a car from here to there. The truth lies a little beside it. How good is that? Two boxes
# agree as far as they cover the same ground. So take the area that both cover, and divide it by the area that
# at least one covers: the **intersection over union**,
#
# $$\text{IoU}=\frac{\text{overlap}}{\text{area}_1+\text{area}_2-\text{overlap}}.$$
#
# It is 1 for equal boxes and 0 for boxes that do not meet. The overlap is in both areas, so it is taken off
# once.
#
# *By hand.* Box 1 is $(1, 1, 5, 4)$: from $x=1$ to $5$, from $y=1$ to $4$, an area of 12. Box 2 is $(3, 2,
# 7, 5)$, also 12. Both cover $x$ from 3 to 5 and $y$ from 2 to 4: an overlap of $2\cdot 2=4$. The union is
# $12+12-4=20$, and IoU is $0.2$.
#
# ### Exercise 1: `iou`
#
# **Return** the intersection over union of two boxes.
#
# - in: `box1`, `box2`, each $(4,)$: $x_1, y_1, x_2, y_2$ with $x_1<x_2$ and $y_1<y_2$, in any unit
# - out: one number from 0 to 1; 0 where the boxes do not meet
#
# *A tip.* With `np.minimum` and `np.maximum` it works for many boxes at once: unpack `boxes.T`, and each of
# the four names holds a number for every box. Exercise 3 will be grateful.
#
# Difficulty 2 of 5, about 12 minutes, 10 points.


# %%
def iou(box1, box2):
    """Intersection over union of two boxes.

    box1, box2  (4,) corners x1, y1, x2, y2
    Returns one number, 0 where the boxes do not meet.
    """
    x1, y1, x2, y2 = box1
    u1, v1, u2, v2 = box2

    # width and height of the overlap, 0 where there is none; its area
    ### BEGIN SOLUTION
    width = np.maximum(np.minimum(x2, u2) - np.maximum(x1, u1), 0)
    height = np.maximum(np.minimum(y2, v2) - np.maximum(y1, v1), 0)
    overlap = width * height
    ### END SOLUTION

    # overlap over union
    ### BEGIN SOLUTION
    return overlap / ((x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - overlap)
    ### END SOLUTION


# %%
check(iou)

# %% [markdown]
# **Before you run the next cell**: a square is shifted sideways by half its side. Its IoU with the
# place where it was is not one half.
# What is it? And two squares of 10 x 10 pixels that are off by 2 pixels in both directions: more than one
# half, or less?

# %% tags=["nbval-ignore-output"]
pairs = [((0, 0, 10, 10), (5, 0, 15, 10)), ((0, 0, 10, 10), (2, 2, 12, 12)), ((0, 0, 10, 10), (1, 1, 11, 11))]
pairs = [tuple(np.array(box, float) for box in pair) for pair in [*pairs, ((0, 0, 20, 6), (7, -7, 13, 13))]]
figures.show_overlaps(pairs, [iou(*pair) for pair in pairs])

# %%
for size in (10, 100):
    box = np.array([0.0, 0, size, size])
    print(f"{size:3} pixels, off by 2 in both directions: IoU {iou(box, box + 2):.2f}")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# A third, and less than one half. IoU is strict. By custom a box counts as found from 0.5 on, and for a car
# of 10 pixels that means: off by less than 2. Remember that when we come to small cars far away.
#
# </details>
#
# **Think.** The last pair crosses like a plus sign. The eye says "the same place". Why is the IoU so low, and
# which mistake of a detector looks like that?
#
# ## What the network says
#
# Lay a grid over the picture, here of 12 rows and 16 columns. Each cell is in charge of the objects whose
# *middle* lies in it. And in each cell there are $k$ **anchors**, boxes of fixed shapes, so that a cell can
# speak of several objects, a tall one and a wide one. Every anchor says:
#
# - where the middle is, and how wide and high the box is;
# - its **confidence** $p_c$: is there anything at all?
# - a probability for each class, $p_1,\dots,p_C$: if there is, what is it?
#
# A picture shows cars in a few places only, and $12\cdot 16\cdot 3=576$ boxes come out. So the first thing to do is
# to throw most of them away. The **score** of a box for a class is the product $p_c\cdot p_i$: there is something,
# *and* it is of this class. A box stands for its best class, and it stays where that score reaches a threshold.
#
# *By hand*, two classes, threshold $0.5$:
#
# | | $p_c$ | $p_1$ | $p_2$ | best score | class | stays |
# |:--|--:|--:|--:|--:|--:|:--|
# | first box | 0.5 | 0.75 | 0.25 | 0.375 | 0 | no |
# | second box | 0.75 | 0.25 | 0.75 | 0.5625 | 1 | yes |
# | third box | 1 | 0.5 | 0.25 | 0.5 | 0 | yes, it meets the threshold |
#
# ### Exercise 2: `yolo_filter_boxes`
#
# **Keep** the boxes whose best score is at least `threshold`.
#
# - in: `boxes` $(n_H, n_W, k, 4)$; `box_confidence` $(n_H, n_W, k, 1)$; `box_class_probs` $(n_H, n_W, k, C)$;
#   NumPy arrays of float32; `threshold`
# - out: `scores` $(n,)$, `boxes` $(n, 4)$, `classes` $(n,)$, in the order of the grid; classes count from 0
#
# NumPy or TensorFlow (`tf.boolean_mask`), as you like.
#
# Difficulty 2 of 5, about 20 minutes, 12 points.


# %%
def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    """Keeps the boxes whose best score is at least the threshold.

    boxes            (n_H, n_W, k, 4)
    box_confidence   (n_H, n_W, k, 1), from 0 to 1
    box_class_probs  (n_H, n_W, k, C), from 0 to 1
    threshold        a box whose score equals it stays
    Returns scores (n,), boxes (n, 4) and classes (n,).
    """
    # the score of every box for every class; each box's best score, and the class that has it
    ### BEGIN SOLUTION
    box_scores = box_confidence * box_class_probs
    best, classes = box_scores.max(axis=-1), box_scores.argmax(axis=-1)
    ### END SOLUTION

    # those that are sure enough
    ### BEGIN SOLUTION
    sure = best >= threshold
    return best[sure], boxes[sure], classes[sure]
    ### END SOLUTION


# %%
check(yolo_filter_boxes)

# %% [markdown]
# ## One car, one box
#
# What is left still has a flaw. A car covers many cells, and those around its middle all see a car there.
# Here is a street with boxes as a network might give them: the true ones, moved about and resized at random,
# with random scores.

# %% tags=["nbval-ignore-output"]
street = 29
crowd = detector.many_boxes(boxes_test[street], per_object=6, seed=0)
figures.show_detections(roads.X_test[street : street + 1], [crowd], detector.CLASSES, columns=2)

# %% [markdown]
# **Non-max suppression** cleans up:
#
# 1. Take the box with the highest score. It stays.
# 2. Drop all boxes that overlap it by an IoU **above** the threshold: they mean the same thing.
# 3. Of those left, take the best again. And so on.
#
# *By hand*, threshold $0.5$: three boxes with scores $0.875$, $0.75$ and $0.5$. The first stays. The second
# overlaps it with an IoU of $0.6$ and goes. The third lies elsewhere, with IoU 0: it is the best of those
# left, and stays.
#
# ### Exercise 3: `yolo_non_max_suppression`
#
# **Return** the boxes that stay, highest score first.
#
# - in: `scores` $(n,)$, `boxes` $(n, 4)$ corners, `classes` $(n,)$, in any order; `max_boxes`, how many may
#   come back at most; `iou_threshold`. A box goes where its IoU with a better one *that stays* is above the
#   threshold.
# - out: `scores`, `boxes` and `classes` of those that stay
#
# May a car suppress a truck? Some programs say yes, whatever overlaps means the same thing; others treat each
# class by itself. Both are right here. `max_boxes` counts all classes together in either case. On an empty street
# $n$ is 0, and so is what comes back: empty arrays.
#
# Write the loop, or call `tf.image.non_max_suppression`, which does the same.
#
# Difficulty 3 of 5, about 30 minutes, 18 points.


# %%
def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """Of boxes that overlap, keeps the best.

    scores         (n,)
    boxes          (n, 4) corners
    classes        (n,)
    max_boxes      at most so many come back
    iou_threshold  a box goes where its IoU with a better one that stays is above this
    Returns scores, boxes and classes of the boxes that stay, highest score first.
    """
    # the numbers of the boxes, best score first
    ### BEGIN SOLUTION
    waiting = np.argsort(-scores)
    ### END SOLUTION

    # take the best, drop what overlaps it too much, repeat
    kept = []
    ### BEGIN SOLUTION
    while len(waiting) and len(kept) < max_boxes:
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[iou(boxes[best], boxes[waiting].T) <= iou_threshold]
    ### END SOLUTION

    # scores, boxes and classes of those that stay
    ### BEGIN SOLUTION
    kept = np.array(kept, int)
    return scores[kept], boxes[kept], classes[kept]
    ### END SOLUTION


# %%
check(yolo_non_max_suppression)

# %% [markdown]
# **Before you run the next cell**: the same street with three thresholds of the IoU, 0.1, 0.5 and 0.7. Which
# leaves too much, which takes too much?

# %% tags=["nbval-ignore-output"]
for threshold in (0.1, 0.5, 0.7):
    kept = yolo_non_max_suppression(*crowd, max_boxes=50, iou_threshold=threshold)
    print(
        f"threshold {threshold}: {len(kept[0])} boxes of {len(crowd[0])} for {len(boxes_test[street])} objects"
    )
cleaned = [
    yolo_non_max_suppression(*crowd, max_boxes=50, iou_threshold=threshold) for threshold in (0.1, 0.5, 0.7)
]
figures.show_detections(roads.X_test[[street] * 3], cleaned, detector.CLASSES, columns=3)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# With 0.7 duplicates survive. With 0.1 boxes may hardly overlap: the large vehicle behind has the higher score, and
# the car in front of it disappears. Suppression lives on a compromise: it cannot know whether two boxes that overlap
# are one car seen twice or two cars in a row.
#
# </details>
#
# ## From the network to the picture
#
# Now put it together. The network gives middles and sizes as shares of the picture. Two functions are there
# already:
#
# - `yolo_boxes_to_corners(box_xy, box_wh)` makes corners of them, in the order $y_1, x_1, y_2, x_2$, as
#   TensorFlow has it: rows first;
# - `scale_boxes(boxes, image_shape)` makes pixels out of shares $(n, 4)$.
#
# *By hand.* A middle of $(0.5, 0.25)$ and a size of $(0.2, 0.1)$: $x$ from $0.4$ to $0.6$, $y$ from $0.2$
# to $0.3$, so $(0.2, 0.4, 0.3, 0.6)$. On a picture of 720 rows and 1280 columns that is $(144, 512, 216,
# 768)$.
#
# ### Exercise 4: `yolo_eval`
#
# **Return** what is on the picture: corners, filter, scale, suppress.
#
# - in: `yolo_outputs`, a tuple of `box_xy` and `box_wh`, each $(n_H, n_W, k, 2)$ with $x$ first,
#   `box_confidence` $(n_H, n_W, k, 1)$ and `box_class_probs` $(n_H, n_W, k, C)$; `image_shape`, height and
#   width of the picture that the boxes are wanted for; `max_boxes`, `score_threshold` and `iou_threshold`
# - out: `scores` $(n,)$; `boxes` $(n, 4)$: $y_1, x_1, y_2, x_2$ in pixels, fractions and all, and not cut
#   off where a box reaches over the edge of the picture; `classes` $(n,)$
#
# Difficulty 2 of 5, about 15 minutes, 12 points.


# %%
def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    """What a network has seen: its outputs as a few boxes with scores and classes.

    yolo_outputs     box_xy (n_H, n_W, k, 2), box_wh (n_H, n_W, k, 2), box_confidence (n_H, n_W, k, 1),
                     box_class_probs (n_H, n_W, k, C); lengths are shares of the picture
    image_shape      (height, width) of the picture, pixels
    max_boxes        at most so many boxes come back
    score_threshold  boxes with a lower score are dropped
    iou_threshold    boxes that overlap a better one by more are dropped
    Returns scores (n,), boxes (n, 4) y1, x1, y2, x2 in pixels, and classes (n,).
    """
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    ### BEGIN SOLUTION
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)
    boxes = scale_boxes(boxes, image_shape)
    return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)
    ### END SOLUTION


# %%
check(yolo_eval)

# %% [markdown]
# That is all that happens *after* the network. Now for the network.
#
# ## Anchors: what shapes do cars have?
#
# An anchor is a guess at a shape. The network only has to say how much wider or higher the object is, and
# that is easier when the guess is good. Which $k$ shapes are the best guesses? Joseph Redmon and Ali Farhadi
# (2016) asked the data, with **k-means**:
#
# 1. Begin with $k$ boxes as anchors.
# 2. Each box of the training set goes to the anchor that is nearest.
# 3. Each anchor moves to the mean of its boxes, width and height separately.
# 4. Repeat 2 and 3 until no box changes its anchor.
#
# Nearest in what sense? In pixels a bus that is 10 pixels off weighs as much as a distant car that is 10
# pixels off, and the latter is hopeless. So they took $1-\text{IoU}$, with both boxes laid corner on corner:
# only width and height count, not where a box lies. Nearest is the highest IoU.
#
# *By hand*, $k=2$: boxes of $(10, 20)$, $(10, 30)$, $(40, 20)$ and $(50, 20)$; the second and the fourth are
# the anchors to begin with. The IoU of $(10, 20)$ with $(10, 30)$ is $200/300=0.67$, with $(50, 20)$ it is
# $200/1000=0.2$: it goes to the first anchor. $(40, 20)$ goes to the other. The means are $(10, 25)$ and
# $(45, 20)$; nothing changes any more.
#
# ### Exercise 5: `kmeans_anchors`
#
# **Return** $k$ anchors for a set of boxes.
#
# - in: `boxes` $(m, 2)$, widths and heights; `k`
# - out: `anchors` $(k, 2)$, in any order
# - the anchors to begin with are given: boxes evenly spaced in the order of their areas. An anchor to which
#   no box goes stays as it is.
#
# Difficulty 3 of 5, about 25 minutes, 12 points.


# %%
def kmeans_anchors(boxes, k):
    """Shapes that fit a set of boxes: k-means with the distance 1 - IoU. (Redmon & Farhadi 2016)

    boxes  (m, 2) widths and heights
    k      how many anchors
    Returns anchors (k, 2).
    """
    order = np.argsort(boxes[:, 0] * boxes[:, 1])
    anchors = boxes[order[(2 * np.arange(k) + 1) * len(boxes) // (2 * k)]].astype(float)

    # until no box changes its anchor: the anchor of each box, by the highest IoU; then the new anchors
    ### BEGIN SOLUTION
    own = None
    while True:
        overlap = np.minimum(boxes[:, None], anchors).prod(axis=-1)
        union = boxes.prod(axis=-1)[:, None] + anchors.prod(axis=-1) - overlap
        nearest = np.argmax(overlap / union, axis=1)
        if own is not None and np.array_equal(nearest, own):
            return anchors
        own = nearest
        for j in np.unique(own):
            anchors[j] = boxes[own == j].mean(axis=0)
    ### END SOLUTION


# %%
check(kmeans_anchors)

# %% [markdown]
# **Before you run the next cell**: with one anchor the boxes of our streets have a mean IoU of 0.40 with it.
# How far do we get with three? With nine?


# %% tags=["nbval-ignore-output"]
def mean_best_iou(boxes, anchors):
    """How well the boxes (m, 2) are met by the best of the anchors (k, 2), on average."""
    overlap = np.minimum(boxes[:, None], anchors).prod(axis=-1)
    union = boxes.prod(axis=-1)[:, None] + anchors.prod(axis=-1) - overlap
    return (overlap / union).max(axis=1).mean()


shapes = detector.sizes(boxes_train)
curve = {k: mean_best_iou(shapes, np.asarray(kmeans_anchors(shapes, k))) for k in (1, 2, 3, 4, 5, 7, 9)}
figures.show_shapes(shapes, np.asarray(kmeans_anchors(shapes, 3)), curve)
print({k: round(float(value), 2) for k, value in curve.items()})

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Steep at first, then flatter and flatter.
#
# </details>
#
# Every anchor costs: it has to be computed in each cell, and must be learned from the boxes that come to it. We
# take three.


# %%
@cache
def anchors():
    """The three anchors of our streets (3, 2): widths and heights as shares of the picture."""
    return np.asarray(kmeans_anchors(detector.sizes(boxes_train) / [128, 96], 3), float)


print("anchors:", anchors().shape, "of at most the whole picture:", bool(anchors().max() <= 1))

# %% [markdown]
# Here is a street with its grid. Each object is in yellow, its middle a dot, its cell light; dashed in white
# the anchor that fits it best.

# %% tags=["nbval-ignore-output"]
figures.show_grid(roads.X_train[1203], boxes_train[1203], (12, 16), anchors())

# %% [markdown]
# ## From boxes to targets
#
# The network needs to be told what it should have said: for every cell and every anchor six numbers,
# $(p, t_x, t_y, t_w, t_h, c)$. Most of them are 0: $p=0$, nothing there. For each object:
#
# - **Cell.** With the middle $(x, y)$ as a share of the picture, $x\,n_W$ counts columns and $y\,n_H$ counts
#   rows. What is before the decimal point is the cell. What is after it is where in the cell: $t_x$ and $t_y$, from
#   0 to 1.
# - **Anchor.** The one whose shape has the highest IoU with the box. Where that one has an object already,
#   the best of those that are free; where none is free, the object is left out.
# - **Size.** With an anchor of $p_w$ by $p_h$: $t_w=\ln(w/p_w)$ and $t_h=\ln(h/p_h)$. It is 0 for a perfect
#   guess, and twice as wide is as far from it as half as wide.
# - $p=1$, and $c$ is the number of the class.
#
# *By hand.* The box $(0.3, 0.55, 0.5, 0.95)$ of class 2, a grid of 2 rows and 4 columns, anchors $(0.1,
# 0.1)$ and $(0.2, 0.4)$. Middle: $(0.4, 0.75)$. Columns: $0.4\cdot 4=1.6$, so column 1 and $t_x=0.6$. Rows:
# $0.75\cdot 2=1.5$, so row 1 and $t_y=0.5$. Size $(0.2, 0.4)$: anchor 1 fits perfectly, $t_w=t_h=0$. So
# `y_true[1, 1, 1] = [1, 0.6, 0.5, 0, 0, 2]`, and all else is 0.
#
# ### Exercise 6: `encode_targets`
#
# **Return** the targets of one picture.
#
# - in: `boxes` $(n, 5)$: $x_1, y_1, x_2, y_2$ as shares of the picture, and the class; `anchors` $(k, 2)$,
#   widths and heights as shares; `grid`, $(n_H, n_W)$
# - out: `y_true` $(n_H, n_W, k, 6)$; the boxes are entered in the order in which they come
#
# Difficulty 4 of 5, about 35 minutes, 16 points.


# %%
def encode_targets(boxes, anchors, grid):
    """What a network should say about a picture.

    boxes    (n, 5): x1, y1, x2, y2 as shares of the picture, and the class
    anchors  (k, 2): widths and heights as shares of the picture
    grid     (n_H, n_W): rows and columns
    Returns y_true (n_H, n_W, k, 6): presence, t_x, t_y, t_w, t_h, class; zeros where there is nothing.
    """
    n_H, n_W = grid

    # all zeros to begin with
    ### BEGIN SOLUTION
    y_true = np.zeros((n_H, n_W, len(anchors), 6), np.float32)
    ### END SOLUTION

    for x1, y1, x2, y2, kind in boxes:
        # size; middle, counted in columns and rows; the cell
        ### BEGIN SOLUTION
        w, h = x2 - x1, y2 - y1
        x, y = (x1 + x2) / 2 * n_W, (y1 + y2) / 2 * n_H
        column, row = int(x), int(y)
        ### END SOLUTION

        # the IoU of the box with each anchor, corner on corner
        ### BEGIN SOLUTION
        overlap = np.minimum(w, anchors[:, 0]) * np.minimum(h, anchors[:, 1])
        shares = overlap / (w * h + anchors[:, 0] * anchors[:, 1] - overlap)
        ### END SOLUTION

        # into the best anchor of the cell that is free, if there is one
        ### BEGIN SOLUTION
        for j in np.argsort(-shares):
            if y_true[row, column, j, 0] == 0:
                t_w, t_h = np.log(w / anchors[j, 0]), np.log(h / anchors[j, 1])
                y_true[row, column, j] = [1, x - column, y - row, t_w, t_h, kind]
                break
        ### END SOLUTION
    return y_true


# %%
check(encode_targets)

# %% [markdown]
# ### Two cars in one cell
#
# Why several anchors? Because of cars that stand behind each other: their middles may lie in the same cell.
# With one anchor there is room for one of them, and the other is not even in the targets. No training helps
# against that.
#
# **Before you run the next cell**: of the 4,028 objects in the training set, how many are lost with one
# anchor, on a grid of 3 rows and 4 columns, of 6 and 8, of 12 and 16? And with three?


# %% tags=["nbval-ignore-output"]
def lost_objects(grid, k):
    """How many objects of the training set find no place in the targets."""
    shapes = np.asarray(kmeans_anchors(detector.sizes(boxes_train) / [128, 96], k), float)
    targets = [encode_targets(detector.shares(boxes), shapes, grid) for boxes in boxes_train]
    return sum(map(len, boxes_train)) - int(sum(np.sum(np.asarray(each)[..., 0]) for each in targets))


for grid in ((3, 4), (6, 8), (12, 16)):
    lost = [f"{k} anchor{'s' * (k > 1)}: {lost_objects(grid, k):4} lost" for k in (1, 3)]
    print(f"{grid[0]:2} x {grid[1]:2} cells:", *lost, sep="   ")

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# One anchor on the coarse grid loses 865 of 4,028, more than a fifth of all. A finer grid helps: 64. Three
# anchors on the coarse grid help more: 11. With both, on our grid of 12 x 16, not a single object is left
# out.
#
# </details>
#
# ## The loss
#
# The network says, for each anchor: $\hat p$, $\hat x$, $\hat y$, $\hat w$, $\hat h$ and a number $\hat c_i$ for each
# class. All are raw, any number may come. For one anchor:
#
# $$\begin{aligned}\ell={}&5\,p\left[(\sigma(\hat x)-t_x)^2+(\sigma(\hat y)-t_y)^2+(\hat w-t_w)^2+(\hat h-t_h)^2\right]\\
# &+\left(p+0.5\,(1-p)\right)\,\text{BCE}(p,\,\sigma(\hat p))\;+\;p\;\text{CE}(c,\,\text{softmax}(\hat
# c))\end{aligned}$$
#
# - $p$ is 1 where the targets have an object and 0 elsewhere: box and class count only where there is one.
# - $\sigma$ is the sigmoid: a middle must lie in its cell. Sizes are logarithms and stay as they are.
# - BCE is the binary cross-entropy, $-p\ln\sigma(\hat p)-(1-p)\ln(1-\sigma(\hat p))$, and CE that of the
#   class, $-\ln\text{softmax}(\hat c)_c$.
# - 5 makes the box weigh more; 0.5 keeps the hundreds of empty anchors from drowning the few with a car in
#   them. (Both numbers are those of the first YOLO.)
#
# The loss is the **sum** over all cells and anchors, divided by the number of pictures $m$.
#
# *By hand.* One picture, one cell, two anchors, two classes; the network says 0 everywhere. The first
# anchor has an object, $(1, 0.7, 0.5, 0.1, -0.2, 1)$. Box: $\sigma(0)=0.5$, so $0.04+0+0.01+0.04=0.09$, times
# 5 is $0.45$. Confidence: $-\ln 0.5=0.69$. Class: $-\ln 0.5=0.69$. The second anchor is empty: $0.5\cdot
# 0.69=0.35$. The sum is $2.18$.
#
# ### Exercise 7: `yolo_loss`
#
# **Return** the loss, with TensorFlow's (or Keras's) operations: training needs its gradient.
#
# - in: `y_true` $(m, n_H, n_W, k, 6)$ as above; `y_pred` $(m, n_H, n_W, k, 5+C)$ in the order $\hat p, \hat
#   x, \hat y, \hat w, \hat h, \hat c_1, \dots, \hat c_C$; float32 tensors
# - out: one number
# - For numbers that are far from 0 a sigmoid becomes exactly 0 or 1, and its logarithm infinite.
#   `tf.nn.sigmoid_cross_entropy_with_logits` and `tf.nn.sparse_softmax_cross_entropy_with_logits` take the
#   raw numbers and know a way around. Each gives a number for every anchor here.
#
# Difficulty 3 of 5, about 30 minutes, 12 points.


# %%
def yolo_loss(y_true, y_pred):
    """How wrong a network is: box, confidence and class. (After Redmon et al. 2016, equation 3)

    y_true  (m, n_H, n_W, k, 6): presence, t_x, t_y, t_w, t_h, class
    y_pred  (m, n_H, n_W, k, 5 + C): the same as raw numbers, and one number for each class
    Returns the sum over all anchors, divided by m.
    """
    there = y_true[..., 0]

    # the squared error of the box, a number for each anchor
    ### BEGIN SOLUTION
    middle = tf.sigmoid(y_pred[..., 1:3]) - y_true[..., 1:3]
    size = y_pred[..., 3:5] - y_true[..., 3:5]
    box = tf.reduce_sum(middle**2 + size**2, axis=-1)
    ### END SOLUTION

    # the cross-entropies of confidence and class, a number for each anchor
    ### BEGIN SOLUTION
    sure = tf.nn.sigmoid_cross_entropy_with_logits(there, y_pred[..., 0])
    kind = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y_true[..., 5], tf.int32), y_pred[..., 5:])
    ### END SOLUTION

    # the weighted sum
    ### BEGIN SOLUTION
    each = 5 * there * box + (there + 0.5 * (1 - there)) * sure + there * kind
    return tf.reduce_sum(each) / tf.cast(tf.shape(y_true)[0], tf.float32)
    ### END SOLUTION


# %%
check(yolo_loss)

# %% [markdown]
# ## Training
#
# The network is a small one, with 400,000 parameters. Three convolutions with stride 2 bring 96 x 128 down to
# the grid of 12 x 16, residual blocks between them. A fourth halving gives a coarser map that sees much more
# of the street; it is enlarged again and put beside the fine one. That tells a car from a car-like piece of
# wall.
#
# Each picture is a little different every time: mirrored, zoomed, moved, in other light, and its boxes with
# it. So your `encode_targets` runs again for each of them. Thirty-six epochs: about three minutes on two
# quiet cores. Time for a tea.
#
# **Before you run the next cell**: a picture has about three vehicles, and in the first epoch the loss is
# about 24 for each picture. What will it be in the end: 15, 6, or 1?


# %%
@cache
def trained():
    """A detector, trained from nothing, and the mean loss of each epoch. Trains once."""
    keras.utils.set_random_seed(1)
    model = detector.small_yolo(k=len(anchors()))
    losses = detector.train(model, roads.X_train, boxes_train, anchors(), encode_targets, yolo_loss)
    return model, losses


# %% tags=["nbval-ignore-output"]
model, losses = trained()
figures.show_losses(losses)

# %%
model, losses = trained()
print("parameters:", f"{model.count_params():,}")
print("output for one picture:", model.output_shape[1:])
print("the loss fell to less than a third:", losses[-1] < losses[0] / 3)

# %% [markdown]
# Now let it look at streets that it has never seen. `detector.decode` turns raw numbers into `yolo_outputs`,
# the way back of your targets: $x=(\text{column}+\sigma(\hat x))/n_W$ and $w=p_w\,e^{\hat w}$. The rest is
# yours.


# %%
@cache
def detections(score_threshold=0.02):
    """What the detector finds on each test picture: a list of (scores, boxes, classes). Looks once."""
    outputs = [detector.decode(each, anchors()) for each in detector.predict(trained()[0], roads.X_test)]
    found = [yolo_eval(each, (96, 128), 50, score_threshold) for each in outputs]
    return [tuple(np.asarray(part) for part in each) for each in found]


# %% tags=["nbval-ignore-output"]
shown = [0, 1, 2, 3, 4, 5, 6, 7]
sure = [tuple(part[found[0] >= 0.4] for part in found) for found in detections()]
figures.show_detections(roads.X_test[shown], [sure[i] for i in shown], detector.CLASSES)

# %% [markdown]
# A detector, from nothing. Look closely before you believe it. Where is a car that it does not see? Where
# does it see one that is not there?
#
# ## How good is it?
#
# Counting is not simple. A detection is **correct** where it overlaps an object of its class with an IoU of
# at least 0.5, and no better detection has claimed that object already. Two boxes on one car: one correct,
# one wrong. Then
#
# - **precision**: which share of the detections is correct?
# - **recall**: which share of the objects has been found?
#
# With a high threshold precision is high and recall low; with a low one it is the other way round. So look at
# all thresholds at once. Sort the detections, highest score first, and after each of them note both numbers.
# That is the precision-recall curve, and the area under it is the **average precision**, AP.
#
# The curve is jagged: precision falls with each wrong one and climbs with each correct one after it. Nobody
# would choose a threshold in a dip, if a lower one gives more of both. So at each recall take the **best
# precision from there on to the right**, and then the whole area:
#
# $$\text{AP}=\sum_i (r_i-r_{i-1})\,\max_{j\ge i}\,p_j .$$
#
# (PASCAL VOC has measured it in this way since 2010; before that it looked at 11 points of the curve only,
# and COCO looks at 101. We take the whole area, because then each object counts alike.)
#
# *By hand.* Four objects; detections with scores $0.9$, $0.8$ and $0.6$, of which the second is wrong.
#
# | score | correct | precision | recall | best from here on |
# |--:|:--|--:|--:|--:|
# | 0.9 | yes | 1/1 | 1/4 | 1 |
# | 0.8 | no | 1/2 | 1/4 | 2/3 |
# | 0.6 | yes | 2/3 | 2/4 | 2/3 |
#
# Recall grows by 1/4 twice: $\text{AP}=\tfrac14\cdot 1+\tfrac14\cdot\tfrac23=0.417$. Two objects were never
# found, so it cannot be above one half.
#
# ### Exercise 8: `average_precision`
#
# **Return** the average precision of one class.
#
# - in: `scores` $(d,)$ of the detections, in any order, no two of them equal; `correct` $(d,)$, True or False; `n_objects`, how
#   many objects there are, found or not. There may be no detection at all: then it is 0.
# - out: one number from 0 to 1
#
# Difficulty 3 of 5, about 20 minutes, 8 points.


# %%
def average_precision(scores, correct, n_objects):
    """The area under the precision-recall curve, precision made to fall only. (Everingham et al. 2015)

    scores     (d,) of the detections, in any order
    correct    (d,) bool: whether each of them has found an object
    n_objects  how many objects there are
    Returns one number.
    """
    # best score first: how many are correct so far; precision and recall
    ### BEGIN SOLUTION
    right = np.cumsum(correct[np.argsort(-scores)])
    precision = right / np.arange(1, len(scores) + 1)
    recall = right / n_objects
    ### END SOLUTION

    # at each place the best precision from there on; the area
    ### BEGIN SOLUTION
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return np.sum(best * np.diff(recall, prepend=0))
    ### END SOLUTION


# %%
check(average_precision)

# %% [markdown]
# `detector.match` says which detections are correct. We ask for objects of at least **12 pixels** in width
# and height. A smaller one is not asked for, a detection that finds it counts neither way, and a wrong
# detection as small as that is left out too. COCO measures objects of a given size by the same rule. With
# fewer pixels than that, an IoU of 0.5 is luck: you have seen what 2 pixels do.
#
# **Before you run the next cell**: draw the two curves. Which class will be the harder one?


# %%
@cache
def marks():
    """For each class: scores of its detections on the test pictures, which are correct, how many objects."""
    return {
        name: detector.match(detections(), boxes_test, kind) for kind, name in enumerate(detector.CLASSES)
    }


# %% tags=["nbval-ignore-output"]
figures.show_precision_recall(marks(), average_precision)

# %%
values = {name: float(average_precision(*each)) for name, each in marks().items()}
print("the mean of the classes, mAP at 0.5, is at least 0.80:", sum(values.values()) / len(values) >= 0.80)

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# Cars come out ahead: there are nearly twice as many to learn from, and they look more alike. And trucks and
# buses by themselves? We trained the same network once with three classes and measured 0.89 for cars, 0.60 for
# trucks and 0.64 for buses. Count trucks and buses as one in the very same detections, and it is about 0.80. It
# had seen the vehicle, in the right place, and called it by the wrong name.
#
# </details>
#
# ### What it misses
#
# **Before you run the next cell**: the objects, sorted by the shorter side of their boxes. How does the share
# that is found change with it?

# %% tags=["nbval-ignore-output"]
edges = [4, 6, 8, 12, 16, 24, 96]
figures.show_recall(edges, detector.recall_by_size(detections(), boxes_test, edges, score_threshold=0.3))

# %%
small, large = detector.recall_by_size(detections(), boxes_test, [4, 8, 24, 96], score_threshold=0.3)[[0, 2]]
print("large objects are found more often than small ones:", bool(large > small + 0.2))

# %% [markdown]
# <details><summary>When you have run it</summary>
#
# It climbs all the way. Below 6 pixels two of three are missed, from 16 on nine of ten are found: there is more to
# see, and an IoU of 0.5 forgives more. That is why the size must be said whenever a detector is praised.
#
# </details>
#
# **Think.** You have one more day. Would you spend it on a finer grid, on more anchors, on larger pictures,
# or on more streets? Which of the figures above tells you?
#
# ## Real streets, a real YOLO
#
# The same ideas, at full size: networks that others have trained on COCO's photographs, with 80 kinds of
# things, in Darknet's files. `week3/darknet.py` reads the `.cfg`, builds the Keras model line
# by line, and fills in the `.weights`. Put a pair of them into `datasets/darknet/`, with the names of the
# classes and a few photographs (YOLO-Fastest has 1.4 MB), or set `WORKBOOK_DATA` to the folder that holds
# `darknet/`.

# %% tags=["nbval-ignore-output"]
import darknet

figures.show_real_streets(darknet)

# %% [markdown]
# ## In short
#
# - YOLO answers with a grid of boxes, all at once. Filtering by score and **non-max suppression** turn
#   hundreds into the few that count.
# - **IoU** has no unit and is strict: for a small box two pixels decide.
# - **Anchors** are typical shapes, found by k-means with the distance $1-\text{IoU}$. They make targets small
#   numbers, and they make room for several objects in one cell.
# - Targets: the cell by what is before the decimal point, the place by what is after it, the size as a logarithm of
#   a quotient. The loss counts boxes and classes only where there is an object.
# - **AP** is the area under the precision-recall curve. One number for all thresholds, and it forgets nothing
#   that was missed.
#
# **To think about**
# 1. Our loss calls an anchor wrong that sees a car and is not the best one for it. YOLOv3 does not count
#    an anchor as wrong if it overlaps the car by more than 0.5. What does that change for the network, and for the
#    suppression after it?
# 2. A crowd of people: suppression at 0.5 drops those behind. What could a detector say in addition, to keep
#    them?
# 3. Car and truck exclude each other here, by softmax. Later versions use a sigmoid for each class. When is
#    that better?
#
# **Key terms**
#
# | English | 中文 |
# |:--|:--|
# | object detection | 目标检测 |
# | bounding box | 边界框 |
# | intersection over union (IoU) | 交并比 |
# | non-max suppression | 非极大值抑制 |
# | confidence | 置信度 |
# | anchor box | 锚框 |
# | k-means clustering | k 均值聚类 |
# | grid cell | 网格单元 |
# | precision, recall | 精确率，召回率 |
# | mean average precision (mAP) | 平均精度均值 |
# | data augmentation | 数据增强 |
#
# **Papers**
# - R. Girshick, J. Donahue, T. Darrell, J. Malik: *Rich feature hierarchies for accurate object detection and
#   semantic segmentation*, 2014. arXiv:1311.2524
# - J. Redmon, S. Divvala, R. Girshick, A. Farhadi: *You only look once: unified, real-time object detection*,
#   2016, arXiv:1506.02640
# - J. Redmon, A. Farhadi: *YOLO9000: better, faster, stronger*, 2016. arXiv:1612.08242
# - J. Redmon, A. Farhadi: *YOLOv3: an incremental improvement*, 2018. arXiv:1804.02767
# - M. Everingham, L. Van Gool, C. Williams, J. Winn, A. Zisserman: *The PASCAL visual object classes (VOC)
#   challenge*, International Journal of Computer Vision, 2010
# - M. Everingham, S. M. A. Eslami, L. Van Gool, C. Williams, J. Winn, A. Zisserman: *The PASCAL visual object classes
#   challenge: a retrospective*, International Journal of Computer Vision, 2015
# - A. Neubeck, L. Van Gool: *Efficient non-maximum suppression*, International Conference on Pattern
#   Recognition, 2006
# - T.-Y. Lin et al.: *Microsoft COCO: common objects in context*, 2014. arXiv:1405.0312

# %% [markdown]
# ## Where you stand

# %% tags=["nbval-ignore-output"] name="where-you-stand"
workbook.show_progress()
