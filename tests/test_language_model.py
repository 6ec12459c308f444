"""Models of a language, lots, and the grammar's own probabilities."""

from math import exp, inf

import pytest
import torch
from recurrent_things import assert_equal_to, generator, make_cell, randomise

from course_lib import (
    LanguageModel,
    Texts,
    Vocabulary,
    WordCounts,
    beam,
    greedy,
    perplexity,
    random_pairs,
    sample,
)
from course_lib.grammar import french_log_probability, share_grammatical
from course_lib.vocabulary import END, PAD, START

N_WORDS, E, H = 7, 3, 5
ROWS = torch.tensor([[5, 3, 4, END], [4, END, PAD, PAD], [5, 6, END, PAD]])
TEXTS = Texts(ROWS, ROWS)
kinds = pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "2 lstm"])
orders = pytest.mark.parametrize("order", [1, 2, 3, 6])


def network(kind="gru", seed=0):
    """With random weights in float64."""
    model = LanguageModel(make_cell(kind, E, H), N_WORDS)
    return randomise(model, seed=seed, size=1.0)


def counts(order, weight=0.7):
    """Of the three sentences above."""
    return WordCounts(ROWS, N_WORDS, order=order, weight=weight)


def one_by_one(model, rows):
    """The scores of words written one after the other."""
    context, words, found = model.read(rows), torch.full((3, 1), START), []
    for k in range(rows.shape[1]):
        scores, context = model.write(words, context)
        found.append(scores)
        words = rows[:, k : k + 1]
    return torch.cat(found, dim=1)


@kinds
def test_a_network_says_the_same_at_once_and_one_by_one(kind):
    """And no word's score changes with a word that comes later."""
    model = network(kind)
    at_once = model(ROWS, ROWS)
    assert at_once.shape == (3, 4, N_WORDS)
    assert_equal_to(one_by_one(model, ROWS), at_once)
    later = ROWS.clone()
    later[:, 2] = 6
    assert_equal_to(model(later, later)[:, :3], at_once[:, :3])
    assert not torch.equal(model(later, later)[:, 3], at_once[:, 3])


def test_what_a_language_model_is_given_to_read_is_only_counted():
    """Other inputs, the same scores."""
    for model in (network(), counts(3)):
        assert torch.equal(model(ROWS, ROWS), model(torch.rand(3, 2), ROWS))


@orders
def test_counts_say_the_same_at_once_and_one_by_one(order):
    """The state is the words before."""
    model = counts(order)
    assert model(ROWS, ROWS).shape == (3, 4, N_WORDS)
    assert torch.equal(one_by_one(model, ROWS), model(ROWS, ROWS))


@orders
def test_probabilities_of_counts_add_up_to_one(order):
    """After words that were counted, and after others."""
    rows = torch.randint(3, N_WORDS, (8, 4), generator=generator(1))
    p = counts(order)(rows, rows).exp()
    assert (p > 0).all()
    assert torch.allclose(p.sum(dim=2), torch.ones(8, 4))


def test_smoothed_pairs_are_what_one_counts_by_hand():
    """Of 3 sentences 2 begin with word 5, of 9 words 2 are word 5."""
    k = 0.7
    single = (2 + k / N_WORDS) / (9 + k)
    expected = (2 + k * single) / (3 + k)
    got = counts(2, k)(ROWS, ROWS)[0, 0, 5].exp().item()
    assert got == pytest.approx(expected)


def test_words_never_seen_together_are_left_to_the_shorter_count():
    """After 6 3, which never came, the triple knows what 3 alone knows."""
    rows = torch.tensor([[6, 3, 4, END]])
    triples, pairs = counts(3)(rows, rows), counts(2)(rows, rows)
    assert torch.allclose(triples[0, 2], pairs[0, 2])
    assert not torch.allclose(triples[0, 0], triples[0, 2])


def test_the_perplexity_of_knowing_nothing_is_the_vocabularys_size():
    """Equal scores for all words; and a great weight for equal ones."""
    model = network()
    for parameter in model.write.h_to_words.parameters():
        torch.nn.init.zeros_(parameter)
    assert perplexity(model, TEXTS) == pytest.approx(N_WORDS)
    even = counts(1, weight=1e6)
    assert perplexity(even, TEXTS) == pytest.approx(N_WORDS, rel=1e-4)


