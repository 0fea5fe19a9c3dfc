// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.Trainer;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Rollout;
import io.gymwire.update.PolicyUpdate;
import java.util.Map;

/**
 * A run just before an update: the batch is collected, and the policy is still the old policy.
 *
 * @param learner the learner, with theta_old and the critic that was used to estimate the advantages
 * @param rollout the newest rollout
 * @param batch the samples of the newest rollout, then the samples of earlier rollouts that are used again; with vine
 *     sampling, also the branches
 * @param annealed the factor by which annealed settings are multiplied, in (0, 1]
 */
public record UpdateInput(RunConfig config, Learner learner, Rollout rollout, Batch batch, double annealed) {

    /**
     * The input of a trainer's next update. The trainer's batch must be collected, and the trainer must not continue
     * while the input is used.
     */
    public static UpdateInput of(Trainer trainer) {
        return new UpdateInput(
                trainer.config(), trainer.learner(), trainer.rollout(), trainer.prepareBatch(), trainer.annealed());
    }

    Policy policy() {
        return learner.policy();
    }

    /**
     * Makes the update with a new update object instead of the learner's own, so the learner does not change. The
     * learner's update object may keep numbers between updates, as PPO keeps Adam's moments. This method first copies
     * these numbers into the new object.
     *
     * @param copy the new object, of the run's algorithm
     * @param theta theta_old [P]; modified
     */
    PolicyUpdate.Report update(PolicyUpdate copy, double[] theta) {
        Map<String, double[]> state = copy.state();
        learner.update()
                .state()
                .forEach((name, numbers) -> System.arraycopy(numbers, 0, state.get(name), 0, numbers.length));
        return copy.update(theta, batch, annealed, learner.updateStream());
    }
}
