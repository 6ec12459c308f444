"""Solved readouts: exact on what a state holds, honest on what it lost."""

import pytest
import torch
from recurrent_things import B, D, H, K, T, assert_equal_to, normal, randomise

from course_lib import (
    GRUCell,
    LeastSquares,
    Recurrent,
    RNNCell,
    SolvedReadout,
    Windows,
    cell_with_weights,
    last_states,
    memory_by_lag,
    mse,
)

LINEAR = torch.nn.Identity()


def layer(cell=RNNCell):
    """A layer with random weights, biases included."""
    return Recurrent(randomise(cell(D, H)))


def windows(n=40):
    """Random windows with targets of another size than the inputs."""
    return Windows(normal(n, T, D), normal(n, K, 2, seed=1))


@pytest.mark.parametrize("cell", [RNNCell, GRUCell])
def test_last_states_are_the_layers_last_outputs(cell):
    """And the targets are left alone."""
    recurrent, given = layer(cell), windows()
    read = last_states(recurrent, given)
    assert_equal_to(read.inputs[:, 0], recurrent(given.inputs)[0][:, -1])
    assert not read.inputs.requires_grad
    assert read.targets is given.targets


def test_a_readout_is_least_squares_on_the_last_states():
    """Nothing else of the window reaches the forecast."""
    recurrent, train, test = layer(), windows(), windows(7)
    expected = LeastSquares(last_states(recurrent, train), ridge=0.3)(
        recurrent(test.inputs)[0][:, -1:].detach()
    )
    model = SolvedReadout(recurrent, train, ridge=0.3)
    assert_equal_to(model(test.inputs), expected)
    assert model(test.inputs).shape == (7, K, 2)


def test_a_target_that_is_linear_in_the_state_is_read_exactly():
    """The solution is exact, and so is its forecast of new windows."""
    recurrent = layer()
    V = normal(H, K, seed=5)
    train, test = (
        Windows(xs, (recurrent(xs)[0][:, -1] @ V).detach()[..., None])
        for xs in (normal(40, T, D), normal(9, T, D, seed=2))
    )
    forecast = SolvedReadout(recurrent, train)(test.inputs)
    assert mse(forecast, test.targets) < 1e-20


def test_solving_a_readout_leaves_the_layer_as_it_was():
    """Weights and gradients."""
    recurrent = layer()
    before = [p.detach().clone() for p in recurrent.parameters()]
    SolvedReadout(recurrent, windows())(normal(B, T, D))
    for one, other in zip(recurrent.parameters(), before, strict=True):
        assert torch.equal(one, other)
        assert one.grad is None


def delay_line(units):
    """Unit n holds the input of n steps ago."""
    W_h = torch.diag(torch.ones(units - 1), -1)
    W_x = torch.eye(units)[:, :1]
    return Recurrent(cell_with_weights(W_x, W_h, activation=LINEAR))


def test_a_delay_line_remembers_as_many_inputs_as_it_has_units():
    """Perfectly, and nothing beyond."""
    r2 = memory_by_lag(delay_line(H), H + 3, n_steps=2000)
    torch.testing.assert_close(r2[:H], torch.ones(H).double())
    assert (r2[H:] < 0.01).all()


def test_the_size_of_the_inputs_is_nothing_to_a_linear_layer_only():
    """A tanh layer's memory depends on it."""
    torch.manual_seed(0)
    cells = {
        name: RNNCell(1, H, activation=activation).double()
        for name, activation in {"linear": LINEAR, "tanh": torch.tanh}.items()
    }
    changed = {
        name: (
            memory_by_lag(Recurrent(cell), 9, n_steps=500)
            - memory_by_lag(Recurrent(cell), 9, n_steps=500, scale=0.1)
        ).abs()
        for name, cell in cells.items()
    }
    assert changed["linear"].max() < 1e-6
    assert changed["tanh"].max() > 1e-2


def test_memory_is_asked_of_one_input():
    """A layer of several inputs is refused."""
    with pytest.raises(ValueError, match="input_size 1, got 3"):
        memory_by_lag(layer(), 4)


def test_memory_does_not_change_with_what_was_drawn_before():
    """The seed alone decides."""
    first = memory_by_lag(delay_line(3), 5, n_steps=50, seed=4)
    torch.rand(3)
    assert torch.equal(
        first, memory_by_lag(delay_line(3), 5, n_steps=50, seed=4)
    )
