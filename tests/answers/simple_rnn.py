# Answers to solutions/06-simple-rnn; course_lib/grading/trials.py reads them.

# %% right warm: one loop over warming and window
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, :1].expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% right warm: two loops, series by series
def state_after(xs, h, W_x, W_h, b):
    for x in xs:
        h = torch.tanh(W_x @ x + W_h @ h + b)
    return h

# %% also:
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    forecasts = []
    for series in xs:
        h = torch.zeros(len(b), dtype=xs.dtype)
        h = state_after([series[0]] * n_warm, h, W_x, W_h, b)
        h = state_after(series, h, W_x, W_h, b)
        forecasts.append((V @ h + c).unsqueeze(0))
    return torch.stack(forecasts)

# %% right warm: torch.nn.RNN with copied weights, in float64
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    H, D = W_x.shape
    layer = nn.RNN(D, H, batch_first=True).double()
    layer.load_state_dict({
        "weight_ih_l0": W_x, "weight_hh_l0": W_h, "bias_ih_l0": b,
        "bias_hh_l0": torch.zeros_like(b),
    })
    with torch.no_grad():
        warm = xs[:, [0] * n_warm + list(range(xs.shape[1]))].double()
        hs, _ = layer(warm)
    return hs[:, -1:] @ V.double().T + c.double()

# %% right warm: NumPy and einsum, with a print
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    xs, W_x, W_h, b, V, c = (np.asarray(a) for a in (xs, W_x, W_h, b, V, c))
    h = np.zeros((xs.shape[0], W_h.shape[0]))
    order = np.concatenate([np.zeros(n_warm, int), np.arange(xs.shape[1])])
    for t in order:
        h = np.tanh(
            np.einsum("bd,hd->bh", xs[:, t], W_x)
            + np.einsum("bj,hj->bh", h, W_h) + b
        )
    print("steps:", len(order))
    return np.einsum("bh,oh->bo", h, V)[:, None, :] + c

# %% right warm: the library's cell and a projected input, float32
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    H, D = W_x.shape
    layer = Recurrent(RNNCell(D, H))
    with torch.no_grad():
        layer.cell.x_to_gates.weight.copy_(W_x)
        layer.cell.x_to_gates.bias.copy_(b)
        layer.cell.h_to_gates.weight.copy_(W_h)
        state = None
        if n_warm:
            _, state = layer(xs[:, :1].float().repeat(1, n_warm, 1))
        hs, _ = layer(xs.float(), state)
        return (hs[:, -1] @ V.float().T + c.float()).unsqueeze(1)

# %% right warm: the state by recursion, einsum
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    def state(t, k):
        if k == 0:
            h = torch.zeros(xs.shape[0], W_h.shape[0], dtype=xs.dtype)
        else:
            h = state(0, k - 1) if t == 0 else state(t - 1, k - 1)
        return torch.tanh(
            torch.einsum("bd,hd->bh", xs[:, t], W_x)
            + torch.einsum("bh,gh->bg", h, W_h)
            + b
        )

    T = xs.size(1)
    h = state(T - 1, T - 1 + n_warm)
    return torch.einsum("bh,oh->bo", h, V).add(c).unsqueeze(1)

# %% right warm: series as columns, steps below zero
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    H = W_h.shape[0]
    h = W_h.new_zeros((H, len(xs)))
    for t in range(-n_warm, xs.shape[1]):
        x = xs[:, max(t, 0)].T
        h = torch.tanh(W_x @ x + W_h @ h + b[:, None])
    return torch.atleast_3d((V @ h + c[:, None]).T).transpose(1, 2)

