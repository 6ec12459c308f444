r"""A norm on the summed pre-activation, of any kind, and its statistics.

`NormedRNNCell` takes the norm as an argument, so that batch and layer
normalisation differ in nothing else. `StepwiseBatchNormRNNCell` has a norm
for each step by itself. With batch normalisation a law of all
other cells is broken: in training, what one sequence gives depends on the
others in its batch. `stacking` has the cells that normalise both products
by themselves. Chapter 9.
"""

from typing import NamedTuple

import torch
from torch import nn

from course_lib import _require
from course_lib.cells import RNNCell


class NormedRNNCell(RNNCell):
    r"""`RNNCell` with a norm between the sum and the activation.

    .. math:: h_t = \tanh(\mathrm{N}(W_x x_t + W_h h_{t-1}))

    With ``nn.LayerNorm(H)`` the statistics are those of one sequence at one
    step, over its units. With ``nn.BatchNorm1d(H)`` they are those of one
    unit over the batch, in training mode, and running averages over all
    steps in evaluation mode.

    Args:
        input_size: features D of the input.
        hidden_size: units H.
        norm: module (B, H) -> (B, H) with a bias of its own.
        activation: applied behind the norm, tanh by default.

    Source:
        Ba et al. (2016), equation 4, for layer normalisation; Laurent et
        al. (2016) for batch normalisation. Chapter 9.

    >>> cell = NormedRNNCell(3, 5, nn.LayerNorm(5))
    >>> cell(torch.zeros(2, 3), cell.initial_state(2))[0].shape
    torch.Size([2, 5])
    """

    def __init__(
        self, input_size, hidden_size, norm, *, activation=torch.tanh
    ):
        super().__init__(input_size, hidden_size, activation=activation)
        # The norm would take a bias away again; it has its own behind it.
        self.x_to_gates.bias = None
        self.norm = norm

    def step(self, p, h):
        """h_t = tanh(N(W_x x_t + W_h h_{t-1}))."""
        h = self.activation(self.norm(self.pre_activations(p, h)))
        return h, h


class CountedState(NamedTuple):
    """A state and the steps that it has seen: h (B, H) and t (B,)."""

    h: torch.Tensor
    t: torch.Tensor


class StepwiseBatchNormRNNCell(RNNCell):
    r"""Batch normalisation with a norm for each step by itself.

    .. math:: h_t = \tanh(\mathrm{BN}_t(W_x x_t + W_h h_{t-1}))

    Each step has running averages, a gain and a bias of its own. The state
    counts the steps; behind the last norm, that one goes on.

    Args:
        input_size: features D of the input.
        hidden_size: units H.
        n_steps: steps that get a norm of their own.

    Source:
        After Cooijmans et al. (2017), who share gain and bias over the
        steps; chapter 9.

    >>> cell = StepwiseBatchNormRNNCell(3, 5, n_steps=7)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> h.shape, state.t
    (torch.Size([2, 5]), tensor([1., 1.]))
    """

    def __init__(self, input_size, hidden_size, *, n_steps):
        super().__init__(input_size, hidden_size)
        _require.at_least(n_steps, 1, name="n_steps")
        self.x_to_gates.bias = None
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(hidden_size) for _ in range(n_steps)
        )

    def initial_state(self, batch_size):
        """Zeros (B, H), and zero steps (B,)."""
        h = super().initial_state(batch_size)
        return CountedState(h, h.new_zeros(batch_size))

    def step(self, p, state):
        """h_t = tanh(BN_t(W_x x_t + W_h h_{t-1}))."""
        norm = self.norms[min(int(state.t[0]), len(self.norms) - 1)]
        h = self.activation(norm(self.pre_activations(p, state.h)))
        return h, CountedState(h, state.t + 1)
