"""One loop: it learns, stops, clips, repeats itself and says when not."""

import math

import numpy as np
import pytest
import torch
from recurrent_things import assert_equal_to, normal
from torch import nn

from course_lib import (
    DirectForecaster,
    DivergedError,
    EncoderDecoder,
    EveryStepForecaster,
    GRUCell,
    LSTMCell,
    Recurrent,
    RNNCell,
    Stack,
    Windows,
    evaluate,
    every_step_loss,
    fit,
    forecast_loss,
    mse,
    seed_everything,
    split_last,
    targets_at_every_step,
    teacher_forced_loss,
    two_sine_waves,
)

T, K = 8, 3
SETTINGS = {"epochs": 3, "batch_size": 4, "lr": 1e-2}


def windows(n=20, *, seed=0, n_steps=T + K):
    """Windows of two sine waves."""
    return split_last(two_sine_waves(n, n_steps, seed=seed), K)


def model_of(cell=GRUCell, *, seed=0, hidden_size=6):
    """A small forecaster, the same for the same seed."""
    torch.manual_seed(seed)
    return DirectForecaster(Recurrent(cell(1, hidden_size)), K)


class Constant(nn.Module):
    """A forecaster of one number: every gradient is known by hand."""

    def __init__(self, value=0.0):
        super().__init__()
        self.value = nn.Parameter(torch.tensor(float(value)))

    def forward(self, inputs):
        """(B, T, 1) -> (B, 1, 1)."""
        return self.value.expand(len(inputs), 1, 1)


def constant_windows(*targets):
    """One window for each target."""
    targets = torch.tensor(targets, dtype=torch.float32)[:, None, None]
    return Windows(torch.zeros(len(targets), 1, 1), targets)


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell])
def test_fit_overfits_twenty_series(cell):
    """What can be learned by heart is: the loss all but vanishes."""
    train = windows(20)
    model = model_of(cell, hidden_size=24)
    before = evaluate(model, train)
    history = fit(model, train, epochs=150, batch_size=20, lr=1e-2)
    assert evaluate(model, train) < 0.02 * before
    assert history.train_loss[-1] < history.train_loss[0]


def test_one_step_of_gradient_descent_by_hand():
    """V - lr dL/dv, with L the mean of (v - y)²."""
    model = Constant(1.0)
    train = constant_windows(3.0, 5.0)
    history = fit(
        model,
        train,
        epochs=1,
        batch_size=2,
        lr=0.1,
        optimizer=torch.optim.SGD,
    )
    # dL/dv = 2 (1 - 4) = -6.
    assert model.value.item() == pytest.approx(1.6)
    assert history.train_loss == pytest.approx([(4 + 16) / 2])


def test_a_history_says_what_was_done():
    """Losses of each epoch, updates and seconds."""
    history = fit(model_of(), windows(20), windows(6, seed=1), **SETTINGS)
    assert len(history.train_loss) == len(history.valid_loss) == 3
    assert history.steps == 3 * 5
    assert history.best_epoch == 2
    assert history.seconds > 0
    assert fit(model_of(), windows(), **SETTINGS).valid_loss == []


def test_the_last_smaller_batch_is_trained_on_too():
    """Ten examples in fours are three batches: 4, 4 and 2."""
    sizes = []

    def loss(model, batch):
        sizes.append(len(batch.inputs))
        return forecast_loss(model, batch)

    history = fit(
        model_of(), windows(10), epochs=2, batch_size=4, lr=1e-2, loss=loss
    )
    assert sizes == [4, 4, 2] * 2
    assert history.steps == 6


def test_the_training_loss_of_an_epoch_is_the_mean_of_its_batches():
    """As they were when they were trained on."""
    seen = []
    history = fit(
        model_of(),
        windows(10),
        epochs=2,
        batch_size=4,
        lr=1e-2,
        on_step=lambda step, model, loss: seen.append(loss),
    )
    expected = np.reshape(seen, (2, 3)).mean(axis=1)
    np.testing.assert_allclose(history.train_loss, expected, rtol=1e-12)


