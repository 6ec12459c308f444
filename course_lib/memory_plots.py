"""Pictures of what a network remembers. Chapter 10."""

import numpy as np

from course_lib.plotting import FORECAST, OBSERVED, _axes

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def plot_influence(effects, one_hot, *, ax=None):
    """A row of symbols, each shaded by its effect on the answer.

    Args:
        effects: (T,), from `exchange_effect`.
        one_hot: (T, D), the symbols of one sequence.
        ax: the axes.
    """
    ax = _axes(ax)
    effects = np.asarray(effects)
    symbols = np.asarray(one_hot).argmax(axis=-1)
    shades = effects / effects.max()
    for t, (shade, symbol) in enumerate(zip(shades, symbols, strict=True)):
        ax.bar(t, 1, width=0.94, color=FORECAST, alpha=0.06 + 0.94 * shade)
        ax.text(
            t,
            0.5,
            LETTERS[symbol],
            ha="center",
            va="center",
            size=11 if len(symbols) < 30 else 7,
            color="white" if shade > 0.5 else OBSERVED,
        )
    ax.set_xlim(-0.6, len(symbols) - 0.4)
    ax.set_ylim(0, 1)
    ax.axis("off")
    return ax
