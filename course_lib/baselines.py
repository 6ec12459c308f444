"""Forecasts that a network must beat before it is worth its training.

Each is a callable (B, T, D) -> (B, K, D), like every forecaster here.
Models of classical statistics, which are fitted by statsmodels, are in
`classical`. Chapter 5.
"""

from itertools import pairwise

import torch
from torch import nn

from course_lib import _require
from course_lib.initialisation import glorot_
from course_lib.metrics import mse


class Naive:
    r"""Repeat the last value: :math:`\hat x_{t+k} = x_t`.

    Args:
        horizon: steps ahead K.

    >>> Naive(3)(torch.ones(2, 7, 1)).shape
    torch.Size([2, 3, 1])
    """

    def __init__(self, horizon):
        _require.at_least(horizon, 1, name="horizon")
        self.horizon = horizon

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        _require.sequences(inputs, name="inputs")
        return inputs[:, -1:].expand(-1, self.horizon, -1)


class SeasonalNaive:
    r"""Repeat the last season: :math:`\hat x_{t+k} = x_{t+k-m}`.

    A horizon longer than a season repeats it again.

    Args:
        horizon: steps ahead K.
        period: steps m in a season.

    >>> SeasonalNaive(3, 2)(torch.arange(4.0).reshape(1, 4, 1)).flatten()
    tensor([2., 3., 2.])
    """

    def __init__(self, horizon, period):
        _require.at_least(horizon, 1, name="horizon")
        _require.at_least(period, 1, name="period")
        self.horizon = horizon
        self.period = period

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D); T must hold a season."""
        _require.sequences(inputs, name="inputs")
        if inputs.shape[1] < self.period:
            raise ValueError(
                f"inputs must hold a whole season of {self.period} steps, got "
                f"{inputs.shape[1]}; cut longer windows."
            )
        season = inputs[:, -self.period :]
        return season[:, torch.arange(self.horizon) % self.period]


class Mean:
    r"""Forecast the mean of the window, or of each place in its seasons.

    .. math:: \hat x_{t+k} = \overline{x_{t+k-m}, x_{t+k-2m}, \dots}

    over the whole seasons of m steps in the window. With m = 1 that is the
    mean of the window; with m = 12 months, the mean of each month.

    Args:
        horizon: steps ahead K.
        period: steps m in a season.

    >>> Mean(1)(torch.tensor([[[1.0], [3.0]]])).item()
    2.0
    """

    def __init__(self, horizon, period=1):
        self.season = SeasonalNaive(horizon, period)

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D); T must hold a season."""
        _require.sequences(inputs, name="inputs")
        season = inputs
        if inputs.shape[1] >= self.season.period:
            n = inputs.shape[1] // self.season.period
            whole = inputs[:, -n * self.season.period :]
            season = whole.unflatten(1, (n, -1)).mean(dim=1)
        return self.season(season)  # which knows what is too short


class LeastSquares:
    r"""The best linear forecast of a window, in closed form.

    With each window flattened to a row :math:`v` of X and centred, as the
    targets Y,

    .. math:: W = (X^\top X + \lambda I)^{-1} X^\top Y,
              \quad \hat y = \bar y + (v - \bar v) W

    computed in float64 from the singular value decomposition of X. The
    intercept is not penalised. With ``ridge=0`` no linear model of these
    inputs has a lower error on the training windows.

    Args:
        train: `Windows` to fit, inputs (N, T, D) and targets (N, K, D).
        ridge: the penalty :math:`\lambda` on the sum of squared errors.

    Source:
        Hoerl & Kennard (1970) for the ridge; chapter 5.

    >>> from course_lib.windows import Windows
    >>> train = Windows(torch.rand(50, 7, 2), torch.rand(50, 3, 2))
    >>> model = LeastSquares(train)
    >>> model(torch.rand(4, 7, 2)).shape
    torch.Size([4, 3, 2])
    """

    def __init__(self, train, *, ridge=0.0):
        if ridge < 0:
            raise ValueError(f"ridge must not be negative, got {ridge}.")
        self.ridge = ridge
        inputs, targets = train
        _require.sequences(inputs, name="inputs")
        _require.same_number(train, name="train")
        _require.finite(inputs, name="inputs")
        _require.finite(targets, name="targets")
        self.inputs_shape = inputs.shape[1:]
        self.targets_shape = targets.shape[1:]
        X, Y = inputs.flatten(1).double(), targets.flatten(1).double()
        self.x_mean, self.y_mean = X.mean(0), Y.mean(0)
        U, s, Vh = torch.linalg.svd(X - self.x_mean, full_matrices=False)
        # Directions that the data never shows get no weight.
        shown = s > s.max() * max(X.shape) * torch.finfo(s.dtype).eps
        gain = torch.where(shown, s / (s**2 + ridge), 0.0)
        self.W = Vh.T @ (gain[:, None] * (U.T @ (Y - self.y_mean)))

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        if inputs.shape[1:] != self.inputs_shape:
            raise ValueError(
                f"inputs must have shape (B, *{tuple(self.inputs_shape)}) as "
                f"in training, got {tuple(inputs.shape)}; a linear model "
                "knows one length only."
            )
        v = inputs.flatten(1).double()
        y = self.y_mean + (v - self.x_mean) @ self.W
        return y.to(inputs.dtype).unflatten(1, self.targets_shape)


def ridge_by_validation(train, valid, penalties):
    """The `LeastSquares` whose penalty is best on the validation windows.

    Args:
        train: `Windows` to fit.
        valid: `Windows` to choose on.
        penalties: candidates for ``ridge``.

    Returns:
        The best `LeastSquares`, fitted on ``train``; its penalty is in the
        attribute ``ridge``.
    """
    if not len(penalties):
        raise ValueError("penalties must hold at least one ridge, got none.")
    models = [LeastSquares(train, ridge=penalty) for penalty in penalties]
    return min(models, key=lambda m: mse(m(valid.inputs), valid.targets))


class Dense(nn.Module):
    r"""A feed-forward network on the flattened window.

    Without hidden layers it is the linear model that `LeastSquares` solves
    exactly; trained by gradient descent it comes close, and how close is a
    question of training, not of the model.

    Args:
        inputs_shape: (T, D) of a window's inputs.
        targets_shape: (K, D) of its targets.
        hidden_sizes: units of each hidden layer, with ReLU between.

    >>> Dense((7, 2), (3, 2), hidden_sizes=[16])(torch.zeros(4, 7, 2)).shape
    torch.Size([4, 3, 2])
    """

    def __init__(self, inputs_shape, targets_shape, *, hidden_sizes=()):
        super().__init__()
        self.inputs_shape = tuple(inputs_shape)
        (T, D), (K, D_out) = inputs_shape, targets_shape
        sizes = [T * D, *hidden_sizes]
        layers = []
        for n_in, n_out in pairwise(sizes):
            layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        self.layers = nn.Sequential(
            nn.Flatten(),
            *layers,
            nn.Linear(sizes[-1], K * D_out),
            nn.Unflatten(1, (K, D_out)),
        )
        for layer in self.layers:
            if isinstance(layer, nn.Linear):
                glorot_(layer)

    def forward(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        _require.sequences(inputs, name="inputs")
        if tuple(inputs.shape[1:]) != self.inputs_shape:
            raise ValueError(
                f"inputs must have shape (B, *{self.inputs_shape}), got "
                f"{tuple(inputs.shape)}; a dense network knows one length."
            )
        return self.layers(inputs)
