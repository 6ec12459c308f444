"""The system calls that Python, torch and a plot need, and no others.

What is not named here fails with "not permitted". The numbers are those
of Linux on two machines; None where a machine has no such call.
"""

_TABLE = """
read 0 63, write 1 64, open 2 -, close 3 57, stat 4 -, fstat 5 80, lstat 6 -,
poll 7 -, lseek 8 62, mmap 9 222, mprotect 10 226, munmap 11 215, brk 12 214,
rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, ioctl 16 29,
pread64 17 67, pwrite64 18 68, readv 19 65, writev 20 66, access 21 -,
pipe 22 -, select 23 -, sched_yield 24 124, mremap 25 216, msync 26 227,
mincore 27 232, madvise 28 233, dup 32 23, dup2 33 -, pause 34 -,
nanosleep 35 101, getitimer 36 102, alarm 37 -, setitimer 38 103,
getpid 39 172, sendfile 40 71, sendto 44 206, recvfrom 45 207,
recvmsg 47 212, shutdown 48 210, getsockname 51 204, getpeername 52 205,
socketpair 53 199, setsockopt 54 208, getsockopt 55 209, clone 56 220,
exit 60 93, wait4 61 260, kill 62 129, uname 63 160, fcntl 72 25, flock 73 32,
fsync 74 82, fdatasync 75 83, ftruncate 77 46, getdents 78 -, getcwd 79 17,
chdir 80 49, fchdir 81 50, rename 82 -, mkdir 83 -, rmdir 84 -, unlink 87 -,
readlink 89 -, chmod 90 -, fchmod 91 52, chown 92 -, fchown 93 55,
lchown 94 -, umask 95 166, gettimeofday 96 169, getrlimit 97 163,
getrusage 98 165, sysinfo 99 179, times 100 153, getuid 102 174,
getgid 104 176, geteuid 107 175, getegid 108 177, getppid 110 173,
getpgrp 111 -, getgroups 115 158, getresuid 118 148, getresgid 120 150,
getpgid 121 155, getsid 124 156, rt_sigpending 127 136,
rt_sigtimedwait 128 137, rt_sigsuspend 130 133, sigaltstack 131 132,
utime 132 -, statfs 137 43, fstatfs 138 44, getpriority 140 141,
sched_getparam 143 121, sched_getscheduler 145 120,
sched_get_priority_max 146 125, sched_get_priority_min 147 126,
arch_prctl 158 -, gettid 186 178, readahead 187 213, tkill 200 130,
time 201 -, futex 202 98, sched_getaffinity 204 123, epoll_create 213 -,
getdents64 217 61, set_tid_address 218 96, restart_syscall 219 128,
fadvise64 221 223, clock_gettime 228 113, clock_getres 229 114,
clock_nanosleep 230 115, exit_group 231 94, epoll_wait 232 -,
epoll_ctl 233 21, tgkill 234 131, utimes 235 -, get_mempolicy 239 236,
waitid 247 95, openat 257 56, mkdirat 258 34, fchownat 260 54,
futimesat 261 -, newfstatat 262 79, unlinkat 263 35, renameat 264 38,
readlinkat 267 78, fchmodat 268 53, faccessat 269 48, pselect6 270 72,
ppoll 271 73, set_robust_list 273 99, get_robust_list 274 100,
utimensat 280 88, epoll_pwait 281 22, eventfd 284 -,
eventfd2 290 19, epoll_create1 291 20, dup3 292 24, pipe2 293 59,
preadv 295 69, pwritev 296 70, prlimit64 302 261, getcpu 309 168,
renameat2 316 276, getrandom 318 278, membarrier 324 283,
copy_file_range 326 285, statx 332 291, rseq 334 293, clone3 435 435,
faccessat2 439 439, epoll_pwait2 441 441
"""

NUMBERS = {}
for _entry in _TABLE.replace("\n", " ").split(","):
    _name, *_numbers = _entry.split()
    NUMBERS[_name] = {
        machine: None if number == "-" else int(number)
        for machine, number in zip(
            ("x86_64", "aarch64"), _numbers, strict=True
        )
    }
# Rules of their own in the filter: they depend on the arguments.
CONDITIONAL = (
    "open openat ioctl clone clone3 kill tkill tgkill prlimit64 fcntl "
    "sendto socketpair".split()
)
# Changing owners, rights or times of files: nothing is done, and said so.
# Removing them, too: what is removed and still open could not be counted.
AS_IF_DONE = (
    "chmod fchmod fchmodat chown fchown lchown fchownat utime utimes "
    "futimesat utimensat unlink unlinkat rmdir".split()
)
ALLOWED = [n for n in NUMBERS if n not in (*CONDITIONAL, *AS_IF_DONE)]
# Duplicates, flags, locks; no signals to others, no leases, no sizes.
ALLOWED_FCNTL = [0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030]
# Terminal settings and size (asked of every output), blocking, waiting bytes.
ALLOWED_IOCTL = [0x5401, 0x5413, 0x5421, 0x541B, 0x5451, 0x5450]
