"""Run experiments over seeds, in parallel, and write down what came out.

The record is one JSON file, ``book/claims.json``, written after every
experiment, so that a run that is cut off loses one experiment at most.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partialmethod
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from course_lib.claims import all_claims, all_experiments
from course_lib.fingerprint import fingerprint

VERSIONS = ("torch", "numpy", "statsmodels")


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


def run(names, path, *, seeds, jobs):
    """Run experiments over seeds 0 to ``seeds`` - 1 and record them."""
    experiments = all_experiments()
    record = load(path)
    work = [(name, seed) for name in names for seed in range(seeds)]
    runs = {name: {} for name in names}
    with (
        ProcessPoolExecutor(jobs, initializer=_one_thread) as pool,
        tqdm(total=len(work), unit="run") as bar,
    ):
        waiting = {
            pool.submit(_timed, experiments[name], seed): (name, seed)
            for name, seed in work
        }
        for done in as_completed(waiting):
            name, seed = waiting[done]
            runs[name][seed] = done.result()
            bar.update()
            bar.set_postfix_str(name)
            if len(runs[name]) == seeds:
                results = [runs[name][s] for s in range(seeds)]
                record[name] = {
                    "key": key(experiments[name]),
                    "seconds": round(sum(s for _, s in results), 1),
                    "runs": [numbers for numbers, _ in results],
                }
                write(record, path)
    return record


def _one_thread():
    """Set up a worker: one thread, and no bars beside the one for all."""
    import torch
    from tqdm.auto import tqdm as bars

    torch.set_num_threads(1)
    bars.__init__ = partialmethod(bars.__init__, disable=True)


def _timed(experiment, seed):
    start = time.perf_counter()
    numbers = experiment(seed)
    return numbers, time.perf_counter() - start


def judged(record):
    """All claims whose numbers are up to date, with result and verdict."""
    rows = []
    for claim in all_claims():
        entry = record.get(claim.experiment.__name__)
        if entry is None or entry["key"] != key(claim.experiment):
            continue
        rows.append(
            {
                "id": claim.id,
                "chapter": claim.chapter,
                "statement": claim.statement,
                "setting": claim.setting,
                "seeds": len(entry["runs"]),
                **claim.judge(entry["runs"]),
                "experiment": claim.experiment.__name__,
                "key": entry["key"],
                "seconds": entry["seconds"],
            }
        )
    return rows


def write(record, path):
    """Write experiments and judged claims, all or nothing."""
    path = Path(path)
    known = all_experiments()
    record = {name: record[name] for name in known if name in record}
    whole = {
        "machine": {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            **{name: version(name) for name in VERSIONS},
        },
        "claims": judged(record),
        "experiments": record,
    }
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    draft.replace(path)
