// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.DiscreteSpace;
import io.gymwire.env.Space;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.CategoricalPolicy;
import io.gymwire.policy.GaussianPolicy;
import io.gymwire.policy.Policy;
import io.gymwire.policy.ValueFunction;
import io.gymwire.rollout.ActionDecoder;
import io.gymwire.rollout.ObservationEncoder;
import io.gymwire.rollout.ObservationNormalizer;
import io.gymwire.rollout.RecentRollouts;
import io.gymwire.rollout.Rollout;

/**
 * Everything that training changes: the policy, the critic with its optimiser, the normaliser, the rollouts that are
 * reused and the counters. A {@link Checkpoint} holds exactly this.
 */
public final class Learner {

    private final ObservationEncoder encoder;
    private final ActionDecoder decoder;
    private final Policy policy;
    private final double[] theta;
    private final ValueFunction critic;
    private final ObservationNormalizer normalizer;
    private final RecentRollouts recent;
    private final long[] drawn;
    private long iterations;
    private long episodes;

    /**
     * A learner with its initial parameters.
     *
     * @throws IllegalArgumentException for a space that TRPO cannot read or drive, or more rollouts to reuse than a
     *     checkpoint can hold
     */
    public Learner(TrainConfig config, Space observationSpace, Space actionSpace) {
        this.encoder = new ObservationEncoder(observationSpace, config.observed());
        this.decoder = new ActionDecoder(actionSpace);
        this.policy = actionSpace instanceof DiscreteSpace discrete
                ? new CategoricalPolicy(encoder.size(), config.hidden(), Math.toIntExact(discrete.n()))
                : new GaussianPolicy(
                        encoder.size(),
                        config.hidden(),
                        config.initLogStd(),
                        config.clippedActions() ? decoder.clipped() : new boolean[decoder.size()],
                        config.noiseColor());
        this.theta = new double[policy.parameterCount()];
        policy.initialize(new RandomStream(config.seed(), Role.POLICY_INIT, 0), theta);
        this.critic = new ValueFunction(
                encoder.size(),
                config.criticHidden(),
                config.criticLr(),
                new RandomStream(config.seed(), Role.VALUE_INIT, 0));
        this.normalizer = new ObservationNormalizer(encoder.size(), encoder.isContinuous());
        RolloutsFile.requireRoom(config, encoder.size(), policy.actionSize());
        this.recent = new RecentRollouts(
                config.reuse() - 1,
                () -> new Rollout(config.segment(), config.envs(), encoder.size(), policy.actionSize()));
        this.drawn = new long[config.envs()];
    }

    /** An encoder of observations, the caller's own: those who play beside each other need one each. */
    public ObservationEncoder encoder() {
        return encoder.copy();
    }

    /** The decoder of actions. */
    public ActionDecoder decoder() {
        return decoder;
    }

    /** The policy's shape. */
    public Policy policy() {
        return policy;
    }

    /** The policy's parameters, live. */
    public double[] theta() {
        return theta;
    }

    /** The critic, live. */
    public ValueFunction critic() {
        return critic;
    }

    /** The normaliser, live. */
    public ObservationNormalizer normalizer() {
        return normalizer;
    }

    /** The rollouts that the next update learns from beside its own, live. */
    public RecentRollouts recent() {
        return recent;
    }

    /** Actions drawn for each environment in completed iterations [N], live. */
    public long[] drawn() {
        return drawn;
    }

    /** Completed iterations. */
    public long iterations() {
        return iterations;
    }

    /** Episodes that ended in completed iterations. */
    public long episodes() {
        return episodes;
    }

    /** Sets the counters. */
    public void setCounters(long iterations, long episodes) {
        this.iterations = iterations;
        this.episodes = episodes;
    }
}
