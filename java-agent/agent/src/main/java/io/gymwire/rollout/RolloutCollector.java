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
 * Steps N environments with a policy, T steps each.
 *
 * <p>The environments may be spread over several {@link VectorEnv}s (sessions), which go on independently: while the
 * actions of one are computed, the others simulate. What is collected does not depend on how they are spread. Sessions
 * must reset in the step that ends an episode (SAME_STEP).
 */
public final class RolloutCollector {

    /** How long one session is waited for before the next is looked after. */
    private static final long TURN_NANOS = 20_000_000;

    private final List<SessionSampler> samplers = new ArrayList<>();
    private final Actor actor;
    private volatile boolean stopped;

    /** A collector over sessions whose environments are numbered through in order. */
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
     * The state of the environments between two rollouts.
     *
     * @throws EnvironmentException with the code UNIMPLEMENTED if the server cannot take down their state exactly
     */
    public EnvironmentStates states() {
        int envs = samplers.get(samplers.size() - 1).to();
        EnvironmentStates states = new EnvironmentStates(new Snapshot[envs], new double[envs], new long[envs]);
        samplers.forEach(sampler -> sampler.save(states));
        return states;
    }

    /** Puts the environments where they stood: to be done instead of {@link #reset}. */
    public void restore(EnvironmentStates states) {
        samplers.forEach(sampler -> sampler.restore(states));
    }

    /**
     * Fills a rollout, going on where the last one ended.
     *
     * @param rollout overwritten
     * @param stop asked between steps, by the threads on which answers arrive; once true, collection ends and the
     *     rollout is unusable
     * @return whether the rollout is complete
     * @throws NonFiniteException when an observation or a reward is NaN or infinite
     */
    public boolean collect(Rollout rollout, BooleanSupplier stop) {
        stopped = false;
        run(rollout, () -> {
            if (!stopped && stop.getAsBoolean()) {
                stopped = true;
            }
            return stopped;
        });
        rollout.finals().clear();
        rollout.episodes().clear();
        for (SessionSampler sampler : samplers) {
            if (!sampler.isComplete()) {
                return false;
            }
            sampler.addEpisodes();
        }
        actor.observe(0, rollout.envs());
        rollout.rawLastObservations().setTo(actor.raw());
        rollout.lastObservations().setTo(actor.normalized());
        rollout.finals().sort(Comparator.comparingInt(Rollout.Final::index));
        rollout.episodes().sort(Comparator.comparingInt(episode -> episode.step() * rollout.envs() + episode.env()));
        return true;
    }

    /** Collects a rollout; ends, also by an exception, only once no session has a step in flight. */
    private void run(Rollout rollout, BooleanSupplier stop) {
        List<SessionSampler> running = new ArrayList<>();
        RuntimeException failure = null;
        try {
            for (SessionSampler sampler : samplers) {
                sampler.start(rollout, stop);
                running.add(sampler);
            }
        } catch (RuntimeException e) {
            stopped = true;
            failure = e;
        }
        while (!running.isEmpty()) {
            for (SessionSampler sampler : List.copyOf(running)) {
                try {
                    if (sampler.await(TURN_NANOS)) {
                        running.remove(sampler);
                    }
                } catch (RuntimeException e) {
                    running.remove(sampler);
                    stopped = true;
                    if (failure == null) {
                        failure = e;
                    } else {
                        failure.addSuppressed(e);
                    }
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
