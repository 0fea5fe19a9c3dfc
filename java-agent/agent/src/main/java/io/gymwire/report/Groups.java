// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.settings.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The grouping of runs. By default, the runs of a group differ only in their seed, in settings that cannot change their
 * results, and in settings about the machine, such as {@code --python}.
 */
final class Groups {

    /** The name that stands for no setting. With only this name, all runs of an environment are one group. */
    static final String NONE = "none";

    private Groups() {}

    /**
     * The groups, sorted by environment and then by settings.
     *
     * @param by names of the settings that distinguish groups. The name "none" stands for no setting. If the list is
     *     empty, the settings are chosen for each environment: all settings that can change results, are not about the
     *     machine, and have different values in the runs that they affect. The seed is never chosen
     * @param remark receives a line about each run that has the seed of an earlier run of its group
     * @throws IOException if {@code by} contains the name of a setting that no run has
     */
    static List<Group> of(List<Run> runs, List<String> by, Consumer<String> remark) throws IOException {
        check(runs, by);
        Map<String, List<Run>> environments = new TreeMap<>();
        runs.forEach(run -> environments
                .computeIfAbsent(run.identity().envId(), id -> new ArrayList<>())
                .add(run));
        List<Group> groups = new ArrayList<>();
        for (Map.Entry<String, List<Run>> environment : environments.entrySet()) {
            Set<String> names = by.isEmpty() ? distinguishing(environment.getValue()) : new TreeSet<>(by);
            names.remove(NONE);
            Map<Map<String, String>, List<Run>> split = new LinkedHashMap<>();
            for (Run run : environment.getValue()) {
                Map<String, String> own = new TreeMap<>();
                names.forEach(name -> own.put(name, run.recipe().settings().getOrDefault(name, "-")));
                split.computeIfAbsent(own, settings -> new ArrayList<>()).add(run);
            }
            split.forEach((settings, members) -> {
                members.sort(Comparator.comparingLong(run -> run.identity().seed()));
                groups.add(new Group(environment.getKey(), settings, List.copyOf(members)));
            });
        }
        groups.sort(Comparator.comparing(Group::envId).thenComparing(Group::label));
        groups.forEach(group -> warnOfTwins(group, remark));
        return groups;
    }

    private static void check(List<Run> runs, List<String> by) throws IOException {
        Set<String> known = new TreeSet<>();
        runs.forEach(run -> known.addAll(run.recipe().settings().keySet()));
        known.add(NONE);
        for (String name : by) {
            if (!known.contains(name)) {
                throw new IOException(
                        "no run has a setting " + name + " to group by; the settings are " + String.join(", ", known));
            }
        }
    }

    /**
     * The names of the settings that differ between runs. The seed is left out. Settings that do not distinguish runs
     * are also left out, see {@link Setting#distinguishesRuns}.
     */
    static Set<String> differences(List<Run> runs) {
        Set<String> names = new TreeSet<>();
        runs.forEach(run -> names.addAll(run.recipe().settings().keySet()));
        names.remove(RunSettings.SEED.name());
        RunConfig.all().stream()
                .filter(setting -> !setting.distinguishesRuns())
                .forEach(setting -> names.remove(setting.name()));
        names.removeIf(name -> !differs(name, runs));
        return names;
    }

    private static boolean differs(String name, List<Run> runs) {
        return runs.stream()
                        .map(run -> run.recipe().settings().getOrDefault(name, "-"))
                        .distinct()
                        .count()
                > 1;
    }

    /**
     * The {@link #differences} without the settings that have one value in all runs that they affect. For example, a
     * run of TRPO and a run of PPO differ in the algorithm. Their delta and clip range are not compared, because each
     * of these two settings affects only one of the runs. A run on servers that the agent did not start may have no
     * --import, because these servers may import the modules themselves. Then --import is not compared for this run.
     */
    private static Set<String> distinguishing(List<Run> runs) {
        Set<String> names = differences(runs);
        for (Setting<?> setting : RunConfig.all()) {
            List<Run> affected =
                    runs.stream().filter(run -> mayHaveEffect(setting, run)).toList();
            if (!differs(setting.name(), affected)) {
                names.remove(setting.name());
            }
        }
        return names;
    }

    private static boolean mayHaveEffect(Setting<?> setting, Run run) {
        Map<String, String> settings = run.recipe().settings();
        if (setting == EnvironmentSettings.IMPORT
                && !settings.containsKey(setting.name())
                && run.recipe().onGivenServers()) {
            return false;
        }
        return StoredSettings.uses(settings, setting);
    }

    private static void warnOfTwins(Group group, Consumer<String> remark) {
        Map<Long, Run> seen = new HashMap<>();
        for (Run run : group.runs()) {
            Run twin = seen.put(run.identity().seed(), run);
            if (twin != null) {
                remark.accept(
                        twin.identity().directory() + " and " + run.identity().directory()
                                + " are in the same group and have the same seed; both are counted");
            }
        }
    }
}
