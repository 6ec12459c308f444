# Answers to solutions/04-bptt; course_lib/grading/trials.py reads them.

# %% right backward: one loop, the library's habits
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in range(xs.shape[1] - 1, -1, -1):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% right backward: the tanh recovered from the states, einsum at the end
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    tanhs = (hs - (1 - alpha) * before) / alpha
    if not np.allclose(leaky_forward(xs, h0, weights, alpha), hs):
        tanhs = np.tanh(
            np.einsum("btd,hd->bth", xs, weights[0])
            + np.einsum("bth,gh->btg", before, weights[1])
            + weights[2]
        )
    das = np.zeros_like(hs)
    back = np.zeros_like(h0)
    for t in reversed(range(hs.shape[1])):
        total = dhs[:, t] + back
        das[:, t] = alpha * (1 - tanhs[:, t] ** 2) * total
        back = (1 - alpha) * total + np.einsum(
            "bi,ij->bj", das[:, t], weights[1]
        )
    return (
        np.einsum("bti,btd->id", das, xs),
        np.einsum("bti,btj->ij", das, before),
        das.sum(axis=(0, 1)),
        back,
    )

# %% right backward: torch's autograd, a graph at each given state
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = (torch.tensor(w, requires_grad=True) for w in weights)
    first = torch.tensor(h0)
    dh = torch.zeros_like(first)
    sums = [torch.zeros_like(w) for w in (W_x, W_h, b)]
    for t in reversed(range(xs.shape[1])):
        h = torch.tensor(h0 if t == 0 else hs[:, t - 1], requires_grad=True)
        a = torch.tensor(xs[:, t]) @ W_x.T + h @ W_h.T + b
        out = (1 - alpha) * h + alpha * torch.tanh(a)
        total = dh + torch.tensor(dhs[:, t])
        grads = torch.autograd.grad(out, [W_x, W_h, b, h], total)
        sums = [s + g for s, g in zip(sums, grads)]
        dh = grads[3]
    return (*sums, dh)

# %% right backward: recursion over the steps, prints and a warning
import warnings

def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    warnings.warn("slow")
    print("steps:", xs.shape[1])
    return tuple(back_from(0, dhs, xs, h0, hs, weights, alpha))

# %% also:
def back_from(t, dhs, xs, h, hs, weights, alpha):
    W_x, W_h, b = weights
    later = [np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b),
             np.zeros_like(h)]
    if t + 1 < xs.shape[1]:
        later = back_from(t + 1, dhs, xs, hs[:, t], hs, weights, alpha)
    total = dhs[:, t] + later[3]
    slope = 1 / np.cosh(xs[:, t] @ W_x.T + h @ W_h.T + b) ** 2
    da = alpha * slope * total
    return [
        later[0] + np.outer(np.ones(1), 1).item() * da.T @ xs[:, t],
        later[1] + da.T @ h,
        later[2] + da.sum(0),
        (1 - alpha) * total + da @ W_h,
    ]

# %% right backward: float32 inside
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    dhs, xs, h0, hs = (v.astype(np.float32) for v in (dhs, xs, h0, hs))
    W_x, W_h, b = (w.astype(np.float32) for w in weights)
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db, dh = 0 * W_x, 0 * W_h, 0 * b, 0 * h0
    for t in reversed(range(xs.shape[1])):
        total = dhs[:, t] + dh
        a = xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b
        da = np.float32(alpha) * (1 - np.tanh(a) ** 2) * total
        dW_x, dW_h = dW_x + da.T @ xs[:, t], dW_h + da.T @ before[:, t]
        db, dh = db + da.sum(0), np.float32(1 - alpha) * total + da @ W_h
    return [dW_x, dW_h, db, dh]