# %% wrong warm: no warming | a start from zeros
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: the first step of the window counts as warming | once too few
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for _ in range(n_warm):
        h = torch.tanh(xs[:, 0] @ W_x.T + h @ W_h.T + b)
    for x in xs[:, 1 if n_warm else 0:].unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: warmed by the mean of the window | values that come later
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs.mean(1, keepdim=True).expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: warmed by the last value | not known at the start
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, -1:].expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: reads the whole window n_warm times more | reading the whole window
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for x in xs.repeat(1, n_warm + 1, 1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: warmed by the first n_warm steps | first steps of the window
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([xs[:, :n_warm], xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: one warm state for the whole batch | one start for the whole batch
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, :1].mean(0, keepdim=True).expand(len(xs), n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: a tanh around the forecast, too | the output is linear
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, :1].expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return torch.tanh(h @ V.T + c)[:, None]

# %% wrong warm: forecasts at every step | at every step
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h, hs = xs.new_zeros(len(xs), len(b)), []
    for x in [xs[:, 0]] * n_warm + list(xs.unbind(1)):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs[n_warm:], 1) @ V.T + c

# %% wrong warm: the mean state, not the last | the mean of all states
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h, hs = xs.new_zeros(len(xs), len(b)), []
    for x in [xs[:, 0]] * n_warm + list(xs.unbind(1)):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return (torch.stack(hs[n_warm:], 1).mean(1) @ V.T + c)[:, None]

# %% wrong warm: a transposed W_h | transposed
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, :1].expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: the bias twice | added twice
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, :1].expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([first, xs], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + b + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: warms behind the series | behind the series
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    first = xs[:, :1].expand(-1, n_warm, -1)
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([xs, first], dim=1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: the state that is kept on the function | left over from the call
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = getattr(warm_forecast, "h", None)
    if h is None or h.shape != (len(xs), len(b)):
        h = xs.new_zeros(len(xs), len(b))
        for _ in range(n_warm):
            h = torch.tanh(xs[:, 0] @ W_x.T + h @ W_h.T + b)
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    warm_forecast.h = h
    return (h @ V.T + c)[:, None]

# %% wrong warm: V left out where it fits | in place of the forecast
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for x in [xs[:, 0]] * n_warm + list(xs.unbind(1)):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return h[:, None]

# %% wrong warm: no bias while warming | no bias while warming
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for _ in range(n_warm):
        h = torch.tanh(xs[:, 0] @ W_x.T + h @ W_h.T)
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: a linear warming | without the tanh
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for _ in range(n_warm):
        h = xs[:, 0] @ W_x.T + h @ W_h.T + b
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: one step of warming at most | however large n_warm
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    if n_warm:
        h = torch.tanh(xs[:, 0] @ W_x.T + h @ W_h.T + b)
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None]

# %% wrong warm: the last value added to the forecast | last value added
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(len(xs), len(b))
    for x in torch.cat([xs[:, :1].expand(-1, n_warm, -1), xs], 1).unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[:, None] + xs[:, -1:, :1]

# %% wrong warm: a loop over axis 0 | steps read as series
def warm_forecast(xs, W_x, W_h, b, V, c, n_warm):
    h = xs.new_zeros(xs.shape[1], len(b))
    for x in xs:
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return (h @ V.T + c)[None]

# %% right window: backwards from V
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        c = c + v @ b
        v = v @ W_h
    return torch.stack(rows), c

# %% right window: powers of the matrix
def as_window(W_x, W_h, b, V, c, length):
    powers = [torch.linalg.matrix_power(W_h, k) for k in range(length)]
    A = torch.stack([V @ P @ W_x for P in reversed(powers)])
    return A, float(c + V @ sum(powers) @ b)

# %% right window: runs the network on single values of 1
def run(xs, W_x, W_h, b, V, c):
    h = torch.zeros_like(b)
    for x in xs:
        h = W_x @ x + W_h @ h + b
    return (V @ h + c).item()

# %% also:
def as_window(W_x, W_h, b, V, c, length):
    D = W_x.shape[1]
    a = run(W_x.new_zeros(length, D), W_x, W_h, b, V, c)
    A = W_x.new_zeros(length, D)
    for t in range(length):
        for d in range(D):
            xs = W_x.new_zeros(length, D)
            xs[t, d] = 1
            A[t, d] = run(xs, W_x, W_h, b, V, c) - a
    return A, a

# %% right window: the gradient by autograd, in float64
def as_window(W_x, W_h, b, V, c, length):
    W_x, W_h, b, V = (w.double() for w in (W_x, W_h, b, V))
    xs = torch.zeros(length, W_x.shape[1], requires_grad=True).double()
    xs.retain_grad()
    h = torch.zeros(len(b)).double()
    for x in xs:
        h = W_x @ x + W_h @ h + b
    y = V @ h + c
    y.backward()
    return xs.grad, y.detach()

# %% right window: NumPy, forwards
def as_window(W_x, W_h, b, V, c, length):
    W_x, W_h, b, V = (w.numpy() for w in (W_x, W_h, b, V))
    reach, constant = np.zeros((length, *W_x.shape)), np.zeros(len(b))
    for t in range(length):
        reach = np.einsum("ij,tjd->tid", W_h, reach)
        reach[t] = W_x
        constant = W_h @ constant + b
    return np.einsum("i,tid->td", V, reach), c + V @ constant

# %% right window: the gradient of the network
def as_window(W_x, W_h, b, V, c, length):
    xs = torch.zeros(length, W_x.shape[1], dtype=W_x.dtype, requires_grad=True)
    h = torch.zeros_like(b)
    for x in xs:
        h = W_x @ x + W_h @ h + b
    y = (V * h).sum() + c
    y.backward()
    return xs.grad, y.item()

# %% right window: all powers of W_h, einsum
def as_window(W_x, W_h, b, V, c, length):
    P = torch.stack(
        [torch.linalg.matrix_power(W_h, k) for k in range(length - 1, -1, -1)]
    )
    A = torch.einsum("h,khg,gd->kd", V, P, W_x)
    a = c + torch.einsum("h,khg,g->", V, P, b)
    return A, a

# %% wrong window: the newest step first | newest step first
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.append(v @ W_x)
        c = c + v @ b
        v = v @ W_h
    return torch.stack(rows), c

# %% wrong window: the newest value through W_h already | one step back too far
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        c = c + v @ b
        v = v @ W_h
        rows.insert(0, v @ W_x)
    return torch.stack(rows), c

# %% wrong window: entries to a power | powers of the entries
def as_window(W_x, W_h, b, V, c, length):
    A = torch.stack([V @ W_h**k @ W_x for k in reversed(range(length))])
    return A, c + sum(V @ W_h**k @ b for k in range(length))

# %% wrong window: a transposed W_h | transposed
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        c = c + v @ b
        v = W_h @ v
    return torch.stack(rows), c

# %% wrong window: the bias once | counted once
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        v = v @ W_h
    return torch.stack(rows), c + V @ b

# %% wrong window: the bias in full at every step | fades with W_h
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        v = v @ W_h
    return torch.stack(rows), c + length * (V @ b)

# %% wrong window: c alone is the constant | b is in the state
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        v = v @ W_h
    return torch.stack(rows), c

# %% wrong window: the constant of endless steps | endless steps
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        v = v @ W_h
    settled = torch.linalg.solve(torch.eye(len(b)).to(b) - W_h, b)
    return torch.stack(rows), c + V @ settled

# %% wrong window: the same weights at every step | weights are shared
def as_window(W_x, W_h, b, V, c, length):
    return (V @ W_x).expand(length, -1), c + length * (V @ b)

# %% wrong window: only the newest step | the state carries the others
def as_window(W_x, W_h, b, V, c, length):
    A = torch.zeros(length, W_x.shape[1]).to(W_x)
    A[-1] = V @ W_x
    return A, c + V @ b

# %% wrong window: weights of each unit | adds them up to one forecast
def as_window(W_x, W_h, b, V, c, length):
    rows, P = [], torch.eye(len(b)).to(b)
    for _ in range(length):
        rows.insert(0, P @ W_x)
        P = W_h @ P
    return torch.stack(rows), c

# %% wrong window: scaled to a sum of one | to a sum of one
def as_window(W_x, W_h, b, V, c, length):
    rows, v = [], V
    for _ in range(length):
        rows.insert(0, v @ W_x)
        c = c + v @ b
        v = v @ W_h
    A = torch.stack(rows)
    return A / A.sum(), c

# %% wrong window: keeps the tanh, and looks at the slope | not w_x w_h^k V
def as_window(W_x, W_h, b, V, c, length):
    xs = torch.ones(length, W_x.shape[1]).to(W_x).requires_grad_()
    h = torch.zeros_like(b)
    for x in xs:
        h = torch.tanh(W_x @ x + W_h @ h + b)
    y = V @ h + c
    return torch.autograd.grad(y, xs)[0], y.item()

# %% wrong window: c goes through V | c multiplied by V
def as_window(W_x, W_h, b, V, c, length):
    rows, v, a = [], V, V.sum() * c
    for _ in range(length):
        rows.insert(0, v @ W_x)
        a = a + v @ b
        v = v @ W_h
    return torch.stack(rows), a

# %% wrong window: the diagonal of W_h only | hear themselves alone
def as_window(W_x, W_h, b, V, c, length):
    d = W_h.diagonal()
    rows = [(V * d**k) @ W_x for k in range(length - 1, -1, -1)]
    return torch.stack(rows), c + sum((V * d**k) @ b for k in range(length))

# %% wrong window: the network with its tanh | a tanh around each state
def as_window(W_x, W_h, b, V, c, length):
    xs = torch.zeros(length, W_x.shape[1], dtype=W_x.dtype, requires_grad=True)
    h = torch.zeros_like(b)
    for x in xs:
        h = torch.tanh(W_x @ x + W_h @ h + b)
    y = V @ h + c
    y.backward()
    return xs.grad, y.item()

# %% wrong window: one power too many, but for the newest step | one power of w_h too many
def as_window(W_x, W_h, b, V, c, length):
    rows = []
    for t in range(length):
        k = length - t if t < length - 1 else 0
        rows.append(V @ torch.linalg.matrix_power(W_h, k) @ W_x)
    a = c + sum(
        V @ torch.linalg.matrix_power(W_h, k) @ b for k in range(length)
    )
    return torch.stack(rows), a

# %% right sine: small weights, the level at the output
def sine_network(omega, level):
    small = 1e-4
    W_x = torch.tensor([[small], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / small
    c = torch.tensor([level * (2 - 2 * math.cos(omega))])
    return W_x, W_h, torch.zeros(2), V, c

# %% right sine: the level taken away at the input, units the other way round
def sine_network(omega, level):
    s = 2e-4
    W_x = torch.tensor([[0.0], [s]], dtype=torch.float64)
    W_h = torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=torch.float64)
    b = torch.tensor([0.0, -s * level], dtype=torch.float64)
    V = torch.tensor([[-1 / s, 2 * math.cos(omega) / s]], dtype=torch.float64)
    return W_x, W_h, b, V, torch.tensor([float(level)])

# %% right sine: NumPy, the second unit smaller still
def sine_network(omega, level):
    W_x = np.array([[1e-4], [0]])
    W_h = np.array([[0, 0], [0.1, 0]])
    V = np.array([[2e4 * np.cos(omega), -1e5]])
    return [W_x, W_h, np.zeros(2), V, np.array([level * (2 - 2 * np.cos(omega))])]

# %% right sine: an opposite sign inside, and outside again
def delayed(scale):
    W_x, W_h = torch.zeros(2, 1), torch.zeros(2, 2)
    W_x[0, 0], W_h[1, 0] = -scale, -1
    return W_x, W_h

# %% also:
def sine_network(omega, level):
    W_x, W_h = delayed(1e-4)
    k = 2 * math.cos(omega)
    V = torch.tensor([[-k * 1e4, -1e4]])
    c = torch.full((1,), (2 - k) * level)
    return W_x, W_h, torch.zeros(2), V, c

# %% right sine: states in another basis
def sine_network(omega, level):
    e = 1e-4
    k = 2 * math.cos(omega)
    A = torch.tensor([[0.0, 0], [1, 0]]).double()
    B = torch.tensor([[e], [0.0]]).double()
    C = torch.tensor([[k, -1.0]]).double() / e
    M = torch.tensor([[1.0, 1.0], [0.0, 2.0]]).double()
    I = torch.linalg.inv(M)
    return (
        M @ B,
        M @ A @ I,
        torch.zeros(2),
        C @ I,
        torch.tensor([level * (2 - k)]),
    )

# %% right sine: one unit holds the forecast
def sine_network(omega, level):
    # h0 = e (x - m), h1 = e (forecast) from h0 and input
    e = 1e-4
    k = 2 * math.cos(omega)
    W_x = torch.tensor([[e], [e * k]], dtype=torch.float64)
    W_h = torch.tensor([[0.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    b = -W_x[:, 0] * level
    return (
        W_x,
        W_h,
        b,
        torch.tensor([[0.0, 1 / e]], dtype=torch.float64),
        torch.tensor([float(level)]),
    )

# %% wrong sine: units as large as the signal | leave their straight part
def sine_network(omega, level):
    W_x = torch.tensor([[1.0], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]])
    c = torch.tensor([level * (2 - 2 * math.cos(omega))])
    return W_x, W_h, torch.zeros(2), V, c

# %% wrong sine: small, but not small enough | leave their straight part
def sine_network(omega, level):
    s = 0.05
    W_x = torch.tensor([[s], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / s
    c = torch.tensor([level * (2 - 2 * math.cos(omega))])
    return W_x, W_h, torch.zeros(2), V, c

# %% wrong sine: never made large again | made large by the same factor
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]])
    c = torch.tensor([level * (2 - 2 * math.cos(omega))])
    return W_x, W_h, torch.zeros(2), V, c

# %% wrong sine: no constant for the level | holds around 0 only
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / 1e-4
    return W_x, W_h, torch.zeros(2), V, torch.zeros(1)

# %% wrong sine: the level as the constant | contain it as well
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / 1e-4
    return W_x, W_h, torch.zeros(2), V, torch.tensor([float(level)])

# %% wrong sine: the level taken away and not given back | never added again
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / 1e-4
    b = torch.tensor([-1e-4 * level, 0.0])
    return W_x, W_h, b, V, torch.zeros(1)

# %% wrong sine: a transposed W_h, so nobody holds the step before | no memory
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 1.0], [0.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / 1e-4
    c = torch.tensor([level * (2 - 2 * math.cos(omega))])
    return W_x, W_h, torch.zeros(2), V, c

# %% wrong sine: the step before added | where it is taken away
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), 1.0]]) / 1e-4
    return W_x, W_h, torch.zeros(2), V, torch.zeros(1)

