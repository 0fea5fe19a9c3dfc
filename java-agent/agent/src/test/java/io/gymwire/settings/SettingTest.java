// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingTest {

    private static final SettingGroup GROUP = new SettingGroup("Test");
    private static final Setting<Double> SHARE = GROUP.real("share", "F")
            .text("A share")
            .in(Range.of(0, 1).withoutLeast())
            .more("More of it.")
            .orElse("0.5", "from a paper");
    private static final Setting<Integer> COUNT =
            GROUP.integer("count", "N").text("A count").in(Range.atLeast(1)).orElse("3");
    private static final Setting<Boolean> FLAG = GROUP.flag("flag")
            .text("A flag")
            .onlyIf((task, settings) -> settings.get(COUNT) > 1, "one is not enough")
            .orElse("false", "; off");
    private static final Setting<Long> FREE =
            GROUP.count("free", "N").text("A number that follows").orElseDerived("as many as there are");
    private static final Task TASK =
            new Task(new DiscreteSpace(2, 0, DType.INT64), new DiscreteSpace(2, 0, DType.INT64));

    @Test
    void theHelpTextHasTheRangeTheDefaultAndItsReason() {
        assertEquals("A share, in (0, 1] (0.5, from a paper). More of it.", SHARE.text());
        assertEquals("A count, at least 1 (3).", COUNT.text());
        assertEquals("A flag (false; off).", FLAG.text());
        assertEquals("A number that follows (as many as there are).", FREE.text());
    }

    @ParameterizedTest
    @CsvSource({"0", "1.5", "NaN", "Infinity", "-1"})
    void aValueOutsideTheRangeIsRefusedAndTheErrorNamesTheRange(String value) {
        String message = assertThrows(IllegalArgumentException.class, () -> Settings.DEFAULTS.withText(SHARE, value))
                .getMessage();
        assertEquals("share must lie in (0, 1]; got " + Double.valueOf(value), message);
    }

    @ParameterizedTest
    @CsvSource({"x, 'x' is not a whole number", "1.5, '1.5' is not a whole number", "'', '' is not a whole number"})
    void aTextThatIsNotAValueIsRefused(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> COUNT.parse(text))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> FLAG.parse("yes"));
    }

    @Test
    void acceptsTheEndsThatBelongToARange() {
        Settings.DEFAULTS.with(SHARE, 1.0).with(SHARE, Double.MIN_VALUE).with(COUNT, 1);
        assertThrows(IllegalArgumentException.class, () -> Settings.DEFAULTS.with(COUNT, 0));
    }

    @Test
    void aChangeIsMadeInACopyAndOtherSettingsKeepTheirDefaults() {
        Settings changed = Settings.DEFAULTS.with(COUNT, 7);
        assertEquals(3, Settings.DEFAULTS.get(COUNT));
        assertEquals(7, changed.get(COUNT));
        assertEquals(0.5, changed.get(SHARE));
        assertEquals("7", changed.text(COUNT));
    }

    @Test
    void aDerivedSettingHasNoValueUntilItIsGiven() {
        assertFalse(Settings.DEFAULTS.has(FREE));
        assertThrows(IllegalStateException.class, () -> Settings.DEFAULTS.get(FREE));
        assertTrue(Settings.DEFAULTS.with(FREE, 4L).has(FREE));
    }

    @Test
    void aSettingReportsWhyItHasNoEffect() {
        assertEquals(Optional.empty(), FLAG.withoutEffect(TASK, Settings.DEFAULTS));
        assertEquals(Optional.of("one is not enough"), FLAG.withoutEffect(TASK, Settings.DEFAULTS.with(COUNT, 1)));
        assertEquals(Optional.empty(), COUNT.withoutEffect(TASK, Settings.DEFAULTS));
    }

    @Test
    void aGroupHasItsSettingsInTheOrderOfTheirDeclarations() {
        assertEquals(List.of(SHARE, COUNT, FLAG, FREE), GROUP.settings());
    }
}
