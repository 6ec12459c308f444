"""Truncated backpropagation through time, and what a graph weighs.

The forward pass of a truncated layer is that of the whole one: the state
goes on from piece to piece. Only the gradient stops. Chapter 4.
"""

import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn

from course_lib import _require
from course_lib.recurrent import detach_state, unroll


class Truncated(nn.Module):
    r"""A cell through which a layer sends gradients back a piece at most.

    .. math:: s_{jk} \leftarrow \mathrm{detach}(s_{jk}), \quad j = 1, 2, \dots

    A layer takes the steps in pieces of ``window`` = k. Its outputs are
    those of the cell by itself.

    Args:
        cell: any cell.
        window: steps in a piece.

    Source:
        Williams & Peng (1990); chapter 4.

    >>> from course_lib.cells import RNNCell
    >>> from course_lib.recurrent import Recurrent
    >>> layer = Recurrent(Truncated(RNNCell(3, 5), window=4))
    >>> layer(torch.zeros(2, 7, 3))[0].shape
    torch.Size([2, 7, 5])
    """

    def __init__(self, cell, window):
        super().__init__()
        _require.at_least(window, 1, name="window")
        self.cell = cell
        self.window = window
        self.input_size = cell.input_size
        self.hidden_size = cell.hidden_size

    def initial_state(self, batch_size):
        """The cell's."""
        return self.cell.initial_state(batch_size)

    def forward(self, x, state):
        """One step, the cell's."""
        return self.cell(x, state)

    def unroll(self, xs, state):
        """(B, T, D) -> hs (B, T, H) and the last state, piece by piece."""
        outputs = []
        for number, piece in enumerate(xs.split(self.window, dim=1)):
            if number > 0:
                state = detach_state(state)
            hs, state = unroll(self.cell, piece, state)
            outputs.append(hs)
        return torch.cat(outputs, dim=1), state


@dataclass
class SavedTensors:
    """What autograd keeps for a backward pass.

    Attributes:
        now: bytes kept at this moment.
        peak: the most that was kept at any moment.
    """

    now: int = 0
    peak: int = 0
    owners: dict = field(default_factory=dict, repr=False)

    def keep(self, tensor):
        """Count a tensor's memory once, for as long as anybody keeps it."""
        storage = tensor.untyped_storage()
        address = storage.data_ptr()
        if self.owners.get(address, 0) == 0:
            self.now += storage.nbytes()
            self.peak = max(self.peak, self.now)
        self.owners[address] = self.owners.get(address, 0) + 1
        kept = _Kept(tensor)
        weakref.finalize(kept, self._drop, address, storage.nbytes())
        return kept

    def _drop(self, address, nbytes):
        self.owners[address] -= 1
        if self.owners[address] == 0:
            self.now -= nbytes


class _Kept:
    """A tensor that autograd keeps, in a box that can be watched."""

    def __init__(self, tensor):
        self.tensor = tensor


@contextmanager
def saved_tensors():
    """Weigh what autograd keeps while the block runs.

    Yields:
        `SavedTensors`.

    >>> x = torch.ones(1000, requires_grad=True)
    >>> with saved_tensors() as saved:
    ...     loss = x.tanh().sum()
    >>> saved.peak
    4000
    """
    saved = SavedTensors()
    with torch.autograd.graph.saved_tensors_hooks(
        saved.keep, lambda kept: kept.tensor
    ):
        yield saved
