"""The chapters' models, trained here and in Keras, epoch by epoch."""

import time

import torch
from tqdm import tqdm

from benchmarks.keras_side import KerasMissing, KerasSide
from benchmarks.report import Table, shown
from benchmarks.timing import in_turns, ratios, spread
from course_lib import (
    Dense,
    DirectForecaster,
    EveryStepForecaster,
    LastOutput,
    LSTMCell,
    Recurrent,
    RNNCell,
    Stack,
    Windows,
    every_step_loss,
    fit,
    forecast_loss,
    split_last,
    targets_at_every_step,
    two_sine_waves,
)

T, K = 50, 10
BATCH_SIZE, LR = 32, 1e-3
COLUMNS = [
    "model",
    "weights",
    "Keras, s per epoch",
    "ours, s per epoch",
    "ours / Keras",
    "quartiles",
]


def two_layers(make_cell):
    """The chapters' recurrent layer: 20 units on 20 units."""
    return Recurrent(Stack(make_cell(1, 20), make_cell(20, 20)))


# The words of the table, the model, the steps that it looks ahead and its
# loss; `keras_worker` has the same models under the same names.
MODELS = {
    "dense": ("Linear, 1 step", lambda: Dense((T, 1), (1, 1)), 1),
    "neuron": (
        "One recurrent neuron, 1 step",
        lambda: LastOutput(Recurrent(RNNCell(1, 1))),
        1,
    ),
    "one_step": (
        "RNN 20–20, 1 step",
        lambda: DirectForecaster(two_layers(RNNCell), 1),
        1,
    ),
    "direct": (
        "RNN 20–20, 10 steps",
        lambda: DirectForecaster(two_layers(RNNCell), K),
        K,
    ),
    "every_step": (
        "RNN 20–20, 10 steps at every step",
        lambda: EveryStepForecaster(two_layers(RNNCell), K),
        K,
    ),
    "every_step_lstm": (
        "LSTM 20–20, 10 steps at every step",
        lambda: EveryStepForecaster(two_layers(LSTMCell), K),
        K,
    ),
}


def is_every_step(name):
    """Whether the model is trained on forecasts at every step."""
    return name.startswith("every_step")


def our_epoch(name, windows):
    """A model of ours, and one epoch of `fit` as a timed function."""
    _, make_model, horizon = MODELS[name]
    model = make_model()
    windows = Windows(windows.inputs, windows.targets[:, :horizon])
    loss = every_step_loss if is_every_step(name) else forecast_loss

    def epoch():
        start = time.perf_counter()
        fit(model, windows, epochs=1, batch_size=BATCH_SIZE, lr=LR, loss=loss)
        return time.perf_counter() - start

    return model, epoch


def keras_data(name, windows):
    """The inputs and targets of a model, as Keras takes them."""
    inputs, targets = windows.inputs, windows.targets[:, : MODELS[name][2]]
    if is_every_step(name):
        targets = targets_at_every_step(Windows(inputs, targets))
    return inputs.numpy(), targets.squeeze(-1).numpy()


def measure_one(name, windows, keras, rounds):
    """One row: the model's words, its weights, the times, the ratio."""
    model, epoch = our_epoch(name, windows)
    n_weights = sum(p.numel() for p in model.parameters())
    sides = {"ours": epoch}
    if keras:
        theirs = keras.start(name, *keras_data(name, windows), rounds + 1)
        if theirs != n_weights:
            raise RuntimeError(
                f"{name} must be the same model on both sides, got "
                f"{n_weights} weights here and {theirs} in Keras."
            )
        sides["keras"] = keras.epoch
    seconds = in_turns(sides, rounds)
    ours = f"{spread(seconds['ours']).median:.3f}"
    label = MODELS[name][0]
    if not keras:
        return [label, n_weights, "not measured", ours, "–", "–"]
    ratio = spread(ratios(seconds["ours"], seconds["keras"]))
    theirs = f"{spread(seconds['keras']).median:.3f}"
    return [label, n_weights, theirs, ours, *shown(ratio)]


def measure(*, quick=False):
    """The table of all models, and the versions of Keras and TensorFlow.

    Returns:
        `Table`, versions (empty without Keras) and, if Keras was not
        measured, the reason.
    """
    n_series, rounds = (96, 2) if quick else (1920, 9)
    torch.manual_seed(0)
    windows = split_last(two_sine_waves(n_series, T + K), K)
    rows, versions, problem, keras = [], {}, None, None
    try:
        keras = KerasSide()
        versions = keras.versions
    except KerasMissing as missing:
        problem = str(missing)
    try:
        for name in tqdm(MODELS, desc="models", disable=False):
            try:
                rows.append(measure_one(name, windows, keras, rounds))
            except KerasMissing as missing:
                keras, problem = None, str(missing)
                rows.append(measure_one(name, windows, None, rounds))
    finally:
        if keras:
            keras.close()
    note = (
        f"Seconds for one epoch of {n_series:,} series of {T} steps in "
        f"batches of {BATCH_SIZE} with Adam, one thread each. Both run in "
        f"turns, epoch by epoch, for {rounds} rounds after a first one that "
        "doesn't count (Keras compiles in it). The ratio is taken within a "
        "round; shown are its median and quartiles. Below 1 the course's "
        "library is faster. "
    )
    if versions:
        note += (
            f"Keras {versions['keras']} on TensorFlow "
            f"{versions['tensorflow']} for the CPU, as `compile` and `fit` "
            "of Keras set it up by default."
        )
    if problem:
        note += f" Keras not measured: {problem}"
    table = Table(
        "models",
        "Training the chapters' models, here and in Keras",
        note.strip(),
        COLUMNS,
        rows,
    )
    return table, versions, problem
