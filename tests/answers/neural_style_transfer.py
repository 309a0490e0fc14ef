"""Answers to week4/neural_style_transfer as people write them: right ones in many styles, and wrong ones."""

import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf

# --- compute_content_cost -------------------------------------------------------------------------------


def content_plain(content_output, generated_output):
    a_C = content_output[-1]
    a_G = generated_output[-1]
    _, n_H, n_W, n_C = a_G.get_shape().as_list()
    a_C_unrolled = tf.reshape(a_C, shape=[1, n_H * n_W, n_C])
    a_G_unrolled = tf.reshape(a_G, shape=[1, n_H * n_W, n_C])
    return tf.reduce_sum(tf.square(tf.subtract(a_C_unrolled, a_G_unrolled))) / (4 * n_H * n_W * n_C)


def content_mean(content_output, generated_output):
    return tf.reduce_mean((content_output[-1] - generated_output[-1]) ** 2) / 4


def content_numpy(content_output, generated_output):
    print("numpy")
    a_C, a_G = np.array(content_output[-1]), np.array(generated_output[-1])
    return float(np.sum((a_C - a_G) ** 2) / (4 * a_C.size))


def content_factor_first(content_output, generated_output, scale=0.25):
    *_, a_C = content_output
    *_, a_G = generated_output
    _, n_H, n_W, n_C = a_G.shape
    warnings.warn("a warning costs nothing", stacklevel=1)
    return scale * 1 / (n_H * n_W * n_C) * tf.reduce_sum(tf.math.squared_difference(a_C, a_G))


def content_loss(content_output, generated_output):
    difference = keras.ops.subtract(content_output[-1], generated_output[-1])
    return tf.nn.l2_loss(difference) / (2 * np.prod(difference.shape))


def content_loop(content_output, generated_output):
    a_C, a_G = content_output[-1].numpy(), generated_output[-1].numpy()
    total = 0.0
    for index in np.ndindex(a_C.shape):
        total += (a_C[index] - a_G[index]) ** 2
    return np.array([[total / (4 * a_C.size)]])


def content_wrong_layer(content_output, generated_output):
    return tf.reduce_mean((content_output[0] - generated_output[0]) ** 2) / 4


def content_only_mean(content_output, generated_output):
    return tf.reduce_mean(tf.square(content_output[-1] - generated_output[-1]))


