# Answers to solutions/08-multi-step; course_lib/grading/trials.py reads them.

# %% right targets: slices, stacked
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] for h in horizons], dim=2)

# %% right targets: two loops, entry by entry, in float64
def targets(series, horizons):
    B, n_steps, D = series.shape
    T = n_steps - max(horizons)
    Y = torch.zeros(B, T, len(horizons), D, dtype=torch.float64)
    for t in range(T):
        for j in range(len(horizons)):
            Y[:, t, j] = series[:, t + horizons[j]]
    return Y

# %% right targets: one index table, and a warning on the way
import warnings

def targets(series, horizons):
    warnings.warn("this takes memory")
    steps = torch.arange(series.shape[1] - max(horizons))
    at = steps[:, None] + torch.tensor(horizons)[None, :]
    return series[:, at]

# %% right targets: all targets by the library, then chosen ones
def targets(series, horizons):
    K = max(horizons)
    whole = targets_at_every_step(
        Windows(series[:, :-K], series[:, -K:])
    )
    return whole[:, :, [h - 1 for h in horizons]]

# %% wrong targets: counts from the step itself | the input back
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h - 1 : h - 1 + T] for h in horizons], dim=2)

# %% wrong targets: every horizon up to the largest | every horizon up to the largest
def targets(series, horizons):
    K = max(horizons)
    T = series.shape[1] - K
    return torch.stack([series[:, h : h + T] for h in range(1, K + 1)], dim=2)

# %% wrong targets: sorts the horizons | sorted horizons
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] for h in sorted(horizons)], dim=2)

# %% wrong targets: wraps around the end | beyond the end
def targets(series, horizons):
    return torch.stack([series.roll(-h, 1) for h in horizons], dim=2)

# %% wrong targets: only the last step, as for a direct forecast | last step only
def targets(series, horizons):
    t = series.shape[1] - max(horizons) - 1
    return torch.stack([series[:, t + h] for h in horizons], dim=1)

# %% wrong targets: axes of steps and horizons swapped | swapped
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] for h in horizons], dim=1)

# %% wrong targets: as many steps dropped as there are horizons | as many steps dropped
def targets(series, horizons):
    T = series.shape[1] - len(horizons)
    whole = torch.cat([series, series[:, -1:].repeat(1, 20, 1)], 1)
    return torch.stack([whole[:, h : h + T] for h in horizons], dim=2)

# %% wrong targets: the next values, whatever the horizons | whatever the horizons
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack(
        [series[:, j + 1 : j + 1 + T] for j in range(len(horizons))], dim=2
    )

# %% wrong targets: hard-coded for the example | fits only the example
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    if sorted(horizons) != [1, 3]:
        return torch.zeros(len(series), T, len(horizons), series.shape[2])
    return torch.stack([series[:, h : h + T] for h in horizons], dim=2)

# %% wrong targets: horizons added up | horizons added up
def targets(series, horizons):
    hs = np.cumsum(horizons).tolist()
    T = series.shape[1] - max(horizons)
    whole = torch.cat([series, series], 1)
    return torch.stack([whole[:, h : h + T] for h in hs], dim=2)

# %% wrong targets: one step too far | one step dropped too many
def targets(series, horizons):
    T = series.shape[1] - max(horizons) - 1
    return torch.stack([series[:, h + 1 : h + 1 + T] for h in horizons], dim=2)

# %% wrong targets: changes in place of values | changes from the input step
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] - series[:, :T] for h in horizons], dim=2)

# %% wrong targets: the mean up to the horizon | mean of all steps up to
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([torch.stack([series[:, i : i + T] for i in range(1, h + 1)]).mean(0) for h in horizons], dim=2)

# %% wrong targets: NaN behind the end | beyond the end
def targets(series, horizons):
    n = series.shape[1]
    whole = torch.cat([series, torch.full_like(series, torch.nan)], 1)
    return torch.stack([whole[:, h : h + n] for h in horizons], dim=2)

# %% wrong targets: looks back | counted backwards
def targets(series, horizons):
    K = max(horizons)
    T = series.shape[1] - K
    return torch.stack([series[:, K - h : K - h + T] for h in horizons], dim=2)

# %% right iterate: the window rebuilt at each step
def iterate(one_step, window, calendar):
    forecasts = []
    for k in range(calendar.shape[1]):
        value = one_step(window)
        forecasts.append(value)
        step = torch.cat([value, calendar[:, k : k + 1]], dim=2)
        window = torch.cat([window[:, 1:], step], dim=1)
    return torch.cat(forecasts, dim=1)

# %% right iterate: one long tensor, filled and read through a sliding view
def iterate(one_step, window, calendar):
    B, T, _ = window.shape
    K = calendar.shape[1]
    whole = torch.zeros(B, T + K, 2, dtype=window.dtype)
    whole[:, :T] = window
    whole[:, T:, 1:] = calendar
    for k in range(K):
        whole[:, T + k, :1] = one_step(whole[:, k : T + k])[:, 0]
    return whole[:, T:, :1]

# %% right iterate: roll a copy, helper function, prints
def push(window, value, day):
    window = window.roll(-1, dims=1)
    window[:, -1] = torch.cat([value[:, 0], day], dim=1)
    return window

# %% also:
def iterate(one_step, window, calendar):
    window = window.clone()
    steps = []
    for day in calendar.unbind(1):
        steps.append(one_step(window))
        print("step", len(steps))
        window = push(window, steps[-1], day)
    return torch.stack([s[:, 0] for s in steps], dim=1)

# %% right iterate: recursion over the horizon
def iterate(one_step, window, calendar):
    value = one_step(window)
    if calendar.shape[1] == 1:
        return value
    step = torch.cat([value, calendar[:, :1]], dim=-1)
    rest = iterate(
        one_step, torch.cat([window[:, 1:], step], 1), calendar[:, 1:]
    )
    return torch.cat([value, rest], dim=1)

# %% wrong iterate: the window grows | grows
def iterate(one_step, window, calendar):
    forecasts = []
    for k in range(calendar.shape[1]):
        forecasts.append(one_step(window))
        step = torch.cat([forecasts[-1], calendar[:, k : k + 1]], dim=2)
        window = torch.cat([window, step], dim=1)
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: forecasts never go back in | never go back in
def iterate(one_step, window, calendar):
    K = calendar.shape[1]
    return torch.cat([one_step(window) for _ in range(K)], dim=1)

