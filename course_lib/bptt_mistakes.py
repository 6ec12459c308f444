"""The classic mistakes of backpropagation through time, one at a time.

Each is `rnn_backward` with one line wrong. They are here to be caught: by
a gradient check, which sees them all, and by a training curve, which often
does not. Chapter 4.
"""

import numpy as np

from course_lib import _require
from course_lib.bptt import RNNGradients, RNNWeights, rnn_backward

# What is wrong, by name, in the words of the chapter.
MISTAKES = {
    "overwritten": "dW = instead of dW +=",
    "wrong state": "h_t instead of h_{t-1} in dW_h",
    "transposed gradient": "h da^T instead of da h^T in dW_h",
    "W_h not transposed": "W_h da instead of W_h^T da",
    "slope of the output": "tanh'(h_t) instead of tanh'(a_t)",
    "last loss only": "dL/dh_t of the last step alone",
    "not passed on": "dh_{t-1} stays zero",
    "truncated to 5": "nothing passes between pieces of 5 steps",
}


def broken_backward(mistake, dhs, xs, h0, hs, weights):
    """`rnn_backward` with one of the `MISTAKES`.

    Args:
        mistake: one of the names in `MISTAKES`.
        dhs: (B, T, H), the loss's own gradient at each output.
        xs: (B, T, D).
        h0: (B, H).
        hs: (B, T, H) from `rnn_forward`.
        weights: `RNNWeights`.

    Returns:
        `RNNGradients`, wrong ones.

    Source:
        Chapter 4.

    >>> weights = RNNWeights(np.ones((5, 2)), np.eye(5), np.zeros(5))
    >>> xs, hs = np.zeros((3, 7, 2)), np.zeros((3, 7, 5))
    >>> broken_backward("overwritten", hs, xs, hs[:, 0], hs, weights).xs.shape
    (3, 7, 2)
    """
    _require.one_of(mistake, MISTAKES, name="mistake")
    if mistake == "truncated to 5":
        return rnn_backward(dhs, xs, h0, hs, weights, window=5)
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    if mistake == "wrong state":
        before = hs
    if mistake == "last loss only":
        dhs = np.concatenate([np.zeros_like(dhs[:, :-1]), dhs[:, -1:]], axis=1)
    back = weights.W_h.T if mistake == "W_h not transposed" else weights.W_h
    dW_x, dW_h, db = (np.zeros_like(weight) for weight in weights)
    dxs, dh = np.zeros_like(xs), np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        slope = 1 - hs[:, t] ** 2
        if mistake == "slope of the output":
            slope = 1 - np.tanh(hs[:, t]) ** 2
        da = slope * (dhs[:, t] + dh)
        if mistake == "overwritten":
            dW_x, dW_h, db = (np.zeros_like(weight) for weight in weights)
        outer = da.T @ before[:, t]
        dW_x += da.T @ xs[:, t]
        dW_h += outer.T if mistake == "transposed gradient" else outer
        db += da.sum(axis=0)
        dxs[:, t] = da @ weights.W_x
        dh = da @ back
        if mistake == "not passed on":
            dh = np.zeros_like(dh)
    return RNNGradients(RNNWeights(dW_x, dW_h, db), dxs, dh)


def flatten(gradients):
    """The gradients of all weights in one vector.

    >>> weights = RNNWeights(np.ones((5, 2)), np.eye(5), np.zeros(5))
    >>> flatten(RNNGradients(weights, None, None)).shape
    (40,)
    """
    return np.concatenate([part.ravel() for part in gradients.weights])


def cosine(gradient, reference):
    r"""The cosine of the angle between two gradients.

    .. math:: \frac{g \cdot r}{\|g\| \, \|r\|}

    1 means the same direction, 0 a right angle; a descent along ``gradient``
    lowers the loss, for steps small enough, if it is above 0.

    >>> cosine(np.array([2.0, 0.0]), np.array([1.0, 1.0])).round(3).item()
    0.707
    """
    size = np.linalg.norm(gradient) * np.linalg.norm(reference)
    return (gradient * reference).sum() / max(size, 1e-300)
