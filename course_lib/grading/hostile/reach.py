"""What reaches beyond the folder: files, processes, networks."""

from course_lib.grading.hostile.attacks import attack, defined, steals


@attack
def a_full_disk(target):
    """Files as large as they may be."""
    body = """
for n in range(10**6):
    with open(f"f{n}", "wb") as file:
        file.write(bytes(2**24))
"""
    return defined(target, body)


@attack
def room_that_is_only_reserved(target):
    """Gigabytes in a moment, without writing a byte of them."""
    body = """
import os
for n in range(900):
    fd = os.open(f"f{n}", os.O_CREAT | os.O_RDWR)
    os.posix_fallocate(fd, 0, 2**25)
    os.close(fd)
"""
    return defined(target, body)


@attack
def many_files(target):
    """A file for each number."""
    return defined(
        target, "for n in range(10**7):\n    open(f'f{n}', 'w').close()"
    )


@attack
def files_that_cannot_be_seen(target):
    """Written, mapped and removed: they take room and have no name."""
    body = """
import mmap, os
kept = []
for n in range(10**6):
    with open("f", "w+b") as file:
        file.write(bytes(2**24))
        file.flush()
        kept.append(mmap.mmap(file.fileno(), 4096))
    try:
        os.rename("f", f"g{n % 2}")
    except OSError:
        os.unlink("f")
"""
    return defined(target, body)


@attack
def folders_in_folders(target):
    """Deeper than a path can be long."""
    body = """
import os
for _ in range(10**6):
    os.mkdir("d" * 20)
    os.chdir("d" * 20)
"""
    return defined(target, body)


@attack
def writing_outside(target):
    """Beside the course's own files, and everywhere else."""
    body = f"""
import os, pathlib
places = [{target.secret + ".written"!r}, "/tmp/written", "/dev/shm/written"]
places += ["/etc/written", "/proc/self/oom_score_adj", "../written"]
for place in places:
    try:
        with open(place, "w") as file:
            file.write("1000")
        found = place
    except OSError:
        pass
for what in (os.remove, os.chmod, os.truncate, os.link, os.symlink):
    try:
        what({target.secret!r}, *([0] if what in (os.chmod, os.truncate)
             else ["here"] if what in (os.link, os.symlink) else []))
    except OSError:
        pass
"""
    return steals(target, body)


@attack
def reading_the_solutions(target):
    """By their path, and by every way that leads there."""
    body = f"""
import os
places = [{target.secret!r}, os.path.dirname({target.secret!r})]
for place in places:
    try:
        found = open(place).read() if os.path.isfile(place) else None
        found = found or os.listdir(place)
    except OSError:
        pass
    try:
        fd = os.open(os.path.dirname({target.secret!r}), os.O_PATH)
        found = os.read(os.open(os.path.basename({target.secret!r}),
                                os.O_RDONLY, dir_fd=fd), 100)
    except OSError:
        pass
"""
    return steals(target, body)


@attack
def reading_other_submissions(target):
    """Other folders of this kind beside one's own."""
    body = """
import glob, os
found = os.listdir("..") or glob.glob("/tmp/course-*/*")
"""
    return steals(target, body)


@attack
def reading_processes(target):
    """Memory, arguments and files of the grader, by /proc."""
    body = """
import os
for pid in (os.getppid(), 1, *range(os.getpid() - 50, os.getpid())):
    for name in ("mem", "maps", "environ", "cmdline", "fd", "root", "cwd"):
        place = f"/proc/{pid}/{name}"
        for read in (lambda p: open(p, "rb").read(10), os.listdir,
                     os.readlink):
            try:
                found = found or read(place)
            except OSError:
                pass
"""
    return steals(target, body)


@attack
def searching_the_memory(target):
    """Hidden tests among all objects of the process."""
    before = """
import gc
word, stolen = "HIDDEN" + " TESTS", None
for thing in gc.get_objects():
    inside = ()
    if type(thing) is dict:
        inside = list(thing.values())
    elif type(thing) in (list, tuple):
        inside = list(thing)
    for text in inside:
        if type(text) is str and word in text and text != word:
            stolen = text
"""
    return [before, *steals(target, "found = stolen")]


@attack
def looking_up_the_frames(target):
    """What stands in the frames above: tests, seeds, other orders."""
    body = """
import sys
frame = sys._getframe()
while frame:
    for name, value in frame.f_locals.items():
        if name in ("assignment", "steps", "pool", "cell", "solution"):
            found = (name, value)
    frame = frame.f_back
"""
    return steals(target, body)


@attack
def importing_the_grader(target):
    """The other side of the channel, as a library."""
    body = """
import importlib
for name in ("course_lib.grading", "course_lib.grading.assignment",
             "course_lib.grading.scoring", "course_lib.cli"):
    try:
        found = importlib.import_module(name)
    except ImportError:
        pass
"""
    return steals(target, body)


