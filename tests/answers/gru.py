# Answers to solutions/12-gru; course_lib/grading/trials.py reads them.

# %% right step: blocks by slices
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = torch.sigmoid(a[:, : 2 * H] + h @ W_h[: 2 * H].T).chunk(2, dim=1)
    n = torch.tanh(a[:, 2 * H :] + (r * h) @ W_h[2 * H :].T)
    return (1 - z) * h + z * n

# %% right step: einsum, a loop over the examples, in float64
def gru_step(x, h, W_x, W_h, b):
    W, U = W_x.double().chunk(3), W_h.double().chunk(3)
    c, rows = b.double().chunk(3), []
    for x_n, h_n in zip(x.double(), h.double()):
        z = 1 / (1 + torch.exp(-(W[0] @ x_n + U[0] @ h_n + c[0])))
        r = 1 / (1 + torch.exp(-(W[1] @ x_n + U[1] @ h_n + c[1])))
        n = torch.tanh(W[2] @ x_n + torch.einsum("kh,h->k", U[2], r * h_n) + c[2])
        rows.append(torch.lerp(h_n, n, z))
    return torch.stack(rows)

# %% right step: the library's other cell, weights moved and z turned
from course_lib import ResetFirstGRUCell

def gru_step(x, h, W_x, W_h, b):
    def moved(part):
        z, r, n = part.chunk(3)
        return torch.cat([r, -z, n])

    cell = ResetFirstGRUCell(x.shape[1], h.shape[1]).to(x.dtype)
    values = {"x_to_gates.weight": moved(W_x), "h_to_gates.weight": moved(W_h), "x_to_gates.bias": moved(b)}
    return torch.func.functional_call(cell, values, (x, h))[0]

# %% right step: functional linear layers, a helper, stderr
import sys

def block(x, h, W, U, c):
    return nn.functional.linear(x, W, c) + nn.functional.linear(h, U)

# %% also:
def gru_step(x, h, W_x, W_h, b):
    print("one step", file=sys.stderr)
    parts = list(zip(W_x.chunk(3), W_h.chunk(3), b.chunk(3)))
    z = block(x, h, *parts[0]).sigmoid()
    r = block(x, h, *parts[1]).sigmoid()
    n = block(x, r * h, *parts[2]).tanh()
    return h + z * (n - h)

# %% right step: loops over units, joined by stack
def gru_step(x, h, W_x, W_h, b):
    B, H = h.shape
    def unit(k, n, state):
        return W_x[k] @ x[n] + W_h[k] @ state + b[k]
    rows = []
    for n in range(B):
        r = torch.stack([unit(H + u, n, h[n]) for u in range(H)]).sigmoid()
        z = torch.stack([unit(u, n, h[n]) for u in range(H)]).sigmoid()
        new = torch.stack([unit(2 * H + u, n, r * h[n]) for u in range(H)]).tanh()
        rows.append(h[n] - z * h[n] + z * new)
    return torch.stack(rows)

# %% right step: a module with the blocks, in float32
class Step(nn.Module):
    def __init__(self, W_x, W_h, b):
        super().__init__()
        self.parts = [tuple(w.float() for w in p) for p in zip(W_x.chunk(3), W_h.chunk(3), b.chunk(3))]
    def gate(self, k, x, h):
        W, U, b = self.parts[k]
        return nn.functional.linear(x, W, b) + nn.functional.linear(h, U)
    def forward(self, x, h):
        x, h = x.float(), h.float()
        z, r = self.gate(0, x, h).sigmoid(), self.gate(1, x, h).sigmoid()
        return (1 - z) * h + z * self.gate(2, x, r * h).tanh()

def gru_step(x, h, W_x, W_h, b):
    return Step(W_x, W_h, b)(x, h)

# %% right step: in place on its own tensors, a sigmoid that overflows at 1000
def gru_step(x, h, W_x, W_h, b):
    def s(a):
        e = torch.exp(a)
        return e / (e + 1)
    a = x @ W_x.T
    a += b
    az, ar, an = a.tensor_split(3, dim=1)
    Uz, Ur, Un = W_h.tensor_split(3)
    z, r = s(az + h @ Uz.T), s(ar + h @ Ur.T)
    out = h.clone()
    out *= 1 - z
    out += z * (an + (r * h) @ Un.T).tanh()
    return out

# %% wrong step: torch's convention, order and all | torch's step
def gru_step(x, h, W_x, W_h, b):
    return torch.gru_cell(x, h, W_x, W_h, b, torch.zeros_like(b))

# %% wrong step: z keeps | an update gate of 1 that keeps
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + (r * h) @ U[2].T + c[2])
    return z * h + (1 - z) * n

# %% wrong step: the reset gate after the product | after the product
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + r * (h @ U[2].T) + c[2])
    return (1 - z) * h + z * n

