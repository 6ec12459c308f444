# Answers to solutions/09-unstable-gradients; course_lib/grading/trials.py reads them.

# %% right clip: one long vector
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    factor = largest / max(norm.item(), largest)
    return [g * factor for g in gradients], norm.item()

# %% right clip: sums of squares in a loop, the norm as a tensor, a tuple
def clip(gradients, largest):
    total = torch.zeros((), dtype=torch.float64)
    for g in gradients:
        total = total + g.double().pow(2).sum()
    norm = total.sqrt()
    if norm.isnan() or norm.isinf():
        return tuple(0 * torch.ones_like(g) for g in gradients), norm
    if norm <= largest:
        return tuple(g.clone() for g in gradients), norm
    return tuple(g / norm.to(g.dtype) * largest for g in gradients), norm

# %% right clip: torch's own function on parameters that are made for it
def clip(gradients, largest):
    holders = [nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for holder, g in zip(holders, gradients):
        holder.grad = g.clone()
    norm = nn.utils.get_total_norm(gradients)
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], float(norm)
    if norm > largest:
        for holder in holders:
            holder.grad.mul_(largest / norm)
    return [holder.grad for holder in holders], float(norm)

# %% right clip: numpy, and a warning on the way
import warnings

def clip(gradients, largest):
    warnings.warn("clipping by hand")
    squares = [np.square(g.numpy().astype(np.float64)).sum() for g in gradients]
    norm = float(np.sqrt(np.sum(squares)))
    if not np.isfinite(norm):
        return [g * 0 if g.isfinite().all() else torch.zeros(g.shape) for g in gradients], norm
    return [g * (largest / max(norm, largest)) for g in gradients], norm

# %% wrong clip: each tensor by itself | each tensor clipped by itself
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g * min(1.0, largest / (g.norm().item() + 1e-12)) for g in gradients], norm.item()

# %% wrong clip: by value | each entry clipped by itself
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g.clamp(-largest, largest) for g in gradients], norm.item()

# %% wrong clip: short ones are stretched to the threshold | stretched to the threshold
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm) or norm == 0:
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g * largest / norm for g in gradients], norm.item()

# %% wrong clip: gives the norm after clipping | the norm after clipping
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    factor = min(1.0, largest / (norm.item() + 1e-12))
    return [g * factor for g in gradients], norm.item() * factor

# %% wrong clip: the sum of the sizes | the sum of the sizes
def clip(gradients, largest):
    norm = sum(g.abs().sum() for g in gradients)
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g * min(1.0, largest / (norm.item() + 1e-12)) for g in gradients], norm.item()

# %% wrong clip: no root | no root
def clip(gradients, largest):
    norm = sum(g.square().sum() for g in gradients)
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g * min(1.0, largest / (norm.item() + 1e-12)) for g in gradients], norm.item()

# %% wrong clip: sum of the tensors' norms | sum of the sizes
def clip(gradients, largest):
    norm = sum(g.norm() for g in gradients)
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g * min(1.0, largest / (norm.item() + 1e-12)) for g in gradients], norm.item()

# %% wrong clip: changes the caller's gradients | in place
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm):
        return [g.zero_() for g in gradients], norm.item()
    if norm > largest:
        for g in gradients:
            g.mul_(largest / norm)
    return gradients, norm.item()

# %% wrong clip: no rule for a norm that is not finite | never looked at
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    factor = torch.clamp(largest / (norm + 1e-12), max=1.0)
    return [g * factor for g in gradients], norm.item()

# %% wrong clip: only the bad entries set to zero | only the bad entry
def clip(gradients, largest):
    gradients = [g.nan_to_num(0.0, 0.0, 0.0) for g in gradients]
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    factor = min(1.0, largest / (norm.item() + 1e-12))
    return [g * factor for g in gradients], norm.item()

# %% wrong clip: divides by a norm of zero | norm of zero
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not torch.isfinite(norm):
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return [g / norm * torch.clamp(norm, max=largest) for g in gradients], norm.item()

# %% wrong clip: gives the list only | a tuple
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm().item()
    return torch.cat([g.flatten() * min(1.0, largest / norm) for g in gradients])

# %% right hump: one entry off the diagonal
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = sigma - rho**2 / sigma
    return W

# %% right hump: a lower triangle and smaller other eigenvalues, in numpy
def humped(hidden_size, rho, sigma):
    W = np.diag(np.full(hidden_size, rho / 2))
    W[0, 0] = W[1, 1] = rho
    W[1, 0] = np.sqrt(sigma**2 + rho**4 / sigma**2 - 2 * rho**2 + 1e-18)
    return W

# %% right hump: a quarter turn that stretches one axis
def humped(hidden_size, rho, sigma):
    W = torch.zeros(hidden_size, hidden_size, dtype=torch.float64)
    W[0, 1], W[1, 0] = sigma, -(rho**2) / sigma
    return W

# %% right hump: found by bisection, turned by an orthogonal matrix
def humped(hidden_size, rho, sigma):
    def largest(s):
        W = rho * torch.eye(2, dtype=torch.float64)
        W[0, 1] = s
        return torch.linalg.svdvals(W)[0]

    low, high = 0.0, sigma
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if largest(middle) < sigma else (low, middle)
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = low
    Q, _ = torch.linalg.qr(torch.randn(hidden_size, hidden_size, dtype=torch.float64))
    return Q @ W @ Q.T

# %% wrong hump: sigma off the diagonal as it is | the diagonal adds to it
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = sigma
    return W

# %% wrong hump: sigma minus rho | do not add up in a line
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = sigma - rho
    return W

# %% wrong hump: a diagonal matrix with both | a radius of sigma
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 0] = sigma
    return W

# %% wrong hump: no hump | no vector is stretched by more
def humped(hidden_size, rho, sigma):
    return rho * torch.eye(hidden_size, dtype=torch.float64)

