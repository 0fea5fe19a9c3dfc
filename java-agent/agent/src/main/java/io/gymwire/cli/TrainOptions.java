// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.run.Sessions;
import io.gymwire.run.TrainConfig;
import io.gymwire.trpo.TrpoConfig;
import picocli.CommandLine.Option;

/**
 * The settings of a run as options: the one place of their defaults. Presets give other values, the command line has
 * the last word.
 */
public final class TrainOptions {

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Environment steps over all environments (${DEFAULT-VALUE}, the length of published MuJoCo"
                    + " results).")
    long steps;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Seed of every random number in the run (${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--envs",
            paramLabel = "E",
            defaultValue = "8",
            description =
                    "Number of environments (${DEFAULT-VALUE}). Few environments give long segments, many are faster;"
                            + " changes the result.")
    int envs;

    @Option(
            names = "--workers",
            paramLabel = "W",
            description =
                    "Sessions that the environments are spread over, each simulating on a core of its own (one per"
                            + " core, at most E; one for classic control and toy text, whose steps cost less than"
                            + " messages). Never changes the result.")
    Integer workers;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "2048",
            description =
                    "Environment steps of one iteration, a multiple of E (${DEFAULT-VALUE}, as in Stable-Baselines3's"
                            + " zoo).")
    int batch;

    @Option(
            names = "--reuse",
            paramLabel = "K",
            defaultValue = "1",
            description = "Rollouts that an update learns from, its own and those before it, 1 to 8 (${DEFAULT-VALUE}:"
                    + " on-policy).")
    int reuse;

    @Option(
            names = "--gamma",
            paramLabel = "G",
            defaultValue = "0.99",
            description = "Discount per step, 0.9 to 0.9999 (${DEFAULT-VALUE}, usual for MuJoCo).")
    double gamma;

    @Option(
            names = "--lambda",
            paramLabel = "L",
            defaultValue = "0.95",
            description = "Generalised advantage estimation: 0 trusts the critic, 1 the rewards (${DEFAULT-VALUE}, from"
                    + " Schulman et al. 2016).")
    double lambda;

    @Option(
            names = "--delta",
            paramLabel = "D",
            defaultValue = "0.04",
            description = "Trust region at the start: bound on the mean KL divergence of one update in nats, 0.005"
                    + " to 0.2 (${DEFAULT-VALUE}, tuned together with --anneal; the paper's 0.01 is for larger"
                    + " batches).")
    double delta;

    @Option(
            names = "--cg-iterations",
            paramLabel = "K",
            defaultValue = "10",
            description = "Most conjugate gradient iterations (${DEFAULT-VALUE}, from the paper).")
    int cgIterations;

    @Option(
            names = "--cg-tolerance",
            paramLabel = "T",
            defaultValue = "1e-6",
            description = "Conjugate gradient stops at this relative residual (${DEFAULT-VALUE}).")
    double cgTolerance;

    @Option(
            names = "--cg-damping",
            paramLabel = "C",
            defaultValue = "0.1",
            description =
                    "Added to the Fisher matrix's diagonal, 0.001 to 2 (${DEFAULT-VALUE}, as in OpenAI Baselines).")
    double cgDamping;

    @Option(
            names = "--line-search-steps",
            paramLabel = "K",
            defaultValue = "10",
            description = "Most step lengths that the line search tries (${DEFAULT-VALUE}).")
    int lineSearchSteps;

    @Option(
            names = "--line-search-shrink",
            paramLabel = "F",
            defaultValue = "0.8",
            description = "Factor from one step length to the next (${DEFAULT-VALUE}, as in Spinning Up).")
    double lineSearchShrink;

    @Option(
            names = "--accept-ratio",
            paramLabel = "R",
            defaultValue = "0.1",
            description =
                    "Least actual gain as a fraction of the expected one (${DEFAULT-VALUE}, as in Schulman's code).")
    double acceptRatio;

    @Option(
            names = "--fim-subsample",
            paramLabel = "N",
            defaultValue = "1",
            description = "Estimate the Fisher matrix from every N-th sample (${DEFAULT-VALUE}).")
    int fimSubsample;

    @Option(
            names = "--entropy",
            paramLabel = "C",
            defaultValue = "0",
            description = "Weight of the policy's entropy in the objective (${DEFAULT-VALUE}).")
    double entropy;

    @Option(
            names = "--observe",
            paramLabel = "RANGES",
            defaultValue = "all",
            converter = ElementRanges.Converter.class,
            description = "Elements of a Box observation, counted from 0 in row-major order, that policy and critic"
                    + " see, e.g. 0-26,30 (${DEFAULT-VALUE}). Those that say little about what to do cost samples.")
    ElementRanges observe;