# %% wrong step: blocks in the order r, z, n | torch's order r, z, n
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    r = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    z = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + (r * h) @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: no reset gate | reset gate left out
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    n = torch.tanh(x @ W[2].T + h @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: a sigmoid on the candidate | a sigmoid on the candidate
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.sigmoid(x @ W[2].T + (r * h) @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: the candidate's bias inside the reset gate's reach | inside the reset gate's reach
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + (r * h) @ U[2].T + r * c[2])
    return (1 - z) * h + z * n

# %% wrong step: biases forgotten | the biases left out
def gru_step(x, h, W_x, W_h, b):
    W, U = W_x.chunk(3), W_h.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T)
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T)
    n = torch.tanh(x @ W[2].T + (r * h) @ U[2].T)
    return (1 - z) * h + z * n

# %% wrong step: the reset gate on the input as well | on the input as well
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(r * (x @ W[2].T) + (r * h) @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: the update gate reads the reset state | the update gate reads the reset state
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    z = torch.sigmoid(x @ W[0].T + (r * h) @ U[0].T + c[0])
    n = torch.tanh(x @ W[2].T + (r * h) @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: the state is kept whole and the candidate added | kept whole
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + (r * h) @ U[2].T + c[2])
    return h + z * n

# %% wrong step: 1 - r for r | 1 - r in the place of r
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + ((1 - r) * h) @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: the gradient cut at the reset state | the gradient of a step
def gru_step(x, h, W_x, W_h, b):
    W, U, c = W_x.chunk(3), W_h.chunk(3), b.chunk(3)
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + c[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + c[1])
    n = torch.tanh(x @ W[2].T + (r * h).detach() @ U[2].T + c[2])
    return (1 - z) * h + z * n

# %% wrong step: the reset state kept as well | the reset state kept
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = (a[:, :2*H] + h @ W_h[:2*H].T).sigmoid().chunk(2, 1)
    h = r * h
    n = (a[:, 2*H:] + h @ W_h[2*H:].T).tanh()
    return (1 - z) * h + z * n

# %% wrong step: a reset gate that reads x alone | never reaches the reset gate
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z = (a[:, :H] + h @ W_h[:H].T).sigmoid()
    r = a[:, H:2*H].sigmoid()
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T).tanh()
    return (1 - z) * h + z * n

# %% wrong step: a reset gate that reads the state alone | an input that never reaches the reset gate
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z = (a[:, :H] + h @ W_h[:H].T).sigmoid()
    r = (h @ W_h[H:2*H].T + b[H:2*H]).sigmoid()
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T).tanh()
    return (1 - z) * h + z * n

# %% wrong step: the bias with x and with h | counted twice
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = (a[:, :2*H] + h @ W_h[:2*H].T + b[:2*H]).sigmoid().chunk(2, 1)
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T + b[2*H:]).tanh()
    return (1 - z) * h + z * n

# %% wrong step: the old state overwritten | writing in place
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = (a[:, :2*H] + h @ W_h[:2*H].T).sigmoid().chunk(2, 1)
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T).tanh()
    with torch.no_grad():
        return h.lerp_(n, z)

# %% wrong step: an update gate of plain numbers | cut on one of the ways
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = (a[:, :2*H] + h @ W_h[:2*H].T).sigmoid().chunk(2, 1)
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T).tanh()
    z = z.detach()
    return (1 - z) * h + z * n

# %% wrong step: an axis squeezed away in a batch of one | a batch of one keeps its axis
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = (a[:, :2*H] + h @ W_h[:2*H].T).sigmoid().chunk(2, 1)
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T).tanh()
    return ((1 - z) * h + z * n).squeeze(0)

