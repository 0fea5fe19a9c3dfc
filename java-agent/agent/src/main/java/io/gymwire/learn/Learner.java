// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.distribution.ActionModel;
import io.gymwire.env.space.Space;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.net.Mlp;
import io.gymwire.observe.Encoder;
import io.gymwire.observe.Encoders;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.policy.ActionMask;
import io.gymwire.policy.CriticSettings;
import io.gymwire.policy.Policy;
import io.gymwire.policy.PolicySettings;
import io.gymwire.policy.ValueFunction;
import io.gymwire.rollout.ActorCritic;
import io.gymwire.rollout.RecentRollouts;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VinePlan;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.MaskSource;
import io.gymwire.update.PolicyUpdate;
import java.util.Arrays;
import java.util.Optional;

/**
 * Everything that training changes: the policy, the state of its updates, the critic with its optimiser, the
 * normaliser, the policy that draws the actions of batches, the rollouts that are reused and the counters. A checkpoint
 * contains all of this. It also contains the returns and lengths of the last episodes, and the state of the
 * environments, if this state can be saved.
 */
public final class Learner {

    /**
     * If observations are normalised, the initial weights in the first layers of policy and critic are divided by this
     * number. The first statistics come from the first batch, but later states are spread more widely. The page
     * java-agent/results/README.md shows the effect.
     */
    private static final double INPUT_SPREAD = 3;

    private final Encoder encoder;
    private final ActionDecoder decoder;
    private final Policy policy;
    private final double[] theta;
    private final long seed;
    private final PolicyUpdate update;
    private final ValueFunction critic;
    private final ObservationNormalizer normalizer;
    private final boolean lags;
    private final BehaviourPolicy behaviour;
    private final VinePlan vine; // null without vine sampling
    private final RecentRollouts recent;
    private final long[] drawn;
    private long iterations;
    private long episodes;

    /**
     * A learner with its initial parameters.
     *
     * @throws IllegalArgumentException if no encoder reads the observations, no policy can act in the action space, the
     *     action mask does not fit the spaces, or the batch does not fit vine sampling
     */
    public Learner(RunConfig config, Space observationSpace, Space actionSpace) {
        this.seed = config.get(RunSettings.SEED);
        int envs = config.get(RolloutSettings.ENVS);
        MaskSource mask = config.get(ObservationSettings.ACTION_MASK);
        this.encoder = Encoders.of(
                observationSpace, mask, config.get(ObservationSettings.OBSERVE).values());
        ActionModel actions = ActionModel.of(actionSpace, config.settings());
        this.decoder = actions.decoder();
        this.policy = new Policy(
                Mlp.withHidden(
                        encoder.size(),
                        config.get(PolicySettings.HIDDEN).values(),
                        actions.distribution().outputSize()),
                actions.distribution(),
                mask.exists() ? actionMask(actionSpace, encoder.columns(mask.path())) : ActionMask.NONE);
        this.theta = new double[policy.parameterCount()];
        policy.initialize(new RandomStream(seed, Role.POLICY_INIT, 0), theta);
        this.update = config.get(RunSettings.ALGORITHM).update(policy, config.settings());
        this.critic = new ValueFunction(
                Mlp.withHidden(encoder.size(), config.get(CriticSettings.HIDDEN).values(), 1),
                config.settings(),
                new RandomStream(seed, Role.VALUE_INIT, 0));
        this.normalizer = ObservationNormalizer.of(encoder);
        if (normalizer.enabled()) {
            double[] scale = new double[encoder.size()];
            Arrays.fill(scale, 1 / INPUT_SPREAD);
            substituteInput(scale, new double[encoder.size()]);
        }
        this.lags = config.get(RolloutSettings.LAG) > 0;
        this.behaviour = lags
                ? new BehaviourPolicy(theta.clone(), ObservationNormalizer.of(encoder))
                : new BehaviourPolicy(theta, normalizer);
        int actionSize = policy.distribution().actionSize();
        this.vine =
                config.get(VineSettings.SAMPLING) == Sampling.VINE ? VinePlan.of(config.settings(), actionSpace) : null;
        int segment = vine == null ? config.segment() : vine.trunk();
        this.recent = new RecentRollouts(
                config.get(RolloutSettings.REUSE) - 1, () -> new Rollout(segment, envs, encoder.size(), actionSize));
        this.drawn = new long[envs];
    }

