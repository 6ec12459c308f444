"""The command `course`: what it says of itself, and how fast."""

import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from course_lib import cli

COMMANDS = sorted(get_command(cli.app).commands)


def loaded_by(code):
    """The packages that some code loads, in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does(command):
    """In a sentence, and its options; asking is no mistake."""
    done = CliRunner().invoke(cli.app, [command, "--help"])
    assert done.exit_code == 0
    assert "--help" in done.output
    assert get_command(cli.app).commands[command].help


def test_help_waits_for_nothing_heavy():
    """The library's modules are loaded when something of them is used."""
    heavy = {"torch", "numpy", "pandas", "statsmodels", "nbgrader"}
    assert not heavy & loaded_by("import course_lib.cli")


def test_a_name_loads_what_it_needs_and_no_more():
    """A cell is no reason to load the classical forecasters."""
    assert "statsmodels" not in loaded_by("from course_lib import RNNCell")
    assert "statsmodels" in loaded_by("from course_lib import ETS")
