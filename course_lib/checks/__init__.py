"""What the cells that check an exercise call.

A check fails with at most six lines: what was asked, what came back, the
misconception that it looks like, the smallest example, the section to read
again. It works on functions, classes, objects and plain values, in the
notebook and across the process boundary of the grader. It is published
with the library, so it holds no solution.
"""

from course_lib.checks.answers import (
    Answer,
    Call,
    answer,
    black_box,
    call,
    fixture,
    value,
    vjp,
)
from course_lib.checks.assertions import (
    choice,
    close,
    fail,
    keeps_arguments,
    mapping,
    number,
    parts,
    require,
    tensor,
)
from course_lib.checks.draws import draws
from course_lib.checks.failures import CheckFailed, Open
from course_lib.checks.points import Tally
from course_lib.checks.properties import causal, independent, unread

__all__ = [  # noqa: RUF022  in the order of use
    "answer",
    "value",
    "call",
    "vjp",
    "fixture",
    "black_box",
    "draws",
    "tensor",
    "number",
    "parts",
    "mapping",
    "close",
    "choice",
    "require",
    "fail",
    "keeps_arguments",
    "causal",
    "independent",
    "unread",
    "Tally",
    "Answer",
    "Call",
    "CheckFailed",
    "Open",
]
