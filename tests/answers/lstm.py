# Answers to solutions/11-lstm; course_lib/grading/trials.py reads them.

# %% right step: chunks, as in the library
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c

# %% right step: torch's own cell, blocks moved
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.shape[1]
    order = torch.cat([
        torch.arange(0, 2 * H), torch.arange(3 * H, 4 * H),
        torch.arange(2 * H, 3 * H),
    ])
    kind = dict(dtype=x.dtype)
    return torch.lstm_cell(
        x, (h, c), W_x[order], W_h[order], b[order], torch.zeros(4 * H, **kind)
    )

# %% right step: einsum, a loop over the examples, a warning
import warnings

def lstm_step(x, h, c, W_x, W_h, b):
    warnings.warn("slow")
    H, hs, cs = h.shape[1], [], []
    for n in range(len(x)):
        a = torch.einsum("kd,d->k", W_x, x[n]) + torch.einsum("kh,h->k", W_h, h[n]) + b
        s = 1 / (1 + torch.exp(-a))
        c_n = s[H : 2 * H] * c[n] + s[:H] * torch.tanh(a[3 * H :])
        cs.append(c_n)
        hs.append(s[2 * H : 3 * H] * torch.tanh(c_n))
    return torch.stack(hs), torch.stack(cs)

# %% right step: one matrix for both, in float32, a list of two
def squash(a):
    return 0.5 + 0.5 * torch.tanh(a / 2)

# %% also:
def lstm_step(x, h, c, W_x, W_h, b):
    both = torch.cat([W_x, W_h], dim=1).float()
    a = torch.cat([x, h], dim=1).float() @ both.T + b.float()
    i, f, o, g = a.view(len(x), 4, -1).unbind(1)
    new = squash(f) * c.float() + squash(i) * g.tanh()
    return [squash(o) * new.tanh(), new]

# %% right step: scalars in loops, joined by stack
def lstm_step(x, h, c, W_x, W_h, b):
    B, H = h.shape
    hs, cs = [], []
    for n in range(B):
        row_h, row_c = [], []
        for u in range(H):
            pre = []
            for k in range(4):
                at = k * H + u
                total = b[at]
                for d in range(x.shape[1]):
                    total = total + W_x[at, d] * x[n, d]
                for j in range(H):
                    total = total + W_h[at, j] * h[n, j]
                pre.append(total)
            cell = torch.sigmoid(pre[1]) * c[n, u] + torch.sigmoid(pre[0]) * torch.tanh(pre[3])
            row_c.append(cell)
            row_h.append(torch.sigmoid(pre[2]) * torch.tanh(cell))
        hs.append(torch.stack(row_h))
        cs.append(torch.stack(row_c))
    return [torch.stack(hs), torch.stack(cs)]

# %% right step: vmap over the batch, a sigmoid that overflows at 1000
def lstm_step(x, h, c, W_x, W_h, b):
    def s(a):
        return a.exp() / (1 + a.exp())
    def one(x, h, c):
        i, f, o, g = (W_x @ x + W_h @ h + b).reshape(4, -1)
        c = s(f) * c + s(i) * g.tanh()
        return s(o) * c.tanh(), c
    return torch.vmap(one)(x, h, c)

# %% right step: in place on its own tensors, units first
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.size(1)
    a = torch.matmul(W_x, x.t())
    a = a.add(W_h @ h.t()).add(b[:, None])
    s = torch.cat([a[: 3 * H], 2 * a[3 * H :]]).sigmoid()
    i, f, o = s[:H], s[H : 2 * H], s[2 * H : 3 * H]
    out = c.t().clone()
    out *= f
    out += i * (2 * s[3 * H :] - 1)
    return (o * out.tanh()).t(), out.t()

# %% right step: torch's cell by functional_call
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.shape[1]
    order = torch.cat([torch.arange(2 * H), torch.arange(3 * H, 4 * H), torch.arange(2 * H, 3 * H)])
    cell = nn.LSTMCell(x.shape[1], H).to(x.dtype)
    names = {"weight_ih": W_x[order], "weight_hh": W_h[order], "bias_ih": b[order], "bias_hh": torch.zeros_like(b)}
    return torch.func.functional_call(cell, names, (x, (h, c)))

# %% wrong step: blocks in torch's order | read as i, f, g, o
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, g, o = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: input and forget gate swapped | input and forget gate swapped
def lstm_step(x, h, c, W_x, W_h, b):
    f, i, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: tanh(c) omitted | tanh(c) left out
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c, c

# %% wrong step: sigmoid on the candidate | a sigmoid on the candidate
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).sigmoid().chunk(4, dim=-1)
    c = f * c + i * g
    return o * c.tanh(), c

# %% wrong step: h taken for the cell state | h taken for the old cell state
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * h + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: output gate on the state | output gate applied to the cell state
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = o.sigmoid() * (f.sigmoid() * c + i.sigmoid() * g.tanh())
    return c.tanh(), c

# %% wrong step: a forget gate of 1 forgets | a forget gate of 1 that forgets
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = (1 - f.sigmoid()) * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: gates read the cell state | gates that read the cell state c
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + c @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: states in the wrong order | in the wrong order
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return c, o.sigmoid() * c.tanh()

