r"""Weight surgery: cells whose weights are chosen by hand, not learned.

To say what a network *can* compute, write down the weights that do it. It
leaves out gates: a cell with gates is operated on bias by bias (chapter
11). Chapter 1.
"""

import torch

from course_lib import _require
from course_lib.cells import RNNCell


def cell_with_weights(W_x, W_h, b=None, *, activation=torch.tanh):
    r"""Make a simple cell with exactly these weights.

    .. math:: h_t = \phi(W_x x_t + W_h h_{t-1} + b)

    Args:
        W_x: (H, D), numbers or nested lists of numbers.
        W_h: (H, H).
        b: (H,), zeros if left out.
        activation: :math:`\phi`; ``torch.nn.Identity()`` makes the cell
            linear.

    Returns:
        `RNNCell` in float64, whose weights can still be trained.

    Raises:
        ValueError: if the shapes do not fit each other, or on NaN.

    Source:
        Chapter 1.

    >>> total = cell_with_weights([[1]], [[1]], activation=torch.nn.Identity())
    >>> h, _ = total(torch.ones(2, 1).double(), total.initial_state(2) + 3)
    >>> h.flatten().tolist()
    [4.0, 4.0]
    """
    W_x, W_h = _numbers(W_x, "W_x"), _numbers(W_h, "W_h")
    if W_x.ndim != 2 or 0 in W_x.shape:
        raise ValueError(
            f"W_x must have shape (H, D), got {tuple(W_x.shape)}; one unit "
            "with one input is [[w_x]]."
        )
    H, D = W_x.shape
    b = W_x.new_zeros(H) if b is None else _numbers(b, "b")
    for name, value, shape in [("W_h", W_h, (H, H)), ("b", b, (H,))]:
        if tuple(value.shape) != shape:
            raise ValueError(
                f"{name} must have shape {shape} beside a W_x of shape "
                f"{(H, D)}, got {tuple(value.shape)}; rows are units that "
                "receive, columns are units that send."
            )
    cell = RNNCell(D, H, activation=activation).double()
    with torch.no_grad():
        cell.x_to_gates.weight.copy_(W_x)
        cell.h_to_gates.weight.copy_(W_h)
        cell.x_to_gates.bias.copy_(b)
    return cell


def _numbers(values, name):
    """Nested lists, an array or a tensor as a float64 tensor."""
    values = torch.as_tensor(values, dtype=torch.float64)
    _require.finite(values, name=name)
    return values
