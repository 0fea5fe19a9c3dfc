# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values for the steps of Adam on a small critic, from torch.optim."""

import numpy as np
import torch

from golden_support import rounded


def adam():
    """Five full-batch steps of torch.optim.Adam on mean((v - target)^2). v is the output of a 3-8-1 tanh network."""
    random = np.random.Generator(np.random.PCG64(8))
    observations, targets = rounded(random.normal(size=(16, 3))), rounded(random.normal(size=16))
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(rounded(0.5 * random.normal(size=tuple(parameter.shape))))

    def flat(tensors):
        return torch.cat([t.detach().T.reshape(-1) if t.ndim == 2 else t.detach() for t in tensors])

    theta_initial, values_initial = flat(net.parameters()), net(observations).detach()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-5)
    losses, gradients = [], []
    for _ in range(5):
        optimizer.zero_grad()
        loss = ((net(observations)[:, 0] - targets) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        gradients.append(flat([p.grad for p in net.parameters()]))
        optimizer.step()
    assert losses == sorted(losses, reverse=True), f"the loss does not fall: {losses}"
    return {
        "meta": {"sizes": [3, 8, 1], "samples": 16, "steps": 5, "learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999,
                 "epsilon": 1e-5},
        "inputs": {"theta_initial": theta_initial, "observations": observations, "targets": targets},
        "outputs": {"values_initial": values_initial, "losses": losses, "gradient_initial": gradients[0],
                    "theta_final": flat(net.parameters())},
    }
