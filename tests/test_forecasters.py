"""Three ways to look several steps ahead."""

import pytest
import torch
from recurrent_things import (
    CELLS,
    B,
    D,
    H,
    K,
    T,
    assert_equal_to,
    make_cell,
    normal,
    randomise,
    weighted_sum,
)

from course_lib import (
    DirectForecaster,
    EveryStepForecaster,
    GRUCell,
    Iterated,
    LastOutput,
    Naive,
    Recurrent,
    RNNCell,
    SeasonalNaive,
)

all_cells = pytest.mark.parametrize("kind", CELLS)


def test_the_last_output_is_the_forecast():
    """One step ahead, H = D, inside the range of tanh."""
    layer = Recurrent(randomise(RNNCell(D, D)))
    inputs = normal(B, T, D)
    forecast = LastOutput(layer)(inputs)
    assert forecast.shape == (B, 1, D)
    assert torch.equal(forecast[:, 0], layer(inputs)[0][:, -1])
    assert forecast.abs().max() < 1


@all_cells
def test_a_direct_forecast_reads_all_steps_from_the_last_output(kind):
    """V h_T + c, laid out as (K, D)."""
    model = DirectForecaster(Recurrent(make_cell(kind)), K)
    randomise(model)
    inputs = normal(B, T, D)
    hs, _ = model.recurrent(inputs)
    V, c = model.h_to_forecast.weight, model.h_to_forecast.bias
    forecast = model(inputs)
    assert forecast.shape == (B, K, D)
    for k in range(K):
        for d in range(D):
            row = k * D + d
            expected = hs[:, -1] @ V[row] + c[row]
            assert_equal_to(forecast[:, k, d], expected)


def test_a_direct_forecast_may_have_other_features_than_its_inputs():
    """Several known series, one to forecast."""
    model = DirectForecaster(Recurrent(GRUCell(D, H)), K, output_size=1)
    assert model(torch.zeros(B, T, D)).shape == (B, K, 1)


def test_a_direct_forecast_depends_on_every_input_step():
    """The whole window counts."""
    model = DirectForecaster(Recurrent(make_cell("lstm")), K).double()
    inputs = normal(B, T, D).requires_grad_()
    weighted_sum([model(inputs)]).backward()
    assert (inputs.grad.abs().amax(dim=(0, 2)) > 0).all()


@all_cells
def test_forecasts_at_every_step_are_those_of_the_window_up_to_there(kind):
    """every_step[:, t] is the forecast of the first t + 1 steps."""
    model = EveryStepForecaster(Recurrent(make_cell(kind)), K).double()
    inputs = normal(B, T, D)
    each = model.every_step(inputs)
    assert each.shape == (B, T, K, D)
    for t in range(T):
        assert_equal_to(each[:, t], model(inputs[:, : t + 1]))


def test_an_every_step_forecaster_has_the_weights_of_a_direct_one():
    """They differ in their training alone."""
    every = EveryStepForecaster(Recurrent(GRUCell(D, H)), K)
    direct = DirectForecaster(Recurrent(GRUCell(D, H)), K)
    direct.load_state_dict(every.state_dict())
    inputs = torch.randn(B, T, D)
    assert torch.equal(every(inputs), direct(inputs))


@all_cells
def test_forecasts_of_one_window_do_not_depend_on_the_others(kind):
    """Alone or among others, direct or iterated."""
    model = DirectForecaster(Recurrent(make_cell(kind)), 1).double()
    inputs = normal(B, T, D)
    for forecaster in (model, Iterated(model, K)):
        together = forecaster(inputs)
        for b in range(B):
            assert_equal_to(forecaster(inputs[b : b + 1]), together[b : b + 1])


class Remember:
    """A one-step forecaster that keeps the windows it was given."""

    def __init__(self, one_step):
        self.one_step = one_step
        self.seen = []

    def __call__(self, inputs):
        """Forecast, and remember what from."""
        self.seen.append(inputs)
        return self.one_step(inputs)


def test_an_iterated_forecast_slides_its_window_over_its_own_forecasts():
    """The length stays, the oldest step goes, the forecast comes in."""
    one_step = Remember(lambda w: w.sum(dim=1, keepdim=True) / 2)
    inputs = normal(B, T, D)
    forecast = Iterated(one_step, K)(inputs)
    assert forecast.shape == (B, K, D)
    known = torch.cat([inputs, forecast], dim=1)
    assert len(one_step.seen) == K
    for k, window in enumerate(one_step.seen):
        assert torch.equal(window, known[:, k : k + T])
        assert_equal_to(forecast[:, k], window.sum(dim=1) / 2)


def test_iterating_a_linear_recurrence_continues_it():
    """x_{t+1} = x_t + x_{t-1}: 1 1 2 3 5 8 13."""
    one_step = lambda w: w[:, -1:] + w[:, -2:-1]  # noqa: E731
    inputs = torch.tensor([1.0, 1.0, 2.0]).reshape(1, 3, 1)
    got = Iterated(one_step, 4)(inputs).flatten().tolist()
    assert got == [3, 5, 8, 13]


@pytest.mark.parametrize("period", [1, 2, T])
def test_iterating_a_seasonal_naive_forecast_is_a_seasonal_naive_one(period):
    """One step at a time or all at once."""
    inputs = normal(B, T, D)
    iterated = Iterated(SeasonalNaive(1, period), K)(inputs)
    assert torch.equal(iterated, SeasonalNaive(K, period)(inputs))


def test_iterating_once_is_the_one_step_forecast():
    """And gradients go through every iteration."""
    model = DirectForecaster(Recurrent(make_cell("gru")), 1).double()
    inputs = normal(B, T, D).requires_grad_()
    assert torch.equal(Iterated(model, 1)(inputs), model(inputs))
    last = Iterated(model, K)(inputs)[:, -1]
    weighted_sum([last]).backward()
    assert inputs.grad.abs().max() > 0


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: LastOutput(Recurrent(RNNCell(D, H))),
            "hidden_size must be the input_size 3, got 4; DirectForecaster",
        ),
        (
            lambda: DirectForecaster(Recurrent(RNNCell(D, H)), 0),
            "horizon must be.*at least 1, got 0",
        ),
        (
            lambda: EveryStepForecaster(Recurrent(RNNCell(D, H)), 1.5),
            "horizon must be a whole number.*got 1.5",
        ),
        (lambda: Iterated(Naive(1), 0), "horizon must be.*got 0"),
        (
            lambda: Iterated(Naive(2), 3)(torch.zeros(B, T, D)),
            r"same shape, got \(2, 2, 3\) and \(2, 1, 3\)",
        ),
        (
            lambda: Iterated(Naive(1), 3)(torch.zeros(B, T)),
            "inputs must have shape.*forget the feature axis",
        ),
        (
            lambda: DirectForecaster(Recurrent(RNNCell(D, H)), K)(
                torch.zeros(B, T)
            ),
            r"\(B, T, D\) with D=3, got \(2, 5\).*forget the feature axis",
        ),
        (
            lambda: EveryStepForecaster(
                Recurrent(RNNCell(D, H)), K
            ).every_step(torch.zeros(B, 0, D)),
            "no axis of length 0",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