# %% wrong hump: a rotation, times sigma | a radius of sigma
def humped(hidden_size, rho, sigma):
    Q, _ = torch.linalg.qr(torch.randn(hidden_size, hidden_size, dtype=torch.float64))
    return sigma * Q

# %% wrong hump: a rotation | a radius of 1
def humped(hidden_size, rho, sigma):
    Q, _ = torch.linalg.qr(torch.randn(hidden_size, hidden_size, dtype=torch.float64))
    return Q

# %% wrong hump: the diagonal left empty | without its diagonal
def humped(hidden_size, rho, sigma):
    W = torch.zeros(hidden_size, hidden_size, dtype=torch.float64)
    W[0, 1] = sigma
    return W

# %% wrong hump: both triangles filled | eigenvalues that are not rho
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = W[1, 0] = sigma - rho**2 / sigma
    return W

# %% wrong hump: always two by two | the 2 × 2 example
def humped(hidden_size, rho, sigma):
    return torch.tensor([[rho, sigma - rho**2 / sigma], [0.0, rho]], dtype=torch.float64)

# %% wrong hump: the root of the difference of squares | the root of sigma^2 - rho^2
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = (sigma**2 - rho**2) ** 0.5
    return W

# %% right diagnose: norms first, then states
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if threshold is not None and np.mean(total > threshold) > 0.9:
        return "always clipped"
    if total.max() > 100:
        return "exploding"
    if log["state/silent"][-1] > 0.5:
        return "dead"
    if log["state/saturated"][-1] > 0.5:
        return "saturated"
    return "healthy"

# %% right diagnose: states first, the recurrent gradient, plain lists
def diagnose(log, threshold):
    total, n = log["gradient/total"], len(log["loss"])
    if max(log["gradient/W_h"][-10:]) == 0 and min(log["state/silent"][-10:]) == 1:
        return "dead"
    if sum(log["state/saturated"][-10:]) / 10 > 0.3:
        return "exploding" if max(total[:10]) > 150 else "saturated"
    if threshold and sorted(total)[n // 4] > threshold:
        return "always clipped"
    return "healthy"

# %% right diagnose: torch tensors and a table of rules
def diagnose(log, threshold):
    t = {tag: torch.tensor(values) for tag, values in log.items()}
    rules = {
        "exploding": t["gradient/total"].max() > 200,
        "dead": (t["gradient/W_h"] == 0).float().mean() > 0.8,
        "saturated": t["state/saturated"].median() > 0.5,
        "always clipped": threshold is not None
        and bool((t["gradient/total"] > threshold).float().mean() > 0.8),
        "healthy": True,
    }
    return next(name for name, holds in rules.items() if holds)

# %% wrong diagnose: everything with a threshold is always clipped | count the steps
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if threshold is not None:
        return "always clipped"
    if total.max() > 100:
        return "exploding"
    if log["state/silent"][-1] > 0.5:
        return "dead"
    return "saturated" if log["state/saturated"][-1] > 0.5 else "healthy"

# %% wrong diagnose: the threshold is not looked at | threshold was not looked at
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if total.max() > 100:
        return "exploding"
    if log["state/silent"][-1] > 0.5:
        return "dead"
    return "saturated" if log["state/saturated"][-1] > 0.5 else "healthy"

# %% wrong diagnose: one clipped step is enough | count the steps
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if threshold is not None and total.max() > threshold:
        return "always clipped"
    if total.max() > 100:
        return "exploding"
    if log["state/silent"][-1] > 0.5:
        return "dead"
    return "saturated" if log["state/saturated"][-1] > 0.5 else "healthy"

# %% wrong diagnose: what an exploded run has become | what the run has become
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if threshold is not None and np.mean(total > threshold) > 0.9:
        return "always clipped"
    if log["state/silent"][-1] > 0.5:
        return "dead"
    if log["state/saturated"][-1] > 0.5:
        return "saturated"
    return "exploding" if total.max() > 100 else "healthy"

# %% wrong diagnose: only the end of the run | the end of the run only
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])[-10:]
    if threshold is not None and np.mean(total > threshold) > 0.9:
        return "always clipped"
    if total.max() > 100:
        return "exploding"
    if log["gradient/W_h"][-1] == 0:
        return "dead"
    return "saturated" if total.mean() < 0.001 else "healthy"

# %% wrong diagnose: the norm alone | the total norm only
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if threshold is not None and np.mean(total > threshold) > 0.9:
        return "always clipped"
    if total.max() > 100:
        return "exploding"
    return "dead" if total[-1] < 1e-6 else "healthy"

# %% wrong diagnose: dead for every small recurrent gradient | not exactly 0
def diagnose(log, threshold):
    total = np.array(log["gradient/total"])
    if threshold is not None and np.mean(total > threshold) > 0.9:
        return "always clipped"
    if total.max() > 100:
        return "exploding"
    if log["state/silent"][-1] > 0.5 or log["state/saturated"][-1] > 0.5:
        return "dead"
    return "healthy"

# %% wrong diagnose: a first norm above 0.5 is an explosion | no explosion
def diagnose(log, threshold):
    total = log["gradient/total"]
    if max(total) > 2 * total[-1]:
        return "exploding"
    if log["state/silent"][-1] > 0.5:
        return "dead"
    return "saturated" if log["state/saturated"][-1] > 0.5 else "healthy"

# %% wrong diagnose: by the loss | the end of the run only
def diagnose(log, threshold):
    first, last = log["loss"][0], log["loss"][-1]
    return "healthy" if last < first else "dead"

