"""Chapter 2: memory cells."""

import torch

from course_lib.baselines import LeastSquares
from course_lib.cells import RNNCell
from course_lib.claims.claim import AtMost, Below
from course_lib.datasets import (
    noisy_level,
    sea_surface_temperature,
    two_sine_waves,
)
from course_lib.forecasters import DirectForecaster, LastOutput
from course_lib.metrics import mse, predict
from course_lib.output_cells import JordanCell, OutputCell
from course_lib.recurrent import Recurrent, detach_state
from course_lib.splits import Standardizer, chronological_split
from course_lib.streams import (
    LearnedStart,
    carried,
    fit_streams,
    in_order,
    left_over,
    next_steps,
    parallel_streams,
    restarted,
    stream_errors,
)
from course_lib.training import fit
from course_lib.windows import sliding_windows, split_examples, split_last

PIECE = 10  # steps
STREAMS = 16
UNITS = 16


def _forecaster(seed, units=UNITS):
    torch.manual_seed(seed)
    return DirectForecaster(Recurrent(RNNCell(1, units)), horizon=1)


def states_between(seed):
    """A long noisy series in pieces of 10 steps, the state kept or not.

    Every variant starts from the same weights and makes as many updates.
    """
    level = noisy_level(20_000, seed=seed)
    train = parallel_streams(level[:12_000], STREAMS)
    test = parallel_streams(level[12_000:], STREAMS)
    torch.manual_seed(seed)
    variants = {
        "carried": (carried, 0),
        "restarted": (restarted, 0),
        "left_over": (left_over, 0),
        "learned": (LearnedStart(UNITS, STREAMS), 0),
        "warm": (restarted, 2 * PIECE),
    }
    numbers = {}
    models = {}
    for name, (between, warm_up) in variants.items():
        models[name] = _forecaster(seed)
        fit_streams(
            models[name],
            train,
            length=PIECE,
            between=between,
            warm_up=warm_up,
            epochs=8,
            lr=3e-3,
        )
        errors = stream_errors(
            models[name],
            test,
            length=PIECE,
            between=between,
            warm_up=warm_up,
        )
        numbers[name] = errors.mean().item()
    # Trained in one way and used in another.
    for trained, name, between in [
        ("restarted", "restarted_then_carried", carried),
        ("carried", "carried_then_restarted", restarted),
        ("restarted", "restarted_then_left_over", left_over),
        ("left_over", "left_over_then_carried", carried),
    ]:
        errors = stream_errors(
            models[trained], test, length=PIECE, between=between
        )
        numbers[name] = errors.mean().item()
    windows = sliding_windows(level[:12_000], 60, 1)
    exact = LeastSquares(windows)
    later = sliding_windows(level[12_000:], 60, 1)
    numbers["exact_linear"] = mse(exact(later.inputs), later.targets).item()
    return numbers


def el_nino_in_pieces(seed):
    """Sea-surface temperature in pieces of six months, one month ahead.

    The error is the mean absolute one over the last 20 % of the months, in
    degrees.
    """
    history = 96  # months that are read before the first graded one
    values = sea_surface_temperature().values
    parts = chronological_split(values, test=0.2, history=history)
    scaler = Standardizer(parts.train)
    train = parallel_streams(scaler.transform(parts.train), 4)
    test = parallel_streams(scaler.transform(parts.test), 1)
    numbers = {}
    variants = {
        "carried": (carried, 0),
        "restarted": (restarted, 0),
        "warm": (restarted, 12),
    }
    for name, (between, warm_up) in variants.items():
        model = _forecaster(seed)
        fit_streams(
            model,
            train,
            length=6,
            between=between,
            warm_up=warm_up,
            epochs=60,
            lr=3e-3,
        )
        errors = stream_errors(
            model, test, length=6, between=between, warm_up=warm_up
        )
        graded = errors[:, history - 1 :].sqrt()
        numbers[name] = graded.mean().item() * scaler.std.item()
    return numbers


def state_or_output(seed):
    """Hear the last state or the last output, at 461 parameters each."""
    series = torch.as_tensor(two_sine_waves(10_000, 51)[:4000])
    train, valid = split_examples(split_last(series, 1), 3000, 1000)
    numbers = {}
    for name, make in {
        "state": lambda: OutputCell(RNNCell(1, 20), 1),
        "output": lambda: JordanCell(1, 115, 1),
    }.items():
        torch.manual_seed(seed)
        model = LastOutput(Recurrent(make()))
        fit(model, train, epochs=20, batch_size=64, lr=3e-3, seed=seed)
        forecast = predict(model, valid.inputs)
        numbers[name] = mse(forecast, valid.targets).item()
        size = sum(parameter.numel() for parameter in model.parameters())
        numbers[f"{name}_parameters"] = size
    return numbers


