# Answers to solutions/03-sequences; course_lib/grading/trials.py reads them.

# %% right types: a list
types = [
    "sequence to vector", "sequence to sequence", "vector to sequence",
    "encoder-decoder", "sequence to vector", "sequence to sequence",
]

# %% right types: a tuple made of names
every, vector = "sequence to sequence", "sequence to vector"
types = (vector, every, "vector to sequence", "encoder-decoder", vector, every)

# %% right types: from a table of what goes in and what comes out
kinds = {
    ("sequence", "one"): "sequence to vector",
    ("sequence", "at once"): "sequence to sequence",
    ("one", "sequence"): "vector to sequence",
    ("sequence", "later"): "encoder-decoder",
}
types = []
for reads, writes in [
    ("sequence", "one"), ("sequence", "at once"), ("one", "sequence"),
    ("sequence", "later"), ("sequence", "one"), ("sequence", "at once"),
]:
    types.append(kinds[reads, writes])

# %% wrong types: several values are a sequence | together they are one vector
types = [
    "sequence to vector", "sequence to sequence", "vector to sequence",
    "encoder-decoder", "sequence to sequence", "sequence to sequence",
]

# %% wrong types: ten values need a decoder | all ten are asked for at once
types = [
    "sequence to vector", "sequence to sequence", "vector to sequence",
    "encoder-decoder", "encoder-decoder", "sequence to sequence",
]

# %% wrong types: an answer word by word while the question lasts | after the question's end
types = [
    "sequence to vector", "sequence to sequence", "vector to sequence",
    "sequence to sequence", "sequence to vector", "sequence to sequence",
]

# %% wrong types: whatever has text is an encoder-decoder | while the text is being read
types = [
    "sequence to vector", "encoder-decoder", "vector to sequence",
    "encoder-decoder", "sequence to vector", "sequence to sequence",
]

# %% wrong types: the driver is told after the drive | after the drive
types = [
    "sequence to vector", "sequence to sequence", "vector to sequence",
    "encoder-decoder", "sequence to vector", "encoder-decoder",
]

# %% wrong types: a verdict at every word | a verdict at every step
types = [
    "sequence to sequence", "sequence to sequence", "vector to sequence",
    "encoder-decoder", "sequence to vector", "sequence to sequence",
]

# %% wrong types: a melody needs an encoder | no sequence to read
types = [
    "sequence to vector", "sequence to sequence", "encoder-decoder",
    "encoder-decoder", "sequence to vector", "sequence to sequence",
]

# %% wrong types: the opposite direction | vector for an input
types = ["vector to sequence"] * 6

# %% right last: frozen states
def last_hidden(xs, lengths, W_x, W_h, b):
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for t in range(xs.shape[1]):
        after = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
        h = torch.where((t < lengths)[:, None], after, h)
    return h

# %% right last: all states, then an index
def last_hidden(xs, lengths, W_x, W_h, b):
    h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
    for x in xs.unbind(1):
        h = (x @ W_x.T + h @ W_h.T + b).tanh()
        hs.append(h)
    return torch.stack(hs, 1)[torch.arange(len(xs)), lengths - 1]

# %% right last: one sequence after the other, in NumPy
def last_hidden(xs, lengths, W_x, W_h, b):
    ends = []
    for x, n in zip(xs.numpy(), lengths.tolist()):
        h = np.zeros(len(b))
        for step in x[:n]:
            h = np.tanh(W_x.numpy() @ step + W_h.numpy() @ h + b.numpy())
        ends.append(h)
    return torch.tensor(np.stack(ends))

# %% right last: torch's own layer and a packed batch
import warnings

def last_hidden(xs, lengths, W_x, W_h, b):
    warnings.warn("packing sorts the batch")
    layer = nn.RNN(W_x.shape[1], W_x.shape[0], batch_first=True)
    layer = layer.to(xs.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W_x)
        layer.weight_hh_l0.copy_(W_h)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
        packed = nn.utils.rnn.pack_padded_sequence(
            xs, lengths, batch_first=True, enforce_sorted=False
        )
        return layer(packed)[1][0]

# %% wrong last: the end of the padding | end of the padding
def last_hidden(xs, lengths, W_x, W_h, b):
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return h

# %% wrong last: zeroes the padding and runs on | padding set to zero
def last_hidden(xs, lengths, W_x, W_h, b):
    true = torch.arange(xs.shape[1]) < lengths[:, None]
    xs = xs * true[..., None]
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return h

# %% wrong last: an index too late, clamped | one step too late
def last_hidden(xs, lengths, W_x, W_h, b):
    h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    at = lengths.clamp(max=xs.shape[1] - 1)
    return torch.stack(hs, 1)[torch.arange(len(xs)), at]

# %% wrong last: an index too early | one step too early
def last_hidden(xs, lengths, W_x, W_h, b):
    h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, 1)[torch.arange(len(xs)), (lengths - 2).clamp(0)]

# %% wrong last: the first length for all | length for all
def last_hidden(xs, lengths, W_x, W_h, b):
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for x in xs.unbind(1)[: int(lengths[0])]:
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    return h

# %% wrong last: the mean over the true steps | mean over the true steps
def last_hidden(xs, lengths, W_x, W_h, b):
    h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    true = (torch.arange(xs.shape[1]) < lengths[:, None])[..., None]
    return (torch.stack(hs, 1) * true).sum(1) / lengths[:, None]

