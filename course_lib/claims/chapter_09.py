"""Chapter 9: unstable gradients, and what each remedy cures."""

import math

import torch
from torch import nn

from course_lib.cells import RNNCell
from course_lib.claims.claim import Below, Near
from course_lib.datasets import two_sine_waves
from course_lib.dropout import RecurrentDropout, StepwiseDropout
from course_lib.forecasters import DirectForecaster
from course_lib.gradients import gradient_flow, spectral_radius
from course_lib.initialisation import uniform_
from course_lib.jacobians import jacobian_norms
from course_lib.normalised_cells import (
    NormedRNNCell,
    StepwiseBatchNormRNNCell,
)
from course_lib.recurrent import Recurrent
from course_lib.seq2seq import SequenceToVector
from course_lib.stacking import LayerNormRNNCell, Stack
from course_lib.tasks import leaky_sum, recall_task
from course_lib.training import (
    DivergedError,
    evaluate,
    fit,
    forecast_loss,
)
from course_lib.windows import split_examples, split_last

ADAM, SGD = torch.optim.Adam, torch.optim.SGD


def scaled(cell, gain):
    """Multiply a cell's recurrent weights; returns the cell."""
    with torch.no_grad():
        cell.h_to_gates.weight.mul_(gain)
    return cell


def _relu(gain=1.0, size=32):
    return scaled(RNNCell(1, size, activation=torch.relu), gain)


def _normed(gain=1.0, size=32):
    return scaled(NormedRNNCell(1, size, nn.LayerNorm(size)), gain)


def gradient_sizes(seed):
    """log10 of the norm of dh_100/dh_0, for ways to start a network."""
    xs = torch.as_tensor(two_sine_waves(4, 101))[:, :100]
    makers = {
        "tanh": lambda: RNNCell(1, 32),
        "tanh_1_5": lambda: scaled(RNNCell(1, 32), 1.5),
        "tanh_2": lambda: scaled(RNNCell(1, 32), 2.0),
        "relu": _relu,
        "relu_1_5": lambda: _relu(1.5),
        "torch_default": lambda: RNNCell(1, 32),
        "normed": _normed,
        "normed_2": lambda: _normed(2.0),
    }
    numbers = {}
    for name, make in makers.items():
        torch.manual_seed(seed)
        cell = make()
        if name == "torch_default":
            uniform_(cell)
            W_h = cell.h_to_gates.weight
            numbers["torch_radius"] = spectral_radius(W_h)
        norm = jacobian_norms(cell, xs)[:, -1].median().item()
        numbers[name] = math.log10(norm)
        with torch.no_grad():
            size = Recurrent(cell)(xs)[0][:, -1].norm(dim=1).median()
        numbers[f"{name}_state"] = math.log10(size.item())
    return numbers


class _Waves:
    """A small task, one step ahead: who survives which training."""

    def __init__(self, seed):
        self.seed = seed
        series = torch.as_tensor(two_sine_waves(2024, 51))
        self.train, self.valid, self.test = split_examples(
            split_last(series, horizon=1), 1024, 500, 500
        )

    def run(self, make, lr, *, optimizer=SGD, clip_norm=None, **hooks):
        """Train; errors on valid and test, updates done, largest norm."""
        torch.manual_seed(self.seed)
        model = DirectForecaster(Recurrent(make()), horizon=1)
        steps, clip_value = [], hooks.get("clip_value")

        def on_step(step, model, _):
            steps.append(step)
            if clip_value is not None:
                nn.utils.clip_grad_value_(model.parameters(), clip_value)

        try:
            fit(
                model,
                self.train,
                epochs=10,
                batch_size=64,
                lr=lr,
                optimizer=optimizer,
                clip_norm=clip_norm,
                loss=hooks.get("loss", forecast_loss),
                on_step=on_step,
                seed=self.seed,
            )
        except DivergedError as error:
            return {"valid": math.inf, "test": math.inf, "steps": error.step}
        return {
            "valid": evaluate(model, self.valid),
            "test": evaluate(model, self.test),
            "steps": len(steps),
        }

    def best(self, runs):
        """Test error of the run that was best on the validation part."""
        return min(runs, key=lambda run: run["valid"])["test"]


