// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Environments from a user's package. The run directory stores the options with which they are made. */
@Tag("launcher")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "interpreters have other paths on Windows")
class OwnPackagesTest {

    private static final String ENV_ID = "tinylab/Walk-v0";
    private static final List<String> SHORT = List.of("--steps", "512", "--batch", "256", "--envs", "2");

    /**
     * Contains a Python environment with the user's package tinylab, and a run of two iterations in an environment of
     * this package. In the run's directory, the tests change only eval/evaluations.csv.
     */
    @TempDir
    private static Path shared;

    private static Path python;
    private static Path first;

    @TempDir
    private Path directory;

    @BeforeAll
    static void train() {
        python = OwnEnvironment.make(shared.resolve("venv"));
        first = shared.resolve("first");
        train(
                first,
                ENV_ID,
                "--import=tinylab",
                "--python=" + python,
                "--env-arg=length=2",
                "--env-arg=names=[\"a\",\"b\"]",
                "--wrapper=tinylab:Shift:by=2.5",
                "--wrapper=TimeAwareObservation:flatten=true",
                "--max-episode-steps=7",
                "--workers=2");
    }

    @Test
    void theRunDirectoryStoresHowItsEnvironmentIsMade() throws IOException {
        JsonObject config = json(first.resolve("config.json"));
        assertEquals("[\"tinylab\"]", value(config, "import"));
        assertEquals("[\"length=2\",\"names=[\\\"a\\\",\\\"b\\\"]\"]", value(config, "env-arg"));
        assertEquals("[\"tinylab:Shift:by=2.5\",\"TimeAwareObservation:flatten=true\"]", value(config, "wrapper"));
        assertEquals("\"7\"", value(config, "max-episode-steps"));
        assertEquals("\"" + python + "\"", value(config, "python"));

        JsonObject manifest = json(first.resolve("manifest.json"));
        assertEquals(config, manifest.getAsJsonObject("config"));
        JsonObject distributions = manifest.getAsJsonObject("environment").getAsJsonObject("distributions");
        assertTrue(
                distributions.keySet().containsAll(List.of("tinylab", "gymnasium", "numpy")), distributions.toString());
        // Each episode has seven steps. The reward of a step is -0.01, and the wrapper Shift adds 2.5 to it.
        List<String> episodes = Files.readAllLines(first.resolve("monitor.csv"));
        assertTrue(episodes.get(2).matches("17\\.43\\d*,7,.*"), episodes.get(2));
    }

    @Test
    void aRunIsEvaluatedVerifiedAndResumedWithoutRepeatingItsEnvironmentOptions() throws IOException {
        String eval = Cli.succeed("eval", first.toString(), "--episodes", "2");
        assertTrue(eval.startsWith(ENV_ID) && eval.contains("length 7.0"), eval);
        String verify = Cli.succeed("verify", first.toString(), "--workers", "1");
        assertTrue(verify.contains("identical: 2 iterations and the final checkpoint"), verify);
        assertFalse(verify.contains("environment.distributions"), verify);

        Path half = directory.resolve("half");
        Cli.succeed("verify", first.toString(), "--iterations", "1", "--keep", half.toString());
        Cli.succeed("train", "--resume", half.toString(), "--steps", "512");
        List<String> rows = Files.readAllLines(half.resolve("progress.csv"));
        assertEquals(3, rows.size(), rows.toString());
        // The server cannot save the state of this environment, so the resumed run begins new episodes. The length and
        // return of the last episode show that its environment was made with the run's options.
        List<String> episodes = Files.readAllLines(half.resolve("monitor.csv"));
        assertTrue(episodes.get(episodes.size() - 1).matches("17\\.43\\d*,7,.*"), episodes.toString());
    }

    @Test
    void anEvaluationCanChangeTheEnvironmentOptionsOfTheRun() {
        String eval = Cli.succeed("eval", first.toString(), "--episodes", "2", "--max-episode-steps", "3");
        assertTrue(eval.contains("length 3.0"), eval);
    }

