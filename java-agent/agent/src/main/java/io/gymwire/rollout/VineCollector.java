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
 * Vine sampling (Schulman et al. 2015, arXiv:1502.05477, section 5.2). The environments are stepped with the policy:
 * the trunk, an ordinary {@link Rollout}. N of its states are kept by snapshots. Then, for each of them, the
 * environments are put back K times, another action is taken each time, and the policy goes on for at most H steps: the
 * branches, from whose rewards the values of the actions are estimated ({@link Branches}). In the end the environments
 * go on from where the trunk ended.
 *
 * <p>The K branches of a state have common random numbers: the policy's, as {@link BranchRound} says, and the
 * environment's, as a snapshot holds its generator. What is random and alike in two branches then cancels in the
 * difference of their values, which is all that an update asks for.
 *
 * <p>The trunk alone is what episodes, the normaliser's statistics and the critic's targets come from.
 */
public final class VineCollector {

    private final RolloutCollector trunk;
    private final BranchRound round;
    private final List<BranchSampler> samplers = new ArrayList<>();
    private final Snapshot[] states; // [N]

    /**
     * What the branches are made with.
     *
     * @param encoder not shared with the trunk
     * @param seed of the run
     */
    public record Parts(ActorCritic learner, Encoder encoder, ActionDecoder decoder, long seed) {}

    /** Branches from what {@code trunk} collects in the same sessions. */
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
     * Fills a rollout and the branches that leave it.
     *
     * @param rollout of the plan's trunk; overwritten
     * @param iteration determines, with the seed, all random numbers of the branches
     * @param stop as for {@link RolloutCollector#collect}
     * @return whether all is complete; the environments then stand where the trunk ended
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

    /** Keeps the states in which the environments are, as many as are still wanted; returns how many there are then. */
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
        SideBySide sides = new SideBySide(stop);
        for (BranchSampler sampler : samplers) {
            sampler.prepare(sides::isStopped);
            sampler.restore(snapshots);
        }
        sides.run(samplers.stream().map(BranchSampler::loop).toList());
        return samplers.stream().allMatch(BranchSampler::isComplete);
    }

    /**
     * The branches collected last, their values under the critic as it is. Valid until the next collection.
     *
     * @param learner whose normaliser and critic may have changed since
     * @param rollout the trunk that was collected with them, as the policy sees it now
     */
    public Branches branches(ActorCritic learner, Rollout rollout) {
        round.branches().evaluate(learner, rollout);
        return round.branches();
    }
}
