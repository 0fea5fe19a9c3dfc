// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.evaluate;

import io.gymwire.env.VectorEnv;
import io.gymwire.files.Directories;
import io.gymwire.files.OutputFile;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.record.Csv;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/**
 * Evaluations during a training run, in {@code eval/curve.csv}: one row per episode with the columns
 * {@code step,seed,episode,return,length,policy}. Every evaluation plays the same seeds, once with the deterministic
 * policy and once with the stochastic policy.
 */
public final class CurveEvaluation {

    /** The maximum number of sessions that an evaluation has open at a time, one for each of the two policies. */
    public static final int SESSIONS = 2;

    /** The maximum number of environments in these sessions together. */
    public static final int ENVIRONMENTS = SESSIONS * Evaluator.SIDE_BY_SIDE;

    private final RunConfig config;
    private final Learner learner;
    private final BiFunction<Integer, Integer, VectorEnv> open;
    private final Path path;
    private final ConsoleReporter console;
    private final List<String> kept = new ArrayList<>(); // the file's lines up to the step at which the run continues

    /**
     * The evaluations of a run that will begin or continue. The file does not change until {@link #begin}.
     *
     * @param open opens a session. The first argument is 0 for the deterministic policy and 1 for the stochastic
     *     policy. The second argument is the number of environments. The two policies play at the same time
     * @throws IOException if the file of an earlier part of the run cannot be used
     */
    public CurveEvaluation(
            RunConfig config,
            Learner learner,
            BiFunction<Integer, Integer, VectorEnv> open,
            RunDirectory directory,
            ConsoleReporter console)
            throws IOException {
        this.config = config;
        this.learner = learner;
        this.open = open;
        this.path = directory.evaluationCurve();
        this.console = console;
        for (String line : Csv.completeLines(path)) {
            if (kept.isEmpty() || step(line) <= steps()) {
                kept.add(line);
            }
        }
    }

    /** Deletes the rows of the evaluations that the run will do again. */
    public void begin() throws IOException {
        if (!kept.isEmpty()) {
            Csv.rewrite(path, kept);
        }
    }

    private long step(String row) throws IOException {
        try {
            return Long.parseLong(Csv.split(row).get(0));
        } catch (NumberFormatException e) {
            throw Csv.file(path).unusable("there is no step in the row " + row, e);
        }
    }

    /**
     * Whether an evaluation follows the present iteration. In a run with evaluations, this is so if the iteration
     * reaches or passes a multiple of {@link RunSettings#EVAL_EVERY} steps, or if it is the run's last iteration.
     *
     * @param last whether the run ends with this iteration
     */
    public boolean isDue(boolean last) {
        long every = config.get(RunSettings.EVAL_EVERY);
        return every > 0 && (last || steps() / every > (steps() - batch()) / every);
    }

    /**
     * Evaluates the present policy.
     *
     * @param stop checked between steps; if it is true, the evaluation is stopped
     * @throws Evaluator.StoppedException if the evaluation was stopped; then no rows are written
     */
    public void evaluate(BooleanSupplier stop) throws IOException {
        CompletableFuture<List<Evaluator.Episode>> stochastic =
                CompletableFuture.supplyAsync(() -> play(1, false, stop));
        List<Evaluator.Episode> deterministic;
        try {
            deterministic = play(0, true, stop);
        } finally {
            // The sessions of the stochastic policy must be closed before this method continues or fails.
            stochastic.handle((episodes, failure) -> null).join();
        }
        try {
            write(deterministic, stochastic.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        int episodes = config.get(RunSettings.EVAL_EPISODES);
        console.line(String.format(
                Locale.ROOT,
                "evaluation at %,d steps, %d %s: deterministic %.1f, stochastic %.1f",
                steps(),
                episodes,
                episodes == 1 ? "episode" : "episodes",
                mean(deterministic),
                mean(stochastic.join())));
    }

    private List<Evaluator.Episode> play(int side, boolean deterministic, BooleanSupplier stop) {
        Runnable count = new LongEvaluation(config.envId(), console::line);
        return Evaluator.evaluate(
                learner, envs -> open.apply(side, envs), config.get(RunSettings.EVAL_EPISODES), deterministic, () -> {
                    if (stop.getAsBoolean()) {
                        throw new Evaluator.StoppedException();
                    }
                    count.run();
                });
    }

    private void write(List<Evaluator.Episode> deterministic, List<Evaluator.Episode> stochastic) throws IOException {
        StringBuilder rows = new StringBuilder();
        if (Csv.completeLines(path).isEmpty()) {
            rows.append(Evaluator.COLUMNS).append('\n');
        }
        Evaluator.rows(steps(), deterministic, true)
                .forEach(row -> rows.append(row).append('\n'));
        Evaluator.rows(steps(), stochastic, false)
                .forEach(row -> rows.append(row).append('\n'));
        Directories.makeOne(path.getParent());
        try (OutputFile out = OutputFile.append(path)) {
            out.write(rows.toString().getBytes(StandardCharsets.UTF_8));
            out.sync();
        }
    }

    private long steps() {
        return learner.iterations() * batch();
    }

    private int batch() {
        return config.get(RolloutSettings.BATCH);
    }

    private static double mean(List<Evaluator.Episode> episodes) {
        return episodes.stream()
                .mapToDouble(Evaluator.Episode::totalReward)
                .average()
                .orElse(Double.NaN);
    }
}
