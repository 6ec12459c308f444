r"""The GRU of the first papers, beside torch's in `cells`.

Two conventions are in use, and they differ in two ways. Where the reset
gate stands makes another function: `ResetFirstGRUCell`. Which value of the
update gate keeps the state is a matter of sign: `swap_update_`. Chapter 12.
"""

import torch

from course_lib.cells import Cell, GRUCell, GRUGates


class ResetFirstGRUCell(Cell):
    r"""Gated recurrent unit with the reset gate before the product.

    .. math::
        r_t &= \sigma(W_{xr} x_t + W_{hr} h_{t-1} + b_r) \\
        z_t &= \sigma(W_{xz} x_t + W_{hz} h_{t-1} + b_z) \\
        n_t &= \tanh(W_{xn} x_t + W_{hn} (r_t \odot h_{t-1}) + b_n) \\
        h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

    One bias is enough: no gate stands between the two places where it
    could be. The candidate's product has to wait for the reset gate, so a
    step needs two products after one another where `GRUCell` needs one.

    Args:
        input_size: features D of the input.
        hidden_size: units H.

    Source:
        Cho et al. (2014), equations 5 to 8. Chapter 12.

    >>> cell = ResetFirstGRUCell(3, 5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> state.shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size, n_gates=3)

    def gates(self, p, h):
        """The two gates, then the candidate, which needs the first."""
        H = self.hidden_size
        W_h = self.h_to_gates.weight
        a = torch.addmm(p[:, : 2 * H], h, W_h[: 2 * H].T)
        r, z = torch.sigmoid(a).chunk(2, dim=-1)
        n = torch.tanh(torch.addmm(p[:, 2 * H :], r * h, W_h[2 * H :].T))
        return GRUGates(r, z, n)

    def step(self, p, h):
        """h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}."""
        _, z, n = self.gates(p, h)
        h = torch.lerp(n, h, z)  # from n at z = 0 to h at z = 1
        return h, h


def swap_update_(cell):
    r"""Change the sign of the update gate's weights, in place.

    .. math:: \sigma(-a) = 1 - \sigma(a)

    Weights of a GRU in which an update gate of 1 *writes* become weights
    of one in which it *keeps*, and the other way round. Twice is nothing.

    Args:
        cell: `GRUCell` or `ResetFirstGRUCell`.

    Raises:
        ValueError: for a cell without an update gate.

    Source:
        Chapter 12.

    >>> cell = GRUCell(3, 5)
    >>> z = cell.gates(cell.project(torch.zeros(2, 3)), torch.ones(2, 5)).z
    >>> swap_update_(cell)
    >>> new = cell.gates(cell.project(torch.zeros(2, 3)), torch.ones(2, 5)).z
    >>> torch.allclose(z + new, torch.ones(2, 5))
    True
    """
    if not isinstance(cell, GRUCell | ResetFirstGRUCell):
        raise ValueError(
            f"cell must have an update gate, got {type(cell).__name__}; use "
            "GRUCell or ResetFirstGRUCell."
        )
    H = cell.hidden_size
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter[H : 2 * H].neg_()
