"""Readers and writers, and the search for what to write."""

from itertools import product

import pytest
import torch
from recurrent_things import assert_equal_to, generator, make_cell, randomise

from course_lib import (
    Captioner,
    GRUCell,
    ImageEncoder,
    LSTMCell,
    RNNCell,
    Texts,
    ToldNothing,
    Translator,
    WordByWord,
    beam,
    exact_match,
    fit,
    forced,
    greedy,
    log_likelihood,
    one_cycle,
    token_accuracy,
    word_loss,
)
from course_lib.vocabulary import END, PAD, START

N_SOURCE, N_TARGET, E, H = 7, 6, 3, 5
SOURCE = torch.tensor([[4, 6, 5, END], [3, END, PAD, PAD], [6, 6, END, PAD]])
TARGETS = torch.tensor([[5, 3, END], [4, END, PAD], [3, 4, END]])
kinds = pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "2 lstm"])


def translator(kind="lstm", seed=0):
    """With random weights in float64."""
    model = Translator(
        make_cell(kind, E, H), make_cell(kind, E, H), N_SOURCE, N_TARGET
    )
    return randomise(model, seed=seed, size=1.0)


def captioner(**how):
    """With random weights in float64; its pictures are bytes."""
    size = E + H * how.get("every_step", True)
    model = Captioner(ImageEncoder(H), GRUCell(size, H), N_TARGET, **how)
    return randomise(model, size=0.3).float()


IMAGES = torch.randint(
    256, (3, 3, 32, 32), dtype=torch.uint8, generator=generator(1)
)
MODELS = {
    "translator": (translator, SOURCE),
    "vector both ways": (captioner, IMAGES),
    "vector first": (lambda: captioner(every_step=False), IMAGES),
    "vector every step": (lambda: captioner(first_state=False), IMAGES),
}
models = pytest.mark.parametrize(
    ("make", "inputs"), MODELS.values(), ids=MODELS
)


@models
def test_forcing_is_writing_one_word_at_a_time(make, inputs):
    """All steps at once give what steps one by one give."""
    model = make()
    context = model.read(inputs)
    words = torch.full((3, 1), START)
    rows = []
    for k in range(TARGETS.shape[1]):
        scores, context = model.write(words, context)
        rows.append(scores)
        words = TARGETS[:, k : k + 1]
    one_by_one = torch.cat(rows, dim=1)
    together = model(inputs, TARGETS)
    assert together.shape == (3, 3, N_TARGET)
    torch.testing.assert_close(together, one_by_one)


@models
@pytest.mark.parametrize("k", range(3))
def test_scores_read_the_words_before_them_and_no_others(make, inputs, k):
    """Word k changes the scores behind it alone."""
    model = make()
    changed = TARGETS.clone()
    changed[:, k] = (changed[:, k] + 1) % N_TARGET
    expected, got = model(inputs, TARGETS), model(inputs, changed)
    torch.testing.assert_close(got[:, : k + 1], expected[:, : k + 1])
    if k < 2:
        assert (got[:, k + 1 :] != expected[:, k + 1 :]).any(2).all()


@kinds
def test_a_sentence_is_translated_alike_alone_and_in_a_batch(kind):
    """Neither its batch nor its padding is read."""
    model = translator(kind)
    together = model(SOURCE, TARGETS)
    for b in range(3):
        length = int((SOURCE[b] != PAD).sum())
        alone = model(SOURCE[b : b + 1, :length], TARGETS[b : b + 1])
        assert_equal_to(together[b : b + 1], alone)


@kinds
def test_every_word_of_the_source_reaches_every_word_written(kind):
    """The whole sentence is read before the first word."""
    model = translator(kind)
    expected = model(SOURCE[:1], TARGETS[:1])
    for t in range(SOURCE.shape[1]):
        changed = SOURCE[:1].clone()
        changed[0, t] = 1
        assert (model(changed, TARGETS[:1]) != expected).any(2).all()


