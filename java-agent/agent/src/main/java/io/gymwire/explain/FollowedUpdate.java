// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunSettings;
import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.Policy;
import io.gymwire.policy.PolicyChange;
import io.gymwire.settings.Settings;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.natural.NaturalUpdate;
import io.gymwire.update.natural.NpgUpdate;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionSettings;
import io.gymwire.update.natural.UpdateReport;
import io.gymwire.update.ppo.PpoSettings;
import io.gymwire.update.ppo.PpoUpdate;
import java.util.List;
import java.util.Optional;

/**
 * The update that is explained. If the run's algorithm can report the steps of an update to a listener, a subclass
 * records the steps from theta_old to theta_new. For any other algorithm the subclass is {@link Compared}.
 */
abstract class FollowedUpdate {

    private final UpdateInput input;
    private final double[] newTheta; // [P]
    private final MetricValues measured;

    private FollowedUpdate(UpdateInput input) {
        this.input = input;
        this.newTheta = input.learner().theta().clone();
        this.measured = new MetricValues(
                List.of(input.config().get(RunSettings.ALGORITHM).metrics()));
    }

    /** Makes the update that the run would make with the batch of {@code input}. */
    static FollowedUpdate of(UpdateInput input) {
        Algorithm algorithm = input.config().get(RunSettings.ALGORITHM);
        return switch (algorithm) {
            case TRPO, NPG -> new Natural(input, algorithm == Algorithm.TRPO);
            case PPO -> Passes.of(input);
            default ->
                new Compared(
                        input, algorithm.update(input.policy(), input.config().settings()));
        };
    }

    /** The result of the update, in one sentence. */
    abstract String outcome();

    /** The path of the update; empty if the update could not compute a step, or if its steps were not recorded. */
    abstract Optional<Explanation.Way> way();

    /**
     * The gradient and the natural gradient at theta_old. If the explained update needs no natural gradient, an update
     * of NPG computes them for comparison.
     */
    abstract UpdateTrace natural();

    /** The divergence for which the trust region is drawn, see {@link Plane.Bound}. */
    abstract Plane.Bound bound();

    /**
     * The parameters [points][P] at points of the update's path, in the order of the path. If the update changed the
     * policy, the last point is the end of the update.
     */
    abstract List<double[]> places();

    /** The policy's parameters after the update [P]. */
    double[] newTheta() {
        return newTheta;
    }

    /** The update's metrics. */
    MetricValues measured() {
        return measured;
    }

    /** The number that is added to the diagonal of the Fisher matrix F. */
    double damping() {
        return settings().get(TrustRegionSettings.CG_DAMPING);
    }

    UpdateInput input() {
        return input;
    }

    Settings settings() {
        return input.config().settings();
    }

    /** Makes the update and records its metrics. */
    PolicyUpdate.Report make(PolicyUpdate update) {
        PolicyUpdate.Report report = input.update(update, newTheta);
        report.measure(measured);
        return report;
    }

    /** An update of TRPO or NPG. */
    private static final class Natural extends FollowedUpdate {

        private final UpdateTrace trace = new UpdateTrace();
        private final boolean searches;
        private final UpdateReport report;

        Natural(UpdateInput input, boolean searches) {
            super(input);
            Policy policy = input.policy();
            this.searches = searches;
            NaturalUpdate update =
                    searches ? new TrpoUpdate(policy, settings(), trace) : new NpgUpdate(policy, settings(), trace);
            this.report = (UpdateReport) make(update);
        }

        @Override
        String outcome() {
            return report.outcome().sentence();
        }

        @Override
        Optional<Explanation.Way> way() {
            if (!trace.hasSolution()) {
                return Optional.empty();
            }
            double delta = report.divergenceLimit();
            return Optional.of(new Explanation.TrustRegion(
                    Solution.of(damping(), trace, report.cgResiduals()),
                    Multiplier.of(delta, trace),
                    StepPath.of(input().policy(), damping(), delta, trace),
                    List.copyOf(trace.tries()),
                    searches ? Optional.empty() : Optional.of(FullStep.of(report))));
        }

        @Override
        UpdateTrace natural() {
            return trace;
        }

        @Override
        Plane.Bound bound() {
            return new Plane.Bound(report.divergenceLimit(), false);
        }

        @Override
        List<double[]> places() {
            return List.of(newTheta());
        }
    }

    /**
     * An update that computes no natural gradient. It is compared with an update of NPG. The bound of NPG's trust
     * region is the divergence that the explained update reached. If this divergence is not above 0, the bound is the
     * setting delta. Only the subclass {@link Passes} records the path of the explained update.
     */
    static class Compared extends FollowedUpdate {

        private final UpdateTrace natural = new UpdateTrace();
        private final PolicyUpdate.Report report;
        private final double divergence; // mean KL(old || new) over the batch's states, in nats

        /** @param update a new update object of the run's algorithm */
        Compared(UpdateInput input, PolicyUpdate update) {
            super(input);
            double[] theta = input.learner().theta();
            this.report = make(update);
            PolicyChange change = new PolicyChange(input.policy());
            change.begin(theta, input.batch().observations());
            this.divergence = change.divergence(newTheta(), input.batch().observations());
            Settings beside = divergence > 0 ? settings().with(TrustRegionSettings.DELTA, divergence) : settings();
            new NpgUpdate(input.policy(), beside, natural).update(theta.clone(), input.batch());
        }

        PolicyUpdate.Report report() {
            return report;
        }

        @Override
        String outcome() {
            return report.remark().orElse("the policy was changed");
        }

        @Override
        Optional<Explanation.Way> way() {
            return Optional.empty();
        }

        @Override
        UpdateTrace natural() {
            return natural;
        }

        @Override
        Plane.Bound bound() {
            return new Plane.Bound(divergence, true);
        }

        @Override
        List<double[]> places() {
            return List.of(newTheta());
        }
    }

    /** An update of PPO. */
    private static final class Passes extends Compared {

        private final PassTrace trace;
        private final double nextBeta;

        private Passes(UpdateInput input, PassTrace trace, PpoUpdate update) {
            super(input, update);
            this.trace = trace;
            this.nextBeta = update.state().get(PpoUpdate.PENALTY)[0];
        }

        static Passes of(UpdateInput input) {
            PassTrace trace = new PassTrace(input);
            return new Passes(
                    input, trace, new PpoUpdate(input.policy(), input.config().settings(), trace));
        }

        @Override
        String outcome() {
            return report().remark()
                    .orElse("the policy was changed in " + trace.passes().size() + " of at most "
                            + settings().get(PpoSettings.EPOCHS) + " passes over the batch");
        }

        @Override
        Optional<Explanation.Way> way() {
            return report().remark().isPresent()
                    ? Optional.empty()
                    : Optional.of(PassPath.of(settings(), trace, measured(), nextBeta));
        }

        @Override
        List<double[]> places() {
            return trace.ends();
        }
    }
}
