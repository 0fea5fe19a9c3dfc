// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The place where the Python server is installed.
 *
 * @param directory the folder {@code python-env-server}
 * @param python the interpreter of the Python environment in which the server runs
 */
public record ServerHome(Path directory, Path python) {
    private static final String FOLDER = "python-env-server";
    private static final String PROPERTY = "gymwire.home";
    private static final String VARIABLE = "GYMWIRE_HOME";
    /** The error of a Python without Gymwire's package, or of a server without the packages that it needs. */
    private static final Pattern LACKS_SERVER =
            Pattern.compile("No module named '?gymwire|the server's packages are not installed");
    /** Variables that make Python use other directories or another encoding, or that are about its prompt. */
    private static final Set<String> FOREIGN = Set.of(
            "PYTHONHOME",
            "PYTHONPLATLIBDIR",
            "PYTHONEXECUTABLE",
            "PYTHONINSPECT",
            "PYTHONSTARTUP",
            "PYTHONIOENCODING",
            "__PYVENV_LAUNCHER__");
    /** The variable with the folders of PYTHONPATH. The server's __main__ appends them to its module path. */
    private static final String APPENDED_PATH = "GYMWIRE_PYTHONPATH";

    /**
     * Finds the server in the folder that the system property gymwire.home names. If the property is not set, the
     * environment variable GYMWIRE_HOME names the folder. If neither is set, this method searches the working directory
     * and the folders above it.
     */
    public static ServerHome find() {
        return find(System.getProperty(PROPERTY), System.getenv(VARIABLE), Path.of(""));
    }

    /**
     * Finds the server as {@link #find()} does, to run it in a Python environment that the caller chooses.
     *
     * @param interpreter the interpreter of that environment; empty for the environment that Gymwire manages
     */
    static ServerHome find(Optional<Path> interpreter) {
        if (interpreter.isEmpty()) {
            return find();
        }
        Path python = interpreter.get();
        if (!Files.isRegularFile(python) || !Files.isExecutable(python)) {
            throw new EnvironmentException(
                    ErrorCode.FAILED_PRECONDITION,
                    "",
                    "there is no Python interpreter " + python + "; name the python of the environment to use, such as"
                            + " /path/to/venv/bin/python");
        }
        // The path becomes absolute, because the process may start in another directory.
        return new ServerHome(
                directory(System.getProperty(PROPERTY), System.getenv(VARIABLE), Path.of("")), python.toAbsolutePath());
    }

    /** Whether an interpreter's output reports that the server, or one of its packages, is not installed. */
    boolean lacksServer(String output) {
        return LACKS_SERVER.matcher(output).find();
    }

    /** A message with the command that installs the server into the interpreter's environment. */
    String howToInstall() {
        String packages = directory.toString() + "[server]";
        return "the environment of " + python + " has no Gymwire server; install it with: " + quoted(python.toString())
                + " -m pip install " + quoted(packages);
    }

    private static String quoted(String word) {
        return '"' + word + '"';
    }

    static ServerHome find(String property, String variable, Path workingDirectory) {
        Path directory = directory(property, variable, workingDirectory);
        return new ServerHome(directory, interpreter(directory));
    }

    private static Path directory(String property, String variable, Path workingDirectory) {
        List<Path> candidates = new ArrayList<>();
        if (property != null) {
            candidates.add(Path.of(property));
        } else if (variable != null) {
            candidates.add(Path.of(variable));
        } else {
            for (Path path = workingDirectory.toAbsolutePath(); path != null; path = path.getParent()) {
                candidates.add(path);
            }
        }
        for (Path candidate : candidates) {
            Path directory = candidate.toAbsolutePath().normalize().resolve(FOLDER);
            if (Files.isDirectory(directory)) {
                return directory;
            }
        }
        throw new EnvironmentException(
                ErrorCode.FAILED_PRECONDITION,
                "",
                "there is no folder " + FOLDER + " in "
                        + candidates.get(0).toAbsolutePath().normalize() + (candidates.size() > 1 ? " or above" : "")
                        + "; set GYMWIRE_HOME to the folder of Gymwire");
    }

    /**
     * Prepares a process of the interpreter. The process uses the interpreter's own packages and settings: this method
     * removes variables that make Python use other directories or another encoding, or that are about its prompt. The
     * server searches the folders of PYTHONPATH only after its own packages. So it finds modules of users there, but
     * always uses its own numpy.
     *
     * @param arguments the arguments of the interpreter
     * @param variables environment variables in addition to those of the Java process
     */
    public ProcessBuilder python(List<String> arguments, Map<String, String> variables) {
        List<String> command = new ArrayList<>(List.of(python.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.putAll(variables);
        environment.keySet().removeAll(FOREIGN);
        String path = environment.remove("PYTHONPATH");
        if (path != null && !path.isEmpty()) {
            // Relative folders become absolute, because the server may run in another directory.
            environment.put(
                    APPENDED_PATH,
                    Arrays.stream(path.split(File.pathSeparator))
                            .map(folder -> Path.of(folder).toAbsolutePath().toString())
                            .collect(Collectors.joining(File.pathSeparator)));
        }
        return builder;
    }

    private static Path interpreter(Path directory) {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path python = directory.resolve(windows ? ".venv/Scripts/python.exe" : ".venv/bin/python");
        if (!Files.isExecutable(python)) {
            throw new EnvironmentException(
                    ErrorCode.FAILED_PRECONDITION,
                    "",
                    "the server is not installed: " + python + " is missing or not executable; run ./gymwire info, or"
                            + " python3 " + FOLDER + "/bootstrap.py");
        }
        return python;
    }
}
