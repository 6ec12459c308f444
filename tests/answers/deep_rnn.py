# Answers to solutions/07-deep-rnn; course_lib/grading/trials.py reads them.

# %% right step: a loop over the layers
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        after.append(x)
    return x, after

# %% right step: nn.Linear functions, recursion from the top
def output_of(n, x, states, layers):
    W_x, W_h, b = layers[n]
    below = x if n == 0 else output_of(n - 1, x, states, layers)
    pre = nn.functional.linear(below, W_x, b)
    return torch.tanh(pre + nn.functional.linear(states[n], W_h))

# %% also:
def stack_step(x, states, layers):
    after = tuple(
        output_of(n, x, states, layers) for n in range(len(layers))
    )
    return after[-1], after

# %% right step: the library's stack with copied weights
def stack_step(x, states, layers):
    cells = []
    for W_x, W_h, b in layers:
        cell = RNNCell(W_x.shape[1], len(b)).to(x.dtype)
        with torch.no_grad():
            cell.x_to_gates.weight.copy_(W_x)
            cell.h_to_gates.weight.copy_(W_h)
            cell.x_to_gates.bias.copy_(b)
        cells.append(cell)
    with torch.no_grad():
        h, after = Stack(*cells)(x, tuple(states))
    return h, list(after)

# %% right step: one joined product for each layer, in NumPy
def stack_step(x, states, layers):
    value, after = np.asarray(x), []
    for (W_x, W_h, b), h in zip(layers, states):
        joined = np.concatenate([value, np.asarray(h)], axis=1)
        W = np.concatenate([np.asarray(W_x), np.asarray(W_h)], axis=1)
        value = np.tanh(joined @ W.T + np.asarray(b))
        after.append(value)
    return value, after

# %% right step: joined weights, reduce
def stack_step(x, states, layers):
    from functools import reduce

    def one(acc, pair):
        (W_x, W_h, b), h = pair
        z = torch.cat([acc[0], h], dim=1) @ torch.cat([W_x, W_h], dim=1).t()
        z = (z + b).tanh()
        return z, acc[1] + [z]

    return reduce(one, zip(layers, states), (x, []))

# %% right step: recursion, in NumPy
def stack_step(x, states, layers):
    if not layers:
        return x, []
    W_x, W_h, b = layers[0]
    h = np.tanh(
        np.asarray(x) @ np.asarray(W_x).T
        + np.asarray(states[0]) @ np.asarray(W_h).T
        + np.asarray(b)
    )
    if len(layers) == 1:
        return h, [h]
    top, rest = stack_step(h, states[1:], layers[1:])
    return top, [h] + rest

# %% wrong step: all layers read x | input x given to all layers
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        below = x[:, : W_x.shape[1]]
        if below.shape[1] < W_x.shape[1]:
            below = nn.functional.pad(below, (0, W_x.shape[1] - below.shape[1]))
        after.append(torch.tanh(below @ W_x.T + h @ W_h.T + b))
    return after[-1], after

# %% wrong step: the upper layer reads the old state below | of the step before
def stack_step(x, states, layers):
    inputs = [x, *states[:-1]]
    after = [
        torch.tanh(below @ W_x.T + h @ W_h.T + b)
        for below, (W_x, W_h, b), h in zip(inputs, layers, states)
    ]
    return after[-1], after

# %% wrong step: one tanh at the top | each layer has its own
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = x @ W_x.T + h @ W_h.T + b
        after.append(x)
    after[-1] = torch.tanh(x)
    return after[-1], after

# %% wrong step: states not used | not used
def stack_step(x, states, layers):
    after = []
    for W_x, W_h, b in layers:
        x = torch.tanh(x @ W_x.T + b)
        after.append(x)
    return x, after

# %% wrong step: the bias twice, as in torch | added twice
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + b + h @ W_h.T + b)
        after.append(x)
    return x, after

# %% wrong step: the lowest layer's state as output | lowest layer's state
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        after.append(x)
    return after[0], after

