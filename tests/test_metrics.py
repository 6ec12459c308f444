"""Scores: their formulas, no silent broadcasting, fair side by side."""

import numpy as np
import pytest
import torch
from recurrent_things import normal

from course_lib import (
    DirectForecaster,
    Iterated,
    LSTMCell,
    Mean,
    Naive,
    Recurrent,
    RNNCell,
    Stack,
    Windows,
    by_horizon,
    mae,
    mase,
    mse,
    predict,
    score,
)

N, T, K, D = 7, 5, 3, 2


@pytest.fixture
def pair():
    """A forecast and a target."""
    return normal(N, K, D), normal(N, K, D, seed=1)


def test_mse_and_mae_are_their_formulas(pair):
    """Means over everything of squares and of sizes."""
    forecast, target = pair
    errors = (forecast - target).numpy()
    assert mse(*pair).item() == pytest.approx((errors**2).mean(), rel=1e-14)
    assert mae(*pair).item() == pytest.approx(np.abs(errors).mean(), rel=1e-14)
    assert mse(*pair).ndim == mae(*pair).ndim == 0


@pytest.mark.parametrize("metric", [mse, mae])
def test_the_mean_over_horizons_is_the_metric_over_all(pair, metric):
    """Every step ahead has the same number of points."""
    each = by_horizon(metric, *pair)
    assert each.shape == (K,)
    torch.testing.assert_close(each.mean(), metric(*pair))


def test_each_horizon_is_scored_on_its_own_step(pair):
    """An error at one step shows there and nowhere else."""
    forecast = pair[1].clone()
    forecast[:, 1] += 2
    got = by_horizon(mse, forecast, pair[1])
    expected = torch.tensor([0, 4, 0], dtype=torch.float64)
    torch.testing.assert_close(got, expected)


def test_mse_is_a_loss():
    """Its gradient is 2 (forecast - target) / number of entries."""
    forecast, target = (
        normal(N, K, D).requires_grad_(),
        normal(N, K, D, seed=1),
    )
    mse(forecast, target).backward()
    expected = 2 * (forecast - target).detach() / (N * K * D)
    torch.testing.assert_close(forecast.grad, expected)


def test_mase_divides_by_the_seasonal_naive_error_in_training():
    """Feature by feature, so units do not matter."""
    rng = np.random.default_rng(0)
    train = rng.normal(size=(60, D)) * [1, 1000]
    forecast, target = (
        normal(N, K, D, seed=s) * torch.tensor([1, 1000]) for s in (0, 1)
    )
    for period in (1, 12):
        scale = np.abs(train[period:] - train[:-period]).mean(axis=0)
        expected = (np.abs((forecast - target).numpy()) / scale).mean()
        got = mase(train, period)(forecast, target).item()
        assert got == pytest.approx(expected, rel=1e-6)


def test_the_seasonal_naive_forecast_scores_one_on_its_training_part():
    """That is what MASE is scaled by."""
    train = normal(40, 1)
    forecast, target = train[None, :-4], train[None, 4:]
    assert mase(train, 4)(forecast, target).item() == pytest.approx(1, 1e-6)


def bad_pairs():
    """Shapes that numpy and torch would broadcast without a word."""
    return [
        ((N, K, D), (N, K)),
        ((N, K, 1), (N, K, D)),
        ((N, 1, D), (N, K, D)),
        ((1, K, D), (N, K, D)),
        ((N,), (N, 1)),
        ((N, K, D), ()),
    ]


@pytest.mark.parametrize("shapes", bad_pairs())
@pytest.mark.parametrize(
    "metric",
    [mse, mae, mase(normal(20, D), 1), lambda f, t: by_horizon(mse, f, t)],
    ids=["mse", "mae", "mase", "by_horizon"],
)
def test_nothing_is_broadcast_silently(metric, shapes):
    """Both shapes are named, in either order."""
    one, other = (torch.zeros(shape) for shape in shapes)
    for pair in ((one, other), (other, one)):
        with pytest.raises(ValueError, match=r"same shape, got.*broadcasting"):
            metric(*pair)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: mase(np.ones(9), 1), r"\(n_steps, D\), got \(9,\)"),
        (lambda: mase(np.eye(9), 0), "period must be.*got 0"),
        (lambda: mase(np.eye(9), 9), "longer than the period 9, got 9"),
        (lambda: mase(np.zeros((0, 1)), 1), "longer than the period 1, got 0"),
        (lambda: mase(np.full((9, 1), np.nan), 1), "finite, got 9 NaN"),
        (lambda: mase(np.ones((9, 1)), 1), r"must change.*scales \[0.0\]"),
        (
            lambda: mase(np.eye(9), 1)(
                torch.ones(4, 3, 1), torch.ones(4, 3, 1)
            ),
            r"forecast must have shape.*D=9, got \(4, 3, 1\)",
        ),
        (
            lambda: predict(Naive(K), torch.zeros(N, T)),
            "inputs must have shape.*forget the feature axis",
        ),
        (
            lambda: predict(Naive(K), torch.zeros(0, T, D)),
            "inputs must have shape.*no axis of length 0",
        ),
        (
            lambda: score(
                {"naive": Naive(2)},
                Windows(torch.zeros(N, T, D), torch.zeros(N, K, D)),
            ),
            r"same shape, got \(7, 2, 2\) and \(7, 3, 2\)",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()


@pytest.mark.parametrize("batch_size", [1, 3, 7, 100])
def test_predictions_do_not_depend_on_the_batch_size(batch_size):
    """Every window once, in order."""
    model = DirectForecaster(Recurrent(LSTMCell(D, 4)), K).double()
    inputs = normal(N, T, D)
    got = predict(model, inputs, batch_size=batch_size)
    torch.testing.assert_close(got, model(inputs).detach())


def dropping(horizon):
    """A forecaster whose dropout makes training and evaluation differ."""
    stack = Stack(RNNCell(D, 6), RNNCell(6, 6), dropout=0.9)
    return DirectForecaster(Recurrent(stack), horizon).double()


@pytest.mark.parametrize("wrap", [lambda m: m, lambda m: Iterated(m, K)])
@pytest.mark.parametrize("training", [True, False])
def test_predictions_are_made_in_evaluation_mode_and_the_mode_comes_back(
    wrap, training
):
    """Also for a module inside another forecaster, and after an error."""
    model = dropping(1).train(training)
    modes = [module.training for module in model.modules()]
    inputs = normal(N, T, D)
    forecaster = wrap(model)
    first = predict(forecaster, inputs)
    assert torch.equal(predict(forecaster, inputs), first)
    assert not first.requires_grad
    assert [module.training for module in model.modules()] == modes
    with pytest.raises(ValueError, match="D=2"):
        predict(forecaster, inputs[..., :1])
    assert [module.training for module in model.modules()] == modes


def test_scores_stand_side_by_side():
    """A row for each forecaster: all steps, then each step ahead."""
    windows = Windows(normal(N, T, D), normal(N, K, D, seed=1))
    forecasters = {"naive": Naive(K), "mean": Mean(K)}
    for metric in (mse, mae):
        table = score(forecasters, windows, metric=metric)
        assert list(table.index) == ["naive", "mean"]
        assert list(table.columns) == ["all", 1, 2, 3]
        for name, forecaster in forecasters.items():
            pair = forecaster(windows.inputs), windows.targets
            assert table.loc[name, "all"] == metric(*pair).item()
            each = by_horizon(metric, *pair).tolist()
            assert table.loc[name, [1, 2, 3]].tolist() == each
    table = score(forecasters, windows)
    assert table.equals(score(forecasters, windows, metric=mse))
