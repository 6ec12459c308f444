# Answers to solutions/05-forecasting; course_lib/grading/trials.py reads them.

# %% right cut: slices, stacked
def cut(series, length, horizon, delay):
    first = length + delay
    N = len(series) - first - horizon + 1
    inputs = torch.stack([series[i : i + length] for i in range(N)])
    targets = torch.stack(
        [series[i + first : i + first + horizon] for i in range(N)]
    )
    return inputs, targets

# %% right cut: unfold, a view of long blocks
def cut(series, length, horizon, delay):
    blocks = series.unfold(0, length + delay + horizon, 1).movedim(-1, 1)
    return blocks[:, :length], blocks[:, length + delay :]

# %% right cut: index tables in NumPy, float32, a list at the end
def cut(series, length, horizon, delay):
    values = np.asarray(series, dtype=np.float32)
    N = len(values) - length - delay - horizon + 1
    starts = np.arange(N)[:, None]
    print("windows:", N)
    return [
        values[starts + np.arange(length)],
        values[starts + length + delay + np.arange(horizon)],
    ]

# %% right cut: the library's windows, with a longer horizon
def cut(series, length, horizon, delay):
    windows = sliding_windows(series, length, delay + horizon)
    return windows.inputs, windows.targets[:, delay:]

# %% right cut: overlapping views by strides
def cut(series, length, horizon, delay):
    n, D = series.shape
    N = n - length - delay - horizon + 1
    s = series.contiguous()
    a, b = s.stride()
    inputs = torch.as_strided(s, (N, length, D), (a, a, b))
    targets = torch.as_strided(
        s,
        (N, horizon, D),
        (a, a, b),
        s.storage_offset() + (length + delay) * a,
    )
    return inputs, targets

# %% right cut: one shifted table for each step of a window
def cut(series, length, horizon, delay):
    import pandas as pd

    df = pd.DataFrame(series.numpy())
    steps = [df.shift(-k) for k in range(length + delay + horizon)]
    N = len(df) - len(steps) + 1
    arr = np.stack([s.values[:N] for s in steps], axis=1)
    return torch.tensor(arr[:, :length]), torch.tensor(
        arr[:, length + delay :]
    )

# %% wrong cut: no delay | no delay
def cut(series, length, horizon, delay):
    N = len(series) - length - delay - horizon + 1
    return (
        torch.stack([series[i : i + length] for i in range(N)]),
        torch.stack(
            [series[i + length : i + length + horizon] for i in range(N)]
        ),
    )

# %% wrong cut: the first target is the last input | stands in its own window
def cut(series, length, horizon, delay):
    N = len(series) - length - delay - horizon + 1
    return (
        torch.stack([series[i : i + length] for i in range(N)]),
        torch.stack(
            [series[i + length - 1 : i + length - 1 + horizon]
             for i in range(N)]
        ),
    )

# %% wrong cut: one window too few | one window too few
def cut(series, length, horizon, delay):
    blocks = series.unfold(0, length + delay + horizon, 1).movedim(-1, 1)
    return blocks[:-1, :length], blocks[:-1, length + delay :]

# %% wrong cut: the delayed steps are targets, too | delayed steps among the targets
def cut(series, length, horizon, delay):
    blocks = series.unfold(0, length + delay + horizon, 1).movedim(-1, 1)
    return blocks[:, :length], blocks[:, length:]

# %% wrong cut: inputs after the delay | inputs that begin after the delay
def cut(series, length, horizon, delay):
    blocks = series.unfold(0, length + delay + horizon, 1).movedim(-1, 1)
    return blocks[:, delay : delay + length], blocks[:, length + delay :]

# %% wrong cut: windows that don't overlap | overlap
def cut(series, length, horizon, delay):
    step = length + delay + horizon
    blocks = series.unfold(0, step, step).movedim(-1, 1)
    return blocks[:, :length], blocks[:, length + delay :]

# %% wrong cut: axes of windows and steps swapped | swapped
def cut(series, length, horizon, delay):
    blocks = series.unfold(0, length + delay + horizon, 1).movedim(-1, 0)
    return blocks[:length], blocks[length + delay :]

# %% wrong cut: one step of delay too many | one step too many
def cut(series, length, horizon, delay):
    delay += 1
    whole = torch.cat([series, series[-1:] + 1])
    blocks = whole.unfold(0, length + delay + horizon, 1).movedim(-1, 1)
    return blocks[:, :length], blocks[:, length + delay :]

# %% wrong cut: unfold, axes left as they come | swapped
def cut(series, length, horizon, delay):
    blocks = series.unfold(0, length + delay + horizon, 1)
    return blocks[:, :, :length], blocks[:, :, length + delay :]

# %% wrong cut: the delay is counted twice | counted twice
def cut(series, length, horizon, delay):
    first = length + 2 * delay
    N = len(series) - first - horizon + 1
    return (torch.stack([series[i : i + length] for i in range(N)]),
            torch.stack([series[i + first : i + first + horizon] for i in range(N)]))

# %% wrong cut: windows side by side | do not overlap
def cut(series, length, horizon, delay):
    f = length + delay
    starts = range(0, len(series) - f - horizon + 1, length)
    return (
        torch.stack([series[i : i + length] for i in starts]),
        torch.stack([series[i + f : i + f + horizon] for i in starts]),
    )

# %% wrong cut: the first feature only | holds all D of them
def cut(series, length, horizon, delay):
    s = series[:, 0]
    N = len(s) - length - delay - horizon + 1
    f = length + delay
    return (
        torch.stack([s[i : i + length] for i in range(N)])[..., None],
        torch.stack([s[i + f : i + f + horizon] for i in range(N)])[..., None],
    )

# %% wrong cut: the gap behind the first target | before all targets
def cut(series, length, horizon, delay):
    N = len(series) - length - delay - horizon + 1
    f = length
    idx = [f] + [f + delay + k for k in range(1, horizon)]
    return (
        torch.stack([series[i : i + length] for i in range(N)]),
        torch.stack([series[[i + j for j in idx]] for i in range(N)]),
    )

