"""The numbers to beat, to the printed digit, and why they are optimal."""

import numpy as np
import pytest
import torch

from course_lib import (
    Dense,
    Iterated,
    LeastSquares,
    Mean,
    Naive,
    SeasonalNaive,
    Windows,
    by_horizon,
    fit,
    mse,
    ridge_by_validation,
    split_last,
    two_sine_waves,
)

B, T, D, K = 4, 6, 2, 3


def examples(n=40, *, seed=0, T=T, D=D, K=K):
    """Windows of random numbers, with targets that depend on the inputs."""
    rng = torch.Generator().manual_seed(seed)
    inputs = torch.randn(n, T, D, generator=rng, dtype=torch.float64)
    W = torch.randn(T * D, K * D, generator=rng, dtype=torch.float64)
    noise = torch.randn(n, K * D, generator=rng, dtype=torch.float64)
    targets = 5 + inputs.flatten(1) @ W + noise
    return Windows(inputs + 3, targets.unflatten(1, (K, D)))


def published(n_steps, horizon):
    """Training and validation windows of the published split."""
    windows = split_last(two_sine_waves(10000, n_steps), horizon)
    return [
        Windows(*(part[rows] for part in windows))
        for rows in (slice(7000), slice(7000, 9000))
    ]


@pytest.fixture(scope="module")
def one_step():
    """The published problem one step ahead."""
    return published(51, 1)


@pytest.fixture(scope="module")
def ten_steps():
    """The published problem ten steps ahead."""
    return published(60, 10)


def validation_error(forecaster, valid):
    """Mean squared error on the validation windows."""
    return mse(forecaster(valid.inputs), valid.targets).item()


def test_the_published_naive_error_one_step_ahead(one_step):
    """0.020211 on the validation windows."""
    _, valid = one_step
    assert f"{validation_error(Naive(1), valid):.6f}" == "0.020211"


def test_exact_least_squares_one_step_ahead(one_step):
    """0.00293, where the published network of one layer had 0.00417."""
    train, valid = one_step
    assert f"{validation_error(LeastSquares(train), valid):.5f}" == "0.00293"


def test_the_published_naive_error_ten_steps_ahead(ten_steps):
    """0.2570 over all steps, growing with each."""
    _, valid = ten_steps
    assert f"{validation_error(Naive(10), valid):.4f}" == "0.2570"
    each = by_horizon(mse, Naive(10)(valid.inputs), valid.targets)
    assert [f"{e:.3f}" for e in each.tolist()[:3]] == [
        "0.015",
        "0.053",
        "0.109",
    ]


def test_exact_least_squares_ten_steps_ahead(ten_steps):
    """0.0155, a sixteenth of the naive error."""
    train, valid = ten_steps
    assert f"{validation_error(LeastSquares(train), valid):.4f}" == "0.0155"


def test_iterating_the_linear_model_at_its_own_time_step(ten_steps):
    """0.0157: ten single steps are nearly as good as ten at once."""
    train, valid = ten_steps
    first = Windows(train.inputs, train.targets[:, :1])
    iterated = Iterated(LeastSquares(first), 10)
    assert f"{validation_error(iterated, valid):.4f}" == "0.0157"


def test_iterating_it_at_another_time_step_triples_the_error(
    one_step, ten_steps
):
    """0.0496: trained on 51 steps in a unit of time, asked on 60."""
    train, _ = one_step
    _, valid = ten_steps
    iterated = Iterated(LeastSquares(train), 10)
    assert f"{validation_error(iterated, valid):.4f}" == "0.0496"


def test_naive_repeats_the_last_value():
    """Of every feature, for every step ahead."""
    inputs, _ = examples(B)
    forecast = Naive(K)(inputs)
    assert forecast.shape == (B, K, D)
    for k in range(K):
        assert torch.equal(forecast[:, k], inputs[:, -1])


