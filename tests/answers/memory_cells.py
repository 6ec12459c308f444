# Answers to solutions/02-memory-cells; course_lib/grading/trials.py reads
# them.

# %% right drive: where, part by part
def run_lengths(cell, xs, lengths, state):
    ends = torch.tensor(lengths)
    hs = []
    for t in range(xs.shape[1]):
        h, new = cell(xs[:, t], state)
        on = (t < ends)[:, None]
        if isinstance(state, tuple):
            state = tuple(torch.where(on, n, s.to(n.dtype)) for n, s in zip(new, state))
        else:
            state = torch.where(on, new, state.to(new.dtype))
        hs.append(torch.where(on, h, 0.0))
    return torch.stack(hs, 1), state

# %% right drive: one series after the other, each cut to its length
def run_lengths(cell, xs, lengths, state):
    many = isinstance(state, tuple)
    parts = state if many else (state,)
    rows, lasts = [], []
    for b, n in enumerate(lengths):
        s = tuple(p[b : b + 1] for p in parts)
        s = s if many else s[0]
        hs = []
        for t in range(n):
            h, s = cell(xs[b : b + 1, t], s)
            hs.append(h[0])
        hs += [torch.zeros_like(hs[0])] * (xs.shape[1] - n)
        rows.append(torch.stack(hs))
        lasts.append(s if many else (s,))
    last = tuple(torch.cat(p) for p in zip(*lasts))
    return torch.stack(rows), (last if many else last[0])

# %% right drive: all states collected, then picked; padding set to zero first
def pick(values, lengths):
    return torch.stack([v[n - 1] for v, n in zip(values, lengths)])

# %% also:
def run_lengths(cell, xs, lengths, state):
    steps = torch.arange(xs.shape[1])
    real = steps[None] < torch.as_tensor(lengths)[:, None]
    xs = torch.where(real[..., None], xs, torch.zeros_like(xs))
    hs, states = [], []
    for x in xs.unbind(1):
        h, state = cell(x, state)
        hs.append(h)
        states.append(state)
    hs = torch.stack(hs, 1) * real[..., None]
    if torch.is_tensor(state):
        return hs, pick(torch.stack(states, 1), lengths)
    parts = [torch.stack(p, 1) for p in zip(*states)]
    return [hs, [pick(p, lengths) for p in parts]]

# %% right drive: only the series that still go on are run
def run_lengths(cell, xs, lengths, state):
    many = not torch.is_tensor(state)
    state = [p.clone() for p in (state if many else [state])]
    out = None
    for t in range(xs.shape[1]):
        rows = [b for b, n in enumerate(lengths) if n > t]
        if not rows:
            break
        part = tuple(p[rows] for p in state)
        h, new = cell(xs[rows, t], part if many else part[0])
        new = new if many else (new,)
        if out is None:
            out = h.new_zeros(len(xs), xs.shape[1], h.shape[1])
        out[rows, t] = h
        for p, n in zip(state, new):
            p[rows] = n.to(p.dtype)
    return out, (tuple(state) if many else state[0])

# %% wrong drive: the padding is read | the padding was read
def run_lengths(cell, xs, lengths, state):
    hs = []
    for x in xs.unbind(1):
        h, state = cell(x, state)
        hs.append(h)
    real = torch.arange(xs.shape[1])[None] < torch.tensor(lengths)[:, None]
    return torch.stack(hs, 1) * real[..., None], state

# %% wrong drive: outputs behind the end are kept | behind the end of a series that are not zero
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    state = state if many else (state,)
    for t, x in enumerate(xs.unbind(1)):
        h, new = cell(x, state if many else state[0])
        new = new if many else (new,)
        state = tuple(torch.where(t < ends, n, s.to(n.dtype)) for n, s in zip(new, state))
        hs.append(h)
    return torch.stack(hs, 1), (state if many else state[0])

# %% wrong drive: the output given back as the state | output in place of the last state
def run_lengths(cell, xs, lengths, state):
    hs = []
    for t, x in enumerate(xs.unbind(1)):
        h, state = cell(x, state)
        hs.append(h)
    hs = torch.stack(hs, 1)
    last = torch.stack([hs[b, n - 1] for b, n in enumerate(lengths)])
    real = torch.arange(xs.shape[1])[None] < torch.tensor(lengths)[:, None]
    hs = hs * real[..., None]
    return hs, ((last, state[1]) if isinstance(state, tuple) else last)

# %% wrong drive: the first state ignored | the first state left out
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    state = tuple(torch.zeros_like(s) for s in (state if many else (state,)))
    for t, x in enumerate(xs.unbind(1)):
        h, new = cell(x, state if many else state[0])
        new = new if many else (new,)
        state = tuple(torch.where(t < ends, n, s.to(n.dtype)) for n, s in zip(new, state))
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), (state if many else state[0])

# %% wrong drive: the state never carried on | every step starts from the first state
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    for t, x in enumerate(xs.unbind(1)):
        h, last = cell(x, state)
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), last

# %% wrong drive: padding multiplied away | NaN times 0 is NaN
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    state = state if many else (state,)
    for t, x in enumerate(xs.unbind(1)):
        on = (t < ends).double()
        h, new = cell(x, state if many else state[0])
        new = new if many else (new,)
        state = tuple(on * n + (1 - on) * s for n, s in zip(new, state))
        hs.append(on * h)
    return torch.stack(hs, 1), (state if many else state[0])

# %% wrong drive: one step too many | one step too late
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    state = state if many else (state,)
    for t, x in enumerate(xs.unbind(1)):
        h, new = cell(x, state if many else state[0])
        new = new if many else (new,)
        state = tuple(torch.where(t <= ends, n, s.to(n.dtype)) for n, s in zip(new, state))
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), (state if many else state[0])

