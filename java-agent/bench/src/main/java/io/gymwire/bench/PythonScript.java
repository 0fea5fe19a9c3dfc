// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gymwire.env.remote.ServerHome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Python program in the server's bench folder. It reads a JSON object from each line of its standard input, and
 * answers with a JSON object on one line. It ends when its standard input ends. The input ends at the latest when the
 * Java process ends.
 */
final class PythonScript implements AutoCloseable {

    private static final Gson GSON = new Gson();
    private static final long STOP_SECONDS = 5;

    private final String name;
    private final Process process;
    private final Thread killer;
    private final Writer requests;
    private final BufferedReader answers;

    /**
     * Starts a program.
     *
     * @param python the interpreter
     * @param script the file's name in the bench folder
     */
    PythonScript(Path python, String script) throws IOException {
        name = script;
        process = new ServerHome(folder(), python)
                .python(List.of("-W", "ignore", folder().resolve(script).toString()), Map.of())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // While the program computes, it does not notice the end of its input. So this hook kills the program when the
        // Java process ends. (If the Java process is killed with SIGKILL, the hook does not run.)
        killer = new Thread(process::destroyForcibly, "gymwire-bench-" + script);
        Runtime.getRuntime().addShutdownHook(killer);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The folder of the bench's Python programs. */
    static Path folder() {
        return ServerHome.find().directory().resolve("bench");
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @throws IOException if the program ended without an answer, or the answer is not a JSON object
     */
    JsonObject ask(Map<String, ?> request) throws IOException {
        String answer;
        try {
            requests.write(GSON.toJson(request) + "\n");
            requests.flush();
            answer = answers.readLine();
        } catch (IOException e) {
            throw new IOException(ending(), e);
        }
        if (answer == null) {
            throw new IOException(ending());
        }
        try {
            return JsonParser.parseString(answer).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException(name + " did not answer with a JSON object: " + answer, e);
        }
    }

    private String ending() {
        stop();
        return name + " ended with exit code " + process.exitValue() + "; if it printed an error, the error is above";
    }

    /** Waits some seconds for the program's end, or until an interrupt. Then kills the program if it has not ended. */
    private void stop() {
        boolean ended = false;
        try {
            ended = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            requests.close();
        } catch (IOException e) {
            // The program ended early and closed the pipe. If it ended during `ask`, `ask` has thrown an exception.
            System.getLogger(PythonScript.class.getName())
                    .log(System.Logger.Level.DEBUG, "closing the input of " + name + " failed", e);
        }
        stop();
        answers.close();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // The Java process is ending, so the hook cannot be removed. It does no harm: the program has ended.
            System.getLogger(PythonScript.class.getName()).log(System.Logger.Level.DEBUG, "ending", e);
        }
    }
}
