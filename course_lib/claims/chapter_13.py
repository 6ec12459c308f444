"""Chapter 13: two fair contests.

Every family of models gets at most four candidates; the best on the
validation part is scored on the test part, once.
"""

import functools

import torch

from course_lib.baselines import (
    LeastSquares,
    Mean,
    Naive,
    SeasonalNaive,
)
from course_lib.cells import GRUCell, LSTMCell, RNNCell
from course_lib.claims.claim import Below
from course_lib.classical import ETS, SARIMA
from course_lib.contest import best_on, block_interval, errors_by_origin
from course_lib.forecasters import DirectForecaster, Iterated
from course_lib.leaks import ridge_pipeline
from course_lib.metrics import mae, predict
from course_lib.panel import changes, economy, fertility, panel_windows
from course_lib.recurrent import Recurrent
from course_lib.several import VAR, ChangeForecaster, PerFeature, PerSeries
from course_lib.splits import Standardizer, chronological_split
from course_lib.training import fit
from course_lib.windows import Windows, sliding_windows

CELLS = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}
PENALTIES = (10, 100, 1000, 10_000)
ORDERS = ((1, 0, 0), (2, 0, 0), (4, 0, 0), (1, 0, 1))


class Economy:
    """The first contest's data: six series, four quarters ahead."""

    length, horizon = 12, 4

    def __init__(self):
        parts = chronological_split(
            changes(economy()).values,
            valid=0.2,
            test=0.3,
            history=self.length,
        )
        scaler = Standardizer(parts.train)
        self.known = scaler.transform(parts.train)
        self.train, self.valid, self.test = (
            sliding_windows(scaler.transform(p), self.length, self.horizon)
            for p in parts
        )

    def error(self, forecaster):
        """Mean absolute test error, in deviations of the training part."""
        return errors_by_origin(forecaster, self.test).mean().item()

    def families(self):
        """Candidates of each family that needs no descent."""
        K, known, D = self.horizon, self.known, self.known.shape[1]
        return {
            "ridge": {p: LeastSquares(self.train, ridge=p) for p in PENALTIES},
            "ridge_own": {
                p: PerFeature(
                    LeastSquares(self.only(d), ridge=p) for d in range(D)
                )
                for p in PENALTIES
            },
            "var": {p: VAR(known, K, order=p) for p in (1, 2, 3, 4)},
            "arma": {
                order: PerFeature(
                    SARIMA(known[:, [d]], K, order=order) for d in range(D)
                )
                for order in ORDERS
            },
            "ets": {
                trend: PerFeature(
                    ETS(known[:, [d]], K, trend=trend) for d in range(D)
                )
                for trend in (False, True)
            },
        }

    def only(self, d):
        """The training windows of one feature."""
        return Windows(*(part[..., [d]] for part in self.train))

    def fixed(self):
        """What has nothing to choose."""
        K = self.horizon
        return {
            "naive": Naive(K),
            "seasonal_naive": SeasonalNaive(K, 4),
            "window_mean": Mean(K),
            "training_mean": lambda inputs: torch.zeros_like(inputs[:, :K]),
        }

    def candidates(self, Cell, seed):
        """Two sizes at two learning rates, each stopped early."""
        models = {}
        for units in (8, 24):
            for lr in (1e-3, 1e-2):
                torch.manual_seed(seed)
                model = DirectForecaster(
                    Recurrent(Cell(self.known.shape[1], units)), self.horizon
                )
                fit(
                    model,
                    self.train,
                    self.valid,
                    epochs=300,
                    batch_size=16,
                    lr=lr,
                    patience=20,
                    clip_norm=1.0,
                    seed=seed,
                )
                models[units, lr] = model
        return models


@functools.cache
def _economy_baselines():
    """Chosen baselines and their errors: nothing in them is random."""
    data = Economy()
    models = data.fixed() | {
        name: best_on(data.valid, family)[1]
        for name, family in data.families().items()
    }
    return models, {name: data.error(m) for name, m in models.items()}


def economy_contest(seed):
    """Three cells against the baselines, and the ARMA's lead over time.

    ``lead_low`` and ``lead_high`` are the 95 % block interval of the ARMA's
    lead over the LSTM, over the test origins, in blocks of two years.
    """
    data = Economy()
    models, errors = _economy_baselines()
    numbers = dict(errors) | {"zero": 0.0}
    for name, Cell in CELLS.items():
        _, model = best_on(data.valid, data.candidates(Cell, seed))
        numbers[name] = data.error(model)
        if name == "lstm":
            lead = errors_by_origin(model, data.test) - errors_by_origin(
                models["arma"], data.test
            )
            _, low, high = block_interval(lead, 8)
            numbers |= {"lead_low": low, "lead_high": high}
    return numbers


def leaking_pipelines(seed):
    """What four versions of one pipeline would report; no randomness."""
    series = changes(economy()).values
    return {
        leak: ridge_pipeline(series, leak=leak)[1]
        for leak in ("none", "scale", "choice", "smoothing")
    }


