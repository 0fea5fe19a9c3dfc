// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.List;
import java.util.Map;

/**
 * The answer to one action.
 *
 * @param observation the observation to choose the next action from, of the observation space
 * @param reward the reward
 * @param terminated whether the episode reached a terminal state: the value of what follows is zero
 * @param truncated whether the episode was cut off from outside, as by a time limit; it may be so together with
 *     terminated
 * @param info the environment's info
 * @param omittedInfos the infos that cannot travel, which {@code info} lacks
 */
public record EnvStep(
        Object observation,
        double reward,
        boolean terminated,
        boolean truncated,
        Map<String, Object> info,
        List<OmittedInfo> omittedInfos) {

    /** The answer of an environment whose info is complete. */
    public EnvStep(Object observation, double reward, boolean terminated, boolean truncated, Map<String, Object> info) {
        this(observation, reward, terminated, truncated, info, List.of());
    }

    /** Says whether the episode terminated or was truncated: a reset must follow. */
    public boolean ended() {
        return terminated || truncated;
    }
}
