"""Several series at once: jointly, one model for each, or changes only.

`VAR` forecasts all features from all of them. `PerFeature` and `PerSeries`
make one model for each feature of a series or for each series of a panel.
`ChangeForecaster` is the global model of the capstone: one network for all
series, which forecasts changes. Chapter 13.
"""

import torch
from torch import nn

from course_lib import _require
from course_lib.baselines import LeastSquares
from course_lib.forecasters import DirectForecaster, Iterated
from course_lib.windows import sliding_windows


class VAR:
    r"""Vector autoregression of order p: every feature on all of them.

    .. math:: \hat x_{t+1} = c + A_1 x_t + \dots + A_p x_{t-p+1}

    by least squares, one step ahead, and iterated for the steps behind. So
    it is `LeastSquares` on windows of length p, inside `Iterated`.

    Args:
        train: (n_steps, D), the training part.
        horizon: steps ahead K.
        order: steps p that a forecast looks back.

    Source:
        Sims (1980).

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> VAR(rng.normal(size=(60, 3)), 4, order=2)(torch.zeros(5, 8, 3)).shape
    torch.Size([5, 4, 3])
    """

    def __init__(self, train, horizon, *, order):
        self.order = order
        one_step = LeastSquares(sliding_windows(train, order, 1))
        self.iterated = Iterated(one_step, horizon)

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D); T must be at least p."""
        _require.sequences(inputs, name="inputs")
        if inputs.shape[1] < self.order:
            raise ValueError(
                f"inputs must hold the {self.order} steps that the model "
                f"looks back, got {inputs.shape[1]}."
            )
        return self.iterated(inputs[:, -self.order :])


class PerFeature:
    """One forecaster for each feature, which sees that feature alone.

    Args:
        forecasters: D callables (B, T, 1) -> (B, K, 1).

    >>> from course_lib.baselines import Mean, Naive
    >>> PerFeature([Naive(3), Mean(3)])(torch.zeros(4, 7, 2)).shape
    torch.Size([4, 3, 2])
    """

    def __init__(self, forecasters):
        self.forecasters = list(forecasters)

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        _require.sequences(inputs, len(self.forecasters), name="inputs")
        return torch.cat(
            [f(inputs[..., [d]]) for d, f in enumerate(self.forecasters)],
            dim=2,
        )


class PerSeries:
    """One forecaster for each series of a panel.

    Args:
        forecasters: N callables (B, T, D) -> (B, K, D); window ``n`` is
            given to forecaster ``n % N`` (`panel.panel_windows`).

    >>> from course_lib.baselines import Mean, Naive
    >>> PerSeries([Naive(3), Mean(3)])(torch.zeros(8, 7, 1)).shape
    torch.Size([8, 3, 1])
    """

    def __init__(self, forecasters):
        self.forecasters = list(forecasters)

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D), with B a multiple of N."""
        _require.sequences(inputs, name="inputs")
        N = len(self.forecasters)
        if len(inputs) % N:
            raise ValueError(
                f"inputs must hold whole rounds of the {N} series, got "
                f"{len(inputs)} windows; forecast all of them together."
            )
        rounds = inputs.unflatten(0, (-1, N))
        forecasts = [f(rounds[:, n]) for n, f in enumerate(self.forecasters)]
        return torch.stack(forecasts, dim=1).flatten(0, 1)


class ChangeForecaster(nn.Module):
    r"""A network that forecasts changes and adds them to the last value.

    .. math:: \hat x_{t+k} = x_t + s\,(d_1 + \dots + d_k)

    where the recurrent layer reads, at each step, the standardised value
    and the change in units of :math:`s`, and a linear output gives
    :math:`d_1, \dots, d_K`. With :math:`d = 0` it is the naive forecast.

    Args:
        recurrent: a recurrent layer with two inputs.
        horizon: steps ahead K.
        mean: mean of the training values.
        std: standard deviation of the training values.
        step: typical size s of a change in the training values.

    >>> from course_lib.cells import GRUCell
    >>> from course_lib.recurrent import Recurrent
    >>> model = ChangeForecaster(
    ...     Recurrent(GRUCell(2, 5)), 4, mean=3.0, std=1.0, step=0.1)
    >>> model(torch.zeros(3, 7, 1)).shape
    torch.Size([3, 4, 1])
    """

    def __init__(self, recurrent, horizon, *, mean, std, step):
        super().__init__()
        if not (std > 0 and step > 0):
            raise ValueError(
                f"std and step must be above 0, got {std} and {step}."
            )
        self.forecaster = DirectForecaster(recurrent, horizon, output_size=1)
        self.mean, self.std, self.step = mean, std, step

    def forward(self, inputs):
        """(B, T, 1) -> (B, K, 1); T must be at least 2."""
        _require.sequences(inputs, 1, name="inputs")
        level = (inputs[:, 1:] - self.mean) / self.std
        change = inputs.diff(dim=1) / self.step
        ds = self.forecaster(torch.cat([level, change], dim=2))
        return inputs[:, -1:] + self.step * ds.cumsum(dim=1)
