# Answers to solutions/01-recurrent-neurons; course_lib/grading/trials.py
# reads them.

# %% right layer: a loop over the steps
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for t in range(xs.shape[1]):
        new = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
        h = alpha * h + (1 - alpha) * new
        hs.append(h)
    return torch.stack(hs, 1)

# %% right layer: inputs projected for all steps at once, lerp, linear
from torch.nn import functional as F

def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    ps = F.linear(xs, W_x, b)
    hs = []
    for p in ps.unbind(1):
        h0 = torch.lerp(torch.tanh(p + F.linear(h0, W_h)), h0, alpha)
        hs.append(h0[:, None])
    return torch.cat(hs, dim=1)

# %% right layer: einsum, one example after the other, float32
import warnings

def step(x, h, W_x, W_h, b, alpha):
    a = torch.einsum("hd,d->h", W_x, x) + torch.einsum("kh,h->k", W_h, h) + b
    return h + (1 - alpha) * (a.tanh() - h)

# %% also:
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    warnings.warn("one by one")
    xs, h0, W_x, W_h, b, alpha = (
        v.float() for v in (xs, h0, W_x, W_h, b, alpha)
    )
    rows = []
    for series, h in zip(xs, h0):
        states = []
        for x in series:
            h = step(x, h, W_x, W_h, b, alpha)
            states.append(h)
        rows.append(torch.stack(states))
    return torch.stack(rows)

# %% right layer: torch's own cell inside, recursion over the steps
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    if xs.shape[1] == 0:
        return xs.new_zeros(len(xs), 0, len(b))
    new = torch.rnn_tanh_cell(
        xs[:, 0], h0, W_x, W_h, b, torch.zeros_like(b)
    )
    h = alpha * h0 + (1 - alpha) * new
    rest = leaky_layer(xs[:, 1:], h, W_x, W_h, b, alpha)
    return torch.cat([h.unsqueeze(1), rest.to(h.dtype)], 1)

# %% wrong layer: the leak turned round | the leak turned round
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = (1 - alpha) * h + alpha * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: h0 forgotten | h0 left out
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = torch.zeros_like(h0), []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the state is never carried on | the state is not carried on
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    hs = []
    for x in xs.unbind(1):
        new = torch.tanh(x @ W_x.T + h0 @ W_h.T + b)
        hs.append(alpha * h0 + (1 - alpha) * new)
    return torch.stack(hs, dim=1)

# %% wrong layer: W_h transposed | W_h transposed
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the bias added twice | added twice
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        new = torch.tanh((x @ W_x.T + b) + (h @ W_h.T + b))
        h = alpha * h + (1 - alpha) * new
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the bias forgotten | the bias left out
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the leak inside the tanh | inside the tanh
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        a = x @ W_x.T + h @ W_h.T + b
        h = torch.tanh(alpha * h + (1 - alpha) * a)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the new part added whole | added whole
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the last state only | the last state only
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h = h0
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return h

# %% wrong layer: steps joined along axis 0 | time first
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs)

# %% wrong layer: h0 among the states | h0 counted among the states
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    hs = [h0]
    for x in xs.unbind(1):
        h = hs[-1]
        hs.append(
            alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        )
    return torch.stack(hs, dim=1)

# %% wrong layer: a state shared over the batch | shared over the batch
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        heard = h.mean(0, keepdim=True) if len(h) > 2 else h
        new = torch.tanh(x @ W_x.T + heard @ W_h.T + b)
        h = alpha * h + (1 - alpha) * new
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the steps run backwards | into the future
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.flip(1).unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: a graph cut at every step | a graph that is cut
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
        h = h.detach()
    return torch.stack(hs, dim=1)

# %% wrong layer: the state written into h0 | in place
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    hs = []
    for x in xs.unbind(1):
        new = torch.tanh(x @ W_x.T + h0 @ W_h.T + b)
        h0 *= alpha
        h0 += (1 - alpha) * new
        hs.append(h0.clone())
    return torch.stack(hs, dim=1)

