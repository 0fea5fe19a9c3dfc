// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomAgentTest {
    @Test
    void playsFiveEpisodesAgainstTheRealServer() {
        PrintStream terminal = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            RandomAgent.main(new String[0]);
        } finally {
            System.setOut(terminal);
        }
        List<String> lines = output.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(5, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            assertTrue(lines.get(i).matches("episode " + (i + 1) + " lasted [1-9]\\d* steps"), lines.get(i));
        }
    }
}