# %% wrong sine: a cosine without the 2 | without the 2
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[math.cos(omega), -1.0]]) / 1e-4
    return W_x, W_h, torch.zeros(2), V, torch.zeros(1)

# %% wrong sine: cycles in place of radians | in radians
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(2 * math.pi * omega), -1.0]]) / 1e-4
    return W_x, W_h, torch.zeros(2), V, torch.zeros(1)

# %% wrong sine: the naive forecast | naive
def sine_network(omega, level):
    W_x = torch.tensor([[1e-4], [0.0]])
    V = torch.tensor([[1.0, 0.0]]) / 1e-4
    return W_x, torch.zeros(2, 2), torch.zeros(2), V, torch.zeros(1)

# %% wrong sine: both units read the input | a unit that holds the step before
def sine_network(omega, level):
    W_x = torch.full((2, 1), 1e-4)
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / 1e-4
    return W_x, W_h, torch.zeros(2), V, torch.zeros(1)

# %% wrong sine: fits the frequencies of the visible checks | leave their straight part
def sine_network(omega, level):
    s = 1e-4 if omega in (0.7, 0.9, 2.0) else 0.1
    W_x = torch.tensor([[s], [0.0]])
    W_h = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    V = torch.tensor([[2 * math.cos(omega), -1.0]]) / s
    c = torch.tensor([level * (2 - 2 * math.cos(omega))])
    return W_x, W_h, torch.zeros(2), V, c

