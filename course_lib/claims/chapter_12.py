"""Chapter 12: GRU."""

import math
import time
from statistics import median

import torch

from course_lib.cells import GRUCell, LSTMCell, RNNCell
from course_lib.claims.chapter_11 import (
    LENGTH,
    adding_cells,
    chrono,
    convergence,
    longest_lags,
    recall_cells,
    started,
)
from course_lib.claims.claim import AtMost, Below
from course_lib.claims.el_nino import MONTHS, Data
from course_lib.claims.memory import DISTINCT_RECALL, learn
from course_lib.forecasters import DirectForecaster
from course_lib.fused import FusedLSTMCell
from course_lib.gradients import gradient_flow
from course_lib.gru_variants import ResetFirstGRUCell
from course_lib.recurrent import Recurrent
from course_lib.tasks import distinct_recall_task
from course_lib.training import fit

ROUNDS = 20  # timed turns of each side
# Units with as many parameters, for one input.
UNITS = {"simple": 41, "gru": 23, "lstm": 20}


def recall_conventions(seed):
    """Recall over 100 steps: both places of the reset gate."""
    cells = {
        "after": started(GRUCell, chrono),
        "first": started(ResetFirstGRUCell, chrono),
    }
    numbers = {}
    for name, make in cells.items():
        run = learn(
            DISTINCT_RECALL,
            LENGTH,
            make,
            seed=seed,
            lr=1e-2,
            max_steps=300,
        )
        numbers[name] = run.score
        numbers[f"{name}_steps"] = run.steps
        numbers[f"{name}_unsolved"] = int(not run.solved)
    return numbers


def gru_gradients(seed):
    """Gradient of the last output at the state after the first step.

    Powers of ten, as in chapter 11; untrained cells with 20 units.
    """
    xs = distinct_recall_task(64, LENGTH, seed=seed).inputs
    numbers = {}
    for name, make in {
        "simple": started(RNNCell),
        "bias_0": started(GRUCell),
        "chrono": started(GRUCell, chrono),
        "lstm_chrono": started(LSTMCell, chrono),
    }.items():
        torch.manual_seed(seed)
        flow = gradient_flow(make(xs.shape[-1]), xs)
        numbers[name] = math.log10(flow[1].item())
    return numbers


def el_nino_gates(seed):
    """GRU and LSTM with as many parameters, twelve months ahead.

    26 units of a GRU have 2,262 weights, 23 of an LSTM have 2,300. Twenty
    epochs each, then the weights of the best one.
    """
    data = Data(12)
    numbers = {}
    for name, make in {
        "gru": lambda: GRUCell(1, 26),
        "lstm": lambda: FusedLSTMCell(1, 23),
    }.items():
        torch.manual_seed(seed)
        model = DirectForecaster(Recurrent(make()), horizon=12)
        fit(
            model,
            data.train,
            data.valid,
            epochs=20,
            batch_size=32,
            lr=3e-3,
            patience=20,
            clip_norm=1.0,
            seed=seed,
        )
        numbers[name] = data.error(model)
    return numbers


def milliseconds(seed):
    """Forward and backward pass of six layers, taking turns.

    32 sequences of 50 steps; the median of the rounds, in milliseconds of
    processor time.
    """
    torch.manual_seed(seed)
    layers = {
        "simple": Recurrent(RNNCell(1, UNITS["simple"])),
        "gru": Recurrent(GRUCell(1, UNITS["gru"])),
        "lstm": Recurrent(LSTMCell(1, UNITS["lstm"])),
        "torch_simple": torch.nn.RNN(1, UNITS["simple"], batch_first=True),
        "torch_gru": torch.nn.GRU(1, UNITS["gru"], batch_first=True),
        "torch_lstm": torch.nn.LSTM(1, UNITS["lstm"], batch_first=True),
    }
    xs = torch.randn(32, 50, 1)
    times = {name: [] for name in layers}
    for _ in range(ROUNDS):
        for name, layer in layers.items():
            start = time.process_time()
            layer(xs)[0].sum().backward()
            times[name].append(1e3 * (time.process_time() - start))
    return {name: median(values) for name, values in times.items()}


