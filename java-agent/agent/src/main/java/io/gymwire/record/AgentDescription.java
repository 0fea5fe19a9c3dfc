// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.env.VectorEnv;
import io.gymwire.files.Digests;
import io.gymwire.files.InputFile;
import io.gymwire.linalg.Kernels;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Describes this program and its machine, because both can affect the results and the speed. */
public final class AgentDescription {

    private static final long GIT_SECONDS = 5;

    private AgentDescription() {}

    /**
     * Describes the program (its version and hashes), the Java VM, the operating system, the number of processors, the
     * maximum heap and the kernels.
     */
    public static Map<String, Object> describe() throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", ProgramVersion.current());
        putHash(fields, "jar_sha256", AgentDescription.class);
        putHash(fields, "client_jar_sha256", VectorEnv.class);
        fields.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        fields.put(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        fields.put("processors", Runtime.getRuntime().availableProcessors());
        fields.put("max_heap_mib", Runtime.getRuntime().maxMemory() >> 20);
        fields.put("kernels", Kernels.best().describe());
        return fields;
    }

    /**
     * The commit of the program's Git checkout, and whether tracked files have been changed. The map is empty if there
     * is no checkout, or if git fails or does not end in time.
     */
    static Map<String, Object> git() {
        String home = System.getProperty("gymwire.home");
        if (home == null || !Files.exists(Path.of(home, ".git"))) {
            return Map.of();
        }
        Optional<String> commit = git(home, "rev-parse", "HEAD");
        Optional<String> changes = git(home, "status", "--porcelain", "--untracked-files=no");
        return commit.isEmpty() || changes.isEmpty()
                ? Map.of()
                : Map.of("commit", commit.get(), "changed", !changes.get().isEmpty());
    }

    /** SHA-256 of a file in hexadecimal digits. */
    public static String sha256(Path file) throws IOException {
        return Digests.sha256(new InputFile(file, "check that it exists, and check its permissions").bytes());
    }

    private static void putHash(Map<String, Object> fields, String name, Class<?> loaded) throws IOException {
        Optional<Path> jar = jar(loaded);
        if (jar.isPresent()) {
            fields.put(name, sha256(jar.get()));
        }
    }

    /** The jar from which a class was loaded; empty if the class was loaded from a folder. */
    static Optional<Path> jar(Class<?> loaded) {
        try {
            Path source = Path.of(
                    loaded.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Files.isRegularFile(source) ? Optional.of(source) : Optional.empty();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the location of " + loaded + " is not a URI", e);
        }
    }

    private static Optional<String> git(String home, String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "git";
        command[1] = "-C";
        command[2] = home;
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            try (InputStream out = process.getInputStream()) {
                // The answer usually fits into the pipe, so git can end before this method reads the answer. If very
                // many files have been changed, the answer does not fit, and git does not end in time.
                if (!process.waitFor(GIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                String answer = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
                return process.exitValue() == 0 ? Optional.of(answer) : Optional.empty();
            }
        } catch (IOException e) {
            // The usual cause: there is no git program on this machine.
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