# %% wrong last: the state set back at the end | set back to zero
def last_hidden(xs, lengths, W_x, W_h, b):
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for t, x in enumerate(xs.unbind(1)):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        h = h * (t < lengths)[:, None]
    return h

# %% wrong last: all states | all steps
def last_hidden(xs, lengths, W_x, W_h, b):
    h, hs = torch.zeros(len(xs), len(b), dtype=xs.dtype), []
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, 1)

# %% wrong last: the state of the sequence before goes on | other sequences of the batch
def last_hidden(xs, lengths, W_x, W_h, b):
    ends, h = [], torch.zeros(len(b), dtype=xs.dtype)
    for x, n in zip(xs.flip(0), lengths.flip(0).tolist()):
        for step in x[:n]:
            h = torch.tanh(W_x @ step + W_h @ h + b)
        ends.append(h)
    return torch.stack(ends[::-1])

# %% wrong last: the recurrent matrix transposed | not symmetric
def last_hidden(xs, lengths, W_x, W_h, b):
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for t, x in enumerate(xs.unbind(1)):
        after = torch.tanh(x @ W_x.T + h @ W_h + b)
        h = torch.where((t < lengths)[:, None], after, h)
    return h

# %% wrong last: no bias | bias left out
def last_hidden(xs, lengths, W_x, W_h, b):
    h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
    for t, x in enumerate(xs.unbind(1)):
        after = torch.tanh(x @ W_x.T + h @ W_h.T)
        h = torch.where((t < lengths)[:, None], after, h)
    return h

# %% right both: sequence by sequence
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        halves = []
        for steps, (W_x, W_h, b) in ((x[:n], ahead), (x[:n].flip(0), back)):
            h = torch.zeros(len(b), dtype=xs.dtype)
            for step in steps:
                h = torch.tanh(W_x @ step + W_h @ h + b)
            halves.append(h)
        rows.append(torch.cat(halves))
    return torch.stack(rows)

# %% right both: two masks; the backward layer waits in the padding
def read_both_ways(xs, lengths, ahead, back):
    def run(order, W_x, W_h, b):
        h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
        for t in order:
            after = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
            h = torch.where((t < lengths)[:, None], after, h)
        return h

    T = xs.shape[1]
    return torch.cat([run(range(T), *ahead), run(range(T)[::-1], *back)], 1)

# %% right both: an index table that reverses within the length, float32
def read_both_ways(xs, lengths, ahead, back):
    steps = torch.arange(xs.shape[1])
    at = (lengths[:, None] - 1 - steps).clamp(0)
    turned = xs.gather(1, at[..., None].expand_as(xs))
    ends = []
    for part, weights in ((xs, ahead), (turned, back)):
        part = part.float()
        W_x, W_h, b = (w.float() for w in weights)
        h, hs = torch.zeros(len(xs), len(b)), []
        for t in steps:
            h = torch.tanh(part[:, t] @ W_x.T + h @ W_h.T + b)
            hs.append(h)
        ends.append(torch.stack(hs)[lengths - 1, torch.arange(len(xs))])
    return torch.cat(ends, dim=1)

# %% right both: torch's bidirectional layer
def read_both_ways(xs, lengths, ahead, back):
    H, D = ahead[0].shape
    layer = nn.RNN(D, H, batch_first=True, bidirectional=True).to(xs.dtype)
    with torch.no_grad():
        for end, (W_x, W_h, b) in (("", ahead), ("_reverse", back)):
            getattr(layer, "weight_ih_l0" + end).copy_(W_x)
            getattr(layer, "weight_hh_l0" + end).copy_(W_h)
            getattr(layer, "bias_ih_l0" + end).copy_(b)
            getattr(layer, "bias_hh_l0" + end).zero_()
        packed = nn.utils.rnn.pack_padded_sequence(
            xs, lengths, batch_first=True, enforce_sorted=False
        )
        h_n = layer(packed)[1]
    return torch.cat([h_n[0], h_n[1]], dim=1)

# %% wrong both: the whole row reversed | the padding first
def read_both_ways(xs, lengths, ahead, back):
    def run(xs, W_x, W_h, b, frozen):
        h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
        for t in range(xs.shape[1]):
            after = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
            going = (t < lengths) | torch.tensor(not frozen)
            h = torch.where(going[:, None], after, h)
        return h

    return torch.cat([run(xs, *ahead, True), run(xs.flip(1), *back, False)], 1)

# %% wrong both: the last output of both layers | read one input only
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        h = torch.zeros(len(ahead[2]), dtype=xs.dtype)
        for step in x[:n]:
            h = torch.tanh(ahead[0] @ step + ahead[1] @ h + ahead[2])
        g = torch.tanh(back[0] @ x[n - 1] + back[2])
        rows.append(torch.cat([h, g]))
    return torch.stack(rows)

# %% wrong both: both read ahead | begin at the end
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        for W_x, W_h, b in (ahead, back):
            h = torch.zeros(len(b), dtype=xs.dtype)
            for step in x[:n]:
                h = torch.tanh(W_x @ step + W_h @ h + b)
            rows.append(h)
    return torch.stack(rows).reshape(len(xs), -1)

