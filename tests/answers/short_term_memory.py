# Answers to solutions/10-short-term-memory; course_lib/grading/trials.py reads them.

# %% right influence: a row through the Jacobians, back in time
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], dim=1)

# %% right influence: whole Jacobians, multiplied forward, with einsum
def influences(hs, W_x, W_h, v):
    B, T, H = hs.shape
    out = torch.zeros(B, T, dtype=hs.dtype)
    for t in range(T):
        J = (1 - hs[:, t] ** 2)[:, :, None] * W_x            # (B, H, D)
        for s in range(t + 1, T):
            J = torch.einsum(
                "bi,ij,bjd->bid", 1 - hs[:, s] ** 2, W_h, J
            )
        out[:, t] = torch.einsum("i,bid->bd", v, J).norm(dim=1)
    return out

# %% right influence: NumPy in float32, and a print
def influences(hs, W_x, W_h, v):
    states = hs.numpy().astype(np.float32)
    back = np.tile(v.numpy().astype(np.float32), (len(states), 1))
    result = np.zeros(states.shape[:2], np.float32)
    for t in range(states.shape[1] - 1, -1, -1):
        back = back * (1 - states[:, t] ** 2)
        result[:, t] = np.sqrt(((back @ W_x.numpy()) ** 2).sum(axis=1))
        back = back @ W_h.numpy().astype(np.float32)
    print("done")
    return result

# %% right influence: a helper for one sequence, by recursion
def back(states, W_x, W_h, dh):
    if len(states) == 0:
        return []
    da = (1 - states[-1] ** 2) * dh
    rest = back(states[:-1], W_x, W_h, W_h.T @ da)
    return [*rest, torch.linalg.vector_norm(W_x.T @ da)]

# %% also:
def influences(hs, W_x, W_h, v):
    return torch.stack([torch.stack(back(one, W_x, W_h, v)) for one in hs])

# %% wrong influence: no slopes | the slopes 1 - h^2 are missing
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        norms.append((dh @ W_x).norm(dim=1))
        dh = dh @ W_h
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: W_h the wrong way round | W_h the wrong way round
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h.T
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: time the wrong way round | time the wrong way round
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms, dim=1)

# %% wrong influence: a Jacobian too many | a Jacobian too many
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        dh = da @ W_h
        norms.append((dh @ W_x).norm(dim=1))
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: the influence of the state | the input enters through W_x
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append(da.norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: a product of norms | only a bound
def influences(hs, W_x, W_h, v):
    slopes = 1 - hs**2
    size = torch.linalg.matrix_norm(W_h, 2)
    norms = []
    dh = v.expand(len(hs), -1)
    length = None
    for t in reversed(range(hs.shape[1])):
        if length is None:
            da = slopes[:, t] * dh
            length = da.norm(dim=1)
            norms.append((da @ W_x).norm(dim=1))
        else:
            length = length * size * slopes[:, t].amax(dim=1)
            norms.append(length * torch.linalg.matrix_norm(W_x, 2) / 3**0.5)
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: the squared norm | the squared norm
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).square().sum(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: a sum of sizes | the Euclidean norm is asked for
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).abs().sum(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: slopes of the state before | slopes of the wrong step
def influences(hs, W_x, W_h, v):
    before = torch.cat([torch.zeros_like(hs[:, :1]), hs[:, :-1]], dim=1)
    if hs.shape[1] == 1:
        before = hs
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - before[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], dim=1)

# %% wrong influence: the gradients themselves | its norm over the features
def influences(hs, W_x, W_h, v):
    grads = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        grads.append(da @ W_x)
        dh = da @ W_h
    return torch.stack(grads[::-1], dim=1)

# %% wrong influence: a mean over the batch | a mean over the batch
def influences(hs, W_x, W_h, v):
    norms = []
    dh = v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], dim=1).mean(dim=0)

# %% wrong influence: one sequence's states for all | of the first sequence
def influences(hs, W_x, W_h, v):
    B, T, H = hs.shape
    out = torch.zeros(B, T, dtype=hs.dtype)
    dh = v
    for t in reversed(range(T)):
        da = (1 - hs[0, t] ** 2) * dh
        out[:, t] = (W_x.T @ da).norm()
        dh = W_h.T @ da
    return out

# %% right span: from the first step on
def memory_span(model, xs, others):
    usual = model(xs)
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - usual).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% right span: all steps, then the largest
def memory_span(model, xs, others):
    T = xs.shape[1]
    backs = [-1]
    for back in range(T):
        keep = torch.ones(T, 1, dtype=xs.dtype)
        keep[T - 1 - back] = 0
        changed = torch.where(keep.bool(), xs, others)
        if (model(changed) - model(xs)).abs().max().item() > 1e-6:
            backs.append(back)
    return max(backs)

