# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values for whole fits of a critic: the order of the minibatches, Adam, and scaled targets."""

import itertools

import numpy as np
import torch

from golden_support import close, rounded

SIZES = [3, 19, 13, 1]
LEARNING_RATE = 0.002
SEED = 42
MINIBATCH_ROLE = 3  # the ordinal of RandomStream.Role.MINIBATCH
FITS = [
    # rows, passes, rows of a minibatch. The last minibatch of a pass is smaller: it has 11 rows in the first fit, and
    # 130 rows in the second. 11 is odd: tiles with an even number of rows (VectorTiles) do not cover all 11 rows.
    (331, 3, 40),
    (420, 4, 290),
]
WORD = 2**64 - 1  # a mask that keeps 64 bits
GAMMA = 0x9E3779B97F4A7C15  # SplitMix64's increment, not a discount


def mix(z):
    """SplitMix64's output function."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & WORD
    return z ^ (z >> 31)


def random_below(index, role):
    """Returns below(bound, counter), which draws an integer in [0, bound) from the stream of one fit or update."""
    key = mix(mix(mix(SEED + GAMMA & WORD) + (role + 1) * GAMMA & WORD) + (index + 1) * GAMMA & WORD)
    inner = mix(key ^ WORD)

    def below(bound, counter):
        bits = mix(mix(key + counter * GAMMA & WORD) ^ inner)
        return (bits >> 1) * bound >> 63

    return below


def orders(rows, epochs, index, role=MINIBATCH_ROLE):
    """Yields the order of the rows in each pass: a Fisher-Yates shuffle of the previous pass's order. The first pass
    shuffles 0, 1, 2, ..."""
    below = random_below(index, role)
    order = list(range(rows))
    for epoch in range(epochs):
        for i in reversed(range(1, rows)):
            j = below(i + 1, epoch * rows + i)
            order[i], order[j] = order[j], order[i]
        assert sorted(order) == list(range(rows))
        yield list(order)


class TorchAdam:
    """Adam of PyTorch."""

    def __init__(self, parameters, learning_rate=LEARNING_RATE):
        self.optimizer = torch.optim.Adam(parameters, lr=learning_rate, eps=1e-5)

    def step(self):
        self.optimizer.step()

    def moments(self, name):
        return [state[name] for state in self.optimizer.state.values()]


class PaperAdam:
    """Adam as defined in algorithm 1 of its paper, to check PyTorch's Adam."""

    def __init__(self, parameters, learning_rate=LEARNING_RATE):
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.steps = 0
        self.m = [torch.zeros_like(p) for p in self.parameters]
        self.v = [torch.zeros_like(p) for p in self.parameters]

    def step(self):
        self.steps += 1
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            m.copy_(0.9 * m + 0.1 * p.grad)
            v.copy_(0.999 * v + 0.001 * p.grad**2)
            m_hat, v_hat = m / (1 - 0.9**self.steps), v / (1 - 0.999**self.steps)
            with torch.no_grad():
                p -= self.learning_rate * m_hat / (v_hat.sqrt() + 1e-5)

    def moments(self, name):
        return {"exp_avg": self.m, "exp_avg_sq": self.v}[name]


def flat(tensors):
    """Returns the tensors of a network as one vector, in the order of theta: for each layer W [in][out], then b."""
    return torch.cat([t.detach().T.reshape(-1) if t.ndim == 2 else t.detach() for t in tensors])


