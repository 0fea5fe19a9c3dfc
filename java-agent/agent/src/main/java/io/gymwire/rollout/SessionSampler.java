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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.ejml.data.DMatrixRMaj;

/**
 * Samples the environments of one session, which are {@code from}, ..., {@code to - 1} of a rollout. Samplers of
 * several sessions work side by side, each on rows of its own. A step allocates nothing unless an episode ends in it.
 */
final class SessionSampler implements StepDriver {

    private final VectorEnv session;
    private final int from;
    private final int to;
    private final Encoder encoder;
    private final ActionDecoder decoder;
    private final Actor actor;
    private final StepLoop loop;
    private final double[] episodeReturn; // [to - from]
    private final long[] episodeLength; // [to - from]
    private final List<Rollout.Final> finals = new ArrayList<>();
    private final List<Rollout.Episode> episodes = new ArrayList<>();
    private Rollout rollout;
    private BooleanSupplier stop;
    private int t;

    SessionSampler(VectorEnv session, int from, Encoder encoder, ActionDecoder decoder, Actor actor) {
        this.session = session;
        this.from = from;
        this.to = from + session.numEnvs();
        this.encoder = encoder;
        this.decoder = decoder;
        this.actor = actor;
        this.loop = session.loop(this);
        this.episodeReturn = new double[to - from];
        this.episodeLength = new long[to - from];
    }

    /** The environment after the last one. */
    int to() {
        return to;
    }

    /** Starts an episode in every environment; the seeds are one per environment of the rollout. */
    void reset(long[] seeds) {
        Object observations = session.reset(Arrays.copyOfRange(seeds, from, to)).batch();
        encoder.encode(observations, to - from, actor.raw(), from);
        requireFinite();
    }

    /** Writes where the session's environments stand. */
    void save(EnvironmentStates states) {
        List<Snapshot> snapshots = session.snapshots();
        for (int env = from; env < to; env++) {
            states.snapshots()[env] = snapshots.get(env - from);
        }
        System.arraycopy(episodeReturn, 0, states.episodeReturns(), from, to - from);
        System.arraycopy(episodeLength, 0, states.episodeLengths(), from, to - from);
    }

    /** Puts the session's environments where they stood. */
    void restore(EnvironmentStates states) {
        Object observations = session.restore(Arrays.asList(states.snapshots()).subList(from, to))
                .batch();
        encoder.encode(observations, to - from, actor.raw(), from);
        requireFinite();
        System.arraycopy(states.episodeReturns(), from, episodeReturn, 0, to - from);
        System.arraycopy(states.episodeLengths(), from, episodeLength, 0, to - from);
    }

    /**
     * Starts to fill the session's rows of a rollout.
     *
     * @param stop asked after each step but the last
     */
    void start(Rollout rollout, BooleanSupplier stop) {
        this.rollout = rollout;
        this.stop = stop;
        this.t = 0;
        finals.clear();
        episodes.clear();
        loop.start();
    }

    /** Waits up to {@code nanos} for the end, which comes early if asked to stop; see {@link StepLoop#await}. */
    boolean await(long nanos) {
        return loop.await(nanos);
    }

    /** Whether all rows are filled. */
    boolean isComplete() {
        return t == rollout.steps();
    }

    /** Adds what ended to the rollout's lists. */
    void addEpisodes() {
        rollout.finals().addAll(finals);
        rollout.episodes().addAll(episodes);
    }

    /** Chooses and records the actions of step t. */
    @Override
    public void choose(ActionBuffer actions) {
        int row = t * rollout.envs();
        actor.act(from, to, false, rollout.actions(), row);
        copyRows(actor.raw(), rollout.rawObservations(), row);
        copyRows(actor.normalized(), rollout.observations(), row);
        decoder.decode(rollout.actions(), row + from, to - from, actions);
    }

    /** Records what step t led to. */
    @Override
    public boolean take(VectorStep step) {
        for (int env = from; env < to; env++) {
            take(step, env);
        }
        encoder.encodeStep(step, to - from, actor.raw(), from);
        requireFinite();
        t++;
        return t < rollout.steps() && !stop.getAsBoolean();
    }

    private void take(VectorStep step, int env) {
        int i = env - from;
        int index = t * rollout.envs() + env;
        double reward = step.reward(i);
        if (!Double.isFinite(reward)) {
            throw new NonFiniteException(session.envId(), env, actor.drawn()[env], "the reward " + reward);
        }
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
                finals.add(finalOf(index, step.finalSample(i), env));
            }
        }
    }

    private Rollout.Final finalOf(int index, Object observation, int env) {
        DMatrixRMaj raw = new DMatrixRMaj(1, encoder.size());
        DMatrixRMaj normalized = new DMatrixRMaj(1, encoder.size());
        encoder.encode(observation, 1, raw, 0);
        requireFinite(raw, 0, env);
        actor.normalizer().normalize(raw, normalized, 0, 1);
        return new Rollout.Final(index, raw.data, normalized.data);
    }

    private void requireFinite() {
        for (int env = from; env < to; env++) {
            requireFinite(actor.raw(), env, env);
        }
    }

    private void requireFinite(DMatrixRMaj observations, int row, int env) {
        int width = observations.numCols;
        for (int j = 0; j < width; j++) {
            double value = observations.data[row * width + j];
            if (!Double.isFinite(value)) {
                throw new NonFiniteException(
                        session.envId(),
                        env,
                        actor.drawn()[env],
                        "an observation whose " + encoder.describe(j) + " is " + value);
            }
        }
    }

    /** Copies the session's rows of a matrix with one row per environment to those of step t. */
    private void copyRows(DMatrixRMaj current, DMatrixRMaj all, int row) {
        int width = current.numCols;
        System.arraycopy(current.data, from * width, all.data, (row + from) * width, (to - from) * width);
    }
}
