"""Finished results on the disk, so that a run can go on where it stopped.

A result is kept under a key of all that it depends on: the bytes of the
submission, the assignment, the code that scores, the versions that can
change a number. It is written to the side and renamed, so there is a whole
result or none, whenever the machine stops.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import time
from importlib import metadata
from pathlib import Path

PACKAGES = ("course-lib", "torch", "numpy", "nbgrader", "ipython")
PACKAGE = Path(__file__).parents[1]


class Busy(RuntimeError):  # noqa: N818
    """Another run writes to the same folder."""


@contextlib.contextmanager
def lock(folder):
    """Hold the folder for one run.

    Raises:
        Busy: when another run has it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a") as file:
        # Nothing that a run starts inherits it: a run that was killed has
        # let go of it.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"another run writes to {folder}: wait for it, or give "
                "another --out."
            ) from None
        yield


def versions():
    """The versions that a run is recorded with."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def code_key():
    """Hash of the library's code: a changed check scores anew.

    The book's experiments are no part of it: nothing here reads them.
    """
    digest = hashlib.sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")]):
        if path.relative_to(PACKAGE).parts[0] == "claims":
            continue
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def digest(files, problems):
    """Hash of a submission.

    Args:
        files: {name: bytes}.
        problems: what was found while reading them.
    """
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        for part in (name.encode("utf-8", "surrogateescape"), data):
            found.update(len(part).to_bytes(8, "big") + part)
    found.update(json.dumps(list(problems)).encode())
    return found.hexdigest()


def write(path, text, *, sync=True):
    """Write a file whole or not at all.

    Without ``sync`` this holds when the program is stopped at any moment,
    and may not when the machine is: for what the next run writes again.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(
            beside, "w", encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(text)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


class Store:
    """The results in one folder, by the digest of the submission.

    Args:
        folder: where they lie.
        base: the key of all else that results depend on.
    """

    def __init__(self, folder, base):
        self.folder, self.base = Path(folder), base

    def get(self, digest):
        """The result of a submission, or None."""
        try:
            text = self._path(digest).read_text(encoding="utf-8")
            return json.loads(text)
        except (OSError, ValueError):
            return None

    def put(self, digest, result):
        """Keep a result."""
        write(self._path(digest), json.dumps(result))

    def _path(self, digest):
        key = hashlib.sha256(f"{self.base} {digest}".encode()).hexdigest()
        return self.folder / key[:2] / f"{key}.json"


class Record:
    """What was graded, with which versions and which seed.

    A run that was cut off is continued with its own seed.
    """

    def __init__(self, folder, name, *, seed=None):
        self.folder = Path(folder)
        found = [
            data
            for path in sorted(self.folder.glob("*.json"))
            if (data := _read(path)) and data.get("assignment") == name
        ]
        last = found[-1] if found else {}
        if last and not last.get("finished") and seed is None:
            seed = last["seed"]
        if seed is None:
            seed = int.from_bytes(os.urandom(4), "big") % 2**31
        now = time.gmtime()
        self.data = {
            "assignment": name,
            "seed": seed,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", now),
            "finished": None,
            "versions": versions(),
            "machine": platform.platform(),
        }
        stamp = time.strftime("%Y%m%d-%H%M%S", now)
        self.path = self.folder / f"{stamp}-{name}-{os.getpid()}.json"

    @property
    def seed(self):
        """The seed of the run."""
        return self.data["seed"]

    def save(self, **more):
        """Write the record."""
        self.data |= more
        write(self.path, json.dumps(self.data, indent=1) + "\n")

    def finish(self, **more):
        """Write it as finished."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.save(finished=now, **more)


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
