"""Honest answers with odd habits lose no point.

Each habit stands in the cell of an answer, in front of the solution; what
works in Jupyter works here, or is left out.
"""

from pathlib import Path

import pytest
import torch

from course_lib.grading.classroom import Desk, write
from course_lib.grading.files import collect
from course_lib.grading.limits import Limits
from course_lib.grading.pool import Pool

ROOT = Path(__file__).parents[1]
NAME, QUESTION = "05-forecasting", "var"
LOADER = """
from torch.utils.data import DataLoader, TensorDataset
data = TensorDataset(torch.ones(8, 2))
for _ in range(2):
    sizes = [len(x) for x, in DataLoader(
        data, 2, num_workers=2, prefetch_factor=2, persistent_workers=True
    )]
    assert sum(sizes) == 8
"""
POOLS = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
context = multiprocessing.get_context("spawn")
for pool in (ThreadPool, multiprocessing.Pool, context.Pool,
             ThreadPoolExecutor, ProcessPoolExecutor):
    with pool(2) as workers, multiprocessing.Lock():
        assert list(workers.map(abs, [-1, 2])) == [1, 2]
"""
PLOTS = """
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
plt.ion()
plt.plot([1, 2])
plt.savefig("a.pdf")
plt.show()
"""
CLASSES = """
from __future__ import annotations
import copy, pickle, typing
from dataclasses import dataclass, field
@dataclass
class Settings:
    size: int = 3
    parts: list[Settings] = field(default_factory=list)
assert typing.get_type_hints(Settings)["size"] is int
assert pickle.loads(pickle.dumps(Settings(5))) == Settings(5)
"""
OUTPUTS = """
import faulthandler, logging, sys, warnings
faulthandler.enable()
logging.basicConfig(level=logging.DEBUG)
warnings.warn("a warning")
sys.stderr.write(f"{sys.stdout.encoding.upper()} {sys.stdout.isatty()}")
"""
# What is loaded before the fork depends on the assignment: not these.
LIBRARIES = """
import importlib, pkgutil, course_lib
for module in pkgutil.iter_modules(course_lib.__path__):
    importlib.import_module(f"course_lib.{module.name}")
import pandas, scipy.optimize, scipy.signal, scipy.stats
import statsmodels.api, statsmodels.tsa.arima.model
"""
TRAINING = """
line = torch.nn.Linear(2, 1)
for kind in (torch.optim.Adam, torch.optim.SGD, torch.optim.RMSprop):
    steps = kind(line.parameters(), lr=0.1)
    line(torch.ones(3, 2)).square().mean().backward()
    steps.step()
"""
# In jail torch cannot ask the system; it has to know before.
PROCESSOR = f"""
fast = "{torch.backends.cpu.get_cpu_capability()}"
assert torch.backends.cpu.get_cpu_capability() == fast
"""
HABITS = {
    "computations as fast as outside": PROCESSOR,
    "a compiled function": "@torch.compile\ndef f(x):\n    return 2 * x\n"
    "assert f(torch.ones(2)).sum() == 4",
    "workers that load data": LOADER,
    "other libraries": LIBRARIES,
    "optimizers": TRAINING,
    "pools of processes and threads": POOLS,
    "a backend with a window": PLOTS,
    "classes with hints": CLASSES,
    "outputs of all kinds": OUTPUTS,
    "a module of one's own": "open('mine.py', 'w').write('one = 1')\n"
    "import mine\nassert mine.one == 1",
    "await": "import asyncio\nawait asyncio.sleep(0)",
    "numbers of 64 bits": "torch.set_default_dtype(torch.float64)",
    "no gradients": "torch.set_grad_enabled(False)",
    "inference mode": "torch.inference_mode(True).__enter__()",
    "strict warnings": "import warnings\nwarnings.simplefilter('error')\n"
    "import numpy as np\nnp.seterr(all='raise')",
    "threads": "import threading\ntorch.set_num_threads(4)\n"
    "for _ in range(20):\n    threading.Thread(target=print).start()",
    "another folder": "import os\nos.makedirs('a/b')\nos.chdir('a')",
    "saved weights": "torch.save(torch.nn.GRU(2, 2).state_dict(), 'a.pt')\n"
    "torch.load('a.pt')",
    "outputs that are closed": "import io, sys\n"
    "sys.stdout = sys.stderr = io.StringIO()\nsys.stdout.close()",
    "magics": "%matplotlib inline\n%pdb on\n%xmode Verbose\n"
    "%config InlineBackend.figure_format = 'retina'",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """{habit: result}; one pool for all."""
    folder = tmp_path_factory.mktemp("honest")
    desk = Desk(
        NAME,
        ROOT / "solutions",
        ROOT / "book" / "exercises",
        ROOT / "tests" / "answers",
    )
    solution, jobs = desk.assignment.cell(QUESTION).source, []
    for name, habit in HABITS.items():
        notebook = desk.notebook({QUESTION: [f"{habit}\n{solution}"]})
        write(folder / name / NAME, NAME, notebook)
        jobs.append((name, *collect(folder / name / NAME)))
    pool = Pool(desk.assignment, jobs=2, seed=3, limits=Limits(display=0.0))
    try:
        return dict(pool.score_all(jobs))
    finally:
        pool.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", HABITS)
def test_a_habit_costs_nothing(name, results):
    """Neither the question nor any other."""
    assert results[name]["problems"] == []
    for row in results[name]["questions"]:
        assert row["status"] in ("passed", "needs-marking"), row
