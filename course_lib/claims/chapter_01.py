"""Chapter 1: recurrent neurons and layers."""

import torch
from torch import nn

from course_lib.baselines import (
    Dense,
    LeastSquares,
    Naive,
    ridge_by_validation,
)
from course_lib.cells import RNNCell
from course_lib.claims.claim import AtMost, Below, Near
from course_lib.datasets import two_sine_waves
from course_lib.forecasters import DirectForecaster, LastOutput
from course_lib.gradients import spectral_radius
from course_lib.metrics import mse, predict
from course_lib.readouts import SolvedReadout, memory_by_lag
from course_lib.recurrent import Recurrent
from course_lib.training import fit
from course_lib.windows import Windows, split_examples, split_last

LENGTH = 50  # steps in a window


def _error(forecaster, windows):
    return mse(predict(forecaster, windows.inputs), windows.targets).item()


def _n_parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def _weighted_past(n, weights, *, noise, seed):
    """Windows whose target is a fixed weighted sum of their inputs.

    Args:
        n: windows N.
        weights: weight of the last input, of the one before it, ...
        noise: standard deviation of what is added to the targets.
        seed: seed of inputs and noise.
    """
    generator = torch.Generator().manual_seed(seed)
    inputs = 2 * torch.rand(n, LENGTH, 1, generator=generator) - 1
    weights = torch.as_tensor(weights)
    recent = inputs[:, -len(weights) :].flip(1)
    targets = (recent * weights[:, None]).sum(1, keepdim=True)
    error = torch.randn(targets.shape, generator=generator)
    return Windows(inputs, targets + noise * error)


LEAK = [0.2 * 0.8**k for k in range(LENGTH)]
DELAY = [0.0, 1.0]


def neuron_or_window(seed):
    """A linear neuron of three numbers against one weight for each step.

    60 windows to train on and 60 to choose a penalty or an epoch with; the
    2,000 test windows are without noise.
    """
    numbers = {}
    for task, weights in {"leak": LEAK, "delay": DELAY}.items():
        train, valid, test = (
            _weighted_past(n, weights, noise=noise, seed=3 * seed + part)
            for part, (n, noise) in enumerate(
                [(60, 0.1), (60, 0.1), (2000, 0)]
            )
        )
        ridge = ridge_by_validation(train, valid, [0.01, 0.1, 1, 10, 100])
        torch.manual_seed(seed)
        cell = RNNCell(1, 1, activation=nn.Identity())
        neuron = LastOutput(Recurrent(cell))
        with torch.no_grad():
            cell.h_to_gates.weight.fill_(0.5)  # 1 or -1 would not fade
        torch.manual_seed(seed)
        pair = DirectForecaster(
            Recurrent(RNNCell(1, 2, activation=nn.Identity())), horizon=1
        )
        with torch.no_grad():
            pair.recurrent.cell.h_to_gates.weight.mul_(0.5)
        numbers[f"{task}_window"] = _error(ridge, test)
        for name, model in {"neuron": neuron, "pair": pair}.items():
            fit(
                model,
                train,
                valid,
                epochs=100,
                batch_size=20,
                lr=3e-2,
                patience=20,
                seed=seed,
            )
            numbers[f"{task}_{name}"] = _error(model, test)
    return numbers


def _two_sines():
    """4,000 series of the two sine waves: 3,000 to train, 1,000 to judge."""
    series = torch.as_tensor(two_sine_waves(10_000, LENGTH + 1)[:4000])
    return split_examples(split_last(series, 1), 3000, 1000)


def untrained_layers(seed):
    """Random recurrent weights, and an output solved by least squares."""
    train, valid = _two_sines()
    numbers = {
        "naive": _error(Naive(1), valid),
        "exact_linear": _error(LeastSquares(train), valid),
    }
    for units in (5, 20, 100):
        torch.manual_seed(seed)
        layer = Recurrent(RNNCell(1, units))
        readout = SolvedReadout(layer, train)
        numbers[f"random_{units}"] = _error(readout, valid)
    return numbers


def equal_parameters(seed):
    """461 parameters in a layer that steps, 469 on the whole window."""
    train, valid = _two_sines()
    torch.manual_seed(seed)
    layer = DirectForecaster(Recurrent(RNNCell(1, 20)), horizon=1)
    torch.manual_seed(seed)
    dense = Dense((LENGTH, 1), (1, 1), hidden_sizes=[9])
    numbers = {
        "layer_parameters": _n_parameters(layer),
        "dense_parameters": _n_parameters(dense),
    }
    for name, model in {"layer": layer, "dense": dense}.items():
        fit(model, train, epochs=20, batch_size=64, lr=3e-3, seed=seed)
        numbers[name] = _error(model, valid)
    return numbers


