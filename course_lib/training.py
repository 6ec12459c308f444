"""One training loop, readable from top to bottom.

It leaves out devices, mixed precision and everything that a framework
would add: a hook called at every step is all there is. Chapter 6.
"""

import copy
import random
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from tqdm.auto import trange

from course_lib import _require
from course_lib.metrics import mse
from course_lib.windows import batches, targets_at_every_step


def seed_everything(seed):
    """Seed Python, NumPy and torch, and use one thread.

    For notebooks and tests; the library itself takes ``seed=``. Networks
    as small as ours run fastest on one thread (results.md has the times).
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)
    torch.set_num_threads(1)


def forecast_loss(model, batch):
    """Mean squared error of the forecast behind the window."""
    return mse(model(batch.inputs), batch.targets)


def every_step_loss(model, batch):
    """Mean squared error of the forecasts at every step of the window.

    In evaluation mode it is the error of the last step's forecast, so that
    the best epoch is chosen by the forecast that will be used.
    """
    if not model.training:
        return forecast_loss(model, batch)
    return mse(model.every_step(batch.inputs), targets_at_every_step(batch))


def teacher_forced_loss(model, batch):
    """Mean squared error of a decoder that is given the true outputs."""
    return mse(model(batch.inputs, batch.targets), batch.targets)


@dataclass
class History:
    """What a training run did.

    Attributes:
        train_loss: mean over the batches of each epoch.
        valid_loss: after each epoch; empty without validation windows.
        best_epoch: the epoch whose weights the model was left with.
        steps: weight updates done.
        seconds: time taken.
    """

    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    steps: int = 0
    seconds: float = 0.0


class DivergedError(ArithmeticError):
    """Training left the finite numbers.

    Attributes:
        step: the weight update whose loss or gradient was not finite.
        last_loss: the last finite loss, None if there was none.
    """

    def __init__(self, what, step, last_loss):
        self.step = step
        self.last_loss = last_loss
        last = "none" if last_loss is None else f"{last_loss:.4g}"
        super().__init__(
            f"training diverged: the {what} of step {step} is not finite "
            f"(last finite loss: {last}). Lower lr, set clip_norm, or look "
            "at the gradient norms (GradientMonitor)."
        )


def fit(
    model,
    train,
    valid=None,
    *,
    epochs,
    batch_size,
    lr,
    loss=forecast_loss,
    clip_norm=None,
    patience=None,
    optimizer=torch.optim.Adam,
    on_step=None,
    seed=0,
):
    """Train a model on windows, in place.

    Args:
        model: the ``nn.Module`` to train.
        train: `Windows`, or another named tuple of tensors.
        valid: the same to validate on after each epoch.
        epochs: times through the training windows, at most.
        batch_size: windows in a batch.
        lr: learning rate.
        loss: ``loss(model, batch) -> scalar tensor``.
        clip_norm: largest norm of all gradients together; None for any.
        patience: stop when the validation loss has not improved for so
            many epochs, and go back to the best weights. None trains to
            the end and keeps the last ones.
        optimizer: made as ``optimizer(parameters, lr=lr)``.
        on_step: ``on_step(step, model, loss)``, called at every step when
            the gradients are there, before they are clipped.
        seed: of the order of the windows.

    Returns:
        `History`.

    Raises:
        ValueError: if ``patience`` is set and ``valid`` is not.
        DivergedError: when a loss or a gradient is not finite.

    Source:
        Chapter 6.
    """
    _require.at_least(epochs, 1, name="epochs")
    if patience is not None and valid is None:
        raise ValueError("patience needs validation windows; pass valid.")
    if patience is not None:
        _require.at_least(patience, 1, name="patience")
    if clip_norm is not None and not clip_norm > 0:
        raise ValueError(
            f"clip_norm must be above 0, got {clip_norm}; None clips nothing."
        )
    history = History()
    generator = torch.Generator().manual_seed(seed)
    updates = optimizer(model.parameters(), lr=lr)
    best, weights, last_loss = float("inf"), None, None
    start = time.perf_counter()
    for epoch in trange(epochs, unit="epoch", leave=False):
        model.train()
        losses = []
        for batch in batches(train, batch_size, generator=generator):
            updates.zero_grad()
            value = loss(model, batch)
            if not torch.isfinite(value):
                raise DivergedError("loss", history.steps, last_loss)
            value.backward()
            if on_step is not None:
                on_step(history.steps, model, value.item())
            norm = torch.nn.utils.clip_grad_norm_(
                model.parameters(), clip_norm or float("inf")
            )
            if not torch.isfinite(norm):
                raise DivergedError("gradient", history.steps, last_loss)
            updates.step()
            history.steps += 1
            last_loss = value.item()
            losses.append(last_loss)
        history.train_loss.append(float(np.mean(losses)))
        if valid is not None:
            value = evaluate(model, valid, loss=loss)
            if not np.isfinite(value):
                raise DivergedError(
                    "validation loss", history.steps, last_loss
                )
            history.valid_loss.append(value)
            if value < best:
                best, history.best_epoch = value, epoch
                weights = copy.deepcopy(model.state_dict())
            elif patience and epoch - history.best_epoch >= patience:
                break
    if patience is not None and weights is not None:
        model.load_state_dict(weights)
    else:
        history.best_epoch = len(history.train_loss) - 1
    history.seconds = time.perf_counter() - start
    model.eval()
    return history


def evaluate(model, windows, *, loss=forecast_loss, batch_size=1024):
    """The loss over all windows, in evaluation mode, without a graph."""
    _require.same_number(windows, name="windows")
    model.eval()
    total = 0.0
    with torch.no_grad():
        for rows in torch.arange(len(windows[0])).split(batch_size):
            part = type(windows)(*(values[rows] for values in windows))
            total += loss(model, part).item() * len(rows)
    return total / len(windows[0])
