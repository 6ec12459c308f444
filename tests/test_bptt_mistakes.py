"""Each mistake is one, and is the one that its name says."""

import numpy as np
import pytest

from course_lib import RNNWeights, relative_error, rnn_backward, rnn_forward
from course_lib.bptt_mistakes import (
    MISTAKES,
    broken_backward,
    cosine,
    flatten,
)

B, T, D, H = 2, 8, 3, 4


@pytest.fixture
def case():
    """What a backward pass is called with; the first state is not zero."""
    rng = np.random.default_rng(0)
    weights = RNNWeights(
        rng.normal(size=(H, D)),
        rng.normal(size=(H, H)) / 2,
        rng.normal(size=H),
    )
    xs, h0 = rng.normal(size=(B, T, D)), rng.normal(size=(B, H))
    hs = rnn_forward(xs, h0, weights)
    return rng.normal(size=(B, T, H)), xs, h0, hs, weights


def of(mistake, case):
    """Gradients with the mistake, and the right ones."""
    return broken_backward(mistake, *case), rnn_backward(*case)


def same(got, expected):
    """The same numbers but for rounding."""
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_far_from_the_right_gradient(mistake, case):
    """Farther than any tolerance that a check would have."""
    wrong, right = of(mistake, case)
    assert relative_error(flatten(wrong), flatten(right)) > 0.01


def test_overwriting_keeps_the_share_of_the_first_step(case):
    """All steps less all but the first; what flows back is right."""
    wrong, right = of("overwritten", case)
    dhs, xs, _, hs, weights = case
    later = rnn_backward(dhs[:, 1:], xs[:, 1:], hs[:, 0], hs[:, 1:], weights)
    same(flatten(wrong), flatten(right) - flatten(later))
    same(wrong.xs, right.xs)


def test_the_wrong_state_touches_the_recurrent_weights_only(case):
    """Every other gradient does without it."""
    wrong, right = of("wrong state", case)
    assert relative_error(wrong.weights.W_h, right.weights.W_h) > 0.01
    same(wrong.weights.W_x, right.weights.W_x)
    same(wrong.weights.b, right.weights.b)
    same(wrong.xs, right.xs)


def test_a_transposed_gradient_is_the_transpose(case):
    """Of dW_h; the other gradients are right."""
    wrong, right = of("transposed gradient", case)
    same(wrong.weights.W_h, right.weights.W_h.T)
    same(wrong.weights.b, right.weights.b)
    same(wrong.xs, right.xs)


def test_weights_that_are_not_transposed_do_no_harm_if_symmetric(case):
    """W_h = W_h^T hides the mistake."""
    dhs, xs, h0, _, weights = case
    symmetric = weights._replace(W_h=weights.W_h + weights.W_h.T)
    hs = rnn_forward(xs, h0, symmetric)
    wrong, right = of("W_h not transposed", (dhs, xs, h0, hs, symmetric))
    same(flatten(wrong), flatten(right))


def test_the_slope_of_the_output_is_never_below_the_right_one(case):
    """tanh'(tanh(a)) is nearer to one than tanh'(a)."""
    _, xs, h0, hs, weights = case
    one = np.ones((B, 1, H)), xs[:, :1], h0, hs[:, :1], weights
    wrong, right = of("slope of the output", one)
    assert (wrong.weights.b > right.weights.b).all()
    same(right.weights.b, (1 - hs[:, 0] ** 2).sum(axis=0))
    same(wrong.weights.b, (1 - np.tanh(hs[:, 0]) ** 2).sum(axis=0))


def test_the_last_loss_only_is_right_if_there_is_no_other(case):
    """With a loss at the last step alone there is no mistake."""
    dhs, *rest = case
    dhs = np.concatenate([np.zeros_like(dhs[:, :-1]), dhs[:, -1:]], axis=1)
    wrong, right = of("last loss only", (dhs, *rest))
    same(flatten(wrong), flatten(right))


@pytest.mark.parametrize(
    ("mistake", "window"), [("not passed on", 1), ("truncated to 5", 5)]
)
def test_what_is_not_passed_on_is_a_truncation(mistake, window, case):
    """To pieces of one step, and of five."""
    wrong = broken_backward(mistake, *case)
    truncated = rnn_backward(*case, window=window)
    same(flatten(wrong), flatten(truncated))
    same(wrong.xs, truncated.xs)


def test_nothing_that_goes_in_is_changed(case):
    """By any of the mistakes."""
    arrays = [*case[:-1], *case[-1]]
    copies = [array.copy() for array in arrays]
    for mistake in MISTAKES:
        broken_backward(mistake, *case)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_an_unknown_mistake_is_named_with_the_known_ones(case):
    """As every choice in this library."""
    with pytest.raises(ValueError, match=r"'overwritten'.*got 'typo'"):
        broken_backward("typo", *case)


def test_the_cosine_is_that_of_the_angle():
    """One, zero and minus one; a zero gradient has none."""
    g = np.array([3.0, 4.0])
    assert cosine(g, 2 * g) == pytest.approx(1)
    assert cosine(g, np.array([4.0, -3.0])) == pytest.approx(0)
    assert cosine(g, -g) == pytest.approx(-1)
    assert cosine(g, np.zeros(2)) == 0
