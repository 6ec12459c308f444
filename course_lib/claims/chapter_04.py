"""Chapter 4: backpropagation through time."""

import numpy as np
import torch
from torch import nn

from course_lib.baselines import Naive
from course_lib.bptt import (
    RNNWeights,
    numerical_gradient,
    relative_error,
    rnn_backward,
    rnn_forward,
)
from course_lib.bptt_mistakes import (
    MISTAKES,
    broken_backward,
    cosine,
    flatten,
)
from course_lib.cells import RNNCell
from course_lib.claims import two_sines
from course_lib.claims.claim import AtMost, Below
from course_lib.claims.memory import RECALL, UNITS, learn
from course_lib.datasets import two_sine_waves
from course_lib.forecasters import EveryStepForecaster
from course_lib.handwritten import HandWritten
from course_lib.recurrent import Recurrent
from course_lib.training import every_step_loss, fit
from course_lib.truncation import Truncated, saved_tensors
from course_lib.windows import split_examples, split_last


class Problem:
    """A tanh layer with a squared error at every step, all of it random.

    4 sequences of 20 steps with 3 features, 8 units.
    """

    def __init__(self, seed, dtype=np.float64):
        B, T, D, H = 4, 20, 3, 8
        rng = np.random.default_rng(seed)
        orthogonal, _ = np.linalg.qr(rng.normal(size=(H, H)))
        W_x = rng.normal(size=(H, D)) / np.sqrt(D)
        self.weights = RNNWeights(W_x, orthogonal, np.zeros(H))
        self.xs = rng.normal(size=(B, T, D))
        self.targets = rng.normal(size=(B, T, H))
        self.h0 = rng.uniform(-1, 1, size=(B, H))
        self.dtype = dtype

    def loss(self, weights):
        """Half the squared error, computed in the problem's dtype."""
        cast = [np.asarray(w, self.dtype) for w in weights]
        xs, h0, targets = (
            np.asarray(a, self.dtype) for a in (self.xs, self.h0, self.targets)
        )
        hs = rnn_forward(xs, h0, RNNWeights(*cast))
        return float(((hs - targets) ** 2).sum() / 2)

    def numerical(self, eps=1e-5):
        """Central differences of all weights, in one vector."""
        parts = []
        for name, values in self.weights._asdict().items():

            def moved(values, name=name):
                return self.loss(self.weights._replace(**{name: values}))

            parts.append(numerical_gradient(moved, values, eps=eps).ravel())
        return np.concatenate(parts)

    def by(self, backward):
        """The gradient that a backward pass gives, in one vector."""
        hs = rnn_forward(self.xs, self.h0, self.weights)
        dhs = hs - self.targets
        return flatten(backward(dhs, self.xs, self.h0, hs, self.weights))


def with_mistake(mistake):
    """The backward pass with one of the mistakes."""

    def backward(*arguments):
        return broken_backward(mistake, *arguments)

    return backward


def gradient_mistakes(seed):
    """Relative error and cosine of each mistake's gradient."""
    problem = Problem(seed)
    reference = problem.numerical()
    numbers = {"correct": relative_error(problem.by(rnn_backward), reference)}
    errors = {}
    for mistake in MISTAKES:
        wrong = problem.by(with_mistake(mistake))
        errors[mistake] = relative_error(wrong, reference)
        numbers[f"error: {mistake}"] = errors[mistake]
        numbers[f"cosine: {mistake}"] = cosine(wrong, reference).item()
    truncated = errors.pop("truncated to 5")
    numbers["smallest of the others"] = min(errors.values())
    numbers["truncated"] = truncated
    return numbers


STEPS = [10.0**-n for n in range(1, 9)]


def check_precision(seed):
    """Error of the central difference by step size and precision."""
    exact = Problem(seed).by(rnn_backward)
    errors = {
        dtype.__name__: [
            relative_error(Problem(seed, dtype).numerical(eps), exact)
            for eps in STEPS
        ]
        for dtype in (np.float64, np.float32)
    }
    return {
        "float64_1e-5": errors["float64"][4],
        "float64_1e-8": errors["float64"][7],
        "float64_1e-2": errors["float64"][1],
        "float32_1e-5": errors["float32"][4],
        "float32_best": min(errors["float32"]),
    }


