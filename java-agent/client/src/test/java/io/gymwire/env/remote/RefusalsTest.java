// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private long now = Long.MAX_VALUE; // of System.nanoTime(), which may overflow

    private final Refusals refusals = new Refusals(() -> now);

    @Test
    void aServerIsGoneForAllSessionsOnceItRefusedLongEnough() {
        assertFalse(refusals.isGoneAfterOneMore());
        pass(2000);
        assertFalse(refusals.isGoneAfterOneMore());
        pass(1);
        assertTrue(refusals.isGoneAfterOneMore());
        assertTrue(refusals.isGoneAfterOneMore(), "the next session need not wait");
    }

    @Test
    void aServerThatIsBackStartsAnew() {
        assertFalse(refusals.isGoneAfterOneMore());
        pass(1500);
        refusals.end();
        pass(1500);
        assertFalse(refusals.isGoneAfterOneMore());
        pass(1500);
        assertFalse(refusals.isGoneAfterOneMore());
        pass(501);
        assertTrue(refusals.isGoneAfterOneMore());
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
