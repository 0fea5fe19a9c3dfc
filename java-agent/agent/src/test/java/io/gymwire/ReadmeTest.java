// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.PythonTools;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that examples in the pages are the code that the tests run, and that classes and files in the pages exist. */
final class ReadmeTest {

    private static final Path HOME = PythonTools.home();

    @TempDir
    private Path elsewhere;

    @ParameterizedTest
    @ValueSource(strings = {"RandomAgent", "Fork"})
    void theJavaExampleIsShortAndIsTheCodeThatTheTestsRun(String name) throws IOException {
        String example = example(name);
        String body = example.substring(example.indexOf("public final class"));
        assertTrue(read("java-agent/client/src/test/java/io/gymwire/env/" + name + ".java")
                .endsWith(body));
        assertTrue(body.lines().count() <= 17, example);
    }

    /** Compiles the example in another folder, without the agent's classes on the class path. */
    @ParameterizedTest
    @ValueSource(strings = {"RandomAgent", "Fork"})
    void theJavaExampleCompilesWithoutChanges(String name) throws IOException {
        Path file = Files.writeString(elsewhere.resolve(name + ".java"), example(name));
        String onlyClient = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).startsWith(HOME.resolve("java-agent/agent")))
                .collect(Collectors.joining(File.pathSeparator));
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        messages,
                        messages,
                        "-Xlint:all",
                        "-proc:none",
                        "-cp",
                        onlyClient,
                        "-d",
                        elsewhere.toString(),
                        file.toString());
        assertEquals(0, code, messages::toString);
        assertTrue(Files.exists(elsewhere.resolve(name + ".class")));
    }

    private static String example(String name) throws IOException {
        return Stream.concat(blocks("README.md", "java").stream(), blocks("docs/java-client.md", "java").stream())
                .filter(block -> block.contains("public final class " + name + " {"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void thePolicyInPythonIsTheCodeThatTheTestsRun() throws IOException {
        String shown = blocks("docs/runs.md", "python").get(0);
        String function = shown.substring(shown.indexOf("def load_policy"));
        assertTrue(read("java-agent/agent/src/test/python/load_policy.py").contains(function));
    }

    /**
     * Checks classes that a page names as package/Class, and files that it names by their paths from the root of the
     * repository or from the agent's package folder. Names without a slash are not checked.
     */
    @ParameterizedTest
    @ValueSource(strings = {"docs/architecture.md", "docs/theory.md"})
    void everyFileThatAPageNamesWithItsFolderExists(String page) throws IOException {
        Matcher name = Pattern.compile("`((?:[a-z_-]+/)+)([A-Z]\\w+)?[^`]*`").matcher(read(page));
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
        assertTrue(classes > 10, classes + " classes found");
    }

    private static List<String> blocks(String page, String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(read(page));
        List<String> blocks = block.results().map(found -> found.group(1)).toList();
        assertFalse(blocks.isEmpty(), page + " has no " + language + " block");
        return blocks;
    }

    private static String read(String file) throws IOException {
        return Files.readString(HOME.resolve(file));
    }
}
