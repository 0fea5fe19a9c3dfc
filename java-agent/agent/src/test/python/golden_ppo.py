# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values for PPO updates with minibatches in random order, with clipping or a KL penalty, and with Adam."""

import dataclasses

import torch

from golden_critic import PaperAdam, TorchAdam, orders
from golden_support import clear_of, close, rounded

POLICY_UPDATE_ROLE = 6  # the ordinal of RandomStream.Role.POLICY_UPDATE
UPDATES = 2  # the second update continues with Adam's moments and the KL penalty of the first update


@dataclasses.dataclass(frozen=True)
class Ppo:
    """The settings of an update."""

    epochs: int
    minibatch: int
    learning_rate: float = 0.01
    clip_range: float = 0.2
    target_kl: float = 1000.0
    kl_penalty: float = 0.0
    max_grad_norm: float = 0.5
    weighted: bool = False  # whether samples have other weights than 1


class Updater:
    """One policy and its optimiser."""

    def __init__(self, problem, settings, divergence, make_optimizer):
        self.problem, self.settings, self.divergence = problem, settings, divergence
        self.theta = problem.theta.clone().requires_grad_()
        self.optimizer = make_optimizer([self.theta], settings.learning_rate)
        self.beta = settings.kl_penalty

    def terms(self, theta, advantages, weights):
        """Returns for each sample: the surrogate, whether the ratio is outside the clip range, the KL, the entropy."""
        settings = self.settings
        policy = self.problem.policy(theta)[1]
        ratio = weights * (policy.log_prob(self.problem.actions) - self.logp_old).exp()
        surrogate = ratio * advantages
        beyond = (ratio - weights).abs() > settings.clip_range
        if not settings.kl_penalty:
            low, high = weights - settings.clip_range, weights + settings.clip_range
            for bound in (low, high):
                assert float((ratio - bound).detach().abs().min()) > 1e-9, "a ratio is too near to a clip bound"
            surrogate = torch.minimum(surrogate, torch.clamp(ratio, low, high) * advantages)
        return surrogate, beyond, self.divergence(self.old, policy), policy.entropy()

    def loss(self, theta, rows, advantages, weights):
        surrogate, beyond, kl, entropy = (term[rows] for term in self.terms(theta, advantages, weights))
        loss = -surrogate.mean() - self.problem.case.entropy_coefficient * entropy.mean()
        if self.settings.kl_penalty:
            loss = loss + self.beta * kl.mean()
        return loss, -surrogate.mean().item(), int(beyond.sum()), kl.sum().item()

    def check_gradient(self, rows, advantages, weights, direction):
        """Compares the loss's gradient with a finite difference."""
        with torch.no_grad():
            up, down = (self.loss(self.theta + s * 1e-6 * direction, rows, advantages, weights)[0] for s in (1, -1))
            slope = float(up - down) / 2e-6
        gradient = self.theta.grad
        assert abs(slope - float(gradient @ direction)) <= 1e-6 * float(gradient.norm() * direction.norm())

    def update(self, advantages, weights, order_of_epochs, check):
        """Makes one update and returns its results."""
        settings, total = self.settings, len(advantages)
        theta_old = self.theta.detach().clone()
        with torch.no_grad():
            self.old = self.problem.policy(theta_old)[1]
            self.logp_old = self.old.log_prob(self.problem.actions)
        losses, norms, clipped, epochs = [], [], 0, 0
        for order in order_of_epochs:
            epoch_kl = 0.0
            for begin in range(0, total, settings.minibatch):
                rows = order[begin:begin + settings.minibatch]
                self.theta.grad = None
                loss, policy_loss, beyond, kl = self.loss(self.theta, rows, advantages, weights)
                loss.backward()
                if check and begin and epochs == 0:
                    self.check_gradient(rows, advantages, weights, self.problem.v1)
                norm = float(self.theta.grad.norm())
                clear_of(norm, settings.max_grad_norm, "norm of the gradient")
                self.theta.grad *= min(1.0, settings.max_grad_norm / norm)
                self.optimizer.step()
                losses.append(policy_loss)
                norms.append(norm)
                clipped += beyond
                epoch_kl += kl / total
            epochs += 1
            clear_of(epoch_kl, 1.5 * settings.target_kl, "early stop")
            if not settings.kl_penalty and epoch_kl > 1.5 * settings.target_kl:
                break
        theta, beta = self.theta.detach(), self.beta
        stds = self.problem.case.stds()
        assert not stds or bool(((theta[-stds:] > -5) & (theta[-stds:] < 2)).all()), "log std leaves its range"
        kl = float(self.divergence(self.old, self.problem.policy(theta)[1]).mean())
        if settings.kl_penalty:
            clear_of(kl, settings.target_kl / 1.5, "beta")
            clear_of(kl, settings.target_kl * 1.5, "beta")
            self.beta *= 0.5 if kl < settings.target_kl / 1.5 else 2.0 if kl > settings.target_kl * 1.5 else 1.0
        return {
            "theta": theta.clone(),
            "epochs": epochs,
            "loss": sum(losses) / len(losses),
            "gradient_norm": sum(norms) / len(norms),
            "clip_fraction": clipped / total / epochs,
            "epoch_kl": epoch_kl,
            "kl": kl,
            "beta": beta,
            "next_beta": self.beta,
            "first_moment": self.optimizer.moments("exp_avg")[0].clone(),
            "second_moment": self.optimizer.moments("exp_avg_sq")[0].clone(),
        }


