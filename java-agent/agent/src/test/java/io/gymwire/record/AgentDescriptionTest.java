// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The hashes in the manifest are those of the jars that the classes come from. */
class AgentDescriptionTest {

    @Test
    void aClassGivesItsJarIfItHasOne() {
        String jar =
                AgentDescription.jar(Test.class).orElseThrow().getFileName().toString();
        assertTrue(jar.startsWith("junit-jupiter-api-") && jar.endsWith(".jar"), jar);
        assertEquals(Optional.empty(), AgentDescription.jar(AgentDescriptionTest.class));
    }
}