def test_the_same_seed_trains_the_same_model():
    """Bit by bit; another seed takes the windows in another order."""
    results = []
    for seed in (0, 0, 1):
        model = model_of()
        torch.rand(3)  # what else is drawn does not matter
        fit(model, windows(), **SETTINGS, seed=seed)
        results.append(model.state_dict())
    for name, value in results[0].items():
        assert torch.equal(value, results[1][name])
    assert any(
        not torch.equal(v, results[2][n]) for n, v in results[0].items()
    )


def test_every_epoch_has_an_order_of_its_own():
    """And all of them are random."""
    orders = []

    def loss(model, batch):
        orders.extend(batch.targets.flatten().tolist())
        return forecast_loss(model, batch)

    n = 50
    train = constant_windows(*range(n))
    fit(Constant(), train, epochs=3, batch_size=7, lr=0.0, loss=loss)
    epochs = [orders[start : start + n] for start in range(0, 3 * n, n)]
    assert all(sorted(order) == list(range(n)) for order in epochs)
    assert len({tuple(order) for order in epochs}) == 3


def falling_and_rising(losses):
    """A loss whose validation values are these, epoch by epoch."""
    values = iter(losses)

    def loss(model, batch):
        if model.training:
            return (model.value - 100) ** 2  # drives the weight upwards
        return torch.tensor(next(values))

    return loss


@pytest.mark.parametrize(
    ("losses", "patience", "epochs_run", "best"),
    [
        ([5, 4, 3, 3.5, 3.25, 9, 9], 2, 5, 2),
        ([5, 4, 3, 3.5, 2, 9, 9, 9], 2, 7, 4),
        ([5, 6, 1, 1, 1], 1, 2, 0),
        ([5, 4, 3, 2, 1], 1, 5, 4),
        ([5, 5, 5, 5], 3, 4, 0),
        ([5, 4, 4.5, 4.25], 9, 4, 1),
    ],
)
def test_patience_stops_and_goes_back_to_the_best_weights(
    losses, patience, epochs_run, best
):
    """So many epochs without improvement; the first best one counts."""
    model, weights = Constant(), []

    def watch(step, model, loss):
        weights.append(model.value.item())  # before the update

    examples = constant_windows(0.0)
    history = fit(
        model,
        examples,
        examples,
        epochs=len(losses),
        batch_size=1,
        lr=0.5,
        loss=falling_and_rising([float(x) for x in losses]),
        patience=patience,
        on_step=watch,
    )
    assert history.valid_loss == losses[:epochs_run]
    assert len(history.train_loss) == epochs_run
    assert history.best_epoch == best
    after = [*weights[1:], None]  # after each update
    if best < epochs_run - 1:
        assert model.value.item() == after[best]
    else:
        assert model.value.item() > weights[-1]


def test_without_patience_the_last_weights_stay():
    """Validation alone changes nothing."""
    losses = [1.0, 5.0, 5.0]
    model, plain = Constant(), Constant()
    examples = constant_windows(0.0)
    settings = {"epochs": 3, "batch_size": 1, "lr": 0.5}
    history = fit(
        model, examples, examples, **settings, loss=falling_and_rising(losses)
    )
    assert history.best_epoch == 2
    fit(plain, examples, **settings, loss=falling_and_rising([]))
    assert model.value.item() == plain.value.item()


def test_the_restored_model_has_the_best_validation_loss():
    """With a real model: what is left scores as the best epoch did."""
    valid = windows(8, seed=1)
    model = model_of()
    history = fit(
        model, windows(), valid, epochs=12, batch_size=4, lr=0.1, patience=4
    )
    assert evaluate(model, valid) == min(history.valid_loss)
    assert history.valid_loss[history.best_epoch] == min(history.valid_loss)


