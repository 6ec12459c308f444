"""Is a run healthy? What to log beside gradients, and how to read it back.

A vanishing gradient has several causes that look alike in its norm. The
states tell them apart: units that are off, and units at their limits.
Chapter 9.
"""

from pathlib import Path

import numpy as np
import torch
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)

from course_lib.gradients import GradientMonitor

SATURATED = 0.97  # |h| beyond which the slope of tanh, 1 - h², is below 0.06


class HealthMonitor(GradientMonitor):
    """`GradientMonitor` that also writes what the states look like.

    Beside its tags: ``state/saturated``, the share of outputs whose size is
    above 0.97, where tanh has lost 94 % of its slope, and
    ``state/silent``, the share of units that are 0 for all inputs at all
    steps.

    Args:
        log_dir: folder of the event file.
        inputs: (B, T, D), a few sequences to watch the states on.

    Source:
        Glorot & Bengio (2010) for watching saturation; chapter 9.
    """

    def __init__(self, log_dir, inputs):
        super().__init__(log_dir)
        self.inputs = inputs

    def __call__(self, step, model, loss):
        """Write one step: what ``fit`` calls."""
        super().__call__(step, model, loss)
        with torch.no_grad():
            hs, _ = model.recurrent(self.inputs)
        saturated = (hs.abs() > SATURATED).float().mean()
        silent = (hs == 0).all(dim=0).all(dim=0).float().mean()
        self.writer.add_scalar("state/saturated", saturated, step)
        self.writer.add_scalar("state/silent", silent, step)


def new_run(log_dir):
    """Make a folder for one run and take out older event files.

    TensorBoard reads all event files of a folder as one run: two runs in
    one folder become a curve that goes back on itself.

    Args:
        log_dir: the folder; nothing in it but event files is touched.

    Returns:
        The folder as a ``Path``.
    """
    folder = Path(log_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("events.out.tfevents.*"):
        path.unlink()
    return folder


def read_scalars(log_dir):
    """Read the event files of one run: what TensorBoard would draw.

    Args:
        log_dir: folder of the event files.

    Returns:
        Dictionary of two arrays, steps and values, by tag.

    Raises:
        ValueError: if the folder holds no event file.
    """
    folder = Path(log_dir)
    if not list(folder.glob("events.out.tfevents.*")):
        raise ValueError(
            f"{folder} must hold an event file, got none; was the monitor "
            "given this folder, and closed?"
        )
    # 0 keeps every step; TensorBoard's own default is a sample of 1,000.
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    events.Reload()
    scalars = {}
    for tag in events.Tags()["scalars"]:
        rows = events.Scalars(tag)
        scalars[tag] = (
            np.array([row.step for row in rows]),
            np.array([row.value for row in rows]),
        )
    return scalars