# %% right log: norms of each, the root of the sum of their squares
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        norms = {name: g.norm().item() for name, g in gradients.items()}
        total = sum(norm**2 for norm in norms.values()) ** 0.5
        for name, norm in norms.items():
            writer.add_scalar(f"gradient/{name}", norm, n)
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", float(total > threshold), n)
    writer.close()
    return read_back(folder)

# %% right log: a with block, torch's total norm, tag after tag
def log_steps(steps, threshold, folder):
    with SummaryWriter(log_dir=folder) as writer:
        for name in steps[0]:
            for n, gradients in enumerate(steps):
                size = torch.linalg.vector_norm(gradients[name])
                writer.add_scalar("gradient/" + name, size, global_step=n)
        for n, gradients in enumerate(steps):
            total = nn.utils.get_total_norm(list(gradients.values()))
            writer.add_scalar("gradient/total", total, global_step=n)
            writer.add_scalar("clipped", int(total > threshold), global_step=n)
    return read_back(folder)

# %% right log: numpy, flushed, lists
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder, flush_secs=1)
    n = 0
    for gradients in steps:
        squares = {k: float(np.sum(np.square(g.numpy()))) for k, g in gradients.items()}
        squares["total"] = sum(squares.values())
        for k, square in squares.items():
            writer.add_scalar(f"gradient/{k}", np.sqrt(square), n)
        writer.add_scalar("clipped", 1 if np.sqrt(squares["total"]) > threshold else 0, n)
        n += 1
    writer.flush()
    writer.close()
    return list(read_back(folder))

# %% wrong log: the total after clipping | after clipping
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
        writer.add_scalar("gradient/total", min(total, threshold), n)
        writer.add_scalar("clipped", float(total > threshold), n)
    writer.close()
    return read_back(folder)

# %% wrong log: the sum of the norms | sum of the norms
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        total = sum(g.norm().item() for g in gradients.values())
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", float(total > threshold), n)
    writer.close()
    return read_back(folder)

# %% wrong log: no step number | no step number
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for gradients in steps:
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm())
        writer.add_scalar("gradient/total", total)
        writer.add_scalar("clipped", float(total > threshold))
    writer.close()
    return read_back(folder)

# %% wrong log: steps from 1 | counted from 1
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps, start=1):
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", float(total > threshold), n)
    writer.close()
    return read_back(folder)

# %% wrong log: means in place of norms | mean of the entries
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.mean(), n)
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", float(total > threshold), n)
    writer.close()
    return read_back(folder)

# %% wrong log: no total | missing
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
            writer.add_scalar("clipped", float(g.norm() > threshold), n)
    writer.close()
    return read_back(folder)

# %% wrong log: clipped, each tensor by itself | each tensor compared
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        far = [g.norm() > threshold for g in gradients.values()]
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", float(any(far)), n)
    writer.close()
    return read_back(folder)

# %% wrong log: a norm at the threshold counts as clipped | equals the threshold
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    for n, gradients in enumerate(steps):
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", float(total >= threshold), n)
    writer.close()
    return read_back(folder)

# %% wrong log: the share of clipped steps so far | a mean over the steps
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    hits = 0
    for n, gradients in enumerate(steps):
        total = nn.utils.get_total_norm(list(gradients.values())).item()
        for name, g in gradients.items():
            writer.add_scalar(f"gradient/{name}", g.norm(), n)
        hits += total > threshold
        writer.add_scalar("gradient/total", total, n)
        writer.add_scalar("clipped", hits / (n + 1), n)
    writer.close()
    return read_back(folder)

# %% wrong log: only the last step | one step in the file
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    total = nn.utils.get_total_norm(list(steps[-1].values())).item()
    for name, g in steps[-1].items():
        writer.add_scalar(f"gradient/{name}", g.norm(), 0)
    writer.add_scalar("gradient/total", total, 0)
    writer.add_scalar("clipped", float(total > threshold), 0)
    writer.close()
    return read_back(folder)

# %% right norm: as the equation
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    mu = a.mean(dim=1, keepdim=True)
    variance = (a - mu).square().mean(dim=1, keepdim=True)
    return torch.tanh(gain * (a - mu) / (variance + 1e-5).sqrt() + bias)

# %% right norm: one sequence after the other
def normed_step(x, h, W_x, W_h, gain, bias):
    rows = []
    for one, state in zip(x, h):
        a = W_x @ one + W_h @ state
        a = (a - a.mean()) * torch.rsqrt(a.var(correction=0) + 1e-5)
        rows.append(torch.tanh(bias + gain * a))
    return torch.stack(rows)

# %% right norm: einsum and moments, in float64
def normed_step(x, h, W_x, W_h, gain, bias):
    a = torch.einsum("bd,hd->bh", x.double(), W_x.double())
    a = a + torch.einsum("bk,hk->bh", h.double(), W_h.double())
    mu = a.mean(-1, keepdim=True)
    variance = (a**2).mean(-1, keepdim=True) - mu**2
    return (gain * (a - mu) / torch.sqrt(variance + 1e-5) + bias).tanh()

# %% right norm: a joint weight matrix, in numpy
def normed_step(x, h, W_x, W_h, gain, bias):
    joint = np.concatenate([x.numpy(), h.numpy()], axis=1)
    weights = np.concatenate([W_x.numpy(), W_h.numpy()], axis=1)
    a = joint @ weights.T
    a = a - a.mean(1, keepdims=True)
    a = a / np.sqrt((a**2).mean(1, keepdims=True) + 1e-5)
    return np.tanh(gain.numpy() * a + bias.numpy())

# %% wrong norm: over the batch | statistics over the batch
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    mu, variance = a.mean(dim=0), a.var(dim=0, correction=0)
    return torch.tanh(gain * (a - mu) / (variance + 1e-5).sqrt() + bias)

# %% wrong norm: over everything | statistics over the batch
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    return torch.tanh(gain * (a - a.mean()) / (a.var(correction=0) + 1e-5).sqrt() + bias)

