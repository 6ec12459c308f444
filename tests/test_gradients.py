"""Gradients through time, over training steps, and what decides them."""

import math

import numpy as np
import pytest
import torch
from recurrent_things import (
    CELLS,
    B,
    D,
    H,
    T,
    assert_equal_to,
    flat,
    like,
    make_cell,
    normal,
    randomise,
)
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)

from course_lib import (
    DirectForecaster,
    GradientMonitor,
    GRUCell,
    LSTMCell,
    Recurrent,
    RNNCell,
    fit,
    gradient_flow,
    spectral_radius,
    split_last,
    two_sine_waves,
)


def test_the_flow_of_an_rnn_is_the_product_of_its_jacobians():
    """∂h_T/∂h_t = Π diag(1 - h²) W_h, from the sum of the last output."""
    cell, xs = make_cell("rnn"), normal(B, T, D)
    hs, _ = Recurrent(cell)(xs)
    W_h = cell.h_to_gates.weight
    gradient = torch.ones(B, H, dtype=torch.float64)
    expected = [gradient.norm(dim=1).mean()]
    for t in reversed(range(T)):
        gradient = (gradient * (1 - hs[:, t] ** 2)) @ W_h
        expected.append(gradient.norm(dim=1).mean())
    expected = torch.stack(expected[::-1]).detach()
    got = gradient_flow(cell, xs)
    assert got.shape == (T + 1,)
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("t", [0, 2, T])
def test_the_flow_at_a_step_is_that_of_restarting_there(kind, t):
    """The gradient at the state after t steps, all its parts together."""
    cell, xs = make_cell(kind), normal(B, T, D)
    state = cell.initial_state(B)
    h = None
    for s in range(t):
        h, state = cell(xs[:, s], state)
    state = like(
        state, [part.detach().requires_grad_() for part in flat(state)]
    )
    last = flat(state)
    if t < T:
        h, _ = Recurrent(cell)(xs[:, t:], state)
        total = h[:, -1].sum()
        gradients = torch.autograd.grad(total, last)
        squares = sum((g**2).sum(dim=1) for g in gradients)
        expected = squares.sqrt().mean()
        assert_equal_to(gradient_flow(cell, xs)[t], expected)
    else:
        # At the end the output is all of the state that the loss reads.
        last = gradient_flow(cell, xs)[T].item()
        assert last == pytest.approx(math.sqrt(H), rel=1e-12)


def test_the_flow_of_another_loss_starts_from_that_loss():
    """A loss of all outputs; scaling it scales the flow."""
    cell, xs = make_cell("gru"), normal(B, T, D)
    flow = gradient_flow(cell, xs, loss=lambda hs: (hs**2).mean())
    tenfold = gradient_flow(cell, xs, loss=lambda hs: 10 * (hs**2).mean())
    torch.testing.assert_close(tenfold, 10 * flow)
    first = gradient_flow(cell, xs, loss=lambda hs: hs[:, 0].sum())
    assert first[1] == pytest.approx(math.sqrt(H))
    assert (first[2:] == 0).all()
    default = gradient_flow(cell, xs, loss=lambda hs: hs[:, -1].sum())
    assert torch.equal(default, gradient_flow(cell, xs))


def test_the_flow_of_a_batch_is_the_mean_over_its_sequences():
    """Sequences do not add up."""
    cell, xs = make_cell("lstm"), normal(B, T, D)
    each = torch.stack([gradient_flow(cell, x[None]) for x in xs])
    torch.testing.assert_close(gradient_flow(cell, xs), each.mean(dim=0))


def test_looking_at_the_flow_leaves_no_gradient_behind():
    """In no parameter."""
    cell = make_cell("lstm")
    gradient_flow(cell, normal(B, T, D))
    assert all(p.grad is None for p in cell.parameters())


def test_an_lstm_that_only_keeps_lets_the_gradient_through_whole():
    """F = 1, i = 0: the gradient at c is the same at every step."""
    cell = make_cell("lstm")
    with torch.no_grad():
        cell.h_to_gates.weight.zero_()
        cell.x_to_gates.weight.zero_()
        cell.x_to_gates.bias[:H] = -1e3
        cell.x_to_gates.bias[H : 2 * H] = 1e3
    flow = gradient_flow(cell, normal(B, T, D))
    torch.testing.assert_close(flow[:-1], flow[:1].expand(T))
    assert flow[0] > 0.1


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5])
def test_a_linear_orthogonal_rnn_grows_or_shrinks_by_its_radius(factor):
    """‖gradient at t‖ = √H ρ^(T - t), exactly."""
    cell = RNNCell(D, H, activation=lambda a: a).double()
    Q, _ = torch.linalg.qr(normal(H, H))
    cell.h_to_gates.weight.data.copy_(factor * Q)
    flow = gradient_flow(cell, normal(B, T, D))
    powers = factor ** torch.arange(T, -1, -1, dtype=torch.float64)
    torch.testing.assert_close(flow, math.sqrt(H) * powers)
    radius = spectral_radius(cell.h_to_gates.weight)
    assert radius == pytest.approx(factor, rel=1e-12)