# %% wrong step: the first sequence's gates for all | for the whole batch
def gru_step(x, h, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + b
    z, r = (a[:, :2*H] + h[:1] @ W_h[:2*H].T).sigmoid().chunk(2, 1)
    n = (a[:, 2*H:] + (r * h) @ W_h[2*H:].T).tanh()
    return (1 - z) * h + z * n

# %% right which: held gates, two probes
def convention(step):
    def run(r, z, W):
        b = torch.cat([torch.tensor(r), torch.tensor(z), torch.zeros(2)])
        W_h = torch.zeros(6, 2)
        W_h[4:] = torch.tensor(W)
        h = torch.tensor([[0.8, -0.4]])
        return step(torch.zeros(1, 1), h, torch.zeros(6, 1), W_h, b, torch.zeros(6))[0]

    kept = run([0.0, 0.0], [50.0, 50.0], [[0.0, 0.0], [0.0, 0.0]])[0] > 0.5
    z = -50.0 if kept else 50.0
    h = run([50.0, -50.0], [z, z], [[0.0, 1.0], [1.0, 0.0]])
    return "after" if h[0].abs() > h[1].abs() else "before", "keeps" if kept else "writes"

# %% right which: one random probe against torch and three relatives
def convention(step):
    torch.manual_seed(0)
    x, h = torch.randn(3, 2).double(), torch.randn(3, 4).double()
    W_x, W_h = torch.randn(12, 2).double(), torch.randn(12, 4).double()
    b_x, b_h = torch.randn(12).double(), torch.randn(12).double()
    p, q = x @ W_x.T + b_x, h @ W_h.T + b_h
    r, z = torch.sigmoid(p + q)[:, :8].chunk(2, dim=1)
    after = torch.tanh(p[:, 8:] + r * q[:, 8:])
    before = torch.tanh(p[:, 8:] + (r * h) @ W_h[8:].T + b_h[8:])
    found = step(x, h, W_x, W_h, b_x, b_h)
    best = None
    for place, n in [("after", after), ("before", before)]:
        for meaning, value in [("keeps", z * h + (1 - z) * n), ("writes", z * n + (1 - z) * h)]:
            off = (found - value).abs().max().item()
            if best is None or off < best[0]:
                best = off, (place, meaning)
    return best[1]

# %% right which: the bias b_hn tells the place, a list comes back
def convention(step):
    def run(r, z, b_n):
        b = torch.tensor([r, z, 0.0]).double()
        c = torch.tensor([0.0, 0.0, b_n]).double()
        one = torch.ones(1, 1).double()
        return step(one, one / 2, torch.zeros(3, 1).double(), torch.zeros(3, 1).double(), b, c).item()

    keeps = run(0.0, 40.0, 0.0) > 0.4
    n = run(-40.0, -40.0 if keeps else 40.0, 1.0)
    return ["after" if abs(n) < 0.1 else "before", "keeps" if keeps else "writes"]

# %% right which: one unit, by the bias of the state
def convention(step):
    one = torch.ones(1, 1)
    zero3 = torch.zeros(3, 1)
    def ask(r, z, b_hn):
        return step(one, 0.5 * one, zero3, zero3, torch.tensor([r, z, 0.0]), torch.tensor([0.0, 0.0, b_hn])).item()
    keeps = abs(ask(0.0, 30.0, 3.0) - 0.5) < 1e-4
    shut = ask(-30.0, -30.0 if keeps else 30.0, 1.0)
    return ("after" if abs(shut) < 1e-3 else "before", "keeps" if keeps else "writes")

# %% right which: gradients by the old state
def convention(step):
    h = torch.tensor([[0.3, -0.2]], requires_grad=True)
    W_h = torch.cat([torch.zeros(4, 2), torch.ones(2, 2)])
    def grad(r, z):
        b = torch.cat([torch.tensor(r), torch.tensor(z), torch.zeros(2)])
        y = step(torch.zeros(1, 3), h, torch.zeros(6, 3), W_h, b, torch.zeros(6))
        return torch.autograd.grad(y[0, 0], h)[0][0]
    d = grad([0.0, 0.0], [20.0, 20.0])
    meaning = "keeps" if d[0] > 0.9 and abs(d[1]) < 1e-3 else "writes"
    z = -20.0 if meaning == "keeps" else 20.0
    d = grad([20.0, -20.0], [z, z])
    return ("before", meaning) if abs(d[1]) < 1e-3 else ("after", meaning)

# %% wrong which: always torch's | the same
def convention(step):
    return "after", "keeps"

# %% wrong which: always that of 2014 | both parts turned round
def convention(step):
    return "before", "writes"

# %% wrong which: a probe with one unit | one unit
def convention(step):
    one = torch.ones(1, 1).double()
    zeros = torch.zeros(3, 1).double()
    W_h = zeros.clone()
    W_h[2] = 1.0

    def run(r, z):
        return step(one, 0.5 * one, zeros, W_h, torch.tensor([r, z, 0.0]).double(), torch.zeros(3).double()).item()

    keeps = abs(run(0.0, 40.0) - 0.5) < 1e-3
    z = -40.0 if keeps else 40.0
    after = abs(run(0.0, z) - math.tanh(0.5 * 0.5)) < 1e-6
    return "after" if after else "before", "keeps" if keeps else "writes"

# %% wrong which: z at a half | a probe in which z is a half
def convention(step):
    b = torch.tensor([50.0, -50.0, 0.0, 0.0, 0.0, 0.0])
    W_h = torch.zeros(6, 2)
    W_h[4, 1] = W_h[5, 0] = 1.0
    h0 = torch.tensor([[0.8, -0.4]])
    h = step(torch.zeros(1, 1), h0, torch.zeros(6, 1), W_h, b, torch.zeros(6))[0]
    n = 2 * h - h0[0]
    place = "after" if n[0].abs() > n[1].abs() else "before"
    return place, "keeps" if h[0] > 0 else "writes"

# %% wrong which: keeps and writes turned round | z at 1
def convention(step):
    def run(r, z, W):
        b = torch.cat([torch.tensor(r), torch.tensor(z), torch.zeros(2)])
        W_h = torch.zeros(6, 2)
        W_h[4:] = torch.tensor(W)
        h = torch.tensor([[0.8, -0.4]])
        return step(torch.zeros(1, 1), h, torch.zeros(6, 1), W_h, b, torch.zeros(6))[0]

    kept = run([0.0, 0.0], [50.0, 50.0], [[0.0, 0.0], [0.0, 0.0]])[0] > 0.5
    z = -50.0 if kept else 50.0
    h = run([50.0, -50.0], [z, z], [[0.0, 1.0], [1.0, 0.0]])
    return "after" if h[0].abs() > h[1].abs() else "before", "writes" if kept else "keeps"

# %% wrong which: before and after turned round | the reset gates of all units
def convention(step):
    def run(r, z, W):
        b = torch.cat([torch.tensor(r), torch.tensor(z), torch.zeros(2)])
        W_h = torch.zeros(6, 2)
        W_h[4:] = torch.tensor(W)
        h = torch.tensor([[0.8, -0.4]])
        return step(torch.zeros(1, 1), h, torch.zeros(6, 1), W_h, b, torch.zeros(6))[0]

    kept = run([0.0, 0.0], [50.0, 50.0], [[0.0, 0.0], [0.0, 0.0]])[0] > 0.5
    z = -50.0 if kept else 50.0
    h = run([50.0, -50.0], [z, z], [[0.0, 1.0], [1.0, 0.0]])
    return "before" if h[0].abs() > h[1].abs() else "after", "keeps" if kept else "writes"

# %% wrong which: a diagonal W_hn | hides it
def convention(step):
    def run(r, z, w):
        b = torch.cat([torch.tensor(r), torch.tensor(z), torch.zeros(2)])
        W_h = torch.zeros(6, 2)
        W_h[4, 0] = W_h[5, 1] = w
        h = torch.tensor([[0.8, -0.4]])
        return step(torch.zeros(1, 1), h, torch.zeros(6, 1), W_h, b, torch.zeros(6))[0]

    kept = run([0.0, 0.0], [50.0, 50.0], 0.0)[0] > 0.5
    z = -50.0 if kept else 50.0
    h = run([50.0, -50.0], [z, z], 1.0)
    return "after" if h[0].abs() > h[1].abs() else "before", "keeps" if kept else "writes"

# %% wrong which: other words | does not name
def convention(step):
    return "reset first", "z = 1 keeps"

# %% wrong which: the pair the other way round | the other way round
def convention(step):
    return "keeps", "after"

# %% wrong which: keeps and writes exchanged | the two words exchanged
def convention(step):
    o, one = torch.tensor([LARGE, LARGE]), torch.tensor([LARGE, -LARGE])
    keeps = torch.allclose(held(step, o, o), STATE)
    _, second = held(step, one, -o if keeps else o)
    return "before" if second else "after", "writes" if keeps else "keeps"

# %% wrong which: a candidate that is not written | the candidate is not written
def convention(step):
    o, one = torch.tensor([LARGE, LARGE]), torch.tensor([LARGE, -LARGE])
    keeps = torch.allclose(held(step, o, o), STATE)
    _, second = held(step, one, -o)
    return "before" if second else "after", "keeps" if keeps else "writes"

# %% right port: a helper that moves columns
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, -z, n], dim=-1)

    b_x, b_h = moved(bias)
    return moved(kernel).T, moved(recurrent).T, b_x, b_h