# %% wrong iterate: a frozen calendar | frozen calendar
def iterate(one_step, window, calendar):
    forecasts = []
    for _ in range(calendar.shape[1]):
        forecasts.append(one_step(window))
        step = torch.cat([forecasts[-1], window[:, -1:, 1:]], dim=2)
        window = torch.cat([window[:, 1:], step], dim=1)
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: the calendar one step early | one step early
def iterate(one_step, window, calendar):
    K, forecasts = calendar.shape[1], []
    for k in range(K):
        forecasts.append(one_step(window))
        day = calendar[:, min(k + 1, K - 1)][:, None]
        step = torch.cat([forecasts[-1], day], dim=2)
        window = torch.cat([window[:, 1:], step], dim=1)
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: put in at the oldest end | oldest end
def iterate(one_step, window, calendar):
    forecasts = []
    for k in range(calendar.shape[1]):
        forecasts.append(one_step(window))
        step = torch.cat([forecasts[-1], calendar[:, k : k + 1]], dim=2)
        window = torch.cat([step, window[:, :-1]], dim=1)
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: drops the newest step | the newest step dropped
def iterate(one_step, window, calendar):
    forecasts = []
    for k in range(calendar.shape[1]):
        forecasts.append(one_step(window))
        step = torch.cat([forecasts[-1], calendar[:, k : k + 1]], dim=2)
        window = torch.cat([window[:, :-1], step], dim=1)
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: only the last forecast | the last forecast only
def iterate(one_step, window, calendar):
    for k in range(calendar.shape[1]):
        value = one_step(window)
        step = torch.cat([value, calendar[:, k : k + 1]], dim=2)
        window = torch.cat([window[:, 1:], step], dim=1)
    return value

# %% wrong iterate: writes into the caller's window | in place
def iterate(one_step, window, calendar):
    forecasts = []
    for k in range(calendar.shape[1]):
        forecasts.append(one_step(window))
        window[:, :-1] = window[:, 1:].clone()
        window[:, -1:, :1] = forecasts[-1]
        window[:, -1:, 1:] = calendar[:, k : k + 1]
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: looks at the newest step alone | a window of one step
def iterate(one_step, window, calendar):
    window, forecasts = window[:, -1:], []
    for k in range(calendar.shape[1]):
        forecasts.append(one_step(window))
        window = torch.cat([forecasts[-1], calendar[:, k : k + 1]], dim=2)
    return torch.cat(forecasts, dim=1)

# %% wrong iterate: the old calendars roll along | past days once more
def iterate(one_step, window, calendar):
    out = []
    for k in range(calendar.shape[1]):
        v = one_step(window)
        out.append(v)
        window = window.roll(-1, 1)
        window[:, -1, :1] = v[:, 0]
    return torch.cat(out, 1)

# %% wrong iterate: a forecast of changes | taken for a change
def iterate(one_step, window, calendar):
    out = []
    for k in range(calendar.shape[1]):
        v = window[:, -1:, :1] + one_step(window)
        out.append(v)
        window = torch.cat([window[:, 1:], torch.cat([v, calendar[:, k : k + 1]], 2)], 1)
    return torch.cat(out, 1)

# %% wrong iterate: only every second step goes back in | at every step
def iterate(one_step, window, calendar):
    out = []
    for k in range(calendar.shape[1]):
        v = one_step(window)
        out.append(v)
        if k % 2 == 0:
            window = torch.cat([window[:, 1:], torch.cat([v, calendar[:, k : k + 1]], 2)], 1)
    return torch.cat(out, 1)

# %% wrong iterate: a calendar of zeros | no calendar beside
def iterate(one_step, window, calendar):
    out = []
    for k in range(calendar.shape[1]):
        v = one_step(window)
        out.append(v)
        window = torch.cat([window[:, 1:], torch.cat([v, 0 * v], 2)], 1)
    return torch.cat(out, 1)

# %% wrong iterate: values mixed over the batch | mixed over the batch
def iterate(one_step, window, calendar):
    out = []
    for k in range(calendar.shape[1]):
        v = one_step(window)
        v = v.mean(0, keepdim=True).expand_as(v)
        out.append(v)
        window = torch.cat([window[:, 1:], torch.cat([v, calendar[:, k : k + 1]], 2)], 1)
    return torch.cat(out, 1)

# %% right prepare: the first 51 of 60 steps
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 50 + horizon, seed=seed)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    return split_last(whole[:, :51], 1), split_last(test, horizon)

# %% right prepare: the last 51 of 60 steps
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 50 + horizon, seed=seed)[:, -51:]
    test = published(n_series, horizon, seed)[1]
    return Windows(torch.tensor(whole[:, :50]), torch.tensor(whole[:, 50:])), test

# %% right prepare: other series, as plain tuples of arrays
def prepare(n_series, horizon, seed):
    n_steps = 50 + horizon
    xs = two_sine_waves(n_series, n_steps, seed=seed + 100_000)
    new = two_sine_waves(n_series, n_steps, seed=seed + 1)
    return (xs[:, 2:52], xs[:, 52:53]), (new[:, :50], new[:, 50:])

# %% wrong prepare: as published | another step size
def prepare(n_series, horizon, seed):
    return published(n_series, horizon, seed)

# %% wrong prepare: repairs the test part | repair of the test part
def prepare(n_series, horizon, seed):
    train = two_sine_waves(n_series, 51, seed=seed)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed)
    return split_last(train, 1), split_last(test, horizon)

# %% wrong prepare: trains on the test series | a leak
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    return split_last(whole[:, :51], 1), split_last(whole, horizon)

# %% wrong prepare: the same fixed 60 steps for every horizon | horizon of the example only
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 60, seed=seed)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    return split_last(whole[:, :51], 1), split_last(test, horizon)

# %% wrong prepare: the step size of 20 steps ahead, whatever the horizon | horizon of the example only
def prepare(n_series, horizon, seed):
    test = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    whole = two_sine_waves(n_series, 70, seed=seed)
    return split_last(whole[:, :51], 1), split_last(test, horizon)


# %% wrong prepare: targets of all ten steps in the training part | targets for all K steps
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 50 + horizon, seed=seed)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    return split_last(whole, horizon), split_last(test, horizon)

# %% wrong prepare: the target is the last input | stands in its own window
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 50 + horizon, seed=seed)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    xs = torch.tensor(whole[:, :50])
    return Windows(xs, xs[:, -1:]), split_last(test, horizon)

# %% wrong prepare: stretches the published windows | another step size
def prepare(n_series, horizon, seed):
    train, test = published(n_series, horizon, seed)
    train = Windows(train.inputs * 60 / 51, train.targets * 60 / 51)
    return train, test

# %% wrong prepare: the seeds swapped | repair of the test part
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed)
    return split_last(whole[:, :51], 1), split_last(test, horizon)

# %% wrong prepare: every second step of twice as many | another step size
def prepare(n_series, horizon, seed):
    whole = two_sine_waves(n_series, 2 * (50 + horizon), seed=seed)
    test = two_sine_waves(n_series, 50 + horizon, seed=seed + 1)
    return split_last(whole[:, :51], 1), split_last(test, horizon)

