// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private long now = Long.MAX_VALUE; // the value of System.nanoTime(), which can overflow

    private final Refusals refusals = new Refusals(() -> now);

    @Test
    void aServerIsLostForAllSessionsAfterItRefusedForMoreThanTwoSeconds() {
        assertFalse(refusals.recordRefusal());
        pass(2000);
        assertFalse(refusals.recordRefusal());
        pass(1);
        assertTrue(refusals.recordRefusal());
        assertTrue(refusals.recordRefusal(), "the next session does not wait");
    }

    @Test
    void theTwoSecondsBeginAgainAfterTheServerAcceptedAConnection() {
        assertFalse(refusals.recordRefusal());
        pass(1500);
        refusals.end();
        pass(1500);
        assertFalse(refusals.recordRefusal());
        pass(1500);
        assertFalse(refusals.recordRefusal());
        pass(501);
        assertTrue(refusals.recordRefusal());
    }

    @Test
    void refusalsOfAnEarlierOutageDoNotCount() {
        assertFalse(refusals.recordRefusal());
        pass(3000);
        assertTrue(refusals.recordRefusal());
        pass(10_001);
        assertFalse(refusals.recordRefusal());
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
