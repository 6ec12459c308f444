"""Peephole and coupled LSTMs: their equations, and where they are an LSTM.

The laws that hold for every cell are tested in test_cells and
test_recurrent, for these two as well.
"""

import math

import pytest
import torch
from recurrent_things import (
    B,
    D,
    H,
    T,
    assert_equal_to,
    assert_same_gradients,
    flat,
    make_cell,
    normal,
    random_state,
)

from course_lib import (
    CoupledLSTMCell,
    LSTMCell,
    LSTMState,
    PeepholeLSTMCell,
    chrono_,
    trace_gates,
)


def twin_lstm(W_x, W_h, b):
    """An LSTM cell in float64 with these weights."""
    cell = LSTMCell(D, H).double()
    with torch.no_grad():
        cell.x_to_gates.weight.copy_(W_x)
        cell.h_to_gates.weight.copy_(W_h)
        cell.x_to_gates.bias.copy_(b)
    return cell


def test_without_peepholes_the_cell_is_an_lstm_with_all_gradients():
    """At zero, where they start, nothing of c reaches a gate."""
    cell = make_cell("peephole lstm")
    with torch.no_grad():
        cell.peepholes.zero_()
    linear = cell.x_to_gates, cell.h_to_gates
    twin = twin_lstm(linear[0].weight, linear[1].weight, linear[0].bias)
    x, state = normal(B, D).requires_grad_(), random_state(cell)
    _, ours = cell(x, state)
    _, theirs = twin(x, state)
    for one, other in zip(flat(ours), flat(theirs), strict=True):
        assert_equal_to(one, other)
    pairs = [
        (linear[0].weight, twin.x_to_gates.weight),
        (linear[1].weight, twin.h_to_gates.weight),
        (linear[0].bias, twin.x_to_gates.bias),
    ]
    assert_same_gradients(flat(ours), flat(theirs), [x, *flat(state)], pairs)
    assert (PeepholeLSTMCell(D, H).peepholes == 0).all()


def test_the_peephole_cell_equals_its_equations():
    """Each gate from its own blocks; o sees the new cell state."""
    cell = make_cell("peephole lstm")
    x, state = normal(B, D), random_state(cell)
    W_x, b = cell.x_to_gates.weight, cell.x_to_gates.bias
    a = x @ W_x.T + b + state.h @ cell.h_to_gates.weight.T
    a_i, a_f, a_g, a_o = (a[:, n * H : (n + 1) * H] for n in range(4))
    q_i, q_f, q_o = cell.peepholes
    i = 1 / (1 + torch.exp(-(a_i + q_i * state.c)))
    f = 1 / (1 + torch.exp(-(a_f + q_f * state.c)))
    c = f * state.c + i * torch.tanh(a_g)
    o = 1 / (1 + torch.exp(-(a_o + q_o * c)))
    h, new = cell(x, state)
    assert_equal_to(new.c, c)
    assert_equal_to(h, o * torch.tanh(c))
    gates = cell.gates(cell.project(x), state)
    for ours, theirs in zip(gates, (i, f, torch.tanh(a_g), o), strict=True):
        assert_equal_to(ours, theirs)


@pytest.mark.parametrize(("row", "seen"), [(0, "i"), (1, "f"), (2, "o")])
def test_each_peephole_reaches_its_own_gate_and_its_own_unit(row, seen):
    """Changing one weight of q changes one unit of one gate."""
    cell = make_cell("peephole lstm")
    x, state = normal(B, D), random_state(cell)
    before = cell.gates(cell.project(x), state)
    with torch.no_grad():
        cell.peepholes[row, 1] += 0.5
    after = cell.gates(cell.project(x), state)
    for name in "ifg":
        changed = (getattr(after, name) != getattr(before, name)).any(dim=0)
        assert changed.tolist() == [name == seen and u == 1 for u in range(H)]
    # The output gate sees the new cell state, so it moves with i and f.
    moved = (after.o != before.o).any(dim=0)
    assert moved.tolist() == [u == 1 for u in range(H)]


