"""The command `course`: what it says of itself, and how fast."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from course_lib import cli

COMMANDS = sorted(get_command(cli.app).commands)


ROOT = Path(__file__).resolve().parents[1]
WRITTEN = re.compile(r"`course ([a-z][^`]*)`|^course ([a-z].*)$", re.MULTILINE)


def written_commands():
    """The commands that pages tell a reader to type: (file, words)."""
    for path in (ROOT / "README.md", *sorted((ROOT / "book").glob("*.md"))):
        for in_text, in_block in WRITTEN.findall(path.read_text("utf-8")):
            yield path.name, (in_text or in_block).split()


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


@pytest.mark.parametrize(("page", "words"), list(written_commands()))
def test_what_a_page_says_to_type_is_understood(page, words):
    """The command and its options exist; a lone name is a mention."""
    name, *rest = words
    command = get_command(cli.app).commands[name]
    if rest:
        command.make_context(name, rest)
    if name == "claims":  # what it runs is looked up later
        done = CliRunner().invoke(cli.app, [name, *rest, "--list"])
        assert done.exit_code == 0, f"{page}: {done.output}"


def test_help_waits_for_nothing_heavy():
    """The library's modules are loaded when something of them is used."""
    heavy = {"torch", "numpy", "pandas", "statsmodels", "nbgrader"}
    assert not heavy & loaded_by("import course_lib.cli")


def test_a_name_loads_what_it_needs_and_no_more():
    """A cell is no reason to load the classical forecasters."""
    assert "statsmodels" not in loaded_by("from course_lib import RNNCell")
    assert "statsmodels" in loaded_by("from course_lib import ETS")
