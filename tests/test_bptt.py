"""Backpropagation by hand against autograd and finite differences."""

import numpy as np
import pytest
import torch

from course_lib import (
    Recurrent,
    RNNCell,
    RNNWeights,
    numerical_gradient,
    relative_error,
    rnn_backward,
    rnn_forward,
)

B, T, D, H = 2, 6, 3, 4


@pytest.fixture
def problem():
    """Inputs, first state, weights and the loss's gradient, all random."""
    rng = np.random.default_rng(0)
    weights = RNNWeights(
        rng.normal(size=(H, D)),
        rng.normal(size=(H, H)) / 2,
        rng.normal(size=H),
    )
    xs, h0 = rng.normal(size=(B, T, D)), rng.normal(size=(B, H))
    return xs, h0, weights, rng.normal(size=(B, T, H))


def as_layer(weights):
    """The same weights in the library's cell."""
    layer = Recurrent(RNNCell(D, H)).double()
    with torch.no_grad():
        layer.cell.x_to_gates.weight.copy_(torch.as_tensor(weights.W_x))
        layer.cell.h_to_gates.weight.copy_(torch.as_tensor(weights.W_h))
        layer.cell.x_to_gates.bias.copy_(torch.as_tensor(weights.b))
    return layer


def autograd(problem, window=None):
    """Gradients from torch, with the state detached between pieces."""
    xs, h0, weights, dhs = problem
    layer = as_layer(weights)
    xs = torch.tensor(xs, requires_grad=True)
    h0 = torch.tensor(h0, requires_grad=True)
    loss, state = 0.0, h0
    for start in range(0, T, window or T):
        stop = start + (window or T)
        hs, state = layer(xs[:, start:stop], state)
        loss = loss + (hs * torch.as_tensor(dhs[:, start:stop])).sum()
        state = state.detach()
    cell = layer.cell
    loss.backward()
    return {
        "W_x": cell.x_to_gates.weight.grad,
        "W_h": cell.h_to_gates.weight.grad,
        "b": cell.x_to_gates.bias.grad,
        "xs": xs.grad,
        "h0": h0.grad,
    }


def by_hand(problem, window=None):
    """The same gradients from the library's own equations."""
    xs, h0, weights, dhs = problem
    hs = rnn_forward(xs, h0, weights)
    gradients = rnn_backward(dhs, xs, h0, hs, weights, window=window)
    return {
        **gradients.weights._asdict(),
        "xs": gradients.xs,
        "h0": gradients.h0,
    }


def test_the_forward_pass_equals_the_rnn_cell(problem):
    """The same weights give the same outputs."""
    xs, h0, weights, _ = problem
    expected, _ = as_layer(weights)(torch.as_tensor(xs), torch.as_tensor(h0))
    np.testing.assert_allclose(
        rnn_forward(xs, h0, weights), expected.detach(), rtol=0, atol=1e-14
    )


@pytest.mark.parametrize("window", [None, 1, 2, 3, 4, T, T + 1])
def test_the_backward_pass_equals_autograd(problem, window):
    """Whole or truncated, every gradient agrees to 1e-12."""
    expected = autograd(problem, window)
    got = by_hand(problem, window)
    assert got.keys() == expected.keys()
    for name, gradient in got.items():
        largest = expected[name].abs().max().item()
        np.testing.assert_allclose(
            gradient, expected[name], rtol=0, atol=1e-12 * largest
        )


def test_truncation_changes_the_gradient(problem):
    """Otherwise the test above could not fail for a window."""
    whole, short = by_hand(problem), by_hand(problem, 2)
    for name in ("W_x", "W_h", "b", "xs", "h0"):
        assert relative_error(short[name], whole[name]) > 1e-3, name


@pytest.mark.parametrize("name", ["W_x", "W_h", "b", "xs", "h0"])
def test_the_backward_pass_equals_finite_differences(problem, name):
    """Of the weights, the inputs and the first state, below 1e-9."""
    xs, h0, weights, dhs = problem
    values = {"xs": xs, "h0": h0, **weights._asdict()}

    def loss(moved):
        now = {**values, name: moved}
        now_weights = RNNWeights(now["W_x"], now["W_h"], now["b"])
        hs = rnn_forward(now["xs"], now["h0"], now_weights)
        return (hs * dhs).sum()

    numerical = numerical_gradient(loss, values[name])
    assert relative_error(by_hand(problem)[name], numerical) < 1e-9


