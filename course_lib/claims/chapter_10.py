"""Chapter 10: the short-term memory problem."""

import torch
from torch import nn

from course_lib.baselines import LeastSquares, SeasonalNaive
from course_lib.cells import RNNCell
from course_lib.claims import two_sines
from course_lib.claims.claim import AtMost, Below
from course_lib.claims.memory import ADDING, BATCH, RECALL, UNITS, learn
from course_lib.forecasters import DirectForecaster, EveryStepForecaster
from course_lib.gradients import gradient_flow
from course_lib.influence import lag_of_share
from course_lib.initialisation import uniform_
from course_lib.lags import closing_task, random_seasons
from course_lib.recurrent import Recurrent
from course_lib.tasks import recall_task
from course_lib.training import fit
from course_lib.windows import split_examples, split_last

STEPS = 300
LAGS = (5, 7, 10, 14, 20, 28, 40, 56)


def orthogonal(input_size, units=UNITS):
    """A simple cell as this course starts it."""
    return RNNCell(input_size, units)


def torch_default(input_size):
    """A simple cell as ``torch.nn`` starts it."""
    cell = RNNCell(input_size, UNITS)
    uniform_(cell)
    return cell


STARTS = {"orthogonal": orthogonal, "torch default": torch_default}


def predicted_lag(make_cell, seed, steps=STEPS):
    """The lag at which the gradient drowns, from an untrained cell.

    The mean of n random gradients is known to a share of about 1/√n. A
    signal below that share of the last step's gradient is lost in it.
    """
    torch.manual_seed(seed)
    cell = make_cell(RECALL.input_size)
    xs = recall_task(200, 100, seed=seed).inputs
    flow = gradient_flow(cell, xs)
    return lag_of_share(flow[1:], (BATCH * steps) ** -0.5)


def longest_learned(maker, seed, lags):
    """The longest lag that is learned, before the first that is not.

    ``maker(lag)`` makes the cells that are to keep something so long.
    """
    longest = 1  # a lag of one step needs no memory
    for lag in lags:
        run = learn(
            RECALL, lag, maker(lag), seed=seed, lr=1e-2, max_steps=STEPS
        )
        if not run.solved:
            break
        longest = lag
    return longest


def seen_lag(make_cell, seed, lags=LAGS):
    """The longest lag that cells learn which know nothing of the lag."""
    return longest_learned(lambda lag: make_cell, seed, lags)


def failing_lags(seed):
    """Predicted and seen, for two starts."""
    numbers = {}
    for name, make_cell in STARTS.items():
        predicted = predicted_lag(make_cell, seed)
        seen = seen_lag(make_cell, seed)
        numbers[f"{name}: predicted"] = predicted
        numbers[f"{name}: seen"] = seen
        numbers[f"{name}: factor"] = max(predicted / seen, seen / predicted)
    return numbers


def more_units(seed):
    """Recall over 40 steps with 20 and with 80 units: share wrong."""
    numbers = {}
    for units in (20, 80):

        def make_cell(input_size, units=units):
            return orthogonal(input_size, units)

        run = learn(RECALL, 40, make_cell, seed=seed, lr=1e-2, max_steps=STEPS)
        numbers[f"units_{units}"] = 1 - run.score
    return numbers


def hundred_steps(seed):
    """The simple cell over 100 steps: recall and the adding problem."""
    recall = learn(
        RECALL, 100, orthogonal, seed=seed, lr=1e-2, max_steps=STEPS
    )
    adding = learn(ADDING, 100, orthogonal, seed=seed, lr=3e-3, max_steps=800)
    return {
        "recall_solved": int(recall.solved),
        "recall_wrong": 1 - recall.score,
        "adding": adding.score,
        "adding_bound": 0.15,
    }


def long_window(seed):
    """Error on random seasons, from windows that hold two of them."""
    numbers = {}
    for period in (4, 30):
        series = random_seasons(5000, 61, period, seed=seed)
        train, valid = split_examples(split_last(series, 1), 4000, 1000)
        numbers[f"linear_{period}"] = two_sines.error(
            LeastSquares(train), valid
        )
        numbers[f"naive_{period}"] = two_sines.error(
            SeasonalNaive(1, period), valid
        )
        for length in (60, 31) if period == 30 else (60,):
            parts = [
                part._replace(inputs=part.inputs[:, -length:])
                for part in (train, valid)
            ]
            torch.manual_seed(seed)
            model = DirectForecaster(Recurrent(RNNCell(1, UNITS)), horizon=1)
            fit(
                model,
                parts[0],
                epochs=4,
                batch_size=32,
                lr=3e-3,
                clip_norm=1.0,
                seed=seed,
            )
            numbers[f"rnn_{period}_window_{length}"] = two_sines.error(
                model, parts[1]
            )
    return numbers


class NextSymbol(nn.Module):
    """A guess at the next of 9 symbols at every step.

    Args:
        cell: a cell with 9 inputs.
    """

    def __init__(self, cell):
        super().__init__()
        self.forecaster = EveryStepForecaster(Recurrent(cell), horizon=1)

    def forward(self, xs):
        """(B, T, 9) -> logits (B, T, 9)."""
        return self.forecaster.every_step(xs)[:, :, 0]


def symbol_loss(model, batch):
    """Cross-entropy of the next symbol, mean over all steps."""
    logits = model(batch.inputs)
    return nn.functional.cross_entropy(
        logits.flatten(0, 1), batch.targets.flatten()
    )


