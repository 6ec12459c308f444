"""Submissions that try to win, to break, or to look where they must not.

For the tests and for classes made for practice; a grader that gives one of
these a point that it did not earn has a hole.
"""

from course_lib.grading.hostile import (
    channel,
    endings,
    knowing,
    patches,
    reach,
    values,
)
from course_lib.grading.hostile.attacks import ATTACKS, SELF_HARM, Target
from course_lib.grading.hostile.forged import FORGERIES

__all__ = [
    "ATTACKS",
    "FORGERIES",
    "SELF_HARM",
    "Target",
    "channel",
    "endings",
    "knowing",
    "patches",
    "reach",
    "values",
]