@pytest.mark.parametrize("period", [1, 2, 4, T])
@pytest.mark.parametrize("horizon", [1, 3, 9])
def test_seasonal_naive_repeats_the_last_season(period, horizon):
    """Step k ahead is the known step one or more seasons before it."""
    inputs, _ = examples(B)
    forecast = SeasonalNaive(horizon, period)(inputs)
    assert forecast.shape == (B, horizon, D)
    for k in range(horizon):
        back = (k // period + 1) * period  # whole seasons back
        assert torch.equal(forecast[:, k], inputs[:, T + k - back])


def test_a_season_of_one_step_is_the_naive_forecast():
    """SeasonalNaive includes Naive."""
    inputs, _ = examples(B)
    assert torch.equal(SeasonalNaive(K, 1)(inputs), Naive(K)(inputs))


def test_mean_is_the_mean_of_each_window():
    """Per feature, the same for every step ahead."""
    inputs, _ = examples(B)
    forecast = Mean(K)(inputs)
    assert forecast.shape == (B, K, D)
    for k in range(K):
        torch.testing.assert_close(forecast[:, k], inputs.sum(dim=1) / T)


def test_the_residual_of_least_squares_is_orthogonal_to_its_inputs():
    """The normal equations hold, and the mean residual is zero."""
    train = examples()
    residual = (train.targets - LeastSquares(train)(train.inputs)).flatten(1)
    X = train.inputs.flatten(1)
    assert (X.T @ residual).abs().max() < 1e-10 * len(X)
    assert residual.sum(dim=0).abs().max() < 1e-10 * len(X)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ridge", [0.0, 3.0])
def test_no_other_weights_have_a_lower_training_loss(seed, ridge):
    """Every perturbation, small or large, makes the penalised sum grow."""
    train = examples()
    model = LeastSquares(train, ridge=ridge)
    X, Y = (part.flatten(1) for part in train)

    def loss(W, intercept):
        error = ((Y - X @ W - intercept) ** 2).sum()
        return (error + ridge * (W**2).sum()).item()

    W = model.W
    intercept = model.y_mean - model.x_mean @ W
    best = loss(W, intercept)
    rng = torch.Generator().manual_seed(seed)
    for size in (1e-3, 0.1, 10.0):
        dW = size * torch.randn(W.shape, generator=rng, dtype=W.dtype)
        di = size * torch.randn(len(intercept), generator=rng, dtype=W.dtype)
        assert loss(W + dW, intercept) > best
        assert loss(W, intercept + di) > best
        assert loss(W + dW, intercept + di) > best


@pytest.mark.parametrize("ridge", [1e-3, 1.0, 100.0])
def test_ridge_is_least_squares_on_augmented_rows(ridge):
    """√λ times the identity as further rows, with targets of zero."""
    train = examples()
    X, Y = (part.flatten(1).numpy() for part in train)
    x_mean, y_mean = X.mean(axis=0), Y.mean(axis=0)
    rows = np.sqrt(ridge) * np.eye(X.shape[1])
    A = np.vstack([X - x_mean, rows])
    targets = np.vstack([Y - y_mean, np.zeros((len(rows), Y.shape[1]))])
    W, *_ = np.linalg.lstsq(A, targets, rcond=None)
    others = examples(9, seed=1).inputs
    expected = y_mean + (others.flatten(1).numpy() - x_mean) @ W
    got = LeastSquares(train, ridge=ridge)(others).flatten(1)
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-10)


def test_an_endless_ridge_forecasts_the_mean_of_the_targets():
    """The intercept is not penalised."""
    train = examples()
    forecast = LeastSquares(train, ridge=1e12)(train.inputs)
    expected = train.targets.mean(dim=0).expand_as(forecast)
    torch.testing.assert_close(forecast, expected, rtol=0, atol=1e-6)


def test_inputs_without_full_rank_get_the_smallest_weights():
    """A doubled and a constant feature: finite, and as good as without."""
    train = examples(D=1)
    x = train.inputs
    doubled = Windows(torch.cat([x, x, torch.ones_like(x)], -1), train.targets)
    model = LeastSquares(doubled)
    expected = LeastSquares(train)(x)
    torch.testing.assert_close(model(doubled.inputs), expected)
    assert model.W.abs().max() < 10
    W = model.W.unflatten(0, (T, 3))
    torch.testing.assert_close(W[:, 0], W[:, 1])  # shared, as lstsq does
    assert W[:, 2].abs().max() < 1e-12


def test_fewer_windows_than_inputs_are_met_exactly():
    """More unknowns than equations leave no residual."""
    train = examples(5)
    torch.testing.assert_close(
        LeastSquares(train)(train.inputs), train.targets
    )


def test_a_linear_law_is_found_to_the_last_digit():
    """Without noise the weights are the law's own."""
    inputs = examples(80).inputs
    targets = (2 + 3 * inputs[:, -1:] - inputs[:, :1]).repeat(1, K, 1)
    model = LeastSquares(Windows(inputs, targets))
    others = examples(9, seed=1).inputs
    expected = (2 + 3 * others[:, -1:] - others[:, :1]).repeat(1, K, 1)
    torch.testing.assert_close(model(others), expected, rtol=1e-9, atol=1e-9)


def test_least_squares_computes_in_double_and_answers_as_asked():
    """float32 windows in, float32 forecasts out, float64 weights inside."""
    train = Windows(*(part.float() for part in examples()))
    model = LeastSquares(train)
    assert model.W.dtype == torch.float64
    assert model(train.inputs).dtype == torch.float32


def test_the_ridge_is_chosen_on_the_validation_windows():
    """The best of the candidates there, fitted on the training windows."""
    train, valid = examples(20), examples(200)
    penalties = [0.0, 0.1, 1.0, 10.0, 1e6]
    model = ridge_by_validation(train, valid, penalties)
    errors = {
        ridge: validation_error(LeastSquares(train, ridge=ridge), valid)
        for ridge in penalties
    }
    assert model.ridge == min(errors, key=errors.get)
    assert validation_error(model, valid) == min(errors.values())
    again = LeastSquares(train, ridge=model.ridge)
    assert torch.equal(model.W, again.W)