    /** The second sweep asks for more steps than the first sweep, so it continues the runs of the first sweep. */
    @Test
    void aSweepStoresEachValueOfARepeatedOptionAndContinuesWithAnotherInterpreter() throws IOException {
        List<String> sweep = new ArrayList<>(List.of("sweep", ENV_ID, "--seeds=3-4", "--dir=" + directory));
        sweep.addAll(List.of("--import=tinylab", "--env-arg=length=2", "--env-arg=prize=3", "--wrapper=tinylab:Shift"));
        sweep.addAll(List.of("--wrapper=tinylab:Shift:by=1", "--batch=256", "--envs=2"));
        String[] shorter = with(sweep, "--steps=256", "--python=" + python);
        Cli.Outcome outcome = Cli.run(shorter);
        assertEquals(0, outcome.code(), outcome.out() + outcome.err());
        JsonObject config = json(directory.resolve("tinylab-Walk-v0__s4/config.json"));
        assertEquals("[\"length=2\",\"prize=3\"]", value(config, "env-arg"));
        assertEquals("[\"tinylab:Shift\",\"tinylab:Shift:by=1\"]", value(config, "wrapper"));

        Path script = OwnEnvironment.makeScript(directory.resolve("python"), python);
        outcome = Cli.run(with(sweep, "--steps=512", "--python=" + script));
        assertEquals(0, outcome.code(), outcome.out() + outcome.err());
        config = json(directory.resolve("tinylab-Walk-v0__s4/config.json"));
        assertEquals("\"" + script + "\"", value(config, "python"));

        Cli.fail(List.of("--env-arg", "prize=3", "prize=4"), with(sweep, "--steps=512", "--env-arg=prize=4"));
    }

    @Test
    void theEnvironmentIdCanNameTheModuleToImport() {
        Path run = directory.resolve("run");
        train(run, "tinylab:" + ENV_ID, "--python=" + python);
        String verify = Cli.succeed("verify", run.toString());
        assertTrue(verify.contains("identical: 2 iterations"), verify);
        String info = Cli.succeed("info", "tinylab:" + ENV_ID, "--python=" + python, "--env-arg", "length=3");
        assertTrue(info.contains("3.0") && info.contains("tinylab sha256:"), info);
    }

    @Test
    void verifyNamesThePythonPackagesThatDiffer() throws IOException {
        Path copy = Files.createDirectories(directory.resolve("lab/tinylab"));
        String source = Files.readString(OwnEnvironment.TINYLAB.resolve("tinylab/__init__.py"));
        Files.writeString(copy.resolve("__init__.py"), source.replace("else -0.01", "else -0.02"));
        Path other = OwnEnvironment.make(directory.resolve("venv"));
        Path paths = directory.resolve("venv/lib");
        try (var files = Files.walk(paths)) {
            Path own =
                    files.filter(file -> file.endsWith("own.pth")).findFirst().orElseThrow();
            Files.writeString(
                    own,
                    Files.readString(own)
                            .replace(
                                    OwnEnvironment.TINYLAB.toString(),
                                    copy.getParent().toString()));
        }
        Cli.Outcome verify = Cli.run("verify", first.toString(), "--python=" + other);
        assertEquals(1, verify.code(), verify.out());
        assertTrue(verify.out().contains("different: iteration 1"), verify.out());
        assertTrue(verify.out().contains("  environment.distributions.tinylab: sha256:"), verify.out());
    }

    @Test
    void anErrorThatIsPermanentEndsAResumedRunImmediately() throws IOException {
        Path run = directory.resolve("run");
        train(run, ENV_ID, "--import=tinylab", "--python=" + python);
        // A Python environment without any package, as if the user had just made it again.
        Path bare = OwnEnvironment.makeEmpty(directory.resolve("venv"));
        List<String> resume = List.of("train", "--resume", run.toString(), "--steps", "1024");
        Cli.Outcome lacksServer = Cli.run(with(resume, "--python=" + bare));
        Cli.assertComplaint(
                lacksServer.code(),
                lacksServer.err(),
                List.of("has no Gymwire server", "\"" + bare + "\" -m pip install \"", "python-env-server[server]\""));
        Cli.Outcome lacksLab = Cli.run(with(resume, "--python=" + withoutLab()));
        Cli.assertComplaint(
                lacksLab.code(), lacksLab.err(), List.of("--import tinylab failed", "./gymwire pip install"));
        assertFalse((lacksServer.out() + lacksLab.out()).contains("going on"), lacksLab.out());
        try (ManagedServer server = ManagedServer.start()) {
            Cli.Outcome unknown = Cli.run(with(resume, "--server=" + server.address()));
            Cli.assertComplaint(
                    unknown.code(), unknown.err(), List.of("no environment is registered", "--import MODULE"));
            assertFalse(unknown.out().contains("going on"), unknown.out());
        }
    }