def mistakes_in_training(seed):
    """Validation error of networks trained on wrong gradients."""
    series = torch.as_tensor(two_sine_waves(3000, 51))
    train, valid = split_examples(split_last(series, 1), 2000, 1000)
    numbers = {"naive": two_sines.error(Naive(1), valid)}
    passes = {"right": rnn_backward}
    passes |= {mistake: with_mistake(mistake) for mistake in MISTAKES}
    for name, backward in passes.items():
        torch.manual_seed(seed)
        layer = HandWritten(RNNCell(1, 20), backward)
        model = EveryStepForecaster(layer, horizon=1)
        fit(
            model,
            train,
            epochs=3,
            batch_size=32,
            lr=3e-3,
            loss=every_step_loss,
            seed=seed,
        )
        numbers[name] = two_sines.error(model, valid)
    return numbers


class ByHand(nn.Module):
    """A cell for `learn` that gradients reach through `HandWritten`.

    Args:
        cell: `RNNCell` with tanh.
        backward: function like `rnn_backward`.
    """

    def __init__(self, cell, backward):
        super().__init__()
        self.layer = HandWritten(cell, backward)
        self.input_size = cell.input_size
        self.hidden_size = cell.hidden_size

    def initial_state(self, batch_size):
        """The cell's."""
        return self.layer.cell.initial_state(batch_size)

    def unroll(self, xs, state):
        """(B, T, D) -> hs (B, T, H) and the last state."""
        return self.layer(xs, state)


RECALL_LAG = 15  # the right gradient solves it on every seed


def mistakes_in_recall(seed):
    """Share of first symbols not named, after training on wrong gradients.

    ``wrong`` is that at the end, ``best`` the smallest on the way, and
    ``steps`` are training steps, 300 at most.
    """
    passes = {"right": rnn_backward}
    passes |= {mistake: with_mistake(mistake) for mistake in MISTAKES}
    numbers = {}
    for name, backward in passes.items():

        def make(input_size, backward=backward):
            return ByHand(RNNCell(input_size, UNITS), backward)

        run = learn(
            RECALL, RECALL_LAG, make, seed=seed, lr=1e-2, max_steps=300
        )
        numbers[f"wrong: {name}"] = 1 - run.score
        numbers[f"best: {name}"] = 1 - max(run.scores)
        numbers[f"steps: {name}"] = run.steps
    return numbers


class LastValue:
    """An untrained network on the two sine waves, one step ahead.

    Args:
        seed: of the weights.
        gain: the recurrent matrix is so many times an orthogonal one.
    """

    def __init__(self, seed, gain=1.0, n_series=2000):
        H = 20
        rng = np.random.default_rng(seed)
        orthogonal, _ = np.linalg.qr(rng.normal(size=(H, H)))
        W_x = rng.uniform(-1, 1, size=(H, 1)) * np.sqrt(6 / (H + 1))
        self.weights = RNNWeights(W_x, gain * orthogonal, np.zeros(H))
        self.readout = rng.normal(size=(H, 1)) / np.sqrt(H)
        series = two_sine_waves(n_series, 51).astype(float)
        self.xs, self.y = series[:, :50], series[:, 50]

    def gradient(self, rows=None, window=None):
        """Of the mean squared error at the last step, over some series."""
        rows = slice(None) if rows is None else rows
        xs, y = self.xs[rows], self.y[rows]
        h0 = np.zeros((len(xs), len(self.readout)))
        hs = rnn_forward(xs, h0, self.weights)
        dhs = np.zeros_like(hs)
        error = hs[:, -1] @ self.readout - y
        dhs[:, -1] = 2 * error @ self.readout.T / len(xs)
        return flatten(
            rnn_backward(dhs, xs, h0, hs, self.weights, window=window)
        )


GAINS = {"05": 0.5, "10": 1.0, "15": 1.5}


def truncation_bias(seed):
    """Relative error of the truncated gradient, by gain and window."""
    numbers = {}
    for name, gain in GAINS.items():
        network = LastValue(seed, gain)
        whole = network.gradient()
        for window in (5, 10, 25):
            numbers[f"gain_{name}_window_{window}"] = relative_error(
                network.gradient(window=window), whole
            )
    return numbers


