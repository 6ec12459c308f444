"""Stacks against torch's layers, layer norm against its formula."""

import pytest
import torch
from recurrent_things import (
    PLAIN,
    TORCH_LAYERS,
    B,
    D,
    H,
    T,
    assert_equal_to,
    assert_same_gradients,
    copy_from_torch,
    flat,
    like,
    make_cell,
    normal,
    random_state,
    randomise,
    weighted_sum,
)

from course_lib import (
    GRUCell,
    LayerNormGRUCell,
    LayerNormLSTMCell,
    LayerNormRNNCell,
    LSTMCell,
    LSTMState,
    Recurrent,
    RNNCell,
    Stack,
)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
@pytest.mark.parametrize("kind", PLAIN)
def test_a_stack_equals_torch_layers_with_all_gradients(kind, n_layers):
    """Outputs, every layer's state, and the gradients of everything."""
    cells = [make_cell(kind, D if n == 0 else H) for n in range(n_layers)]
    stack = Stack(*cells)
    twin = TORCH_LAYERS[kind](
        D, H, num_layers=n_layers, batch_first=True
    ).double()
    pairs = [
        pair
        for n, cell in enumerate(cells)
        for pair in copy_from_torch(cell, twin, f"_l{n}")
    ]
    xs = normal(B, T, D).requires_grad_()
    state = random_state(stack)
    # (L, B, H) as torch wants it: h of all layers, then c of all.
    by_part = [list(parts) for parts in zip(*map(flat, state), strict=True)]
    first = tuple(torch.stack(parts) for parts in by_part)
    hs, last = Recurrent(stack)(xs, state)
    theirs, their_last = twin(xs, first if kind == "lstm" else first[0])
    assert_equal_to(hs, theirs)
    ours = [
        torch.stack(parts)
        for parts in zip(*(flat(part) for part in last), strict=True)
    ]
    their_last = flat(their_last)
    for one, other in zip(ours, their_last, strict=True):
        assert_equal_to(one, other)
    assert_same_gradients(
        [hs, *ours], [theirs, *their_last], [xs, *flat(state)], pairs
    )


def test_a_mixed_stack_equals_torch_layers_one_after_the_other():
    """RNN, LSTM and GRU of different sizes, in this order."""
    cells = [RNNCell(D, 6), LSTMCell(6, 5), GRUCell(5, H)]
    twins = [
        TORCH_LAYERS[kind](n_in, n_out, batch_first=True).double()
        for kind, n_in, n_out in [
            ("rnn", D, 6),
            ("lstm", 6, 5),
            ("gru", 5, H),
        ]
    ]
    stack = Stack(*cells).double()
    pairs = []
    for cell, twin in zip(cells, twins, strict=True):
        pairs += copy_from_torch(cell, twin)
    xs = normal(B, T, D).requires_grad_()
    state = random_state(stack)
    hs, _ = Recurrent(stack)(xs, state)
    theirs = xs
    for twin, own in zip(twins, state, strict=True):
        parts = [part[None] for part in flat(own)]
        theirs, _ = twin(theirs, tuple(parts) if len(parts) == 2 else parts[0])
    assert_equal_to(hs, theirs)
    assert_same_gradients([hs], [theirs], [xs, *flat(state)], pairs)


def test_a_stack_is_a_cell():
    """It has sizes, states and steps, so it stacks and unrolls itself."""
    stack = Stack(RNNCell(D, 6), LSTMCell(6, H))
    assert (stack.input_size, stack.hidden_size) == (D, H)
    h, state = stack(torch.zeros(B, D), stack.initial_state(B))
    assert h.shape == (B, H)
    assert type(state) is tuple
    assert type(state[1]) is LSTMState
    assert Stack(stack, GRUCell(H, 9)).hidden_size == 9


def test_a_stack_of_stacks_equals_the_flat_stack():
    """Stacking is associative."""
    a, b, c = (
        randomise(cell, seed=n)
        for n, cell in enumerate([RNNCell(D, 6), GRUCell(6, 5), RNNCell(5, H)])
    )
    xs = normal(B, T, D)
    expected = Recurrent(Stack(a, b, c))(xs)[0]
    assert_equal_to(Recurrent(Stack(Stack(a, b), c))(xs)[0], expected)
    assert_equal_to(Recurrent(Stack(a, Stack(b, c)))(xs)[0], expected)


def test_each_layer_of_a_stack_can_read_the_states_of_all_below():
    """A perturbed lower state moves the output at the same step."""
    stack = make_cell("gru on lstm on rnn")
    x, state = normal(B, D), random_state(stack)
    h, _ = stack(x, state)
    gradients = torch.autograd.grad(weighted_sum([h]), flat(state))
    assert all(gradient.abs().max() > 0 for gradient in gradients)


def identity_cell(size):
    """A cell whose output is its input."""
    cell = RNNCell(size, size, activation=lambda a: a).double()
    with torch.no_grad():
        cell.x_to_gates.weight.copy_(torch.eye(size))
        cell.h_to_gates.weight.zero_()
    return cell


def test_dropout_acts_between_the_cells_in_training_only():
    """Not on the input, not on the output; scaled to keep the mean."""
    stack = Stack(identity_cell(H), identity_cell(H), dropout=0.25)
    xs = torch.ones(50, 40, H, dtype=torch.float64)
    torch.manual_seed(0)
    stack.train()
    dropped, _ = Recurrent(stack)(xs)
    values = dropped.unique()
    torch.testing.assert_close(
        values, torch.tensor([0.0, 4 / 3], dtype=torch.float64)
    )
    share = (dropped == 0).double().mean().item()
    assert share == pytest.approx(0.25, abs=0.02)
    # A new mask at every step and for every sequence.
    assert dropped.var(dim=1).min() > 0
    assert dropped.var(dim=0).min() > 0
    stack.eval()
    assert torch.equal(Recurrent(stack)(xs)[0], xs)


