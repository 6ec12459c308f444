"""Watch gradients: over training steps, and back through time.

It leaves out remedies; clipping is an argument of ``fit``, layer norm a
cell. Chapters 8 and 9.
"""

import torch
from torch.utils.tensorboard import SummaryWriter

from course_lib import _require
from course_lib.recurrent import map_state


def spectral_radius(W):
    r"""The largest size of an eigenvalue, :math:`\rho(W) = \max |\lambda|`.

    Whether :math:`W^T` grows or shrinks with T is decided by it, not by the
    largest singular value (chapter 9).

    >>> spectral_radius(torch.tensor([[0.5, 10.0], [0.0, 0.5]]))
    0.5
    """
    W = torch.as_tensor(W).detach()
    if W.ndim != 2 or W.shape[0] != W.shape[1]:
        raise ValueError(f"W must be square, got shape {tuple(W.shape)}.")
    return torch.linalg.eigvals(W).abs().max().item()


def _tensors(state):
    """All tensors of a state, however deep its tuples go."""
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in _tensors(part)]


def gradient_flow(cell, xs, *, loss=None):
    r"""Size of a loss's gradient at the state after each step.

    .. math:: \| \partial L / \partial s_t \|, \quad t = 0 \dots T

    per sequence, over everything in the state (h and c of an LSTM, all
    layers of a stack), then averaged over the batch. The loss is the sum
    of the last output unless another is given: a cheap stand-in for the
    norm of the Jacobian of :math:`h_T`.

    Args:
        cell: any cell.
        xs: (B, T, D).
        loss: ``loss(hs) -> scalar``, of the outputs hs (B, T, H).

    Returns:
        (T + 1,) tensor; entry 0 belongs to the first state.

    Source:
        Chapter 9; Pascanu et al. (2013).

    >>> from course_lib.cells import LSTMCell
    >>> gradient_flow(LSTMCell(3, 5), torch.zeros(2, 7, 3)).shape
    torch.Size([8])
    """
    _require.sequences(xs, cell.input_size)
    state = map_state(torch.Tensor.requires_grad_, cell.initial_state(len(xs)))
    states, hs = [state], []
    for p in cell.project(xs).unbind(1):
        h, state = cell.step(p, state)
        # Copies, so that each part of a state counts by itself: without
        # them what goes through h_t would be counted at c_t again.
        copies = {tensor: tensor.clone() for tensor in _tensors(state)}
        state = map_state(copies.get, state)
        states.append(state)
        hs.append(copies.get(h, h))
    hs = torch.stack(hs, dim=1)
    value = hs[:, -1].sum() if loss is None else loss(hs)
    tensors = [_tensors(state) for state in states]
    gradients = torch.autograd.grad(
        value, [t for step in tensors for t in step], materialize_grads=True
    )
    per_state = len(tensors[0])
    flat = torch.stack([g.reshape(len(xs), -1).norm(dim=1) for g in gradients])
    by_step = flat.unflatten(0, (len(states), per_state))  # (T+1, parts, B)
    return by_step.norm(dim=1).mean(dim=-1)


class GradientMonitor:
    """Write loss and gradient norms of a training run for TensorBoard.

    Pass it to ``fit`` as ``on_step``. It sees the gradients before they are
    clipped, so what it writes is what the loss asked for. Tags are ``loss``,
    ``gradient/total`` and ``gradient/<parameter>``.

    Args:
        log_dir: folder of the event file; open it with
            ``tensorboard --logdir``.

    Attributes:
        norms: the total norm at each step so far.

    Source:
        Chapter 9.
    """

    def __init__(self, log_dir):
        self.writer = SummaryWriter(log_dir)
        self.norms = []

    def __call__(self, step, model, loss):
        """Write one step: what ``fit`` calls."""
        gradients = {
            name: parameter.grad
            for name, parameter in model.named_parameters()
            if parameter.grad is not None
        }
        total = torch.nn.utils.get_total_norm(gradients.values()).item()
        self.norms.append(total)
        self.writer.add_scalar("loss", loss, step)
        self.writer.add_scalar("gradient/total", total, step)
        for name, gradient in gradients.items():
            self.writer.add_scalar(
                f"gradient/{name}", gradient.norm().item(), step
            )

    def close(self):
        """Write what is left and close the file."""
        self.writer.close()
