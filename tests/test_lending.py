"""Black boxes that answers use across the boundary, and cannot open."""

import itertools
import time

import pytest
import torch

from course_lib.checks.answers import Answer, black_box, fixture
from course_lib.checks.failures import CheckFailed
from course_lib.checks.side import Side
from course_lib.checks.values import Handle
from course_lib.grading.lending import Lender


class Across:
    """A check's side and a student's side, without a process between."""

    def __init__(self, **answers):
        self.lender = Lender(lambda request, *_: self.student.ask(request))
        self.used = []
        self.student = Side(answers, self.use)

    def use(self, request):
        """What the student's side asks back."""
        self.used.append(request)
        return self.lender.use(request, 10)

    def ask(self, request):
        """As the check asks."""
        parts = {k: self.lender.lend(request[k]) for k in ("args", "kwargs")}
        return self.student.ask({**request, **parts})

    def answer(self, name):
        """An answer of the student's."""
        return Answer(self, ["name", name], name)


def test_a_lent_box_gives_the_numbers_of_the_box_itself():
    """Tensors, states and gradients, as if it were there."""
    from course_lib.checks.deep_rnn import stack

    xs = torch.randn(3, 6, 2, dtype=torch.float64)
    both = []

    def through(run, xs):
        xs = xs.clone().requires_grad_()
        hs, states = run(xs)
        (by_xs,) = torch.autograd.grad(hs.square().sum(), xs)
        return hs.detach(), [s.detach() for s in states], by_xs

    across = Across(through=through)
    both.append(
        across.answer("through")(fixture("deep_rnn.stack", 1, 2, 7), xs)
    )
    both.append(through(stack(1, 2, 7), xs))
    torch.testing.assert_close(both[0][0], both[1][0])
    torch.testing.assert_close(both[0][1], both[1][1])
    torch.testing.assert_close(both[0][2], both[1][2])
    assert len(across.used) == 2


def test_a_box_of_the_check_s_own_cell_never_crosses():
    """The answer gets a stand-in; in a notebook it gets the function."""
    secret = torch.randn(3, dtype=torch.float64)

    def box(xs):
        return xs * secret

    def probe(box, xs):
        with pytest.raises(AttributeError):
            box.__closure__  # noqa: B018
        assert "box" in repr(box)
        assert "test_" not in repr(box)
        return box(xs)

    xs = torch.ones(2, 3, dtype=torch.float64)
    across = Across(probe=probe)
    value = across.answer("probe")(black_box(box), xs)
    torch.testing.assert_close(value, secret.expand(2, 3))
    side = Side({"use": lambda box, xs: box(xs)})
    value = Answer(side, ["name", "use"], "use")(black_box(box), xs)
    torch.testing.assert_close(value, secret.expand(2, 3))
    assert "box" in repr(black_box(box))
    assert "test_" not in repr(black_box(box))


def test_a_box_may_call_what_an_answer_gives_it():
    """A driver runs a student's cell: calls go back and forth."""

    def cell(x, state):
        return -(state + x), state + x

    def drive(driver, xs):
        return driver(cell, xs, xs.new_zeros(len(xs), xs.shape[2]))

    xs = torch.arange(12.0).reshape(2, 3, 2)
    across = Across(drive=drive)
    driver = fixture("memory_cells.driver", 0, other=False)
    hs, state = across.answer("drive")(driver, xs)
    torch.testing.assert_close(hs, -xs.cumsum(1))
    torch.testing.assert_close(state, xs.sum(1))


def test_methods_of_a_box_can_be_called():
    """And only those that it shows."""

    def forward(layer, x):
        return layer.forward(x, x[:, 0], (x[0, :, :], x[0, :, :], x[0, 0]))

    def inside(layer, x):
        return layer.forward.__closure__

    across = Across(forward=forward, inside=inside)
    x = torch.eye(2).double()[None].numpy()
    layer = fixture("bptt.layer", 0)
    assert across.answer("forward")(layer, x).shape == (1, 2, 2)
    with pytest.raises(CheckFailed, match="AttributeError"):
        across.answer("inside")(layer, x)


@pytest.mark.parametrize(
    "request_",
    [
        {"use": 7, "name": "", "args": (), "kwargs": {}},
        {"use": -1, "name": "", "args": (), "kwargs": {}},
        {"use": 0, "name": "__globals__", "args": (), "kwargs": {}},
        {"use": 0, "name": "__class__", "args": (), "kwargs": {}},
        {"use": 0, "name": "", "args": (torch.zeros(300, 300),), "kwargs": {}},
        {"use": 0, "name": "", "args": (), "kwargs": {"code": 1}},
        {"use": 0, "name": "", "args": ("x",) * 9, "kwargs": {}},
        {"use": 0, "name": "", "args": (1,), "kwargs": {}, "cotangents": [1]},
    ],
)
def test_a_use_that_is_none_is_answered_with_an_error(request_):
    """Nothing that the student's side sends can stop the check."""
    lender = Lender(lambda *_: None)
    lender.lend((fixture("deep_rnn.stack", 1, 2, 7),))
    reply = lender.use(request_, 1)
    assert set(reply) == {"error"}
    assert set(reply["error"]) == {"kind", "type", "text", "line"}


def test_steps_without_a_number_are_counted():
    """They cost nothing to send, and a box would go through them."""
    lender = Lender(lambda *_: None)
    lender.lend((fixture("capstone.pipeline", 1),))
    series = torch.zeros(60_000, 0)
    use = {"use": 0, "name": "", "args": (series,), "kwargs": {}}
    assert lender.use(use, 1)["error"]["kind"] == "refused"


def test_all_calls_that_a_box_makes_share_one_time():
    """A box that calls a slow answer often does not hold up the check."""
    given = []

    def ask(request, seconds, _):
        given.append(seconds)
        time.sleep(0.01)
        return {"value": (torch.zeros(1, 1), torch.zeros(1, 1))}

    lender = Lender(ask)
    lender.lend((fixture("memory_cells.driver", 0, other=False),))
    args = (Handle(0, "function"), torch.zeros(1, 4, 1), torch.zeros(1, 1))
    use = {"use": 0, "name": "", "args": args, "kwargs": {}}
    assert set(lender.use(use, 3)) == {"value"}
    assert len(given) == 4
    assert all(a > b for a, b in itertools.pairwise([3, *given]))


def test_the_code_of_a_box_does_not_cross():
    """What is sent in its place is a number, and the number tells nothing."""
    lender = Lender(lambda *_: None)
    sent = lender.lend((fixture("capstone.pipeline", 6), 3))
    assert "6" not in repr(sent)
    assert "pipeline" not in repr(sent)