# %% wrong step: states in the reverse order | reverse order
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        after.append(x)
    return x, after[::-1]

# %% wrong step: transposed recurrent weights | transposed
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h + b)
        after.append(x)
    return x, after

# %% wrong step: writes the new states into the old list's tensors | caller's tensors
def stack_step(x, states, layers):
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        h[:] = x
    return x, states

# %% wrong step: no bias | bias
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h.T)
        after.append(x)
    return x, after

# %% wrong step: the old states returned | came in given back
def stack_step(x, states, layers):
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return x, list(states)

# %% wrong step: a sigmoid | a sigmoid
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.sigmoid(x @ W_x.T + h @ W_h.T + b)
        after.append(x)
    return x, after

# %% wrong step: a tanh around the input | what a layer reads
def stack_step(x, states, layers):
    after = []
    for (W_x, W_h, b), h in zip(layers, states):
        x = torch.tanh(torch.tanh(x) @ W_x.T + h @ W_h.T + b)
        after.append(x)
    return x, after

# %% wrong step: two layers, however many there are | two layers
def stack_step(x, states, layers):
    (A, B, c), h = layers[0], states[0]
    h0 = torch.tanh(x @ A.T + h @ B.T + c)
    if len(layers) == 1:
        return h0, [h0]
    (A, B, c), h = layers[1], states[1]
    h1 = torch.tanh(h0 @ A.T + h @ B.T + c)
    return h1, [h0, h1]

# %% right shortcut: step by step, layer by layer
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h[n] = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            o = h[n] + o if n else h[n]
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% right shortcut: one layer over all steps, then the next
def shortcut_forward(xs, layers):
    o = xs
    for n, (W_x, W_h, b) in enumerate(layers):
        h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
        for p in (o @ W_x.T + b).unbind(1):
            h = torch.tanh(p + h @ W_h.T)
            hs.append(h)
        hs = torch.stack(hs, dim=1)
        o = hs if n == 0 else o + hs
    return o

# %% right shortcut: nn.RNN for each layer, weights copied
def rnn_with(W_x, W_h, b):
    layer = nn.RNN(W_x.shape[1], len(b), batch_first=True).to(W_x.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W_x)
        layer.weight_hh_l0.copy_(W_h)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
    return layer

# %% also:
def shortcut_forward(xs, layers):
    first, *others = [rnn_with(*weights) for weights in layers]
    with torch.no_grad():
        o = first(xs)[0]
        for layer in others:
            o = o + layer(o)[0]
    return o

# %% right shortcut: float64 NumPy, time first inside
def shortcut_forward(xs, layers):
    o = np.asarray(xs, dtype=float).swapaxes(0, 1)
    for n, weights in enumerate(layers):
        W_x, W_h, b = (np.asarray(w, dtype=float) for w in weights)
        h, hs = np.zeros((o.shape[1], len(b))), []
        for x in o:
            h = np.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
        o = np.array(hs) + (o if n else 0)
    return o.swapaxes(0, 1).copy()

# %% right shortcut: one layer after the other
def shortcut_forward(xs, layers):
    o = xs
    for l, (W_x, W_h, b) in enumerate(layers):
        h = torch.zeros(xs.shape[0], b.shape[0], dtype=xs.dtype)
        hs = []
        p = o @ W_x.T + b
        for t in range(xs.shape[1]):
            h = torch.tanh(p[:, t] + h @ W_h.T)
            hs.append(h)
        hs = torch.stack(hs, 1)
        o = hs + o if l > 0 else hs
    return o

# %% wrong shortcut: no shortcut | no shortcut
def shortcut_forward(xs, layers):
    o = xs
    for W_x, W_h, b in layers:
        h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
        for p in (o @ W_x.T + b).unbind(1):
            h = torch.tanh(p + h @ W_h.T)
            hs.append(h)
        o = torch.stack(hs, dim=1)
    return o