# %% wrong both: the halves swapped | halves swapped
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        for steps, (W_x, W_h, b) in ((x[:n].flip(0), back), (x[:n], ahead)):
            h = torch.zeros(len(b), dtype=xs.dtype)
            for step in steps:
                h = torch.tanh(W_x @ step + W_h @ h + b)
            rows.append(h)
    return torch.stack(rows).reshape(len(xs), -1)

# %% wrong both: one layer's weights for both | weights of one layer
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        for steps, (W_x, W_h, b) in ((x[:n], ahead), (x[:n].flip(0), ahead)):
            h = torch.zeros(len(b), dtype=xs.dtype)
            for step in steps:
                h = torch.tanh(W_x @ step + W_h @ h + b)
            rows.append(h)
    return torch.stack(rows).reshape(len(xs), -1)

# %% wrong both: the second layer goes on from the first | each begins
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        h = torch.zeros(len(ahead[2]), dtype=xs.dtype)
        for steps, (W_x, W_h, b) in ((x[:n], ahead), (x[:n].flip(0), back)):
            for step in steps:
                h = torch.tanh(W_x @ step + W_h @ h + b)
            rows.append(h)
    return torch.stack(rows).reshape(len(xs), -1)

# %% wrong both: the sum of the two states | side by side
def read_both_ways(xs, lengths, ahead, back):
    rows = []
    for x, n in zip(xs, lengths.tolist()):
        total = 0
        for steps, (W_x, W_h, b) in ((x[:n], ahead), (x[:n].flip(0), back)):
            h = torch.zeros(len(b), dtype=xs.dtype)
            for step in steps:
                h = torch.tanh(W_x @ step + W_h @ h + b)
            total = total + h
        rows.append(total)
    return torch.stack(rows)

# %% wrong both: the lengths are not used | end of the padding
def read_both_ways(xs, lengths, ahead, back):
    ends = []
    for part, (W_x, W_h, b) in ((xs, ahead), (xs.flip(1), back)):
        h = torch.zeros(len(xs), len(b), dtype=xs.dtype)
        for x in part.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        ends.append(h)
    return torch.cat(ends, dim=1)

# %% right loss: gathered and masked
def sentence_loss(scores, targets):
    log_p = scores.log_softmax(-1)
    true = log_p.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return -true[targets != 0].mean()

# %% right loss: torch's cross-entropy, told what to ignore
def sentence_loss(scores, targets):
    return nn.functional.cross_entropy(
        scores.flatten(0, 1), targets.flatten(), ignore_index=PAD
    )

# %% right loss: one-hot and einsum, by hand
def sentence_loss(scores, targets):
    true = (targets != PAD).to(scores.dtype)
    log_p = scores - scores.logsumexp(2, keepdim=True)
    one_hot = nn.functional.one_hot(targets, scores.shape[2]).to(scores.dtype)
    return -torch.einsum("bkn,bkn,bk->", log_p, one_hot, true) / true.sum()

# %% right loss: a loop over the words, with prints
def sentence_loss(scores, targets):
    total, n = 0.0, 0
    for row, words in zip(scores, targets.tolist()):
        for score, word in zip(row, words):
            if word != PAD:
                total = total - score.log_softmax(0)[word]
                n += 1
    print("words:", n)
    return total / n

# %% wrong loss: PAD counted | PAD counted
def sentence_loss(scores, targets):
    return nn.functional.cross_entropy(scores.transpose(1, 2), targets)

# %% wrong loss: softmax over the steps | over the steps
def sentence_loss(scores, targets):
    log_p = scores.log_softmax(dim=1)
    true = log_p.gather(2, targets[..., None])[..., 0]
    return -true[targets != PAD].mean()

# %% wrong loss: divided by all tokens | in the number of tokens
def sentence_loss(scores, targets):
    log_p = scores.log_softmax(dim=2)
    true = log_p.gather(2, targets[..., None])[..., 0]
    return -(true * (targets != PAD)).mean()

# %% wrong loss: a mean of means | mean of means
def sentence_loss(scores, targets):
    log_p = scores.log_softmax(dim=2)
    true = log_p.gather(2, targets[..., None])[..., 0]
    words = targets != PAD
    return -((true * words).sum(1) / words.sum(1)).mean()

# %% wrong loss: END is left out as well | END left out
def sentence_loss(scores, targets):
    log_p = scores.log_softmax(dim=2)
    true = log_p.gather(2, targets[..., None])[..., 0]
    return -true[targets > END].mean() if (targets > END).any() else 0 * true.sum()

# %% wrong loss: a sum | where the mean was asked for
def sentence_loss(scores, targets):
    return nn.functional.cross_entropy(
        scores.transpose(1, 2), targets, ignore_index=PAD, reduction="sum"
    )

# %% wrong loss: probabilities without a logarithm | without a logarithm
def sentence_loss(scores, targets):
    p = scores.softmax(dim=2).gather(2, targets[..., None])[..., 0]
    return -p[targets != PAD].mean()

# %% wrong loss: scores taken for log-probabilities | no softmax
def sentence_loss(scores, targets):
    true = scores.gather(2, targets[..., None])[..., 0]
    return -true[targets != PAD].mean()

# %% wrong loss: the sign | the sign
def sentence_loss(scores, targets):
    return -nn.functional.cross_entropy(
        scores.transpose(1, 2), targets, ignore_index=PAD
    )