# %% wrong drive: only the first part of the state is held | only the first part
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    state = state if many else (state,)
    for t, x in enumerate(xs.unbind(1)):
        h, new = cell(x, state if many else state[0])
        new = new if many else (new,)
        state = (torch.where(t < ends, new[0], state[0].to(new[0].dtype)), *new[1:])
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), (state if many else state[0])

# %% wrong drive: time first | time first
def run_lengths(cell, xs, lengths, state):
    hs = []
    for x in xs.unbind(1):
        h, state = cell(x, state)
        hs.append(h)
    return torch.stack(hs), state

# %% wrong drive: finished series set to zero | set to zero
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    for t, x in enumerate(xs.unbind(1)):
        h, state = cell(x, state)
        parts = state if many else (state,)
        parts = tuple(torch.where(t < ends, p, torch.zeros_like(p)) for p in parts)
        state = parts if many else parts[0]
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), state

# %% wrong drive: stops at the shortest series | shortest
def run_lengths(cell, xs, lengths, state):
    hs = []
    for x in xs[:, : min(lengths)].unbind(1):
        h, state = cell(x, state)
        hs.append(h)
    hs += [torch.zeros_like(hs[0])] * (xs.shape[1] - min(lengths))
    return torch.stack(hs, 1), state

# %% wrong drive: the last output repeated behind the end | repeated behind the end
def run_lengths(cell, xs, lengths, state):
    ends, hs = torch.tensor(lengths)[:, None], []
    many = isinstance(state, tuple)
    state = state if many else (state,)
    for t, x in enumerate(xs.unbind(1)):
        h, new = cell(x, state if many else state[0])
        new = new if many else (new,)
        state = tuple(torch.where(t < ends, n, s.to(n.dtype)) for n, s in zip(new, state))
        hs.append(torch.where(t < ends, h, hs[-1] if hs else h))
    return torch.stack(hs, 1), (state if many else state[0])

# %% right pieces: detach between two pieces
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for n, piece in enumerate(xs.split(length, dim=1)):
        if n > 0:
            h = h.detach()
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% right pieces: one loop over the steps, a cut where a piece begins
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    ps = torch.nn.functional.linear(xs, W_x, b)
    hs = []
    for t in range(xs.shape[1]):
        before = h0 if t == 0 else hs[-1]
        if t > 0 and t % length == 0:
            before = before.detach()
        hs.append((ps[:, t] + before @ W_h.mT).tanh())
    return torch.stack(hs, 1)

# %% right pieces: torch's layer, by functional_call, piece by piece
from torch.func import functional_call

def run_in_pieces(xs, h0, W_x, W_h, b, length):
    layer = nn.RNN(xs.shape[2], len(b), batch_first=True).double()
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    given = (W_x, W_h, b, torch.zeros_like(b))
    weights = dict(zip(names, (w.double() for w in given)))
    state, out = h0[None].double(), []
    for start in range(0, xs.shape[1], length):
        hs, state = functional_call(
            layer, weights, (xs[:, start : start + length].double(), state)
        )
        state = detach_state(state)
        out.append(hs)
    return torch.cat(out, dim=1)

# %% right pieces: recursion from piece to piece, float32
def one_piece(xs, h, W_x, W_h, b):
    hs = []
    for x in xs.unbind(1):
        h = torch.tanh(torch.einsum("bd,hd->bh", x, W_x) + torch.einsum("bk,hk->bh", h, W_h) + b)
        hs.append(h[:, None])
    return torch.cat(hs, 1)

def run_in_pieces(xs, h0, W_x, W_h, b, length):
    xs, h0, W_x, W_h, b = (v.float() for v in (xs, h0, W_x, W_h, b))
    first = one_piece(xs[:, :length], h0, W_x, W_h, b)
    if xs.shape[1] <= length:
        return first
    rest = run_in_pieces(xs[:, length:], first[:, -1].detach(), W_x, W_h, b, length)
    return torch.cat([first, rest], 1)

# %% wrong pieces: no detach | detach it between two pieces
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: detached at every step | detached at every step
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for t, x in enumerate(xs.unbind(1)):
        h = torch.tanh(x @ W_x.T + (h.detach() if t else h) @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: restarted from zeros | every piece starts from zeros
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for n, piece in enumerate(xs.split(length, dim=1)):
        if n:
            h = torch.zeros_like(h)
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: every piece from h0 | every piece starts from h0
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs = []
    for piece in xs.split(length, dim=1):
        h = h0
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: h0 detached | h0 that is detached
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for piece in xs.split(length, dim=1):
        h = h.detach()
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: the shorter last piece dropped | shorter piece left out
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for start in range(0, xs.shape[1] - length + 1, length):
        h = h.detach() if hs else h
        for x in xs[:, start : start + length].unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: h0 forgotten | from zeros
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs = []
    for piece in xs.split(length, dim=1):
        h = torch.zeros_like(h0)
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: one state for each piece | a state for each piece
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for n, piece in enumerate(xs.split(length, dim=1)):
        h = h.detach() if n else h
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: cut one step too late | detach it between two pieces
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for t, x in enumerate(xs.unbind(1)):
        if t > 1 and t % length == 1:
            h = h.detach()
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: computed without a graph | no gradient
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    with torch.no_grad():
        for x in xs.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% right mean: total and weight
class FadingMean:
    def __init__(self, input_size, keep):
        self.size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.size), torch.zeros(batch_size, 1)

    def __call__(self, x, state):
        total, weight = state
        state = self.keep * total + x, self.keep * weight + 1
        return state[0] / state[1], state

