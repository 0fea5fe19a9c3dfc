// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors of the command line are reported before anything is started or written. */
class WrongArgumentsTest {

    @TempDir
    private Path directory;

    @AfterEach
    void nothingIsStartedOrWritten() throws Exception {
        Cli.assertNoOtherServers();
        assertFalse(Files.exists(directory.resolve("run")));
    }

    @Test
    void theHelpListsBenchButBenchNeedsTheLauncher() {
        assertTrue(Cli.succeed("--help").contains("  bench "), "bench must be among the commands");
        Cli.fail(List.of("./gymwire bench"), "bench", "kernels", "--repeats", "3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--gamma 1.5            | gamma must lie in (0, 1]      | 1.5",
                "--gamma NaN            | gamma must lie in (0, 1]      | NaN",
                "--lambda -0.1          | lambda must lie in [0, 1]     | -0.1",
                "--delta -1             | delta must be above 0         | -1",
                "--batch 1001           | multiple of envs (8), e.g. 1000 | 1001",
                "--batch 1000008        | batch must lie in [1, 1000000] | 1000008",
                "--envs 0               | envs must be at least 1       | 0",
                "--steps 0              | steps must be at least 1      | 0",
                "--seed -1              | seed must be 0 or more        | -1",
                "--workers 9            | between 1 and envs (8)        | 9",
                "--init-log-std 9       | init-log-std must lie in [-5, 2] | 9",
                "--noise-color 3        | noise-color must lie in [0, 2] | 3.0",
                "--cg-iterations 0      | cg-iterations must lie in [1, 10000] | 0",
                "--cg-damping -1        | cg-damping must be 0 or more  | -1",
                "--line-search-steps 0  | line-search-steps must be at least 1 | 0",
                "--line-search-shrink 1 | line-search-shrink must lie in (0, 1) | 1.0",
                "--accept-ratio 1       | accept-ratio must lie in [0, 1) | 1.0",
                "--fim-subsample 0      | fim-subsample must be at least 1 | 0",
                "--entropy -0.1         | entropy must be 0 or more     | -0.1",
                "--critic-epochs 0      | critic-epochs must be at least 1 | 0",
                "--critic-batch 0       | critic-batch must be at least 1 | 0",
                "--anneal 1.5           | anneal must lie in (0, 1]     | 1.5",
                "--anneal-steps 0       | anneal-steps must be at least 1 | 0",
                "--critic-lr 0          | critic-lr must be above 0     | 0.0",
                "--max-episode-steps 0  | max-episode-steps must be at least -1, but not 0 | 0"
            })
    void aSettingOutOfRangeIsNamedWithItsRangeAndValue(String arguments, String rule, String value) {
        String[] option = arguments.split(" ");
        Cli.fail(
                List.of(rule, "got " + value),
                "train",
                "CartPole-v1",
                "--preset",
                "none",
                "--run-dir",
                directory.resolve("run").toString(),
                option[0],
                option[1]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--steps many    | Invalid value for option '--steps': 'many' is not a whole number",
                "--gamma high    | Invalid value for option '--gamma': 'high' is not a number",
                "--clipped-actions=yes | 'yes' is not true or false",
                "--hidden 64x64  | '64x64' is not a list of layer widths, e.g. 64,64, or the word none",
                "--hidden 0      | '0' contains a width below 1; give widths of at least 1, e.g. 64,64, or the word none",
                "--hidden 64,-2  | '64,-2' contains a width below 1",
                "--critic-hidden 0 | '0' contains a width below 1",
                "--observe 0..3  | '0..3' is neither the word all nor ranges of elements in ascending order, e.g. 0-26,30",
                "--observe 3-1   | '3-1' is neither the word all nor ranges",
                "--observe 0-2,2 | '0-2,2' is neither the word all nor ranges",
                "--observe=-1    | '-1' is neither the word all nor ranges",
                "--observe 1,    | '1,' is neither the word all nor ranges",
                "--observe 0-+2  | '0-+2' is neither the word all nor ranges",
                "--observe 99999999999 | '99999999999' goes beyond element 9999999",
                "--env-arg max_episode_steps=9 | give --max-episode-steps instead",
                "--env-arg render_mode=human | render_mode cannot be set; leave it out",
                "--observe 0-10000000 | '0-10000000' goes beyond element 9999999",
                "--stepps 10     | Unknown options: '--stepps', '10' (did you mean --steps?)"
            })
    void anOptionThatCannotBeUsedIsNamedWithTheReason(String arguments, String message) {
        String[] option = arguments.split(" ");
        List<String> command = new ArrayList<>(List.of("train", "CartPole-v1"));
        command.addAll(List.of(option));
        Cli.fail(
                List.of(message, option[0].split("=")[0], "; see gymwire train --help"),
                command.toArray(String[]::new));
    }