# %% right port: an index and a sign for each row
def port(kernel, recurrent, bias):
    H = recurrent.shape[0]
    order = torch.tensor([*range(H, 2 * H), *range(H), *range(2 * H, 3 * H)])
    sign = torch.ones(3 * H).to(kernel.dtype)
    sign[H : 2 * H] = -1
    return [
        kernel[:, order].T * sign[:, None], recurrent[:, order].T * sign[:, None],
        bias[0, order] * sign, bias[1, order] * sign,
    ]

# %% right port: numpy, block by block
def port(kernel, recurrent, bias):
    H = len(recurrent)
    done = []
    for part in (kernel, recurrent, bias[:1], bias[1:]):
        rows = part.double().numpy().T.copy()
        z, r, n = rows[:H], rows[H : 2 * H], rows[2 * H :]
        done.append(torch.tensor([*r.tolist(), *(-z).tolist(), *n.tolist()]))
    return done[0], done[1], done[2][:, 0], done[3][:, 0]

# %% right port: into a cell's parameters, block by block
def port(kernel, recurrent, bias):
    D, W = kernel.shape
    H = W // 3
    cell = nn.GRUCell(D, H).to(kernel.dtype)
    with torch.no_grad():
        for to, at, sign in ((0, 1, 1), (1, 0, -1), (2, 2, 1)):
            rows, cols = slice(to * H, (to + 1) * H), slice(at * H, (at + 1) * H)
            cell.weight_ih[rows] = sign * kernel[:, cols].T
            cell.weight_hh[rows] = sign * recurrent[:, cols].T
            cell.bias_ih[rows] = sign * bias[0, cols]
            cell.bias_hh[rows] = sign * bias[1, cols]
    return cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh

# %% right port: a permutation and signs
def port(kernel, recurrent, bias):
    H = recurrent.shape[0]
    order = [*range(H, 2 * H), *range(H), *range(2 * H, 3 * H)]
    sign = torch.ones(3 * H, dtype=kernel.dtype)
    sign[H : 2 * H] = -1
    return [kernel.t()[order] * sign[:, None], recurrent.t()[order] * sign[:, None], bias[0][order] * sign, bias[1][order] * sign]

