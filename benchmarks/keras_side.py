"""The other side of `models`: a process with an environment of its own.

TensorFlow pins packages that the course needs in other versions, so Keras
never meets the course's environment. It is installed into benchmarks/.venv
when it is first needed, and is spoken to in lines of JSON, so that its
epochs and ours take turns.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PINS = HERE / "requirements-keras.txt"
STAMP = VENV / "keras-installed.txt"
# One thread each, no talk on the way, no files in the user's home.
SETTINGS = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": str(VENV / "keras"),
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


class KerasMissing(Exception):  # noqa: N818  it is no error to be without
    """Why Keras can't be measured, in a sentence."""


def python():
    """The Python of Keras's environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install():
    """Install Keras with TensorFlow, once.

    Raises:
        KerasMissing: if that can't be done, with the last words of pip.
    """
    wanted = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("Installing Keras with TensorFlow into benchmarks/.venv (once)")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "--retries", "2", "-r", str(PINS)])
    STAMP.write_text(wanted, encoding="utf-8")


def run(command):
    """Run a command and show what it collects; complain if it fails."""
    lines = []
    try:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            for line in process.stdout:
                lines.append(line.strip())
                if lines[-1].startswith(("Collecting", "Installing")):
                    print("  " + lines[-1].split(" (from")[0][:70])
    except OSError as error:
        raise KerasMissing(f"it could not be installed ({error}).") from error
    if process.returncode:
        errors = [line for line in lines if line.startswith("ERROR")]
        last = (errors or lines or ["no output"])[-1]
        raise KerasMissing(f"it could not be installed ({last}).")


class KerasSide:
    """A running `keras_worker`.

    Attributes:
        versions: of Keras and TensorFlow.
    """

    def __init__(self):
        install()
        self.folder = tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name) / "data.npz"
        self.complaints = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen(
            [str(python()), "-I", "-u", str(HERE / "keras_worker.py")],
            env={**os.environ, **SETTINGS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            text=True,
            encoding="utf-8",
        )
        self.versions = self.answer()

    def start(self, name, inputs, targets, epochs):
        """Begin to train a model; returns the number of its weights."""
        np.savez(self.data, inputs=inputs, targets=targets)
        order = {"model": name, "data": str(self.data), "epochs": epochs}
        return self.ask(order)["weights"]

    def epoch(self):
        """Train for one epoch; returns its seconds."""
        return self.ask({"go": True})["seconds"]

    def ask(self, order):
        """Send one line, wait for the answer."""
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
        except OSError:
            pass  # the answer says what happened
        return self.answer()

    def answer(self):
        """The worker's next line; its last words if there is none."""
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.complaints.seek(0)
        words = self.complaints.read().strip().splitlines() or ["no message"]
        self.close()
        raise KerasMissing(f"its process ended ({words[-1]}).")

    def close(self):
        """End the worker, which ends when nobody speaks to it any more."""
        self.process.communicate()
        self.complaints.close()
        self.folder.cleanup()