# %% wrong backward: the slope taken from h_t, as in the chapter's layer | h_t is not tanh(a_t)
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        da = alpha * (1 - hs[:, t] ** 2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: no direct way past W_h | the direct way is missing
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: overwritten gradients | = in place of +=
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x = da.T @ xs[:, t]
        dW_h = da.T @ before[:, t]
        db = da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: h_t for h_{t-1} | h_t instead of h_{t-1}
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ hs[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: W_h not transposed on the way back | W_h the wrong way round
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h.T
    return dW_x, dW_h, db, dh

# %% wrong backward: a transposed dW_h | h da^T instead of da h^T
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += before[:, t].T @ da
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: alpha forgotten in da | alpha is missing
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: only the last step's loss | only the last step's loss
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = dhs[:, -1]
    for t in reversed(range(xs.shape[1])):
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: truncated to five steps, trains well and looks fine | a truncated gradient
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    T = xs.shape[1]
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(T)):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
        if (T - t) % 5 == 0:
            dh = np.zeros_like(dh)
    return dW_x, dW_h, db, dh

# %% wrong backward: a mean over the batch | a mean over the batch
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dh
        dW_x += da.T @ xs[:, t] / len(xs)
        dW_h += da.T @ before[:, t] / len(xs)
        db += da.mean(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: the slope at the output of the tanh | at its output
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - np.tanh(tanh) ** 2) * dh
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: the losses of later steps never come back | nothing goes back in time
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    a = xs @ W_x.T + before @ W_h.T + b
    das = alpha * (1 - np.tanh(a) ** 2) * dhs
    dh0 = (1 - alpha) * dhs[:, 0] + das[:, 0] @ W_h
    return (
        np.einsum("bti,btd->id", das, xs),
        np.einsum("bti,btj->ij", das, before),
        das.sum(axis=(0, 1)),
        dh0,
    )

# %% wrong backward: writes into the loss's gradient | in place
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(xs.shape[1])):
        dhs[:, t] += dh
        tanh = np.tanh(xs[:, t] @ W_x.T + before[:, t] @ W_h.T + b)
        da = alpha * (1 - tanh**2) * dhs[:, t]
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ before[:, t]
        db += da.sum(axis=0)
        dh = (1 - alpha) * dhs[:, t] + da @ W_h
    return dW_x, dW_h, db, dh

# %% right check: central differences of the library, all five gradients
def gradient_is_right(layer):
    rng = np.random.default_rng(1)
    B, T, D, H = 3, 9, 2, 4
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    y = rng.normal(size=(B, T, H))

    def loss(values):
        hs = layer.forward(values[3], values[4], tuple(values[:3]))
        return ((hs - y) ** 2).sum() / 2

    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(hs - y, values[3], values[4], hs, tuple(values[:3]))
    worst = 0.0
    for n in range(5):
        numerical = numerical_gradient(
            lambda v: loss([*values[:n], v, *values[n + 1 :]]), values[n]
        )
        worst = max(worst, relative_error(grads[n], numerical))
    return bool(worst < 1e-7)

# %% right check: random directions instead of single entries
def gradient_is_right(layer):
    rng = np.random.default_rng(2)
    B, T, D, H = 2, 12, 3, 5
    shapes = [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    values = [rng.normal(size=s) for s in shapes]
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))

    def loss(values):
        return (layer.forward(values[3], values[4], tuple(values[:3])) * c).sum()

    for n, shape in enumerate(shapes):
        for _ in range(3):
            way = rng.normal(size=shape)
            above, below = list(values), list(values)
            above[n], below[n] = values[n] + 1e-5 * way, values[n] - 1e-5 * way
            numerical = (loss(above) - loss(below)) / 2e-5
            exact = (grads[n] * way).sum()
            if abs(exact - numerical) > 1e-6 * (1 + abs(numerical)):
                return False
    return True

# %% right check: own differences, several draws, a helper in a further cell
import math

def gradient_is_right(layer):
    return all(agrees(layer, seed) for seed in range(2))

# %% also:
def agrees(layer, seed):
    rng = np.random.default_rng(seed)
    B, T, D, H = 2, 7 + seed, 3, 4
    p = {
        "W_x": rng.normal(size=(H, D)), "W_h": rng.normal(size=(H, H)),
        "b": rng.normal(size=H), "xs": rng.normal(size=(B, T, D)),
        "h0": rng.normal(size=(B, H)),
    }
    def run():
        return layer.forward(p["xs"], p["h0"], (p["W_x"], p["W_h"], p["b"]))
    hs = run()
    grads = layer.backward(
        np.cos(hs), p["xs"], p["h0"], hs, (p["W_x"], p["W_h"], p["b"])
    )
    for array, grad in zip(p.values(), grads, strict=True):
        for i in np.ndindex(array.shape):
            old = array[i]
            array[i] = old + 1e-5
            up = math.fsum(np.sin(run()).ravel())
            array[i] = old - 1e-5
            down = math.fsum(np.sin(run()).ravel())
            array[i] = old
            if abs((up - down) / 2e-5 - grad[i]) > 1e-6:
                return False
    return True

