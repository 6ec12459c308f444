"""The grammar writes French that a teacher would pass."""

import pytest

from course_lib import random_pairs
from course_lib.translation import (
    NOUNS,
    PRONOUNS,
    noun_phrase,
    select,
    sentence,
    without,
)
from course_lib.vocabulary import Vocabulary

DOG, HORSE, GIRL, COW, MOUSE = 0, 3, 4, 5, 6
BLACK, WHITE, GREY = 0, 1, 2
THE, MY, THIS = 0, 1, 2
SEE, FOLLOW = 0, 1


@pytest.mark.parametrize(
    ("phrase", "english", "french"),
    [
        ((DOG, THE, BLACK, False), "the black dog", "le chien noir"),
        ((COW, MY, WHITE, False), "my white cow", "ma vache blanche"),
        ((COW, MY, WHITE, True), "my white cows", "mes vaches blanches"),
        ((HORSE, THIS, GREY, True), "these grey horses", "ces chevaux gris"),
        ((HORSE, THIS, None, False), "this horse", "ce cheval"),
        ((GIRL, THIS, None, False), "this girl", "cette fille"),
        ((MOUSE, THE, GREY, True), "the grey mice", "les souris grises"),
    ],
)
def test_adjectives_follow_and_all_words_agree(phrase, english, french):
    """Gender and number, irregular plurals among them."""
    assert noun_phrase(*phrase) == (english, french)


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("plural", [False, True])
@pytest.mark.parametrize("pronoun", [False, True])
def test_verbs_agree_and_pronouns_and_negation_stand_where_they_do(
    negated, plural, pronoun
):
    """All eight cases, written out."""
    expected = {
        (0, 0, 0): ("the dog follows the cow", "le chien suit la vache"),
        (0, 0, 1): ("the dog follows her", "le chien la suit"),
        (0, 1, 0): ("the dogs follow the cow", "les chiens suivent la vache"),
        (0, 1, 1): ("the dogs follow her", "les chiens la suivent"),
        (1, 0, 0): (
            "the dog does not follow the cow",
            "le chien ne suit pas la vache",
        ),
        (1, 0, 1): (
            "the dog does not follow her",
            "le chien ne la suit pas",
        ),
        (1, 1, 0): (
            "the dogs do not follow the cow",
            "les chiens ne suivent pas la vache",
        ),
        (1, 1, 1): (
            "the dogs do not follow her",
            "les chiens ne la suivent pas",
        ),
    }[negated, plural, pronoun]
    thing = PRONOUNS[1] if pronoun else noun_phrase(COW, THE, None, False)
    subject = noun_phrase(DOG, THE, None, plural)
    got = sentence(subject, FOLLOW, thing, plural=plural, negated=negated)
    assert got == expected


@pytest.fixture(scope="module")
def pairs():
    """Many of them."""
    return random_pairs(3000, seed=1)


def test_no_sentence_comes_twice_and_each_has_one_translation(pairs):
    """So a test of other rows is a test of other sentences."""
    assert len(set(pairs.english)) == len(pairs.english) == 3000
    assert len(pairs.french) == len(pairs.described) == 3000


def test_the_shares_are_those_that_the_grammar_says(pairs):
    """Negation, pronouns, adjectives."""
    n = len(pairs.english)
    negated = sum(" not " in text for text in pairs.english) / n
    pronoun = (
        sum(text.split()[-1] in dict(PRONOUNS) for text in pairs.english) / n
    )
    assert 0.26 < negated < 0.37  # doubles of short sentences fall out
    assert 0.15 < pronoun < 0.27
    nouns = sum(2 - (t.split()[-1] in dict(PRONOUNS)) for t in pairs.english)
    adjectives = sum(
        text.split().count(word)
        for text in pairs.english
        for word in ("black", "white", "grey", "tired", "happy")
    )
    assert 0.47 < adjectives / nouns < 0.57


def test_the_vocabularies_are_as_large_as_the_chapter_says(pairs):
    """Words and three special tokens."""
    assert len(Vocabulary(pairs.english)) == 42
    assert len(Vocabulary(pairs.french)) == 56


def test_what_is_described_is_what_the_sentence_says(pairs):
    """Noun and adjective, as numbers."""
    for english, described in zip(
        pairs.english[:200], pairs.described, strict=False
    ):
        for noun, adjective in described:
            word = ("black", "white", "grey", "tired", "happy")[adjective]
            forms = [f"{word} {form}" for form in NOUNS[noun][:2]]
            assert any(form in english for form in forms)


def test_forbidden_pairs_are_split_off(pairs):
    """Each sentence falls in one part."""
    forbidden = {(COW, WHITE), (DOG, BLACK)}
    known, new = without(pairs, forbidden)
    assert len(known.english) + len(new.english) == len(pairs.english)
    assert not set(known.english) & set(new.english)
    for text in known.english:
        assert "white cow" not in text
        assert "black dog" not in text
    assert all("white cow" in t or "black dog" in t for t in new.english)


def test_sentences_follow_from_the_seed():
    """Equal seeds, equal sentences."""
    assert random_pairs(20, seed=4) == random_pairs(20, seed=4)
    assert random_pairs(20, seed=4) != random_pairs(20, seed=5)


def test_selection_keeps_the_rows_together():
    """English beside its French."""
    pairs = random_pairs(4, seed=0)
    chosen = select(pairs, [False, True, False, True])
    assert chosen.english == [pairs.english[1], pairs.english[3]]
    assert chosen.french == [pairs.french[1], pairs.french[3]]


@pytest.mark.parametrize("n", [0, 100_001])
def test_a_number_that_cannot_be_had_is_refused(n):
    """Too few and too many."""
    with pytest.raises(ValueError, match=f"got {n}"):
        random_pairs(n)
