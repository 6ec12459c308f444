"""The capstone's data: raw numbers, their changes, windows of a panel."""

import numpy as np
import pytest
import torch
from statsmodels import datasets as real

from course_lib import changes, economy, fertility, panel_windows


def test_the_economy_is_what_statsmodels_ships():
    """Columns, first and last row."""
    table = real.macrodata.load_pandas().data
    levels = economy()
    assert levels.values[0, 0] == table["realgdp"].iloc[0]
    assert levels.values[-1, 5] == table["unemp"].iloc[-1]
    assert str(levels.dates[-1]) == "2009Q3"


def test_amounts_grow_and_per_cents_differ():
    """By hand, for the second quarter."""
    levels = economy()
    rates = changes(levels)
    (v0, v1) = levels.values[:2]
    assert rates.values[0, 0] == pytest.approx(100 * np.log(v1[0] / v0[0]))
    assert rates.values[0, 5] == pytest.approx(v1[5] - v0[5], abs=1e-6)
    assert rates.dates[0] == levels.dates[1]


def test_a_change_knows_nothing_of_later_quarters():
    """Another future leaves the earlier changes as they are."""
    levels = economy()
    other = levels.values.copy()
    other[100:] *= 3
    before = changes(levels).values[:99]
    after = changes(levels._replace(values=other)).values[:99]
    np.testing.assert_array_equal(before, after)


def test_no_country_has_a_gap():
    """188 of 219, for 52 years; a group of countries is none."""
    panel = fertility()
    assert np.isfinite(panel.values).all()
    assert len(panel.names) == len(set(panel.names)) == 188
    assert "France" in panel.names
    assert not {"OECD members", "Other small states"} & set(panel.names)
    assert (str(panel.dates[0]), str(panel.dates[-1])) == ("1960", "2011")


def numbered(N=3, n_steps=20):
    """Step t of series n is 100 n + t."""
    return (100.0 * np.arange(N)[:, None] + np.arange(n_steps))[..., None]


def test_windows_of_a_panel_come_by_origin_and_stay_in_their_years():
    """Window n belongs to series n % N; all targets lie in the range."""
    windows = panel_windows(numbered(), 4, 2, first=10, last=15)
    assert windows.inputs.shape == (12, 4, 1)
    assert windows.targets.shape == (12, 2, 1)
    series = windows.inputs[:, 0, 0] // 100
    assert torch.equal(series, torch.arange(12) % 3)
    assert (windows.targets % 100).min() == 10
    assert (windows.targets % 100).max() == 14
    follows = windows.targets[:, 0] - windows.inputs[:, -1]
    assert torch.equal(follows, torch.ones(12, 1))


@pytest.mark.parametrize(
    ("first", "last"), [(3, 15), (10, 11), (10, 21), (15, 10)]
)
def test_a_range_without_room_is_an_error(first, last):
    """Too little before, too little inside, past the end, backwards."""
    with pytest.raises(ValueError, match="must leave 4 steps"):
        panel_windows(numbered(), 4, 2, first=first, last=last)