# %% wrong sine: small, and not small enough | level and amplitude are large
def sine_network(omega, level):
    k = 2 * math.cos(omega)
    e = 1e-2
    return (
        torch.tensor([[e], [0.0]]),
        torch.tensor([[0.0, 0], [1, 0]]),
        torch.zeros(2),
        torch.tensor([[k, -1.0]]) / e,
        torch.tensor([level * (2 - k)]),
    )

# %% wrong sine: the level added by b | where it is taken away
def sine_network(omega, level):
    k = 2 * math.cos(omega)
    e = 1e-4
    return (
        torch.tensor([[e], [0.0]]),
        torch.tensor([[0.0, 0], [1, 0]]),
        torch.tensor([e * level, 0.0]),
        torch.tensor([[k, -1.0]]) / e,
        torch.tensor([float(level)]),
    )

# %% wrong sine: 2 + 2 cos | 2 + 2 cos
def sine_network(omega, level):
    k = 2 * math.cos(omega)
    e = 1e-4
    return (
        torch.tensor([[e], [0.0]]),
        torch.tensor([[0.0, 0], [1, 0]]),
        torch.zeros(2),
        torch.tensor([[k, -1.0]]) / e,
        torch.tensor([level * (2 + k)]),
    )

# %% right loop: autograd.grad, the best one found in the list
def train(loss, weights, batches, valid, lr, patience, epochs):
    errors = []
    for _ in range(epochs):
        for batch in batches:
            w = weights.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(loss(w, batch), w)
            weights = weights - lr * gradient
        errors.append(loss(weights, valid).item())
        waited = len(errors) - 1 - errors.index(min(errors))
        if not waited:
            best = weights
        if waited == patience:
            break
    return best, errors

