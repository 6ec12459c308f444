"""How far a forecast is off, over all steps and for each horizon.

A metric takes a forecast and a target of the same shape (N, K, D) and
gives one number, or one for each horizon with `by_horizon`. It leaves out
probabilistic scores: every forecast here is a point. Chapter 5.
"""

import numpy as np
import pandas as pd
import torch

from course_lib import _require


def mse(forecast, target):
    r"""Mean squared error, :math:`\overline{(\hat y - y)^2}`.

    Args:
        forecast: (N, K, D) or any shape.
        target: the same shape; no broadcasting.

    Returns:
        Scalar tensor, differentiable: it is the loss as well.

    >>> mse(torch.zeros(2, 3, 1), torch.ones(2, 3, 1))
    tensor(1.)
    """
    _require.same_shape(forecast, target)
    return ((forecast - target) ** 2).mean()


def mae(forecast, target):
    r"""Mean absolute error, :math:`\overline{|\hat y - y|}`.

    Args and return value as `mse`; in the units of the series.

    >>> mae(torch.zeros(2, 3, 1), torch.full((2, 3, 1), -2.0))
    tensor(2.)
    """
    _require.same_shape(forecast, target)
    return (forecast - target).abs().mean()


def mase(train, period):
    r"""Make the mean absolute scaled error of a training series.

    .. math:: \overline{|\hat y - y|} \,/\, \overline{|x_t - x_{t-m}|}

    where the scale is the error of the seasonal naive forecast one season
    of :math:`m` steps ahead on the training part. Below 1 is better.

    Args:
        train: (n_steps, D), the training part.
        period: steps m in a season; 1 for none.

    Returns:
        A metric, ``metric(forecast, target) -> scalar tensor``.

    Source:
        Hyndman & Koehler (2006).

    >>> metric = mase(np.array([[0.0], [2.0], [0.0]]), 1)
    >>> metric(torch.zeros(1, 1, 1), torch.ones(1, 1, 1))
    tensor(0.5000)
    """
    _require.at_least(period, 1, name="period")
    values = torch.tensor(np.asarray(train), dtype=torch.float32)
    _require.series(values, name="the training part")
    if len(values) <= period:
        raise ValueError(
            f"the training part must be longer than the period {period}, got "
            f"{len(values)} steps."
        )
    _require.finite(values, name="the training part")
    scale = (values[period:] - values[:-period]).abs().mean(dim=0)
    if (scale == 0).any():
        raise ValueError(
            f"the training part must change over a period of {period}, got "
            f"scales {scale.tolist()}; an error can't be measured in zeros."
        )

    def scaled(forecast, target):
        _require.same_shape(forecast, target)
        _require.sequences(forecast, len(scale), name="forecast")
        return ((forecast - target).abs() / scale).mean()

    return scaled


def by_horizon(metric, forecast, target):
    """One number for each step ahead: (N, K, D) twice -> (K,) tensor.

    >>> by_horizon(mse, torch.zeros(2, 3, 1), torch.ones(2, 3, 1)).shape
    torch.Size([3])
    """
    _require.same_shape(forecast, target)
    return torch.stack(
        [
            metric(forecast[:, k : k + 1], target[:, k : k + 1])
            for k in range(target.shape[1])
        ]
    )


def predict(forecaster, inputs, *, batch_size=1024):
    """Forecast many windows, in evaluation mode and without a graph.

    Args:
        forecaster: any callable (B, T, D) -> (B, K, D).
        inputs: (N, T, D).
        batch_size: windows at a time, to bound the memory.

    Returns:
        (N, K, D) tensor. A module is left in the mode it came in.
    """
    _require.sequences(inputs, name="inputs")
    modules = list(getattr(forecaster, "modules", tuple)())
    modes = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        with torch.no_grad():
            parts = [forecaster(part) for part in inputs.split(batch_size)]
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode
    return torch.cat(parts)


def score(forecasters, windows, *, metric=mse):
    """Score forecasters on the same windows, side by side.

    Args:
        forecasters: dictionary of callables (B, T, D) -> (B, K, D) by name.
        windows: `Windows` that none of them has seen.
        metric: of a forecast and a target.

    Returns:
        Data frame with a row for each forecaster: ``all`` for the metric
        over all steps, then 1 to K for each step ahead.

    >>> from course_lib.baselines import Naive
    >>> from course_lib.windows import Windows
    >>> windows = Windows(torch.ones(4, 6, 1), torch.ones(4, 2, 1))
    >>> score({"naive": Naive(2)}, windows)["all"].item()
    0.0
    """
    rows = {}
    for name, forecaster in forecasters.items():
        forecast = predict(forecaster, windows.inputs)
        each = by_horizon(metric, forecast, windows.targets)
        whole = metric(forecast, windows.targets)
        rows[name] = [whole.item(), *each.tolist()]
    horizons = range(1, windows.targets.shape[1] + 1)
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["all", *horizons]
    )
