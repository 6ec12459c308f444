"""From a picture to a vector, and from the vector to a caption.

The part that looks is a small convolutional network, which this course
takes as given: it turns a picture into one vector. The part that writes is
the `Writer` of the translator. Chapter 3.
"""

import torch
from torch import nn

from course_lib.vocabulary import shifted
from course_lib.writers import Context, Writer


class ImageEncoder(nn.Sequential):
    """Pictures (B, 3, 32, 32) in bytes -> vectors (B, vector_size).

    Three convolutions that halve the picture's sides, and a linear layer
    with a tanh.

    >>> images = torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    >>> ImageEncoder(5)(images).shape
    torch.Size([2, 5])
    """

    def __init__(self, vector_size):
        super().__init__(
            nn.Conv2d(3, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * 4 * 4, vector_size),
            nn.Tanh(),
        )

    def forward(self, images):
        """Bytes to numbers around zero, then the layers."""
        if images.shape[1:] != (3, 32, 32):
            raise ValueError(
                "images must have shape (B, 3, 32, 32), got "
                f"{tuple(images.shape)}; captioned_shapes draws such."
            )
        return super().forward(images.float() / 255 - 0.5)


class Captioner(nn.Module):
    r"""Look once, then write: vector to sequence.

    The vector v of the picture reaches the writer as its first state,
    :math:`h_0 = v`, or as an input of every step, or both.

    Args:
        encoder: pictures -> vectors of M numbers.
        cell: the writer's cell, whose state is one tensor: an `RNNCell` or
            a `GRUCell` with M units if the vector is the first state.
        n_words: tokens of the vocabulary.
        first_state: whether the vector is the first state; else zeros.
        every_step: whether it is an input of every step.

    Source:
        Vinyals et al. (2015) give the vector once; Mao et al. (2015) at
        every step.

    >>> from course_lib.cells import GRUCell
    >>> model = Captioner(ImageEncoder(5), GRUCell(3 + 5, 5), 11)
    >>> images = torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    >>> model(images, torch.tensor([[9, 4, 2]] * 2)).shape
    torch.Size([2, 3, 11])
    """

    def __init__(
        self, encoder, cell, n_words, *, first_state=True, every_step=True
    ):
        super().__init__()
        self.encoder = encoder
        self.first_state = first_state
        self.every_step = every_step
        self.write = Writer(
            cell, n_words, vector_size=cell.hidden_size * every_step
        )

    def read(self, images):
        """Pictures (B, 3, 32, 32) -> the writer's context."""
        v = self.encoder(images)
        return Context(
            v if self.first_state else torch.zeros_like(v),
            v if self.every_step else v[:, :0],
        )

    def forward(self, images, targets):
        """Teacher forcing: pictures and (B, K) -> scores (B, K, n_words)."""
        scores, _ = self.write(shifted(targets), self.read(images))
        return scores
