// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.record.RunManifest;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run on several servers gives the same results, bit for bit, as a run on managed servers, even if servers are lost.
 */
@Timeout(180)
class FleetRunTest {

    private static final int BATCH = 512;
    private static final int ITERATIONS = 12;

    @TempDir
    private static Path sharedFolder;

    private static Path referenceRun;

    @TempDir
    private Path directory;

    private final List<ManagedServer> servers = new ArrayList<>();

    @BeforeAll
    static void makeReferenceRun() {
        referenceRun = sharedFolder.resolve("reference");
        Cli.succeed(train(referenceRun, "--workers", "2"));
    }

    @AfterEach
    void endServers() {
        servers.forEach(ManagedServer::close);
    }

    @Test
    void twoServersGiveTheSameResults() throws IOException {
        String one = start().address();
        String two = start().address();
        Path run = directory.resolve("run");
        String out = Cli.succeed(train(run, "--workers", "4", "--server", one + "," + two));
        assertTrue(out.contains("sessions: 2 on " + one + ", 2 on " + two + "\n"), out);
        assertSameAsReferenceRun(run);
        JsonArray hosts = fleet(run).getAsJsonArray("servers");
        assertEquals(2, hosts.size());
        JsonObject second = hosts.get(1).getAsJsonObject();
        assertEquals(two, second.get("address").getAsString());
        assertEquals("[1,3]", second.get("sessions").toString());
        assertTrue(second.getAsJsonObject("fingerprint").has("packages"), second.toString());
        assertTrue(fleet(run).getAsJsonArray("losses").isEmpty());

        Path other = directory.resolve("other");
        out = Cli.succeed(train(other, "--server", one, "--server", two));
        assertTrue(out.contains("sessions: 1 on " + one + ", 1 on " + two + "\n"), out);
        assertSameAsReferenceRun(other);
        String verified = Cli.succeed("verify", referenceRun.toString(), "--server", one + "," + two);
        assertTrue(verified.contains("identical: " + ITERATIONS + " iterations and the final checkpoint"), verified);
    }

    @Test
    void sessionsOfAKilledServerMoveToTheOtherServer() throws IOException, InterruptedException {
        start();
        start();
        Path run = directory.resolve("run");
        try (AgentProcess agent = agent(run, "--workers", "4", "--server", addresses())) {
            kill(agent, run, servers.get(0));
            assertEquals(0, agent.awaitEnd(), agent::output);
            assertTrue(
                    agent.out()
                            .contains("sessions: 4 on " + servers.get(1).address() + "; skipped "
                                    + servers.get(0).address()),
                    agent.out());
        }
        assertSameAsReferenceRun(run);
        JsonObject loss = fleet(run).getAsJsonArray("losses").get(0).getAsJsonObject();
        assertEquals(servers.get(0).address(), loss.get("address").getAsString());
        long step = loss.get("step").getAsLong();
        assertTrue(step > 0 && step < BATCH * ITERATIONS && step % BATCH == 0, loss.toString());
        assertEquals(1, fleet(run).getAsJsonArray("servers").size());
    }

    @Test
    void oneServerOfThreeIsEnough() throws IOException, InterruptedException {
        IntStream.range(0, 3).forEach(i -> start());
        Path run = directory.resolve("run");
        try (AgentProcess agent = agent(run, "--server", addresses())) {
            kill(agent, run, servers.get(0), servers.get(2));
            assertEquals(0, agent.awaitEnd(), agent::output);
        }
        assertSameAsReferenceRun(run);
        assertFalse(fleet(run).getAsJsonArray("losses").isEmpty());
    }

    @Test
    void aServerThatComesBackAtAnotherAddressTakesAllSessions() throws IOException, InterruptedException {
        start();
        start();
        Path list = directory.resolve("servers");
        write(list, servers.get(0).address(), servers.get(1).address());
        Path run = directory.resolve("run");
        try (AgentProcess agent = agent(run, "--servers", list.toString())) {
            kill(agent, run, servers.get(0), servers.get(1));
            agent.awaitOutput("waiting up to 60 s: none of the servers answers");
            write(list);
            write(list, start().address());
            assertEquals(0, agent.awaitEnd(), agent::output);
            assertTrue(agent.out().contains("sessions: 1 on " + servers.get(2).address()), agent.out());
        }
        assertSameAsReferenceRun(run);
    }

