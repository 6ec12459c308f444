"""What ends a process, or never ends, or takes all there is."""

from course_lib.grading.hostile.attacks import attack, defined


@attack
def os_exit(target):
    """The cell ends its process with status 0."""
    return ["import os\nos._exit(0)"]


@attack
def os_exit_in_the_answer(target):
    """The answer ends its process when it is called."""
    return defined(target, "import os\nos._exit(0)")


@attack
def sys_exit(target):
    """SystemExit in the cell, and in the answer."""
    return [
        "import sys\nsys.exit(0)",
        *defined(target, "raise SystemExit(0)"),
    ]


@attack
def quit_the_kernel(target):
    """``quit()``, as in a terminal."""
    return ["quit()", *defined(target, "exit()")]


@attack
def an_interrupt(target):
    """Errors that most code does not catch."""
    before = "class Odd(BaseException):\n    def __str__(self): raise self"
    return defined(target, "raise Odd()", before)


@attack
def a_keyboard_interrupt(target):
    """As if somebody had stopped the grading."""
    return defined(target, "raise KeyboardInterrupt")


@attack
def an_error_that_cannot_be_shown(target):
    """Its text and its type's name stop with errors of their own."""
    before = """
class Odd(Exception):
    def __str__(self): raise ValueError
    __repr__ = __str__
"""
    return defined(target, "raise Odd()", before)


@attack
def kill_yourself(target):
    """SIGKILL from inside."""
    return defined(target, "import os\nos.kill(os.getpid(), 9)")


@attack
def a_signal_without_a_name(target):
    """Death by a real-time signal."""
    return ["import os\nos.kill(os.getpid(), 40)"]


@attack
def stop_yourself(target):
    """SIGSTOP: neither dead nor alive."""
    return ["import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"]


@attack
def a_segmentation_fault(target):
    """A read at address zero."""
    return defined(target, "import ctypes\nctypes.string_at(0)")


@attack
def a_stack_overflow(target):
    """Recursion in C, without Python's limit."""
    body = """
import sys
sys.setrecursionlimit(10**9)
class Deep:
    def __repr__(self): return repr(self)
    def __getattr__(self, name): return getattr(self, name)
Deep().x
"""
    return defined(target, body)


@attack
def recursion(target):
    """A function that calls itself without an end."""
    return defined(target, f"return {target.name}(*args, **kwargs)")


@attack
def an_endless_loop(target):
    """In the cell."""
    return ["while True:\n    pass"]


@attack
def a_loop_that_catches_everything(target):
    """Alarms and interrupts included."""
    return defined(
        target,
        """
import signal
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
    )


@attack
def a_long_sleep(target):
    """It costs no processor time."""
    return ["import time\ntime.sleep(10**6)"]


@attack
def a_loop_in_c(target):
    """One call that holds the interpreter's lock for hours."""
    return defined(target, "sum(range(10**15))")


@attack
def a_fork_bomb(target):
    """Processes that make processes."""
    return defined(
        target, "import os\nwhile True:\n    os.fork()", "import os\nos.fork()"
    )


@attack
def many_threads(target):
    """More threads than a machine can take."""
    body = """
import threading, time
threading.stack_size(32768)
while True:
    threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
"""
    return defined(target, body)


@attack
def threads_that_outlive_their_cell(target):
    """They change the answer while it is checked, and never stop."""
    before = f"""
import threading, time
def change():
    while True:
        time.sleep(0.001)
        globals()[{target.name!r}] = lambda *a, **k: 0.0
threading.Thread(target=change, daemon=True).start()
threading.Thread(target=change).start()
"""
    return defined(target, before=before)


@attack
def hungry_threads(target):
    """Threads that take all processors there are."""
    before = """
import threading, torch
def burn():
    while True:
        torch.ones(300, 300) @ torch.ones(300, 300)
for _ in range(16):
    threading.Thread(target=burn, daemon=True).start()
"""
    return defined(target, before=before)


@attack
def a_memory_bomb(target):
    """Bytes without an end."""
    return defined(
        target, "kept = []\nwhile True:\n    kept.append(bytearray(2**24))"
    )


@attack
def a_large_allocation(target):
    """A tensor of 100 GB."""
    return ["import torch\nx = torch.ones(100 * 2**28)"]


@attack
def memory_that_is_mapped(target):
    """Pages in place of objects."""
    body = """
import mmap
kept = []
while True:
    kept.append(mmap.mmap(-1, 2**26))
    for n in range(0, 2**26, 4096):
        kept[-1][n] = 1
"""
    return defined(target, body)


@attack
def a_huge_print(target):
    """100 MB on one line."""
    return defined(target, before="print('x' * 100_000_000)")


@attack
def endless_printing(target):
    """To both outputs, past Python as well."""
    before = """
import os, sys
for _ in range(2000):
    print("y" * 10_000)
    sys.stderr.write("y" * 10_000)
    os.write(1, b"y" * 10_000)
    os.write(2, b"y" * 10_000)
"""
    return defined(target, before=before)
