// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests the Slurm scripts that {@code train --slurm} prints: their text, and the programs that they start. Slurm is not
 * needed, because the test runs a script itself, with small scripts in place of Slurm's programs.
 */
class SlurmOptionTest {

    private static final String HOME = "gymwire.home";

    @TempDir
    private Path directory;

    private String script(String... more) {
        List<String> words = new ArrayList<>(List.of("train", "CartPole-v1", "--slurm"));
        words.addAll(List.of("--run-dir", directory.resolve("run").toString()));
        words.addAll(List.of(more));
        return Cli.succeed(words.toArray(String[]::new));
    }

    @Test
    void everyHostGetsOneCoreMoreThanTheLargestNumberOfSessionsOnAHost() {
        String text = script("--hosts", "3", "--envs", "8", "--workers", "7");
        assertTrue(text.startsWith("#!/bin/sh\n#SBATCH --nodes=3\n#SBATCH --ntasks-per-node=1\n"), text);
        assertTrue(text.contains("\n#SBATCH --cpus-per-task=4\n"), text);
        assertTrue(text.contains("srun --nodes=3 --ntasks=3 --ntasks-per-node=1 --cpus-per-task=4 "), text);
        assertTrue(text.contains(" --workers=7 "), text);
        for (String line : List.of("open-mode=append", "requeue", "signal=B:USR1@120")) {
            assertTrue(text.contains("\n#SBATCH --" + line + "\n"), text);
        }
        assertTrue(
                Files.isDirectory(directory.resolve("run.slurm")),
                "the command must make the folder for Slurm's output, because Slurm does not");
        assertFalse(Files.exists(directory.resolve("run")), "train --slurm must not begin the run");

        assertTrue(script("--hosts", "4", "--envs", "8").contains(" --workers=4 "), "one worker for each host");
        assertTrue(script().contains("\n#SBATCH --nodes=1\n"));
    }

    /** The job gives the seed to a sweep, so the sweep must accept it. */
    @Test
    void theSweepOfTheJobAcceptsALongSeed() {
        String seed = "--seeds=999999999999999999";
        String text = script("--seed", "999999999999999999");
        assertTrue(text.contains(" " + seed + " "), text);
        String dir = directory.resolve("sweep").toString();
        String sweep = Cli.succeed("sweep", "CartPole-v1", "--slurm", seed, "--dir", dir);
        assertTrue(sweep.contains("#SBATCH --array=0-0\n"), sweep);
        String range = "--seeds=999999999999999998-999999999999999999";
        assertTrue(Cli.succeed("sweep", "CartPole-v1", "--slurm", range, "--dir", dir)
                .contains("#SBATCH --array=0-1\n"));
        for (String absurd : List.of("0-999999999999999999", "1000000000000000000")) {
            Cli.fail(List.of("at most 18 digits", "got " + absurd), "sweep", "CartPole-v1", "--seeds", absurd);
        }
    }