# %% wrong port: the blocks left in their order | left in the order z, r, n
def port(kernel, recurrent, bias):
    return kernel.T, recurrent.T, bias[0], bias[1]

# %% wrong port: the sign of z left as it was | the sign of z left as it was
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, z, n], dim=-1)

    return moved(kernel).T, moved(recurrent).T, moved(bias)[0], moved(bias)[1]

# %% wrong port: the sign changed in the matrices only | and not in its biases
def port(kernel, recurrent, bias):
    def moved(columns, sign=-1):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, sign * z, n], dim=-1)

    return moved(kernel).T, moved(recurrent).T, moved(bias, 1)[0], moved(bias, 1)[1]

# %% wrong port: 1 - W | 1 - W in place of -W
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, 1 - z, n], dim=-1)

    return moved(kernel).T, moved(recurrent).T, moved(bias)[0], moved(bias)[1]

# %% wrong port: the sign of r changed | the sign of r changed
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([-r, z, n], dim=-1)

    return moved(kernel).T, moved(recurrent).T, moved(bias)[0], moved(bias)[1]

# %% wrong port: the biases added up | the two biases added up
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, -z, n], dim=-1)

    b = moved(bias.sum(0))
    return moved(kernel).T, moved(recurrent).T, b, torch.zeros_like(b)

# %% wrong port: the biases swapped | the two biases swapped
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, -z, n], dim=-1)

    return moved(kernel).T, moved(recurrent).T, moved(bias)[1], moved(bias)[0]

# %% wrong port: columns left as columns | columns left as columns
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, -z, n], dim=-1)

    return moved(kernel), moved(recurrent), moved(bias)[0], moved(bias)[1]

# %% wrong port: reshaped in place of transposed | reshape is no transposition
def port(kernel, recurrent, bias):
    D, H = kernel.shape[0], recurrent.shape[0]

    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, -z, n], dim=-1)

    return (
        moved(kernel).reshape(3 * H, D), moved(recurrent).reshape(3 * H, H),
        moved(bias)[0], moved(bias)[1],
    )

# %% wrong port: the sign of the candidate changed | only z means its opposite
def port(kernel, recurrent, bias):
    def moved(columns):
        z, r, n = columns.chunk(3, dim=-1)
        return torch.cat([r, -z, -n], dim=-1)

    return moved(kernel).T, moved(recurrent).T, moved(bias)[0], moved(bias)[1]

# %% wrong port: signs changed in the caller's tensors | writing in place
def port(kernel, recurrent, bias):
    H = recurrent.shape[0]
    for w in (kernel, recurrent, bias):
        w[:, :H] *= -1
    def m(w):
        z, r, n = w.T.chunk(3)
        return torch.cat([r, z, n])
    b = m(bias)
    return m(kernel), m(recurrent), b[:, 0], b[:, 1]

# %% wrong port: the sign of one bias forgotten | not in its biases
def port(kernel, recurrent, bias):
    def m(w, s):
        z, r, n = w.T.chunk(3)
        return torch.cat([r, s * z, n])
    return m(kernel, -1), m(recurrent, -1), m(bias, -1)[:, 0], m(bias, 1)[:, 1]

# %% right hold: z shuts at a marker
W_x, W_h = torch.zeros(3, 2), torch.zeros(3, 1)
b_x, b_h = torch.zeros(3), torch.zeros(3)
b_x[1] = 20.0
W_x[1] = torch.tensor([0.0, -40.0])
W_x[2] = torch.tensor([1.0, 0.0])
hold = W_x, W_h, b_x, b_h

# %% right hold: the bias in the other vector, r shut, W_hn at will
W_x = torch.tensor([[0.0, 0.0], [0.0, -60.0], [1.0, 0.0]], dtype=torch.float64)
W_h = torch.tensor([[0.0], [0.0], [3.0]], dtype=torch.float64)
hold = [W_x, W_h, torch.zeros(3).double(),
        torch.tensor([-50.0, 30.0, 0.0], dtype=torch.float64)]

# %% right hold: arrays, the candidate shifted by both biases that cancel
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -90.0], [1.0, 2.0]]).numpy(),
    torch.zeros(3, 1).numpy(),
    torch.tensor([25.0, 22.0, -1.0]).numpy(),
    torch.tensor([25.0, 23.0, -1.0]).numpy(),
)

