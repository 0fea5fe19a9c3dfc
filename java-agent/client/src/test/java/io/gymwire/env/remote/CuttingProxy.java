// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Forwards bytes between clients and a server on loopback ports, and cuts the connection when a test requests it. */
final class CuttingProxy implements AutoCloseable {
    /** The point of an exchange at which the connection is cut. */
    enum Cut {
        BEFORE_REQUEST,
        AFTER_REQUEST,
        BEFORE_REPLY,
        AFTER_REPLY
    }

    /** If one read returns fewer bytes than this, they are only HTTP/2 control frames (such as pings), no message. */
    private static final int SMALLEST_MESSAGE = 40;

    private final int serverPort;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    /** Sockets to the server that stay open for some time after the client's side was cut. */
    private final Set<Socket> silent = ConcurrentHashMap.newKeySet();

    private final Map<Cut, Integer> made = new EnumMap<>(Cut.class);
    private Cut next;
    private volatile boolean cutsAlways;
    private volatile boolean saysNothing;

    CuttingProxy(String serverAddress) throws IOException {
        serverPort = Integer.parseInt(serverAddress.substring(serverAddress.lastIndexOf(':') + 1));
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Cuts the connection once, at this point of the next exchange. */
    synchronized void cut(Cut where) {
        next = where;
    }

    /** Returns how often the connection was cut at this point. */
    synchronized int made(Cut where) {
        return made.getOrDefault(where, 0);
    }

    /** Cuts every connection immediately. */
    void cutAll() {
        sockets.forEach(CuttingProxy::abort);
        sockets.clear();
    }

    /** Cuts every connection immediately, and each new connection as soon as it is made. */
    void cutAllFromNowOn() {
        cutsAlways = true;
        cutAll();
    }

    /** Cuts every connection. Then accepts new connections but sends nothing, like a host with a suspended server. */
    void cutAllAndSayNothing() {
        saysNothing = true;
        cutAll();
    }

    /** Cuts every connection: immediately on the client's side, and after the given time on the server's side. */
    void cutAllUnnoticed(Duration later) {
        List<Socket> serverSides = sockets.stream()
                .filter(socket -> socket.getPort() == serverPort)
                .toList();
        silent.addAll(serverSides);
        sockets.stream().filter(socket -> socket.getPort() != serverPort).forEach(CuttingProxy::abort);
        sockets.clear();
        start(() -> {
            try {
                Thread.sleep(later.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            serverSides.forEach(CuttingProxy::abort);
        });
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cutAll();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (cutsAlways) {
                    abort(client);
                    continue;
                }
                if (saysNothing) {
                    sockets.add(client);
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.addAll(Set.of(client, server));
                start(() -> pump(client, server, Cut.BEFORE_REQUEST, Cut.AFTER_REQUEST));
                start(() -> pump(server, client, Cut.BEFORE_REPLY, Cut.AFTER_REPLY));
            }
        } catch (IOException e) {
            // The listener was closed, or the server's port was closed.
            cutAll();
        }
    }

    private void pump(Socket from, Socket to, Cut before, Cut after) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream input = from.getInputStream();
            for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
                Cut due = n < SMALLEST_MESSAGE ? null : take(before, after);
                if (due != before || due == null) {
                    to.getOutputStream().write(buffer, 0, n);
                }
                if (due != null) {
                    to.shutdownOutput();
                    abort(from);
                    return;
                }
            }
        } catch (IOException e) {
            // One end has closed its socket, or another thread has cut the connection.
            sockets.removeAll(Arrays.asList(from, to));
        } finally {
            Stream.of(from, to).filter(socket -> !silent.contains(socket)).forEach(CuttingProxy::abort);
        }
    }

    private synchronized Cut take(Cut... possible) {
        Cut due = Arrays.asList(possible).contains(next) ? next : null;
        if (due != null) {
            next = null;
            made.merge(due, 1, Integer::sum);
        }
        return due;
    }

    /** Closes a socket with a TCP reset instead of an orderly end. */
    private static void abort(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // The socket is already closed.
            return;
        }
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
