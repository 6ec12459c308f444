r"""Backpropagation through time, by hand, in NumPy with explicit weights.

The forward pass of a tanh layer, the backward pass derived line by line,
and the finite differences to check it with. It leaves out gates: once the
chain rule through one cell is understood, autograd does the rest.
Chapter 4.
"""

from typing import NamedTuple

import numpy as np

from course_lib import _require


class RNNWeights(NamedTuple):
    """Weights of one tanh layer, or their gradients.

    Attributes:
        W_x: (H, D).
        W_h: (H, H).
        b: (H,).
    """

    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray


class RNNGradients(NamedTuple):
    """Gradients of a loss: of the weights, the inputs and the first state.

    Attributes:
        weights: `RNNWeights` of gradients.
        xs: (B, T, D).
        h0: (B, H).
    """

    weights: RNNWeights
    xs: np.ndarray
    h0: np.ndarray


def rnn_forward(xs, h0, weights):
    r"""Run a tanh layer over a sequence.

    .. math:: h_t = \tanh(W_x x_t + W_h h_{t-1} + b)

    Args:
        xs: (B, T, D).
        h0: (B, H).
        weights: `RNNWeights`.

    Returns:
        hs (B, T, H).

    Source:
        Chapter 4.

    >>> weights = RNNWeights(np.ones((5, 2)), np.eye(5), np.zeros(5))
    >>> rnn_forward(np.zeros((3, 7, 2)), np.zeros((3, 5)), weights).shape
    (3, 7, 5)
    """
    _check(xs, h0, weights)
    h = h0
    hs = []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ weights.W_x.T + h @ weights.W_h.T + weights.b)
        hs.append(h)
    return np.stack(hs, axis=1)


def rnn_backward(dhs, xs, h0, hs, weights, *, window=None):
    r"""Gradients of a loss, from its gradients with respect to the outputs.

    With :math:`a_t` for the pre-activation, from the last step back:

    .. math::
        dh_t &= \partial L / \partial h_t + W_h^\top da_{t+1} \\
        da_t &= (1 - h_t^2) \odot dh_t \\
        dW_x &= \sum_t da_t x_t^\top, \quad
        dW_h = \sum_t da_t h_{t-1}^\top, \quad db = \sum_t da_t

    Args:
        dhs: (B, T, H), the loss's own gradient at each output.
        xs: (B, T, D).
        h0: (B, H).
        hs: (B, T, H) from `rnn_forward`.
        weights: `RNNWeights`.
        window: truncation: steps are taken in pieces of this length, and
            no gradient goes from a piece to the one before it.

    Returns:
        `RNNGradients`.

    Source:
        Werbos (1990); chapter 4.

    >>> weights = RNNWeights(np.ones((5, 2)), np.eye(5), np.zeros(5))
    >>> xs, h0 = np.zeros((3, 7, 2)), np.zeros((3, 5))
    >>> hs = rnn_forward(xs, h0, weights)
    >>> rnn_backward(np.ones_like(hs), xs, h0, hs, weights).weights.W_h.shape
    (5, 5)
    """
    _check(xs, h0, weights)
    for name, values in (("hs", hs), ("dhs", dhs)):
        if values.shape != (*xs.shape[:2], h0.shape[1]):
            raise ValueError(
                f"{name} must have shape (B, T, H) = "
                f"{(*xs.shape[:2], h0.shape[1])}, got {values.shape}; hs "
                "comes from rnn_forward with the same xs."
            )
    if window is not None:
        _require.at_least(window, 1, name="window")
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)  # h_{t-1}
    dW_x, dW_h, db = (np.zeros_like(weight) for weight in weights)
    dxs = np.zeros_like(xs)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        da = (1 - hs[:, t] ** 2) * (dhs[:, t] + dh)
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dxs[:, t] = da @ weights.W_x
        dh = da @ weights.W_h
        if window is not None and t % window == 0 and t > 0:
            dh = np.zeros_like(dh)
    return RNNGradients(RNNWeights(dW_x, dW_h, db), dxs, dh)


def numerical_gradient(function, values, *, eps=1e-5):
    r"""Central differences of a scalar function, one entry at a time.

    .. math:: \frac{f(x + \epsilon e_k) - f(x - \epsilon e_k)}{2 \epsilon}

    In float64 a step of 1e-5 leaves a relative error near 1e-10; in float32
    no step is good enough for a check.

    Args:
        function: of an array like ``values``, returns a number.
        values: float64 array of any shape; it is not changed.
        eps: the step.

    Returns:
        Array of the shape of ``values``.

    Raises:
        ValueError: unless ``values`` is float64.

    >>> numerical_gradient(lambda x: x.sum() ** 2, np.ones(3)).round(6)
    array([6., 6., 6.])
    """
    if values.dtype != np.float64:
        raise ValueError(
            f"values must be float64 for a gradient check, got {values.dtype};"
            " in float32 the rounding error hides the difference."
        )
    gradient = np.zeros_like(values)
    moved = values.copy()
    for index in np.ndindex(values.shape):
        moved[index] = values[index] + eps
        above = function(moved)
        moved[index] = values[index] - eps
        gradient[index] = (above - function(moved)) / (2 * eps)
        moved[index] = values[index]
    return gradient


def relative_error(gradient, reference):
    r"""How far a gradient is from a reference, as a share of both sizes.

    .. math:: \|g - r\| \,/\, \max(\|g\| + \|r\|, 10^{-300})

    >>> relative_error(np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    0.0
    """
    if gradient.shape != reference.shape:
        raise ValueError(
            f"the gradients must have the same shape, got {gradient.shape} "
            f"and {reference.shape}."
        )
    size = np.linalg.norm(gradient) + np.linalg.norm(reference)
    return float(np.linalg.norm(gradient - reference) / max(size, 1e-300))


def _check(xs, h0, weights):
    """Raise unless inputs, first state and weights fit together."""
    if weights.W_x.ndim != 2:
        raise ValueError(
            f"W_x must have shape (H, D), got {weights.W_x.shape}; one unit "
            "is W_x[None, :]."
        )
    H, D = weights.W_x.shape
    _require.sequences(xs, D)
    expected = {"W_h": (H, H), "b": (H,)}
    got = {"W_h": weights.W_h.shape, "b": weights.b.shape}
    if got != expected:
        raise ValueError(f"weights must have shapes {expected}, got {got}.")
    if h0.shape != (len(xs), H):
        raise ValueError(
            f"h0 must have shape (B, H) = {(len(xs), H)}, got {h0.shape}."
        )