def clipping(seed):
    """The same network at a high rate: unclipped, and clipped two ways."""
    waves = _Waves(seed)

    def cell():
        return RNNCell(1, 20)

    by_norm = [waves.run(cell, 1.0, clip_norm=c) for c in (0.03, 0.1)]
    by_value = [waves.run(cell, 1.0, clip_value=c) for c in (0.005, 0.02)]
    slow = [waves.run(cell, lr) for lr in (0.1, 0.3)]
    return {
        "plain_steps": waves.run(cell, 1.0)["steps"],
        "norm_steps": by_norm[-1]["steps"],
        "norm": waves.best(by_norm),
        "value": waves.best(by_value),
        "slow": waves.best(slow),
    }


def layer_norm(seed):
    """Layer norm where weights are large, where the rate is, and in peace."""
    waves = _Waves(seed)

    def plain(gain=1.0):
        return scaled(RNNCell(1, 20), gain)

    def normed(gain=1.0):
        return _normed(gain, size=20)

    large = waves.run(lambda: plain(2.0), 0.05)["test"]
    normed_large = waves.run(lambda: normed(2.0), 0.05)["test"]
    return {
        # An error that is not finite counts as the largest finite one.
        "large": math.log10(min(large, 1e30)),
        "normed_large": math.log10(normed_large),
        "plain_steps": waves.run(plain, 1.0)["steps"],
        "normed_steps": waves.run(normed, 1.0)["steps"],
        "plain": waves.run(plain, 1e-2, optimizer=ADAM)["test"],
        "normed": waves.run(normed, 1e-2, optimizer=ADAM)["test"],
    }


def small_gradients(seed):
    """A loss, and the same loss divided by 10,000, with two optimizers."""
    waves = _Waves(seed)

    def faint(model, batch):
        return 1e-4 * forecast_loss(model, batch)

    def error(lr, optimizer):
        return waves.run(
            lambda: RNNCell(1, 20), lr, optimizer=optimizer, loss=faint
        )["test"]

    return {"sgd": error(0.1, SGD), "adam": error(1e-2, ADAM)}


class _EveryStep(nn.Module):
    """A recurrent layer with a linear output at every step."""

    def __init__(self, cell):
        super().__init__()
        self.recurrent = Recurrent(cell)
        self.h_to_output = nn.Linear(cell.hidden_size, 1)

    def forward(self, xs):
        return self.h_to_output(self.recurrent(xs)[0])


def _unexplained(model, data, *, batch_size=None):
    """Error as a share of the variance; in training mode with a batch."""
    model.train(batch_size is not None)
    with torch.no_grad():
        parts = data.inputs.split(batch_size or len(data.inputs))
        outputs = torch.cat([model(part) for part in parts])
    error = (outputs - data.targets).square().mean()
    return (error / data.targets.var()).item()


def _leaky(make, decay, seed):
    """A network that has learnt a leaky sum of 20 steps, and test data."""
    torch.manual_seed(seed)
    model = _EveryStep(make())
    train = leaky_sum(3200, 20, decay=decay, seed=seed)
    fit(
        model,
        train,
        epochs=4,
        batch_size=32,
        lr=3e-3,
        clip_norm=1.0,
        seed=seed,
    )
    test = leaky_sum(256, 20, decay=decay, seed=1000 + seed)
    return model, test


def _batch_normed():
    return NormedRNNCell(1, 32, nn.BatchNorm1d(32))


def _stepwise():
    return StepwiseBatchNormRNNCell(1, 32, n_steps=20)


def batch_norm(seed):
    """Batch norm and layer norm on a sum that drifts with the steps."""
    numbers = {}
    for name, make in (
        ("batch", _batch_normed),
        ("stepwise", _stepwise),
        ("layer", _normed),
    ):
        model, test = _leaky(make, 0.95, seed)
        numbers[name] = _unexplained(model, test)
        if name == "batch":
            # Training mode moves the running averages: evaluate first.
            numbers["batch_train"] = _unexplained(model, test, batch_size=32)
    return numbers