# %% wrong step: the bias forgotten | bias left out
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: coupled gates | tied to the forget gate
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    f = f.sigmoid()
    c = f * c + (1 - f) * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: W_h transposed within each block | W_h transposed
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.shape[1]
    W_h = torch.cat([block.T for block in W_h.split(H)])
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: writes the new cell state into the old one | in place
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    c *= f.sigmoid()
    c += i.sigmoid() * g.tanh()
    h[:] = o.sigmoid() * c.tanh()
    return h, c

# %% wrong step: gradients cut at the old state | no gradient
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h.detach() @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c.detach() + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: an output made from the old cell state | made from the old cell state
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, 1)
    new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), new

# %% wrong step: the bias with x and with h | the bias counted twice
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + b + h @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: gates that read x alone | never reaches the input gate
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.shape[1]
    i, f, o, _ = (x @ W_x.T + b).chunk(4, 1)
    g = (x @ W_x.T + h @ W_h.T + b)[:, 3 * H :]
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: an output gate that reads the new cell state | read the cell state c
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.shape[1]
    a = x @ W_x.T + h @ W_h.T + b
    c2 = a[:, H : 2 * H].sigmoid() * c + a[:, :H].sigmoid() * a[:, 3 * H :].tanh()
    o = (x @ W_x[2 * H : 3 * H].T + c2 @ W_h[2 * H : 3 * H].T + b[2 * H : 3 * H]).sigmoid()
    return o * c2.tanh(), c2

# %% wrong step: the old cell state overwritten, without a graph | writing in place
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, 1)
    with torch.no_grad():
        c.mul_(f.sigmoid()).add_(i.sigmoid() * g.tanh())
    return o.sigmoid() * c.tanh(), c

# %% wrong step: a forget gate of plain numbers | cut on one of the ways
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid().detach() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: the candidate's block first | blocks read as g, i, f, o
def lstm_step(x, h, c, W_x, W_h, b):
    g, i, f, o = (x @ W_x.T + h @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: an axis squeezed away in a batch of one | a batch of one keeps its axis
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()).squeeze(), c.squeeze()

