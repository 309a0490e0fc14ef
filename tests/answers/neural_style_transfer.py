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


@tf.function
def content_graph(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    size = tf.cast(tf.reduce_prod(tf.shape(a_G)[1:]), tf.float32)
    return tf.reduce_sum(tf.pow(a_C - a_G, 2)) / (4.0 * size)


def content_in_double(content_output: list, generated_output: list) -> tf.Tensor:
    a_C = tf.cast(content_output[len(content_output) - 1], tf.float64)
    a_G = tf.cast(generated_output[len(generated_output) - 1], tf.float64)
    m, n_H, n_W, n_C = a_G.shape.as_list()
    D = tf.reshape(a_C - a_G, [m * n_H * n_W * n_C])
    return tf.tensordot(D, D, axes=1) / 4 / n_H / n_W / n_C


def content_with_keras(content_output, generated_output):
    loss = keras.losses.MeanSquaredError(reduction="sum_over_batch_size")
    a_C, a_G = (keras.ops.reshape(each[-1], (-1, 1)) for each in (content_output, generated_output))
    return 0.25 * loss(a_C, a_G)


def content_norm(content_output, generated_output):
    difference = np.ravel(content_output[-1] - generated_output[-1])
    return np.linalg.norm(difference) ** 2 / (4 * len(difference))


def content_mean_and_size(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    return tf.reduce_mean(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C)


def content_without_brackets(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    return tf.reduce_sum(tf.square(a_C - a_G)) / 4 * n_H * n_W * n_C


def content_without_the_fraction(content_output, generated_output):
    return tf.reduce_sum(tf.square(content_output[-1] - generated_output[-1]))


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


def gram_outer(A):
    """A sum over the places of outer products."""
    total = np.zeros((A.shape[0],) * 2)
    for column in np.array(A).T:
        total += np.outer(column, column)
    return total


@tf.function
def gram_graph(A: tf.Tensor, normalize: bool = False) -> tf.Tensor:
    return tf.reduce_sum(tf.expand_dims(A, 1) * tf.expand_dims(A, 0), axis=2)


def gram_keras(A):
    A = keras.ops.cast(A, "float64")
    return keras.ops.matmul(A, keras.ops.transpose(A))


def gram_halves(A):
    """The upper half, mirrored."""
    n_C = len(A)
    G = np.zeros((n_C, n_C), dtype=np.float64)
    for i in range(n_C):
        for j in range(i, n_C):
            G[i, j] = G[j, i] = np.sum(np.multiply(A[i], A[j]))
    return G


def gram_of_covariance(A):
    return tf.constant(np.cov(A), tf.float32)


def gram_divided(A):
    return tf.matmul(A, A, transpose_b=True) / tf.cast(tf.size(A), tf.float32)


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


def layer_by_hand(a_S, a_G):
    """Every pair of channels, place by place."""
    _, n_H, n_W, n_C = a_S.shape
    S, G = np.array(a_S)[0], np.array(a_G)[0]
    J = 0.0
    for i in range(n_C):
        for j in range(n_C):
            J += ((S[:, :, i] * S[:, :, j]).sum() - (G[..., i] * G[..., j]).sum()) ** 2
    return J / (4 * n_C**2 * (n_H * n_W) ** 2)


@tf.function
def layer_graph(a_S, a_G):
    shape = tf.cast(tf.shape(a_G), tf.float32)
    places, n_C = shape[1] * shape[2], shape[3]
    S, G = (tf.transpose(tf.reshape(a, (-1, tf.shape(a)[-1]))) for a in (a_S, a_G))
    return tf.nn.l2_loss(S @ tf.transpose(S) - G @ tf.transpose(G)) / (2 * tf.square(n_C * places))


def layer_keras(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    flat = keras.layers.Reshape((n_H * n_W, n_C))
    S, G = flat(a_S)[0], flat(a_G)[0]
    difference = keras.ops.matmul(keras.ops.transpose(S), S) - keras.ops.matmul(keras.ops.transpose(G), G)
    return keras.ops.sum(difference * difference) / (4 * n_C * n_C * n_H * n_H * n_W * n_W)


def layer_unstacked(a_S, a_G):
    _, n_H, n_W, n_C = a_G.shape
    S = tf.stack([tf.reshape(each, [-1]) for each in tf.unstack(a_S, axis=-1)])
    G = tf.stack([tf.reshape(each, [-1]) for each in tf.unstack(a_G, axis=-1)])
    factor = 1 / (4 * (n_C**2) * ((n_H * n_W) ** 2))
    return factor * tf.norm(gram_transposed(S) - gram_transposed(G)) ** 2


def layer_in_double(a_S: tf.Tensor, a_G: tf.Tensor) -> float:
    S, G = (np.rollaxis(np.asarray(a, np.float64)[0], 2).reshape(a.shape[-1], -1) for a in (a_S, a_G))
    return float(np.square(np.dot(S, S.T) - np.dot(G, G.T)).sum() / (2 * S.size) ** 2)


def layer_cosine_free(a_S, a_G):
    """The sum of squares of A - B, as |A|^2 + |B|^2 - 2 A.B."""
    _, n_H, n_W, n_C = a_S.shape
    S, G = (gram_loop(np.array(a, float).reshape(-1, n_C).T) for a in (a_S, a_G))
    return (np.vdot(S, S) + np.vdot(G, G) - 2 * np.vdot(S, G)) / (4 * n_C**2 * (n_H * n_W) ** 2)


def layer_of_places(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    S, G = (tf.reshape(a, [-1, n_C]) for a in (a_S, a_G))
    D = gram_transposed(S) - gram_transposed(G)
    return tf.reduce_sum(D**2) / (4 * n_C**2 * (n_H * n_W) ** 2)


def layer_with_the_content_fraction(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    S, G = (tf.transpose(tf.reshape(a, [-1, n_C])) for a in (a_S, a_G))
    return tf.reduce_sum(tf.square(gram_transposed(S) - gram_transposed(G))) / (4 * n_H * n_W * n_C)


def layer_square_of_sum(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    S, G = (tf.transpose(tf.reshape(a, [-1, n_C])) for a in (a_S, a_G))
    return tf.reduce_sum(gram_transposed(S) - gram_transposed(G)) ** 2 / (4 * n_C**2 * (n_H * n_W) ** 2)


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


def style_by_names(style_image_output, generated_image_output, STYLE_LAYERS):
    """The weights in a dictionary, the costs beside it."""
    weights = dict(STYLE_LAYERS)
    costs = {
        name: layer_keras(style_image_output[i], generated_image_output[i]) for i, name in enumerate(weights)
    }
    return sum(weights[name] * costs[name] for name in weights)


def style_recursive(style_image_output, generated_image_output, STYLE_LAYERS):
    if not STYLE_LAYERS:
        return 0.0
    (_, weight), *rest = STYLE_LAYERS
    first = weight * layer_plain(style_image_output[0], generated_image_output[0])
    return first + style_recursive(style_image_output[1:], generated_image_output[1:], rest)


def style_tensordot(
    style_image_output: list, generated_image_output: list, STYLE_LAYERS: list = ()
) -> tf.Tensor:
    *a_S, _ = style_image_output
    *a_G, _ = generated_image_output
    costs = tf.stack([tf.cast(layer_unstacked(S, G), tf.float64) for S, G in zip(a_S, a_G, strict=True)])
    _, weights = zip(*STYLE_LAYERS, strict=True)
    return tf.tensordot(tf.constant(weights, tf.float64), costs, 1)


def style_popping(style_image_output, generated_image_output, STYLE_LAYERS):
    a_S, a_G = list(style_image_output), list(generated_image_output)
    a_S.pop()
    a_G.pop()
    J_style = tf.zeros(())
    while a_S:
        layer = STYLE_LAYERS[len(a_S) - 1]
        J_style = tf.add(J_style, tf.multiply(layer[1], layer_perm(a_S.pop(), a_G.pop())))
    return J_style


def style_mapped(style_image_output, generated_image_output, STYLE_LAYERS):
    costs = map(layer_in_double, style_image_output[:-1], generated_image_output[:-1])
    return np.array([[sum(lam * cost for (_, lam), cost in zip(STYLE_LAYERS, costs, strict=True))]])


@tf.function
def style_graph(style_image_output, generated_image_output, STYLE_LAYERS):
    J = 0.0
    for a_S, a_G, pair in zip(
        style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS, strict=True
    ):
        J += pair[1] * layer_graph(a_S, a_G)
    return J


def style_overwrites(style_image_output, generated_image_output, STYLE_LAYERS):
    for S, G, (_, weight) in zip(style_image_output, generated_image_output, STYLE_LAYERS, strict=False):
        J_style = weight * layer_plain(S, G)
    return J_style


def style_of_the_last_layers(style_image_output, generated_image_output, STYLE_LAYERS):
    pairs = zip(style_image_output[1:], generated_image_output[1:], STYLE_LAYERS, strict=True)
    return sum(weight * layer_plain(S, G) for S, G, (_, weight) in pairs)


def style_equal(style_image_output, generated_image_output, STYLE_LAYERS):
    pairs = zip(style_image_output[:-1], generated_image_output[:-1], strict=True)
    return sum(layer_plain(S, G) / len(STYLE_LAYERS) for S, G in pairs)


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


def total_typed(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    content_part, style_part = alpha * J_content, beta * J_style
    return content_part + style_part


def total_keras(J_content, J_style, alpha=10, beta=40, **kwargs):
    return keras.ops.sum(keras.ops.stack([alpha * J_content, beta * J_style]))


def total_summed(J_content, J_style, alpha=10, beta=40):
    return sum(w * J for w, J in ((alpha, J_content), (beta, J_style)))


def total_array(J_content, J_style, alpha=10, beta=40):
    return np.array([[alpha, beta]]) @ np.array([[J_content], [J_style]])


def total_in_double(J_content, J_style, alpha=10, beta=40):
    J = tf.cast(J_style, tf.float64) * tf.cast(beta, tf.float64)
    J += tf.cast(J_content, tf.float64) * tf.cast(alpha, tf.float64)
    print("J =", float(J))
    return J


def total_factored(J_content, J_style, alpha=10, beta=40):
    return alpha * (J_content + J_style) + (beta - alpha) * J_style


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


def _cost_of(picture):
    """A helper that finds the names of the notebook too."""
    outputs = model_outputs(picture, training=False)
    return total_cost(
        J_content=compute_content_cost(content_output=a_C, generated_output=outputs),
        J_style=compute_style_cost(
            style_image_output=a_S, generated_image_output=outputs, STYLE_LAYERS=STYLE_LAYERS
        ),
    )


def step_with_a_helper(generated_image: tf.Variable) -> tf.Tensor:
    with tf.GradientTape() as tape:
        J = _cost_of(generated_image)
    (gradient,) = tape.gradient(J, (generated_image,))
    optimizer.apply_gradients(((gradient, generated_image),))
    generated_image.assign(clip_0_1(image=generated_image))
    return J


def step_minimum(generated_image, clip=True):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = alpha * compute_content_cost(a_C, a_G) + beta * compute_style_cost(a_S, a_G)
    optimizer.apply([tape.gradient(J, generated_image)], [generated_image])
    generated_image.assign(tf.minimum(tf.maximum(generated_image, 0), 1))
    return np.array(J)


def step_by_difference(generated_image):
    """Clips by adding what is too little and taking away what is too much."""
    with tf.GradientTape() as tape:
        a_G = features.model(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G, STYLE_LAYERS))
        J = tf.identity(J)
    g = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(tf.identity(g), generated_image)])
    generated_image.assign_sub(tf.nn.relu(generated_image - 1))
    generated_image.assign_add(tf.nn.relu(-generated_image))
    return tf.reshape(J, (1, 1))


def step_of_two_gradients(generated_image):
    """The gradient of a sum is the sum of the gradients."""
    with tf.GradientTape(persistent=True) as tape:
        a_G = vgg_model_outputs(generated_image)
        J_content = compute_content_cost(a_C, a_G)
        J_style = compute_style_cost(a_S, a_G, STYLE_LAYERS)
    g = 10 * tape.gradient(J_content, generated_image) + 40 * tape.gradient(J_style, generated_image)
    optimizer.apply_gradients([(g, generated_image)])
    generated_image.assign(tf.keras.activations.relu(generated_image, max_value=1.0))
    return total_cost(J_content, J_style)


def step_where(generated_image):
    def loss():
        a_G = model_outputs(generated_image)
        return total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))

    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, [generated_image])
    optimizer.apply_gradients(list(zip(gradients, [generated_image], strict=True)))
    x = tf.where(generated_image > 1, 1.0, generated_image)
    generated_image.assign(tf.where(x < 0, 0.0, x))
    return value


@tf.function(reduce_retracing=True)
def step_split(generated_image):
    with tf.GradientTape() as tape:
        tape.watch(generated_image)
        a_G = model_outputs(generated_image)
        J_style = compute_style_cost(a_S, a_G)
        J_content = compute_content_cost(a_C, a_G)
        J = total_cost(J_content, J_style, 10, 40)
    grad = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(grad, generated_image)])
    generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0))
    return J


