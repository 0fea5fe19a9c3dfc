// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The specification that is registered under an environment id, or the specification of a session's environments.
 *
 * @param id the id, for example {@code CartPole-v1}
 * @param maxEpisodeSteps the number of steps after which an episode is truncated; empty without a limit
 * @param rewardThreshold the return at which the environment counts as solved; empty if there is no such return
 * @param nondeterministic whether equal seeds and actions can still give different trajectories
 */
public record EnvironmentSpec(
        String id, OptionalLong maxEpisodeSteps, OptionalDouble rewardThreshold, boolean nondeterministic) {}