def noise_or_bias(seed):
    """Error of whole and truncated gradients, by the size of the batch."""
    network = LastValue(seed, n_series=4000)
    rng = np.random.default_rng(seed)
    target = network.gradient()
    numbers = {}
    for size, draws in ((8, 100), (512, 10)):
        errors = {"whole": [], "truncated": []}
        for _ in range(draws):
            rows = rng.choice(len(network.y), size, replace=False)
            for name, window in (("whole", None), ("truncated", 10)):
                errors[name].append(
                    relative_error(network.gradient(rows, window), target)
                )
        for name, values in errors.items():
            numbers[f"{name}_{size}"] = float(np.mean(values))
    return numbers


LAG = 20


def recall_truncated(seed):
    """Share of first symbols not named, after training by windows.

    ``steps`` are training steps, 300 at most.
    """
    numbers = {}
    for window in (LAG, 10, 5):

        def make(input_size, window=window):
            return Truncated(RNNCell(input_size, UNITS), window)

        run = learn(RECALL, LAG, make, seed=seed, lr=1e-2, max_steps=300)
        numbers[f"wrong_{window}"] = 1 - run.score
        numbers[f"steps_{window}"] = run.steps
    return numbers


def graph_memory(_):
    """Kilobytes that autograd keeps, for a sequence of 1,000 steps."""
    torch.manual_seed(0)
    cell = RNNCell(1, 20)
    xs = torch.randn(32, 1000, 1)
    with saved_tensors() as whole:
        hs, _ = Recurrent(cell)(xs)
        hs.square().mean().backward()
    with saved_tensors() as pieces:
        state = None
        for piece in xs.split(50, dim=1):
            state = state if state is None else state.detach()
            hs, state = Recurrent(cell)(piece, state)
            (hs.square().sum() / 640_000).backward()
    return {"whole": whole.peak / 1e3, "pieces": pieces.peak / 1e3}


_CHECK = "tanh layer, 8 units, 20 steps, squared error at every step"
_SINES = "two sine waves, one step ahead"
_RECALL = (
    f"recall over {RECALL_LAG} steps, 20 units, 300 steps of training at most"
)


def _worse_in_recall(name, mistake):
    """The claim that a mistake does harm in recall."""
    return Below(
        f"ch04-recall-{name}",
        "04",
        "In recall, the right gradient leaves less than half as many symbols "
        f"unnamed as the mistake '{mistake}'.",
        _RECALL,
        mistakes_in_recall,
        lower="wrong: right",
        higher=f"wrong: {mistake}",
        factor=2,
    )


def _worse_in_training(name, mistake, words):
    """The claim that a mistake does harm where windows are forecast."""
    return Below(
        f"ch04-trains-{name}",
        "04",
        f"The right gradient trains better than one {words}.",
        f"{_SINES}, 2,000 series, 3 epochs",
        mistakes_in_training,
        lower="right",
        higher=mistake,
    )


