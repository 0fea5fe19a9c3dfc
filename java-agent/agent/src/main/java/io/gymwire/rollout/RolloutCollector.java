// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorEnv;
import io.gymwire.observe.Encoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A collector of rollouts: it steps N environments with a policy, T steps each.
 *
 * <p>The environments can be spread over several {@link VectorEnv}s (sessions), which run independently: while one
 * thread computes the actions of a session, the environments of the other sessions step. The data do not depend on how
 * the environments are spread. A session must reset an environment in the step that ends the episode (SAME_STEP).
 */
public final class RolloutCollector {

    private final List<SessionSampler> samplers = new ArrayList<>();
    private final Actor actor;
    private Rollout rollout; // the rollout that is being filled, or was filled last

    /** A collector for sessions. Their environments are numbered consecutively, in the order of the sessions. */
    public RolloutCollector(List<? extends VectorEnv> sessions, Encoder encoder, ActionDecoder decoder, Actor actor) {
        this.actor = actor;
        int from = 0;
        for (VectorEnv session : sessions) {
            SessionSampler sampler = new SessionSampler(session, from, encoder.copy(), decoder, actor);
            samplers.add(sampler);
            from = sampler.to();
        }
    }

    /**
     * Starts an episode in every environment.
     *
     * @param seeds one per environment [N]; not modified
     */
    public void reset(long[] seeds) {
        samplers.forEach(sampler -> sampler.reset(seeds));
    }

    /**
     * The state of the environments between two rollouts, or between two parts of a rollout.
     *
     * @throws EnvironmentException with the code UNIMPLEMENTED if the server cannot save their state exactly
     */
    public EnvironmentStates states() {
        int envs = samplers.get(samplers.size() - 1).to();
        EnvironmentStates states = new EnvironmentStates(new Snapshot[envs], new double[envs], new long[envs]);
        samplers.forEach(sampler -> sampler.save(states));
        return states;
    }

    /** Restores the environments to {@code states}. The environments then need no {@link #reset}. */
    public void restore(EnvironmentStates states) {
        samplers.forEach(sampler -> sampler.restore(states));
    }

    /**
     * Fills a rollout. The environments continue where the last rollout ended.
     *
     * @param rollout the rollout to fill; overwritten
     * @param stop called between steps, by the threads that receive answers; if its result is true, the collection ends
     *     and the rollout is incomplete
     * @return whether the rollout is complete
     * @throws InvalidOutputException if an observation or a reward is invalid
     */
    public boolean collect(Rollout rollout, BooleanSupplier stop) {
        begin(rollout);
        if (!advance(rollout.steps(), stop)) {
            return false;
        }
        finish();
        return true;
    }

    /** Begins a rollout that {@link #advance} fills in parts. */
    void begin(Rollout rollout) {
        this.rollout = rollout;
        rollout.finals().clear();
        rollout.episodes().clear();
        samplers.forEach(sampler -> sampler.begin(rollout));
    }

    /**
     * Fills the first {@code until} steps, except the steps that are filled already.
     *
     * @return whether these steps are filled now; if not, the rollout is unusable
     */
    boolean advance(int until, BooleanSupplier stop) {
        if (samplers.get(0).filled() == until) {
            return true;
        }
        ParallelSessions sides = new ParallelSessions(stop);
        samplers.forEach(sampler -> sampler.prepare(until, sides::isStopped));
        sides.run(samplers.stream().map(SessionSampler::loop).toList());
        return samplers.stream().allMatch(sampler -> sampler.filled() == until);
    }

    /** Completes a filled rollout: adds the observations after the last step, and the ended episodes. */
    void finish() {
        samplers.forEach(SessionSampler::addEpisodes);
        actor.observe(0, rollout.envs());
        rollout.rawLastObservations().setTo(actor.raw());
        rollout.lastObservations().setTo(actor.normalized());
        rollout.finals().sort(Comparator.comparingInt(Rollout.Final::index));
        rollout.episodes().sort(Comparator.comparingInt(episode -> episode.step() * rollout.envs() + episode.env()));
    }

    /** The actor that chooses the actions. */
    Actor actor() {
        return actor;
    }
}
