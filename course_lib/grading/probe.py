"""Is the jail tight on this machine? Tried out, once, before a run."""

import tempfile

from course_lib.grading.worker import Session, StudentGone

# Each must fail in the jail. {home} is a file outside, for a try.
ATTEMPTS = {
    "read files outside its folder": "open({outside!r}).read()",
    "write files outside its folder": "open({outside!r}, 'a').write('x')",
    "list other folders": "import os; os.listdir({parent!r})",
    "open network connections": "import socket; socket.socket()",
    "start processes": "import os; os._exit(0) if os.fork() == 0 else None",
    "send signals to others": "import os; os.kill(os.getppid(), 0)",
    "take more than its memory": "bytearray(3 * 2**30)",
}
ADVICE = (
    "It needs Linux 5.13 or newer with Landlock (see whether "
    "/sys/kernel/security/lsm names it) and seccomp, on x86-64 or ARM64; in "
    "a container, an image and a runtime that let them through. `--unsafe` "
    "grades all the same, with submissions unguarded: only for submissions "
    "that you would run yourself."
)


def weaknesses(zygote):
    """What a jailed process can do and must not, in words.

    Args:
        zygote: a running `Zygote`.

    Returns:
        A list, empty when the jail holds.
    """
    with (
        tempfile.TemporaryDirectory(prefix="course-") as folder,
        tempfile.NamedTemporaryFile(prefix="course-probe-") as outside,
    ):
        session = Session(zygote, seed=0, folder=folder)
        try:
            return [
                what
                for what, code in ATTEMPTS.items()
                if "error"
                not in session.ask(
                    {
                        "do": "run",
                        "code": code.format(
                            outside=outside.name,
                            parent=tempfile.gettempdir(),
                        ),
                    },
                    60,
                )
            ]
        except StudentGone as gone:
            return [f"start at all ({gone.reason})"]
        finally:
            session.end()
