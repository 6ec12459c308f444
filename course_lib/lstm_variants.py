r"""Two relatives of the LSTM: gates that see c, and a forget gate that writes.

Both are cells like any other, so `Recurrent`, `Stack` and `trace_gates`
take them as they are. It leaves out projections and convolutional cells.
Chapter 11.
"""

import torch
from torch import nn

from course_lib.cells import Cell, LSTMCell, LSTMGates, LSTMState


class PeepholeLSTMCell(LSTMCell):
    r"""An LSTM whose three gates also see the cell state.

    .. math::
        i_t &= \sigma(W_{xi} x_t + W_{hi} h_{t-1}
                      + q_i \odot c_{t-1} + b_i) \\
        f_t &= \sigma(W_{xf} x_t + W_{hf} h_{t-1}
                      + q_f \odot c_{t-1} + b_f) \\
        g_t &= \tanh (W_{xg} x_t + W_{hg} h_{t-1} + b_g) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
        o_t &= \sigma(W_{xo} x_t + W_{ho} h_{t-1}
                      + q_o \odot c_t + b_o) \\
        h_t &= o_t \odot \tanh(c_t)

    A gate sees its own unit of c and no other. The output gate sees the
    *new* cell state. Peepholes start at zero, where this is an `LSTMCell`.

    Args:
        input_size: features D of the input.
        hidden_size: units H.

    Attributes:
        peepholes: (3, H), the rows :math:`q_i, q_f, q_o`.

    Source:
        Gers & Schmidhuber (2000), "Recurrent nets that time and count".
        Chapter 11.

    >>> cell = PeepholeLSTMCell(3, 5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> state.c.shape, cell.peepholes.shape
    (torch.Size([2, 5]), torch.Size([3, 5]))
    """

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.peepholes = nn.Parameter(torch.zeros(3, hidden_size))

    def gates(self, p, state):
        """The four gates; o needs the new cell state, which is made here."""
        q_i, q_f, q_o = self.peepholes
        i, f, g, o = self.pre_activations(p, state.h).chunk(4, dim=-1)
        i = torch.sigmoid(i + q_i * state.c)
        f = torch.sigmoid(f + q_f * state.c)
        g = torch.tanh(g)
        c = f * state.c + i * g
        o = torch.sigmoid(o + q_o * c)
        return LSTMGates(i, f, g, o)


class CoupledLSTMCell(Cell):
    r"""An LSTM that writes just where it forgets: :math:`i_t = 1 - f_t`.

    .. math::
        o_t &= \sigma(W_{xo} x_t + W_{ho} h_{t-1} + b_o) \\
        f_t &= \sigma(W_{xf} x_t + W_{hf} h_{t-1} + b_f) \\
        g_t &= \tanh (W_{xg} x_t + W_{hg} h_{t-1} + b_g) \\
        c_t &= f_t \odot c_{t-1} + (1 - f_t) \odot g_t \\
        h_t &= o_t \odot \tanh(c_t)

    The cell state is a weighted mean of candidates, so it stays between
    -1 and 1 and cannot count. The blocks stand in the order o, f, g: the
    gate that keeps is the second, as in the other gated cells, and starts
    with a bias of 1.

    Args:
        input_size: features D of the input.
        hidden_size: units H.

    Source:
        Greff et al. (2017), where it is called CIFG. Chapter 11.

    >>> cell = CoupledLSTMCell(3, 5)
    >>> h, state = cell(torch.zeros(2, 3), cell.initial_state(2))
    >>> state.c.shape, sum(p.numel() for p in cell.parameters())
    (torch.Size([2, 5]), 135)
    """

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size, n_gates=3)
        H = hidden_size
        nn.init.ones_(self.x_to_gates.bias.data[H : 2 * H])

    def initial_state(self, batch_size):
        """Zeros for h and c, (B, H) each."""
        h = super().initial_state(batch_size)
        return LSTMState(h, h.clone())

    def gates(self, p, state):
        """The four gates, of which i is what f leaves."""
        o, f, g = self.pre_activations(p, state.h).chunk(3, dim=-1)
        f = torch.sigmoid(f)
        return LSTMGates(1 - f, f, torch.tanh(g), torch.sigmoid(o))

    def step(self, p, state):
        """c_t = f ⊙ c_{t-1} + (1 - f) ⊙ g, then h_t = o ⊙ tanh(c_t)."""
        _, f, g, o = self.gates(p, state)
        c = torch.lerp(g, state.c, f)  # from g at f = 0 to c at f = 1
        h = o * torch.tanh(c)
        return h, LSTMState(h, c)