    @Test
    void aMissingArgumentOrAnUnknownCommandIsNamed() {
        Cli.fail(List.of("train needs an environment, e.g. CartPole-v1", "see gymwire train --help"), "train");
        Cli.fail(List.of("Missing required parameter: 'RUN_DIR'", "see gymwire eval --help"), "eval");
        Cli.fail(List.of("'trian'", "see gymwire --help"), "trian");
    }

    @Test
    void theOptionsSlurmAndPartAreRefusedTogether() {
        String folder = directory.resolve("run").toString();
        Cli.fail(
                List.of("--slurm divides the sweep into parts itself; leave --part 1/4 out"),
                "sweep",
                "CartPole-v1",
                "--dir",
                folder,
                "--slurm",
                "--part",
                "1/4");
    }

    @Test
    void anUnreadableArgumentFileIsNamed() {
        Cli.fail(
                List.of(
                        "argument file " + directory + "/absent.args cannot be used: there is no such file",
                        "check its path"),
                "train",
                "CartPole-v1",
                "@" + directory.resolve("absent.args"));
        Cli.fail(
                List.of("argument file " + directory + " cannot be used: Is a directory"),
                "train",
                "CartPole-v1",
                "@" + directory);
    }

    @Test
    void errorsInAnArgumentFileAreReportedWithItsName() throws Exception {
        Path file = directory.resolve("my.args");
        Files.write(file, new byte[] {'-', (byte) 0xfe, (byte) 0xff});
        Cli.fail(List.of(file + " cannot be used: it is not UTF-8 text"), "train", "CartPole-v1", "@" + file);
        Files.writeString(file, "--batch 1K24");
        Cli.fail(
                List.of("'1K24' is not a whole number", "and the arguments in " + file),
                "train",
                "CartPole-v1",
                "@" + file);
    }

    @Test
    void anUnreadableTokenFileOrListOfRunsIsNamed() throws Exception {
        Path file = directory.resolve("mine");
        Cli.fail(
                List.of(file + " cannot be used: there is no such file", "train command"),
                "sweep",
                "--file",
                file.toString());
        Cli.fail(
                List.of("token file " + file + " cannot be used: there is no such file"),
                "info",
                "--server",
                "127.0.0.1:1",
                "--server-token-file",
                file.toString());
        Files.write(file, new byte[] {'x', (byte) 0xfe, (byte) 0xff});
        Cli.fail(List.of(file + " cannot be used: it is not UTF-8 text"), "sweep", "--file", file.toString());
        Cli.fail(
                List.of("token file " + file + " cannot be used: it is not UTF-8 text"),
                "info",
                "--server",
                "127.0.0.1:1",
                "--server-token-file",
                file.toString());
        Files.writeString(file, "two words");
        Cli.fail(
                List.of("token file " + file + " cannot be used", "contains a space"),
                "info",
                "--server",
                "127.0.0.1:1",
                "--server-token-file",
                file.toString());
    }

    @Test
    void anUnreadablePresetIsNamedAndTheShippedPresetsAreListed() throws Exception {
        for (String preset : List.of("absent", directory.toString())) {
            Cli.fail(
                    List.of(
                            preset + " cannot be used: ",
                            "a preset is a readable file or one of Acrobot-v1, ",
                            "--preset none"),
                    "train",
                    "CartPole-v1",
                    "--preset",
                    preset);
        }
    }

    @Test
    void errorsInAPresetAreReportedWithItsName() throws Exception {
        Path preset = Files.writeString(directory.resolve("mine.args"), "--gamma 0.9 --speed 7\n");
        Cli.fail(List.of("preset " + preset, "'--speed'"), "train", "CartPole-v1", "--preset", preset.toString());
        Files.writeString(preset, "--gamma high\n");
        Cli.fail(
                List.of("preset " + preset, "'--gamma'", "'high'"),
                "train",
                "CartPole-v1",
                "--preset",
                preset.toString());
        Files.writeString(preset, "--batch 1K24");
        Cli.fail(List.of("preset " + preset, "'1K24'"), "sweep", "CartPole-v1", "--preset", preset.toString());
    }

    @Test
    void aServerAddressThatDoesNotAnswerIsNamedWithTheCommandThatStartsAServer() {
        Cli.fail(
                List.of("127.0.0.1:1 cannot be reached", "./gymwire serve --listen"),
                "train",
                "CartPole-v1",
                "--server",
                "127.0.0.1:1",
                "--run-dir",
                directory.resolve("run").toString());
        Cli.fail(List.of("'nowhere' cannot be used", "host:port"), "info", "--server", "nowhere");
    }

    @Test
    void aStackTraceIsShownOnlyOnRequest() {
        String[] wrong = {"train", "CartPole-v1", "--server", "127.0.0.1:1"};
        Cli.fail(List.of(), wrong);
        Cli.Outcome debug = Cli.run("train", "CartPole-v1", "--server", "127.0.0.1:1", "--debug");
        assertEquals(1, debug.code());
        assertTrue(debug.err().startsWith("gymwire: "), debug.err());
        assertTrue(debug.err().contains("\tat io.gymwire."), debug.err());
    }
}