# %% wrong norm: the unbiased variance | divided by H - 1
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True)
    return torch.tanh(gain * (a - mu) / (variance + 1e-5).sqrt() + bias)

# %% wrong norm: behind the tanh | behind the tanh
def normed_step(x, h, W_x, W_h, gain, bias):
    a = torch.tanh(x @ W_x.T + h @ W_h.T)
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return gain * (a - mu) / variance.sqrt() + bias

# %% wrong norm: each product by itself | each product normalised by itself
def normed_step(x, h, W_x, W_h, gain, bias):
    def normed(a):
        mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
        return (a - mu) / (variance + 1e-12).sqrt()

    return torch.tanh(gain * (normed(x @ W_x.T) + normed(h @ W_h.T)) + bias)

# %% wrong norm: the mean stays | a mean that was not taken off
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    variance = a.var(1, keepdim=True, correction=0)
    return torch.tanh(gain * a / (variance + 1e-5).sqrt() + bias)

# %% wrong norm: divides by the variance | its root is missing
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return torch.tanh(gain * (a - mu) / (variance + 1e-5) + bias)

# %% wrong norm: no epsilon | no epsilon
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return torch.tanh(gain * (a - mu) / variance.sqrt() + bias)

# %% wrong norm: epsilon behind the root | behind the root
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return torch.tanh(gain * (a - mu) / (variance.sqrt() + 1e-5) + bias)

# %% wrong norm: gain and bias before the norm | before the norm
def normed_step(x, h, W_x, W_h, gain, bias):
    a = gain * (x @ W_x.T + h @ W_h.T) + bias
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return torch.tanh((a - mu) / (variance + 1e-5).sqrt())

# %% wrong norm: the state is forgotten | the state left out
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return torch.tanh(gain * (a - mu) / (variance + 1e-5).sqrt() + bias)

# %% wrong norm: W_h the wrong way round | W_h transposed
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h
    mu, variance = a.mean(1, keepdim=True), a.var(1, keepdim=True, correction=0)
    return torch.tanh(gain * (a - mu) / (variance + 1e-5).sqrt() + bias)

# %% right faulty: a long and a short one, compared with what should come
def judge(clip, gradients):
    flat = torch.cat([g.flatten() for g in gradients])
    norm = flat.norm().item()
    for largest in (norm / 2, norm + norm):
        clipped, before = clip(gradients, largest)
        got = torch.cat([g.flatten() for g in clipped])
        off = (got - flat / norm * min(norm, largest)).norm()
        if max(off, abs(before - norm)) > 1e-4:
            return "faulty"
    return "sound"

# %% right faulty: by its rules: length, direction, norm
def judge(clip, gradients):
    flat = np.concatenate([g.numpy().ravel() for g in gradients])
    length = np.linalg.norm(flat)
    for largest in (0.2 * length, 0.9 * length, 1.1 * length, 10 * length):
        clipped, norm = clip(gradients, float(largest))
        got = np.concatenate([np.asarray(g).ravel() for g in clipped])
        if abs(np.linalg.norm(got) - min(length, largest)) > 1e-4:
            return "faulty"
        if got @ flat < 0.9999 * np.linalg.norm(got) * length:
            return "faulty"
        if not np.isclose(float(norm), length, atol=1e-4):
            return "faulty"
    return "sound"

# %% right faulty: every tensor, many thresholds, float64, copies
def judge(clip, gradients):
    total = sum(g.double().square().sum() for g in gradients).sqrt().item()
    faults = []
    for largest in torch.linspace(0.1, 2.0, 7) * total:
        clipped, norm = clip([g.clone() for g in gradients], largest.item())
        factor = min(1.0, largest.item() / total)
        for g, short in zip(gradients, clipped):
            faults.append((short - factor * g).abs().max().item() > 1e-4)
        faults.append(abs(norm - total) > 1e-4)
    return "faulty" if any(faults) else "sound"

# %% wrong faulty: the first tensor only | a test with one tensor only
def judge(clip, gradients):
    g = gradients[0]
    for share in (0.5, 2.0):
        (got,), norm = clip([g], share * g.norm().item())
        if (got - g * min(1.0, share)).abs().max() > 1e-4:
            return "faulty"
        if abs(norm - g.norm().item()) > 1e-4:
            return "faulty"
    return "sound"

# %% wrong faulty: the length only | not at the direction
def judge(clip, gradients):
    norm = torch.cat([g.flatten() for g in gradients]).norm().item()
    for share in (0.5, 2.0):
        clipped, before = clip(gradients, share * norm)
        length = torch.cat([g.flatten() for g in clipped]).norm().item()
        if abs(length - norm * min(1.0, share)) > 1e-4 or abs(before - norm) > 1e-4:
            return "faulty"
    return "sound"

# %% wrong faulty: never a short gradient | shorter than the threshold
def judge(clip, gradients):
    flat = torch.cat([g.flatten() for g in gradients])
    clipped, norm = clip(gradients, 0.5 * flat.norm().item())
    got = torch.cat([g.flatten() for g in clipped])
    wrong = (got - 0.5 * flat).abs().max() > 1e-4
    return "faulty" if wrong or abs(norm - flat.norm()) > 1e-4 else "sound"

# %% wrong faulty: never a long gradient | never longer
def judge(clip, gradients):
    flat = torch.cat([g.flatten() for g in gradients])
    clipped, norm = clip(gradients, 3 * flat.norm().item())
    wrong = (torch.cat([g.flatten() for g in clipped]) - flat).abs().max() > 1e-4
    return "faulty" if wrong or abs(norm - flat.norm()) > 1e-4 else "sound"

