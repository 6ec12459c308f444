"""The student's side of a check: does what is asked, gives back plain values.

In a notebook it lives in the same process as the check. Under the trusted
scorer it lives in the student's process, and only plain values cross. So
a check cannot tell which of the two it talks to. What can be asked:

    {"do": "get",  "target": ..., "path": [...]}
    {"do": "call", "target": ..., "path": [...], "args", "kwargs", "after"}
    {"do": "vjp",  ... as call, "cotangent", "parameters"}

``target`` is ["name", n] for a name of the notebook or ["handle", n]. The
reply has "value" and, for a call that asks for it, "after": the arguments
as the call left them. Or it has "error": kind, type, text and line. A "get"
marked "callable" is there to learn whether the name can be called, and is
left out by who knows it.
"""

import contextlib
import importlib
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from course_lib.checks.lent import Lent
from course_lib.checks.values import Handle, Kept, Refused, kind_of, plain


@dataclass(frozen=True)
class Fixture:
    """Something that the student's side builds to hand it to an answer.

    Attributes:
        where: "module.name" below ``course_lib.checks``.
        args: plain values for it.
        kwargs: the same, by name.
    """

    where: str
    args: tuple = ()
    kwargs: dict = field(default_factory=dict)

    def __repr__(self):
        # A message must not tell which of several it is.
        return f"<{self.where.rpartition('.')[2]}>"

    def build(self):
        """Call the named function of the checks' own modules."""
        module, _, name = self.where.partition(".")
        if not (module.isidentifier() and name.isidentifier()):
            raise Refused(f"a fixture named {self.where!r}")
        found = importlib.import_module(f"course_lib.checks.{module}")
        return getattr(found, name)(*self.args, **self.kwargs)


@dataclass(frozen=True)
class Boxed:
    """A function of a check's own cell, to be used by an answer.

    Attributes:
        function: takes plain values and gives plain values.
    """

    function: Callable

    def __repr__(self):
        # As for a fixture: no word about what it is.
        return "<a black box>"


class Side:
    """Carries out requests on the names of one notebook.

    Args:
        names: the notebook's dict of names.
        use: asks the check's process for a use of what it has lent.
    """

    def __init__(self, names, use=None):
        self.names, self.use = names, use
        self.kept = []

    def ask(self, request):
        """Carry out one request; whatever happens, give a reply."""
        try:
            with contextlib.redirect_stderr(sys.stdout):
                return getattr(self, f"_{request['do']}")(request)
        except (Exception, SystemExit) as error:
            return {"error": describe_error(error)}

    def _keep(self, value):
        for number, known in enumerate(self.kept):
            if known is value:
                return Handle(number, type(value).__name__)
        self.kept.append(value)
        return Handle(len(self.kept) - 1, type(value).__name__)

    def _flat(self, value):
        return plain(value, self._keep)

    def _target(self, request):
        kind, which = request["target"]
        if kind == "handle":
            value = self.kept[which]
        elif which in self.names:
            value = self.names[which]
        else:
            raise _Missing(which)
        for name in request["path"]:
            value = getattr(value, name)
        return value

    def _real(self, value):
        """A fresh copy with handles and fixtures replaced by what they are."""
        if isinstance(value, Handle):
            return self.kept[value.number]
        if isinstance(value, Fixture):
            return value.build()
        if isinstance(value, Boxed):  # in a notebook: its own check's
            return value.function
        if isinstance(value, Kept):
            return Lent(self._borrow, value.number)
        if isinstance(value, tuple | list):
            return type(value)(self._real(v) for v in value)
        if isinstance(value, dict):
            return {k: self._real(v) for k, v in value.items()}
        return self._flat(value)

    def _borrow(self, request):
        parts = ("args", "kwargs", "cotangents")
        flat = {k: self._flat(request[k]) for k in parts if k in request}
        return self.use({**request, **flat})

    def _get(self, request):
        return {"value": self._flat(self._target(request))}

    def _call(self, request):
        target = self._target(request)
        args, kwargs = (
            self._real(request["args"]),
            self._real(request["kwargs"]),
        )
        reply = {"value": self._flat(target(*args, **kwargs))}
        if request["after"]:
            reply["after"] = self._flat((args, kwargs))
        return reply

    def _vjp(self, request):
        target, leaves = self._target(request), []

        def leaf(value):
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                value.requires_grad_()
                leaves.append(value)
            return value

        args = _each(leaf, self._real(request["args"]))
        named = {}
        if request["parameters"]:
            named = dict(target.named_parameters())
        with torch.enable_grad():
            value = target(*args, **self._real(request["kwargs"]))
        outputs = _paired(value, request["cotangent"])
        grads = torch.autograd.grad(
            [output for output, _ in outputs],
            [*leaves, *named.values()],
            [weight.to(output.dtype) for output, weight in outputs],
            allow_unused=True,
        )
        of = {id(x): g for x, g in zip(leaves, grads, strict=False)}
        tail = grads[len(leaves) :]
        back = _each(lambda x: of.get(id(x)), args)
        return {
            "value": self._flat((back, dict(zip(named, tail, strict=True))))
        }


class _Missing(Exception):  # noqa: N818
    """A name that the notebook does not define."""


def _each(change, value):
    """Apply to every leaf of nested tuples, lists and dicts."""
    if isinstance(value, tuple | list):
        return type(value)(_each(change, v) for v in value)
    if isinstance(value, dict):
        return {k: _each(change, v) for k, v in value.items()}
    return change(value)


def _paired(value, cotangent):
    """(output, cotangent) pairs of tensors, to any depth; None skips."""
    if cotangent is None:
        return []
    if isinstance(cotangent, tuple | list):
        if not isinstance(value, tuple | list) or len(value) != len(cotangent):
            raise Refused(
                f"{kind_of(value)} where {len(cotangent)} values "
                "were asked for"
            )
        pairs = zip(value, cotangent, strict=True)
        return [pair for v, c in pairs for pair in _paired(v, c)]
    if not isinstance(value, torch.Tensor):
        raise Refused(f"{kind_of(value)} where a tensor was asked for")
    if tuple(value.shape) != tuple(cotangent.shape):
        raise Refused(
            f"shape {tuple(value.shape)} where {tuple(cotangent.shape)} was "
            "asked for"
        )
    return [(value, cotangent)]


def describe_error(error):
    """An error as plain values: kind, type, text, and the line it came from.

    Kinds are open, missing, refused, ungraded (no gradient flows), raised.
    """
    text, kind = str(error)[:500], "raised"
    if isinstance(error, NotImplementedError):
        kind = "open"
    elif isinstance(error, _Missing):
        kind = "missing"
    elif isinstance(error, Refused):
        kind = "refused"
    elif "does not require grad" in text:
        kind = "ungraded"
    return {
        "kind": kind,
        "type": type(error).__name__[:100],
        "text": text,
        "line": _line_of(error)[:200],
    }


def _line_of(error):
    """The innermost line of the student's own code, if there is one."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if "ipykernel_" in frame.filename
        or frame.filename.startswith(("<ipython-input", "<answer"))
    ]
    return (own[-1].line or "").strip() if own else ""
