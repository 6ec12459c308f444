"""What the moving figures show of real series and of trained networks.

    python -m tools.figure_data          makes what is missing or out of date
    python -m tools.figure_data NAME     makes one, and says how long it took

Each function below makes the data of the figure of its name, in seconds and
from the library alone; a file goes to _build/figures/<name>.json and the
book writes it into the page (book/_ext/figures.py). The file knows the code
that made it, so a change of the library makes it old.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
import time
from pathlib import Path

from tools.inputs import ROOT

FOLDER = ROOT / "_build" / "figures"
CLAIMS = ROOT / "book" / "claims.json"


def rounded(values, digits: int = 5):
    """Return an array as nested lists, short enough for a page."""
    import numpy as np

    return np.round(np.asarray(values, dtype=float), digits).tolist()


def sliding_windows() -> dict:
    """Twelve years of a real series, a value a month."""
    from course_lib import sea_surface_temperature

    series = sea_surface_temperature()
    return {
        "values": rounded(series.values[-144:, 0], 2),
        "start": str(series.dates[-144]),
        "unit": "°C",
    }


def any_length() -> dict:
    """Sums of two sine waves, and a neuron that was trained on them."""
    import torch

    from course_lib import (
        LastOutput,
        Recurrent,
        RNNCell,
        fit,
        seed_everything,
        split_examples,
        split_last,
        two_sine_waves,
    )

    seed_everything(0)
    series = torch.as_tensor(two_sine_waves(3000, 51))
    train, valid = split_examples(split_last(series, horizon=1), 2500, 500)
    neuron = LastOutput(Recurrent(RNNCell(1, 1)))
    fit(neuron, train, epochs=12, batch_size=64, lr=1e-2)
    cell = neuron.recurrent.cell
    return {
        "inputs": rounded(valid.inputs[:6, :, 0]),
        "targets": rounded(valid.targets[:6, 0, 0]),
        "w_x": rounded(cell.x_to_gates.weight.item(), 2),
        "w_h": rounded(cell.h_to_gates.weight.item(), 2),
    }


def step_by_step_or_at_once() -> dict:
    """Two networks forecast ten steps, one step at a time and at once."""
    import torch

    from course_lib import (
        DirectForecaster,
        Iterated,
        Recurrent,
        RNNCell,
        fit,
        predict,
        score,
        seed_everything,
        split_examples,
        split_last,
        two_sine_waves,
    )

    series = torch.as_tensor(two_sine_waves(3500, 60))
    train, valid = split_examples(split_last(series, horizon=10), 3000, 500)
    first = train._replace(targets=train.targets[:, :1])
    options = {"epochs": 6, "batch_size": 32, "lr": 3e-3}
    seed_everything(0)
    one_step = DirectForecaster(Recurrent(RNNCell(1, 20)), horizon=1)
    fit(one_step, first, **options)
    seed_everything(0)
    direct = DirectForecaster(Recurrent(RNNCell(1, 20)), horizon=10)
    fit(direct, train, **options)
    ways = {"iterated": Iterated(one_step, 10), "direct": direct}
    errors = score(ways, valid)
    examples = {
        name: rounded(predict(model, valid.inputs[:6])[..., 0])
        for name, model in ways.items()
    }
    return {
        "known": rounded(valid.inputs[:6, -20:, 0]),
        "truth": rounded(valid.targets[:6, :, 0]),
        **examples,
        "errors": {
            name: rounded([errors.loc[name, k] for k in range(1, 11)])
            for name in ways
        },
        "windows": len(valid.inputs),
    }


def recall_lag() -> dict:
    """Recall over a lag: how often right, and what each input still does."""
    from course_lib import Recurrent, RNNCell, recall_task, seed_everything
    from course_lib.claims.memory import RECALL, accuracy, learn
    from course_lib.influence import exchange_effect
    from course_lib.seq2seq import SequenceToVector

    def look(model, lag):
        task, others = (recall_task(200, lag, seed=n) for n in (98, 99))
        effect = exchange_effect(model, task.inputs, others.inputs)
        return {
            "accuracy": accuracy(model(task.inputs), task.targets),
            "influence": [float(f"{value:.4g}") for value in effect.tolist()],
        }

    lags = [5, 10, 20, 50, 100]
    runs = {"before training": [], "trained": []}
    for lag in lags:
        # The same seed: the weights that training begins with.
        seed_everything(0)
        fresh = SequenceToVector(Recurrent(RNNCell(4, 20)), 4)
        runs["before training"].append({"steps": 0, **look(fresh, lag)})
        run = learn(
            RECALL,
            lag,
            lambda size: RNNCell(size, 20),
            seed=0,
            lr=0.01,
            max_steps=200,
        )
        runs["trained"].append({"steps": run.steps, **look(run.model, lag)})
    return {"lags": lags, "guess": RECALL.guess, "runs": runs}


def fair_contest() -> dict:
    """Errors over seeds as the claims of the chapters have them."""
    from scipy import stats

    from course_lib.claims.claim import LEVEL

    experiments = json.loads(CLAIMS.read_text(encoding="utf-8"))["experiments"]
    chosen = {
        "deep, wide": ("deep_alternatives", "deep", "wide"),
        "deep, linear": ("deep_alternatives", "deep", "exact_linear"),
        "loss at every or last step": (
            "last_or_every",
            "every_010",
            "last_010",
        ),
        "network, climatology": ("el_nino_year", "direct", "climatology"),
    }
    words = {
        "deep": "two layers of 20",
        "wide": "one layer of 34",
        "exact_linear": "exact linear",
        "every_010": "loss at every step",
        "last_010": "loss at the last step",
        "direct": "network, all at once",
        "climatology": "climatology",
    }
    found = []
    for title, (experiment, first, second) in chosen.items():
        runs = experiments[experiment]["runs"]
        found.append(
            {
                "title": title,
                "names": [words[first], words[second]],
                "errors": [
                    [run[first] for run in runs],
                    [run[second] for run in runs],
                ],
            }
        )
    return {
        "contests": found,
        # Student's t for so many degrees of freedom, from 1 on.
        "t": [
            float(stats.t.ppf((1 + LEVEL) / 2, freedom))
            for freedom in range(1, 20)
        ],
    }


MAKERS = {
    make.__name__.replace("_", "-"): make
    for make in (
        sliding_windows,
        any_length,
        step_by_step_or_at_once,
        recall_lag,
        fair_contest,
    )
}


def key_of(make, fingerprint) -> str:
    """Return the hash of all that a figure's data is made from."""
    code = inspect.getsource(make)
    parts = [code, fingerprint(inspect.cleandoc(code))]
    parts.append((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    if "CLAIMS" in code:
        parts.append(CLAIMS.read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def make_all(names=None, *, say=print) -> None:
    """Make the data of the figures named, or of those that are out of date."""
    from tools.build_book import library_fingerprint

    fingerprint = library_fingerprint()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or MAKERS:
        make = MAKERS[name]
        path, stamp = FOLDER / f"{name}.json", FOLDER / f"{name}.key"
        key = key_of(make, fingerprint)
        fresh = path.exists() and stamp.exists() and stamp.read_text() == key
        if fresh and not names:
            continue
        start = time.perf_counter()
        text = json.dumps(make(), separators=(",", ":"))
        # A page depends on the file: the same content stays untouched.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        stamp.write_text(key)
        say(f"{name}: {len(text)} bytes, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    make_all([Path(name).stem for name in sys.argv[1:]] or None)