def ppo(problem, settings, divergence, random):
    """Makes two updates of one policy. Both have the same states and actions.

    The advantages of the two updates differ. The weights of the two updates differ too if settings.weighted is true.
    The advantages in the golden file are not normalised: the update in Java normalises them.
    """
    case = problem.case
    updater, again = (Updater(problem, settings, divergence, make) for make in (TorchAdam, PaperAdam))
    inputs = {"theta": problem.theta, "observations": problem.observations, "actions": problem.actions}
    outputs = {}
    for index in range(UPDATES):
        given = rounded(3 * random.normal(size=case.samples) + 1)
        weights = rounded(random.uniform(0.3, 2, size=case.samples)) if settings.weighted \
            else torch.ones(case.samples, dtype=torch.float64)
        advantages = (given - given.mean()) / given.std(correction=0)
        in_order = list(orders(case.samples, settings.epochs, index, POLICY_UPDATE_ROLE))
        result = updater.update(advantages, weights, in_order, check=True)
        # The updater `again` takes the rows of each minibatch in reverse order and uses PaperAdam. Its theta may differ
        # only by rounding.
        other_way = [[row for begin in range(0, case.samples, settings.minibatch)
                      for row in order[begin:begin + settings.minibatch][::-1]] for order in in_order]
        repeated = again.update(advantages, weights, other_way, check=False)
        rounding = close(repeated["theta"], result["theta"], 1e-11, "theta")
        print(f"{case.name}: update {index}: {result['epochs']} epochs, KL {result['kl']:.3g}, "
              f"clipped {result['clip_fraction']:.3g}, |g| {result['gradient_norm']:.3g}, "
              f"beta {result['beta']:.3g} to {result['next_beta']:.3g}, theta's rounding {rounding:.1e}")
        inputs |= {f"update_{index}_advantages": given, f"update_{index}_weights": weights}
        outputs |= {f"update_{index}_{name}": value for name, value in result.items()}
    meta = {"name": case.name, "kind": case.kind, "sizes": case.sizes, "samples": case.samples,
            "factors": case.factors, "entropy_coefficient": case.entropy_coefficient, "updates": UPDATES}
    return {"meta": meta | dataclasses.asdict(settings), "inputs": inputs, "outputs": outputs}
