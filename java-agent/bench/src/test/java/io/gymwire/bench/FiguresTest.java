// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ServerHome;
import io.gymwire.linalg.Kernels;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the medians, the tables, the verdicts about targets, and the error message about a Python program that has
 * ended. Also tests that Gymwire's kernels and EJML compute the same products.
 */
final class FiguresTest {

    @Test
    void theMedianIsTheMiddleValueOrTheMeanOfTheMiddleTwo() {
        Samples samples = new Samples();
        assertThrows(IllegalStateException.class, samples::median);
        samples.add(9);
        samples.add(1);
        assertEquals(5, samples.median());
        samples.add(2);
        assertEquals(2, samples.median());
    }

    @Test
    void textIsAlignedLeftAndNumbersRight() {
        Table table = new Table(1, "what", "n");
        table.row("a", "100");
        assertEquals(List.of("what    n", "a     100"), table.lines());
        assertThrows(IllegalArgumentException.class, () -> table.row("alone"));
    }

    @Test
    void aTargetIsMetIfTheFigureEqualsTheGoal() {
        assertTrue(Target.atLeast("speed", 45, 45, "").met());
        assertFalse(Target.atLeast("speed", 44.99, 45, "").met());
        assertTrue(Target.atMost("time", 3, 3, " s").met());
        assertFalse(Target.atMost("time", 3.01, 3, " s").met());
        assertArrayEquals(
                new String[] {"time", "3.01 s", "<= 3.00 s", "missed"},
                Target.atMost("time", 3.01, 3, " s").cells());
    }

    @ParameterizedTest
    @EnumSource(Product.Form.class)
    void theProductsOfTheKernelsAndOfEjmlAreTheSame(Product.Form form) {
        Product ours = new Product(form, 17, 6);
        ours.run(Kernels.best());
        Product ejml = new Product(form, 17, 6);
        ejml.runEjml();
        assertArrayEquals(ejml.result(), ours.result(), 1e-10);
        assertEquals(2.0 * 2048 * 17 * 6, ours.operations());
    }

    @Test
    void theErrorAfterTheEndOfAPythonProgramNamesTheProgramAndItsExitCode() throws IOException {
        try (PythonScript script = new PythonScript(ServerHome.find().python(), "in_process.py")) {
            IOException error = assertThrows(IOException.class, () -> script.ask(Map.of()));
            assertTrue(error.getMessage().startsWith("in_process.py ended with exit code 1"), error.getMessage());
        }
    }
}
