"""What a health monitor writes, and reading it back."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from recurrent_things import normal

from course_lib import DirectForecaster, Recurrent, RNNCell, fit, split_last
from course_lib.gradient_plots import FLOOR, W_H, plot_runs
from course_lib.monitoring import HealthMonitor, new_run, read_scalars

TAGS = {"loss", "gradient/total", "state/saturated", "state/silent"}


def write(folder, cell, *, epochs=3):
    """A run of a forecaster with this cell; its windows."""
    windows = split_last(normal(12, 8, 1).float(), 1)
    model = DirectForecaster(Recurrent(cell), 1)
    monitor = HealthMonitor(folder, windows.inputs[:5])
    fit(
        model,
        windows,
        epochs=epochs,
        batch_size=12,
        lr=1e-2,
        on_step=monitor,
    )
    monitor.close()
    return read_scalars(folder)


def test_a_run_is_read_back_as_it_was_written(tmp_path):
    """All tags of the gradient monitor and two of the states."""
    scalars = write(tmp_path, RNNCell(1, 4))
    assert set(scalars) >= TAGS
    for tag in TAGS:
        steps, values = scalars[tag]
        assert steps.tolist() == [0, 1, 2]
        assert np.isfinite(values).all()
    assert f"gradient/{W_H}" in scalars


def test_saturated_is_the_share_of_outputs_at_their_limits(tmp_path):
    """Half of the units are pushed to the limit, the others are near 0."""
    cell = RNNCell(1, 4)
    with torch.no_grad():
        cell.x_to_gates.weight.zero_()
        cell.h_to_gates.weight.zero_()
        cell.x_to_gates.bias.copy_(torch.tensor([9.0, -9.0, 0.5, -0.5]))
    scalars = write(tmp_path, cell, epochs=1)
    assert scalars["state/saturated"][1].tolist() == [0.5]
    assert scalars["state/silent"][1].tolist() == [0]


def test_silent_is_a_unit_that_is_off_for_every_input_at_every_step(tmp_path):
    """One of four; a unit that is on once counts as on."""
    cell = RNNCell(1, 4, activation=torch.relu)
    with torch.no_grad():
        cell.h_to_gates.weight.zero_()
        cell.x_to_gates.weight.fill_(1.0)
        cell.x_to_gates.bias.copy_(torch.tensor([-50.0, 0.0, 1.0, 2.0]))
    scalars = write(tmp_path, cell, epochs=1)
    assert scalars["state/silent"][1].tolist() == [0.25]


def test_a_new_run_takes_out_old_event_files_and_nothing_else(tmp_path):
    """Two runs in one folder would be read as one."""
    write(tmp_path / "run", RNNCell(1, 4))
    note = tmp_path / "run" / "note.txt"
    note.write_text("mine")
    write(new_run(tmp_path / "run"), RNNCell(1, 4), epochs=2)
    steps, _ = read_scalars(tmp_path / "run")["loss"]
    assert steps.tolist() == [0, 1]
    assert note.read_text() == "mine"


def test_a_long_run_is_read_whole(tmp_path):
    """Every step, not a sample."""
    scalars = write(tmp_path, RNNCell(1, 2), epochs=60)
    assert len(scalars["loss"][0]) == 60


def test_a_folder_without_a_run_is_named(tmp_path):
    """Expected and got."""
    with pytest.raises(ValueError, match="event file, got none"):
        read_scalars(tmp_path)


def test_the_figure_draws_zero_at_the_floor_and_the_threshold():
    """What is plotted is what was read."""
    zero = np.zeros(3)
    one = {
        "loss": (np.arange(3), zero + 2.0),
        "gradient/total": (np.arange(3), zero + 0.5),
        f"gradient/{W_H}": (np.arange(3), zero),
        "state/saturated": (np.arange(3), zero + 0.25),
        "state/silent": (np.arange(3), zero),
    }
    figure, axes = plt.subplots(2, 2, layout="constrained")
    plot_runs({"a": one, "b": one}, axes, clip_norms={"b": 0.1})
    lines = {line.get_label(): line for line in axes[1, 0].get_lines()}
    assert lines["gradient of $W_h$"].get_ydata().tolist() == [FLOOR] * 3
    assert set(lines["threshold"].get_ydata()) == {0.1}
    assert "threshold" not in [x.get_label() for x in axes[0, 0].get_lines()]
    assert len(axes[0, 1].get_lines()) == 2
    assert axes[0, 0].get_title(loc="left") or axes[0, 0].get_title()
    plt.close(figure)
