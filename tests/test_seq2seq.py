"""Sequences to vectors, vectors to sequences, encoder and decoder."""

import pytest
import torch
from recurrent_things import (
    PLAIN,
    B,
    D,
    H,
    K,
    T,
    assert_equal_to,
    make_cell,
    normal,
    randomise,
    weighted_sum,
)

from course_lib import (
    EncoderDecoder,
    GRUCell,
    LayerNormGRUCell,
    LSTMCell,
    Recurrent,
    RNNCell,
    SequenceToVector,
    Stack,
    VectorToSequence,
    at_lengths,
)

M = 7  # numbers in an answer
kinds = pytest.mark.parametrize("kind", [*PLAIN, "2 lstm", "layer-norm gru"])


def encoder_decoder(kind):
    """An encoder and a decoder of this kind with other weights."""
    encoder = Recurrent(make_cell(kind))
    return randomise(EncoderDecoder(encoder, make_cell(kind, seed=1), K))


def test_the_output_at_a_length_is_that_of_the_last_true_step():
    """Whatever the padding holds."""
    hs = normal(3, T, H)
    got = at_lengths(hs, torch.tensor([1, T, 3]))
    assert torch.equal(got, torch.stack([hs[0, 0], hs[1, T - 1], hs[2, 2]]))
    assert torch.equal(at_lengths(hs, [1, T, 3]), got)


@kinds
def test_a_padded_sequence_gives_the_answer_of_the_sequence_alone(kind):
    """The true length hides the padding, whatever it is."""
    model = SequenceToVector(Recurrent(make_cell(kind)), M).double()
    xs = normal(B, T, D)
    padded = torch.cat([xs, 100 + normal(B, 3, D)], dim=1)
    padded[1, 2:] = -100
    got = model(padded, [T, 2])
    assert got.shape == (B, M)
    assert_equal_to(got[:1], model(xs[:1]))
    assert_equal_to(got[1:], model(xs[1:, :2]))


@kinds
def test_without_lengths_the_last_step_answers(kind):
    """V h_T + c."""
    model = SequenceToVector(Recurrent(make_cell(kind)), M).double()
    xs = normal(B, T, D)
    hs, _ = model.recurrent(xs)
    assert_equal_to(model(xs), model.h_to_y(hs[:, -1]))


@kinds
def test_a_vector_is_the_input_at_every_step(kind):
    """The same as a sequence that repeats it."""
    model = VectorToSequence(Recurrent(make_cell(kind)), M).double()
    vector = normal(B, D)
    got = model(vector, T)
    assert got.shape == (B, T, M)
    hs, _ = model.recurrent(torch.stack([vector] * T, dim=1))
    assert_equal_to(got, model.h_to_y(hs))


def by_hand(model, inputs, targets=None):
    """Encode, then decode step by step, with the cells alone."""
    state = model.encoder.cell.initial_state(len(inputs))
    for t in range(inputs.shape[1]):
        _, state = model.encoder.cell(inputs[:, t], state)
    y, ys = inputs[:, -1], []
    for k in range(K):
        h, state = model.decoder(y, state)
        ys.append(h @ model.h_to_y.weight.T + model.h_to_y.bias)
        y = ys[k] if targets is None else targets[:, k]
    return torch.stack(ys, dim=1)


@kinds
def test_the_decoder_starts_from_the_encoders_last_state(kind):
    """Free running and forced, the same as by hand."""
    model = encoder_decoder(kind)
    inputs, targets = normal(B, T, D), normal(B, K, D, seed=1)
    assert model(inputs).shape == (B, K, D)
    assert_equal_to(model(inputs), by_hand(model, inputs))
    forced = model(inputs, targets)
    assert_equal_to(forced, by_hand(model, inputs, targets))
    assert (forced - model(inputs))[:, 1:].abs().min() > 1e-6


@kinds
def test_a_decoder_forced_with_its_own_outputs_runs_freely(kind):
    """Teacher forcing and free running are one recurrence."""
    model = encoder_decoder(kind)
    inputs = normal(B, T, D)
    free = model(inputs)
    assert_equal_to(model(inputs, free), free)


@kinds
@pytest.mark.parametrize("k", range(K))
def test_a_forced_output_never_reads_its_own_or_a_later_target(kind, k):
    """Target k, perturbed or NaN, leaves outputs 0 to k unchanged."""
    model = encoder_decoder(kind)
    inputs, targets = normal(B, T, D), normal(B, K, D, seed=1)
    expected = model(inputs, targets)
    for bad in (targets[:, k] + 10, torch.nan):
        changed = targets.clone()
        changed[:, k] = bad
        got = model(inputs, changed)
        assert torch.equal(got[:, : k + 1], expected[:, : k + 1])
        assert (got[:, k + 1 :] != expected[:, k + 1 :]).all()


