"""What stays in the trusted process when a check lends it to an answer.

An answer that is to find out what a black box does must not look into it.
The box runs here, on plain values that the student's process sends, and
plain values go back.
"""

import importlib
import math
import time

from course_lib.checks.answers import Answer
from course_lib.checks.lent import each, gradients
from course_lib.checks.side import Boxed, Fixture, describe_error
from course_lib.checks.values import Handle, Kept, Refused, plain

MOST_NUMBERS = 50_000
DEEPEST = 8


class Lender:
    """What one grade cell has lent, and the uses that are made of it.

    Args:
        ask: sends a request to the student's process within so many
            seconds, for boxes that call what they are given.
    """

    def __init__(self, ask):
        self.ask, self.lent, self.depth = ask, [], 0

    def lend(self, value):
        """The same value, with a `Kept` for each thing that stays here."""
        return each(value, self._lend)

    def _lend(self, value):
        if isinstance(value, Boxed):
            thing = value.function
        elif isinstance(value, Fixture) and _kept_back(value.where):
            thing = value.build()
        else:
            return value
        self.lent.append(thing)
        return Kept(len(self.lent) - 1)

    def use(self, request, seconds):
        """Carry out a use; whatever the request holds, give a reply."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise Refused("a black box that calls itself, over and over")
            return {"value": plain(self._use(request, seconds), _refuse)}
        except Exception as error:
            return {"error": {**describe_error(error), "line": ""}}
        finally:
            self.depth -= 1

    def _use(self, request, seconds):
        if not 0 <= request["use"] < len(self.lent):
            raise Refused("nothing of that number is lent")
        function, name = self.lent[request["use"]], request["name"]
        if name:
            if not name.isidentifier() or name.startswith("_"):
                raise AttributeError(name)
            function = getattr(function, name)
        numbers, within = 0, _Within(self, seconds)

        def real(value):
            nonlocal numbers
            # Steps without a number take their time as well.
            sizes = getattr(value, "shape", ())
            numbers += math.prod(max(size, 1) for size in sizes)
            if numbers > MOST_NUMBERS:
                raise Refused(
                    f"more than {MOST_NUMBERS} numbers for a black box"
                )
            if isinstance(value, Handle):
                return Answer(
                    within,
                    ["handle", value.number],
                    value.kind,
                )
            return value

        args, kwargs = each((request["args"], request["kwargs"]), real)
        if "cotangents" in request:
            return gradients(function, args, kwargs, request["cotangents"])
        return function(*args, **kwargs)


class _Within:
    """A side that is asked within the time of the request around it.

    However often a box calls what it is given: all calls share that time.
    """

    def __init__(self, lender, seconds):
        self.lender, self.end = lender, time.monotonic() + seconds

    def ask(self, request):
        """As `course_lib.checks.side.Side.ask`."""
        left = self.end - time.monotonic()
        return self.lender.ask(request, left, self.lender)


def _kept_back(where):
    module, _, name = where.partition(".")
    found = importlib.import_module(f"course_lib.checks.{module}")
    return getattr(getattr(found, name), "kept_back", False)


def _refuse(value):
    raise Refused(f"a {type(value).__name__} stays with the check")
