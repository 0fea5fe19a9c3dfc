// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.files.FileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServersFileTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("servers");
    }

    @Test
    void readsOneServerPerLineWithItsTokenAndAuthority() throws IOException {
        Files.writeString(folder.resolve("token"), "secret\n");
        Files.writeString(file, """
                # the lab

                one:50051
                  two:50052   token-file=token  ca=ca.pem   # the big one
                unix:/run/a#b.sock
                [::1]:50053
                """);
        List<ConnectOptions> servers = list().read();
        assertEquals(
                List.of("one:50051", "two:50052", "unix:/run/a#b.sock", "[::1]:50053"),
                servers.stream().map(ConnectOptions::address).toList());
        assertNull(servers.get(0).token());
        assertNull(servers.get(0).authority());
        assertEquals("secret", servers.get(1).token());
        assertEquals(folder.resolve("ca.pem"), servers.get(1).authority());
    }

    @Test
    void readingAgainReturnsTheNewContent() throws IOException {
        ServersFile list = list();
        Files.writeString(file, "one:1\n");
        assertEquals("one:1", list.read().get(0).address());
        Files.writeString(file, "two:2\n");
        assertEquals("two:2", list.read().get(0).address());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "one:1\\n\\nnowhere\\n | line 3: the server address 'nowhere' cannot be used: write host:port",
                "http://one:1\\n | line 1: the server address 'http://one:1' cannot be used: write host:port",
                "one:1\\none:99999 | line 2: the server address 'one:99999'",
                "one:1 token=x | line 1: 'token=x' is neither token-file=F nor ca=F",
                "one:1 two:2 | line 1: 'two:2' is neither",
                "#\\none:1 token-file=absent | line 2: the token file",
                "unix:/s ca=ca.pem | line 1: TLS cannot be combined with the Unix socket",
                "one:1\\ntwo:2\\none:1 | line 3: the server one:1 is already in line 1",
                "# nothing\\n | it names no server",
            })
    void anErrorNamesTheFileAndTheLineIfOneLineIsWrong(String content, String complaint) throws IOException {
        Files.writeString(file, content.replace("\\n", "\n"));
        FileException failure = assertThrows(FileException.class, () -> list().read());
        assertTrue(failure.getMessage().startsWith(file + " cannot be used: " + complaint), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("one server per line, host:port [token-file=F] [ca=F]"));
    }

    @Test
    void aServerMayBeGivenOnlyOnce() {
        List<String> twice = List.of("one:1", "two:2", "one:1");
        IllegalArgumentException failure =
                assertThrows(IllegalArgumentException.class, () -> new GivenServers(twice, ConnectOptions::of));
        assertTrue(failure.getMessage().startsWith("the server one:1 is named twice"), failure.getMessage());
    }

    private ServersFile list() {
        return new ServersFile(
                file, (address, authority) -> ConnectOptions.of(address).withAuthority(authority.orElse(null)));
    }
}