def step_with_a_new_optimizer(generated_image):
    adam = tf.keras.optimizers.Adam(learning_rate=0.03)
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    adam.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_with_a_copy_of_the_optimizer(generated_image):
    again = type(optimizer)(float(optimizer.learning_rate.numpy()), momentum=optimizer.momentum)
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    again.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_by_hand(generated_image):
    """Plain gradient descent: no optimizer remembers anything."""
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    generated_image.assign_sub(optimizer.learning_rate * tape.gradient(J, generated_image))
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_that_only_looks(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    tape.gradient(J, generated_image)
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_of_other_weights(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G), alpha=40, beta=10)
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


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


def style_of_the_style(style_image_output, generated_image_output, STYLE_LAYERS):
    a_S, a_G = style_image_output[:-1], style_image_output[:-1]
    return sum(w * layer_plain(S, G) for (_, w), S, G in zip(STYLE_LAYERS, a_S, a_G, strict=True))


# --- gradients: NumPy cuts them off, wherever it stands ---------------------------------------------------

NUMPY = "the numbers are right, but they come from NumPy"


def content_einsum(content_output, generated_output):
    d = tf.reshape(content_output[-1] - generated_output[-1], [-1])
    return tf.einsum("i,i->", d, d) / (4.0 * tf.cast(tf.size(d), tf.float32))


