"""The files of a submission, taken from the disk without following them.

Nothing is executed, no link is followed, nothing but ordinary files of a
bounded size is opened.
"""

import os
import stat
from pathlib import Path

MOST_BYTES = 10 * 2**20
MOST_IN_ALL = 20 * 2**20
MOST_FILES = 200
DEEPEST = 4
# Some browsers add the second ending when they save one.
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")
# What programs leave beside a notebook, under its name.
SYSTEMS = (".ipynb_checkpoints", "__MACOSX")


def collect(folder):
    """Read the notebooks and the time stamp of one submission.

    Args:
        folder: ``DIR/STUDENT/ASSIGNMENT``.

    Returns:
        ({name: bytes}, problems): what could be read, and in words what
        could not.
    """
    found, problems = {}, []
    if Path(folder).is_symlink():
        return {}, ["the folder is a link, which is not followed"]
    names, more = _names(Path(folder))
    if more:
        problems.append(
            f"more than {MOST_FILES} notebooks; the rest is left out"
        )
    for name in names:
        left = MOST_IN_ALL - sum(map(len, found.values()))
        data, problem = _read(Path(folder, name), left)
        if problem:
            problems.append(f"{_shown(name)}: {problem}")
        else:
            found[name] = data
    return found, problems


def is_notebook(name):
    """Whether a file of that name is taken for a notebook."""
    return name.lower().endswith(ENDINGS)


def _names(folder):
    """Of notebooks and the time stamp; the one that is asked for first."""
    first = [f"{folder.name}.ipynb", "timestamp.txt"]
    names = [name for name in first if os.path.lexists(folder / name)]
    waiting = [("", 0)]
    while waiting:
        inside, depth = waiting.pop()
        try:
            with os.scandir(folder / inside) as entries:
                for entry in sorted(entries, key=lambda e: e.name):
                    name = f"{inside}{entry.name}"
                    if entry.name in SYSTEMS:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        if depth < DEEPEST:
                            waiting.append((f"{name}/", depth + 1))
                    elif is_notebook(name) and name not in first:
                        names.append(name)
                    if len(names) > MOST_FILES:
                        return names[:MOST_FILES], True
        except OSError:
            continue
    return names, False


def _read(path, left):
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        if stat.S_ISLNK(path.lstat().st_mode):
            return None, "a link, which is not followed"
        if not stat.S_ISREG(path.lstat().st_mode):
            return None, "no ordinary file"
        fd = os.open(path, flags)
    except OSError as error:
        return None, f"it cannot be opened ({error.strerror})"
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None, "no ordinary file"
        if status.st_nlink > 1:
            return None, "a hard link to another file"
        if status.st_size > MOST_BYTES:
            return None, (
                f"{status.st_size / 2**20:.0f} MiB, more than the "
                f"{MOST_BYTES // 2**20} MiB allowed; clear its outputs"
            )
        if status.st_size > left:
            return None, (
                f"left out: more than {MOST_IN_ALL // 2**20} MiB of notebooks"
            )
        return file.read(min(MOST_BYTES, left)), None


def _shown(text, length=100):
    return "".join(c if c.isprintable() else "?" for c in text)[:length]
