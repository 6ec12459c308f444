"""The book's pages: which there are, what they run, and when it's out of date.

A page's cells run again when their own text changes, when the code of
`course_lib` that they use changes (not its docstrings, comments or other
functions), or when a version that can change a result changes. jupyter-cache
knows the first of these only, so this module keeps a key beside its cache.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode

from tools.inputs import ROOT

# A change of one of these can change a number on a page.
MEASURING = ("matplotlib", "numpy", "pandas", "scipy", "statsmodels", "torch")


@dataclass(frozen=True)
class Page:
    """A page with cells to run.

    Attributes:
        name: e.g. book/06-simple-rnn.
        path: of its source.
        text: its source.
        read: makes a notebook of the text, which takes a while.
    """

    name: str
    path: Path
    text: str
    read: Callable[[str], NotebookNode]

    @cached_property
    def notebook(self) -> NotebookNode:
        """The page's cells."""
        return self.read(self.text)

    @property
    def code(self) -> str:
        """All of the page's code cells, one below the other."""
        cells = self.notebook.cells
        return "\n\n".join(c.source for c in cells if c.cell_type == "code")


def toc_files(root: Path = ROOT) -> list[str]:
    """Return the names in _toc.yml, in their order."""

    def names(entry) -> Iterator[str]:
        if isinstance(entry, list):
            for part in entry:
                yield from names(part)
        elif isinstance(entry, dict):
            for key in ("root", "file"):
                if key in entry:
                    yield entry[key]
            for value in entry.values():
                if isinstance(value, list | dict):
                    yield from names(value)

    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return [re.sub(r"\.(md|ipynb)$", "", name) for name in names(toc)]


def config(root: Path = ROOT) -> dict:
    """Return the settings of the book."""
    return yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))


def source_of(name: str, root: Path = ROOT) -> Path:
    """Return the file of a page."""
    for suffix in (".md", ".ipynb"):
        path = (root / name).with_name(Path(name).name + suffix)
        if path.exists():
            return path
    raise FileNotFoundError(
        f"_toc.yml names {name}, and there is no such file"
    )


def read_pages(root: Path = ROOT) -> list[Page]:
    """Return the pages that have cells to run, read as the book reads them."""
    settings = config(root)
    extensions = settings["parse"]["myst_enable_extensions"]
    md_config = MdParserConfig(enable_extensions=set(extensions))
    excluded = settings["execute"].get("exclude_patterns", [])
    pages = []
    for name in toc_files(root):
        path = source_of(name, root)
        if any(path.match(pattern) for pattern in excluded):
            continue
        text = path.read_text(encoding="utf-8")
        reader = create_nb_reader(str(path), md_config, NbParserConfig(), text)
        if reader is not None:
            pages.append(Page(name, path, text, reader.read))
    return pages


def measuring_versions(root: Path = ROOT) -> str:
    """Return the pinned versions that can change a number on a page."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").split()
    pins = [pin for pin in lines if pin.split("==")[0].lower() in MEASURING]
    return " ".join(
        [f"python{sys.version_info[0]}.{sys.version_info[1]}", *pins]
    )


def page_key(
    code: str, fingerprint: Callable[[str], str], versions: str
) -> str:
    """Return the key of what a page's cells can show.

    Args:
        code: the page's cells.
        fingerprint: gives the hash of the library's code that `code` uses.
        versions: what `measuring_versions` returns.
    """
    parts = "\0".join([code, fingerprint(code), versions])
    return hashlib.sha256(parts.encode()).hexdigest()


class ExecutionCache:
    """jupyter-cache, and the key of each page beside it."""

    def __init__(self, root: Path = ROOT):
        self.folder = root / "_build" / ".jupyter_cache"
        self.cache = get_cache(str(self.folder))

    def key_file(self, page: Page) -> Path:
        """Return the file with the key under which a page ran last.

        The page depends on it in Sphinx (book/_ext/course_html.py), so it
        is written only when the page ran.
        """
        return self.folder / "keys" / f"{page.name}.key"

    def is_fresh(self, page: Page, key: str) -> bool:
        """Say whether the outputs of a page are still what it would show."""
        try:
            record = self.cache.match_cache_notebook(page.notebook)
            self.cache.get_cache_bundle(record.pk)
        except KeyError:
            return False
        known = self.key_file(page)
        return known.exists() and known.read_text() == key

    def forget(self, page: Page) -> None:
        """Remove a page's outputs, so that an interrupted build runs it."""
        self.key_file(page).unlink(missing_ok=True)

    def keep(self, page: Page, done: NotebookNode, key: str, seconds: float):
        """Store the outputs of a page where the book will look for them."""
        self.cache.cache_notebook_bundle(
            CacheBundleIn(
                done, str(page.path), data={"execution_seconds": seconds}
            ),
            check_validity=False,
            overwrite=True,
        )
        known = self.key_file(page)
        known.parent.mkdir(parents=True, exist_ok=True)
        known.write_text(key)
