// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentRolloutsTest {

    private int made;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void keepsTheLastRolloutsAndAgeZeroIsTheNewest(int most) {
        RecentRollouts recent = recent(most);
        List<Rollout> filled = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Rollout next = recent.next();
            assertSame(next, recent.next(), "the next rollout stays the same until it is kept");
            for (int age = 0; age < recent.size(); age++) {
                assertNotSame(next, recent.get(age));
            }
            recent.keep();
            filled.add(next);
            assertEquals(Math.min(i + 1, most), recent.size());
            for (int age = 0; age < recent.size(); age++) {
                assertSame(filled.get(i - age), recent.get(age));
            }
            int oldest = recent.size();
            assertThrows(IndexOutOfBoundsException.class, () -> recent.get(oldest));
        }
        assertEquals(Math.max(most + 1, 2), made);
    }

    @Test
    void theLastRolloutMayBeReadWhileTheNextIsFilled() {
        RecentRollouts none = recent(0);
        for (int i = 0; i < 5; i++) {
            Rollout last = none.next();
            none.keep();
            assertEquals(0, none.size());
            assertNotSame(last, none.next());
        }
    }

    @Test
    void rolloutsAreMadeOneByOneWhenTheyAreNeededOrAllAtOnceOnRequest() {
        RecentRollouts recent = recent(3);
        assertEquals(0, made);
        Rollout first = recent.next();
        assertEquals(1, made);
        recent.reserve();
        assertEquals(4, made);
        assertSame(first, recent.next());
    }

    private RecentRollouts recent(int most) {
        return new RecentRollouts(most, () -> {
            made++;
            return new Rollout(1, 1, 1, 1);
        });
    }
}