def content_by_channel(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    sums = [tf.reduce_sum(tf.square(a_C[..., k] - a_G[..., k])) for k in range(n_C)]
    return tf.add_n(sums) / (4 * n_H * n_W * n_C)


def content_of_one_array(content_output, generated_output):
    """The photograph stands still: its activations may be an array."""
    a_C = content_output[-1].numpy()
    return tf.reduce_sum((a_C - generated_output[-1]) ** 2) / (4 * a_C.size)


def content_pops(content_output, generated_output):
    a_C, a_G = content_output.pop(), generated_output.pop()
    return 0.25 * tf.reduce_mean(keras.losses.mean_squared_error(a_C, a_G))


def content_of_a_copy(content_output, generated_output):
    return content_plain(content_output, [tf.constant(each.numpy()) for each in generated_output])


def content_of_itself(content_output, generated_output):
    return content_plain(generated_output, generated_output)


def content_divided_whole(content_output, generated_output):
    d = content_output[-1] - generated_output[-1]
    return (1 // 4) * tf.reduce_sum(d**2) / np.prod(d.shape)


def gram_row_by_row(A):
    rows = tf.unstack(A)
    return tf.stack([tf.stack([tf.reduce_sum(a * b) for b in rows]) for a in rows])


def gram_mapped(A):
    return tf.map_fn(lambda row: tf.linalg.matvec(A, row), A)


def gram_of_a_batch(A):
    return keras.layers.Dot(axes=-1)([A[None], A[None]])[0]


def layer_of_a_numpy_style(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    S = np.reshape(a_S, (-1, n_C))
    G = tf.reshape(a_G, (-1, n_C))
    D = S.T @ S - tf.matmul(G, G, transpose_a=True)
    return tf.reduce_sum(D**2) / (4 * n_C**2 * (n_H * n_W) ** 2)


def layer_trace(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    S, G = (tf.transpose(tf.squeeze(tf.reshape(a, [1, n_H * n_W, n_C]), 0)) for a in (a_S, a_G))
    D = gram_transposed(S) - gram_transposed(G)
    return tf.linalg.trace(D @ tf.transpose(D)) / (4 * n_C * n_C * n_H * n_H * n_W * n_W)


def layer_places_in_another_order(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    S = tf.reshape(tf.transpose(a_S), [n_C, -1])
    G = tf.reshape(tf.transpose(a_G, perm=[3, 0, 1, 2]), [n_C, -1])
    D = gram_transposed(S) - gram_transposed(G)
    return tf.reduce_mean(tf.square(D)) / (4.0 * (n_H * n_W) ** 2)


def layer_with_ops(a_S, a_G):
    _, n_H, n_W, n_C = a_G.shape
    GS, GG = (gram_keras(keras.ops.transpose(keras.ops.reshape(a, (-1, n_C)))) for a in (a_S, a_G))
    return keras.ops.sum(keras.ops.square(GS - GG)) / (2 * n_C * n_H * n_W) ** 2


def layer_by_np_reshape(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    S, G = (np.reshape(a, (n_H * n_W, n_C)).T for a in (a_S, a_G))
    return tf.reduce_sum((gram_transposed(S) - gram_transposed(G)) ** 2) / (4 * n_C**2 * (n_H * n_W) ** 2)


def layer_of_one_picture(a_S, a_G):
    return layer_plain(a_G, a_G)


def layer_divided_twice(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    GS, GG = (tf.einsum("mhwi,mhwj->ij", a, a) / (n_H * n_W) for a in (a_S, a_G))
    return tf.reduce_sum((GS - GG) ** 2) / (4 * n_C**2 * (n_H * n_W) ** 2)


def style_reduced(style_image_output, generated_image_output, STYLE_LAYERS):
    layers = zip(STYLE_LAYERS, style_image_output, generated_image_output, strict=False)
    costs = tf.stack([layer_plain(S, G) for _, S, G in layers])
    return tf.reduce_sum(costs * tf.constant([weight for _, weight in STYLE_LAYERS], costs.dtype))


def style_with_ops(style_image_output, generated_image_output, STYLE_LAYERS, verbose=False):
    J = keras.ops.zeros(())
    for i, (_, weight) in enumerate(STYLE_LAYERS):
        J = keras.ops.add(J, weight * layer_plain(style_image_output[i], generated_image_output[i]))
    return J


def style_of_numbers(style_image_output, generated_image_output, STYLE_LAYERS):
    return sum(
        weight * float(layer_plain(S, G))
        for (_, weight), S, G in zip(STYLE_LAYERS, style_image_output, generated_image_output, strict=False)
    )


def style_cut_twice(style_image_output, generated_image_output, STYLE_LAYERS):
    a_S, a_G = style_image_output[:-1], generated_image_output[:-1]
    return sum(STYLE_LAYERS[i][1] * layer_plain(a_S[i], a_G[i]) for i in range(len(a_S) - 1))


def total_tensordot(J_content, J_style, alpha=10, beta=40):
    return tf.tensordot(tf.cast([alpha, beta], tf.float32), tf.stack([J_content, J_style]), 1)


def total_of_products(J_content, J_style, alpha=10, beta=40):
    J = 0
    J += tf.math.scalar_mul(float(alpha), J_content)
    J += tf.math.scalar_mul(float(beta), J_style)
    return J


def total_float(J_content, J_style, alpha=10, beta=40):
    return float(alpha * J_content + beta * J_style)


def total_half_float(J_content, J_style, alpha=10, beta=40):
    return alpha * float(J_content) + beta * J_style


def total_other_order(J_content, J_style, beta=40, alpha=10):
    return alpha * J_content + beta * J_style


def step_with_a_plain_content(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(float(compute_content_cost(a_C, a_G)), compute_style_cost(a_S, a_G))
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_with_a_plain_style(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G).numpy())
    optimizer.apply_gradients([(tape.gradient(J, generated_image), generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


def step_with_an_adam_of_its_own(generated_image):
    with tf.GradientTape() as tape:
        a_G = model_outputs(generated_image)
        J = total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))
    grad = tape.gradient(J, generated_image)
    keras.optimizers.Adam().apply_gradients([(grad, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J


RIGHT = {
    "compute_content_cost": [
        content_plain,
        content_mean,
        content_factor_first,
        content_loss,
        content_graph,
        content_in_double,
        content_with_keras,
        content_einsum,
        content_by_channel,
        content_of_one_array,
        content_pops,
    ],
    "gram_matrix": [
        gram_transposed,
        lambda A: tf.matmul(A, tf.transpose(A)),
        lambda A: A @ tf.transpose(A),
        gram_graph,
        gram_keras,
        lambda A: tf.einsum("ip,jp->ij", A, A),
        lambda A: tf.tensordot(A, A, [[1], [1]]),
        gram_row_by_row,
        gram_mapped,
        gram_of_a_batch,
    ],
    "compute_layer_style_cost": [
        layer_plain,
        layer_perm,
        layer_einsum,
        layer_graph,
        layer_keras,
        layer_unstacked,
        layer_of_a_numpy_style,
        layer_trace,
        layer_places_in_another_order,
        layer_with_ops,
    ],
    "compute_style_cost": [
        style_plain,
        style_zip,
        style_index,
        style_by_names,
        style_recursive,
        style_tensordot,
        style_popping,
        style_graph,
        style_reduced,
        style_with_ops,
    ],
    "total_cost": [
        total_plain,
        total_graph,
        total_add,
        total_typed,
        total_keras,
        total_summed,
        total_in_double,
        total_factored,
        total_tensordot,
        total_of_products,
    ],
    "train_step": [
        step_graph,
        step_eager,
        step_watch,
        step_constraint,
        step_with_a_helper,
        step_minimum,
        step_by_difference,
        step_of_two_gradients,
        step_where,
        step_split,
    ],
}

WRONG = {
    "compute_content_cost": [
        (content_wrong_layer, "the first layer of the lists is compared"),
        (content_only_mean, "the 4 under the fraction is missing"),
        (content_not_summed, "a single number"),
        (content_mean_and_size, "once more in a mean"),
        (content_without_brackets, "mind the brackets"),
        (content_without_the_fraction, "the fraction is forgotten"),
        (content_numpy, NUMPY),
        (content_loop, NUMPY),
        (content_norm, NUMPY),
        (content_of_a_copy, NUMPY),
        (content_of_itself, "always 0"),
        (content_divided_whole, "always 0"),
    ],
    "gram_matrix": [
        (gram_transpose_a, "compares places"),
        (lambda A: tf.multiply(A, A), "number by number"),
        (lambda A: None, "return"),
        (gram_of_covariance, "the covariance of the channels"),
        (gram_divided, "divided by all of n_C n_H n_W"),
        (gram_loop, NUMPY),
        (lambda A: np.dot(A, np.transpose(A)), NUMPY),
        (lambda A: tf.einsum("ip,jp->ij", A, A).numpy(), NUMPY),
        (gram_outer, NUMPY),
        (gram_halves, NUMPY),
        (lambda A: tf.matmul(A, np.transpose(A)), "a part of the gradient is lost"),
        (lambda A: [[tf.reduce_sum(a * b) for b in A] for a in A], "make one tensor of it"),
        (lambda A: np.cov(A), "the covariance of the channels"),
    ],
    "compute_layer_style_cost": [
        (layer_mean, "averaged in place of added"),
        (layer_torn, "tears the channels"),
        (layer_of_places, "those of the places"),
        (layer_with_the_content_fraction, "the squares under the fraction are missing"),
        (layer_square_of_sum, "added and then squared"),
        (layer_numpy, NUMPY),
        (layer_by_hand, NUMPY),
        (layer_in_double, NUMPY),
        (layer_cosine_free, NUMPY),
        (layer_by_np_reshape, NUMPY),
        (layer_of_one_picture, "those of one picture"),
        (layer_divided_twice, "the fraction divides once more"),
    ],
    "compute_style_cost": [
        (style_of_the_style, "compared with itself"),
        (style_early_return, "inside the loop"),
        (style_unweighted, "without their weights"),
        (style_overwrites, "only the last style layer is left"),
        (style_of_the_last_layers, "the first layer is left out"),
        (style_equal, "the same share"),
        (style_numpy, NUMPY),
        (style_mapped, NUMPY),
        (style_of_numbers, NUMPY),
        (style_cut_twice, "a layer too many is left out"),
    ],
    "total_cost": [
        (total_swapped, "alpha and beta are swapped"),
        (total_forgets, "without alpha and beta"),
        (total_numpy, NUMPY),
        (total_array, NUMPY),
        (total_float, NUMPY),
        (total_half_float, "a part of the gradient is lost"),
        (total_other_order, "beta stands before alpha"),
    ],
    "train_step": [
        (step_unclipped, "clipping is forgotten"),
        (step_silent, "return"),
        (step_swapped, "swapped on their way"),
        (step_with_a_new_optimizer, "an Adam of its own"),
        (step_with_a_copy_of_the_optimizer, "made anew in every step"),
        (step_by_hand, "made anew in every step"),
        (step_that_only_looks, "no step is taken"),
        (step_of_other_weights, "alpha and beta are swapped"),
        (step_with_a_plain_content, "the content cost has no part in the gradient"),
        (step_with_a_plain_style, "the style cost has no part in the gradient"),
        (step_with_an_adam_of_its_own, "an Adam of its own"),
    ],
}