    @Test
    void aRunWhoseServersDoNotComeBackCanBeResumed() throws IOException, InterruptedException {
        start();
        start();
        Path run = directory.resolve("run");
        try (AgentProcess agent = agent(run, "--server", addresses(), "--wait-servers", "0")) {
            kill(agent, run, servers.get(0), servers.get(1));
            assertNotEquals(0, agent.awaitEnd());
            for (ManagedServer server : servers) {
                assertTrue(agent.err().contains(server.address()), agent.err());
            }
            assertTrue(agent.err().contains("none of the servers answers"), agent.err());
            assertTrue(agent.err().contains("--wait-servers SECONDS"), agent.err());
        }
        JsonObject manifest = RunManifest.read(run.resolve("manifest.json")).json();
        assertEquals("failed", manifest.get("status").getAsString());
        Cli.succeed("train", "--resume", run.toString(), "--server", start().address());
        assertSameAsReferenceRun(run);
    }

    @Test
    void theOptionWaitServersMakesTheAgentWaitForAllServersAtTheStart() throws IOException, InterruptedException {
        String first = start().address();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String later = "127.0.0.1:" + port;
        Path run = directory.resolve("run");
        try (AgentProcess agent = agent(run, "--server", first + "," + later, "--wait-servers", "300")) {
            agent.awaitOutput("waiting up to 300 s: not all servers answer: " + later);
            assertFalse(Files.exists(run));
            start(later);
            assertEquals(0, agent.awaitEnd(), agent::output);
            assertTrue(agent.out().contains("sessions: 1 on " + first + ", 1 on " + later), agent.out());
        }
        assertSameAsReferenceRun(run);
    }

    @Test
    void aServerThatDoesNotAnswerIsReportedAndTheOtherServersAreUsed() {
        String one = start().address();
        String absent = "127.0.0.1:1,nowhere.invalid:50051";
        String out = Cli.succeed(
                "train",
                "CartPole-v1",
                "--steps",
                "512",
                "--batch",
                "512",
                "--run-dir",
                directory.resolve("run").toString(),
                "--server",
                absent + "," + one);
        assertTrue(out.contains("sessions: 1 on " + one + "; skipped 127.0.0.1:1 ("), out);
        assertTrue(out.contains("nowhere.invalid:50051 ("), out);
        Cli.fail(
                List.of(
                        "none of the servers answers",
                        "127.0.0.1:1 (",
                        "nowhere.invalid:50051 (",
                        "check that they run"),
                "train",
                "CartPole-v1",
                "--server",
                absent);
        Cli.Outcome info = Cli.run("info", "--server", absent + "," + one);
        assertEquals(0, info.code());
        assertTrue(info.err().startsWith("skipped 127.0.0.1:1 ("), info.err());
    }

