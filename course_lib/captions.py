"""Pictures with captions, and which of them are kept for the test.

The caption of a scene names its objects from the left, or from above:
"small red circle left of large blue cross". Chapter 3.
"""

from typing import NamedTuple

import torch

from course_lib import _require
from course_lib.shapes import (
    COLOURS,
    N_OBJECTS,
    RELATIONS,
    SHAPES,
    SIZES,
    Scenes,
    draw,
    features,
    random_scenes,
)
from course_lib.vocabulary import Vocabulary

# Never together on a training picture, for the test of new combinations.
UNSEEN = ("red triangle", "blue circle")
VOCABULARY = Vocabulary([" ".join((*SIZES, *COLOURS, *SHAPES, *RELATIONS))])


class Captioned(NamedTuple):
    """Pictures and their captions.

    Attributes:
        images: (N, 3, side, side) bytes, from 0 to 255.
        captions: list of N texts.
    """

    images: torch.Tensor
    captions: list


class CaptionSplit(NamedTuple):
    """Three parts, and why a picture is in one of them.

    Attributes:
        train: what a model may learn from.
        test: two objects in a constellation that is not in training.
        unseen: with a "red triangle" or a "blue circle", of which training
            has none.
    """

    train: Captioned
    test: Captioned
    unseen: Captioned


def captions(scenes):
    """Scenes -> a list of N captions.

    >>> lot = torch.Generator().manual_seed(2)
    >>> captions(random_scenes(2, generator=lot))
    ['small red circle left of large green circle', 'small green triangle']
    """
    names = [
        f"{size} {colour} {shape}"
        for size in SIZES
        for colour in COLOURS
        for shape in SHAPES
    ]
    rows = zip(scenes.objects.tolist(), scenes.relation.tolist(), strict=True)
    return [
        names[first]
        if relation < 0
        else f"{names[first]} {RELATIONS[relation]} {names[second]}"
        for (first, second), relation in rows
    ]


def captioned_shapes(n, *, n_test=1000, side=32, seed=0):
    """Training pictures, and two tests on what is not among them.

    One in five constellations (first object, relation, second object) is
    held out for the test. Red triangles and blue circles are held out
    altogether.

    Args:
        n: training pictures.
        n_test: pictures in each of the two tests, all of two objects.
        side: pixels in a row.
        seed: seed of the generator.

    Returns:
        `CaptionSplit`.

    >>> split = captioned_shapes(20, n_test=5)
    >>> split.train.images.shape, split.test.images.shape
    (torch.Size([20, 3, 32, 32]), torch.Size([5, 3, 32, 32]))
    """
    _require.at_least(n, 1, name="n")
    _require.at_least(n_test, 1, name="n_test")
    generator = torch.Generator().manual_seed(seed)
    shape = (N_OBJECTS, N_OBJECTS, len(RELATIONS))
    held_out = torch.rand(shape, generator=generator) < 0.2
    wanted = [n, n_test, n_test]
    parts = [[], [], []]
    while any(wanted):
        scenes = random_scenes(4 * max(wanted), generator=generator)
        for k, rows in enumerate(_parts(scenes, held_out)):
            rows = rows[: wanted[k]]
            parts[k].append(Scenes(*(values[rows] for values in scenes)))
            wanted[k] -= len(rows)
    return CaptionSplit(*(_captioned(part, side, generator) for part in parts))


def _parts(scenes, held_out):
    """Numbers of the scenes for training, test and unseen pairs."""
    first, second = scenes.objects.T
    two = scenes.relation >= 0
    unseen = _is_unseen(first) | (two & _is_unseen(second))
    held = two & held_out[first, second, scenes.relation]
    return (
        torch.nonzero(chosen)[:, 0]
        for chosen in (~held & ~unseen, held & ~unseen, two & unseen)
    )


def _is_unseen(objects):
    """Whether objects are of a colour and shape that training lacks."""
    _, colour, shape = features(objects)
    pairs = [pair.split() for pair in UNSEEN]
    found = [
        (colour == COLOURS.index(c)) & (shape == SHAPES.index(s))
        for c, s in pairs
    ]
    return torch.stack(found).any(dim=0)


def _captioned(parts, side, generator):
    """Draw scenes, a thousand at a time, and name what is in them."""
    scenes = Scenes(
        *(torch.cat(values) for values in zip(*parts, strict=True))
    )
    images = [
        (255 * draw(Scenes(*some), side=side, generator=generator)).byte()
        for some in zip(*(v.split(1000) for v in scenes), strict=True)
    ]
    return Captioned(torch.cat(images), captions(scenes))
