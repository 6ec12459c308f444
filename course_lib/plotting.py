"""Figures in one style: observed black, forecast blue, baseline grey.

Every function draws what it is given on ``ax``, the current axes if left
out, and returns the axes: no data is fetched here and no model is called.
Lines differ in colour and in dash or marker, so that colour alone never
carries the meaning.
"""

from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np

from course_lib import _require

OBSERVED = "#111111"
FORECAST = "#1f5fbf"
BASELINE = "#7a7f87"
# Further forecasts, in the order in which a figure needs them.
OTHERS = ("#b8560f", "#0f7f6e", "#8a3a9c", "#a3262a")
# One colour for one gate, in every figure of the course.
GATES = {
    "i": "#0f7f6e",
    "f": "#b8560f",
    "g": "#8a3a9c",
    "o": "#1f5fbf",
    "r": "#a3262a",
    "z": "#b8560f",
    "n": "#8a3a9c",
    "h": "#1f5fbf",
    "c": "#111111",
}
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))


def use_style():
    """Set the style for all figures that follow; in a notebook, as SVG."""
    plt.style.use(str(files("course_lib") / "course.mplstyle"))
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg")


def _axes(ax):
    return plt.gca() if ax is None else ax


def _line(values):
    """Values (n_steps,) or (n_steps, 1) as a line (n_steps,)."""
    values = np.asarray(values)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            "a line must have shape (n_steps,) or (n_steps, 1), got "
            f"{values.shape}; choose a feature with values[:, d]."
        )
    return values


def line_styles(names, *, baselines=()):
    """Colour and dash for each name: grey for baselines, blue comes first.

    Returns:
        Dictionary of keyword arguments for ``ax.plot`` by name.
    """
    for name in baselines:
        _require.one_of(name, list(names), name="a baseline")
    colours = iter((FORECAST, *OTHERS) * 4)
    dashes = iter(DASHES * 4)
    grey_dashes = iter(DASHES * 4)
    return {
        name: {"color": BASELINE, "linestyle": next(grey_dashes)}
        if name in baselines
        else {"color": next(colours), "linestyle": next(dashes)}
        for name in names
    }


def plot_series(values, *, dates=None, ax=None, **line):
    """One series: values (n_steps,) or (n_steps, 1), in observed black."""
    ax = _axes(ax)
    values = _line(values)
    x = np.arange(len(values)) if dates is None else _plain(dates)
    ax.plot(x, values, **{"color": OBSERVED, "linewidth": 1.2, **line})
    return ax


def _plain(dates):
    """Period dates as timestamps, which matplotlib understands."""
    return dates.to_timestamp() if hasattr(dates, "to_timestamp") else dates


def plot_forecast(
    inputs, targets=None, forecasts=None, *, baselines=(), ax=None
):
    """One window, what followed it, and what was forecast.

    Args:
        inputs: (T,) or (T, 1), the known steps.
        targets: (K,) or (K, 1), the truth behind them.
        forecasts: dictionary of (K,) or (K, 1) by name.
        baselines: the names to draw in grey.
        ax: the axes.
    """
    ax = _axes(ax)
    inputs = _line(inputs)
    ax.plot(
        range(1 - len(inputs), 1), inputs, color=OBSERVED, label="observed"
    )
    if targets is not None:
        targets = _line(targets)
        steps = range(1, len(targets) + 1)
        ax.plot(steps, targets, "o", color=OBSERVED, ms=4, label="truth")
    styles = line_styles(forecasts or {}, baselines=baselines)
    for name, values in (forecasts or {}).items():
        values = _line(values)
        # From the last known value on, so that the line has a beginning.
        ax.plot(
            range(len(values) + 1),
            [inputs[-1], *values],
            **styles[name],
            marker=".",
            label=name,
        )
    ax.axvline(0, color=BASELINE, linewidth=0.8)
    ax.set_xlabel("steps from the last known value")
    ax.legend()
    return ax


def plot_by_horizon(scores, *, baselines=(), ax=None):
    """Error against steps ahead, from the data frame of ``score``."""
    ax = _axes(ax)
    horizons = [column for column in scores.columns if column != "all"]
    styles = line_styles(scores.index, baselines=baselines)
    for name, row in scores[horizons].iterrows():
        ax.plot(horizons, row, **styles[name], marker=".", label=name)
    ax.set_xlabel("steps ahead")
    ax.set_ylabel("error")
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


def plot_scores(scores, *, reference=None, unit="error", ax=None):
    """Bars of one number by name; a reference is a line across them.

    Args:
        scores: mapping of numbers, or (low, mean, high) triples, by name.
        reference: name whose number becomes the line.
        unit: what the numbers are.
        ax: the axes.
    """
    ax = _axes(ax)
    names = list(scores)[::-1]
    triples = [np.broadcast_to(scores[name], 3) for name in names]
    means = [t[1] for t in triples]
    spread = [[t[1] - t[0] for t in triples], [t[2] - t[1] for t in triples]]
    colours = [BASELINE if name == reference else FORECAST for name in names]
    ax.barh(names, means, xerr=spread, color=colours, ecolor=OBSERVED)
    # On white, so that the line of the reference doesn't cross a number.
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    beside = {"xytext": (5, 0), "textcoords": "offset points", "bbox": paper}
    for y, (_, mean, high) in enumerate(triples):
        text = f"{mean:#.3g}".rstrip(".")
        ax.annotate(text, (high, y), va="center", zorder=3, **beside)
    if reference is not None:
        _require.one_of(reference, names, name="reference")
        ax.axvline(means[names.index(reference)], color=BASELINE, ls="--")
    ax.set_xlabel(unit)
    ax.margins(x=0.15)
    ax.grid(axis="y", visible=False)
    return ax


def plot_history(histories, *, log=True, ax=None):
    """Training loss by epoch, validation loss dashed, for runs by name."""
    ax = _axes(ax)
    colours = (FORECAST, *OTHERS) * 4
    for colour, (name, history) in zip(
        colours, histories.items(), strict=False
    ):
        epochs = range(1, len(history.train_loss) + 1)
        ax.plot(
            epochs, history.train_loss, color=colour, label=f"{name}, training"
        )
        if history.valid_loss:
            ax.plot(
                epochs,
                history.valid_loss,
                color=colour,
                linestyle="--",
                marker=".",
                label=f"{name}, validation",
            )
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    if log:
        ax.set_yscale("log")
    ax.legend()
    return ax


def plot_by_step(curves, *, xlabel="time step", ax=None, log=True):
    """One line for each name over the time steps, from step 0 on."""
    ax = _axes(ax)
    styles = line_styles(curves)
    for name, values in curves.items():
        ax.plot(np.asarray(values), **styles[name], label=name)
    ax.set_xlabel(xlabel)
    if log:
        ax.set_yscale("log")
    ax.legend()
    return ax
