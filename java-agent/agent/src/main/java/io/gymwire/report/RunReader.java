// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.files.Directories;
import io.gymwire.files.DirectoryLock;
import io.gymwire.files.FileException;
import io.gymwire.learn.RunMetrics;
import io.gymwire.record.Csv;
import io.gymwire.record.CsvTable;
import io.gymwire.record.JsonFile;
import io.gymwire.record.ProgressCsv;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A reader of the directories of finished and unfinished runs. */
final class RunReader {

    static final String STEPS = ProgressCsv.TOTAL_TIMESTEPS;
    static final String RETURN = RunMetrics.EPISODE_RETURN.name();

    /** A training return is the mean return of the last 100 episodes, or of all episodes if there are fewer. */
    private static final int EPISODES = 100;

    private static final double NONE = Double.NaN;
    private static final String KILLED = "killed";
    private static final Set<String> EVALUATION_TEXTS = Set.of("policy");

    private final OptionalDouble threshold;
    private final Consumer<String> remark;
    private final List<Incomplete> incomplete = new ArrayList<>();
    private FileException damage; // of the first run with a file that cannot be used; null if there is none

    /**
     * @param threshold the return at which an environment counts as solved; empty for the environment's own threshold
     * @param remark receives messages of one line: about runs and rows that are left out, and about unfinished runs
     */
    RunReader(OptionalDouble threshold, Consumer<String> remark) {
        this.threshold = threshold;
        this.remark = remark;
    }

    /**
     * Reads each run once, in the order of {@code paths}. The runs below one path are sorted by the paths of their
     * directories.
     *
     * @param paths run directories, or directories that contain run directories; each can be a symbolic link
     * @return the runs that have recorded a return, without runs that have a damaged file
     * @throws IOException if a path contains no run, or if there is no run to return and no run has the status
     *     {@code failed}. In the second case, the message names the first file that cannot be used, if there is one
     */
    List<Run> read(List<Path> paths) throws IOException {
        Map<Path, Path> directories = new LinkedHashMap<>();
        for (Path path : paths) {
            List<Path> found = find(path);
            if (found.isEmpty()) {
                throw new IOException("directory " + path + " contains no run, and no directory below it contains one"
                        + " (a run has a manifest.json); give a directory that train or sweep made");
            }
            for (Path directory : found) {
                directories.putIfAbsent(directory.toRealPath(), directory);
            }
        }
        List<Run> runs = new ArrayList<>();
        for (Path directory : directories.values()) {
            Run run = Files.exists(directory.resolve(RunDirectory.MANIFEST))
                    ? readUnlessDamaged(directory)
                    : notBegun(directory);
            if (run != null) {
                runs.add(run);
            }
        }
        if (runs.isEmpty()
                && incomplete.stream().noneMatch(run -> run.state().status().equals(RunManifest.FAILED))) {
            if (damage != null) {
                throw damage;
            }
            throw new IOException("no episode has ended in a finished iteration of the runs in " + paths
                    + "; wait if a run still continues, or give other directories");
        }
        return runs;
    }

    /** The runs read so far that have not finished, or that have a damaged file. */
    List<Incomplete> incomplete() {
        return incomplete;
    }

