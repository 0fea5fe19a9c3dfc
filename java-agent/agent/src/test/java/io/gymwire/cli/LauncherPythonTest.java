// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher makes the server's Python environment when it is needed, and passes arguments to pip. */
@Tag("launcher")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherPythonTest {

    @TempDir
    private Path directory;

    private Checkout checkout;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = new Checkout(directory.resolve("gymwire"));
        Files.writeString(
                checkout.launcher().resolveSibling("python-env-server/bootstrap.py"),
                "import sys; print('bootstrap', *sys.argv[1:])\n");
    }

    @AfterEach
    void removeLink() throws IOException {
        checkout.close();
    }

    @Test
    void gymwiresPythonEnvironmentIsNotMadeIfAnotherPythonOrAServerIsGiven() throws IOException, InterruptedException {
        Path python = OwnEnvironment.make(directory.resolve("venv"));
        Cli.Outcome train = train(Map.of(), "--python=" + python);
        assertEquals(0, train.code(), train.err());
        assertTrue(train.out().startsWith("training "), train.out());
        // The run directory stores the path of the interpreter, so eval needs no --python.
        Cli.Outcome eval = checkout.run(directory, Map.of(), "eval", "run", "--episodes=1");
        assertEquals(0, eval.code(), eval.err());
        assertTrue(eval.out().startsWith("tinylab/Walk-v0, 1 episode,"), eval.out());
        for (String option : new String[] {"--server=127.0.0.1:9", "--servers=hosts"}) {
            String out = checkout.run(directory, Map.of(), "info", option).out();
            assertEquals("", out);
        }
    }

    @Test
    void aModuleOnPythonpathIsImported() throws IOException, InterruptedException {
        Map<String, String> path = Map.of("PYTHONPATH", OwnEnvironment.TINYLAB.toString());
        Cli.Outcome train = train(path);
        assertEquals(0, train.code(), train.err());
        assertTrue(train.out().startsWith("bootstrap\ntraining "), train.out());
        Cli.Outcome eval = checkout.run(directory, path, "eval", "run", "--episodes=1");
        assertTrue(eval.out().startsWith("bootstrap\ntinylab/Walk-v0, 1 episode,"), eval.out() + eval.err());
    }

    @Test
    void anOptionBeforeTheCommandDoesNotHideTheCommand() throws IOException, InterruptedException {
        Cli.Outcome train = checkout.run(directory, Map.of(), "--debug", "train", "CartPole-v1", "--steps=many");
        assertTrue(train.out().startsWith("bootstrap\n"), train.out());
        Cli.Outcome version = checkout.run(directory, Map.of(), "--debug", "--version");
        assertFalse(version.out().contains("bootstrap"), version.out());
    }

    @Test
    void pipRunsInGymwiresPythonEnvironment() throws IOException, InterruptedException {
        Cli.Outcome pip = checkout.run(directory, Map.of(), "pip", "--unlock", "install", "my lab", "--server");
        assertEquals("bootstrap pip --unlock install my lab --server\n", pip.out());
        assertEquals("", pip.err());
    }

    @Test
    void ifNoPythonOnThePathIsSuitableTheVirtualEnvironmentsPythonIsUsed() throws IOException, InterruptedException {
        Path old = Files.createDirectory(directory.resolve("old"));
        for (String name : "python python3 python3.10 python3.11 python3.12 python3.13 python3.14".split(" ")) {
            Path python = Files.writeString(old.resolve(name), "#!/bin/sh\nexit 1\n");
            assertTrue(python.toFile().setExecutable(true));
        }
        Cli.Outcome pip = checkout.run(directory, Map.of("PATH", old + ":" + System.getenv("PATH")), "pip", "list");
        assertEquals("bootstrap pip list\n", pip.out(), pip.err());
    }

    @Test
    void mvnwPassesThePythonToMavenAsAnOptionAndDoesNotSetGymwirePython() throws IOException, InterruptedException {
        Path maven = Files.createDirectory(directory.resolve("maven")).resolve("mvn");
        Files.writeString(maven, """
                #!/bin/sh
                [ "$1" = -v ] && echo Apache Maven 3.9.9 || echo "$@" "${GYMWIRE_PYTHON:-no variable}"
                """);
        assertTrue(maven.toFile().setExecutable(true));
        Path python = OwnEnvironment.makeEmpty(directory.resolve("venv"));
        String script = "exec \"${1%/*}/mvnw\" verify";
        String path = maven.getParent() + ":" + python.getParent() + ":" + System.getenv("PATH");
        String found = checkout.shell(directory, Map.of("PATH", path), script).out();
        assertEquals("-Dgymwire.python=python3 verify no variable\n", found);
        Map<String, String> chosen = Map.of("PATH", path, "GYMWIRE_PYTHON", python.toString());
        String chosenByUser = checkout.shell(directory, chosen, script).out();
        assertEquals("-Dgymwire.python=" + python + " verify " + python + "\n", chosenByUser);
    }

    private Cli.Outcome train(Map<String, String> variables, String... more) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("train", "tinylab/Walk-v0", "--import=tinylab", "--run-dir=run"));
        words.addAll(List.of("--steps=256", "--batch=256", "--envs=2"));
        words.addAll(List.of(more));
        return checkout.run(directory, variables, words.toArray(String[]::new));
    }
}