# %% right loop: backward, with everything repaired in place
def train(loss, weights, batches, valid, lr, patience, epochs):
    weights = weights.clone().requires_grad_()
    best, lowest, waited, errors = None, math.inf, 0, []
    for _ in range(epochs):
        for batch in batches:
            weights.grad = None
            loss(weights, batch).backward()
            with torch.no_grad():
                weights -= lr * weights.grad
        with torch.no_grad():
            error = loss(weights, valid).item()
        errors.append(error)
        if error < lowest:
            best, lowest, waited = weights.detach().clone(), error, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best, errors

# %% right loop: torch's optimizer, the history of all weights kept
import copy

def train(loss, weights, batches, valid, lr, patience, epochs):
    w = nn.Parameter(weights.clone())
    updates = torch.optim.SGD([w], lr=lr)
    kept, errors = [], []
    while len(errors) < epochs:
        for batch in batches:
            updates.zero_grad()
            loss(w, batch).backward()
            updates.step()
        kept.append(copy.deepcopy(w.data))
        errors.append(float(loss(w, valid)))
        first = int(np.argmin(errors))
        if len(errors) - 1 - first >= patience:
            break
    return kept[first], errors

# %% right loop: torch.func, losses as tensors, a warning on the way
import warnings

def one_epoch(slope, w, batches, lr):
    for batch in batches:
        w = w - lr * slope(w, batch)
    return w

# %% also:
def train(loss, weights, batches, valid, lr, patience, epochs):
    warnings.warn("plain descent is slow")
    slope = torch.func.grad(loss)
    w, rows = weights, []
    for epoch in range(epochs):
        w = one_epoch(slope, w, batches, lr)
        rows.append((loss(w, valid).item(), epoch, w))
        lowest, at, best = min(rows, key=lambda row: row[:2])
        if epoch - at == patience:
            break
    return best, torch.tensor([row[0] for row in rows]).double()

# %% right loop: torch.func, a generator of epochs, tensors in the list
def train(loss, weights, batches, valid, lr, patience, epochs):
    grad = torch.func.grad(loss)

    def run(w):
        while True:
            for batch in batches:
                w = w - lr * grad(w, batch)
            yield w, loss(w, valid)

    kept, errors = [], []
    for n, (w, e) in zip(range(epochs), run(weights)):
        kept.append(w)
        errors.append(e)
        first = int(torch.stack(errors).argmin())
        if n - first == patience:
            break
    i = min(range(len(errors)), key=lambda j: errors[j])
    return [kept[i], errors]

# %% right loop: an array of losses
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, errors, snaps = weights.clone(), [], []
    for _ in range(epochs):
        for b in batches:
            v = w.clone().requires_grad_()
            g = torch.autograd.grad(loss(v, b), [v])[0]
            w = w - lr * g
        errors.append(loss(w, valid).item())
        snaps.append(w.clone())
        if len(errors) - 1 - int(np.argmin(errors)) >= patience:
            break
    return snaps[int(np.argmin(errors))], np.array(errors)

# %% equivalent loop: the graph grows with every step, the numbers are the same
w = weights.requires_grad_()

# %% probe loop:
def probe(answer, draws):
    from course_lib.checks.simple_rnn import neuron

    T, n = draws.integer(2, 4), draws.integer(1, 3)
    batches = [draws.normal(2, T + 1) for _ in range(n)]
    best, errors = answer(
        neuron(), draws.normal(3), batches, draws.normal(3, T + 1),
        0.1 * draws.integer(1, 9), draws.integer(1, 3), draws.integer(1, 5),
    )
    return torch.cat([best.detach(), torch.tensor(errors)])

# %% wrong loop: gradients that add up | gradients that add up
def train(loss, weights, batches, valid, lr, patience, epochs):
    weights = weights.clone().requires_grad_()
    best, lowest, waited, errors = None, math.inf, 0, []
    for _ in range(epochs):
        for batch in batches:
            loss(weights, batch).backward()
            with torch.no_grad():
                weights -= lr * weights.grad
        error = loss(weights, valid).item()
        errors.append(error)
        if error < lowest:
            best, lowest, waited = weights.detach().clone(), error, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best, errors

# %% wrong loop: the best weights are the last ones | the last weights
def train(loss, weights, batches, valid, lr, patience, epochs):
    weights = weights.clone().requires_grad_()
    best, lowest, waited, errors = weights, math.inf, 0, []
    for _ in range(epochs):
        for batch in batches:
            weights.grad = None
            loss(weights, batch).backward()
            with torch.no_grad():
                weights -= lr * weights.grad
        error = loss(weights, valid).item()
        errors.append(error)
        if error < lowest:
            best, lowest, waited = weights, error, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best.detach(), errors