# %% wrong shortcut: the output kept as state | kept as state
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            new = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            h[n] = o = new + o if n else new
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% wrong shortcut: added inside the tanh | inside the tanh
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            pre = o @ W_x.T + h[n] @ W_h.T + b
            h[n] = torch.tanh(pre + o if n else pre)
            o = h[n]
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% wrong shortcut: around the lowest layer as well | lowest layer
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h[n] = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            if o.shape != h[n].shape:
                o = o.mean(1, keepdim=True).expand(-1, len(b))
            o = h[n] + o
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% wrong shortcut: the last step only | last step only
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h[n] = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            o = h[n] + o if n else h[n]
    return o

# %% wrong shortcut: no memory in the upper layers | no state
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            if n:
                o = o + torch.tanh(o @ W_x.T + b)
            else:
                h[0] = o = torch.tanh(o @ W_x.T + h[0] @ W_h.T + b)
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% wrong shortcut: always from the lowest layer | not the one right below
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h[n] = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            o = h[n] + h[0] if n else h[0]
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% wrong shortcut: a mean in place of a sum | a mean
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h[n] = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            o = (h[n] + o) / 2 if n else h[n]
        outputs.append(o)
    return torch.stack(outputs, dim=1)

# %% wrong shortcut: reads the steps from the end | later
def shortcut_forward(xs, layers):
    h = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    outputs = []
    for x in xs.flip(1).unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h[n] = torch.tanh(o @ W_x.T + h[n] @ W_h.T + b)
            o = h[n] + o if n else h[n]
        outputs.append(o)
    return torch.stack(outputs[::-1], dim=1)

# %% wrong shortcut: += on the lowest state | tensor that is kept
def shortcut_forward(xs, layers):
    states = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    out = []
    for x in xs.unbind(1):
        for n, (W_x, W_h, b) in enumerate(layers):
            if n == 0:
                states[0] = torch.tanh(x @ W_x.T + states[0] @ W_h.T + b)
                o = states[0]
            else:
                states[n] = torch.tanh(o @ W_x.T + states[n] @ W_h.T + b)
                o += states[n]
        out.append(o.clone())
    return torch.stack(out, 1)

# %% wrong shortcut: layers read the state below, outputs are summed | reads the output o
def shortcut_forward(xs, layers):
    states = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    out = []
    for x in xs.unbind(1):
        o = 0
        for n, (W_x, W_h, b) in enumerate(layers):
            x = states[n] = torch.tanh(x @ W_x.T + states[n] @ W_h.T + b)
            o = o + x
        out.append(o)
    return torch.stack(out, 1)

# %% wrong shortcut: the top state passed on alone | highest layer's state passed on
def shortcut_forward(xs, layers):
    top = xs.new_zeros(len(xs), len(layers[0][2]))
    out = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            h = top if n == len(layers) - 1 else torch.zeros_like(top)
            h = torch.tanh(o @ W_x.T + h @ W_h.T + b)
            o = h + o if n else h
        top = h
        out.append(o)
    return torch.stack(out, 1)

# %% wrong shortcut: one tensor for all states | one state for all layers
def shortcut_forward(xs, layers):
    states = [xs.new_zeros(len(xs), len(layers[0][2]))] * len(layers)
    out = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            states[n].copy_(torch.tanh(o @ W_x.T + states[n] @ W_h.T + b))
            o = states[n] + o if n else states[n].clone()
        out.append(o)
    return torch.stack(out, 1)

# %% wrong shortcut: a random start | drawn at random
def shortcut_forward(xs, layers):
    states = [
        0.01 * torch.randn(len(xs), len(b), dtype=xs.dtype)
        for _, _, b in layers
    ]
    out = []
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            states[n] = torch.tanh(o @ W_x.T + states[n] @ W_h.T + b)
            o = states[n] + o if n else states[n]
        out.append(o)
    return torch.stack(out, 1)

