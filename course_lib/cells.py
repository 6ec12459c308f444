r"""Recurrent cells: what happens in one step.

A cell takes one input and a state and gives an output and the next state,
``h, state = cell(x, state)``. The state that comes out has the type and the
shape of the one that went in. A cell does its work in two parts:

- ``project(x)`` is the part of the pre-activations that needs the input
  alone, :math:`W_x x + b`; a layer does it for all steps in one product;
- ``step(p, state)`` is the recurrence, the part that must wait for the
  step before.

`RNNCell` and `LSTMCell` have the one bias that the mathematics has; the
GRU keeps two, because its reset gate stands between them. Unrolling over
time is in `recurrent`, stacks and layer normalisation in `stacking`.
Chapters 1, 2, 11 and 12.
"""

from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import nn

from course_lib import _require
from course_lib.initialisation import glorot_orthogonal_


class LSTMState(NamedTuple):
    """The two states of an LSTM: the output h and the cell state c, (B, H)."""

    h: torch.Tensor
    c: torch.Tensor


class Cell(nn.Module):
    """The contract of all cells: ``forward(x, state) -> (h, state)``.

    Args:
        input_size: features D of the input.
        hidden_size: units H.
        n_gates: blocks of H pre-activations that the cell needs.
        recurrent_bias: whether ``h_to_gates`` has a bias of its own.
    """

    def __init__(
        self, input_size, hidden_size, *, n_gates, recurrent_bias=False
    ):
        super().__init__()
        _require.at_least(input_size, 1, name="input_size")
        _require.at_least(hidden_size, 1, name="hidden_size")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.x_to_gates = nn.Linear(input_size, n_gates * hidden_size)
        self.h_to_gates = nn.Linear(
            hidden_size, n_gates * hidden_size, bias=recurrent_bias
        )
        self._W_h_T = None  # set while a layer unrolls the cell
        glorot_orthogonal_(self)

    def initial_state(self, batch_size):
        """A state of zeros, (B, H), in the cell's own dtype and device."""
        weight = next(self.parameters())
        return weight.new_zeros(batch_size, self.hidden_size)

    def project(self, x):
        """What needs the input alone: (..., D) -> (..., n_gates H)."""
        if x.shape[-1] != self.input_size:
            raise ValueError(
                f"the input must have {self.input_size} features on its last "
                f"axis, got shape {tuple(x.shape)}."
            )
        return self.x_to_gates(x)

    def pre_activations(self, p, h):
        """W_x x_t + b + W_h h_{t-1}, where p is the part of the input."""
        W_h_T = (
            self.h_to_gates.weight.T if self._W_h_T is None else self._W_h_T
        )
        return torch.addmm(p, h, W_h_T)

    @contextmanager
    def unrolling(self):
        """Transpose W_h once for all the steps inside, not once a step.

        Autograd then adds up one gradient instead of T; a layer is a tenth
        faster by it.
        """
        self._W_h_T = self.h_to_gates.weight.T
        try:
            yield
        finally:
            self._W_h_T = None

    def step(self, p, state):
        """The recurrence: projected input and state -> (h, state)."""
        raise NotImplementedError("each cell writes its own step")

    def forward(self, x, state):
        """One step: x (B, D) and a state -> h (B, H) and the next state."""
        _require.state_like(state, self.initial_state(len(x)))
        return self.step(self.project(x), state)