def test_a_dense_network_without_hidden_layers_is_affine():
    """f(a + b) - f(b) = f(a) - f(0), step by step and feature by feature."""
    model = Dense((T, D), (K, 1)).double()
    a, b = examples(B).inputs, examples(B, seed=1).inputs
    zero = torch.zeros_like(a)
    assert model(a).shape == (B, K, 1)
    torch.testing.assert_close(model(a + b) - model(b), model(a) - model(zero))
    n = sum(p.numel() for p in model.parameters())
    assert n == T * D * K + K


def test_a_dense_network_has_the_hidden_layers_it_was_asked_for():
    """Sizes in order, ReLU between, none at the end."""
    model = Dense((T, D), (K, D), hidden_sizes=[7, 5]).double()
    shapes = [tuple(p.shape) for p in model.parameters() if p.ndim == 2]
    assert shapes == [(7, T * D), (5, 7), (K * D, 5)]
    inputs = examples(B).inputs
    values = inputs.flatten(1)
    linears = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    for linear in linears[:-1]:
        values = linear(values).clamp(min=0)
    expected = linears[-1](values).unflatten(1, (K, D))
    torch.testing.assert_close(model(inputs), expected)


@pytest.mark.slow
def test_training_a_dense_network_comes_close_to_least_squares(one_step):
    """But never below it on the training windows."""
    train, _ = one_step
    model = Dense((50, 1), (1, 1))
    fit(model, train, epochs=8, batch_size=32, lr=3e-3)
    with torch.no_grad():
        trained = validation_error(model, train)
    exact = validation_error(LeastSquares(train), train)
    assert exact < trained < 5 * exact


@pytest.mark.parametrize(
    "forecaster",
    [Naive(K), SeasonalNaive(K, 2), Mean(K), Dense((T, D), (K, D)).double()],
    ids=lambda f: type(f).__name__,
)
def test_a_baseline_treats_every_window_by_itself(forecaster):
    """Alone or among others, the same forecast."""
    inputs = examples(B).inputs
    together = forecaster(inputs)
    for b in range(B):
        torch.testing.assert_close(
            forecaster(inputs[b : b + 1]), together[b : b + 1]
        )


@pytest.mark.parametrize(
    "forecaster",
    [Naive(K), SeasonalNaive(K, 2), Mean(K), Dense((T, D), (K, D))],
    ids=lambda f: type(f).__name__,
)
@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (torch.zeros(B, T), r"\(B, T, D\), got \(4, 6\).*forget the feature"),
        (torch.zeros(B, 0, D), "no axis of length 0"),
        (torch.zeros(0, T, D), "no axis of length 0"),
    ],
)
def test_a_baseline_says_which_shape_it_expects(forecaster, inputs, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        forecaster(inputs)


def nan_windows():
    """Windows with one gap in the targets."""
    train = examples()
    train.targets[2, 1, 0] = torch.nan
    return train


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: Naive(0), "horizon must be.*at least 1, got 0"),
        (lambda: Naive(2.5), "horizon must be a whole number.*got 2.5"),
        (lambda: Mean(-1), "horizon must be.*got -1"),
        (lambda: SeasonalNaive(0, 1), "horizon must be.*got 0"),
        (lambda: SeasonalNaive(1, 0), "period must be.*got 0"),
        (
            lambda: SeasonalNaive(1, 7)(torch.zeros(B, T, D)),
            "whole season of 7 steps, got 6; cut longer windows",
        ),
        (
            lambda: LeastSquares(examples(), ridge=-1),
            "ridge must not be negative, got -1",
        ),
        (
            lambda: LeastSquares(nan_windows()),
            r"targets must be finite, got 1 NaN.*index \(2, 1, 0\)",
        ),
        (
            lambda: LeastSquares(
                Windows(*examples()[::-1])._replace(
                    inputs=torch.full((40, T, D), torch.inf)
                )
            ),
            "inputs must be finite",
        ),
        (
            lambda: LeastSquares(
                Windows(torch.zeros(5, T), torch.zeros(5, K))
            ),
            "forget the feature axis",
        ),
        (
            lambda: LeastSquares(
                Windows(torch.zeros(5, T, D), torch.zeros(4, K, D))
            ),
            r"as many targets as inputs.*got \[5, 4\]",
        ),
        (
            lambda: LeastSquares(examples())(torch.zeros(B, T - 1, D)),
            r"\(B, \*\(6, 2\)\) as in training, got \(4, 5, 2\)",
        ),
        (
            lambda: LeastSquares(examples())(torch.zeros(B, T)),
            r"as in training, got \(4, 6\)",
        ),
        (
            lambda: Dense((T, D), (K, D))(torch.zeros(B, T + 1, D)),
            r"\(B, \*\(6, 2\)\), got \(4, 7, 2\).*knows one length",
        ),
        (
            lambda: ridge_by_validation(examples(), examples(), []),
            "penalties must hold at least one.*got none",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