    private List<Path> find(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new IOException((Files.exists(path) ? path + " is a file" : "directory " + path + " does not exist")
                    + "; give a directory that train or sweep made");
        }
        Predicate<Path> ofRun = file -> file.endsWith(RunDirectory.MANIFEST) || file.endsWith(RunDirectory.LOG);
        return Directories.findWithLinks(path, ofRun, remark).stream()
                .map(Path::getParent)
                .distinct()
                .sorted()
                .toList();
    }

    /** Records a run that has a log but no manifest. In a sweep, the log is made before the manifest. */
    private Run notBegun(Path directory) {
        incomplete.add(new Incomplete(
                directory,
                "",
                "",
                new Run.State("not begun", "it has only a " + RunDirectory.LOG + ", which may say why", 0),
                false));
        remark.accept(directory + " is left out: it has only a " + RunDirectory.LOG + " and has not begun");
        return null;
    }

    /** Reads a run. If one of its files cannot be used, lists the run as damaged; the result is then null. */
    private Run readUnlessDamaged(Path directory) throws IOException {
        int listed = incomplete.size();
        try {
            return readOne(directory);
        } catch (FileException e) {
            damage = damage == null ? e : damage;
            incomplete.subList(listed, incomplete.size()).clear();
            incomplete.add(new Incomplete(directory, "", "", new Run.State("damaged", e.getMessage(), 0), false));
            remark.accept(directory + " is left out: " + e.getMessage());
            return null;
        }
    }

    /** Reads a run; the result is null if the run has not recorded a return yet. */
    private Run readOne(Path path) throws IOException {
        RunDirectory directory = RunDirectory.open(path);
        JsonFile manifest = RunManifest.read(directory.manifest());
        String status = status(directory, manifest);
        CsvTable progress = readTable(directory.progress(), Set.of(), STEPS, RETURN);
        double[] steps = progress.numbers(STEPS);
        Curve returns = Curve.of(steps, progress.numbers(RETURN));
        long taken = steps.length == 0 ? 0 : (long) steps[steps.length - 1];
        String reason = reason(directory, manifest, status);
        Run.State state = new Run.State(status, reason, taken);
        if (!status.equals(RunManifest.FINISHED)) {
            incomplete.add(new Incomplete(
                    path, manifest.text("env_id", ""), manifest.text("seed", ""), state, !returns.isEmpty()));
        }
        if (returns.isEmpty() && status.equals(RunManifest.FINISHED) && !Files.exists(directory.progress())) {
            throw Csv.file(directory.progress()).unusable("it is missing, but the run has finished", null);
        }
        if (returns.isEmpty()) {
            remark.accept(path
                    + (status.equals(RunManifest.FAILED)
                            ? " failed before it recorded a return: " + reason
                            : " is left out: no episode has ended in its finished iterations"));
            return null;
        }
        if (!status.equals(RunManifest.FINISHED)) {
            remark.accept(path + " is not finished (" + status + "), at step " + taken
                    + (reason.isEmpty() ? "" : ": " + reason));
        }
        CsvTable monitor = readTable(directory.monitor(), Set.of(), "r", "l");
        double[] episodes = CsvTable.last(monitor.numbers("r"), EPISODES);
        Curve settled = settled(returns, monitor.numbers("l"));
        int best = settled.highest();
        double solved = threshold.isPresent() ? threshold.getAsDouble() : manifest.number("reward_threshold", NONE);
        Evaluations evaluations = new Evaluations(
                readTable(directory.evaluations(), EVALUATION_TEXTS, "return", "policy"),
                readTable(directory.evaluationCurve(), EVALUATION_TEXTS, "step", "return", "policy"));
        if (evaluations.lastStep() < taken) {
            remark.accept(String.format(
                    Locale.ROOT,
                    "%s: the last evaluation is of step %,.0f, but the run has %,d steps; ./gymwire eval %s"
                            + " evaluates the policy of the newest checkpoint",
                    path,
                    evaluations.lastStep(),
                    taken,
                    path));
        }
        return new Run(
                new Run.Identity(path, manifest.text("env_id", "unknown"), manifest.integer("seed", 0)),
                state,
                new Run.Recipe(
                        StoredSettings.read(directory.config()),
                        RunManifest.fingerprint(manifest),
                        RunManifest.isOnGivenServers(manifest)),
                new Run.Scores(
                        episodes.length == 0
                                ? returns.values()[returns.values().length - 1]
                                : Statistics.mean(episodes),
                        new Run.Point(settled.steps()[best], settled.values()[best]),
                        evaluations.mean("deterministic"),
                        evaluations.mean("stochastic"),
                        new Run.Threshold(solved, reached(settled, solved))),
                progress);
    }

    /** The status in the manifest; "killed" if the manifest says "running" but no process has the directory's lock. */
    private static String status(RunDirectory directory, JsonFile manifest) throws IOException {
        String status = manifest.text("status", "unknown");
        boolean gone = DirectoryLock.isHeld(directory.path()).equals(Optional.of(false));
        return status.equals(RunManifest.RUNNING) && gone ? KILLED : status;
    }

    private static String reason(RunDirectory directory, JsonFile manifest, String status) throws IOException {
        return switch (status) {
            case RunManifest.FAILED -> manifest.text("error", "its manifest does not say why");
            case KILLED ->
                "its process was killed, or the machine stopped; train --resume " + directory + " continues it";
            default -> "";
        };
    }

    /**
     * The part of the curve after the first 100 episodes, or after all episodes if there are fewer. The sum of these
     * episodes' lengths is used as the step at which the part begins. If the curve has no point from this step on, the
     * result is the curve's last point. The curve's first points are left out, because a mean of few episodes depends
     * on luck.
     */
    private static Curve settled(Curve returns, double[] lengths) {
        double steps = IntStream.range(0, Math.min(EPISODES, lengths.length))
                .mapToDouble(i -> lengths[i])
                .sum();
        Curve settled = returns.from(steps);
        return settled.isEmpty() ? returns.from(returns.last()) : settled;
    }

    private static double reached(Curve curve, double threshold) {
        return IntStream.range(0, curve.values().length)
                .filter(i -> curve.values()[i] >= threshold)
                .mapToDouble(i -> curve.steps()[i])
                .findFirst()
                .orElse(Double.NaN);
    }

    private CsvTable readTable(Path path, Set<String> textColumns, String... needed) throws IOException {
        CsvTable table = CsvTable.read(path, textColumns);
        for (String column : needed) {
            if (table.size() + table.skipped() > 0 && !table.has(column)) {
                throw Csv.file(path).unusable("its header names no column " + column, null);
            }
        }
        if (table.skipped() > 0) {
            remark.accept(path + ": rows left out because they are unreadable: " + table.skipped());
        }
        return table;
    }
}