CLAIMS = [
    AtMost(
        "ch04-exact",
        "04",
        "The backward pass by hand agrees with finite differences to 1e-9.",
        f"{_CHECK}, float64, step 1e-5",
        gradient_mistakes,
        name="correct",
        bound=1e-9,
    ),
    Below(
        "ch04-smallest",
        "04",
        "Of the classic mistakes, truncation to 5 steps has the smallest "
        "relative error.",
        f"{_CHECK}, eight mistakes",
        gradient_mistakes,
        lower="truncated",
        higher="smallest of the others",
    ),
    Below(
        "ch04-step",
        "04",
        "A check with a step of 1e-5 is more exact than one with 1e-8.",
        f"{_CHECK}, float64",
        check_precision,
        lower="float64_1e-5",
        higher="float64_1e-8",
        factor=10,
    ),
    Below(
        "ch04-float32",
        "04",
        "The best of eight step sizes in float32 is 10,000 times worse than "
        "1e-5 in float64.",
        _CHECK,
        check_precision,
        lower="float64_1e-5",
        higher="float32_best",
        factor=1e4,
    ),
    _worse_in_training(
        "slope", "slope of the output", "with the slope of the output"
    ),
    _worse_in_training("truncated", "truncated to 5", "truncated to 5 steps"),
    _worse_in_training(
        "last",
        "last loss only",
        "of the last step's loss alone, where each step has one",
    ),
    _worse_in_training("state", "wrong state", "with the wrong state"),
    _worse_in_training(
        "transposed", "transposed gradient", "with its part for W_h transposed"
    ),
    _worse_in_training(
        "untransposed",
        "W_h not transposed",
        "that goes back through W_h not transposed",
    ),
    _worse_in_training(
        "overwritten", "overwritten", "that each step overwrites"
    ),
    _worse_in_training(
        "passed", "not passed on", "that never goes back a step"
    ),
    Below(
        "ch04-trains-naive",
        "04",
        "A network whose gradient never goes back a step has less than half "
        "the naive error.",
        f"{_SINES}, 2,000 series, 3 epochs",
        mistakes_in_training,
        lower="not passed on",
        higher="naive",
        factor=2,
    ),
    AtMost(
        "ch04-recall-right",
        "04",
        "The right gradient, by hand, learns to recall: at most 1 of 1,000 "
        "symbols is not named.",
        _RECALL,
        mistakes_in_recall,
        name="wrong: right",
        bound=1e-3,
    ),
    _worse_in_recall("overwritten", "overwritten"),
    _worse_in_recall("state", "wrong state"),
    _worse_in_recall("transposed", "transposed gradient"),
    _worse_in_recall("untransposed", "W_h not transposed"),
    _worse_in_recall("slope", "slope of the output"),
    _worse_in_recall("passed", "not passed on"),
    _worse_in_recall("truncated", "truncated to 5"),
    AtMost(
        "ch04-recall-last",
        "04",
        "In recall, with one loss at the last step, 'last loss only' is no "
        "mistake: at most 1 of 1,000 symbols is not named.",
        _RECALL,
        mistakes_in_recall,
        name="wrong: last loss only",
        bound=1e-3,
    ),
    Below(
        "ch04-recall-steps",
        "04",
        "The right gradient needs fewer steps of training until recall is "
        "solved than one with the wrong state.",
        _RECALL,
        mistakes_in_recall,
        lower="steps: right",
        higher="steps: wrong state",
    ),
    Below(
        "ch04-recall-back",
        "04",
        "With the slope of the output, training falls back: at its best less "
        "than half as many symbols are unnamed as at its end.",
        _RECALL,
        mistakes_in_recall,
        lower="best: slope of the output",
        higher="wrong: slope of the output",
        factor=2,
    ),
    Below(
        "ch04-bias-gain",
        "04",
        "Truncation to 5 steps costs a contracting layer (gain 0.5) less "
        "than a tenth of what it costs an orthogonal one.",
        f"{_SINES}, 20 units, untrained",
        truncation_bias,
        lower="gain_05_window_5",
        higher="gain_10_window_5",
        factor=10,
    ),
    Below(
        "ch04-noise",
        "04",
        "On a batch of 8 series, the gradient truncated to 10 steps is "
        "nearer to that of all 4,000 than the whole one.",
        f"{_SINES}, 20 units, untrained, mean of 100 batches",
        noise_or_bias,
        lower="truncated_8",
        higher="whole_8",
    ),
    Below(
        "ch04-bias",
        "04",
        "On a batch of 512 series, the whole gradient is nearer.",
        f"{_SINES}, 20 units, untrained, mean of 10 batches",
        noise_or_bias,
        lower="whole_512",
        higher="truncated_512",
    ),
    Below(
        "ch04-recall",
        "04",
        "Gradients through all 20 steps learn to recall what gradients "
        "through 5 do not: less than half as many wrong.",
        "recall over 20 steps, 20 units, 300 steps of training at most",
        recall_truncated,
        lower="wrong_20",
        higher="wrong_5",
        factor=2,
    ),
    Below(
        "ch04-memory",
        "04",
        "Pieces of 50 steps need less than a tenth of the memory that 1,000 "
        "steps at once need.",
        "20 units, batches of 32, kilobytes kept by autograd",
        graph_memory,
        lower="pieces",
        higher="whole",
        factor=10,
    ),
]
