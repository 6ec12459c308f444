"""One step of each cell: its equation, its torch twin, its start."""

import math

import pytest
import torch
from recurrent_things import (
    CELLS,
    PLAIN,
    B,
    D,
    H,
    assert_equal_to,
    assert_same_gradients,
    copy_from_torch,
    flat,
    like,
    make_cell,
    normal,
    random_state,
)
from torch.autograd import gradcheck
from torch.func import functional_call

from course_lib import GRUCell, LSTMCell, LSTMState, RNNCell

TORCH_CELLS = {
    "rnn": torch.nn.RNNCell,
    "lstm": torch.nn.LSTMCell,
    "gru": torch.nn.GRUCell,
}
all_cells = pytest.mark.parametrize("kind", CELLS)
plain_cells = pytest.mark.parametrize("kind", PLAIN)


@plain_cells
def test_one_step_equals_torch_with_all_gradients(kind):
    """Output, state and every gradient agree with torch's cell."""
    cell = make_cell(kind)
    twin = TORCH_CELLS[kind](D, H).double()
    pairs = copy_from_torch(cell, twin, "")
    x = normal(B, D).requires_grad_()
    state = random_state(cell)
    h, new = cell(x, state)
    theirs = twin(x, tuple(state) if kind == "lstm" else state)
    theirs = flat(theirs)
    assert_equal_to(h, theirs[0])
    for ours, their in zip(flat(new), theirs, strict=True):
        assert_equal_to(ours, their)
    assert_same_gradients(flat(new), theirs, [x, *flat(state)], pairs)


def sigmoid(a):
    """The logistic function, of a number."""
    return 1 / (1 + math.exp(-a))


def number(value):
    """One example of one feature."""
    return torch.tensor([[value]], dtype=torch.float64)


def set_weights(cell, W_x, W_h, b, b_h=None):
    """Weights of a cell with one input and one unit, as lists."""
    values = [W_x, W_h, b, b_h]
    parameters = [
        cell.x_to_gates.weight,
        cell.h_to_gates.weight,
        cell.x_to_gates.bias,
        cell.h_to_gates.bias,
    ]
    with torch.no_grad():
        for parameter, value in zip(parameters, values, strict=True):
            if parameter is not None:
                new = torch.tensor(value, dtype=parameter.dtype)
                parameter.copy_(new.reshape(parameter.shape))


def test_the_rnn_cell_by_hand():
    """tanh(2 · 0.5 + 3 · 0.1 + 0.2), and the output is the state."""
    cell = RNNCell(1, 1).double()
    set_weights(cell, [2.0], [3.0], [0.2])
    h, state = cell(number(0.5), number(0.1))
    assert h.item() == pytest.approx(math.tanh(1.5), rel=1e-14)
    assert state is h


def test_the_lstm_cell_by_hand():
    """Each gate from its own weights, with the blocks in order i f g o."""
    cell = LSTMCell(1, 1).double()
    set_weights(
        cell, [1.0, -2.0, 0.5, 3.0], [0.1, 0.2, -0.3, 0.4], [0.0, 1.0, 0.5, -1]
    )
    x, h0, c0 = 0.7, 0.3, -0.4
    i = sigmoid(1.0 * x + 0.1 * h0 + 0.0)
    f = sigmoid(-2.0 * x + 0.2 * h0 + 1.0)
    g = math.tanh(0.5 * x - 0.3 * h0 + 0.5)
    o = sigmoid(3.0 * x + 0.4 * h0 - 1.0)
    c = f * c0 + i * g
    state = LSTMState(number(h0), number(c0))
    h, new = cell(number(x), state)
    assert h.item() == pytest.approx(o * math.tanh(c), rel=1e-14)
    assert new.h is h
    assert new.c.item() == pytest.approx(c, rel=1e-14)
    gates = cell.gates(cell.project(number(x)), state)
    assert [gate.item() for gate in gates] == pytest.approx([i, f, g, o])
    assert gates._fields == ("i", "f", "g", "o")


def test_the_gru_cell_by_hand():
    """Reset after the product, an update gate of 1 keeps, order r z n."""
    cell = GRUCell(1, 1).double()
    set_weights(
        cell, [1.0, -2.0, 0.5], [0.1, 0.2, -0.3], [0.3, 1.0, 0.5], [1, 2, -0.5]
    )
    x, h0 = 0.7, 0.3
    r = sigmoid(1.0 * x + 0.3 + 0.1 * h0 + 1)
    z = sigmoid(-2.0 * x + 1.0 + 0.2 * h0 + 2)
    n = math.tanh(0.5 * x + 0.5 + r * (-0.3 * h0 - 0.5))
    h, state = cell(number(x), number(h0))
    assert h.item() == pytest.approx((1 - z) * n + z * h0, rel=1e-14)
    assert state is h
    gates = cell.gates(cell.project(number(x)), number(h0))
    assert [gate.item() for gate in gates] == pytest.approx([r, z, n])
    assert gates._fields == ("r", "z", "n")


def test_a_held_open_forget_gate_carries_the_cell_state_unchanged():
    """With f = 1 and i = 0 the LSTM keeps c, whatever comes in."""
    cell = make_cell("lstm")
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter[: 2 * H] = 0
        cell.x_to_gates.bias[:H] = -1e3
        cell.x_to_gates.bias[H : 2 * H] = 1e3
    state = random_state(cell)
    _, new = cell(normal(B, D), state)
    torch.testing.assert_close(new.c, state.c, rtol=0, atol=0)