# %% right mean: one tensor, the weight in its last column; a module
class FadingMean(nn.Module):
    def __init__(self, input_size, keep):
        super().__init__()
        self.input_size = input_size
        self.keep = keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size + 1, dtype=torch.float64)

    def forward(self, x, state):
        one = torch.ones(len(x), 1, dtype=torch.float64)
        state = self.keep * state + torch.cat([x.double(), one], 1)
        return state[:, :-1] / state[:, -1:], state

# %% right mean: the mean itself and its weight, moved by a share
class FadingMean:
    def __init__(self, input_size, keep):
        self.D = input_size
        self.k = keep

    def initial_state(self, batch_size):
        return [torch.zeros(batch_size, self.D), torch.zeros(batch_size)]

    def __call__(self, x, state):
        mean, weight = state
        weight = self.k * weight + 1
        mean = mean + (x - mean) / weight[:, None]
        return mean, [mean, weight]

# %% right mean: a leaky average and the number of steps, corrected
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), 0

    def __call__(self, x, state):
        average, steps = state
        average = self.keep * average + (1 - self.keep) * x
        return average / (1 - self.keep ** (steps + 1)), (average, steps + 1)

# %% wrong mean: the leaky average, not corrected | the leaky average itself
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size)

    def __call__(self, x, state):
        state = self.keep * state + (1 - self.keep) * x
        return state, state

# %% wrong mean: the output carried on as the state | carried on as the state
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.full((batch_size, self.input_size), torch.nan)

    def __call__(self, x, state):
        mixed = self.keep * state + (1 - self.keep) * x
        y = torch.where(state.isnan(), x, mixed)
        return y, y

# %% wrong mean: the state kept on self | kept on self
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        self.total = torch.zeros(batch_size, self.input_size)
        self.weight = 0
        return self.total

    def __call__(self, x, state):
        self.total = self.keep * self.total + x
        self.weight = self.keep * self.weight + 1
        return self.total / self.weight, self.total

# %% wrong mean: the count of steps kept on self | kept on self
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep, self.steps = input_size, keep, 0

    def initial_state(self, batch_size):
        self.steps = 0
        return torch.zeros(batch_size, self.input_size)

    def __call__(self, x, state):
        self.steps += 1
        state = self.keep * state + (1 - self.keep) * x
        return state / (1 - self.keep**self.steps), state

# %% wrong mean: old inputs weigh more | old and new swapped
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return (
            torch.zeros(batch_size, self.input_size),
            torch.zeros(batch_size, 1), torch.ones(batch_size, 1),
        )

    def __call__(self, x, state):
        total, weight, new = state
        total, weight = total + new * x, weight + new
        return total / weight, (total, weight, new * self.keep)

# %% wrong mean: the plain mean | nothing fades
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), torch.zeros(batch_size, 1)

    def __call__(self, x, state):
        total, n = state[0] + x, state[1] + 1
        return total / n, (total, n)

# %% wrong mean: divided by the number of steps | by the number of steps
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), torch.zeros(batch_size, 1)

    def __call__(self, x, state):
        total, n = self.keep * state[0] + x, state[1] + 1
        return total / n, (total, n)

# %% wrong mean: the sum | not divided by its weights
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size)

    def __call__(self, x, state):
        state = self.keep * state + x
        return state, state

# %% wrong mean: one mean for the whole batch | a mean over the batch
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), torch.zeros(batch_size, 1)

    def __call__(self, x, state):
        total = self.keep * state[0] + x.mean(0, keepdim=True).expand_as(x)
        weight = self.keep * state[1] + 1
        return total / weight, (total, weight)

# %% wrong mean: the newest input alone | the newest input alone
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size)

    def __call__(self, x, state):
        return x, state

# %% wrong mean: state and output in the wrong order | 2 values
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), torch.zeros(batch_size, 1)

    def __call__(self, x, state):
        total, weight = self.keep * state[0] + x, self.keep * state[1] + 1
        return total / weight, total, weight

# %% right streams: reshape, cut, transpose
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    x = rows[:, : n * length].reshape(n_streams, n, length).transpose(0, 1)
    y = rows[:, 1 : n * length + 1].reshape(n_streams, n, length).transpose(0, 1)
    return x, y

# %% right streams: loops over slices
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    inputs, targets = [], []
    start = 0
    while start + length + 1 <= steps:
        rows = [series[b * steps + start : b * steps + start + length + 1]
                for b in range(n_streams)]
        inputs.append(torch.stack([row[:-1] for row in rows]))
        targets.append(torch.stack([row[1:] for row in rows]))
        start += length
    return torch.stack(inputs), torch.stack(targets)

# %% right streams: unfold with a stride, float32, lists
def pieces(series, n_streams, length):
    steps = series.numel() // n_streams
    rows = torch.stack([series[b * steps : (b + 1) * steps] for b in range(n_streams)])
    both = rows.float().unfold(1, length + 1, length).permute(1, 0, 2)
    return [both[..., :length], both[..., 1:]]

# %% right streams: indices in numpy
import numpy as np

def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    n = (steps - 1) // length
    at = (
        np.arange(n)[:, None, None] * length
        + np.arange(n_streams)[None, :, None] * steps
        + np.arange(length)
    )
    values = series.numpy()
    return values[at], values[at + 1]

# %% wrong streams: as given | neighbouring values
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(steps, n_streams).T
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length))
    targets = rows[:, 1 : n * length + 1].unflatten(1, (n, length))
    return inputs.transpose(0, 1), targets.transpose(0, 1)

