// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.record.CsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluationsTest {

    private static final String HEAD = "step,seed,episode,return,length,policy\n";

    @TempDir
    private Path directory;

    @Test
    void theEvaluationWithTheLaterStepCounts() throws IOException {
        String during = HEAD + "100,1,0,5,9,deterministic\n200,1,0,7,9,deterministic\n200,1,0,8,9,stochastic\n";
        String after = HEAD + "100,1,0,40,9,deterministic\n";
        Evaluations early = evaluations(after, during);
        assertEquals(7, early.mean("deterministic"));
        assertEquals(8, early.mean("stochastic"));
        assertEquals(200, early.lastStep());
        Evaluations late = evaluations(after.replace("100", "200"), during);
        assertEquals(40, late.mean("deterministic"));
        assertEquals(8, late.mean("stochastic"));
        assertEquals(300, evaluations(after.replace("100", "300"), during).lastStep());
    }

    @Test
    void aFileWithoutStepsCountsOnlyIfThereIsNoOtherEvaluation() throws IOException {
        String old = "seed,episode,return,length,policy\n1,0,40,9,deterministic\n2,1,50,9,deterministic\n";
        assertEquals(45, evaluations(old, "").mean("deterministic"));
        assertEquals(Double.NaN, evaluations(old, "").mean("stochastic"));
        assertEquals(Double.NaN, evaluations(old, "").lastStep());
        assertEquals(3, evaluations(old, HEAD + "100,1,0,3,9,deterministic\n").mean("deterministic"));
    }

    private Evaluations evaluations(String after, String during) throws IOException {
        return new Evaluations(table("after.csv", after), table("during.csv", during));
    }

    private CsvTable table(String name, String text) throws IOException {
        return CsvTable.read(Files.writeString(directory.resolve(name), text), Set.of("policy"));
    }
}
