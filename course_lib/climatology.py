"""What the calendar alone says, and how long today's departure lasts.

The season is learned from the whole training part, so it is steadier than
what one window shows. A window carries no date; it is long enough to find
its place in the season by itself. Chapter 5.
"""

import numpy as np
import torch

from course_lib import _require


class Climatology:
    r"""The training part's mean for each place in the season.

    .. math:: \hat x_{t+k} = s_{(t+k) \bmod m}

    The phase of a window is the one at which the season is nearest to it.

    Args:
        train: (n_steps, 1), the training part, of at least two seasons.
        horizon: steps ahead K.
        period: steps m in a season.

    >>> wave = np.sin(np.arange(48) * np.pi / 6)[:, None]
    >>> model = Climatology(wave, 3, 12)
    >>> window = torch.as_tensor(wave)[None, 5:29].float()
    >>> torch.allclose(model(window)[0, :, 0].double(),
    ...                torch.as_tensor(wave[29:32, 0]), atol=1e-6)
    True
    """

    def __init__(self, train, horizon, period):
        values = np.asarray(train)
        _require.at_least(horizon, 1, name="horizon")
        _require.at_least(period, 2, name="period")
        _require.finite(values, name="train")
        if values.ndim != 2 or values.shape[1] != 1:
            raise ValueError(
                f"train must have shape (n_steps, 1), got {values.shape}."
            )
        if len(values) < 2 * period:
            raise ValueError(
                f"train must hold two seasons of {period} steps, got "
                f"{len(values)} steps."
            )
        self.horizon = horizon
        self.period = period
        series = torch.tensor(values[:, 0], dtype=torch.float32)
        self.season = torch.stack(
            [series[place::period].mean() for place in range(period)]
        )
        # The share of a departure from the season that is left a step on.
        departures = series - self._at(torch.arange(len(series)))
        before, after = departures[:-1], departures[1:]
        self.damping = ((before * after).sum() / (before**2).sum()).item()

    def _at(self, places):
        """The season's value at each place, counted from anywhere."""
        return self.season[places % self.period]

    def _places(self, inputs):
        """Place in the season of the first step behind each window, (B,)."""
        _require.sequences(inputs, 1, name="inputs")
        T = inputs.shape[1]
        if self.period > T:
            raise ValueError(
                f"inputs must hold a whole season of {self.period} steps, got "
                f"{T}; the place in the season can't be found in less."
            )
        starts = torch.arange(self.period)[:, None]
        shifted = self._at(starts + torch.arange(T))  # (m, T)
        distance = (inputs[:, None, :, 0] - shifted) ** 2  # (B, m, T)
        return distance.sum(dim=2).argmin(dim=1) + T

    def __call__(self, inputs):
        """(B, T, 1) -> (B, K, 1)."""
        ahead = self._places(inputs)[:, None] + torch.arange(self.horizon)
        return self._at(ahead)[..., None].to(inputs.dtype)


class DampedAnomaly(Climatology):
    r"""Climatology, and today's departure from it, fading.

    .. math:: \hat x_{t+k} = s_{(t+k) \bmod m}
              + a^k (x_t - s_{t \bmod m})

    with the share :math:`a` that is left after a step, by least squares on
    the training part: an autoregression of order 1 on the departures.

    Arguments as `Climatology`.

    >>> wave = np.sin(np.arange(48) * np.pi / 6)[:, None]
    >>> noise = np.random.default_rng(0).normal(size=(48, 1))
    >>> DampedAnomaly(wave + noise, 3, 12)(torch.zeros(2, 24, 1)).shape
    torch.Size([2, 3, 1])
    """

    def __call__(self, inputs):
        """(B, T, 1) -> (B, K, 1)."""
        now = self._at(self._places(inputs) - 1)
        departure = (inputs[:, -1, 0] - now)[:, None]
        fading = self.damping ** torch.arange(1, self.horizon + 1)
        return super().__call__(inputs) + (departure * fading)[..., None]