# %% wrong faulty: the norm that comes back is not looked at | never looks at the norm
def judge(clip, gradients):
    flat = torch.cat([g.flatten() for g in gradients])
    for share in (0.5, 2.0):
        clipped, _ = clip(gradients, share * flat.norm().item())
        got = torch.cat([g.flatten() for g in clipped])
        if (got - flat * min(1.0, share)).abs().max() > 1e-4:
            return "faulty"
    return "sound"

# %% wrong faulty: exact equality | accuses what is right
def judge(clip, gradients):
    flat = torch.cat([g.flatten() for g in gradients])
    for share in (0.3, 2.0):
        clipped, norm = clip(gradients, share * flat.norm().item())
        got = torch.cat([g.flatten() for g in clipped])
        if not torch.equal(got, flat * min(1.0, share)) or norm != flat.norm():
            return "faulty"
    return "sound"

# %% wrong faulty: all are faulty | accuses what is right
def judge(clip, gradients):
    return "faulty"

# %% wrong faulty: none is faulty | one tensor only
def judge(clip, gradients):
    return "sound"

# %% wrong faulty: the norm after clipping is expected | accuses what is right
def judge(clip, gradients):
    norm = torch.cat([g.flatten() for g in gradients]).norm().item()
    _, before = clip(gradients, 0.5 * norm)
    return "faulty" if abs(before - 0.5 * norm) > 1e-4 else "sound"

# %% wrong faulty: one threshold for all gradients | never longer
def judge(clip, gradients):
    flat = torch.cat([g.flatten() for g in gradients])
    clipped, norm = clip(gradients, 2.0)
    got = torch.cat([g.flatten() for g in clipped])
    want = flat * min(1.0, 2.0 / flat.norm().item())
    wrong = (got - want).abs().max() > 1e-4
    return "faulty" if wrong or abs(norm - flat.norm()) > 1e-4 else "sound"

# %% right bets: computed
bets = {
    "radius": 400**0.5 * 0.06 / 3**0.5,
    "survivors": 0.9**12,
    "adam_ratio": 1.0,
}

# %% right bets: rounded
bets = dict(radius=0.7, survivors=0.28, adam_ratio=1)

# %% right bets: numpy numbers, simulated survivors
kept = np.random.default_rng(0).random((12, 100_000)) > 0.1
bets = {
    "adam_ratio": np.float64(1.02),
    "radius": torch.tensor(0.06 * 20 / 3**0.5),
    "survivors": kept.all(axis=0).mean(),
}

# %% wrong bets: the largest entry | the size of a single entry
bets = {"radius": 0.06, "survivors": 0.28, "adam_ratio": 1.0}

# %% wrong bets: the root of H times the largest entry | the standard deviation
bets = {"radius": 1.2, "survivors": 0.28, "adam_ratio": 1.0}

# %% wrong bets: all entries of one sign | the root of H is left
bets = {"radius": 12.0, "survivors": 0.28, "adam_ratio": 1.0}

# %% wrong bets: one mask for the sequence | one mask
bets = {"radius": 0.69, "survivors": 0.9, "adam_ratio": 1.0}

# %% wrong bets: the share that is dropped | the share that is dropped
bets = {"radius": 0.69, "survivors": 1 - 0.9**12, "adam_ratio": 1.0}

# %% wrong bets: q added up | shares multiply
bets = {"radius": 0.69, "survivors": 1 - 12 * 0.1, "adam_ratio": 1.0}

# %% wrong bets: Adam taken for plain descent | divides by the gradient's size
bets = {"radius": 0.69, "survivors": 0.28, "adam_ratio": 1000.0}

# %% wrong bets: a root | a root
bets = {"radius": 0.69, "survivors": 0.28, "adam_ratio": 1000**0.5}

# %% free faulty: the tolerance is a bound, no number to be hit
        if max(off, abs(before - norm)) >= 0.0001:

# %% free faulty: any threshold below the norm will do
    for largest in (norm / 3, norm + norm):

# %% free diagnose: more than half of the steps, or half of them
    if threshold is not None and np.median(total) >= threshold:

# %% free diagnose: any bound between 15 and 700 tells the runs apart
    if total.max() >= 100:

# %% free diagnose: any bound between 15 and 700 tells the runs apart
    if total.max() > 101:

# %% free diagnose: any bound between 15 and 700 tells the runs apart
    if total.max() > 99:

# %% free diagnose: the share at which one says saturated is left to the student
    return 'saturated' if max(log['state/saturated']) >= 0.5 else 'healthy'

# %% right clip: torch's own on clones
def clip(gradients, largest):
    ps = [nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for p, g in zip(ps, gradients):
        p.grad = g.clone()
    n = nn.utils.clip_grad_norm_(ps, largest)
    if not n.isfinite():
        return [torch.zeros_like(g) for g in gradients], n
    return [p.grad for p in ps], n

# %% right clip: math, tuple
import math
def clip(gradients, largest):
    G = math.sqrt(sum(float(g.double().pow(2).sum()) for g in gradients))
    f = min(1.0, largest / G) if 0 < G < math.inf else float(G == 0)
    return tuple(torch.nan_to_num(g, 0, 0, 0).mul(f) if f else g.new_zeros(g.shape) for g in gradients), G

# %% right clip: flat vector and split
def clip(gradients, largest):
    flat = torch.nn.utils.parameters_to_vector(gradients)
    n = torch.linalg.vector_norm(flat)
    if n.isnan() or n.isinf():
        new = torch.zeros_like(flat)
    elif n > largest:
        new = flat / n * largest
    else:
        new = flat
    out = [p.view_as(g) for p, g in zip(new.split([g.numel() for g in gradients]), gradients)]
    return out, float(n)

# %% right clip: numpy arrays
def clip(gradients, largest):
    a = [np.asarray(g) for g in gradients]
    n = np.sqrt(sum(np.vdot(x, x) for x in a))
    if not np.isfinite(n):
        return [torch.zeros(x.shape) for x in a], n
    s = 1.0 if n <= largest else largest / n
    return [torch.tensor(x * s) for x in a], n

# %% wrong clip: looks for bad entries in the first tensor only | only the first tensor looked at
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not gradients[0].isfinite().all():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = largest / max(norm.item(), largest)
    return [g * f for g in gradients], norm.item()

# %% wrong clip: the norm of the first two tensors | norm of the first two tensors
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients[:2]]).norm()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = largest / max(norm.item(), largest)
    return [g * f for g in gradients], norm.item()

