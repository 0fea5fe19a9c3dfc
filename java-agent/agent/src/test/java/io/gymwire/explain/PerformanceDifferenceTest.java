// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.VectorEnv;
import io.gymwire.evaluate.Evaluator;
import io.gymwire.learn.Configs;
import io.gymwire.learn.Learner;
import io.gymwire.learn.LineEnv;
import io.gymwire.learn.RunConfig;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.CriticSettings;
import io.gymwire.policy.PolicySettings;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.ActorCritic;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutCollector;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/**
 * Tests the estimates of J(new) - J(old) on a Markov decision process with a known difference. J is the expected
 * discounted return.
 */
final class PerformanceDifferenceTest {

    private static final double GAMMA = 0.9;
    private static final double[] OLD = {0.3, 0.5};
    private static final double[] NEW = {0.6, 0.35};
    private static final int EPISODES = 4000;

    private final double[] values = TwoStates.values(OLD, GAMMA);
    private final double truth = TwoStates.values(NEW, GAMMA)[0] - values[0];

    /** Checks {@link TwoStates} with the performance difference lemma. The discounted visits have a closed form. */
    @Test
    void theLemmaHoldsExactlyForExactAdvantages() {
        double[] visits = {1, GAMMA * NEW[0] / (1 - GAMMA * (1 - NEW[1]))};
        double[][] advantages = TwoStates.advantages(values, GAMMA);
        double sum = 0;
        for (int state = 0; state < 2; state++) {
            sum += visits[state] * ((1 - NEW[state]) * advantages[state][0] + NEW[state] * advantages[state][1]);
        }
        assertEquals(truth, sum, 1e-12);
        assertTrue(Math.abs(truth) > 0.1, "J differs by " + truth);
    }

    @Test
    void freshEpisodesMeasureTheDifference() {
        Learner learner = learner(values);
        FreshEpisodes fresh = fresh(learner, TwoStates::new);
        Improvement.Fresh found = PerformanceDifference.byFreshEpisodes(
                fresh.play(player(learner, OLD), EPISODES), fresh.play(player(learner, NEW), EPISODES));
        assertKnown(truth, found.lemma());
        assertKnown(truth, found.discounted());
        assertKnown(0, found.critic());
        assertKnown(TwoStates.values(OLD, 1)[0], found.undiscounted().before());
        assertKnown(TwoStates.values(NEW, 1)[0], found.undiscounted().after());
        assertKnown(
                TwoStates.values(NEW, 1)[0] - TwoStates.values(OLD, 1)[0],
                found.undiscounted().difference());
    }

    /** The sum of gamma^t (r + gamma V(s') - V(s)) is the discounted return minus V(s_0), for every V. */
    @Test
    void anErrorOfTheCriticShiftsTheEstimatesOfBothPoliciesEqually() {
        double[] wrong = {values[0] + 0.7, values[1] - 2};
        Learner learner = learner(wrong);
        FreshEpisodes fresh = fresh(learner, TwoStates::new);
        for (FreshEpisodes.Episode episode : fresh.play(player(learner, NEW), 50)) {
            assertEquals(episode.discounted() - wrong[0], episode.advantage(), 1e-12);
        }
        Improvement.Fresh found = PerformanceDifference.byFreshEpisodes(
                fresh.play(player(learner, OLD), EPISODES), fresh.play(player(learner, NEW), EPISODES));
        assertKnown(-0.7, found.critic());
        assertKnown(truth - 0.7, found.lemma());
        assertKnown(truth, found.discounted());
    }

