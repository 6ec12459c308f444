"""A warm process that forks one process for each submission.

It has torch loaded and nothing else: no test, no solution, no submission.
The checker sends it the end of a new channel; it forks, the child goes to
jail and serves the channel, and its death is told with the reason.

Without a jail (``course grade --unsafe``) the child is an ordinary process.
"""

import contextlib
import ctypes
import gc
import inspect
import os
import random
import signal
import socket
import sys
import tempfile
import types

import matplotlib.pyplot as plt
import numpy as np
import torch

import course_lib
from course_lib.checks.side import Side

from . import alone, jail, loading, orders
from .protocol import decode, encode, receive
from .shell import Bounded, make_shell, run_cell
from .showing import show_cell

# The first cell of all takes longer, and so does the first seed.
FIRST = """
import torch
torch.manual_seed(0)
del torch
"""


def serve(channel, shell):
    """Answer the requests of one channel until it closes."""
    stream = channel.makefile("rb", buffering=2**16)

    def read(n):
        part = stream.read(n)
        if len(part) < n:
            raise EOFError
        return part

    def carry_out(request):
        if request.get("forget"):  # what the grade cell before has kept
            side.kept.clear()
        if request["do"] == "run":
            return run_cell(shell, request["code"])
        if request["do"] == "show":
            return show_cell(shell, request["code"])
        with (
            contextlib.redirect_stdout(Bounded()),
            contextlib.redirect_stderr(sys.stdout),
        ):
            return side.ask(request)

    def answer(request):
        """Each message names the request that it belongs to."""
        served.append(request["n"])
        reply = {**carry_out(request), "n": served.pop()}
        channel.sendall(encode(reply))

    def use(request):
        """Ask back, and serve what that asks for in between."""
        channel.sendall(encode({**request, "n": served[-1]}))
        while "do" in (message := decode(receive(read), fixtures=True)):
            answer(message)
        return message

    side, served = Side(shell.user_ns, use), []
    while True:
        try:
            frame = receive(read)
        except (EOFError, OSError):
            return
        answer(decode(frame, fixtures=True))


def child(channel, order, shell):
    """Become the process of one submission."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()  # away from the terminal and its signals
    random.seed(order["seed"])
    np.random.seed(order["seed"])  # noqa: NPY002  students use it
    # torch.manual_seed looks for GPUs first, for milliseconds.
    torch.default_generator.manual_seed(order["seed"])
    os.chdir(order["folder"])
    sys.path.insert(0, "")  # as in Jupyter: what a cell writes, one imports
    os.environ["HOME"] = os.environ["TMPDIR"] = order["folder"]
    for name in ("IPYTHONDIR", "MPLCONFIGDIR"):
        os.environ.pop(name, None)  # of the machine's owner
    tempfile.tempdir = None
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    keep = channel.fileno()
    os.closerange(3, keep)
    os.closerange(keep + 1, 4096)
    if order["jail"]:
        jail.enter(order["folder"], seconds=order["seconds"])
    serve(channel, shell)


def copy(channel, order, shell):
    """Become a copy of this process that obeys the channel."""
    if order["core"] is not None:
        os.sched_setaffinity(0, {order["core"]})
    obey(channel, shell)


def main(control, imports):
    """Load what is slow to load, then fork on order.

    Args:
        control: the channel that orders come from.
        imports: statements that load what the notebooks will need; all of
            the library if None.

    Returns:
        The copies of it that it forked, by their numbers, when the channel
        has closed. They end when theirs close.
    """
    torch.set_num_threads(1)
    plt.switch_backend("Agg")
    alone.settle()
    shell = make_shell()
    warm_up(imports)
    run_cell(shell, FIRST)
    with contextlib.suppress(jail.JailError):  # said when it is entered
        jail.prepare()
    # What is loaded is never collected: else each child would copy it all.
    gc.collect()
    gc.freeze()
    gc.enable()
    use_large_pages()
    orders.answer(control, "ready")
    return obey(control, shell)


def warm_up(imports=None):
    """Load what the notebooks will need, and what torch loads late for it.

    Args:
        imports: statements that load it; all of the library if left out.
    """
    if imports is None:
        loading.load(course_lib)
        loading.load(course_lib.checks)
        trains = True
    else:
        names = loading.run(imports)
        trains = "optim" in names or any(map(_makes_optimizer, names.values()))
    if trains:
        # The first step of an optimizer loads torch's compiler, for seconds.
        weight = torch.nn.Parameter(torch.zeros(1))
        weight.grad = torch.ones(1)
        torch.optim.SGD([weight]).step()
    # Torch asks the system once what the processor can do. In jail there is
    # no answer, and all later computations would be the slow ones.
    torch.backends.cpu.get_cpu_capability()


def _makes_optimizer(thing):
    """Whether it is something of the library that trains."""
    if not isinstance(thing, type | types.FunctionType):
        return False
    ours = thing.__module__.startswith("course_lib.")
    return ours and "torch.optim" in inspect.getsource(thing)


def use_large_pages():
    """Gather what is loaded in large pages: a fork has less to copy then.

    Where the system knows no such order it does nothing.
    """
    order, large = 25, 2**21  # MADV_COLLAPSE, Linux 6.1; bytes of a page
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    with open("/proc/self/maps") as maps:
        for line in maps:
            place, rights, *_, name = [*line.split(), ""][:6]
            if rights.startswith("rw") and name in ("", "[heap]"):
                start, end = (int(n, 16) for n in place.split("-"))
                start, end = -(-start // large) * large, end // large * large
                if start < end:
                    madvise(start, end - start, order)


def obey(control, shell):
    """Carry out the orders of a control channel until it closes.

    "fork" starts the process of a submission on the channel that comes
    with the order, "split" a copy of this process that obeys it and stays,
    with all that it forks, on the core that the order names, "reap" waits
    for the end of a process and tells its status. Returns the copies.
    """
    copies = []
    while told := orders.take(control):
        order, fds = told
        if order["do"] == "reap":
            _, status = os.waitpid(order["pid"], 0)
            orders.answer(control, status)
            continue
        work = {"fork": child, "split": copy}[order["do"]]
        channel = socket.socket(fileno=fds[0])
        pid = orders.fork(_become, control, work, channel, order, shell)
        channel.close()
        if work is copy:
            copies.append(pid)
        orders.answer(control, pid)
    return copies


def _become(control, work, *args):
    """What a forked process does: it takes no orders of its parent's."""
    control.close()
    try:
        work(*args)
    except jail.JailError:
        os._exit(71)