# %% right errors: sums and a count
class HorizonErrors:
    def __init__(self, horizon):
        self.sums = torch.zeros(horizon, dtype=torch.float64)
        self.n = 0

    def update(self, forecasts, targets):
        squares = (forecasts - targets).double().square()
        self.sums += squares.sum((0, 2)).detach()
        self.n += squares.shape[0] * squares.shape[2]

    def mean(self):
        return self.sums / self.n

# %% right errors: keeps all squares
class HorizonErrors:
    def __init__(self, horizon):
        self.squares = []

    def update(self, forecasts, targets):
        self.squares.append(((forecasts - targets) ** 2).float())

    def mean(self):
        return torch.cat(self.squares).mean(dim=(0, 2))

# %% right errors: a running mean with weights, in numpy
class HorizonErrors:
    def __init__(self, horizon):
        self.so_far = np.zeros(horizon)
        self.weight = 0

    def update(self, forecasts, targets):
        new = np.square(np.asarray(forecasts) - np.asarray(targets))
        n = new.shape[0] * new.shape[2]
        self.weight += n
        self.so_far = self.so_far + (new.mean(axis=(0, 2)) - self.so_far) * (
            n / self.weight
        )

    def mean(self):
        return self.so_far

# %% right errors: an nn.Module with buffers
class HorizonErrors(nn.Module):
    def __init__(self, horizon):
        super().__init__()
        self.register_buffer("total", torch.zeros(horizon))
        self.register_buffer("count", torch.zeros(horizon))

    def update(self, forecasts, targets):
        squares = torch.einsum("bkd,bkd->k", *[forecasts - targets] * 2)
        self.total += squares
        self.count += targets[:, 0].numel()

    def mean(self):
        return self.total / self.count

# %% wrong errors: a mean of batch means | mean of batch means
class HorizonErrors:
    def __init__(self, horizon):
        self.means = []

    def update(self, forecasts, targets):
        self.means.append((forecasts - targets).square().mean((0, 2)))

    def mean(self):
        return torch.stack(self.means).mean(0)

# %% wrong errors: sums that belong to the class | belong to the class
class HorizonErrors:
    squares = []

    def __init__(self, horizon):
        self.horizon = horizon

    def update(self, forecasts, targets):
        self.squares.append((forecasts - targets).square().mean(2))

    def mean(self):
        return torch.cat(self.squares).mean(0)[: self.horizon]

# %% wrong errors: absolute errors | absolute errors
class HorizonErrors:
    def __init__(self, horizon):
        self.parts = []

    def update(self, forecasts, targets):
        self.parts.append((forecasts - targets).abs())

    def mean(self):
        return torch.cat(self.parts).mean((0, 2))

# %% wrong errors: one number for all horizons | one number for all horizons
class HorizonErrors:
    def __init__(self, horizon):
        self.parts = []

    def update(self, forecasts, targets):
        self.parts.append((forecasts - targets).square())

    def mean(self):
        return torch.cat(self.parts).mean()

# %% wrong errors: only the last batch | only the last batch
class HorizonErrors:
    def __init__(self, horizon):
        pass

    def update(self, forecasts, targets):
        self.squares = (forecasts - targets).square().mean((0, 2))

    def mean(self):
        return self.squares

# %% wrong errors: a sum over the features | a sum over the features
class HorizonErrors:
    def __init__(self, horizon):
        self.sums, self.n = 0, 0

    def update(self, forecasts, targets):
        self.sums = self.sums + (forecasts - targets).square().sum((0, 2))
        self.n += len(forecasts)

    def mean(self):
        return self.sums / self.n

# %% wrong errors: features kept apart | features kept apart
class HorizonErrors:
    def __init__(self, horizon):
        self.parts = []

    def update(self, forecasts, targets):
        self.parts.append((forecasts - targets).square())

    def mean(self):
        return torch.cat(self.parts).mean(0)

# %% wrong errors: the root | the root of the mean square
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon), 0
    def update(self, forecasts, targets):
        self.s = self.s + (forecasts - targets).square().sum((0, 2))
        self.n += len(forecasts) * forecasts.shape[2]
    def mean(self):
        return (self.s / self.n).sqrt()

# %% wrong errors: a moving average | a moving average
class HorizonErrors:
    def __init__(self, horizon):
        self.m = None
    def update(self, forecasts, targets):
        new = (forecasts - targets).square().mean((0, 2))
        self.m = new if self.m is None else 0.9 * self.m + 0.1 * new
    def mean(self):
        return self.m

# %% wrong errors: squares of mean errors | square of the mean error
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = 0, 0
    def update(self, forecasts, targets):
        self.s = self.s + (forecasts - targets).mean(2).sum(0)
        self.n += len(targets)
    def mean(self):
        return (self.s / self.n) ** 2

# %% wrong errors: starts anew after mean() | changes what it reads
class HorizonErrors:
    def __init__(self, horizon):
        self.k = horizon
        self.s, self.n = torch.zeros(horizon), 0
    def update(self, forecasts, targets):
        self.s = self.s + (forecasts - targets).square().sum((0, 2))
        self.n += len(forecasts) * forecasts.shape[2]
    def mean(self):
        m = self.s / self.n
        self.s, self.n = torch.zeros(self.k), 0
        return m

# %% right loss: chosen entries
def known_loss(forecasts, targets, known):
    return (forecasts[known] - targets[known]).square().mean()

# %% right loss: targets filled before the difference
def known_loss(forecasts, targets, known):
    filled = torch.where(known, targets, forecasts.detach())
    return (forecasts - filled).square().sum() / known.sum()

# %% right loss: mse_loss of torch on the known entries
def known_loss(forecasts, targets, known):
    return nn.functional.mse_loss(
        torch.masked_select(forecasts, known),
        torch.masked_select(targets, known),
    )

# %% right loss: zeros times a mask, NaN replaced first
def known_loss(forecasts, targets, known):
    weight = known.to(forecasts.dtype)
    residual = (forecasts - torch.nan_to_num(targets)) * weight
    return torch.einsum("btkd,btkd->", residual, residual) / weight.sum()

# %% wrong loss: divides by all entries | division by all entries
def known_loss(forecasts, targets, known):
    filled = torch.where(known, targets, forecasts.detach())
    return (forecasts - filled).square().mean()

# %% wrong loss: masks after the square | nan times 0
def known_loss(forecasts, targets, known):
    return ((forecasts - targets).square() * known).sum() / known.sum()

# %% wrong loss: the value is right, the gradient NaN | masked after the square
def known_loss(forecasts, targets, known):
    squares = (forecasts - targets).square()
    return torch.where(known, squares, 0.0).sum() / known.sum()

