"""What every test needs: one thread, no window, no progress bar."""

import os

os.environ["MPLBACKEND"] = "Agg"
os.environ["TQDM_DISABLE"] = "1"

import torch

torch.set_num_threads(1)
