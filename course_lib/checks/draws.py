"""Random inputs of checks, the same for the same seed.

In a notebook the seed is 0, so a check that fails fails again. The scorer
sets a seed for each run and records it: inputs of hidden tests cannot be
known beforehand, and can be made again afterwards.
"""

import hashlib

import numpy as np
import torch

_seed = 0


def set_seed(seed):
    """Set the seed of all draws from now on."""
    global _seed
    _seed = int(seed)


def draws(label):
    """Random numbers of their own for each label.

    >>> draws("a").integer(0, 9) == draws("a").integer(0, 9)
    True
    """
    return Draws(f"{_seed} {label}")


def seed_of(label):
    """A seed of 31 bits, of its own for each label.

    >>> seed_of("a") == seed_of("b")
    False
    """
    return _number(label) % 2**31


def _number(label):
    digest = hashlib.sha256(label.encode()).digest()
    return int.from_bytes(digest[:8], "little")


class Draws:
    """A stream of random tensors and numbers."""

    def __init__(self, label):
        self._random = np.random.default_rng(_number(label))

    def normal(self, *shape, scale=1.0):
        """Standard normal float64 tensor times ``scale``."""
        return torch.from_numpy(
            np.asarray(self._random.normal(0, scale, shape))
        )

    def uniform(self, *shape, low=-1.0, high=1.0):
        """Uniform float64 tensor."""
        return torch.from_numpy(
            np.asarray(self._random.uniform(low, high, shape))
        )

    def integer(self, low, high):
        """A whole number from ``low`` to ``high``, both included."""
        return int(self._random.integers(low, high + 1))

    def distinct(self, n, low, high):
        """``n`` different whole numbers: sizes that cannot be confused."""
        chosen = self._random.permutation(np.arange(low, high + 1))[:n]
        return [int(v) for v in chosen]

    def shuffled(self, values):
        """The same values in a random order, as a list."""
        order = self._random.permutation(len(values))
        return [values[n] for n in order]

    def seed(self):
        """A seed for another generator."""
        return int(self._random.integers(2**31))