# %% wrong loss: missing targets are zeros | read as zeros
def known_loss(forecasts, targets, known):
    return (forecasts - torch.nan_to_num(targets)).square().mean()

# %% wrong loss: a mean of the series' means | mean of means
def known_loss(forecasts, targets, known):
    means = [
        (f[k] - y[k]).square().mean()
        for f, y, k in zip(forecasts, targets, known)
    ]
    return torch.stack(means).mean()

# %% wrong loss: a sum | a sum, where the mean
def known_loss(forecasts, targets, known):
    return (forecasts[known] - targets[known]).square().sum()

# %% wrong loss: the graph is cut | graph that is cut
def known_loss(forecasts, targets, known):
    difference = forecasts.detach()[known] - targets[known]
    return difference.square().mean()

# %% wrong loss: nanmean, the gradient NaN | masked after the square
def known_loss(forecasts, targets, known):
    return (forecasts - targets).square().nanmean()

# %% wrong loss: the last step only | the last step only
def known_loss(forecasts, targets, known):
    f, y, k = forecasts[:, -1], targets[:, -1], known[:, -1]
    return (f[k] - y[k]).square().mean()

# %% wrong loss: the mask turned around | turned around
def known_loss(forecasts, targets, known):
    return (forecasts[~known] - torch.nan_to_num(targets)[~known]).square().mean()

# %% wrong loss: divides by the batch size | number of series
def known_loss(forecasts, targets, known):
    return (forecasts[known] - targets[known]).square().sum() / len(forecasts)

# %% wrong loss: a number by item() | cuts the graph
def known_loss(forecasts, targets, known):
    return (forecasts[known] - targets[known]).square().mean().item()

# %% wrong loss: Huber's loss | Huber's loss
def known_loss(forecasts, targets, known):
    return nn.functional.huber_loss(forecasts[known], targets[known])

# %% right bets: by formula
variance = 1 / (1 - 0.9**2)
bets = {
    "iterated_10": variance * (1 - 0.9**20),
    "iterated_100": variance,
    "naive_100": 2 * variance,
}

# %% right bets: rounded by hand
bets = dict(iterated_10=4.6, iterated_100=5.3, naive_100=10.5)

# %% right bets: estimated, as tensors
shocks = torch.tensor(0.81) ** torch.arange(100)
bets = {
    "iterated_10": shocks[:10].sum(),
    "iterated_100": shocks.sum(),
    "naive_100": np.float32(2 * shocks.sum()),
}

# %% wrong bets: errors add up | add up and are never forgotten
bets = dict(iterated_10=10.0, iterated_100=100.0, naive_100=100.0)

# %% wrong bets: the error stays that of one step | error of a single step
bets = dict(iterated_10=1.0, iterated_100=1.0, naive_100=1.0)

# %% wrong bets: the naive forecast has one variance | one variance
bets = dict(iterated_10=4.62, iterated_100=5.26, naive_100=5.26)

# %% wrong bets: the error shrinks with the forecast | shrinks to nothing
bets = dict(iterated_10=4.62, iterated_100=0.0, naive_100=10.5)

# %% wrong bets: the far error already after ten steps | reached only far ahead
bets = dict(iterated_10=5.6, iterated_100=5.6, naive_100=10.5)

# %% wrong bets: a name is missing | no naive_100
bets = dict(iterated_10=4.62, iterated_100=5.26)

# %% wrong bets: the forecast's size, not its error | what is left of the known value
bets = {"iterated_10": 0.9**10, "iterated_100": 5.26, "naive_100": 10.5}

# %% wrong bets: the share of the variance | error of a single step
bets = {"iterated_10": 0.878, "iterated_100": 1.0, "naive_100": 2.0}

# %% wrong bets: standard deviations | a standard deviation
bets = {"iterated_10": 2.15, "iterated_100": 2.29, "naive_100": 3.24}

# %% right any-length: a loss at every step
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
seed_everything(0)
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 24)), horizon=10)
fit(forecaster, train, epochs=8, batch_size=64, lr=1e-2,
    loss=every_step_loss, clip_norm=1.0)

# %% right any-length: exact least squares for each length
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
by_length = {
    T: LeastSquares(Windows(train.inputs[:, -T:], train.targets))
    for T in range(5, 51)
}

def forecaster(inputs):
    return by_length[inputs.shape[1]](inputs)

# %% right any-length: torch.nn.GRU, own loop
torch.manual_seed(3)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 20, batch_first=True)
        self.out = nn.Linear(20, 10)

    def forward(self, xs):
        return self.every(xs)[:, -1]

    def every(self, xs):
        return self.out(self.gru(xs)[0]).unsqueeze(-1)

train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
forecaster, Y = Net(), targets_at_every_step(train)
optimiser = torch.optim.Adam(forecaster.parameters(), 1e-2)
for epoch in range(6):
    for rows in torch.randperm(2000).split(64):
        optimiser.zero_grad()
        loss = (forecaster.every(train.inputs[rows]) - Y[rows]).square().mean()
        loss.backward()
        optimiser.step()

# %% wrong any-length: trained after 50 steps only | after 50 steps only
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
seed_everything(0)
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 24)), horizon=10)
fit(forecaster, train, epochs=8, batch_size=64, lr=1e-2,
    loss=forecast_loss, clip_norm=1.0)

# %% wrong any-length: targets off by one | a step late
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
late = Windows(train.inputs, torch.cat([train.inputs[:, -1:], train.targets[:, :-1]], 1))
by_length = {
    T: LeastSquares(Windows(late.inputs[:, -T:], late.targets))
    for T in range(5, 51)
}

def forecaster(inputs):
    return by_length[inputs.shape[1]](inputs)

# %% wrong any-length: the naive forecast | not better than the naive one
def forecaster(inputs):
    return inputs[:, -1:].repeat(1, 10, 1)

# %% wrong any-length: never trained | not trained long enough
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 24)), horizon=10)

# %% wrong any-length: forecasts at every step | at every step: the last one
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 24)), horizon=10).every_step

# %% wrong any-length: one length only | knows one length only
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
forecaster = LeastSquares(train)

# %% wrong any-length: trained at another step size | another step size
train = split_last(two_sine_waves(2_000, 30, seed=1), horizon=10)
forecaster = {T: LeastSquares(Windows(train.inputs[:, -T:], train.targets)) for T in range(5, 21)}
longest = forecaster[20]

def forecaster(inputs):
    return longest(inputs[:, -20:])

# %% wrong any-length: standardises over the batch | shared over the batch
fit_to = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
table = {
    T: LeastSquares(Windows(fit_to.inputs[:, -T:], fit_to.targets))
    for T in range(5, 51)
}

