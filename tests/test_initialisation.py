"""How cells start: orthogonal blocks, biases in their ranges."""

import math
from itertools import pairwise

import pytest
import torch
from recurrent_things import D, H, generator

from course_lib import (
    GRUCell,
    LayerNormLSTMCell,
    LSTMCell,
    RNNCell,
    Stack,
    chrono_,
    glorot_orthogonal_,
)
from course_lib.initialisation import uniform_

SIZES = (30, 20)  # many units, so that ranges are seen
cells = pytest.mark.parametrize("make", [RNNCell, LSTMCell, GRUCell])


def blocks(linear, hidden_size=SIZES[1]):
    """The gates' matrices, one by one."""
    return linear.weight.detach().double().split(hidden_size)


@cells
def test_each_recurrent_block_starts_orthogonal(make):
    """W_h Wᵀ_h is the identity for each gate by itself."""
    cell = make(*SIZES)
    eye = torch.eye(SIZES[1], dtype=torch.float64)
    matrices = blocks(cell.h_to_gates)
    assert len(matrices) == {RNNCell: 1, LSTMCell: 4, GRUCell: 3}[make]
    for W in matrices:
        torch.testing.assert_close(W @ W.T, eye, rtol=0, atol=1e-5)
    for W, other in pairwise(matrices):
        assert (W - other).abs().max() > 0.1


@cells
def test_each_input_block_starts_in_glorots_range(make):
    """U(-a, a) with a² = 6 / (D + H), and it fills the range."""
    cell = make(*SIZES)
    bound = math.sqrt(6 / sum(SIZES))
    for W in blocks(cell.x_to_gates):
        assert W.abs().max() <= bound
        assert W.abs().max() > 0.95 * bound
        assert W.var().item() == pytest.approx(bound**2 / 3, rel=0.15)


@cells
def test_biases_start_at_zero_but_for_the_forget_gate(make):
    """Only the LSTM's second block of biases is 1."""
    cell = make(*SIZES)
    bias = cell.x_to_gates.bias.detach()
    expected = torch.zeros_like(bias)
    if make is LSTMCell:
        expected[SIZES[1] : 2 * SIZES[1]] = 1
    assert torch.equal(bias, expected)
    if cell.h_to_gates.bias is not None:
        assert (cell.h_to_gates.bias == 0).all()
    assert (cell.h_to_gates.bias is not None) == (make is GRUCell)


@pytest.mark.parametrize("start", [glorot_orthogonal_, uniform_])
@cells
def test_the_same_generator_gives_the_same_weights(make, start):
    """And another seed other ones; torch's own generator is left alone."""
    cell, twin, other = make(D, H), make(D, H), make(D, H)
    before = torch.get_rng_state()
    start(cell, generator=generator(3))
    start(twin, generator=generator(3))
    start(other, generator=generator(4))
    assert torch.equal(torch.get_rng_state(), before)
    for name, value in cell.state_dict().items():
        assert torch.equal(value, twin.state_dict()[name])
    assert not torch.equal(cell.h_to_gates.weight, other.h_to_gates.weight)


def test_glorot_orthogonal_sets_every_bias_to_zero():
    """The forget gate's too: who calls it by hand gets what it says."""
    cell = LSTMCell(D, H)
    glorot_orthogonal_(cell)
    assert (cell.x_to_gates.bias == 0).all()


@cells
def test_the_uniform_start_is_the_distribution_of_torch(make):
    """U(-1/√H, 1/√H); one bias is the sum of torch's two."""
    cell = make(*SIZES)
    uniform_(cell, generator=generator())
    bound = SIZES[1] ** -0.5
    for linear in (cell.x_to_gates, cell.h_to_gates):
        W = linear.weight.detach()
        assert 0.97 * bound < W.abs().max() <= bound
        assert W.var().item() == pytest.approx(bound**2 / 3, rel=0.2)
    bias = cell.x_to_gates.bias.detach()
    summed = make is not GRUCell
    assert bias.abs().max() <= (1 + summed) * bound
    draws = []
    for seed in range(200):
        uniform_(cell, generator=generator(seed))
        draws.append(cell.x_to_gates.bias.detach().clone())
    variance = torch.stack(draws).var().item()
    expected = (1 + summed) * bound**2 / 3
    assert variance == pytest.approx(expected, rel=0.1)


def test_chrono_biases_of_an_lstm_lie_in_their_range():
    """b_f = log U(1, longest - 1), b_i = -b_f, the others zero."""
    cell, longest = LSTMCell(D, 400), 51
    cell.x_to_gates.bias.data.normal_()
    chrono_(cell, longest, generator=generator())
    i, f, g, o = cell.x_to_gates.bias.detach().chunk(4)
    assert f.min() >= 0
    assert f.max() <= math.log(longest - 1)
    assert torch.equal(i, -f)
    assert (g == 0).all()
    assert (o == 0).all()
    # Uniform before the logarithm: mean (1 + 50) / 2.
    assert f.exp().mean().item() == pytest.approx(25.5, rel=0.05)
    assert f.exp().max() > 48
    assert f.exp().min() < 3


def test_chrono_biases_of_a_gru_hold_its_update_gate():
    """The gate that keeps is z; r and n stay open, also behind W_h."""
    cell, longest = GRUCell(D, 400), 51
    for linear in (cell.x_to_gates, cell.h_to_gates):
        linear.bias.data.normal_()
    chrono_(cell, longest, generator=generator())
    r, z, n = cell.x_to_gates.bias.detach().chunk(3)
    assert (r == 0).all()
    assert (n == 0).all()
    assert (cell.h_to_gates.bias == 0).all()
    assert 0 <= z.min()
    assert z.max() <= math.log(longest - 1)
    assert z.exp().mean().item() == pytest.approx(25.5, rel=0.05)


def test_chrono_follows_its_generator():
    """The same seed, the same biases."""
    cells = [LSTMCell(D, H) for _ in range(3)]
    for cell, seed in zip(cells, (1, 1, 2), strict=True):
        chrono_(cell, 20, generator=generator(seed))
    biases = [cell.x_to_gates.bias for cell in cells]
    assert torch.equal(biases[0], biases[1])
    assert not torch.equal(biases[0], biases[2])


@pytest.mark.parametrize(
    "cell",
    [
        RNNCell(D, H),
        Stack(LSTMCell(D, H)),
        LayerNormLSTMCell(D, H),
        torch.nn.LSTM(D, H),
    ],
    ids=lambda cell: type(cell).__name__,
)
def test_chrono_needs_a_gate_that_keeps(cell):
    """Other cells are refused by name."""
    name = type(cell).__name__
    with pytest.raises(ValueError, match=rf"got {name}; use LSTMCell or GRU"):
        chrono_(cell, 20)


@pytest.mark.parametrize("longest", [2, 0, -5, 10.5, None])
def test_chrono_needs_a_lag_above_two(longest):
    """Log U(1, 1) would not spread anything."""
    with pytest.raises(ValueError, match=r"longest must be.*at least 3, got"):
        chrono_(LSTMCell(D, H), longest)