    /**
     * In the estimate, a state visited at step t does not have the weight gamma^t: all visits have the same weight. In
     * an episode, the old policy visits state 0 once. It visits state 1 on average p0 / p1 times, where p0 and p1 are
     * the policy's probabilities of action 1 in state 0 and in state 1.
     */
    @Test
    void theEstimateByImportanceWeightsIsNearItsExactValueAndIsZeroForEqualPolicies() {
        Learner learner = learner(values);
        int envs = 16;
        RandomStream[] random = new RandomStream[envs];
        Arrays.setAll(random, env -> new RandomStream(4, Role.ACTION, env));
        ActorCritic player = player(learner, OLD);
        Actor actor = new Actor(player.policy(), player.theta(), player.normalizer(), random);
        RolloutCollector collector =
                new RolloutCollector(List.of(new TwoStates(envs)), learner.encoder(), learner.decoder(), actor);
        collector.reset(new long[envs]);
        Rollout rollout = new Rollout(1000, envs, 2, 1);
        collector.collect(rollout, () -> false);
        double[][] exact = TwoStates.advantages(values, GAMMA);
        double[] advantages = new double[rollout.size()];
        double[] ratios = new double[rollout.size()];
        for (int i = 0; i < rollout.size(); i++) {
            int state = (int) rollout.observations().get(i, 1);
            int action = (int) rollout.actions().get(i, 0);
            advantages[i] = exact[state][action];
            ratios[i] = (action == 1 ? NEW[state] : 1 - NEW[state]) / (action == 1 ? OLD[state] : 1 - OLD[state]);
        }
        double[] share = {1, OLD[0] / OLD[1]};
        double expected = 0;
        for (int state = 0; state < 2; state++) {
            expected += share[state]
                    / (share[0] + share[1])
                    * (NEW[state] - OLD[state])
                    * (exact[state][1] - exact[state][0])
                    / (1 - GAMMA);
        }
        assertKnown(expected, PerformanceDifference.byImportance(rollout, ratios, advantages, GAMMA));
        double[] same = new double[rollout.size()];
        Arrays.fill(same, 1);
        assertEquals(
                0,
                PerformanceDifference.byImportance(rollout, same, advantages, GAMMA)
                        .mean());
    }

    /**
     * The episodes are the same as with {@code eval --stochastic}. They end by truncation, so the discounted return
     * contains V of the last state.
     */
    @Test
    void freshEpisodesAreTheEpisodesOfAnEvaluation() {
        Learner learner = new Learner(Configs.small(3), LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        List<Evaluator.Episode> expected = Evaluator.evaluate(learner, LineEnv::new, 20, false, Evaluator.FIRST_SEED);
        List<FreshEpisodes.Episode> found = fresh(learner, LineEnv::new).play(learner.actorCritic(), 20);
        for (int i = 0; i < 20; i++) {
            assertEquals(expected.get(i).totalReward(), found.get(i).undiscounted(), 1e-12);
            assertEquals(5, found.get(i).length());
            assertNotEquals(found.get(i).undiscounted(), found.get(i).discounted());
            double[] first = new double[1];
            double place = (Evaluator.FIRST_SEED + i) % 7 - 3;
            learner.critic().predict(new DMatrixRMaj(1, 2, true, place, 0), first);
            assertEquals(found.get(i).discounted() - first[0], found.get(i).advantage(), 1e-12);
        }
    }

    /**
     * Checks that an estimate differs from a value by at most three standard errors. The estimate's interval, from low
     * to high, is about four standard errors wide. The seed is fixed, so the result is the same in every run of the
     * test.
     */
    private static void assertKnown(double expected, Improvement.Estimate found) {
        double error = (found.high() - found.low()) / 4;
        assertTrue(error > 0 && error < 0.05, found.toString());
        assertTrue(found.low() < found.mean() && found.mean() < found.high(), found.toString());
        assertEquals(expected, found.mean(), 3 * error);
    }

    private static FreshEpisodes fresh(Learner learner, IntFunction<VectorEnv> open) {
        return new FreshEpisodes(learner.encoder(), learner.decoder(), open, GAMMA, () -> {});
    }

    /** A learner with a critic that predicts these values of the two states. */
    private static Learner learner(double[] values) {
        RunConfig config = Configs.small(3);
        config = new RunConfig(
                config.envId(),
                config.settings().withText(PolicySettings.HIDDEN, "none").withText(CriticSettings.HIDDEN, "none"));
        Learner learner = new Learner(config, TwoStates.OBSERVATIONS, TwoStates.ACTIONS);
        double[] critic = learner.critic().theta();
        System.arraycopy(values, 0, critic, 0, 2);
        critic[2] = 0;
        return learner;
    }

    /** A policy that takes action 1 in state s with probability p[s], and the learner's critic. */
    private static ActorCritic player(Learner learner, double[] p) {
        double[] theta = {0, Math.log(p[0] / (1 - p[0])), 0, Math.log(p[1] / (1 - p[1])), 0, 0};
        return new ActorCritic(learner.policy(), theta, learner.critic(), learner.normalizer());
    }
}