# %% wrong streams: still shuffled | shuffled pieces
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    targets = rows[:, 1 : n * length + 1].unflatten(1, (n, length)).transpose(0, 1)
    order = torch.arange(n).roll(1)
    return inputs[order], targets[order]

# %% wrong streams: targets of the next piece | the piece that follows
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    return inputs, inputs + length

# %% wrong streams: targets rolled within a piece | rolled within the piece
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    return inputs, inputs.roll(-1, dims=2)

# %% wrong streams: the next piece in the list as targets | the first one behind the last
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    return inputs, inputs.roll(-1, dims=0)

# %% wrong streams: pieces dealt out to the rows | dealt out to the rows
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    n = (steps - 1) // length
    size = n * n_streams * length
    inputs = series[:size].reshape(n, n_streams, length)
    targets = series[1 : size + 1].reshape(n, n_streams, length)
    return inputs, targets

# %% wrong streams: overlapping pieces | overlap by a step
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    starts = range(0, n * (length - 1), length - 1)
    inputs = torch.stack([rows[:, s : s + length] for s in starts])
    targets = torch.stack([rows[:, s + 1 : s + length + 1] for s in starts])
    return inputs[:n], targets[:n]

# %% wrong streams: a gap between the pieces | a gap between two pieces
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    rows = torch.cat([rows, rows[:, -1:] + torch.arange(1.0, n + 1)], 1)
    starts = [k * (length + 1) for k in range(n)]
    inputs = torch.stack([rows[:, s : s + length] for s in starts])
    targets = torch.stack([rows[:, s + 1 : s + length + 1] for s in starts])
    return inputs, targets

# %% wrong streams: streams first | streams first
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length))
    targets = rows[:, 1 : n * length + 1].unflatten(1, (n, length))
    return inputs, targets

# %% wrong streams: a copy as target | learn to copy
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    return inputs, inputs.clone()