# %% right span: one large batch, with a warning
import warnings

def memory_span(model, xs, others):
    warnings.warn("T times the memory")
    B, T, D = xs.shape
    many = xs.repeat(T, 1, 1).view(T, B, T, D).clone()
    for t in range(T):
        many[t, :, t] = others[:, t]
    answers = torch.as_tensor(model(many.view(T * B, T, D))).view(T, B)
    moved = ((answers - model(xs)).abs() > 1e-6).any(dim=1)
    steps = torch.nonzero(moved).flatten().tolist()
    return T - 1 - steps[0] if steps else -1

# %% right span: sequence by sequence, as float
def memory_span(model, xs, others):
    best = -1.0
    for x, other in zip(xs, others):
        for t in range(len(x)):
            changed = torch.cat([x[:t], other[t : t + 1], x[t + 1 :]])
            a, b = model(torch.stack([x, changed]))
            if abs(float(a) - float(b)) > 1e-6:
                best = max(best, float(len(x) - 1 - t))
    return best

# %% wrong span: gradients instead of exchanges | gradients in place of exchanges
def memory_span(model, xs, others):
    xs = xs.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(
        model(xs).sum() + 0 * xs.sum(), xs
    )
    moved = gradient.abs().sum(dim=(0, 2)) > 1e-6
    steps = moved.nonzero().flatten().tolist()
    return xs.shape[1] - 1 - steps[0] if steps else -1

# %% wrong span: the index of the step | counted from the beginning
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - model(xs)).abs() > 1e-6).any():
            return t
    return -1

# %% wrong span: stops at the first step without effect | stops at the first step
def memory_span(model, xs, others):
    T = xs.shape[1]
    for back in range(T):
        changed = xs.clone()
        changed[:, T - 1 - back] = others[:, T - 1 - back]
        if torch.allclose(model(changed), model(xs), atol=1e-6):
            return back - 1
    return T - 1

# %% wrong span: counted from one | counted from one
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - model(xs)).abs() > 1e-6).any():
            return xs.shape[1] - t
    return -1

# %% wrong span: the length of the window | what may be used, not what is
def memory_span(model, xs, others):
    return xs.shape[1] - 1

# %% wrong span: the strongest input | the input with the largest effect
def memory_span(model, xs, others):
    effects = []
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        effects.append((model(changed) - model(xs)).abs().max().item())
    if max(effects) <= 1e-6:
        return -1
    return xs.shape[1] - 1 - effects.index(max(effects))

# %% wrong span: the nearest input | the nearest input that matters
def memory_span(model, xs, others):
    T = xs.shape[1]
    for t in reversed(range(T)):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - model(xs)).abs() > 1e-6).any():
            return T - 1 - t
    return -1

# %% wrong span: everything older exchanged at once | several steps exchanged at once
def memory_span(model, xs, others):
    T = xs.shape[1]
    usual, span, before = model(xs), -1, None
    for t in range(T):
        changed = xs.clone()
        changed[:, : t + 1] = others[:, : t + 1]
        same = ((model(changed) - usual).abs() <= 1e-6).all()
        if not same:
            span = T - 1 - t
        if not same and before is None:
            before = t
    if before is None:
        return -1
    changed = xs.clone()
    changed[:, :] = others
    if ((model(changed) - usual).abs() <= 1e-6).all():
        return 2
    return T - 1 - before

