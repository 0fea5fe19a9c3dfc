// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.distribution.Gaussian;
import io.gymwire.trpo.TrpoConfig;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The settings of a training run. The command line gives their defaults and tells where each comes from.
 *
 * @param envId id of the environment, e.g. CartPole-v1
 * @param seed of every random stream; not negative
 * @param steps environment steps over all environments; the run ends with the iteration that reaches them
 * @param envs N, the number of environments; changes the result
 * @param workers number of sessions that the environments are spread over, each with its own server process when the
 *     agent starts the servers; never changes the result
 * @param batch environment steps of one iteration over all environments; a multiple of envs
 * @param reuse how many rollouts an update learns from: its own and those before it; 1 is on-policy
 * @param gamma discount per step, in (0, 1]
 * @param lambda of generalised advantage estimation, in [0, 1]
 * @param trpo settings of the policy's update
 * @param observed elements of a Box observation, in row-major order, that policy and critic see, rising; empty for all
 * @param hidden widths of the policy's hidden layers; empty for a linear one
 * @param initLogStd log of the Gaussian policy's standard deviation at the start
 * @param clippedActions whether a number of an action that is clipped to its limit counts as the limit
 * @param noiseColor exponent of the Gaussian policy's noise, whose power is 1 / f^noiseColor, in
 *     [0, {@value Gaussian#MAX_NOISE_COLOR}]; 0 is white
 * @param criticHidden widths of the critic's hidden layers; empty for a linear one
 * @param criticEpochs passes of the critic over each batch
 * @param criticBatch rows of the critic's minibatches
 * @param criticLr Adam's step size at the start
 * @param anneal fraction of trpo.delta and criticLr that is left in the end, in (0, 1]; 1 keeps them
 * @param annealSteps environment steps in which they shrink, in a straight line; they then stay
 * @param checkpointSeconds least time between two checkpoints; never changes the result
 * @param evalEvery environment steps from one evaluation in training to the next; 0 for none
 * @param evalEpisodes episodes of such an evaluation
 */
public record TrainConfig(
        String envId,
        long seed,
        long steps,
        int envs,
        int workers,
        int batch,
        int reuse,
        double gamma,
        double lambda,
        TrpoConfig trpo,
        int[] observed,
        int[] hidden,
        double initLogStd,
        boolean clippedActions,
        double noiseColor,
        int[] criticHidden,
        int criticEpochs,
        int criticBatch,
        double criticLr,
        double anneal,
        long annealSteps,
        double checkpointSeconds,
        long evalEvery,
        int evalEpisodes) {

    /** Keeps the arrays of a batch within the lengths that Java has; far beyond what TRPO gains from. */
    private static final int MAX_BATCH = 1_000_000;

    public TrainConfig {
        require(seed >= 0, "seed must be 0 or more", seed);
        require(steps >= 1, "steps must be at least 1", steps);
        require(envs >= 1, "envs must be at least 1", envs);
        require(workers >= 1 && workers <= envs, "workers must lie between 1 and envs (" + envs + ")", workers);
        require(
                batch >= envs && batch % envs == 0,
                "batch must be a multiple of envs (" + envs + "), e.g. " + Math.max(envs, batch / envs * envs),
                batch);
        require(batch <= MAX_BATCH, "batch must be at most " + MAX_BATCH, batch);
        require(reuse >= 1, "reuse must be at least 1", reuse);
        require(
                (long) batch * reuse <= MAX_BATCH,
                "batch times reuse must be at most " + MAX_BATCH,
                (long) batch * reuse);
        require(gamma > 0 && gamma <= 1, "gamma must lie in (0, 1]", gamma);
        require(lambda >= 0 && lambda <= 1, "lambda must lie in [0, 1]", lambda);
        require(rising(observed), "observe must be elements that rise from 0, e.g. 0-26", Arrays.toString(observed));
        require(positive(hidden), "hidden must be positive layer widths, e.g. 64,64, or none", Arrays.toString(hidden));
        require(
                initLogStd >= Gaussian.MIN_LOG_STD && initLogStd <= Gaussian.MAX_LOG_STD,
                "init-log-std must lie in [" + Gaussian.MIN_LOG_STD + ", " + Gaussian.MAX_LOG_STD + "]",
                initLogStd);
        require(
                noiseColor >= 0 && noiseColor <= Gaussian.MAX_NOISE_COLOR,
                "noise-color must lie in [0, " + Gaussian.MAX_NOISE_COLOR + "]",
                noiseColor);
        require(
                positive(criticHidden),
                "critic-hidden must be positive layer widths, e.g. 64,64, or none",
                Arrays.toString(criticHidden));
        require(criticEpochs >= 1, "critic-epochs must be at least 1", criticEpochs);
        require(criticBatch >= 1, "critic-batch must be at least 1", criticBatch);
        require(criticLr > 0 && Double.isFinite(criticLr), "critic-lr must be positive", criticLr);
        require(anneal > 0 && anneal <= 1, "anneal must lie in (0, 1]", anneal);
        require(annealSteps >= 1, "anneal-steps must be at least 1", annealSteps);
        require(evalEvery >= 0, "eval-every must be 0 or more steps", evalEvery);
        require(evalEpisodes >= 1, "eval-episodes must be at least 1", evalEpisodes);
        require(checkpointSeconds >= 0, "checkpoint-every must be 0 or more seconds", checkpointSeconds);
    }

    /** Steps of one environment in one iteration, T. */
    public int segment() {
        return batch / envs;
    }

    /** Bound on the mean KL divergence of an update, in nats, once {@code done} environment steps are taken. */
    public double deltaAfter(long done) {
        return trpo.delta() * left(done);
    }

    /** Step size of the critic's optimiser once {@code done} environment steps are taken. */
    public double criticLrAfter(long done) {
        return criticLr * left(done);
    }

    private double left(long done) {
        return done >= annealSteps ? anneal : 1 - (1 - anneal) * ((double) done / annealSteps);
    }

    private static boolean rising(int[] elements) {
        return IntStream.range(0, elements.length).allMatch(i -> elements[i] > (i == 0 ? -1 : elements[i - 1]));
    }

    private static boolean positive(int[] widths) {
        return Arrays.stream(widths).allMatch(width -> width >= 1);
    }

    private static void require(boolean condition, String rule, Object value) {
        if (!condition) {
            throw new IllegalArgumentException(rule + "; got " + value);
        }
    }
}