def train_closing(length, seed, *, steps=400):
    """A simple cell trained on `closing_task`, each batch a new one."""
    torch.manual_seed(seed)
    model = NextSymbol(RNNCell(9, UNITS))
    task = closing_task(BATCH * steps, length, seed=seed)
    fit(
        model,
        task,
        epochs=1,
        batch_size=BATCH,
        lr=1e-2,
        loss=symbol_loss,
        clip_norm=1.0,
        seed=seed,
    )
    return model


def bigram(task):
    """The commonest symbol after each symbol: (9,) class indices."""
    pairs = 9 * task.inputs.argmax(dim=-1) + task.targets
    counts = torch.bincount(pairs.flatten(), minlength=81)
    return counts.view(9, 9).argmax(dim=1)


def right_by_position(length, seed):
    """Share named right at each step: network, bigram (T,) each."""
    model = train_closing(length, seed)
    test = closing_task(2000, length, seed=10**6 + seed)
    table = bigram(closing_task(2000, length, seed=10**7 + seed))
    with torch.no_grad():
        network = model(test.inputs).argmax(dim=-1)
    simple = table[test.inputs.argmax(dim=-1)]
    return tuple(
        (answer == test.targets).float().mean(dim=0)
        for answer in (network, simple)
    )


def closing(seed):
    """Where a network that scores well is wrong, over 15 and 50 steps."""
    numbers = {"guess": 0.75}
    for length in (15, 50):
        network, simple = right_by_position(length, seed)
        numbers[f"network_{length}"] = 1 - network.mean().item()
        numbers[f"bigram_{length}"] = 1 - simple.mean().item()
        numbers[f"last_{length}"] = 1 - network[-1].item()
        # What a perfect memory would gain on the bigram over all steps.
        numbers[f"gain_{length}"] = 0.75 / length
    run = learn(RECALL, 14, orthogonal, seed=seed, lr=1e-2, max_steps=STEPS)
    numbers["recall_14"] = 1 - run.score
    return numbers


_RECALL = "recall, 20 units, 300 training steps at most"
_SEASONS = "random seasons with noise, 4,000 windows of 60 steps"
_CLOSING = "brackets round a walk, 20 units, 400 training steps"

CLAIMS = [
    AtMost(
        "ch10-recall",
        "10",
        "Over 100 steps the simple cell learns to recall on no seed.",
        _RECALL,
        hundred_steps,
        name="recall_solved",
        bound=0,
    ),
    Below(
        "ch10-adding",
        "10",
        "On the adding problem over 100 steps the simple cell's error is "
        "above 0.15, where a guess has 0.167.",
        "adding problem, 20 units, 800 training steps",
        hundred_steps,
        lower="adding_bound",
        higher="adding",
    ),
    Below(
        "ch10-start",
        "10",
        "Started orthogonally, the cell learns longer lags than started as "
        "in torch.",
        f"{_RECALL}; longest lag learned",
        failing_lags,
        lower="torch default: seen",
        higher="orthogonal: seen",
    ),
    AtMost(
        "ch10-predicted-orthogonal",
        "10",
        "For the orthogonal start, the predicted lag is within a factor of 2 "
        "of the lag seen.",
        _RECALL,
        failing_lags,
        name="orthogonal: factor",
        bound=2,
    ),
    AtMost(
        "ch10-predicted-default",
        "10",
        "For torch's start, the predicted lag is within a factor of 2 of "
        "the lag seen.",
        _RECALL,
        failing_lags,
        name="torch default: factor",
        bound=2,
    ),
    Below(
        "ch10-lags-orthogonal",
        "10",
        "For the orthogonal start, the prediction is below what is seen.",
        f"{_RECALL}; lags in steps",
        failing_lags,
        lower="orthogonal: predicted",
        higher="orthogonal: seen",
    ),
    Below(
        "ch10-lags-default",
        "10",
        "For torch's start, the prediction is below what is seen.",
        f"{_RECALL}; lags in steps",
        failing_lags,
        lower="torch default: predicted",
        higher="torch default: seen",
    ),
    Below(
        "ch10-units",
        "10",
        "Over 40 steps, 80 units recall better than 20.",
        "recall, 300 training steps at most, share not named",
        more_units,
        lower="units_80",
        higher="units_20",
    ),
    Below(
        "ch10-window-short",
        "10",
        "The network has five times the error on a season of 30 steps "
        "that it has on one of 4.",
        _SEASONS,
        long_window,
        lower="rnn_4_window_60",
        higher="rnn_30_window_60",
        factor=5,
    ),
    Below(
        "ch10-window-linear",
        "10",
        "On a season of 30 steps, the exact linear model has less than a "
        "fifth of the network's error.",
        _SEASONS,
        long_window,
        lower="linear_30",
        higher="rnn_30_window_60",
        factor=5,
    ),
    Below(
        "ch10-window-longer",
        "10",
        "A window of 60 steps is better for the network than one of 31, the "
        "shortest that holds a season of 30.",
        _SEASONS,
        long_window,
        lower="rnn_30_window_60",
        higher="rnn_30_window_31",
    ),
    Below(
        "ch10-closing-global",
        "10",
        "Over all 50 steps, the network is wrong as often as a table of "
        "pairs, or less.",
        _CLOSING,
        closing,
        lower="network_50",
        higher="bigram_50",
    ),
    Below(
        "ch10-closing-last",
        "10",
        "At the last of 15 steps, the one that needs a memory, the network "
        "is better than a guess.",
        _CLOSING,
        closing,
        lower="last_15",
        higher="guess",
    ),
    Below(
        "ch10-closing-alone",
        "10",
        "Asked for nothing else, the same cell recalls over 14 steps: less "
        "than a tenth as many wrong as at the last of those 15.",
        f"{_CLOSING}; recall over 14 steps, 300 training steps at most",
        closing,
        lower="recall_14",
        higher="last_15",
        factor=10,
    ),
]
