"""English sentences of a small grammar, and the same in French.

A sentence has a subject, a verb and an object, each noun a determiner and
perhaps an adjective. Little as that is, French cannot be written word by
word: adjectives follow their noun, determiners and adjectives agree with
it, *ne … pas* encloses the verb, and a pronoun moves before it. The grammar
leaves out elision, tenses and adjectives that precede. Chapter 3.
"""

from typing import NamedTuple

import torch

from course_lib import _require

# English singular and plural, French singular and plural, gender.
NOUNS = (
    ("dog", "dogs", "chien", "chiens", "m"),
    ("cat", "cats", "chat", "chats", "m"),
    ("boy", "boys", "garçon", "garçons", "m"),
    ("horse", "horses", "cheval", "chevaux", "m"),
    ("girl", "girls", "fille", "filles", "f"),
    ("cow", "cows", "vache", "vaches", "f"),
    ("mouse", "mice", "souris", "souris", "f"),
    ("hen", "hens", "poule", "poules", "f"),
)
# English; French m. sing., f. sing., m. plural, f. plural.
ADJECTIVES = (
    ("black", "noir", "noire", "noirs", "noires"),
    ("white", "blanc", "blanche", "blancs", "blanches"),
    ("grey", "gris", "grise", "gris", "grises"),
    ("tired", "fatigué", "fatiguée", "fatigués", "fatiguées"),
    ("happy", "content", "contente", "contents", "contentes"),
)
# English singular, plural; French m. sing., f. sing., plural.
DETERMINERS = (
    ("the", "the", "le", "la", "les"),
    ("my", "my", "mon", "ma", "mes"),
    ("this", "these", "ce", "cette", "ces"),
)
# English singular, plural; French singular, plural.
VERBS = (
    ("sees", "see", "voit", "voient"),
    ("follows", "follow", "suit", "suivent"),
    ("seeks", "seek", "cherche", "cherchent"),
    ("washes", "wash", "lave", "lavent"),
)
PRONOUNS = (("him", "le"), ("her", "la"), ("them", "les"))
NEGATED, PRONOUN, DESCRIBED = 0.30, 0.25, 0.5


class Pairs(NamedTuple):
    """Sentences in two languages, one text each.

    Attributes:
        english: list of N texts.
        french: list of N texts, the translations.
        described: list of N sets of (noun, adjective), which go together
            in the sentence.
    """

    english: list
    french: list
    described: list


def noun_phrase(noun, determiner, adjective, plural):
    """(English, French) of a determiner, a noun and perhaps an adjective.

    Args:
        noun: a number in `NOUNS`.
        determiner: a number in `DETERMINERS`.
        adjective: a number in `ADJECTIVES`, or None.
        plural: whether there are several.

    >>> noun_phrase(5, 1, 1, False)
    ('my white cow', 'ma vache blanche')
    >>> noun_phrase(5, 1, 1, True)
    ('my white cows', 'mes vaches blanches')
    """
    *forms, gender = NOUNS[noun]
    feminine = gender == "f"
    d = DETERMINERS[determiner]
    english = [d[plural], forms[plural]]
    french = [d[4] if plural else d[2 + feminine], forms[2 + plural]]
    if adjective is not None:
        a = ADJECTIVES[adjective]
        english.insert(1, a[0])
        french.append(a[1 + feminine + 2 * plural])
    return " ".join(english), " ".join(french)


def sentence(subject, verb, thing, *, plural=False, negated=False):
    """(English, French) of a whole sentence.

    Args:
        subject: (English, French) of the subject.
        verb: a number in `VERBS`.
        thing: (English, French) of the object; a pronoun of `PRONOUNS`
            moves before the French verb.
        plural: whether the subject is plural.
        negated: whether it says that it is not so.

    >>> sentence(noun_phrase(0, 0, 0, False), 0, PRONOUNS[1], negated=True)
    ('the black dog does not see her', 'le chien noir ne la voit pas')
    """
    v = VERBS[verb]
    acts = (
        ("does not", "do not")[plural] + f" {v[1]}" if negated else v[plural]
    )
    pronoun = thing in PRONOUNS
    french = [thing[1], v[2 + plural]] if pronoun else [v[2 + plural]]
    if negated:
        french = ["ne", *french, "pas"]
    if not pronoun:
        french.append(thing[1])
    return (
        f"{subject[0]} {acts} {thing[0]}",
        " ".join([subject[1], *french]),
    )


def random_pairs(n, *, seed=0):
    """Draw N different sentences by lot, with their translations.

    Half of the nouns have an adjective, three sentences in ten are
    negated, and one in four has a pronoun for its object.

    Args:
        n: number of sentences N, at most 100,000.
        seed: seed of the generator.

    Returns:
        `Pairs`.

    >>> pairs = random_pairs(3, seed=0)
    >>> len(pairs.english), len(set(pairs.english))
    (3, 3)
    """
    _require.at_least(n, 1, name="n")
    if n > 100_000:
        raise ValueError(
            f"n must be at most 100,000 different sentences, got {n}; "
            "more of the grammar would take too long to meet."
        )
    generator = torch.Generator().manual_seed(seed)
    found = {}
    while len(found) < n:
        # As many again as are missing; doubles fall out below.
        lots = torch.rand(2 * (n - len(found)), 12, generator=generator)
        for lot in lots.tolist():
            english, french, described = _one(lot)
            found.setdefault(english, (french, described))
    chosen = list(found.items())[:n]
    return Pairs(
        [english for english, _ in chosen],
        [french for _, (french, _) in chosen],
        [described for _, (_, described) in chosen],
    )


def _one(lot):
    """A sentence from twelve numbers between 0 and 1."""
    described = set()

    def phrase(noun, determiner, adjective, which, plural):
        noun = int(noun * len(NOUNS))
        which = int(which * len(ADJECTIVES)) if adjective < DESCRIBED else None
        if which is not None:
            described.add((noun, which))
        return noun_phrase(
            noun, int(determiner * len(DETERMINERS)), which, plural
        )

    plural = lot[4] < 0.5
    subject = phrase(*lot[:4], plural)
    if lot[5] < PRONOUN:
        thing = PRONOUNS[int(lot[6] * len(PRONOUNS))]
    else:
        thing = phrase(*lot[6:10], lot[5] < (1 + PRONOUN) / 2)
    verb = int(lot[10] * len(VERBS))
    english, french = sentence(
        subject, verb, thing, plural=plural, negated=lot[11] < NEGATED
    )
    return english, french, described


def select(pairs, keep):
    """The pairs for which ``keep`` is true.

    Args:
        pairs: `Pairs` of N sentences.
        keep: N truth values.

    >>> len(select(random_pairs(3), [True, False, True]).french)
    2
    """
    rows = [n for n, each in enumerate(keep) if each]
    return Pairs(*([part[n] for n in rows] for part in pairs))


def without(pairs, forbidden):
    """Split pairs in two: those without, and those with, forbidden pairs.

    Args:
        pairs: `Pairs`.
        forbidden: set of (noun, adjective), as in `Pairs.described`.

    Returns:
        (without any of them, with at least one).
    """
    has = [bool(described & forbidden) for described in pairs.described]
    return select(pairs, [not h for h in has]), select(pairs, has)
