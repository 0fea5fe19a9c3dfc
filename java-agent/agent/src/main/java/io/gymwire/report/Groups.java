// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

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

/** The grouping of runs that differ only in their seed. */
final class Groups {

    /** The name for "no setting": it makes one group for each environment. */
    static final String NONE = "none";

    /** Settings that distinguish no groups: a group summarises its seeds, and the others never change a result. */
    private static final Set<String> IRRELEVANT = Set.of("seed", "python", "workers", "eval-every", "eval-episodes");

    private Groups() {}

    /**
     * The groups, by environment and then by settings.
     *
     * @param by names of the settings that distinguish groups, "none" for no setting, or empty for all settings that
     *     differ
     * @param remark receives a message of one line about anything unusual
     * @throws IOException if no run has a setting with a given name
     */
    static List<Group> of(List<Run> runs, List<String> by, Consumer<String> remark) throws IOException {
        check(runs, by);
        Map<String, List<Run>> environments = new TreeMap<>();
        runs.forEach(run -> environments
                .computeIfAbsent(run.identity().envId(), id -> new ArrayList<>())
                .add(run));
        List<Group> groups = new ArrayList<>();
        for (Map.Entry<String, List<Run>> environment : environments.entrySet()) {
            Set<String> names = by.isEmpty() ? differences(environment.getValue()) : new TreeSet<>(by);
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

    /** The names of the relevant settings that are not the same in all runs. */
    static Set<String> differences(List<Run> runs) {
        Set<String> names = new TreeSet<>();
        runs.forEach(run -> names.addAll(run.recipe().settings().keySet()));
        names.removeAll(IRRELEVANT);
        names.removeIf(name -> runs.stream()
                        .map(run -> run.recipe().settings().getOrDefault(name, "-"))
                        .distinct()
                        .count()
                < 2);
        return names;
    }

    private static void warnOfTwins(Group group, Consumer<String> remark) {
        Map<Long, Run> seen = new HashMap<>();
        for (Run run : group.runs()) {
            Run twin = seen.put(run.identity().seed(), run);
            if (twin != null) {
                remark.accept(
                        twin.identity().directory() + " and " + run.identity().directory()
                                + " have the same environment, settings and" + " seed; both count");
            }
        }
    }
}
