// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the Python server is installed.
 *
 * @param directory the folder {@code python-env-server}
 * @param python the interpreter of the environment that it runs in
 */
public record ServerHome(Path directory, Path python) {
    private static final String FOLDER = "python-env-server";
    private static final String PROPERTY = "gymwire.home";
    private static final String VARIABLE = "GYMWIRE_HOME";
    /** What Python says, and what the server says whose extra is not installed. */
    private static final Pattern LACKS_SERVER =
            Pattern.compile("No module named '?gymwire|the server's packages are not installed");
    /** Variables of Python that lead it to other places, or to a prompt. */
    private static final Set<String> FOREIGN = Set.of(
            "PYTHONHOME",
            "PYTHONPLATLIBDIR",
            "PYTHONEXECUTABLE",
            "PYTHONINSPECT",
            "PYTHONSTARTUP",
            "PYTHONIOENCODING",
            "__PYVENV_LAUNCHER__");
    /** Read by the server's __main__. */
    private static final String APPENDED_PATH = "GYMWIRE_PYTHONPATH";

    /**
     * Finds it under the system property gymwire.home, else under the environment variable GYMWIRE_HOME, else in the
     * working directory or the nearest folder above that has it.
     */
    public static ServerHome find() {
        return find(System.getProperty(PROPERTY), System.getenv(VARIABLE), Path.of(""));
    }

    /**
     * Finds it as {@link #find()} does, to run in another environment.
     *
     * @param interpreter of that environment; empty for the one that Gymwire manages
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
        return new ServerHome(directory(System.getProperty(PROPERTY), System.getenv(VARIABLE), Path.of("")), python);
    }

    /** Whether what an interpreter wrote says that the server, or a package of it, is not installed. */
    boolean lacksServer(String output) {
        return LACKS_SERVER.matcher(output).find();
    }

    /** The one command that installs the server into the interpreter's environment. */
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
     * Prepares a process of the interpreter whose environment variables cannot keep it from its own packages: those
     * that name another Python's places are left out, and the folders of PYTHONPATH come after its own packages (the
     * server appends them), where modules of users are found and no other numpy is.
     *
     * @param arguments of the interpreter
     * @param variables environment variables to set beside this process's own
     */
    public ProcessBuilder python(List<String> arguments, Map<String, String> variables) {
        List<String> command = new ArrayList<>(List.of(python.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.putAll(variables);
        environment.keySet().removeAll(FOREIGN);
        String path = environment.remove("PYTHONPATH");
        if (path != null) {
            environment.put(APPENDED_PATH, path);
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
                    "the server is not installed: " + python + " is missing; run ./gymwire once, or python3 " + FOLDER
                            + "/bootstrap.py");
        }
        return python;
    }
}