class RNNCell(Cell):
    r"""The simple recurrent cell.

    .. math:: h_t = \tanh(W_x x_t + W_h h_{t-1} + b)

    Args:
        input_size: features D of the input.
        hidden_size: units H.
        activation: applied to the pre-activation, tanh by default.

    Source:
        Elman (1990); chapter 1.

    >>> cell = RNNCell(3, 5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> h.shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size, hidden_size, *, activation=torch.tanh):
        super().__init__(input_size, hidden_size, n_gates=1)
        self.activation = activation

    def step(self, p, h):
        """h_t = tanh(W_x x_t + b + W_h h_{t-1})."""
        h = self.activation(self.pre_activations(p, h))
        return h, h


class LSTMGates(NamedTuple):
    """Input gate, forget gate, candidate and output gate, each (B, H)."""

    i: torch.Tensor
    f: torch.Tensor
    g: torch.Tensor
    o: torch.Tensor


class LSTMCell(Cell):
    r"""Long short-term memory, with a forget gate.

    .. math::
        i_t &= \sigma(W_{xi} x_t + W_{hi} h_{t-1} + b_i) \\
        f_t &= \sigma(W_{xf} x_t + W_{hf} h_{t-1} + b_f) \\
        g_t &= \tanh (W_{xg} x_t + W_{hg} h_{t-1} + b_g) \\
        o_t &= \sigma(W_{xo} x_t + W_{ho} h_{t-1} + b_o) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
        h_t &= o_t \odot \tanh(c_t)

    The four blocks stand in the order i, f, g, o. The forget gate's bias
    starts at 1, the other biases at 0.

    Args:
        input_size: features D of the input.
        hidden_size: units H.

    Source:
        Hochreiter & Schmidhuber (1997); Gers et al. (2000) for the forget
        gate; Jozefowicz et al. (2015) for its bias. Chapter 11.

    >>> cell = LSTMCell(3, 5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> state.c.shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size, n_gates=4)
        H = hidden_size
        nn.init.ones_(self.x_to_gates.bias.data[H : 2 * H])

    def initial_state(self, batch_size):
        """Zeros for h and c, (B, H) each."""
        h = super().initial_state(batch_size)
        # Not the same tensor twice: h and c have gradients of their own.
        return LSTMState(h, h.clone())

    def gates(self, p, state):
        """The four gates, from the projected input and the state."""
        i, f, g, o = self.pre_activations(p, state.h).chunk(4, dim=-1)
        return LSTMGates(
            torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        )

    def step(self, p, state):
        """c_t = f ⊙ c_{t-1} + i ⊙ g, then h_t = o ⊙ tanh(c_t)."""
        i, f, g, o = self.gates(p, state)
        c = f * state.c + i * g
        h = o * torch.tanh(c)
        return h, LSTMState(h, c)


class GRUGates(NamedTuple):
    """Reset gate, update gate and candidate, each (B, H)."""

    r: torch.Tensor
    z: torch.Tensor
    n: torch.Tensor


class GRUCell(Cell):
    r"""Gated recurrent unit, reset after the product (torch's convention).

    .. math::
        r_t &= \sigma(W_{xr} x_t + b_{xr} + W_{hr} h_{t-1} + b_{hr}) \\
        z_t &= \sigma(W_{xz} x_t + b_{xz} + W_{hz} h_{t-1} + b_{hz}) \\
        n_t &= \tanh(W_{xn} x_t + b_{xn}
                     + r_t \odot (W_{hn} h_{t-1} + b_{hn})) \\
        h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

    The blocks stand in the order r, z, n; an update gate of 1 keeps.

    Args:
        input_size: features D of the input.
        hidden_size: units H.

    Source:
        Cho et al. (2014), with the reset gate applied after the product as
        in ``torch.nn.GRU``. Chapter 12.

    >>> cell = GRUCell(3, 5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> state.shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size, hidden_size):
        super().__init__(
            input_size, hidden_size, n_gates=3, recurrent_bias=True
        )

    def gates(self, p, h):
        """The two gates and the candidate."""
        x_r, x_z, x_n = p.chunk(3, dim=-1)
        h_r, h_z, h_n = self.h_to_gates(h).chunk(3, dim=-1)
        r = torch.sigmoid(x_r + h_r)
        z = torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        return GRUGates(r, z, n)

    def step(self, p, h):
        """h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}."""
        _, z, n = self.gates(p, h)
        h = torch.lerp(n, h, z)  # from n at z = 0 to h at z = 1
        return h, h