# %% wrong loop: patience over the whole run | over the whole run
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, lowest, waited, errors = weights, math.inf, 0, []
    slope = torch.func.grad(loss)
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, valid).item())
        if errors[-1] < lowest:
            best, lowest = w, errors[-1]
        else:
            waited += 1
            if waited == patience:
                break
    return best, errors

# %% wrong loop: changes the caller's weights | changed by the call
def train(loss, weights, batches, valid, lr, patience, epochs):
    slope, errors, lowest, waited = torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        for batch in batches:
            weights -= lr * slope(weights, batch)
        errors.append(loss(weights, valid).item())
        waited += 1
        if errors[-1] < lowest:
            best, lowest, waited = weights.clone(), errors[-1], 0
        if waited == patience:
            break
    return best, errors

# %% wrong loop: one step an epoch, with the sum of the gradients | added up
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        w = w - lr * sum(slope(w, batch) for batch in batches)
        errors.append(loss(w, valid).item())
        waited += 1
        if errors[-1] < lowest:
            best, lowest, waited = w, errors[-1], 0
        if waited == patience:
            break
    return best, errors

# %% wrong loop: compares with the epoch before | with the one before it
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, waited, lowest = weights, torch.func.grad(loss), [], 0, math.inf
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, valid).item())
        if errors[-1] < lowest:
            best, lowest = w, errors[-1]
        waited = waited + 1 if errors[-1] >= (errors[-2:] + [0])[0] and len(errors) > 1 else 0
        if waited == patience:
            break
    return best, errors

# %% wrong loop: no better counts as better | below means below
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, valid).item())
        waited += 1
        if errors[-1] <= lowest:
            best, lowest, waited = w, errors[-1], 0
        if waited == patience:
            break
    return best, errors

# %% wrong loop: learns from the validation part | learning from the validation
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, valid).item())
        waited += 1
        if errors[-1] < lowest:
            best, lowest, waited = w, errors[-1], 0
        if waited == patience:
            break
        w = w - lr * slope(w, valid)
    return best, errors

# %% wrong loop: measures before the epoch | before the epoch
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        errors.append(loss(w, valid).item())
        waited += 1
        if errors[-1] < lowest:
            best, lowest, waited = w, errors[-1], 0
        if waited == patience:
            break
        for batch in batches:
            w = w - lr * slope(w, batch)
    return best, errors

# %% wrong loop: the training loss decides | loss on the training batch
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, batches[-1]).item())
        waited += 1
        if errors[-1] < lowest:
            best, lowest, waited = w, errors[-1], 0
        if waited == patience:
            break
    return best, errors

# %% wrong loop: never stops early | no early stop
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest = weights, torch.func.grad(loss), [], math.inf
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, valid).item())
        if errors[-1] < lowest:
            best, lowest = w, errors[-1]
    return best, errors

# %% wrong loop: waits one epoch longer | one epoch too late
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        errors.append(loss(w, valid).item())
        waited += 1
        if errors[-1] < lowest:
            best, lowest, waited = w, errors[-1], 0
        if waited > patience:
            break
    return best, errors

# %% wrong loop: the list of the best losses so far | the best loss so far
def train(loss, weights, batches, valid, lr, patience, epochs):
    w, slope, errors, lowest, waited = weights, torch.func.grad(loss), [], math.inf, 0
    for _ in range(epochs):
        for batch in batches:
            w = w - lr * slope(w, batch)
        error = loss(w, valid).item()
        waited += 1
        if error < lowest:
            best, lowest, waited = w, error, 0
        errors.append(lowest)
        if waited == patience:
            break
    return best, errors

# %% wrong loop: shuffled batches | another order
def train(loss, weights, batches, valid, lr, patience, epochs):
    w = weights.clone()
    best, lowest, bad, errors = None, math.inf, 0, []
    for _ in range(epochs):
        for i in torch.randperm(len(batches)).tolist():
            v = w.clone().requires_grad_()
            w = w - lr * torch.autograd.grad(loss(v, batches[i]), v)[0]
        e = loss(w, valid).item()
        errors.append(e)
        if e < lowest:
            best, lowest, bad = w, e, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, errors

# %% wrong loop: a gradient for each share of the epoch | divided by the number of batches
def train(loss, weights, batches, valid, lr, patience, epochs):
    w = weights.clone()
    best = w
    lowest, bad, errors = math.inf, 0, []
    for _ in range(epochs):
        for b in batches:
            v = w.clone().requires_grad_()
            w = w - lr * torch.autograd.grad(loss(v, b), v)[0] / len(batches)
        e = loss(w, valid).item()
        errors.append(e)
        if e < lowest:
            best, lowest, bad = w, e, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, errors

# %% wrong loop: backward on the validation loss | stays in .grad
def train(loss, weights, batches, valid, lr, patience, epochs):
    w = weights.clone().requires_grad_()
    best, lowest, bad, errors = None, math.inf, 0, []
    for _ in range(epochs):
        for b in batches:
            loss(w, b).backward()
            with torch.no_grad():
                w -= lr * w.grad
            w.grad.zero_()
        l = loss(w, valid)
        l.backward()
        e = l.item()
        errors.append(e)
        if e < lowest:
            best, lowest, bad = w.detach().clone(), e, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, errors

