"""Chapter 6: the simple recurrent network."""

import torch

from course_lib.baselines import LeastSquares, Naive
from course_lib.cells import RNNCell
from course_lib.claims import two_sines
from course_lib.claims.claim import Below
from course_lib.claims.el_nino import Data, calendar, trained
from course_lib.forecasters import DirectForecaster, LastOutput
from course_lib.initialisation import uniform_
from course_lib.recurrent import Recurrent


def single_neuron(seed):
    """One recurrent neuron whose output is the forecast: 3 parameters."""
    train, valid, _ = two_sines.windows(1)
    torch.manual_seed(seed)
    model = LastOutput(Recurrent(RNNCell(1, 1)))
    two_sines.train(model, train, seed=seed, lr=5e-3)
    return {
        "neuron": two_sines.error(model, valid),
        "naive": two_sines.error(Naive(1), valid),
        "exact_linear": two_sines.error(LeastSquares(train), valid),
    }


def one_layer(seed):
    """Twenty units and a linear output, from two initialisations."""
    train, valid, _ = two_sines.windows(1)
    numbers = {
        "naive": two_sines.error(Naive(1), valid),
        "exact_linear": two_sines.error(LeastSquares(train), valid),
    }
    for name in ("orthogonal", "torch_default"):
        torch.manual_seed(seed)
        cell = RNNCell(1, 20)
        if name == "torch_default":
            uniform_(cell)
        model = DirectForecaster(Recurrent(cell), horizon=1)
        two_sines.train(model, train, seed=seed)
        numbers[name] = two_sines.error(model, valid)
        # Trained on 50 steps, the same weights read fewer.
        for length in (5, 10, 20, 40):
            shorter = valid._replace(inputs=valid.inputs[:, -length:])
            numbers[f"{name}_{length}"] = two_sines.error(model, shorter)
    return numbers


def el_nino_one_month(seed):
    """One month ahead: a simple network against its strongest rivals."""
    data = Data(1)

    def network():
        return DirectForecaster(Recurrent(RNNCell(1, 24)), horizon=1)

    return {
        "rnn": trained(data, network, seed=seed),
        "ridge": data.error(data.ridge()),
        "sarima": data.error(data.sarima()),
        **calendar(data),
    }


_MONTH = "El Niño, one month ahead, mean absolute error in °C, 24 units"
_ONE = "two sine waves, one step ahead, published split and budget"

CLAIMS = [
    Below(
        "ch06-neuron-naive",
        "06",
        "One recurrent neuron with three parameters beats the naive forecast.",
        f"{_ONE}, learning rate 0.005",
        single_neuron,
        lower="neuron",
        higher="naive",
    ),
    Below(
        "ch06-neuron-linear",
        "06",
        "It loses to the exact linear model, by a factor of more than 3.",
        f"{_ONE}, learning rate 0.005",
        single_neuron,
        lower="exact_linear",
        higher="neuron",
        factor=3,
    ),
    Below(
        "ch06-layer-linear",
        "06",
        "One layer of 20 units beats the exact linear model.",
        _ONE,
        one_layer,
        lower="orthogonal",
        higher="exact_linear",
    ),
    Below(
        "ch06-initialisation",
        "06",
        "Glorot inputs, orthogonal recurrence and zero biases together beat "
        "torch's default.",
        _ONE,
        one_layer,
        lower="orthogonal",
        higher="torch_default",
    ),
    Below(
        "ch06-length-40",
        "06",
        "Trained on 50 steps and given 40, the layer has less than a quarter "
        "of the naive error.",
        _ONE,
        one_layer,
        lower="orthogonal_40",
        higher="naive",
        factor=4,
    ),
    Below(
        "ch06-length-20",
        "06",
        "Given 20, the layer that started from torch's default has a lower "
        "error than the one that started orthogonal.",
        _ONE,
        one_layer,
        lower="torch_default_20",
        higher="orthogonal_20",
    ),
    Below(
        "ch06-length-5",
        "06",
        "Given 5, the layer is worse than the naive forecast.",
        _ONE,
        one_layer,
        lower="naive",
        higher="orthogonal_5",
    ),
    Below(
        "ch06-month-naive",
        "06",
        "On a real series, the network has less than half the naive error.",
        _MONTH,
        el_nino_one_month,
        lower="rnn",
        higher="naive",
        factor=2,
    ),
    Below(
        "ch06-month-sarima",
        "06",
        "On a real series, the network beats SARIMA one month ahead.",
        _MONTH,
        el_nino_one_month,
        lower="rnn",
        higher="sarima",
    ),
    Below(
        "ch06-month-damped",
        "06",
        "Climatology with today's departure, fading, beats the network one "
        "month ahead.",
        _MONTH,
        el_nino_one_month,
        lower="damped",
        higher="rnn",
    ),
    Below(
        "ch06-month-ridge",
        "06",
        "On a real series, the network beats ridge one month ahead.",
        _MONTH,
        el_nino_one_month,
        lower="rnn",
        higher="ridge",
    ),
]
