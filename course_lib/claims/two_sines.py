"""The published experiment on two sine waves: its data and its training.

10,000 series, the first 7,000 to train on, 2,000 to validate, 1,000 to
test; 20 epochs of Adam in batches of 32.
"""

import torch

from course_lib.datasets import two_sine_waves
from course_lib.metrics import mse, predict
from course_lib.training import fit, forecast_loss
from course_lib.windows import split_examples, split_last

PUBLISHED = "two sine waves, published split and budget"


def windows(horizon, *, n_steps=None, data_seed=42):
    """Training, validation and test windows with 50 steps of input.

    The series have 50 + horizon steps; with ``n_steps`` they are cut to
    their first steps, which keeps their step size.
    """
    series = two_sine_waves(10_000, 50 + horizon, seed=data_seed)
    if n_steps is not None:
        series, horizon = series[:, :n_steps], n_steps - 50
    return split_examples(
        split_last(torch.as_tensor(series), horizon), 7000, 2000, 1000
    )


def train(model, train, *, seed, lr=1e-3, loss=forecast_loss, on_step=None):
    """Train as published: 20 epochs, batches of 32, Adam."""
    return fit(
        model,
        train,
        epochs=20,
        batch_size=32,
        lr=lr,
        loss=loss,
        on_step=on_step,
        seed=seed,
    )


def error(forecaster, windows):
    """Mean squared error on windows, as a number."""
    return mse(predict(forecaster, windows.inputs), windows.targets).item()
