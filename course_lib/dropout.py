"""Dropout through time: on the state that one step hands to the next.

Dropout between the layers of a stack is an argument of ``Stack``. Here a
cell is wrapped, and what wraps a cell is a cell. Chapter 9.
"""

from typing import NamedTuple

import torch
from torch import nn

from course_lib import _require


class MaskedState(NamedTuple):
    """A cell's state and the mask (B, H) that its output is read through."""

    state: object
    mask: torch.Tensor


class RecurrentDropout(nn.Module):
    r"""Drop units of the state, the same ones at every step of a sequence.

    .. math:: h_t = \mathrm{cell}(x_t, m \odot h_{t-1}), \qquad
              m \sim \mathrm{Bernoulli}(1 - q) / (1 - q)

    The mask m is drawn with the first state and travels with it, so it
    belongs to a sequence. Of an LSTM only h is masked: a mask on c would
    delete what the cell is there to keep. In evaluation mode m is 1.

    Args:
        cell: the cell to wrap; its state is h, or a tuple that has an h.
        q: probability of dropping a unit, from 0 to below 1.

    Source:
        Gal & Ghahramani (2016); chapter 9.

    >>> from course_lib.cells import LSTMCell
    >>> cell = RecurrentDropout(LSTMCell(3, 5), 0.5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> h.shape, state.mask.shape
    (torch.Size([2, 5]), torch.Size([2, 5]))
    """

    def __init__(self, cell, q):
        super().__init__()
        if not 0 <= q < 1:
            raise ValueError(
                f"q must be at least 0 and below 1, got {q}; it is the share "
                "of units that is dropped."
            )
        self.cell = cell
        self.q = q

    @property
    def input_size(self):
        """Features D of the cell's input."""
        return self.cell.input_size

    @property
    def hidden_size(self):
        """Units H of the cell."""
        return self.cell.hidden_size

    def draw_mask(self, batch_size):
        """A new mask (B, H): ones in evaluation mode."""
        weight = next(self.cell.parameters())
        ones = weight.new_ones(batch_size, self.hidden_size)
        return nn.functional.dropout(ones, self.q, self.training)

    def initial_state(self, batch_size):
        """The cell's first state and a mask for the sequence."""
        return MaskedState(
            self.cell.initial_state(batch_size), self.draw_mask(batch_size)
        )

    def project(self, x):
        """The cell's projection."""
        return self.cell.project(x)

    def unrolling(self):
        """What the cell prepares for a sequence."""
        return self.cell.unrolling()

    def step(self, p, state):
        """The cell's step, from a state whose h is masked."""
        before, mask = state
        if isinstance(before, torch.Tensor):
            before = mask * before
        else:
            before = before._replace(h=mask * before.h)
        h, after = self.cell.step(p, before)
        return h, MaskedState(after, mask)

    def forward(self, x, state):
        """One step: x (B, D) and a state -> h (B, H) and the next state."""
        _require.state_like(state, self.initial_state(len(x)))
        return self.step(self.project(x), state)


class StepwiseDropout(RecurrentDropout):
    r"""`RecurrentDropout` with a new mask at every step.

    .. math:: h_t = \mathrm{cell}(x_t, m_t \odot h_{t-1})

    Over T steps a unit survives untouched with probability
    :math:`(1 - q)^T`: what is to be kept for long is dropped on the way.
    Arguments as `RecurrentDropout`.

    >>> from course_lib.cells import RNNCell
    >>> cell = StepwiseDropout(RNNCell(3, 5), 0.5)
    >>> cell(torch.zeros(2, 3), cell.initial_state(2))[0].shape
    torch.Size([2, 5])
    """

    def step(self, p, state):
        """The cell's step, from a state behind a mask of this step."""
        mask = self.draw_mask(len(state.mask))
        h, after = super().step(p, MaskedState(state.state, mask))
        return h, MaskedState(after.state, state.mask)