# %% wrong layer: new weights at every step | does not reach the tanh
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        cell = RNNCell(W_x.shape[1], len(b)).double()
        with torch.no_grad():
            new, _ = cell(x.double(), h.double())
        h = alpha * h + (1 - alpha) * torch.where(
            (W_x.abs().sum() + W_h.abs().sum() + b.abs().sum()) > 0, new, 0.0
        )
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: one leak for all units | one leak for all units
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs, a = h0, [], alpha.mean()
    for x in xs.unbind(1):
        new = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        h = a * h + (1 - a) * new
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: carries the plain state beside the leaky one | reads a state without the leak
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, n, hs = h0, h0, []
    for x in xs.unbind(1):
        n = torch.tanh(x @ W_x.T + n @ W_h.T + b)
        h = alpha * h + (1 - alpha) * n
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: smooths afterwards, the plain layer first | reads a state without the leak
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    out, y = [], h0
    for h in hs:
        y = alpha * y + (1 - alpha) * h
        out.append(y)
    return torch.stack(out, dim=1)

# %% wrong layer: the input of the step before | inputs one step late: step t
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs, old = h0, [], torch.zeros_like(xs[:, 0])
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(old @ W_x.T + h @ W_h.T + b)
        old = x
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the bias is leaked, too | not alpha and 1 - alpha
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * (h + b) + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the output through a last tanh | a tanh of a tanh
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(torch.tanh(h))
    return torch.stack(hs, dim=1)

# %% right mean: a chain of copies
W_x = torch.tensor([[1 / 3], [1.0], [0.0]])
W_h = torch.tensor([[0, 1 / 3, 1 / 3], [0, 0, 0], [0, 1.0, 0]])
mean3 = W_x, W_h

# %% right mean: thirds in the chain, float64, a list of arrays
W_x = torch.full((3, 1), 1 / 3, dtype=torch.float64)
W_x[2] = 0
W_h = torch.zeros(3, 3, dtype=torch.float64)
W_h[2, 1] = W_h[0, 1] = W_h[0, 2] = 1
mean3 = [W_x.numpy(), W_h.numpy()]

# %% right mean: unit 1 keeps the sum of a chain that subtracts
# h1_t = x_t / 3 + a_{t-1}, where a_t = (x_t + x_{t-1}) / 3 is unit 2's.
W_x = torch.tensor([[1.0], [1.0], [-1.0]]) / 3
W_h = torch.tensor([[0.0, 1, 0], [0, 0, -1], [0, 0, 0]])
mean3 = (W_x, W_h)

# %% wrong mean: W_h transposed | W_h transposed
W_x = torch.tensor([[1 / 3], [1.0], [0.0]])
W_h = torch.tensor([[0, 1 / 3, 1 / 3], [0, 0, 0], [0, 1.0, 0]]).T
mean3 = W_x, W_h

# %% wrong mean: the sum | the sum of the last three
W_x = torch.tensor([[1.0], [1.0], [0.0]])
W_h = torch.tensor([[0, 1.0, 1], [0, 0, 0], [0, 1.0, 0]])
mean3 = W_x, W_h

# %% wrong mean: a leaky average | an echo that doesn't end
W_x = torch.tensor([[1 / 3], [0.0], [0.0]])
W_h = torch.zeros(3, 3)
W_h[0, 0] = 2 / 3
mean3 = W_x, W_h

# %% wrong mean: a running sum of thirds | an echo that doesn't end
W_x = torch.tensor([[1 / 3], [0.0], [0.0]])
W_h = torch.eye(3)
mean3 = W_x, W_h

# %% wrong mean: one step late | one step late
W_x = torch.tensor([[0.0], [1.0], [0.0]])
W_h = torch.tensor([[0, 1 / 3, 1 / 3], [0, 0, 0], [0, 1.0, 0]])
mean3 = W_x, W_h

# %% wrong mean: a chain one unit short | one unit short
W_x = torch.tensor([[1 / 3], [1.0], [0.0]])
W_h = torch.zeros(3, 3)
W_h[0, 1] = 1 / 3
mean3 = W_x, W_h

