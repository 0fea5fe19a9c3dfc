// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunSettings;
import io.gymwire.metrics.MetricValues;
import io.gymwire.rollout.ActorCritic;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionSettings;
import io.gymwire.update.natural.UpdateReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/**
 * Computes what is to be said of one update. The learner is left as it is: updates are made on copies of theta.
 */
final class Explainer {

    private final UpdateInput input;
    private final double[] newTheta; // [P]
    private final PolicyUpdate.Report own;
    private final MetricValues measured;
    private final UpdateTrace trace = new UpdateTrace();
    private final UpdateReport report;

    /** Makes the update. */
    Explainer(UpdateInput input) {
        this.input = input;
        double[] oldTheta = input.learner().theta();
        Algorithm algorithm = input.config().get(RunSettings.ALGORITHM);
        this.newTheta = oldTheta.clone();
        this.own = input.update(newTheta);
        this.measured = new MetricValues(List.of(algorithm.metrics()));
        own.measure(measured);
        TrpoUpdate followed = new TrpoUpdate(input.policy(), input.config().settings(), trace);
        this.report = followed.update(oldTheta.clone(), input.batch(), input.annealed());
    }

    /** The policy after the update [P]. */
    double[] newTheta() {
        return newTheta;
    }

    /** The old policy with its critic. */
    ActorCritic before() {
        return input.learner().actorCritic();
    }

    /** The new policy with the old one's critic, and the statistics of observations that the update was made with. */
    ActorCritic after() {
        return new ActorCritic(
                input.policy(),
                newTheta,
                input.learner().critic(),
                input.learner().normalizer());
    }

    /**
     * The explanation.
     *
     * @param fresh what episodes of both policies say
     * @param progress told the part that is done, from 0 to 1
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
                        outcome(),
                        measured),
                Collected.of(input),
                trace.surrogate() == null ? Optional.empty() : Optional.of(surroundings(progress)),
                trace.hasSolution() && own instanceof UpdateReport ? Optional.of(trustRegion()) : Optional.empty(),
                improvement(fresh));
    }

    private String outcome() {
        boolean same = Arrays.equals(input.learner().theta(), newTheta);
        return own.remark()
                .orElse(same ? UpdateReport.Outcome.LINE_SEARCH_FAILED.sentence() : "the policy was changed");
    }

    private Explanation.Surroundings surroundings(DoubleConsumer progress) {
        Optional<Plane> plane = trace.hasSolution()
                ? PlaneExplorer.explore(
                        input.policy(),
                        trace,
                        new PlaneExplorer.TrustRegionShape(report.divergenceLimit(), damping()),
                        newTheta,
                        progress)
                : Optional.empty();
        return new Explanation.Surroundings(Objective.of(input, trace), plane);
    }

    private double damping() {
        return input.config().get(TrustRegionSettings.CG_DAMPING);
    }

    private Explanation.TrustRegion trustRegion() {
        double damping = damping();
        double delta = report.divergenceLimit();
        return new Explanation.TrustRegion(
                Solution.of(damping, trace, report.cgResiduals()),
                Multiplier.of(delta, trace),
                StepPath.of(input.policy(), damping, delta, trace),
                List.copyOf(trace.tries()));
    }

    private Improvement improvement(Improvement.Fresh fresh) {
        double gamma = input.config().get(RolloutSettings.GAMMA);
        BatchPolicies policies =
                new BatchPolicies(input.policy(), input.learner().theta(), newTheta, input.rollout());
        double[] advantages =
                Arrays.copyOf(input.batch().advantages(), input.rollout().size());
        Improvement.Estimate importance =
                PerformanceDifference.byImportance(input.rollout(), policies.ratios(), advantages, gamma);
        double epsilon = Arrays.stream(advantages).map(Math::abs).max().orElseThrow();
        double klMax = Arrays.stream(policies.divergences()).max().orElseThrow();
        return new Improvement(new Improvement.Bound(gamma, importance.mean(), epsilon, klMax), importance, fresh);
    }
}