def norms_on_a_leak(seed):
    """A sum that settles: longer tests, small batches, where the norm is."""
    makers = {
        "none": lambda: RNNCell(1, 32),
        "layer": _normed,
        "separate": lambda: LayerNormRNNCell(1, 32),
        "stepwise": _stepwise,
    }
    numbers = {}
    for name, make in makers.items():
        model, test = _leaky(make, 0.8, seed)
        numbers[name] = _unexplained(model, test)
        if name in ("layer", "stepwise"):
            longer = leaky_sum(128, 200, decay=0.8, seed=2000 + seed)
            numbers[f"{name}_long"] = _unexplained(model, longer)
        if name == "stepwise":
            numbers["stepwise_two"] = _unexplained(model, test, batch_size=2)
    return numbers


def _recalled(make, seed, *, clip_norm=1.0):
    """Share of first symbols named after 40 steps; a guess has 0.25."""
    torch.manual_seed(seed)
    model = SequenceToVector(Recurrent(make()), 4)

    def loss(model, batch):
        return nn.functional.cross_entropy(model(batch.inputs), batch.targets)

    train = recall_task(300 * 32, 40, seed=seed)
    fit(
        model,
        train,
        epochs=1,
        batch_size=32,
        lr=3e-3,
        clip_norm=clip_norm,
        loss=loss,
        seed=seed,
    )
    test = recall_task(1000, 40, seed=1000 + seed)
    with torch.no_grad():
        named = model(test.inputs).argmax(dim=1)
    return (named == test.targets).double().mean().item()


def recall_40(seed):
    """Which remedy lets a simple network remember one symbol."""

    def plain():
        return RNNCell(4, 20)

    def normed():
        return NormedRNNCell(4, 20, nn.LayerNorm(20))

    def identity():
        cell = RNNCell(4, 20)
        nn.init.eye_(cell.h_to_gates.weight.data)
        return cell

    return {
        "unclipped": _recalled(plain, seed, clip_norm=None),
        "clipped": _recalled(plain, seed),
        "normed": _recalled(normed, seed),
        "identity": _recalled(identity, seed),
    }


def recall_reach(seed):
    """log10 of what reaches the first of 40 symbols, before training."""
    xs = recall_task(64, 40).inputs
    numbers = {}
    for name, make in (
        ("plain", lambda: RNNCell(4, 20)),
        ("normed", lambda: NormedRNNCell(4, 20, nn.LayerNorm(20))),
    ):
        torch.manual_seed(seed)
        flow = gradient_flow(make(), xs)
        numbers[name] = math.log10(flow[1] / flow[-1])
    return numbers


def _noisy_waves(n, seed):
    """Sums of two sines with much noise: easy to learn by heart."""
    generator = torch.Generator().manual_seed(seed)
    t = torch.arange(31.0)
    f = 0.1 + 0.4 * torch.rand(n, 2, 1, generator=generator)
    o = 2 * math.pi * torch.rand(n, 2, 1, generator=generator)
    noise = 0.4 * torch.randn(n, 31, generator=generator)
    return split_last((torch.sin(f * t + o).sum(1) + noise)[..., None], 1)


def dropout(seed):
    """Sixteen series, two layers of 32, half of something dropped."""
    train, test = _noisy_waves(16, seed), _noisy_waves(512, 1000)

    def stack(wrap, between=0.0):
        cells = wrap(RNNCell(1, 32)), wrap(RNNCell(32, 32))
        return Stack(*cells, dropout=between)

    makers = {
        "none": lambda: stack(lambda cell: cell),
        "between": lambda: stack(lambda cell: cell, between=0.5),
        "one_mask": lambda: stack(lambda cell: RecurrentDropout(cell, 0.5)),
        "new_masks": lambda: stack(lambda cell: StepwiseDropout(cell, 0.5)),
    }

    def error(make, **stopping):
        torch.manual_seed(seed)
        model = DirectForecaster(Recurrent(make()), horizon=1)
        fit(
            model,
            train,
            epochs=100,
            batch_size=16,
            lr=3e-3,
            clip_norm=1.0,
            seed=seed,
            **stopping,
        )
        return evaluate(model, test)

    numbers = {name: error(make) for name, make in makers.items()}
    valid = _noisy_waves(64, 2000 + seed)
    numbers["stopped"] = error(makers["none"], valid=valid, patience=10)
    return numbers


