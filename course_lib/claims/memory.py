"""The memory tasks at one budget: fresh batches until solved or spent.

Chapters 10 to 12 ask which cell keeps something over how many steps. They
ask it with the same units, batches and clipping, set here; learning rate
and budget are arguments, because cells are compared at their own best.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import nn

from course_lib.metrics import mse
from course_lib.recurrent import Recurrent
from course_lib.seq2seq import SequenceToVector
from course_lib.tasks import (
    adding_problem,
    distinct_recall_task,
    recall_task,
)

UNITS = 20
BATCH = 32
CLIP = 1.0  # largest norm of all gradients together
EVERY = 20  # steps between two scores
TEST = 1000  # sequences to score on, never trained on


@dataclass(frozen=True)
class Task:
    """A memory task: how it is drawn, trained on and scored.

    Attributes:
        draw: ``draw(n, length, seed=)`` -> named tuple of inputs (N, T, D)
            and targets.
        input_size: features D of an input.
        output_size: numbers in an answer.
        loss: ``loss(answers, targets)`` -> scalar tensor, to train on.
        score: ``score(answers, targets)`` -> number, to report.
        solved: ``solved(score)`` -> whether training may stop.
        guess: the score of the best answer that remembers nothing.
    """

    draw: Callable
    input_size: int
    output_size: int
    loss: Callable
    score: Callable
    solved: Callable
    guess: float


def accuracy(answers, targets):
    """Share of sequences (N, classes) whose class (N,) is named right."""
    return (answers.argmax(dim=-1) == targets).float().mean().item()


def squared_error(answers, targets):
    """Mean squared error of answers (N, 1) against targets (N, 1, 1)."""
    return mse(answers, targets.flatten(1))


# Every symbol is drawn alike: only its place tells which one to keep.
RECALL = Task(
    draw=recall_task,
    input_size=4,
    output_size=4,
    loss=nn.functional.cross_entropy,
    score=accuracy,
    solved=lambda score: score >= 0.999,
    guess=1 / 4,
)
# The distractors are symbols of another kind: the input tells it.
DISTINCT_RECALL = replace(RECALL, draw=distinct_recall_task, input_size=8)
ADDING = Task(
    draw=adding_problem,
    input_size=2,
    output_size=1,
    loss=squared_error,
    score=lambda answers, targets: squared_error(answers, targets).item(),
    solved=lambda score: score < 0.01,
    guess=1 / 6,
)


class Run(NamedTuple):
    """A training run: the model, its scores and what became of it.

    Attributes:
        model: `SequenceToVector`, as training left it.
        steps: training steps taken.
        score: the last score, on sequences that were not trained on.
        scores: all scores, one for every `EVERY` steps.
        solved: whether the last score solves the task.
    """

    model: nn.Module
    steps: int
    score: float
    scores: list
    solved: bool


def learn(
    task,
    length,
    make_cell,
    *,
    seed,
    lr,
    max_steps,
    clip_norm=CLIP,
    on_step=None,
):
    """Train a cell on a memory task until it is solved or time is up.

    Every batch is new, so there is nothing to overfit.

    Args:
        task: `RECALL`, `DISTINCT_RECALL` or `ADDING`.
        length: steps T of a sequence.
        make_cell: ``make_cell(input_size)`` -> a new cell.
        seed: of the weights and of the batches.
        lr: learning rate of Adam.
        max_steps: training steps at most.
        clip_norm: largest norm of all gradients together.
        on_step: ``on_step(step, model, loss)``, called when the gradients
            are there, before they are clipped.

    Returns:
        `Run`.
    """
    torch.manual_seed(seed)
    layer = Recurrent(make_cell(task.input_size))
    model = SequenceToVector(layer, task.output_size)
    updates = torch.optim.Adam(model.parameters(), lr=lr)
    test = task.draw(TEST, length, seed=10**9 + seed)
    scores = []
    for step in range(1, max_steps + 1):
        batch = task.draw(BATCH, length, seed=10**6 * seed + step)
        updates.zero_grad()
        loss = task.loss(model(batch.inputs), batch.targets)
        loss.backward()
        if on_step is not None:
            on_step(step, model, loss.item())
        nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        updates.step()
        if step % EVERY == 0 or step == max_steps:
            with torch.no_grad():
                answers = model(test.inputs)
            scores.append(task.score(answers, test.targets))
            if task.solved(scores[-1]):
                break
    return Run(model, step, scores[-1], scores, task.solved(scores[-1]))
