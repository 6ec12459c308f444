"""ETS and SARIMA behind the interface of every forecaster here.

The parameters are fitted once, on the training part; a forecast then runs
the fitted model over the window it is given. statsmodels does both. It
leaves out choosing the orders. Chapter 5.

These models also carry what they know of the season from the window
alone, so give them windows of several seasons.
"""

import warnings

import numpy as np
import torch
from statsmodels.tsa.statespace.exponential_smoothing import (
    ExponentialSmoothing,
)
from statsmodels.tsa.statespace.sarimax import SARIMAX

from course_lib import _require


class _StateSpace:
    """A state-space model of statsmodels, as a callable on windows."""

    def __init__(self, model, horizon):
        _require.at_least(horizon, 1, name="horizon")
        self.horizon = horizon
        with warnings.catch_warnings():
            # The optimiser's warnings are about its path; what counts is
            # the score of the result, which every chapter shows.
            warnings.simplefilter("ignore")
            self.fitted = model.fit(disp=False, maxiter=200)

    def __call__(self, inputs):
        """(B, T, 1) -> (B, K, 1), one window after the other."""
        _require.sequences(inputs, 1, name="inputs")
        forecasts = [
            self.fitted.apply(window[:, 0].double().numpy()).forecast(
                self.horizon
            )
            for window in inputs
        ]
        return torch.as_tensor(np.stack(forecasts), dtype=inputs.dtype)[
            ..., None
        ]


def _one_feature(train, season):
    """The training series as float64 (n_steps,), or an error."""
    values = np.asarray(train, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != 1:
        raise ValueError(
            "train must have shape (n_steps, 1), got "
            f"{values.shape}; classical models here take one feature."
        )
    if len(values) <= season:
        raise ValueError(
            f"train must be longer than a season of {season} steps, got "
            f"{len(values)}; nothing could be estimated from it."
        )
    _require.finite(values, name="train")
    return values[:, 0]


class ETS(_StateSpace):
    r"""Exponential smoothing with a level, and a season if there is one.

    .. math::
        \hat x_{t+1} = \ell_t + s_{t+1-m}, \quad
        \ell_t = \ell_{t-1} + \alpha e_t, \quad
        s_t = s_{t-m} + \gamma e_t

    with the one-step error :math:`e_t`.

    Args:
        train: (n_steps, 1), the training part.
        horizon: steps ahead K.
        period: steps m in a season; None for none.
        trend: whether there is a trend as well.

    Source:
        Hyndman et al. (2008); statsmodels.

    >>> rng = np.random.default_rng(0)
    >>> model = ETS(rng.normal(size=(60, 1)), 3)
    >>> model(torch.randn(2, 20, 1)).shape
    torch.Size([2, 3, 1])
    """

    def __init__(self, train, horizon, *, period=None, trend=False):
        if period is not None:
            _require.at_least(period, 2, name="period")
        model = ExponentialSmoothing(
            _one_feature(train, period or 1),
            seasonal=period,
            trend=trend,
            initialization_method="concentrated",
        )
        super().__init__(model, horizon)


class SARIMA(_StateSpace):
    r"""Seasonal autoregression with moving averages and differences.

    .. math::
        \phi(B)\, \Phi(B^m) (1 - B)^d (1 - B^m)^D x_t
        = \theta(B)\, \Theta(B^m)\, e_t

    with the back-shift :math:`B x_t = x_{t-1}`.

    Args:
        train: (n_steps, 1), the training part.
        horizon: steps ahead K.
        order: (p, d, q).
        seasonal_order: (P, D, Q, m); none by default.

    Source:
        Box & Jenkins (1970); statsmodels.

    >>> rng = np.random.default_rng(0)
    >>> model = SARIMA(rng.normal(size=(60, 1)), 3, order=(1, 0, 0))
    >>> model(torch.zeros(2, 20, 1)).shape
    torch.Size([2, 3, 1])
    """

    def __init__(self, train, horizon, *, order, seasonal_order=(0, 0, 0, 0)):
        differenced = order[1] or seasonal_order[1]
        model = SARIMAX(
            _one_feature(train, max(seasonal_order[3], 1)),
            order=order,
            seasonal_order=seasonal_order,
            trend=None if differenced else "c",
        )
        super().__init__(model, horizon)
