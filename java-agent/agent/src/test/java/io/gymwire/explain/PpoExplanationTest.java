// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.Vectors;
import io.gymwire.rollout.Batch;
import io.gymwire.update.UpdateSettings;
import io.gymwire.update.natural.TrustRegionSettings;
import io.gymwire.update.ppo.PassListener;
import io.gymwire.update.ppo.PpoSettings;
import io.gymwire.update.ppo.PpoUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks what {@code explain} computes only for PPO. The expected values come from plain loops, finite differences and
 * dense matrices.
 */
final class PpoExplanationTest {

    private static final double VALUE = 1e-10; // the allowed error of values without finite differences
    private static final double DERIVATIVE = 1e-6; // the allowed error of finite differences
    private static final double DIFFERENCE_STEP = 1e-6;

    private static final int SIZE = SmallUpdate.SIZE;
    private static final int MINIBATCH = 20; // the 48 samples make minibatches of 20, 20 and 8
    private static final int STEPS = 3; // the number of minibatches in a pass
    private static final int PASSES = 4;
    private static final double CLIP_RANGE = 0.1;
    private static final double BETA = 2;

    private static RunConfig settings() {
        return SmallUpdate.settings()
                .with(RunSettings.ALGORITHM, Algorithm.PPO)
                .with(PpoSettings.EPOCHS, PASSES)
                .with(PpoSettings.MINIBATCH, MINIBATCH)
                .with(PpoSettings.CLIP_RANGE, CLIP_RANGE)
                .with(PpoSettings.LEARNING_RATE, 0.02)
                .with(PpoSettings.TARGET_KL, 1000.0)
                .with(TrustRegionSettings.CG_ITERATIONS, 80)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-9);
    }

    /**
     * The listener does not change the update's result. The learner does not change: neither theta nor the numbers that
     * its PPO object keeps between updates.
     */
    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theListenerChangesNeitherTheUpdateNorTheLearner(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings());
        // After this earlier update, Adam's moments are not 0.
        small.input
                .learner()
                .update()
                .update(
                        small.old.clone(),
                        small.input.batch(),
                        1,
                        new RandomStream(3, RandomStream.Role.POLICY_UPDATE, 7));
        Map<String, double[]> state = copy(small.input.learner().update().state());
        FollowedUpdate followed = FollowedUpdate.of(small.input);
        assertArrayEquals(small.old, small.input.learner().theta());
        small.input
                .learner()
                .update()
                .state()
                .forEach((name, numbers) -> assertArrayEquals(state.get(name), numbers, name));

        PpoUpdate update =
                new PpoUpdate(small.input.policy(), small.input.config().settings());
        update.state().forEach((name, numbers) -> System.arraycopy(state.get(name), 0, numbers, 0, numbers.length));
        double[] theta = small.old.clone();
        update.update(
                theta,
                small.input.batch(),
                small.input.annealed(),
                small.input.learner().updateStream());
        assertArrayEquals(theta, followed.newTheta());
        assertArrayEquals(theta, followed.places().get(PASSES - 1));
        assertFalse(Arrays.equals(small.old, theta));
        assertTrue(Vectors.norm(state.get("adam.first_moment")) > 0);
    }

    private static Map<String, double[]> copy(Map<String, double[]> state) {
        Map<String, double[]> copy = new TreeMap<>();
        state.forEach((name, numbers) -> copy.put(name, numbers.clone()));
        return copy;
    }

    /**
     * The batch has weights, as with reused rollouts. L and the clipped surrogate contain the same entropy bonus, so
     * the difference of their gains, objectiveGain - gain, does not depend on the bonus.
     */
    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void everyPointOfThePathIsMeasuredOverTheWholeBatch(SmallUpdate.Kind kind) {
        for (double entropy : new double[] {0, 0.05}) {
            SmallUpdate small = new SmallUpdate(kind, settings().with(UpdateSettings.ENTROPY, entropy));
            UpdateInput input = weighed(small);
            double[] weights = input.batch().weights();
            List<double[]> thetas = thetas(input);
            PassPath path = path(input);
            assertEquals(1 + PASSES * STEPS, path.points().size());
            assertEquals(thetas.size(), path.points().size());
            int beyondSomewhere = 0;
            for (int k = 0; k < thetas.size(); k++) {
                double[] theta = thetas.get(k);
                PassPath.Point point = path.points().get(k);
                double surrogate = 0;
                double clipped = 0;
                int beyond = 0;
                for (int i = 0; i < SIZE; i++) {
                    double ratio = weights[i] * small.ratio(theta, i);
                    double advantage = small.advantages[i];
                    surrogate += (ratio - weights[i]) * advantage / SIZE;
                    clipped +=
                            (Math.min(ratio * advantage, clip(ratio, weights[i]) * advantage) - weights[i] * advantage)
                                    / SIZE;
                    beyond += Math.abs(ratio - weights[i]) > CLIP_RANGE ? 1 : 0;
                }
                assertEquals((double) k / STEPS, point.passes(), VALUE);
                assertEquals(small.divergence(theta), point.divergence(), VALUE);
                assertEquals((double) beyond / SIZE, point.clipFraction(), VALUE);
                assertEquals(clipped - surrogate, point.objectiveGain() - point.gain(), VALUE);
                if (entropy == 0) {
                    assertEquals(surrogate, point.gain(), VALUE);
                }
                beyondSomewhere += beyond;
            }
            assertTrue(beyondSomewhere > 0, "nothing was clipped");
            for (int pass = 0; pass < PASSES; pass++) {
                assertEquals(
                        path.points().get((pass + 1) * STEPS),
                        path.passes().get(pass).end());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void aPassReportsTheMeansOfValuesMeasuredBeforeEachMinibatchStep(SmallUpdate.Kind kind) {
        for (double beta : new double[] {0, BETA}) {
            SmallUpdate small = new SmallUpdate(kind, settings().with(PpoSettings.KL_PENALTY, beta));
            List<double[]> thetas = thetas(small.input);
            PassPath path = path(small.input);
            int[] order = new int[SIZE];
            Arrays.setAll(order, i -> i);
            for (int pass = 0; pass < PASSES; pass++) {
                small.input.learner().updateStream().shuffle(order, (long) pass * SIZE);
                double loss = 0;
                double norm = 0;
                double divergence = 0;
                for (int step = 0; step < STEPS; step++) {
                    int[] rows = Arrays.copyOfRange(order, step * MINIBATCH, Math.min(SIZE, (step + 1) * MINIBATCH));
                    double[] theta = thetas.get(pass * STEPS + step);
                    loss += loss(small, rows, theta, beta, false) / STEPS;
                    norm += Vectors.norm(gradient(small, rows, theta, beta)) / STEPS;
                    for (int row : rows) {
                        divergence += small.divergence(theta, row) / SIZE;
                    }
                }
                PassPath.Pass found = path.passes().get(pass);
                assertEquals(loss, found.loss(), VALUE);
                assertEquals(norm, found.gradientNorm(), DERIVATIVE);
                assertEquals(divergence, found.divergence(), VALUE);
            }
        }
    }

    /**
     * K is the target of the divergence, and beta is the coefficient of the penalty. If the update's divergence is
     * above 1.5 K, beta is doubled. If it is below K / 1.5, beta is halved. Otherwise, beta stays the same.
     */
    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void aPenaltyIsPartOfTheObjectiveAndAdapts(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings().with(PpoSettings.KL_PENALTY, BETA));
        List<double[]> thetas = thetas(small.input);
        PassPath path = path(small.input);
        for (int k = 0; k < thetas.size(); k++) {
            PassPath.Point point = path.points().get(k);
            double divergence = small.divergence(thetas.get(k));
            assertEquals(divergence, point.divergence(), VALUE);
            assertEquals(small.surrogate(thetas.get(k)) - BETA * divergence, point.objectiveGain(), VALUE);
            assertTrue(Double.isNaN(point.clipFraction()));
        }
        double reached = small.divergence(thetas.get(thetas.size() - 1));
        assertTrue(reached > 0);
        assertPenalty(kind, reached / 1.6, 2 * BETA, "so beta is doubled: it is 4.0000 in");
        assertPenalty(kind, reached * 1.6, BETA / 2, "so beta is halved: it is 1.0000 in");
        assertPenalty(kind, reached, BETA, "so beta stays: it is 2.0000 in");
    }

    private static void assertPenalty(SmallUpdate.Kind kind, double target, double next, String sentence) {
        RunConfig config = settings().with(PpoSettings.KL_PENALTY, BETA).with(PpoSettings.TARGET_KL, target);
        PassPath path = path(new SmallUpdate(kind, config).input);
        assertEquals(BETA, path.rule().penalty().beta());
        assertEquals(next, path.rule().penalty().next());
        assertTrue(PassSections.ending(path).contains(sentence), PassSections.ending(path));
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void anEarlyStopIsReported(SmallUpdate.Kind kind) {
        PassPath whole = path(new SmallUpdate(kind, settings()).input);
        assertFalse(whole.endedEarly());
        assertEquals(
                "All 4 passes that --policy-epochs allows were made: no pass before the last had a mean KL"
                        + " divergence beyond 1.5 K = 1500.0.",
                PassSections.ending(whole));
        double second = whole.passes().get(1).divergence();
        assertTrue(second > whole.passes().get(0).divergence());
        PassPath ended = path(new SmallUpdate(kind, settings().with(PpoSettings.TARGET_KL, second / 1.51)).input);
        assertTrue(ended.endedEarly());
        assertEquals(whole.passes().subList(0, 2), ended.passes());
        assertEquals(
                "The update stopped early, after pass 2 of at most 4: the mean KL divergence of that pass is "
                        + NumberText.of(second) + ", beyond 1.5 K = " + NumberText.of(1.5 * second / 1.51)
                        + ". The limit is checked only at the end of a pass, so KL(old, theta) can exceed it earlier.",
                PassSections.ending(ended));
    }

    /**
     * The plane's bound is the divergence that PPO reached. The curve of equal divergence and the step along the
     * natural gradient are computed for this bound.
     */
    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theUpdateIsShownInThePlaneOfGradientAndNaturalGradient(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings());
        List<double[]> thetas = thetas(small.input);
        Explanation.Surroundings surroundings = new Explainer(small.input)
                .explain(SmallUpdate.noEpisodes(), part -> {})
                .surroundings()
                .orElseThrow();
        double[] newTheta = thetas.get(PASSES * STEPS);
        double reached = small.divergence(newTheta);
        double[] g = small.gradient();
        assertEquals(Vectors.norm(g), surroundings.objective().gradientNorm(), DERIVATIVE);
        Plane plane = surroundings.plane().orElseThrow();
        assertEquals(reached, plane.bound().nats(), VALUE);

        DMatrixRMaj h = small.fisher();
        for (int i = 0; i < h.numRows; i++) {
            h.add(i, i, 0.1);
        }
        DMatrixRMaj x = new DMatrixRMaj(g.length, 1);
        assertTrue(CommonOps_DDRM.solve(h, new DMatrixRMaj(g.length, 1, true, g), x));
        double natural = Math.sqrt(2 * reached / Vectors.dot(g, x.data)) * Vectors.norm(x.data);
        assertEquals(natural, plane.steps().natural().length(), 1e-4 * natural);
        double[] e1 = StepPath.scaled(1 / Vectors.norm(g), g);
        double[] e2 = StepPath.moved(x.data, -Vectors.dot(x.data, e1), e1);
        e2 = StepPath.scaled(1 / Vectors.norm(e2), e2);
        for (Plane.Point point : plane.curves().divergence()) {
            double[] d = StepPath.moved(StepPath.scaled(point.u(), e1), point.v(), e2);
            assertEquals(reached, small.divergence(small.along(1, d)), 1e-4 * reached);
        }
        for (int pass = 0; pass < PASSES; pass++) {
            double[] d = StepPath.moved(thetas.get((pass + 1) * STEPS), -1, small.old);
            assertEquals(Vectors.dot(d, e1), plane.steps().passes().get(pass).u(), DERIVATIVE);
            assertEquals(Vectors.dot(d, e2), plane.steps().passes().get(pass).v(), 1e-4);
        }
        Plane.End taken = plane.steps().taken();
        assertEquals(plane.steps().passes().get(PASSES - 1), taken.place());
        assertEquals(Vectors.norm(StepPath.moved(newTheta, -1, small.old)), taken.length(), VALUE);
        assertEquals(reached, taken.divergence(), VALUE);
        assertEquals(small.surrogate(newTheta), taken.gain(), VALUE);
        assertTrue(Math.hypot(taken.place().u(), taken.place().v()) < taken.length());
    }

    /** The parameters before the first step and after each step. */
    private static List<double[]> thetas(UpdateInput input) {
        List<double[]> thetas = new ArrayList<>(List.of(input.learner().theta().clone()));
        PassListener recorder = new PassListener() {
            @Override
            public void stepped(double[] theta, double loss, double gradientNorm) {
                thetas.add(theta.clone());
            }
        };
        new PpoUpdate(input.policy(), input.config().settings(), recorder)
                .update(
                        input.learner().theta().clone(),
                        input.batch(),
                        input.annealed(),
                        input.learner().updateStream());
        return thetas;
    }

    private static PassPath path(UpdateInput input) {
        return (PassPath) FollowedUpdate.of(input).way().orElseThrow();
    }

    private static UpdateInput weighed(SmallUpdate small) {
        UpdateInput input = small.input;
        double[] weights = new double[SIZE];
        Arrays.setAll(weights, i -> 0.6 + 0.2 * (i % 5));
        Batch batch = input.batch();
        return new UpdateInput(
                input.config(),
                input.learner(),
                input.rollout(),
                new Batch(batch.observations(), batch.actions(), batch.advantages(), weights),
                input.annealed());
    }

    private static double clip(double ratio, double weight) {
        return Math.max(weight - CLIP_RANGE, Math.min(weight + CLIP_RANGE, ratio));
    }

    /** @param whole whether to include the penalty: PPO's gradient includes it, but PPO's reported loss does not */
    private static double loss(SmallUpdate small, int[] rows, double[] theta, double beta, boolean whole) {
        double sum = 0;
        for (int row : rows) {
            double ratio = small.ratio(theta, row);
            double advantage = small.advantages[row];
            sum -= beta > 0 ? ratio * advantage : Math.min(ratio * advantage, clip(ratio, 1) * advantage);
            sum += whole && beta > 0 ? beta * small.divergence(theta, row) : 0;
        }
        return sum / rows.length;
    }

    private static double[] gradient(SmallUpdate small, int[] rows, double[] theta, double beta) {
        double[] gradient = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            double[] up = theta.clone();
            double[] down = theta.clone();
            up[i] += DIFFERENCE_STEP;
            down[i] -= DIFFERENCE_STEP;
            gradient[i] =
                    (loss(small, rows, up, beta, true) - loss(small, rows, down, beta, true)) / (2 * DIFFERENCE_STEP);
        }
        return gradient;
    }
}
