"""Input checks shared by the whole library: one place, one wording.

Every error is a ``ValueError`` that says what was expected, what came and
what to look at.
"""

from numbers import Integral

import numpy as np
import torch


def sequences(xs, features=None, *, name="xs"):
    """Raise unless ``xs`` has shape (B, T, D), with B, T and D at least 1."""
    sizes = tuple(getattr(xs, "shape", ()))
    expected = f"(B, T, D){f' with D={features}' if features else ''}"
    if len(sizes) != 3:
        hint = {
            2: "did you forget the feature axis? Try xs[..., None]",
            1: "one series of one feature is xs[None, :, None]",
        }.get(len(sizes), "batch first, then time, then features")
        raise ValueError(
            f"{name} must have shape {expected}, got {sizes}; {hint}."
        )
    if 0 in sizes:
        raise ValueError(
            f"{name} must have shape {expected} with no axis of length 0, "
            f"got {sizes}; check the slice that made it."
        )
    if features is not None and sizes[2] != features:
        raise ValueError(
            f"{name} must have shape {expected}, got {sizes}; the last axis "
            "holds the features. Are time and features swapped?"
        )


def series(values, *, name="series"):
    """Raise unless ``values`` has shape (n_steps, D)."""
    sizes = tuple(getattr(values, "shape", ()))
    if len(sizes) != 2:
        raise ValueError(
            f"{name} must have shape (n_steps, D), got {sizes}; one feature "
            "is series[:, None], and several series are cut one by one."
        )


def same_shape(forecast, target):
    """Raise unless the two shapes are equal: no silent broadcasting."""
    if tuple(forecast.shape) != tuple(target.shape):
        raise ValueError(
            f"forecast and target must have the same shape, got "
            f"{tuple(forecast.shape)} and {tuple(target.shape)}; "
            "broadcasting them would compare every series with every other."
        )


def finite(values, *, name):
    """Raise if ``values`` holds a NaN or an infinity."""
    array = values.detach() if isinstance(values, torch.Tensor) else values
    bad = ~np.isfinite(np.asarray(array))
    if bad.any():
        first = tuple(np.argwhere(bad)[0].tolist())
        raise ValueError(
            f"{name} must be finite, got {int(bad.sum())} NaN or infinite "
            f"value(s), the first at index {first}; "
            "fill or mask missing values first (course_lib.imputation)."
        )


def same_number(parts, *, name):
    """Raise unless all parts hold the same number of examples, 1 or more."""
    numbers = [len(part) for part in parts]
    if len(set(numbers)) != 1 or numbers[0] < 1:
        raise ValueError(
            f"{name} must have as many targets as inputs, at least one of "
            f"each, got {numbers}; were both cut from the same series?"
        )


def state_like(state, expected, *, name="the state"):
    """Raise unless a state has the type and the shapes of ``expected``."""
    if _describe(state) != _describe(expected):
        raise ValueError(
            f"{name} must be {_describe(expected)}, got {_describe(state)}; "
            "did it come from another kind of cell, or another batch size "
            "B? cell.initial_state(B) makes one that fits."
        )


def _describe(state):
    """Type and shapes of a state, to any depth."""
    if isinstance(state, torch.Tensor):
        return f"tensor {tuple(state.shape)}"
    if not isinstance(state, tuple):
        return type(state).__name__
    return f"{type(state).__name__}({', '.join(map(_describe, state))})"


def at_least(value, least, *, name):
    """Raise unless ``value`` is a whole number of at least ``least``."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(
            f"{name} must be a whole number of at least {least}, got "
            f"{value!r}."
        )


def one_of(value, allowed, *, name):
    """Raise unless ``value`` is among ``allowed``."""
    if value not in allowed:
        known = ", ".join(repr(a) for a in allowed)
        raise ValueError(f"{name} must be one of {known}; got {value!r}.")