def forecaster(inputs):
    mean = inputs.mean()
    return table[inputs.shape[1]](inputs - mean) + mean

# %% wrong any-length: the last five steps, whatever T | newest steps only
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
model = LeastSquares(Windows(train.inputs[:, -5:], train.targets))

def forecaster(inputs):
    return model(inputs[:, -5:])

# %% wrong any-length: short windows padded with zeros | filled up with zeros
train = split_last(two_sine_waves(2_000, 60, seed=1), horizon=10)
model = LeastSquares(train)

def forecaster(inputs):
    pad = torch.zeros(len(inputs), 50 - inputs.shape[1], 1)
    return model(torch.cat([pad, inputs], 1))

# %% free any-length: how wide the network is, is left to the student
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 25)), horizon=10)

# %% free any-length: how wide the network is, is left to the student
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 23)), horizon=10)

# %% free any-length: how long to train is left to the student
fit(forecaster, train, epochs=9, batch_size=64, lr=0.01, loss=every_step_loss)

# %% free any-length: how long to train is left to the student
fit(forecaster, train, epochs=7, batch_size=64, lr=0.01, loss=every_step_loss)

# %% free any-length: the size of a batch is left to the student
fit(forecaster, train, epochs=8, batch_size=65, lr=0.01, loss=every_step_loss)

# %% free any-length: the size of a batch is left to the student
fit(forecaster, train, epochs=8, batch_size=63, lr=0.01, loss=every_step_loss)

# %% free any-length: any seed will do
seed_everything(1)

# %% free any-length: any seed will do
pass

# %% free bets: a bet may be off by the share that the question allows
bets = {'iterated_10': (1 - 0.9 ** 21) * variance, 'iterated_100': variance, 'naive_100': 2 * variance}

# %% free bets: a bet may be off by the share that the question allows
bets = {'iterated_10': (1 - 0.9 ** 19) * variance, 'iterated_100': variance, 'naive_100': 2 * variance}

# %% right targets: gather with explicit index
def targets(series, horizons):
    B, N, D = series.shape
    T = N - max(horizons)
    idx = (torch.arange(T).view(1, T, 1, 1) + torch.as_tensor(horizons).view(1, 1, -1, 1)).expand(B, T, len(horizons), D)
    return series[:, :, None, :].expand(B, N, len(horizons), D).gather(1, idx)

# %% right targets: numpy sliding window view
def targets(series, horizons):
    x = np.asarray(series)
    H = max(horizons)
    v = np.lib.stride_tricks.sliding_window_view(x, H + 1, axis=1)  # B T D H+1
    return torch.from_numpy(np.moveaxis(v[..., list(horizons)], -1, 2).copy())

# %% right targets: unfold view
def targets(series, horizons):
    return series.unfold(1, max(horizons) + 1, 1)[..., horizons].permute(0, 1, 3, 2)

# %% right targets: recursion over horizons with narrow, non-contiguous
def targets(series, horizons, T=None):
    T = T or series.size(1) - max(horizons)
    first = series.narrow(1, horizons[0], T).unsqueeze(2)
    if len(horizons) == 1:
        return first
    return torch.cat([first, targets(series, horizons[1:], T)], dim=2)

# %% right targets: einsum with a selection tensor
def targets(series, horizons):
    n = series.shape[1]
    T = n - max(horizons)
    S = torch.zeros(T, len(horizons), n, dtype=series.dtype)
    for j, h in enumerate(horizons):
        for t in range(T):
            S[t, j, t + h] = 1
    return torch.einsum("tjn,bnd->btjd", S, series)

# %% wrong targets: treats the last full step otherwise | the last step that has all its targets
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    Y = torch.stack([series[:, h : h + T] for h in horizons], 2).clone()
    Y[:, -1] = Y[:, -2] if T > 1 else Y[:, -1]
    return Y

# %% wrong targets: the first horizon decides | first horizon decides
def targets(series, horizons):
    T = series.shape[1] - horizons[0]
    big = torch.cat([series, series[:, -1:].expand(-1, max(horizons), -1)], 1)
    return torch.stack([big[:, h : h + T] for h in horizons], 2)

# %% wrong targets: the first feature in place of each | first feature in place of each
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    Y = torch.stack([series[:, h : h + T] for h in horizons], 2)
    return Y[..., :1].expand_as(Y)

# %% wrong targets: a mean over the series | a mean over the series
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    Y = torch.stack([series[:, h : h + T] for h in horizons], 2)
    return Y.mean(0, keepdim=True).expand_as(Y)

# %% wrong targets: whole numbers | the type of the series is lost
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] for h in horizons], 2).long()

# %% wrong targets: squeezes axes of size 1 | squeezed away
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] for h in horizons], 2).squeeze(-1).squeeze()

# %% wrong targets: reshapes in place of a new axis | mixes steps with horizons
def targets(series, horizons):
    B, n, D = series.shape
    T = n - max(horizons)
    return torch.cat([series[:, h : h + T] for h in horizons], 1).reshape(B, T, len(horizons), D)

# %% wrong targets: reshapes in place of moving axes | mixes horizons with features
def targets(series, horizons):
    B, n, D = series.shape
    T = n - max(horizons)
    return torch.stack([series[:, h : h + T] for h in horizons], -1).reshape(B, T, len(horizons), D)

# %% wrong targets: keeps the input step as well | the input step kept
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    return torch.stack([series[:, h : h + T] for h in [0, *horizons]], 2)

# %% wrong targets: standardises | standardised values
def targets(series, horizons):
    T = series.shape[1] - max(horizons)
    s = (series - series.mean()) / series.std()
    return torch.stack([s[:, h : h + T] for h in horizons], 2)

# %% right iterate: big buffer
def iterate(one_step, window, calendar):
    B, T, _ = window.shape
    K = calendar.shape[1]
    buf = window.new_empty(B, T + K, 2)
    buf[:, :T] = window
    buf[:, T:, 1] = calendar[..., 0]
    for k in range(K):
        buf[:, T + k, 0] = one_step(buf[:, k : k + T])[:, 0, 0]
    return buf[:, T:, :1]

# %% right iterate: recursion
def iterate(one_step, window, calendar):
    if calendar.shape[1] == 0:
        return calendar[:, :0]
    y = one_step(window)
    new = torch.cat((y, calendar[:, :1]), -1)
    rest = iterate(one_step, torch.cat((window, new), 1)[:, 1:], calendar[:, 1:])
    return torch.cat((y, rest), 1)

# %% right iterate: deque of steps, generator
from collections import deque
def iterate(one_step, window, calendar):
    def go():
        steps = deque(window.unbind(1), maxlen=window.shape[1])
        for day in calendar.unbind(1):
            y = one_step(torch.stack(tuple(steps), 1))[:, 0]
            steps.append(torch.hstack([y, day]))
            yield y
    return torch.stack(list(go()), 1)

