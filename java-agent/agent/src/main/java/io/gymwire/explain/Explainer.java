// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.learn.RunSettings;
import io.gymwire.rollout.ActorCritic;
import io.gymwire.rollout.RolloutSettings;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/** The computation of one explanation. It does not change the learner: it makes updates on copies of theta. */
final class Explainer {

    private final UpdateInput input;
    private final FollowedUpdate update;

    /** Makes the update. */
    Explainer(UpdateInput input) {
        this(input, FollowedUpdate.of(input));
    }

    /** @param update the update that was made with {@code input} */
    Explainer(UpdateInput input, FollowedUpdate update) {
        this.input = input;
        this.update = update;
    }

    /** The policy's parameters after the update [P]. */
    double[] newTheta() {
        return update.newTheta();
    }

    /** The old policy with its critic. */
    ActorCritic before() {
        return input.learner().actorCritic();
    }

    /** The new policy with the old critic and with the normaliser that the update used. */
    ActorCritic after() {
        return new ActorCritic(
                input.policy(),
                newTheta(),
                input.learner().critic(),
                input.learner().normalizer());
    }

    /**
     * The explanation.
     *
     * @param fresh the estimates from episodes of both policies
     * @param progress receives the fraction of the work that is done, from 0 to 1
     */
    Explanation explain(Improvement.Fresh fresh, DoubleConsumer progress) {
        Explanation.Run run = new Explanation.Run(
                input.config().envId(),
                input.config().get(RunSettings.ALGORITHM).toString(),
                input.config().get(RunSettings.SEED));
        long iterations = input.learner().iterations();
        return new Explanation(
                new Explanation.Subject(
                        run,
                        iterations * input.config().get(RolloutSettings.BATCH),
                        iterations + 1,
                        update.outcome(),
                        update.measured()),
                BatchSummary.of(input),
                surroundings(progress),
                update.way(),
                improvement(fresh));
    }

    private Optional<Explanation.Surroundings> surroundings(DoubleConsumer progress) {
        UpdateTrace natural = update.natural();
        if (natural.surrogate() == null) {
            return Optional.empty();
        }
        Optional<Plane> plane = natural.hasSolution() && update.bound().nats() > 0
                ? PlaneExplorer.explore(
                        input.policy(),
                        natural,
                        new PlaneExplorer.TrustRegionShape(update.bound(), update.damping()),
                        update.places(),
                        progress)
                : Optional.empty();
        return Optional.of(new Explanation.Surroundings(Objective.of(input, natural), plane));
    }

    private Improvement improvement(Improvement.Fresh fresh) {
        double gamma = input.config().get(RolloutSettings.GAMMA);
        BatchPolicies policies = new BatchPolicies(
                        input.policy(),
                        input.learner().theta(),
                        input.rollout().observations(),
                        input.rollout().actions())
                .with(newTheta());
        double[] advantages =
                Arrays.copyOf(input.batch().advantages(), input.rollout().size());
        double[] weighted = advantages.clone();
        Arrays.setAll(weighted, i -> weighted[i] * input.batch().weights()[i]);
        Improvement.Estimate importance =
                PerformanceDifference.byImportance(input.rollout(), policies.ratios(), weighted, gamma);
        double epsilon = Arrays.stream(advantages).map(Math::abs).max().orElseThrow();
        double klMax = Arrays.stream(policies.divergences()).max().orElseThrow();
        return new Improvement(new Improvement.Bound(gamma, importance.mean(), epsilon, klMax), importance, fresh);
    }
}
