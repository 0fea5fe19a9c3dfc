// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.files.Directories;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server that runs as a child of this process. Relative names of files, for example in an environment's arguments,
 * are relative to the working directory of this process. The server ends when its standard input ends. The operating
 * system closes this input when this process ends, even if this process is killed.
 */
public final class ManagedServer implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    /** The longest wait for the end of a process that has closed its output. */
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(20);
    /** The longest wait for the end of a process after its connection was lost. The process may still run. */
    private static final Duration LOSS_TIMEOUT = Duration.ofSeconds(1);

    /** The variable with the directory that the server's __main__ enters. */
    private static final String DIRECTORY = "GYMWIRE_DIRECTORY";

    private static final String READY = "listening on ";
    /** The start of the last log line if the server refuses to start. */
    private static final String REFUSAL = "gymwire.server: ";

    private static final int REFUSED = 2;
    private static final int KILLED = 128;
    /** The maximum length of the socket's path, in bytes. Platforms have limits between 104 and 108 bytes. */
    private static final int LONGEST_SOCKET_PATH = 100;

    private final Path directory;
    private final Process process;
    private final OutputTail log;
    private final String address;
    private final ServerHome home;
    private final StartOptions options;

    private ManagedServer(StartOptions options) throws IOException {
        this.options = options;
        home = ServerHome.find(options.python());
        directory = Directories.makeTemporary("gymwire");
        // If close() is not called, Java deletes the two paths at exit, in reverse order: first the socket.
        directory.toFile().deleteOnExit();
        socket().toFile().deleteOnExit();
        Process started = null;
        try {
            ProcessBuilder builder = home.python(command(options.arguments()), options.variables())
                    // Python first looks for modules in the directory in which it starts. The caller's directory may
                    // have a random.py. So the server enters the caller's directory only after its start.
                    .directory(home.directory().toFile());
            builder.environment().put(DIRECTORY, Path.of("").toAbsolutePath().toString());
            started = builder.start();
            process = started;
            log = new OutputTail(process.getErrorStream(), "gymwire-server-log");
            address = awaitAddress();
        } catch (IOException | RuntimeException e) {
            if (started != null) {
                stop(started);
            }
            deleteDirectory();
            throw e;
        }
    }

    /** Starts a server with {@link StartOptions#OWN}. */
    public static ManagedServer start() {
        return start(StartOptions.OWN);
    }

    /**
     * Starts a server in the Python environment that Gymwire manages, with {@link Timeouts#DEFAULT}.
     *
     * @param arguments further arguments of {@code python -m gymwire.server}
     * @param variables environment variables in addition to those of this process; see {@link ServerHome#python}
     * @throws EnvironmentException if the server does not start
     */
    public static ManagedServer start(List<String> arguments, Map<String, String> variables) {
        return start(new StartOptions(Optional.empty(), arguments, variables, Timeouts.DEFAULT));
    }

    /**
     * Starts a server and waits until it listens.
     *
     * @throws EnvironmentException if the server does not start. The code is FAILED_PRECONDITION if the server is not
     *     installed, or if it exits by itself before it listens. Otherwise the code is UNAVAILABLE, because another
     *     try may succeed
     */
    public static ManagedServer start(StartOptions options) {
        try {
            return new ManagedServer(options);
        } catch (IOException e) {
            throw new EnvironmentException(
                    ErrorCode.UNAVAILABLE, "", "the environment server cannot be started: " + e.getMessage(), e);
        }
    }

    /**
     * Connects to the server, with the timeouts in {@link StartOptions}. If the server ends later, errors say how it
     * ended.
     */
    public RemoteServer connect() {
        return connect(options.timeouts());
    }

    /**
     * Connects to the server. If the server ends later, errors say how it ended.
     *
     * @param timeout the longest wait for any answer, including the answer to one step of all environments; only a
     *     Close has its own, fixed time
     */
    public RemoteServer connect(Duration timeout) {
        return connect(Timeouts.of(timeout));
    }

    private RemoteServer connect(Timeouts longest) {
        return RemoteServer.connect(ConnectOptions.of(address).withTimeouts(longest), this::postMortem);
    }

    /** The address that the server listens on. */
    public String address() {
        return address;
    }

    /** The server's process id. */
    public long pid() {
        return process.pid();
    }

    /** The last lines of the server's log, for error messages. */
    public String logTail() {
        return log.text();
    }

    /**
     * Closes the server's standard input, and waits up to 5 s for the server to end. If it does not end, kills it. Then
     * deletes the directory of its socket.
     */
    @Override
    public void close() {
        stop(process);
        deleteDirectory();
    }

    private List<String> command(List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of("-m", "gymwire.server", "--managed", "--listen", listenAddress()));
        command.addAll(arguments);
        return command;
    }

    private String listenAddress() {
        boolean fits = socket().toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
        return Channels.hasUnixSockets() && fits ? "unix:" + socket() : "127.0.0.1:0";
    }

    private Path socket() {
        return directory.resolve("server.sock");
    }

    private String awaitAddress() {
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> readOutput(ready), "gymwire-server-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return ready.get(options.timeouts().start().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw failedStart(
                    "did not start " + Timeouts.remedy(options.timeouts().start()) + " if the machine is busy");
        } catch (ExecutionException e) {
            // The interpreter has closed its output and is about to exit. On a busy machine, the exit can take a while.
            throw refusedStart(ending(EXIT_TIMEOUT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failedStart("did not start: the wait for it was interrupted");
        }
    }

    /** Reads the child's output to its end, so that the child never blocks on a full pipe. */
    private void readOutput(CompletableFuture<String> ready) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(READY)) {
                    ready.complete(line.substring(READY.length()).trim());
                }
            }
            ready.completeExceptionally(new IOException("end of output"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** The exception for a server process that ended, or closed its output, before the server listened. */
    private EnvironmentException refusedStart(String ending) {
        String quote = log.asQuote();
        if (ending.isEmpty() || process.exitValue() >= KILLED) {
            return failedStart("did not start: it " + (ending.isEmpty() ? "closed its output" : ending));
        }
        String last = log.lastLine();
        String reason = process.exitValue() == REFUSED && last.startsWith(REFUSAL)
                ? last.substring(REFUSAL.length())
                : "it " + ending + quote;
        if (options.python().isPresent() && home.lacksServer(quote)) {
            reason = home.howToInstall();
        }
        return new EnvironmentException(
                ErrorCode.FAILED_PRECONDITION, "", "the environment server did not start: " + reason);
    }

    private EnvironmentException failedStart(String what) {
        return new EnvironmentException(ErrorCode.UNAVAILABLE, "", "the environment server " + what + log.asQuote());
    }

    private String postMortem() {
        String ending = ending(LOSS_TIMEOUT);
        return ending.isEmpty() ? "" : "the server process " + process.pid() + " " + ending + log.asQuote();
    }

    /** How the process ended; empty if it still runs after the timeout, or if the wait is interrupted. */
    private String ending(Duration timeout) {
        try {
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return "exited with code " + process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "";
    }

    private static void stop(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroyForcibly();
        }
        try {
            if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void deleteDirectory() {
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the temporary directory " + directory, e);
        }
    }
}
