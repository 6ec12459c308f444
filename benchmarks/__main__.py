"""Runs the measurements: ``python -m benchmarks [--help]``."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    # The bar of each little `fit` would stand in the way of ours; tqdm
    # reads this when it is imported.
    os.environ["TQDM_DISABLE"] = "1"

import torch

from benchmarks import layers, models, pages, report

try:
    from benchmarks import grading
except ImportError:  # what is published has no solutions to grade
    grading = None

NAMES = report.ORDER if grading else report.ORDER[:-1]
RESULTS = Path(__file__).resolve().parent / "results.json"


def arguments(words=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the course's library against torch.nn (layers) "
        "and against Keras 3 on TensorFlow (models), the built book "
        "against the theme as it comes (pages), and `course grade` against "
        "stock nbgrader (grading), side by side on this machine. A whole run "
        "takes about an hour; leave the machine alone meanwhile.",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=NAMES,
        default=NAMES,
        metavar="NAME",
        help=f"measure only these: {', '.join(NAMES)}",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a few rounds of the smallest size: shows that it works, and "
        "says nothing about speed",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where the JSON goes; a whole run writes benchmarks/results.json"
        ", a partial or quick one writes nothing unless this is given; a "
        "partial one replaces its tables in FILE and keeps the others",
    )
    chosen = parser.parse_args(words)
    whole = set(chosen.only) == set(NAMES) and not chosen.quick
    if chosen.out is None and whole:
        chosen.out = RESULTS
    return chosen


def earlier(chosen):
    """The record that a partial run adds to, or None."""
    partial = set(chosen.only) != set(NAMES) and not chosen.quick
    if not (partial and chosen.out and chosen.out.exists()):
        return None
    try:
        record = json.loads(chosen.out.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or not {"machine", "tables"} <= set(
            record
        ):
            raise ValueError("it is no record of the benchmarks")
        # Nobody should wait for numbers that then can't be kept.
        report.merged(record, report.result([], {}))
    except ValueError as error:
        sys.exit(f"{chosen.out} can't be added to: {error}")
    return record


def warn_if_busy():
    """Say so if other work would disturb the measurement."""
    if hasattr(os, "getloadavg"):
        load = os.getloadavg()[0]
        if load > 0.5:
            print(f"Other work runs here (load {load:.1f}): expect noise.")


def main(words=None):
    """Measure, print, write; 1 if something could not be measured."""
    chosen = arguments(words)
    record = earlier(chosen)
    start = time.perf_counter()
    torch.set_num_threads(1)
    warn_if_busy()
    tables, versions, problems = [], {}, []
    if "layers" in chosen.only:
        tables.append(layers.measure(quick=chosen.quick))
    if "models" in chosen.only:
        table, versions, problem = models.measure(quick=chosen.quick)
        tables.append(table)
        if problem:
            problems.append(f"Keras was not measured: {problem}")
    if "pages" in chosen.only:
        try:
            tables.append(pages.measure(quick=chosen.quick))
        except RuntimeError as error:
            problems.append(f"The pages were not measured: {error}")
    if "grading" in chosen.only:
        try:
            tables.append(grading.measure(quick=chosen.quick))
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            problems.append(f"Grading was not measured: {error}")
    for table in tables:
        print("\n" + report.as_text(table))
    minutes = (time.perf_counter() - start) / 60
    print(f"\nMeasured in {minutes:.1f} minutes.")
    if chosen.out:
        content = report.result(tables, versions)
        if record:
            content = report.merged(record, content)
        report.write(chosen.out, content)
        print(f"Written to {os.path.relpath(chosen.out)}.")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was written.", file=sys.stderr)
        sys.exit(130)