# %% wrong streams: a piece without a target | lie beyond the end
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = -(-steps // length)
    rows = torch.cat([rows, torch.zeros(n_streams, length + 1)], 1)
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    targets = rows[:, 1 : n * length + 1].unflatten(1, (n, length)).transpose(0, 1)
    return inputs, targets

# %% right bets: by head
bets = {"sum": 2, "gap": 0.35, "gradient": 0}

# %% right bets: by formula
bets = {"sum": 12 % 5, "gap": 0.9**10, "gradient": 0.0}

# %% right bets: by running it
xs = torch.zeros(30, requires_grad=True)
h = torch.zeros(())
for t in range(25):
    h = xs[t] + 0.9 * (h.detach() if t in (10, 20) else h)
h.backward()
bets = {
    "sum": torch.ones(12).split(5)[-1].sum(),
    "gap": torch.tensor(0.9) ** 10,
    "gradient": xs.grad[17],
}

# %% wrong bets: the state carried on | the state was carried on
bets = {"sum": 12, "gap": 0.35, "gradient": 0}

# %% wrong bets: all pieces are whole | shorter than the others
bets = {"sum": 5, "gap": 0.35, "gradient": 0}

# %% wrong bets: the number of pieces | the number of pieces
bets = {"sum": 3, "gap": 0.35, "gradient": 0}

# %% wrong bets: a restart is forgotten at once | felt for as long as
bets = {"sum": 2, "gap": 0, "gradient": 0}

# %% wrong bets: a restart is never forgotten | the difference fades
bets = {"sum": 2, "gap": 1, "gradient": 0}

# %% wrong bets: nine steps | one step too few
bets = {"sum": 2, "gap": 0.9**9, "gradient": 0}

# %% wrong bets: the cut forgotten | step 18 is in another piece
bets = {"sum": 2, "gap": 0.35, "gradient": 0.9**7}

# %% wrong bets: the gradient counted from the cut | it ends it
bets = {"sum": 2, "gap": 0.35, "gradient": 0.9**5}

# %% wrong bets: the weight of the input | the weight of the input alone
bets = {"sum": 2, "gap": 0.35, "gradient": 1}

# %% right diagnose: a cell that counts and shows minus
def diagnose(driver):
    cell = lambda x, s: (-2 * (s + x), s + x)
    xs = torch.tensor([[1.0, 2], [10, 20]])[..., None]
    s = torch.tensor([[100.0], [1000.0]])
    hs, last = driver(cell, xs, s)
    hs2, last2 = driver(cell, xs, s)
    if not torch.allclose(hs, hs2):
        return "remembers"
    if torch.allclose(last, s):
        return "stale state"
    if torch.allclose(last, s + xs.sum(1)):
        return "right"
    if torch.allclose(last, xs.sum(1)):
        return "restarts"
    if torch.allclose(last[0], last[1]):
        return "mixes"
    return "output as state"

# %% right diagnose: a reference beside it, every fault imitated
def reference(cell, xs, state, fault):
    if fault == "restarts":
        state = torch.zeros_like(state)
    first, hs = state, []
    for t in range(xs.shape[1]):
        h, new = cell(xs[:, t], state)
        if fault == "mixes":
            new = new.mean(0, keepdim=True).repeat(len(new), 1)
        state = h if fault == "output as state" else new
        hs.append(h)
    return torch.stack(hs, 1), (first if fault == "stale state" else state)

# %% also:
def diagnose(driver):
    torch.manual_seed(0)
    W = torch.randn(3, 3)
    def cell(x, s):
        s = torch.tanh(x + s @ W)
        return s.flip(1) + 1, s
    xs, first = torch.randn(4, 5, 3), torch.randn(4, 3)
    hs, last = driver(cell, xs, first)
    more, _ = driver(cell, xs, first)
    if (more - hs).abs().max() > 1e-4:
        return "remembers"
    for fault in ("right", "restarts", "mixes", "output as state", "stale state"):
        a, b = reference(cell, xs, first, fault)
        if (a - hs).abs().max() < 1e-4 and (b - last).abs().max() < 1e-4:
            return fault

# %% right diagnose: a cell that writes down what it is given
def diagnose(driver):
    seen = []
    def cell(x, s):
        seen.append(s.clone())
        return x * 0 + 7.0, s + x
    xs = torch.tensor([[1.0, 1], [2, 2]]).unsqueeze(-1)
    s0 = torch.tensor([[3.0], [5.0]])
    _, last = driver(cell, xs, s0)
    first, second = seen[0], seen[1]
    seen.clear()
    driver(cell, xs, s0)
    if not torch.equal(seen[0], first):
        return "remembers"
    if torch.equal(first, torch.zeros(2, 1)):
        return "restarts"
    if (second == 7).all():
        return "output as state"
    if not torch.allclose(second, s0 + xs[:, 0]):
        return "mixes"
    return "stale state" if torch.equal(last, s0) else "right"

# %% wrong diagnose: always right | a probe
def diagnose(driver):
    return "right"

# %% wrong diagnose: output and state are the same | a cell whose output is its state
def diagnose(driver):
    cell = lambda x, s: (s + x, s + x)
    xs = torch.tensor([[1.0, 2], [10, 20]])[..., None]
    s = torch.tensor([[100.0], [1000.0]])
    hs, last = driver(cell, xs, s)
    hs2, _ = driver(cell, xs, s)
    if not torch.allclose(hs, hs2):
        return "remembers"
    if torch.allclose(last, s):
        return "stale state"
    if torch.allclose(last, xs.sum(1)):
        return "restarts"
    if torch.allclose(last[0], last[1]):
        return "mixes"
    return "right"

# %% wrong diagnose: called once only | calls the driver once
def diagnose(driver):
    cell = lambda x, s: (-2 * (s + x), s + x)
    xs = torch.tensor([[1.0, 2], [10, 20]])[..., None]
    s = torch.tensor([[100.0], [1000.0]])
    hs, last = driver(cell, xs, s)
    if torch.allclose(last, s):
        return "stale state"
    if torch.allclose(last, s + xs.sum(1)):
        return "right"
    if torch.allclose(last, xs.sum(1)):
        return "restarts"
    if torch.allclose(last[0], last[1]):
        return "mixes"
    return "output as state"

# %% wrong diagnose: one series only | a probe with one series
def diagnose(driver):
    cell = lambda x, s: (-2 * (s + x), s + x)
    xs, s = torch.tensor([[[1.0], [2.0]]]), torch.tensor([[100.0]])
    hs, last = driver(cell, xs, s)
    hs2, _ = driver(cell, xs, s)
    if not torch.allclose(hs, hs2):
        return "remembers"
    if torch.allclose(last, s):
        return "stale state"
    if torch.allclose(last, s + xs.sum(1)):
        return "right"
    if torch.allclose(last, xs.sum(1)):
        return "restarts"
    return "output as state"

# %% wrong diagnose: starts from zeros | starts from zeros only
def diagnose(driver):
    cell = lambda x, s: (-2 * (s + x), s + x)
    xs = torch.tensor([[1.0, 2], [10, 20]])[..., None]
    s = torch.zeros(2, 1)
    hs, last = driver(cell, xs, s)
    hs2, _ = driver(cell, xs, s)
    if not torch.allclose(hs, hs2):
        return "remembers"
    if torch.allclose(last, s):
        return "stale state"
    if torch.allclose(last, xs.sum(1)):
        return "right"
    if torch.allclose(last[0], last[1]):
        return "mixes"
    return "output as state"

# %% wrong diagnose: looks at the outputs only | looks at the outputs only
def diagnose(driver):
    cell = lambda x, s: (-2 * (s + x), s + x)
    xs = torch.tensor([[1.0, 2], [10, 20]])[..., None]
    s = torch.tensor([[100.0], [1000.0]])
    hs, _ = driver(cell, xs, s)
    hs2, _ = driver(cell, xs, s)
    if not torch.allclose(hs, hs2):
        return "remembers"
    total = xs.cumsum(1)
    if torch.allclose(hs, -2 * (s[:, None] + total)):
        return "right"
    if torch.allclose(hs, -2 * total):
        return "restarts"
    if torch.allclose(hs[:, 1], -2 * (hs[:, 0] + xs[:, 1])):
        return "output as state"
    return "mixes"

# %% wrong diagnose: the last call's state taken for a fault of all | takes something for a fault
def diagnose(driver):
    cell = lambda x, s: (-2 * (s + x), s + x)
    xs = torch.tensor([[1.0, 2], [10, 20]])[..., None]
    s = torch.tensor([[100.0], [1000.0]])
    hs, last = driver(cell, xs, s)
    hs2, _ = driver(cell, xs, last)
    if not torch.allclose(hs, hs2):
        return "remembers"
    return "stale state"

# %% free diagnose: any first state that is not zero tells them apart
state = xs.sum(2)
# %% free diagnose: any first state that is not zero tells them apart
state = xs.mean(1)

# %% right drive: masks written into copies, buffer made at the first step
def run_lengths(cell, xs, lengths, state):
    B, T, _ = xs.shape
    ends = torch.tensor(lengths)
    is_tuple = type(state) is tuple
    parts = [s.clone() for s in (state if is_tuple else (state,))]
    hs = None
    for t in range(T):
        alive = (ends > t).nonzero().flatten()
        if len(alive) == 0:
            break
        sub = tuple(p[alive] for p in parts)
        h, new = cell(xs[alive, t], sub if is_tuple else sub[0])
        new = new if is_tuple else (new,)
        for p, n in zip(parts, new):
            p[alive] = n.to(p.dtype)
        if hs is None:
            hs = torch.zeros(B, T, h.shape[-1], dtype=h.dtype)
        hs[alive, t] = h
    return hs, (tuple(parts) if is_tuple else parts[0])

# %% right drive: sorted by length, put back; concatenated zeros
def run_lengths(cell, xs, lengths, state):
    order = sorted(range(len(lengths)), key=lambda b: -lengths[b])
    back = torch.tensor(order).argsort()
    pick = lambda s, i: (
        tuple(p[i] for p in s) if isinstance(s, tuple) else s[i]
    )
    xs, s = xs[order], pick(state, order)
    sizes = [sum(n > t for n in lengths) for t in range(xs.shape[1])]
    hs, done = [], []
    for t, n in enumerate(sizes):
        k = s[0].shape[0] if isinstance(s, tuple) else s.shape[0]
        if n < k:
            done.insert(0, pick(s, slice(n, None)))
            s = pick(s, slice(0, n))
        if n:
            h, s = cell(xs[:n, t], s)
        hs.append(
            torch.cat([h[:n], h.new_zeros(len(lengths) - n, h.shape[1])])
        )
    done.insert(0, s)
    if isinstance(state, tuple):
        last = tuple(torch.cat(p)[back] for p in zip(*done))
    else:
        last = torch.cat(done)[back]
    return torch.stack(hs, 1)[back], last

# %% right drive: every series cut, pad_sequence, zeros up to T
from torch.nn.utils.rnn import pad_sequence

def run_lengths(cell, xs, lengths, state):
    outs, lasts = [], []
    for b, n in enumerate(lengths):
        s = (
            tuple(p[b, None] for p in state)
            if isinstance(state, tuple)
            else state[b, None]
        )
        ys = []
        for x in xs[b, :n]:
            y, s = cell(x[None], s)
            ys.append(y[0])
        outs.append(torch.stack(ys))
        lasts.append(s)
    hs = pad_sequence(outs, batch_first=True)
    hs = torch.nn.functional.pad(hs, (0, 0, 0, xs.shape[1] - hs.shape[1]))
    if isinstance(state, tuple):
        return hs, tuple(map(torch.cat, zip(*lasts)))
    return hs, torch.cat(lasts)

# %% wrong drive: stops at the longest series | up to the longest series only
def run_lengths(cell, xs, lengths, state):
    ends = torch.as_tensor(lengths)[:, None]

    def pick(on, new, old):
        if isinstance(old, tuple):
            return tuple(pick(on, n, o) for n, o in zip(new, old))
        return torch.where(on, new, old)

    hs = []
    for t in range(max(lengths)):
        h, new = cell(xs[:, t], state)
        state = pick(t < ends, new, state)
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), state

