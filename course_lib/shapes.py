"""Small pictures of one or two drawn shapes, and what there is to see.

A scene says what is drawn where; `draw` turns scenes into pictures, which
are all that a network gets. It leaves out the words: they are in
`captions`. Chapter 3.
"""

from typing import NamedTuple

import torch

from course_lib import _require

SIZES = ("small", "large")
COLOURS = ("red", "green", "blue", "yellow")
SHAPES = ("circle", "cross", "triangle")
RELATIONS = ("left of", "above")
N_OBJECTS = len(SIZES) * len(COLOURS) * len(SHAPES)

RADII = torch.tensor([0.17, 0.25])  # of a side, for small and large
RGB = torch.tensor(
    [[0.85, 0.15, 0.15], [0.15, 0.65, 0.2], [0.2, 0.3, 0.9], [0.9, 0.8, 0.1]]
)
GREY = 0.5
NOISE = 0.05


class Scenes(NamedTuple):
    """What stands where in each of N pictures.

    Attributes:
        objects: (N, 2) whole numbers below `N_OBJECTS`, the left or upper
            object first; -1 for no second object.
        relation: (N,), a number in `RELATIONS`; -1 for one object.
        places: (N, 2, 2), centres (x, y) from 0 to 1, y downwards.
    """

    objects: torch.Tensor
    relation: torch.Tensor
    places: torch.Tensor


def features(objects):
    """Numbers of objects -> numbers of their size, colour and shape.

    >>> features(torch.tensor([0, 23]))
    (tensor([0, 1]), tensor([0, 3]), tensor([0, 2]))
    """
    return (
        objects // (len(COLOURS) * len(SHAPES)),
        objects // len(SHAPES) % len(COLOURS),
        objects % len(SHAPES),
    )


def random_scenes(n, *, generator):
    """Draw N scenes by lot, a third of them with one object.

    Two objects never overlap, and stand further apart in the direction of
    their relation than across it.

    Args:
        n: number of scenes N.
        generator: ``torch.Generator`` of all that is random.

    >>> scenes = random_scenes(8, generator=torch.Generator().manual_seed(0))
    >>> scenes.objects.shape, scenes.places.shape
    (torch.Size([8, 2]), torch.Size([8, 2, 2]))
    """
    _require.at_least(n, 1, name="n")

    def uniform(*sizes):
        return torch.rand(*sizes, generator=generator)

    objects = torch.randint(N_OBJECTS, (n, 2), generator=generator)
    relation = torch.randint(len(RELATIONS), (n,), generator=generator)
    single = uniform(n) < 1 / 3
    r = RADII[features(objects)[0]]  # (N, 2)
    # Along the relation: what two objects leave free is shared out.
    free = 1 - 2 * r.sum(dim=1)
    before, between = (uniform(n, 2).sort(dim=1).values * free[:, None]).T
    along = torch.stack([r[:, 0] + before, 2 * r[:, 0] + between + r[:, 1]], 1)
    # Across it: anywhere, then the second near enough to the first.
    across = r + uniform(n, 2) * (1 - 2 * r)
    reach = 0.6 * (along[:, 1] - along[:, 0])
    second = across[:, 0] + (2 * uniform(n) - 1) * reach
    across[:, 1] = second.clamp(r[:, 1], 1 - r[:, 1])
    alone = r[:, :1] + uniform(n, 2) * (1 - 2 * r[:, :1])
    places = torch.stack([along, across], dim=2)  # (N, object, x and y)
    places = torch.where(
        (relation == 1)[:, None, None], places.flip(2), places
    )
    places[single, 0] = alone[single]
    objects[single, 1] = -1
    relation[single] = -1
    return Scenes(objects, relation, places)


def draw(scenes, *, side=32, generator=None):
    """Draw scenes on noisy grey ground.

    Args:
        scenes: `Scenes` of N pictures.
        side: pixels in a row.
        generator: ``torch.Generator`` of the noise; None for no noise.

    Returns:
        (N, 3, side, side), numbers from 0 to 1.

    >>> lot = torch.Generator().manual_seed(0)
    >>> draw(random_scenes(8, generator=lot), generator=lot).shape
    torch.Size([8, 3, 32, 32])
    """
    _require.at_least(side, 8, name="side")
    n = len(scenes.objects)
    images = torch.full((n, 3, side, side), GREY)
    centres = (torch.arange(side) + 0.5) / side
    for k in range(2):
        size, colour, shape = features(scenes.objects[:, k])
        x = centres[None, None, :] - scenes.places[:, k, 0, None, None]
        y = centres[None, :, None] - scenes.places[:, k, 1, None, None]
        r = RADII[size][:, None, None]
        inside = torch.stack(
            [
                x**2 + y**2 < r**2,
                (torch.maximum(x.abs(), y.abs()) < r)
                & (torch.minimum(x.abs(), y.abs()) < 0.35 * r),
                # Its top at -r; half as wide as far below it.
                (y < 0.8 * r) & (x.abs() < 0.55 * (y + r)),
            ]
        )
        mask = inside[shape, torch.arange(n)]
        mask &= (scenes.objects[:, k] >= 0)[:, None, None]
        images = torch.where(
            mask[:, None], RGB[colour][:, :, None, None], images
        )
    if generator is not None:
        images += NOISE * torch.randn(images.shape, generator=generator)
    return images.clamp(0, 1)
