"""Chapter 7: deep recurrent networks."""

import torch

from course_lib.baselines import LeastSquares
from course_lib.cells import RNNCell
from course_lib.claims import two_sines
from course_lib.claims.claim import AtMost, Below
from course_lib.claims.el_nino import MONTHS, Data, trained
from course_lib.forecasters import DirectForecaster, LastOutput
from course_lib.initialisation import uniform_
from course_lib.recurrent import Recurrent
from course_lib.stacking import Stack


def two_layers(horizon=1):
    """The published deep network: 20 and 20 units and a linear output."""
    cells = RNNCell(1, 20), RNNCell(20, 20)
    return DirectForecaster(Recurrent(Stack(*cells)), horizon=horizon)


def deep_alternatives(seed):
    """The same budget spent otherwise."""
    train, valid, _ = two_sines.windows(1)
    models = {}
    torch.manual_seed(seed)
    models["deep"] = two_layers()
    torch.manual_seed(seed)
    # 34 units have 1,259 parameters; 20 and 20 units have 1,281.
    models["wide"] = DirectForecaster(Recurrent(RNNCell(1, 34)), horizon=1)
    torch.manual_seed(seed)
    models["no_linear"] = LastOutput(
        Recurrent(Stack(RNNCell(1, 20), RNNCell(20, 20), RNNCell(20, 1)))
    )
    torch.manual_seed(seed)
    models["torch_default"] = two_layers()
    for cell in models["torch_default"].recurrent.cell.cells:
        uniform_(cell)
    numbers = {"exact_linear": two_sines.error(LeastSquares(train), valid)}
    for name, model in models.items():
        two_sines.train(model, train, seed=seed)
        numbers[name] = two_sines.error(model, valid)
    return numbers


def el_nino_depth(seed):
    """One, two and three layers of 24 units, twelve months ahead."""
    data = Data(12)
    numbers = {"ridge": data.error(data.ridge())}
    for layers in (1, 2, 3):

        def network(layers=layers):
            cells = [RNNCell(24 if n else 1, 24) for n in range(layers)]
            return DirectForecaster(Recurrent(Stack(*cells)), horizon=12)

        numbers[f"layers_{layers}"] = trained(data, network, seed=seed)
    return numbers


_ONE = "two sine waves, one step ahead, published split and budget"

CLAIMS = [
    AtMost(
        "ch07-deep-bound",
        "07",
        "Two layers of 20 units reach an error of 0.0029 or less on average.",
        _ONE,
        deep_alternatives,
        name="deep",
        bound=0.0029,
    ),
    Below(
        "ch07-deep-linear",
        "07",
        "Two layers beat the exact linear model one step ahead.",
        _ONE,
        deep_alternatives,
        lower="deep",
        higher="exact_linear",
    ),
    Below(
        "ch07-deep-wide",
        "07",
        "Two layers of 20 beat one layer of 34, with as many parameters.",
        _ONE,
        deep_alternatives,
        lower="deep",
        higher="wide",
    ),
    Below(
        "ch07-linear-output",
        "07",
        "A linear output beats a recurrent neuron as the last layer.",
        _ONE,
        deep_alternatives,
        lower="deep",
        higher="no_linear",
    ),
    Below(
        "ch07-initialisation",
        "07",
        "Glorot inputs, orthogonal recurrence and zero biases together beat "
        "torch's default.",
        _ONE,
        deep_alternatives,
        lower="deep",
        higher="torch_default",
    ),
    Below(
        "ch07-depth-2",
        "07",
        "On a real series, two layers beat one.",
        f"{MONTHS}, 24 units each",
        el_nino_depth,
        lower="layers_2",
        higher="layers_1",
    ),
    Below(
        "ch07-depth-3",
        "07",
        "On a real series, three layers beat one.",
        f"{MONTHS}, 24 units each",
        el_nino_depth,
        lower="layers_3",
        higher="layers_1",
    ),
]