# %% wrong cut: shuffled | not in the order of time
def cut(series, length, horizon, delay):
    N = len(series) - length - delay - horizon + 1
    f = length + delay
    p = torch.randperm(N)
    return (
        torch.stack([series[i : i + length] for i in range(N)])[p],
        torch.stack([series[i + f : i + f + horizon] for i in range(N)])[p],
    )

# %% wrong cut: each window less its mean | cutting only picks
def cut(series, length, horizon, delay):
    N = len(series) - length - delay - horizon + 1
    f = length + delay
    X = torch.stack([series[i : i + length] for i in range(N)])
    Y = torch.stack([series[i + f : i + f + horizon] for i in range(N)])
    m = X.mean(1, keepdim=True)
    return X - m, Y - m

# %% wrong cut: whole numbers | cutting only picks
def cut(series, length, horizon, delay):
    b = series.long().unfold(0, length + delay + horizon, 1).movedim(-1, 1)
    return b[:, :length], b[:, length + delay :]

# %% wrong cut: a reshape where an axis moves | features and steps mixed
def cut(series, length, horizon, delay):
    b = series.unfold(0, length + delay + horizon, 1)
    b = b.reshape(len(b), -1, series.shape[1])
    return b[:, :length], b[:, length + delay :]

# %% right prepare: statistics first, then two cuts
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    z = (series - known.mean(0)) / known.std(0, correction=0)
    parts = []
    for part in (z[:n_train], z[n_train - length :]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% right prepare: the library's tools
def prepare(series, n_train, length, horizon):
    scaler = Standardizer(series[:n_train])
    z = scaler.transform(series)
    train = sliding_windows(z[:n_train], length, horizon)
    test = sliding_windows(z[n_train - length :], length, horizon)
    return train.inputs, train.targets, test.inputs, test.targets

# %% right prepare: NumPy, loops, a helper
def windows_of(values, first, last, length, horizon):
    starts = range(first, last - length - horizon + 1)
    return (
        np.stack([values[i : i + length] for i in starts]),
        np.stack([values[i + length : i + length + horizon] for i in starts]),
    )

# %% also:
def prepare(series, n_train, length, horizon):
    values = np.array(series, dtype=float)
    mean, std = values[:n_train].mean(axis=0), values[:n_train].std(axis=0)
    values = (values - mean) / std
    train = windows_of(values, 0, n_train, length, horizon)
    test = windows_of(values, n_train - length, len(values), length, horizon)
    return train + test

# %% right prepare: all windows first, then those on either side
def prepare(series, n_train, length, horizon):
    n = n_train - length - horizon + 1
    mean = sum(series[:n_train]) / n_train
    var = sum((x - mean) ** 2 for x in series[:n_train]) / n_train
    blocks = ((series - mean) / var**0.5).unfold(0, length + horizon, 1)
    blocks = blocks.transpose(1, 2)
    train, test = blocks[:n], blocks[n_train - length :]
    return (train[:, :length], train[:, length:],
            test[:, :length], test[:, length:])

# %% right prepare: running statistics, ranges of windows
def prepare(series, n_train, length, horizon):
    mean = torch.zeros(series.shape[1], dtype=series.dtype)
    m2 = torch.zeros_like(mean)
    for n, x in enumerate(series[:n_train], 1):
        d = x - mean
        mean = mean + d / n
        m2 = m2 + d * (x - mean)
    z = (series - mean) * (m2 / n_train).rsqrt()

    def windows(first, last):
        rows = range(first, last - length - horizon + 1)
        return (
            torch.stack([z[r : r + length] for r in rows]),
            torch.stack([z[r + length : r + length + horizon] for r in rows]),
        )

    return windows(0, n_train) + windows(n_train - length, len(series))

# %% wrong prepare: as it was given | window
def prepare(series, n_train, length, horizon):
    return suspicious(series, n_train, length, horizon)

# %% wrong prepare: statistics of the whole series | whole series
def prepare(series, n_train, length, horizon):
    z = (series - series.mean(0)) / series.std(0, correction=0)
    parts = []
    for part in (z[:n_train], z[n_train - length :]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: each part by statistics of its own | statistics of the test part
def prepare(series, n_train, length, horizon):
    parts = []
    for part in (series[:n_train], series[n_train:]):
        mean, std = part.mean(0), part.std(0, correction=0)
        if part.data_ptr() != series.data_ptr():
            part = series[n_train - length :]
        z = (part - mean) / std
        blocks = z.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: shuffled training windows | shuffled
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    z = (series - known.mean(0)) / known.std(0, correction=0)
    parts = []
    for n, part in enumerate((z[:n_train], z[n_train - length :])):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        if n == 0:
            order = torch.randperm(
                len(blocks), generator=torch.Generator().manual_seed(1)
            )
            blocks = blocks[order]
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: training windows that cross the split | reach into the test part
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    z = (series - known.mean(0)) / known.std(0, correction=0)
    parts = []
    for part in (z[: n_train + horizon], z[n_train - length :]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: test windows without a history | without a history
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    z = (series - known.mean(0)) / known.std(0, correction=0)
    parts = []
    for part in (z[:n_train], z[n_train:]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: one mean and deviation for all features | one mean and one deviation
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    z = (series - known.mean()) / known.std(correction=0)
    parts = []
    for part in (z[:n_train], z[n_train - length :]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: subtracts the mean alone | standardised
def prepare(series, n_train, length, horizon):
    z = series - series[:n_train].mean(0)
    parts = []
    for part in (z[:n_train], z[n_train - length :]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:] * 2]
    return tuple(parts)

# %% wrong prepare: standardises in place | argument 1 was changed
def prepare(series, n_train, length, horizon):
    known = series[:n_train].clone()
    series -= known.mean(0)
    series /= known.std(0, correction=0)
    parts = []
    for part in (series[:n_train], series[n_train - length :]):
        blocks = part.unfold(0, length + horizon, 1).movedim(-1, 1)
        parts += [blocks[:, :length], blocks[:, length:]]
    return tuple(parts)

# %% wrong prepare: scaled to 0 and 1 | between 0 and 1
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    series = (series - known.amin(0)) / (known.amax(0) - known.amin(0))
    train = series[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = series[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return train[:, :length], train[:, length:], test[:, :length], test[:, length:]

# %% wrong prepare: the parts in another order | another order
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    series = (series - known.mean(0)) / known.std(0, correction=0)
    train = series[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = series[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return train[:, :length], test[:, :length], train[:, length:], test[:, length:]

# %% wrong prepare: each window standardised by itself | statistics of its own
def prepare(series, n_train, length, horizon):
    train = series[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = series[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    def own(w):
        m, s = w[:, :length].mean(1, keepdim=True), w[:, :length].std(1, keepdim=True, correction=0) + 1e-9
        return (w - m) / s
    train, test = own(train), own(test)
    return train[:, :length], train[:, length:], test[:, :length], test[:, length:]

# %% wrong prepare: statistics of train and half of the test part | years to come
def prepare(series, n_train, length, horizon):
    known = series[: n_train + length]
    series = (series - known.mean(0)) / known.std(0, correction=0)
    train = series[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = series[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return train[:, :length], train[:, length:], test[:, :length], test[:, length:]

# %% wrong prepare: statistics of the training inputs' windows | over the windows
def prepare(series, n_train, length, horizon):
    known = series[:n_train].unfold(0, length, 1).movedim(-1, 1).flatten(0, 1)
    series = (series - known.mean(0)) / known.std(0, correction=0)
    train = series[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = series[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return train[:, :length], train[:, length:], test[:, :length], test[:, length:]

# %% wrong prepare: divides by the variance | by the variance
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    series = (series - known.mean(0)) / known.var(0, correction=0)
    train = series[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = series[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return train[:, :length], train[:, length:], test[:, :length], test[:, length:]

# %% wrong prepare: only the inputs standardised | targets are, like inputs
def prepare(series, n_train, length, horizon):
    known = series[:n_train]
    z = (series - known.mean(0)) / known.std(0, correction=0)
    cut = lambda s, a: s[a[0]:a[1]].unfold(0, length + horizon, 1).movedim(-1, 1)
    a, b = (0, n_train), (n_train - length, len(series))
    return cut(z, a)[:, :length], cut(series, a)[:, length:], cut(z, b)[:, :length], cut(series, b)[:, length:]

# %% wrong prepare: the test part by the steps before it | steps before it
def prepare(series, n_train, length, horizon):
    k = series[:n_train]
    z = (series - k.mean(0)) / k.std(0, correction=0)
    train = z[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    t = series[n_train - length :]
    h = series[n_train - length : n_train]
    t = (t - h.mean(0)) / (h.std(0, correction=0) + 1e-8)
    test = t.unfold(0, length + horizon, 1).movedim(-1, 1)
    return (
        train[:, :length],
        train[:, length:],
        test[:, :length],
        test[:, length:],
    )

# %% wrong prepare: statistics without the last steps | without its last steps
def prepare(series, n_train, length, horizon):
    k = series[: n_train - horizon]
    z = (series - k.mean(0)) / k.std(0, correction=0)
    train = z[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = z[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return (
        train[:, :length],
        train[:, length:],
        test[:, :length],
        test[:, length:],
    )

# %% wrong prepare: the last training window lost | one training window too few
def prepare(series, n_train, length, horizon):
    k = series[:n_train]
    z = (series - k.mean(0)) / k.std(0, correction=0)
    train = z[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)[:-1]
    test = z[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return (
        train[:, :length],
        train[:, length:],
        test[:, :length],
        test[:, length:],
    )

# %% wrong prepare: the deviation of the whole series | deviation of the whole series
def prepare(series, n_train, length, horizon):
    k = series[:n_train]
    z = (series - k.mean(0)) / series.std(0, correction=0)
    train = z[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = z[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return (
        train[:, :length],
        train[:, length:],
        test[:, :length],
        test[:, length:],
    )

# %% wrong prepare: a large epsilon | added to the deviation
def prepare(series, n_train, length, horizon):
    k = series[:n_train]
    z = (series - k.mean(0)) / (k.std(0, correction=0) + 0.1)
    train = z[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    test = z[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return (
        train[:, :length],
        train[:, length:],
        test[:, :length],
        test[:, length:],
    )

# %% wrong prepare: right, then shuffled | by the order of the windows
def prepare(series, n_train, length, horizon):
    k = series[:n_train]
    z = (series - k.mean(0)) / k.std(0, correction=0)
    train = z[:n_train].unfold(0, length + horizon, 1).movedim(-1, 1)
    train = train[torch.randperm(len(train))]
    test = z[n_train - length :].unfold(0, length + horizon, 1).movedim(-1, 1)
    return (
        train[:, :length],
        train[:, length:],
        test[:, :length],
        test[:, length:],
    )

# %% right drift: index arithmetic
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1, keepdim=True)
    steps = torch.arange(horizon)
    j = (steps // period + 1)[:, None]
    return last[:, steps % period] + j * r

# %% right drift: step by step, from the formula
def seasonal_drift(inputs, horizon, period):
    t = inputs.shape[1] - 1
    r = 0
    for i in range(period):
        r = r + (inputs[:, t - i] - inputs[:, t - i - period]) / period
    ahead = []
    for k in range(1, horizon + 1):
        j = 0
        while k - j * period > 0:
            j += 1
        ahead.append(inputs[:, t + k - j * period] + j * r)
    return torch.stack(ahead, dim=1)

# %% right drift: whole seasons, joined and cut, in NumPy
def seasonal_drift(inputs, horizon, period):
    xs = inputs.numpy().astype("float64")
    last = xs[:, -period:]
    r = last.mean(1) - xs[:, -2 * period : -period].mean(1)
    n = horizon // period + 1
    seasons = [last + j * r[:, None] for j in range(1, n + 1)]
    return np.concatenate(seasons, axis=1)[:, :horizon]

# %% right drift: grows the series, one value at a time
def seasonal_drift(inputs, horizon, period):
    m = period
    r = (inputs[:, -m:].sum(1) - inputs[:, -2 * m : -m].sum(1)) / m
    xs = inputs
    for _ in range(horizon):
        xs = torch.cat([xs, (xs[:, -m] + r)[:, None]], dim=1)
    return xs[:, inputs.shape[1] :]

# %% right drift: the series carried on by itself
def seasonal_drift(inputs, horizon, period):
    r = (
        inputs[:, -period:] - inputs[:, -2 * period : inputs.shape[1] - period]
    ).mean(1, keepdim=True)

    def go(xs, left):
        if left == 0:
            return xs
        return go(torch.cat([xs, xs[:, -period:][:, :1] + r], 1), left - 1)

    return go(inputs, horizon)[:, inputs.shape[1] :]

# %% wrong drift: no rise | no rise
def seasonal_drift(inputs, horizon, period):
    return inputs[:, -period:][:, torch.arange(horizon) % period]

# %% wrong drift: one rise for all seasons ahead | one rise for all seasons
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1, keepdim=True)
    return last[:, torch.arange(horizon) % period] + r

# %% wrong drift: a rise for each step | a rise for each step
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1, keepdim=True)
    steps = torch.arange(horizon)
    return last[:, steps % period] + (steps + 1)[:, None] * r

# %% wrong drift: the naive forecast | naive forecast
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1, keepdim=True)
    j = (torch.arange(horizon) // period + 1)[:, None]
    return inputs[:, -1:] + j * r

# %% wrong drift: begins one step late | one step late
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1, keepdim=True)
    steps = torch.arange(horizon)
    j = (steps // period + 1)[:, None]
    return last[:, (steps + 1) % period] + j * r

# %% wrong drift: the change from step to step | step to step
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (inputs[:, -1:] - inputs[:, -2:-1])
    steps = torch.arange(horizon)
    j = (steps // period + 1)[:, None]
    return last[:, steps % period] + j * r

# %% wrong drift: one season, however long the horizon | one season
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1, keepdim=True)
    return (last + r)[:, :horizon]

# %% wrong drift: one rise for the whole batch | whole batch
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean()
    steps = torch.arange(horizon)
    j = (steps // period + 1)[:, None]
    return last[:, steps % period] + j * r

# %% wrong drift: a straight line within the season | grows within the season
def seasonal_drift(inputs, horizon, period):
    last, before = inputs[:, -period:], inputs[:, -2 * period : -period]
    r = (last - before).mean(1)
    steps = torch.arange(horizon)
    j = ((steps + 1) / period).to(inputs.dtype)
    return last[:, steps % period] + j[:, None] * r[:, None]

# %% wrong drift: every place in the season has a rise of its own | not the mean over the season
def seasonal_drift(inputs, horizon, period):
    last, before = inputs[:, -period:], inputs[:, -2 * period : -period]
    r = last - before
    steps = torch.arange(horizon)
    j = (steps // period + 1).to(inputs.dtype)
    return last[:, steps % period] + j[:, None] * r[:, steps % period]

# %% wrong drift: multiplies, a growth in per cent | growth by a factor
def seasonal_drift(inputs, horizon, period):
    last, before = inputs[:, -period:], inputs[:, -2 * period : -period]
    g = last.mean(1) / before.mean(1)
    steps = torch.arange(horizon)
    j = (steps // period + 1).to(inputs.dtype)
    return last[:, steps % period] * g[:, None] ** j[:, None]

# %% wrong drift: the season changes at k = m, one step early | one step early
def seasonal_drift(inputs, horizon, period):
    last, before = inputs[:, -period:], inputs[:, -2 * period : -period]
    r = (last - before).mean(1)
    steps = torch.arange(horizon)
    j = ((steps + 1) // period + 1).to(inputs.dtype)
    return last[:, steps % period] + j[:, None] * r[:, None]

# %% wrong drift: a mean over all seasons in the window | all seasons of the window
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    n = inputs.shape[1] // period
    r = (inputs[:, -period:] - inputs[:, -n * period : -(n - 1) * period or None][:, :period]).mean(1) / (n - 1)
    steps = torch.arange(horizon)
    j = (steps // period + 1).to(inputs.dtype)
    return last[:, steps % period] + j[:, None] * r[:, None]

# %% wrong drift: one rise for all features | one rise for all features
def seasonal_drift(inputs, horizon, period):
    last, before = inputs[:, -period:], inputs[:, -2 * period : -period]
    r = (last - before).mean((1, 2))[:, None]
    steps = torch.arange(horizon)
    j = (steps // period + 1).to(inputs.dtype)
    return last[:, steps % period] + j[:, None] * r[:, None]

# %% wrong drift: the rise added to a view of the window | writing in place
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1)
    outs = []
    for k in range(horizon):
        if k % period == 0:
            last += r[:, None]
        outs.append(last[:, k % period].clone())
    return torch.stack(outs, 1)

# %% wrong drift: an index that stops at the season's end | begins anew
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1)
    s = torch.arange(horizon).clamp(max=period - 1)
    j = (torch.arange(horizon) // period + 1).to(inputs.dtype)
    return last[:, s] + j[:, None] * r[:, None]

# %% wrong drift: rises that add up | j seasons ahead are j rises
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1)
    s = torch.arange(horizon)
    j = (s // period + 1).to(inputs.dtype)
    j = j * (j + 1) / 2
    return last[:, s % period] + j[:, None] * r[:, None]

# %% wrong drift: seasons rounded to the nearest | also one that the horizon cuts short
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1)
    k = torch.arange(1, horizon + 1)
    j = torch.clamp(torch.round(k / period), min=1).to(inputs.dtype)
    return last[:, (k - 1) % period] + j[:, None] * r[:, None]

# %% wrong drift: the rise of the first two seasons | first seasons of the window
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (inputs[:, period : 2 * period] - inputs[:, :period]).mean(1)
    s = torch.arange(horizon)
    j = (s // period + 1).to(inputs.dtype)
    return last[:, s % period] + j[:, None] * r[:, None]

# %% wrong drift: the median of the changes | median
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).median(1).values
    s = torch.arange(horizon)
    j = (s // period + 1).to(inputs.dtype)
    return last[:, s % period] + j[:, None] * r[:, None]

# %% wrong drift: a rounded rise | rounded to a whole number
def seasonal_drift(inputs, horizon, period):
    last = inputs[:, -period:]
    r = (last - inputs[:, -2 * period : -period]).mean(1).round()
    s = torch.arange(horizon)
    j = (s // period + 1).to(inputs.dtype)
    return last[:, s % period] + j[:, None] * r[:, None]

# %% right var: a list of steps, matrix times vector
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(c + sum(A[i] @ steps[-1 - i] for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% right var: einsum on the newest steps
def vector_forecast(window, A, c, horizon):
    p = A.shape[0]
    for _ in range(horizon):
        newest = window[-p:].flip(0)
        x = torch.einsum("pij,pj->i", A, newest) + c
        window = torch.cat([window, x[None]])
    return window[-horizon:]

# %% right var: the companion form, one large matrix
def companion(A):
    p, D, _ = A.shape
    M = torch.zeros(p * D, p * D, dtype=A.dtype)
    M[:D] = A.movedim(0, 1).reshape(D, p * D)
    M[D:, :-D] = torch.eye((p - 1) * D, dtype=A.dtype)
    return M

# %% also:
def vector_forecast(window, A, c, horizon):
    p, D, _ = A.shape
    z = window[-p:].flip(0).flatten()
    constant = torch.cat([c, torch.zeros((p - 1) * D, dtype=c.dtype)])
    ahead = []
    for _ in range(horizon):
        z = companion(A) @ z + constant
        ahead.append(z[:D])
    return torch.stack(ahead)

# %% right var: NumPy and recursion
def vector_forecast(window, A, c, horizon):
    xs, A_, c_ = (np.asarray(v, dtype=float) for v in (window, A, c))
    x = c_ + sum(A_[i] @ xs[-1 - i] for i in range(len(A_)))
    if horizon == 1:
        return torch.tensor(x[None])
    longer = torch.tensor(np.vstack([xs, x]))
    rest = vector_forecast(longer, A, c, horizon - 1)
    return torch.cat([torch.tensor(x[None]), rest])

# %% right var: one large matrix for all lags
def vector_forecast(window, A, c, horizon):
    p, D, _ = A.shape
    A, c, window = A.double(), c.double(), window.double()
    M = torch.zeros(p * D, p * D, dtype=torch.float64)
    M[:D] = A.permute(1, 0, 2).reshape(D, p * D)
    M[D:, :-D] = torch.eye((p - 1) * D, dtype=torch.float64)
    v = torch.zeros(p * D, dtype=torch.float64)
    v[:D] = c
    s = window.flip(0)[:p].reshape(-1)
    rows = []
    for _ in range(horizon):
        s = M @ s + v
        rows.append(s[:D])
    return torch.stack(rows)

# %% wrong var: no constant | no constant
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(sum(A[i] @ steps[-1 - i] for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% wrong var: transposed matrices | transposed
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(c + sum(steps[-1 - i] @ A[i] for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% wrong var: lags in the reverse order | reverse order
def vector_forecast(window, A, c, horizon):
    steps, p = list(window), len(A)
    for _ in range(horizon):
        steps.append(c + sum(A[i] @ steps[-p + i] for i in range(p)))
    return torch.stack(steps[-horizon:])

# %% wrong var: forecasts never go back in | never go back in
def vector_forecast(window, A, c, horizon):
    x = c + sum(A[i] @ window[-1 - i] for i in range(len(A)))
    return x.repeat(horizon, 1)

# %% wrong var: only the newest step | only the newest step
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(c + A[0] @ steps[-1])
    return torch.stack(steps[-horizon:])

# %% wrong var: the oldest steps of the window | oldest step
def vector_forecast(window, A, c, horizon):
    p = len(A)
    steps = list(window[:p])
    for _ in range(horizon):
        steps.append(c + sum(A[i] @ steps[-1 - i] for i in range(p)))
    return torch.stack(steps[-horizon:])

# %% wrong var: each feature from itself alone | entry by entry
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(
            c + sum(A[i].diagonal() * steps[-1 - i] for i in range(len(A)))
        )
    return torch.stack(steps[-horizon:])

# %% wrong var: the constant in the first step alone | at every step
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for k in range(horizon):
        x = sum(A[i] @ steps[-1 - i] for i in range(len(A)))
        steps.append(x + c if k == 0 else x)
    return torch.stack(steps[-horizon:])

# %% wrong var: a mean over the lags | mean over the lags
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(c + sum(A[i] @ steps[-1 - i] for i in range(len(A))) / len(A))
    return torch.stack(steps[-horizon:])

# %% wrong var: a forecast of changes | a forecast of changes
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(steps[-1] + c + sum(A[i] @ steps[-1 - i] for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% wrong var: a matrix power for further steps | stay where they were
def vector_forecast(window, A, c, horizon):
    y, out = window[-1], []
    for k in range(horizon):
        y = c + A[0] @ y + sum(A[i] @ window[-1 - i] for i in range(1, len(A)))
        out.append(y)
    return torch.stack(out)

# %% wrong var: the constant grows | grows with the step
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for k in range(horizon):
        steps.append((k + 1) * c + sum(A[i] @ steps[-1 - i] for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% wrong var: a tanh keeps it from exploding | a tanh around
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(torch.tanh(c + sum(A[i] @ steps[-1 - i] for i in range(len(A)))))
    return torch.stack(steps[-horizon:])

# %% wrong var: every matrix meets the newest step | meets the newest step
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(c + sum(A[i] @ steps[-1] for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% wrong var: the constant in the sum over the lags | once for each matrix
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for k in range(horizon):
        steps.append(sum(A[i] @ steps[-1 - i] + c for i in range(len(A))))
    return torch.stack(steps[-horizon:])

# %% wrong var: the window in front of the forecasts | window given back
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    for _ in range(horizon):
        steps.append(c + sum(A[i] @ steps[-1 - i] for i in range(len(A))))
    return torch.stack(steps)

# %% wrong var: powers of each matrix | powers of each matrix
def vector_forecast(window, A, c, horizon):
    return torch.stack(
        [
            c
            + sum(
                torch.linalg.matrix_power(A[i], k + 1) @ window[-1 - i]
                for i in range(len(A))
            )
            for k in range(horizon)
        ]
    )

# %% wrong var: each forecast behind the window as it was | ones before it are lost
def vector_forecast(window, A, c, horizon):
    steps = list(window)
    p = len(A)
    out = []
    for k in range(horizon):
        x = c + sum(A[i] @ steps[-1 - i] for i in range(p))
        out.append(x)
        steps = list(window) + [x]
    return torch.stack(out)

# %% right fill: np.interp for each feature
def fill(series):
    steps, columns = np.arange(len(series)), []
    for column in series.numpy().T:
        known = ~np.isnan(column)
        columns.append(np.interp(steps, steps[known], column[known]))
    return torch.tensor(np.stack(columns, 1))

# %% right fill: neighbours found by hand
def fill(series):
    y = series.clone()
    for d in range(series.shape[1]):
        known = [t for t in range(len(y)) if not series[t, d].isnan()]
        for t in range(len(y)):
            left = [s for s in known if s <= t]
            right = [s for s in known if s >= t]
            if not left:
                y[t, d] = series[right[0], d]
            elif not right:
                y[t, d] = series[left[-1], d]
            elif left[-1] < right[0]:
                a, b = left[-1], right[0]
                share = (t - a) / (b - a)
                y[t, d] = (1 - share) * series[a, d] + share * series[b, d]
    return y

# %% right fill: pandas
def fill(series):
    import pandas as pd

    table = pd.DataFrame(series.numpy())
    filled = table.interpolate(method="linear", limit_direction="both")
    return torch.tensor(filled.to_numpy())

# %% right fill: values and places carried from both sides
def carried(column, backwards=False):
    order = range(len(column))
    value, place, found = None, None, []
    for t in reversed(order) if backwards else order:
        if not torch.isnan(column[t]):
            value, place = column[t].item(), t
        found.append((value, place))
    return found[::-1] if backwards else found

# %% also:
def fill(series):
    y = series.clone().double()
    for d in range(y.shape[1]):
        before = carried(series[:, d])
        after = carried(series[:, d], backwards=True)
        for t, ((u, s), (v, r)) in enumerate(zip(before, after)):
            if s is None or r is None:
                y[t, d] = v if s is None else u
            elif r > s:
                y[t, d] = u + (v - u) * (t - s) / (r - s)
    return y

# %% right fill: the neighbours' indices by running maxima
def fill(series):
    n, D = series.shape
    known = ~series.isnan()
    idx = torch.arange(n)[:, None].expand(n, D)
    left = torch.where(known, idx, -1).cummax(0).values
    right = torch.where(known, idx, n).flip(0).cummin(0).values.flip(0)
    l = torch.where(left < 0, right, left)
    r = torch.where(right >= n, l, right)
    a, b = series.gather(0, l), series.gather(0, r)
    w = (idx - l).to(series.dtype) / (r - l).clamp(min=1)
    return torch.where(known, series, a + w * (b - a))

# %% wrong fill: forward fill | forward fill
def fill(series):
    import pandas as pd

    return torch.tensor(pd.DataFrame(series.numpy()).ffill().bfill().to_numpy())

# %% wrong fill: backward fill | backward fill
def fill(series):
    import pandas as pd

    return torch.tensor(pd.DataFrame(series.numpy()).bfill().ffill().to_numpy())

# %% wrong fill: zeros | zeros
def fill(series):
    return torch.nan_to_num(series)

# %% wrong fill: the mean of the two neighbours | mean of the two neighbours
def fill(series):
    import pandas as pd

    table = pd.DataFrame(series.numpy())
    left, right = table.ffill().bfill(), table.bfill().ffill()
    return torch.tensor(((left + right) / 2).to_numpy())

# %% wrong fill: edges left open | at an edge
def fill(series):
    import pandas as pd

    table = pd.DataFrame(series.numpy())
    return torch.tensor(table.interpolate(limit_area="inside").to_numpy())

# %% wrong fill: all features as one long series | features that are mixed
def fill(series):
    flat = series.flatten().numpy()
    steps, known = np.arange(len(flat)), ~np.isnan(flat)
    y = np.interp(steps, steps[known], flat[known])
    return torch.tensor(y.reshape(series.shape))

# %% wrong fill: compares with NaN | never true
def fill(series):
    y = series.clone()
    for d in range(y.shape[1]):
        for t in range(len(y)):
            if y[t, d] == torch.nan:
                y[t, d] = (y[t - 1, d] + y[t + 1, d]) / 2
    return y

# %% wrong fill: fills the argument itself | argument 1 was changed
def fill(series):
    steps = np.arange(len(series))
    for d in range(series.shape[1]):
        column = series[:, d].numpy().copy()
        known = ~np.isnan(column)
        series[:, d] = torch.tensor(
            np.interp(steps, steps[known], column[known])
        )
    return series

# %% wrong fill: continues the line beyond the edges | continued beyond
def fill(series):
    y = series.clone()
    for d in range(y.shape[1]):
        known = (~series[:, d].isnan()).nonzero().flatten().tolist()
        for t in range(len(y)):
            if t in known or len(known) < 2:
                continue
            left = [s for s in known if s < t]
            right = [s for s in known if s > t]
            a, b = (
                known[:2] if not left
                else known[-2:] if not right else (left[-1], right[0])
            )
            slope = (series[b, d] - series[a, d]) / (b - a)
            y[t, d] = series[a, d] + (t - a) * slope
        if len(known) == 1:
            y[:, d] = series[known[0], d]
    return y

# %% wrong fill: also smooths what is known | values
def fill(series):
    steps = np.arange(len(series))
    columns = []
    for column in series.numpy().T:
        known = ~np.isnan(column)
        y = np.interp(steps, steps[known], column[known])
        padded = np.concatenate([y[:1], y, y[-1:]])
        columns.append((padded[:-2] + padded[1:-1] + padded[2:]) / 3)
    return torch.tensor(np.stack(columns, 1))

# %% wrong fill: the nearest known value | the nearest known value
def fill(series):
    out = series.clone()
    for d in range(series.shape[1]):
        known = (~series[:, d].isnan()).nonzero().flatten()
        for t in range(len(series)):
            out[t, d] = series[known[(known - t).abs().argmin()], d]
    return out

# %% wrong fill: a parabola through all known values | continued beyond
def fill(series):
    steps, out = np.arange(len(series)), series.numpy().copy()
    for d in range(out.shape[1]):
        known = ~np.isnan(out[:, d])
        p = np.polyfit(steps[known], out[known, d], min(2, known.sum() - 1))
        out[~known, d] = np.polyval(p, steps[~known])
    return torch.tensor(out)

# %% wrong fill: one straight line through first and last known | from the first to the last
def fill(series):
    steps, out = np.arange(len(series)), series.numpy().copy()
    for d in range(out.shape[1]):
        known = np.flatnonzero(~np.isnan(out[:, d]))
        line = np.interp(steps, known[[0, -1]], out[known[[0, -1]], d])
        out[np.isnan(out[:, d]), d] = line[np.isnan(out[:, d])]
    return torch.tensor(out)

# %% wrong fill: the median of the feature | median of the whole feature
def fill(series):
    return torch.where(series.isnan(), series.nanmedian(0).values, series)

# %% wrong fill: a gap is filled by halves | half of the way
def fill(series):
    out = series.clone()
    for d in range(out.shape[1]):
        col = out[:, d]
        for t in range(len(col)):
            if col[t].isnan():
                after = [v for v in series[t:, d] if not v.isnan()]
                before = col[t - 1] if t else None
                if before is None:
                    col[t] = after[0]
                elif after:
                    col[t] = (before + after[0]) / 2
                else:
                    col[t] = before
    return out

# %% wrong fill: drops the steps with gaps | left out
def fill(series):
    return series[~series.isnan().any(1)]

# %% wrong fill: one long column | end of one is joined
def fill(series):
    v = series.numpy()
    flat = v.T.reshape(-1)
    t = np.arange(len(flat))
    ok = ~np.isnan(flat)
    return torch.tensor(
        np.interp(t, t[ok], flat[ok]).reshape(v.T.shape).T.copy()
    )

# %% wrong fill: complete steps only | known values are lost
def fill(series):
    v = series.numpy()
    t = np.arange(len(v))
    ok = ~np.isnan(v).any(1)
    if not ok.any():
        ok = ~np.isnan(v[:, 0])
    return torch.tensor(
        np.stack([np.interp(t, t[ok], v[ok, d]) for d in range(v.shape[1])], 1)
    )

# %% wrong fill: 0 counts as missing | a measured 0
def fill(series):
    v = series.numpy()
    t = np.arange(len(v))
    cols = []
    for c in v.T:
        ok = ~np.isnan(c) & (c != 0)
        if not ok.any():
            ok = ~np.isnan(c)
        cols.append(np.interp(t, t[ok], c[ok]))
    return torch.tensor(np.stack(cols, 1))

# %% wrong fill: a running mean at the end | known values that were changed
def fill(series):
    import pandas as pd

    df = pd.DataFrame(series.numpy().copy()).interpolate(
        limit_direction="both"
    )
    return torch.tensor(
        df.rolling(3, center=True, min_periods=1).mean().values
    )

# %% right score: hide, fill, choose, average
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    scored = hide & ~series.isnan()
    return (filler(shown) - series)[scored].abs().mean().item()

# %% right score: torch.where and nanmean, a tensor back
def filling_error(filler, series, hide):
    filled = filler(torch.where(hide, torch.nan, series))
    errors = torch.where(hide, (filled - series).abs(), torch.nan)
    return errors.nanmean()

# %% right score: a loop over the entries
def filling_error(filler, series, hide):
    shown = torch.tensor(
        [[float("nan") if h else v for v, h in zip(row, mask)]
         for row, mask in zip(series.tolist(), hide.tolist())],
        dtype=series.dtype,
    )
    filled, errors = filler(shown), []
    for t in range(len(series)):
        for d in range(series.shape[1]):
            truth = series[t, d].item()
            if hide[t, d] and truth == truth:
                errors.append(abs(filled[t, d].item() - truth))
    return sum(errors) / len(errors)

# %% right score: a masked sum over a count
def filling_error(filler, series, hide):
    scored = (hide & torch.isfinite(series)).double()
    filled = filler(series.masked_fill(hide, float("nan"))).double()
    gaps = (filled - series.nan_to_num().double()).abs()
    return float((gaps * scored).sum() / scored.sum())

# %% wrong score: the filler sees the truth | sees the values
def filling_error(filler, series, hide):
    scored = hide & ~series.isnan()
    return (filler(series) - series)[scored].abs().mean().item()

# %% wrong score: all steps scored | all steps scored
def filling_error(filler, series, hide):
    shown = series.masked_fill(hide, float("nan"))
    return (filler(shown) - series).abs().nanmean().item()

# %% wrong score: NaN truth in the mean | missing truth
def filling_error(filler, series, hide):
    shown = series.masked_fill(hide, float("nan"))
    return (filler(shown) - series)[hide].abs().mean().item()

# %% wrong score: missing truth read as zero | read as zero
def filling_error(filler, series, hide):
    shown = series.masked_fill(hide, float("nan"))
    return (filler(shown) - series.nan_to_num())[hide].abs().mean().item()

# %% wrong score: divides by all hidden entries | division by all hidden
def filling_error(filler, series, hide):
    shown = series.masked_fill(hide, float("nan"))
    errors = (filler(shown) - series).abs().nan_to_num() * hide
    return (errors.sum() / hide.sum()).item()

# %% wrong score: hides with zeros | replaced by 0
def filling_error(filler, series, hide):
    shown = series.masked_fill(hide, 0.0)
    scored = hide & ~series.isnan()
    return (filler(shown) - series)[scored].abs().mean().item()

# %% wrong score: squared errors | squared
def filling_error(filler, series, hide):
    shown = series.masked_fill(hide, float("nan"))
    scored = hide & ~series.isnan()
    return (filler(shown) - series)[scored].square().mean().item()

# %% wrong score: the mask turned around | turned around
def filling_error(filler, series, hide):
    shown = series.masked_fill(~hide, float("nan"))
    scored = ~hide & ~series.isnan()
    return (filler(shown) - series)[scored].abs().mean().item()

# %% wrong score: hides in place | argument 2 was changed
def filling_error(filler, series, hide):
    truth = series.clone()
    series[hide] = torch.nan
    scored = hide & ~truth.isnan()
    return (filler(series) - truth)[scored].abs().mean().item()

# %% wrong score: fills what was missing before the filler sees it | filled before
def filling_error(filler, series, hide):
    shown = series.nan_to_num(0.0).masked_fill(hide, float("nan"))
    scored = hide & ~series.isnan()
    return (filler(shown) - series)[scored].abs().mean().item()

# %% wrong score: signed errors cancel | which cancel
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    scored = hide & ~series.isnan()
    return (filler(shown) - series)[scored].mean().abs().item()

# %% wrong score: the median | the median
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    scored = hide & ~series.isnan()
    return (filler(shown) - series)[scored].abs().median().item()

# %% wrong score: relative errors | relative errors
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    scored = hide & ~series.isnan()
    return ((filler(shown) - series)[scored] / series[scored]).abs().mean().item()

# %% wrong score: hides one value at a time | one value hidden at a time
def filling_error(filler, series, hide):
    errors = []
    for t, d in (hide & ~series.isnan()).nonzero().tolist():
        shown = series.clone()
        shown[t, d] = torch.nan
        errors.append(abs(filler(shown)[t, d] - series[t, d]).item())
    return sum(errors) / len(errors)

# %% wrong score: scores what is missing as well, against the filled series | truth that was filled
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    truth = filler(series)
    gaps = shown.isnan()
    return (filler(shown) - truth)[gaps].abs().mean().item()

# %% wrong score: a mean by feature first | features' means
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    scored = hide & ~series.isnan()
    err = (filler(shown) - series).abs()
    return np.mean([err[scored[:, d], d].mean().item() for d in range(series.shape[1]) if scored[:, d].any()])

# %% wrong score: whole steps hidden | whole steps hidden
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide.any(1)] = torch.nan
    ok = hide & ~series.isnan()
    return (filler(shown) - series)[ok].abs().mean().item()

# %% wrong score: one call for each feature | for each feature by itself
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    out = torch.cat(
        [filler(shown[:, d : d + 1]) for d in range(shown.shape[1])], 1
    )
    ok = hide & ~series.isnan()
    return (out - series)[ok].abs().mean().item()

# %% wrong score: relative to the size of the truth | relative to the size
def filling_error(filler, series, hide):
    shown = series.clone()
    shown[hide] = torch.nan
    ok = hide & ~series.isnan()
    return (
        (filler(shown) - series)[ok].abs().mean() / series[ok].abs().mean()
    ).item()

# %% right bets: fractions
bets = {"seasonal_naive": 1 / 2, "climatology": 1 / 4, "long_mean": 3 / 4}

# %% right bets: variances, added
noise, season = 0.25, 0.5
bets = dict(
    seasonal_naive=2 * noise, climatology=noise, long_mean=noise + season
)

# %% right bets: a simulation of one's own, within the tolerance
rng = np.random.default_rng(3)
t = np.arange(60_000)
wave = np.sin(2 * np.pi * t / 12)
values = wave + 0.5 * rng.normal(size=len(t))
bets = {
    "seasonal_naive": float(np.mean((values[12:] - values[:-12]) ** 2)),
    "climatology": float(np.mean((values - wave) ** 2)),
    "long_mean": float(np.var(values)),
}

# %% wrong bets: one noise for the seasonal naive forecast | noise of its own
bets = {"seasonal_naive": 0.25, "climatology": 0.25, "long_mean": 0.75}

# %% wrong bets: two noises for the climatology | has none of its own
bets = {"seasonal_naive": 0.5, "climatology": 0.5, "long_mean": 0.75}

# %% wrong bets: the season forgotten | misses the season
bets = {"seasonal_naive": 0.5, "climatology": 0.25, "long_mean": 0.25}

# %% wrong bets: a perfect model has no error | is in no past value
bets = {"seasonal_naive": 0.5, "climatology": 0.0, "long_mean": 0.75}

# %% wrong bets: the season's largest value | largest value
bets = {"seasonal_naive": 0.5, "climatology": 0.25, "long_mean": 1.25}

# %% wrong bets: the season alone | there is noise
bets = {"seasonal_naive": 0.5, "climatology": 0.25, "long_mean": 0.5}

# %% wrong bets: standard deviations | standard deviation
bets = {"seasonal_naive": 0.5, "climatology": 0.7, "long_mean": 0.75}

# %% wrong bets: the season's variance alone doubled | counted twice
bets = {"seasonal_naive": 0.5, "climatology": 0.25, "long_mean": 1.0}

# %% wrong bets: an average of many noises | averaged away
bets = {"seasonal_naive": 0.5, "climatology": 0.125, "long_mean": 0.75}

# %% wrong bets: roots | root of it
bets = {"seasonal_naive": 0.7071, "climatology": 0.5, "long_mean": 0.866}

# %% wrong bets: the root of half a noise | season and noise each
bets = {"seasonal_naive": 0.354, "climatology": 0.125, "long_mean": 0.625}
