// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.gymwire.files.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests how runs are found. The runs have failed at their start, so they need no file except the manifest. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows lets only some users make symbolic links")
class RunReaderTest {

    @TempDir
    private Path directory;

    private Path runs;

    @BeforeEach
    void makeTwoRuns() throws IOException {
        runs = directory.resolve("disk/runs");
        for (String name : List.of("a", "b")) {
            Path run = Files.createDirectories(runs.resolve(name));
            Files.writeString(
                    run.resolve("manifest.json"),
                    "{\"env_id\":\"E-v1\",\"seed\":1,\"status\":\"failed\",\"error\":\"x\"}");
        }
    }

    private static List<Path> found(Path... paths) throws IOException {
        RunReader reader = new RunReader(OptionalDouble.empty(), remark -> {});
        assertEquals(List.of(), reader.read(List.of(paths)));
        return reader.incomplete().stream().map(Incomplete::directory).toList();
    }

    @Test
    void runsAreFoundThroughGivenLinksAndThroughLinksInAGivenFolder() throws IOException {
        Path latest = Files.createSymbolicLink(directory.resolve("latest"), runs.resolve("b"));
        assertEquals(List.of(latest), found(latest));
        Path all = Files.createSymbolicLink(directory.resolve("all"), runs);
        assertEquals(List.of(all.resolve("a"), all.resolve("b")), found(all));
        Path chosen = Files.createDirectories(directory.resolve("chosen"));
        Path one = Files.createSymbolicLink(chosen.resolve("one"), runs.resolve("a"));
        assertEquals(List.of(one), found(chosen));
        assertEquals(List.of(one, all.resolve("b")), found(chosen, all), "a run that was found twice is read once");
    }

    @Test
    void runsAreFoundAtAnyDepth() throws IOException {
        Path deep = Files.createDirectories(directory.resolve("1/2/3/4/5/6"));
        Files.move(runs.resolve("a"), deep.resolve("a"));
        Files.move(runs.resolve("b"), directory.resolve("1/b"));
        assertEquals(List.of(deep.resolve("a"), directory.resolve("1/b")), found(directory));
        assertEquals(List.of(deep.resolve("a")), found(directory.resolve("1/2")));
    }

    @Test
    void aLoopOfLinksAndALinkToNothingAreSkipped() throws IOException {
        Files.createSymbolicLink(runs.resolve("loop"), runs);
        Files.createSymbolicLink(runs.resolve("a/up"), runs.resolve("a"));
        Files.createSymbolicLink(runs.resolve("gone"), directory.resolve("nothing"));
        Files.createSymbolicLink(runs.resolve("self"), runs.resolve("self"));
        assertEquals(List.of(runs.resolve("a"), runs.resolve("b")), found(runs));
    }

    @Test
    void aLinkToADirectoryThatCannotBeReadIsSkippedWithARemark() throws IOException {
        Path closed = Files.createDirectories(directory.resolve("closed"));
        Path link = Files.createSymbolicLink(runs.resolve("link"), closed);
        Path noLink = Files.createDirectories(directory.resolve("more/closed"));
        try {
            Files.setPosixFilePermissions(closed, Set.of());
            Files.setPosixFilePermissions(noLink, Set.of());
            assumeFalse(Files.isReadable(closed), "root can read every directory");
            List<String> remarks = new ArrayList<>();
            RunReader reader = new RunReader(OptionalDouble.empty(), remarks::add);
            assertEquals(List.of(), reader.read(List.of(runs)));
            assertEquals(2, reader.incomplete().size());
            assertEquals(link + " is left out, because it cannot be read: permission denied", remarks.get(0));
            IOException thrown = assertThrows(IOException.class, () -> found(directory.resolve("more")));
            assertTrue(thrown.getMessage().contains(noLink + " cannot be used"), thrown.getMessage());
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
            Files.setPosixFilePermissions(noLink, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aSeedOf18DigitsIsNotRounded() throws IOException {
        Path run = runs.resolve("a");
        Files.writeString(
                run.resolve("manifest.json"),
                "{\"env_id\":\"E-v1\",\"seed\":999999999999999997,\"status\":\"finished\"}");
        Files.writeString(run.resolve("config.json"), "{}");
        Files.writeString(run.resolve("progress.csv"), "time/total_timesteps,rollout/ep_rew_mean\n1000,10\n");
        List<Run> read = new RunReader(OptionalDouble.empty(), remark -> {}).read(List.of(run));
        assertEquals(999_999_999_999_999_997L, read.get(0).identity().seed());
    }

    @Test
    void theRemovalOfADirectoryKeepsWhatItsLinksLeadTo() throws IOException {
        Path links = Files.createDirectories(directory.resolve("links"));
        Files.createSymbolicLink(links.resolve("runs"), runs);
        Directories.remove(links);
        assertTrue(Files.notExists(links));
        assertEquals(List.of(runs.resolve("a"), runs.resolve("b")), found(runs));
    }
}
