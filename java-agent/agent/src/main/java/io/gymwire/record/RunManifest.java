// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ServerInfo;
import io.gymwire.files.AtomicFiles;
import io.gymwire.fleet.Host;
import io.gymwire.fleet.Loss;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The file {@code manifest.json}: what was run, with which versions and settings, where, and how the run ended. The
 * file is written at the start, together with config.json, and again at the end of the run. When a run is resumed, or
 * continues after the loss of a session, the field {@code earlier} gets the earlier contents of the file. Left out are
 * the fields that are the same for all parts of a run, and the settings, if no setting that can change results was
 * changed.
 */
public final class RunManifest {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final int SCHEMA = 2;
    static final String EARLIER = "earlier";
    static final String CONFIG = "config";
    private static final String FLEET = "fleet";
    private static final String SERVERS = "servers";

    /** The part of the manifest with the packages that define the environment. */
    private static final String ENVIRONMENT = "environment";

    /**
     * The parts of the manifest that describe the Git checkout, the agent, the first server, and the packages that
     * define the environment. All these can affect results.
     */
    private static final List<String> FINGERPRINT = List.of("git", "agent", "server", ENVIRONMENT);

    /** The status of a run until its process records the end of the run. */
    public static final String RUNNING = "running";

    /** The status of a run that took all its steps, or reached the return of --stop-at. */
    public static final String FINISHED = "finished";

    /** The status of a run that was asked to end. */
    public static final String INTERRUPTED = "interrupted";

    /** The status of a run that ended with an error. */
    public static final String FAILED = "failed";

    private final RunDirectory directory;
    private final Path path;
    private final JsonObject config;
    private final JsonObject fields = new JsonObject();
    private boolean begun; // becomes true just before the manifest is written

    /**
     * The manifest of a run that will begin or continue. No file is written until {@link #begin}.
     *
     * @param contents the run's configuration
     * @param commandLine the command line as given
     * @param sessions the sessions of the environments, and their servers
     * @param losses the sessions that were lost since this process began
     * @throws IOException if the run's earlier manifest or the program's own files cannot be read
     */
    public RunManifest(
            RunDirectory directory,
            ConfigFile.Contents contents,
            List<String> commandLine,
            Sessions sessions,
            List<Loss> losses)
            throws IOException {
        VectorEnv env = sessions.envs().get(0);
        RunConfig run = contents.config();
        this.directory = directory;
        this.config = ConfigFile.json(contents);
        this.path = directory.manifest();
        fields.addProperty("schema", SCHEMA);
        fields.addProperty("env_id", run.envId());
        fields.addProperty("seed", run.get(RunSettings.SEED));
        OptionalDouble rewardThreshold = env.spec().rewardThreshold();
        if (rewardThreshold.isPresent() && Double.isFinite(rewardThreshold.getAsDouble())) {
            fields.addProperty("reward_threshold", rewardThreshold.getAsDouble());
        }
        fields.add("command_line", GSON.toJsonTree(commandLine));
        fields.addProperty("status", RUNNING);
        fields.addProperty("start", Instant.now().toString());
        fields.add("agent", GSON.toJsonTree(AgentDescription.describe()));
        fields.add("git", GSON.toJsonTree(AgentDescription.git()));
        fields.add("server", json(sessions.hosts().get(0).info()));
        fields.add(FLEET, fleet(sessions, losses));
        JsonObject environment = new JsonObject();
        environment.add("distributions", GSON.toJsonTree(env.distributions()));
        fields.add(ENVIRONMENT, environment);
        fields.add(CONFIG, config);
        if (Files.exists(path)) {
            fields.add(EARLIER, history(read(path), config));
        }
    }

    /** The servers that the agent did not start (none if it uses managed servers), and the lost sessions. */
    private static JsonObject fleet(Sessions sessions, List<Loss> losses) {
        JsonArray servers = new JsonArray();
        for (Host host : sessions.areOnOwnServers() ? List.<Host>of() : sessions.hosts()) {
            JsonObject server = new JsonObject();
            server.addProperty("address", host.address());
            server.add("sessions", GSON.toJsonTree(host.sessions()));
            server.addProperty("environments", host.environments());
            server.add("fingerprint", json(host.info()));
            servers.add(server);
        }
        JsonArray lost = new JsonArray();
        for (Loss loss : losses) {
            JsonObject each = new JsonObject();
            each.addProperty("step", loss.step());
            each.addProperty("time", loss.at().toString());
            each.addProperty("address", loss.server());
            each.addProperty("error", loss.reason());
            lost.add(each);
        }
        JsonObject fleet = new JsonObject();
        fleet.add(SERVERS, servers);
        fleet.add("losses", lost);
        return fleet;
    }

