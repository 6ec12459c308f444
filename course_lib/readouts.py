r"""What a layer's state holds, asked by least squares.

A readout is a linear model on the state. Solved exactly, it says what can
be read from a state without training the layer at all. Training the layer
is in `training`. Chapter 1.
"""

import torch

from course_lib import _require
from course_lib.baselines import LeastSquares


def last_states(recurrent, windows):
    """Windows whose input is what the layer says after the last step.

    Args:
        recurrent: a recurrent layer, used as it is.
        windows: `Windows` with inputs (N, T, D).

    Returns:
        The same windows with inputs (N, 1, H), without gradient.

    >>> from course_lib.cells import RNNCell
    >>> from course_lib.recurrent import Recurrent
    >>> from course_lib.windows import Windows
    >>> windows = Windows(torch.rand(50, 7, 3), torch.rand(50, 2, 1))
    >>> last_states(Recurrent(RNNCell(3, 5)), windows).inputs.shape
    torch.Size([50, 1, 5])
    """
    _require.sequences(windows.inputs, recurrent.input_size, name="inputs")
    with torch.no_grad():
        hs, _ = recurrent(windows.inputs)
    return windows._replace(inputs=hs[:, -1:])


class SolvedReadout:
    r"""A layer with the weights it has, and an output solved exactly.

    .. math:: \hat y = V h_T + c

    with :math:`V` and :math:`c` from least squares on the states. The
    layer's own weights are not touched: with random ones this is an echo
    state network.

    Args:
        recurrent: a recurrent layer.
        train: `Windows` to solve on.
        ridge: penalty on the squares of V.

    Source:
        Jaeger (2001); chapter 1.

    >>> from course_lib.cells import RNNCell
    >>> from course_lib.recurrent import Recurrent
    >>> from course_lib.windows import Windows
    >>> train = Windows(torch.rand(50, 7, 3), torch.rand(50, 2, 3))
    >>> model = SolvedReadout(Recurrent(RNNCell(3, 5)), train)
    >>> model(torch.rand(4, 7, 3)).shape
    torch.Size([4, 2, 3])
    """

    def __init__(self, recurrent, train, *, ridge=0.0):
        self.recurrent = recurrent
        self.solution = LeastSquares(
            last_states(recurrent, train), ridge=ridge
        )

    def __call__(self, inputs):
        """(B, T, D) -> (B, K, D)."""
        with torch.no_grad():
            hs, _ = self.recurrent(inputs)
        return self.solution(hs[:, -1:])


def memory_by_lag(recurrent, lags, *, n_steps=4000, scale=1.0, seed=0):
    r"""How well each past input can be read from the present state.

    The layer reads independent inputs from U(-scale, scale). For every lag
    k, a linear readout of :math:`h_t` is solved for :math:`x_{t-k}` on the
    first half of the steps and judged on the second:

    .. math:: r^2_k = \operatorname{corr}(V_k h_t + c_k, x_{t-k})^2

    Their sum over all lags is the memory capacity. It is at most H, since
    H numbers cannot hold more than H independent ones.

    Args:
        recurrent: a recurrent layer with one input, D = 1; a linear or
            tanh layer in float64 is what the theory is about.
        lags: number of lags; k runs from 0 to ``lags`` - 1.
        n_steps: steps in each half.
        scale: size of the inputs.
        seed: seed of the inputs.

    Returns:
        (lags,) tensor of squared correlations, each between 0 and 1.

    Source:
        Jaeger (2002); chapter 1.

    >>> from course_lib.cells import RNNCell
    >>> from course_lib.recurrent import Recurrent
    >>> memory_by_lag(Recurrent(RNNCell(1, 5)), 9, n_steps=100).shape
    torch.Size([9])
    """
    _require.at_least(lags, 1, name="lags")
    _require.at_least(n_steps, 2, name="n_steps")
    if recurrent.input_size != 1:
        raise ValueError(
            "memory is asked of one input, so the layer must have "
            f"input_size 1, got {recurrent.input_size}."
        )
    generator = torch.Generator().manual_seed(seed)
    before = lags + 100  # steps that only fill the state
    dtype = next(recurrent.parameters()).dtype
    x = torch.rand(before + 2 * n_steps, generator=generator, dtype=dtype)
    x = scale * (2 * x - 1)
    with torch.no_grad():
        hs, _ = recurrent(x[None, :, None])
    states = hs[0, before:].double()
    states = torch.cat([states, torch.ones_like(states[:, :1])], dim=1)
    past = x.double().unfold(0, lags, 1)[before - lags + 1 :].flip(1)
    # The states of a fading memory are nearly collinear: singular values,
    # not the normal equations.
    V = torch.linalg.lstsq(states[:n_steps], past[:n_steps], driver="gelsd")
    read = states[n_steps:] @ V.solution
    true = past[n_steps:]
    read, true = read - read.mean(0), true - true.mean(0)
    both = (read * true).sum(0) ** 2
    return both / ((read**2).sum(0) * (true**2).sum(0)).clamp_min(1e-300)
