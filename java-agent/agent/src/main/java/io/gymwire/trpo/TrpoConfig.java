// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.trpo;

/**
 * The settings of one update.
 *
 * @param delta trust region: bound on the mean KL(old || new), in nats. 0.01 to 0.05 is usual; larger learns faster and
 *     breaks sooner. Paper: 0.01.
 * @param cgIterations most conjugate gradient iterations, each one Fisher-vector product. The paper found 10 enough;
 *     with fewer than 5 the direction is little better than the gradient.
 * @param cgTolerance conjugate gradient stops when the residual has fallen to this fraction of the gradient's norm. 0
 *     takes all iterations.
 * @param cgDamping added to the Fisher matrix's diagonal: keeps directions that the batch says nothing about short.
 *     0.1 is common with normalised observations; 0.001 to 0.01 suits small networks.
 * @param lineSearchSteps most step lengths tried before the update is given up. 10 to 15.
 * @param lineSearchShrink factor from one step length to the next, in (0, 1). 0.5 to 0.8.
 * @param acceptRatio least actual gain as a fraction of the gain that the gradient promises, in [0, 1). 0 accepts any
 *     improvement; Schulman's own code used 0.1.
 * @param fimSubsample the Fisher matrix is estimated from every n-th sample; 1 takes all. The paper used a tenth of
 *     batches of 50,000; for batches below 5,000 leave it at 1.
 * @param entropyCoefficient weight of the policy's mean entropy in the objective, in gradient and line search alike.
 *     TRPO needs none; 0.001 to 0.01 slows the loss of exploration.
 */
public record TrpoConfig(
        double delta,
        int cgIterations,
        double cgTolerance,
        double cgDamping,
        int lineSearchSteps,
        double lineSearchShrink,
        double acceptRatio,
        int fimSubsample,
        double entropyCoefficient) {

    public TrpoConfig {
        require(delta > 0 && Double.isFinite(delta), "delta must be positive", delta);
        require(cgIterations >= 1, "cg-iterations must be at least 1", cgIterations);
        require(
                cgTolerance >= 0 && cgTolerance < 1,
                "the conjugate gradient tolerance must lie in [0, 1)",
                cgTolerance);
        require(cgDamping >= 0 && Double.isFinite(cgDamping), "cg-damping must be 0 or more", cgDamping);
        require(lineSearchSteps >= 1, "line-search-steps must be at least 1", lineSearchSteps);
        require(
                lineSearchShrink > 0 && lineSearchShrink < 1,
                "line-search-shrink must lie between 0 and 1",
                lineSearchShrink);
        require(acceptRatio >= 0 && acceptRatio < 1, "accept-ratio must lie in [0, 1)", acceptRatio);
        require(fimSubsample >= 1, "fim-subsample must be at least 1", fimSubsample);
        require(
                entropyCoefficient >= 0 && Double.isFinite(entropyCoefficient),
                "entropy must be 0 or more",
                entropyCoefficient);
    }

    /** The settings that {@code train} has unless told otherwise; copies with others follow. */
    public static TrpoConfig defaults() {
        return new TrpoConfig(0.04, 10, 1e-6, 0.1, 10, 0.8, 0.1, 1, 0);
    }

    /** A copy with another trust region. */
    public TrpoConfig withDelta(double delta) {
        return new TrpoConfig(
                delta,
                cgIterations,
                cgTolerance,
                cgDamping,
                lineSearchSteps,
                lineSearchShrink,
                acceptRatio,
                fimSubsample,
                entropyCoefficient);
    }

    /** A copy with another conjugate gradient. */
    public TrpoConfig withConjugateGradient(int iterations, double tolerance, double damping) {
        return new TrpoConfig(
                delta,
                iterations,
                tolerance,
                damping,
                lineSearchSteps,
                lineSearchShrink,
                acceptRatio,
                fimSubsample,
                entropyCoefficient);
    }

    /** A copy with another line search. */
    public TrpoConfig withLineSearch(int steps, double shrink, double acceptRatio) {
        return new TrpoConfig(
                delta,
                cgIterations,
                cgTolerance,
                cgDamping,
                steps,
                shrink,
                acceptRatio,
                fimSubsample,
                entropyCoefficient);
    }

    /** A copy that takes every n-th sample for the Fisher matrix. */
    public TrpoConfig withFimSubsample(int fimSubsample) {
        return new TrpoConfig(
                delta,
                cgIterations,
                cgTolerance,
                cgDamping,
                lineSearchSteps,
                lineSearchShrink,
                acceptRatio,
                fimSubsample,
                entropyCoefficient);
    }

    /** A copy with another weight of the entropy. */
    public TrpoConfig withEntropyCoefficient(double entropyCoefficient) {
        return new TrpoConfig(
                delta,
                cgIterations,
                cgTolerance,
                cgDamping,
                lineSearchSteps,
                lineSearchShrink,
                acceptRatio,
                fimSubsample,
                entropyCoefficient);
    }

    private static void require(boolean condition, String rule, Number value) {
        if (!condition) {
            throw new IllegalArgumentException(rule + ", got " + value);
        }
    }
}
