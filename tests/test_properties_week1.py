"""What mathematics says of week 1's references, whatever the numbers: linearity, shifts, order, adjoints."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbook
from workbook.lessons import all_lessons

quickly = settings(deadline=None, max_examples=20, derandomize=True)
seeds = st.integers(0, 10_000)
sides, windows, strides, pads = st.integers(3, 8), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2)

LESSONS = ("edges_and_convolution", "convolution_step_by_step", "convolution_application")
REFERENCES = {
    exercise.name: exercise.reference
    for lesson in all_lessons()
    if lesson.name in LESSONS
    for exercise in lesson.exercises
}
same_padding, conv_output_size = REFERENCES["same_padding"], REFERENCES["conv_output_size"]
cross_correlate2d, convolve2d = REFERENCES["cross_correlate2d"], REFERENCES["convolve2d"]
learn_kernel, zero_pad = REFERENCES["learn_kernel"], REFERENCES["zero_pad"]
conv_single_step, conv_forward = REFERENCES["conv_single_step"], REFERENCES["conv_forward"]
conv_forward_fast, conv_backward = REFERENCES["conv_forward_fast"], REFERENCES["conv_backward"]
pool_forward, pool_backward = REFERENCES["pool_forward"], REFERENCES["pool_backward"]
create_mask_from_window = REFERENCES["create_mask_from_window"]
distribute_value = REFERENCES["distribute_value"]


def normal(seed, *shape):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def same(one, two):
    np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-9)


def layer(seed, f, stride, pad, n_C_prev=2, n_C=3):
    """W, b and hyperparameters."""
    W, b = normal(seed, f, f, n_C_prev, n_C), normal(seed, 1, 1, 1, n_C)
    return W, b, {"stride": stride, "pad": pad}


# --- sizes ---------------------------------------------------------------------------------------------


@quickly
@given(n=st.integers(1, 50), k=st.integers(0, 9))
def test_same_padding_keeps_the_size_of_any_picture(n, k):
    f = 2 * k + 1
    assert conv_output_size(n, f, same_padding(f), 1) == n


@quickly
@given(n=st.integers(10, 50), f=st.integers(1, 9), p=pads, s=strides, more=st.integers(0, 5))
def test_output_size_counts_the_windows_that_fit(n, f, p, s, more):
    size = conv_output_size(n, f, p, s)
    assert (size - 1) * s + f <= n + 2 * p < size * s + f
    assert conv_output_size(n, f, p + 1, s) == conv_output_size(n + 2, f, p, s)
    assert conv_output_size(n + s * more, f, p, s) == size + more


# --- cross-correlation and convolution -----------------------------------------------------------------


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, stride=strides, pad=pads)
def test_cross_correlation_is_linear_in_both(seed, n_H, n_W, f, stride, pad):
    X, Y, K, L = (
        normal(seed, n_H, n_W),
        normal(seed + 1, n_H, n_W),
        normal(seed, f, 2),
        normal(seed + 1, f, 2),
    )
    how = {"stride": stride, "padding": pad}
    together = cross_correlate2d(2 * X - Y, K, **how)
    same(together, 2 * cross_correlate2d(X, K, **how) - cross_correlate2d(Y, K, **how))
    same(
        cross_correlate2d(X, K - 3 * L, **how),
        cross_correlate2d(X, K, **how) - 3 * cross_correlate2d(X, L, **how),
    )


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, pad=pads)
def test_what_moves_in_the_picture_moves_in_the_result(seed, n_H, n_W, f, pad):
    X, K = normal(seed, n_H + 1, n_W + 1), normal(seed, f, f)
    whole = cross_correlate2d(X, K)
    same(cross_correlate2d(X[1:, 1:], K), whole[1:, 1:])
    same(cross_correlate2d(X.T, K.T, padding=pad), cross_correlate2d(X, K, padding=pad).T)
    same(cross_correlate2d(X, K, 2, pad), cross_correlate2d(X, K, 1, pad)[::2, ::2])
    same(cross_correlate2d(X, K, 1, pad), cross_correlate2d(np.pad(X, pad), K))


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows)
def test_convolution_is_associative_and_flips(seed, n_H, n_W, f):
    X, K, L = normal(seed, n_H + 4, n_W + 4), normal(seed, f, 2), normal(seed + 1, 2, f)
    both = convolve2d(np.pad(K, [(n - 1,) * 2 for n in L.shape]), L)
    same(convolve2d(convolve2d(X, K), L), convolve2d(X, both))
    same(convolve2d(convolve2d(X, K), L), convolve2d(convolve2d(X, L), K))
    same(convolve2d(X, K), cross_correlate2d(X, K[::-1, ::-1]))


@quickly
@given(seed=seeds, steps=st.integers(1, 8))
def test_learning_is_linear_in_its_targets_and_stays_where_the_error_is_0(seed, steps):
    X, S, T = normal(seed, 3, 6, 7), normal(seed, 3, 4, 5), normal(seed + 1, 3, 4, 5)
    alone = [learn_kernel(X, targets, steps, 0.1) for targets in (S, T)]
    same(learn_kernel(X, 2 * S - T, steps, 0.1), 2 * alone[0] - alone[1])
    same(learn_kernel(X, 0 * T, steps, 0.1), np.zeros((3, 3)))
    order = np.random.default_rng(seed).permutation(3)
    same(learn_kernel(X[order], T[order], steps, 0.1), alone[1])


# --- a layer, forward ----------------------------------------------------------------------------------


@quickly
@given(seed=seeds, p=pads, q=pads)
def test_padding_twice_is_padding_once_by_the_sum(seed, p, q):
    X = normal(seed, 2, 3, 4, 2)
    padded = zero_pad(X, p)
    same(zero_pad(padded, q), zero_pad(X, p + q))
    assert padded.shape == (2, 3 + 2 * p, 4 + 2 * p, 2)
    same(np.sum(padded**2), np.sum(X**2))


@quickly
@given(seed=seeds, f=windows)
def test_a_step_is_symmetric_but_for_its_bias(seed, f):
    a, W, b = normal(seed, f, f, 3), normal(seed + 1, f, f, 3), normal(seed, 1, 1, 1)
    same(conv_single_step(a, W, b), conv_single_step(W, a, b))
    same(conv_single_step(a + W, W, b), conv_single_step(a, W, b) + np.sum(W**2))
    same(conv_single_step(a, W, b) - conv_single_step(a, W, 0 * b), b.item())


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, stride=strides, pad=pads)
def test_a_layer_keeps_the_order_of_pictures_filters_and_channels(seed, n_H, n_W, f, stride, pad):
    A, (W, b, how) = normal(seed, 3, n_H, n_W, 2), layer(seed, f, stride, pad)
    for forward in (conv_forward, conv_forward_fast):
        Z, _ = forward(A, W, b, how)
        order = np.random.default_rng(seed).permutation(3)
        same(forward(A[order], W, b, how)[0], Z[order])
        same(forward(A, W[..., order], b[..., order], how)[0], Z[..., order])
        same(forward(A[..., ::-1], W[:, :, ::-1], b, how)[0], Z)
        same(forward(A.swapaxes(1, 2), W.swapaxes(0, 1), b, how)[0], Z.swapaxes(1, 2))
        same(forward(2 * A, W, 2 * b, how)[0], 2 * Z)


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, stride=strides)
def test_a_layer_is_cross_correlation_added_up_over_channels(seed, n_H, n_W, f, stride):
    A, (W, b, how) = normal(seed, 1, n_H, n_W, 2), layer(seed, f, stride, 1)
    Z, _ = conv_forward(A, W, b, how)
    for c in range(3):
        maps = [cross_correlate2d(A[0, :, :, k], W[:, :, k, c], stride, 1) for k in range(2)]
        same(Z[0, :, :, c], sum(maps) + b[0, 0, 0, c])


# --- pooling, forward ----------------------------------------------------------------------------------


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, stride=strides)
def test_pooling_scales_moves_and_lies_between_the_extremes(seed, n_H, n_W, f, stride):
    A, how = normal(seed, 2, n_H, n_W, 3), {"f": f, "stride": stride}
    largest, average = (pool_forward(A, how, mode)[0] for mode in ("max", "average"))
    smallest = -pool_forward(-A, how, "max")[0]
    assert np.all(smallest <= average + 1e-12)
    assert np.all(average <= largest + 1e-12)
    for mode, pooled in (("max", largest), ("average", average)):
        same(pool_forward(3 * A + 1, how, mode)[0], 3 * pooled + 1)
        same(pool_forward(A[::-1, :, :, ::-1], how, mode)[0], pooled[::-1, :, :, ::-1])
        same(pool_forward(A.swapaxes(1, 2), how, mode)[0], pooled.swapaxes(1, 2))


@quickly
@given(seed=seeds, n_H=sides, n_W=sides)
def test_two_max_poolings_are_one_larger(seed, n_H, n_W):
    A = normal(seed, 1, n_H, n_W, 2)
    once, _ = pool_forward(A, {"f": 2, "stride": 1})
    same(pool_forward(once, {"f": 2, "stride": 1})[0], pool_forward(A, {"f": 3, "stride": 1})[0])


# --- the way back --------------------------------------------------------------------------------------


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, stride=strides, pad=pads)
def test_conv_backward_is_the_adjoint_of_conv_forward(seed, n_H, n_W, f, stride, pad):
    """<dZ, Z> = <dA, A> = <dW, W> without a bias, for Z is linear in A and in W."""
    A, (W, b, how) = normal(seed, 2, n_H, n_W, 2), layer(seed, f, stride, pad)
    Z, _ = conv_forward(A, W, 0 * b, how)
    dZ = normal(seed + 1, *Z.shape)
    dA, dW, db = conv_backward(dZ, (A, W, b, how))
    same(np.sum(dA * A), np.sum(dZ * Z))
    same(np.sum(dW * W), np.sum(dZ * Z))
    same(np.sum(db * b), np.sum(dZ * b))
    assert (dA.shape, dW.shape, db.shape) == (A.shape, W.shape, b.shape)


@quickly
@given(seed=seeds, n_H=sides, n_W=sides, f=windows, stride=strides)
def test_pool_backward_is_the_adjoint_of_pool_forward(seed, n_H, n_W, f, stride):
    """Where no maximum stands twice, max pooling is linear near A: <dA, pooled> = <dA_prev, A>."""
    A, how = normal(seed, 2, n_H, n_W, 2), {"f": f, "stride": stride}
    for mode in ("max", "average"):
        pooled, cache = pool_forward(A, how, mode)
        dA = normal(seed + 1, *pooled.shape)
        dA_prev = pool_backward(dA, cache, mode)
        same(np.sum(dA_prev * A), np.sum(dA * pooled))
        same(dA_prev.sum(), dA.sum())
        same(pool_backward(-2 * dA, cache, mode), -2 * dA_prev)


@quickly
@given(seed=seeds, n_H=st.integers(1, 4), n_W=st.integers(1, 4), scale=st.floats(0.1, 10))
def test_a_mask_does_not_care_for_scale_and_marks_itself(seed, n_H, n_W, scale):
    x = np.random.default_rng(seed).integers(-3, 4, (n_H, n_W)).astype(float)
    mask = create_mask_from_window(x)
    assert np.array_equal(create_mask_from_window(scale * x + 1), mask)
    assert np.array_equal(create_mask_from_window(mask), mask)
    assert np.array_equal(create_mask_from_window(x.T), mask.T)
    assert mask.any()


@quickly
@given(dz=st.floats(-1e3, 1e3), n_H=st.integers(1, 5), n_W=st.integers(1, 5))
def test_shares_are_equal_and_add_up(dz, n_H, n_W):
    shares = distribute_value(dz, (n_H, n_W))
    assert shares.shape == (n_H, n_W)
    assert np.ptp(shares) == 0
    same(shares.sum(), dz)


# --- networks ------------------------------------------------------------------------------------------

BUILDERS = {
    "happyModel": ((64, 64, 3), ()),
    "convolutional_model": ((20, 24, 1), ((20, 24, 1),)),
    "lenet5": ((20, 24, 1), ((20, 24, 1), 4)),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_networks_give_probabilities_picture_by_picture(name):
    workbook.start()
    shape, args = BUILDERS[name]
    keras.utils.set_random_seed(1)
    model = REFERENCES[name](*args)
    X = normal(1, 4, *shape).astype("float32")
    Y = np.asarray(model(X, training=False))
    order = [2, 0, 3, 1]
    np.testing.assert_allclose(model(X[order], training=False), Y[order], atol=1e-5)
    np.testing.assert_allclose(model(X[:1], training=False), Y[:1], atol=1e-5)
    assert np.all((Y >= 0) & (Y <= 1))
    if Y.shape[1] > 1:
        np.testing.assert_allclose(Y.sum(axis=1), 1, atol=1e-5)


def test_a_table_adds_up_to_the_model():
    workbook.start()
    model = REFERENCES["lenet5"]((20, 24, 1), 4)
    rows = REFERENCES["activation_table"](model)
    assert sum(row[3] for row in rows) == model.count_params()
    assert all(np.prod(row[1]) == row[2] for row in rows)
    assert rows[-1][1] == (4,)