# %% wrong span: the first sequence only | one sequence looked at
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if abs(float(model(changed)[0]) - float(model(xs)[0])) > 1e-6:
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: all sequences must change | all of them required to change
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - model(xs)).abs() > 1e-6).all():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: changes are averaged with their signs | cancel in a mean
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if abs((model(changed) - model(xs)).mean().item()) > 1e-6:
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: a threshold that is too high | overlooks a small effect
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - model(xs)).abs() > 0.1).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: zeros put in instead of the other sequences | set to zero
def memory_span(model, xs, others):
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = 0.0
        if ((model(changed) - model(xs)).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: writes into the sequences | in place
def memory_span(model, xs, others):
    usual = model(xs)
    for t in range(xs.shape[1]):
        xs[:, t] = others[:, t]
        if ((model(xs) - usual).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% right lag: one step after the other
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma ** (lag - 1) >= 1 / math.sqrt(batch_size * n_steps):
        lag += 1
    return lag

# %% right lag: by logarithms
def drowning_lag(gamma, batch_size, n_steps):
    steps = math.log(batch_size * n_steps) / (2 * math.log(1 / gamma))
    # Strictly below: at a whole number one more step is needed.
    return math.floor(steps + 1e-12) + 2

# %% right lag: a table, as a NumPy number
def drowning_lag(gamma, batch_size, n_steps):
    left = gamma ** np.arange(2000)
    below = left * (1 - 1e-12) < (batch_size * n_steps) ** -0.5
    below[np.isclose(left, (batch_size * n_steps) ** -0.5, rtol=1e-12)] = False
    return np.argmax(below) + 1

# %% wrong lag: T steps back instead of T - 1 | a lag of T has T - 1 steps back
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma**lag >= 1 / math.sqrt(batch_size * n_steps):
        lag += 1
    return lag

# %% wrong lag: no square root | falls with its square root
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma ** (lag - 1) >= 1 / (batch_size * n_steps):
        lag += 1
    return lag

# %% wrong lag: the batch alone | every training step brings new noise
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma ** (lag - 1) >= 1 / math.sqrt(batch_size):
        lag += 1
    return lag

# %% wrong lag: the training steps alone | each brings a batch of noises
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma ** (lag - 1) >= 1 / math.sqrt(n_steps):
        lag += 1
    return lag

# %% wrong lag: at the share, not below it | at the share itself
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma ** (lag - 1) > 1 / math.sqrt(batch_size * n_steps):
        lag += 1
    return lag

# %% wrong lag: a fixed threshold | a threshold that does not depend on the budget
def drowning_lag(gamma, batch_size, n_steps):
    lag = 1
    while gamma ** (lag - 1) >= 1e-6:
        lag += 1
    return lag

# %% wrong lag: not a whole number | not a whole number
def drowning_lag(gamma, batch_size, n_steps):
    return 1 + math.log(batch_size * n_steps) / (2 * math.log(1 / gamma))

# %% right latch: four flip-flops
W_x = np.zeros((4, 8))
W_x[:, :4] = 6 * np.eye(4) - 3
latch = W_x, 4 * np.eye(4), np.zeros(4)

# %% right latch: a bias holds the others down, as tensors
W_x = torch.zeros(4, 8)
W_x[range(4), range(4)] = 9.0
latch = [W_x, 5.0 * torch.eye(4), torch.full((4,), -1.5)]

# %% right latch: units that push each other down, in float32
W_x = np.concatenate([4 * np.eye(4) - 1, np.zeros((4, 4))], axis=1)
W_h = 4 * np.eye(4) - 1.5 * (1 - np.eye(4))
latch = (W_x.astype(np.float32), W_h.astype(np.float32), np.zeros(4, "f4"))

# %% wrong latch: a plain memory, W_h the identity | a weight of 1 or less
W_x = np.zeros((4, 8))
W_x[:, :4] = np.eye(4)
latch = W_x, 0.9 * np.eye(4), np.zeros(4)

# %% wrong latch: a weight of exactly 1, which fades slowly | a state that fades
W_x = np.zeros((4, 8))
W_x[:, :4] = 2 * np.eye(4)
latch = W_x, np.eye(4), np.zeros(4)

# %% wrong latch: distractors wired in as well | distractors that are heard
W_x = np.concatenate([6 * np.eye(4) - 3, 9 * np.eye(4) - 4], axis=1)
latch = W_x, 4 * np.eye(4), np.zeros(4)

# %% wrong latch: only the own unit is set, the others stay at 0 | left at 0
W_x = np.zeros((4, 8))
W_x[:, :4] = 3 * np.eye(4)
latch = W_x, 4 * np.eye(4), np.zeros(4)

# %% wrong latch: a negative weight on itself | a state that is not kept
W_x = np.zeros((4, 8))
W_x[:, :4] = 6 * np.eye(4) - 3
latch = W_x, -4 * np.eye(4), np.zeros(4)

# %% wrong latch: no recurrent weights | a state that is not kept
W_x = np.zeros((4, 8))
W_x[:, :4] = 6 * np.eye(4) - 3
latch = W_x, np.zeros((4, 4)), np.zeros(4)

# %% wrong latch: the symbols in another order | does not set its own unit
W_x = np.zeros((4, 8))
W_x[:, :4] = 6 * np.eye(4)[::-1] - 3
latch = W_x, 4 * np.eye(4), np.zeros(4)

# %% wrong latch: the symbols in the distractors' columns | does not set its own unit
W_x = np.zeros((4, 8))
W_x[:, 4:] = 6 * np.eye(4) - 3
latch = W_x, 4 * np.eye(4), np.zeros(4)

# %% wrong latch: an orthogonal turn of the state | a state that is not kept
W_x = np.zeros((4, 8))
W_x[:, :4] = 6 * np.eye(4) - 3
latch = W_x, 4 * np.roll(np.eye(4), 1, axis=0), np.zeros(4)

# %% wrong latch: so loud that noise tips it | noise can tip
W_x = np.zeros((4, 8))
W_x[:, :4] = 60 * np.eye(4) - 30
latch = W_x, 1.5 * np.eye(4), np.zeros(4)

# %% right need: one step back after the other
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": right[near].double().mean().item(),
        "far": right[~near].double().mean().item(),
    }

# %% right need: lists and counts
def accuracy_by_need(named, targets, symbols, k):
    counts = {"near": [0, 0], "far": [0, 0]}
    for names, rights, inputs in zip(
        named.tolist(), targets.tolist(), symbols.tolist()
    ):
        for t, right in enumerate(rights):
            read = inputs[max(0, t + 1 - k) : t + 1]
            kind = "near" if right in read else "far"
            counts[kind][0] += names[t] == right
            counts[kind][1] += 1
    return {
        kind: hits / n if n else math.nan
        for kind, (hits, n) in counts.items()
    }

# %% right need: a table of all pairs of steps, in NumPy
def accuracy_by_need(named, targets, symbols, k):
    n, t, s = (v.numpy() for v in (named, targets, symbols))
    steps = np.arange(s.shape[1])
    back = steps[:, None] - steps[None, :]
    same = t[:, :, None] == s[:, None, :]
    near = (same & (back >= 0) & (back < k)).any(axis=2)
    hit = (n == t).astype(np.float32)
    return {
        "near": hit[near].mean() if near.any() else float("nan"),
        "far": hit[~near].mean() if (~near).any() else float("nan"),
        "note": float(near.mean()),
    }

# %% wrong need: the input of the same step left out | the input of the same step left out
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(1, min(k, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": right[near].double().mean().nan_to_num(0.0).item(),
        "far": right[~near].double().mean().item(),
    }

# %% wrong need: one step too many | further back than k counted as near
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k + 1, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": right[near].double().mean().item(),
        "far": right[~near].double().mean().item(),
    }

# %% wrong need: a slice that starts below zero | a negative start of a slice
def accuracy_by_need(named, targets, symbols, k):
    hits = {"near": [], "far": []}
    for b in range(len(named)):
        for t in range(named.shape[1]):
            read = symbols[b, t - k + 1 : t + 1]
            kind = "near" if targets[b, t] in read else "far"
            hits[kind].append(float(named[b, t] == targets[b, t]))
    return {kind: float(np.mean(h or [np.nan])) for kind, h in hits.items()}

# %% wrong need: near and far swapped | near and far swapped
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "far": right[near].double().mean().item(),
        "near": right[~near].double().mean().item(),
    }