    @Test
    void theAgentDoesNotWaitForAServerThatRefusesItsToken() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef0123456789abcdef");
        Path wrong = Files.writeString(directory.resolve("wrong"), "wrong456789abcdef0123456789abcdef");
        ManagedServer one = start("127.0.0.1:0", "--token-file", token.toString());
        ManagedServer two = start("127.0.0.1:0", "--token-file", token.toString());
        Path list = directory.resolve("servers");
        write(list, one.address() + " token-file=token", two.address() + " token-file=wrong");
        for (String command : new String[] {"train", "info"}) {
            Cli.Outcome outcome =
                    Cli.run(command, "CartPole-v1", "--servers", list.toString(), "--wait-servers", "1000");
            Cli.assertComplaint(outcome.code(), outcome.err(), List.of(two.address(), "refused this client"));
            assertFalse(outcome.out().contains("waiting"), outcome.out());
        }
        write(list, one.address() + " token-file=token", two.address());
        String out = Cli.succeed(
                "info", "CartPole-v1", "--servers", list.toString(), "--server-token-file", token.toString());
        assertTrue(out.contains("environment        CartPole-v1"), out);
    }

    @Test
    void infoDescribesEveryServer() {
        start();
        start();
        String out = Cli.succeed("info", "--server", addresses());
        for (ManagedServer server : servers) {
            assertTrue(out.contains("address       " + server.address() + "\nserver        gymwire "), out);
        }
        assertEquals(
                1, out.lines().filter(line -> line.startsWith("CartPole-v1 ")).count());
    }

    @Test
    void aWrongListOfServersAndAnOptionThatDoesNotFitTheListAreRefused() throws IOException {
        Path list = directory.resolve("servers");
        Cli.fail(List.of(list + " cannot be used: there is no such file"), "info", "--servers", list.toString());
        Files.writeString(list, "one:1\nnowhere\n");
        for (String command : new String[] {"train", "sweep", "info"}) {
            Cli.fail(
                    List.of(list + " cannot be used: line 2: the server address 'nowhere'"),
                    command,
                    "CartPole-v1",
                    "--servers",
                    list.toString());
        }
        Cli.fail(
                List.of("--server and --servers both name servers"),
                "info",
                "--server",
                "one:1",
                "--servers",
                list.toString());
        Cli.fail(List.of("one:1 is named twice"), "info", "--server", "one:1,two:2", "--server", "one:1");
        Cli.fail(List.of("--wait-servers", "running server"), "info", "--wait-servers", "5");
        Cli.fail(
                List.of("--wait-servers must be from 0 to 10,000,000 seconds; got -1"),
                "info",
                "--server",
                "one:1",
                "--wait-servers",
                "-1");
        Cli.fail(
                List.of("--import cannot be combined with --servers"),
                "train",
                "CartPole-v1",
                "--import",
                "lab",
                "--servers",
                list.toString());
    }

    @Test
    void aSweepPassesAllServersToItsRuns() {
        String script = Cli.succeed(
                "sweep",
                "CartPole-v1",
                "--seeds",
                "1",
                "--slurm",
                "--dir",
                directory.resolve("sweep").toString(),
                "--server",
                "one:1,two:2",
                "--server",
                "three:3",
                "--wait-servers",
                "300");
        assertTrue(
                script.contains(
                        "--server one:1,two:2 --server three:3 --wait-servers 300 --part \"$SLURM_ARRAY_TASK_ID/1"),
                script);
        assertFalse(script.contains("--workers"), script);
    }

    private ManagedServer start() {
        return start("127.0.0.1:0");
    }

    private ManagedServer start(String address, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--listen", address));
        arguments.addAll(List.of(options));
        ManagedServer server = ManagedServer.start(arguments, Map.of());
        servers.add(server);
        return server;
    }

    private String addresses() {
        return String.join(",", servers.stream().map(ManagedServer::address).toList());
    }

    private static void write(Path list, String... lines) throws IOException {
        Files.write(
                list,
                Stream.concat(Stream.of("# servers", ""), Stream.of(lines)).toList());
    }

    private AgentProcess agent(Path run, String... more) throws IOException {
        return new AgentProcess(directory, List.of(), train(run, more));
    }

    private static String[] train(Path run, String... more) {
        List<String> command = new ArrayList<>(List.of("train", "CartPole-v1", "--batch", "" + BATCH));
        command.addAll(List.of("--steps", "" + BATCH * ITERATIONS, "--envs", "4", "--checkpoint-every", "0"));
        command.addAll(List.of("--run-dir", run.toString()));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }

    /** Kills servers in the middle of the run. The agent is suspended meanwhile, so the run cannot end first. */
    private static void kill(AgentProcess agent, Path run, ManagedServer... killedServers)
            throws IOException, InterruptedException {
        agent.await(() -> RunFiles.rows(run) >= 3, "it did not make two iterations");
        agent.signal("STOP");
        assertTrue(RunFiles.rows(run) < ITERATIONS, "the run ended before the servers were killed");
        for (ManagedServer server : killedServers) {
            AgentProcess.kill("KILL", Long.toString(server.pid()));
        }
        agent.signal("CONT");
    }

    private static void assertSameAsReferenceRun(Path run) throws IOException {
        JsonObject expected =
                RunManifest.read(referenceRun.resolve("manifest.json")).json();
        JsonObject actual = RunManifest.read(run.resolve("manifest.json")).json();
        assertEquals("finished", actual.get("status").getAsString());
        assertEquals(expected.get("checkpoint"), actual.get("checkpoint"));
        assertEquals(
                RunFiles.withoutTimes(referenceRun.resolve("progress.csv")),
                RunFiles.withoutTimes(run.resolve("progress.csv")));
        assertEquals(RunFiles.episodes(referenceRun), RunFiles.episodes(run));
    }

    private static JsonObject fleet(Path run) throws IOException {
        return RunManifest.read(run.resolve("manifest.json")).json().getAsJsonObject("fleet");
    }
}