# %% wrong shortcut: the shortcut from the step before | stays within a step
def shortcut_forward(xs, layers):
    states = [xs.new_zeros(len(xs), len(b)) for _, _, b in layers]
    out, prev = [], [0] * len(layers)
    for x in xs.unbind(1):
        o = x
        for n, (W_x, W_h, b) in enumerate(layers):
            states[n] = torch.tanh(o @ W_x.T + states[n] @ W_h.T + b)
            new = states[n] + (prev[n] if n else 0)
            prev[n] = o
            o = new
        out.append(o)
    return torch.stack(out, 1)

# %% right width: counts upwards
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        count = n * (input_size + n + 1) + (layers - 1) * n * (2 * n + 1)
        if count + output_size * (n + 1) > budget:
            return H
        H += 1

# %% right width: the quadratic formula, checked at the edge
def widest(budget, input_size, layers, output_size):
    a = 2 * layers - 1
    b = input_size + layers + output_size
    c = output_size - budget
    if b * b - 4 * a * c < 0:
        return 0
    H = int((-b + (b * b - 4 * a * c) ** 0.5) / (2 * a)) + 2
    while H > 0 and a * H * H + b * H + c > 0:
        H -= 1
    return max(H, 0)

# %% right width: counts the parameters of real layers, by bisection
def parameters(H, input_size, layers, output_size):
    cells = [RNNCell(H if n else input_size, H) for n in range(layers)]
    output = nn.Linear(H, output_size)
    modules = [*cells, output]
    return sum(p.numel() for m in modules for p in m.parameters())

# %% also:
def widest(budget, input_size, layers, output_size):
    low, high = 0, 1
    while parameters(high, input_size, layers, output_size) <= budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        fits = parameters(middle, input_size, layers, output_size) <= budget
        low, high = (middle, high) if fits else (low, middle)
    return low

# %% right width: bisection
def widest(budget, input_size, layers, output_size):
    def n(H):
        total, m = 0, input_size
        for _ in range(layers):
            total += H * m + H * H + H
            m = H
        return total + output_size * H + output_size

    lo, hi = 0, budget + 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if n(mid) <= budget:
            lo = mid
        else:
            hi = mid
    return lo

# %% wrong width: two biases, as torch has them | two biases
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        count = n * (input_size + n + 2) + (layers - 1) * n * (2 * n + 2)
        if count + output_size * (n + 1) > budget:
            return H
        H += 1

# %% wrong width: all layers read the input | read the input
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        count = layers * n * (input_size + n + 1)
        if count + output_size * (n + 1) > budget:
            return H
        H += 1

# %% wrong width: the output left out | output
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        if n * (input_size + n + 1) + (layers - 1) * n * (2 * n + 1) > budget:
            return H
        H += 1

# %% wrong width: one more than fits | at most
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        count = H * (input_size + H + 1) + (layers - 1) * H * (2 * H + 1)
        if count + output_size * (H + 1) > budget:
            return H
        H += 1

# %% wrong width: no biases | not counted
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        count = n * (input_size + n) + (layers - 1) * n * 2 * n
        if count + output_size * n > budget:
            return H
        H += 1

# %% wrong width: one input, whatever is asked | not counted
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        count = n * (1 + n + 1) + (layers - 1) * n * (2 * n + 1)
        if count + output_size * (n + 1) > budget:
            return H
        H += 1

# %% wrong width: at least one unit | not even one unit
def widest(budget, input_size, layers, output_size):
    H = 1
    while True:
        n = H + 1
        count = n * (input_size + n + 1) + (layers - 1) * n * (2 * n + 1)
        if count + output_size * (n + 1) > budget:
            return H
        H += 1

# %% wrong width: recurrent weights of one layer only | upper layers
def widest(budget, input_size, layers, output_size):
    H = 0
    while True:
        n = H + 1
        count = n * (input_size + n + 1) + (layers - 1) * n * (n + 1)
        if count + output_size * (n + 1) > budget:
            return H
        H += 1

# %% wrong width: all layers read H units | as if it read H
def widest(budget, input_size, layers, output_size):
    H = 0
    f = lambda H: layers * H * (2 * H + 1) + output_size * (H + 1)
    while f(H + 1) <= budget:
        H += 1
    return H

