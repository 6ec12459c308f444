"""What a claim is: a statement, numbers over seeds, a verdict.

The interval is the 95 % interval of Student's t over the seeds. A
comparison's verdict follows from the interval of the difference within a
seed, a bound's from the mean, and from nothing else: a claim that fails
stays in the table as failed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95


def interval(values):
    """Mean and 95 % t-interval: (mean, low, high).

    One value, or values that are all the same, give an interval of width
    zero: such a number does not depend on the seed.

    >>> interval([2.0, 2.0, 2.0])
    (2.0, 2.0, 2.0)
    """
    values = np.asarray(values, dtype=float)
    mean = float(values.mean())
    if len(values) < 2 or np.ptp(values) == 0:
        return mean, mean, mean
    error = values.std(ddof=1) / np.sqrt(len(values))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1) * error)
    return mean, mean - half, mean + half


def show(values, digits=3):
    """Mean and interval as text, ``0.0284 [0.0271, 0.0297]``."""
    mean, low, high = interval(values)
    if low == high:
        return number(mean, digits)
    return (
        f"{number(mean, digits)} "
        f"[{number(low, digits)}, {number(high, digits)}]"
    )


def number(value, digits=3):
    """A number with so many significant digits, without an exponent.

    >>> number(0.0028449), number(1234.6)
    ('0.00284', '1235')
    """
    if value == 0 or not np.isfinite(value):
        return f"{value:g}"
    if not 1e-5 < abs(value) < 1e6:
        return f"{value:.{digits - 1}e}"
    places = max(0, digits - 1 - int(np.floor(np.log10(abs(value)))))
    return f"{value:.{places}f}"


@dataclass(frozen=True)
class Claim:
    """A statement that numbers decide.

    Attributes:
        id: short name, used by the pages.
        chapter: two digits.
        statement: one sentence, true if the verdict is "holds".
        setting: data, model and budget, as short as can be.
        experiment: function ``seed -> {name: number}``.
    """

    id: str
    chapter: str
    statement: str
    setting: str
    experiment: Callable

    def judge(self, runs):
        """Runs of the experiment -> dictionary with result and verdict.

        ``interval`` is that of the number, or for a comparison that of the
        difference which the claim says is above zero.
        """
        raise NotImplementedError("each kind of claim has its own judgement")


@dataclass(frozen=True)
class Below(Claim):
    """One alternative has a lower number than another.

    The verdict comes from the interval of the difference within a seed:
    it holds if the whole interval is on the right side of zero.

    Attributes:
        lower: name of the number that is claimed to be lower.
        higher: name of the other.
        factor: claimed ratio; 2 claims that ``lower`` is less than half.
    """

    lower: str
    higher: str
    factor: float = 1.0

    def judge(self, runs):
        """Compare the two within each seed."""
        low = np.array([run[self.lower] for run in runs])
        high = np.array([run[self.higher] for run in runs])
        gap = interval(high - self.factor * low)
        wins = int((self.factor * low < high).sum())
        return {
            "kind": "comparison",
            "result": f"{show(low)} against {show(high)}; "
            + (
                "no randomness"
                if np.ptp(low) == np.ptp(high) == 0
                else f"{wins} of {len(runs)} seeds"
            ),
            "verdict": _side_of_zero(gap),
            "interval": gap[1:],
            "by_seed": {
                self.lower: low.tolist(),
                self.higher: high.tolist(),
            },
            "values": {
                "mean": interval(low)[0],
                "low": interval(low)[1],
                "high": interval(low)[2],
                "against": interval(high)[0],
                "wins": wins,
            },
        }


@dataclass(frozen=True)
class AtMost(Claim):
    """A number lies at or below a bound, on the mean over seeds.

    Attributes:
        name: the number.
        bound: the bound that its mean must not exceed.
    """

    name: str
    bound: float

    def judge(self, runs):
        """Compare the mean with the bound."""
        values = [run[self.name] for run in runs]
        mean, low, high = interval(values)
        return {
            "kind": "value",
            "result": f"{show(values)}, bound {number(self.bound)}",
            "verdict": "holds" if mean <= self.bound else "does not hold",
            "interval": (low, high),
            "by_seed": {self.name: values},
            "values": {"mean": mean, "low": low, "high": high},
        }


@dataclass(frozen=True)
class Near(Claim):
    """A number equals an expected one to its printed digits.

    Attributes:
        name: the number.
        published: what was printed before, here or elsewhere.
        tolerance: half a unit of its last digit.
    """

    name: str
    published: float
    tolerance: float

    def judge(self, runs):
        """Compare every seed's number with the published one."""
        values = [run[self.name] for run in runs]
        off = max(abs(value - self.published) for value in values)
        mean, low, high = interval(values)
        return {
            "kind": "value",
            "result": f"{show(values, 4)}, expected {self.published:g}",
            "verdict": "holds" if off <= self.tolerance else "does not hold",
            "interval": (low, high),
            "by_seed": {self.name: values},
            "values": {"mean": mean, "low": low, "high": high},
        }


def _side_of_zero(gap):
    """The verdict of an interval of a difference that should be positive."""
    _, low, high = gap
    if low > 0:
        return "holds"
    return "does not hold" if high <= 0 else "undecided"
