"""Recurrent forecasters: callables (B, T, D) -> (B, K, D).

From the chapters' three ways to look several steps ahead: one step at a
time (`Iterated`), all at once from the last step (`DirectForecaster`), and
all at once at every step (`EveryStepForecaster`). None of them knows how
it is trained; that is in `training`. Chapters 6 to 8.
"""

import torch
from torch import nn

from course_lib import _require
from course_lib.initialisation import glorot_


class LastOutput(nn.Module):
    r"""The last output of a recurrent layer is the forecast itself.

    .. math:: \hat x_{t+1} = h_t

    So the layer has as many units as the series has features, and with
    tanh no forecast leaves (-1, 1).

    Args:
        recurrent: a recurrent layer with H = D units.

    >>> from course_lib.cells import RNNCell
    >>> from course_lib.recurrent import Recurrent
    >>> LastOutput(Recurrent(RNNCell(1, 1)))(torch.zeros(2, 7, 1)).shape
    torch.Size([2, 1, 1])
    """

    def __init__(self, recurrent):
        super().__init__()
        if recurrent.hidden_size != recurrent.input_size:
            raise ValueError(
                "the output is the forecast, so hidden_size must be the "
                f"input_size {recurrent.input_size}, got "
                f"{recurrent.hidden_size}; DirectForecaster has an output "
                "layer."
            )
        self.recurrent = recurrent

    def forward(self, inputs):
        """(B, T, D) -> (B, 1, D)."""
        hs, _ = self.recurrent(inputs)
        return hs[:, -1:]


class DirectForecaster(nn.Module):
    r"""All K steps at once, from the output at the last input step.

    .. math:: (\hat x_{t+1}, \dots, \hat x_{t+K}) = V h_t + c

    Args:
        recurrent: a recurrent layer.
        horizon: steps ahead K.
        output_size: features of a forecast; those of the input if left out.

    Source:
        Chapter 6 with K = 1, chapter 8 with more.

    >>> from course_lib.cells import GRUCell
    >>> from course_lib.recurrent import Recurrent
    >>> model = DirectForecaster(Recurrent(GRUCell(3, 5)), horizon=4)
    >>> model(torch.zeros(2, 7, 3)).shape
    torch.Size([2, 4, 3])
    """

    def __init__(self, recurrent, horizon, *, output_size=None):
        super().__init__()
        _require.at_least(horizon, 1, name="horizon")
        self.recurrent = recurrent
        self.horizon = horizon
        self.output_size = output_size or recurrent.input_size
        self.h_to_forecast = nn.Linear(
            recurrent.hidden_size, horizon * self.output_size
        )
        glorot_(self.h_to_forecast)

    def read(self, h):
        """Outputs (..., H) -> forecasts (..., K, D)."""
        return self.h_to_forecast(h).unflatten(
            -1, (self.horizon, self.output_size)
        )

    def forward(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        hs, _ = self.recurrent(inputs)
        return self.read(hs[:, -1])


class EveryStepForecaster(DirectForecaster):
    r"""A sequence-to-sequence forecaster: the next K steps at every step.

    .. math:: (\hat x_{t+1}, \dots, \hat x_{t+K}) = V h_t + c,
              \quad t = 1 \dots T

    The model and its forecast are those of `DirectForecaster`. What differs
    is that `every_step` can be trained on, so the loss reaches each step
    directly (``training.every_step_loss``).

    Arguments as `DirectForecaster`.

    >>> from course_lib.cells import GRUCell
    >>> from course_lib.recurrent import Recurrent
    >>> model = EveryStepForecaster(Recurrent(GRUCell(3, 5)), horizon=4)
    >>> model.every_step(torch.zeros(2, 7, 3)).shape
    torch.Size([2, 7, 4, 3])
    """

    def every_step(self, inputs):
        """(B, T, D) -> (B, T, K, D)."""
        hs, _ = self.recurrent(inputs)
        return self.read(hs)


class Iterated(nn.Module):
    r"""Look K steps ahead one step at a time, on the forecasts themselves.

    .. math:: \hat x_{t+k} =
              f(x_{t-T+k}, \dots, x_t, \hat x_{t+1}, \dots, \hat x_{t+k-1})

    The window slides: it drops its oldest step for each forecast that it
    takes in, so the one-step forecaster sees the length it was trained on.

    Args:
        one_step: callable (B, T, D) -> (B, 1, D).
        horizon: steps ahead K.

    Source:
        Chapter 8.

    >>> from course_lib.baselines import Naive
    >>> Iterated(Naive(1), 4)(torch.zeros(2, 7, 3)).shape
    torch.Size([2, 4, 3])
    """

    def __init__(self, one_step, horizon):
        super().__init__()
        _require.at_least(horizon, 1, name="horizon")
        self.one_step = one_step
        self.horizon = horizon

    def forward(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        _require.sequences(inputs, name="inputs")
        window, forecasts = inputs, []
        for _ in range(self.horizon):
            following = self.one_step(window)
            _require.same_shape(following, window[:, -1:])
            forecasts.append(following)
            window = torch.cat([window[:, 1:], following], dim=1)
        return torch.cat(forecasts, dim=1)