# %% wrong need: by the position in the sequence | by the position in the sequence
def accuracy_by_need(named, targets, symbols, k):
    right = named == targets
    return {
        "near": right[:, k:].double().mean().nan_to_num(0.0).item(),
        "far": right[:, :k].double().mean().item(),
    }

# %% wrong need: shares of all predictions | shares of all predictions
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": (right & near).double().mean().item(),
        "far": (right & ~near).double().mean().item(),
    }

# %% wrong need: a mean of means | a mean of means
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        kind: torch.stack(
            [r[m].double().mean() for r, m in zip(right, mask) if m.any()]
            or [torch.tensor(float("nan"))]
        ).mean().item()
        for kind, mask in (("near", near), ("far", ~near))
    }

# %% wrong need: only the input exactly k steps back | exactly k steps back
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    near[:, k - 1 :] = targets[:, k - 1 :] == symbols[:, : max(T - k + 1, 0)]
    right = named == targets
    return {
        "near": right[near].double().mean().item(),
        "far": right[~near].double().mean().item(),
    }

# %% wrong need: every input that was read, however far back | further back than k
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(T):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": right[near].double().mean().item(),
        "far": right[~near].double().mean().item(),
    }

# %% wrong need: zero for a share of nothing | a share of nothing
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k, T)):
        near[:, back:] |= targets[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": (right & near).sum().item() / max(near.sum().item(), 1),
        "far": (right & ~near).sum().item() / max((~near).sum().item(), 1),
    }

