// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.gymwire.env.ServerInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code manifest.json}: what was run, with what, where, and how it ended. Written at the start and again at the end.
 */
final class RunManifest {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private final Path path;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    RunManifest(Path path, String envId, long seed, List<String> commandLine, ServerInfo server, Instant start) {
        this.path = path;
        fields.put("schema", 1);
        fields.put("env_id", envId);
        fields.put("seed", seed);
        fields.put("command_line", commandLine);
        fields.put("status", "running");
        fields.put("start", start.toString());
        fields.put("gymwire", ProgramVersion.current());
        fields.put("agent", AgentDescription.describe());
        fields.put("server", server);
    }

    void write() throws IOException {
        AtomicFiles.write(path, (GSON.toJson(fields) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Records the end of the run. */
    void finish(String status, Instant end, Map<String, Object> result) throws IOException {
        fields.put("status", status);
        fields.put("end", end.toString());
        fields.put("result", result);
        write();
    }
}
