// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher and the programs that it starts, with unusual locales, variables, limits and permissions. */
@Tag("launcher")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherTest {

    /** A script that makes the lock of another launcher's build. */
    private static final String LOCK = """
            home=$(dirname "$1")
            ln -s "%s" "$home/target/build.lock"
            """;

    private static final String WAITING_HERE =
            "Waiting for another Gymwire \\(process \\d+\\) that builds its programs;"
                    + " if that process is not Gymwire, remove ";

    @TempDir
    private Path directory;

    private Path place;
    private Checkout checkout;

    @BeforeEach
    void makeCheckout() throws IOException {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "the locale of the tests is not UTF-8");
        place = Files.createDirectory(directory.resolve("pläce"));
        checkout = new Checkout(place.resolve("gymwïre"));
    }

    /** Removes the link to the Python environment: JUnit warns about links that lead out of a temporary directory. */
    @AfterEach
    void removeLink() throws IOException {
        checkout.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LC_ALL=POSIX", "LC_ALL=xx_YY.UTF-8"})
    void acceptsNamesBeyondAsciiInAnyLocale(String variable) throws IOException, InterruptedException {
        Files.writeString(place.resolve("ärgs"), "--steps 1024\n--batch 1024\n");
        Map<String, String> variables =
                variable.isEmpty() ? Map.of() : Map.of(variable.split("=")[0], variable.split("=")[1]);
        Cli.Outcome train = checkout.run(place, variables, "train", "CartPole-v1", "@ärgs", "--run-dir", "rün/日本");
        assertEquals("", train.err());
        assertEquals(0, train.code());
        assertTrue(train.out().contains("run directory rün/日本\n"), train.out());
        assertTrue(Files.exists(place.resolve("rün/日本/progress.csv")));
        assertEquals(List.of("gymwïre", "rün", "ärgs"), names(place));
    }

    @Test
    void sweepsAndEvaluationsAndVideosAcceptNamesBeyondAsciiInLocaleC() throws IOException, InterruptedException {
        Files.writeString(place.resolve("swéep"), "CartPole-v1 --steps 1024 --batch 1024 --run-dir ü\n");
        Files.createDirectory(place.resolve("tämp"));
        Map<String, String> variables = Map.of(
                "LC_ALL",
                "C",
                "HOME",
                place.toString(),
                "TMPDIR",
                place.resolve("tämp").toString(),
                "GYMWIRE_JAVA_OPTS",
                "-Djava.io.tmpdir=tämp");
        Cli.Outcome sweep = checkout.run(place, variables, "sweep", "--file", "swéep", "--seeds", "1", "--dir", "ö");
        assertEquals(0, sweep.code(), sweep.out() + sweep.err());
        Cli.Outcome eval = checkout.run(place, variables, "eval", "ö/ü", "--episodes", "1", "--video");
        assertEquals(0, eval.code(), eval.out() + eval.err());
        assertTrue(eval.out().contains("ö/ü/videos/episode-0.mp4"), eval.out());
        assertTrue(Files.exists(place.resolve("ö/ü/videos/episode-0.mp4")));
        assertEquals(List.of("gymwïre", "swéep", "tämp", "ö"), names(place));
    }

    @Test
    void variablesForAnotherPythonDoNoHarm() throws IOException, InterruptedException {
        for (String name : List.of("numpy", "google", "google/protobuf", "gymnasium", "grpc")) {
            Files.writeString(
                    Files.createDirectories(place.resolve("fakes").resolve(name))
                            .resolve("__init__.py"),
                    "raise RuntimeError('the package of another Python')\n");
        }
        Map<String, String> variables = new HashMap<>(Map.of(
                "PYTHONHOME",
                "/opt/other",
                "PYTHONINSPECT",
                "1",
                "PYTHONSTARTUP",
                "/opt/absent.py",
                "PYTHONPLATLIBDIR",
                "lib99",
                "PYTHONSAFEPATH",
                "1",
                "PYTHONDONTWRITEBYTECODE",
                "1",
                "PYTHONNOUSERSITE",
                "1",
                "PYTHONIOENCODING",
                "ascii",
                "VIRTUAL_ENV",
                "/opt/other"));
        variables.put("PYTHONPATH", place.resolve("fakes").toString());
        Cli.Outcome info = checkout.run(place, variables, "info", "CartPole-v1");
        assertEquals("", info.err());
        assertEquals(0, info.code());
    }

    @Test
    void ifAnotherUserOwnsTheFolderTheErrorNamesTheFolderAndARemedy() throws IOException, InterruptedException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "only root can become another user");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        checkout.forgetTheBuild();
        Cli.Outcome refused = checkout.shell(
                place,
                Map.of("HOME", "/"),
                "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"",
                "report",
                "runs");
        assertEquals(1, refused.code(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertTrue(refused.err().contains(checkout.launcher().getParent() + " cannot be written"), refused.err());
        assertTrue(refused.err().contains("cp -R "), refused.err());
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 24, 63})
    void ifTheLimitOfOpenFilesIsTooLowTheErrorNamesIt(int limit) throws IOException, InterruptedException {
        Cli.Outcome refused = checkout.shell(place, Map.of(), "ulimit -n " + limit + "; exec \"$@\"", "info");
        assertEquals(1, refused.code(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertTrue(refused.err().contains("the limit is " + limit + "; raise it (ulimit -n 1024)"), refused.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench kernels --repeats 1", "--debug bench kernels"})
    void benchStartsTheJarOfTheBench(String arguments) throws IOException, InterruptedException {
        Cli.Outcome bench = checkout.run(place, Map.of(), arguments.split(" "));
        assertEquals("", bench.err());
        assertEquals(0, bench.code());
        assertEquals("bench with " + arguments + "\n", bench.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"report bench", "--debug report bench", "verify bench", "--help"})
    void commandsOtherThanBenchStartTheAgent(String arguments) throws IOException, InterruptedException {
        Cli.Outcome agent = checkout.run(place, Map.of(), arguments.split(" "));
        assertFalse(agent.out().contains("bench with"), agent.out());
        assertTrue(agent.out().contains("Usage: gymwire") || agent.err().contains("directory bench"), agent.err());
    }

    /**
     * The process id 99999999 is larger than any that a system gives. {@code exec} replaces the script with the
     * launcher, which keeps the script's process id ($$). A lock of an older launcher has no host.
     */
    @ParameterizedTest
    @ValueSource(strings = {"99999999", "$(uname -n):99999999", "$$", "$(uname -n):$$"})
    void aLockOfThisHostWithADeadProcessOrTheLaunchersOwnProcessIsReplaced(String holder)
            throws IOException, InterruptedException {
        checkout.forgetTheBuild();
        checkout.failBuilds();
        Cli.Outcome build = checkout.shell(place, Map.of(), LOCK.formatted(holder) + "exec \"$@\"", "--help");
        assertEquals(1, build.code(), build.err());
        assertTrue(build.err().contains("Could not build the Java agent"), build.err());
        Path work = checkout.launcher().resolveSibling("target");
        assertEquals(List.of("build.log", "build.start"), names(work));
        String lock = Files.readString(work.resolve("build.log"));
        assertTrue(lock.matches("[^:]+:\\d+\n"), lock);
    }

    @Test
    void theLauncherWaitsForABuildOnAnotherHostAndNamesTheHostAndTheFileToRemove()
            throws IOException, InterruptedException {
        assertEquals(
                "Waiting for another Gymwire (process 99999999 on host elsewhere) that builds its programs; if that"
                        + " process does not run any more, remove " + lock(),
                helpAfterABuildBy("elsewhere:99999999").err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"$$", "$(uname -n):$$"})
    void theLauncherWaitsForABuildOnThisHost(String holder) throws IOException, InterruptedException {
        String line = helpAfterABuildBy(holder).err();
        assertTrue(line.matches(WAITING_HERE + "\\Q" + lock() + "\\E"), line);
    }

    /** The script {@code sleep} replaces the program, so that half an hour takes some seconds. */
    @ParameterizedTest
    @ValueSource(strings = {"elsewhere:99999999", "$(uname -n):$$"})
    void theLauncherWaitsForABuildAtMostHalfAnHour(String holder) throws IOException, InterruptedException {
        checkout.forgetTheBuild();
        Path sleep = Files.createDirectory(place.resolve("programs")).resolve("sleep");
        Files.writeString(sleep, "#!/bin/sh\n");
        assertTrue(sleep.toFile().setExecutable(true));
        Map<String, String> path = Map.of("PATH", sleep.getParent() + ":" + System.getenv("PATH"));
        // Without "exit $?", a shell might replace the script with the launcher, which would then have the process id
        // $$.
        Cli.Outcome help = checkout.shell(place, path, LOCK.formatted(holder) + "\"$@\"; exit $?", "--help");
        assertEquals(1, help.code(), help.err());
        assertTrue(help.err().endsWith("remove " + lock()), help.err());
    }

    private Path lock() {
        return checkout.launcher().resolveSibling("target/build.lock");
    }

    @Test
    void ifABuildFailsBeforeMavenStartsTheErrorShowsTheEndOfTheOutput() throws IOException, InterruptedException {
        assertEquals(
                "  Could not fetch Maven; set GYMWIRE_CACHE\n" + couldNotBuild(),
                failureOf("echo 'Could not fetch Maven; set GYMWIRE_CACHE'", Map.of()));
    }

    @Test
    void ifMavenFailsTheErrorShowsItsDescriptionOfTheFailure() throws IOException, InterruptedException {
        String output = """
                [INFO] Scanning for projects...
                [ERROR] Could not create local repository at /home/.m2/repository -> [Help 1]
                [ERROR]
                [ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.""";
        assertEquals("""
                  Could not create local repository at /home/.m2/repository -> [Help 1]
                Name a folder that you can write: MAVEN_OPTS=-Dmaven.repo.local=FOLDER
                """ + couldNotBuild(), failureOf("cat <<'END'\n" + output + "\nEND", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "http_proxy", "ALL_PROXY"})
    void ifMavenCannotDownloadAndAProxyVariableIsSetTheErrorNamesTheFileForTheProxy(String variable)
            throws IOException, InterruptedException {
        String script = "echo '[ERROR] Could not transfer artifact a:b:pom:1 -> [Help 1]'";
        String without = "  Could not transfer artifact a:b:pom:1 -> [Help 1]\n"
                + "Check that Maven's package index can be reached.\n";
        assertEquals(without + couldNotBuild(), failureOf(script, Map.of("NO_PROXY", "localhost")));
        assertEquals(
                without + "Maven does not use the proxy of the variable " + variable + ": it needs the proxy in"
                        + " ~/.m2/settings.xml, see https://maven.apache.org/guides/mini/guide-proxies.html\n"
                        + couldNotBuild(),
                failureOf(script, Map.of(variable, "http://proxy:3128")));
    }

    /** Starts a build that fails after a script has written the build's output; returns the launcher's error. */
    private String failureOf(String script, Map<String, String> variables) throws IOException, InterruptedException {
        checkout.forgetTheBuild();
        checkout.failBuilds(script);
        Cli.Outcome build = checkout.run(place, variables, "--help");
        assertEquals(1, build.code(), build.err());
        List<String> lines = build.err().lines().toList();
        return String.join("\n", lines.subList(1, lines.size()));
    }

    private String couldNotBuild() {
        return "Could not build the Java agent; the whole output of the build is in "
                + checkout.launcher().resolveSibling("target/build.log");
    }

    /**
     * Starts {@code gymwire --help} during another launcher's build, which ends when {@code gymwire} has printed that
     * it waits.
     *
     * @param holder the content of the other launcher's lock
     */
    private Cli.Outcome helpAfterABuildBy(String holder) throws IOException, InterruptedException {
        checkout.forgetTheBuild();
        checkout.failBuilds();
        Cli.Outcome help = checkout.shell(place, Map.of(), LOCK.formatted(holder) + """
                { "$@" 2>err; echo $? >code; } &
                until grep -q Waiting err 2>/dev/null || [ -f code ]; do sleep 0.1; done
                : >"$home/java-agent/agent/target/gymwire.stamp"
                rm -f "$home/target/build.lock"
                wait
                cat err >&2
                exit "$(cat code)"
                """, "--help");
        assertEquals(0, help.code(), help.err());
        assertTrue(help.out().contains("Usage: gymwire"), help.out());
        return help;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