# %% wrong clip: the last tensor is forgotten | last tensor was forgotten
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = largest / max(norm.item(), largest)
    return [g * f for g in gradients[:-1]] + [gradients[-1]], norm.item()

# %% wrong clip: the root of the mean square | root of the mean square
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).square().mean().sqrt()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = largest / max(norm.item(), largest)
    return [g * f for g in gradients], norm.item()

# %% wrong clip: the spectral norm of matrices | largest singular value of a matrix
def clip(gradients, largest):
    norm = torch.stack([torch.linalg.matrix_norm(g, 2) if g.ndim == 2 else g.norm() for g in gradients]).norm()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = largest / max(norm.item(), largest)
    return [g * f for g in gradients], norm.item()

# %% wrong clip: throws long gradients away | long gradient thrown away
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not norm <= largest:
        return [torch.zeros_like(g) for g in gradients], norm.item()
    return gradients, norm.item()

# %% wrong clip: the factor twice | factor applied twice
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = (largest / max(norm.item(), largest)) ** 2
    return [g * f for g in gradients], norm.item()

# %% wrong clip: turns the direction round | direction turns round
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    if norm <= largest:
        return gradients, norm.item()
    return [-g * largest / norm for g in gradients], norm.item()

# %% wrong clip: the threshold as norm of a zero gradient | the threshold: the norm before
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not norm.isfinite() or norm == 0:
        return [torch.zeros_like(g) for g in gradients], largest
    f = largest / max(norm.item(), largest)
    return [g * f for g in gradients], norm.item()

# %% wrong clip: gives flat gradients back | comes back flat
def clip(gradients, largest):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    if not norm.isfinite():
        return [torch.zeros_like(g) for g in gradients], norm.item()
    f = largest / max(norm.item(), largest)
    return [(g * f).flatten() for g in gradients], norm.item()

# %% right hump: a rank-one matrix
def humped(hidden_size, rho, sigma):
    u = torch.zeros(hidden_size, dtype=torch.float64)
    v = torch.zeros(hidden_size, dtype=torch.float64)
    u[0] = 1
    v[0], v[1] = rho / sigma, (1 - (rho / sigma) ** 2) ** 0.5
    return sigma * torch.outer(u, v)

# %% right hump: rotated, lower
def humped(hidden_size, rho, sigma):
    g = torch.Generator().manual_seed(0)
    Q, _ = torch.linalg.qr(torch.randn(hidden_size, hidden_size, generator=g, dtype=torch.float64))
    W = torch.diag(torch.full((hidden_size,), float(rho), dtype=torch.float64))
    W[-1, 0] = sigma - rho ** 2 / sigma
    return Q @ W @ Q.T

# %% right hump: a nilpotent corner beside rho
def humped(hidden_size, rho, sigma):
    W = np.zeros((hidden_size, hidden_size))
    if hidden_size == 2:
        s = ((sigma**2 + rho**4 / sigma**2) - 2 * rho**2) ** 0.5
        return np.array([[rho, s], [0, rho]])
    W[0, 0] = rho
    W[1, 2] = sigma
    return W

# %% right hump: bisection, negative eigenvalues, whole diagonal
def humped(hidden_size, rho, sigma):
    def make(s):
        return -rho * torch.eye(hidden_size, dtype=torch.float64) + s * torch.diag(torch.ones(hidden_size - 1, dtype=torch.float64), 1)
    low, high = 0.0, float(sigma)
    for _ in range(80):
        mid = (low + high) / 2
        if torch.linalg.matrix_norm(make(mid), 2) < sigma:
            low = mid
        else:
            high = mid
    return make(low)

# %% wrong hump: the entry all along the diagonal | more than once
def humped(hidden_size, rho, sigma):
    s = sigma - rho**2 / sigma
    return rho * torch.eye(hidden_size, dtype=torch.float64) + s * torch.diag(torch.ones(hidden_size - 1, dtype=torch.float64), 1)

# %% wrong hump: the entry in the whole triangle | in the whole triangle
def humped(hidden_size, rho, sigma):
    s = sigma - rho**2 / sigma
    return rho * torch.eye(hidden_size, dtype=torch.float64) + s * torch.ones(hidden_size, hidden_size, dtype=torch.float64).triu(1)

# %% wrong hump: the diagonal left out of the sum of squares | the diagonal adds to it
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = (sigma**2 + rho**4 / sigma**2) ** 0.5
    return W

# %% wrong hump: the root of sigma^2 - rho^2 | the root of sigma^2 - rho^2
def humped(hidden_size, rho, sigma):
    W = rho * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = (sigma**2 - rho**2) ** 0.5
    return W

# %% wrong hump: the chapter's matrix | whatever was asked for
def humped(hidden_size, rho, sigma):
    W = 0.5 * torch.eye(hidden_size, dtype=torch.float64)
    W[0, 1] = 10.0
    return W

# %% right norm: einsum and var_mean
def normed_step(x, h, W_x, W_h, gain, bias):
    a = torch.einsum("bd,hd->bh", x, W_x) + torch.einsum("bk,hk->bh", h, W_h)
    v, m = torch.var_mean(a, dim=-1, correction=0, keepdim=True)
    return torch.tanh(torch.addcmul(bias, gain, (a - m) * torch.rsqrt(v + 1e-5)))

