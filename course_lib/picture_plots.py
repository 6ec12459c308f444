"""Pictures with what was written about them. Chapter 3."""

import numpy as np

from course_lib import _require


def plot_pictures(axes, images, captions, truths=None):
    """One picture on each of the axes, its caption above it.

    Args:
        axes: N axes.
        images: (N, 3, side, side) bytes.
        captions: N texts that were written.
        truths: N texts that would be right; a caption that differs is
            marked, with a word and not by its colour alone.

    Returns:
        The axes.
    """
    truths = captions if truths is None else truths
    _require.same_number((images, captions, truths), name="pictures")
    for ax, image, caption, truth in zip(
        np.ravel(axes), images, captions, truths, strict=True
    ):
        ax.imshow(np.moveaxis(np.asarray(image), 0, -1))
        ax.set_axis_off()
        mark = "" if caption == truth else "wrong: "
        ax.set_title(mark + in_lines(caption), size=10, loc="center")
    return axes


def in_lines(caption):
    """A caption on three lines: object, relation, object.

    >>> in_lines("small red circle above large blue cross").splitlines()
    ['small red circle', 'above', 'large blue cross']
    """
    for relation in ("left of", "above"):
        caption = caption.replace(f" {relation} ", f"\n{relation}\n")
    return caption
