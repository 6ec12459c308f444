"""What a run leaves: tables in the terminal and in a file, and on what."""

import datetime
import json
import os
import platform
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

ORDER = ("layers", "models", "pages", "grading")  # of the tables' ids


class Table(NamedTuple):
    """One table of the results page.

    Attributes:
        id: a short name.
        title: its heading; inline Markdown, as all words here.
        note: how it was measured.
        columns: their names.
        rows: lists of words or numbers, one for each column.
    """

    id: str
    title: str
    note: str
    columns: list
    rows: list


def milliseconds(seconds):
    """Three figures that matter.

    >>> milliseconds(0.0012345), milliseconds(0.12345)
    ('1.23', '123')
    """
    value = 1e3 * seconds
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def shown(ratio):
    """The two cells of a ratio: its median, and its quartiles."""
    return [f"{ratio.median:.2f}", f"{ratio.low:.2f} to {ratio.high:.2f}"]


def cpu_model():
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [ln.split(":", 1)[1] for ln in lines if ln.startswith("model na")]
    return names[0].strip() if names else platform.processor() or "unknown"


def machine(versions):
    """What the numbers depend on.

    Args:
        versions: of Keras and TensorFlow, empty if they didn't run.
    """
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        **versions,
    }


def result(tables, versions):
    """The content of the file, from `Table` s and versions."""
    return {
        "made": datetime.date.today().isoformat(),
        "machine": machine(versions),
        "tables": [table._asdict() for table in tables],
    }


def merged(old, new):
    """A record in which newly measured tables stand in place of old ones.

    Args:
        old: the content of a file that `write` wrote.
        new: what `result` gives for some of its tables.

    Raises:
        ValueError: if the two were measured on different machines or with
            different versions: such numbers don't belong in one record.
    """
    differ = [
        f"{key} was {old['machine'][key]}, is {value}"
        for key, value in new["machine"].items()
        if old["machine"].get(key, value) != value
    ]
    if differ:
        raise ValueError(
            "what it holds was measured elsewhere: " + "; ".join(differ)
        )
    tables = {table["id"]: table for table in old["tables"] + new["tables"]}
    return {
        "made": new["made"],
        "machine": {**old["machine"], **new["machine"]},
        # Also one that could not be measured before stands in its place.
        "tables": sorted(tables.values(), key=lambda t: ORDER.index(t["id"])),
    }


def write(path, content):
    """Write the file whole or not at all."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def as_text(table):
    """The table for a terminal."""
    rows = [table.columns, *table.rows]
    widths = [
        max(len(str(cell)) for cell in column)
        for column in zip(*rows, strict=True)
    ]
    head, *lines = [
        "  ".join(
            str(cell).ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([table.title, "", head, rule, *lines])