def test_gradients_of_one_unit_and_one_step_by_hand():
    """Tanh' = 1 - h², and the chain rule from there."""
    weights = RNNWeights(np.array([[2.0]]), np.array([[3.0]]), np.array([0.2]))
    x, h0, dh = 0.5, 0.1, 0.7
    xs, start = np.full((1, 1, 1), x), np.full((1, 1), h0)
    hs = rnn_forward(xs, start, weights)
    h = np.tanh(2 * x + 3 * h0 + 0.2)
    assert hs.item() == pytest.approx(h, rel=1e-15)
    da = (1 - h**2) * dh
    got = rnn_backward(np.full((1, 1, 1), dh), xs, start, hs, weights)
    assert [g.item() for g in (*got.weights, got.xs, got.h0)] == (
        pytest.approx([da * x, da * h0, da, 2 * da, 3 * da], rel=1e-14)
    )


def test_nothing_that_goes_in_is_changed(problem):
    """Forward, backward and the check of a gradient leave inputs alone."""
    xs, h0, weights, dhs = problem
    arrays = [xs, h0, *weights, dhs]
    copies = [array.copy() for array in arrays]
    by_hand(problem)
    by_hand(problem, 2)
    numerical_gradient(lambda h: rnn_forward(xs, h, weights).sum(), h0)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_central_differences_of_a_known_function():
    """The gradient of Σ x³ is 3 x², of any shape."""
    values = np.arange(6.0).reshape(2, 3)
    got = numerical_gradient(lambda x: (x**3).sum(), values)
    np.testing.assert_allclose(got, 3 * values**2, rtol=0, atol=1e-7)
    np.testing.assert_array_equal(values, np.arange(6.0).reshape(2, 3))


def test_central_differences_have_the_step_that_was_asked_for():
    """Of x³ at 0 the central difference is eps² exactly."""
    got = numerical_gradient(lambda x: x[0] ** 3, np.zeros(1), eps=0.5)
    assert got.item() == pytest.approx(0.25)


def test_relative_error_is_zero_for_equal_and_one_for_opposite():
    """‖g - r‖ / (‖g‖ + ‖r‖); two zeros are equal."""
    g = np.array([3.0, 4.0])
    assert relative_error(g, g) == 0
    assert relative_error(g, -g) == 1
    assert relative_error(np.zeros(2), np.zeros(2)) == 0
    assert relative_error(g, 3 * g) == pytest.approx(0.5)


def test_a_gradient_check_in_float32_is_refused():
    """The message says why."""
    with pytest.raises(ValueError, match=r"float64.*got float32.*rounding"):
        numerical_gradient(np.sum, np.ones(3, np.float32))


def test_gradients_of_different_shapes_are_not_compared():
    """They would broadcast."""
    with pytest.raises(ValueError, match=r"same shape, got \(3,\) and \(1,\)"):
        relative_error(np.ones(3), np.ones(1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"xs": np.zeros((B, T))}, r"\(B, T, D\).*forget the feature axis"),
        ({"xs": np.zeros((B, T, D + 1))}, r"D=3, got \(2, 6, 4\)"),
        ({"xs": np.zeros((B, 0, D))}, "no axis of length 0"),
        ({"h0": np.zeros(H)}, r"h0 must.*\(B, H\) = \(2, 4\), got \(4,\)"),
        ({"h0": np.zeros((1, H))}, r"h0 must.*got \(1, 4\)"),
        ({"W_h": np.zeros((H, D))}, r"weights must.*W_h.*got.*\(4, 3\)"),
        ({"b": np.zeros((H, 1))}, r"weights must.*got.*\(4, 1\)"),
        ({"W_x": np.zeros(D)}, r"W_x must have shape \(H, D\), got \(3,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(problem, change, words):
    """In the forward and in the backward pass."""
    xs, h0, weights, dhs = problem
    hs = rnn_forward(xs, h0, weights)
    values = {"xs": xs, "h0": h0, **weights._asdict(), **change}
    changed = RNNWeights(values["W_x"], values["W_h"], values["b"])
    with pytest.raises(ValueError, match=words):
        rnn_forward(values["xs"], values["h0"], changed)
    with pytest.raises(ValueError, match=words):
        rnn_backward(dhs, values["xs"], values["h0"], hs, changed)


def test_outputs_that_do_not_fit_are_named(problem):
    """Hs and dhs must be of the run that is taken back."""
    xs, h0, weights, dhs = problem
    hs = rnn_forward(xs, h0, weights)
    for bad in ((dhs[:, 1:], hs), (dhs, hs[:, 1:]), (dhs[:, 1:], hs[:, 1:])):
        with pytest.raises(ValueError, match=r"\(B, T, H\) = \(2, 6, 4\), go"):
            rnn_backward(bad[0], xs, h0, bad[1], weights)
    with pytest.raises(ValueError, match=r"window must be.*at least 1, got 0"):
        rnn_backward(dhs, xs, h0, hs, weights, window=0)
