// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.learn.RunConfig;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The help text of the commands that train. */
final class HelpTest {

    @ParameterizedTest
    @ValueSource(strings = {"train", "sweep"})
    void everySettingIsListedUnderTheHeadingOfItsGroup(String command) {
        String help = Cli.succeed(command, "--help");
        assertTrue(help.indexOf("\nServer:\n") > help.indexOf("\nRun:\n"), help);
        for (SettingGroup group : RunConfig.GROUPS) {
            int heading = help.indexOf("\n" + group.heading() + ":\n");
            assertTrue(heading > 0, group.heading());
            int last = heading;
            for (Setting<?> setting : group.settings()) {
                int option = help.indexOf("  " + setting.option(), last);
                assertTrue(option > last, setting + " is not in its place");
                assertTrue(
                        !help.substring(heading + 1, option).contains("\n\n"), setting + " is not under its heading");
                last = option;
            }
        }
        assertTrue(help.lines().allMatch(line -> line.length() <= 80), help);
    }
}