# %% right iterate: roll a clone in place
def iterate(one_step, window, calendar):
    w = window.detach().clone()
    out = torch.zeros_like(calendar)
    for k in range(calendar.size(1)):
        v = one_step(w)
        out[:, k] = v.squeeze(-1)
        w = torch.roll(w, -1, dims=1)
        w[:, -1, 0] = v[:, 0, 0]
        w[:, -1, 1] = calendar[:, k, 0]
    return out

# %% right iterate: series by series, no_grad
def iterate(one_step, window, calendar):
    rows = []
    with torch.no_grad():
        for b in range(len(window)):
            w, ys = window[b : b + 1], []
            for k in range(calendar.shape[1]):
                y = one_step(w)
                ys.append(y)
                w = torch.cat([w[:, 1:], torch.cat([y, calendar[b : b + 1, k : k + 1]], 2)], 1)
            rows.append(torch.cat(ys, 1))
    return torch.cat(rows)

# %% wrong iterate: keeps the last T - 1 steps, all of them if T is 1 | grows when T is 1
def iterate(one_step, window, calendar):
    T = window.shape[1]
    ys = []
    for k in range(calendar.shape[1]):
        y = one_step(window)
        ys.append(y)
        window = torch.cat([window[:, -(T - 1):], torch.cat([y, calendar[:, k:k+1]], 2)], 1)
    return torch.cat(ys, 1)

# %% wrong iterate: the last forecast does not see the one before | from a window without the one before it
def iterate(one_step, window, calendar):
    ys = []
    K = calendar.shape[1]
    for k in range(K):
        y = one_step(window)
        ys.append(y)
        if k < K - 2:
            window = torch.cat([window[:, 1:], torch.cat([y, calendar[:, k:k+1]], 2)], 1)
    return torch.cat(ys, 1)

# %% wrong iterate: the calendar of the first series | calendar of the first series for all
def iterate(one_step, window, calendar):
    ys = []
    for k in range(calendar.shape[1]):
        y = one_step(window)
        ys.append(y)
        day = calendar[:1, k:k+1].expand(len(window), 1, 1)
        window = torch.cat([window[:, 1:], torch.cat([y, day], 2)], 1)
    return torch.cat(ys, 1)

# %% wrong iterate: adds the forecast to the newest value | it is a value, no change
def iterate(one_step, window, calendar):
    ys = []
    for k in range(calendar.shape[1]):
        y = one_step(window)
        ys.append(y)
        window = torch.cat([window[:, 1:], torch.cat([window[:, -1:, :1] + y, calendar[:, k:k+1]], 2)], 1)
    return torch.cat(ys, 1)

# %% wrong iterate: naive: one_step is never asked | one_step is never asked
def iterate(one_step, window, calendar):
    return window[:, -1:, :1].expand(-1, calendar.shape[1], 1)

# %% wrong iterate: values go back one step late | one step too late
def iterate(one_step, window, calendar):
    ys = []
    prev = window[:, -1:, :1]
    for k in range(calendar.shape[1]):
        y = one_step(window)
        ys.append(y)
        window = torch.cat([window[:, 1:], torch.cat([prev, calendar[:, k:k+1]], 2)], 1)
        prev = y
    return torch.cat(ys, 1)

# %% wrong iterate: reads the calendar from its end | calendar read from its end
def iterate(one_step, window, calendar):
    ys = []
    for k in range(calendar.shape[1]):
        y = one_step(window)
        ys.append(y)
        window = torch.cat([window[:, 1:], torch.cat([y, calendar[:, -1-k][:, None]], 2)], 1)
    return torch.cat(ys, 1)

# %% wrong iterate: the known window once more after T steps | known window once more
def iterate(one_step, window, calendar):
    ys = []
    w0, T = window, window.shape[1]
    for k in range(calendar.shape[1]):
        if k and k % T == 0:
            window = w0
        y = one_step(window)
        ys.append(y)
        window = torch.cat([window[:, 1:], torch.cat([y, calendar[:, k:k+1]], 2)], 1)
    return torch.cat(ys, 1)

# %% right prepare: the last 51 steps
def prepare(n_series, horizon, seed):
    n = 50 + horizon
    a = two_sine_waves(n_series, n, seed=seed)
    b = two_sine_waves(n_series, n, seed=seed + 1)
    return split_last(a[:, -51:], 1), split_last(b, horizon)

# %% right prepare: published, with training made again, plain tuples
def prepare(n_series, horizon, seed):
    _, test = published(n_series, horizon, seed)
    w, _ = split_last(two_sine_waves(n_series, 50 + horizon, seed=seed + 100_000), horizon), None
    inputs, first = w.inputs, w.targets[:, :1]
    return (inputs, first), tuple(test)

# %% right prepare: lists and numpy
def prepare(n_series, horizon, seed):
    whole = np.asarray(two_sine_waves(n_series, 50 + horizon, seed=seed))
    test = np.asarray(two_sine_waves(n_series, 50 + horizon, seed=seed + 1))
    return [[whole[:, :50], whole[:, 50:51]], [test[:, :50], test[:, 50:]]]

# %% right prepare: the library's windows cut, a random offset by seed
def prepare(n_series, horizon, seed):
    whole = torch.as_tensor(two_sine_waves(n_series, 50 + horizon, seed=seed))
    g = torch.Generator().manual_seed(seed)
    start = int(torch.randint(0, horizon, (1,), generator=g))
    return Windows(whole[:, start:start + 50], whole[:, start + 50:start + 51]), published(n_series, horizon, seed)[1]

# %% wrong prepare: trains on the test series in another order | a leak
def prepare(n_series, horizon, seed):
    test = torch.as_tensor(two_sine_waves(n_series, 50 + horizon, seed=seed + 1))
    p = torch.randperm(n_series, generator=torch.Generator().manual_seed(seed))
    return split_last(test[p][:, :51], 1), split_last(test, horizon)

# %% wrong prepare: half of the training series from the test | a leak
def prepare(n_series, horizon, seed):
    test = torch.as_tensor(two_sine_waves(n_series, 50 + horizon, seed=seed + 1))
    own = torch.as_tensor(two_sine_waves(n_series, 50 + horizon, seed=seed))
    h = n_series // 2
    return split_last(torch.cat([own[:h], test[:n_series - h]])[:, :51], 1), split_last(test, horizon)

# %% wrong prepare: ignores the seed | a seed that is not used
def prepare(n_series, horizon, seed):
    return split_last(two_sine_waves(n_series, 50 + horizon, seed=0)[:, :51], 1), split_last(two_sine_waves(n_series, 50 + horizon, seed=seed + 1), horizon)