def capacity(seed):
    """Memory capacity of 20 units, summed over 60 lags."""
    numbers = {}
    kinds = {"linear": nn.Identity(), "tanh": torch.tanh}
    for name, activation in kinds.items():
        torch.manual_seed(seed)
        cell = RNNCell(1, 20, activation=activation).double()
        with torch.no_grad():
            cell.h_to_gates.weight.mul_(0.95)
        layer = Recurrent(cell)
        numbers[name] = memory_by_lag(layer, 60, seed=seed).sum().item()
        small = memory_by_lag(layer, 60, scale=0.1, seed=seed)
        numbers[f"{name}_small"] = small.sum().item()
    torch.manual_seed(seed)
    gaussian = RNNCell(1, 20, activation=nn.Identity()).double()
    with torch.no_grad():
        W = nn.init.normal_(gaussian.h_to_gates.weight)
        W.mul_(0.95 / spectral_radius(W))
    layer = Recurrent(gaussian)
    numbers["gaussian"] = memory_by_lag(layer, 60, seed=seed).sum().item()
    return numbers


_LEAK = "60 windows of 50 random inputs; target: leaky average of them"
_DELAY = "60 windows of 50 random inputs; target: the last input but one"
_WAVES = "two sine waves, 3,000 series of 50 steps, one step ahead"
_MEMORY = "20 random units, independent inputs, squared correlation summed"

CLAIMS = [
    Below(
        "ch01-leak-neuron",
        "01",
        "One linear neuron with three numbers learns a leaky average better "
        "than ridge regression on the window.",
        _LEAK,
        neuron_or_window,
        lower="leak_neuron",
        higher="leak_window",
    ),
    Below(
        "ch01-leak-pair",
        "01",
        "Two linear neurons with an output do so, with less than a quarter "
        "of the error.",
        _LEAK,
        neuron_or_window,
        lower="leak_pair",
        higher="leak_window",
        factor=4,
    ),
    Below(
        "ch01-delay-neuron",
        "01",
        "One linear neuron is worse at a delay of one step than ridge "
        "regression, by a factor of more than 3.",
        _DELAY,
        neuron_or_window,
        lower="delay_window",
        higher="delay_neuron",
        factor=3,
    ),
    Below(
        "ch01-delay-pair",
        "01",
        "Two linear neurons learn the delay with less than a tenth of ridge "
        "regression's error.",
        _DELAY,
        neuron_or_window,
        lower="delay_pair",
        higher="delay_window",
        factor=10,
    ),
    Below(
        "ch01-equal",
        "01",
        "A recurrent layer beats a hidden layer on the whole window with as "
        "many parameters, trained alike.",
        f"{_WAVES}, 461 and 469 parameters, 20 epochs",
        equal_parameters,
        lower="layer",
        higher="dense",
    ),
    Near(
        "ch01-parameters",
        "01",
        "A layer of 20 units with a linear output has 461 parameters.",
        "counted",
        equal_parameters,
        name="layer_parameters",
        published=461,
        tolerance=0.5,
    ),
    Below(
        "ch01-random-naive",
        "01",
        "Twenty untrained units and a solved output have less than a third "
        "of the naive error.",
        _WAVES,
        untrained_layers,
        lower="random_20",
        higher="naive",
        factor=3,
    ),
    Below(
        "ch01-random-linear",
        "01",
        "A hundred untrained units and a solved output beat the exact linear "
        "model on the window.",
        _WAVES,
        untrained_layers,
        lower="random_100",
        higher="exact_linear",
    ),
    AtMost(
        "ch01-capacity",
        "01",
        "Twenty linear units remember no more than 20 inputs' worth.",
        _MEMORY,
        capacity,
        name="linear",
        bound=20,
    ),
    Below(
        "ch01-capacity-tanh",
        "01",
        "On inputs from -1 to 1, tanh units remember less than linear ones.",
        _MEMORY,
        capacity,
        lower="tanh",
        higher="linear",
    ),
    Below(
        "ch01-capacity-small",
        "01",
        "On inputs a tenth as large, tanh units remember more than on full "
        "ones.",
        _MEMORY,
        capacity,
        lower="tanh",
        higher="tanh_small",
    ),
    Below(
        "ch01-capacity-orthogonal",
        "01",
        "Orthogonal weights remember more than Gaussian ones of the same "
        "spectral radius.",
        f"{_MEMORY}; linear, radius 0.95",
        capacity,
        lower="gaussian",
        higher="linear",
    ),
]
