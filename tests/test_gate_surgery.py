"""Held gates stay where they are held, and nothing else changes."""

import pytest
import torch
from recurrent_things import B, D, H, T, make_cell, normal, random_state

from course_lib import (
    GRUCell,
    LSTMCell,
    RNNCell,
    Stack,
    hold_gates_,
    trace_gates,
)
from course_lib.lstm_variants import PeepholeLSTMCell

VALUES = [0, 0.25, 0.5, 0.9, 1]
gates = pytest.mark.parametrize(
    ("kind", "name"),
    [("lstm", n) for n in "ifgo"] + [("gru", n) for n in "rzn"],
)


@gates
@pytest.mark.parametrize("value", VALUES)
def test_a_held_gate_has_its_value_whatever_comes_in(kind, name, value):
    """For large inputs and any state; 0 and 1 exactly."""
    cell = make_cell(kind)
    assert hold_gates_(cell, **{name: value}) is cell
    traces = trace_gates(cell, 100 * normal(B, T, D), random_state(cell))
    expected = torch.full((B, T, H), value, dtype=torch.float64)
    within = 0 if value in (0, 1) and name not in "gn" else 1e-12
    torch.testing.assert_close(traces[name], expected, rtol=0, atol=within)


@gates
def test_the_other_gates_keep_their_weights(kind, name):
    """Surgery on one block leaves the others alone, bit by bit."""
    cell = make_cell(kind)
    before = {k: v.clone() for k, v in cell.state_dict().items()}
    hold_gates_(cell, **{name: 0.5})
    names = "ifgo" if kind == "lstm" else "rzn"
    for key, value in cell.state_dict().items():
        for n, other in enumerate(names):
            block = slice(n * H, (n + 1) * H)
            same = torch.equal(value[block], before[key][block])
            assert same == (other != name), (key, other)


def test_a_candidate_can_be_held_below_zero():
    """Its range is that of tanh."""
    cell = hold_gates_(make_cell("lstm"), g=-0.5, i=1, f=0)
    traces = trace_gates(cell, normal(B, T, D))
    expected = torch.full((B, T, H), -0.5, dtype=torch.float64)
    torch.testing.assert_close(traces["c"], expected)


def test_several_gates_at_once_and_in_float32():
    """A cell that adds up its candidates: f = i = 1."""
    cell = hold_gates_(LSTMCell(D, H), f=1, i=1, o=1)
    traces = trace_gates(cell, normal(B, T, D).float())
    assert (traces["f"] == 1).all()
    torch.testing.assert_close(traces["c"], traces["g"].cumsum(dim=1))


@pytest.mark.parametrize(
    ("name", "value"), [("f", 1.1), ("i", -0.1), ("g", -1.5), ("o", 2)]
)
def test_a_value_outside_the_range_of_its_gate_is_refused(name, value):
    """And the message has the range; the cell is left as it was."""
    cell = make_cell("lstm")
    before = cell.x_to_gates.bias.clone()
    low = -1 if name == "g" else 0
    other = "i" if name == "f" else "f"
    with pytest.raises(ValueError, match=rf"between {low} and 1, got {value}"):
        hold_gates_(cell, **{other: 0.5, name: value})
    assert torch.equal(cell.x_to_gates.bias, before)


def test_an_unknown_gate_is_refused_by_name():
    """The message lists the gates that there are."""
    with pytest.raises(ValueError, match=r"one of i, f, g, o, got 'z'"):
        hold_gates_(make_cell("lstm"), z=1)
    with pytest.raises(ValueError, match=r"one of r, z, n, got 'f'"):
        hold_gates_(make_cell("gru"), f=1)


@pytest.mark.parametrize(
    "cell",
    [RNNCell(D, H), Stack(GRUCell(D, H)), PeepholeLSTMCell(D, H)],
    ids=lambda cell: type(cell).__name__,
)
def test_only_cells_whose_gates_can_be_held_are_taken(cell):
    """A peephole would reach past the bias."""
    name = type(cell).__name__
    with pytest.raises(ValueError, match=rf"LSTMCell or GRUCell, got {name}"):
        hold_gates_(cell, f=1)
