"""Cells with an output of their own keep the contract of all cells."""

import pytest
import torch
from recurrent_things import (
    B,
    D,
    H,
    T,
    assert_equal_to,
    flat,
    like,
    normal,
    randomise,
    weighted_sum,
)
from torch.autograd import gradcheck

from course_lib import GRUCell, LSTMCell, Recurrent, RNNCell, Stack
from course_lib.output_cells import JordanCell, OutputCell

O = 6  # noqa: E741  output features, unlike every other size

KINDS = {
    "rnn": lambda: OutputCell(RNNCell(D, H), O),
    "lstm": lambda: OutputCell(LSTMCell(D, H), O),
    "gru": lambda: OutputCell(GRUCell(D, H), O),
    "stack": lambda: OutputCell(Stack(RNNCell(D, 7), LSTMCell(7, H)), O),
    "jordan": lambda: JordanCell(D, H, O),
}
all_kinds = pytest.mark.parametrize("kind", KINDS)


def make(kind):
    """A cell of this kind, every parameter random, float64."""
    return randomise(KINDS[kind]())


def some_state(cell, batch_size=B):
    """A random state of a cell."""
    parts = flat(cell.initial_state(batch_size))
    parts = [normal(*part.shape, seed=n) for n, part in enumerate(parts)]
    return like(cell.initial_state(batch_size), parts)


@all_kinds
def test_the_output_has_its_own_size_and_the_state_comes_back_alike(kind):
    """Type and shapes of the state that went in."""
    cell = make(kind)
    assert (cell.input_size, cell.hidden_size) == (D, O)
    y, state = cell(normal(B, D), cell.initial_state(B))
    assert y.shape == (B, O)
    assert type(state) is type(cell.initial_state(B))
    for one, other in zip(
        flat(state), flat(cell.initial_state(B)), strict=True
    ):
        assert one.shape == other.shape


@all_kinds
def test_a_layer_of_it_equals_calling_it_step_by_step(kind):
    """The loop of the layer is the recurrence of the cell."""
    layer = Recurrent(make(kind))
    xs, state = normal(B, T, D), some_state(layer.cell)
    ys, last = layer(xs, state)
    for t in range(T):
        y, state = layer.cell(xs[:, t], state)
        assert_equal_to(ys[:, t], y)
    for one, other in zip(flat(last), flat(state), strict=True):
        assert_equal_to(one, other)


@all_kinds
def test_running_in_two_halves_equals_running_once(kind):
    """The state is all that the second half needs."""
    layer = Recurrent(make(kind))
    xs, state = normal(B, T, D), some_state(layer.cell)
    whole, _ = layer(xs, state)
    first, middle = layer(xs[:, :2], state)
    second, _ = layer(xs[:, 2:], middle)
    assert_equal_to(torch.cat([first, second], dim=1), whole)


@all_kinds
def test_no_output_depends_on_a_later_input_and_each_on_all_earlier(kind):
    """Causality, and memory of everything before."""
    layer = Recurrent(make(kind))
    xs = normal(B, T, D).requires_grad_()
    ys, _ = layer(xs, some_state(layer.cell))
    for t in range(T):
        (dxs,) = torch.autograd.grad(
            weighted_sum([ys[:, t]]), xs, retain_graph=True
        )
        assert (dxs[:, t + 1 :] == 0).all()
        assert (dxs[:, : t + 1].abs().amax(dim=(0, 2)) > 0).all()


@all_kinds
def test_each_sequence_of_a_batch_is_independent_of_the_others(kind):
    """Alone or among others, a sequence gives the same outputs."""
    layer = Recurrent(make(kind))
    xs, state = normal(B, T, D), some_state(layer.cell)
    together, _ = layer(xs, state)
    for b in range(B):
        own = like(state, [part[b : b + 1] for part in flat(state)])
        assert_equal_to(layer(xs[b : b + 1], own)[0], together[b : b + 1])


@all_kinds
def test_gradients_equal_finite_differences(kind):
    """Of the sequence and of the first state."""
    layer = Recurrent(make(kind))
    xs = normal(2, 3, D).requires_grad_()
    state = some_state(layer.cell, 2)
    parts = [part.requires_grad_() for part in flat(state)]

    def run(xs, *parts):
        ys, last = layer(xs, like(state, list(parts)))
        return (ys, *flat(last))

    assert gradcheck(run, (xs, *parts), atol=1e-7, fast_mode=True)


def test_an_output_cell_equals_torch_with_a_linear_layer_on_top():
    """The state is torch's, the output is nn.Linear of it."""
    cell = make("rnn")
    inner = cell.cell
    twin = torch.nn.RNN(D, H, batch_first=True).double()
    with torch.no_grad():
        twin.weight_ih_l0.copy_(inner.x_to_gates.weight)
        twin.weight_hh_l0.copy_(inner.h_to_gates.weight)
        twin.bias_ih_l0.copy_(inner.x_to_gates.bias)
        twin.bias_hh_l0.zero_()
    xs, h = normal(B, T, D), normal(B, H)
    ys, last = Recurrent(cell)(xs, h)
    theirs, their_last = twin(xs, h[None])
    assert_equal_to(ys, cell.h_to_y(theirs))
    assert_equal_to(last, their_last[0])


def test_a_jordan_cell_by_hand():
    """One unit, weights 2, 3 and 0.5: y = 0.5 tanh(2 x + 3 y)."""
    cell = JordanCell(1, 1, 1).double()
    with torch.no_grad():
        for linear, weight in [
            (cell.x_to_h, 2.0),
            (cell.y_to_h, 3.0),
            (cell.h_to_y, 0.5),
        ]:
            linear.weight.fill_(weight)
    x = torch.tensor([[0.1]]).double()
    y0 = torch.tensor([[0.2]]).double()
    y, state = cell(x, y0)
    assert y.item() == pytest.approx(0.5 * torch.tensor(0.8).tanh().item())
    assert state is y


def test_two_units_with_one_output_keep_what_the_output_hides():
    """An output cell passes on what its output cannot show; Jordan's not."""
    inner = RNNCell(1, 2, activation=torch.nn.Identity()).double()
    cell = OutputCell(inner, 1).double()
    with torch.no_grad():  # a delay of one step; only unit 2 is shown
        inner.x_to_gates.weight.copy_(torch.tensor([[1.0], [0.0]]))
        inner.h_to_gates.weight.copy_(torch.tensor([[0.0, 0.0], [1.0, 0.0]]))
        cell.h_to_y.weight.copy_(torch.tensor([[0.0, 1.0]]))
    xs = normal(B, T, 1)
    ys, _ = Recurrent(cell)(xs)
    assert_equal_to(ys[:, 1:], xs[:, :-1])
    assert (ys[:, 0] == 0).all()


@pytest.mark.parametrize("kind", ["rnn", "jordan"])
def test_a_state_of_another_batch_is_refused(kind):
    """With the shape that was expected."""
    cell = make(kind)
    with pytest.raises(ValueError, match="batch size"):
        cell(normal(B, D), cell.initial_state(B + 1))