    /** The description of a server as one JSON object, without separate objects for the protocol and fingerprint. */
    private static JsonObject json(ServerInfo server) {
        ServerInfo.Fingerprint fingerprint = server.fingerprint();
        JsonObject json = new JsonObject();
        json.addProperty("protocolMajor", server.protocol().major());
        json.addProperty("protocolMinor", server.protocol().minor());
        json.addProperty("serverVersion", server.serverVersion());
        json.add("capabilities", GSON.toJsonTree(server.capabilities()));
        json.addProperty("os", fingerprint.os());
        json.addProperty("cpu", fingerprint.cpu());
        json.add("cpuFeatures", GSON.toJsonTree(fingerprint.cpuFeatures()));
        json.addProperty("python", fingerprint.python());
        json.add("packages", GSON.toJsonTree(fingerprint.packages().versions()));
        json.add("unlocked", GSON.toJsonTree(fingerprint.packages().unlocked()));
        json.addProperty("programSha256", server.programSha256());
        return json;
    }

    /**
     * Reads a manifest.
     *
     * @throws IOException if the file cannot be read
     */
    public static JsonFile read(Path path) throws IOException {
        return JsonFile.read(path, "put it back from a copy, or train the run again");
    }

    /**
     * A manifest's description of the Git checkout, agent, first server and environment as a flat map, e.g.
     * {@code server.packages.numpy -> 2.4.6}.
     */
    public static Map<String, String> fingerprint(JsonFile manifest) {
        Map<String, String> flat = new TreeMap<>();
        for (String part : FINGERPRINT) {
            if (manifest.has(part)) {
                flat.putAll(manifest.flat(part));
            }
        }
        return flat;
    }

    /** Whether the run's environments are on servers that the agent did not start. */
    public static boolean isOnGivenServers(JsonFile manifest) throws IOException {
        return manifest.has(FLEET) && !manifest.object(FLEET).objects(SERVERS).isEmpty();
    }

    /**
     * Records in the manifest that a run has failed, and why. If the run failed before it wrote a manifest, this method
     * creates one.
     *
     * @param path the manifest
     * @param commandLine the run's command line
     * @param error the error in one sentence
     */
    public static void fail(Path path, String envId, long seed, List<String> commandLine, String error)
            throws IOException {
        JsonObject fields = new JsonObject();
        if (Files.exists(path)) {
            fields = read(path).json();
        } else {
            fields.addProperty("schema", SCHEMA);
            fields.addProperty("env_id", envId);
            fields.addProperty("seed", seed);
            fields.add("command_line", GSON.toJsonTree(commandLine));
        }
        fields.addProperty("status", FAILED);
        fields.addProperty("end", Instant.now().toString());
        fields.addProperty("error", error);
        write(path, fields);
    }

    /**
     * Changes a run's status from failed to interrupted. Call this method if the run lost a session and the process was
     * asked to end before the run could continue.
     *
     * @param path the manifest
     */
    public static void interrupt(Path path) throws IOException {
        JsonObject fields = read(path).json();
        fields.addProperty("status", INTERRUPTED);
        fields.addProperty("end", Instant.now().toString());
        fields.remove("error");
        write(path, fields);
    }

    /** The run's directory. */
    public RunDirectory directory() {
        return directory;
    }

    /**
     * Writes config.json and the manifest, because the run begins or continues now.
     *
     * @throws IOException if a file cannot be written
     */
    public void begin() throws IOException {
        ConfigFile.write(directory.config(), config);
        begun = true;
        write(path, fields);
    }

    /** Whether {@link #begin} has tried to write the manifest. */
    public boolean hasBegun() {
        return begun;
    }

    private static void write(Path path, JsonObject fields) throws IOException {
        AtomicFiles.write(path, (GSON.toJson(fields) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Records the end of the run.
     *
     * @param checkpoint the file with the learner's numbers. It belongs to the last checkpoint that this part of the
     *     run saved. Null if this part saved no checkpoint
     */
    public void finish(String status, Instant end, Map<String, Object> result, Path checkpoint) throws IOException {
        fields.addProperty("status", status);
        fields.addProperty("end", end.toString());
        fields.add("result", GSON.toJsonTree(result));
        if (checkpoint != null) {
            JsonObject last = new JsonObject();
            last.addProperty("file", checkpoint.getFileName().toString());
            last.addProperty("sha256", AgentDescription.sha256(checkpoint));
            fields.add("checkpoint", last);
        }
        write(path, fields);
    }

    /**
     * The parts of the run before it continued, oldest first. These are the parts that the earlier manifest lists, and
     * then the part that the earlier manifest itself describes.
     *
     * @param manifest the earlier manifest
     * @param settings the settings of the part that begins now
     */
    private static JsonArray history(JsonFile manifest, JsonObject settings) throws IOException {
        JsonArray parts = new JsonArray();
        manifest.objects(EARLIER).forEach(parts::add);
        JsonObject part = new JsonObject();
        for (Map.Entry<String, JsonElement> field : manifest.json().entrySet()) {
            if (!List.of("schema", "env_id", "seed", "reward_threshold", CONFIG, EARLIER)
                    .contains(field.getKey())) {
                part.add(field.getKey(), field.getValue());
            }
        }
        // A manifest that was made only to record a failure has no settings.
        if (manifest.has(CONFIG)) {
            JsonObject before = manifest.object(CONFIG).json();
            if (!SettingChanges.between(before, settings).isEmpty()) {
                part.add(CONFIG, before);
            }
        }
        parts.add(part);
        return parts;
    }
}
