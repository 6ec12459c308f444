r"""Products of Jacobians: how one state's influence grows or fades.

What a gradient meets on its way back through time is one matrix a step,
:math:`\partial h_t / \partial h_{t-1}`. This module multiplies them, which
is too slow for training and fine for looking. The cheap stand-in, the
gradient of a sum, is ``gradient_flow`` in `gradients`. Chapter 9.
"""

import torch
from torch.func import jacrev, vmap

from course_lib import _require


def jacobian_norms(cell, xs):
    r"""Norm of the Jacobian of each state with respect to the first one.

    .. math::
        \Bigl\| \frac{\partial h_t}{\partial h_0} \Bigr\|_2 =
        \| J_t J_{t-1} \cdots J_1 \|_2, \qquad
        J_t = \frac{\partial h_t}{\partial h_{t-1}}

    The norm is the largest singular value: the most that any small change
    of :math:`h_0` is stretched on its way to :math:`h_t`.

    Args:
        cell: a cell whose state is one tensor, such as `RNNCell`.
        xs: (B, T, D).

    Returns:
        (B, T + 1) in float64; column 0 is 1.

    Raises:
        ValueError: if the state has several parts (`gradient_flow` can).

    Source:
        Pascanu et al. (2013); chapter 9.

    >>> from course_lib.cells import RNNCell
    >>> jacobian_norms(RNNCell(3, 5), torch.zeros(2, 7, 3)).shape
    torch.Size([2, 8])
    """
    _require.sequences(xs, cell.input_size)
    h = cell.initial_state(len(xs))
    if not isinstance(h, torch.Tensor):
        raise ValueError(
            "the cell's state must be one tensor, got "
            f"{type(h).__name__}; gradient_flow takes every cell."
        )

    def next_state(h, p):
        return cell.step(p[None], h[None])[1][0]

    product = torch.eye(h.shape[1], dtype=torch.float64).expand(
        len(xs), -1, -1
    )
    norms = [torch.ones(len(xs), dtype=torch.float64)]
    with torch.no_grad():
        for p in cell.project(xs).unbind(1):
            J = vmap(jacrev(next_state))(h, p)
            product = J.double() @ product
            norms.append(torch.linalg.matrix_norm(product, 2))
            _, h = cell.step(p, h)
    return torch.stack(norms, dim=1)


def power_norms(W, n_steps):
    r"""Norms of the powers of a matrix, :math:`\|W^k\|_2`.

    Args:
        W: (H, H).
        n_steps: the largest power.

    Returns:
        (n_steps + 1,) in float64, for k = 0 ... n_steps.

    Source:
        Chapter 9; Trefethen & Embree (2005) on the hump before the decay.

    >>> power_norms(torch.tensor([[0.5, 0.0], [0.0, 0.25]]), 3)
    tensor([1.0000, 0.5000, 0.2500, 0.1250], dtype=torch.float64)
    """
    W = torch.as_tensor(W).detach().double()
    if W.ndim != 2 or W.shape[0] != W.shape[1]:
        raise ValueError(f"W must be square, got shape {tuple(W.shape)}.")
    _require.at_least(n_steps, 1, name="n_steps")
    powers = [torch.eye(len(W), dtype=torch.float64)]
    for _ in range(n_steps):
        powers.append(W @ powers[-1])
    return torch.stack([torch.linalg.matrix_norm(P, 2) for P in powers])