def test_the_perplexity_of_counting_the_one_sentence_there_is_is_one():
    """With next to nothing for the shorter count."""
    row = torch.tensor([[5, 3, 4, END, PAD]])
    model = WordCounts(row, N_WORDS, order=2, weight=1e-6)
    assert perplexity(model, Texts(row, row)) == pytest.approx(1, abs=1e-4)


def test_padding_changes_no_perplexity():
    """Two more columns of it."""
    more = torch.nn.functional.pad(ROWS, (0, 2), value=PAD)
    for model in (network(), counts(3)):
        expected = perplexity(model, TEXTS)
        assert perplexity(model, Texts(more, more)) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_lots_at_a_temperature_near_nothing_are_greedy(seed):
    """Whatever the lots."""
    model = network(seed=seed)
    cold = sample(
        model, ROWS, 6, temperature=1e-6, generator=generator(seed + 1)
    )
    assert torch.equal(cold, greedy(model, ROWS, 6))


def test_lots_at_temperature_one_have_the_models_probabilities():
    """First words of many sentences; PAD and START are never drawn."""
    model, many = counts(2), torch.zeros(20_000)
    rows = sample(model, many, 5, generator=generator(2))
    assert rows.shape == (20_000, 5)
    p = model(ROWS, ROWS)[0, 0].exp()
    p[[PAD, START]] = 0
    found = torch.bincount(rows[:, 0], minlength=N_WORDS) / len(many)
    assert torch.allclose(found, p / p.sum(), atol=0.015)
    squared = sample(model, many, 1, temperature=0.5, generator=generator(2))
    found = torch.bincount(squared[:, 0], minlength=N_WORDS) / len(many)
    assert torch.allclose(found, p**2 / (p**2).sum(), atol=0.015)


def test_equal_generators_give_equal_lots_and_nothing_follows_the_end():
    """PAD behind END."""
    one, two = (
        sample(network(), ROWS, 9, generator=generator(4)),
        sample(network(), ROWS, 9, generator=generator(4)),
    )
    assert torch.equal(one, two)
    for row in one.tolist():
        if END in row:
            assert set(row[row.index(END) + 1 :]) <= {PAD}


def test_counts_can_be_searched_like_a_network():
    """One interface: the commonest beginning is word 5."""
    model = counts(2)
    assert greedy(model, ROWS, 6)[0, 0] == 5
    assert beam(model, ROWS, 6, width=2).shape == (3, 6)


def test_the_grammar_knows_each_of_its_sentences():
    """And no two words of one exchanged, no half, no word more."""
    french = random_pairs(300, seed=3).french
    assert share_grammatical(french) == 1
    for text in french[:20]:
        words = text.split()
        assert french_log_probability(" ".join(words[:-2])) == -inf
        assert french_log_probability(f"{text} chien") == -inf
        words[0], words[1] = words[1], words[0]
        assert french_log_probability(" ".join(words)) == -inf


def test_the_grammars_probabilities_add_up_to_one():
    """Over all sentences: those of each subject, and of what follows."""
    from course_lib.grammar import _predicates, _subjects

    assert sum(p for _, p in _subjects().values()) == pytest.approx(1)
    for plural in (False, True):
        assert sum(_predicates(plural).values()) == pytest.approx(1)


def test_the_grammars_probabilities_are_those_of_the_lots():
    """Le chien la voit: half singular, 1 of 24 phrases without adjective."""
    expected = 0.5 * (0.5 / 24) * (0.25 / 3) * (1 / 4) * 0.7
    got = exp(french_log_probability("le chien la voit"))
    assert got == pytest.approx(expected)
    negated = sum(" pas" in text for text in random_pairs(4000).french) / 4000
    assert negated == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: counts(0), "order must be.*got 0"),
        (lambda: counts(2, 0.0), "weight must be above 0, got 0.0"),
        (lambda: sample(network(), ROWS, 0), "length must be.*got 0"),
        (
            lambda: sample(network(), ROWS, 3, temperature=0),
            "temperature must be above 0, got 0; .* greedy",
        ),
        (lambda: share_grammatical([]), "at least one text, got none"),
    ],
)
def test_bad_input_is_named(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()


def test_a_vocabulary_of_the_data_is_what_knowing_nothing_chooses_from():
    """56 tokens in French."""
    french = random_pairs(900, seed=1).french
    rows = Vocabulary(french).encode(french)
    model = WordCounts(rows[:1], 56, order=1, weight=1e9)
    assert perplexity(model, Texts(rows, rows)) == pytest.approx(56, rel=1e-3)