# %% wrong drive: a tuple as state only | a state may be a tensor or a tuple
def run_lengths(cell, xs, lengths, state):
    ends = torch.as_tensor(lengths)[:, None]
    hs = []
    for t in range(xs.shape[1]):
        h, new = cell(xs[:, t], state)
        state = tuple(torch.where(t < ends, n, o) for n, o in zip(new, state))
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), state

# %% wrong drive: padding set to zero in the caller's tensor | writing in place
def run_lengths(cell, xs, lengths, state):
    for b, n in enumerate(lengths):
        xs[b, n:] = 0
    ends = torch.as_tensor(lengths)[:, None]

    def pick(on, new, old):
        if isinstance(old, tuple):
            return tuple(pick(on, n, o) for n, o in zip(new, old))
        return torch.where(on, new, old)

    hs = []
    for t in range(xs.shape[1]):
        h, new = cell(xs[:, t], state)
        state = pick(t < ends, new, state)
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), state

# %% wrong drive: the caller's state written over | a state that belongs to the caller
def run_lengths(cell, xs, lengths, state):
    ends = torch.as_tensor(lengths)
    hs = []
    for t in range(xs.shape[1]):
        h, new = cell(xs[:, t], state)
        on = t < ends
        if isinstance(state, tuple):
            for s, n in zip(state, new):
                s[on] = n[on]
        else:
            state[on] = new[on]
        h = h.clone()
        h[~on] = 0
        hs.append(h)
    return torch.stack(hs, 1), state

# %% wrong drive: the state is right for B > 1, squeezed when B is 1 | an axis that got lost
def run_lengths(cell, xs, lengths, state):
    ends = torch.as_tensor(lengths)[:, None]

    def pick(on, new, old):
        if isinstance(old, tuple):
            return tuple(pick(on, n, o) for n, o in zip(new, old))
        return torch.where(on, new, old)

    hs = []
    for t in range(xs.shape[1]):
        h, new = cell(xs[:, t], state)
        state = pick(t < ends, new, state)
        hs.append(torch.where(t < ends, h, torch.zeros_like(h)))
    return torch.stack(hs, 1).squeeze(0), state

# %% wrong drive: series padded in front | padding in front
def run_lengths(cell, xs, lengths, state):
    T = xs.shape[1]
    begin = T - torch.as_tensor(lengths)[:, None]

    def pick(on, new, old):
        if isinstance(old, tuple):
            return tuple(pick(on, n, o) for n, o in zip(new, old))
        return torch.where(on, new, old)

    hs = []
    for t in range(T):
        h, new = cell(xs[:, t], state)
        state = pick(t >= begin, new, state)
        hs.append(torch.where(t >= begin, h, torch.zeros_like(h)))
    return torch.stack(hs, 1), state