def content_not_summed(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    return tf.square(a_C - a_G) / (4 * np.prod(a_C.shape))


# --- gram_matrix ----------------------------------------------------------------------------------------


def gram_loop(A):
    n_C = A.shape[0]
    GA = np.zeros((n_C, n_C))
    for i in range(n_C):
        for j in range(n_C):
            GA[i, j] = np.dot(A[i], A[j])
    return GA


def gram_transposed(A):
    return tf.linalg.matmul(A, A, transpose_b=True)


def gram_transpose_a(A):
    return tf.matmul(A, A, transpose_a=True)


# --- compute_layer_style_cost ---------------------------------------------------------------------------


def layer_plain(a_S, a_G):
    _, n_H, n_W, n_C = a_G.get_shape().as_list()
    a_S = tf.transpose(tf.reshape(a_S, shape=[n_H * n_W, n_C]))
    a_G = tf.transpose(tf.reshape(a_G, shape=[n_H * n_W, n_C]))
    GS, GG = gram_transposed(a_S), gram_transposed(a_G)
    return tf.reduce_sum(tf.square(GS - GG)) / (4.0 * ((n_H * n_W * n_C) ** 2))


def layer_perm(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    a_S = tf.reshape(tf.transpose(a_S, perm=[3, 0, 1, 2]), [n_C, -1])
    a_G = tf.reshape(tf.transpose(a_G, perm=[3, 0, 1, 2]), [n_C, -1])
    J = tf.reduce_sum((gram_transposed(a_S) - gram_transposed(a_G)) ** 2)
    return J * (1.0 / (2 * n_C * n_H * n_W) ** 2)


def layer_einsum(a_S, a_G):
    _, n_H, n_W, _ = a_S.shape
    GS, GG = (tf.einsum("mhwi,mhwj->ij", a, a) / (n_H * n_W) for a in (a_S, a_G))
    return tf.reduce_mean(tf.square(GS - GG)) / 4


def layer_numpy(a_S, a_G):
    S, G = (np.asarray(a, float).reshape(-1, a.shape[-1]) for a in (a_S, a_G))
    return np.sum((S.T @ S - G.T @ G) ** 2) / (4 * S.shape[1] ** 2 * S.shape[0] ** 2)


def layer_mean(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    S, G = (tf.transpose(tf.reshape(a, [-1, n_C])) for a in (a_S, a_G))
    D = gram_transposed(S) - gram_transposed(G)
    return tf.reduce_mean(D**2) / (4 * n_C**2 * (n_H * n_W) ** 2)


def layer_torn(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    S, G = (tf.reshape(a, [n_C, n_H * n_W]) for a in (a_S, a_G))
    D = gram_transposed(S) - gram_transposed(G)
    return tf.reduce_sum(D**2) / (4 * n_C**2 * (n_H * n_W) ** 2)


# --- compute_style_cost ---------------------------------------------------------------------------------


def style_plain(style_image_output, generated_image_output, STYLE_LAYERS):
    J_style = 0
    a_S = style_image_output[:-1]
    a_G = generated_image_output[:-1]
    for i, weight in zip(range(len(a_S)), STYLE_LAYERS, strict=False):
        J_style += weight[1] * layer_plain(a_S[i], a_G[i])
    return J_style


def style_zip(style_image_output, generated_image_output, STYLE_LAYERS=()):
    terms = zip(STYLE_LAYERS, style_image_output, generated_image_output, strict=False)
    return tf.add_n([w * layer_perm(S, G) for (_, w), S, G in terms])


def style_numpy(style_image_output, generated_image_output, STYLE_LAYERS):
    weights = np.array([w for _, w in STYLE_LAYERS])
    pairs = zip(style_image_output[:-1], generated_image_output[:-1], strict=True)
    return weights @ np.array([layer_numpy(S, G) for S, G in pairs])


def style_index(style_image_output, generated_image_output, STYLE_LAYERS):
    total = tf.constant(0.0)
    for i, (_name, coefficient) in enumerate(STYLE_LAYERS):
        total = total + coefficient * layer_einsum(style_image_output[i], generated_image_output[i])
    return total


def style_early_return(style_image_output, generated_image_output, STYLE_LAYERS):
    for S, G, (_, weight) in zip(style_image_output, generated_image_output, STYLE_LAYERS, strict=False):
        return weight * layer_plain(S, G)


def style_unweighted(style_image_output, generated_image_output, STYLE_LAYERS):
    pairs = zip(style_image_output[:-1], generated_image_output[:-1], strict=True)
    return sum(layer_plain(S, G) for S, G in pairs)


# --- total_cost -----------------------------------------------------------------------------------------


def total_plain(J_content, J_style, alpha=10, beta=40):
    J = alpha * J_content + beta * J_style
    return J


@tf.function()
def total_graph(J_content, J_style, alpha=10, beta=40):
    return alpha * J_content + beta * J_style


def total_numpy(J_content, J_style, alpha=10.0, beta=40.0):
    return float(np.dot([float(alpha), float(beta)], [float(J_content), float(J_style)]))


def total_add(J_content, J_style, alpha=10, beta=40):
    return tf.add(tf.multiply(float(alpha), J_content), tf.multiply(float(beta), J_style))


def total_swapped(J_content, J_style, alpha=10, beta=40):
    return beta * J_content + alpha * J_style


def total_forgets(J_content, J_style, alpha=10, beta=40):
    return J_content + J_style


# --- train_step: the names below belong to the learner's notebook ---------------------------------------

# ruff: noqa: F821


@tf.function()
def step_graph(generated_image):
    with tf.GradientTape() as tape:
        a_G = vgg_model_outputs(generated_image)
        J_style = compute_style_cost(a_S, a_G, STYLE_LAYERS)
        J_content = compute_content_cost(a_C, a_G)
        J = total_cost(J_content, J_style, alpha=10, beta=40)
    grad = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(grad, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_eager(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G, STYLE_LAYERS))
    optimizer.apply([tape.gradient(J, generated_image)], [generated_image])
    generated_image.assign(tf.clip_by_value(generated_image, clip_value_min=0.0, clip_value_max=1.0))
    return J


def step_watch(generated_image):
    print("one step")
    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(generated_image)
        a_G = vgg_model_outputs(generated_image)
        J = 10 * compute_content_cost(a_C, a_G) + 40 * compute_style_cost(a_S, a_G)
    grads = tape.gradient(J, [generated_image])
    optimizer.apply_gradients(zip(grads, [generated_image], strict=True))
    generated_image.assign(keras.ops.clip(generated_image, 0, 1))
    return J.numpy()


def step_constraint(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G), alpha, beta)
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    clipped = np.clip(generated_image.numpy(), 0, 1)
    generated_image.assign(clipped)
    return float(J)


def step_unclipped(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    clip_0_1(generated_image)
    return J


def step_silent(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))


@tf.function
def step_swapped(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_style_cost(a_S, a_G), compute_content_cost(a_C, a_G))
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


RIGHT = {
    "compute_content_cost": [
        content_plain,
        content_mean,
        content_numpy,
        content_factor_first,
        content_loss,
        content_loop,
    ],
    "gram_matrix": [
        gram_loop,
        gram_transposed,
        lambda A: tf.matmul(A, tf.transpose(A)),
        lambda A: A @ tf.transpose(A),
        lambda A: np.dot(A, np.transpose(A)),
        lambda A: tf.einsum("ip,jp->ij", A, A).numpy(),
    ],
    "compute_layer_style_cost": [layer_plain, layer_perm, layer_einsum, layer_numpy],
    "compute_style_cost": [style_plain, style_zip, style_numpy, style_index],
    "total_cost": [total_plain, total_graph, total_numpy, total_add],
    "train_step": [step_graph, step_eager, step_watch, step_constraint],
}

WRONG = {
    "compute_content_cost": [
        (content_wrong_layer, "the first layer of the lists is compared"),
        (content_only_mean, "the 4 under the fraction is missing"),
        (content_not_summed, "a single number"),
    ],
    "gram_matrix": [
        (gram_transpose_a, "compares places"),
        (lambda A: tf.multiply(A, A), "number by number"),
        (lambda A: None, "return"),
    ],
    "compute_layer_style_cost": [
        (layer_mean, "averaged in place of added"),
        (layer_torn, "tears the channels"),
    ],
    "compute_style_cost": [
        (style_early_return, "inside the loop"),
        (style_unweighted, "without their weights"),
    ],
    "total_cost": [(total_swapped, "alpha and beta are swapped"), (total_forgets, "without alpha and beta")],
    "train_step": [
        (step_unclipped, "clipping is forgotten"),
        (step_silent, "return"),
        (step_swapped, "swapped on their way"),
    ],
}