    /** In a Slurm job, and with {@code serve --import}, the server imports the module, and the run has no --import. */
    @Test
    void aRunWhoseServerImportedTheModuleCanBeUsedWithoutThisServerIfImportIsGiven() throws IOException {
        Path run = directory.resolve("tinylab-Walk-v0__s1");
        List<String> sweep = new ArrayList<>(List.of("sweep", ENV_ID, "--seeds=1", "--dir=" + directory));
        sweep.addAll(List.of("--batch=256", "--envs=2"));
        String[] elsewhere = {"--import=tinylab", "--python=" + python};
        try (ManagedServer server = ManagedServer.start(
                List.of("--import", "tinylab"), Map.of("PYTHONPATH", OwnEnvironment.TINYLAB.toString()))) {
            Cli.succeed(with(sweep, "--steps=256", "--server=" + server.address()));
            assertFalse(json(run.resolve("config.json")).has("import"));
            List<String> eval = List.of("eval", run.toString(), "--episodes=1");
            Cli.succeed(with(eval, elsewhere));
            List<String> resume = List.of("train", "--resume", run.toString(), "--steps=512");
            Cli.succeed(with(resume, elsewhere));
            assertEquals("[\"tinylab\"]", value(json(run.resolve("config.json")), "import"));
            Cli.succeed(with(eval));
            Cli.fail(List.of("leave --import out"), with(resume, elsewhere));
            String same = Cli.succeed(with(sweep, "--steps=512", "--server=" + server.address()));
            assertTrue(same.contains("finished before"), same);
        }
        String job = Cli.succeed(
                "train",
                ENV_ID,
                "--import=tinylab",
                "--slurm",
                "--seed=1",
                "--run-dir=" + run,
                "--steps=512",
                "--batch=256",
                "--envs=2");
        assertTrue(job.contains(" --import=tinylab "), job);
        Cli.fail(List.of("another --dir", "--import=tinylab, not none"), with(sweep, "--steps=512"));
    }

    @Test
    void optionsForAManagedServerAreRefusedIfTheAddressOfAServerIsGiven() {
        for (String option : List.of("--import=tinylab", "--python=" + python)) {
            for (List<String> command :
                    List.of(List.of("train", ENV_ID), List.of("eval", first.toString()), List.of("info"))) {
                Cli.fail(
                        List.of(option.split("=")[0] + " cannot be combined with --server"),
                        with(command, "--server=127.0.0.1:9", option));
            }
        }
    }

    @Test
    void theErrorSaysWhatIsWrongWithAnOption() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "--env-arg=gravity", "is not KEY=VALUE",
                        "--env-arg=1a=2", "is not KEY=VALUE",
                        "--wrapper=:by=2", "is not NAME",
                        "--import=my-lab", "is not the name of a Python module",
                        "--max-episode-steps=-2", "max-episode-steps must be at least -1",
                        "--python=/absent/python", "no Python interpreter /absent/python",
                        "--env-arg=absent=1", "refuses the arguments {'absent': 1}")
                .entrySet()) {
            Cli.fail(List.of(wrong.getValue()), "train", "CartPole-v1", wrong.getKey());
        }
    }

    /** A script that runs the interpreter of the tests' Python environment, which has no tinylab. */
    private Path withoutLab() throws IOException {
        return OwnEnvironment.makeScript(directory.resolve("python"), PythonTools.python());
    }

    private static void train(Path run, String envId, String... more) {
        List<String> words = new ArrayList<>(List.of("train", envId, "--run-dir", run.toString()));
        words.addAll(SHORT);
        Cli.succeed(with(words, more));
    }

    private static String[] with(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String value(JsonObject config, String name) {
        return config.getAsJsonObject(name).get("value").toString();
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }
}