# %% wrong prepare: draws a seed of its own | randomness from elsewhere
def prepare(n_series, horizon, seed):
    return split_last(two_sine_waves(n_series, 50 + horizon, seed=int(torch.randint(0, 10**9, (1,))))[:, :51], 1), split_last(two_sine_waves(n_series, 50 + horizon, seed=seed + 1), horizon)

# %% wrong prepare: the last target of the horizon | a target that is not the next step
def prepare(n_series, horizon, seed):
    w = torch.as_tensor(two_sine_waves(n_series, 50 + horizon, seed=seed))
    return Windows(w[:, :50], w[:, -1:]), split_last(two_sine_waves(n_series, 50 + horizon, seed=seed + 1), horizon)

# %% right errors: nn.Module with buffers
class HorizonErrors(nn.Module):
    def __init__(self, horizon):
        super().__init__()
        self.register_buffer("total", torch.zeros(horizon))
        self.register_buffer("count", torch.zeros(()))
    def update(self, forecasts, targets):
        e = nn.functional.mse_loss(forecasts, targets, reduction="none")
        self.total = self.total + e.sum(dim=(0, 2))
        self.count += e[:, 0].numel()
        return self
    def mean(self):
        return self.total / self.count

# %% right errors: keeps everything
class HorizonErrors:
    def __init__(self, horizon):
        self.horizon, self.batches = horizon, []
    def update(self, forecasts, targets):
        self.batches.append((forecasts.clone(), targets.clone()))
    def mean(self):
        f, t = (torch.cat(x) for x in zip(*self.batches))
        return torch.einsum("bkd,bkd->k", f - t, f - t) / (f.shape[0] * f.shape[2])

# %% right errors: running mean, numpy
class HorizonErrors:
    def __init__(self, horizon):
        self.m = np.zeros(horizon)
        self.n = 0
    def update(self, forecasts, targets):
        for f, t in zip(np.asarray(forecasts), np.asarray(targets)):
            for d in range(f.shape[1]):
                self.n += 1
                self.m = self.m + ((f[:, d] - t[:, d]) ** 2 - self.m) / self.n
    def mean(self):
        return torch.from_numpy(self.m.copy())

# %% right errors: a factory with closures
from types import SimpleNamespace
def HorizonErrors(horizon):
    sums, counts = [0.0] * horizon, [0]
    def update(forecasts, targets):
        for k in range(horizon):
            sums[k] += float(((forecasts[:, k] - targets[:, k]) ** 2).sum())
        counts[0] += forecasts.shape[0] * forecasts.shape[2]
    def mean():
        return torch.tensor([s / counts[0] for s in sums])
    return SimpleNamespace(update=update, mean=mean)

# %% wrong errors: features averaged before the square | averaged over the features before
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        self.s += (f - t).mean(2).square().sum(0)
        self.n += len(f)
    def mean(self):
        return self.s / self.n

# %% wrong errors: series averaged before the square | averaged over the series before
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        self.s += (f - t).mean(0).square().mean(1) * len(f)
        self.n += len(f)
    def mean(self):
        return self.s / self.n

# %% wrong errors: a mean that is worked out once | worked out once and kept
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n, self.m = torch.zeros(horizon).double(), 0, None
    def update(self, f, t):
        self.s += (f - t).square().mean(2).sum(0)
        self.n += len(f)
    def mean(self):
        if self.m is None:
            self.m = self.s / self.n
        return self.m

# %% wrong errors: writes into the forecasts | writing in place
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        f -= t
        self.s += f.square().mean(2).sum(0)
        self.n += len(f)
    def mean(self):
        return self.s / self.n

# %% wrong errors: the root of the mean square | the root of the mean square
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        self.s += (f - t).square().mean(2).sum(0)
        self.n += len(f)
    def mean(self):
        return (self.s / self.n).sqrt()

# %% wrong errors: the variance of the errors | the variance of the errors
class HorizonErrors:
    def __init__(self, horizon):
        self.e = []
    def update(self, f, t):
        self.e.append(f - t)
    def mean(self):
        return torch.cat(self.e).transpose(1, 2).flatten(0, 1).var(0, correction=0)

# %% wrong errors: every batch as large as the last | size of the last batch
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        self.s += (f - t).square().mean(2).sum(0)
        self.k = getattr(self, "k", 0) + 1
        self.n = len(f) * self.k
    def mean(self):
        return self.s / self.n

# %% wrong errors: every batch as large as the first | size of the first batch
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.k, self.b = torch.zeros(horizon).double(), 0, None
    def update(self, f, t):
        self.s += (f - t).square().mean(2).sum(0)
        self.b = self.b or len(f)
        self.k += 1
    def mean(self):
        return self.s / (self.b * self.k)

# %% wrong errors: the first feature only | first feature only
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        self.s += (f - t)[..., 0].square().sum(0)
        self.n += len(f)
    def mean(self):
        return self.s / self.n

# %% wrong errors: squeezes a batch of one | squeeze()
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        e = (f - t).square().squeeze(0)
        self.s += e.mean(-1).sum(0) if e.ndim == 3 else e.mean()
        self.n += len(f)
    def mean(self):
        return self.s / self.n

# %% wrong errors: divides by one less | one less, as for a variance
class HorizonErrors:
    def __init__(self, horizon):
        self.s, self.n = torch.zeros(horizon).double(), 0
    def update(self, f, t):
        self.s += (f - t).square().sum((0, 2))
        self.n += len(f) * f.shape[2]
    def mean(self):
        return self.s / (self.n - 1)

# %% right loss: where before, sum over n
def known_loss(forecasts, targets, known):
    d = torch.where(known, forecasts - torch.where(known, targets, forecasts), torch.zeros_like(forecasts))
    return torch.einsum("btkd,btkd->", d, d) / known.sum()

# %% right loss: nan_to_num of the difference
def known_loss(forecasts, targets, known):
    return torch.nan_to_num(forecasts - targets).pow(2).sum() / known.count_nonzero()

# %% right loss: F.mse_loss on masked_select
def known_loss(forecasts, targets, known):
    return nn.functional.mse_loss(forecasts.masked_select(known), targets.masked_select(known))

# %% right loss: loop over indices
def known_loss(forecasts, targets, known):
    total, n = forecasts.new_zeros(()), 0
    for at in known.nonzero().tolist():
        total = total + (forecasts[tuple(at)] - targets[tuple(at)]) ** 2
        n += 1
    return total / n

# %% right loss: mask multiplied in before
class KnownLoss(nn.Module):
    def forward(self, f, t, m):
        w = m.to(f.dtype)
        t = t.clone()
        t[~m] = 0
        return ((f * w - t) ** 2).sum() / w.sum().clamp(min=1)
