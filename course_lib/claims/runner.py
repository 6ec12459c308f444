"""Run experiments over seeds, in parallel, and write down what came out.

Each run, one experiment with one seed, leaves a small file below
``_build/claims`` at once, named by the hash of its code: what was cut off
goes on where it stopped, and two commands may run side by side. The book's
record, ``book/claims.json``, holds the runs of the first `SEEDS` seeds.
"""

import fcntl
import json
import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache, partialmethod
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from course_lib.claims import all_claims, all_experiments
from course_lib.fingerprint import fingerprint

SEEDS = 5  # of every number in the book
FINISHED = Path("_build/claims")
VERSIONS = ("torch", "numpy", "statsmodels")


@cache
def key(experiment: Callable) -> str:
    """Hash of the experiment's own code and of all that it uses."""
    return fingerprint(
        f"from {experiment.__module__} import {experiment.__name__}"
    )


def load(path):
    """The record at ``path``: experiments by name; none if there is none."""
    path = Path(path)
    if not path.exists():
        return {}
    return json.loads(path.read_text())["experiments"]


def stale(record, *, seeds=1):
    """Names of experiments that are missing, old, or have too few seeds."""
    return [
        name
        for name, experiment in all_experiments().items()
        if name not in record
        or record[name]["key"] != key(experiment)
        or len(record[name]["runs"]) < seeds
    ]


def finished(name, seed, folder=FINISHED):
    """The file of one run of an experiment as its code is now."""
    return folder / f"{name}-{key(all_experiments()[name])[:16]}-{seed}.json"


def run(names, *, seeds, jobs, folder=FINISHED, again=False):
    """Run experiments once for each seed, but none that is finished.

    Args:
        names: of experiments.
        seeds: the seeds to run.
        jobs: processes.
        folder: where finished runs are kept.
        again: whether to run the finished ones, too.

    Returns:
        By name, a list with one entry for each seed, in the order of
        ``seeds``: ``{"numbers": {...}, "seconds": ...}``, the seconds those
        of the processor.
    """
    folder.mkdir(parents=True, exist_ok=True)
    experiments = all_experiments()
    files = {(n, s): finished(n, s, folder) for n in names for s in seeds}
    todo = [w for w, path in files.items() if again or not path.exists()]
    with (
        ProcessPoolExecutor(jobs, initializer=_one_thread) as pool,
        tqdm(total=len(files), initial=len(files) - len(todo)) as bar,
    ):
        waiting = {
            pool.submit(_timed, experiments[name], seed): (name, seed)
            for name, seed in todo
        }
        for done in as_completed(waiting):
            _write(files[waiting[done]], done.result())
            bar.update()
            bar.set_postfix_str(waiting[done][0])
    return {
        name: [json.loads(files[name, seed].read_text()) for seed in seeds]
        for name in names
    }


def _one_thread():
    """Set up a worker: one thread, and no bars beside the one for all."""
    import torch
    from tqdm.auto import tqdm as bars

    torch.set_num_threads(1)
    bars.__init__ = partialmethod(bars.__init__, disable=True)


def _timed(experiment, seed):
    # Of the processor: what else the machine does is no part of it.
    start = time.process_time()
    numbers = experiment(seed)
    return {
        "numbers": numbers,
        "seconds": round(time.process_time() - start, 1),
    }


def entry(name, runs):
    """What the record holds of an experiment, from its runs."""
    return {
        "key": key(all_experiments()[name]),
        "seconds": round(sum(one["seconds"] for one in runs), 1),
        "runs": [one["numbers"] for one in runs],
    }


def judged(record):
    """All claims whose numbers are up to date, with result and verdict."""
    rows = []
    for claim in all_claims():
        measured = record.get(claim.experiment.__name__)
        if measured is None or measured["key"] != key(claim.experiment):
            continue
        rows.append(
            {
                "id": claim.id,
                "chapter": claim.chapter,
                "statement": claim.statement,
                "setting": claim.setting,
                "seeds": len(measured["runs"]),
                **claim.judge(measured["runs"]),
                "experiment": claim.experiment.__name__,
                "key": measured["key"],
                "seconds": measured["seconds"],
            }
        )
    return rows


HOLDS = {"holds": True, "does not hold": False, "undecided": None}


def plain(row, seeds):
    """A judged claim as ``course claims --json`` writes it."""
    names = ("id", "chapter", "statement", "setting", "interval", "result")
    return {
        **{name: row[name] for name in names},
        "seeds": list(seeds),
        "values": row["by_seed"],
        "holds": HOLDS[row["verdict"]],
    }


def add(entries, path):
    """Put entries into the record; those of others stay."""
    with _alone(path):
        write({**load(path), **entries}, path)


@contextmanager
def _alone(path):
    """Keep others from writing the same record in the meantime."""
    with Path(path).with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(record, path):
    """Write experiments and judged claims, all or nothing."""
    record = {n: record[n] for n in all_experiments() if n in record}
    whole = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            **{name: version(name) for name in VERSIONS},
        },
        "claims": judged(record),
        "experiments": record,
    }
    _write(Path(path), whole)


def _write(path, content):
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    draft.replace(path)