_RECALL = "recall over 100 steps, chrono, as many parameters"
_FLOW = "untrained cells, 20 units, 100 steps, as powers of ten"
_ADDING = "adding problem over 100 steps, chrono, as many parameters"
_SINES = "two sine waves, ten steps ahead, equal parameters, 160 steps"
_TIME = "32 sequences of 50 steps, equal parameters, both passes, ms"

CLAIMS = [
    AtMost(
        "ch12-solves",
        "12",
        "With chrono biases, a GRU solves recall on every seed (share of "
        "seeds unsolved).",
        _RECALL,
        recall_cells,
        name="gru_unsolved",
        bound=0,
    ),
    Below(
        "ch12-zero-bias",
        "12",
        "With biases of zero, a GRU passes less gradient back to the first "
        "step than a simple cell.",
        _FLOW,
        gru_gradients,
        lower="bias_0",
        higher="simple",
    ),
    Below(
        "ch12-chrono-flow",
        "12",
        "With chrono biases it passes more than an LSTM with chrono biases.",
        _FLOW,
        gru_gradients,
        lower="lstm_chrono",
        higher="chrono",
    ),
    Below(
        "ch12-lag",
        "12",
        "On the recall of chapter 10, a GRU learns longer lags than an LSTM.",
        "recall, distractors of the same alphabet, chrono, as many "
        "parameters, 300 training steps at most; longest lag learned",
        longest_lags,
        lower="chrono",
        higher="gru",
    ),
    Below(
        "ch12-recall",
        "12",
        "A GRU solves recall in fewer training steps than an LSTM.",
        _RECALL,
        recall_cells,
        lower="gru_steps",
        higher="lstm_steps",
    ),
    Below(
        "ch12-adding",
        "12",
        "A GRU solves the adding problem in fewer training steps than an "
        "LSTM.",
        _ADDING,
        adding_cells,
        lower="gru_steps",
        higher="lstm_steps",
    ),
    AtMost(
        "ch12-adding-solves",
        "12",
        "With chrono biases, a GRU solves the adding problem on every seed "
        "(share of seeds with an error of 0.01 or more).",
        _ADDING,
        adding_cells,
        name="gru_unsolved",
        bound=0,
    ),
    Below(
        "ch12-sines",
        "12",
        "With the better of two rates for each, the GRU beats the LSTM ten "
        "steps ahead.",
        f"{_SINES}, error on the test series",
        convergence,
        lower="gru_best",
        higher="lstm_best",
    ),
    Below(
        "ch12-sines-simple",
        "12",
        "With the better of two rates for each, the GRU beats the simple "
        "network ten steps ahead.",
        f"{_SINES}, error on the test series",
        convergence,
        lower="gru_best",
        higher="simple_best",
    ),
    Below(
        "ch12-year",
        "12",
        "On a real series, the GRU beats the LSTM.",
        f"{MONTHS}, 26 and 23 units, 20 epochs",
        el_nino_gates,
        lower="gru",
        higher="lstm",
    ),
    Below(
        "ch12-conventions",
        "12",
        "With the reset gate before the product, recall is solved in fewer "
        "steps than with the reset gate behind it.",
        "recall over 100 steps, chrono, 20 units",
        recall_conventions,
        lower="first_steps",
        higher="after_steps",
    ),
    Below(
        "ch12-loop",
        "12",
        "In our own loop, a step of the GRU takes less time than one of the "
        "LSTM.",
        _TIME,
        milliseconds,
        lower="gru",
        higher="lstm",
    ),
    Below(
        "ch12-torch",
        "12",
        "In torch.nn, a step of the GRU takes less time than one of the LSTM.",
        _TIME,
        milliseconds,
        lower="torch_gru",
        higher="torch_lstm",
    ),
    Below(
        "ch12-simple-loop",
        "12",
        "In our own loop, a step of the simple network takes less time than "
        "one of the LSTM.",
        _TIME,
        milliseconds,
        lower="simple",
        higher="lstm",
    ),
    Below(
        "ch12-simple-torch",
        "12",
        "In torch.nn, it takes less time, too.",
        _TIME,
        milliseconds,
        lower="torch_simple",
        higher="torch_lstm",
    ),
]
