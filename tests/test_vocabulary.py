"""Words become numbers and come back as they were."""

import pytest
import torch

from course_lib import Vocabulary
from course_lib.vocabulary import END, PAD, START, n_tokens, shifted

TEXTS = ["the dog sleeps", "a cat", "the cat sees a dog"]


def test_what_is_encoded_is_decoded_again():
    """Of every length, in their order."""
    words = Vocabulary(TEXTS)
    rows = words.encode(TEXTS)
    assert rows.shape == (3, 6)
    assert words.decode(rows) == TEXTS


def test_every_sentence_ends_once_and_is_padded_behind_its_end():
    """Words, END, then PAD alone."""
    rows = Vocabulary(TEXTS).encode(TEXTS)
    for row, text in zip(rows.tolist(), TEXTS, strict=True):
        n = len(text.split())
        assert row[n] == END
        assert all(number > END for number in row[:n])
        assert all(number == PAD for number in row[n + 1 :])
    assert n_tokens(rows).tolist() == [4, 3, 6]


def test_numbers_are_those_of_the_alphabet_behind_three_special_ones():
    """The same words give the same numbers, whatever the sentences."""
    words = Vocabulary(TEXTS)
    assert words.words[:3] == ("<pad>", "<start>", "<end>")
    assert list(words.words[3:]) == sorted(words.words[3:])
    assert Vocabulary(TEXTS[::-1]).words == words.words
    assert len(words) == 3 + 6


def test_a_decoder_reads_the_word_before_each_word():
    """START first, and never the word that it is to write."""
    rows = torch.tensor([[5, 7, END, PAD], [8, 6, 9, END]])
    got = shifted(rows)
    assert got.tolist() == [[START, 5, 7, END], [START, 8, 6, 9]]


def test_decoding_stops_at_the_first_end_or_goes_on_without_one():
    """What stands behind END is no word of the sentence."""
    words = Vocabulary(["a b"])
    a, b = words.number("a"), words.number("b")
    rows = torch.tensor([[a, END, b, END], [a, b, a, b]])
    assert words.decode(rows) == ["a", "a b a b"]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: Vocabulary([]), "at least one word, got none"),
        (lambda: Vocabulary(["a b"]).encode(["a c"]), "'c' is not in the"),
        (lambda: Vocabulary(["a b"]).encode([]), "sentences must be.*got 0"),
    ],
)
def test_bad_input_is_named(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