    /** A new encoder of observations. Each thread needs its own encoder. */
    public Encoder encoder() {
        return encoder.copy();
    }

    /** The decoder of actions. */
    public ActionDecoder decoder() {
        return decoder;
    }

    /** The policy. */
    public Policy policy() {
        return policy;
    }

    /** The policy's parameters, not a copy. */
    public double[] theta() {
        return theta;
    }

    /** The update of the policy, with its state; not a copy. */
    public PolicyUpdate update() {
        return update;
    }

    /** The random stream of the next update. */
    public RandomStream updateStream() {
        return new RandomStream(seed, Role.POLICY_UPDATE, iterations);
    }

    /** The critic, not a copy. */
    public ValueFunction critic() {
        return critic;
    }

    /** The normaliser, not a copy. */
    public ObservationNormalizer normalizer() {
        return normalizer;
    }

    /** The policy that draws the actions of batches, not a copy. */
    public BehaviourPolicy behaviour() {
        return behaviour;
    }

    /** Whether the policy that draws the actions is one update behind, with its own parameters and statistics. */
    public boolean lags() {
        return lags;
    }

    /**
     * With {@code --lag 1}, copies the current policy; the copy draws the actions of the next batch. Call this method
     * before the policy is updated.
     */
    void keepBehaviour() {
        if (lags) {
            behaviour.copy(theta, normalizer);
        }
    }

    /** The policy, the critic and the normaliser together. */
    public ActorCritic actorCritic() {
        return new ActorCritic(policy, theta, critic, normalizer);
    }

    /**
     * Adds a rollout's observations to the statistics of the normaliser, and normalises the rollout again with the new
     * statistics. Policy and critic stay the same functions of the raw observations. Their first layers compensate for
     * the change of the normaliser, except for its clipping, and except for an element that suddenly has huge values
     * (see {@link ObservationNormalizer.Change}). The moments of the optimisers are not adapted to the new first
     * layers, because the statistics hardly change after the first batches.
     *
     * <p>At the first batch, and as long as all earlier observations are zeros when they are normalised, the first
     * layers stay unchanged. The policy's distributions then do not change either: before the first update, the last
     * layer of the policy's network is 0, and an update with inputs of 0 changes only the biases of this layer. (If the
     * first layer compensated for the first batch in which elements vary, the weights of these elements would become 0.
     * Then no gradient could change them.)
     */
    void observe(Rollout rollout) {
        if (!normalizer.enabled()) {
            return;
        }
        boolean hadOnlyZeros = normalizer.hasOnlyZeros();
        ObservationNormalizer.Change change = normalizer.update(rollout.rawObservations());
        if (!hadOnlyZeros) {
            substituteInput(change.scale(), change.offset());
        }
        rollout.renormalize(normalizer);
    }

    private static ActionMask actionMask(Space actionSpace, Encoder.Columns columns) {
        return ActionMask.of(ActionModel.choices(actionSpace), columns.from(), columns.to() - columns.from());
    }

    private void substituteInput(double[] scale, double[] offset) {
        policy.network().substituteInput(theta, scale, offset);
        critic.network().substituteInput(critic.theta(), scale, offset);
    }

    /** The plan of a batch's trunk and branches; empty without vine sampling. */
    public Optional<VinePlan> vine() {
        return Optional.ofNullable(vine);
    }

    /** The earlier rollouts that the next update reuses, not a copy. */
    public RecentRollouts recent() {
        return recent;
    }

    /**
     * The number of actions drawn for each environment [N] in completed iterations, not a copy. The actions of branches
     * do not count.
     */
    public long[] drawn() {
        return drawn;
    }

    /**
     * The number of completed iterations. An iteration counts as completed when {@link Trainer#improve} returns. The
     * critic's fit, and with {@code --lag 1} also the update, can still run then.
     */
    public long iterations() {
        return iterations;
    }

    /** The number of episodes that ended in completed iterations. */
    public long episodes() {
        return episodes;
    }

    /** Sets the counters. */
    public void setCounters(long iterations, long episodes) {
        this.iterations = iterations;
        this.episodes = episodes;
    }
}
