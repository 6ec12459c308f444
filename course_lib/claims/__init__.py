"""The book's claims, and the experiments that they are judged by.

An experiment is a function of a seed that returns named numbers; it is run
once for each seed and its numbers are written down with the hash of the
code that made them. A claim reads the numbers of one experiment and comes
with a verdict. ``course claims`` runs what is missing or old; the book
shows what is written down and runs nothing.

The module ``chapter_NN`` holds the experiments and claims of chapter NN.
"""

from importlib import import_module
from pathlib import Path

CHAPTERS = {
    path.stem.removeprefix("chapter_"): import_module(
        f"{__name__}.{path.stem}"
    )
    for path in sorted(Path(__file__).parent.glob("chapter_[0-9][0-9].py"))
}


def all_claims():
    """Every claim of the book, in the order of the chapters."""
    return [claim for module in CHAPTERS.values() for claim in module.CLAIMS]


def all_experiments():
    """Every experiment that some claim needs, by name."""
    return {
        claim.experiment.__name__: claim.experiment for claim in all_claims()
    }
