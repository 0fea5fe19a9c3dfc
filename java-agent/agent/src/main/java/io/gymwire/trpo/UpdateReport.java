// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.trpo;

/**
 * Everything worth knowing about one update.
 *
 * @param outcome what happened to the policy
 * @param surrogateBefore L(theta_old), 0 plus the entropy bonus because advantages have mean 0
 * @param surrogateAfter L at the parameters kept
 * @param expectedGain gain that the gradient promises for the step taken (for the full step when none was)
 * @param divergenceLimit delta, in nats
 * @param divergence mean KL(old || new) at the parameters kept, in nats
 * @param entropy mean entropy of the policy kept, in nats
 * @param gradientNorm |g|
 * @param stepNorm |theta_new - theta_old| of the step along the search direction
 * @param stepScale beta = sqrt(2 delta / x'(F + damping I)x), the factor from CG's solution to the full step
 * @param backtracks step lengths rejected by the line search
 * @param cgResiduals |r| before conjugate gradient's first iteration and after each; empty when it did not run
 * @param explainedVariance 1 - Var(returns - values) / Var(returns) of the critic before it saw this batch: 1 is
 *     perfect, 0 no better than a constant; NaN when the returns are constant
 */
public record UpdateReport(
        Outcome outcome,
        double surrogateBefore,
        double surrogateAfter,
        double expectedGain,
        double divergenceLimit,
        double divergence,
        double entropy,
        double gradientNorm,
        double stepNorm,
        double stepScale,
        int backtracks,
        double[] cgResiduals,
        double explainedVariance) {

    /** What an update did. */
    public enum Outcome {
        /** A step was taken. */
        IMPROVED("the policy was improved"),
        /** No step length passed the line search; the old policy stays. */
        LINE_SEARCH_FAILED("no step length kept the KL bound and improved the surrogate"),
        /** All advantages are equal, so no action is better than another; the old policy stays. */
        CONSTANT_ADVANTAGES("all advantages are equal"),
        /** The gradient is zero; the old policy stays. */
        ZERO_GRADIENT("the surrogate's gradient is zero"),
        /** An advantage, the gradient or the search direction is NaN or infinite; the old policy stays. */
        NOT_FINITE("an advantage, the gradient or the search direction is not finite");

        private final String sentence;

        Outcome(String sentence) {
            this.sentence = sentence;
        }

        /** What happened, for people. */
        public String sentence() {
            return sentence;
        }
    }

    /** Whether the policy changed. */
    public boolean improved() {
        return outcome == Outcome.IMPROVED;
    }

    /** L(theta_new) - L(theta_old). */
    public double actualGain() {
        return surrogateAfter - surrogateBefore;
    }

    /** The relative residual of conjugate gradient's solution, |r| / |g|; NaN when it did not run. */
    public double relativeResidual() {
        return cgResiduals.length == 0 ? Double.NaN : cgResiduals[cgResiduals.length - 1] / cgResiduals[0];
    }
}