def test_a_held_open_update_gate_keeps_the_whole_state():
    """With z = 1 the GRU's output is the state before."""
    cell = make_cell("gru")
    cell.x_to_gates.bias.data[H : 2 * H] = 1e3
    state = random_state(cell)
    h, _ = cell(normal(B, D), state)
    torch.testing.assert_close(h, state, rtol=0, atol=0)


def test_the_activation_of_an_rnn_cell_is_the_one_given():
    """A linear cell is the affine map of its input and its state."""
    cell = RNNCell(D, H, activation=lambda a: a).double()
    cell.x_to_gates.bias.data.normal_()
    x, state = normal(B, D), random_state(cell)
    expected = (
        x @ cell.x_to_gates.weight.T
        + cell.x_to_gates.bias
        + state @ cell.h_to_gates.weight.T
    )
    assert_equal_to(cell(x, state)[0], expected)


@all_cells
def test_the_state_that_comes_out_has_the_type_of_the_one_that_went_in(kind):
    """Same type, same shapes and same dtype, to any depth."""
    cell = make_cell(kind)

    def kinds(state):
        if isinstance(state, torch.Tensor):
            return state.shape, state.dtype
        return type(state), [kinds(part) for part in state]

    first = cell.initial_state(B)
    h, state = cell(normal(B, D), first)
    assert kinds(state) == kinds(first)
    assert h.shape == (B, H)
    assert all((tensor == 0).all() for tensor in flat(first))


def test_the_parts_of_an_initial_state_are_different_tensors():
    """So that each has a gradient of its own."""
    h, c = LSTMCell(D, H).initial_state(B)
    assert h is not c
    assert h.data_ptr() != c.data_ptr()


@all_cells
def test_a_step_is_the_recurrence_on_the_projected_input(kind):
    """forward(x, state) equals step(project(x), state), bit by bit."""
    cell = make_cell(kind)
    x, state = normal(B, D), random_state(cell)
    whole = cell(x, state)
    parts = cell.step(cell.project(x), state)
    for one, other in zip(flat(whole), flat(parts), strict=True):
        assert torch.equal(one, other)


@all_cells
def test_projecting_all_steps_at_once_equals_projecting_each(kind):
    """Projection works on any leading axes and needs the input alone."""
    cell = make_cell(kind)
    xs = normal(B, 7, D)
    each = torch.stack([cell.project(x) for x in xs.unbind(1)], dim=1)
    assert_equal_to(cell.project(xs), each)


@all_cells
def test_the_gradients_of_a_step_equal_finite_differences(kind):
    """Gradcheck of input, state and every parameter."""
    cell = make_cell(kind, 2, 3)
    names = [name for name, _ in cell.named_parameters()]
    x = normal(2, 2).requires_grad_()
    state = random_state(cell, 2)
    n = len(flat(state))

    def step(x, *rest):
        weights = dict(zip(names, rest[n:], strict=True))
        args = (x, like(state, rest[:n]))
        return tuple(flat(functional_call(cell, weights, args)))

    parameters = [p.detach().requires_grad_() for p in cell.parameters()]
    inputs = (x, *flat(state), *parameters)
    assert gradcheck(step, inputs, eps=1e-6, atol=1e-7, fast_mode=True)


@all_cells
def test_each_example_of_a_batch_is_independent_of_the_others(kind):
    """Alone or among others, an example gives the same output."""
    cell = make_cell(kind)
    x, state = normal(B, D), random_state(cell)
    together, _ = cell(x, state)
    for b in range(B):
        alone = like(state, [part[b : b + 1] for part in flat(state)])
        h, _ = cell(x[b : b + 1], alone)
        assert_equal_to(h, together[b : b + 1])


@all_cells
def test_a_cell_says_what_input_it_expects(kind):
    """A wrong number of features names both numbers."""
    cell = make_cell(kind)
    with pytest.raises(ValueError, match=rf"{D} features.*got.*{D + 1}"):
        cell(normal(B, D + 1), cell.initial_state(B))


@all_cells
def test_a_state_of_another_batch_size_is_refused(kind):
    """It could broadcast silently otherwise."""
    cell = make_cell(kind)
    with pytest.raises(ValueError, match=r"state must be.*got.*initial_state"):
        cell(normal(B, D), cell.initial_state(1))


def test_a_state_of_another_kind_of_cell_is_refused():
    """An LSTM names the state that it needs and the one that came."""
    cell = make_cell("lstm")
    with pytest.raises(ValueError, match=r"LSTMState.*got tensor"):
        cell(normal(B, D), torch.zeros(B, H, dtype=torch.float64))
    with pytest.raises(ValueError, match=r"LSTMState.*got tuple"):
        cell(normal(B, D), tuple(cell.initial_state(B)))
    with pytest.raises(ValueError, match=r"tensor.*got LSTMState"):
        make_cell("gru")(normal(B, D), cell.initial_state(B))


@pytest.mark.parametrize("sizes", [(0, 4), (3, 0), (3, -1), (3, 2.5)])
@plain_cells
def test_a_cell_without_units_or_inputs_is_refused(kind, sizes):
    """Sizes are whole numbers of at least 1."""
    with pytest.raises(ValueError, match=r"size must be a whole number.*got"):
        PLAIN[kind](*sizes)
