// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kernels --repeats 0        | --repeats must be at least 1; got 0",
                "kernels --repeats few      | Invalid value for option '--repeats': 'few' is not an int",
                "kernels --envs ,           | --envs must name environments, e.g. CartPole-v1,HalfCheetah-v5",
                "kernels kernals            | bench has no section 'kernals'; give kernels, update, wire, clients, start or train",
                "kernels wire --peers       | --peers works only with the sections 'update' and 'train'; add one of"
                        + " these sections, or leave --peers out",
                "kernels --json /absent/f   | the folder of --json /absent/f does not exist; make it first"
            })
    void errorsAreReportedBeforeAnythingIsMeasured(String arguments, String message) {
        Cli.Outcome outcome = Cli.run(Main::run, ("bench " + arguments).split(" +"));
        Cli.assertComplaint(outcome.code(), outcome.err(), List.of(message));
    }

    @Test
    void kernelsAndUpdatesAreMeasuredAndWritten() throws IOException {
        JsonObject all = bench("kernels", "update", "--envs", "CartPole-v1");
        assertEquals(
                "[\"bench\",\"--quick\",\"--json\"]",
                first(all.getAsJsonArray("command_line"), 3).toString());
        assertTrue(all.getAsJsonObject("agent").get("processors").getAsInt() >= 1);
        assertFalse(all.getAsJsonObject("machine").get("cpu").getAsString().isEmpty());
        JsonObject sections = all.getAsJsonObject("sections");

        JsonArray kernels = sections.getAsJsonArray("kernels");
        int products = 0;
        for (JsonElement element : kernels) {
            JsonObject row = element.getAsJsonObject();
            if (row.has("shape")) {
                products++;
                assertTrue(row.get("gflops").getAsDouble() > 0, row.toString());
                assertTrue(row.get("ejml_gflops").getAsDouble() > 0, row.toString());
            }
        }
        assertEquals(18, products, "3 products of the hidden layer, and 5 of the outer layers for each of 3 networks");

        JsonObject update = sections.getAsJsonArray("update").get(0).getAsJsonObject();
        assertEquals("CartPole-v1", update.get("env_id").getAsString());
        double parts = 0;
        for (String part : List.of("gradient_seconds", "cg_seconds", "line_search_seconds", "critic_seconds")) {
            double seconds = update.getAsJsonObject(part).get("median").getAsDouble();
            assertTrue(seconds > 0, part);
            parts += seconds;
        }
        assertTrue(parts <= update.getAsJsonObject("seconds").get("median").getAsDouble(), update.toString());
        assertFalse(update.has("peer_seconds"));
        assertEquals(4, all.getAsJsonArray("targets").size(), "only kernel targets; update targets need a peer");
    }

    @Test
    void stepsAndRunsAreMeasuredAndNoServerIsLeft() throws IOException {
        JsonObject sections =
                bench("wire", "clients", "train", "--envs", "Pendulum-v1").getAsJsonObject("sections");
        JsonObject wire = sections.getAsJsonArray("wire").get(0).getAsJsonObject();
        assertEquals(1, wire.get("num_envs").getAsInt());
        assertTrue(wire.get("share").getAsDouble() > 0);
        assertEquals(6, sections.getAsJsonArray("clients").size(), "3 numbers of environments for each of 2 servers");
        for (JsonElement row : sections.getAsJsonArray("clients")) {
            for (String client : List.of("java_stream", "java_unary", "python_stream", "python_unary")) {
                JsonObject seconds = row.getAsJsonObject().getAsJsonObject(client + "_seconds");
                assertTrue(seconds.get("median").getAsDouble() > 0, client);
            }
        }
        JsonObject train = sections.getAsJsonArray("train").get(0).getAsJsonObject();
        for (String phase : List.of("rollout_seconds", "update_seconds", "critic_seconds", "iteration_seconds")) {
            assertTrue(train.getAsJsonObject(phase).get("median").getAsDouble() > 0, phase);
        }
        Cli.assertNoOtherServers();
    }

    @Test
    void aMissingEnvironmentIsNamed() {
        Cli.Outcome outcome = Cli.run(Main::run, "bench", "--quick", "wire", "--envs", "Absent-v0");
        assertEquals(1, outcome.code());
        assertTrue(outcome.err().contains("gymwire: ") && outcome.err().contains("Absent"), outcome.err());
        Cli.assertNoOtherServers();
    }

    private JsonObject bench(String... arguments) throws IOException {
        Path json = directory.resolve("figures.json");
        String[] command = new String[arguments.length + 4];
        command[0] = "bench";
        command[1] = "--quick";
        command[2] = "--json";
        command[3] = json.toString();
        System.arraycopy(arguments, 0, command, 4, arguments.length);
        Cli.Outcome outcome = Cli.run(Main::run, command);
        assertEquals(0, outcome.code(), outcome.err());
        assertTrue(outcome.out().lines().allMatch(line -> line.length() <= 120), outcome.out());
        JsonObject all = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        assertTrue(all.get("quick").getAsBoolean());
        return all;
    }

    private static JsonArray first(JsonArray array, int count) {
        JsonArray head = new JsonArray();
        for (int i = 0; i < count; i++) {
            head.add(array.get(i));
        }
        return head;
    }
}