@pytest.mark.parametrize("clip_norm", [0.5, 100.0])
def test_clipping_bounds_the_norm_of_all_gradients_together(clip_norm):
    """The step of gradient descent is no longer than lr times the norm."""
    model = model_of()
    before = [p.detach().clone() for p in model.parameters()]
    norms = []

    def watch(step, model, loss):
        gradients = [p.grad.flatten() for p in model.parameters()]
        norms.append(torch.cat(gradients).norm().item())

    train = windows(4)
    train = Windows(train.inputs, train.targets + 5)
    fit(
        model,
        train,
        epochs=1,
        batch_size=4,
        lr=1.0,
        clip_norm=clip_norm,
        optimizer=torch.optim.SGD,
        on_step=watch,
    )
    moved = torch.cat(
        [
            (p.detach() - b).flatten()
            for p, b in zip(model.parameters(), before, strict=True)
        ]
    ).norm()
    # The hook saw the gradients before they were clipped.
    assert 0.5 < norms[0] < 100
    assert moved.item() == pytest.approx(min(norms[0], clip_norm), rel=1e-4)


def test_the_hook_is_called_once_for_each_step_with_its_loss():
    """Steps count from 0 over all epochs."""
    steps = []

    def watch(step, model, loss):
        assert isinstance(loss, float)
        assert model.training
        steps.append(step)

    fit(model_of(), windows(10), **SETTINGS, on_step=watch)
    assert steps == list(range(9))


def test_a_model_is_left_in_evaluation_mode():
    """Dropout is on in training, off in validation and afterwards."""
    modes = []

    def loss(model, batch):
        modes.append(model.training)
        return forecast_loss(model, batch)

    stack = Stack(GRUCell(1, 6), GRUCell(6, 6), dropout=0.5)
    model = DirectForecaster(Recurrent(stack), K)
    fit(model, windows(4), windows(4), **SETTINGS, loss=loss)
    assert modes == [True, False] * 3
    assert not any(module.training for module in model.modules())


def test_training_that_diverges_says_when_and_from_where():
    """The step, the last finite loss, and what to try."""
    losses = []
    with pytest.raises(DivergedError) as caught:
        fit(
            Constant(),
            constant_windows(1.0, 2.0),
            epochs=500,
            batch_size=2,
            lr=30.0,
            optimizer=torch.optim.SGD,
            on_step=lambda step, model, loss: losses.append(loss),
        )
    error = caught.value
    finite = [loss for loss in losses if math.isfinite(loss)]
    assert 1 < error.step < 100
    assert error.last_loss == finite[error.step - 1]
    assert f"step {error.step} is not finite" in str(error)
    assert f"{error.last_loss:.4g}" in str(error)
    assert "Lower lr, set clip_norm" in str(error)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_first_loss_that_is_not_finite_is_reported_at_step_zero(bad):
    """NaN in the targets, say; there was no finite loss before."""
    model = model_of()
    before = [p.detach().clone() for p in model.parameters()]
    train = windows(4)
    train.targets[0, 0, 0] = bad
    with pytest.raises(DivergedError, match=r"loss of step 0.*none"):
        fit(model, train, **SETTINGS)
    for parameter, old in zip(model.parameters(), before, strict=True):
        assert torch.equal(parameter, old)


def test_a_gradient_that_is_not_finite_never_reaches_the_weights():
    """A finite loss can have an infinite slope: √v at 0."""
    model = Constant(0.0)
    with pytest.raises(DivergedError, match="gradient of step 0"):
        fit(
            model,
            constant_windows(1.0),
            epochs=1,
            batch_size=1,
            lr=0.1,
            loss=lambda model, batch: model.value.sqrt(),
        )
    assert model.value.item() == 0