# %% wrong hold: the other convention, z shut to keep | z = 1 keeps
hold = (
    torch.tensor([[0.0, 0.0], [0.0, 40.0], [1.0, 0.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, -20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: an update bias of 5 | loses at a step
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -40.0], [1.0, 0.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, 5.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: an update bias of 1 | or well below 1
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -40.0], [1.0, 0.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, 1.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: the marker only half shuts z | of a half at the marker
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -20.0], [1.0, 0.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: the marker changes nothing | a marker that changes nothing
hold = (
    torch.tensor([[0.0, -40.0], [0.0, 0.0], [1.0, 0.0]]), torch.zeros(3, 1),
    torch.tensor([20.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: writes the marker | the marker itself written
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -40.0], [0.0, 1.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: value and marker both in the candidate | both in the candidate
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -40.0], [1.0, 1.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: the old state in the candidate | old state added in the candidate
hold = (
    torch.tensor([[0.0, 0.0], [0.0, -40.0], [1.0, 0.0]]),
    torch.tensor([[0.0], [0.0], [1.0]]),
    torch.tensor([20.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: the value opens z | without a marker
hold = (
    torch.tensor([[0.0, 0.0], [-40.0, -60.0], [1.0, 0.0]]), torch.zeros(3, 1),
    torch.tensor([0.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: reset taken for the gate that clears | candidate of zero
hold = (
    torch.tensor([[0.0, -40.0], [0.0, -40.0], [0.0, 0.0]]),
    torch.tensor([[0.0], [0.0], [1.0]]),
    torch.tensor([20.0, 20.0, 0.0]), torch.zeros(3),
)

# %% wrong hold: an update bias of 8 | an update gate below 1
W_x = torch.zeros(3, 2); W_x[1, 1] = -2 * LARGE; W_x[2, 0] = 1
hold = W_x, torch.zeros(3, 1), torch.tensor([0.0, 8.0, 0.0]), torch.zeros(3)

# %% wrong hold: a marker that is a little weak | it takes a large weight
W_x = torch.zeros(3, 2); W_x[1, 1] = -24; W_x[2, 0] = 1
hold = W_x, torch.zeros(3, 1), torch.tensor([0.0, 20.0, 0.0]), torch.zeros(3)

# %% wrong hold: rows in the order z, r, n | the rows are r, z, n
W_x = torch.zeros(3, 2); W_x[0, 1] = -2 * LARGE; W_x[2, 0] = 1
hold = W_x, torch.zeros(3, 1), torch.tensor([LARGE, 0.0, 0.0]), torch.zeros(3)

# %% wrong hold: value and marker exchanged | the first feature is the value
W_x = torch.zeros(3, 2); W_x[1, 0] = -2 * LARGE; W_x[2, 1] = 1
hold = W_x, torch.zeros(3, 1), torch.tensor([0.0, LARGE, 0.0]), torch.zeros(3)

# %% wrong hold: a large weight for the value | with a weight of 1
W_x = torch.zeros(3, 2); W_x[1, 1] = -2 * LARGE; W_x[2, 0] = LARGE
hold = W_x, torch.zeros(3, 1), torch.tensor([0.0, LARGE, 0.0]), torch.zeros(3)

# %% wrong hold: a bias on the candidate | from the value alone
W_x = torch.zeros(3, 2); W_x[1, 1] = -2 * LARGE; W_x[2, 0] = 1
hold = W_x, torch.zeros(3, 1), torch.tensor([0.0, LARGE, 0.1]), torch.zeros(3)

# %% right size: a loop
def units(D, H):
    budget = 4 * (D * H + H * H + 2 * H)
    n = 1
    while 3 * (D * (n + 1) + (n + 1) ** 2 + 2 * (n + 1)) <= budget:
        n += 1
    return n

# %% right size: the quadratic equation
def units(D, H):
    share = 4 * (D * H + H * H + 2 * H) / 3
    n = math.floor((-(D + 2) + math.sqrt((D + 2) ** 2 + 4 * share)) / 2)
    for candidate in (n + 1, n, n - 1):
        if candidate**2 + (D + 2) * candidate <= share:
            return candidate

# %% right size: counts torch's own cells
def units(D, H):
    def count(cell):
        return sum(p.numel() for p in cell.parameters())

    budget = count(nn.LSTMCell(D, H))
    n = 2 * H
    while count(nn.GRUCell(D, n)) > budget:
        n -= 1
    return torch.tensor(n)

# %% right size: real cells, recursion
def units(D, H, n=1):
    count = lambda cell: sum(p.numel() for p in cell.parameters())
    if count(nn.GRUCell(D, n + 1)) > count(nn.LSTMCell(D, H)):
        return n
    return units(D, H, n + 1)

# %% right size: all counts at once, a tensor
def units(D, H):
    n = torch.arange(4 * H + 10)
    return ((3 * n * (n + D + 2)) <= 4 * H * (H + D + 2)).sum() - 1

# %% wrong size: equal units | equal units
def units(D, H):
    return H

# %% wrong size: four thirds of the units | four thirds
def units(D, H):
    return 4 * H // 3

# %% wrong size: one unit too many | one unit too many
def units(D, H):
    budget = 4 * (D * H + H * H + 2 * H)
    n = 1
    while 3 * (D * n + n**2 + 2 * n) <= budget:
        n += 1
    return n

# %% wrong size: the inputs left out | the inputs left out
def units(D, H):
    budget = 4 * (H * H + 2 * H)
    n = 1
    while 3 * ((n + 1) ** 2 + 2 * (n + 1)) <= budget:
        n += 1
    return n

# %% wrong size: one bias in the LSTM, two in the GRU | one bias in a block
def units(D, H):
    budget = 4 * (D * H + H * H + H)
    n = 1
    while 3 * (D * (n + 1) + (n + 1) ** 2 + 2 * (n + 1)) <= budget:
        n += 1
    return n

# %% wrong size: three quarters of the units | three quarters
def units(D, H):
    return 3 * H // 4

# %% wrong size: one bias in both | one bias in a block
def units(D, H):
    budget = 4 * (D * H + H * H + H)
    n = 1
    while 3 * (D * (n + 1) + (n + 1) ** 2 + (n + 1)) <= budget:
        n += 1
    return n

# %% wrong size: not a whole number | not whole
def units(D, H):
    return 4 * H / 3

# %% wrong size: a budget that is not used up | must not be used up
def units(D, H):
    n = 0
    while 3 * (n + 1) * (D + n + 3) < 4 * H * (D + H + 2):
        n += 1
    return n

# %% wrong size: the root, not rounded | not whole
def units(D, H):
    return (-(D + 2) + math.sqrt((D + 2) ** 2 + 16 / 3 * H * (D + H + 2))) / 2

# %% wrong size: √(4/3) times the units | times the units
def units(D, H):
    return int(math.sqrt(4 / 3) * H)

# %% right bets: formulas
bets = {
    "reached": 1 - 0.9**20, "pulses": 2 / 3,
    "bias": -math.log(2 ** (1 / 50) - 1),
}

# %% right bets: rounded by hand
bets = {"reached": 0.88, "pulses": 0.67, "bias": 4.3}

# %% right bets: a cell that runs
h = up = 0.0
for step in range(1, 1001):
    up = 0.5 * up + 0.5 * (step % 2 == 0)
    if step <= 20:
        h += 0.1 * (1 - h)
z = torch.tensor(0.5, dtype=torch.float64) ** (1 / 50)
bets = {"reached": h, "pulses": torch.tensor(up), "bias": torch.logit(z)}

# %% wrong bets: what is left of the start | left of the start
bets = {"reached": 0.9**20, "pulses": 0.667, "bias": 4.27}

# %% wrong bets: shares added up | shares of 0.1 added up
bets = {"reached": 20 * 0.1, "pulses": 0.667, "bias": 4.27}

# %% wrong bets: the other convention | the other convention
bets = {"reached": 1 - 0.1**20, "pulses": 0.667, "bias": 4.27}

# %% wrong bets: pulses add up | pulses that add up
bets = {"reached": 0.878, "pulses": 500, "bias": 4.27}

# %% wrong bets: the mean of the candidates | the mean of the candidates
bets = {"reached": 0.878, "pulses": 0.5, "bias": 4.27}

# %% wrong bets: just before the pulse | just before the pulse
bets = {"reached": 0.878, "pulses": 1 / 3, "bias": 4.27}

# %% wrong bets: the sign of the bias | the sign of the bias turned
bets = {"reached": 0.878, "pulses": 0.667, "bias": -4.27}

# %% wrong bets: log of the steps | 1/e is left
bets = {"reached": 0.878, "pulses": 0.667, "bias": math.log(50)}

# %% wrong bets: the gate's value | the gate's value
bets = {"reached": 0.878, "pulses": 0.667, "bias": 0.5**0.02}

# %% wrong bets: the usual 1 | a bias of 1
bets = {"reached": 0.878, "pulses": 0.667, "bias": 1.0}

# %% right verdict: by hand
def verdict(gru, lstm):
    gaps = [b - a for a, b in zip(gru, lstm)]
    n = len(gaps)
    mean = sum(gaps) / n
    s = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / (n - 1))
    half = STUDENT[n - 1] * s / math.sqrt(n)
    if mean - half > 0:
        return "gru"
    return "lstm" if mean + half < 0 else "no difference"

# %% right verdict: torch, the sign of t
def verdict(gru, lstm):
    gaps = torch.tensor(gru).double() - torch.tensor(lstm).double()
    n = len(gaps)
    t = (gaps.mean() / (gaps.std() / n**0.5)).item()
    if abs(t) <= STUDENT[n - 1]:
        return "no difference"
    return "gru" if t < 0 else "lstm"

# %% right verdict: scipy's paired test
from scipy import stats

def verdict(gru, lstm):
    test = stats.ttest_rel(gru, lstm)
    if test.pvalue > 0.05:
        return "no difference"
    return "gru" if test.statistic < 0 else "lstm"

# %% right verdict: squares compared, no root
def verdict(gru, lstm):
    n = len(gru)
    m = (sum(lstm) - sum(gru)) / n
    v = sum((y - x - m) ** 2 for x, y in zip(gru, lstm)) / (n - 1)
    if m * m * n <= STUDENT[n - 1] ** 2 * v:
        return "no difference"
    return "gru" if m > 0 else "lstm"

# %% wrong verdict: the means compared | the means compared
def verdict(gru, lstm):
    return "gru" if sum(gru) < sum(lstm) else "lstm"

# %% wrong verdict: the direction turned | the direction turned
def verdict(gru, lstm):
    gaps = [a - b for a, b in zip(gru, lstm)]
    n = len(gaps)
    mean = sum(gaps) / n
    s = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / (n - 1))
    half = STUDENT[n - 1] * s / math.sqrt(n)
    if mean - half > 0:
        return "gru"
    return "lstm" if mean + half < 0 else "no difference"

# %% wrong verdict: two intervals that overlap | two intervals compared
def verdict(gru, lstm):
    def ends(values):
        n = len(values)
        mean = sum(values) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1))
        half = STUDENT[n - 1] * s / math.sqrt(n)
        return mean - half, mean + half

    a, b = ends(gru), ends(lstm)
    if a[1] < b[0]:
        return "gru"
    return "lstm" if b[1] < a[0] else "no difference"

# %% wrong verdict: the spread of single seeds | spread of single seeds
def verdict(gru, lstm):
    gaps = [b - a for a, b in zip(gru, lstm)]
    n = len(gaps)
    mean = sum(gaps) / n
    half = STUDENT[n - 1] * math.sqrt(sum((g - mean) ** 2 for g in gaps) / (n - 1))
    if mean - half > 0:
        return "gru"
    return "lstm" if mean + half < 0 else "no difference"

# %% wrong verdict: 1.96 for every n | 1.96 in place of
def verdict(gru, lstm):
    gaps = [b - a for a, b in zip(gru, lstm)]
    n = len(gaps)
    mean = sum(gaps) / n
    s = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / (n - 1))
    half = 1.96 * s / math.sqrt(n)
    if mean - half > 0:
        return "gru"
    return "lstm" if mean + half < 0 else "no difference"

# %% wrong verdict: n in the denominator | n in place of n - 1
def verdict(gru, lstm):
    gaps = [b - a for a, b in zip(gru, lstm)]
    n = len(gaps)
    mean = sum(gaps) / n
    s = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / n)
    half = STUDENT[n - 1] * s / math.sqrt(n)
    if mean - half > 0:
        return "gru"
    return "lstm" if mean + half < 0 else "no difference"

# %% wrong verdict: counts the seeds won | too narrow
def verdict(gru, lstm):
    wins = sum(a < b for a, b in zip(gru, lstm))
    if wins >= 4:
        return "gru"
    return "lstm" if wins <= 1 else "no difference"

# %% wrong verdict: always undecided | no difference
def verdict(gru, lstm):
    return "no difference"

# %% wrong verdict: both lists sorted | lists that were sorted
def verdict(gru, lstm):
    gaps = [b - a for a, b in zip(sorted(gru), sorted(lstm))]
    n = len(gaps)
    mean = sum(gaps) / n
    s = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / (n - 1))
    half = STUDENT[n - 1] * s / math.sqrt(n)
    return "gru" if mean - half > 0 else "lstm" if mean + half < 0 else "no difference"

# %% wrong verdict: the median of the differences | too narrow
def verdict(gru, lstm):
    gaps = sorted(b - a for a, b in zip(gru, lstm))
    n = len(gaps)
    mean = gaps[n // 2]
    s = torch.tensor(gaps).std().item()
    half = STUDENT[n - 1] * s / math.sqrt(n)
    return "gru" if mean - half > 0 else "lstm" if mean + half < 0 else "no difference"

# %% wrong verdict: only one winner looked for | only one side looked at
def verdict(gru, lstm):
    d = torch.tensor(lstm) - torch.tensor(gru)
    n = len(d)
    half = STUDENT[n - 1] * d.std().item() / math.sqrt(n)
    return "gru" if d.mean().item() > half else "no difference"

# %% wrong verdict: divided by the root of n - 1 | too wide
def verdict(gru, lstm):
    d = torch.tensor(lstm) - torch.tensor(gru)
    n = len(d)
    half = STUDENT[n - 1] * d.std().item() / math.sqrt(n - 1)
    m = d.mean().item()
    return "gru" if m > half else "lstm" if m < -half else "no difference"

# %% free verdict: an interval that ends exactly at zero is left to the student
return 'lstm' if mean + half <= 0 else 'no difference'

# %% free verdict: an interval that ends exactly at zero is left to the student
if mean - half >= 0:

# %% free bets: the bet may be off by 3 %
z = 0.5 ** (1 / 51)

# %% free bets: the bet may be off by 3 %
z = 0.5 ** (1 / 49)

# %% free bets: the bet may be off by 3 %
bets = {'reached': 1 - 0.9 ** 21, 'pulses': 2 / 3, 'bias': math.log(z / (1 - z))}

# %% free bets: the bet may be off by 3 %
bets = {'reached': 1 - 0.9 ** 19, 'pulses': 2 / 3, 'bias': math.log(z / (1 - z))}