# %% wrong need: what was named is looked for, not what is right | what was named looked for
def accuracy_by_need(named, targets, symbols, k):
    B, T = symbols.shape
    near = torch.zeros(B, T, dtype=torch.bool)
    for back in range(min(k, T)):
        near[:, back:] |= named[:, back:] == symbols[:, : T - back]
    right = named == targets
    return {
        "near": right[near].double().mean().nan_to_num(0.0).item(),
        "far": right[~near].double().mean().nan_to_num(0.0).item(),
    }

# %% right bets: computed
bets = {
    "second_only": 1 / 12,
    "overall": (39 + 0.25) / 40,
    "extra_lag": math.log(4) / -math.log(0.85),
}

# %% right bets: in the head
bets = {"second_only": 0.083, "overall": 0.98, "extra_lag": 8}

# %% right bets: simulated
generator = torch.Generator().manual_seed(5)
first = torch.rand(200_000, generator=generator)
n = 0
while 0.85**n > 1 / 4:
    n += 1
bets = {
    "second_only": first.var(),
    "overall": np.mean([1.0] * 39 + [0.25]),
    "extra_lag": n,
}

# %% wrong bets: knows neither number | knows neither number
bets = {"second_only": 1 / 6, "overall": 0.98125, "extra_lag": 8.5}

# %% wrong bets: the guess is always wrong | right one time in four
bets = {"second_only": 1 / 12, "overall": 39 / 40, "extra_lag": 8.5}

# %% wrong bets: no square root | with its square root
bets = {"second_only": 1 / 12, "overall": 0.98125, "extra_lag": 17.06}

# %% wrong bets: in proportion to the budget | with its logarithm
bets = {"second_only": 1 / 12, "overall": 0.98125, "extra_lag": 16}

# %% wrong bets: a standard deviation | in place of a variance
bets = {"second_only": 12**-0.5, "overall": 0.98125, "extra_lag": 8.5}

# %% wrong bets: a bad memory means a low score | need no memory
bets = {"second_only": 1 / 12, "overall": 0.75, "extra_lag": 8.5}

# %% wrong bets: the first number taken as zero | without the first number's mean
bets = {"second_only": 1 / 3, "overall": 0.98125, "extra_lag": 8.5}

# %% free span: whether a change of exactly one millionth counts is of no matter
if ((model(changed) - usual).abs() >= 1e-06).any():

# %% equivalent lag: at lag 1 all is left, which is never below a share of at most 1
lag = 2

# %% equivalent lag: at lag 0 more than all would be left, which is above any share
lag = 0

# %% probe lag:
def probe(answer, draws):
    gamma = draws.uniform(1, low=0.05, high=0.98).item()
    return answer(gamma, draws.integer(1, 64), draws.integer(1, 500))

# %% free latch: any weight well above 1 keeps, and how firmly a symbol sets is free
W_h = 3 * np.eye(4)

# %% free latch: any weight well above 1 keeps, and how firmly a symbol sets is free
W_h = 5 * np.eye(4)

# %% free latch: any weight well above 1 keeps, and how firmly a symbol sets is free
W_x[:, :4] = W_h - 1

# %% free latch: any weight well above 1 keeps, and how firmly a symbol sets is free
W_x[:, :4] = W_h - 3

# %% free bets: a bet may be off by the share that the question allows
bets = {'second_only': 1 / 13, 'overall': (39 + 1 / 4) / 40, 'extra_lag': math.log(4) / math.log(1 / 0.85)}

# %% free bets: a bet may be off by the share that the question allows
bets = {'second_only': 1 / 11, 'overall': (39 + 1 / 4) / 40, 'extra_lag': math.log(4) / math.log(1 / 0.85)}

# %% free bets: a bet may be off by the share that the question allows
bets = {'second_only': 1 / 12, 'overall': (39 + 1 / 5) / 40, 'extra_lag': math.log(4) / math.log(1 / 0.85)}

# %% free bets: a bet may be off by the share that the question allows
bets = {'second_only': 1 / 12, 'overall': (39 + 1 / 3) / 40, 'extra_lag': math.log(4) / math.log(1 / 0.85)}

# %% right influence: full Jacobian products
def influences(hs, W_x, W_h, v):
    B, T, H = hs.shape
    out = torch.empty(B, T, dtype=hs.dtype)
    for b in range(B):
        row = v.clone()
        for t in range(T - 1, -1, -1):
            J = torch.diag(1 - hs[b, t] ** 2)
            out[b, t] = torch.linalg.vector_norm(row @ J @ W_x)
            row = row @ J @ W_h
    return out

