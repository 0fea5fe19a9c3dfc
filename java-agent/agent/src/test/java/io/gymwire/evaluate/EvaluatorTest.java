// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.learn.Configs;
import io.gymwire.learn.Learner;
import io.gymwire.learn.LineEnv;
import io.gymwire.rollout.InvalidOutputException;
import io.gymwire.testing.MemoryStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private static final boolean[] NO = new boolean[2];

    private final Learner learner = new Learner(Configs.small(3), LineEnv.OBSERVATIONS, LineEnv.ACTIONS);

    @Test
    void playsOneWholeEpisodePerSeedInOrder() {
        List<Integer> opened = new ArrayList<>();
        List<Evaluator.Episode> episodes = Evaluator.evaluate(
                learner,
                count -> {
                    opened.add(count);
                    return new LineEnv(count);
                },
                40,
                true,
                100);
        assertEquals(
                LongStream.range(100, 140).boxed().toList(),
                episodes.stream().map(Evaluator.Episode::seed).toList());
        assertEquals(List.of(16, 16, 8), opened);
        for (Evaluator.Episode episode : episodes) {
            assertEquals(5, episode.length());
            // The mean action of the untrained policy is exactly 0, so the point of LineEnv does not move.
            assertEquals(5.0 * -Math.abs(episode.seed() % 7 - 3), episode.totalReward());
        }
    }

    @Test
    void anEpisodeDoesNotDependOnHowManyArePlayed() {
        for (boolean deterministic : new boolean[] {true, false}) {
            List<Evaluator.Episode> many = Evaluator.evaluate(learner, LineEnv::new, 20, deterministic, 100);
            assertEquals(many.subList(0, 3), Evaluator.evaluate(learner, LineEnv::new, 3, deterministic, 100));
            assertEquals(many.subList(18, 20), Evaluator.evaluate(learner, LineEnv::new, 2, deterministic, 118));
        }
    }

    @Test
    void theErrorNamesTheEnvironmentAndTheStepOfAnInvalidRewardOrObservation() {
        NdArray two = NdArray.ofDoubles(DType.FLOAT64, new int[] {2, 2}, 0, 1, 0, 1);
        NdArray bad = NdArray.ofDoubles(DType.FLOAT64, new int[] {2, 2}, 0, 1, 0, Double.NEGATIVE_INFINITY);
        assertRefused("the reward NaN", new MemoryStep(two, new double[] {1, Double.NaN}, NO, NO, new NdArray[2]));
        assertRefused(
                "an observation whose element 1 is -Infinity",
                new MemoryStep(bad, new double[2], NO, NO, new NdArray[2]));
    }

    private void assertRefused(String what, MemoryStep third) {
        VectorEnv env = new LineEnv(2) {
            private int count;

            @Override
            protected VectorStep stepAll(NdArray actions) {
                VectorStep step = super.stepAll(actions);
                return ++count == 3 ? third : step;
            }
        };
        String message = assertThrows(
                        InvalidOutputException.class, () -> Evaluator.evaluate(learner, count -> env, 2, true, 100))
                .getMessage();
        assertTrue(message.startsWith("environment 1 of Line-v0 gave " + what + " at its step 3. "), message);
    }

    @Test
    void aLongEvaluationGivesOneRemark() {
        List<String> remarks = new ArrayList<>();
        Runnable count = new LongEvaluation("Lab/Arm-v0", remarks::add);
        for (int i = 0; i < 99_999; i++) {
            count.run();
        }
        assertEquals(List.of(), remarks);
        for (int i = 0; i < 200_000; i++) {
            count.run();
        }
        assertEquals(1, remarks.size());
        assertTrue(
                remarks.get(0).contains("Lab/Arm-v0 has already stepped its environments 100000 times"),
                remarks.toString());
    }

    /** Two evaluations can run at the same time, but two threads must not use the same encoder. */
    @Test
    void everyCallerHasAnEncoderOfItsOwn() {
        assertNotSame(learner.encoder(), learner.encoder());
    }

    @Test
    void writesOneRowPerEpisode() {
        List<Evaluator.Episode> episodes =
                List.of(new Evaluator.Episode(7, -0.125, 5), new Evaluator.Episode(8, 1e-9, 200));
        assertEquals(
                "step,seed,episode,return,length,policy\n64,7,0,-0.125,5,stochastic\n64,8,1,1.0E-9,200,stochastic\n",
                new String(Evaluator.csv(64, episodes, false), StandardCharsets.UTF_8));
    }

    @Test
    void anExceptionAfterAStepEndsTheEvaluationAndClosesItsSessions() {
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        IntFunction<VectorEnv> open = count -> new LineEnv(count) {
            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        assertThrows(
                Evaluator.StoppedException.class,
                () -> Evaluator.evaluate(learner, open, 20, true, () -> {
                    if (steps.incrementAndGet() == 3) {
                        throw new Evaluator.StoppedException();
                    }
                }));
        assertEquals(1, closed.get());
    }
}
