// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.ActionBuffer;
import io.gymwire.observe.Encoder;
import java.util.function.BooleanSupplier;

/**
 * A driver that runs branches in the environments of one session. If an episode ends, its branch ends too. The
 * environment then continues with a new episode, because all environments of a session step together. The steps of the
 * new episode are not recorded.
 */
final class BranchSampler extends SessionDriver {

    private final BranchRound round;
    private BooleanSupplier stop;
    private int t;

    BranchSampler(VectorEnv session, int from, Encoder encoder, ActionDecoder decoder, BranchRound round) {
        super(session, from, encoder, decoder, round.actor());
        this.round = round;
    }

    @Override
    int number(int env) {
        return round.environment(env);
    }

    @Override
    long stepOf(int env) {
        return round.taken(env) + t + 1;
    }

    /**
     * Prepares this driver to run the branches of a round from their first step. The caller then restores the
     * environments to the states where the branches start.
     *
     * @param stop if it returns true after a step, the session's step loop ends before the branches are complete
     */
    void prepare(BooleanSupplier stop) {
        this.stop = stop;
        this.t = 0;
    }

    /** Whether the branches have taken all their steps. */
    boolean isComplete() {
        return t == round.horizon();
    }

    @Override
    public void choose(ActionBuffer actions) {
        round.act(t, from(), to());
        decode(round.actions(), from(), actions);
    }

    @Override
    public boolean take(VectorStep step) {
        for (int env = from(); env < to(); env++) {
            if (round.runs(env)) {
                round.reward(env, reward(step, env));
                if (step.terminated(env - from())) {
                    round.endTerminal(env);
                } else if (step.truncated(env - from())) {
                    round.endIn(lastObservation(step, env), 0, env);
                }
            }
        }
        observe(step);
        t++;
        if (!isComplete()) {
            return !stop.getAsBoolean();
        }
        for (int env = from(); env < to(); env++) {
            if (round.runs(env)) {
                round.endIn(actor().raw(), env, env);
            }
        }
        return false;
    }
}
