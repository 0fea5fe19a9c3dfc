// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import io.gymwire.policy.ValueFunction;

/**
 * The parts of a learner that choose actions and estimate values. The fields are the caller's own objects, not copies.
 *
 * @param theta the policy's parameters [P]
 * @param normalizer the normaliser of the observations of policy and critic
 */
public record ActorCritic(Policy policy, double[] theta, ValueFunction critic, ObservationNormalizer normalizer) {}
