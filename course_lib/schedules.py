"""Optimizers whose learning rate changes while they work.

Each is given to ``fit(..., optimizer=...)`` in place of plain Adam. It
leaves out all schedules but one. Chapter 3.
"""

import torch

from course_lib import _require


def one_cycle(n_steps, *, warm_up=0.1):
    """Adam whose learning rate rises to ``lr`` and then falls to nothing.

    A short warm-up, a long cosine: with a fixed number of steps it reaches
    a lower loss than a constant rate, and it ends when it is told to.

    Args:
        n_steps: weight updates in all; there can't be more.
        warm_up: the share of them in which the rate rises.

    Returns:
        An optimizer for ``fit``, ``optimizer(parameters, lr=lr)``.

    Source:
        Smith & Topin (2019), as ``torch.optim.lr_scheduler.OneCycleLR``.

    >>> make = one_cycle(100)
    >>> make([torch.nn.Parameter(torch.zeros(2))], lr=0.1).defaults["lr"]
    0.1
    """
    _require.at_least(n_steps, 1, name="n_steps")

    def make(parameters, lr):
        adam = torch.optim.Adam(parameters, lr=lr, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            adam, lr, total_steps=n_steps, pct_start=warm_up
        )
        done = 0

        def advance(*_):
            nonlocal done
            done += 1
            if done < n_steps:
                schedule.step()

        adam.register_step_post_hook(advance)
        return adam

    return make
