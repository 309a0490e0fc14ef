"""What mathematics says of the reference answers of week 4, whatever the numbers are."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbook
from workbook.lessons import find_lesson, loaded

workbook.start()
few = settings(deadline=None, max_examples=20, derandomize=True)
fewer = settings(few, max_examples=8)

SEEDS = st.integers(0, 10_000)
SMALL = st.integers(-6, 6)


def reference(lesson: str, name: str):
    return find_lesson(lesson).exercise(name).reference


def module_of(function) -> SimpleNamespace:
    """The names of all modules of the autograder that a reference stands in."""
    home = function.__module__.split(".")[0]
    return SimpleNamespace(**{name: value for module in loaded(home) for name, value in vars(module).items()})


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def close(a, b, tolerance=1e-4) -> bool:
    return np.allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance)


# --- face_recognition -------------------------------------------------------------------------------------

triplet_loss = reference("face_recognition", "triplet_loss")
mine = reference("face_recognition", "mine_hard_triplets")
choose_threshold = reference("face_recognition", "choose_threshold")
who_is_it = reference("face_recognition", "who_is_it")
verify = reference("face_recognition", "verify")
faces = module_of(who_is_it)


@given(SEEDS, st.integers(1, 6), st.integers(1, 5), st.floats(0, 2))
@few
def test_triplet_loss_knows_no_order_and_no_origin(seed, m, d, alpha):
    parts = normal(seed, 3, m, d)
    loss = triplet_loss(None, list(parts), alpha)
    order = np.random.default_rng(seed).permutation(m)
    assert close(loss, triplet_loss(None, list(parts[:, order]), alpha))
    assert close(loss, triplet_loss(None, list(parts[..., ::-1]), alpha))
    assert close(loss, triplet_loss(None, list(parts + normal(seed + 1, d)), alpha), 1e-3)
    assert close(9 * loss, triplet_loss(None, list(3 * parts), 9 * alpha), 1e-3)
    assert close(2 * loss, triplet_loss(None, list(np.concatenate([parts, parts], axis=1)), alpha))


@given(st.lists(st.tuples(SMALL, SMALL, st.integers(0, 2)), min_size=1, max_size=7), st.integers(0, 20))
@few
def test_mined_triplets_follow_their_pictures(rows, alpha):
    X, y = np.array([row[:2] for row in rows]), np.array([row[2] for row in rows])
    found = {tuple(each) for each in mine(X, y, alpha).tolist()}
    assert found <= {tuple(each) for each in mine(X, y, alpha + 3).tolist()}
    assert found == {tuple(each) for each in mine(3 * X[:, ::-1] + 5, y + 7, 9 * alpha).tolist()}
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    moved = {tuple(order[list(each)].tolist()) for each in mine(X[order], y[order], alpha)}
    assert found == moved
    assert all(y[a] == y[p] != y[n] and a != p for a, p, n in found)


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=25))
@few
def test_no_threshold_is_better_than_the_one_chosen(pairs):
    pairs = [*pairs, (3, True), (4, False)]
    distances, same = np.array([d for d, _ in pairs], float), np.array([s for _, s in pairs])
    best = faces.balanced(distances, same, choose_threshold(distances, same))
    assert best >= max(faces.balanced(distances, same, t) for t in np.arange(-0.5, 14)) - 1e-12
    grown = distances**2 + 1
    assert np.isclose(best, faces.balanced(grown, same, choose_threshold(grown, same)))
    assert np.isclose(best, faces.balanced(distances[::-1], same[::-1], choose_threshold(distances, same)))


@given(st.lists(st.floats(0.05, 1.5), min_size=1, max_size=5, unique=True), SEEDS)
@fewer
def test_who_is_it_names_whom_verify_finds_nearest(tmp_path_factory, distances, seed):
    from PIL import Image

    path = tmp_path_factory.getbasetemp() / "door.png"
    picture = np.random.default_rng(seed).integers(0, 256, (faces.SIDE, faces.SIDE, 3), np.uint8)
    Image.fromarray(picture).save(path)
    model = faces.small_model("a")
    database = faces.encodings(picture, model, {f"person {i}": d for i, d in enumerate(distances)})
    far, name = who_is_it(str(path), database, model)
    told = {each: verify(str(path), each, database, model)[0] for each in database}
    assert np.isclose(far, min(told.values())) and np.isclose(told[name], far)
    again = who_is_it(str(path), dict(reversed(database.items())), model)
    assert np.isclose(again[0], far)


@functools.cache
def head():
    model = reference("face_recognition", "similarity_head")(3)
    model.set_weights([normal(1, 6, 1), np.float32([0.2])])
    return model


@given(arrays(np.float32, (2, 4, 3), elements=st.floats(-3, 3, width=32)))
@few
def test_similarity_does_not_ask_who_comes_first(pair):
    said = np.asarray(head()(list(pair)))
    assert ((said >= 0) & (said <= 1)).all()
    assert close(said, head()(list(pair[::-1])))
    assert close(said, head()(list(-pair)))
    assert close(said[::-1], head()(list(pair[:, ::-1])))


def test_embeddings_have_length_one_and_know_no_order():
    model = reference("face_recognition", "embedding_model")((16, 16, 3), 4)
    faces.set_known_weights(model)
    X = normal(0, 5, 16, 16, 3)
    embeddings = np.asarray(model(X, training=False))
    assert close(np.linalg.norm(embeddings, axis=1), 1)
    assert close(embeddings[::-1], model(X[::-1], training=False))


# --- neural_style_transfer --------------------------------------------------------------------------------

content_cost = reference("neural_style_transfer", "compute_content_cost")
gram_matrix = reference("neural_style_transfer", "gram_matrix")
layer_cost = reference("neural_style_transfer", "compute_layer_style_cost")
style_cost = reference("neural_style_transfer", "compute_style_cost")
total_cost = reference("neural_style_transfer", "total_cost")
train_step = reference("neural_style_transfer", "train_step")
style = module_of(train_step)
SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))


@given(SEEDS, SIZES, st.floats(0.1, 4))
@few
def test_content_is_a_squared_distance(seed, size, c):
    a, b, shift = normal(seed, 3, 1, *size)
    cost = content_cost([a], [b])
    assert content_cost([a], [a.copy()]) == 0 <= cost
    assert np.isclose(cost, content_cost([b], [a]))
    assert np.isclose(cost, content_cost([a[:, ::-1, ::-1, ::-1]], [b[:, ::-1, ::-1, ::-1]]))
    assert np.isclose(c**2 * cost, content_cost([c * a], [c * b]), rtol=1e-3)
    assert np.isclose(cost, content_cost([a + shift], [b + shift]), rtol=1e-3, atol=1e-6)


@given(SEEDS, st.integers(1, 5), st.integers(1, 6))
@few
def test_gram_matrix(seed, n_C, places):
    A, B = normal(seed, 2, n_C, places)
    G = gram_matrix(A)
    assert close(G, G.T) and np.linalg.eigvalsh(G).min() > -1e-3
    order = np.random.default_rng(seed).permutation
    assert close(G, gram_matrix(A[:, order(places)]))
    channels = order(n_C)
    assert close(G[np.ix_(channels, channels)], gram_matrix(A[channels]))
    assert close(G + gram_matrix(B), gram_matrix(np.concatenate([A, B], axis=1)))
    assert close(9 * G, gram_matrix(3 * A))


@given(SEEDS, SIZES)
@few
def test_style_knows_no_place(seed, size):
    a, b = normal(seed, 2, 1, *size)
    cost = layer_cost(a, b)
    assert np.isclose(cost, layer_cost(b, a)) and cost >= 0
    assert np.isclose(cost, layer_cost(a, b[:, ::-1, ::-1]))
    assert np.isclose(cost, layer_cost(a[..., ::-1], b[..., ::-1]))
    assert np.isclose(cost, layer_cost(a, -b))
    assert np.isclose(16 * cost, layer_cost(2 * a, 2 * b))
    twice = [np.concatenate([each, each], axis=1) for each in (a, b)]
    assert np.isclose(cost, layer_cost(*twice))  # the same texture on twice the area


@given(SEEDS, st.lists(st.floats(0.1, 2), min_size=1, max_size=3), st.floats(0, 3), st.floats(0, 3))
@few
def test_style_and_total_cost_are_sums(seed, weights, alpha, beta):
    S, G = ([each[None] for each in normal(seed + i, len(weights) + 1, 2, 3, 2)] for i in (0, 1))
    layers = [(str(i), weight) for i, weight in enumerate(weights)]
    cost = style_cost(S, G, layers)
    alone = [
        style_cost(S, G, [(name, weight * (i == j)) for j, (name, weight) in enumerate(layers)])
        for i in range(len(layers))
    ]
    assert np.isclose(cost, sum(alone))
    assert np.isclose(3 * cost, style_cost(S, G, [(name, 3 * weight) for name, weight in layers]))
    assert np.isclose(total_cost(2.0, cost, alpha, beta), 2 * alpha + beta * cost)


@given(SEEDS)
@fewer
def test_a_step_on_the_picture_turned_over_is_the_step_turned_over(seed):
    start, *others = np.random.default_rng(seed).random((3, 1, 4, 5, 3), np.float32)
    seen = style.look_at_steps(train_step, start, others, 2.0)
    over = style.look_at_steps(train_step, start[:, ::-1], [each[:, ::-1] for each in others], 2.0)
    picture = seen["the picture afterwards"]
    assert picture.min() >= 0 and picture.max() <= 1
    assert close(picture[:, ::-1], over["the picture afterwards"])
    assert close(seen["the cost that is returned"], over["the cost that is returned"])


# --- what_convnets_learn ----------------------------------------------------------------------------------

receptive_field = reference("what_convnets_learn", "receptive_field")
top_patches = reference("what_convnets_learn", "top_patches")
maximize_activation = reference("what_convnets_learn", "maximize_activation")
looks = module_of(receptive_field)
WINDOW = st.tuples(st.integers(1, 5), st.integers(1, 2), st.integers(1, 2))


@given(st.lists(WINDOW, min_size=1, max_size=3))
@fewer
def test_a_field_is_what_changes_a_unit(windows):
    """Kernels of ones on 48 pixels in a row of zeros: those that reach the first unit and the second."""
    import keras

    stack = [keras.Input((48, 48, 1))]
    for k, s, d in windows:
        s = 1 if d > 1 else s  # Keras allows one of the two
        stack.append(
            keras.layers.Conv2D(1, k, strides=s, dilation_rate=d, kernel_initializer="ones", use_bias=False)
        )
    model = keras.Sequential(stack)
    pixels = np.zeros((48, 48, 48, 1), np.float32)
    pixels[np.arange(48), np.arange(48)] = 1  # one row of each picture
    seen = np.asarray(model(pixels))[:, :2, 0, 0].T > 0
    (first, last), (second, _) = ((np.flatnonzero(unit)[0], np.flatnonzero(unit)[-1]) for unit in seen)
    assert receptive_field(model, model.layers[-1].name) == (last - first + 1, second - first, first)


@given(SEEDS)
@fewer
def test_patches_know_no_order(seed):
    images = np.random.default_rng(seed).uniform(-1, 1, (4, 14, 18, 1)).astype(np.float32)
    found = top_patches(looks.finder(1), "middle", images, 2)
    assert np.array_equal(found, top_patches(looks.finder(1), "middle", images[::-1], 2))
    assert np.array_equal(found[:, :1], top_patches(looks.finder(1), "middle", images, 1))


@given(SEEDS, st.integers(0, 2), st.integers(0, 2))
@fewer
def test_a_climb_can_be_made_in_two(seed, some, more):
    start = 0.5 * normal(seed, 1, 6, 6, 3).clip(-1, 1)
    climb = functools.partial(maximize_activation, looks.dreamer(6, 6), "third", 1)
    half = np.asarray(climb(some, start))
    assert close(climb(some + more, start), climb(more, half), 1e-3)
    assert np.abs(half).max() <= 1


# --- one_and_three_dimensions -----------------------------------------------------------------------------

conv1d = reference("one_and_three_dimensions", "conv1d_forward")
conv3d = reference("one_and_three_dimensions", "conv3d_forward")


@given(SEEDS, st.integers(4, 9), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2))
@few
def test_conv1d(seed, n, f, stride, padding):
    rng = np.random.default_rng(seed)
    x, y, w, v = rng.normal(size=(3, n, 2)), rng.normal(size=(3, n, 2)), *rng.normal(size=(2, f, 2, 4))
    b, none = rng.normal(size=4), np.zeros(4)
    z = conv1d(x, w, b, stride, padding)
    assert close(z + conv1d(y, w, none, stride, padding), conv1d(x + y, w, b, stride, padding))
    assert close(z + conv1d(x, v, none, stride, padding), conv1d(x, w + v, b, stride, padding))
    assert close(z[::-1], conv1d(x[::-1], w, b, stride, padding))
    assert close(z[..., ::-1], conv1d(x, w[..., ::-1], b[::-1], stride, padding))
    assert close(z, conv1d(x[..., ::-1], w[:, ::-1], b, stride, padding))
    assert close(z, conv1d(x, w, b, 1, padding)[:, ::stride])
    later = np.concatenate([np.zeros((3, stride, 2)), x], axis=1)
    assert close(conv1d(x, w, b, stride, 0), conv1d(later, w, b, stride, 0)[:, 1:])
    assert close(conv1d(x, w, none, 1, f - 1)[:, ::-1], conv1d(x[:, ::-1], w[::-1], none, 1, f - 1))


@given(SEEDS, *[st.tuples(*[st.integers(low, high)] * 3) for low, high in ((3, 5), (1, 3), (1, 2), (0, 1))])
@few
def test_conv3d(seed, n, f, stride, padding):
    rng = np.random.default_rng(seed)
    x, w, b = rng.normal(size=(2, *n, 2)), rng.normal(size=(*f, 2, 3)), rng.normal(size=3)
    z = conv3d(x, w, b, stride, padding)
    assert close(2 * z - b, conv3d(2 * x, w, b, stride, padding))
    assert close(z[::-1], conv3d(x[::-1], w, b, stride, padding))
    assert close(z, conv3d(x, w, b, (1, 1, 1), padding)[:, :: stride[0], :: stride[1], :: stride[2]])
    axes = rng.permutation(3)  # no axis is special
    turned = conv3d(
        x.transpose(0, *(axes + 1), 4),
        w.transpose(*axes, 3, 4),
        b,
        tuple(stride[a] for a in axes),
        tuple(padding[a] for a in axes),
    )
    assert close(z.transpose(0, *(axes + 1), 4), turned)


@given(SEEDS, st.integers(1, 3), st.integers(1, 2), st.integers(0, 2))
@few
def test_three_axes_of_which_two_are_flat_are_one(seed, f, stride, padding):
    rng = np.random.default_rng(seed)
    x, w, b = rng.normal(size=(2, 6, 2)), rng.normal(size=(f, 2, 3)), rng.normal(size=3)
    z = conv1d(x, w, b, stride, padding)
    for axis in range(3):
        flat = [each for each in range(3) if each != axis]
        wide = conv3d(
            np.expand_dims(x, [1 + each for each in flat]),
            np.expand_dims(w, flat),
            b,
            tuple(stride if each == axis else 1 for each in range(3)),
            tuple(padding if each == axis else 0 for each in range(3)),
        )
        assert close(z, wide.squeeze(tuple(1 + each for each in flat)))


@pytest.mark.parametrize(("name", "shape"), [("heartbeat_model", (40, 2)), ("action_model", (3, 8, 8, 1))])
def test_probabilities_know_no_order(name, shape):
    model = reference("one_and_three_dimensions", name)(shape, 3)
    X = normal(0, 4, *shape)
    said = np.asarray(model(X))
    assert close(said.sum(axis=1), 1)
    assert close(said[::-1], model(X[::-1]))
