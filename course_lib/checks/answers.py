"""Answers as a check sees them: to be called, asked, read; nothing else.

A check may (1) call an answer with plain values and get plain values,
(2) ask for its vector-Jacobian product, (3) ask what it did to its
arguments and read plain attributes, (4) read a plain value.
"""

import sys
from typing import NamedTuple

from course_lib.checks import topic
from course_lib.checks.failures import CheckFailed, Open
from course_lib.checks.local import side_of
from course_lib.checks.side import Boxed, Fixture
from course_lib.checks.values import Handle, show


class Answer:
    """Stands for a function, class or object of the student's notebook.

    Calling it, or reading an attribute, gives a plain value, or another
    `Answer` for what is no plain value: ``cell = LeakyCell(2, 5)``, then
    ``cell(x, h)`` and ``cell.hidden_size``.
    """

    def __init__(self, side, target, label):
        self._side, self._target, self._label = side, target, label
        self._methods = {}

    def __call__(self, *args, **kwargs):
        """Call it with copies of plain values."""
        return _call(self, args, kwargs, after=False).value

    def __getattr__(self, name):
        """Read an attribute of it."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._methods:
            return self._methods[name]
        request = {"do": "get", "target": self._target, "path": [name]}
        asked = f"{self._label}.{name}"
        reply = _asked(self, request, lambda: asked)
        found = reply["value"]
        value = _wrapped(self, found, asked)
        # A method stays one; anything else may be another the next time.
        if isinstance(found, Handle) and found.kind == "method":
            self._methods[name] = value
        return value

    def __repr__(self):
        """How it is called in messages."""
        return f"<answer {self._label}>"


class Call(NamedTuple):
    """What one call gave, and the arguments as it left them."""

    value: object
    args: tuple
    kwargs: dict


def answer(name, *, see=None):
    """The answer of that name, to be called.

    Args:
        name: what the answer cell defines.
        see: the section of the book that messages point to.

    Raises:
        Open: when the notebook does not define it.
    """
    return _answer(_side_of_caller(), name, see)


def value(name, *, see=None):
    """The plain value that the answer cell left under that name.

    Raises:
        Open: when there is none, or None.
    """
    found = _answer(_side_of_caller(), name, see, read=True)
    if found is None:
        raise Open(name)
    return found


def _answer(side, name, see, read=False):
    topic.see = see
    request = {
        "do": "get",
        "target": ["name", name],
        "path": [],
        "callable": not read,
    }
    stand_in = Answer(side, ["name", name], name)
    found = _asked(stand_in, request, lambda: name)["value"]
    if found is Ellipsis or found is None:
        raise Open(name)
    if read:
        return _wrapped(stand_in, found, name)
    if not isinstance(found, Handle):
        raise CheckFailed(
            f"{name} can be called",
            got=f"{name} = {show(found)}",
            looks_like="a value where a function or a class was asked for; "
            "was its name used again for something else?",
            see=see,
        )
    return stand_in


def _side_of_caller():
    """The side of the notebook, or of the run, that the check stands in."""
    return side_of(sys._getframe(2).f_globals)


def call(answer, *args, **kwargs):
    """Call an answer; the result says what became of the arguments too."""
    return _call(answer, args, kwargs, after=True)


def vjp(answer, args, cotangent, *, kwargs=None, parameters=False):
    r"""Vector-Jacobian product of an answer: its gradient by the inputs.

    .. math:: \sum_i v_i \, \partial y_i / \partial x

    Args:
        answer: called with ``args``; gives a tensor, or a tuple of them.
        args: its arguments; gradients are taken by every floating tensor.
        cotangent: v, of the shape of the output; in a tuple, None skips.
        kwargs: its arguments by name; no gradients are taken by them.
        parameters: also by the parameters, if the answer is an nn.Module.

    Returns:
        Gradients in the place of ``args``, None where nothing flows; with
        ``parameters`` a pair of them and a dict by the parameters' names.
    """
    request = {
        "do": "vjp",
        "target": answer._target,
        "path": [],
        "args": tuple(args),
        "kwargs": kwargs or {},
        "cotangent": cotangent,
        "parameters": parameters,
    }

    def asked():
        return f"the gradient of {_called(answer, args, kwargs or {})}"

    of_args, of_named = _asked(answer, request, asked)["value"]
    return (of_args, of_named) if parameters else of_args


def fixture(where, *args, **kwargs):
    """Something built on the student's side, to be given to an answer.

    Args:
        where: "module.name": a function of ``course_lib.checks.module``.
        args: plain values for it.
        kwargs: the same, by name.
    """
    return Fixture(where, args, kwargs)


def black_box(function):
    """A function of the check's own cell, to be given to an answer.

    Under the trusted scorer it stays in the trusted process, as a fixture
    that is kept back. A hidden test can so hand out what was never
    published, where a fixture's builder can be read and compared with.

    Args:
        function: takes plain values and gives plain values.
    """
    return Boxed(function)


def _call(answer, args, kwargs, *, after):
    request = {
        "do": "call",
        "after": after,
        "target": answer._target,
        "path": [],
        "args": _unwrapped(args),
        "kwargs": _unwrapped(kwargs),
    }
    reply = _asked(answer, request, lambda: _called(answer, args, kwargs))
    left = reply.get("after") or ((), {})
    return Call(_wrapped(answer, reply["value"]), *left)


def _called(answer, args, kwargs):
    parts = [show(_unwrapped(a)) for a in args]
    parts += [f"{k}={show(_unwrapped(v))}" for k, v in kwargs.items()]
    return f"{answer._label}({', '.join(parts)})"


def _wrapped(answer, value, label=None):
    """Handles, to any depth, as answers of their own, named by their kind."""
    if isinstance(value, Handle):
        where = ["handle", value.number]
        return Answer(answer._side, where, label or value.kind)
    if isinstance(value, tuple | list):
        return type(value)(_wrapped(answer, v, label) for v in value)
    if isinstance(value, dict):
        return {k: _wrapped(answer, v, label) for k, v in value.items()}
    return value


def _unwrapped(value):
    if isinstance(value, Answer):
        kind, which = value._target
        if kind == "handle":
            return Handle(which, value._label)
        reply = value._side.ask(
            {"do": "get", "target": value._target, "path": []}
        )
        return reply["value"]
    if isinstance(value, tuple | list):
        return type(value)(_unwrapped(v) for v in value)
    if isinstance(value, dict):
        return {k: _unwrapped(v) for k, v in value.items()}
    return value


HINTS = {
    "NameError": "a name that this notebook does not define; were the cells "
    "above run, in their order?",
    "TypeError": "other arguments than the question names, or their order",
    "AttributeError": "an attribute or method that the question names is "
    "missing, or None is used as if it were a value",
    "IndexError": "an index beyond the end: count the steps on the example",
    "RecursionError": "a function that calls itself without an end",
}


def _asked(answer, request, described):
    """The side's reply, or the student's error as a message.

    Most calls succeed; what was asked is put into words only for the others.
    """
    reply = answer._side.ask(request)
    error = reply.get("error")
    if not error:
        return reply
    asked = described()
    name = answer._label.partition("(")[0]
    if error["kind"] in ("open", "missing"):
        raise Open(name if error["kind"] == "open" else error["text"])
    if error["kind"] == "refused":
        raise CheckFailed(
            asked,
            got=error["text"],
            looks_like="a value that no question asks for; return numbers, "
            "tensors, or lists and tuples of them",
            see=topic.see,
        )
    if error["kind"] == "ungraded":
        raise CheckFailed(
            asked,
            got="no gradient reaches the inputs",
            looks_like="a graph that is cut: detach(), item(), numpy() or "
            "torch.no_grad() on the way from the inputs to the output",
            see=topic.see,
        )
    at = f" in `{error['line']}`" if error["line"] else ""
    raise CheckFailed(
        asked,
        got=f"{error['type']}: {error['text']}{at}",
        looks_like=HINTS.get(error["type"], "the call stops with an error"),
        see=topic.see,
        status="error",
    )
