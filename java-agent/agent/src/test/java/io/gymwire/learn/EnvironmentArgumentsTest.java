// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.MakeOptions;
import io.gymwire.env.WrapperSpec;
import io.gymwire.settings.Settings;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentArgumentsTest {

    @Test
    void aValueIsJsonOrElseAString() {
        assertEquals(2L, value("2"));
        assertEquals(-2.5e-3, value("-2.5e-3"));
        assertEquals(new BigInteger("18446744073709551616"), value("18446744073709551616"));
        assertEquals(false, value("false"));
        assertEquals(null, value("null"));
        assertEquals("", value(""));
        assertEquals("FH", value("\"FH\""));
        assertEquals("a=b,c", value("a=b,c"));
        // The JSON standard does not allow these texts, so each one is a string.
        for (String text : List.of("False", "nan", "'x'", "[1,2", "1 2", "{a:1}", "007")) {
            assertEquals(text, value(text));
        }
        assertEquals(Arrays.asList(1L, null, List.of("SF", Map.of("a", 0.5))), value("[1,null,[\"SF\",{\"a\":0.5}]]"));
    }

    @Test
    void aWrapperMayHaveAModuleAndArguments() {
        assertEquals(WrapperSpec.of("ClipAction"), EnvironmentArguments.wrapper("ClipAction"));
        assertEquals(WrapperSpec.of("my.lab:Shift"), EnvironmentArguments.wrapper("my.lab:Shift"));
        assertEquals(
                new WrapperSpec("TimeAwareObservation", Map.of("flatten", true)),
                EnvironmentArguments.wrapper("TimeAwareObservation:flatten=true"));
        assertEquals(
                new WrapperSpec("lab:Shift", Map.of("by", List.of(1L, 2L), "name", "a,b:c]", "to", "x:y=z")),
                EnvironmentArguments.wrapper("lab:Shift:by=[1,2],name=\"a,b:c]\",to=x:y=z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "by=2", "Shift,by=2", "a:b:Shift", "lab:", ":Shift", "Shift:by=1,2", "1a"})
    void aTextThatIsNoWrapperIsRefused(String word) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> EnvironmentArguments.wrapper(word))
                .getMessage()
                .contains(" is not "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Shift:by=[1,to=2", "Shift:by=\"1,to=2", "Shift:by=[1,to=2}", "Shift:to=1,by={\"a\":[1,2}"})
    void aCommaAfterABracketOrAQuotationMarkThatIsNotClosedIsRefused(String word) {
        String message = assertThrows(IllegalArgumentException.class, () -> EnvironmentArguments.wrapper(word))
                .getMessage();
        assertTrue(message.contains("' has a comma after a bracket or a quotation mark that is not closed"), message);
    }

    @Test
    void bracketsAndQuotationMarksWithoutAPartnerAreAllowedIfNoCommaIsInsideThem() {
        assertEquals(
                new WrapperSpec("Shift", Map.of("a", "1]", "b", "]1", "c", "a[", "d", "5\"")),
                EnvironmentArguments.wrapper("Shift:a=1],b=]1,c=\"a[\",d=5\""));
        assertEquals(new WrapperSpec("Shift", Map.of("a", "[1,2][")), EnvironmentArguments.wrapper("Shift:a=[1,2]["));
    }

    @Test
    void theOptionsOfTheMakeCallFollowFromTheSettings() {
        Settings settings = Settings.DEFAULTS
                .withText(EnvironmentSettings.ENV_ARG, "a=1")
                .withText(EnvironmentSettings.ENV_ARG, "b=x")
                .withText(EnvironmentSettings.ENV_ARG, "a=2")
                .withText(EnvironmentSettings.WRAPPER, "ClipAction")
                .withText(EnvironmentSettings.WRAPPER, "ClipReward")
                .withText(EnvironmentSettings.MAX_EPISODE_STEPS, "-1");
        MakeOptions options = EnvironmentSettings.makeOptions("lab:lab/Arm-v0", settings);
        assertEquals("lab:lab/Arm-v0", options.envId());
        assertEquals(Map.of("a", 2L, "b", "x"), options.kwargs());
        assertEquals(List.of(WrapperSpec.of("ClipAction"), WrapperSpec.of("ClipReward")), options.wrappers());
        assertEquals(-1, options.maxEpisodeSteps().getAsLong());
        assertTrue(EnvironmentSettings.makeOptions("CartPole-v1", Settings.DEFAULTS)
                .maxEpisodeSteps()
                .isEmpty());
    }

    private static Object value(String text) {
        return EnvironmentArguments.argument("key=" + text).get("key");
    }
}