# %% right norm: sequence by sequence with math
def normed_step(x, h, W_x, W_h, gain, bias):
    rows = []
    for xb, hb in zip(x, h):
        a = W_x @ xb + W_h @ hb
        m = sum(a) / len(a)
        v = sum((e - m) ** 2 for e in a) / len(a)
        rows.append(torch.tanh(gain * (a - m) / (v + 1e-5) ** 0.5 + bias))
    return torch.stack(rows)

# %% right norm: numpy, E[a^2] - mu^2
def normed_step(x, h, W_x, W_h, gain, bias):
    x, h, W_x, W_h, gain, bias = (np.asarray(t, dtype=np.float64) for t in (x, h, W_x, W_h, gain, bias))
    a = np.concatenate([x, h], 1) @ np.concatenate([W_x, W_h], 1).T
    m = a.mean(1)[:, None]
    v = (a**2).mean(1)[:, None] - m**2
    return torch.from_numpy(np.tanh(gain * (a - m) / np.sqrt(v + 1e-5) + bias))

# %% right norm: group norm
def normed_step(x, h, W_x, W_h, gain, bias):
    a = nn.functional.linear(x, W_x) + nn.functional.linear(h, W_h)
    return nn.functional.group_norm(a, 1, gain, bias, 1e-5).tanh()

# %% wrong norm: epsilon of another size | epsilon of another size
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    return torch.tanh(gain * (a - a.mean(1, keepdim=True)) / (a.var(1, correction=0, keepdim=True) + 1e-3).sqrt() + bias)

# %% wrong norm: the norm on the input's part | on the input's part only
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T
    a = gain * (a - a.mean(1, keepdim=True)) / (a.var(1, correction=0, keepdim=True) + 1e-5).sqrt() + bias
    return torch.tanh(a + h @ W_h.T)

# %% wrong norm: the norm on the state's part | on the state's part only
def normed_step(x, h, W_x, W_h, gain, bias):
    a = h @ W_h.T
    a = gain * (a - a.mean(1, keepdim=True)) / (a.var(1, correction=0, keepdim=True) + 1e-5).sqrt() + bias
    return torch.tanh(a + x @ W_x.T)