class Critic:
    """V(s) = shift + scale net(s)."""

    def __init__(self, parameters, make_optimizer):
        layers = [[torch.nn.Linear(i, o), torch.nn.Tanh()] for i, o in itertools.pairwise(SIZES)]
        self.net = torch.nn.Sequential(*itertools.chain(*layers)).double()[:-1]
        with torch.no_grad():
            for parameter, initial in zip(self.net.parameters(), parameters, strict=True):
                parameter.copy_(initial)
        self.optimizer = make_optimizer(self.net.parameters())
        self.seen = np.empty(0)
        self.shift, self.scale = 0.0, 1.0

    def values(self, observations):
        return (self.shift + self.scale * self.net(observations)[:, 0]).detach()

    def follow(self, returns):
        """Sets shift and scale to the mean and standard deviation of all returns so far.

        Every call except the first also changes the last layer, so that V stays the same."""
        first = not self.seen.size
        self.seen = np.concatenate([self.seen, returns.numpy()])
        shift, scale = float(self.seen.mean()), float(self.seen.std())
        if not first:
            last = self.net[-1]
            with torch.no_grad():
                last.weight.mul_(self.scale / scale)
                last.bias.copy_((self.scale * last.bias + self.shift - shift) / scale)
        self.shift, self.scale = shift, scale

    def fit(self, observations, returns, order_of_epochs, minibatch):
        """Fits V to the returns. The result is the mean squared error over the last pass.

        The error of each minibatch is computed before Adam's step on this minibatch."""
        before = self.values(observations)
        first = not self.seen.size
        self.follow(returns)
        if not first:
            close(self.values(observations), before, 1e-13, "V after its targets were rescaled")
        targets = (returns - self.shift) / self.scale
        for order in order_of_epochs:
            squared = 0.0
            for begin in range(0, len(order), minibatch):
                rows = order[begin:begin + minibatch]
                self.net.zero_grad()
                loss = torch.nn.functional.mse_loss(self.net(observations[rows])[:, 0], targets[rows])
                loss.backward()
                squared += loss.item() * len(rows)
                self.optimizer.step()
        return squared / len(order) * self.scale**2


def critic():
    """Two fits of one critic. The returns of the second fit have a larger scale and a larger mean."""
    random = np.random.Generator(np.random.PCG64(9))
    parameters = []
    for fan_in, fan_out in itertools.pairwise(SIZES):
        parameters.append(rounded(random.normal(size=(fan_out, fan_in)) / np.sqrt(fan_in)))
        parameters.append(rounded(0.2 * random.normal(size=fan_out)))
    theta_initial = flat(parameters)
    fitted, again = Critic(parameters, TorchAdam), Critic(parameters, PaperAdam)
    inputs, outputs = {"theta_initial": theta_initial}, {}
    for index, (rows, epochs, minibatch) in enumerate(FITS):
        observations = rounded(random.normal(size=(rows, SIZES[0])))
        noise = random.normal(size=rows)
        returns = rounded((np.sin(2 * observations[:, 0].numpy()) + observations[:, 1].numpy() + 0.3 * noise)
                          * (3.0, 40.0)[index] + (-2.0, 25.0)[index])
        in_order = list(orders(rows, epochs, index))
        error = fitted.fit(observations, returns, in_order, minibatch)
        # The critic `again` takes the rows of each minibatch in reverse order. This shows the effect of rounding.
        reversed_within = [[row for begin in range(0, rows, minibatch) for row in order[begin:begin + minibatch][::-1]]
                           for order in in_order]
        close(again.fit(observations, returns, reversed_within, minibatch), error, 1e-12, "error")
        thetas = [flat(c.net.parameters()) for c in (fitted, again)]
        rounding = close(thetas[1], thetas[0], 1e-12, "theta")
        print(f"critic: fit {index}: mean squared error {error:.4g}, returns' variance {float(returns.var()):.4g}, "
              f"relative difference of the two critics' theta {rounding:.1e}")
        fit = f"fit_{index}_"
        inputs |= {f"{fit}observations": observations, f"{fit}returns": returns}
        outputs |= {f"{fit}error": error, f"{fit}shift": fitted.shift, f"{fit}scale": fitted.scale,
                    f"{fit}theta": thetas[0], f"{fit}values": fitted.values(observations),
                    f"{fit}first_moment": flat(fitted.optimizer.moments("exp_avg")),
                    f"{fit}second_moment": flat(fitted.optimizer.moments("exp_avg_sq"))}
    rows, epochs, minibatches = zip(*FITS, strict=True)
    return {
        "meta": {"sizes": SIZES, "learning_rate": LEARNING_RATE, "seed": SEED, "rows": rows, "epochs": epochs,
                 "minibatches": minibatches,
                 "steps": sum(e * -(-r // m) for r, e, m in FITS)},
        "inputs": inputs,
        "outputs": outputs,
    }