# %% wrong width: below the budget, not at it | not used up
def widest(budget, input_size, layers, output_size):
    H = 0
    f = lambda H: (
        H * (input_size + H + 1)
        + (layers - 1) * H * (2 * H + 1)
        + output_size * (H + 1)
    )
    while f(H + 1) < budget:
        H += 1
    return H

# %% wrong width: the root of the quadratic, not rounded | a part of a unit
def widest(budget, input_size, layers, output_size):
    a = 2 * layers - 1
    b = input_size + layers + output_size
    c = output_size - budget
    return max(0, (-b + max(b * b - 4 * a * c, 0) ** 0.5) / (2 * a))

# %% wrong width: rounded to the nearest | rounded up
def widest(budget, input_size, layers, output_size):
    a = 2 * layers - 1
    b = input_size + layers + output_size
    c = output_size - budget
    return round(max(0, (-b + max(b * b - 4 * a * c, 0) ** 0.5) / (2 * a)))

# %% wrong width: an output for each layer | for each layer
def widest(budget, input_size, layers, output_size):
    f = lambda H: (
        H * (input_size + H + 1)
        + (layers - 1) * H * (2 * H + 1)
        + layers * output_size * (H + 1)
    )
    H = 0
    while f(H + 1) <= budget:
        H += 1
    return H

# %% right read: h_n by layer, output by step
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 0], output.mean(dim=1)

# %% right read: from the output alone, but for the lowest layer
def read(output, h_n):
    B, T, H = output.shape
    summary = sum(output[:, t] for t in range(T)) / T
    return [output[:, T - 1], h_n.unbind(0)[0], output.select(1, 0), summary]

# %% right read: NumPy and einsum
def read(output, h_n):
    hs = output.numpy()
    mean = np.einsum("bth->bh", hs) / hs.shape[1]
    return hs[:, -1], h_n.numpy()[0], hs[:, 0], mean

# %% right read: named helper, float32
def at_step(output, t):
    return torch.stack([series[t] for series in output]).float()

# %% also:
def read(output, h_n):
    mean = torch.stack([series.mean(0) for series in output])
    return at_step(output, -1), h_n[0].float(), at_step(output, 0), mean.float()

# %% wrong read: as it was given | batch first
def read(output, h_n):
    return suspicious(output, h_n)

# %% wrong read: the lowest layer for the top one | h_n[-1] above
def read(output, h_n):
    return h_n[0], h_n[0], output[:, 0], output.mean(dim=1)

# %% wrong read: the top layer for the lowest | highest
def read(output, h_n):
    return h_n[-1], output[:, -1], output[:, 0], output.mean(dim=1)

# %% wrong read: the second layer taken for the top | in the middle
def read(output, h_n):
    return h_n[1], h_n[0], output[:, 0], output.mean(dim=1)

# %% wrong read: the first layer taken for the first step | not the first step
def read(output, h_n):
    return h_n[-1], h_n[0], h_n[0], output.mean(dim=1)

# %% wrong read: a sum in place of a mean | a sum
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 0], output.sum(dim=1)

# %% wrong read: a mean over the layers | over the layers
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 0], h_n.mean(dim=0)

# %% wrong read: counts steps from 1 | counting begins at 0
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 1], output.mean(dim=1)

# %% wrong read: a mean over the batch | mean over the batch
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 0], output.mean(dim=0)

# %% wrong read: the mean of the first and the last step | first and the last step
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 0], (output[:, 0] + output[:, -1]) / 2

# %% wrong read: a mean without the first step | first step left out
def read(output, h_n):
    return h_n[-1], h_n[0], output[:, 0], output[:, 1:].mean(1)

# %% wrong read: slices in place of indices | an axis that is kept
def read(output, h_n):
    return h_n[-1:], h_n[:1], output[:, :1], output.mean(1, keepdim=True)

