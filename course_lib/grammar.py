"""The grammar of `translation`, asked for its own probabilities.

A French sentence is a subject and what is said of it, and the two are drawn
apart, but for their number. So two tables are enough to say whether a text
is a sentence of the grammar, and how likely it is. It leaves out English,
and that `random_pairs` never draws a sentence twice. Chapter 3.
"""

from functools import cache
from itertools import product
from math import inf, log

from course_lib.translation import (
    ADJECTIVES,
    DESCRIBED,
    DETERMINERS,
    NEGATED,
    NOUNS,
    PRONOUN,
    PRONOUNS,
    VERBS,
    noun_phrase,
    sentence,
)


def french_log_probability(text):
    r"""Log-probability of a French text under the grammar.

    .. math::
        \log P(\mathrm{subject}) + \log P(\mathrm{rest} \mid \mathrm{number})

    Args:
        text: words with a space between two.

    Returns:
        A number below zero, minus infinity if the grammar cannot make it.

    >>> french_log_probability("le chien noir ne la voit pas") > -12
    True
    >>> french_log_probability("le chien noir ne la voient pas")
    -inf
    """
    words = text.split()
    for n in (2, 3):  # without and with an adjective
        plural, p = _subjects().get(" ".join(words[:n]), (False, 0))
        rest = _predicates(plural).get(" ".join(words[n:]), 0)
        if p * rest > 0:
            return log(p * rest)
    return -inf


def share_grammatical(texts):
    """The share of texts that are French sentences of the grammar.

    >>> share_grammatical(["le chien la voit", "la chien la voit"])
    0.5
    """
    if not texts:
        raise ValueError("texts must hold at least one text, got none.")
    return sum(french_log_probability(t) > -inf for t in texts) / len(texts)


def _phrases(plural):
    """French noun phrases of one number, and their probabilities."""
    ways = [(None, 1 - DESCRIBED)]
    ways += [(a, DESCRIBED / len(ADJECTIVES)) for a in range(len(ADJECTIVES))]
    for noun, determiner, (adjective, p) in product(
        range(len(NOUNS)), range(len(DETERMINERS)), ways
    ):
        phrase = noun_phrase(noun, determiner, adjective, plural)
        yield phrase, p / len(NOUNS) / len(DETERMINERS)


@cache
def _subjects():
    """French subject -> (whether it is plural, probability)."""
    return {
        phrase[1]: (plural, p / 2)
        for plural in (False, True)
        for phrase, p in _phrases(plural)
    }


@cache
def _predicates(plural):
    """All that may follow a subject of this number -> probability."""
    things = [(thing, PRONOUN / len(PRONOUNS)) for thing in PRONOUNS]
    for number in (False, True):
        things += [(t, p * (1 - PRONOUN) / 2) for t, p in _phrases(number)]
    ways = ((True, NEGATED), (False, 1 - NEGATED))
    found = {}
    for (thing, p), verb, (negated, q) in product(
        things, range(len(VERBS)), ways
    ):
        _, french = sentence(
            ("", ""), verb, thing, plural=plural, negated=negated
        )
        found[french.strip()] = p * q / len(VERBS)
    return found
