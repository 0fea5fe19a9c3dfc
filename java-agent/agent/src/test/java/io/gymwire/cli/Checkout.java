// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.PythonTools;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder that looks like a checkout in which the agent, the bench and the Python environment are already built. It
 * has the scripts, a jar with a class path to the classes under test, a jar that starts {@link BenchStandIn} instead of
 * the bench, and a link to the Python environment of the tests.
 */
final class Checkout implements AutoCloseable {

    private static final long TIMEOUT_SECONDS = 120;

    private final Path home;

    /** Makes a checkout in a folder that does not exist yet. */
    Checkout(Path home) throws IOException {
        this.home = home;
        Path real = PythonTools.home();
        for (String folder : List.of(
                ".mvn",
                "proto/gymwire",
                "java-agent/client/src/main",
                "java-agent/agent/src/main",
                "java-agent/agent/target",
                "java-agent/bench/src/main",
                "java-agent/bench/target",
                "target",
                "python-env-server")) {
            Files.createDirectories(home.resolve(folder));
        }
        for (String file : List.of(
                "gymwire",
                "mvnw",
                ".mvn/find.sh",
                "pom.xml",
                "java-agent/pom.xml",
                "java-agent/client/pom.xml",
                "java-agent/agent/pom.xml",
                "java-agent/bench/pom.xml")) {
            Files.copy(real.resolve(file), home.resolve(file));
        }
        Files.createSymbolicLink(home.resolve("python-env-server/.venv"), real.resolve("python-env-server/.venv"));
        Files.createFile(home.resolve("python-env-server/bootstrap.py"));
        writeJar(home.resolve("java-agent/agent/target/gymwire.jar"), Gymwire.class);
        Files.createFile(home.resolve("java-agent/agent/target/gymwire.stamp"));
        writeJar(home.resolve("java-agent/bench/target/gymwire-bench.jar"), BenchStandIn.class);
        Files.createFile(home.resolve("java-agent/bench/target/gymwire-bench.stamp"));
    }

    /** Makes the agent look out of date to the launcher. */
    void forgetTheBuild() throws IOException {
        Files.deleteIfExists(home.resolve("java-agent/agent/target/gymwire.stamp"));
    }

    /** Makes every build write the content of the lock to its log, and then fail. */
    void failBuilds() throws IOException {
        failBuilds("readlink \"${0%/*}/target/build.lock\"");
    }

    /** Makes every build run a shell script, whose output goes to the log, and then fail. */
    void failBuilds(String script) throws IOException {
        Files.writeString(home.resolve("mvnw"), "#!/bin/sh\n" + script + "\nexit 1\n");
    }

    @Override
    public void close() throws IOException {
        Files.delete(home.resolve("python-env-server/.venv"));
    }

    Path launcher() {
        return home.resolve("gymwire");
    }

    /** The program that the bench's jar starts. It prints its arguments. */
    static final class BenchStandIn {

        private BenchStandIn() {}

        public static void main(String[] arguments) {
            System.out.println("bench with " + String.join(" ", arguments));
        }
    }

    private static void writeJar(Path jar, Class<?> program) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, program.getName());
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.flush();
        }
    }

    /**
     * Runs a shell script with only the environment variables PATH, HOME, JAVA_HOME and {@code variables}. In the
     * script, {@code "$@"} stands for the launcher and its arguments.
     */
    Cli.Outcome shell(Path directory, Map<String, String> variables, String script, String... args)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("launcher", ".out");
        Path err = Files.createTempFile("launcher", ".err");
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", script, "sh", launcher().toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "the launcher did not end");
            String errors = Files.readAllLines(err, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                    .collect(Collectors.joining("\n"));
            return new Cli.Outcome(process.exitValue(), Files.readString(out), errors);
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Runs the launcher. */
    Cli.Outcome run(Path directory, Map<String, String> variables, String... args)
            throws IOException, InterruptedException {
        return shell(directory, variables, "exec \"$@\"", args);
    }
}
