"""What a check lends to an answer and keeps to itself.

Some questions ask what is wrong with a black box. Under the trusted scorer
such a box stays in the trusted process: the answer gets something that
looks like it, and each use of it is asked for across the boundary. In a
notebook the box is handed out as it is.
"""

import builtins

import torch


def kept_back(build):
    """Mark the builder of a fixture that answers may use, not look into."""
    build.kept_back = True
    return build


class Lent:
    """Stands on the student's side for something that stayed behind.

    Args:
        ask: sends {"use", "name", "args", "kwargs"}, gives the plain reply.
        number: which of the things that were lent.
        name: of one of its methods, "" for itself.
    """

    def __init__(self, ask, number, name=""):
        self._ask, self._number, self._name = ask, number, name

    def __call__(self, *args, **kwargs):
        """Use it; gradients flow through as through a function."""
        leaves = reals((args, kwargs))
        wanted = torch.is_grad_enabled() and any(
            leaf.requires_grad for leaf in leaves
        )
        if not wanted:
            return self._used(args, kwargs)
        shape = []
        outputs = _Through.apply(self, args, kwargs, shape, *leaves)
        found = iter(outputs)
        return each(shape[0], lambda v: next(found) if _real(v) else v)

    def _used(self, args, kwargs, cotangents=None):
        request = {
            "use": self._number,
            "name": self._name,
            "args": args,
            "kwargs": kwargs,
        }
        if cotangents is not None:
            request["cotangents"] = cotangents
        reply = self._ask(request)
        if "error" in reply:
            kind = getattr(builtins, reply["error"]["type"], RuntimeError)
            raise kind(reply["error"]["text"])
        return reply["value"]

    def __getattr__(self, name):
        """One of its methods."""
        if name.startswith("_") or self._name:
            raise AttributeError(name)
        return Lent(self._ask, self._number, name)

    def __repr__(self):
        """No word about what it is."""
        return "a black box"


class _Through(torch.autograd.Function):
    """The gradient of a use: asked for across the boundary as well."""

    @staticmethod
    def forward(ctx, lent, args, kwargs, shape, *leaves):
        """Use it on values; the leaves stand in ``args`` and ``kwargs``."""
        ctx.lent, ctx.args, ctx.kwargs = lent, args, kwargs
        shape.append(lent._used(args, kwargs))
        return tuple(reals(shape[0]))

    @staticmethod
    def backward(ctx, *cotangents):
        """Gradients by the leaves, in their order."""
        grads = ctx.lent._used(ctx.args, ctx.kwargs, list(cotangents))
        return None, None, None, None, *grads


def gradients(function, args, kwargs, cotangents):
    """Vector-Jacobian products by all floating tensors among the arguments.

    Args:
        function: gives tensors, in containers or not.
        args: plain values.
        kwargs: the same, by name.
        cotangents: one for each floating tensor of the result.

    Returns:
        A list, None where nothing flows.
    """
    leaves = [leaf.requires_grad_() for leaf in reals((args, kwargs))]
    with torch.enable_grad():
        value = function(*args, **kwargs)
    pairs = [
        (output, weight.to(output.dtype))
        for output, weight in zip(reals(value), cotangents, strict=True)
        if output.requires_grad
    ]
    if not pairs:
        return [None] * len(leaves)
    return list(
        torch.autograd.grad(
            [output for output, _ in pairs],
            leaves,
            [weight for _, weight in pairs],
            allow_unused=True,
        )
    )


def each(value, change):
    """Apply to every leaf of nested tuples, lists and dicts."""
    if isinstance(value, tuple):
        return tuple(each(v, change) for v in value)
    if isinstance(value, list):
        return [each(v, change) for v in value]
    if isinstance(value, dict):
        return {k: each(v, change) for k, v in value.items()}
    return change(value)


def reals(value):
    """The floating tensors in it, in their order."""
    found = []
    each(value, lambda v: found.append(v) if _real(v) else None)
    return found


def _real(value):
    return isinstance(value, torch.Tensor) and value.is_floating_point()
