"""Deep cells and layer-normalised cells: both are cells themselves.

So `Recurrent` unrolls them like any other, and no layer needs a flag for
its number of layers or its normalisation. Chapters 7 and 9.
"""

from contextlib import nullcontext
from itertools import pairwise

import torch
from torch import nn

from course_lib import _require
from course_lib.cells import GRUCell, LSTMCell, LSTMState, RNNCell
from course_lib.recurrent import unroll


class Stack(nn.Module):
    r"""Cells on top of each other; the output of one is the next one's input.

    .. math:: h^{(l)}_t = \mathrm{cell}_l(h^{(l-1)}_t, s^{(l)}_{t-1}),
              \quad h^{(0)}_t = x_t

    Args:
        *cells: the cells from the lowest to the highest.
        dropout: probability of dropping an output between two cells, in
            training mode; a new mask at every step.

    Raises:
        ValueError: without a cell, or if two neighbours do not fit.

    Source:
        Graves et al. (2013); chapter 7.

    >>> stack = Stack(RNNCell(3, 5), LSTMCell(5, 4))
    >>> h, state = stack(torch.zeros(2, 3), stack.initial_state(2))
    >>> h.shape, len(state)
    (torch.Size([2, 4]), 2)
    """

    def __init__(self, *cells, dropout=0.0):
        super().__init__()
        if not cells:
            raise ValueError("a stack needs at least one cell, got none.")
        for n, (below, above) in enumerate(pairwise(cells), start=1):
            if below.hidden_size != above.input_size:
                raise ValueError(
                    f"cell {n + 1} must take what cell {n} gives, got "
                    f"hidden_size {below.hidden_size} below input_size "
                    f"{above.input_size}."
                )
        self.cells = nn.ModuleList(cells)
        self.dropout = nn.Dropout(dropout)

    @property
    def input_size(self):
        """Features D of the lowest cell's input."""
        return self.cells[0].input_size

    @property
    def hidden_size(self):
        """Units H of the highest cell."""
        return self.cells[-1].hidden_size

    def initial_state(self, batch_size):
        """One state for each cell, in a tuple."""
        return tuple(cell.initial_state(batch_size) for cell in self.cells)

    def project(self, x):
        """What needs the input alone: the lowest cell's projection."""
        return self.cells[0].project(x)

    def unroll(self, xs, state):
        """All steps of one cell, then all of the next, which reads them.

        The numbers are those of `step` after `step`. In this order, what
        an upper cell does to its input is one product for all steps, too.
        """
        hs, states = xs, []
        for n, (cell, first) in enumerate(zip(self.cells, state, strict=True)):
            hs = self.dropout(hs) if n else hs
            hs, last = unroll(cell, hs, first)
            states.append(last)
        return hs, tuple(states)

    def step(self, p, state):
        """One step through all cells, from the lowest to the highest."""
        h, first = self.cells[0].step(p, state[0])
        states = [first]
        for cell, below in zip(self.cells[1:], state[1:], strict=True):
            p = cell.project(self.dropout(h))
            h, above = cell.step(p, below)
            states.append(above)
        return h, tuple(states)

    def forward(self, x, state):
        """One step: x (B, D) and the states -> h (B, H) and the states."""
        _require.state_like(state, self.initial_state(len(x)))
        return self.step(self.project(x), state)


class _LayerNormed:
    """Put a layer norm behind each of a cell's two products."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("x_to_gates", "h_to_gates"):
            linear = getattr(self, name)
            norm = nn.LayerNorm(linear.out_features)
            if linear.bias is not None:
                # Before the norm a bias would be rescaled; it moves behind.
                norm.bias = linear.bias
                linear.bias = None
            setattr(self, name, nn.Sequential(linear, norm))

    def pre_activations(self, p, h):
        """LN(W_x x_t) + LN(W_h h_{t-1}), where p is the first of the two."""
        return p + self.h_to_gates(h)

    def unrolling(self):
        """Nothing to prepare: the norm stands between product and sum."""
        return nullcontext()


class LayerNormRNNCell(_LayerNormed, RNNCell):
    r"""`RNNCell` with layer norm on each of its two products.

    .. math:: h_t = \tanh(\mathrm{LN}(W_x x_t) + \mathrm{LN}(W_h h_{t-1}))

    Each norm has a gain and a bias of its own. Its statistics are those of
    one instance at one step, over the units. Arguments as `RNNCell`.

    Source:
        Ba et al. (2016); chapter 9.

    >>> cell = LayerNormRNNCell(3, 5)
    >>> cell(torch.zeros(2, 3), cell.initial_state(2))[0].shape
    torch.Size([2, 5])
    """


class LayerNormLSTMCell(_LayerNormed, LSTMCell):
    r"""`LSTMCell` with layer norm on both products and on the cell state.

    The pre-activations become :math:`\mathrm{LN}(W_x x_t) +
    \mathrm{LN}(W_h h_{t-1})`, the output :math:`h_t = o_t \odot
    \tanh(\mathrm{LN}(c_t))`. The forget gate's bias of 1 stands in the
    norm. Arguments as `LSTMCell`.

    Source:
        Ba et al. (2016); chapter 9.

    >>> cell = LayerNormLSTMCell(3, 5)
    >>> cell(torch.zeros(2, 3), cell.initial_state(2))[0].shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.c_norm = nn.LayerNorm(hidden_size)

    def step(self, p, state):
        """As the LSTM, but h_t = o ⊙ tanh(LN(c_t))."""
        i, f, g, o = self.gates(p, state)
        c = f * state.c + i * g
        h = o * torch.tanh(self.c_norm(c))
        return h, LSTMState(h, c)


class LayerNormGRUCell(_LayerNormed, GRUCell):
    r"""`GRUCell` with layer norm on each of its two products.

    Arguments as `GRUCell`.

    Source:
        Ba et al. (2016), with torch's reset gate; chapter 9.

    >>> cell = LayerNormGRUCell(3, 5)
    >>> cell(torch.zeros(2, 3), cell.initial_state(2))[0].shape
    torch.Size([2, 5])
    """
