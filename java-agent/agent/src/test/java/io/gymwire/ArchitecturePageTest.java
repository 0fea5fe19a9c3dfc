// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each line of code that docs/architecture.md shows is in the file that the page names for it. Whitespace and lines
 * that contain "..." are ignored.
 */
final class ArchitecturePageTest {

    private static final Path HOME = PythonTools.home();
    private static final List<String> SOURCES =
            List.of("java-agent/agent/src/main/java", "java-agent/agent/src/test/java", "python-env-server/src");

    private static final Pattern SNIPPET = Pattern.compile("```(?:java|python)\n(.*?)```", Pattern.DOTALL);
    /** A comment that names the file which contains the next lines, such as {@code // update/natural/LineSearch}. */
    private static final Pattern FILE = Pattern.compile("(?://|#) ([\\w/]+)");

    @Test
    void everySnippetIsInTheFileThatItNames() throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher snippet = SNIPPET.matcher(Files.readString(HOME.resolve("docs/architecture.md")));
        int lines = 0;
        while (snippet.find()) {
            String source = "";
            String file = "";
            for (String line :
                    snippet.group(1).lines().filter(text -> !text.isBlank()).toList()) {
                Matcher named = FILE.matcher(line);
                if (named.matches()) {
                    file = named.group(1);
                    source = compact(source(file));
                } else if (!line.contains("...")) {
                    lines++;
                    if (!source.contains(compact(line))) {
                        missing.add("'" + file + "' has no line " + line.strip());
                    }
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(lines > 30, "only " + lines + " lines of code were found on the page");
    }

    /** The text of the only source file with this name. The name is the end of the path, without the extension. */
    private static String source(String name) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : SOURCES) {
            try (Stream<Path> files = Files.walk(HOME.resolve(folder))) {
                files.filter(file -> file.toString().matches(".*/" + name + "\\.(java|py)"))
                        .forEach(found::add);
            }
        }
        assertEquals(1, found.size(), "files named " + name + ": " + found);
        return Files.readString(found.get(0));
    }

    private static String compact(String code) {
        return code.replaceAll("\\s", "");
    }
}
