// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * The servers in a text file, one per line: {@code ADDRESS [token-file=F] [ca=F]}. A # at the beginning of a line or
 * after white space begins a comment. A relative path F is relative to the folder of the text file.
 */
public final class ServersFile implements ServerList {

    private static final String TOKEN_FILE = "token-file=";
    private static final String AUTHORITY = "ca=";
    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");

    private final Path path;
    private final InputFile file;
    private final BiFunction<String, Optional<Path>, ConnectOptions> reached;

    /**
     * A list of servers.
     *
     * @param reached makes the options for a connection to a line's address, with the line's {@code ca} (for TLS) if
     *     there is one. {@code token-file} in the line replaces the token in these options
     */
    public ServersFile(Path path, BiFunction<String, Optional<Path>, ConnectOptions> reached) {
        this.path = path;
        this.file = new InputFile(path, "write one server per line, host:port [token-file=F] [ca=F]");
        this.reached = reached;
    }

    @Override
    public List<ConnectOptions> read() throws FileException {
        List<ConnectOptions> servers = new ArrayList<>();
        Map<String, Integer> places = new HashMap<>();
        List<String> lines = file.lines();
        for (int i = 0; i < lines.size(); i++) {
            String line = COMMENT.matcher(lines.get(i)).replaceFirst("").strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                ConnectOptions server = server(line.split("\\s+"));
                Integer earlier = places.putIfAbsent(server.address(), i + 1);
                if (earlier != null) {
                    throw new IllegalArgumentException(
                            "the server " + server.address() + " is already in line " + earlier);
                }
                servers.add(server);
            } catch (IllegalArgumentException e) {
                throw file.unusable("line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (servers.isEmpty()) {
            throw file.unusable("it names no server", null);
        }
        return servers;
    }

    private ConnectOptions server(String... words) {
        Optional<Path> tokenFile = Optional.empty();
        Optional<Path> authority = Optional.empty();
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            if (word.startsWith(TOKEN_FILE)) {
                tokenFile = Optional.of(path.resolveSibling(word.substring(TOKEN_FILE.length())));
            } else if (word.startsWith(AUTHORITY)) {
                authority = Optional.of(path.resolveSibling(word.substring(AUTHORITY.length())));
            } else {
                throw new IllegalArgumentException("'" + word + "' is neither token-file=F nor ca=F");
            }
        }
        ConnectOptions server = reached.apply(words[0], authority);
        return tokenFile.isPresent() ? server.withTokenFile(tokenFile.get()) : server;
    }
}
