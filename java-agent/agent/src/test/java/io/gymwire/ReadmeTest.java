// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code that the README shows is the code that the tests run, and the files that it names are there. */
final class ReadmeTest {

    private static final Path HOME = PythonTools.home();

    @Test
    void theRandomAgentIsTheOneThatTheTestsRun() throws IOException {
        String agent = blocks("java").get(0);
        assertTrue(read("java-agent/client/src/test/java/io/gymwire/env/RandomAgent.java")
                .endsWith(agent));
        assertEquals(17, agent.lines().count(), "lines of the random agent");
    }

    @Test
    void theForkIsTheOneThatTheTestsRun() throws IOException {
        String fork = blocks("java").get(1);
        assertTrue(fork.startsWith("public final class Fork"), fork);
        assertTrue(
                read("java-agent/client/src/test/java/io/gymwire/env/Fork.java").endsWith(fork));
    }

    @Test
    void thePolicyInPythonIsTheOneThatTheTestsRun() throws IOException {
        String shown = blocks("python").get(0);
        String function = shown.substring(shown.indexOf("def load_policy"));
        assertTrue(read("java-agent/agent/src/test/python/load_policy.py").contains(function));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/architecture.md"})
    void everyLinkLeadsToAFile(String page) throws IOException {
        Path folder = HOME.resolve(page).toAbsolutePath().getParent();
        Matcher link = Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(read(page));
        int links = 0;
        for (; link.find(); links++) {
            assertTrue(Files.exists(folder.resolve(link.group(1))), link.group(1));
        }
        assertTrue(links > 0, links + " links found");
    }

    /** The page names classes as package/Class, and files by their paths from the top. */
    @Test
    void whatTheArchitecturePageNamesIsThere() throws IOException {
        Matcher name = Pattern.compile("`((?:[a-z_-]+/)+)([A-Z]\\w+)?[^`]*`").matcher(read("docs/architecture.md"));
        Path agent = HOME.resolve("java-agent/agent/src/main/java/io/gymwire");
        int classes = 0;
        while (name.find()) {
            if (name.group(2) == null) {
                String path = name.group().replace("`", "");
                assertTrue(Files.exists(HOME.resolve(path)) || Files.exists(agent.resolve(path)), path);
            } else {
                classes++;
                String file = name.group(1) + name.group(2) + ".java";
                assertTrue(Files.exists(agent.resolve(file)), file);
            }
        }
        assertTrue(classes > 15, classes + " classes found");
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(read("README.md"));
        List<String> blocks = block.results().map(found -> found.group(1)).toList();
        assertFalse(blocks.isEmpty(), "the README has no " + language + " block");
        return blocks;
    }

    private static String read(String file) throws IOException {
        return Files.readString(HOME.resolve(file));
    }
}
