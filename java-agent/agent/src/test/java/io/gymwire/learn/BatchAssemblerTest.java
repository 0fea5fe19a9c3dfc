// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.policy.RunningMoments;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.BatchAssembler;
import io.gymwire.rollout.RecentRollouts;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchAssemblerTest {

    private static final int ENVS = 4;
    private static final int SIZE = 16;
    private static final double TOLERANCE = 1e-12;

    @Test
    void withoutReuseTheBatchIsTheNewestRolloutAndAllWeightsAreOne() {
        Learner learner = collected(1, 2);
        Rollout newest = learner.recent().next();
        Batch batch =
                new BatchAssembler(learner.actorCritic(), config(1).settings()).assemble(newest, learner.recent());
        assertEquals(SIZE, batch.size());
        double[] ones = new double[SIZE];
        Arrays.fill(ones, 1);
        assertArrayEquals(ones, batch.weights());
        assertSame(newest.observations(), batch.observations());
        assertSame(newest.actions(), batch.actions());
    }

    @Test
    void theFirstIterationsReuseAsManyRolloutsAsThereAre() {
        for (int iterations = 0; iterations <= 4; iterations++) {
            Learner learner = collected(3, iterations);
            assertEquals(Math.min(iterations, 2), learner.recent().size());
            Rollout newest = learner.recent().next();
            BatchAssembler assembler =
                    new BatchAssembler(learner.actorCritic(), config(3).settings());
            Batch batch = assembler.assemble(newest, learner.recent());
            assertEquals(SIZE * Math.min(iterations + 1, 3), batch.size());
            assertEquals(SIZE, assembler.returns().length);
        }
    }

    @Test
    void eachRolloutKeepsTheLogProbabilitiesOfThePolicyThatDrewIt() {
        Learner learner = collected(3, 3);
        Rollout newest = learner.recent().next();
        double[] drawn = logProbabilities(learner, newest);
        double[] earlier = learner.recent().get(0).logProbabilities().clone();
        new BatchAssembler(learner.actorCritic(), config(3).settings()).assemble(newest, learner.recent());
        for (int i = 0; i < SIZE; i++) {
            assertEquals(drawn[i], newest.logProbabilities()[i], TOLERANCE);
        }
        assertArrayEquals(earlier, learner.recent().get(0).logProbabilities());
    }

    /**
     * The expected advantage is A_t = delta_t + gamma lambda c_(t+1) A_(t+1), as in {@code GeneralizedAdvantage}, with
     * the traces c = min(1, pi / mu) of V-trace. Here, pi is the current policy, and mu is the policy that drew the
     * sample. The agent computes A_t backwards; the test computes A_t as a sum forward in time.
     */
    @ParameterizedTest
    @CsvSource({"3, 0", "3, 1", "1, 1"})
    void weightsAndTracesAreCappedRatiosOfTheCurrentPolicyToThePolicyThatDrewTheSample(int reuse, int lag) {
        RunConfig config = config(reuse).with(RolloutSettings.LAG, lag);
        Learner learner = collected(config, 4);
        RecentRollouts recent = learner.recent();
        recent.next().renormalize(learner.normalizer());
        // Lowers the stored log probability of one action, so that its weight is capped.
        (lag == 1 ? recent.next() : recent.get(1)).logProbabilities()[3] -= 1;
        BatchAssembler assembler = new BatchAssembler(learner.actorCritic(), config.settings());
        Batch batch = assembler.assemble(recent.next(), recent);
        int rarer = 0;
        int likelier = 0;
        int capped = 0;
        for (int age = 0; age < reuse; age++) {
            Rollout rollout = age == 0 ? recent.next() : recent.get(age - 1);
            boolean drawnEarlier = age > 0 || lag == 1;
            double[] now = logProbabilities(learner, rollout);
            double[] values = values(learner, normalized(learner, rollout.rawObservations()));
            double[] last = values(learner, normalized(learner, rollout.rawLastObservations()));
            for (int i = 0; i < SIZE; i++) {
                double weight = 1;
                double discount = 1;
                double advantage = 0;
                for (int k = i; k < SIZE; k += ENVS) {
                    if (k > i) {
                        double ratio = drawnEarlier ? Math.exp(now[k] - rollout.logProbabilities()[k]) : 1;
                        discount *= config.get(RolloutSettings.GAMMA)
                                * config.get(RolloutSettings.LAMBDA)
                                * Math.min(1, ratio);
                    }
                    double next = rollout.truncated()[k]
                            ? finalValue(learner, rollout, k)
                            : k + ENVS < SIZE ? values[k + ENVS] : last[k % ENVS];
                    advantage +=
                            discount * (rollout.rewards()[k] + config.get(RolloutSettings.GAMMA) * next - values[k]);
                    if (rollout.truncated()[k]) {
                        break;
                    }
                }
                if (drawnEarlier) {
                    weight = Math.min(2, Math.exp(now[i] - rollout.logProbabilities()[i]));
                    rarer += weight < 1 ? 1 : 0;
                    likelier += weight > 1 && weight < 2 ? 1 : 0;
                    capped += weight == 2 ? 1 : 0;
                }
                String where = "age " + age + ", step " + i;
                assertEquals(weight, batch.weights()[age * SIZE + i], TOLERANCE, where);
                assertEquals(advantage, batch.advantages()[age * SIZE + i], TOLERANCE, where);
                if (age == 0) {
                    assertEquals(advantage + values[i], assembler.returns()[i], TOLERANCE, where);
                }
            }
        }
        assertTrue(
                rarer > 0 && likelier > 0 && capped > 0,
                rarer + " rarer, " + likelier + " likelier, " + capped + " capped");
    }

    private static double finalValue(Learner learner, Rollout rollout, int index) {
        double[] raw = rollout.finals().stream()
                .filter(last -> last.index() == index)
                .findFirst()
                .orElseThrow()
                .raw();
        return values(learner, normalized(learner, DMatrixRMaj.wrap(1, raw.length, raw)))[0];
    }

    private static double[] logProbabilities(Learner learner, Rollout rollout) {
        DMatrixRMaj observations = normalized(learner, rollout.rawObservations());
        Network network = learner.policy().network();
        Activations activations = network.activations(observations);
        network.forward(learner.theta(), activations, 0, SIZE);
        double[] out = new double[SIZE];
        learner.policy()
                .distribution()
                .logProbability(learner.policy().inputs(learner.theta(), activations), rollout.actions(), out, 0, SIZE);
        return out;
    }

    private static double[] values(Learner learner, DMatrixRMaj observations) {
        double[] values = new double[observations.numRows];
        learner.critic().predict(observations, values);
        return values;
    }

    private static DMatrixRMaj normalized(Learner learner, DMatrixRMaj raw) {
        RunningMoments moments = learner.normalizer().moments();
        DMatrixRMaj out = raw.copy();
        for (int row = 0; row < raw.numRows; row++) {
            for (int j = 0; j < raw.numCols; j++) {
                double z = (raw.get(row, j) - moments.mean()[j]) / Math.sqrt(moments.variance(j) + 1e-8);
                out.set(row, j, Math.max(-10, Math.min(10, z)));
            }
        }
        return out;
    }

    /** A learner after some iterations, with one more rollout that it has not learned from yet. */
    private static Learner collected(int reuse, int iterations) {
        return collected(config(reuse), iterations);
    }

    private static Learner collected(RunConfig config, int iterations) {
        Learner learner = new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Trainer trainer = new Trainer(config, learner, List.of(new LineEnv(ENVS)));
        trainer.reset();
        for (int i = 0; i < iterations; i++) {
            Iterations.one(trainer);
        }
        assertTrue(trainer.collect(() -> false));
        return learner;
    }

    private static RunConfig config(int reuse) {
        return Configs.small(3).with(RolloutSettings.REUSE, reuse);
    }
}
