"""How a cell's weights start: explicit, named, in place.

A cell starts with `glorot_orthogonal_`. The others are here because they
change results: what ``torch.nn`` does unasked, and what a gated cell needs
to remember for long. Chapters 6, 9 and 11.
"""

import torch
from torch import nn

from course_lib import _require


def glorot_orthogonal_(cell, *, generator=None):
    """Glorot for the inputs, orthogonal recurrence, biases of zero.

    Block by block: each gate's matrix by itself. An orthogonal matrix
    neither stretches nor shrinks a state that is passed through it.

    Args:
        cell: a cell with one ``nn.Linear`` each for input and state.
        generator: of the random numbers; torch's own one if left out.

    Source:
        Glorot & Bengio (2010); Saxe et al. (2014).
    """
    H = cell.hidden_size
    with torch.no_grad():
        for block in cell.x_to_gates.weight.split(H):
            nn.init.xavier_uniform_(block, generator=generator)
        for block in cell.h_to_gates.weight.split(H):
            nn.init.orthogonal_(block, generator=generator)
        for linear in (cell.x_to_gates, cell.h_to_gates):
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)


def glorot_(linear, *, generator=None):
    """Glorot for the weights of an output layer, a bias of zero.

    Args:
        linear: ``nn.Linear``.
        generator: of the random numbers; torch's own one if left out.

    Source:
        Glorot & Bengio (2010); chapter 8 has what it changes.
    """
    with torch.no_grad():
        nn.init.xavier_uniform_(linear.weight, generator=generator)
        nn.init.zeros_(linear.bias)


def uniform_(cell, *, generator=None):
    """Everything from U(-1/√H, 1/√H): the default of ``torch.nn``.

    Torch's layers have two biases where `RNNCell` and `LSTMCell` have one;
    the one gets the sum of two such draws.

    Args:
        cell: a cell with one ``nn.Linear`` each for input and state.
        generator: of the random numbers; torch's own one if left out.

    Source:
        ``torch.nn.RNN``; chapter 6 shows what it changes.
    """
    bound = cell.hidden_size**-0.5
    with torch.no_grad():
        for parameter in cell.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator=generator)
        if cell.h_to_gates.bias is None:
            bias = cell.x_to_gates.bias
            second = torch.empty_like(bias)
            bias += nn.init.uniform_(
                second, -bound, bound, generator=generator
            )


def chrono_(cell, longest, *, generator=None):
    """Start a gated cell so that it remembers up to ``longest`` steps.

    The biases of the gate that keeps are set to log U(1, longest - 1): the
    forget gate of an LSTM (its input gate gets the negative) and the
    update gate of a GRU. The other biases become 0.

    Args:
        cell: `LSTMCell` or `GRUCell`.
        longest: longest lag that matters, in steps, above 2.
        generator: of the random numbers; torch's own one if left out.

    Raises:
        ValueError: for a cell that has no gate that keeps.

    Source:
        Tallec & Ollivier (2018); chapter 11.
    """
    _require.at_least(longest, 3, name="longest")
    H = cell.hidden_size
    linear = getattr(cell, "x_to_gates", None)
    n_gates = getattr(linear, "out_features", 0) // H
    if n_gates not in (3, 4):
        raise ValueError(
            "chrono initialisation needs a gate that keeps, got "
            f"{type(cell).__name__}; use LSTMCell or GRUCell."
        )
    spread = torch.rand(H, generator=generator) * (longest - 2) + 1
    with torch.no_grad():
        bias = linear.bias.zero_()
        if cell.h_to_gates.bias is not None:
            cell.h_to_gates.bias.zero_()
        bias[H : 2 * H] = spread.log()  # f of the LSTM, z of the GRU
        if n_gates == 4:
            bias[:H] = -spread.log()
