"""Stand-ins for what a locked-in process cannot have.

It starts no other process, shares no lock with one, runs no compiler and
has no screen. Notebooks ask for such things by habit; their work is done
here, in the process itself, and costs them nothing.
"""

import concurrent.futures
import functools
import multiprocessing.context
import multiprocessing.pool
import threading

import matplotlib
from torch.utils.data import DataLoader

# Of one process, so threads are all that they keep apart.
LOCKS = "Lock RLock Semaphore BoundedSemaphore Condition Event Barrier".split()


def settle():
    """Put them in place; PyTorch's compiler is off by the environment."""
    for name in LOCKS:
        _replace(name, getattr(threading, name))
    _replace("Pool", multiprocessing.pool.ThreadPool)
    concurrent.futures.ProcessPoolExecutor = Executor
    DataLoader._get_iterator = _by_itself(DataLoader._get_iterator)
    # A backend that needs a screen is not taken.
    matplotlib.use = functools.partial(matplotlib.use, force=False)


class Executor(concurrent.futures.ThreadPoolExecutor):
    """Threads in place of processes."""

    def __init__(
        self,
        max_workers=None,
        mp_context=None,
        initializer=None,
        initargs=(),
        **of_processes,
    ):
        super().__init__(
            max_workers, initializer=initializer, initargs=initargs
        )


def _replace(name, thing):
    """In multiprocessing, and in each way of it to start processes."""
    setattr(multiprocessing, name, thing)
    setattr(multiprocessing.context.BaseContext, name, staticmethod(thing))


def _by_itself(iterator):
    """A data loader without workers, whatever number was asked for."""

    def without_workers(loader):
        loader.num_workers = loader.timeout = 0
        return iterator(loader)

    return without_workers
