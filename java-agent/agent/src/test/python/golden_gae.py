# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values for advantages: GAE(gamma, lambda) by its definition, a sum to the end of the episode or segment."""

import numpy as np

from golden_support import INPUT_DECIMALS, close


def gae():
    """Advantages of 3 environments over 12 steps.

    In the golden file, arrays are [T*N]; step t of environment n has the index t*N + n. After the last step, the
    episode of environment 0 continues, that of environment 1 is truncated, and that of environment 2 is terminated.
    Step 3 of environment 1 is both truncated and terminated, which counts as termination. Environment 2 has an episode
    of one step. final_values contains V of each episode's last observation, and 0 at all other steps. If the episode
    terminated, this V must not count. last_values [N] contains V of the observations after the last step. In
    environments 1 and 2, these observations begin a new episode.
    """
    steps, envs, gamma, lam = 12, 3, 0.97, 0.9
    random = np.random.Generator(np.random.PCG64(7))
    rewards, values, final_values = (np.round(random.normal(size=(steps, envs)), INPUT_DECIMALS) for _ in range(3))
    last_values = np.round(random.normal(size=envs), INPUT_DECIMALS)
    terminated, truncated = (np.zeros((steps, envs), dtype=np.int64) for _ in range(2))
    for t, n in ((4, 0), (3, 1), (6, 2), (11, 2)):
        terminated[t, n] = 1
    for t, n in ((8, 0), (3, 1), (11, 1), (0, 2)):
        truncated[t, n] = 1
    final_values = np.where(terminated | truncated, final_values, 0.0)

    def value_after(u, n, end):
        """Returns the value after step u of environment n. `end` is the last step of the episode or segment."""
        if u < end:
            return values[u + 1, n]
        if terminated[u, n]:
            return 0.0
        return final_values[u, n] if truncated[u, n] else last_values[n]

    advantages, weighted = np.zeros((steps, envs)), np.zeros((steps, envs))
    for n in range(envs):
        for t in range(steps):
            end = next((u for u in range(t, steps) if terminated[u, n] or truncated[u, n]), steps - 1)
            for u in range(t, end + 1):
                after = value_after(u, n, end)
                advantages[t, n] += (gamma * lam) ** (u - t) * (rewards[u, n] + gamma * after - values[u, n])
                k = u - t + 1
                k_step = sum(gamma**i * rewards[t + i, n] for i in range(k)) + gamma**k * after - values[t, n]
                weighted[t, n] += (lam ** (k - 1) if u == end else (1 - lam) * lam ** (k - 1)) * k_step
    close(weighted, advantages, 1e-13, "GAE as the weighted mean of k-step advantages")
    return {
        "meta": {"steps": steps, "envs": envs, "gamma": gamma, "lambda": lam},
        "inputs": {"rewards": rewards, "values": values, "terminated": terminated, "truncated": truncated,
                   "final_values": final_values, "last_values": last_values},
        "outputs": {"advantages": advantages, "returns": advantages + values},
    }
