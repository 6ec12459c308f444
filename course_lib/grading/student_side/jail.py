"""Locks the process of one submission in; Linux only, root or not.

Four layers, none of which needs a privilege:

- limits (setrlimit): memory, processor time, size of files, open files;
- Landlock: reads what Python needs, writes in the private folder, opens
  nothing else; sends no signal outside;
- no capability, and none to be gained;
- a seccomp filter that lets through the system calls of `calls`: no new
  process or program, no socket, no signal to others, no mount, no trace.

It is entered after the fork and before the first line of the student.
"""

import ctypes
import functools
import os
import platform
import resource
import struct
import sys

from .calls import (
    ALLOWED,
    ALLOWED_FCNTL,
    ALLOWED_IOCTL,
    AS_IF_DONE,
    NUMBERS,
)

MEMORY = 2**30
FILE_SIZE = 32 * 2**20
OPEN_FILES = 128
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
PR_CAPBSET_DROP, PR_SET_SECCOMP = 24, 22
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read files, read folders
WRITE = 1 << 1 | 1 << 7 | 1 << 8  # write and make; remove nothing


class JailError(OSError):
    """A layer that this system does not offer."""


def prepare():
    """Work out before the fork what is the same for every process."""
    _readable()
    _filter()


def enter(folder, *, seconds):
    """Lock this process in, for good.

    Args:
        folder: the only place where it may write.
        seconds: processor time after which the kernel ends it.

    Raises:
        JailError: when a layer cannot be had; then nothing may be run.
    """
    if not sys.platform.startswith("linux"):
        raise JailError("the jail needs Linux")
    _prctl(PR_SET_PDEATHSIG, 9)
    _limits(seconds)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_DUMPABLE, 0)
    _landlock(folder)
    _drop_capabilities()
    _seccomp()


def _check(result, what):
    if result < 0:
        raise JailError(ctypes.get_errno(), f"{what} is not to be had")
    return result


def _prctl(option, value, third=0):
    _check(
        LIBC.prctl(option, ctypes.c_ulong(value), third, 0, 0),
        f"prctl {option}",
    )


def _limits(seconds):
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    for kind, most in [
        (resource.RLIMIT_AS, now + MEMORY),
        (resource.RLIMIT_CPU, int(seconds) + 2),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ]:
        resource.setrlimit(kind, (most, most))


@functools.cache
def _readable():
    """What Python reads while it runs: itself, its packages, its system.

    No more: a course may lie in /usr/src, or beside the interpreter.
    """
    paths = {
        f"{start}/{name}"
        for start in ("", "/usr", "/usr/local")
        for name in ("lib", "lib64", "share/zoneinfo", "share/fonts")
    }
    paths |= {f"{sys.base_prefix}/{name}" for name in ("lib", "lib64")}
    paths |= {"/etc/localtime", "/etc/ld.so.cache", "/etc/fonts"}
    paths |= {"/dev/urandom", "/dev/random", "/usr/share/fontconfig"}
    return [p for p in [*paths, *sys.path] if p and os.path.exists(p)]


def _landlock(folder):
    version = LIBC.syscall(LANDLOCK_CREATE, None, 0, 1)
    _check(version, "Landlock")
    handled = (1 << 13) - 1
    handled |= (1 << 13) * (version >= 2) | (1 << 14) * (version >= 3)
    handled |= (1 << 15) * (version >= 5)
    fields = [handled]
    if version >= 4:
        fields.append(3)  # TCP: bind and connect
    if version >= 6:
        fields.append(3)  # abstract sockets and signals
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = _check(
        LIBC.syscall(LANDLOCK_CREATE, attributes, len(attributes), 0),
        "Landlock",
    )
    grants = [(path, READ) for path in _readable()]
    everything = READ | WRITE | (1 << 14) * (version >= 3)  # truncate
    grants += [(folder, everything), ("/dev/null", 1 << 1 | 1 << 2)]
    for path, access in grants:
        if not os.path.isdir(path):
            access &= 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", access & handled, fd)
        _check(LIBC.syscall(LANDLOCK_ADD, rules, 1, rule, 0), "Landlock")
        os.close(fd)
    _check(LIBC.syscall(LANDLOCK_RESTRICT, rules, 0), "Landlock")
    os.close(rules)