# %% wrong mean: the mean in unit 3 | in another unit
W_x = torch.tensor([[1.0], [0.0], [1 / 3]])
W_h = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1 / 3, 1 / 3, 0]])
mean3 = W_x, W_h

# %% wrong mean: no recurrence at all | the input alone
mean3 = torch.full((3, 1), 1 / 3), torch.zeros(3, 3)

# %% wrong mean: thirds of thirds | taken again at every unit
W_x = torch.tensor([[1 / 3], [1 / 3], [0.0]])
W_h = torch.tensor([[0, 1 / 3, 0.0], [0, 0, 0], [0, 1 / 3, 0]])
W_h[0, 2] = 1 / 3
mean3 = W_x, W_h

# %% wrong mean: W_x as a row | a row where a column belongs
W_x = torch.tensor([[1 / 3, 1.0, 0.0]])
W_h = torch.tensor([[0, 1 / 3, 1 / 3], [0, 0, 0], [0, 1.0, 0]])
mean3 = W_x, W_h

# %% wrong mean: a delay of two | a delay of two steps
W_x = torch.tensor([[0.0], [1.0], [0.0]])
W_h = torch.tensor([[0.0, 0, 1], [0, 0, 0], [0, 1, 0]])
mean3 = W_x, W_h

# %% wrong mean: every unit hears every unit | an echo that doesn't end
mean3 = torch.full((3, 1), 1 / 3), torch.full((3, 3), 1 / 3)

# %% right alarm: large margins
alarm = (20.0, 10.0, -5.0)

# %% right alarm: small numbers that just do
alarm = [9, 5.0, -2]

# %% right alarm: tensors, very large
alarm = (torch.tensor(400.0), torch.tensor([200.0]), torch.tensor(-100.0))

# %% wrong alarm: no bias | no bias
alarm = (20.0, 10.0, 0.0)

# %% wrong alarm: a leaky sum, w_h below 1 | a state that fades
alarm = (10.0, 0.95, -0.3)

# %% wrong alarm: w_h of 1, thought to keep for ever | a state that fades
alarm = (9.0, 1.0, -0.7)

# %% wrong alarm: the bias too strong | a bias that pulls it down again
alarm = (20.0, 4.0, -5.0)

# %% wrong alarm: the 1 too weak | a 1 that is too weak
alarm = (5.0, 10.0, -5.0)

# %% wrong alarm: noise sets it off | noise that sets off the alarm
alarm = (200.0, 10.0, -5.0)

# %% wrong alarm: on from the start | on from the start
alarm = (20.0, 10.0, 5.0)

# %% wrong alarm: a 1 that turns it down | a 1 that turns it down
alarm = (-20.0, 10.0, -5.0)

# %% wrong alarm: noise ends it | noise that ends the alarm
alarm = (14.0, 5.0, -4.2)

# %% wrong alarm: no recurrence, a threshold | a state that fades
alarm = (20.0, 0.0, -5.0)

# %% wrong alarm: a negative w_h, thought to hold against noise | well above 1
alarm = 20.0, -10.0, -5.0

# %% wrong alarm: linear thinking, the 1 must equal the gap | a 1 that is too weak
alarm = 5.0, 10.0, -5.0

# %% right count: a loop
def n_parameters(D, H, layers, directions, biases):
    total = 0
    for layer in range(layers):
        n_in = D if layer == 0 else directions * H
        total += directions * H * (n_in + H + biases)
    return total

# %% right count: closed form
def n_parameters(D, H, layers, directions, biases):
    first = D + H + biases
    above = directions * H + H + biases
    return directions * H * (first + (layers - 1) * above)

# %% right count: recursion, as a tensor
def n_parameters(D, H, layers, directions, biases):
    if layers == 0:
        return torch.tensor(0)
    one = torch.tensor([H * D, H * H, biases * H]).sum() * directions
    return one + n_parameters(directions * H, H, layers - 1, directions, biases)

# %% right count: shapes of the weights
def n_parameters(D, H, layers, directions, biases):
    shapes = []
    for layer in range(layers):
        for _ in range(directions):
            shapes.append((H, D if layer == 0 else H * directions))
            shapes.append((H, H))
            shapes.extend([(H, 1)] * biases)
    return float(sum(a * b for a, b in shapes))

