// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.env.VectorEnv;
import io.gymwire.evaluate.LongEvaluation;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.Directories;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.Trainer;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/** The explanation of the update that follows a run's checkpoint. The run's own files are not changed. */
public final class ExplainedRun {

    private final RunDirectory directory;
    private final RunConfig config;
    private final Sessions sessions;
    private final Consumer<String> progress;
    private final List<String> notes = new ArrayList<>();

    /**
     * A run.
     *
     * @param sessions sessions that together have the run's number of environments
     * @param progress receives lines about the progress of the work
     */
    public ExplainedRun(RunDirectory directory, RunConfig config, Sessions sessions, Consumer<String> progress) {
        this.directory = directory;
        this.config = config;
        this.sessions = sessions;
        this.progress = progress;
    }

    /**
     * Continues from a checkpoint as a resumed run would, until the next batch is collected.
     *
     * @param at the number of steps after which the checkpoint was saved; empty for the checkpoint that the file
     *     {@code latest} names, usually the newest
     */
    public UpdateInput collect(OptionalLong at) throws IOException {
        VectorEnv first = sessions.envs().get(0);
        Learner learner = new Learner(config, first.singleObservationSpace(), first.singleActionSpace());
        Path checkpoints = directory.checkpoints();
        Checkpoint.ResumeState state = at.isPresent()
                ? Checkpoint.load(checkpoints, at.getAsLong(), learner)
                : Checkpoint.loadLatest(checkpoints, learner, notes::add);
        Trainer trainer = new Trainer(config, learner, sessions.envs());
        if (state.states() != null) {
            trainer.restore(state.states());
        } else {
            trainer.reset();
            if (learner.iterations() > 0) {
                notes.add("The environments begin new episodes, because their state is not in the checkpoint. A"
                        + " run that was not interrupted at this checkpoint would collect a different batch.");
            }
        }
        if (learner.lags()) {
            notes.add("With --lag 1, the policy before the last update (if any) collected the newest rollout. The"
                    + " weight of a sample is the probability of its action under the policy that this page calls old,"
                    + " divided by the probability under the policy that drew the action. Weights have a maximum.");
        }
        learner.vine()
                .ifPresent(plan ->
                        notes.add("With --sampling vine, L is a sum over the actions tried in a state, averaged over"
                                + " the states where branches begin. The plan of an iteration: " + plan
                                + ". The numbers about advantages, the bound on the improvement, and the estimate of"
                                + " J(new) - J(old) by importance weights are computed from the trunk only."));
        progress.accept("collecting the next batch");
        trainer.collect(() -> false);
        return UpdateInput.of(trainer);
    }

    /**
     * Writes the explanation of the update that learns from a batch.
     *
     * @param episodes the number of new episodes to play with each policy, the old and the new
     * @return the files written
     */
    public List<Path> explain(UpdateInput input, int episodes) throws IOException {
        Explainer explainer = new Explainer(input);
        FreshEpisodes fresh = new FreshEpisodes(
                input.learner().encoder(),
                input.learner().decoder(),
                count -> sessions.openFurther(0, count),
                config.get(RolloutSettings.GAMMA),
                new LongEvaluation(config.envId(), progress));
        progress.accept("playing " + episodes + " episodes with the old policy");
        List<FreshEpisodes.Episode> before = fresh.play(explainer.before(), episodes);
        progress.accept("playing " + episodes + " episodes with the new policy");
        List<FreshEpisodes.Episode> after = fresh.play(explainer.after(), episodes);
        Explanation explanation =
                explainer.explain(PerformanceDifference.byFreshEpisodes(before, after), tenths("measuring the plane"));
        notes.add(RecordedRow.comparison(
                directory,
                explanation.subject().steps() + config.get(RolloutSettings.BATCH),
                explanation.subject().measured()));
        return write(ExplanationPage.files(explanation, notes));
    }

    /** A receiver of the finished fraction of the work. It reports each tenth of the work at most once. */
    private DoubleConsumer tenths(String work) {
        int[] reported = {-1};
        return part -> {
            int tenth = (int) (10 * part);
            if (tenth > reported[0]) {
                reported[0] = tenth;
                progress.accept(work + ": " + 10 * tenth + " %");
            }
        };
    }

    private List<Path> write(Map<String, byte[]> files) throws IOException {
        Path folder = directory.explanation();
        Directories.makeOne(folder);
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            AtomicFiles.write(path, file.getValue());
            written.add(path);
        }
        return written;
    }
}