@kinds
def test_every_encoder_step_reaches_every_decoder_step(kind):
    """Through the state alone for all but the last one."""
    model = encoder_decoder(kind)
    inputs = normal(B, T, D).requires_grad_()
    ys = model(inputs, normal(B, K, D, seed=1))
    for k in range(K):
        (dx,) = torch.autograd.grad(
            weighted_sum([ys[:, k]]), inputs, retain_graph=True
        )
        assert (dx.abs().amax(dim=(0, 2)) > 0).all()


@kinds
def test_sequences_are_encoded_and_decoded_each_by_itself(kind):
    """Alone or among others, the same output."""
    model = encoder_decoder(kind)
    inputs = normal(B, T, D)
    together = model(inputs)
    for b in range(B):
        assert_equal_to(model(inputs[b : b + 1]), together[b : b + 1])


def test_cells_with_states_alike_may_be_mixed():
    """A GRU can decode what a layer-normalised GRU encoded."""
    encoder = Recurrent(LayerNormGRUCell(D, H))
    model = EncoderDecoder(encoder, GRUCell(2, H), K)
    assert model.h_to_y.out_features == 2


@pytest.mark.parametrize(
    ("encoder", "decoder"),
    [
        (LSTMCell(D, H), GRUCell(D, H)),
        (GRUCell(D, H), LSTMCell(D, H)),
        (GRUCell(D, H), GRUCell(D, H + 1)),
        (GRUCell(D, H), Stack(GRUCell(D, H))),
        (
            Stack(GRUCell(D, 5), GRUCell(5, H)),
            Stack(GRUCell(D, 6), GRUCell(6, H)),
        ),
    ],
    ids=["lstm-gru", "gru-lstm", "sizes", "depth", "inner sizes"],
)
def test_a_decoder_whose_state_differs_is_refused(encoder, decoder):
    """Kind, size and depth of the state count."""
    with pytest.raises(ValueError, match=r"decoder's state.*encoder.*got"):
        EncoderDecoder(Recurrent(encoder), decoder, K)


def small():
    """An encoder-decoder in float32."""
    return EncoderDecoder(Recurrent(GRUCell(D, H)), GRUCell(D, H), K)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: EncoderDecoder(Recurrent(GRUCell(D, H)), GRUCell(D, H), 0),
            "horizon must be.*got 0",
        ),
        (
            lambda: small()(torch.zeros(B, T)),
            r"\(B, T, D\) with D=3, got \(2, 5\).*forget the feature axis",
        ),
        (
            lambda: small()(torch.zeros(B, T, D), torch.zeros(B, K)),
            r"targets must have shape \(B, K, D\) = \(2, 6, 3\), got \(2, 6\)",
        ),
        (
            lambda: small()(torch.zeros(B, T, D), torch.zeros(B, K - 1, D)),
            r"targets must have shape.*got \(2, 5, 3\)",
        ),
        (
            lambda: small()(torch.zeros(B, T, D), torch.zeros(1, K, D)),
            r"targets must have shape.*got \(1, 6, 3\)",
        ),
        (
            lambda: at_lengths(torch.zeros(B, T), [1, 1]),
            r"hs must have shape \(B, T, D\), got \(2, 5\)",
        ),
        (
            lambda: at_lengths(torch.zeros(B, T, H), [1, T + 1]),
            r"lengths must be 2 whole numbers from 1 to 5, got \[1, 6\]",
        ),
        (
            lambda: at_lengths(torch.zeros(B, T, H), [0, 1]),
            r"from 1 to 5, got \[0, 1\]",
        ),
        (
            lambda: at_lengths(torch.zeros(B, T, H), [1]),
            r"2 whole numbers from 1 to 5, got \[1\]",
        ),
        (
            lambda: at_lengths(torch.zeros(B, T, H), [1.0, 2.0]),
            r"whole numbers.*got \[1.0, 2.0\]",
        ),
        (
            lambda: SequenceToVector(Recurrent(RNNCell(D, H)), M)(
                torch.zeros(B, T)
            ),
            "forget the feature axis",
        ),
        (
            lambda: VectorToSequence(Recurrent(RNNCell(D, H)), M)(
                torch.zeros(D), T
            ),
            r"vector must have shape \(B, D\), got \(3,\); one vector is",
        ),
        (
            lambda: VectorToSequence(Recurrent(RNNCell(D, H)), M)(
                torch.zeros(B, D + 1), T
            ),
            r"D=3, got \(2, 5, 4\)",
        ),
        (
            lambda: VectorToSequence(Recurrent(RNNCell(D, H)), M)(
                torch.zeros(B, D), 0
            ),
            "n_steps must be.*got 0",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