@pytest.mark.parametrize("delay", [0, 1, 2])
def test_word_by_word_nothing_is_read_beyond_the_delay(delay):
    """Output k depends on source words up to k + delay."""
    model = randomise(
        WordByWord(make_cell("gru", E, H), N_SOURCE, N_TARGET, delay=delay)
    )
    source, targets = SOURCE[:1], torch.zeros(1, 4, dtype=torch.long)
    expected = model(source, targets)
    assert expected.shape == (1, 4, N_TARGET)
    for t in range(4):
        changed = source.clone()
        changed[0, t] = 1
        same = (model(changed, targets) == expected).all(dim=2)[0]
        assert same.tolist() == [k + delay < t for k in range(4)]


def test_a_writer_told_nothing_writes_the_same_about_everything():
    """Zeros in place of state and vector."""
    for make, inputs in MODELS.values():
        rows = greedy(ToldNothing(make()), inputs, 4)
        assert (rows == rows[0]).all()
        context = ToldNothing(make()).read(inputs)
        parts = [context.vector]
        state = context.state
        parts += [state] if isinstance(state, torch.Tensor) else state
        assert all((part == 0).all() for part in parts)


def test_where_the_vector_goes_is_where_it_is_found():
    """As the first state, at every step, or both."""
    v = captioner().encoder(IMAGES)
    both, first, every = (
        captioner(**how).read(IMAGES)
        for how in ({}, {"every_step": False}, {"first_state": False})
    )
    torch.testing.assert_close(both.state, v)
    torch.testing.assert_close(both.vector, v)
    torch.testing.assert_close(first.state, v)
    assert first.vector.shape == (3, 0)
    assert (every.state == 0).all()
    torch.testing.assert_close(every.vector, v)


def test_padding_costs_nothing_and_words_count_alike():
    """The mean over all true words, and no gradient from padding."""
    model = translator()
    scores = model(SOURCE, TARGETS).detach().requires_grad_()
    loss = word_loss(lambda *_: scores, Texts(SOURCE, TARGETS))
    log_p = scores.log_softmax(2).gather(2, TARGETS[..., None])[..., 0]
    true = TARGETS != PAD
    assert_equal_to(loss, -log_p[true].mean())
    (gradient,) = torch.autograd.grad(loss, scores)
    assert (gradient[~true] == 0).all()


# Decoding


@models
def test_greedy_feeds_back_its_own_words(make, inputs):
    """Forced with what it wrote, the model writes the same."""
    model = make()
    with torch.no_grad():  # neither PAD nor START is ever the likeliest
        model.write.h_to_words.bias[[PAD, START]] = -100
    rows = greedy(model, inputs, 4)
    again = forced(model, inputs, rows)
    assert torch.equal(again[rows != PAD], rows[rows != PAD])


@models
def test_a_beam_of_one_is_greedy(make, inputs):
    """The likeliest word each time."""
    model = make()
    assert torch.equal(
        beam(model, inputs, 4, width=1), greedy(model, inputs, 4)
    )


def sentences(length):
    """All rows of this length: words, then END and PAD, or no END."""
    rows = []
    tokens = range(END + 1, N_TARGET)
    for n in range(length + 1):
        for words in product(tokens, repeat=n):
            if n < length:
                words = (*words, END, *[PAD] * (length - n - 1))
            rows.append(words)
    return torch.tensor(rows)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_wide_enough_finds_the_likeliest_of_all_sentences(seed):
    """Compared with trying out every one of them."""
    model, length = translator(seed=seed), 3
    every = sentences(length)
    found = beam(model, SOURCE, length, width=N_TARGET**length)
    for b in range(3):
        likely = log_likelihood(
            model, SOURCE[b : b + 1].expand(len(every), -1), every
        )
        assert torch.equal(found[b], every[likely.argmax()])


def test_a_wider_beam_finds_no_less_likely_sentence_here():
    """On the mean: a single sentence may get worse."""
    model = translator(seed=3)
    likely = [
        log_likelihood(model, SOURCE, beam(model, SOURCE, 4, width=w)).mean()
        for w in (1, 4, 200)
    ]
    assert likely[0] <= likely[1] <= likely[2]


def test_the_log_likelihood_adds_up_over_the_words():
    """Padding adds nothing."""
    model = translator()
    log_p = model(SOURCE, TARGETS).log_softmax(2)
    got = log_likelihood(model, SOURCE, TARGETS)
    expected = log_p[1, 0, 4] + log_p[1, 1, END]
    assert got.shape == (3,)
    assert_equal_to(got[1], expected)