class Countries:
    """The second contest's data: births per woman, five years ahead.

    Targets of training, validation and test windows lie in 1975 to 1991,
    1992 to 2001 and 2002 to 2011.

    Args:
        rows: the countries of the training and validation windows; all if
            left out. The test windows are those of ``tested``.
        tested: the countries of the test windows.
        groups: count the four groups of countries among the countries.
    """

    length, horizon = 15, 5

    def __init__(self, rows=slice(None), tested=slice(None), *, groups=False):
        self.values = fertility(groups=groups).values
        self.past = self.values[rows, :32]
        self.train = self.cut(rows, 15, 32)
        self.valid = self.cut(rows, 32, 42)
        self.test = self.cut(tested, 42, 52)

    def cut(self, rows, first, last):
        """Windows of some countries with targets in these steps."""
        return panel_windows(
            self.values[rows],
            self.length,
            self.horizon,
            first=first,
            last=last,
        )

    def error(self, forecaster):
        """Mean absolute test error, in births per woman."""
        forecast = predict(forecaster, self.test.inputs, batch_size=10**6)
        return mae(forecast, self.test.targets).item()

    def network(self, Cell, seed, *, lr=1e-2, epochs=15):
        """One network of 24 units for all countries."""
        torch.manual_seed(seed)
        model = ChangeForecaster(
            Recurrent(Cell(2, 24)),
            self.horizon,
            mean=float(self.past.mean()),
            std=float(self.past.std()),
            step=float(abs(self.past[:, 1:] - self.past[:, :-1]).mean()),
        )
        fit(
            model,
            self.train,
            self.valid,
            epochs=epochs,
            batch_size=128,
            lr=lr,
            patience=epochs,
            clip_norm=1.0,
            seed=seed,
        )
        return model

    def chosen(self, Cell, seed, **settings):
        """The better of two learning rates on the validation windows."""
        return best_on(
            self.valid,
            {
                lr: self.network(Cell, seed, lr=lr, **settings)
                for lr in (1e-2, 3e-2)
            },
        )[1]

    def linear(self):
        """One linear model for all countries."""
        candidates = {
            p: LeastSquares(self.train, ridge=p) for p in (0, 0.1, 1, 10)
        }
        return best_on(self.valid, candidates)[1]


def drift(horizon, damping=1.0):
    """The last change, repeated, each time a share of the one before."""
    shares = torch.cumsum(damping ** torch.arange(1.0, horizon + 1), dim=0)

    def forecaster(inputs):
        change = inputs[:, -1:] - inputs[:, -2:-1]
        return inputs[:, -1:] + shares[:, None] * change

    return forecaster


def local_autoregression(past, horizon, order):
    """An autoregression of one country's changes, added to its last value."""
    one_step = LeastSquares(sliding_windows(past[1:] - past[:-1], order, 1))
    iterated = Iterated(one_step, horizon)

    def forecaster(inputs):
        ahead = iterated(inputs.diff(dim=1)[:, -order:])
        return inputs[:, -1:] + ahead.cumsum(dim=1)

    return forecaster


@functools.cache
def _country_baselines():
    """Errors of local models and of the global line; nothing is random."""
    data = Countries()
    K, past = data.horizon, data.past
    families = {
        "damped_drift": {a: drift(K, a) for a in (0.7, 0.8, 0.9, 0.95)},
        "local_ar": {
            p: PerSeries(local_autoregression(one, K, p) for one in past)
            for p in (1, 2, 3)
        },
    }
    holt = PerSeries(ETS(one, K, trend=True) for one in past)
    models = {
        "naive": Naive(K),
        "drift": drift(K),
        "local_ets": holt,
        "linear": data.linear(),
    } | {name: best_whole(data.valid, f) for name, f in families.items()}
    return {name: data.error(model) for name, model in models.items()}


def best_whole(windows, candidates):
    """As `best_on`, for models that need all series of a round at once."""
    return min(
        candidates.values(),
        key=lambda m: mae(m(windows.inputs), windows.targets),
    )


def country_contest(seed):
    """Three cells, one network each for all countries, against the rest."""
    data = Countries()
    numbers = dict(_country_baselines())
    for name, Cell in CELLS.items():
        numbers[name] = data.error(data.chosen(Cell, seed))
    return numbers


def groups_among_countries(seed):
    """The GRU and the linear model, with four groups among the countries."""
    data = Countries(groups=True)
    return {
        "linear": data.error(data.linear()),
        "gru": data.error(data.chosen(GRUCell, seed)),
    }


