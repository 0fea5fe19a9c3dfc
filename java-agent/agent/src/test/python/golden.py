# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the golden files with which the Java tests compare results, except statistics.json (golden_statistics.py).
NumPy draws the inputs, and computes the values of GAE and the statistics of the critic's targets. PyTorch computes all
other values. All are in float64.

The script computes most of its values in other ways than the Java code. Distributions, entropies and KL come from
torch.distributions (except the clipped Gaussian's logp of actions at or beyond -1 or 1), and gradients from autograd. A
Fisher-vector product is the result of backpropagating twice through the KL. GAE comes from its definition. Adam, fits
of a critic and updates of PPO use torch.optim. CG and the line search have the same steps as in Java
(ConjugateGradient, LineSearch). The random orders of minibatches come from the same formula as in Java (RandomStream).
Most results are also computed in another way (finite differences, numeric integration, products with J' M J, k-step
advantages, Adam as in its paper). The script stops with an AssertionError if the two results differ by more than a
tolerance.

To write these files again, with Python 3.11 or newer, from the repository root:

    python3 -m venv target/golden-venv && target/golden-venv/bin/pip install torch==2.15.0 numpy==2.4.6
    target/golden-venv/bin/python java-agent/agent/src/test/python/golden.py [NAME...]

The last digits of the outputs can depend on the processor, because matrix products round differently.

Conventions: The policy is a tanh network without a nonlinearity on its last layer. For each layer y = x W + b, the
parameters theta [P] contain W [in][out], row by row, and then b [out]. A Gaussian policy's log_std [k] is at the end.
Matrices are flat, row by row: observations [N*d], outputs [N*k], Gaussian actions [N*k] (as drawn), categorical actions
[N]. The clipped Gaussian treats an action as clipped to [-1, 1]: for an action at or beyond a limit, logp is the log
probability of all actions beyond this limit. KL and entropy are computed without clipping. The actions of a Bernoulli
policy are bits [N*k]. A product policy consists of independent distributions (its factors) for the parts of an action.
It has the outputs, actions and log_stds of its factors, one factor after another.

    surrogate  L(theta)  = mean_i exp(logp_theta(a_i|s_i) - logp_old(a_i|s_i)) A_i
                           + entropy_coefficient mean_i H(pi_theta(.|s_i))
    kl         KL(theta) = mean_i KL(pi_old(.|s_i) || pi_theta(.|s_i)), in nats;  F = its Hessian at theta_old
"""

import dataclasses
import functools
import itertools
import math
import sys

import numpy as np
import torch
from torch.distributions import Bernoulli, Categorical, Independent, Normal, kl_divergence

from golden_adam import adam
from golden_critic import critic
from golden_gae import gae
from golden_ppo import Ppo, ppo
from golden_support import GOLDEN, clear_of, close, rounded, write


@dataclasses.dataclass(frozen=True)
class Case:
    """One update: the network, the batch and the settings."""

    name: str
    kind: str  # "categorical", "gaussian", "clipped_gaussian", "bernoulli" or "product"
    sizes: list[int]  # [observation, hidden ..., output]
    samples: int
    seed: int
    delta: float = 0.01  # bound on the mean KL, nats
    damping: float = 0.1
    cg_iterations: int = 10
    cg_tolerance: float = 1e-10  # relative to ||g||
    line_search_steps: int = 10
    line_search_shrink: float = 0.8
    accept_ratio: float = 0.1
    entropy_coefficient: float = 0.0
    gain: float = 1.0  # scale of the weights
    factors: tuple[tuple[str, int], ...] = ()  # of a product: each factor's kind and number of outputs

    def parts(self):
        """Returns the factors. A policy that is not a product has one factor."""
        return self.factors or ((self.kind, self.sizes[-1]),)

    def stds(self):
        """Returns how many standard deviations the policy has."""
        return sum(outputs for kind, outputs in self.parts() if kind.endswith("gaussian"))


CASES = [
    Case("categorical_4_8_8_2", "categorical", [4, 8, 8, 2], 32, seed=1, cg_tolerance=0.05),
    Case("categorical_3_16_5", "categorical", [3, 16, 5], 64, seed=2, damping=0.001),
    Case("categorical_entropy_4_6_3", "categorical", [4, 6, 3], 21, seed=3, entropy_coefficient=0.02),
    Case("gaussian_3_8_8_1", "gaussian", [3, 8, 8, 1], 32, seed=4, delta=0.2, damping=0.3),
    Case("gaussian_17_64_64_6", "gaussian", [17, 64, 64, 6], 200, seed=5),
    Case("gaussian_entropy_5_7_3_2", "gaussian", [5, 7, 3, 2], 37, seed=6, entropy_coefficient=0.01,
         line_search_shrink=0.5, accept_ratio=0.9),
    Case("clipped_gaussian_4_9_3", "clipped_gaussian", [4, 9, 3], 41, seed=7, delta=0.05),
    Case("gaussian_8_2", "gaussian", [8, 2], 45, seed=8, delta=0.1),
    Case("bernoulli_entropy_3_7_4", "bernoulli", [3, 7, 4], 40, seed=9, entropy_coefficient=0.01),
    Case("product_5_9_11", "product", [5, 9, 11], 53, seed=10, delta=0.05, entropy_coefficient=0.005,
         factors=(("categorical", 3), ("gaussian", 2), ("bernoulli", 2), ("categorical", 2), ("gaussian", 1),
                  ("categorical", 1))),
]


PPO_CASES = [
    (Case("ppo_gaussian", "gaussian", [5, 9, 7, 3], 60, seed=21, entropy_coefficient=0.01), Ppo(4, 16)),
    (Case("ppo_categorical", "categorical", [4, 8, 5], 50, seed=22, entropy_coefficient=0.02),
     Ppo(8, 20, target_kl=0.01)),
    (Case("ppo_product_weighted", "product", [4, 7, 7], 45, seed=23,
          factors=(("categorical", 3), ("gaussian", 2), ("bernoulli", 2))), Ppo(3, 10, weighted=True)),
    (Case("ppo_gaussian_penalty", "clipped_gaussian", [4, 9, 3], 420, seed=24),
     Ppo(5, 290, kl_penalty=1.0, target_kl=0.01)),
    (Case("ppo_categorical_penalty", "categorical", [3, 7, 4], 40, seed=25, entropy_coefficient=0.02),
     Ppo(3, 16, kl_penalty=0.5, target_kl=0.1)),
    (Case("ppo_product_penalty", "product", [4, 7, 7], 45, seed=26,
          factors=(("categorical", 3), ("gaussian", 2), ("bernoulli", 2))),
     Ppo(3, 10, kl_penalty=3.0, target_kl=0.01, weighted=True)),
]


class ClippedNormal(Normal):
    """A normal distribution that treats its draws as clipped to [-1, 1]."""

    def log_prob(self, value):
        above = torch.special.log_ndtr((self.mean - 1) / self.stddev)
        below = torch.special.log_ndtr((-1 - self.mean) / self.stddev)
        return torch.where(value >= 1, above, torch.where(value <= -1, below, super().log_prob(value)))


class Product:
    """Independent distributions of the parts of an action. An action is one row with the values of its first part, then
    of its second part, and so on."""

    def __init__(self, factors):
        self.factors = factors

    def log_prob(self, actions):
        return sum(factor.log_prob(part) for factor, part in zip(self.factors, self.split(actions), strict=True))

    def entropy(self):
        return sum(factor.entropy() for factor in self.factors)

    def split(self, actions):
        """Yields the action of each factor: [N] for a categorical factor, else [N][k]."""
        column = 0
        for factor in self.factors:
            width = 1 if isinstance(factor, Categorical) else factor.event_shape[0]
            part = actions[:, column:column + width]
            yield part[:, 0] if isinstance(factor, Categorical) else part
            column += width


def divergence(old, new):
    """Returns KL(old || new) [N]."""
    if isinstance(old, Product):
        return sum(kl_divergence(p, q) for p, q in zip(old.factors, new.factors, strict=True))
    return kl_divergence(old, new)


class Problem:
    """A policy and a batch, and every function of theta that the update needs."""

    def __init__(self, case):
        self.case = case
        random = np.random.Generator(np.random.PCG64(case.seed))
        parts = []
        for fan_in, fan_out in itertools.pairwise(case.sizes):
            parts.append(random.normal(size=fan_in * fan_out) * case.gain / math.sqrt(fan_in))
            parts.append(random.normal(size=fan_out) * 0.2)
        if case.stds():
            parts.append(-0.5 + 0.3 * random.normal(size=case.stds()))
        self.theta = rounded(np.concatenate(parts))
        self.theta_new = rounded(self.theta.numpy() + 0.05 * random.normal(size=self.theta.numel()))
        self.v1, self.v2 = (rounded(random.normal(size=self.theta.numel())) for _ in range(2))
        self.observations = rounded(random.normal(size=(case.samples, case.sizes[0])))

        outputs, old = self.policy(self.theta)
        drawn = [self.draw(factor, random) for factor in self.factors(old)]
        # A single categorical distribution has actions [N].
        self.actions = drawn[0][:, 0].long() if case.kind == "categorical" else torch.cat(drawn, dim=1)
        advantages = random.normal(size=case.samples)
        self.advantages = torch.from_numpy((advantages - advantages.mean()) / advantages.std())
        self.old, self.logp_old = old, old.log_prob(self.actions)

    @staticmethod
    def factors(policy):
        return policy.factors if isinstance(policy, Product) else [policy]

    def draw(self, factor, random):
        """Returns the drawn actions: [N][1] for a categorical factor, else [N][k]."""
        if isinstance(factor, Categorical):
            cumulative = factor.probs.numpy().cumsum(axis=1)
            uniform = random.uniform(size=(self.case.samples, 1))
            choice = np.minimum((uniform > cumulative).sum(axis=1), cumulative.shape[1] - 1)
            return torch.from_numpy(choice[:, None].astype(float))
        shape = factor.mean.shape
        if isinstance(factor.base_dist, Bernoulli):
            return torch.from_numpy((random.uniform(size=shape) < factor.mean.numpy()).astype(float))
        return rounded(factor.mean.numpy() + factor.stddev.numpy() * random.normal(size=shape))

    def policy(self, theta):
        """Returns the network's outputs [N][k] and the distributions over actions."""
        offset = 0

        def take(*shape):
            nonlocal offset
            offset += math.prod(shape)
            return theta[offset - math.prod(shape):offset].reshape(shape)

        x = self.observations
        layers = list(itertools.pairwise(self.case.sizes))
        for i, (fan_in, fan_out) in enumerate(layers):
            x = x @ take(fan_in, fan_out) + take(fan_out)
            if i < len(layers) - 1:
                x = torch.tanh(x)
        factors, column = [], 0
        for kind, outputs in self.case.parts():
            part = x[:, column:column + outputs]
            column += outputs
            if kind == "categorical":
                factors.append(Categorical(logits=part))
            elif kind == "bernoulli":
                factors.append(Independent(Bernoulli(logits=part), 1))
            else:
                normal = ClippedNormal if kind == "clipped_gaussian" else Normal
                factors.append(Independent(normal(part, take(outputs).exp().expand_as(part)), 1))
        policy = factors[0] if self.case.kind != "product" else Product(factors)
        assert offset == theta.numel()
        return x, policy

    def surrogate(self, theta):
        _, policy = self.policy(theta)
        ratio = (policy.log_prob(self.actions) - self.logp_old).exp()
        return (ratio * self.advantages).mean() + self.case.entropy_coefficient * policy.entropy().mean()

    def kl(self, theta):
        """Returns KL(old || theta) [N]."""
        return divergence(self.old, self.policy(theta)[1])

    def fisher_times(self, vector, damping=0.0):
        theta = self.theta.clone().requires_grad_()
        gradient, = torch.autograd.grad(self.kl(theta).mean(), theta, create_graph=True)
        product, = torch.autograd.grad(gradient @ vector, theta)
        return product + damping * vector


def gradient(function, theta):
    theta = theta.clone().requires_grad_()
    return torch.autograd.grad(function(theta), theta)[0]


def conjugate_gradient(multiply, g, iterations, tolerance):
    """Solves A x = g from x = 0. Returns x and the residual norms. The first norm is ||g||."""
    x, r, p = torch.zeros_like(g), g.clone(), g.clone()
    norms = [float(g.norm())]
    for _ in range(iterations):
        a_p = multiply(p)
        step = (r @ r) / (p @ a_p)
        x = x + step * p
        r_next = r - step * a_p
        p = r_next + ((r_next @ r_next) / (r @ r)) * p
        r = r_next
        norms.append(float(r.norm()))
        clear_of(norms[-1], tolerance * norms[0], "CG stop")
        if norms[-1] <= tolerance * norms[0]:
            break
    return x, norms


def line_search(problem, before, full, expected_gain):
    """Returns the tries in order, and the accepted parameters. Each try has its KL, its surrogate and other numbers."""
    case = problem.case
    tries = []
    for j in range(case.line_search_steps):
        theta = problem.theta + case.line_search_shrink**j * full
        kl, surrogate = float(problem.kl(theta).mean()), float(problem.surrogate(theta))
        expected = case.line_search_shrink**j * expected_gain
        clear_of(kl, case.delta, "line search, KL")
        clear_of(surrogate - before, case.accept_ratio * expected, "line search, gain")
        accepted = kl <= case.delta and surrogate - before >= case.accept_ratio * expected and surrogate > before
        tries.append({"kl": kl, "surrogate": surrogate, "expected_gain": expected, "accepted": accepted})
        if accepted:
            return tries, theta
    raise AssertionError(f"{case.name}: the line search failed; choose another seed")


def integrated_kl(old, new):
    """Returns KL(old || new) [N], summed or integrated over the actions."""
    if isinstance(old, Categorical):
        p, q = (np.exp(d.logits.numpy()) for d in (old, new))
        return (p * np.log(p / q)).sum(axis=1)
    if isinstance(old.base_dist, Bernoulli):
        p, q = (np.stack([1 - d.mean.numpy(), d.mean.numpy()]) for d in (old, new))
        return (p * np.log(p / q)).sum(axis=(0, 2))
    z = np.linspace(-12, 12, 4001)[:, None, None]
    (m0, s0), (m1, s1) = ((d.base_dist.mean.numpy(), d.base_dist.stddev.numpy()) for d in (old, new))
    log_ratio = np.log(s1 / s0) - z**2 / 2 + ((m0 + s0 * z - m1) / s1) ** 2 / 2
    return np.trapezoid(np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * log_ratio, z, axis=0).sum(axis=1)


def metric_of(factor):
    """Returns the Fisher information matrices [N][k][k] with respect to the k outputs in each state."""
    if isinstance(factor, Categorical):
        p = factor.probs
        return torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
    if isinstance(factor.base_dist, Bernoulli):
        return torch.diag_embed(factor.mean * (1 - factor.mean))
    return torch.diag_embed(1 / factor.base_dist.variance)


def check_problem(problem, g):
    """Compares the derivatives with finite differences, and the KL with a sum or an integral over the actions."""
    theta, h = problem.theta, 1e-5
    assert float(gradient(lambda t: problem.kl(t).mean(), theta).norm()) < 1e-14, "KL gradient at theta_old is not 0"
    for v in (problem.v1, problem.v2):
        slope = (problem.surrogate(theta + h * v) - problem.surrogate(theta - h * v)) / (2 * h)
        assert abs(float(slope - g @ v)) <= 1e-7 * float(g.norm() * v.norm()), "surrogate gradient"
        up, down = (gradient(lambda t: problem.kl(t).mean(), theta + s * h * v) for s in (1, -1))
        close(problem.fisher_times(v), (up - down) / (2 * h), 1e-6, "Fisher-vector product")

    (_, old), (_, new) = problem.policy(theta), problem.policy(problem.theta_new)
    integral = sum(integrated_kl(p, q) for p, q in zip(problem.factors(old), problem.factors(new), strict=True))
    close(problem.kl(problem.theta_new), integral, 1e-10, "KL")


def check_solution(problem, g, x, norms):
    """Repeats CG with F = J' M J / N, plus 2 on the diagonal for each log_std. J is the Jacobian of the outputs, M is
    their Fisher information (metric_of), and 2 is the Fisher information of a log_std.

    This form of F needs no Hessian. Returns the relative difference of the solutions, which shows the effect of
    rounding on CG.
    """
    case = problem.case
    jacobian = torch.func.jacrev(lambda theta: problem.policy(theta)[0])(problem.theta)
    blocks = [metric_of(factor) for factor in problem.factors(problem.old)]
    metric = torch.stack([torch.block_diag(*(block[i] for block in blocks)) for i in range(case.samples)])

    def multiply(v, damping):
        product = torch.einsum("nkp,nkj,nj->p", jacobian, metric, jacobian @ v) / case.samples
        if case.stds():
            product[-case.stds():] += 2 * v[-case.stds():]
        return product + damping * v

    close(problem.fisher_times(problem.v1), multiply(problem.v1, 0.0), 1e-12, "Gauss-Newton product")
    again, norms_again = conjugate_gradient(
        lambda v: multiply(v, case.damping), g, case.cg_iterations, case.cg_tolerance)
    close(norms_again, norms, 1e-9, "CG residuals")
    return close(again, x, 1e-9, "CG solution")


def trpo_update(case):
    problem = Problem(case)
    outputs, old = problem.policy(problem.theta)
    kl_rows = problem.kl(problem.theta_new)
    g = gradient(problem.surrogate, problem.theta)
    check_problem(problem, g)

    x, norms = conjugate_gradient(
        lambda v: problem.fisher_times(v, case.damping), g, case.cg_iterations, case.cg_tolerance)
    rounding = check_solution(problem, g, x, norms)
    x_h_x = float(x @ problem.fisher_times(x, case.damping))
    full = math.sqrt(2 * case.delta / x_h_x) * x
    expected_gain = float(g @ full)
    before = float(problem.surrogate(problem.theta))
    tries, theta_accepted = line_search(problem, before, full, expected_gain)
    print(f"{case.name}: CG {len(norms) - 1} iterations to {norms[-1] / norms[0]:.1e} ||g||, rounding {rounding:.1e}; "
          f"tries (KL, gain / expected gain) "
          f"{[(round(t['kl'], 5), round((t['surrogate'] - before) / t['expected_gain'], 3)) for t in tries]}")
    meta = {field: value for field, value in dataclasses.asdict(case).items() if field not in ("seed", "gain")}
    return {
        "meta": meta | {"parameters": problem.theta.numel()},
        "inputs": {
            "theta": problem.theta,
            "observations": problem.observations,
            "actions": problem.actions,
            "advantages": problem.advantages,
            "theta_new": problem.theta_new,
            "v1": problem.v1,
            "v2": problem.v2,
        },
        "outputs": {
            "outputs": outputs,
            "logp_old": problem.logp_old,
            "entropy_mean": old.entropy().mean(),
            "logp_new": problem.policy(problem.theta_new)[1].log_prob(problem.actions),
            "kl_rows": kl_rows,
            "kl_mean": kl_rows.mean(),
            "surrogate_old": before,
            "surrogate_new": problem.surrogate(problem.theta_new),
            "gradient": g,
            "fisher_v1": problem.fisher_times(problem.v1),
            "damped_fisher_v2": problem.fisher_times(problem.v2, case.damping),
            "cg_x": x,
            "cg_residual_norms": norms,
            "x_h_x": x_h_x,
            "full_step_norm": full.norm(),
            "expected_gain": expected_gain,
            "line_search_tries": tries,
            "backtracks": len(tries) - 1,
            "theta_accepted": theta_accepted,
            "surrogate_after": tries[-1]["surrogate"],
            "kl_after": tries[-1]["kl"],
        },
    }


def ppo_update(case, settings):
    return ppo(Problem(case), settings, divergence, np.random.Generator(np.random.PCG64(case.seed + 1000)))


def main(names):
    torch.set_num_threads(1)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    cases = {case.name: functools.partial(trpo_update, case) for case in CASES}
    cases |= {case.name: functools.partial(ppo_update, case, settings) for case, settings in PPO_CASES}
    for name, make in (cases | {"gae": gae, "adam": adam, "critic": critic}).items():
        if not names or name in names:
            print(f"{name}: {write(name, make())} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