    /** Persian has its own digits. Neither Slurm nor a shell can read them. */
    @Test
    void theScriptsHaveAsciiDigitsInEveryLocale() {
        String[] sweep = {
            "sweep",
            "CartPole-v1",
            "--slurm",
            "--dir",
            directory.resolve("sweep").toString()
        };
        String ofTrain = script("--hosts", "3", "--envs", "8");
        String ofSweep = Cli.succeed(sweep);
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa-IR"));
        try {
            assertEquals("\u06f7", String.format("%d", 7), "the test needs a locale with its own digits");
            assertEquals(ofTrain, script("--hosts", "3", "--envs", "8"));
            assertEquals(ofSweep, Cli.succeed(sweep));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aPercentSignInTheDirectoryIsNoPatternOfSlurm() {
        String run = directory.resolve("run%j").toString();
        String text = Cli.succeed("train", "CartPole-v1", "--slurm", "--run-dir", run);
        assertTrue(text.contains("\n#SBATCH --output=" + run.replace("%", "%%") + ".slurm/"), text);
        assertTrue(text.contains(" --run-dir=run%j "), text);
    }

    @Test
    void everyServerGetsItsOptionsAndLimitsThatAreHighEnoughForAllSessions() {
        String text = script(
                "--import=lab",
                "--python=bin/python",
                "--envs=3000",
                "--batch=3000",
                "--workers=50",
                "--request-timeout=700");
        String serve = text.lines()
                .filter(line -> line.contains("gymwire serve "))
                .findFirst()
                .orElseThrow();
        for (String word : List.of(
                "--allow-import",
                "--import=lab",
                "--python=" + Path.of("bin/python").toAbsolutePath(),
                "--session-memory=1000000",
                "--max-sessions=104",
                "--max-envs=6064",
                "--max-envs-per-session=6064",
                "--request-seconds=700.0")) {
            assertTrue(serve.contains(" " + word + " "), serve);
        }
        String sweep = text.lines()
                .filter(line -> line.contains("gymwire sweep "))
                .findFirst()
                .orElseThrow();
        assertTrue(sweep.contains(" --request-timeout=700 "), sweep);
        assertFalse(sweep.contains("--import") || sweep.contains("--python"), sweep);
        String usual = script();
        assertFalse(usual.contains("--max-") || usual.contains("--request-"), usual);
        assertTrue(usual.contains(" --session-memory=1000000 "), usual);
    }

    /**
     * Small scripts replace Slurm's programs, the launcher and getent (which looks up addresses). The new srun starts
     * one server. The new launcher records its arguments, the token file's size and permissions, and the list of
     * servers. With the command serve, it then prints an address and sleeps.
     */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test runs Unix shell scripts")
    void theShellPassesPathsAndArgumentsUnchanged() throws Exception {
        Path home = Files.createDirectories(directory.resolve("it's a home"));
        Path calls = directory.resolve("calls");
        program(home.resolve("gymwire"), "printf '%s\\n' \"$@\" >>'" + calls + "'", """
                for word; do
                  case $last in --token-file) wc -c <"$word"; ls -l "$word" | cut -c 1-10 ;; --servers) cat "$word" ;; esac
                  last=$word
                done >>'%s'
                [ "$1" != serve ] || { echo listening on 10.1.2.3:77; exec sleep 60; }
                """.formatted(calls));
        program(
                directory.resolve("scontrol"),
                "[ \"$1\" = show ] && echo n1 || echo 'NodeName=n1 NodeAddr=node-1 Port=1'");
        program(directory.resolve("getent"), "[ \"$2\" = node-1 ] && echo '10.1.2.3   STREAM node-1'");
        program(directory.resolve("srun"), "while [ \"$1\" != sh ]; do shift; done; exec \"$@\"");
        Path arguments = Files.writeString(directory.resolve("my.args"), "--env-arg 'title=a b' --gamma 0.5\n");
        Path here = Path.of("").toAbsolutePath();
        String usual = System.setProperty(HOME, home.toString());
        String text;
        try {
            text = script("@" + here.relativize(arguments), "--env-arg", "quote=it's $HOME", "--envs", "1");
        } finally {
            System.setProperty(HOME, usual);
        }
        Path file = Files.writeString(directory.resolve("train.sh"), text);
        assertEquals(0, new ProcessBuilder("sh", "-n", file.toString()).start().waitFor());

        ProcessBuilder job = new ProcessBuilder("sh", file.toString()).inheritIO();
        job.environment().put("SLURM_JOB_ID", "77");
        job.environment().put("SLURM_JOB_NODELIST", "n1");
        job.environment().put("SLURMD_NODENAME", "n1");
        job.environment().put("SLURM_NODEID", "0");
        job.environment().merge("PATH", directory.toString(), (path, bin) -> bin + File.pathSeparator + path);
        assertEquals(0, job.start().waitFor());
        Path files = directory.resolve("run.slurm/77");
        assertEquals(
                List.of(
                        "serve",
                        "--allow-import",
                        "--allow-files",
                        "--allow-call",
                        "--session-memory=1000000",
                        "--max-envs=66",
                        "--max-envs-per-session=66",
                        "--listen",
                        "10.1.2.3:0",
                        "--token-file",
                        files.resolve("token").toString(),
                        "64",
                        "-rw-------",
                        "sweep",
                        "CartPole-v1",
                        "--env-arg=title=a b",
                        "--env-arg=quote=it's $HOME",
                        "--gamma=0.5",
                        "--envs=1",
                        "--workers=1",
                        "--run-dir=run",
                        "--seeds=1",
                        "--dir=" + directory,
                        "--servers",
                        files.resolve("servers").toString(),
                        "--wait-servers",
                        "300",
                        "10.1.2.3:77 token-file=token"),
                Files.readAllLines(calls));
        assertFalse(Files.exists(files), "the token must be removed after the job");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--hosts 2                             | --hosts is the number of hosts of a Slurm job | add --slurm",
                "--slurm --hosts 0                     | --hosts must be from 1 to 4, the number of --envs | got 0",
                "--slurm --hosts 5                     | --hosts must be from 1 to 4, the number of --envs | got 5",
                "--slurm --hosts 3 --workers 2         | from 1 to 2, the number of --workers | got 3",
                "--slurm --server one:1                | --server cannot be combined with --slurm | leave --server out",
                "--slurm --servers list                | --servers cannot be combined with --slurm | its own servers",
                "--slurm --wait-servers 5              | --wait-servers | running server",
                "--slurm --resume run                  | --resume cannot be combined with --slurm | leave --resume out",
                "--slurm --table                       | --table cannot be combined with --slurm | train.log",
                "--slurm --seed 1000000000000000000    | --seed can be at most 999999999999999999 | got 10000000",
                "--slurm --gamma 2                     | gamma must lie in (0, 1] | got 2.0",
                "--slurm --run-dir /                   | --run-dir must be a directory for this run only | got /"
            })
    void wrongOrConflictingOptionsAreRefused(String arguments, String rule, String remedy) throws IOException {
        List<String> words = new ArrayList<>(List.of("train", "CartPole-v1", "--envs", "4"));
        words.addAll(List.of("--run-dir", directory.resolve("run").toString()));
        words.addAll(List.of(arguments.split(" ")));
        Cli.fail(List.of(rule, remedy), words.toArray(String[]::new));
        assertFalse(Files.exists(directory.resolve("run.slurm")));
    }

    private static void program(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }
}
