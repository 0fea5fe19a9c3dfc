// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The losses of sessions. This class decides when there are too many losses to continue. */
final class Losses {

    /** With one server: after this many losses at one step, the sessions themselves are probably the cause. */
    private static final int MOST_AT_ONE_STEP = 3;

    private final List<Loss> losses = new ArrayList<>();

    /**
     * Records the loss of a session.
     *
     * @param step the step from which the run will continue
     * @param servers the largest number of servers that had sessions at the same time; always 1 if the agent starts the
     *     servers. Each server that the agent did not start can be lost once for a reason outside its sessions, so the
     *     allowed number of losses grows with the number of these servers
     * @throws EnvironmentException the failure itself, if there were too many losses at this step, or if the failure is
     *     not the loss of a session
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
     * Whether a failure counts as the loss of a session. It counts if the session's server cannot be reached. It also
     * counts if the server that answers does not have the session (code NOT_FOUND), because this server is new or has
     * ended the session. An answer that does not come in time does not count. If Gymnasium does not have the
     * environment, the code is NOT_FOUND too, but the failure names Gymnasium's exception. Such a failure is not a
     * loss, because a later attempt would fail too.
     */
    private static boolean isLoss(EnvironmentException e) {
        boolean unknownSession =
                e.code() == ErrorCode.NOT_FOUND && e.exceptionClass().isEmpty();
        return !e.sessionAlive() && (e.code() == ErrorCode.UNAVAILABLE || unknownSession);
    }

    /** Whether there are no losses. */
    boolean isEmpty() {
        return losses.isEmpty();
    }

    /** All losses, in order. */
    List<Loss> all() {
        return List.copyOf(losses);
    }
}