def test_dropout_never_touches_a_single_cell_or_a_state():
    """One cell has nothing above it; states are handed on whole."""
    one = Stack(identity_cell(H), dropout=0.9).train()
    xs = normal(B, T, H)
    assert torch.equal(Recurrent(one)(xs)[0], xs)
    two = Stack(identity_cell(H), identity_cell(H), dropout=0.9).train()
    _, (below, _) = two(xs[:, 0], two.initial_state(B))
    assert torch.equal(below, xs[:, 0])


def norm(values, gain, bias, eps=1e-5):
    """Layer norm over the last axis, written out."""
    mean = values.mean(dim=-1, keepdim=True)
    variance = ((values - mean) ** 2).mean(dim=-1, keepdim=True)
    return gain * (values - mean) / (variance + eps).sqrt() + bias


def normed_parts(cell, x, h):
    """LN(W_x x) and LN(W_h h), with each norm's own gain and bias."""
    parts = []
    for (linear, layer), value in [(cell.x_to_gates, x), (cell.h_to_gates, h)]:
        assert linear.bias is None
        parts.append(norm(value @ linear.weight.T, layer.weight, layer.bias))
    return parts


def test_the_layer_norm_rnn_is_its_formula():
    """H = tanh(LN(W_x x) + LN(W_h h))."""
    cell = make_cell("layer-norm rnn")
    x, state = normal(B, D), random_state(cell)
    a, b = normed_parts(cell, x, state)
    h, new = cell(x, state)
    assert_equal_to(h, torch.tanh(a + b))
    assert new is h


def test_the_layer_norm_lstm_is_its_formula():
    """LN on both products, and on the cell state before the output."""
    cell = make_cell("layer-norm lstm")
    x, state = normal(B, D), random_state(cell)
    a, b = normed_parts(cell, x, state.h)
    i, f, g, o = (a + b).split(H, dim=1)
    c = f.sigmoid() * state.c + i.sigmoid() * g.tanh()
    normed = norm(c, cell.c_norm.weight, cell.c_norm.bias)
    h, new = cell(x, state)
    assert_equal_to(new.c, c)
    assert_equal_to(h, o.sigmoid() * normed.tanh())
    assert new.h is h


def test_the_layer_norm_gru_is_its_formula():
    """LN on both products, reset after the product."""
    cell = make_cell("layer-norm gru")
    x, state = normal(B, D), random_state(cell)
    a, b = normed_parts(cell, x, state)
    (x_r, x_z, x_n), (h_r, h_z, h_n) = a.split(H, 1), b.split(H, 1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    h, new = cell(x, state)
    assert_equal_to(h, (1 - z) * n + z * state)
    assert new is h


@pytest.mark.parametrize(
    "make", [LayerNormRNNCell, LayerNormLSTMCell, LayerNormGRUCell]
)
def test_layer_norm_forgets_the_scale_of_the_input_weights(make):
    """A hundred times the weights, or the inputs, is the same cell."""
    cell = randomise(make(D, H))
    x, state = normal(B, D), random_state(cell)
    expected, _ = cell(x, state)
    tolerance = {"rtol": 0, "atol": 1e-4}  # the norm's own 1e-5 shows
    torch.testing.assert_close(cell(100 * x, state)[0], expected, **tolerance)
    cell.x_to_gates[0].weight.data.mul_(100)
    torch.testing.assert_close(cell(x, state)[0], expected, **tolerance)


def test_a_layer_norm_lstm_starts_with_its_forget_bias_behind_the_norm():
    """At zero input and state the forget gate is σ(1), the others σ(0)."""
    cell = LayerNormLSTMCell(D, H).double()
    zeros = torch.zeros(B, D, dtype=torch.float64)
    gates = cell.gates(cell.project(zeros), cell.initial_state(B))
    expected = torch.full((B, H), 1.0, dtype=torch.float64).sigmoid()
    assert_equal_to(gates.f, expected)
    assert_equal_to(gates.i, torch.full_like(expected, 0.5))


def test_neighbours_in_a_stack_must_fit():
    """The message names the cells and both sizes."""
    with pytest.raises(ValueError, match=r"cell 2.*hidden_size 4.*size 5"):
        Stack(RNNCell(D, 4), RNNCell(5, 6))
    with pytest.raises(ValueError, match="at least one cell, got none"):
        Stack()
    with pytest.raises(ValueError, match="dropout probability"):
        Stack(RNNCell(D, 4), dropout=1.5)


def test_a_stack_refuses_states_that_do_not_fit():
    """Too few, too many, or of another type."""
    stack = Stack(RNNCell(D, 5), LSTMCell(5, H))
    good = stack.initial_state(B)
    for state in (good[:1], (*good, good[0]), good[::-1], good[0]):
        with pytest.raises(ValueError, match=r"state must be tuple\(.*got"):
            stack(torch.zeros(B, D), state)
        with pytest.raises(ValueError, match=r"state must be tuple\(.*got"):
            Recurrent(stack)(torch.zeros(B, T, D), state)


def test_the_states_of_a_stack_stay_with_their_cells():
    """Each cell is handed its own state, not a neighbour's."""
    stack = make_cell("2 rnn")
    x, state = normal(B, D), random_state(stack)
    _, (low, high) = stack(x, state)
    moved = like(state, [flat(state)[0], flat(state)[1] + 1])
    _, (low_after, high_after) = stack(x, moved)
    assert torch.equal(low, low_after)
    assert (high - high_after).abs().max() > 0