@attack
def the_seed_of_the_run(target):
    """Hidden inputs computed beforehand from the process's own seed."""
    body = """
import random, torch
from course_lib.checks.draws import draws, set_seed
numbers = args[0] if args else 0
wanted = [t for t in args if isinstance(t, torch.Tensor) and t.numel() > 3]
for seed in (torch.initial_seed(), random.getstate()[1][0]):
    set_seed(seed)
    for label in ("drift", "fill", "var", "cut", "score", "prepare"):
        flat = draws(label).normal(400).tolist()
        if wanted and any(abs(wanted[0].flatten()[0].item() - f) < 1e-12
                          for f in flat):
            found = seed
"""
    return steals(target, body)


@attack
def the_seed_of_the_run_by_trying(target):
    """Numbers that somebody types, until one gives what can be seen.

    That is the process's own seed, and the inputs of a check whose text is
    known: all that follows could be computed beforehand.
    """
    body = """
import numpy as np, torch
from course_lib.checks.draws import Draws
own = torch.initial_seed(), int(np.random.get_state()[1][0])
for seed in range(300):
    if Draws(f"{seed} the student's process").seed() in own:
        found = seed
    draws = Draws(f"{seed} var")
    D, p, _ = draws.distinct(3, 2, 6)
    window = draws.normal(p + draws.integer(0, 3), D)
    if args and getattr(args[0], "shape", None) == window.shape:
        found = seed if torch.equal(args[0], window) else found
"""
    return steals(target, body)


@attack
def a_network_connection(target):
    """Out, to this machine, and by names."""
    body = f"""
import socket, urllib.request
for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    for form in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            one = socket.socket(kind, form)
            one.settimeout(1)
            one.connect(("127.0.0.1", {target.port}))
            found = "connected"
        except (OSError, TypeError):
            pass
try:
    urllib.request.urlopen("http://127.0.0.1:{target.port}/", timeout=1)
    found = "connected"
except OSError:
    pass
"""
    return steals(target, body)


@attack
def messages_to_the_system(target):
    """Datagrams to the sockets that a system has."""
    body = """
import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
for place in ("/dev/log", "/run/systemd/journal/socket", "\\0grader"):
    for send in (lambda: one.sendto(b"x", place),
                 lambda: one.sendmsg([b"x"], [], 0, place)):
        try:
            send()
            found = place
        except PermissionError:
            pass
"""
    return steals(target, body)


@attack
def another_program(target):
    """A shell, in every way that Python has."""
    body = """
import os, subprocess, sys
ways = [lambda: subprocess.run(["true"]), lambda: os.posix_spawn(
    sys.executable, ["python", "-c", "pass"], {}), lambda: os.popen(
    "echo x").read() or 1 / 0, lambda: os.execv("/bin/sh", ["sh"])]
for way in ways:
    try:
        found or way()
        found = "ran"
    except (OSError, ArithmeticError):
        pass
found = found if os.system("true") == 0 else None
"""
    return steals(target, body)


@attack
def signals_to_others(target):
    """To the parent, to all, and by files that send them."""
    body = """
import fcntl, os, signal
for pid in (os.getppid(), -1, 0, 1, os.getpid() - 1, os.getpid() + 1):
    for number in (0, signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
            found = (pid, number)
        except (ProcessLookupError, PermissionError):
            pass
read, write = os.pipe()
for order, value in ((fcntl.F_SETOWN, os.getppid()), (10, signal.SIGKILL)):
    try:
        fcntl.fcntl(read, order, value)
        found = order
    except PermissionError:
        pass
"""
    return steals(target, body)


@attack
def tracing_others(target):
    """ptrace, and the memory of other processes."""
    body = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for number in (101, 310, 311, 117, 270, 271):
    for pid in (os.getppid(), 1, os.getpid() - 1):
        if libc.syscall(number, 16, pid, 0, 0, 0, 0) >= 0:
            if number in (101, 310, 311):
                found = number
"""
    return steals(target, body)


@attack
def getting_out_of_the_jail(target):
    """Namespaces, mounts, other roots, other users, new limits."""
    body = """
import ctypes, os, resource
libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in (
    ("unshare", (0x10000000,)), ("chroot", (b".",)), ("setns", (0, 0)),
    ("mount", (b"none", b"/", b"tmpfs", 0, 0)), ("pivot_root", (b".", b".")),
    ("prctl", (22, 0, 0, 0, 0)), ("prctl", (4, 1, 0, 0, 0)),
    ("memfd_create", (b"x", 0)), ("personality", (0x0400000,)),
    ("keyctl", (0, 0)), ("bpf", (0, 0, 0)), ("io_uring_setup", (1, 0)),
    ("shmget", (1, 4096, 0o1600)), ("mknod", (b"x", 0o60600, 1)),
):
    call = getattr(libc, name, None)
    if call is not None and call(*arguments) >= 0:
        found = name
for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE):
    try:
        resource.setrlimit(kind, (-1, -1))
        found = kind
    except (OSError, ValueError):
        pass
for change in (lambda: os.sched_setaffinity(0, range(64)),
               lambda: os.setpriority(0, 0, -20), lambda: os.nice(-5)):
    try:
        change()
        found = "affinity"
    except OSError:
        pass
"""
    return steals(target, body)