# %% wrong loop: back to the best weights after each epoch | begun from the best weights
def train(loss, weights, batches, valid, lr, patience, epochs):
    w = weights.clone()
    best = w
    lowest, bad, errors = math.inf, 0, []
    for _ in range(epochs):
        w = best
        for b in batches:
            v = w.clone().requires_grad_()
            w = w - lr * torch.autograd.grad(loss(v, b), v)[0]
        e = loss(w, valid).item()
        errors.append(e)
        if e < lowest:
            best, lowest, bad = w, e, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, errors

# %% wrong loop: the first weights as an epoch | before the first epoch
def train(loss, weights, batches, valid, lr, patience, epochs):
    w = weights.clone()
    best = w
    lowest, bad, errors = loss(w, valid).item(), 0, []
    for _ in range(epochs):
        for b in batches:
            v = w.clone().requires_grad_()
            w = w - lr * torch.autograd.grad(loss(v, b), v)[0]
        e = loss(w, valid).item()
        errors.append(e)
        if e < lowest:
            best, lowest, bad = w, e, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, errors

# %% wrong loop: the training loss for validation | before its step
def train(loss, weights, batches, valid, lr, patience, epochs):
    w = weights.clone()
    best, lowest, bad, errors = None, math.inf, 0, []
    for _ in range(epochs):
        ls = []
        for b in batches:
            v = w.clone().requires_grad_()
            l = loss(v, b)
            ls.append(l.item())
            w = w - lr * torch.autograd.grad(l, v)[0]
        e = sum(ls) / len(ls)
        errors.append(e)
        if e < lowest:
            best, lowest, bad = w, e, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, errors

# %% right start: torch's own initialisers
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H),
        "bias_hh_l0": torch.zeros(H),
    }

# %% right start: by hand, from a QR decomposition, float64, opposite biases
def start(D, H, keep):
    g = math.sqrt(6 / (D + H))
    Q, R = torch.linalg.qr(torch.randn(H, H, dtype=torch.float64))
    Q = Q * torch.sign(torch.diagonal(R))
    b = torch.randn(H)
    return dict(
        weight_ih_l0=(2 * torch.rand(H, D) - 1) * g,
        weight_hh_l0=keep * Q, bias_ih_l0=b, bias_hh_l0=-b,
    )

# %% right start: from the library's cell, through a real layer
def start(D, H, keep):
    cell, layer = RNNCell(D, H), nn.RNN(D, H)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(cell.x_to_gates.weight)
        layer.weight_hh_l0.copy_(keep * cell.h_to_gates.weight)
        layer.bias_ih_l0.zero_()
        layer.bias_hh_l0.zero_()
    return layer.state_dict()

# %% right start: NumPy and a singular value decomposition
def start(D, H, keep):
    rng = np.random.default_rng()
    U, _, Vh = np.linalg.svd(rng.normal(size=(H, H)))
    g = np.sqrt(6 / (D + H))
    return {
        "weight_ih_l0": rng.uniform(-g, g, (H, D)),
        "weight_hh_l0": keep * (U @ Vh),
        "bias_ih_l0": np.zeros(H), "bias_hh_l0": np.zeros(H),
    }

# %% right start: the gain does it
def start(D, H, keep):
    W_x, W_h = torch.zeros(H, D), torch.zeros(H, H)
    nn.init.uniform_(W_x, -(6 / (D + H)) ** 0.5, (6 / (D + H)) ** 0.5)
    nn.init.orthogonal_(W_h, gain=keep)
    zeros = nn.Parameter(torch.zeros(H))
    return {
        "weight_ih_l0": W_x, "weight_hh_l0": W_h,
        "bias_ih_l0": zeros, "bias_hh_l0": zeros,
    }

# %% right start: singular vectors, biases that cancel
def start(D, H, keep):
    g = (6 / (D + H)) ** 0.5
    U, _, Vt = torch.linalg.svd(torch.randn(H, H, dtype=torch.float64))
    b = torch.randn(H)
    return dict(
        weight_ih_l0=(torch.rand(H, D) * 2 - 1) * g,
        weight_hh_l0=keep * (U @ Vt),
        bias_ih_l0=b,
        bias_hh_l0=-b,
    )