def _drop_capabilities():
    if os.geteuid() == 0:
        for capability in range(64):
            # Beyond the last one that the kernel knows this fails.
            LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("=Ii", 0x20080522, 0)
    _check(LIBC.capset(header, bytes(24)), "dropping capabilities")


ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
LOAD, EQUAL, AT_LEAST, BITS, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LINE = struct.Struct("=HBBI")
OWN = -1  # stands for the number of the process itself
CLONE_THREAD, O_TRUNC, O_ACCMODE, AF_UNIX = 0x10000, 0x200, 3, 1


def _seccomp():
    blob, own = _filter()
    buffer = ctypes.create_string_buffer(blob, len(blob))
    for place in own:
        struct.pack_into("=I", buffer, place, os.getpid())
    n_lines = len(blob) // LINE.size
    program = struct.pack("=HxxxxxxQ", n_lines, ctypes.addressof(buffer))
    holder = ctypes.create_string_buffer(program, len(program))
    _check(
        LIBC.prctl(PR_SET_SECCOMP, 2, ctypes.byref(holder), 0, 0), "seccomp"
    )


@functools.cache
def _filter():
    """The filter as bytes, and the places for the number of the process."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise JailError(f"no list of system calls for {machine}")
    number = {name: pair[machine] for name, pair in NUMBERS.items()}
    lines = _program(number, ARCHITECTURES[machine])
    blob = b"".join(LINE.pack(*line[:3], max(line[3], 0)) for line in lines)
    places = [n for n, line in enumerate(lines) if line[3] == OWN]
    return blob, [LINE.size * (n + 1) - 4 for n in places]


def _program(number, architecture):
    """The filter: (code, jump if true, jump if false, value) lines."""
    lines = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (AT_LEAST, 0, 1, 0x40000000),
        (RETURN, 0, 0, ERROR | ENOSYS),
    ]

    def rule(name, body):
        """``body`` is for this call alone and ends it."""
        if number[name] is not None:
            lines.append((EQUAL, 0, len(body), number[name]))
            lines.extend(body)

    def argument(n, high=False):
        return (LOAD, 0, 0, 16 + 8 * n + 4 * high)

    yes, no = (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERROR | EPERM)
    rule("clone3", [(RETURN, 0, 0, ERROR | ENOSYS)])
    rule("clone", [argument(0), (BITS, 0, 1, CLONE_THREAD), yes, no])
    for name in ("kill", "tgkill", "tkill"):
        rule(name, [argument(0), (EQUAL, 0, 1, OWN), yes, no])
    rule(
        "prlimit64",
        [
            argument(2),
            (EQUAL, 0, 3, 0),
            argument(2, high=True),
            (EQUAL, 0, 1, 0),
            yes,
            no,
        ],
    )
    for name, place in (("openat", 2), ("open", 1)):
        rule(
            name,
            [
                # Reading that empties the file: Landlock knows it late.
                argument(place),
                (BITS, 0, 3, O_TRUNC),
                (AND, 0, 0, O_ACCMODE),
                (EQUAL, 0, 1, 0),
                no,
                yes,
            ],
        )
    for name, values in (("ioctl", ALLOWED_IOCTL), ("fcntl", ALLOWED_FCNTL)):
        checks = [
            (EQUAL, len(values) - n, 0, value)
            for n, value in enumerate(values)
        ]
        rule(name, [argument(1), *checks, no, yes])
    # No address: a datagram could reach the system's own services.
    rule(
        "sendto",
        [
            argument(4),
            (EQUAL, 0, 3, 0),
            argument(4, high=True),
            (EQUAL, 0, 1, 0),
            yes,
            no,
        ],
    )
    rule("socketpair", [argument(0), (EQUAL, 0, 1, AF_UNIX), yes, no])
    for name in AS_IF_DONE:
        rule(name, [(RETURN, 0, 0, ERROR)])
    for name in ALLOWED:
        rule(name, [yes])
    return [*lines, no]