def unseen_countries(seed):
    """Trained on 24 or 94 countries, tested on the 94 others."""
    order = torch.randperm(
        188, generator=torch.Generator().manual_seed(seed)
    ).numpy()
    numbers = {}
    for n in (24, 94):
        data = Countries(rows=order[:n], tested=order[94:])
        numbers[f"linear_{n}"] = data.error(data.linear())
        # As many gradient steps for fewer windows.
        model = data.network(GRUCell, seed, epochs=15 * 94 // n)
        numbers[f"gru_{n}"] = data.error(model)
    numbers["drift"] = data.error(drift(data.horizon, 0.95))
    return numbers


_ECONOMY = (
    "six US series, four quarters ahead, mean absolute error in standard "
    "deviations"
)
_COUNTRIES = "188 countries, five years ahead, mean absolute error in births"
_WITH_GROUPS = (
    "188 countries and four groups of them, five years ahead, mean absolute "
    "error in births"
)
_UNSEEN = "births per woman in 94 countries that no model was fitted on"


def _bet(name, statement, setting, experiment, lower, higher, factor=1.0):
    """A comparison of this chapter."""
    return Below(
        f"ch13-{name}",
        "13",
        statement,
        setting,
        experiment,
        lower=lower,
        higher=higher,
        factor=factor,
    )


CLAIMS = [
    _bet(
        "leak-scale",
        "Standardising by the whole series lowers the reported error by a "
        "twentieth.",
        f"{_ECONOMY}, ridge",
        leaking_pipelines,
        "scale",
        "none",
        20 / 19,
    ),
    _bet(
        "leak-choice",
        "Choosing the penalty on the test part lowers the reported error by "
        "a twentieth.",
        f"{_ECONOMY}, ridge",
        leaking_pipelines,
        "choice",
        "none",
        20 / 19,
    ),
    _bet(
        "leak-smoothing",
        "Averaging each value with its two neighbours first lowers the "
        "reported error by a twentieth.",
        f"{_ECONOMY}, ridge",
        leaking_pipelines,
        "smoothing",
        "none",
        20 / 19,
    ),
    _bet(
        "lstm-naive",
        "The LSTM beats the naive forecast.",
        _ECONOMY,
        economy_contest,
        "lstm",
        "naive",
    ),
    _bet(
        "lstm-rnn",
        "The LSTM beats the simple RNN.",
        _ECONOMY,
        economy_contest,
        "lstm",
        "rnn",
    ),
    _bet(
        "lstm-gru",
        "The LSTM beats the GRU.",
        _ECONOMY,
        economy_contest,
        "lstm",
        "gru",
    ),
    _bet(
        "lstm-mean",
        "The LSTM beats the mean of the window.",
        _ECONOMY,
        economy_contest,
        "lstm",
        "window_mean",
    ),
    _bet(
        "lstm-var",
        "The LSTM beats the vector autoregression.",
        _ECONOMY,
        economy_contest,
        "lstm",
        "var",
    ),
    _bet(
        "arma-lstm",
        "An ARMA model for each series beats the LSTM that reads all six.",
        _ECONOMY,
        economy_contest,
        "arma",
        "lstm",
    ),
    _bet(
        "own-ridge",
        "Ridge on each series' own past beats ridge on all six.",
        _ECONOMY,
        economy_contest,
        "ridge_own",
        "ridge",
    ),
    _bet(
        "arma-lead",
        "Over other stretches of history as well: the block interval of the "
        "ARMA's lead over the LSTM lies above zero.",
        f"{_ECONOMY}; blocks of two years",
        economy_contest,
        "zero",
        "lead_low",
    ),
    _bet(
        "linear-local",
        "One linear model for all countries beats an autoregression for each.",
        _COUNTRIES,
        country_contest,
        "linear",
        "local_ar",
    ),
    _bet(
        "linear-ets",
        "One linear model for all countries beats exponential smoothing with "
        "a trend for each.",
        _COUNTRIES,
        country_contest,
        "linear",
        "local_ets",
    ),
    _bet(
        "gru-linear",
        "One GRU for all countries beats one linear model for all.",
        _COUNTRIES,
        country_contest,
        "gru",
        "linear",
    ),
    _bet(
        "gru-linear-groups",
        "So does it with four groups of countries among the countries.",
        _WITH_GROUPS,
        groups_among_countries,
        "gru",
        "linear",
    ),
    _bet(
        "lstm-linear",
        "One LSTM for all countries beats one linear model for all.",
        _COUNTRIES,
        country_contest,
        "lstm",
        "linear",
    ),
    _bet(
        "rnn-linear",
        "One simple RNN for all countries beats one linear model for all.",
        _COUNTRIES,
        country_contest,
        "rnn",
        "linear",
    ),
    _bet(
        "gru-lstm",
        "The GRU beats the LSTM.",
        _COUNTRIES,
        country_contest,
        "gru",
        "lstm",
    ),
    _bet(
        "unseen-drift",
        "A GRU beats the damped drift in countries that it never saw.",
        f"{_UNSEEN}; 94 others to learn from",
        unseen_countries,
        "gru_94",
        "drift",
    ),
    _bet(
        "unseen-94",
        "With 94 other countries to learn from, the GRU beats the linear "
        "model.",
        _UNSEEN,
        unseen_countries,
        "gru_94",
        "linear_94",
    ),
    _bet(
        "unseen-24",
        "With 24 other countries to learn from, the GRU beats the linear "
        "model.",
        _UNSEEN,
        unseen_countries,
        "gru_24",
        "linear_24",
    ),
]