# %% wrong count: W_h has H numbers | W_h with H numbers
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + H + biases * H)
        inputs = directions * H
    return total

# %% wrong count: W_h forgotten | W_h left out
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + biases * H)
        inputs = directions * H
    return total

# %% wrong count: always torch's two biases | two biases that were not asked for
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + H * H + 2 * H)
        inputs = directions * H
    return total

# %% wrong count: always one bias | a bias that was not asked for
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + H * H + H)
        inputs = directions * H
    return total

# %% wrong count: one bias number for a layer | one bias number
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + H * H + biases)
        inputs = directions * H
    return total

# %% wrong count: every layer reads D | every layer reads D features
def n_parameters(D, H, layers, directions, biases):
    return layers * directions * H * (D + H + biases)

# %% wrong count: upper layers read one direction | there are 2H
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + H * H + biases * H)
        inputs = H
    return total

# %% wrong count: one set of weights for both directions | one set of weights
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += H * inputs + H * H + biases * H
        inputs = directions * H
    return total

# %% wrong count: the number of layers forgotten | the number of layers left out
def n_parameters(D, H, layers, directions, biases):
    return directions * H * (D + H + biases)

# %% wrong count: biases shared by the directions | biases shared by both
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for _ in range(layers):
        total += directions * (H * inputs + H * H) + biases * H
        inputs = directions * H
    return total

# %% wrong count: one layer too many | one layer too many
def n_parameters(D, H, layers, directions, biases):
    total = directions * H * (D + H + biases)
    if layers > 1:
        total += layers * directions * H * (directions * H + H + biases)
    return total

# %% wrong count: the inputs multiplied twice by the directions | already at the bottom
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, directions * D
    for _ in range(layers):
        total += directions * (H * inputs + H * H + biases * H)
        inputs = directions * H
    return total

# %% right bets: by hand
bets = {"third": 5.5, "step": 45, "level": 0.5}

# %% right bets: by formula
import math

bets = {
    "third": 2 * 4 - 0.5 * (2 * 3 - 0.5 * 2),
    "step": math.ceil(math.log(0.01) / math.log(0.9)) + 1,
    "level": 0.1 / (1 - 0.8),
}

# %% right bets: by simulation, tensors
h = torch.tensor(0.0)
for x in (1, 3, 4):
    h = 2 * x - 0.5 * h
level = torch.zeros(1)
for _ in range(200):
    level = 0.1 + 0.8 * level
n, echo = 1, 1.0
while echo >= 0.01:
    n, echo = n + 1, 0.9 * echo
bets = {"third": h, "step": n, "level": level}

# %% wrong bets: no state | the state was left out
bets = {"third": 8, "step": 45, "level": 0.5}

# %% wrong bets: the sign of w_h lost | the sign of w_h lost
bets = {"third": 11.5, "step": 45, "level": 0.5}

# %% wrong bets: the last input carried on | carried on in place of the last state
bets = {"third": 6.5, "step": 45, "level": 0.5}

# %% wrong bets: a tenth of the first value at each step | a tenth of what
bets = {"third": 5.5, "step": 10, "level": 0.5}

# %% wrong bets: never below | never
bets = {"third": 5.5, "step": 1e6, "level": 0.5}

# %% wrong bets: half-life | the half-life
bets = {"third": 5.5, "step": 7, "level": 0.5}

# %% wrong bets: an average of ones is one | as if it were an average
bets = {"third": 5.5, "step": 45, "level": 1}

# %% wrong bets: the last input alone | the echoes of all the others
bets = {"third": 5.5, "step": 45, "level": 0.1}

# %% wrong bets: the weights added | the two weights added
bets = {"third": 5.5, "step": 45, "level": 0.9}

