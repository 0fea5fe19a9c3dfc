// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings that distinguish groups of runs. */
class GroupsTest {

    @TempDir
    private Path directory;

    @Test
    void aSettingOfOneAlgorithmIsInTheLabelsOnlyIfRunsOfThisAlgorithmDiffer() throws IOException {
        run("a", 1, "trpo", "\"delta\":{\"value\":\"0.02\"}");
        run("b", 1, "ppo", "\"clip-range\":{\"value\":\"0.2\"}");
        assertEquals(List.of("algorithm=ppo", "algorithm=trpo"), labels());
        run("c", 1, "trpo", "\"delta\":{\"value\":\"0.01\"}");
        assertEquals(
                List.of("algorithm=ppo, delta=-", "algorithm=trpo, delta=0.01", "algorithm=trpo, delta=0.02"),
                labels(),
                "two runs of TRPO differ in delta");
        run("b", 1, "ppo", "\"gamma\":{\"value\":\"0.9\"}");
        assertTrue(labels().get(0).endsWith("gamma=0.9"), "gamma affects PPO and TRPO: " + labels());
    }

    @Test
    void aSettingDoesNotDistinguishTwoRunsIfTheSamplingOfOneRunIgnoresIt() throws IOException {
        run("a", 1, "trpo", "\"sampling\":{\"value\":\"path\"},\"reuse\":{\"value\":\"1\"}");
        run("b", 1, "trpo", "\"sampling\":{\"value\":\"vine\"}");
        assertEquals(List.of("sampling=path", "sampling=vine"), labels());
    }

    @Test
    void aRunFromBeforeASettingExistedIsGroupedWithTheRunsThatHaveItsDefault() throws IOException {
        run("a", 1, "trpo", "\"gamma\":{\"value\":\"0.99\"}");
        run("b", 2, "trpo", "\"noise-color\":{\"value\":\"0.0\"}");
        assertEquals(List.of(""), labels());
        run("c", 3, "trpo", "\"noise-color\":{\"value\":\"1.0\"}");
        assertEquals(List.of("noise-color=0.0", "noise-color=1.0"), labels());
    }

    @Test
    void aPathOnTheMachineOrASettingThatNeverChangesAResultDoesNotMakeGroups() throws IOException {
        run("a", 1, "trpo", "\"checkpoint-every\":{\"value\":\"0\"}");
        run("b", 2, "trpo", "\"eval-every\":{\"value\":\"4096\"}");
        run("c", 3, "trpo", "\"workers\":{\"value\":\"2\"}");
        run("d", 4, "trpo", "\"python\":{\"value\":\"/opt/python\"}");
        assertEquals(List.of(""), labels());
    }

    /** The first run has no --import. Only a server that the agent did not start may have imported the module. */
    @ParameterizedTest
    @CsvSource({"true, ''", "false, 'import=-;import=mylab'"})
    void aRunWithoutImportOnAServerOfTheUserJoinsTheOtherRunsIfTheyHaveOneImport(boolean given, String expected)
            throws IOException {
        run("a", 1, "trpo", "\"gamma\":{\"value\":\"0.9\"}");
        run("b", 2, "trpo", "\"gamma\":{\"value\":\"0.9\"},\"import\":{\"value\":\"mylab\"}");
        Files.writeString(
                directory.resolve("a/manifest.json"),
                "{\"env_id\":\"E-v1\",\"seed\":1,\"status\":\"finished\",\"fleet\":{\"servers\":["
                        + (given ? "{\"address\":\"one:1\"}" : "") + "]}}");
        assertEquals(List.of(expected.split(";")), labels());
        run("c", 3, "trpo", "\"gamma\":{\"value\":\"0.9\"},\"import\":{\"value\":\"other\"}");
        assertEquals(List.of("import=-", "import=mylab", "import=other"), labels());
    }

    private void run(String name, int seed, String algorithm, String setting) throws IOException {
        Path run = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                run.resolve("manifest.json"), "{\"env_id\":\"E-v1\",\"seed\":" + seed + ",\"status\":\"finished\"}");
        Files.writeString(
                run.resolve("config.json"), "{\"algorithm\":{\"value\":\"" + algorithm + "\"}," + setting + "}");
        Files.writeString(run.resolve("progress.csv"), "time/total_timesteps,rollout/ep_rew_mean\n1000,10\n2000,20\n");
    }

    private List<String> labels() throws IOException {
        List<Run> runs = new RunReader(OptionalDouble.empty(), remark -> {}).read(List.of(directory));
        return Groups.of(runs, List.of(), remark -> {}).stream()
                .map(Group::label)
                .toList();
    }
}