# %% right pieces: chunks by a while loop, a buffer, einsum
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    B, T, D = xs.shape
    out = xs.new_empty(B, T, len(b))
    start, h = 0, h0
    while start < T:
        stop = min(T, start + length)
        for t in range(start, stop):
            h = torch.tanh(
                torch.einsum("bd,hd->bh", xs[:, t], W_x)
                + torch.einsum("bk,hk->bh", h, W_h)
                + b
            )
            out[:, t] = h
        h = torch.tensor(h.tolist(), dtype=h.dtype)
        start = stop
    return out

# %% right pieces: a helper, accumulate, concatenated at the end
from itertools import accumulate

def one_piece(piece, h, W_x, W_h, b):
    ps = piece @ W_x.mT + b
    return list(
        accumulate(
            ps.unbind(1),
            lambda h, p: torch.tanh(p + torch.nn.functional.linear(h, W_h)),
            initial=h,
        )
    )[1:]

def run_in_pieces(xs, h0, W_x, W_h, b, length):
    out = []
    for k in range(0, xs.shape[1], length):
        h = out[-1][-1].data if out else h0
        out.append(one_piece(xs[:, k : k + length], h, W_x, W_h, b))
    return torch.stack(sum(out, []), 1)

# %% wrong pieces: no graph except in the last piece | without a graph (no_grad)
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    pieces = xs.split(length, dim=1)
    for n, piece in enumerate(pieces):
        with torch.set_grad_enabled(n == len(pieces) - 1):
            for x in piece.unbind(1):
                h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
                hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: the input is detached | an input that is detached
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for piece in xs.split(length, dim=1):
        if hs:
            h = h.detach()
        for x in piece.detach().unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: cut one step early | a cut inside the piece
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for piece in xs.split(length, dim=1):
        for t, x in enumerate(piece.unbind(1)):
            if t == length - 1:
                h = h.detach()
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong pieces: length pieces in place of pieces of length | detach it between two pieces
def run_in_pieces(xs, h0, W_x, W_h, b, length):
    hs, h = [], h0
    for piece in xs.chunk(length, dim=1):
        h = h.detach() if hs else h
        for x in piece.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
    return torch.stack(hs, dim=1)

# %% right mean: a scalar weight beside the total
class FadingMean(nn.Module):
    def __init__(self, input_size, keep):
        super().__init__()
        self.D, self.k = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.D), torch.tensor(0.0)

    def forward(self, x, state):
        s, w = state
        s, w = x + self.k * s, 1 + self.k * w
        return s / w, (s, w)

# %% right mean: the count of steps and the mean, by the closed form
class FadingMean:
    def __init__(self, input_size, keep):
        self.shape, self.keep = (input_size,), keep

    def initial_state(self, batch_size):
        return torch.zeros(
            batch_size, *self.shape, dtype=torch.float64
        ), torch.zeros(batch_size, 1, dtype=torch.long)

    def __call__(self, x, state):
        y, n = state
        share = (1 - self.keep) / (1 - self.keep ** (n + 1).double())
        y = y + share * (x - y)
        return y, (y, n + 1)

# %% right mean: a subclass that borrows, a nested tuple
class Sum:
    def __init__(self, keep):
        self.keep = keep

    def __call__(self, x, s):
        return self.keep * s + x

class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.sum = input_size, Sum(keep)

    def initial_state(self, batch_size):
        zeros = torch.zeros(batch_size, self.input_size)
        return (zeros, (zeros.clone(),))

    def __call__(self, x, state):
        total, (weight,) = state
        total, weight = (
            self.sum(x, total),
            self.sum(torch.ones_like(x), weight),
        )
        return total / weight, (total, (weight,))

# %% wrong mean: a first state of one row, whatever the batch | another type or shape
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(1, self.input_size), torch.zeros(1, 1)

    def __call__(self, x, state):
        t, w = state
        t, w = self.keep * t + x, self.keep * w + 1
        return t / w, (t, w)

# %% wrong mean: a state that grows: all inputs so far | another type or shape
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, 0, self.input_size)

    def __call__(self, x, state):
        state = torch.cat([state, x[:, None]], dim=1)
        n = state.shape[1]
        w = self.keep ** torch.arange(n - 1, -1, -1.0)
        return (state * w[None, :, None].to(x.dtype)).sum(1) / w.sum(), state

# %% wrong mean: the state changed in place | writing in place
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), torch.zeros(
            batch_size, 1
        )

    def __call__(self, x, state):
        t, w = state
        t *= self.keep
        t += x
        w *= self.keep
        w += 1
        return t / w, (t, w)

# %% wrong mean: the input divided in place | writing in place
class FadingMean:
    def __init__(self, input_size, keep):
        self.input_size, self.keep = input_size, keep

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, self.input_size), torch.zeros(
            batch_size, 1
        )

    def __call__(self, x, state):
        t, w = state
        x += self.keep * t
        w = self.keep * w + 1
        return x / w, (x, w)

# %% wrong mean: initial_state is an attribute of one batch size | a state in the place of a method
class FadingMean:
    def __init__(self, input_size, keep):
        self.keep = keep
        self.initial_state = torch.zeros(1, input_size), torch.zeros(1, 1)

    def __call__(self, x, state):
        t, w = state
        t, w = self.keep * t + x, self.keep * w + 1
        return t / w, (t, w)