# %% wrong loss: one number for each word | for each token
def sentence_loss(scores, targets):
    return nn.functional.cross_entropy(
        scores.transpose(1, 2), targets, ignore_index=PAD, reduction="none"
    )

# %% right decode: the equations in a loop
def decode(s0, weights, n_steps, targets=None):
    E, W_x, W_h = weights["E"], weights["W_x"], weights["W_h"]
    words, h, ys = torch.ones(len(s0)).long(), s0, []
    for k in range(n_steps):
        h = torch.tanh(E[words] @ W_x.T + h @ W_h.T + weights["b"])
        y = h @ weights["V"].T + weights["c"]
        ys.append(y)
        words = y.argmax(1) if targets is None else targets[:, k]
    return torch.stack(ys, 1)

# %% right decode: sequence by sequence, in NumPy
def decode(s0, weights, n_steps, targets=None):
    w = {name: value.numpy() for name, value in weights.items()}
    out = np.zeros((len(s0), n_steps, len(w["c"])))
    for i, h in enumerate(s0.numpy()):
        word = START
        for k in range(n_steps):
            h = np.tanh(w["W_x"] @ w["E"][word] + w["W_h"] @ h + w["b"])
            out[i, k] = w["V"] @ h + w["c"]
            word = out[i, k].argmax() if targets is None else targets[i, k]
    return torch.tensor(out)