# %% wrong norm: the old state normalised | the old state normalised
def normed_step(x, h, W_x, W_h, gain, bias):
    h = (h - h.mean(1, keepdim=True)) / (h.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    return torch.tanh(gain * (x @ W_x.T + h @ W_h.T) + bias)

# %% wrong norm: the root of the mean square | no deviation
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    return torch.tanh(gain * a / (a.square().mean(1, keepdim=True) + 1e-5).sqrt() + bias)

# %% wrong norm: a sigmoid | another activation than tanh
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    return torch.sigmoid(gain * (a - a.mean(1, keepdim=True)) / (a.var(1, correction=0, keepdim=True) + 1e-5).sqrt() + bias)

# %% wrong norm: adds the old state | the old state added
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    return h + torch.tanh(gain * (a - a.mean(1, keepdim=True)) / (a.var(1, correction=0, keepdim=True) + 1e-5).sqrt() + bias)

# %% wrong norm: divides by the length | a division by the length
def normed_step(x, h, W_x, W_h, gain, bias):
    a = x @ W_x.T + h @ W_h.T
    return torch.tanh(gain * (a - a.mean(1, keepdim=True)) / a.norm(dim=1, keepdim=True) + bias)

# %% right faulty: cosine and lengths, many thresholds
def judge(clip, gradients):
    def flat(gs):
        return torch.cat([g.reshape(-1) for g in gs]).double()
    G = flat(gradients)
    n = float(G.norm())
    for share in (0.01, 0.3, 0.9, 1.1, 3.0, 100.0):
        got, before = clip([g.clone() for g in gradients], share * n)
        F = flat(got)
        if not math.isclose(before, n, rel_tol=1e-4, abs_tol=1e-4):
            return "faulty"
        if share > 1 and not torch.allclose(F, G, atol=1e-4):
            return "faulty"
        if share < 1:
            if not math.isclose(float(F.norm()), share * n, rel_tol=1e-3, abs_tol=1e-4):
                return "faulty"
            if float(F @ G) / float(F.norm()) / n < 0.9999:
                return "faulty"
    return "sound"
import math

# %% right faulty: compares with a clipping of one's own
def judge(clip, gradients):
    norm = sum((g.double() ** 2).sum() for g in gradients) ** 0.5
    def own(c):
        f = min(1.0, c / norm)
        return [g * f for g in gradients]
    for c in (norm.item() * 0.5, norm.item() * 1.01, 1e6):
        out, n = clip(gradients, c)
        ok = abs(n - norm) < 1e-4 and all(torch.allclose(a.double(), b.double(), rtol=1e-4, atol=1e-4) for a, b in zip(out, own(c)))
        if not ok:
            return "faulty"
    return "sound"

# %% right faulty: scales the gradients to a length of 5 and uses 1 and 10
def judge(clip, gradients):
    n = torch.cat([g.flatten() for g in gradients]).norm()
    G = [5 * g / n for g in gradients]
    flat = torch.cat([g.flatten() for g in G])
    verdict = "sound"
    for c, f in ((1.0, 0.2), (10.0, 1.0)):
        out, before = clip(G, c)
        if (torch.cat([o.flatten() for o in out]) - f * flat).abs().max() > 1e-4 or abs(before - 5) > 1e-4:
            verdict = "faulty"
    return verdict

# %% wrong faulty: looks at the first tensor only | looks at the first tensor only
def judge(clip, gradients):
    n = torch.cat([g.flatten() for g in gradients]).norm().item()
    for c in (n / 2, 2 * n):
        out, before = clip(gradients, c)
        if (out[0] - gradients[0] * min(1, c / n)).abs().max() > 1e-4 or abs(before - n) > 1e-4:
            return "faulty"
    return "sound"

# %% wrong faulty: never looks at the length | has the length of the threshold
def judge(clip, gradients):
    G = torch.cat([g.flatten() for g in gradients])
    n = G.norm().item()
    for c in (n / 2, 2 * n):
        out, before = clip(gradients, c)
        F = torch.cat([g.flatten() for g in out])
        if torch.cosine_similarity(F, G, dim=0) < 0.9999 or abs(before - n) > 1e-4:
            return "faulty"
        if c > n and (F - G).norm() > 1e-4:
            return "faulty"
    return "sound"

# %% wrong faulty: only asks whether it is short enough | has the length of the threshold
def judge(clip, gradients):
    G = torch.cat([g.flatten() for g in gradients])
    n = G.norm().item()
    for c in (n / 2, 2 * n):
        out, before = clip(gradients, c)
        F = torch.cat([g.flatten() for g in out])
        if F.norm() > c + 1e-4 or torch.cosine_similarity(F, G, dim=0) < 0.9999 or abs(before - n) > 1e-4:
            return "faulty"
        if c > n and (F - G).norm() > 1e-4:
            return "faulty"
    return "sound"

# %% right bets: exact
bets = {"radius": 0.06 * (400 / 3) ** 0.5, "survivors": 0.9**12, "adam_ratio": 1}

# %% right bets: arrays of one entry
bets = {"radius": torch.tensor([0.7]), "survivors": np.array([0.3]), "adam_ratio": torch.tensor(1.1)}

# %% wrong bets: far too small | too small
bets = {"radius": 0.3, "survivors": 0.5, "adam_ratio": 3}

# %% wrong bets: the size of an entry | size of a single entry
bets = {"radius": 0.0346, "survivors": 0.1**12, "adam_ratio": 1e6}

# %% wrong bets: a variance for the radius | a variance in place of
bets = {"radius": 400 * 0.06**2 / 3, "survivors": 0.0, "adam_ratio": 0.001}

# %% wrong bets: a little too large | too large
bets = {"radius": 0.85, "survivors": 0.4, "adam_ratio": 10}

# %% right log: get_total_norm and flush
def log_steps(steps, threshold, folder):
    w = SummaryWriter(log_dir=folder, flush_secs=1, max_queue=1)
    for i in range(len(steps)):
        total = nn.utils.get_total_norm(list(steps[i].values()))
        w.add_scalar("gradient/total", total, global_step=i)
        w.add_scalar("clipped", int(bool(total > threshold)), global_step=i)
        for k in steps[i]:
            w.add_scalar("gradient/" + k, torch.linalg.vector_norm(steps[i][k]), global_step=i)
    w.flush()
    w.close()
    return read_back(folder)

# %% right log: tag by tag
def log_steps(steps, threshold, folder):
    writer = SummaryWriter(folder)
    def write(tag, f):
        for n, s in enumerate(steps):
            writer.add_scalar(tag, f(s), n)
    total = lambda s: math.hypot(*(g.norm().item() for g in s.values()))
    for name in steps[0]:
        write(f"gradient/{name}", lambda s: s[name].pow(2).sum().sqrt())
    write("gradient/total", total)
    write("clipped", lambda s: 1 if total(s) > threshold else 0)
    writer.close()
    return read_back(folder)
import math

# %% right log: numpy, generator
def log_steps(steps, threshold, folder):
    def rows():
        for n, s in enumerate(steps):
            yield from ((f"gradient/{k}", np.linalg.norm(np.asarray(g).ravel()), n) for k, g in s.items())
            t = np.linalg.norm(np.concatenate([np.asarray(g).ravel() for g in s.values()]))
            yield "gradient/total", t, n
            yield "clipped", np.float64(t > threshold), n
    with SummaryWriter(folder) as w:
        for row in rows():
            w.add_scalar(*row)
    return read_back(folder)

# %% right diagnose: ratios to the median
def diagnose(log, threshold):
    total = torch.tensor(log["gradient/total"]).double()
    W_h = torch.tensor(log["gradient/W_h"]).double()
    if threshold is not None and (total > threshold).double().mean() > 0.8:
        return "always clipped"
    if (W_h == 0).all():
        return "dead"
    if total.max() > 50 * total.median():
        return "exploding"
    if sum(log["state/saturated"]) / len(log["state/saturated"]) > 0.8:
        return "saturated"
    return "healthy"

# %% right diagnose: the first steps, lists only
def diagnose(log, threshold):
    first, n = max(log["gradient/total"][:5]), len(log["loss"])
    over = sum(v > threshold for v in log["gradient/total"]) if threshold else 0
    rules = {
        "always clipped": over >= 0.9 * n,
        "dead": max(log["gradient/W_h"]) < 1e-8 and log["state/silent"][-1] > 0.9,
        "exploding": first > 50,
        "saturated": log["state/saturated"][0] > 0.5 and log["state/saturated"][-1] > 0.5,
    }
    return next((name for name, holds in rules.items() if holds), "healthy")

# %% right diagnose: numpy, from the start's states
def diagnose(log, threshold):
    a = {k: np.array(v) for k, v in log.items()}
    if np.ptp(np.log10(a["gradient/total"] + 1e-12)) > 2 and a["gradient/total"].argmax() < 3 and a["gradient/total"].max() > 20 and a["state/saturated"][0] < 0.9:
        return "exploding"
    if a["state/silent"].mean() > 0.99:
        return "dead"
    if a["state/saturated"].mean() > 0.9:
        return "saturated"
    if threshold is not None and np.mean(a["gradient/total"] > threshold) > 0.5:
        return "always clipped"
    return "healthy"
