// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A run's manifest.json contains the hashes of the jars from which the program's classes are loaded. */
class AgentDescriptionTest {

    @Test
    void findsTheJarOfAClassUnlessTheClassIsInAFolder() {
        String jar =
                AgentDescription.jar(Test.class).orElseThrow().getFileName().toString();
        assertTrue(jar.startsWith("junit-jupiter-api-") && jar.endsWith(".jar"), jar);
        assertEquals(Optional.empty(), AgentDescription.jar(AgentDescriptionTest.class));
    }
}