def test_the_coupled_cell_is_an_lstm_whose_input_gate_is_tied():
    """σ(-a) = 1 - σ(a): the weights of i are those of f, negated."""
    cell = make_cell("coupled lstm")
    o, f, g = range(3)

    def blocks(tensor):
        parts = tensor.detach().split(H)
        return torch.cat([-parts[f], parts[f], parts[g], parts[o]])

    twin = twin_lstm(
        blocks(cell.x_to_gates.weight),
        blocks(cell.h_to_gates.weight),
        blocks(cell.x_to_gates.bias),
    )
    xs, state = normal(B, T, D), random_state(cell)
    ours = trace_gates(cell, xs, state)
    theirs = trace_gates(twin, xs, state)
    assert list(ours) == list(theirs)
    for name, values in theirs.items():
        assert_equal_to(ours[name], values)


def test_the_coupled_cell_state_cannot_leave_the_range_of_its_candidates():
    """A weighted mean of numbers between -1 and 1 stays between them."""
    cell = make_cell("coupled lstm")
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.mul_(20)
    traces = trace_gates(cell, 5 * normal(B, 200, D))
    assert traces["c"].abs().max() <= 1
    assert torch.equal(traces["i"], 1 - traces["f"])


def test_the_coupled_cell_by_hand():
    """Blocks o, f, g, each from its own weights."""
    cell = CoupledLSTMCell(1, 1).double()
    values = [[[1.0], [-2.0], [0.5]], [[0.1], [0.2], [-0.3]], [0.3, 1.0, 0.5]]
    linear = cell.x_to_gates, cell.h_to_gates
    parameters = linear[0].weight, linear[1].weight, linear[0].bias
    with torch.no_grad():
        for parameter, value in zip(parameters, values, strict=True):
            parameter.copy_(torch.tensor(value, dtype=torch.float64))
    x, h0, c0 = 0.7, 0.3, -0.4
    o = 1 / (1 + math.exp(-(x + 0.1 * h0 + 0.3)))
    f = 1 / (1 + math.exp(-(-2 * x + 0.2 * h0 + 1)))
    g = math.tanh(0.5 * x - 0.3 * h0 + 0.5)
    c = f * c0 + (1 - f) * g
    number = torch.tensor([[0.0]], dtype=torch.float64)
    h, state = cell(number + x, LSTMState(number + h0, number + c0))
    assert state.c.item() == pytest.approx(c, rel=1e-14)
    assert h.item() == pytest.approx(o * math.tanh(c), rel=1e-14)


@pytest.mark.parametrize("make", [PeepholeLSTMCell, CoupledLSTMCell])
def test_the_forget_gate_starts_open_and_chrono_opens_it_further(make):
    """Bias 1 at the start; chrono spreads it up to log(longest - 1)."""
    cell = make(D, 400)
    x = torch.zeros(1, D)
    f = cell.gates(cell.project(x), cell.initial_state(1)).f
    torch.testing.assert_close(f, torch.full_like(f, 1 / (1 + math.exp(-1))))
    chrono_(cell, 51, generator=torch.Generator().manual_seed(0))
    i, f, _, o = cell.gates(cell.project(x), cell.initial_state(1))
    # b = log u with u from U(1, 50), so f = u / (1 + u).
    odds = f / (1 - f)
    assert odds.min() >= 1 - 1e-4
    assert odds.max() <= 50 * (1 + 1e-4)
    assert odds.mean().item() == pytest.approx(25.5, rel=0.1)
    torch.testing.assert_close(i, 1 - f)
    assert (o == 0.5).all()


@pytest.mark.parametrize("make", [PeepholeLSTMCell, CoupledLSTMCell])
def test_parameters_are_counted_as_the_equations_have_them(make):
    """Four blocks and three peepholes a unit; or three blocks."""
    number = sum(p.numel() for p in make(D, H).parameters())
    block = D * H + H * H + H
    expected = {
        PeepholeLSTMCell: 4 * block + 3 * H,
        CoupledLSTMCell: 3 * block,
    }
    assert number == expected[make]