def test_the_spectral_radius_is_the_largest_size_of_an_eigenvalue():
    """Signs, scales and rotations; arrays as well as tensors."""
    W = normal(5, 5)
    radius = spectral_radius(W)
    expected = np.abs(np.linalg.eigvals(W.numpy())).max()
    assert radius == pytest.approx(expected, rel=1e-12)
    assert spectral_radius(-2 * W) == pytest.approx(2 * radius)
    assert spectral_radius(W.T) == pytest.approx(radius)
    S = normal(5, 5, seed=1)
    similar = S @ W @ torch.linalg.inv(S)
    assert spectral_radius(similar) == pytest.approx(radius, rel=1e-9)
    assert spectral_radius(torch.diag(torch.tensor([0.5, -3.0]))) == 3
    quarter_turn = torch.tensor([[0.0, -2.0], [2.0, 0.0]])
    assert spectral_radius(quarter_turn) == pytest.approx(2)
    assert spectral_radius(W.numpy()) == pytest.approx(radius)


def test_the_spectral_radius_is_not_the_largest_singular_value():
    """A matrix can stretch once and still shrink in the long run."""
    W = torch.tensor([[0.5, 10.0], [0.0, 0.5]])
    assert spectral_radius(W) == pytest.approx(0.5)
    assert torch.linalg.matrix_norm(W, 2) > 10
    assert torch.linalg.matrix_power(W, 40).abs().max() < 1e-8


def test_what_the_monitor_writes_is_what_tensorboard_reads(tmp_path):
    """Loss, total norm and each parameter's norm at every step."""
    torch.manual_seed(0)
    model = DirectForecaster(Recurrent(LSTMCell(1, 4)), 2)
    monitor = GradientMonitor(tmp_path)
    losses, norms = [], []

    def watch(step, model, loss):
        monitor(step, model, loss)
        losses.append(loss)
        norms.append(
            {
                name: p.grad.norm().item()
                for name, p in model.named_parameters()
            }
        )

    windows = split_last(two_sine_waves(10, 9), 2)
    fit(
        model,
        windows,
        epochs=2,
        batch_size=4,
        lr=1e-2,
        clip_norm=1e-3,
        on_step=watch,
    )
    monitor.close()
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    names = [name for name, _ in model.named_parameters()]
    assert set(events.Tags()["scalars"]) == {
        "loss",
        "gradient/total",
        *(f"gradient/{name}" for name in names),
    }

    def read(tag):
        scalars = events.Scalars(tag)
        assert [scalar.step for scalar in scalars] == list(range(6))
        return [scalar.value for scalar in scalars]

    assert read("loss") == pytest.approx(losses, rel=1e-6)
    for name in names:
        expected = [norm[name] for norm in norms]
        assert read(f"gradient/{name}") == pytest.approx(expected, rel=1e-6)
    total = [
        math.sqrt(sum(value**2 for value in norm.values())) for norm in norms
    ]
    assert read("gradient/total") == pytest.approx(total, rel=1e-6)
    assert monitor.norms == pytest.approx(total, rel=1e-6)
    # Before clipping: far above the largest norm that was let through.
    assert min(total) > 1e-2


def test_the_monitor_passes_over_parameters_without_a_gradient(tmp_path):
    """A frozen weight has no norm to write."""
    model = randomise(GRUCell(D, H))
    model.x_to_gates.requires_grad_(False)
    h, _ = model(normal(B, D), model.initial_state(B) + 1)
    h.sum().backward()
    monitor = GradientMonitor(tmp_path)
    monitor(0, model, 1.0)
    monitor.close()
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert set(events.Tags()["scalars"]) == {
        "loss",
        "gradient/total",
        "gradient/h_to_gates.weight",
        "gradient/h_to_gates.bias",
    }


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: gradient_flow(RNNCell(D, H), torch.zeros(B, T)),
            r"D=3, got \(2, 5\).*forget the feature axis",
        ),
        (
            lambda: gradient_flow(RNNCell(D, H), torch.zeros(B, 0, D)),
            "no axis of length 0",
        ),
        (lambda: spectral_radius(torch.zeros(2, 3)), r"square, got.*\(2, 3\)"),
        (lambda: spectral_radius(torch.zeros(4)), r"square, got.*\(4,\)"),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected and got."""
    with pytest.raises(ValueError, match=words):
        run()