# %% right start: the exponential of a skew matrix
def start(D, H, keep):
    S = torch.randn(H, H)
    Q = torch.matrix_exp(S - S.T)
    return {
        "weight_ih_l0": torch.empty(H, D).uniform_(
            -((6 / (D + H)) ** 0.5), (6 / (D + H)) ** 0.5
        ),
        "weight_hh_l0": Q * keep,
        "bias_ih_l0": torch.zeros(H),
        "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: torch's default | torch's default
def start(D, H, keep):
    return nn.RNN(D, H).state_dict()

# %% wrong start: torch's default for the state, without biases | torch's default for the state
def start(D, H, keep):
    layer = nn.RNN(D, H, bias=False)
    nn.init.xavier_uniform_(layer.weight_ih_l0)
    return {**layer.state_dict(), "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H)}

# %% wrong start: Glorot for the state as well | not orthogonal
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * nn.init.xavier_uniform_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: scaled to a spectral radius of keep | not orthogonal
def start(D, H, keep):
    W_h = torch.randn(H, H)
    W_h = W_h * keep / torch.linalg.eigvals(W_h).abs().max()
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": W_h,
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: keep forgotten | keep left out
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: an identity | an identity
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * torch.eye(H),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: a random permutation | a permutation
def start(D, H, keep):
    signs = torch.randint(2, (H,)) * 2.0 - 1
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * (torch.eye(H) * signs)[torch.randperm(H)],
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: seeded inside | a seed set inside
def start(D, H, keep):
    torch.manual_seed(0)
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: random biases | a state of zeros would then drift
def start(D, H, keep):
    bound = H**-0.5
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": (torch.rand(H) * 2 - 1) * bound,
        "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: Glorot's normal version | a normal one
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_normal_(torch.empty(H, D)),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: the input by torch's default | default for the input
def start(D, H, keep):
    return {
        **nn.RNN(D, H).state_dict(),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: He's bound | He's bound
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.kaiming_uniform_(torch.empty(H, D), nonlinearity="relu"),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: a gain for tanh | a gain for tanh
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D), gain=5 / 3),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: transposed for torch | transposed
def start(D, H, keep):
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(D, H)),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: only upwards from zero | both signs
def start(D, H, keep):
    g = (6 / (D + H)) ** 0.5
    return {
        "weight_ih_l0": g * torch.rand(H, D),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: the standard deviation as the bound | taken for the bound
def start(D, H, keep):
    g = (2 / (D + H)) ** 0.5
    return {
        "weight_ih_l0": torch.empty(H, D).uniform_(-g, g),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H), "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: a wide normal, cut off at g | cut off at g
def start(D, H, keep):
    g = (6 / (D + H)) ** 0.5
    return {
        "weight_ih_l0": nn.init.trunc_normal_(
            torch.empty(H, D), std=g, a=-g, b=g
        ),
        "weight_hh_l0": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih_l0": torch.zeros(H),
        "bias_hh_l0": torch.zeros(H),
    }

# %% wrong start: names without the layer | other names
def start(D, H, keep):
    return {
        "weight_ih": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh": keep * nn.init.orthogonal_(torch.empty(H, H)),
        "bias_ih": torch.zeros(H),
        "bias_hh": torch.zeros(H),
    }

# %% wrong start: drawn once for each size | five seeds would all be one
_Q = {}

def start(D, H, keep):
    if H not in _Q:
        _Q[H] = nn.init.orthogonal_(torch.empty(H, H))
    return {
        "weight_ih_l0": nn.init.xavier_uniform_(torch.empty(H, D)),
        "weight_hh_l0": keep * _Q[H],
        "bias_ih_l0": torch.zeros(H),
        "bias_hh_l0": torch.zeros(H),
    }

# %% right bets: by hand
bets = {"settled": 21, "rival": 461, "kept": 1 / 9}

# %% right bets: from formulas, as floats
H = 20
bets = dict(
    settled=float(math.ceil(math.log(0.01) / math.log(0.8))),
    rival=float(H + H * H + H + H + 1),
    kept=math.sqrt(1 / 3) ** 4,
)

# %% right bets: counted and simulated
steps, left = 0, 1.0
while left >= 0.01:
    steps, left = steps + 1, 0.8 * left
layer, output = RNNCell(1, 20), nn.Linear(20, 1)
size = sum(p.numel() for m in (layer, output) for p in m.parameters())
W = nn.RNN(1, 300).weight_hh_l0.detach()
h = torch.randn(300, 50)
bets = {
    "settled": steps, "rival": size,
    "kept": float((W @ W @ W @ W @ h).norm() / h.norm()),
}

# %% wrong bets: one step too early | one step off
bets = {"settled": 20, "rival": 461, "kept": 0.11}

# %% wrong bets: a fifth taken away at each step | shrinks by a factor
bets = {"settled": 5, "rival": 461, "kept": 0.11}

# %% wrong bets: a negative weight never settles | the sign alternates
bets = {"settled": 0, "rival": 461, "kept": 0.11}

# %% wrong bets: the intercept forgotten | intercept forgotten
bets = {"settled": 21, "rival": 462, "kept": 0.11}

# %% wrong bets: the layer without its output | output layer left out
bets = {"settled": 21, "rival": 440, "kept": 0.11}

# %% wrong bets: torch's two biases | two biases
bets = {"settled": 21, "rival": 481, "kept": 0.11}

# %% wrong bets: new weights at each step | shared by all
bets = {"settled": 21, "rival": 22021, "kept": 0.11}

# %% wrong bets: no recurrent weights | recurrent weights left out
bets = {"settled": 21, "rival": 61, "kept": 0.11}

# %% wrong bets: like an orthogonal matrix | the orthogonal start
bets = {"settled": 21, "rival": 461, "kept": 1.0}

# %% wrong bets: variances | take the root
bets = {"settled": 21, "rival": 461, "kept": 1 / 81}

# %% wrong bets: one step | a single step
bets = {"settled": 21, "rival": 461, "kept": 0.577}

# %% wrong bets: half at each step | mean of absolute values
bets = {"settled": 21, "rival": 461, "kept": 1 / 16}

# %% wrong bets: all weights are small | 400 of them add up
bets = {"settled": 21, "rival": 461, "kept": 0.0}

# %% wrong bets: a factor of 0.2 | a factor of 0.2
bets = {"settled": 3, "rival": 462, "kept": 1 / 81}

# %% wrong bets: never | long after
bets = {"settled": 1000, "rival": 41, "kept": 0.0}
