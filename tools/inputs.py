"""What the book is made of, as hashes; the standard library is enough.

`everything_key` tells a build that there is nothing to do before anything
slow is imported. `shared_key` covers what every page shows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A change of one of these reaches every page.
SHARED = (
    "_config.yml",
    "_toc.yml",
    "constraints.txt",
    "book/_ext",
    "book/_static",
    "book/references.bib",
)
EVERYTHING = (
    *SHARED,
    "benchmarks/results.json",
    "book",
    "course_lib",
    "pyproject.toml",
    "tools",
)
PASSING = {"__pycache__", ".ipynb_checkpoints"}


def files_below(root: Path, names: Iterable[str]) -> list[Path]:
    """Return the files that the names stand for, folders opened, in order."""
    found = set()
    for name in names:
        top = root / name
        inside = top.rglob("*") if top.is_dir() else [top]
        found |= {
            path
            for path in inside
            if path.is_file() and not PASSING & set(path.parts)
        }
    return sorted(found)


def content_key(root: Path, names: Iterable[str], more: str = "") -> str:
    """Return one hash of the files' names and contents, and of `more`."""
    digest = hashlib.sha256(more.encode())
    for path in files_below(root, names):
        name = path.relative_to(root).as_posix().encode()
        content = hashlib.sha256(path.read_bytes()).digest()
        digest.update(name + b"\0" + content)
    return digest.hexdigest()


def everything_key(root: Path = ROOT) -> str:
    """Return the key of all that the book is made of."""
    return content_key(root, EVERYTHING)


def shared_key(root: Path = ROOT) -> str:
    """Return the key of what every page shows: settings, style, titles."""
    titles = []
    for path in files_below(root, ["book"]):
        if path.suffix == ".md":
            # The navigation on every page shows the title of each.
            text = path.read_text(encoding="utf-8")
            title = re.search(r"^# .*$", text, re.MULTILINE)
            titles.append(f"{path.name} {title and title[0]}")
    return content_key(root, SHARED, "\n".join(titles))