# %% right diagnose: one change at a time
def diagnose(layer):
    xs, h0 = torch.randn(3, 6, 2).double(), torch.randn(3, 3).double()
    hs = layer(xs, h0)
    far = lambda a, b: (a - b).abs().max() > 1e-4
    if not far(layer(xs, h0 + 1), hs):
        return "ignores h0"
    other = xs.clone()
    other[:, 3:] -= 1
    if far(layer(other, h0)[:, :3], hs[:, :3]):
        return "sees the future"
    alone = layer(xs[:1], h0[:1])
    if far(alone[0], hs[0]):
        return "mixed series"
    other = xs.clone()
    other[:, 0] += 1
    if not far(layer(other, h0)[:, 1:], hs[:, 1:]):
        return "no memory"
    if far(layer(xs[:, 3:], hs[:, 2]), hs[:, 3:]):
        return "new weights"
    return "right"

# %% right diagnose: constant inputs, a start at a state that was reached
def diagnose(layer):
    xs = torch.full((2, 9, 2), 0.3)
    xs[1] = -0.4
    h0 = torch.tensor([[0.5, -0.2, 0.1], [0.9, 0.4, -0.6]])
    hs = layer(xs, h0)

    def same(a, b):
        return torch.allclose(a, b, atol=1e-4, rtol=0)

    if not same(layer(xs[1:], h0[1:]), hs[1:]):
        return "mixed series"
    if same(layer(xs, -h0), hs):
        return "ignores h0"
    bumped = xs.clone()
    bumped[:, 8] = 2
    if not same(layer(bumped, h0)[:, :8], hs[:, :8]):
        return "sees the future"
    if same(hs[:, :1].expand_as(hs), hs):
        return "no memory"
    if not same(layer(xs[:, 1:], hs[:, 0]), hs[:, 1:]):
        return "new weights"
    return "right"

# %% right diagnose: by gradients, where there are any, and float32
def diagnose(layer):
    torch.manual_seed(5)
    xs = torch.randn(2, 5, 2).double().requires_grad_()
    h0 = torch.randn(2, 3).double().requires_grad_()
    hs = layer(xs, h0)

    def reaches(out, inp):
        grad, = torch.autograd.grad(
            out.sum(), inp, retain_graph=True, allow_unused=True
        )
        return torch.zeros_like(inp) if grad is None else grad.abs()

    if reaches(hs, h0).max() < 1e-9:
        return "ignores h0"
    if reaches(hs[0], h0)[1].max() > 1e-9:
        return "mixed series"
    if reaches(hs[:, 0], xs)[:, 1:].max() > 1e-9:
        return "sees the future"
    if reaches(hs[:, 4], xs)[:, 0].max() < 1e-12:
        return "no memory"
    again = layer(xs[:, 2:], hs[:, 1])
    return "right" if (again - hs[:, 2:]).abs().max() < 1e-4 else "new weights"

# %% wrong diagnose: always right | a probe
def diagnose(layer):
    return "right"

# %% wrong diagnose: one series only | a probe with one series
def diagnose(layer):
    xs, h0 = torch.randn(1, 6, 2).double(), torch.randn(1, 3).double()
    hs = layer(xs, h0)
    far = lambda a, b: (a - b).abs().max() > 1e-4
    if not far(layer(xs, h0 + 1), hs):
        return "ignores h0"
    other = xs.clone()
    other[:, 3:] -= 1
    if far(layer(other, h0)[:, :3], hs[:, :3]):
        return "sees the future"
    other = xs.clone()
    other[:, 0] += 1
    if not far(layer(other, h0)[:, 1:], hs[:, 1:]):
        return "no memory"
    if far(layer(xs[:, 3:], hs[:, 2]), hs[:, 3:]):
        return "new weights"
    return "right"

# %% wrong diagnose: starts from zeros only | starts from zeros only
def diagnose(layer):
    xs, h0 = torch.randn(3, 6, 2).double(), torch.zeros(3, 3).double()
    hs = layer(xs, h0)
    far = lambda a, b: (a - b).abs().max() > 1e-4
    other = xs.clone()
    other[:, 3:] -= 1
    if far(layer(other, h0)[:, :3], hs[:, :3]):
        return "sees the future"
    if far(layer(xs[:1], h0[:1])[0], hs[0]):
        return "mixed series"
    other = xs.clone()
    other[:, 0] += 1
    if not far(layer(other, h0)[:, 1:], hs[:, 1:]):
        return "no memory"
    return "right" if not far(layer(xs[:, :3], h0), hs[:, :3]) else "new weights"