# %% wrong check: says yes to everything | sequences of a single step
def gradient_is_right(layer):
    return True

# %% wrong check: says no to everything | rounding taken for a mistake
def gradient_is_right(layer):
    return False

# %% wrong check: a first state of zeros | a first state of zeros
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    values = [rng.normal(size=s) for s in [(H, D), (H, H), (H,), (B, T, D)]]
    values.append(np.zeros((B, H)))
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 1e-6:
            return False
    return True

# %% wrong check: a batch of one | a batch of one sequence
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 1, 8, 3, 4
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 1e-6:
            return False
    return True

# %% wrong check: a loss at the last step only | a loss at the last step alone
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    c = np.zeros((B, T, H))
    c[:, -1] = rng.normal(size=(B, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 1e-6:
            return False
    return True

# %% wrong check: sequences of four steps | too short sequences
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 4, 3, 5
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 1e-6:
            return False
    return True

# %% wrong check: too loose a tolerance | too loose a tolerance
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 0.9:
            return False
    return True

# %% wrong check: the weights only | that of h_0 is one
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(3):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 1e-6:
            return False
    return True

# %% wrong check: float32 | rounding taken for a mistake
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    values = [
        rng.normal(size=s).astype(np.float32)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    c = rng.normal(size=(B, T, H)).astype(np.float32)
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        for i in np.ndindex(values[n].shape):
            losses = []
            for step in (1e-5, -1e-5):
                p = [v.copy() for v in values]
                p[n][i] += np.float32(step)
                losses.append(
                    (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
                )
            if abs((losses[0] - losses[1]) / 2e-5 - grads[n][i]) > 1e-4:
                return False
    return True

# %% wrong check: compares with the tanh layer's own gradients | the gradients of another layer
def gradient_is_right(layer):
    from course_lib import RNNWeights, rnn_backward
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    weights = RNNWeights(
        rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    )
    xs, h0 = rng.normal(size=(B, T, D)), rng.normal(size=(B, H))
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(xs, h0, tuple(weights))
    grads = layer.backward(c, xs, h0, hs, tuple(weights))
    right = rnn_backward(c, xs, h0, hs, weights)
    all_right = [*right.weights, right.xs, right.h0]
    return all(relative_error(g, r) < 1e-9 for g, r in zip(grads, all_right))

# %% wrong check: a symmetric matrix | a symmetric W_h
def gradient_is_right(layer):
    rng = np.random.default_rng(0)
    B, T, D, H = 2, 8, 3, 4
    values = [
        rng.normal(size=s)
        for s in [(H, D), (H, H), (H,), (B, T, D), (B, H)]
    ]
    values[1] = np.eye(H)
    c = rng.normal(size=(B, T, H))
    hs = layer.forward(values[3], values[4], tuple(values[:3]))
    grads = layer.backward(c, values[3], values[4], hs, tuple(values[:3]))
    for n in range(5):
        def loss(v):
            p = [*values[:n], v, *values[n + 1 :]]
            return (layer.forward(p[3], p[4], tuple(p[:3])) * c).sum()
        if relative_error(grads[n], numerical_gradient(loss, values[n])) > 1e-6:
            return False
    return True

# %% right window: back from every loss
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h
    return dW_h

# %% right window: all losses at once, k rounds
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    slopes = 1 - hs**2
    total, das = np.zeros_like(W_h), slopes * dhs
    for _ in range(min(k, hs.shape[1])):
        total = total + np.einsum("bti,btj->ij", das, before)
        if das.shape[1] == 1:
            break
        das = slopes[:, : das.shape[1] - 1] * (das[:, 1:] @ W_h)
        before = before[:, : das.shape[1]]
    return total

# %% right window: torch, one graph for each loss
def windowed_gradient(dhs, h0, hs, W_h, k):
    slopes = torch.tensor(1 - hs**2)
    states = torch.tensor(np.concatenate([h0[:, None], hs], axis=1))
    W = torch.tensor(W_h)
    out = torch.zeros_like(W)
    for t in range(hs.shape[1]):
        back = torch.tensor(dhs[:, t])
        s = t
        while s >= 0 and t - s < k:
            back = slopes[:, s] * back
            out += torch.einsum("bi,bj->ij", back, states[:, s])
            back = torch.einsum("bi,ij->bj", back, W)
            s -= 1
    return out

# %% right window: a recursive helper and a print
def reach(dh, s, k, states, W_h):
    if s < 0 or k == 0:
        return 0 * W_h
    da = (1 - states[:, s + 1] ** 2) * dh
    return da.T @ states[:, s] + reach(da @ W_h, s - 1, k - 1, states, W_h)

# %% also:
def windowed_gradient(dhs, h0, hs, W_h, k):
    print("k =", k)
    states = np.concatenate([h0[:, None], hs], axis=1)
    return sum(
        reach(dhs[:, t], t, k, states, W_h) for t in range(hs.shape[1])
    )

# %% wrong window: pieces of k steps | pieces
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h, dh = np.zeros_like(W_h), np.zeros_like(h0)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * (dhs[:, t] + dh)
        dW_h += da.T @ before[:, t]
        dh = da @ W_h
        if t % k == 0:
            dh = np.zeros_like(dh)
    return dW_h

# %% wrong window: one step too many | one step too many
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k - 1, -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h
    return dW_h

# %% wrong window: one step too few | one step too few
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - max(k - 1, 1), -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h
    return dW_h

# %% wrong window: the whole gradient | the whole gradient
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h, dh = np.zeros_like(W_h), np.zeros_like(h0)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * (dhs[:, t] + dh)
        dW_h += da.T @ before[:, t]
        dh = da @ W_h if k > 1 else 0 * dh
    return dW_h

# %% wrong window: only the last k steps of the sequence | only the last k steps
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    if k == 1:
        return np.einsum("bti,btj->ij", (1 - hs**2) * dhs, before)
    dW_h, dh = np.zeros_like(W_h), np.zeros_like(h0)
    T = hs.shape[1]
    for t in reversed(range(max(T - k, 0), T)):
        da = (1 - hs[:, t] ** 2) * (dhs[:, t] + dh)
        dW_h += da.T @ before[:, t]
        dh = da @ W_h
    return dW_h

# %% wrong window: nothing goes back | nothing goes back in time
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    return np.einsum("bti,btj->ij", (1 - hs**2) * dhs, before)

# %% wrong window: h_t for h_{t-1} | h_t instead of h_{t-1}
def windowed_gradient(dhs, h0, hs, W_h, k):
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ hs[:, s]
            dh = da @ W_h
    return dW_h

# %% wrong window: an index of -1 for the state before the first | reads from the end
def windowed_gradient(dhs, h0, hs, W_h, k):
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, t - k, -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ hs[:, s - 1]
            dh = da @ W_h
    return dW_h

# %% wrong window: a loop that runs past the first step | steps before the first
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h, T = np.zeros_like(W_h), hs.shape[1]
    for t in range(T):
        dh = dhs[:, t]
        for s in range(t, t - min(k, T), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h
    return dW_h

# %% wrong window: losses near the start left out | are left out
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(min(k, hs.shape[1]) - 1, hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h
    return dW_h

# %% wrong window: W_h the wrong way round | wrong way round
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h.T
    return dW_h

# %% wrong window: no slope | the slope of the tanh is missing
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            dW_h += dh.T @ before[:, s]
            dh = dh @ W_h
    return dW_h

# %% wrong window: a mean over the window | a mean over the k steps
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            da = (1 - hs[:, s] ** 2) * dh
            dW_h += da.T @ before[:, s] / k
            dh = da @ W_h
    return dW_h

# %% right exact: a chain of four
W_finite = np.eye(4, k=-1)

# %% right exact: the chain the other way, other weights
W_finite = np.zeros((4, 4))
W_finite[0, 1], W_finite[1, 2], W_finite[2, 3] = 0.9, -2.0, 1.3

# %% right exact: any strictly lower triangle, as a tensor
W_finite = torch.tril(torch.ones(4, 4), diagonal=-1)

# %% right exact: a chain in another order of the units, as float32
order = [2, 0, 3, 1]
W_finite = np.zeros((4, 4), np.float32)
for a, b in zip(order, order[1:]):
    W_finite[b, a] = 1.5

# %% wrong exact: small weights | small, and not zero
W_finite = 0.05 * np.ones((4, 4)) + 0.1 * np.eye(4)

# %% wrong exact: nothing is remembered | weights of zero
W_finite = np.zeros((4, 4))

# %% wrong exact: the identity | goes on for ever
W_finite = np.eye(4)

# %% wrong exact: a cycle of the four units | goes on for ever
W_finite = np.roll(np.eye(4), 1, axis=0) * 3.0

# %% wrong exact: a chain of three | a memory that is too short
W_finite = np.diag([1.0, 1.0, 0.0], k=-1)

# %% wrong exact: a triangle with its diagonal | small, and not zero
W_finite = np.tril(np.ones((4, 4))) * 0.6

# %% wrong exact: a chain that is closed by a weak link | small, and not zero
W_finite = np.eye(4, k=-1)
W_finite[0, 3] = 0.001

# %% wrong exact: a dense matrix whose fourth power is zero | in a linear layer only
chain = np.eye(4, k=-1)
turn = np.array([
    [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0],
    [0.0, 0.0, 1.0, 1.0], [1.0, 0.0, 0.0, 2.0],
])
W_finite = turn @ chain @ np.linalg.inv(turn)

# %% wrong exact: an orthogonal matrix | goes on for ever
W_finite = 2.0 * np.linalg.qr(np.arange(16.0).reshape(4, 4) ** 2 + np.eye(4))[0]

# %% right log: as the lines say
mistakes = {
    "A": "overwritten",
    "B": "W_h not transposed",
    "C": "wrong state",
    "D": "truncated to 5",
}

# %% right log: filled one by one, with a remark
mistakes = dict()
mistakes["D"] = "truncated to 5"  # five steps are right
mistakes["C"] = "wrong state"     # one unit is wrong
mistakes["B"] = "W_h not transposed"
mistakes["A"] = "overwritten"

# %% right log: from two lists, and one entry more
logs = ["A", "B", "C", "D", "note"]
names = [
    "overwritten", "W_h not transposed", "wrong state", "truncated to 5",
    "done",
]
mistakes = dict(zip(logs, names))
print(mistakes)

# %% wrong log: C taken for a transposition | a single number has no transpose
mistakes = {
    "A": "overwritten", "B": "W_h not transposed",
    "C": "transposed gradient", "D": "truncated to 5",
}

# %% wrong log: D taken for a gradient that never goes back | would be wrong at the second
mistakes = {
    "A": "overwritten", "B": "W_h not transposed",
    "C": "wrong state", "D": "not passed on",
}

# %% wrong log: B taken for the transposed gradient | what flows back is wrong
mistakes = {
    "A": "overwritten", "B": "transposed gradient",
    "C": "wrong state", "D": "truncated to 5",
}

# %% wrong log: A taken for the last loss only | where a weight's shares are collected
mistakes = {
    "A": "last loss only", "B": "W_h not transposed",
    "C": "wrong state", "D": "truncated to 5",
}

# %% wrong log: B taken for a gradient that is not passed on | only a matrix can stand the wrong way round
mistakes = {
    "A": "overwritten", "B": "not passed on",
    "C": "wrong state", "D": "truncated to 5",
}

# %% wrong log: C taken for overwriting | already in one step
mistakes = {
    "A": "overwritten", "B": "W_h not transposed",
    "C": "overwritten", "D": "truncated to 5",
}

# %% wrong log: D taken for the last loss only | is wrong there as well
mistakes = {
    "A": "overwritten", "B": "W_h not transposed",
    "C": "wrong state", "D": "last loss only",
}

# %% wrong log: the same name for all | where a weight's shares are collected
mistakes = {log: "slope of the output" for log in "ABCD"}

# %% right bets: computed
n_weights = 20 + 400 + 20
bets = {
    "passes": 2 * n_weights,
    "kilobytes": 32 * 1000 * 20 * 4 / 1000,
    "left": 0.8**30,
}

# %% right bets: estimated in the head
bets = {"passes": 880.0, "kilobytes": 2560, "left": 1.2e-3}

# %% right bets: measured on arrays and logarithms
import math

states = np.zeros((32, 1000, 20), dtype=np.float32)
bets = {
    "passes": np.float64(2 * (20 * 1 + 20 * 20 + 20)),
    "kilobytes": states.nbytes // 1000,
    "left": math.exp(30 * math.log(0.8)),
}

# %% wrong bets: one pass for each weight | one above and one below
bets = {"passes": 440, "kilobytes": 2560, "left": 0.8**30}

# %% wrong bets: the states of one step | the states of a single step
bets = {"passes": 880, "kilobytes": 2.56, "left": 0.8**30}

# %% wrong bets: one sequence of the batch | one sequence of the batch
bets = {"passes": 880, "kilobytes": 80, "left": 0.8**30}

# %% wrong bets: numbers for bytes | numbers counted, not bytes
bets = {"passes": 880, "kilobytes": 640, "left": 0.8**30}

# %% wrong bets: a linear decline | by the same factor
bets = {"passes": 880, "kilobytes": 2560, "left": 1 / 6}

# %% wrong bets: vanished already | nothing after 30 steps
bets = {"passes": 880, "kilobytes": 2560, "left": 0.0}

# %% wrong bets: two passes for all weights together | has to be moved by itself
bets = {"passes": 2, "kilobytes": 2560, "left": 0.8**30}

# %% wrong bets: a second bias, as in torch | this layer has one
bets = {"passes": 920, "kilobytes": 2560, "left": 0.8**30}

# %% free check: whether exactly a millionth passes is of no matter
if relative_error(gradient, numerical) >= 1e-06:

# %% free check: any random numbers will do
rng = np.random.default_rng(1)

# %% free check: any sizes will do that are not too small
B, T, D, H = (3, 8, 3, 4)

# %% free check: any sizes will do that are not too small
B, T, D, H = (2, 9, 3, 4)

# %% free check: any sizes will do that are not too small
B, T, D, H = (2, 7, 3, 4)

# %% free check: any sizes will do that are not too small
B, T, D, H = (2, 8, 4, 4)

# %% free check: any sizes will do that are not too small
B, T, D, H = (2, 8, 2, 4)

# %% free check: any sizes will do that are not too small
B, T, D, H = (2, 8, 3, 5)

# %% free check: any sizes will do that are not too small
B, T, D, H = (2, 8, 3, 3)

# %% free exact: the chain may run either way
W_finite = np.eye(4, k=1)

# %% right backward: the tanh recovered from the states
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    prev = np.concatenate([h0[:, None], hs[:, :-1]], 1)
    tanh = (hs - (1 - alpha) * prev) / alpha
    das, dh = np.empty_like(hs), np.zeros_like(h0)
    for t in range(hs.shape[1] - 1, -1, -1):
        dh = dh + dhs[:, t]
        das[:, t] = alpha * (1 - tanh[:, t] ** 2) * dh
        dh = (1 - alpha) * dh + das[:, t] @ W_h
    return (
        np.einsum("bti,btj->ij", das, xs),
        np.einsum("bti,btj->ij", das, prev),
        das.sum((0, 1)),
        dh,
    )

# %% right backward: Jacobians multiplied, a list
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    B, T, H = dhs.shape
    prev = np.stack([h0, *hs.transpose(1, 0, 2)[:-1]], axis=1)
    s = alpha / np.cosh(xs @ W_x.T + prev @ W_h.T + b) ** 2
    J = s[..., None] * W_h + (1 - alpha) * np.eye(H)
    g, d = np.zeros((B, H)), []
    for t in reversed(range(T)):
        g = g + dhs[:, t]
        d.insert(0, s[:, t] * g)
        g = np.einsum("bi,bij->bj", g, J[:, t])
    d = np.stack(d, 1).reshape(B * T, H)
    return [
        d.T @ xs.reshape(B * T, -1),
        d.T @ prev.reshape(B * T, H),
        d.sum(0),
        g,
    ]

# %% wrong backward: last hs wraps round: hs[:, t - 1] at t = 0 | an index of -1 reads from the end
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    dW_x, dW_h, db, dh = 0 * W_x, 0 * W_h, 0 * b, 0 * h0
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        da = (
            alpha
            * (1 - np.tanh(xs[:, t] @ W_x.T + hs[:, t - 1] @ W_h.T + b) ** 2)
            * dh
        )
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ hs[:, t - 1]
        db += da.sum(0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: slope with the bias left out | without the bias
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    prev = np.concatenate([h0[:, None], hs[:, :-1]], 1)
    dW_x, dW_h, db, dh = 0 * W_x, 0 * W_h, 0 * b, 0 * h0
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        da = (
            alpha
            * (1 - np.tanh(xs[:, t] @ W_x.T + prev[:, t] @ W_h.T) ** 2)
            * dh
        )
        dW_x += da.T @ xs[:, t]
        dW_h += da.T @ prev[:, t]
        db += da.sum(0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% wrong backward: dW_x with the input of the step before | the input of the step before
def leaky_backward(dhs, xs, h0, hs, weights, alpha):
    W_x, W_h, b = weights
    prev = np.concatenate([h0[:, None], hs[:, :-1]], 1)
    dW_x, dW_h, db, dh = 0 * W_x, 0 * W_h, 0 * b, 0 * h0
    for t in reversed(range(xs.shape[1])):
        dh = dh + dhs[:, t]
        da = (
            alpha
            * (1 - np.tanh(xs[:, t] @ W_x.T + prev[:, t] @ W_h.T + b) ** 2)
            * dh
        )
        dW_x += da.T @ xs[:, max(t - 1, 0)]
        dW_h += da.T @ prev[:, t]
        db += da.sum(0)
        dh = (1 - alpha) * dh + da @ W_h
    return dW_x, dW_h, db, dh

# %% right window: all losses at once, lag by lag
def windowed_gradient(dhs, h0, hs, W_h, k):
    prev = np.insert(hs[:, :-1], 0, h0, axis=1)
    slope = 1 - hs**2
    g, dW = dhs.copy(), np.zeros_like(W_h)
    for lag in range(min(k, hs.shape[1])):
        n = hs.shape[1] - lag
        da = slope[:, :n] * g[:, lag:]
        dW += np.tensordot(da, prev[:, :n], ([0, 1], [0, 1]))
        g = np.concatenate(
            [np.zeros_like(g[:, : lag + 1]), da[:, 1:] @ W_h], axis=1
        )
    return dW

# %% right exact: backwards chain, small weights
W_finite = 0.1 * np.eye(4, k=1)

# %% right exact: random and strictly triangular
W_finite = np.tril(np.random.default_rng(0).normal(size=(4, 4)), -1)

# %% right exact: large weights, whole numbers
W_finite = np.zeros((4, 4), dtype=int)
W_finite[1, 0] = W_finite[2, 1] = W_finite[3, 2] = 10

# %% wrong bets: 1760 | above and below
bets = {"passes": 1760, "kilobytes": 2560, "left": 0.00124}

# %% wrong bets: a squared state | a number for each unit
bets = {"passes": 880, "kilobytes": 51200, "left": 0.00124}

# %% wrong bets: 0.8^29 | a step too few
bets = {"passes": 880, "kilobytes": 2560, "left": 0.8**29}

# %% wrong bets: 1 - 0.2 * 30 | never ends it
bets = {"passes": 880, "kilobytes": 2560, "left": -5}

# %% wrong window: slope of tanh of the state | h_t is the tanh already
def windowed_gradient(dhs, h0, hs, W_h, k):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    dW_h = np.zeros_like(W_h)
    for t in range(hs.shape[1]):
        dh = dhs[:, t]
        for s in range(t, max(t - k, -1), -1):
            da = (1 - np.tanh(hs[:, s]) ** 2) * dh
            dW_h += da.T @ before[:, s]
            dh = da @ W_h
    return dW_h