# %% right detect: change one thing at a time
def diagnose(run, xs):
    def same(a, b):
        return bool(torch.allclose(a, b, atol=1e-6))

    half = xs.shape[1] // 2
    whole, _ = run(xs, None)
    later = xs.clone()
    later[:, half:] += 1
    if not same(run(later, None)[0][:, :half], whole[:, :half]):
        return "looks ahead"
    if not same(run(xs[:1], None)[0], whole[:1]):
        return "mixes series"
    _, (lower, upper) = run(xs[:, :half], None)
    rest = run(xs[:, half:], [lower, upper])[0]
    if same(rest, whole[:, half:]):
        return "sound"
    other = run(xs[:, half:], [lower + 1, upper])[0]
    return "forgets both states" if same(rest, other) else "forgets the upper state"

# %% right detect: states first, with states of one's own
def moved(a, b):
    return (a - b).abs().max() > 1e-7

# %% also:
def diagnose(run, xs):
    outputs, (lower, upper) = run(xs, None)
    start = run(xs, [lower, upper])[0]
    by_lower = moved(start, run(xs, [lower + 0.7, upper])[0])
    by_upper = moved(start, run(xs, [lower, upper - 0.7])[0])
    if not by_lower:
        return "forgets both states"
    if not by_upper:
        return "forgets the upper state"
    if moved(run(xs[:, :3], None)[0], outputs[:, :3]):
        return "looks ahead"
    if moved(run(xs.flip(0)[:1], None)[0], outputs[-1:]):
        return "mixes series"
    return "sound"

# %% right detect: which output entries hear of which inputs
def heard(run, xs, b, t):
    other = xs.clone()
    other[b, t] += 2.0
    difference = (run(other, None)[0] - run(xs, None)[0]).abs().sum(2)
    return difference > 1e-9