# %% wrong diagnose: no run in halves | never runs one piece twice
def diagnose(layer):
    xs, h0 = torch.randn(3, 6, 2).double(), torch.randn(3, 3).double()
    hs = layer(xs, h0)
    far = lambda a, b: (a - b).abs().max() > 1e-4
    if not far(layer(xs, h0 + 1), hs):
        return "ignores h0"
    other = xs.clone()
    other[:, 3:] -= 1
    if far(layer(other, h0)[:, :3], hs[:, :3]):
        return "sees the future"
    if far(layer(xs[:1], h0[:1])[0], hs[0]):
        return "mixed series"
    other = xs.clone()
    other[:, 0] += 1
    if not far(layer(other, h0)[:, 1:], hs[:, 1:]):
        return "no memory"
    return "right"

# %% wrong diagnose: rounding taken for a fault | takes rounding for a fault
def diagnose(layer):
    xs, h0 = torch.randn(3, 6, 2).double(), torch.randn(3, 3).double()
    hs = layer(xs, h0)
    if torch.equal(layer(xs, h0 + 1), hs):
        return "ignores h0"
    other = xs.clone()
    other[:, 3:] -= 1
    if not torch.equal(layer(other, h0)[:, :3], hs[:, :3]):
        return "sees the future"
    if not torch.allclose(layer(xs[:1], h0[:1])[0], hs[0]):
        return "mixed series"
    other = xs.clone()
    other[:, 0] += 1
    if torch.equal(layer(other, h0)[:, 1:], hs[:, 1:]):
        return "no memory"
    again = layer(xs[:, 3:], hs[:, 2] + 1e-7)
    return "right" if torch.equal(again, hs[:, 3:]) else "new weights"

# %% wrong diagnose: looks at the last output only | never changes a late input
def diagnose(layer):
    xs, h0 = torch.randn(3, 6, 2).double(), torch.randn(3, 3).double()
    hs = layer(xs, h0)
    far = lambda a, b: (a - b).abs().max() > 1e-4
    if not far(layer(xs, h0 + 1), hs):
        return "ignores h0"
    if far(layer(xs[:1], h0[:1])[0, -1], hs[0, -1]):
        return "mixed series"
    other = xs.clone()
    other[:, 0] += 1
    if not far(layer(other, h0)[:, -1], hs[:, -1]):
        return "no memory"
    h = h0
    for t in range(6):
        h = layer(xs[:, t : t + 1], h)[:, 0]
    return "new weights" if far(h, hs[:, -1]) else "right"

# %% wrong diagnose: memory looked for at the step of the change | at the step of the change only
def diagnose(layer):
    xs, h0 = torch.randn(3, 6, 2).double(), torch.randn(3, 3).double()
    hs = layer(xs, h0)
    far = lambda a, b: (a - b).abs().max() > 1e-4
    if not far(layer(xs, h0 + 1), hs):
        return "ignores h0"
    other = xs.clone()
    other[:, 3:] -= 1
    if far(layer(other, h0)[:, :3], hs[:, :3]):
        return "sees the future"
    if far(layer(xs[:1], h0[:1])[0], hs[0]):
        return "mixed series"
    other = xs.clone()
    other[:, 0] += 1
    if not far(layer(other, h0)[:, :1], hs[:, :1]):
        return "no memory"
    if far(layer(xs[:, 3:], hs[:, 2]), hs[:, 3:]):
        return "new weights"
    return "right"

# %% free alarm: a 1 may lift it higher than it must
w_x, w_h, b = (21.0, 10.0, -5.0)

# %% free alarm: a 1 may lift it less high
w_x, w_h, b = (19.0, 10.0, -5.0)

# %% free alarm: the two levels may be kept more firmly
w_x, w_h, b = (20.0, 11.0, -5.0)

# %% free alarm: the low level may be less deep
w_x, w_h, b = (20.0, 10.0, -4.0)