# %% wrong step: four numbers for each unit | four numbers for each unit
def lstm_step(x, h, c, W_x, W_h, b):
    a = (x @ W_x.T + h @ W_h.T + b).reshape(len(x), -1, 4)
    i, f, o, g = a.unbind(-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: W_x reshaped, where it is to be transposed | reshape does not
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.reshape(x.shape[1], -1) + h @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: no input gate | the input gate left out
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: gates that read the output alone | never reaches the input gate: every block reads x
def lstm_step(x, h, c, W_x, W_h, b):
    H = h.shape[1]
    i, f, o, g = (h @ W_h.T + b).chunk(4, 1)
    g = g + x @ W_x[3 * H :].T
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: a state that is averaged over the batch | a mean over the batch
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h.mean(0, keepdim=True) @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong step: the first sequence's states for all | one old cell state for the whole batch
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, o, g = (x @ W_x.T + h[:1] @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c[:1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% right counter: biases open i and f, the mark drives g
W_x, W_h, b = torch.zeros(4, 2), torch.zeros(4, 1), torch.zeros(4)
b[0] = b[1] = 20.0
W_x[2, 0] = 20.0
counter = W_x, W_h, b

# %% right counter: the mark opens i, g is always 1, in float64
W_x = torch.zeros(4, 2, dtype=torch.float64)
W_x[0, 0] = 60
counter = (
    W_x,
    torch.zeros(4, 1, dtype=torch.float64),
    torch.tensor([-30.0, 30.0, 30.0, 0.0], dtype=torch.float64),
)

# %% right counter: a list of arrays, the mark drives both
counter = [
    torch.tensor([[50.0, 0.0], [0.0, 0.0], [9.0, 0.0], [3.0, 1.0]]).numpy(),
    torch.zeros(4, 1).numpy(),
    torch.tensor([-25.0, 25.0, 0.0, -1.0]).numpy(),
]

# %% right counter: a cell's own parameters, weights of 80
cell = LSTMCell(2, 1)
with torch.no_grad():
    for p in cell.parameters():
        p.zero_()
    cell.x_to_gates.weight[0] = torch.tensor([80.0, 0.0])
    cell.x_to_gates.weight[2] = torch.tensor([80.0, 0.0])
    cell.x_to_gates.bias += torch.tensor([-40.0, 40.0, 0.0, 40.0])
counter = cell.x_to_gates.weight, cell.h_to_gates.weight, cell.x_to_gates.bias

# %% wrong counter: forget bias of 1 | or well below 1
b = torch.tensor([20.0, 1.0, 0.0, 0.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [20, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: forget bias of 5 | still loses three quarters
b = torch.tensor([20.0, 5.0, 0.0, 0.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [20, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: a shut forget gate, thought to keep | a forget gate that is shut
b = torch.tensor([20.0, -20.0, 0.0, 0.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [20, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: a bias of 0 for an open input gate | input gate at a half
b = torch.tensor([0.0, 20.0, 0.0, 0.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [20, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: a candidate weight of 1 | only a large weight makes it 1
b = torch.tensor([20.0, 20.0, 0.0, 0.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [1, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: counts steps and not marks | counted without a mark
b = torch.tensor([20.0, 20.0, 20.0, 0.0])
counter = torch.zeros(4, 2), torch.zeros(4, 1), b

# %% wrong counter: counts the noise as well | noise that is counted
b = torch.tensor([20.0, 20.0, 0.0, 0.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [20, 0.5], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: input gate shut at the mark | nothing is written
b = torch.tensor([20.0, 20.0, 20.0, 0.0])
W_x = torch.tensor([[-60.0, 0], [0, 0], [0, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: the forget gate driven in place of the input gate | input gate at a half
b = torch.tensor([0.0, -20.0, 20.0, 0.0])
W_x = torch.tensor([[0.0, 0], [60, 0], [0, 0], [0, 0]])
counter = W_x, torch.zeros(4, 1), b

# %% wrong counter: the output read back into the candidate | drifts
b = torch.tensor([20.0, 20.0, 0.0, 20.0])
W_x = torch.tensor([[0.0, 0], [0, 0], [20, 0], [0, 0]])
W_h = torch.tensor([[0.0], [0.0], [0.1], [0.0]])
counter = W_x, W_h, b

# %% wrong counter: forget bias of 8 | only 1 keeps
W_x = torch.zeros(4, 2)
W_x[2, 0] = LARGE
counter = W_x, torch.zeros(4, 1), torch.tensor([LARGE, 8.0, 0.0, 0.0])

# %% wrong counter: a candidate weight of 2 | only a large weight makes it 1
W_x = torch.zeros(4, 2)
W_x[2, 0] = 2.0
counter = W_x, torch.zeros(4, 1), torch.tensor([LARGE, LARGE, 0.0, 0.0])

# %% wrong counter: a forget gate that a mark shuts | clears what was counted
W_x = torch.zeros(4, 2)
W_x[2, 0] = LARGE
W_x[1, 0] = -2 * LARGE
counter = W_x, torch.zeros(4, 1), torch.tensor([LARGE, LARGE, 0.0, 0.0])

# %% wrong counter: rows in the order i, f, o, g | the third is the candidate's
W_x = torch.zeros(4, 2)
W_x[3, 0] = LARGE
counter = W_x, torch.zeros(4, 1), torch.tensor([LARGE, LARGE, 0.0, 0.0])

# %% wrong counter: noise at the input gate | noise that is counted
W_x = torch.zeros(4, 2)
W_x[0] = torch.tensor([2 * LARGE, 3 * LARGE])
counter = W_x, torch.zeros(4, 1), torch.tensor([-LARGE, LARGE, LARGE, 0.0])

# %% right latch: f shuts for both, i opens for set
b = torch.tensor([-20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% right latch: i opens for both, the candidate is 1 or 0
W_x = torch.tensor([[50.0, 50.0], [-50.0, -50.0], [30.0, 0.0], [0.0, 0.0]])
latch = (
    W_x.double(), torch.zeros(4, 1).double(),
    torch.tensor([-25.0, 25.0, 0.0, 25.0]).double(),
)

# %% right latch: larger weights, a numpy list, the output gate opened by its own flag
W_x = torch.zeros(4, 2)
W_x[0, 0], W_x[1] = 90.0, torch.tensor([-90.0, -90.0])
latch = [W_x.numpy(), torch.tensor([[0.0], [0.0], [0.0], [5.0]]).numpy(),
         torch.tensor([-45.0, 45.0, 45.0, 10.0]).numpy()]

# %% right latch: the input gate is shut by the flag itself
W_x = torch.zeros(4, 2)
W_h = torch.zeros(4, 1)
b = torch.tensor([-LARGE, LARGE, LARGE, LARGE])
W_x[0, 0] = 2 * LARGE
W_h[0, 0] = -4 * LARGE
W_x[1, 1] = -2 * LARGE
latch = W_x, W_h, b

# %% right latch: an input gate that is always open
W_x = torch.zeros(4, 2)
W_x[2, 0] = LARGE
W_x[1] = -2 * LARGE
latch = (W_x.double(), torch.zeros(4, 1).double(), torch.tensor([LARGE, LARGE, 0.0, LARGE]).double())

# %% wrong latch: a counter in place of a flag | a counter in place of a flag
b = torch.tensor([-20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [0.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: forget bias of 1 | a forget gate below 1
b = torch.tensor([-20.0, 1.0, 20.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: hides at the reset and does not forget | hidden at the reset
b = torch.tensor([-20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, 0.0], [0.0, 0.0], [0.0, -40.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: takes away 1 at the reset | takes away 1
b = torch.tensor([-20.0, 20.0, 0.0, 20.0])
W_x = torch.tensor([[40.0, 40.0], [-40.0, 0.0], [20.0, -20.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: no reset at all | does not shut the forget gate
b = torch.tensor([-20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: set at every step | sets itself
b = torch.tensor([20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: never shown | not shown
b = torch.tensor([-20.0, 20.0, 20.0, -20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: a set toggles | puts a flag out
b = torch.tensor([-20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[15.0, 0.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
W_x[0, 0] = 40.0
W_h = torch.tensor([[-60.0], [0.0], [0.0], [0.0]])
latch = W_x, W_h, b

# %% wrong latch: candidate left at zero | not written
b = torch.tensor([-20.0, 20.0, 0.0, 20.0])
W_x = torch.tensor([[40.0, 0.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: set and reset confused | not written
b = torch.tensor([-20.0, 20.0, 20.0, 20.0])
W_x = torch.tensor([[0.0, 40.0], [-40.0, -40.0], [0.0, 0.0], [0.0, 0.0]])
latch = W_x, torch.zeros(4, 1), b

# %% wrong latch: shown at the set only | kept and not shown
W_x = torch.zeros(4, 2)
W_x[0, 0] = 2 * LARGE
W_x[1] = -2 * LARGE
W_x[3, 0] = 2 * LARGE
latch = W_x, torch.zeros(4, 1), torch.tensor([-LARGE, LARGE, LARGE, -LARGE])

# %% wrong latch: an input gate that is nearly shut | lets in 200 times
W_x = torch.zeros(4, 2)
W_x[0, 0] = LARGE
W_x[1] = -2 * LARGE
latch = W_x, torch.zeros(4, 1), torch.tensor([-6.0, LARGE, LARGE, LARGE])

# %% wrong latch: rows in the order i, f, o, g | the rows are i, f, g, o
W_x = torch.zeros(4, 2)
W_x[0, 0] = 2 * LARGE
W_x[1] = -2 * LARGE
W_x[3, 0] = LARGE
latch = W_x, torch.zeros(4, 1), torch.tensor([-LARGE, LARGE, LARGE, 0.0])

# %% wrong latch: a reset that writes 1 as well | or that writes
W_x = torch.zeros(4, 2)
W_x[0] = 2 * LARGE
W_x[1] = -2 * LARGE
latch = W_x, torch.zeros(4, 1), torch.tensor([-LARGE, LARGE, LARGE, LARGE])

# %% right start: one vector holds all
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    b = math.log(f / (1 - f))
    bias_ih = torch.zeros(4 * hidden_size)
    bias_ih[:hidden_size] = -b
    bias_ih[hidden_size : 2 * hidden_size] = b
    return bias_ih, torch.zeros(4 * hidden_size)

# %% right start: half in each of the two vectors, by torch.logit
def start(hidden_size, half_life):
    f = torch.tensor(2.0, dtype=torch.float64) ** (-1 / half_life)
    b = torch.logit(f) / 2
    gates = torch.stack([-b, b, 0 * b, 0 * b])
    bias = gates.repeat_interleave(hidden_size)
    return bias, bias.clone()

# %% right start: a list of numbers first, the other vector used
def start(hidden_size, half_life):
    b = -math.log(2 ** (1 / half_life) - 1)
    values = [-b] * hidden_size + [b] * hidden_size + [0.0] * 2 * hidden_size
    return [torch.zeros(len(values)).numpy(), torch.tensor(values).numpy()]

# %% right start: a random vector and what is left
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    b = math.log(f / (1 - f))
    noise = torch.rand(4 * hidden_size)
    total = torch.cat([torch.full((hidden_size,), -b), torch.full((hidden_size,), b), torch.zeros(2 * hidden_size)])
    return total - noise, noise

# %% right start: bisection
def start(hidden_size, half_life):
    low, high = -5.0, 30.0
    for _ in range(80):
        b = (low + high) / 2
        if (1 / (1 + math.exp(-b))) ** half_life < 0.5:
            low = b
        else:
            high = b
    pieces = [torch.full((hidden_size,), v) for v in (-b, b, 0.0, 0.0)]
    return torch.hstack(pieces), torch.zeros(4 * hidden_size)

# %% wrong start: the bias in both vectors | counts twice
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    b = math.log(f / (1 - f))
    bias = torch.zeros(4 * hidden_size)
    bias[:hidden_size] = -b
    bias[hidden_size : 2 * hidden_size] = b
    return bias, bias.clone()

# %% wrong start: input and forget block swapped | this gate forgets
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    b = math.log(f / (1 - f))
    bias = torch.zeros(4 * hidden_size)
    bias[:hidden_size] = b
    bias[hidden_size : 2 * hidden_size] = -b
    return bias, torch.zeros_like(bias)

# %% wrong start: the forget bias in the third block | in another block
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    b = math.log(f / (1 - f))
    bias = torch.zeros(4, hidden_size)
    bias[0], bias[2] = -b, b
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: the gate's value for its bias | the gate's value
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    bias = torch.zeros(4, hidden_size)
    bias[0], bias[1] = 1 - f, f
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: log of the half-life | leaves about 1/e
def start(hidden_size, half_life):
    bias = torch.zeros(4, hidden_size)
    bias[0], bias[1] = -math.log(half_life), math.log(half_life)
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: exp(-1/n) as the gate | leaves about 1/e
def start(hidden_size, half_life):
    f = math.exp(-1 / half_life)
    bias = torch.zeros(4, hidden_size)
    bias[1] = math.log(f / (1 - f))
    bias[0] = -bias[1]
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: the input gate left alone | left at a half
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    bias = torch.zeros(4, hidden_size)
    bias[1] = math.log(f / (1 - f))
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: the input gate with the forget gate's sign | with the sign of
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    bias = torch.zeros(4, hidden_size)
    bias[:2] = math.log(f / (1 - f))
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: an output gate that is opened too | gates that need none
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    bias = torch.zeros(4, hidden_size)
    bias[1] = math.log(f / (1 - f))
    bias[0], bias[3] = -bias[1], 5.0
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: the usual bias of 1 | usual bias of 1
def start(hidden_size, half_life):
    bias = torch.zeros(4, hidden_size)
    bias[0], bias[1] = -1.0, 1.0
    return bias.flatten(), torch.zeros(4 * hidden_size)

# %% wrong start: one vector, not two | 2 values
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    bias = torch.zeros(4, hidden_size)
    bias[1] = math.log(f / (1 - f))
    bias[0] = -bias[1]
    return bias.flatten()

# %% wrong start: the rule of thumb solved for b | rule of thumb
def start(hidden_size, half_life):
    b = torch.zeros(4 * hidden_size)
    v = math.log(half_life / 0.69 - 1) if half_life > 1 else 0.0
    b[hidden_size : 2 * hidden_size] = v
    b[:hidden_size] = -v
    return b, torch.zeros(4 * hidden_size)

# %% wrong start: the chapter's rule of thumb solved for b | chapter's rule of thumb
def start(hidden_size, half_life):
    b = torch.zeros(4 * hidden_size)
    v = math.log(half_life / 0.69 - 0.5)
    b[hidden_size : 2 * hidden_size] = v
    b[:hidden_size] = -v
    return b, torch.zeros(4 * hidden_size)

# %% wrong start: the four numbers repeated for each unit | one block after the other
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    v = math.log(f / (1 - f))
    b = torch.tensor([-v, v, 0.0, 0.0]).repeat(hidden_size)
    return b, torch.zeros_like(b)

# %% wrong start: a gate that loses 1/n | a gate of 1 - 1/n
def start(hidden_size, half_life):
    f = 1 - 1 / half_life
    v = math.log(f / (1 - f)) if half_life > 1 else 0.0
    b = torch.tensor([-v, v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, torch.zeros_like(b)

# %% wrong start: half lost in n equal parts | in n equal parts
def start(hidden_size, half_life):
    f = 1 - 0.5 / half_life
    v = math.log(f / (1 - f)) if f < 1 else 0.0
    b = torch.tensor([-v, v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, torch.zeros_like(b)

# %% wrong start: torch's second vector left as it is | as torch draws it
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    v = math.log(f / (1 - f))
    b = torch.tensor([-v, v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, nn.LSTM(1, hidden_size).bias_hh_l0.detach()

# %% wrong start: a decimal logarithm | a decimal logarithm
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    v = math.log10(f / (1 - f))
    b = torch.tensor([-v, v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, torch.zeros_like(b)

# %% wrong start: 1 - b for the input gate | in the place of -b
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    v = math.log(f / (1 - f))
    b = torch.tensor([1 - v, v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, torch.zeros_like(b)

# %% wrong start: log(1 - f) for the input gate | the odds are what
def start(hidden_size, half_life):
    f = 0.5 ** (1 / half_life)
    v = math.log(f / (1 - f))
    b = torch.tensor([math.log(1 - f), v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, torch.zeros_like(b)

# %% wrong start: units spread as in chrono | units that start differently
def start(hidden_size, half_life):
    f = 0.5 ** (1 / torch.linspace(1, half_life, hidden_size))
    v = torch.logit(f)
    b = torch.cat([-v, v, torch.zeros(2 * hidden_size)])
    return b, torch.zeros_like(b)

# %% wrong start: the half-lives of the checks by heart | for this half-life
def start(hidden_size, half_life):
    v = {1: 0.0, 8: 2.40132, 20: 3.34496}.get(half_life, 3.344962)
    b = torch.tensor([-v, v, 0.0, 0.0]).repeat_interleave(hidden_size)
    return b, torch.zeros_like(b)

# %% right bets: formulas
bets = {
    "left": 0.99**90 * 0.5**10,
    "count": (1 - 0.99**100) / 0.01,
    "bias": -math.log(2 ** (1 / 1000) - 1),
}

# %% right bets: rounded by hand
bets = {"left": 0.0004, "count": 63, "bias": 7.3}

# %% right bets: by simulation, tensors
c = torch.zeros(())
for _ in range(100):
    c = 0.99 * c + 1
f = torch.tensor(0.5, dtype=torch.float64) ** 0.001
bets = {"left": torch.tensor([0.99] * 90 + [0.5] * 10).prod(), "count": c,
        "bias": torch.logit(f)}

# %% wrong bets: the mean gate to the power of 100 | not the power of their mean
bets = {"left": 0.941**100, "count": 63.4, "bias": 7.27}

# %% wrong bets: the mean of the gates | the mean of the gates
bets = {"left": 0.941, "count": 63.4, "bias": 7.27}

# %% wrong bets: ten bad steps do no harm | left out
bets = {"left": 0.99**90, "count": 63.4, "bias": 7.27}

# %% wrong bets: 0.99 is as good as 1 | taken for 1
bets = {"left": 4e-4, "count": 100, "bias": 7.27}

# %% wrong bets: the whole count shrunk at every step | since its own step only
bets = {"left": 4e-4, "count": 100 * 0.99**100, "bias": 7.27}

# %% wrong bets: a weighted mean | a weighted mean
bets = {"left": 4e-4, "count": 1 - 0.99**100, "bias": 7.27}

# %% wrong bets: log of the lag | 1/e is left
bets = {"left": 4e-4, "count": 63.4, "bias": math.log(1000)}

# %% wrong bets: the gate's value | value in place of its bias
bets = {"left": 4e-4, "count": 63.4, "bias": 0.5**0.001}

# %% wrong bets: the bias for 100 steps | of 100 steps
bets = {"left": 4e-4, "count": 63.4, "bias": 5.0}

# %% wrong bets: h and not c | that is h
bets = {"left": 4e-4, "count": 1.0, "bias": 7.27}

# %% wrong bets: the steps of each gate changed round | the other way round
bets = {"left": 0.99**10 * 0.5**90, "count": 50, "bias": math.log(690)}

# %% wrong bets: what is lost | what is lost
bets = {"left": 1 - 0.99**90 * 0.5**10, "count": 1 / (1 - 0.99), "bias": math.log2(1000)}

# %% wrong bets: shares lost added up | shares lost that are added up
bets = {"left": 1 - 90 * 0.01 - 0.05, "count": 99, "bias": 5.0}

# %% right diagnose: two probes with held gates
def diagnose(step):
    def run(*blocks):
        zeros = torch.zeros(4, 1)
        h, c = step(
            torch.zeros(1, 1), torch.zeros(1, 1), torch.full((1, 1), 2.0),
            zeros, zeros, torch.tensor(blocks),
        )
        return h.item(), c.item()

    h, c = run(-1e3, 1e3, 0.3, 0.0)
    for name, value in [("output gate on c", 1), ("1 forgets", 0), ("swapped", 0.2913)]:
        if abs(c - value) < 1e-3:
            return name
    if abs(h - 1) < 1e-3:
        return "no tanh"
    return "sigmoid candidate" if run(1e3, -1e3, -1.0, 0.0)[1] > 0 else "right"

# %% right diagnose: one random probe, compared with six models
def diagnose(step):
    torch.manual_seed(3)
    B, D, H = 3, 2, 4
    args = [torch.randn(*s, dtype=torch.float64) for s in
            [(B, D), (B, H), (B, H), (4 * H, D), (4 * H, H), (4 * H,)]]
    x, h, c, W_x, W_h, b = args
    i, f, g, o = (x @ W_x.T + h @ W_h.T + b).chunk(4, dim=-1)
    s, t = torch.sigmoid, torch.tanh
    new = s(f) * c + s(i) * t(g)
    other = s(f) * c + s(i) * s(g)
    swap = s(i) * c + s(f) * t(g)
    turned = (1 - s(f)) * c + s(i) * t(g)
    models = {
        "right": (s(o) * t(new), new), "swapped": (s(o) * t(swap), swap),
        "no tanh": (s(o) * new, new),
        "sigmoid candidate": (s(o) * t(other), other),
        "output gate on c": (t(s(o) * new), s(o) * new),
        "1 forgets": (s(o) * t(turned), turned),
    }
    found = step(*args)
    far = {n: sum((a - m).abs().sum() for a, m in zip(found, both))
           for n, both in models.items()}
    return min(far, key=far.get)

# %% right diagnose: one question for each fault
def ask(step, i, f, g, o, c):
    zeros, blocks = torch.zeros(4, 1), torch.tensor([i, f, g, o])
    done = step(torch.zeros(1, 1), torch.zeros(1, 1), torch.tensor([[c]]), zeros, zeros, blocks)
    return [float(part) for part in done]

# %% also:
def diagnose(step):
    keep = ask(step, -50.0, 50.0, 0.0, 50.0, 3.0)
    if keep[1] < 2.9:
        return "swapped" if ask(step, 50.0, -50.0, 0.0, 50.0, 3.0)[1] > 2.9 and (
            ask(step, 50.0, 50.0, 0.0, 50.0, 3.0)[1] > 2.9) else "1 forgets"
    if keep[0] > 1.5:
        return "no tanh"
    if ask(step, -50.0, 50.0, 0.0, -50.0, 3.0)[1] < 1:
        return "output gate on c"
    if ask(step, 50.0, -50.0, -50.0, 50.0, 0.0)[1] > -0.5:
        return "sigmoid candidate"
    return "right"

# %% right diagnose: the gradient by c, through a class
class Probe:
    def __init__(self, step):
        self.step = step
    def __call__(self):
        c = torch.ones(1, 1, requires_grad=True)
        z, o = torch.zeros(4, 1), torch.ones(1, 1)
        out = self.step(o, o, c, z, z, torch.tensor([-LARGE, LARGE, 0.0, 0.0]))
        kept = torch.autograd.grad(out[1].sum(), c, retain_graph=True)[0].item()
        if kept == 0:
            return "1 forgets" if held(self.step, i=-LARGE, f=LARGE, g=-LARGE, o=0.0, c=1.0)[1] == 0 else "swapped"
        if kept < 0.9:
            return "output gate on c"
        if abs(out[0].item() - 0.5) < 1e-6:
            return "no tanh"
        return "right" if held(self.step, LARGE, -LARGE, -1.0, LARGE)[1] < 0 else "sigmoid candidate"

def diagnose(step):
    return Probe(step)()

# %% wrong diagnose: trusts everybody | diagnose(step), of a step that is
def diagnose(step):
    return "right"

# %% wrong diagnose: a probe from c = 0 | c at zero
def diagnose(step):
    zeros = torch.zeros(4, 1)
    b = torch.tensor([0.7, 0.2, -1.0, 0.4])
    h, c = step(torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(1, 1), zeros, zeros, b)
    s = torch.sigmoid
    g = torch.tanh(b[2])
    for name, value in [
        ("right", (s(b[3]) * torch.tanh(s(b[0]) * g), s(b[0]) * g)),
        ("swapped", (s(b[3]) * torch.tanh(s(b[1]) * g), s(b[1]) * g)),
        ("no tanh", (s(b[3]) * s(b[0]) * g, s(b[0]) * g)),
        ("output gate on c", (torch.tanh(s(b[3]) * s(b[0]) * g), s(b[3]) * s(b[0]) * g)),
    ]:
        if abs(h.item() - value[0].item()) < 1e-5 and abs(c.item() - value[1].item()) < 1e-5:
            return name
    return "sigmoid candidate"

# %% wrong diagnose: all gates at a half | the same value
def diagnose(step):
    zeros = torch.zeros(4, 1)
    b = torch.tensor([0.0, 0.0, -1.0, 0.0])
    h, c = step(torch.zeros(1, 1), torch.zeros(1, 1), torch.full((1, 1), 2.0), zeros, zeros, b)
    h, c, g = h.item(), c.item(), math.tanh(-1.0)
    if c > 1:
        return "sigmoid candidate"
    if abs(c - 0.25 * (2 + g)) < 1e-4:
        return "output gate on c"
    if abs(h - c / 2) < 1e-4:
        return "no tanh"
    return "right"

# %% wrong diagnose: small numbers, where tanh(c) is c | a small c
def diagnose(step):
    def run(*blocks):
        zeros = torch.zeros(4, 1)
        h, c = step(torch.zeros(1, 1), torch.zeros(1, 1), torch.full((1, 1), 0.01), zeros, zeros, torch.tensor(blocks))
        return h.item() * 100, c.item() * 100

    h, c = run(-50.0, 50.0, 0.3, 0.0)
    if abs(c - 0.5) < 0.01:
        return "output gate on c"
    if abs(c) < 0.01:
        return "1 forgets"
    if c > 1.1:
        return "swapped"
    if abs(h - 0.5) > 0.01:
        return "no tanh"
    return "sigmoid candidate" if run(50.0, -50.0, -1.0, 0.0)[1] > 0 else "right"

# %% wrong diagnose: looks at h alone, output gate open | with the output gate open
def diagnose(step):
    def run(*blocks):
        zeros = torch.zeros(4, 1)
        h, c = step(torch.zeros(1, 1), torch.zeros(1, 1), torch.full((1, 1), 2.0), zeros, zeros, torch.tensor(blocks))
        return h.item()

    h = run(-50.0, 50.0, 0.3, 50.0)
    if abs(h) < 0.01:
        return "1 forgets"
    if h < 0.5:
        return "swapped"
    if h > 1.5:
        return "no tanh"
    return "sigmoid candidate" if run(50.0, -50.0, -1.0, 50.0) > 0 else "right"

# %% wrong diagnose: a candidate above zero only | a sign would tell
def diagnose(step):
    def run(*blocks):
        zeros = torch.zeros(4, 1)
        h, c = step(torch.zeros(1, 1), torch.zeros(1, 1), torch.full((1, 1), 2.0), zeros, zeros, torch.tensor(blocks))
        return h.item(), c.item()

    h, c = run(-50.0, 50.0, 50.0, 0.0)
    if abs(c - 1) < 1e-3:
        return "swapped" if abs(run(-50.0, 50.0, 50.0, 50.0)[1] - 1) < 1e-3 else "output gate on c"
    if abs(c) < 1e-3:
        return "1 forgets"
    if abs(h - 1) < 1e-3:
        return "no tanh"
    return "sigmoid candidate" if run(50.0, -50.0, 50.0, 0.0)[1] < 0.9 else "right"

# %% wrong diagnose: a name that nobody asked for | diagnose(step)
def diagnose(step):
    return "broken"

# %% wrong diagnose: a forget gate at a half | f at a half
def diagnose(step):
    h, c = held(step, -LARGE, 0.0, 0.5, 0.0, 1.0)
    if abs(h - 0.5 * c) < 1e-6:
        return "no tanh"
    h, c = held(step, LARGE, 0.0, -1.0, 0.5, 1.0)
    if abs(h - math.tanh(c)) < 1e-6:
        return "output gate on c"
    if c > 0.6:
        return "sigmoid candidate"
    if abs(c - (0.5 - math.tanh(1.0))) > 1e-3:
        return "swapped"
    return "right"

# %% right projected: chunks
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c)) @ W_p.T, c

# %% right projected: torch's layer with proj_size, weights copied
def projected_step(x, r, c, W_x, W_h, b, W_p):
    P, H = W_p.shape
    layer = nn.LSTM(x.shape[1], H, batch_first=True, proj_size=P).to(x.dtype)
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "weight_hr_l0"]
    with torch.no_grad():
        layer.bias_hh_l0.zero_()
        for name, value in zip(names, [W_x, W_h, b, W_p]):
            getattr(layer, name).copy_(value)
    _, (r, c) = layer(x[:, None], (r[None].contiguous(), c[None].contiguous()))
    return r[0], c[0]

# %% right projected: functional linear layers, float64
def projected_step(x, r, c, W_x, W_h, b, W_p):
    x, r, c, W_x, W_h, b, W_p = (
        a.double() for a in (x, r, c, W_x, W_h, b, W_p)
    )
    F = nn.functional
    i, f, g, o = torch.split(F.linear(x, W_x, b) + F.linear(r, W_h), c.shape[1], dim=1)
    new = f.sigmoid().mul(c).add(i.sigmoid() * g.tanh())
    return F.linear(o.sigmoid() * new.tanh(), W_p), new

# %% right projected: einsum
def projected_step(x, r, c, W_x, W_h, b, W_p):
    a = torch.einsum("bd,kd->bk", x, W_x) + torch.einsum("bp,kp->bk", r, W_h) + b
    a = a.reshape(len(x), 4, -1)
    s = 1 / (1 + torch.exp(-a))
    c = s[:, 1] * c + s[:, 0] * torch.tanh(a[:, 2])
    return torch.einsum("bh,ph->bp", s[:, 3] * torch.tanh(c), W_p), c

# %% right projected: a loop over the batch, matrix times vector
def projected_step(x, r, c, W_x, W_h, b, W_p):
    new_r, new_c = [], []
    for n in range(len(x)):
        a = W_x @ x[n] + W_h @ r[n] + b
        H = len(a) // 4
        cell = a[H : 2 * H].sigmoid() * c[n] + a[:H].sigmoid() * a[2 * H : 3 * H].tanh()
        new_c.append(cell)
        new_r.append(W_p @ (a[3 * H :].sigmoid() * cell.tanh()))
    return [torch.stack(new_r), torch.stack(new_c)]

# %% wrong projected: no projection | before its projection
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c

# %% wrong projected: the first P units | without W_p
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh())[:, : len(W_p)], c

# %% wrong projected: the cell state projected as well | c keeps all its H units
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c @ W_p.T

# %% wrong projected: the output gate forgotten | the output gate left out
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return c.tanh() @ W_p.T, c

# %% wrong projected: tanh(c) omitted | tanh(c) left out
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c) @ W_p.T, c

# %% wrong projected: a second tanh | a second tanh
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return torch.tanh((o.sigmoid() * c.tanh()) @ W_p.T), c

# %% wrong projected: gates read the projected cell state | a projection of c
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + (c @ W_p.T) @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: blocks in another order | read as i, f, o, g
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, o, g = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: tanh(c) handed on as the cell state | in the place of c
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, dim=-1)
    c = torch.tanh(f.sigmoid() * c + i.sigmoid() * g.tanh())
    return (o.sigmoid() * c) @ W_p.T, c

# %% wrong projected: the bias forgotten | bias left out
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: the cell state updated in place | writing in place
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    c *= f.sigmoid()
    c += i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: gates that read x alone | reads r through its own rows
def projected_step(x, r, c, W_x, W_h, b, W_p):
    H = c.shape[1]
    a = x @ W_x.T + b
    g = a[:, 2 * H : 3 * H] + r @ W_h[2 * H : 3 * H].T
    i, f, o = a[:, :H], a[:, H : 2 * H], a[:, 3 * H :]
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: an output made from the old cell state | made from the old cell state
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, new

# %% wrong projected: sigmoid on the candidate | a sigmoid on the candidate
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.sigmoid()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: no input gate | the input gate left out
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: coupled gates | tied to the forget gate
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    f = f.sigmoid()
    c = f * c + (1 - f) * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: the old output added | added to the new one
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return r + (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% wrong projected: W_p reshaped | reshaped in place of transposed
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.reshape(c.shape[1], -1), c

# %% wrong projected: the cell state projected, then gated | before the output gate
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (x @ W_x.T + r @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    c2 = c @ W_p.T
    return o.sigmoid()[:, : W_p.shape[0]] * c2.tanh(), c

# %% wrong projected: gates that do not read x | every block reads x
def projected_step(x, r, c, W_x, W_h, b, W_p):
    i, f, g, o = (r @ W_h.T + b).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c.tanh()) @ W_p.T, c

# %% free bets: a bet may be off by the share that the question allows
f = 0.5 ** (1 / 1001)

# %% free bets: a bet may be off by the share that the question allows
f = 0.5 ** (1 / 999)

# %% free bets: a bet may be off by the share that the question allows
bets = {'left': 0.99 ** 91 * 0.5 ** 10, 'count': (1 - 0.99 ** 100) / (1 - 0.99), 'bias': math.log(f / (1 - f))}

# %% free bets: a bet may be off by the share that the question allows
bets = {'left': 0.99 ** 89 * 0.5 ** 10, 'count': (1 - 0.99 ** 100) / (1 - 0.99), 'bias': math.log(f / (1 - f))}

# %% free bets: a bet may be off by the share that the question allows
bets = {'left': 0.99 ** 90 * 0.5 ** 10, 'count': (1 - 0.99 ** 101) / (1 - 0.99), 'bias': math.log(f / (1 - f))}

# %% free bets: a bet may be off by the share that the question allows
bets = {'left': 0.99 ** 90 * 0.5 ** 10, 'count': (1 - 0.99 ** 99) / (1 - 0.99), 'bias': math.log(f / (1 - f))}