    @Option(
            names = "--hidden",
            paramLabel = "N,...",
            defaultValue = "64,64",
            converter = LayerWidths.Converter.class,
            description = "Widths of the policy's hidden layers (${DEFAULT-VALUE}); none makes its mean or logits a"
                    + " linear function of the observation.")
    LayerWidths hidden;

    @Option(
            names = "--init-log-std",
            paramLabel = "X",
            defaultValue = "-0.5",
            description = "Log of the Gaussian policy's initial standard deviation, in units of half the action range"
                    + " (${DEFAULT-VALUE}, from Andrychowicz et al. 2020).")
    double initLogStd;

    @Option(
            names = "--clipped-actions",
            defaultValue = "false",
            description = "Learn from the Gaussian policy's actions as the environment takes them: beyond a limit, all"
                    + " that counts is the probability of being there (Fujita and Maeda 2018). Pays where the standard"
                    + " deviation is large (${DEFAULT-VALUE}; --clipped-actions=false overrules a preset).")
    boolean clippedActions;

    @Option(
            names = "--noise-color",
            paramLabel = "B",
            defaultValue = "0",
            description = "Correlates the Gaussian policy's noise from step to step: its power falls with the frequency"
                    + " f as 1/f^B, 0 to 2 (${DEFAULT-VALUE}: white; 1: pink, Hollenstein et al. 2024). Slow noise"
                    + " finds movements that take many steps.")
    double noiseColor;

    @Option(
            names = "--critic-hidden",
            paramLabel = "N,...",
            defaultValue = "64,64",
            converter = LayerWidths.Converter.class,
            description = "Widths of the critic's hidden layers, or none (${DEFAULT-VALUE}).")
    LayerWidths criticHidden;

    @Option(
            names = "--critic-epochs",
            paramLabel = "K",
            defaultValue = "20",
            description = "Passes of the critic over each batch (${DEFAULT-VALUE}, as in Stable-Baselines3's zoo).")
    int criticEpochs;

    @Option(
            names = "--critic-batch",
            paramLabel = "N",
            defaultValue = "128",
            description = "Samples of one step of the critic's optimiser (${DEFAULT-VALUE}).")
    int criticBatch;

    @Option(
            names = "--critic-lr",
            paramLabel = "A",
            defaultValue = "0.001",
            description = "Step size of the critic's optimiser, Adam, at the start (${DEFAULT-VALUE}).")
    double criticLr;

    @Option(
            names = "--anneal",
            paramLabel = "F",
            defaultValue = "0.25",
            description = "Fraction of --delta and --critic-lr that is left in the end, both shrinking in a straight"
                    + " line (${DEFAULT-VALUE}: delta ends at the paper's 0.01); 1 keeps them.")
    double anneal;

    @Option(
            names = "--anneal-steps",
            paramLabel = "N",
            description = "Environment steps until that fraction is reached (those of --steps when the run begins; a"
                    + " resumed run keeps them).")
    Long annealSteps;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Saves the run this often (${DEFAULT-VALUE}; 0: after each iteration). A lost server or a"
                    + " kill costs the work since then, never the result.")
    double checkpointSeconds;

    @Option(
            names = "--eval-every",
            paramLabel = "N",
            defaultValue = "0",
            description = "Evaluates the policy each N steps and at the end, into eval/curve.csv (${DEFAULT-VALUE}:"
                    + " never). Never changes the result.")
    long evalEvery;

    @Option(
            names = "--eval-episodes",
            paramLabel = "K",
            defaultValue = "20",
            description = "Episodes of an evaluation, for each of deterministic and stochastic (${DEFAULT-VALUE}).")
    int evalEpisodes;

    /** The settings, checked. */
    public TrainConfig toConfig(String envId) {
        if (annealSteps == null) {
            // Kept among the settings: what a part of the run, or a longer one, would have taken does not count.
            annealSteps = steps;
        }
        int cores = Runtime.getRuntime().availableProcessors();
        return new TrainConfig(
                envId,
                seed,
                steps,
                envs,
                workers == null ? Sessions.workersFor(envId, envs, cores) : workers,
                batch,
                reuse,
                gamma,
                lambda,
                TrpoConfig.defaults()
                        .withDelta(delta)
                        .withConjugateGradient(cgIterations, cgTolerance, cgDamping)
                        .withLineSearch(lineSearchSteps, lineSearchShrink, acceptRatio)
                        .withFimSubsample(fimSubsample)
                        .withEntropyCoefficient(entropy),
                observe.values(),
                hidden.values(),
                initLogStd,
                clippedActions,
                noiseColor,
                criticHidden.values(),
                criticEpochs,
                criticBatch,
                criticLr,
                anneal,
                annealSteps,
                checkpointSeconds,
                evalEvery,
                evalEpisodes);
    }
}
