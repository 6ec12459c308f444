"""Chapter 3: input and output sequences."""

import random
from math import exp

import torch

from course_lib.captioner import Captioner, ImageEncoder
from course_lib.captions import VOCABULARY, captioned_shapes
from course_lib.cells import GRUCell, LSTMCell, RNNCell
from course_lib.claims.claim import AtMost, Below
from course_lib.decoding import (
    beam,
    exact_match,
    forced,
    greedy,
    sample,
    token_accuracy,
)
from course_lib.grammar import french_log_probability, share_grammatical
from course_lib.language import LanguageModel, WordCounts, perplexity
from course_lib.padding import first_symbol_task, majority_task
from course_lib.recurrent import Recurrent
from course_lib.schedules import one_cycle
from course_lib.seq2seq import SequenceToVector
from course_lib.training import fit
from course_lib.translation import (
    ADJECTIVES,
    NOUNS,
    random_pairs,
    select,
    without,
)
from course_lib.vocabulary import Vocabulary, n_tokens
from course_lib.windows import split_examples
from course_lib.writers import (
    Texts,
    ToldNothing,
    Translator,
    WordByWord,
    word_loss,
)

N_TEST = 500


def label_loss(model, batch):
    """Cross-entropy, read at the true last step."""
    scores = model(batch.inputs, batch.lengths)
    return torch.nn.functional.cross_entropy(scores, batch.targets)


def padded_end_loss(model, batch):
    """Cross-entropy, read at the end of the padding."""
    scores = model(batch.inputs)
    return torch.nn.functional.cross_entropy(scores, batch.targets)


def wrong_labels(cell, make_task, loss, *, seed):
    """Train on padded sequences; the share of new ones answered wrongly."""
    train, test = make_task(6400, seed=seed), make_task(1000, seed=seed + 100)
    torch.manual_seed(seed)
    n_classes = int(train.targets.max()) + 1
    model = SequenceToVector(Recurrent(cell(8, 32)), n_classes)
    fit(
        model,
        train,
        epochs=4,
        batch_size=64,
        lr=3e-3,
        loss=loss,
        clip_norm=1.0,
        seed=seed,
    )
    with torch.no_grad():
        lengths = test.lengths if loss is label_loss else None
        answers = model(test.inputs, lengths).argmax(dim=1)
    return (answers != test.targets).float().mean().item()


def sequences_of_many_lengths(seed):
    """Two tasks, read at the true last step or at the end of the padding."""
    tasks = {
        "majority_rnn": (RNNCell, majority_task),
        "majority_gru": (GRUCell, majority_task),
        "first_gru": (GRUCell, first_symbol_task),
    }
    losses = {"true": label_loss, "padded": padded_end_loss}
    return {
        f"{name}_{where}": wrong_labels(cell, task, loss, seed=seed)
        for name, (cell, task) in tasks.items()
        for where, loss in losses.items()
    }


