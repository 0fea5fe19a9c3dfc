// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

/**
 * Generalised advantage estimation (Schulman et al. 2016, arXiv:1506.02438, equation 16): A_t = sum over l &gt;= 0 of
 * (gamma lambda)^l delta_(t+l), with delta_t = r_t + gamma V(s_(t+1)) - V(s_t). The sum runs to the end of the episode
 * or of the segment. It is computed backwards as A_t = delta_t + gamma lambda A_(t+1).
 *
 * <p>If a policy mu collected the transitions, and mu is not the current policy pi, a trace c_(t+1) in [0, 1] reduces
 * the rest of the sum: A_t = delta_t + gamma lambda c_(t+1) A_(t+1), as in V-trace (Espeholt et al. 2018,
 * arXiv:1802.01561) with c = min(1, pi / mu).
 *
 * <p>V(s_(t+1)) is 0 if the episode terminated at step t. After a truncation, it is the value of the episode's last
 * observation. At the segment's end, it is the value of the next observation. In both cases rewards could still follow.
 */
public final class GeneralizedAdvantage {

    private final double gamma;
    private final double lambda;

    /**
     * T steps of N environments; all arrays here have the index t * N + n.
     *
     * @param rewards [T*N]
     * @param terminated [T*N]
     * @param truncated [T*N]
     * @param envs N
     */
    public record Transitions(double[] rewards, boolean[] terminated, boolean[] truncated, int envs) {}

    /**
     * An estimator.
     *
     * @param gamma discount, in [0, 1]
     * @param lambda in [0, 1]. 0 uses the critic as much as possible (least variance). If all traces are 1, a lambda of
     *     1 uses the critic only for V(s_t) and for the state after the last reward of the sum (least bias)
     */
    public GeneralizedAdvantage(double gamma, double lambda) {
        this.gamma = gamma;
        this.lambda = lambda;
    }

    /**
     * Estimates advantages.
     *
     * @param transitions the steps; not modified
     * @param values V(s_t) [T*N]; not modified
     * @param nextValues V(s_(t+1)) [T*N]; ignored where terminated; not modified
     * @param traces c_t [T*N], 1 where the current policy collected the transition; not modified
     * @param advantages [T*N]; overwritten
     */
    public void estimate(
            Transitions transitions, double[] values, double[] nextValues, double[] traces, double[] advantages) {
        double[] rewards = transitions.rewards();
        int envs = transitions.envs();
        for (int i = rewards.length - 1; i >= 0; i--) {
            boolean lastOfSegment = i + envs >= rewards.length;
            boolean terminated = transitions.terminated()[i];
            boolean ended = terminated || transitions.truncated()[i];
            double next = terminated ? 0 : nextValues[i];
            double delta = rewards[i] + gamma * next - values[i];
            double rest = ended || lastOfSegment ? 0 : gamma * lambda * traces[i + envs] * advantages[i + envs];
            advantages[i] = delta + rest;
        }
    }
}