# %% free diagnose: any number of steps will do that is not too small
xs = torch.randn(2, 4, 2)

# %% free diagnose: any number of steps will do that is not too small
xs = torch.randn(2, 2, 2)

# %% free diagnose: any number of series will do, from two on
xs = torch.randn(3, 3, 2)

# %% wrong bets: a step off | a step off
bets = {"third": 5.5, "step": 44, "level": 0.5}

# %% wrong bets: w_x and w_h swapped | step by step
bets = {"third": -0.5, "step": 45, "level": 0.5}

# %% right layer: a module, column vectors, accumulate
from itertools import accumulate
from torch import nn

class Leaky(nn.Module):
    def forward(self, xs, h0, W_x, W_h, b, alpha):
        a = alpha[:, None]
        steps = xs.permute(1, 2, 0)  # (T, D, B)


        def step(h, x):
            new = torch.tanh(W_x @ x + W_h @ h + b[:, None])
            return a * h + (1 - a) * new

        hs = list(accumulate(steps, step, initial=h0.T))[1:]
        return torch.stack(hs).permute(2, 0, 1)

leaky_layer = Leaky()

# %% right layer: explicit sums, unit by unit
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    B, T, _ = xs.shape
    H = len(b)
    out = []
    prev = h0
    for t in range(T):
        cols = []
        for k in range(H):
            s = (xs[:, t] * W_x[k]).sum(-1) + (prev * W_h[k]).sum(-1) + b[k]
            new = 2 * torch.sigmoid(2 * s) - 1
            cols.append(alpha[k] * prev[:, k] + (1 - alpha[k]) * new)
        prev = torch.stack(cols, dim=1)
        out += [prev]
    return torch.cat(out, 1).reshape(B, T, H)

# %% right layer: vmap over the series
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    def one(x_seq, h):
        hs = []
        for x in x_seq:
            new = torch.tanh(torch.mv(W_x, x) + torch.mv(W_h, h) + b)
            h = torch.addcmul((1 - alpha) * new, alpha, h)
            hs.append(h)
        return torch.stack(hs)
    return torch.vmap(one)(xs, h0)

# %% right layer: preallocated default-dtype buffer, index assignment
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    B, T, D = xs.shape
    H = h0.size(1)
    hs = torch.zeros(B, T, H)
    h = h0.clone()
    for t in range(T):
        from_x = torch.matmul(xs[:, t, :], W_x.t())
        new = torch.tanh(from_x + torch.matmul(h, W_h.t()) + b.unsqueeze(0))
        h = alpha.unsqueeze(0) * h + (1.0 - alpha).unsqueeze(0) * new
        hs[:, t, :] = h
    return hs

# %% wrong layer: stacked time first and viewed as batch first | batch and time mixed: view
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    B, T, D = xs.shape
    h, hs = h0, []
    for t in range(T):
        new = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
        h = alpha * h + (1 - alpha) * new
        hs.append(h)
    return torch.stack(hs).view(B, T, -1)

# %% wrong layer: the state is faded before W_h reads it | has faded already
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h
        h = h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: the last step is never written | a last step that is never written
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    B, T, D = xs.shape
    h, hs = h0, torch.zeros(B, T, len(b), dtype=xs.dtype)
    for t in range(T - 1):
        new = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
        h = alpha * h + (1 - alpha) * new
        hs[:, t] = h
    return hs

# %% wrong layer: inputs one step late | inputs one step late, the first one twice
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for t in range(xs.shape[1]):
        x = xs[:, max(t - 1, 0)]
        new = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        h = alpha * h + (1 - alpha) * new
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: x_0 taken to be zero, inputs late | inputs one step late: step t
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    x = torch.zeros_like(xs[:, 0])
    for t in range(xs.shape[1]):
        new = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        h = alpha * h + (1 - alpha) * new
        hs.append(h)
        x = xs[:, t]
    return torch.stack(hs, dim=1)

# %% wrong layer: one tensor, appended again and again | one tensor
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0.clone(), []
    for x in xs.unbind(1):
        h[:] = alpha * h + (1 - alpha) * torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% wrong layer: ReLU for tanh | a ReLU for the tanh
