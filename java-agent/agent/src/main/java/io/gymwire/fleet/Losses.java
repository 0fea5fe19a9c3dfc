// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Notices the losses of sessions, and when there are too many to go on. */
final class Losses {

    /** Sessions whose server is lost so often at one step may be what ends it. */
    private static final int MOST_AT_ONE_STEP = 3;

    private final List<Loss> losses = new ArrayList<>();

    /**
     * Records the loss of a session.
     *
     * @param step that the run will go on from
     * @param servers the most that hosted sessions so far: each may be lost once without these being the reason
     * @throws EnvironmentException the failure itself, if it is no such loss, or one too many at this step
     */
    void record(EnvironmentException failure, long step, int servers) {
        if (!isLoss(failure)) {
            throw failure;
        }
        losses.add(new Loss(step, Instant.now(), failure.address(), failure.getMessage()));
        long atThisStep = losses.stream().filter(loss -> loss.step() == step).count();
        if (atThisStep >= MOST_AT_ONE_STEP + servers - 1) {
            throw failure;
        }
    }

    /**
     * Whether a session is gone with its server: it ended, or it is another one that knows the session no more. An
     * environment that is not known, with an exception of Gymnasium's behind it, will not be known later either.
     */
    private static boolean isLoss(EnvironmentException e) {
        boolean unknownSession =
                e.code() == ErrorCode.NOT_FOUND && e.exceptionClass().isEmpty();
        return !e.sessionAlive() && (e.code() == ErrorCode.UNAVAILABLE || unknownSession);
    }

    /** Whether there was none. */
    boolean isEmpty() {
        return losses.isEmpty();
    }

    /** All of them, in order. */
    List<Loss> all() {
        return List.copyOf(losses);
    }
}
