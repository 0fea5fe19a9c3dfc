// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.env.Snapshot;
import io.gymwire.env.StepDriver;
import io.gymwire.env.StepLoop;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.ActionBuffer;
import io.gymwire.observe.Encoder;
import io.gymwire.observe.InvalidObservationException;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * Steps the environments of one session. Among all N environments, counted from 0, these environments have the numbers
 * {@code from}, ..., {@code to - 1}. The drivers of several sessions work at the same time, each on its own rows of the
 * actor's matrices.
 */
abstract class SessionDriver implements StepDriver {

    private final VectorEnv session;
    private final int from;
    private final int to;
    private final Encoder encoder;
    private final ActionDecoder decoder;
    private final Actor actor;
    private final StepLoop loop;

    SessionDriver(VectorEnv session, int from, Encoder encoder, ActionDecoder decoder, Actor actor) {
        this.session = session;
        this.from = from;
        this.to = from + session.numEnvs();
        this.encoder = encoder;
        this.decoder = decoder;
        this.actor = actor;
        this.loop = session.loop(this);
    }

    /** The session. */
    final VectorEnv session() {
        return session;
    }

    /** The index of the session's first environment. */
    final int from() {
        return from;
    }

    /** The index after the session's last environment. */
    final int to() {
        return to;
    }

    /** The actor that chooses actions. */
    final Actor actor() {
        return actor;
    }

    /** The step loop that calls this driver. */
    final StepLoop loop() {
        return loop;
    }

    /**
     * The number of the environment in an error message about row {@code env} of the actor's matrices. For a branch, it
     * can differ from {@code env}: it is the number of the environment from which the branch's first state comes.
     */
    int number(int env) {
        return env;
    }

    /**
     * The step in an error message about row {@code env} of the actor's matrices: the number of steps that the row's
     * environment has taken so far, over all episodes. For a branch, it is the number of steps up to the branch's first
     * state, plus the branch's own steps.
     */
    abstract long stepOf(int env);

    /** Restores the session's environments; {@code snapshots} has the states of all environments. */
    final void restore(List<Snapshot> snapshots) {
        observe(session.restore(snapshots.subList(from, to)).batch());
    }

    /** Encodes the first observations of new episodes, or the observations of restored states. */
    final void observe(Object observations) {
        try {
            encoder.encode(observations, to - from, actor.raw(), from);
        } catch (InvalidObservationException e) {
            throw invalid(from + e.index(), e.getMessage());
        }
    }

    /** Encodes the observations after a step. */
    final void observe(VectorStep step) {
        try {
            encoder.encodeStep(step, to - from, actor.raw(), from);
        } catch (InvalidObservationException e) {
            throw invalid(from + e.index(), e.getMessage());
        }
    }

    /** Decodes the session's actions; the first one is in row {@code row}. */
    final void decode(DMatrixRMaj rows, int row, ActionBuffer actions) {
        decoder.decode(rows, row, to - from, actions);
    }

    /** The reward of an environment in a step. */
    final double reward(VectorStep step, int env) {
        double reward = step.reward(env - from);
        if (!Double.isFinite(reward)) {
            throw invalid(env, "the reward " + reward);
        }
        return reward;
    }

    /** The last observation of an episode that ended in this step, encoded, not normalised [1][observation size]. */
    final DMatrixRMaj lastObservation(VectorStep step, int env) {
        DMatrixRMaj raw = new DMatrixRMaj(1, encoder.size());
        try {
            encoder.encode(step.finalSample(env - from), 1, raw, 0);
        } catch (InvalidObservationException e) {
            throw invalid(env, e.getMessage());
        }
        return raw;
    }

    private InvalidOutputException invalid(int env, String what) {
        return new InvalidOutputException(session.envId(), number(env), stepOf(env), what);
    }
}
