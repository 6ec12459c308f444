"""Norms in a cell: their formula, and which law batch norm breaks."""

import pytest
import torch
from recurrent_things import B, D, H, T, assert_equal_to, normal, randomise
from torch import nn

from course_lib import Recurrent
from course_lib.normalised_cells import (
    CountedState,
    NormedRNNCell,
    StepwiseBatchNormRNNCell,
)

MANY = 7  # sequences: enough for statistics over a batch


def layer_normed():
    """A layer-normalised cell with random weights."""
    return randomise(NormedRNNCell(D, H, nn.LayerNorm(H)))


def batch_normed():
    """A batch-normalised cell with random weights."""
    return randomise(NormedRNNCell(D, H, nn.BatchNorm1d(H)))


def stepwise():
    """A cell with a batch norm for each of T steps, random weights."""
    return randomise(StepwiseBatchNormRNNCell(D, H, n_steps=T))


def test_layer_norm_takes_its_statistics_over_the_units():
    """H = tanh(N(W_x x + W_h h)), written out."""
    cell, x, h = layer_normed(), normal(B, D), normal(B, H, seed=1)
    a = x @ cell.x_to_gates.weight.T + h @ cell.h_to_gates.weight.T
    mean = a.mean(dim=1, keepdim=True)
    variance = a.var(dim=1, keepdim=True, correction=0)
    normed = (a - mean) / (variance + 1e-5).sqrt()
    expected = torch.tanh(cell.norm.weight * normed + cell.norm.bias)
    assert_equal_to(cell(x, h)[0], expected)


def test_batch_norm_takes_its_statistics_over_the_batch():
    """In training mode, for each unit."""
    cell, x, h = batch_normed(), normal(MANY, D), normal(MANY, H, seed=1)
    a = x @ cell.x_to_gates.weight.T + h @ cell.h_to_gates.weight.T
    variance = a.var(dim=0, correction=0)
    normed = (a - a.mean(dim=0)) / (variance + 1e-5).sqrt()
    expected = torch.tanh(cell.norm.weight * normed + cell.norm.bias)
    assert_equal_to(cell(x, h)[0], expected)


def test_a_normed_cell_has_no_bias_before_its_norm():
    """The norm would take it away."""
    assert layer_normed().x_to_gates.bias is None
    assert stepwise().x_to_gates.bias is None


def test_layer_norm_is_the_same_in_training_and_evaluation():
    """And of each sequence by itself."""
    layer, xs = Recurrent(layer_normed()), normal(MANY, T, D)
    training = layer.train()(xs)[0]
    evaluation = layer.eval()(xs)[0]
    assert torch.equal(training, evaluation)
    alone = torch.cat([layer(x[None])[0] for x in xs])
    assert_equal_to(alone, training)


@pytest.mark.parametrize("make", [batch_normed, stepwise])
def test_batch_norm_depends_on_the_other_sequences_in_training_only(make):
    """The law of independence across the batch, broken and kept."""
    layer, xs = Recurrent(make()), normal(MANY, T, D)
    other = xs.clone()
    other[1:] = normal(MANY - 1, T, D, seed=3)

    def change():
        return (layer(xs)[0][0] - layer(other)[0][0]).abs().max()

    layer.train()
    assert change() > 0.01
    layer.eval()
    assert change() == 0


@pytest.mark.parametrize("make", [batch_normed, stepwise])
def test_batch_norm_cannot_train_on_one_sequence(make):
    """Torch says so."""
    layer = Recurrent(make()).train()
    with pytest.raises(ValueError, match="more than 1 value"):
        layer(normal(1, T, D))


def test_stepwise_norms_are_those_of_their_step():
    """In evaluation mode, each step reads its own averages."""
    cell, xs = stepwise(), normal(B, T + 3, D)
    for t, norm in enumerate(cell.norms):
        norm.running_mean.fill_(float(t))
        norm.running_var.fill_(1.0 + t)
    hs, state = Recurrent(cell).eval()(xs)
    h = torch.zeros(B, H, dtype=torch.float64)
    for t in range(T + 3):
        n = min(t, T - 1)  # behind the last norm, that one goes on
        a = xs[:, t] @ cell.x_to_gates.weight.T + h @ cell.h_to_gates.weight.T
        normed = (a - n) / (1.0 + n + 1e-5) ** 0.5
        norm = cell.norms[n]
        h = torch.tanh(norm.weight * normed + norm.bias)
        assert_equal_to(hs[:, t], h)
    assert state.t.tolist() == [T + 3] * B


def test_training_moves_the_averages_of_the_step_that_was_run_only():
    """One step run, one norm moved."""
    cell = stepwise().train()
    state = cell.initial_state(MANY)
    cell(normal(MANY, D), CountedState(state.h, state.t + 2))
    moved = [bool(norm.num_batches_tracked) for norm in cell.norms]
    assert moved == [t == 2 for t in range(T)]


@pytest.mark.parametrize("make", [layer_normed, batch_normed, stepwise])
def test_two_halves_equal_the_whole_in_evaluation(make):
    """The state holds all that is needed to go on."""
    layer, xs = Recurrent(make()).eval(), normal(B, T, D)
    whole, last = layer(xs)
    first, state = layer(xs[:, :2])
    second, end = layer(xs[:, 2:], state)
    assert_equal_to(torch.cat([first, second], dim=1), whole)
    assert type(end) is type(last)


@pytest.mark.parametrize("make", [layer_normed, batch_normed, stepwise])
def test_no_output_knows_a_later_input(make):
    """Causality, in both modes."""
    for mode in (True, False):
        layer, xs = Recurrent(make()).train(mode), normal(B, T, D)
        xs.requires_grad_()
        hs, _ = layer(xs)
        (gradient,) = torch.autograd.grad(hs[:, 1].sum(), xs)
        assert (gradient[:, 2:] == 0).all()
        assert (gradient[:, 1] != 0).any()


def test_layer_normed_gradients_are_those_of_finite_differences():
    """Float64, all parameters and inputs."""
    cell = layer_normed()

    def run(x, h):
        return cell(x, h)[0]

    inputs = normal(B, D), normal(B, H, seed=1)
    assert torch.autograd.gradcheck(
        run, [part.requires_grad_() for part in inputs]
    )


def test_a_step_count_below_one_is_refused():
    """Expected and got."""
    with pytest.raises(ValueError, match=r"n_steps.*at least 1, got 0"):
        StepwiseBatchNormRNNCell(D, H, n_steps=0)