def test_a_validation_loss_that_is_not_finite_is_reported():
    """Not taken for a bad epoch."""
    valid = windows(4)
    valid.targets[0] = math.nan
    with pytest.raises(DivergedError, match="validation loss of step 1 "):
        fit(model_of(), windows(4), valid, epochs=2, batch_size=4, lr=0.1)


def test_the_losses_compare_what_they_say():
    """Behind the window, at every step, or with the decoder forced."""
    batch = windows(5)
    direct, every = (
        model_of(),
        EveryStepForecaster(Recurrent(GRUCell(1, 6)), K),
    )
    assert torch.equal(
        forecast_loss(direct, batch), mse(direct(batch.inputs), batch.targets)
    )
    expected = mse(
        every.every_step(batch.inputs), targets_at_every_step(batch)
    )
    assert torch.equal(every_step_loss(every, batch), expected)
    every.eval()  # the best epoch is chosen by the forecast that is used
    assert torch.equal(
        every_step_loss(every, batch), forecast_loss(every, batch)
    )
    decoder = EncoderDecoder(Recurrent(GRUCell(1, 6)), GRUCell(1, 6), K)
    expected = mse(decoder(batch.inputs, batch.targets), batch.targets)
    assert torch.equal(teacher_forced_loss(decoder, batch), expected)
    assert teacher_forced_loss(decoder, batch) != forecast_loss(decoder, batch)


@pytest.mark.parametrize("batch_size", [1, 3, 7, 100])
def test_evaluation_does_not_depend_on_the_batch_size(batch_size):
    """Every example counts the same, also in a smaller last batch."""
    model = model_of().double()
    examples = Windows(normal(7, T, 1), normal(7, K, 1, seed=1))
    expected = forecast_loss(model, examples).detach()
    model.train()
    got = evaluate(model, examples, batch_size=batch_size)
    assert_equal_to(torch.tensor(got, dtype=torch.float64), expected)
    assert not model.training
    assert all(p.grad is None for p in model.parameters())


def test_seed_everything_seeds_all_three_and_uses_one_thread():
    """Python, NumPy and torch."""
    import random

    def draws():
        return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002

    seed_everything(3)
    first = draws()
    seed_everything(3)
    assert draws() == first
    seed_everything(4)
    assert all(a != b for a, b in zip(draws(), first, strict=True))
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epochs": 0}, "epochs must be.*at least 1, got 0"),
        ({"batch_size": 0}, "batch_size must be.*got 0"),
        ({"lr": -1.0}, "learning rate"),
        ({"patience": 3}, "patience needs validation windows; pass valid"),
        (
            {"patience": 0, "valid": windows(4)},
            "patience must be.*at least 1, got 0",
        ),
        ({"clip_norm": 0.0}, "clip_norm must be above 0, got 0.0; None"),
        ({"clip_norm": -1}, "clip_norm must be above 0, got -1"),
        (
            {"train": Windows(torch.zeros(4, T, 1), torch.zeros(3, K, 1))},
            r"as many targets as inputs.*got \[4, 3\]",
        ),
        (
            {"train": Windows(torch.zeros(0, T, 1), torch.zeros(0, K, 1))},
            r"at least one of each, got \[0, 0\]",
        ),
        (
            {"train": Windows(torch.zeros(4, T), torch.zeros(4, K))},
            "forget the feature axis",
        ),
        (
            {"train": Windows(torch.zeros(4, T, 1), torch.zeros(4, K + 1, 1))},
            r"same shape, got \(4, 3, 1\) and \(4, 4, 1\)",
        ),
        (
            {
                "valid": Windows(torch.zeros(0, T, 1), torch.zeros(0, K, 1)),
            },
            r"at least one of each, got \[0, 0\]",
        ),
    ],
)
def test_bad_settings_are_named_with_what_was_expected(change, words):
    """Expected, got and a hint."""
    settings = {"train": windows(4), **SETTINGS, **change}
    with pytest.raises(ValueError, match=words):
        fit(model_of(), **settings)
