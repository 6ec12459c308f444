"""Every recurrent thing of the library, for tests that hold for all of them.

A factory takes the sizes D and H and gives a cell in float64 whose weights
are all random, biases and gains included: what starts at zero or one could
be left out of an equation unnoticed.
"""

import torch

from course_lib import (
    CoupledLSTMCell,
    GRUCell,
    LayerNormGRUCell,
    LayerNormLSTMCell,
    LayerNormRNNCell,
    LSTMCell,
    PeepholeLSTMCell,
    ResetFirstGRUCell,
    RNNCell,
    Stack,
)
from course_lib.fused import FusedLSTMCell

# All sizes different, so that no two axes can be confused unnoticed.
B, T, D, H, K = 2, 5, 3, 4, 6


def generator(seed=0):
    """A generator of random numbers, seeded."""
    return torch.Generator().manual_seed(seed)


def normal(*sizes, seed=0):
    """Float64 normal numbers."""
    return torch.randn(*sizes, generator=generator(seed), dtype=torch.float64)


def randomise(module, *, seed=0, size=0.5):
    """Turn a module to float64 and give every parameter random values."""
    module.double()
    source = generator(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, size, generator=source)
    return module


def _stacked(*classes):
    """A stack of these cells; the lower ones have other sizes than H."""

    def make(input_size, hidden_size):
        sizes = [hidden_size + n for n in range(len(classes))][::-1]
        cells = [
            cls(n_in, n_out)
            for cls, n_in, n_out in zip(
                classes, [input_size, *sizes], sizes, strict=False
            )
        ]
        return Stack(*cells)

    return make


PLAIN = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}
NORMED = {
    "layer-norm rnn": LayerNormRNNCell,
    "layer-norm lstm": LayerNormLSTMCell,
    "layer-norm gru": LayerNormGRUCell,
}
VARIANTS = {
    "peephole lstm": PeepholeLSTMCell,
    "coupled lstm": CoupledLSTMCell,
    "reset-first gru": ResetFirstGRUCell,
    "fused lstm": FusedLSTMCell,
}
STACKS = {
    "2 rnn": _stacked(RNNCell, RNNCell),
    "2 lstm": _stacked(LSTMCell, LSTMCell),
    "2 gru": _stacked(GRUCell, GRUCell),
    "gru on lstm on rnn": _stacked(RNNCell, LSTMCell, GRUCell),
    "layer-norm lstm on gru": _stacked(GRUCell, LayerNormLSTMCell),
    "lstm on a stack": lambda d, h: Stack(
        _stacked(RNNCell, GRUCell)(d, h + 1), LSTMCell(h + 1, h)
    ),
}
CELLS = {**PLAIN, **NORMED, **VARIANTS, **STACKS}


def make_cell(kind, input_size=D, hidden_size=H, *, seed=0):
    """A cell of this kind with random weights in float64."""
    return randomise(CELLS[kind](input_size, hidden_size), seed=seed)


def flat(state):
    """All tensors of a state, in order."""
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in flat(part)]


def like(state, tensors):
    """The state of this type made of these tensors, in order."""
    tensors = iter(tensors)

    def build(part):
        if isinstance(part, torch.Tensor):
            return next(tensors)
        parts = [build(one) for one in part]
        return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)

    return build(state)


def random_state(cell, batch_size=B, *, seed=1):
    """A state that is not zero, as leaves of the graph."""
    zeros = cell.initial_state(batch_size)
    source = generator(seed)
    return like(
        zeros,
        [
            torch.randn(z.shape, generator=source, dtype=z.dtype)
            .mul(0.5)
            .requires_grad_()
            for z in flat(zeros)
        ],
    )


def assert_equal_to(actual, expected, *, within=1e-12):
    """Equal within a share of the largest entry of what is expected."""
    largest = float(expected.detach().abs().max())
    torch.testing.assert_close(actual, expected, rtol=0, atol=within * largest)


def weighted_sum(tensors, *, seed=2):
    """A scalar that no permutation of the entries leaves unchanged."""
    source = generator(seed)
    return sum(
        (torch.randn(t.shape, generator=source, dtype=t.dtype) * t).sum()
        for t in tensors
    )


TORCH_LAYERS = {
    "rnn": torch.nn.RNN,
    "lstm": torch.nn.LSTM,
    "gru": torch.nn.GRU,
}


def copy_from_torch(cell, twin, suffix="_l0"):
    """Copy one layer of torch's into a cell; pairs of what must agree."""
    names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    W_x, W_h, b_x, b_h = (getattr(twin, f"{n}{suffix}") for n in names)
    ours = cell.x_to_gates, cell.h_to_gates
    pairs = [(ours[0].weight, W_x), (ours[1].weight, W_h), (ours[0].bias, b_x)]
    with torch.no_grad():
        for parameter, value in pairs:
            parameter.copy_(value)
        if ours[1].bias is None:
            ours[0].bias.add_(b_h)
        else:
            ours[1].bias.copy_(b_h)
            pairs.append((ours[1].bias, b_h))
    return pairs


def assert_same_gradients(ours, theirs, inputs, pairs):
    """The same scalar of both has the same gradients, to 1e-12."""
    ours = torch.autograd.grad(
        weighted_sum(ours), [*inputs, *(p[0] for p in pairs)]
    )
    theirs = torch.autograd.grad(
        weighted_sum(theirs), [*inputs, *(p[1] for p in pairs)]
    )
    for our, their in zip(ours, theirs, strict=True):
        assert_equal_to(our, their)
