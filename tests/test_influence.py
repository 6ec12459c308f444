"""Influence is found where it was put."""

import matplotlib.pyplot as plt
import pytest
import torch

from course_lib import exchange_effect, input_gradients
from course_lib.influence import lag_of_share
from course_lib.memory_plots import plot_influence

B, T, D = 5, 7, 3


def test_the_gradient_at_each_input_is_that_of_a_known_function():
    """A weighted sum of inputs has its weights as gradients."""
    torch.manual_seed(0)
    xs = torch.randn(B, T, D, dtype=torch.float64)
    w = torch.randn(T, D, dtype=torch.float64)

    def model(xs):
        return (xs * w).sum(dim=(1, 2))[:, None]

    got = input_gradients(model, xs, lambda y: y[:, 0])
    torch.testing.assert_close(got, w.norm(dim=1).expand(B, T))
    assert not xs.requires_grad


def test_sequences_do_not_share_their_influence():
    """Each has the gradient of its own answer."""
    xs = torch.ones(B, T, 1)
    got = input_gradients(
        lambda xs: xs, xs, lambda y: y[:, 0, 0] * torch.arange(B)
    )
    assert got[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert got[:, 1:].abs().sum() == 0


def test_exchanging_an_input_has_an_effect_where_it_is_used():
    """A saturated function has no slope and still an effect."""
    torch.manual_seed(0)
    xs = torch.randn(B, T, D).sign()
    others = -xs

    def model(xs):
        return torch.tanh(50 * xs[:, 2, 0])

    effect = exchange_effect(model, xs, others)
    assert effect[2] == pytest.approx(2)
    assert effect[torch.arange(T) != 2].abs().sum() == 0
    slopes = input_gradients(model, xs, lambda y: y)
    assert slopes.abs().max() < 1e-6


def test_the_lag_is_counted_from_the_last_step():
    """The last step has lag one; where nothing falls below, T + 1."""
    influence = torch.tensor([0.001, 0.1, 0.2, 0.5, 1.0])
    assert lag_of_share(influence, 0.6) == 2
    assert lag_of_share(influence, 0.15) == 4
    assert lag_of_share(2 * influence, 0.15) == 4
    assert lag_of_share(influence, 1e-6) == 6


def test_bad_input_is_named():
    """An answer for each sequence; exchanged inputs of the same shape."""
    xs = torch.zeros(B, T, D)
    with pytest.raises(ValueError, match=r"one number per.*\(5,\), got \(\)"):
        input_gradients(lambda xs: xs, xs, lambda y: y.sum())
    with pytest.raises(ValueError, match="same shape"):
        exchange_effect(lambda xs: xs, xs, xs[:1])


def test_the_picture_has_a_box_and_a_letter_for_each_symbol():
    """The strongest is the darkest."""
    _, ax = plt.subplots()
    one_hot = torch.eye(3)[[2, 0, 1, 0]]
    assert plot_influence([0.1, 0.4, 0.2, 0.3], one_hot, ax=ax) is ax
    assert [text.get_text() for text in ax.texts] == list("CABA")
    shades = [bar.get_alpha() for bar in ax.patches]
    assert shades.index(max(shades)) == 1
    plt.close("all")


def test_a_long_sequence_goes_on_in_the_next_line():
    """Below, from the left again, and inside the axes."""
    ax = plot_influence([0.1] * 8, torch.eye(8), row=3)
    places = [text.get_position() for text in ax.texts]
    assert places == [(t % 3, t // 3) for t in range(8)]
    bottom, top = ax.get_ylim()
    assert bottom > 2.5
    assert top < -0.5
    plt.close("all")
