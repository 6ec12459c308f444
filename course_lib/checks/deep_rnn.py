"""What assignment 7 hands to answers: stacks of two layers, some broken."""

import torch

from course_lib.checks.lent import kept_back


@kept_back
def stack(code, input_size, seed, hidden_size=5):
    """Two tanh layers with random weights, as ``run(xs, states)``.

    Args:
        code: 0 is sound; 1 to 4 break one thing each.
        input_size: features D.
        seed: of the weights.
        hidden_size: units H.
    """
    generator = torch.Generator().manual_seed(seed)

    def weights(*shape):
        return torch.randn(*shape, generator=generator).double() / 2

    layers = [
        (weights(hidden_size, n), weights(hidden_size, hidden_size))
        for n in (input_size, hidden_size)
    ]

    def run(xs, states=None):
        xs = xs.double()
        zeros = xs.new_zeros(len(xs), hidden_size)
        given = [zeros, zeros] if states is None else [s + 0 for s in states]
        kept = {3: [given[0], zeros], 4: [zeros, zeros]}.get(code, given)
        if code == 1:
            xs = xs + 0.3 * torch.roll(xs, -1, 1)
        if code == 2:
            xs = xs + 0.3 * xs.mean(0)
        h, outputs = list(kept), []
        for x in xs.unbind(1):
            for n, (W_x, W_h) in enumerate(layers):
                x = torch.tanh(x @ W_x.T + h[n] @ W_h.T)
                h[n] = x
            outputs.append(x)
        return torch.stack(outputs, dim=1), h

    return run
