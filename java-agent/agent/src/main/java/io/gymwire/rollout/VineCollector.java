// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorEnv;
import io.gymwire.observe.Encoder;
import io.gymwire.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Vine sampling (Schulman et al. 2015, arXiv:1502.05477, section 5.2). First the policy steps the environments and
 * fills the trunk, an ordinary {@link Rollout}. Snapshots keep N states of the trunk. Then each of these states is
 * restored K times. Each time, one action is tried, and then the policy takes further steps. Together, these steps are
 * a branch of at most H steps. The rewards of the branches give estimates of the actions' values ({@link Branches}). At
 * the end the environments continue where the trunk ended.
 *
 * <p>The K branches of a state use the same random numbers: for the policy after the first action (see
 * {@link BranchRound}), and in the environment, because a snapshot contains the environment's random number generator.
 * The noise that two branches share cancels in the difference of their values, and an update needs only this
 * difference.
 *
 * <p>Episodes, the normaliser's statistics and the critic's targets come only from the trunk.
 */
public final class VineCollector {

    private final RolloutCollector trunk;
    private final BranchRound round;
    private final List<BranchSampler> samplers = new ArrayList<>();
    private final Snapshot[] states; // [N]

    /**
     * The objects and the seed with which the branches are made.
     *
     * @param encoder an encoder that the trunk does not use
     * @param seed the run's seed
     */
    public record Parts(ActorCritic learner, Encoder encoder, ActionDecoder decoder, long seed) {}

    /** A collector of branches that start from states in the rollouts of {@code trunk}, in the same sessions. */
    public VineCollector(
            RolloutCollector trunk, List<? extends VectorEnv> sessions, VinePlan plan, Parts parts, Settings settings) {
        this.trunk = trunk;
        this.round = new BranchRound(plan, parts.learner(), settings.get(RolloutSettings.GAMMA), parts.seed());
        this.states = new Snapshot[plan.shape().states()];
        int from = 0;
        for (VectorEnv session : sessions) {
            BranchSampler sampler =
                    new BranchSampler(session, from, parts.encoder().copy(), parts.decoder(), round);
            samplers.add(sampler);
            from = sampler.to();
        }
    }

    /**
     * Fills a rollout and the branches that start from its states.
     *
     * @param rollout the trunk, with {@link VinePlan#trunk} steps; overwritten
     * @param iteration the number of the iteration. With the seed, it determines the steps of the trunk at which the
     *     branches start, and the random numbers of the policy in the branches
     * @param stop see {@link RolloutCollector#collect}
     * @return whether the rollout and all branches are complete; if so, the environments are in the states where the
     *     trunk ended
     */
    public boolean collect(Rollout rollout, long iteration, BooleanSupplier stop) {
        round.begin(iteration);
        trunk.begin(rollout);
        int kept = 0;
        for (int time : round.times(iteration)) {
            if (!trunk.advance(time, stop)) {
                return false;
            }
            kept = keepStates(kept, time);
        }
        if (!trunk.advance(rollout.steps(), stop)) {
            return false;
        }
        trunk.finish();
        EnvironmentStates end = trunk.states();
        for (int i = 0; i < round.plan().rounds(); i++) {
            if (!run(i, stop)) {
                return false;
            }
        }
        trunk.restore(end);
        return true;
    }

    /**
     * Keeps the current states of the environments, but at most N states in an iteration. Returns the number kept so
     * far.
     */
    private int keepStates(int kept, int time) {
        Snapshot[] now = trunk.states().snapshots();
        int more = Math.min(now.length, states.length - kept);
        for (int env = 0; env < more; env++) {
            states[kept + env] = now[env];
            round.state(kept + env, time, env, trunk.actor().drawn()[env]);
        }
        return kept + more;
    }

    private boolean run(int index, BooleanSupplier stop) {
        round.start(index);
        List<Snapshot> snapshots = new ArrayList<>();
        for (int place = 0; place < round.plan().envs(); place++) {
            snapshots.add(states[round.state(place)]);
        }
        ParallelSessions sides = new ParallelSessions(stop);
        for (BranchSampler sampler : samplers) {
            sampler.prepare(sides::isStopped);
            sampler.restore(snapshots);
        }
        sides.run(samplers.stream().map(BranchSampler::loop).toList());
        return samplers.stream().allMatch(BranchSampler::isComplete);
    }

    /**
     * Computes the values of the branches that were collected last, from the branches' rewards and the estimates of the
     * current critic. The result is valid until the next collection.
     *
     * @param learner the learner; its normaliser and critic can have changed since the collection
     * @param rollout the trunk of these branches, normalised with the current statistics
     */
    public Branches branches(ActorCritic learner, Rollout rollout) {
        round.branches().evaluate(learner, rollout);
        return round.branches();
    }
}
