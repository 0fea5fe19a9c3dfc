// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.ActionBuffer;
import io.gymwire.observe.Encoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.ejml.data.DMatrixRMaj;

/**
 * A driver that fills a session's rows of a rollout. This class allocates no memory in a step in which no episode ends.
 */
final class SessionSampler extends SessionDriver {

    private final double[] episodeReturn; // [to - from]
    private final long[] episodeLength; // [to - from]
    private final List<Rollout.Final> finals = new ArrayList<>();
    private final List<Rollout.Episode> episodes = new ArrayList<>();
    private Rollout rollout;
    private BooleanSupplier stop;
    private int until;
    private int t;

    SessionSampler(VectorEnv session, int from, Encoder encoder, ActionDecoder decoder, Actor actor) {
        super(session, from, encoder, decoder, actor);
        this.episodeReturn = new double[session.numEnvs()];
        this.episodeLength = new long[session.numEnvs()];
    }

    @Override
    long stepOf(int env) {
        return actor().drawn()[env];
    }

    /**
     * Starts an episode in every environment of the session.
     *
     * @param seeds one seed for each environment of all sessions
     */
    void reset(long[] seeds) {
        observe(session().reset(Arrays.copyOfRange(seeds, from(), to())).batch());
    }

    /** Writes the states of the session's environments into {@code states}. */
    void save(EnvironmentStates states) {
        List<Snapshot> snapshots = session().snapshots();
        for (int i = 0; i < episodeReturn.length; i++) {
            states.snapshots()[from() + i] = snapshots.get(i);
        }
        System.arraycopy(episodeReturn, 0, states.episodeReturns(), from(), episodeReturn.length);
        System.arraycopy(episodeLength, 0, states.episodeLengths(), from(), episodeLength.length);
    }

    /** Restores the session's environments from {@code states}. */
    void restore(EnvironmentStates states) {
        restore(Arrays.asList(states.snapshots()));
        System.arraycopy(states.episodeReturns(), from(), episodeReturn, 0, episodeReturn.length);
        System.arraycopy(states.episodeLengths(), from(), episodeLength, 0, episodeLength.length);
    }

    /** Begins to fill the session's rows of a rollout. */
    void begin(Rollout rollout) {
        this.rollout = rollout;
        this.t = 0;
        finals.clear();
        episodes.clear();
    }

    /**
     * Prepares the loop to fill the rows of the first {@code until} steps, except the rows that are filled already.
     *
     * @param stop called after each step except the last; if its result is true, the loop ends
     */
    void prepare(int until, BooleanSupplier stop) {
        this.until = until;
        this.stop = stop;
    }

    /** The number of steps filled. */
    int filled() {
        return t;
    }

    /** Adds the ended episodes, and the last observations of those that did not terminate, to the rollout's lists. */
    void addEpisodes() {
        rollout.finals().addAll(finals);
        rollout.episodes().addAll(episodes);
    }

    /** Chooses and records the actions of step t. */
    @Override
    public void choose(ActionBuffer actions) {
        int row = t * rollout.envs();
        actor().act(from(), to(), false, rollout.actions(), row);
        copyRows(actor().raw(), rollout.rawObservations(), row);
        copyRows(actor().normalized(), rollout.observations(), row);
        decode(rollout.actions(), row + from(), actions);
    }

    /** Records the results of step t. */
    @Override
    public boolean take(VectorStep step) {
        for (int env = from(); env < to(); env++) {
            take(step, env);
        }
        observe(step);
        t++;
        return t < until && !stop.getAsBoolean();
    }

    private void take(VectorStep step, int env) {
        int i = env - from();
        int index = t * rollout.envs() + env;
        double reward = reward(step, env);
        rollout.rewards()[index] = reward;
        rollout.terminated()[index] = step.terminated(i);
        rollout.truncated()[index] = step.truncated(i);
        episodeReturn[i] += reward;
        episodeLength[i]++;
        if (step.ended(i)) {
            episodes.add(new Rollout.Episode(env, t, episodeReturn[i], episodeLength[i]));
            episodeReturn[i] = 0;
            episodeLength[i] = 0;
            if (!step.terminated(i)) {
                finals.add(finalOf(index, lastObservation(step, env)));
            }
        }
    }

    private Rollout.Final finalOf(int index, DMatrixRMaj raw) {
        DMatrixRMaj normalized = new DMatrixRMaj(1, raw.numCols);
        actor().normalizer().normalize(raw, normalized, 0, 1);
        return new Rollout.Final(index, raw.data, normalized.data);
    }

    /** Copies the session's rows of {@code current}, which has one row per environment, to the rows of step t. */
    private void copyRows(DMatrixRMaj current, DMatrixRMaj all, int row) {
        int width = current.numCols;
        System.arraycopy(current.data, from() * width, all.data, (row + from()) * width, (to() - from()) * width);
    }
}