# %% right influence: einsum, recursion
def influences(hs, W_x, W_h, v):
    if v.ndim == 1:
        v = v.repeat(hs.shape[0], 1)
    da = torch.mul(v, 1 - hs[:, -1].pow(2))
    last = torch.einsum("bh,hd->bd", da, W_x).square().sum(-1, keepdim=True).sqrt()
    if hs.shape[1] == 1:
        return last
    return torch.cat([influences(hs[:, :-1], W_x, W_h, torch.einsum("bh,hk->bk", da, W_h)), last], -1)

# %% right influence: numpy, batched matrices from each step
def influences(hs, W_x, W_h, v):
    h, Wx, Wh, u = (np.asarray(a, dtype=float) for a in (hs, W_x, W_h, v))
    B, T, H = h.shape
    J = (1 - h**2)[..., None] * Wh
    Dx = (1 - h**2)[..., None] * Wx
    res = np.zeros((B, T))
    for t in range(T):
        P = np.broadcast_to(np.eye(H), (B, H, H))
        for s in range(t + 1, T):
            P = J[:, s] @ P
        res[:, t] = np.linalg.norm(np.einsum("h,bhk,bkd->bd", u, P, Dx[:, t]), axis=-1)
    return torch.from_numpy(res)

# %% wrong influence: slopes of states averaged over the batch | states averaged over the batch
def influences(hs, W_x, W_h, v):
    hs = hs.mean(0, keepdim=True).expand_as(hs)
    norms, dh = [], v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], 1)

# %% wrong influence: the first step left out | first step left out
def influences(hs, W_x, W_h, v):
    out = torch.zeros(hs.shape[:2], dtype=hs.dtype)
    dh = v.expand(len(hs), -1)
    for t in range(hs.shape[1] - 1, 0, -1):
        da = (1 - hs[:, t] ** 2) * dh
        out[:, t] = (da @ W_x).norm(dim=1)
        dh = da @ W_h
    return out

# %% wrong influence: shares of a sum | shares of a sum
def influences(hs, W_x, W_h, v):
    norms, dh = [], v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    n = torch.stack(norms[::-1], 1)
    return n / n.sum(1, keepdim=True)

# %% wrong influence: a product of all the norms | a product of all the norms
def influences(hs, W_x, W_h, v):
    norms = []
    scale = v.norm() * torch.ones(len(hs), dtype=hs.dtype)
    for t in reversed(range(hs.shape[1])):
        s = (1 - hs[:, t] ** 2)
        norms.append(scale * torch.linalg.matrix_norm(s[:, :, None] * W_x, 2))
        scale = scale * torch.linalg.matrix_norm(s[:, :, None] * W_h, 2)
    return torch.stack(norms[::-1], 1)

# %% wrong influence: changes the states in place | writing in place
def influences(hs, W_x, W_h, v):
    hs.square_().neg_().add_(1)
    norms, dh = [], v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = hs[:, t] * dh
        norms.append((da @ W_x).norm(dim=1))
        dh = da @ W_h
    return torch.stack(norms[::-1], 1)

# %% wrong influence: the root of the mean over the features | the root of the mean over the features
def influences(hs, W_x, W_h, v):
    norms, dh = [], v.expand(len(hs), -1)
    for t in reversed(range(hs.shape[1])):
        da = (1 - hs[:, t] ** 2) * dh
        norms.append((da @ W_x).square().mean(1).sqrt())
        dh = da @ W_h
    return torch.stack(norms[::-1], 1)

# %% right span: all exchanges in one batch
def memory_span(model, xs, others):
    B, T, D = xs.shape
    many = xs.repeat(T, 1, 1, 1)
    for t in range(T):
        many[t, :, t] = others[:, t]
    y = model(many.reshape(T * B, T, D)).reshape(T, B)
    hit = ((y - model(xs)).abs() > 1e-6).any(1)
    return int(T - 1 - hit.nonzero()[0]) if hit.any() else -1

# %% right span: from the last, max, where
def memory_span(model, xs, others):
    y, T = model(xs), xs.shape[1]
    found = [-1]
    for back in range(T):
        here = (torch.arange(T) == T - 1 - back)[None, :, None]
        if torch.max(torch.abs(model(torch.where(here, others, xs)) - y)) > 1e-6:
            found.append(back)
    return max(found)

