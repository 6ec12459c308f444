"""Two sides timed in turns, so that both meet the same machine.

A machine speeds up, slows down and has other work. Two sides that are
measured one after the other meet different machines; here each round
measures every side once, the order alternates, and the sides are compared
within a round before anything is averaged.
"""

import math
import statistics
import time
from typing import NamedTuple


class Spread(NamedTuple):
    """The median and the two quartiles around it."""

    low: float
    median: float
    high: float


def spread(values):
    """Median and quartiles of some numbers.

    >>> spread([4.0, 1.0, 2.0, 3.0, 5.0])
    Spread(low=2.0, median=3.0, high=4.0)
    """
    values = list(values)
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    return Spread(*statistics.quantiles(values, n=4, method="inclusive"))


def ratios(ours, theirs):
    """Our seconds in terms of theirs, round by round.

    >>> ratios([1.0, 6.0], [2.0, 3.0])
    [0.5, 2.0]
    """
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def in_turns(sides, rounds, *, warm_up=1, after_round=lambda: None):
    """Measure every side once a round.

    Args:
        sides: name to a function that does the work once and returns the
            seconds that it took.
        rounds: rounds that count.
        warm_up: rounds before them that don't: caches, compilation.
        after_round: called after each round, to show progress.

    Returns:
        Name to the list of seconds, one for each round.

    >>> in_turns({"a": lambda: 1.0, "b": lambda: 2.0}, 2)
    {'a': [1.0, 1.0], 'b': [2.0, 2.0]}
    """
    seconds = {name: [] for name in sides}
    order = list(sides)
    for number in range(warm_up + rounds):
        for name in order:
            taken = sides[name]()
            if number >= warm_up:
                seconds[name].append(taken)
        order.reverse()
        after_round()
    return seconds


def clocked(work, *, at_least=0.0):
    """Turn work into a function that does it and returns its seconds.

    Args:
        work: function without arguments.
        at_least: do it so many times that one measurement lasts about so
            many seconds, and return the mean: short work, read off the
            clock once, would be mostly noise.
    """

    def seconds(times=1):
        start = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - start) / times

    if not at_least:
        return seconds
    seconds()  # the first call pays for what is set up once
    times = max(1, math.ceil(at_least / seconds()))
    return lambda: seconds(times)
