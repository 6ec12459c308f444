"""The five laws of everything recurrent, and both directions at once."""

import pytest
import torch
from recurrent_things import (
    CELLS,
    NORMED,
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
from torch.autograd import gradcheck
from torch.func import functional_call

from course_lib import (
    Bidirectional,
    GRUCell,
    LSTMCell,
    LSTMState,
    Recurrent,
    RNNCell,
    detach_state,
    trace_gates,
)

all_cells = pytest.mark.parametrize("kind", CELLS)
plain_cells = pytest.mark.parametrize("kind", PLAIN)


@plain_cells
def test_a_layer_equals_torch_with_all_gradients(kind):
    """Outputs, last state and the gradients of everything that goes in."""
    layer = Recurrent(make_cell(kind))
    twin = TORCH_LAYERS[kind](D, H, batch_first=True).double()
    pairs = copy_from_torch(layer.cell, twin)
    xs = normal(B, T, D).requires_grad_()
    state = random_state(layer.cell)
    first = [part[None] for part in flat(state)]
    hs, last = layer(xs, state)
    theirs, their_last = twin(xs, tuple(first) if kind == "lstm" else first[0])
    assert_equal_to(hs, theirs)
    ours, their_last = flat(last), [part[0] for part in flat(their_last)]
    for one, other in zip(ours, their_last, strict=True):
        assert_equal_to(one, other)
    assert_same_gradients(
        [hs, *ours], [theirs, *their_last], [xs, *flat(state)], pairs
    )


@plain_cells
def test_without_a_state_a_layer_starts_from_zeros_as_torch_does(kind):
    """No state given is a state of zeros."""
    layer = Recurrent(make_cell(kind))
    twin = TORCH_LAYERS[kind](D, H, batch_first=True).double()
    copy_from_torch(layer.cell, twin)
    xs = normal(B, T, D)
    assert_equal_to(layer(xs)[0], twin(xs)[0])


@all_cells
def test_unrolling_equals_calling_the_cell_step_by_step(kind):
    """The loop of the layer is the recurrence of the cell."""
    layer = Recurrent(make_cell(kind))
    xs, state = normal(B, T, D), random_state(layer.cell)
    hs, last = layer(xs, state)
    for t in range(T):
        h, state = layer.cell(xs[:, t], state)
        assert_equal_to(hs[:, t], h)
    for one, other in zip(flat(last), flat(state), strict=True):
        assert_equal_to(one, other)


@all_cells
@pytest.mark.parametrize("cut", [1, 3, T - 1])
def test_running_in_two_halves_equals_running_once(kind, cut):
    """The state is all that the second half needs of the first."""
    layer = Recurrent(make_cell(kind))
    xs, state = normal(B, T, D), random_state(layer.cell)
    hs, last = layer(xs, state)
    first, middle = layer(xs[:, :cut], state)
    second, end = layer(xs[:, cut:], middle)
    assert_equal_to(torch.cat([first, second], dim=1), hs)
    for one, other in zip(flat(end), flat(last), strict=True):
        assert_equal_to(one, other)


@all_cells
def test_no_output_depends_on_a_later_input_and_each_on_all_earlier(kind):
    """The gradient of h_t is zero for later inputs, and only for them."""
    layer = Recurrent(make_cell(kind))
    xs = normal(B, T, D).requires_grad_()
    hs, _ = layer(xs, random_state(layer.cell))
    for t in range(T):
        (dxs,) = torch.autograd.grad(
            weighted_sum([hs[:, t]]), xs, retain_graph=True
        )
        assert (dxs[:, t + 1 :] == 0).all()
        assert (dxs[:, : t + 1].abs().amax(dim=(0, 2)) > 0).all()


@all_cells
def test_changing_the_future_leaves_the_past_as_it_was(kind):
    """The same law without autograd: other inputs, same outputs before."""
    layer = Recurrent(make_cell(kind))
    xs = normal(B, T, D)
    other = xs.clone()
    other[:, 3:] += 10
    hs, changed = layer(xs)[0], layer(other)[0]
    torch.testing.assert_close(changed[:, :3], hs[:, :3], rtol=0, atol=1e-14)
    assert ((changed[:, 3:] - hs[:, 3:]).abs().amax(dim=(0, 2)) > 1e-6).all()


@all_cells
def test_each_sequence_of_a_batch_is_independent_of_the_others(kind):
    """Alone or among others, a sequence gives the same outputs."""
    layer = Recurrent(make_cell(kind))
    xs, state = normal(B, T, D), random_state(layer.cell)
    together, _ = layer(xs, state)
    for b in range(B):
        own = like(state, [part[b : b + 1] for part in flat(state)])
        alone, _ = layer(xs[b : b + 1], own)
        assert_equal_to(alone, together[b : b + 1])


@all_cells
def test_the_gradients_of_a_layer_equal_finite_differences(kind):
    """Gradcheck of the sequence, the state and every parameter."""
    layer = Recurrent(make_cell(kind, 2, 3))
    names = [name for name, _ in layer.named_parameters()]
    xs = normal(2, 3, 2).requires_grad_()
    state = random_state(layer.cell, 2)
    n = len(flat(state))

    def run(xs, *rest):
        weights = dict(zip(names, rest[n:], strict=True))
        hs, last = functional_call(layer, weights, (xs, like(state, rest[:n])))
        return (hs, *flat(last))

    parameters = [p.detach().requires_grad_() for p in layer.parameters()]
    inputs = (xs, *flat(state), *parameters)
    assert gradcheck(run, inputs, eps=1e-6, atol=1e-7, fast_mode=True)


@all_cells
def test_every_parameter_of_a_layer_has_a_gradient(kind):
    """No weight is left out of the computation."""
    layer = Recurrent(make_cell(kind))
    hs, _ = layer(normal(B, T, D), random_state(layer.cell))
    weighted_sum([hs]).backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad.abs().max() > 0, name


@all_cells
def test_a_layer_gives_hidden_size_features_for_each_step(kind):
    """The sizes of a layer are its cell's."""
    layer = Recurrent(make_cell(kind))
    assert (layer.input_size, layer.hidden_size) == (D, H)
    assert layer(normal(B, T, D))[0].shape == (B, T, H)
    assert layer(normal(B, 1, D))[0].shape == (B, 1, H)


@plain_cells
def test_both_directions_equal_torch_with_all_gradients(kind):
    """Bidirectional is torch's bidirectional layer, forward part first."""
    layers = [Recurrent(make_cell(kind, seed=n)) for n in range(2)]
    both = Bidirectional(*layers)
    twin = TORCH_LAYERS[kind](
        D, H, batch_first=True, bidirectional=True
    ).double()
    pairs = [
        *copy_from_torch(layers[0].cell, twin),
        *copy_from_torch(layers[1].cell, twin, "_l0_reverse"),
    ]
    xs = normal(B, T, D).requires_grad_()
    hs, theirs = both(xs), twin(xs)[0]
    assert_equal_to(hs, theirs)
    assert_same_gradients([hs], [theirs], [xs], pairs)


def two_directions():
    """Layers of different kinds and sizes in both directions."""
    ahead, back = randomise(LSTMCell(D, H)), randomise(GRUCell(D, 7), seed=1)
    return Bidirectional(Recurrent(ahead), Recurrent(back))


def test_every_output_of_both_directions_depends_on_every_input():
    """The forward part on the past, the backward part on the future."""
    both = two_directions()
    assert both.hidden_size == H + 7
    xs = normal(B, T, D).requires_grad_()
    hs = both(xs)
    assert hs.shape == (B, T, H + 7)
    for t in range(T):
        for part, known in [
            (hs[:, t, :H], [s <= t for s in range(T)]),
            (hs[:, t, H:], [s >= t for s in range(T)]),
        ]:
            (dxs,) = torch.autograd.grad(
                weighted_sum([part]), xs, retain_graph=True
            )
            assert (dxs.abs().amax(dim=(0, 2)) > 0).tolist() == known


def test_both_directions_of_a_reversed_sequence_with_layers_swapped():
    """Reversing time and swapping the layers reverses the outputs."""
    both = two_directions()
    swapped = Bidirectional(both.backward_layer, both.forward_layer)
    xs = normal(B, T, D)
    expected = both(xs)
    turned = swapped(xs.flip(1)).flip(1)
    assert_equal_to(turned.roll(H, dims=-1), expected)


def test_both_directions_keep_the_sequences_of_a_batch_apart():
    """Alone or among others, a sequence gives the same outputs."""
    both, xs = two_directions(), normal(B, T, D)
    together = both(xs)
    for b in range(B):
        assert_equal_to(both(xs[b : b + 1]), together[b : b + 1])


def test_the_gradients_of_both_directions_equal_finite_differences():
    """Gradcheck of the sequence and every parameter."""
    both = two_directions()
    names = [name for name, _ in both.named_parameters()]

    def run(xs, *weights):
        return functional_call(
            both, dict(zip(names, weights, strict=True)), (xs,)
        )

    parameters = [p.detach().requires_grad_() for p in both.parameters()]
    xs = normal(B, 3, D).requires_grad_()
    assert gradcheck(run, (xs, *parameters), atol=1e-7, fast_mode=True)


@all_cells
def test_a_detached_state_has_the_same_values_and_no_graph(kind):
    """Type and values stay, to any depth; gradients stop."""
    cell = make_cell(kind)
    _, state = cell(normal(B, D), random_state(cell))
    cut = detach_state(state)
    assert type(cut) is type(state)
    for one, other in zip(flat(cut), flat(state), strict=True):
        assert torch.equal(one, other)
        assert other.requires_grad
        assert not one.requires_grad
    Recurrent(cell)(normal(B, T, D), cut)


@pytest.mark.parametrize("kind", ["lstm", "gru", *list(NORMED)[1:]])
def test_traced_gates_explain_every_state_of_the_run(kind):
    """The traces obey the cell's equations, and h is the layer's output."""
    cell = make_cell(kind)
    xs, state = normal(B, T, D), random_state(cell)
    traces = trace_gates(cell, xs, state)
    hs, _ = Recurrent(cell)(xs, state)
    assert_equal_to(traces["h"], hs.detach())
    before = torch.cat([flat(state)[-1].detach()[:, None], hs[:, :-1]], dim=1)
    if "c" in traces:
        cs = traces["c"]
        before = torch.cat([state.c.detach()[:, None], cs[:, :-1]], dim=1)
        assert_equal_to(traces["f"] * before + traces["i"] * traces["g"], cs)
        if kind == "lstm":
            assert_equal_to(traces["o"] * cs.tanh(), traces["h"])
    else:
        z = traces["z"]
        assert_equal_to((1 - z) * traces["n"] + z * before.detach(), hs)
    for name, values in traces.items():
        assert values.shape == (B, T, H), name
        assert not values.requires_grad, name
        if name in "ifozr":
            assert ((values > 0) & (values < 1)).all(), name


def test_traced_gates_start_from_zeros_when_no_state_is_given():
    """As the layer does."""
    cell, xs = make_cell("lstm"), normal(B, T, D)
    hs, _ = Recurrent(cell)(xs)
    assert_equal_to(trace_gates(cell, xs)["h"], hs.detach())


def test_only_a_gated_cell_has_gates_to_trace():
    """An RNN cell is refused by name."""
    with pytest.raises(ValueError, match=r"gates, got RNNCell; use LSTMCell"):
        trace_gates(RNNCell(D, H), torch.zeros(B, T, D))


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((B, T), r"\(B, T, D\).*got \(2, 5\).*forget the feature axis"),
        ((T,), r"\(B, T, D\).*got \(5,\).*xs\[None, :, None\]"),
        ((B, T, D, 1), r"got \(2, 5, 3, 1\).*batch first"),
        ((B, 0, D), r"no axis of length 0, got \(2, 0, 3\)"),
        ((0, T, D), r"no axis of length 0, got \(0, 5, 3\)"),
        ((B, D, T), r"D=3, got \(2, 3, 5\).*Are time and features swapped"),
    ],
)
def test_a_layer_says_which_shape_it_expects(sizes, words):
    """Expected, got and a hint, in layers and in traces alike."""
    xs = torch.zeros(sizes)
    for run in (
        Recurrent(LSTMCell(D, H)),
        Bidirectional(Recurrent(RNNCell(D, H)), Recurrent(RNNCell(D, H))),
        lambda xs: trace_gates(GRUCell(D, H), xs),
    ):
        with pytest.raises(ValueError, match=words):
            run(xs)


def test_a_layer_refuses_a_state_that_does_not_fit():
    """Another batch size or another kind of state is named."""
    layer, xs = Recurrent(LSTMCell(D, H)), torch.zeros(B, T, D)
    for state in (
        torch.zeros(B, H),
        LSTMState(torch.zeros(B, H), torch.zeros(B, 1)),
        layer.cell.initial_state(B + 1),
    ):
        with pytest.raises(ValueError, match=r"state must be LSTM.*got"):
            layer(xs, state)
        with pytest.raises(ValueError, match=r"state must be LSTM.*got"):
            trace_gates(layer.cell, xs, state)
