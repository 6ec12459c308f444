"""Which inputs an answer depends on.

Two ways to ask: by the gradient, which says what a small change of an
input would do, and by exchanging an input for another that might have
stood there. Chapter 10.
"""

import torch

from course_lib import _require


def input_gradients(model, inputs, answer):
    r"""Size of an answer's gradient at each input.

    .. math:: \| \partial y / \partial x_t \|, \quad t = 1 \dots T

    Args:
        model: callable on inputs (B, T, D).
        inputs: (B, T, D).
        answer: ``answer(outputs) -> (B,)``, one number y per sequence.

    Returns:
        (B, T), without gradient.

    Source:
        Simonyan et al. (2014); chapter 10.

    >>> xs = torch.zeros(2, 7, 3)
    >>> input_gradients(lambda xs: xs, xs, lambda y: y[:, -1, 0]).sum(dim=1)
    tensor([1., 1.])
    """
    _require.sequences(inputs, name="inputs")
    inputs = inputs.detach().clone().requires_grad_()
    numbers = answer(model(inputs))
    if numbers.shape != inputs.shape[:1]:
        raise ValueError(
            "answer must return one number per sequence, shape "
            f"{(len(inputs),)}, got {tuple(numbers.shape)}."
        )
    (gradient,) = torch.autograd.grad(numbers.sum(), inputs)
    return gradient.norm(dim=-1)


def exchange_effect(model, inputs, others):
    """How much an answer changes when one input is exchanged.

    At each step in turn, the inputs of that step are taken from other
    sequences; everything else stays. Unlike a gradient, this asks about
    changes that can happen, and saturation does not hide them.

    Args:
        model: callable on inputs (B, T, D) with outputs (B, ...).
        inputs: (B, T, D).
        others: (B, T, D), sequences to take the exchanged steps from.

    Returns:
        (T,): mean absolute change of the outputs, by exchanged step.

    Source:
        Chapter 10.

    >>> xs, others = torch.zeros(2, 7, 3), torch.ones(2, 7, 3)
    >>> exchange_effect(lambda xs: xs[:, -1], xs, others)
    tensor([0., 0., 0., 0., 0., 0., 1.])
    """
    _require.sequences(inputs, name="inputs")
    _require.same_shape(others, inputs)
    with torch.no_grad():
        usual = model(inputs)
        effects = []
        for t in range(inputs.shape[1]):
            changed = inputs.clone()
            changed[:, t] = others[:, t]
            effects.append((model(changed) - usual).abs().mean())
    return torch.stack(effects)


def lag_of_share(influence, share):
    """Steps back at which an influence falls below a share of the last.

    Args:
        influence: (T,), by step; the last entry is the nearest one.
        share: number between 0 and 1.

    Returns:
        The smallest lag, 1 for the last step itself, whose influence is
        below ``share`` times that of the last step; T + 1 if there is none.

    >>> lag_of_share(torch.tensor([0.1, 0.3, 0.9, 1.0]), 0.5)
    3
    """
    back = torch.as_tensor(influence).flip(0)
    below = (back < share * back[0]).nonzero()
    return int(below[0].item()) + 1 if len(below) else len(back) + 1