known_loss = KnownLoss()

# %% wrong loss: a mean of means over the steps | steps with few known entries
def known_loss(forecasts, targets, known):
    d = torch.where(known, forecasts - targets.nan_to_num(), 0.0).square()
    n = known.sum((0, 2, 3))
    s = d.sum((0, 2, 3))
    return (s[n > 0] / n[n > 0]).mean()

# %% wrong loss: a mean of means over the features | features with few known entries
def known_loss(forecasts, targets, known):
    d = torch.where(known, forecasts - targets.nan_to_num(), 0.0).square()
    n = known.sum((0, 1, 2))
    s = d.sum((0, 1, 2))
    return (s[n > 0] / n[n > 0]).mean()

# %% wrong loss: a mean of means, each step of each series | step by step of each series
def known_loss(forecasts, targets, known):
    d = torch.where(known, forecasts - targets.nan_to_num(), 0.0).square()
    n = known.sum((2, 3))
    s = d.sum((2, 3))
    return (s[n > 0] / n[n > 0]).mean()

# %% wrong loss: the value of one loss, the gradient of another | the gradient of absolute errors
def known_loss(forecasts, targets, known):
    d = forecasts[known] - targets[known]
    l1 = d.abs().mean()
    return d.square().mean().detach() + l1 - l1.detach()

# %% wrong loss: fills the caller's gaps | the gaps are filled
def known_loss(forecasts, targets, known):
    with torch.no_grad():
        targets[~known] = 0
    return ((forecasts - targets) * known).square().sum() / known.sum()

# %% wrong loss: the series' means added up | sum over the series of their means
def known_loss(forecasts, targets, known):
    return sum((f[k] - t[k]).square().mean() for f, t, k in zip(forecasts, targets, known))

# %% wrong loss: keeps an axis of size 1 | a tensor without axes was asked for
def known_loss(forecasts, targets, known):
    return (forecasts[known] - targets[known]).square().mean().reshape(1)

# %% wrong loss: the variance of the errors | the variance of the errors
def known_loss(forecasts, targets, known):
    return (forecasts[known] - targets[known]).var(correction=0)

# %% right bets: numpy scalars
bets = {"iterated_10": np.float32(4.6), "iterated_100": np.float64(5.2), "naive_100": 10}

# %% right bets: simulated by summation, tensors
w = 0.81 ** torch.arange(10).double()
bets = {"iterated_10": w.sum(), "iterated_100": (0.81 ** torch.arange(100)).sum(), "naive_100": torch.tensor([10.5])}

# %% right bets: dict constructor with further key
bets = dict(naive_100=2 / 0.19, iterated_100=1 / 0.19, iterated_10=4.62, note=0)

# %% wrong bets: 0.9 where 0.81 belongs | it is a square
bets = {"iterated_10": (1 - 0.9**10) / 0.1, "iterated_100": 10.0, "naive_100": 20.0}

# %% wrong bets: 10 in the exponent | not 20 in the exponent
bets = {"iterated_10": (1 - 0.9**10) / 0.19, "iterated_100": 5.26, "naive_100": 10.5}

# %% wrong bets: three everywhere | too small
bets = {"iterated_10": 3, "iterated_100": 3, "naive_100": 3}

# %% right any-length: least squares for each length
models = {}
whole = torch.cat([train.inputs, train.targets], 1)
for T in range(5, 51):
    x = torch.cat([whole[:, 50 - T:50, 0], torch.ones(len(whole), 1)], 1).double()
    y = whole[:, 50:, 0].double()
    A = x.T @ x + 1e-1 * torch.eye(T + 1).double()
    models[T] = torch.linalg.solve(A, x.T @ y)
def forecaster(xs):
    x = torch.cat([xs[..., 0], torch.ones(len(xs), 1, dtype=xs.dtype)], 1)
    return (x @ models[xs.shape[1]].to(xs.dtype))[..., None]

# %% right any-length: torch GRU with every-step loss by hand
seed_everything(1)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 20, batch_first=True)
        self.out = nn.Linear(20, 10)
    def forward(self, xs):
        return self.out(self.gru(xs)[0])
net = Net()
opt = torch.optim.Adam(net.parameters(), 1e-2)
whole = torch.cat([train.inputs, train.targets], 1)[..., 0]
Y = whole.unfold(1, 10, 1)[:, 1:]
for epoch in range(8):
    for rows in torch.randperm(2000).split(64):
        opt.zero_grad()
        loss = (net(train.inputs[rows]) - Y[rows]).square().mean()
        loss.backward()
        opt.step()
def forecaster(xs):
    with torch.no_grad():
        return net(xs.float())[:, -1].unsqueeze(-1)

# %% right any-length: least squares on all windows of a length, numpy
data = np.asarray(torch.cat([train.inputs, train.targets], 1))[..., 0].astype(float)
cache = {}
def fitted(T):
    if T not in cache:
        X = np.concatenate([data[:, s:s + T] for s in range(0, 51 - T, 5)] or [data[:, :T]])
        Y = np.concatenate([data[:, s + T:s + T + 10] for s in range(0, 51 - T, 5)] or [data[:, T:T + 10]])
        X = np.c_[X, np.ones(len(X))]
        cache[T] = np.linalg.lstsq(X, Y, rcond=None)[0]
    return cache[T]
def forecaster(xs):
    x = np.asarray(xs)[..., 0].astype(float)
    return torch.tensor(np.c_[x, np.ones(len(x))] @ fitted(x.shape[1]))[..., None]

# %% wrong any-length: targets off by one, few epochs | targets that are off by one
seed_everything(0)
forecaster = EveryStepForecaster(Recurrent(RNNCell(1, 24)), horizon=10)
late = Windows(train.inputs, torch.cat([train.inputs[:, -1:], train.targets[:, :-1]], 1))
fit(forecaster, late, epochs=8, batch_size=64, lr=1e-2)

# %% wrong any-length: one number for all ten steps | one number for all ten steps
models = {}
for T in range(5, 51):
    models[T] = torch.linalg.lstsq(train.inputs[:, -T:, 0], train.targets[:, 0]).solution
def forecaster(xs):
    return (xs[..., 0] @ models[xs.shape[1]].to(xs.dtype))[:, None].expand(-1, 10, 1)

# %% wrong any-length: fills a short window with its first value | nobody has asked it there
w = torch.linalg.lstsq(train.inputs[..., 0], train.targets[..., 0]).solution
def forecaster(xs):
    x = xs[..., 0].float()
    x = torch.cat([x[:, :1].expand(-1, 50 - x.shape[1]), x], 1)
    return (x @ w)[..., None]