# %% also:
def diagnose(run, xs):
    T = xs.shape[1]
    reach = heard(run, xs, 0, T // 2)
    if reach[1:].any():
        return "mixes series"
    if reach[0, : T // 2].any():
        return "looks ahead"
    kept = []
    for n in range(2):
        _, states = run(xs, None)
        states = [h.clone() for h in states]
        before = run(xs, states)[0]
        states[n] = states[n] * 0
        kept.append(bool((run(xs, states)[0] - before).abs().sum() > 1e-9))
    if not any(kept):
        return "forgets both states"
    return "sound" if all(kept) else "forgets the upper state"

# %% right detect: by gradients
def diagnose(run, xs):
    x = xs.double().clone().requires_grad_()
    h = xs.shape[1] // 2
    y, s = run(x, None)
    g = torch.autograd.grad(y[0, h].sum(), x)[0]
    if g[0, h + 1 :].abs().max() > 0:
        return "looks ahead"
    if g[1:].abs().max() > 0:
        return "mixes series"
    lower = torch.zeros_like(s[0]).requires_grad_()
    upper = torch.zeros_like(s[1]).requires_grad_()
    y, _ = run(xs.double(), [lower, upper])
    if not y.requires_grad:
        return "forgets both states"
    gl, gu = torch.autograd.grad(y.sum(), [lower, upper], allow_unused=True)
    seen = [q is not None and bool((q != 0).any()) for q in (gl, gu)]
    if not any(seen):
        return "forgets both states"
    return "sound" if all(seen) else "forgets the upper state"

# %% right detect: every beginning, every series alone
def diagnose(run, xs):
    T = xs.shape[1]
    with torch.no_grad():
        y, s = run(xs, None)
        for k in range(1, T):
            if not torch.allclose(
                run(xs[:, :k], None)[0], y[:, :k], rtol=1e-5, atol=1e-7
            ):
                return "looks ahead"
        for b in range(len(xs)):
            if (run(xs[b : b + 1], None)[0] - y[b : b + 1]).abs().max() > 1e-6:
                return "mixes series"
        z = [torch.zeros_like(v) for v in s]
        moved = []
        for l in (0, 1):
            g = [v.clone() for v in z]
            g[l] += 0.7
            moved.append(bool(((run(xs, g)[0] - y).abs() > 1e-6).any()))
    if moved[0] and moved[1]:
        return "sound"
    return "forgets the upper state" if moved[0] else "forgets both states"

# %% wrong detect: always sound | never changes
def diagnose(run, xs):
    return "sound"

# %% wrong detect: never looks ahead | never changes a later input
def diagnose(run, xs):
    def same(a, b):
        return bool(torch.allclose(a, b, atol=1e-6))

    half = xs.shape[1] // 2
    if not same(run(xs[:1], None)[0], run(xs, None)[0][:1]):
        return "mixes series"
    _, (lower, upper) = run(xs[:, :half], None)
    rest = run(xs[:, half:], [lower, upper])[0]
    if not same(rest, run(xs[:, half:], [lower + 1, upper])[0]):
        if same(rest, run(xs[:, half:], [lower, upper + 1])[0]):
            return "forgets the upper state"
        return "sound"
    return "forgets both states"

# %% wrong detect: never runs a series alone | never runs a series alone
def diagnose(run, xs):
    def same(a, b):
        return bool(torch.allclose(a, b, atol=1e-6))

    half = xs.shape[1] // 2
    later = xs.clone()
    later[:, half:] += 1
    if not same(run(later, None)[0][:, :half], run(xs, None)[0][:, :half]):
        return "looks ahead"
    _, (lower, upper) = run(xs[:, :half], None)
    rest = run(xs[:, half:], [lower, upper])[0]
    if same(rest, run(xs[:, half:], [lower + 1, upper])[0]):
        return "forgets both states"
    if same(rest, run(xs[:, half:], [lower, upper + 1])[0]):
        return "forgets the upper state"
    return "sound"

# %% wrong detect: any lost state is the upper one | no layer's state
def diagnose(run, xs):
    def same(a, b):
        return bool(torch.allclose(a, b, atol=1e-6))

    half = xs.shape[1] // 2
    whole = run(xs, None)[0]
    later = xs.clone()
    later[:, half:] += 1
    if not same(run(later, None)[0][:, :half], whole[:, :half]):
        return "looks ahead"
    if not same(run(xs[:1], None)[0], whole[:1]):
        return "mixes series"
    _, states = run(xs[:, :half], None)
    if same(run(xs[:, half:], states)[0], whole[:, half:]):
        return "sound"
    return "forgets the upper state"

# %% wrong detect: any lost state is both | change
def diagnose(run, xs):
    def same(a, b):
        return bool(torch.allclose(a, b, atol=1e-6))

    half = xs.shape[1] // 2
    whole = run(xs, None)[0]
    later = xs.clone()
    later[:, half:] += 1
    if not same(run(later, None)[0][:, :half], whole[:, :half]):
        return "looks ahead"
    if not same(run(xs[:1], None)[0], whole[:1]):
        return "mixes series"
    _, states = run(xs[:, :half], None)
    if same(run(xs[:, half:], states)[0], whole[:, half:]):
        return "sound"
    return "forgets both states"

# %% wrong detect: asks for equal outputs after a later change | as it must
def diagnose(run, xs):
    later = xs.clone()
    later[:, -1] += 1
    if not torch.allclose(run(later, None)[0], run(xs, None)[0]):
        return "looks ahead"
    return "sound"

# %% wrong detect: two halves without passing the states on | without the states
def diagnose(run, xs):
    half = xs.shape[1] // 2
    whole = run(xs, None)[0]
    if not torch.allclose(run(xs[:1], None)[0], whole[:1]):
        return "mixes series"
    rest = run(xs[:, half:], None)[0]
    if not torch.allclose(rest, whole[:, half:]):
        return "forgets both states"
    return "sound"

# %% wrong detect: states passed on in the reverse order | in their order
def diagnose(run, xs):
    def same(a, b):
        return bool(torch.allclose(a, b, atol=1e-6))

    half = xs.shape[1] // 2
    whole = run(xs, None)[0]
    later = xs.clone()
    later[:, half:] += 1
    if not same(run(later, None)[0][:, :half], whole[:, :half]):
        return "looks ahead"
    if not same(run(xs[:1], None)[0], whole[:1]):
        return "mixes series"
    _, (lower, upper) = run(xs[:, :half], None)
    rest = run(xs[:, half:], [upper, lower])[0]
    if same(rest, whole[:, half:]):
        return "sound"
    other = run(xs[:, half:], [upper + 1, lower])[0]
    return "forgets both states" if same(rest, other) else "forgets the upper state"

# %% wrong detect: xs changed for good | writing in place
def diagnose(run, xs):
    half = xs.shape[1] // 2
    y, _ = run(xs, None)
    xs[:, half:] += 1
    if not torch.allclose(run(xs, None)[0][:, :half], y[:, :half]):
        return "looks ahead"
    if not torch.allclose(run(xs[:1], None)[0][:, :half], y[:1, :half]):
        return "mixes series"
    s = run(xs[:, :half], None)[1]
    b = run(xs[:, half:], s)[0]
    y = run(xs, None)[0]
    if torch.allclose(b, y[:, half:]):
        return "sound"
    c = run(xs[:, half:], [s[0] + 1, s[1]])[0]
    return (
        "forgets both states"
        if torch.allclose(b, c)
        else "forgets the upper state"
    )

# %% equivalent detect: any other state tells whether it is heard
other = run(xs[:, half:], [lower - 1, upper])[0]

# %% equivalent detect: any other state tells whether it is heard
other = run(xs[:, half:], [lower + 2, upper])[0]

# %% equivalent detect: any step inside the window may part it
half = xs.shape[1] // 3

# %% equivalent detect: any step inside the window may part it
half = xs.shape[0] // 2

# %% equivalent detect: any change of the later inputs will do
later[:, half:] += 2

# %% equivalent detect: any change of the later inputs will do
later[:, half:] = 1

# %% probe detect:
def probe(answer, draws):
    from course_lib.checks.deep_rnn import stack

    code, D = draws.integer(0, 4), draws.integer(1, 4)
    B, T = draws.integer(2, 5), 2 * draws.integer(3, 6)
    run = stack(code, D, draws.integer(0, 10**6))
    return len(answer(run, draws.normal(B, T, D)))

# %% right bets: by counting moves
bets = {"steps_path": 9 + 2 + 1, "ways": 11 * 10 // 2, "growth": 3}

# %% right bets: from formulas, as floats
from math import comb

# %% also:
T, L = 10, 3
bets = dict(
    steps_path=float(T + L - 1), ways=float(comb(T + L - 2, L - 1)),
    growth=3.0,
)

# %% right bets: by a table of ways
table = np.ones((3, 10))
for layer in range(1, 3):
    for step in range(1, 10):
        table[layer, step] = table[layer - 1, step] + table[layer, step - 1]
bets = {"steps_path": 12, "ways": int(table[-1, -1]), "growth": 3}

# %% wrong bets: time alone | also leads upwards
bets = {"steps_path": 10, "ways": 55, "growth": 3}

# %% wrong bets: arrows in place of states | arrows
bets = {"steps_path": 11, "ways": 55, "growth": 3}

# %% wrong bets: every state on the grid | some of them
bets = {"steps_path": 30, "ways": 55, "growth": 3}

# %% wrong bets: one way | one way only
bets = {"steps_path": 12, "ways": 1, "growth": 3}

# %% wrong bets: never two climbs at one step | may happen at the same one
bets = {"steps_path": 12, "ways": 45, "growth": 3}

# %% wrong bets: twice the layers, twice the weights | H by H
bets = {"steps_path": 12, "ways": 55, "growth": 2}

# %% wrong bets: four times | twice the width
bets = {"steps_path": 12, "ways": 55, "growth": 4}

# %% wrong bets: the climbs in their order | told apart
bets = {"steps_path": 12, "ways": 100, "growth": 3}

# %% wrong bets: three climbs | three climbs
bets = {"steps_path": 12, "ways": 220, "growth": 3}
