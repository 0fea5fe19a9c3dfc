// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The result of one action: what Gymnasium's {@code step} returns, and which infos are missing. Immutable, except that
 * it contains the observation, the info and the list of missing infos as they were given, not as copies.
 */
public final class EnvStep {
    private final Object observation;
    private final double reward;
    private final boolean terminated;
    private final boolean truncated;
    private final Map<String, Object> info;
    private final List<OmittedInfo> omittedInfos;

    /**
     * The result of a step whose info is complete.
     *
     * @param observation the observation after the action, a member of the observation space
     * @param reward the reward
     * @param terminated whether the episode reached a terminal state, which has the value zero
     * @param truncated whether the episode was cut off from outside, for example by a time limit; both flags can be
     *     true
     * @param info the environment's info
     */
    public EnvStep(Object observation, double reward, boolean terminated, boolean truncated, Map<String, Object> info) {
        this.observation = observation;
        this.reward = reward;
        this.terminated = terminated;
        this.truncated = truncated;
        this.info = info;
        this.omittedInfos = List.of();
    }

    private EnvStep(EnvStep step, boolean truncated, Map<String, Object> info, List<OmittedInfo> omittedInfos) {
        this.observation = step.observation;
        this.reward = step.reward;
        this.terminated = step.terminated;
        this.truncated = truncated;
        this.info = info;
        this.omittedInfos = omittedInfos;
    }

    /** The observation after the action, a member of the observation space. */
    public Object observation() {
        return observation;
    }

    /** The reward. */
    public double reward() {
        return reward;
    }

    /** Whether the episode reached a terminal state, which has the value zero. */
    public boolean terminated() {
        return terminated;
    }

    /**
     * Whether the episode was cut off from outside, for example by a time limit; {@link #terminated()} can also be
     * true.
     */
    public boolean truncated() {
        return truncated;
    }

    /** The environment's info. */
    public Map<String, Object> info() {
        return info;
    }

    /** The infos that cannot be sent; {@link #info} lacks them. */
    public List<OmittedInfo> omittedInfos() {
        return omittedInfos;
    }

    /** Whether the episode terminated or was truncated. If so, a reset must follow. */
    public boolean ended() {
        return terminated || truncated;
    }

    /** The same result with another value of {@link #truncated()}. */
    public EnvStep withTruncated(boolean cut) {
        return new EnvStep(this, cut, info, omittedInfos);
    }

    /** The same result with another info. */
    public EnvStep withInfo(Map<String, Object> changed) {
        return new EnvStep(this, truncated, changed, omittedInfos);
    }

    /** The same result with a list of the infos that cannot be sent; {@link #info} lacks them. */
    public EnvStep withOmittedInfos(List<OmittedInfo> missing) {
        return new EnvStep(this, truncated, info, missing);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EnvStep step
                && Objects.equals(observation, step.observation)
                && Double.compare(reward, step.reward) == 0
                && terminated == step.terminated
                && truncated == step.truncated
                && Objects.equals(info, step.info)
                && Objects.equals(omittedInfos, step.omittedInfos);
    }

    @Override
    public int hashCode() {
        return Objects.hash(observation, reward, terminated, truncated, info, omittedInfos);
    }

    @Override
    public String toString() {
        return "EnvStep[observation=" + observation + ", reward=" + reward + ", terminated=" + terminated
                + ", truncated=" + truncated + ", info=" + info + ", omittedInfos=" + omittedInfos + "]";
    }
}
