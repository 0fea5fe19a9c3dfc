// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * A round of branches. The branches of a round run at the same time, one in each of E places (environments). In round
 * r, branch r E + e of the iteration runs in place e. K actions are tried in each of N states: branch n K + k tries the
 * k-th action of state n. If the last round has fewer than E branches, its remaining places run the iteration's last
 * branch again. The results of these repetitions are not kept.
 *
 * <p>All actions in the branches of state n are drawn from one random stream, which the seed, the iteration and n
 * determine. The draws are numbered from 0. The first K draws are the K actions that are tried in the state. In a
 * later step t = 1, 2, ..., each of the state's K branches uses the random numbers of draw K + t - 1. So the branches
 * of a state have common random numbers, no matter in which places they run. If all possible actions are tried, the
 * k-th branch of a state begins with the k-th possible action instead. It takes the action of draw k only if the action
 * mask forbids the k-th possible action.
 */
final class BranchRound {

    private final VinePlan plan;
    private final Branches branches;
    private final double gamma;
    private final long seed;
    private final Actor actor;
    private final RandomStream[] streams; // [E]
    private final DMatrixRMaj actions; // [E][action size], of the current step
    private final boolean[] ended; // [E]
    private final int[] environments; // [N], the environment of each state
    private final long[] taken; // [N], the steps of this environment up to the state, in the trunks of all iterations
    private long iteration;
    private int first; // branch in place 0

    /**
     * Allocates the memory for the rounds of a plan.
     *
     * @param gamma discount, in (0, 1]
     * @param seed the run's seed
     */
    BranchRound(VinePlan plan, ActorCritic learner, double gamma, long seed) {
        int observationSize = learner.policy().network().inputSize();
        int actionSize = learner.policy().distribution().actionSize();
        this.plan = plan;
        this.branches = new Branches(plan.shape(), plan.trunk() * plan.envs(), observationSize, actionSize);
        this.gamma = gamma;
        this.seed = seed;
        this.streams = new RandomStream[plan.envs()];
        this.actor = new Actor(learner.policy(), learner.theta(), learner.normalizer(), streams);
        this.actions = new DMatrixRMaj(plan.envs(), actionSize);
        this.ended = new boolean[plan.envs()];
        this.environments = new int[plan.shape().states()];
        this.taken = new long[plan.shape().states()];
    }

    /** Begins the branches of an iteration. */
    void begin(long iteration) {
        this.iteration = iteration;
        branches.begin();
    }

    /**
     * Records state n: the state of environment {@code env} at step {@code time} of the trunk.
     *
     * @param taken the steps that the environment had taken up to this state, in the trunks of all iterations
     */
    void state(int n, int time, int env, long taken) {
        branches.state(n, time * plan.envs() + env);
        this.environments[n] = env;
        this.taken[n] = taken;
    }

    /** Begins a round: every place is at the first step of its branch. */
    void start(int round) {
        first = round * plan.envs();
        Arrays.fill(ended, false);
        for (int place = 0; place < streams.length; place++) {
            long states = plan.shape().states();
            streams[place] = new RandomStream(seed, Role.VINE_BRANCHES, iteration * states + state(place));
            actor.drawn()[place] = action(place);
        }
    }

    /** The state from which the branch in a place starts. */
    int state(int place) {
        return branch(place) / plan.shape().actions();
    }

    private int action(int place) {
        return branch(place) % plan.shape().actions();
    }

    private int branch(int place) {
        return Math.min(first + place, plan.shape().states() * plan.shape().actions() - 1);
    }

    /** The branch in a place begins in a state of the trunk; this is the number of the state's environment. */
    int environment(int place) {
        return environments[state(place)];
    }

    /**
     * The number of steps that {@link #environment} had taken up to the first state of the branch, in the trunks of all
     * iterations.
     */
    long taken(int place) {
        return taken[state(place)];
    }

    /** Chooses the actions of step t in the places {@code from}, ..., {@code to - 1}. */
    void act(int t, int from, int to) {
        actor.act(from, to, false, actions, 0);
        if (t > 0) {
            return;
        }
        for (int place = from; place < to; place++) {
            int state = state(place);
            int action = action(place);
            if (plan.shape().allActions()) {
                double drawn = actions.get(place, 0);
                actions.set(place, 0, action);
                keepAction(place, state, action);
                if (!actor.allows(place, action)) {
                    // The action mask forbids this action. So its probability is 0, and its value has no effect. The
                    // branch takes the drawn action instead.
                    actions.set(place, 0, drawn);
                }
            } else {
                keepAction(place, state, action);
            }
            actor.drawn()[place] = plan.shape().actions();
        }
    }

    private void keepAction(int place, int state, int action) {
        if (isKept(place)) {
            branches.action(state, action, actions, place);
        }
    }

    private boolean isKept(int place) {
        return first + place == branch(place);
    }

    /** Whether the steps in a place are recorded: its branch is not a repetition, and has not ended. */
    boolean runs(int place) {
        return !ended[place] && isKept(place);
    }

    /** Records the next reward of a branch. */
    void reward(int place, double reward) {
        branches.reward(state(place), action(place), reward, gamma);
    }

    /** Records that a branch ended in a terminal state. */
    void endTerminal(int place) {
        branches.terminal(state(place), action(place));
        ended[place] = true;
    }

    /** Records that a branch ended in a state that is not terminal. The state's observation is in row {@code row}. */
    void endIn(DMatrixRMaj observations, int row, int place) {
        branches.last(state(place), action(place), observations, row);
        ended[place] = true;
    }

    /** The maximum number of steps of a branch. */
    int horizon() {
        return plan.shape().horizon();
    }

    /** The results of the iteration's branches. */
    Branches branches() {
        return branches;
    }

    /** The actor of the branches. */
    Actor actor() {
        return actor;
    }

    /** The actions of the current step [E][action size]. */
    DMatrixRMaj actions() {
        return actions;
    }

    /** The plan. */
    VinePlan plan() {
        return plan;
    }

    /**
     * The steps of the trunk at which the branches of an iteration start, ascending. The trunk is divided into equal
     * parts (up to rounding), and one step of each part is drawn.
     */
    int[] times(long iteration) {
        RandomStream random = new RandomStream(seed, Role.VINE_STATES, iteration);
        int[] times = new int[plan.times()];
        for (int i = 0; i < times.length; i++) {
            int from = (int) ((long) plan.trunk() * i / times.length);
            int to = (int) ((long) plan.trunk() * (i + 1) / times.length);
            times[i] = from + random.below(to - from, i);
        }
        return times;
    }
}
