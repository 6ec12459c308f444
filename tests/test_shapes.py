"""Scenes are what they say, and pictures show them."""

import pytest
import torch

from course_lib import captioned_shapes
from course_lib.captions import UNSEEN, VOCABULARY, captions
from course_lib.shapes import (
    COLOURS,
    GREY,
    N_OBJECTS,
    RADII,
    RGB,
    SHAPES,
    SIZES,
    Scenes,
    draw,
    features,
    random_scenes,
)


def lot(seed=0):
    """A generator."""
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def scenes():
    """Many of them."""
    return random_scenes(4000, generator=lot())


def test_a_third_of_the_scenes_has_one_object(scenes):
    """And no relation."""
    single = scenes.relation < 0
    assert 0.30 < single.float().mean() < 0.37
    assert torch.equal(single, scenes.objects[:, 1] < 0)


def test_every_object_and_relation_occurs(scenes):
    """In both places."""
    for k in range(2):
        assert set(range(N_OBJECTS)) <= set(scenes.objects[:, k].tolist())
    assert set(scenes.relation.tolist()) == {-1, 0, 1}


def test_objects_stay_inside_and_apart(scenes):
    """No object leaves the picture or touches another."""
    size, _, _ = features(scenes.objects.clamp(0))
    r = RADII[size]
    for k in range(2):
        there = scenes.objects[:, k] >= 0
        place, radius = scenes.places[there, k], r[there, k, None]
        assert (place >= radius - 1e-6).all()
        assert (place <= 1 - radius + 1e-6).all()
    two = scenes.relation >= 0
    gap = (scenes.places[two, 0] - scenes.places[two, 1]).abs().amax(1)
    assert (gap >= r[two].sum(1) - 1e-6).all()


def test_the_first_object_is_the_left_or_upper_one(scenes):
    """And the relation is the direction in which they are further apart."""
    for relation, axis in ((0, 0), (1, 1)):
        rows = scenes.relation == relation
        step = scenes.places[rows, 1] - scenes.places[rows, 0]
        assert (step[:, axis] > 0).all()
        assert (step[:, axis] > step[:, 1 - axis].abs()).all()


def one_object(number):
    """A scene with this object in the middle."""
    return Scenes(
        torch.tensor([[number, -1]]),
        torch.tensor([-1]),
        torch.full((1, 2, 2), 0.5),
    )


@pytest.mark.parametrize("number", range(N_OBJECTS))
def test_a_picture_shows_its_object_in_its_colour_on_grey(number):
    """As much of it as its shape and size cover."""
    size, colour, shape = (int(f) for f in features(torch.tensor(number)))
    image = draw(one_object(number), side=200)[0]
    seen = (image == RGB[colour][:, None, None]).all(dim=0)
    ground = (image == GREY).all(dim=0)
    assert (seen ^ ground).all()
    r = RADII[size].item()
    area = {
        "circle": torch.pi * r**2,
        "cross": (2 * r) ** 2 - 4 * (0.65 * r) ** 2,
        "triangle": 0.55 * (1.8 * r) ** 2,
    }[SHAPES[shape]]
    assert seen.float().mean().item() == pytest.approx(area, rel=0.04)
    assert captions(one_object(number)) == [
        f"{SIZES[size]} {COLOURS[colour]} {SHAPES[shape]}"
    ]


def test_noise_comes_from_its_generator_alone():
    """Equal seeds, equal pictures; none, no noise."""
    scene = one_object(0)
    noisy = draw(scene, generator=lot(1))
    assert torch.equal(noisy, draw(scene, generator=lot(1)))
    assert not torch.equal(noisy, draw(scene, generator=lot(2)))
    assert (noisy - draw(scene)).std() == pytest.approx(0.05, rel=0.1)


@pytest.fixture(scope="module")
def split():
    """Training, test and unseen pictures."""
    return captioned_shapes(3000, n_test=300, seed=3)


def test_no_constellation_of_the_test_is_trained(split):
    """Nor any of the unseen pairs, which all of `unseen` have."""
    assert len(split.train.captions) == len(split.train.images) == 3000
    assert not set(split.test.captions) & set(split.train.captions)
    for pair in UNSEEN:
        assert not any(pair in text for text in split.train.captions)
        assert not any(pair in text for text in split.test.captions)
    assert all(any(p in t for p in UNSEEN) for t in split.unseen.captions)


def test_every_word_of_the_tests_is_trained(split):
    """What is new is the combination."""
    known = {word for text in split.train.captions for word in text.split()}
    assert known == set(VOCABULARY.words[3:])
    assert len(VOCABULARY) == 15


def test_the_tests_have_two_objects_on_each_picture(split):
    """Short captions would make them easier."""
    for part in (split.test, split.unseen):
        assert len(part.captions) == 300
        assert all(len(text.split()) >= 7 for text in part.captions)


def test_pictures_follow_from_the_seed():
    """The same split twice; another seed, another one."""
    first, again = (captioned_shapes(5, n_test=2, seed=1) for _ in range(2))
    other = captioned_shapes(5, n_test=2, seed=2)
    assert torch.equal(first.train.images, again.train.images)
    assert first.train.captions == again.train.captions
    assert first.train.captions != other.train.captions


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: captioned_shapes(0), "n must be.*got 0"),
        (lambda: draw(one_object(0), side=4), "side must be.*got 4"),
        (lambda: random_scenes(0, generator=lot()), "n must be.*got 0"),
    ],
)
def test_bad_input_is_named(run, words):
    """Expected and got."""
    with pytest.raises(ValueError, match=words):
        run()
