"""Pictures of what a network remembers. Chapter 10."""

import numpy as np

from course_lib.plotting import FORECAST, OBSERVED, _axes

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def plot_influence(effects, one_hot, *, row=28, ax=None):
    """Symbols in lines, as one reads, each shaded by its effect.

    Args:
        effects: (T,), from `exchange_effect`.
        one_hot: (T, D), the symbols of one sequence.
        row: symbols in a line; a longer sequence goes on in the next.
        ax: the axes.
    """
    ax = _axes(ax)
    effects = np.asarray(effects)
    symbols = np.asarray(one_hot).argmax(axis=-1)
    shades = effects / effects.max()
    for t, (shade, symbol) in enumerate(zip(shades, symbols, strict=True)):
        line, place = divmod(t, row)
        ax.bar(
            place,
            0.92,
            bottom=line - 0.46,
            width=0.92,
            color=FORECAST,
            alpha=0.06 + 0.94 * shade,
        )
        ax.text(
            place,
            line,
            LETTERS[symbol],
            ha="center",
            va="center",
            size=13,
            color="white" if shade > 0.85 else OBSERVED,
        )
    ax.set_xlim(-0.6, row - 0.4)
    ax.set_ylim(line + 0.54, -0.54)
    ax.axis("off")
    return ax
