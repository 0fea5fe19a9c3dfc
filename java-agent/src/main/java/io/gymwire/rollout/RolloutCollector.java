// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.rollout;

import io.gymwire.env.NdArray;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.ejml.data.DMatrixRMaj;

/**
 * Steps N environments with a policy, T steps each.
 *
 * <p>The environments may be spread over several {@link VectorEnv}s (sessions): while the actions of one are computed,
 * the others simulate. What is collected does not depend on how they are spread. Sessions must reset in the step that
 * ends an episode (SAME_STEP).
 */
public final class RolloutCollector {

    private final List<? extends VectorEnv> sessions;
    private final int[]
            firstEnv; // [sessions + 1]: session s holds the environments firstEnv[s], ..., firstEnv[s + 1] - 1
    private final ObservationEncoder encoder;
    private final ActionDecoder decoder;
    private final ObservationNormalizer normalizer;
    private final Actor actor;
    private final double[] episodeReturn; // [N]
    private final long[] episodeLength; // [N]
    private final DMatrixRMaj finalRaw;
    private final DMatrixRMaj finalNormalized;

    /** A collector over sessions whose environments are numbered through in order. */
    public RolloutCollector(
            List<? extends VectorEnv> sessions, ObservationEncoder encoder, ActionDecoder decoder,
            ObservationNormalizer normalizer, Actor actor) {
        this.sessions = List.copyOf(sessions);
        this.encoder = encoder;
        this.decoder = decoder;
        this.normalizer = normalizer;
        this.actor = actor;
        this.firstEnv = new int[sessions.size() + 1];
        for (int s = 0; s < sessions.size(); s++) {
            firstEnv[s + 1] = firstEnv[s] + sessions.get(s).numEnvs();
        }
        int envs = firstEnv[sessions.size()];
        this.episodeReturn = new double[envs];
        this.episodeLength = new long[envs];
        this.finalRaw = new DMatrixRMaj(1, encoder.size());
        this.finalNormalized = new DMatrixRMaj(1, encoder.size());
    }

    /**
     * Starts an episode in every environment.
     *
     * @param seeds one per environment [N]; not modified
     */
    public void reset(long[] seeds) {
        for (int s = 0; s < sessions.size(); s++) {
            long[] own = Arrays.copyOfRange(seeds, firstEnv[s], firstEnv[s + 1]);
            setObservations(s, sessions.get(s).reset(own).observations());
        }
    }

    /**
     * Fills a rollout, going on where the last one ended.
     *
     * @param rollout overwritten
     * @param stop asked between steps; once true, collection ends and the rollout is unusable
     * @return whether the rollout is complete
     * @throws NonFiniteException when an observation or a reward is NaN or infinite
     */
    public boolean collect(Rollout rollout, BooleanSupplier stop) {
        rollout.finals().clear();
        rollout.episodes().clear();
        for (int s = 0; s < sessions.size(); s++) {
            act(s, rollout, 0);
        }
        for (int t = 0; t < rollout.steps(); t++) {
            boolean goOn = t + 1 < rollout.steps() && !stop.getAsBoolean();
            for (int s = 0; s < sessions.size(); s++) {
                receive(s, rollout, t);
                if (goOn) {
                    act(s, rollout, t + 1);
                }
            }
            if (!goOn && t + 1 < rollout.steps()) {
                return false;
            }
        }
        actor.observe(0, rollout.envs());
        rollout.lastObservations().setTo(actor.normalized());
        rollout.finals().sort(Comparator.comparingInt(Rollout.Final::index));
        rollout.episodes().sort(Comparator.comparingInt(episode -> episode.step() * rollout.envs() + episode.env()));
        return true;
    }

    /** Chooses the actions of session s at step t, records them, and sends them off. */
    private void act(int s, Rollout rollout, int t) {
        int from = firstEnv[s];
        int to = firstEnv[s + 1];
        int row = t * rollout.envs();
        actor.act(from, to, false, rollout.actions(), row);
        copyRows(actor.raw(), from, rollout.rawObservations(), row + from, to - from);
        copyRows(actor.normalized(), from, rollout.observations(), row + from, to - from);
        sessions.get(s).sendStep(decoder.decode(rollout.actions(), row + from, to - from));
    }

    private void receive(int s, Rollout rollout, int t) {
        VectorStep step = sessions.get(s).receiveStep();
        for (int i = 0; i < firstEnv[s + 1] - firstEnv[s]; i++) {
            int env = firstEnv[s] + i;
            int index = t * rollout.envs() + env;
            double reward = step.reward(i);
            if (!Double.isFinite(reward)) {
                throw new NonFiniteException(
                        sessions.get(s).environmentId(), env, actor.drawn()[env], "the reward " + reward);
            }
            rollout.rewards()[index] = reward;
            rollout.terminated()[index] = step.terminated(i);
            rollout.truncated()[index] = step.truncated(i);
            episodeReturn[env] += reward;
            episodeLength[env]++;
            if (step.ended(i)) {
                rollout.episodes().add(new Rollout.Episode(env, t, episodeReturn[env], episodeLength[env]));
                episodeReturn[env] = 0;
                episodeLength[env] = 0;
                if (!step.terminated(i)) {
                    rollout.finals().add(new Rollout.Final(index, finalObservation(step.finalObservation(i), s, env)));
                }
            }
        }
        setObservations(s, step.observations());
    }

    private double[] finalObservation(NdArray observation, int s, int env) {
        encoder.encode(observation, 1, finalRaw, 0);
        requireFinite(finalRaw, 0, s, env);
        normalizer.normalize(finalRaw, finalNormalized, 0, 1);
        return finalNormalized.data.clone();
    }

    private void setObservations(int s, NdArray observations) {
        encoder.encode(observations, firstEnv[s + 1] - firstEnv[s], actor.raw(), firstEnv[s]);
        for (int env = firstEnv[s]; env < firstEnv[s + 1]; env++) {
            requireFinite(actor.raw(), env, s, env);
        }
    }

    private void requireFinite(DMatrixRMaj observations, int row, int s, int env) {
        int width = observations.numCols;
        for (int j = 0; j < width; j++) {
            double value = observations.data[row * width + j];
            if (!Double.isFinite(value)) {
                throw new NonFiniteException(sessions.get(s).environmentId(), env, actor.drawn()[env],
                        "an observation whose element " + j + " is " + value);
            }
        }
    }

    private static void copyRows(DMatrixRMaj from, int fromRow, DMatrixRMaj to, int toRow, int rows) {
        int width = from.numCols;
        System.arraycopy(from.data, fromRow * width, to.data, toRow * width, rows * width);
    }
}
