r"""Cells whose output is not their state.

`RNNCell` shows its whole state at every step. Here the two are told apart:
`OutputCell` hides the state behind an output of its own, and `JordanCell`
has no other state than its output. Gates, which hide a state in another
way, are chapter 11's. Chapter 2.
"""

from contextlib import nullcontext

import torch
from torch import nn

from course_lib import _require
from course_lib.initialisation import glorot_
from course_lib.recurrent import unroll


class OutputCell(nn.Module):
    r"""Any cell, seen through a linear output.

    .. math:: (h_t, s_t) = \mathrm{cell}(x_t, s_{t-1}), \quad
              y_t = V h_t + c

    The state is the inner cell's and goes on untouched; what comes out is
    :math:`y_t`.

    Args:
        cell: any `Cell`, or a stack of cells.
        output_size: numbers in the output.

    Source:
        Elman (1990); chapter 2.

    >>> from course_lib.cells import LSTMCell
    >>> cell = OutputCell(LSTMCell(3, 5), 2)
    >>> y, state = cell(torch.zeros(4, 3), cell.initial_state(4))
    >>> y.shape, state.c.shape
    (torch.Size([4, 2]), torch.Size([4, 5]))
    """

    def __init__(self, cell, output_size):
        super().__init__()
        _require.at_least(output_size, 1, name="output_size")
        self.cell = cell
        self.h_to_y = nn.Linear(cell.hidden_size, output_size)
        glorot_(self.h_to_y)
        self.input_size = cell.input_size
        self.hidden_size = output_size  # of what comes out

    def initial_state(self, batch_size):
        """The inner cell's first state."""
        return self.cell.initial_state(batch_size)

    def project(self, x):
        """What needs the input alone: the inner cell's projection."""
        return self.cell.project(x)

    def unroll(self, xs, state):
        """All steps of the inner cell, then all outputs in one product."""
        hs, state = unroll(self.cell, xs, state)
        return self.h_to_y(hs), state

    def step(self, p, state):
        """The inner cell's step; then y_t = V h_t + c."""
        h, state = self.cell.step(p, state)
        y = self.h_to_y(h)
        return y, state

    def forward(self, x, state):
        """One step: x (B, D) and a state -> y (B, output_size), state."""
        _require.state_like(state, self.initial_state(len(x)))
        return self.step(self.project(x), state)


class JordanCell(nn.Module):
    r"""A cell that hears its last output instead of its last state.

    .. math::
        h_t &= \tanh(W_x x_t + W_y y_{t-1} + b) \\
        y_t &= V h_t + c

    All that it keeps from step to step is its output.

    Args:
        input_size: features D of the input.
        units: units of the layer between.
        output_size: numbers in the output, which is the state.

    Source:
        Jordan (1986); chapter 2.

    >>> cell = JordanCell(3, 5, 2)
    >>> y, state = cell(torch.zeros(4, 3), cell.initial_state(4))
    >>> y.shape, state.shape
    (torch.Size([4, 2]), torch.Size([4, 2]))
    """

    def __init__(self, input_size, units, output_size):
        super().__init__()
        for size, name in [
            (input_size, "input_size"),
            (units, "units"),
            (output_size, "output_size"),
        ]:
            _require.at_least(size, 1, name=name)
        self.input_size = input_size
        self.hidden_size = output_size  # of what comes out
        self.x_to_h = nn.Linear(input_size, units)
        self.y_to_h = nn.Linear(output_size, units, bias=False)
        self.h_to_y = nn.Linear(units, output_size)
        glorot_(self.x_to_h)
        glorot_(self.h_to_y)
        nn.init.xavier_uniform_(self.y_to_h.weight)

    def initial_state(self, batch_size):
        """An output of zeros, (B, output_size)."""
        weight = self.h_to_y.weight
        return weight.new_zeros(batch_size, self.hidden_size)

    def project(self, x):
        """What needs the input alone: W_x x_t + b."""
        return self.x_to_h(x)

    def unrolling(self):
        """Nothing to prepare for many steps."""
        return nullcontext()

    def step(self, p, y):
        """h_t = tanh(W_x x_t + b + W_y y_{t-1}); y_t = V h_t + c."""
        h = torch.tanh(p + self.y_to_h(y))
        y = self.h_to_y(h)
        return y, y

    def forward(self, x, state):
        """One step: x (B, D) and an output -> y (B, output_size), y."""
        _require.state_like(state, self.initial_state(len(x)))
        return self.step(self.project(x), state)