def one_cycle_fit(model, data, *, epochs, seed):
    """The setting of all writers of this chapter."""
    steps = epochs * -(-len(data.inputs) // 64)
    return fit(
        model,
        data,
        epochs=epochs,
        batch_size=64,
        lr=3e-3,
        loss=word_loss,
        clip_norm=1.0,
        optimizer=one_cycle(steps),
        seed=seed,
    )


class Corpus:
    """Training and test sentences as tokens, from one grammar."""

    def __init__(self, train, test):
        self.english = Vocabulary(train.english)
        self.french = Vocabulary(train.french)
        self.train = self.texts(train)
        self.test = self.texts(test)

    def texts(self, pairs):
        """Pairs as tokens."""
        return Texts(
            self.english.encode(pairs.english),
            self.french.encode(pairs.french),
        )

    def translator(self, seed):
        """An LSTM that reads and an LSTM that writes, 128 units each."""
        torch.manual_seed(seed)
        return Translator(
            LSTMCell(32, 128),
            LSTMCell(32, 128),
            len(self.english),
            len(self.french),
        )

    def word_by_word(self, seed, delay):
        """One LSTM that writes while it reads."""
        torch.manual_seed(seed)
        return WordByWord(
            LSTMCell(32, 128),
            len(self.english),
            len(self.french),
            delay=delay,
        )

    def wrong(self, model, texts=None):
        """The share of sentences with a wrong word, free running."""
        texts = self.test if texts is None else texts
        rows = greedy(model, texts.inputs, texts.targets.shape[1])
        return 1 - exact_match(rows, texts.targets)


def split_pairs(n, seed):
    """So many sentences for training, and 500 others."""
    pairs = random_pairs(n + N_TEST, seed=seed)
    rows = range(n + N_TEST)
    return (
        select(pairs, [row < n for row in rows]),
        select(pairs, [row >= n for row in rows]),
    )


def translation(seed):
    """6,000 sentences; new sentences, and new pairs of noun and adjective.

    One adjective of each noun is left out of the training.
    """
    lot = random.Random(seed)
    left_out = {(n, lot.randrange(len(ADJECTIVES))) for n in range(len(NOUNS))}
    known, new = without(random_pairs(10_000, seed=seed), left_out)
    rows = range(len(known.english))
    corpus = Corpus(
        select(known, [row < 6000 for row in rows]),
        select(known, [6000 <= row < 6000 + N_TEST for row in rows]),
    )
    model = corpus.translator(seed)
    one_cycle_fit(model, corpus.train, epochs=11, seed=seed)
    french = corpus.french.decode(corpus.train.targets)
    commonest = max(set(french), key=french.count)
    tests = corpus.french.decode(corpus.test.targets)
    new = select(new, [row < N_TEST for row in range(len(new.english))])
    return {
        "wrong": corpus.wrong(model),
        "told_nothing": corpus.wrong(ToldNothing(model)),
        "commonest": 1 - tests.count(commonest) / len(tests),
        "new_pairs": corpus.wrong(model, corpus.texts(new)),
    }


def small_translation(seed):
    """1,000 sentences: how it is read, how it is written, how it is scored."""
    train, test = split_pairs(1000, seed)
    corpus = Corpus(train, test)
    inputs, targets = corpus.test
    length = targets.shape[1]
    model = corpus.translator(seed)
    one_cycle_fit(model, corpus.train, epochs=38, seed=seed)
    written = {
        "greedy": greedy(model, inputs, length),
        "beam": beam(model, inputs, length, width=4),
        "forced": forced(model, inputs, targets),
    }
    numbers = {}
    for name, rows in written.items():
        numbers[name] = 1 - exact_match(rows, targets)
        numbers[f"{name}_words"] = 1 - token_accuracy(rows, targets)
    for delay in (0, 2):
        waiting = corpus.word_by_word(seed, delay)
        one_cycle_fit(waiting, corpus.train, epochs=38, seed=seed)
        rows = forced(waiting, inputs, targets)
        numbers[f"delay_{delay}"] = 1 - exact_match(rows, targets)
        if delay == 0:
            first = rows[:, 0] != targets[:, 0]
            numbers["delay_0_first_word"] = first.float().mean().item()
    first = written["greedy"][:, 0] != targets[:, 0]
    numbers["greedy_first_word"] = first.float().mean().item()
    return numbers


def captioner(seed, **where):
    """Convolutions to 128 numbers, and a GRU that writes about them."""
    torch.manual_seed(seed)
    size = 32 + 128 * where.get("every_step", True)
    return Captioner(
        ImageEncoder(128), GRUCell(size, 128), len(VOCABULARY), **where
    )


def wrong_captions(model, part):
    """The share of pictures described with a wrong word, free running."""
    targets = VOCABULARY.encode(part.captions)
    rows = greedy(model, part.images, targets.shape[1])
    return 1 - exact_match(rows, targets)


def examples(part):
    """Pictures and captions as tokens."""
    return Texts(part.images, VOCABULARY.encode(part.captions))


def described_pictures(seed):
    """40,000 pictures; new constellations and new pairs of words."""
    split = captioned_shapes(40_000, seed=seed)
    model = captioner(seed)
    one_cycle_fit(model, examples(split.train), epochs=5, seed=seed)
    return {
        "wrong": wrong_captions(model, split.test),
        "told_nothing": wrong_captions(ToldNothing(model), split.test),
        "new_pairs": wrong_captions(model, split.unseen),
    }


def where_the_vector_goes(seed):
    """The vector as first state, at every step, or both; a short run."""
    split = captioned_shapes(20_000, seed=seed)
    data = examples(split.train)
    ways = {
        "first": {"every_step": False},
        "every": {"first_state": False},
    }
    numbers = {}
    for name, way in ways.items():
        model = captioner(seed, **way)
        one_cycle_fit(model, data, epochs=2, seed=seed)
        numbers[name] = wrong_captions(model, split.test)
    return numbers


def next_words(seed):
    """French alone: 800 sentences to learn, 200 to choose by, 500 to test."""
    french = random_pairs(1500, seed=seed).french
    vocabulary = Vocabulary(french)
    rows = vocabulary.encode(french)
    train, valid, test = split_examples(Texts(rows, rows), 800, 200, 500)
    counts = {
        name: min(
            (
                WordCounts(
                    train.targets, len(vocabulary), order=order, weight=weight
                )
                for weight in (0.3, 1.0, 3.0, 10.0, 30.0)
            ),
            key=lambda model: perplexity(model, valid),
        )
        for name, order in {"pairs": 2, "triples": 3, "fives": 5}.items()
    }
    torch.manual_seed(seed)
    network = LanguageModel(GRUCell(32, 64), len(vocabulary))
    one_cycle_fit(network, train, epochs=20, seed=seed)
    numbers = {
        name: perplexity(model, test)
        for name, model in {**counts, "network": network}.items()
    }
    likely = sum(map(french_log_probability, french[-len(test.targets) :]))
    n_words = n_tokens(test.targets).sum().item()
    numbers["grammar"] = exp(-likely / n_words)
    lots = {
        "triples_wrong": (counts["triples"], 1.0),
        "fives_wrong": (counts["fives"], 1.0),
        "network_wrong": (network, 1.0),
        "network_cool_wrong": (network, 0.5),
    }
    for name, (model, temperature) in lots.items():
        written = sample(
            model,
            test.inputs,
            15,
            temperature=temperature,
            generator=torch.Generator().manual_seed(seed),
        )
        numbers[name] = 1 - share_grammatical(vocabulary.decode(written))
    return numbers


_LENGTHS = "lengths 3 to 40, 32 units, 400 steps; share answered wrongly"
_6000 = (
    "6,000 sentences without one adjective of each noun, LSTM of 128 to LSTM "
    "of 128, 1,034 steps; share of 500 new sentences with a wrong word"
)
_1000 = (
    "1,000 sentences, LSTM of 128, 608 steps; share of 500 new sentences "
    "with a wrong word"
)
_WORDS = (
    "1,000 sentences, LSTM of 128, 608 steps; share of wrong words in 500 "
    "new sentences"
)
_PICTURES = (
    "40,000 pictures, GRU of 128, 3,125 steps; share of 1,000 held-out "
    "pictures described with a wrong word"
)
_FRENCH = (
    "800 French sentences, GRU of 64, 260 steps; perplexity on 500 new "
    "sentences"
)
_SAMPLES = (
    "800 French sentences, GRU of 64, 260 steps; share of 500 sampled "
    "sentences that are not grammatical"
)

CLAIMS = [
    Below(
        "ch03-majority-rnn",
        "03",
        "A simple RNN read at each sequence's true end beats one read at "
        "the end of the padding.",
        f"majority of even symbols, {_LENGTHS}",
        sequences_of_many_lengths,
        lower="majority_rnn_true",
        higher="majority_rnn_padded",
    ),
    Below(
        "ch03-majority-gru",
        "03",
        "A GRU needs the true end for the same task.",
        f"majority of even symbols, {_LENGTHS}",
        sequences_of_many_lengths,
        lower="majority_gru_true",
        higher="majority_gru_padded",
    ),
    Below(
        "ch03-first-gru",
        "03",
        "A GRU that is asked for the first symbol needs the true end.",
        f"first of 8 symbols modulo 4, {_LENGTHS}",
        sequences_of_many_lengths,
        lower="first_gru_true",
        higher="first_gru_padded",
    ),
    AtMost(
        "ch03-captions",
        "03",
        "Of pictures in constellations never trained, 5 % or fewer are "
        "described with a wrong word.",
        _PICTURES,
        described_pictures,
        name="wrong",
        bound=0.05,
    ),
    Below(
        "ch03-captions-nothing",
        "03",
        "Told nothing of the picture, the writer fails.",
        _PICTURES,
        described_pictures,
        lower="wrong",
        higher="told_nothing",
    ),
    AtMost(
        "ch03-captions-pairs",
        "03",
        "A colour and a shape never trained together are described right "
        "half the time or more.",
        _PICTURES,
        described_pictures,
        name="new_pairs",
        bound=0.5,
    ),
    Below(
        "ch03-vector",
        "03",
        "The picture's vector at every step beats the vector as first state.",
        "20,000 pictures, GRU of 128, 626 steps; share of 1,000 held-out "
        "pictures described with a wrong word",
        where_the_vector_goes,
        lower="every",
        higher="first",
    ),
    AtMost(
        "ch03-translation",
        "03",
        "Of sentences never seen, 10 % or fewer are translated with a wrong "
        "word, free running.",
        _6000,
        translation,
        name="wrong",
        bound=0.10,
    ),
    Below(
        "ch03-translation-nothing",
        "03",
        "Without the encoder's state it does better than always writing the "
        "commonest sentence.",
        _6000,
        translation,
        lower="told_nothing",
        higher="commonest",
    ),
    Below(
        "ch03-translation-pairs",
        "03",
        "Sentences with a noun and an adjective never seen together are "
        "harder than other new sentences.",
        _6000,
        translation,
        lower="wrong",
        higher="new_pairs",
    ),
    Below(
        "ch03-whole",
        "03",
        "Reading the whole sentence first beats writing word by word.",
        _1000,
        small_translation,
        lower="greedy",
        higher="delay_0",
    ),
    Below(
        "ch03-first-word",
        "03",
        "Even of the first French word this is true.",
        f"{_1000} at its first place",
        small_translation,
        lower="greedy_first_word",
        higher="delay_0_first_word",
    ),
    Below(
        "ch03-delay",
        "03",
        "Waiting for two words beats reading the whole sentence first.",
        _1000,
        small_translation,
        lower="delay_2",
        higher="greedy",
    ),
    Below(
        "ch03-exposure",
        "03",
        "Given the true words before, fewer words are wrong than running "
        "freely.",
        _WORDS,
        small_translation,
        lower="forced_words",
        higher="greedy_words",
    ),
    Below(
        "ch03-exposure-exact",
        "03",
        "Given the true words before, fewer sentences are wrong than running "
        "freely.",
        _1000,
        small_translation,
        lower="forced",
        higher="greedy",
    ),
    Below(
        "ch03-beam",
        "03",
        "A beam of 4 translates better than greedy writing.",
        _1000,
        small_translation,
        lower="beam",
        higher="greedy",
    ),
    Below(
        "ch03-next-pairs",
        "03",
        "A recurrent network says the next word better than counts of pairs.",
        _FRENCH,
        next_words,
        lower="network",
        higher="pairs",
    ),
    Below(
        "ch03-next-fives",
        "03",
        "It does so better than counts of up to five words in a row.",
        _FRENCH,
        next_words,
        lower="network",
        higher="fives",
    ),
    Below(
        "ch03-next-triples",
        "03",
        "Counts of triples say the next word better than counts of pairs.",
        _FRENCH,
        next_words,
        lower="triples",
        higher="pairs",
    ),
    Below(
        "ch03-next-grammar",
        "03",
        "The network's perplexity is less than 10 % above that of the "
        "grammar itself.",
        _FRENCH,
        next_words,
        lower="network",
        higher="grammar",
        factor=1 / 1.1,
    ),
    Below(
        "ch03-next-samples",
        "03",
        "The network writes fewer ungrammatical sentences than counts of up "
        "to five words.",
        f"{_SAMPLES}, temperature 1",
        next_words,
        lower="network_wrong",
        higher="fives_wrong",
    ),
    Below(
        "ch03-next-cool",
        "03",
        "At a temperature of a half it writes fewer ungrammatical sentences "
        "than at 1.",
        f"{_SAMPLES}, temperature 0.5 against 1",
        next_words,
        lower="network_cool_wrong",
        higher="network_wrong",
    ),
]