_PRODUCT = "32 units, untrained, 100 steps of two sine waves; log10"
_WAVES = "two sine waves, one step ahead, 20 units, 160 updates"
_SGD = f"{_WAVES} of SGD"
_DRIFT = "leaky sum (0.95), 20 steps, 32 units, 400 updates; share of variance"
_LEAK = _DRIFT.replace("0.95", "0.8")
_RECALL = "first of 4 symbols after 40 steps, 20 units, 300 updates of Adam"
_REACH = "first of 40 symbols, 20 units, untrained; log10 of its share"
_NOISY = "16 noisy series, two layers of 32, 100 updates of Adam"
CLAIMS = [
    Near(
        "ch09-radius",
        "09",
        "Torch's default has a spectral radius of about the root of 1/3.",
        "32 units, untrained",
        gradient_sizes,
        name="torch_radius",
        published=0.577,
        tolerance=0.1,
    ),
    Below(
        "ch09-start",
        "09",
        "Orthogonal recurrent weights keep a larger gradient over 100 steps "
        "than torch's default.",
        _PRODUCT,
        gradient_sizes,
        lower="torch_default",
        higher="tanh",
    ),
    Below(
        "ch09-relu-vanishes",
        "09",
        "With the same orthogonal weights, ReLU keeps less of the gradient "
        "than tanh.",
        _PRODUCT,
        gradient_sizes,
        lower="relu",
        higher="tanh",
    ),
    Below(
        "ch09-relu-grows",
        "09",
        "With weights 1.5 times as large, ReLU's gradient grows beyond "
        "tanh's.",
        _PRODUCT,
        gradient_sizes,
        lower="tanh_1_5",
        higher="relu_1_5",
    ),
    Below(
        "ch09-relu-state",
        "09",
        "With weights 1.5 times as large, ReLU's state grows beyond tanh's.",
        _PRODUCT,
        gradient_sizes,
        lower="tanh_1_5_state",
        higher="relu_1_5_state",
    ),
    Below(
        "ch09-norm-start",
        "09",
        "With orthogonal weights, layer norm leaves a larger gradient than "
        "tanh alone.",
        _PRODUCT,
        gradient_sizes,
        lower="tanh",
        higher="normed",
    ),
    Below(
        "ch09-norm-gain",
        "09",
        "With twofold weights, layer norm leaves less gradient growth than "
        "tanh alone.",
        _PRODUCT,
        gradient_sizes,
        lower="normed_2",
        higher="tanh_2",
    ),
    Below(
        "ch09-clip-survives",
        "09",
        "At a rate of 1, training without clipping ends before training "
        "with it.",
        _SGD,
        clipping,
        lower="plain_steps",
        higher="norm_steps",
    ),
    Below(
        "ch09-clip-slow",
        "09",
        "A lower rate without clipping beats a rate of 1 with clipping.",
        _SGD,
        clipping,
        lower="slow",
        higher="norm",
    ),
    Below(
        "ch09-clip-value",
        "09",
        "Clipping by norm beats clipping by value.",
        f"{_SGD}, rate 1, best of two thresholds each",
        clipping,
        lower="norm",
        higher="value",
    ),
    Below(
        "ch09-adam-faint",
        "09",
        "On a loss divided by 10,000, Adam beats SGD.",
        _WAVES,
        small_gradients,
        lower="adam",
        higher="sgd",
    ),
    Below(
        "ch09-norm-large",
        "09",
        "With twofold recurrent weights, layer norm ends with the lower "
        "error.",
        f"{_SGD}, rate 0.05; log10 of the error",
        layer_norm,
        lower="normed_large",
        higher="large",
    ),
    Below(
        "ch09-norm-rate",
        "09",
        "At a rate of 1, layer norm survives longer than tanh alone.",
        _SGD,
        layer_norm,
        lower="plain_steps",
        higher="normed_steps",
    ),
    Below(
        "ch09-norm-peace",
        "09",
        "Where nothing is wrong, layer norm lowers the error.",
        f"{_WAVES} of Adam, rate 0.01",
        layer_norm,
        lower="normed",
        higher="plain",
    ),
    Below(
        "ch09-batch-drift",
        "09",
        "Batch norm with one set of averages is twice as bad in evaluation "
        "as in training mode.",
        _DRIFT,
        batch_norm,
        lower="batch_train",
        higher="batch",
        factor=2.0,
    ),
    Below(
        "ch09-batch-stepwise",
        "09",
        "A batch norm for each step beats one for all steps in evaluation.",
        _DRIFT,
        batch_norm,
        lower="stepwise",
        higher="batch",
    ),
    Below(
        "ch09-layer-batch",
        "09",
        "Layer norm beats the better of both batch norms.",
        _DRIFT,
        batch_norm,
        lower="layer",
        higher="stepwise",
    ),
    Below(
        "ch09-batch-long",
        "09",
        "On sequences ten times as long, batch norm for each step gets worse.",
        _LEAK,
        norms_on_a_leak,
        lower="stepwise",
        higher="stepwise_long",
    ),
    Below(
        "ch09-layer-long",
        "09",
        "On sequences ten times as long, layer norm does not get worse.",
        _LEAK,
        norms_on_a_leak,
        lower="layer_long",
        higher="layer",
    ),
    Below(
        "ch09-batch-two",
        "09",
        "In training mode, batch norm is worse with two sequences in a "
        "batch than its averages are.",
        _LEAK,
        norms_on_a_leak,
        lower="stepwise",
        higher="stepwise_two",
    ),
    Below(
        "ch09-layer-place",
        "09",
        "With one feature, a norm on the sum beats a norm on each product.",
        _LEAK,
        norms_on_a_leak,
        lower="layer",
        higher="separate",
    ),
    Below(
        "ch09-layer-none",
        "09",
        "Layer norm beats no norm on this task.",
        _LEAK,
        norms_on_a_leak,
        lower="layer",
        higher="none",
    ),
    Below(
        "ch09-clip-recall",
        "09",
        "Clipping raises the share of symbols recalled.",
        _RECALL,
        recall_40,
        lower="unclipped",
        higher="clipped",
    ),
    Below(
        "ch09-norm-reach",
        "09",
        "With layer norm more of the gradient reaches the first symbol.",
        _REACH,
        recall_reach,
        lower="plain",
        higher="normed",
    ),
    Below(
        "ch09-norm-recall",
        "09",
        "Layer norm raises the share of symbols recalled.",
        _RECALL,
        recall_40,
        lower="clipped",
        higher="normed",
    ),
    Below(
        "ch09-identity-recall",
        "09",
        "Starting at the identity raises it above the orthogonal start.",
        _RECALL,
        recall_40,
        lower="clipped",
        higher="identity",
    ),
    Below(
        "ch09-dropout-between",
        "09",
        "Dropout between the layers beats none.",
        _NOISY,
        dropout,
        lower="between",
        higher="none",
    ),
    Below(
        "ch09-dropout-mask",
        "09",
        "Through time, one mask for a sequence beats a new one at every step.",
        _NOISY,
        dropout,
        lower="one_mask",
        higher="new_masks",
    ),
    Below(
        "ch09-dropout-stop",
        "09",
        "Stopping early beats every dropout: here, the one between layers.",
        _NOISY,
        dropout,
        lower="stopped",
        higher="between",
    ),
]
