"""The book's claims, and the experiments that they are judged by.

An experiment is a function of a seed that returns named numbers; it is run
once for each seed and its numbers are written down with the hash of the
code that made them. A claim reads the numbers of one experiment and comes
with a verdict. ``course claims`` runs what is missing or old; the book
shows what is written down and runs nothing.

One module for each chapter holds its experiments and its claims.
"""

from course_lib.claims import chapter_05, chapter_06, chapter_07, chapter_08

CHAPTERS = {
    "05": chapter_05,
    "06": chapter_06,
    "07": chapter_07,
    "08": chapter_08,
}


def all_claims():
    """Every claim of the book, in the order of the chapters."""
    return [claim for module in CHAPTERS.values() for claim in module.CLAIMS]


def all_experiments():
    """Every experiment that some claim needs, by name."""
    return {
        claim.experiment.__name__: claim.experiment for claim in all_claims()
    }
