// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the memory that a rollout allocates with the memory that gRPC and protobuf allocate for the same messages
 * without a rollout. A separate JVM measures both. With the Vector API, the JIT compiler decides whether and when
 * vectors are objects in memory. Therefore, the separate JVM has neither the Vector API nor a JIT compiler.
 */
@Timeout(120)
final class RolloutAllocationTest {
    /**
     * The noise of the measurements, for example when gRPC renews a buffer. The test notices a new array per step if it
     * has at least 11 doubles.
     */
    private static final long TOLERANCE = 100; // bytes per step

    @TempDir
    Path directory;

    @Test
    void aStepAllocatesNothingExceptItsMessages() throws IOException, InterruptedException {
        try (ManagedServer server = ManagedServer.start()) {
            List<Long> bytes = measure(server.address());
            long bare = bytes.get(0);
            assertEquals(3, bytes.size());
            for (long ours : bytes) {
                assertTrue(ours <= bare + TOLERANCE, ours + " bytes per step; with gRPC only: " + bare);
            }
        }
    }

    /** The bytes per step that {@link RolloutAllocation} prints. */
    private List<Long> measure(String address) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RolloutAllocation.class.getName(),
                        address)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertTrue(process.waitFor(100, TimeUnit.SECONDS), "the measurement did not end");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(out).stream().map(Long::valueOf).toList();
    }
}
