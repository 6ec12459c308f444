"""The experiment on El Niño: data, baselines and training.

Sea-surface temperature by month; the last 20 % of the months are the test,
the 15 % before them the validation part. Errors are mean absolute errors in
degrees.
"""

import torch

from course_lib.baselines import (
    Mean,
    Naive,
    SeasonalNaive,
    ridge_by_validation,
)
from course_lib.classical import ETS, SARIMA
from course_lib.climatology import Climatology, DampedAnomaly
from course_lib.datasets import sea_surface_temperature
from course_lib.metrics import mae, predict
from course_lib.splits import Standardizer, chronological_split
from course_lib.training import fit, forecast_loss
from course_lib.windows import sliding_windows

LENGTH = 96
PENALTIES = (1, 10, 100, 1000)
MONTHS = "El Niño, twelve months ahead, mean absolute error in °C"


class Data:
    """Windows of the three parts, standardised, and their scale.

    Args:
        horizon: months ahead K.
    """

    def __init__(self, horizon):
        parts = chronological_split(
            sea_surface_temperature().values,
            valid=0.15,
            test=0.2,
            history=LENGTH,
        )
        scaler = Standardizer(parts.train)
        self.known = scaler.transform(parts.train)
        self.degrees = scaler.std.item()
        self.horizon = horizon
        self.train, self.valid, self.test = (
            sliding_windows(scaler.transform(part), LENGTH, horizon)
            for part in parts
        )

    def error(self, forecaster):
        """Mean absolute error on the test windows, in degrees."""
        forecast = predict(forecaster, self.test.inputs)
        return mae(forecast, self.test.targets).item() * self.degrees

    def fit(self, model, *, seed, loss=forecast_loss):
        """Train with early stopping on the validation windows."""
        return fit(
            model,
            self.train,
            self.valid,
            epochs=200,
            batch_size=32,
            lr=3e-3,
            loss=loss,
            patience=20,
            clip_norm=1.0,
            seed=seed,
        )

    def sarima(self):
        """SARIMA(1,0,0)(0,1,1), fitted to the training part."""
        return SARIMA(
            self.known,
            self.horizon,
            order=(1, 0, 0),
            seasonal_order=(0, 1, 1, 12),
        )

    def ridge(self):
        """Ridge regression, its penalty chosen on the validation part."""
        return ridge_by_validation(self.train, self.valid, PENALTIES)

    def baselines(self):
        """Errors of all that needs no training by descent."""
        K = self.horizon
        models = {
            "seasonal_naive": SeasonalNaive(K, 12),
            "month_mean": Mean(K, 12),
            "ridge": self.ridge(),
            "ets": ETS(self.known, K, period=12),
            "sarima": self.sarima(),
        }
        return {name: self.error(model) for name, model in models.items()}


def calendar(data):
    """Errors of what needs the training part's mean of each month."""
    K = data.horizon
    models = {
        "naive": Naive(K),
        "climatology": Climatology(data.known, K, 12),
        "damped": DampedAnomaly(data.known, K, 12),
    }
    return {name: data.error(model) for name, model in models.items()}


def trained(data, make, *, seed, loss=forecast_loss):
    """Error of a model that ``make()`` gives, from weights of this seed."""
    torch.manual_seed(seed)
    model = make()
    data.fit(model, seed=seed, loss=loss)
    return data.error(model)