def detaching(seed):
    """A loss over 100 steps, the graph cut every 10 steps or not at all.

    Bytes are those that autograd keeps for the backward pass; with the cut,
    the most that it keeps at one time.
    """
    torch.manual_seed(seed)
    model = DirectForecaster(Recurrent(RNNCell(1, 20)), horizon=1)
    level = parallel_streams(noisy_level(16 * 101, seed=seed), 16)
    numbers = {}
    gradients = {}
    for name, length in {"whole": 100, "pieces": 10}.items():
        kept, peak, state, total = 0, 0, None, 0.0

        def count(tensor):
            nonlocal kept
            kept += tensor.nbytes
            return tensor

        model.zero_grad()
        for piece in in_order(level, length):
            kept = 0
            with torch.autograd.graph.saved_tensors_hooks(count, lambda t: t):
                forecast, state = next_steps(model, piece.inputs, state)
                loss = mse(forecast, piece.targets) * length / 100
            loss.backward()
            total += loss.item()
            peak = max(peak, kept)
            state = detach_state(state)
        gradients[name] = torch.cat(
            [p.grad.flatten() for p in model.recurrent.parameters()]
        )
        numbers[f"{name}_loss"] = total
        numbers[f"{name}_bytes"] = peak
    gap = (gradients["pieces"] - gradients["whole"]).norm()
    numbers["gradient_gap"] = (gap / gradients["whole"].norm()).item()
    numbers["loss_gap"] = abs(numbers["pieces_loss"] - numbers["whole_loss"])
    return numbers


_LEVEL = "a drifting level in noise, 16 streams, pieces of 10 steps, 16 units"
_MONTHS = "El Niño, pieces of 6 months, one ahead, mean absolute error in °C"
_CUT = "untrained layer of 20 units, 100 steps, cut every 10"

CLAIMS = [
    Below(
        "ch02-carried",
        "02",
        "Carrying the state from piece to piece beats starting each piece "
        "from zero.",
        _LEVEL,
        states_between,
        lower="carried",
        higher="restarted",
    ),
    Below(
        "ch02-run-carried",
        "02",
        "A network that was trained from zeros is better when it is run with "
        "its state carried on.",
        _LEVEL,
        states_between,
        lower="restarted_then_carried",
        higher="restarted",
    ),
    Below(
        "ch02-run-restarted",
        "02",
        "A network that was trained with its state carried is worse, when "
        "run from zeros, than one trained from zeros.",
        _LEVEL,
        states_between,
        lower="restarted",
        higher="carried_then_restarted",
    ),
    Below(
        "ch02-learned",
        "02",
        "A learned first state beats a first state of zeros.",
        _LEVEL,
        states_between,
        lower="learned",
        higher="restarted",
    ),
    Below(
        "ch02-warm-learned",
        "02",
        "Twenty steps of warm-up beat a learned first state.",
        _LEVEL,
        states_between,
        lower="warm",
        higher="learned",
    ),
    Below(
        "ch02-warm-carried",
        "02",
        "Carrying the state beats twenty steps of warm-up, which cost three "
        "times the computing.",
        _LEVEL,
        states_between,
        lower="carried",
        higher="warm",
    ),
    Below(
        "ch02-left-over",
        "02",
        "Training with the state that another series left over is worse than "
        "training from zeros.",
        _LEVEL,
        states_between,
        lower="restarted",
        higher="left_over",
    ),
    Below(
        "ch02-left-over-run",
        "02",
        "A network that was trained from zeros is worse when it is started "
        "from another series' state.",
        _LEVEL,
        states_between,
        lower="restarted",
        higher="restarted_then_left_over",
    ),
    Below(
        "ch02-linear",
        "02",
        "Exact least squares on the last 60 steps beats the network that "
        "carries its state.",
        _LEVEL,
        states_between,
        lower="exact_linear",
        higher="carried",
    ),
    Below(
        "ch02-months",
        "02",
        "On a real series, carrying the state beats starting from zero.",
        _MONTHS,
        el_nino_in_pieces,
        lower="carried",
        higher="restarted",
    ),
    Below(
        "ch02-months-warm",
        "02",
        "On a real series, carrying the state beats twelve months of warm-up.",
        _MONTHS,
        el_nino_in_pieces,
        lower="carried",
        higher="warm",
    ),
    Below(
        "ch02-state-output",
        "02",
        "A cell that hears its last state beats one that hears its last "
        "output, with as many parameters.",
        "two sine waves, 3,000 series, one step ahead, 461 parameters",
        state_or_output,
        lower="state",
        higher="output",
    ),
    AtMost(
        "ch02-detach-loss",
        "02",
        "Detaching the state changes no output.",
        _CUT,
        detaching,
        name="loss_gap",
        bound=1e-6,
    ),
    Below(
        "ch02-detach-memory",
        "02",
        "It keeps less than a fifth as much for the backward pass.",
        f"{_CUT}; bytes",
        detaching,
        lower="pieces_bytes",
        higher="whole_bytes",
        factor=5,
    ),
    AtMost(
        "ch02-detach-gradient",
        "02",
        "It changes the gradient by less than a tenth of its length.",
        _CUT,
        detaching,
        name="gradient_gap",
        bound=0.1,
    ),
]
