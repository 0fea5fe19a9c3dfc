// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.CriticSettings;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.UpdateReport;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The policy's update on all cores (at most 16), and the critic's fit on one core, each with 2,048 samples. The limit
 * is 16, because the update splits 2,048 samples into 16 chunks, and one core computes a whole chunk. Observations and
 * actions have the same sizes as in an environment.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class UpdateJmh {

    private static final int SAMPLES = 2048;
    private static final int CRITIC_EPOCHS = 20;
    private static final int CRITIC_BATCH = 128;

    /** The environment that defines the sizes of observations and actions. */
    @Param({"CartPole-v1", "HalfCheetah-v5", "Humanoid-v5"})
    private String sizes;

    private Learner learner;
    private SyntheticBatch batch;
    private TrpoUpdate update;
    private double[] theta;

    /** Makes a learner and a batch. */
    @Setup
    public void setUp() {
        Settings settings = Settings.DEFAULTS
                .with(RolloutSettings.BATCH, SAMPLES)
                .with(RunSettings.WORKERS, 2)
                .with(RunSettings.ANNEAL, 1.0)
                .with(CriticSettings.EPOCHS, CRITIC_EPOCHS)
                .with(CriticSettings.MINIBATCH, CRITIC_BATCH);
        RunConfig config = new RunConfig(sizes, settings);
        learner = switch (sizes) {
            case "CartPole-v1" -> new Learner(config, box(4), new DiscreteSpace(2, 0, DType.INT64));
            case "HalfCheetah-v5" -> new Learner(config, box(17), box(6));
            default -> new Learner(config, box(348), box(17));
        };
        batch = SyntheticBatch.of(config, learner);
        update = new TrpoUpdate(learner.policy(), settings);
        theta = new double[learner.theta().length];
    }

    /** Gradient, conjugate gradient and line search. */
    @Benchmark
    public UpdateReport policy() {
        System.arraycopy(learner.theta(), 0, theta, 0, theta.length);
        return update.update(theta, batch.batch());
    }

    /** The critic's fit, on one thread. */
    @Benchmark
    public double critic() {
        return learner.critic()
                .fitting(batch.batch().observations(), batch.returns(), 1, new RandomStream(1, Role.MINIBATCH, 0))
                .run();
    }

    private static Space box(int size) {
        double[] low = new double[size];
        double[] high = new double[size];
        Arrays.fill(low, -1);
        Arrays.fill(high, 1);
        return new BoxSpace(DType.FLOAT64, new int[] {size}, low, high);
    }
}
