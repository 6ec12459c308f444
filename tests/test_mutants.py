"""Mutants: each a single change, none of them twice, all of them code."""

import ast

import pytest

from course_lib.grading.mutants import mutants

RNN = """\
def rnn(xs, h, W_x, W_h, b):
    hs = []
    for t in range(xs.shape[1]):
        h = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1), h
"""
LOSS = """\
def loss(total, part, weight):
    total += (part - 1).abs().mean(dim=-1)
    return -total * weight.detach()
"""


def lines_of(source):
    """What of each mutant is not in the source, without spaces."""
    plain = ast.unparse(ast.parse(source)).splitlines()
    return {
        line.strip()
        for mutant in mutants(source)
        for line in ast.unparse(ast.parse(mutant.source)).splitlines()
        if line not in plain
    }


@pytest.mark.parametrize("source", [RNN, LOSS])
def test_no_mutant_is_the_solution_or_another_mutant(source):
    """Compared as trees, so that spaces do not count."""
    trees = [ast.dump(ast.parse(source))]
    trees += [ast.dump(ast.parse(m.source)) for m in mutants(source)]
    assert len(trees) == len(set(trees)) > 10


@pytest.mark.parametrize(
    "line",
    [
        "h = torch.tanh(xs[:, t] @ W_x.T + b)",  # the state is left out
        "h = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T)",  # no bias
        "h = torch.tanh(xs[:, t] @ W_h.T + h @ W_h.T + b)",  # swapped
        "h = torch.tanh(xs[:, t] @ W_x + h @ W_h.T + b)",  # not transposed
        "h = torch.tanh(xs[:, t - 1] @ W_x.T + h @ W_h.T + b)",  # a step early
        "h = xs[:, t] @ W_x.T + h @ W_h.T + b",  # no activation
        "h = torch.tanh(xs[:, t] @ W_x.T - h @ W_h.T + b)",  # a wrong sign
        "h = first_h",  # the state isn't carried on
        "for t in range(xs.shape[2]):",  # a wrong axis
        "return (torch.stack(hs, dim=2), h)",
    ],
)
def test_the_classic_mistakes_are_among_the_mutants(line):
    """Of a recurrent layer."""
    assert line in lines_of(RNN)


@pytest.mark.parametrize(
    "line",
    [
        "total = (part - 1).abs().mean(dim=-1)",  # overwritten
        "total += (part - 1).abs().sum(dim=-1)",
        "total += (part - 1).abs().mean(dim=0)",
        "return total * weight.detach()",
        "return -total * weight",
        "return -total",
    ],
)
def test_the_classic_mistakes_of_a_loss_are_among_the_mutants(line):
    """Reductions, accumulation, signs, the graph."""
    assert line in lines_of(LOSS)


def test_a_solution_without_anything_to_change_has_no_mutants():
    """An empty list, not an error."""
    assert mutants("answer = 'b'\n") == []
