"""Partial credit: a cell that ends with its points and says why.

nbgrader takes the last expression of a grade cell as its points, and so
does the scorer.
"""

from course_lib.checks import topic
from course_lib.checks.failures import CheckFailed


class Tally:
    """Adds up the points of a cell's parts.

    Args:
        points: the points of the cell, as the notebook says them.

    >>> tally = Tally(2)
    >>> tally.add(1, True, "the sign")
    >>> tally.add(1, False, "the size", looks_like="a mean over the batch")
    >>> tally.points()
    not yet:    the size
    looks like: a mean over the batch
    1
    """

    def __init__(self, points):
        self.full, self.sum, self.notes = points, 0, []

    def add(self, points, earned, asked, got=None, *, looks_like=None):
        """Count a part, or keep the message of one that is not right."""
        if earned:
            self.sum += points
            return
        failure = CheckFailed(asked, got, looks_like=looks_like, see=topic.see)
        self.notes.append(str(failure))

    def bet(self, points, value, right, within, name, misconceptions):
        """Count a number that was predicted before the run.

        Args:
            points: what it is worth.
            value: the prediction.
            right: what comes out.
            within: the share by which it may be off.
            name: what was predicted.
            misconceptions: {text: (low, high)}; the first range that holds
                the prediction names its misconception.
        """
        looks_like = [
            text
            for text, (low, high) in misconceptions.items()
            if low <= value <= high
        ]
        self.add(
            points,
            abs(value - right) <= within * abs(right),
            f"a bet within {100 * within:.3g}%: {name}",
            f"{value:.4g}",
            looks_like=looks_like[0] if looks_like else None,
        )

    def points(self):
        """The points, after printing what is not right; the last line."""
        if not self.sum and self.notes:
            raise _nothing(self.notes)
        if self.notes:
            print(_six_lines(self.notes))
        # Thirds add up to a whole, whatever the rounding.
        return min(round(self.sum, 9), self.full)


def _six_lines(notes):
    lines = "\n".join(notes).split("\n")
    if len(lines) > 6:
        hidden = len(notes) - "\n".join(lines[:5]).count("not yet:")
        lines = [*lines[:5], f"and {max(hidden, 1)} more"]
    return "\n".join(lines)


def _nothing(notes):
    failure = CheckFailed("")
    failure.lines = _six_lines(notes).split("\n")
    failure.args = ("\n".join(failure.lines),)
    return failure