# %% right span: in place and back again
def memory_span(model, xs, others):
    xs = xs.clone()
    y = model(xs)
    for t in range(xs.shape[1]):
        keep = xs[:, t].clone()
        xs[:, t] = others[:, t]
        moved = (model(xs) - y).abs().max().item()
        xs[:, t] = keep
        if moved > 1e-6:
            return torch.tensor(xs.shape[1] - 1 - t)
    return torch.tensor(-1)

# %% wrong span: exchanges add up, from the oldest on | from the oldest on
def memory_span(model, xs, others):
    y, changed = model(xs), xs.clone()
    for t in range(xs.shape[1]):
        changed[:, t] = others[:, t]
        if ((model(changed) - y).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: every difference counts | every difference counted
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if (model(changed) != y).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: a threshold of a thousandth | overlooks a small effect
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - y).abs() > 1e-3).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: only answers that grow | only answers that grow counted
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if (model(changed) - y > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: the last step is never exchanged | last step is never exchanged
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(xs.shape[1] - 1):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - y).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: the first step is never exchanged | first step is never exchanged
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(1, xs.shape[1]):
        changed = xs.clone()
        changed[:, t] = others[:, t]
        if ((model(changed) - y).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: one feature of each step exchanged | features that are not exchanged
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(xs.shape[1]):
        changed = xs.clone()
        changed[:, t, -1] = others[:, t, -1]
        if ((model(changed) - y).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
    return -1

# %% wrong span: writes into the inputs | writing in place
def memory_span(model, xs, others):
    y = model(xs)
    for t in range(xs.shape[1]):
        keep = xs[:, t].clone()
        xs[:, t] = others[:, t]
        if ((model(xs) - y).abs() > 1e-6).any():
            return xs.shape[1] - 1 - t
        xs[:, t] = keep
    return -1

# %% right lag: closed form
def drowning_lag(gamma, batch_size, n_steps):
    return math.floor(math.log((batch_size * n_steps) ** -0.5) / math.log(gamma) + 1e-12) + 2

# %% right lag: recursion
def drowning_lag(gamma, batch_size, n_steps, T=1):
    return T if gamma ** (T - 1) < 1 / (batch_size * n_steps) ** 0.5 else drowning_lag(gamma, batch_size, n_steps, T + 1)

# %% right lag: numpy search, counting from itertools
import itertools
def drowning_lag(gamma, batch_size, n_steps):
    share = np.sqrt(1.0 / (batch_size * n_steps))
    return next(T for T in itertools.count(1) if np.power(gamma, T - 1) < share)

# %% wrong lag: a search up to 200 | a search that ends too soon
def drowning_lag(gamma, batch_size, n_steps):
    for T in range(1, 200):
        if gamma ** (T - 1) < (batch_size * n_steps) ** -0.5:
            return T
    return 200

# %% wrong lag: the share of 1 counted as below itself | at the share itself
def drowning_lag(gamma, batch_size, n_steps):
    if batch_size * n_steps == 1:
        return 1
    T = 1
    while gamma ** (T - 1) >= (batch_size * n_steps) ** -0.5:
        T += 1
    return T

# %% wrong lag: a linear decay | subtracts 1 - gamma
def drowning_lag(gamma, batch_size, n_steps):
    T = 1
    while 1 - (1 - gamma) * (T - 1) >= (batch_size * n_steps) ** -0.5:
        T += 1
    return T

# %% right latch: a bias rests the others below
W_x = torch.zeros(4, 8)
W_x[:, :4] = 6 * torch.eye(4)
latch = [W_x, 4 * torch.eye(4), torch.full((4,), -1.5)]

# %% right latch: lists of lists
latch = (
    [[4, -4, -4, -4, 0, 0, 0, 0], [-4, 4, -4, -4, 0, 0, 0, 0], [-4, -4, 4, -4, 0, 0, 0, 0], [-4, -4, -4, 4, 0, 0, 0, 0]],
    [[3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3]],
    [0, 0, 0, 0],
)

# %% wrong latch: the other units left at 0, w = 3 | left at 0
latch = np.hstack([4 * np.eye(4), np.zeros((4, 4))]), 3 * np.eye(4), np.zeros(4)

# %% wrong latch: a weight just above 1 | noise can tip or blur
latch = np.hstack([np.eye(4) - 0.5, np.zeros((4, 4))]), 1.02 * np.eye(4), np.zeros(4)

# %% right need: broadcasting over all pairs of steps
def accuracy_by_need(named, targets, symbols, k):
    T = symbols.shape[1]
    t = torch.arange(T)
    seen = (t[None, :] <= t[:, None]) & (t[None, :] > t[:, None] - k)
    near = ((targets[:, :, None] == symbols[:, None, :]) & seen).any(-1)
    ok = (named == targets).float()
    return {"near": ok[near].mean(), "far": ok[~near].mean()}

# %% right need: deques, plain Python
from collections import deque
def accuracy_by_need(named, targets, symbols, k):
    counts = {"near": [0, 0], "far": [0, 0]}
    for row_n, row_t, row_s in zip(named.tolist(), targets.tolist(), symbols.tolist()):
        last = deque(maxlen=k)
        for n, t, s in zip(row_n, row_t, row_s):
            last.append(s)
            c = counts["near" if t in last else "far"]
            c[0] += n == t
            c[1] += 1
    return {kind: c[0] / c[1] if c[1] else float("nan") for kind, c in counts.items()}

# %% right need: numpy, padded unfold
def accuracy_by_need(named, targets, symbols, k):
    n, t, s = (np.asarray(a) for a in (named, targets, symbols))
    pad = np.full((len(s), k - 1), s.min() - t.max() - t.min() - 1_000_000)
    windows = np.lib.stride_tricks.sliding_window_view(np.hstack([pad, s]), k, axis=1)
    near = (windows == t[..., None]).any(-1)
    right = n == t
    out = dict()
    for kind, mask in (("far", ~near), ("near", near)):
        out[kind] = np.nan if not mask.any() else right[mask].mean()
    return out

# %% wrong need: 0 where there is no near target | a share of nothing
def accuracy_by_need(named, targets, symbols, k):
    T = symbols.shape[1]
    t = torch.arange(T)
    seen = (t[None, :] <= t[:, None]) & (t[None, :] > t[:, None] - k)
    near = ((targets[:, :, None] == symbols[:, None, :]) & seen).any(-1)
    ok = (named == targets).float()
    return {"near": ok[near].mean().nan_to_num(0.0), "far": ok[~near].mean()}

# %% wrong need: looks for what was named | what was named looked for
def accuracy_by_need(named, targets, symbols, k):
    T = symbols.shape[1]
    t = torch.arange(T)
    seen = (t[None, :] <= t[:, None]) & (t[None, :] > t[:, None] - k)
    near = ((named[:, :, None] == symbols[:, None, :]) & seen).any(-1)
    ok = (named == targets).float()
    return {"near": ok[near].mean(), "far": ok[~near].mean()}

# %% wrong need: a mean over the sequences' means | a mean of means
def accuracy_by_need(named, targets, symbols, k):
    T = symbols.shape[1]
    t = torch.arange(T)
    seen = (t[None, :] <= t[:, None]) & (t[None, :] > t[:, None] - k)
    near = ((targets[:, :, None] == symbols[:, None, :]) & seen).any(-1)
    ok = (named == targets).float()
    return {n: torch.stack([o[m].mean() for o, m in zip(ok, mask)]).nanmean() for n, mask in (("near", near), ("far", ~near))}

# %% wrong need: counts errors | errors counted in place
def accuracy_by_need(named, targets, symbols, k):
    T = symbols.shape[1]
    t = torch.arange(T)
    seen = (t[None, :] <= t[:, None]) & (t[None, :] > t[:, None] - k)
    near = ((targets[:, :, None] == symbols[:, None, :]) & seen).any(-1)
    ok = (named != targets).float()
    return {"near": ok[near].mean(), "far": ok[~near].mean()}

# %% wrong need: reads over the border of a sequence | inputs of another sequence
def accuracy_by_need(named, targets, symbols, k):
    s, y, n = symbols.flatten().tolist(), targets.flatten().tolist(), named.flatten().tolist()
    hits = {"near": [], "far": []}
    for i in range(len(s)):
        hits["near" if y[i] in s[max(0, i - k + 1): i + 1] else "far"].append(float(n[i] == y[i]))
    return {kind: sum(v) / len(v) if v else float("nan") for kind, v in hits.items()}

# %% right bets: arrays of one
bets = {"second_only": torch.tensor([0.083]), "overall": np.array([0.981]), "extra_lag": 9}

# %% wrong bets: the square of the mean | the square of the mean
bets = {"second_only": 0.25, "overall": 0.96, "extra_lag": -8.5}

# %% wrong bets: all a little too large | too large
bets = {"second_only": 0.12, "overall": 0.99, "extra_lag": 12}

# %% wrong bets: all a little too small | too small
bets = {"second_only": 0.06, "overall": 0.976, "extra_lag": 6}