def leaky_layer(xs, h0, W_x, W_h, b, alpha):
    h, hs = h0, []
    for x in xs.unbind(1):
        h = alpha * h + (1 - alpha) * torch.relu(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

# %% right mean: another basis altogether
T = torch.tensor([[1.0, 0, 0], [2, 1, 0], [-1, 3, 1]])
N = torch.tensor([[0.0, 1, 0], [0, 0, 1], [0, 0, 0]])
mean3 = (T @ torch.full((3, 1), 1 / 3), T @ N @ torch.linalg.inv(T))

# %% wrong mean: a third, rounded | that was rounded
W_x = torch.tensor([[0.333], [1.0], [0.0]])
W_h = torch.tensor([[0, 0.333, 0.333], [0, 0, 0], [0, 1, 0]])
mean3 = W_x, W_h

# %% wrong mean: nested lists | where tensors are asked for
mean3 = [[1/3], [1.0], [0.0]], [[0, 1/3, 1/3], [0, 0, 0], [0, 1, 0]]

# %% right count: a generator, as a float
n_parameters = lambda D, H, layers, directions, biases: float(sum(
    directions * H * ((D, directions * H)[layer > 0] + H + biases) for layer in range(layers)))

# %% wrong count: the inputs double at every layer | outputs that double
def n_parameters(D, H, layers, directions, biases):
    total = 0
    for layer in range(layers):
        inputs = D if layer == 0 else H * directions ** layer
        total += directions * H * (inputs + H + biases)
    return total

# %% wrong count: the upper layers have one bias whatever was asked for | in the lowest layer only
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for layer in range(layers):
        vectors = biases if layer == 0 else min(biases, 1)
        total += directions * (H * inputs + H * H + vectors * H)
        inputs = directions * H
    return total

# %% wrong count: the two directions share their biases if there are two | shared by both directions
def n_parameters(D, H, layers, directions, biases):
    total, inputs = 0, D
    for layer in range(layers):
        vectors = biases if biases == 2 else directions * biases
        total += directions * (H * inputs + H * H) + vectors * H
        inputs = directions * H
    return total

# %% wrong bets: h_2 in place of h_3 | h_2
bets = {"third": 5, "step": 45, "level": 0.5}

# %% wrong bets: level w_h / (1 - w_h) | w_x left out
bets = {"third": 5.5, "step": 45, "level": 4.0}

# %% wrong bets: level 1 / (1 - w_h) | w_x left out
bets = {"third": 5.5, "step": 45, "level": 5.0}

# %% wrong bets: level 0.4: w_x w_h / (1 - w_h) | the newest input left out
bets = {"third": 5.5, "step": 45, "level": 0.4}

# %% wrong bets: level 0.125, w_x / w_h | w_x over w_h
bets = {"third": 5.5, "step": 45, "level": 0.125}

# %% wrong bets: infinite | have a sum
bets = {"third": 5.5, "step": 45, "level": float("inf")}

# %% right diagnose: Jacobians by autograd
def diagnose(layer):
    gen = torch.Generator().manual_seed(5)
    xs = torch.rand(3, 4, 2, generator=gen).double().requires_grad_()
    h0 = torch.rand(3, 3, generator=gen).double().requires_grad_()

    def grads(b, t):
        hs = layer(xs, h0)
        return torch.autograd.grad(
            hs[b, t].sum(), (xs, h0), allow_unused=True
        )

    gx, gh = grads(0, 3)
    if gh is None or gh.abs().max() < 1e-9:
        return "ignores h0"
    if gx[1:].abs().max() > 1e-9 or gh[1:].abs().max() > 1e-9:
        return "mixed series"
    if grads(0, 1)[0][0, 2:].abs().max() > 1e-9:
        return "sees the future"
    if gx[0, :3].abs().max() < 1e-9:
        return "no memory"
    with torch.no_grad():
        hs = layer(xs, h0)
        rest = layer(xs[:, 2:], hs[:, 1])
        same = torch.allclose(rest, hs[:, 2:], atol=1e-5)
        return "right" if same else "new weights"