class NeverLooks(torch.nn.Module):
    """Fails if it is asked for scores with targets."""

    def __init__(self, model):
        super().__init__()
        self.read, self.write = model.read, model.write

    def forward(self, *_):
        """No decoder may come here."""
        raise AssertionError("the targets were asked for")


def test_free_running_never_sees_a_target():
    """Greedy and beam need `read` and `write` alone."""
    model = NeverLooks(translator())
    greedy(model, SOURCE, 4)
    beam(model, SOURCE, 4, width=2)


def test_nothing_follows_the_end():
    """Behind END stands PAD."""
    rows = greedy(translator(seed=3), SOURCE, 6)
    for row in rows.tolist():
        if END in row:
            assert set(row[row.index(END) + 1 :]) <= {PAD}


def test_scores_count_true_words_in_their_places():
    """A missing, an extra and a wrong word; PAD counts for nothing."""
    targets = torch.tensor([[5, 6, END, PAD], [7, END, PAD, PAD]])
    perfect = targets
    assert exact_match(perfect, targets) == 1
    assert token_accuracy(perfect, targets) == 1
    extra = torch.tensor([[5, 6, 6, END], [7, END, 9, 9]])
    assert exact_match(extra, targets) == 0.5
    assert token_accuracy(extra, targets) == pytest.approx(4 / 5)
    short = torch.tensor([[5, END], [7, END]])
    assert exact_match(short, targets) == 0.5
    assert token_accuracy(short, targets) == pytest.approx(3 / 5)


def test_all_right_is_the_same_forced_and_free():
    """One wrong word forced is one wrong word free, and the other way."""
    model = translator(seed=1)
    targets = greedy(model, SOURCE, 4)
    targets[1, 0] = 3 if targets[1, 0] != 3 else 4
    with torch.no_grad():
        model.write.h_to_words.bias[[PAD, START]] = -100
    free, told = greedy(model, SOURCE, 4), forced(model, SOURCE, targets)
    assert exact_match(free, targets) == exact_match(told, targets)


# Learning


def test_one_cycle_warms_up_and_comes_to_rest():
    """A tenth of the steps up, then down to nearly nothing."""
    weight = torch.nn.Parameter(torch.zeros(2))
    adam = one_cycle(100)([weight], lr=0.1)
    rates = []
    for _ in range(103):  # more steps than planned do no harm
        weight.grad = torch.ones(2)
        rates.append(adam.param_groups[0]["lr"])
        adam.step()
    assert max(rates) == pytest.approx(0.1)
    assert rates.index(max(rates)) == 9
    assert rates[0] == pytest.approx(0.1 / 25)
    assert rates[99] < 1e-5
    assert rates[102] == rates[99]


def test_a_translator_learns_to_reverse():
    """Three letters backwards: a small task, learnt exactly."""
    letters = torch.tensor(list(product(range(3, 7), repeat=3)))
    end = torch.full((len(letters), 1), END)
    data = Texts(
        torch.cat([letters, end], 1), torch.cat([letters.flip(1), end], 1)
    )
    torch.manual_seed(0)
    model = Translator(LSTMCell(8, 24), LSTMCell(8, 24), 7, 7)
    fit(
        model,
        data,
        epochs=100,
        batch_size=16,
        lr=1e-2,
        loss=word_loss,
        optimizer=one_cycle(400),
    )
    assert exact_match(greedy(model, data.inputs, 4), data.targets) > 0.95


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: Translator(LSTMCell(E, H), RNNCell(E, H), 7, 6),
            "decoder's state, like the encoder's",
        ),
        (
            lambda: captioner().read(torch.zeros(1, 3, 16, 16)),
            r"images must have shape \(B, 3, 32, 32\), got \(1, 3, 16, 16\)",
        ),
        (
            lambda: WordByWord(RNNCell(E, H), 7, 6, delay=-1),
            "delay must be.*got -1",
        ),
        (lambda: greedy(translator(), SOURCE, 0), "length must be.*got 0"),
        (
            lambda: beam(translator(), SOURCE, 3, width=0),
            "width must be.*got 0",
        ),
        (lambda: one_cycle(0), "n_steps must be.*got 0"),
    ],
)
def test_bad_input_is_named(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
