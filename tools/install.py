"""Installs the course into .venv: once, and again only if the pins change.

    python -m tools.install

Runs on the system's Python with nothing but the standard library. Set
TORCH_INDEX_URL to take PyTorch from another index (a build for the CPU is
much smaller on Linux). An installation that was cut off goes on where it
stopped when this is called again.
"""

import csv
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "course-installed.json"
OLDEST = (3, 11)
GIGABYTES = 3
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Network is unreachable"
    r"|Temporary failure in name resolution|ConnectTimeout|getaddrinfo"
    r"|Connection refused|ProxyError",
)
NO_SPACE = re.compile(r"No space left on device|Errno 28|WinError 112")


class SetupError(Exception):
    """What stands in the way, in a sentence for the person at the keyboard."""


def venv_python(venv=VENV):
    """Return the environment's Python."""
    windows = os.name == "nt"
    return venv / ("Scripts/python.exe" if windows else "bin/python")


def wanted():
    """Return what a finished installation is stamped with."""
    digest = hashlib.sha256()
    for name in ("constraints.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return {"key": digest.hexdigest(), "folder": str(ROOT)}


def stamped():
    """Return the stamp of the last finished installation, or nothing."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def check_machine(version=None, free=None, has_module=None):
    """Raise a SetupError if this machine can't take the installation."""
    version = version or sys.version_info[:2]
    if version < OLDEST:
        raise SetupError(
            f"The course needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this "
            f"is {version[0]}.{version[1]}. With another one installed: "
            "make book PYTHON=python3.12"
        )
    has_module = has_module or importlib.util.find_spec
    if not (has_module("venv") and has_module("ensurepip")):
        raise SetupError(
            "This Python can't create environments (no venv or ensurepip). "
            "On Debian and Ubuntu: sudo apt install python3-venv"
        )
    if free is None:
        free = shutil.disk_usage(ROOT).free
    if free < GIGABYTES * 1e9:
        raise SetupError(
            f"The disk is too full: the installation needs about "
            f"{GIGABYTES} GB, and {free / 1e9:.1f} GB are free."
        )


def create_venv():
    """Create .venv, or replace one that was moved or doesn't start."""
    python = venv_python()
    moved = stamped().get("folder", str(ROOT)) != str(ROOT)
    works = (
        python.exists()
        and not moved
        and subprocess.run(
            [str(python), "-m", "pip", "--version"], capture_output=True
        ).returncode
        == 0
    )
    if works:
        return
    print("Creating .venv", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        explain(done.stdout + done.stderr, "creating .venv")


def remove_halves(venv=VENV):
    """Forget packages that an interrupted pip left behind incomplete.

    pip takes a package for installed as soon as its metadata is there.
    """
    for info in venv.glob("[Ll]ib*/**/site-packages/*.dist-info"):
        try:
            with open(info / "RECORD", newline="", encoding="utf-8") as file:
                rows = list(csv.reader(file))
            whole = all(
                (info.parent / name).stat().st_size == int(size)
                for name, _, size in rows
                if size
            )
        except (OSError, ValueError):
            whole = False
        if not whole:
            print(f"  repairing {info.name.split('-')[0]}", flush=True)
            shutil.rmtree(info)


def explain(output, doing):
    """Raise the SetupError that a failed command's output speaks of."""
    if NO_SPACE.search(output):
        raise SetupError(f"The disk ran full while {doing}. Free some space.")
    if NO_NETWORK.search(output):
        raise SetupError(
            f"No network while {doing}: the package index doesn't answer. "
            "Call this again when you are online; what is there is kept."
        )
    end = "\n".join(output.strip().splitlines()[-15:])
    raise SetupError(f"pip failed while {doing}:\n\n{end}")


def pip(doing, *arguments):
    """Run pip, show what it fetches, and explain a failure."""
    command = [str(venv_python()), "-m", "pip", "install"]
    command += ["--disable-pip-version-check", "--retries", "2", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        text = line.strip()
        if text.startswith("Downloading"):
            print("  " + text.split("/")[-1], flush=True)
        elif text.startswith("Installing collected"):
            count = text.count(",") + 1
            print(f"  installing {count} package(s)", flush=True)
        elif "Retrying" in text:
            print("  the package index doesn't answer; again", flush=True)
    if process.wait():
        explain("".join(lines), doing)


def install():
    """Install what is missing; return whether there was anything to do."""
    if stamped() == wanted() and venv_python().exists():
        return False
    check_machine()
    print("Installing the course into .venv (once, some minutes)", flush=True)
    create_venv()
    STAMP.unlink(missing_ok=True)
    remove_halves()
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    torch = next(pin for pin in pins if pin.startswith("torch=="))
    index = os.environ.get("TORCH_INDEX_URL")
    print(f"1/2 {torch}, the largest part", flush=True)
    # Alone, so that its index serves nothing else.
    source = ["--index-url", index] if index else []
    pip("installing PyTorch", "--no-deps", torch, *source)
    print("2/2 the other packages and course_lib", flush=True)
    pip(
        "installing the packages",
        *["-e", ".[book,test]", "-c", "constraints.txt"],
    )
    STAMP.write_text(json.dumps(wanted()), encoding="utf-8")
    print("Installed.", flush=True)
    return True


def main():
    """Install, and say in a sentence what went wrong if anything did."""
    try:
        install()
    except SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next call goes on from here.")
        return 130
    except OSError as error:
        if not NO_SPACE.search(str(error)):
            raise
        print("\nThe disk is full. Free some space.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