# %% right decode: forced in one go by torch's layer, free step by step
def decode(s0, weights, n_steps, targets=None):
    n, D = weights["E"].shape
    layer = nn.RNN(D, s0.shape[1], batch_first=True).to(s0.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(weights["W_x"])
        layer.weight_hh_l0.copy_(weights["W_h"])
        layer.bias_ih_l0.copy_(weights["b"])
        layer.bias_hh_l0.zero_()
        read = torch.full((len(s0), 1), START)
        if targets is not None:
            read = torch.cat([read, targets[:, :-1]], dim=1)
            hs, _ = layer(weights["E"][read], s0[None].contiguous())
            return hs @ weights["V"].T + weights["c"]
        ys, h = [], s0[None].contiguous()
        for _ in range(n_steps):
            hs, h = layer(weights["E"][read], h)
            ys.append(hs @ weights["V"].T + weights["c"])
            read = ys[-1].argmax(2)
        return torch.cat(ys, dim=1)

# %% right decode: recursion, one-hot words, a helper
def step(h, one_hot, w):
    h = torch.tanh(one_hot @ w["E"] @ w["W_x"].T + h @ w["W_h"].T + w["b"])
    return h, h @ w["V"].T + w["c"]

def decode(s0, weights, n_steps, targets=None):
    n = len(weights["c"])

    def go(h, words, k):
        one_hot = nn.functional.one_hot(words, n).to(h.dtype)
        h, y = step(h, one_hot, weights)
        if k == n_steps - 1:
            return [y]
        words = y.argmax(1) if targets is None else targets[:, k]
        return [y, *go(h, words, k + 1)]

    first = torch.full((len(s0),), START)
    return torch.stack(go(s0, first, 0), dim=1)

# %% wrong decode: the target is not shifted | not shifted
def decode(s0, weights, n_steps, targets=None):
    words, h, ys = torch.ones(len(s0)).long(), s0, []
    for k in range(n_steps):
        if targets is not None:
            words = targets[:, k]
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = ys[-1].argmax(1)
    return torch.stack(ys, 1)

# %% wrong decode: START is PAD | PAD read first
def decode(s0, weights, n_steps, targets=None):
    words, h, ys = torch.zeros(len(s0)).long(), s0, []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = ys[-1].argmax(1) if targets is None else targets[:, k]
    return torch.stack(ys, 1)

# %% wrong decode: zeros are read first | zeros read first
def decode(s0, weights, n_steps, targets=None):
    x = torch.zeros(len(s0), weights["E"].shape[1], dtype=s0.dtype)
    h, ys = s0, []
    for k in range(n_steps):
        h = torch.tanh(
            x @ weights["W_x"].T + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = ys[-1].argmax(1) if targets is None else targets[:, k]
        x = weights["E"][words]
    return torch.stack(ys, 1)

# %% wrong decode: always free | targets are not read
def decode(s0, weights, n_steps, targets=None):
    words, h, ys = torch.ones(len(s0)).long(), s0, []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = ys[-1].argmax(1)
    return torch.stack(ys, 1)

# %% wrong decode: the state of the encoder is not used | state is not used
def decode(s0, weights, n_steps, targets=None):
    words, h, ys = torch.ones(len(s0)).long(), torch.zeros_like(s0), []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = ys[-1].argmax(1) if targets is None else targets[:, k]
    return torch.stack(ys, 1)

# %% wrong decode: each step from the encoder's state | state is not carried
def decode(s0, weights, n_steps, targets=None):
    words, ys = torch.ones(len(s0)).long(), []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + s0 @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = ys[-1].argmax(1) if targets is None else targets[:, k]
    return torch.stack(ys, 1)

# %% wrong decode: START at every free step | own words are not read
def decode(s0, weights, n_steps, targets=None):
    h, ys = s0, []
    words = torch.ones(len(s0)).long()
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        if targets is not None:
            words = targets[:, k]
    return torch.stack(ys, 1)

# %% wrong decode: the batch shares a word | shared by the batch
def decode(s0, weights, n_steps, targets=None):
    words, h, ys = torch.ones(len(s0)).long(), s0, []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append(h @ weights["V"].T + weights["c"])
        words = (
            ys[-1][0].argmax().expand(len(s0))
            if targets is None else targets[:, k]
        )
    return torch.stack(ys, 1)

# %% wrong decode: probabilities | probabilities, where scores
def decode(s0, weights, n_steps, targets=None):
    words, h, ys = torch.ones(len(s0)).long(), s0, []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        ys.append((h @ weights["V"].T + weights["c"]).softmax(1))
        words = ys[-1].argmax(1) if targets is None else targets[:, k]
    return torch.stack(ys, 1)

# %% wrong decode: words instead of scores | where the scores of all words
def decode(s0, weights, n_steps, targets=None):
    words, h, rows = torch.ones(len(s0)).long(), s0, []
    for k in range(n_steps):
        h = torch.tanh(
            weights["E"][words] @ weights["W_x"].T
            + h @ weights["W_h"].T + weights["b"]
        )
        own = (h @ weights["V"].T + weights["c"]).argmax(1)
        rows.append(own)
        words = own if targets is None else targets[:, k]
    return torch.stack(rows, 1)

# %% right beam: a sorted list
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = [b for b in beams if b[1][-1] == END]
        for total, words in beams:
            if words[-1] != END:
                row = log_p[words[-1]].tolist()
                found += [(total + p, [*words, j]) for j, p in enumerate(row)]
        beams = sorted(found, key=lambda b: -b[0])[:width]
    words = beams[0][1][1:]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% right beam: tensors, topk over all beginnings
def best_sentence(log_p, length, width):
    n = len(log_p)
    total = torch.full((width,), -torch.inf).double()
    total[0] = 0
    rows = torch.full((width, 1), START)
    for _ in range(length):
        more = log_p[rows[:, -1]].clone()
        done = (rows[:, -1] == END) | (rows[:, -1] == PAD)
        more[done] = -torch.inf
        more[done, PAD] = 0
        total, at = (total[:, None] + more).flatten().topk(width)
        rows = torch.cat([rows[at // n], (at % n)[:, None]], dim=1)
    return rows[0, 1:]

# %% right beam: a heap and a dictionary of sums
import heapq

def best_sentence(log_p, length, width):
    beams = {(START,): 0.0}
    for _ in range(length):
        wider = {}
        for words, total in beams.items():
            if words[-1] == END:
                wider[words] = total
            else:
                for j in range(len(log_p)):
                    wider[words + (j,)] = total + float(log_p[words[-1], j])
        beams = dict(heapq.nlargest(width, wider.items(), lambda i: i[1]))
    found = np.zeros(length, dtype=int)
    best = max(beams, key=beams.get)[1:]
    found[: len(best)] = best
    return found

# %% wrong beam: greedy, whatever the width | greedy
def best_sentence(log_p, length, width):
    words = [START]
    for _ in range(length):
        words.append(int(log_p[words[-1]].argmax()))
        if words[-1] == END:
            break
    return torch.tensor([*words[1:], *[PAD] * (length + 1 - len(words))])

# %% wrong beam: finished sentences are thrown away | thrown away
def best_sentence(log_p, length, width):
    beams, last = [(0.0, [START])], []
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                continue
            for j, p in enumerate(log_p[words[-1]].tolist()):
                found.append((total + p, [*words, j]))
        if not found:
            break
        beams = sorted(found, reverse=True)[:width]
    words = beams[0][1][1:]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: the mean over the words | long sentences win
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                found.append((total, words))
                continue
            for j, p in enumerate(log_p[words[-1]].tolist()):
                found.append((total + p, [*words, j]))
        found.sort(key=lambda b: b[0] / (len(b[1]) - 1), reverse=True)
        beams = found[:width]
    words = beams[0][1][1:]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: one follower for each beginning | one follower for each
def best_sentence(log_p, length, width):
    first = log_p[START].topk(min(width, len(log_p)))
    beams = [
        (p, [START, j])
        for p, j in zip(first.values.tolist(), first.indices.tolist())
    ]
    for _ in range(length - 1):
        after = []
        for total, words in beams:
            if words[-1] != END:
                j = int(log_p[words[-1]].argmax())
                total, words = total + float(log_p[words[-1], j]), [*words, j]
            after.append((total, words))
        beams = after
    words = max(beams)[1][1:]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: the last word decides | last word's likelihood
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                found.append((total, words))
                continue
            for j, p in enumerate(log_p[words[-1]].tolist()):
                found.append((p, [*words, j]))
        beams = sorted(found, reverse=True)[:width]
    words = beams[0][1][1:]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: START stays in the answer | START in the answer
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                found.append((total, words))
                continue
            for j, p in enumerate(log_p[words[-1]].tolist()):
                found.append((total + p, [*words, j]))
        beams = sorted(found, reverse=True)[:width]
    words = beams[0][1][:length]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: END cut off | END left out
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                found.append((total, words))
                continue
            for j, p in enumerate(log_p[words[-1]].tolist()):
                found.append((total + p, [*words, j]))
        beams = sorted(found, reverse=True)[:width]
    words = [w for w in beams[0][1][1:] if w != END]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: the least likely one of the beam | least likely one
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                found.append((total, words))
                continue
            for j, p in enumerate(log_p[words[-1]].tolist()):
                found.append((total + p, [*words, j]))
        beams = sorted(found, reverse=True)[:width]
    words = beams[-1][1][1:]
    return torch.tensor([*words, *[PAD] * (length - len(words))])

# %% wrong beam: a list, not a row | were collected
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = [b for b in beams if b[1][-1] == END]
        for total, words in beams:
            if words[-1] != END:
                row = log_p[words[-1]].tolist()
                found += [(total + p, [*words, j]) for j, p in enumerate(row)]
        beams = sorted(found, key=lambda b: -b[0])[:width]
    return beams[0][1][1:]

# %% equivalent beam: all sums begin with it, and only their order counts
beams = [(1.0, [START])]

# %% equivalent beam: all sums begin with it, and only their order counts
beams = [(-1.0, [START])]

# %% probe beam:
def probe(answer, draws):
    n = draws.integer(4, 8)
    log_p = draws.normal(n, n, scale=2.0)
    log_p[:, :2] = -torch.inf
    rounds, width = draws.integer(1, 4), draws.integer(1, 4)
    return answer(log_p.log_softmax(1), rounds, width)

# %% right logs: a list
diagnoses = [
    "target not shifted", "no mistake", "encoder not read",
    "targets read in use", "padding counted",
]

# %% right logs: a dictionary, then its values
by_run = {"B": "no mistake", "A": "target not shifted",
          "E": "padding counted", "D": "targets read in use",
          "C": "encoder not read"}
diagnoses = [by_run[run] for run in sorted(by_run)]

# %% right logs: split out of a text
diagnoses = tuple(
    "target not shifted/no mistake/encoder not read/"
    "targets read in use/padding counted".split("/")
)

# %% wrong logs: the lower loss is the better run | padding counted
diagnoses = [
    "target not shifted", "padding counted", "encoder not read",
    "targets read in use", "no mistake",
]

# %% wrong logs: all words right is no mistake | a run without a mistake
diagnoses = [
    "no mistake", "no mistake", "encoder not read",
    "targets read in use", "padding counted",
]

# %% wrong logs: forced equals free is what one hopes for | cannot differ
diagnoses = [
    "target not shifted", "targets read in use", "encoder not read",
    "no mistake", "padding counted",
]

# %% wrong logs: shift and encoder confused | the same sentence for every input
diagnoses = [
    "encoder not read", "no mistake", "target not shifted",
    "targets read in use", "padding counted",
]

# %% wrong logs: few words right must be the padding | more right words
diagnoses = [
    "target not shifted", "no mistake", "padding counted",
    "targets read in use", "padding counted",
]

# %% wrong logs: padding taken for targets read | more right words
diagnoses = [
    "target not shifted", "no mistake", "encoder not read",
    "padding counted", "targets read in use",
]

# %% wrong logs: one diagnosis for all | copying is learnt
diagnoses = ["target not shifted"] * 5

# %% right last: packed, by torch's RNN
def last_hidden(xs, lengths, W_x, W_h, b):
    rnn = nn.RNN(xs.shape[2], len(b), batch_first=True).to(xs.dtype)
    rnn.weight_ih_l0.data, rnn.weight_hh_l0.data = W_x.clone(), W_h.clone()
    rnn.bias_ih_l0.data, rnn.bias_hh_l0.data = b.clone(), torch.zeros_like(b)
    packed = nn.utils.rnn.pack_padded_sequence(
        xs, lengths, batch_first=True, enforce_sorted=False
    )
    with torch.no_grad():
        return rnn(packed)[1][0]

# %% right last: an in-place mask
def last_hidden(xs, lengths, W_x, W_h, b):
    h = xs.new_zeros((xs.shape[0], b.shape[0]))
    for t in range(int(lengths.max())):
        on = lengths > t
        h[on] = torch.tanh(
            torch.nn.functional.linear(xs[on, t], W_x, b)
            + torch.einsum("bk,hk->bh", h[on], W_h)
        )
    return h

# %% wrong last: the state of a sequence goes into the next one | a sequence that goes on from the last state
def last_hidden(xs, lengths, W_x, W_h, b):
    h, out = torch.zeros_like(b), []
    for x, n in zip(xs, lengths):
        for t in range(n):
            h = torch.tanh(W_x @ x[t] + W_h @ h + b)
        out.append(h)
    return torch.stack(out)

# %% wrong last: sorted, never put back | have to be put back
def last_hidden(xs, lengths, W_x, W_h, b):
    order = lengths.argsort(descending=True)
    xs, lengths = xs[order], lengths[order]
    h = xs.new_zeros(len(xs), len(b))
    for t in range(xs.shape[1]):
        on = (t < lengths)[:, None]
        h = torch.where(on, torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b), h)
    return h

# %% wrong last: W_x and W_h transposed | W_h transposed
def last_hidden(xs, lengths, W_x, W_h, b):
    h = xs.new_zeros(len(xs), len(b))
    for t in range(xs.shape[1]):
        on = (t < lengths)[:, None]
        h = torch.where(on, torch.tanh(xs[:, t] @ W_x.T + h @ W_h + b), h)
    return h

# %% wrong last: a squeeze that hurts batches of one | the batch axis lost
def last_hidden(xs, lengths, W_x, W_h, b):
    h = xs.new_zeros(len(xs), len(b))
    for t in range(xs.shape[1]):
        on = (t < lengths)[:, None]
        h = torch.where(on, torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b), h)
    return h.squeeze(0)

# %% wrong last: an average over the padding as well | the padding among them
def last_hidden(xs, lengths, W_x, W_h, b):
    h, hs = xs.new_zeros(len(xs), len(b)), []
    for t in range(xs.shape[1]):
        h = torch.tanh(xs[:, t] @ W_x.T + h @ W_h.T + b)
        hs.append(h)
    return torch.stack(hs, 1).mean(1)

# %% right both: torch's bidirectional layer, packed
def read_both_ways(xs, lengths, ahead, back):
    H = len(ahead[2])
    rnn = nn.RNN(xs.shape[2], H, batch_first=True, bidirectional=True).to(
        xs.dtype
    )
    with torch.no_grad():
        for end, (W_x, W_h, b) in (("", ahead), ("_reverse", back)):
            getattr(rnn, "weight_ih_l0" + end).copy_(W_x)
            getattr(rnn, "weight_hh_l0" + end).copy_(W_h)
            getattr(rnn, "bias_ih_l0" + end).copy_(b)
            getattr(rnn, "bias_hh_l0" + end).zero_()
        packed = nn.utils.rnn.pack_padded_sequence(
            xs, lengths, batch_first=True, enforce_sorted=False
        )
        _, h_n = rnn(packed)
    return h_n.transpose(0, 1).flatten(1)

# %% right both: gather of reversed steps
def read_both_ways(xs, lengths, ahead, back):
    T = xs.shape[1]
    at = (lengths[:, None] - 1 - torch.arange(T)) % T
    turned = xs.gather(1, at[..., None].expand_as(xs))

    def run(xs, W_x, W_h, b):
        h, hs = torch.zeros(len(xs), len(b)).to(xs), []
        for x in xs.unbind(1):
            h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
            hs.append(h)
        return torch.stack(hs)[lengths - 1, torch.arange(len(xs))]

    return torch.cat((run(xs, *ahead), run(turned, *back)), -1)

# %% right loss: one-hot and exponentials
def sentence_loss(scores, targets):
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    p = e / e.sum(-1, keepdim=True)
    true = (p * torch.nn.functional.one_hot(targets, scores.shape[-1])).sum(-1)
    mask = (targets != PAD).to(scores.dtype)
    return -(true.log() * mask).sum() / mask.sum()

# %% wrong loss: softmax twice | a softmax of a softmax
def sentence_loss(scores, targets):
    return torch.nn.functional.cross_entropy(
        scores.softmax(2).transpose(1, 2), targets, ignore_index=PAD
    )

# %% wrong loss: view in place of transpose | view and reshape move no number
def sentence_loss(scores, targets):
    B, K, n = scores.shape
    return torch.nn.functional.cross_entropy(
        scores.reshape(B, n, K), targets, ignore_index=PAD
    )

# %% wrong loss: PAD is no word: left out of the softmax | PAD left out of the softmax
def sentence_loss(scores, targets):
    s = scores[..., 1:].log_softmax(-1)
    true = s.gather(2, (targets - 1).clamp(min=0)[..., None])[..., 0]
    return -true[targets != PAD].mean()

# %% wrong loss: END ignored in place of PAD | END left out and PAD counted
def sentence_loss(scores, targets):
    return torch.nn.functional.cross_entropy(
        scores.transpose(1, 2), targets, ignore_index=END
    )

# %% wrong loss: targets shifted | shifted against each other
def sentence_loss(scores, targets):
    return torch.nn.functional.cross_entropy(
        scores[:, :-1].transpose(1, 2), targets[:, 1:], ignore_index=PAD
    )

# %% wrong loss: log of the mean probability | a logarithm of the mean
def sentence_loss(scores, targets):
    p = scores.softmax(2).gather(2, targets[..., None])[targets != PAD]
    return -p.mean().log()

# %% right decode: teacher forcing in one go, one-hot for the rest
def decode(s0, weights, n_steps, targets=None):
    E, W_x, W_h, b, V, c = weights.values()
    n = len(c)
    if targets is not None:
        read = torch.cat([torch.full((len(s0), 1), START), targets], 1)[
            :, :n_steps
        ]
        ps = torch.nn.functional.embedding(read, E) @ W_x.mT + b
        h, hs = s0, []
        for p in ps.unbind(1):
            h = (p + h @ W_h.mT).tanh()
            hs.append(h)
        return torch.stack(hs, 1) @ V.mT + c
    word, h, out = torch.eye(n)[START].expand(len(s0), n).to(E.dtype), s0, []
    while len(out) < n_steps:
        h = torch.tanh(word @ E @ W_x.mT + h @ W_h.mT + b)
        out.append(h @ V.mT + c)
        word = torch.nn.functional.one_hot(out[-1].max(dim=1).indices, n).to(
            E.dtype
        )
    return torch.stack(out, 1)

# %% right decode: a module with a generator
class Decoder(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.w = weights

    def forward(self, h, words):
        w = self.w
        h = torch.tanh(
            w["E"]
            .index_select(0, words)
            .matmul(w["W_x"].t())
            .add(h.matmul(w["W_h"].t()))
            .add(w["b"])
        )
        return torch.addmm(w["c"], h, w["V"].t()), h

def steps(cell, h, n, targets):
    words = torch.tensor([START] * len(h))
    for k in range(n):
        s, h = cell(h, words)
        yield s
        words = (
            torch.topk(s, 1).indices.squeeze(1)
            if targets is None
            else targets.select(1, k)
        )

def decode(s0, weights, n_steps, targets=None):
    return torch.stack(
        list(steps(Decoder(weights), s0, n_steps, targets)), dim=1
    )

# %% wrong decode: sampled words | no word is drawn at random
def decode(s0, weights, n_steps, targets=None):
    E, W_x, W_h, b, V, c = (
        weights[k] for k in ("E", "W_x", "W_h", "b", "V", "c")
    )
    h, out, words = s0, [], torch.full((len(s0),), START)
    for k in range(n_steps):
        h = torch.tanh(E[words] @ W_x.T + h @ W_h.T + b)
        out.append(h @ V.T + c)
        words = (
            torch.multinomial(out[-1].softmax(1), 1)[:, 0]
            if targets is None
            else targets[:, k]
        )
    return torch.stack(out, 1)

# %% wrong decode: softmax fed back, not a word | a mixture of all words
def decode(s0, weights, n_steps, targets=None):
    E, W_x, W_h, b, V, c = (
        weights[k] for k in ("E", "W_x", "W_h", "b", "V", "c")
    )
    h, out, x = s0, [], E[torch.full((len(s0),), START)]
    for k in range(n_steps):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
        out.append(h @ V.T + c)
        x = out[-1].softmax(1) @ E if targets is None else E[targets[:, k]]
    return torch.stack(out, 1)

# %% wrong decode: scores of the state before | the scores of the state before
def decode(s0, weights, n_steps, targets=None):
    E, W_x, W_h, b, V, c = (
        weights[k] for k in ("E", "W_x", "W_h", "b", "V", "c")
    )
    h, out, words = s0, [], torch.full((len(s0),), START)
    for k in range(n_steps):
        out.append(h @ V.T + c)
        h = torch.tanh(E[words] @ W_x.T + h @ W_h.T + b)
        words = out[-1].argmax(1) if targets is None else targets[:, k]
    return torch.stack(out, 1)

# %% right beam: topk over all followers, early stop when the best has ended
def best_sentence(log_p, length, width):
    totals, beams = torch.zeros(1, dtype=log_p.dtype), [[START]]
    for _ in range(length):
        if beams[0][-1] == END:
            break
        cands, sums = [], []
        for total, words in zip(totals, beams):
            if words[-1] == END:
                cands.append(words)
                sums.append(total)
            else:
                for w in range(len(log_p)):
                    cands.append(words + [w])
                    sums.append(total + log_p[words[-1], w])
        totals, order = torch.stack(sums).topk(min(width, len(sums)))
        beams = [cands[i] for i in order.tolist()]
    out = torch.zeros(length, dtype=torch.long)
    best = beams[0][1:]
    out[: len(best)] = torch.tensor(best)
    return out

# %% right beam: PAD follows END for nothing, all in one tensor
def best_sentence(log_p, length, width):
    n = len(log_p)
    table = log_p.clone()
    table[END] = -float("inf")
    table[END, PAD] = 0.0
    table[PAD] = -float("inf")
    table[PAD, PAD] = 0.0
    words = torch.full((1, 1), START)
    total = torch.zeros(1, dtype=torch.float64)
    for _ in range(length):
        all_ = (total[:, None] + table[words[:, -1]]).flatten()
        total, at = all_.topk(min(width, len(all_)))
        words = torch.cat([words[at // n], (at % n)[:, None]], 1)
    return words[0, 1:]

# %% wrong beam: ended sentences are kept aside and leave their place to others | a place of its own
def best_sentence(log_p, length, width):
    beams, done = [(0.0, [START])], []
    for _ in range(length):
        found = []
        for total, words in beams:
            for w, more in enumerate(log_p[words[-1]].tolist()):
                found.append((total + more, words + [w]))
        found = sorted(found, reverse=True)
        done += [f for f in found if f[1][-1] == END]
        beams = [f for f in found if f[1][-1] != END][:width]
    words = max(done + beams)[1][1:]
    return torch.tensor(words + [PAD] * (length - len(words)))

# %% wrong beam: each sentence that has ended makes the beam narrower | keeps its place for good
def best_sentence(log_p, length, width):
    beams, done = [(0.0, [START])], []
    for _ in range(length):
        found = []
        for total, words in beams:
            for w, more in enumerate(log_p[words[-1]].tolist()):
                found.append((total + more, words + [w]))
        found = sorted(found, reverse=True)[: width - len(done)]
        done += [f for f in found if f[1][-1] == END]
        beams = [f for f in found if f[1][-1] != END]
    words = max(done + beams)[1][1:]
    return torch.tensor(words + [PAD] * (length - len(words)))

# %% wrong beam: the best ended sentence, even if a longer beginning is likelier | ended or not
def best_sentence(log_p, length, width):
    beams = [(0.0, [START])]
    for _ in range(length):
        found = []
        for total, words in beams:
            if words[-1] == END:
                found.append((total, words))
                continue
            for w, more in enumerate(log_p[words[-1]].tolist()):
                found.append((total + more, words + [w]))
        beams = sorted(found, reverse=True)[:width]
    beams = [f for f in beams if f[1][-1] == END] or beams
    words = beams[0][1][1:]
    return torch.tensor(words + [PAD] * (length - len(words)))