# %% right streams: as_strided views
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    n = (steps - 1) // length
    series = series.contiguous()
    view = lambda start: series.as_strided(
        (n, n_streams, length),
        (length, steps, 1),
        series.storage_offset() + start,
    )
    return view(0), view(1)

# %% right streams: index arithmetic
def pieces(series, n_streams, length):
    steps = series.numel() // n_streams
    n = (steps - 1) // length
    at = (
        torch.arange(n)[:, None, None] * length
        + torch.arange(n_streams)[None, :, None] * steps
        + torch.arange(length)[None, None, :]
    )
    return series[at], series[at + 1]

# %% wrong streams: as many pieces as steps // length, targets from the next stream | the last step of a stream has none
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    n = steps // length
    nxt = torch.cat([series[1:], series[:1]])
    cut = lambda s: (
        s[: steps * n_streams]
        .reshape(n_streams, steps)[:, : n * length]
        .unflatten(1, (n, length))
        .transpose(0, 1)
    )
    return cut(series), cut(nxt)

# %% wrong streams: targets made before the cut, one step lost to each stream | one step shorter
def pieces(series, n_streams, length):
    inputs, targets = series[:-1], series[1:]
    steps = len(inputs) // n_streams
    n = steps // length
    cut = lambda s: (
        s[: steps * n_streams]
        .reshape(n_streams, steps)[:, : n * length]
        .unflatten(1, (n, length))
        .transpose(0, 1)
    )
    return cut(inputs), cut(targets)

# %% wrong streams: reshape in place of transpose | view and reshape move no number
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].reshape(n, n_streams, length)
    targets = rows[:, 1 : n * length + 1].reshape(n, n_streams, length)
    return inputs, targets

# %% wrong streams: pieces from the end of each stream | in the reverse order
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = (
        rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1).flip(0)
    )
    targets = (
        rows[:, 1 : n * length + 1]
        .unflatten(1, (n, length))
        .transpose(0, 1)
        .flip(0)
    )
    return inputs, targets

# %% wrong streams: one piece too few when it fits exactly | may be the last step
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 2) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    targets = (
        rows[:, 1 : n * length + 1].unflatten(1, (n, length)).transpose(0, 1)
    )
    return inputs, targets

# %% wrong streams: the rest is not dropped, steps rounded up | the rest at the end was not dropped
def pieces(series, n_streams, length):
    steps = -(-len(series) // n_streams)
    s = torch.cat([series, series.new_zeros(steps * n_streams - len(series))])
    rows = s.reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    targets = (
        rows[:, 1 : n * length + 1].unflatten(1, (n, length)).transpose(0, 1)
    )
    return inputs, targets

# %% wrong streams: one target for each piece | one target for each piece
def pieces(series, n_streams, length):
    steps = len(series) // n_streams
    rows = series[: steps * n_streams].reshape(n_streams, steps)
    n = (steps - 1) // length
    inputs = rows[:, : n * length].unflatten(1, (n, length)).transpose(0, 1)
    targets = rows[:, length : n * length + 1 : length].T
    return inputs, targets

# %% wrong bets: 0: no state at all | the inputs in the last piece
bets = {"sum": 0, "gap": 0.9**10, "gradient": 0}

# %% wrong bets: gap of 0.5 | does not fade by the factor 0.9
bets = {"sum": 2, "gap": 0.5, "gradient": 0}

# %% wrong bets: gap 0.65, 1 - 0.9^10 | what has faded
bets = {"sum": 2, "gap": 1 - 0.9**10, "gradient": 0}

# %% wrong bets: gradient 0.9 ** 18 | passes a cut
bets = {"sum": 2, "gap": 0.9**10, "gradient": 0.9**18}

# %% right diagnose: whole numbers, a lambda
def diagnose(driver):
    cell = lambda x, s: (10 * (s + x), s + x)
    xs = torch.tensor([[[1], [2], [4]], [[8], [16], [32]]])
    s = torch.tensor([[100], [1000]])
    hs, last = driver(cell, xs, s)
    hs2, _ = driver(cell, xs, s)
    if hs.tolist() != hs2.tolist():
        return "remembers"
    if hs[0, 0].item() == 10:
        return "restarts"
    if last.tolist() == s.tolist():
        return "stale state"
    if hs[0, 1].item() == 10 * (1010 + 2):
        return "output as state"
    if last.tolist() == [[107], [1056]]:
        return "right"
    return "mixes"

# %% right diagnose: a module as cell, random numbers, comparison with an own loop
class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(2, 3), nn.Linear(3, 3)

    def forward(self, x, s):
        s = torch.tanh(self.a(x) + self.b(s))
        return s.flip(1), s

def diagnose(driver):
    cell = Cell()
    with torch.no_grad():
        xs, s0 = torch.randn(4, 5, 2), torch.randn(4, 3)

        def expect(start, **how):
            s, out = start, []
            for x in xs.unbind(1):
                h, s = cell(x, s)
                if how.get("mix"):
                    s = s.mean(0, keepdim=True).repeat(4, 1)
                if how.get("out"):
                    s = h
                out.append(h)
            return torch.stack(out, 1), s

        hs, last = driver(cell, xs, s0)
        again, _ = driver(cell, xs, s0)
        close = lambda a, b: torch.allclose(a, b, atol=1e-5)
        if not close(hs, again):
            return "remembers"
        if close(hs, expect(torch.zeros(4, 3))[0]):
            return "restarts"
        if close(last, s0):
            return "stale state"
        if close(hs, expect(s0, mix=True)[0]):
            return "mixes"
        if close(hs, expect(s0, out=True)[0]):
            return "output as state"
        return "right"
