# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server with --lean uses its own HTTP/2 code, not grpcio's server. Within its limits, it accepts everything that
HTTP/2 allows a gRPC client to send, and answers correctly."""

from collections.abc import Callable, Iterator

import h2.events
import h2.settings
import pytest
from lean_peer import INTERACT, SECONDS, Client, Served, framed, texts

from gymwire.server.lean import frames, headers
from gymwire.server.limits import Limits

Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[Served] = []

    def serve_one(limits: Limits | None = None) -> Served:
        started.append(Served(limits))
        return started[-1]

    yield serve_one
    for served in started:
        served.close()


def test_a_call_is_answered_and_ends_when_the_client_ends_its_side(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    stream = client.open()
    assert client.ask(stream, "one") == ["one"]
    assert client.ask(stream, "two", "three") == ["two", "three"]
    client.send(stream, framed("last"), end=True)
    assert client.end_of(stream) == {"grpc-status": "0"}
    assert texts(client.data(stream))[-1] == "last"
    assert (served.echo.opened, served.echo.open) == (1, 0)
    first = dict(client.of(h2.events.ResponseReceived, stream)[0].headers)
    assert first == {":status": "200", "content-type": "application/grpc", "grpc-accept-encoding": "identity"}


def test_a_call_without_requests_ends_well(serve: Serve) -> None:
    client = Client(serve().socket)
    fields = client.end_of(client.open(end=True))
    assert (fields[":status"], fields["grpc-status"]) == ("200", "0")


def test_messages_may_come_byte_by_byte_and_padded(serve: Serve) -> None:
    client = Client(serve().socket)
    stream = client.open()
    for byte in framed("crumbs"):
        client.send(stream, bytes((byte,)), pad=byte)
    client.send(stream, b"", pad=9)
    client.h2.prioritize(stream, weight=3)
    client.send(stream, framed("whole") + framed("pair")[:7], pad=255)
    client.send(stream, framed("pair")[7:], end=True)
    client.end_of(stream)
    assert texts(client.data(stream)) == ["crumbs", "whole", "pair"]


def test_header_fields_may_be_sent_in_pieces_with_padding_and_with_a_priority(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    client.until(lambda: any(isinstance(event, h2.events.SettingsAcknowledged) for event in client.events))
    fields = [(":method", "POST"), (":scheme", "http"), (":path", INTERACT), ("content-type", "application/grpc")]
    block = headers.encode([*fields, ("user-agent", "x" * 300)])
    first = b"\x04" + b"\x00\x00\x00\x00\x10" + block[:3] + b"\x00" * 4
    pieces = frames.frame(frames.Kind.HEADERS, frames.PADDED | frames.PRIORITY, 1, first)
    for byte in block[3:-1]:
        pieces += frames.frame(frames.Kind.CONTINUATION, 0, 1, bytes((byte,)))
    pieces += frames.frame(frames.Kind.CONTINUATION, frames.END_HEADERS, 1, block[-1:])
    data = frames.frame(frames.Kind.DATA, frames.END_STREAM, 1, framed("pieces"))
    # The test sends its own bytes below. h2 must still record that a request was sent. So h2 makes such a request here,
    # and its bytes are discarded.
    client.h2.send_headers(1, fields)
    client.h2.send_data(1, framed("pieces"), end_stream=True)
    client.h2.data_to_send()
    for byte in pieces + data:
        served.socket.sendall(bytes((byte,)))
    assert client.end_of(1) == {"grpc-status": "0"}
    assert texts(client.data(1)) == ["pieces"]


def test_an_answer_waits_for_the_window_of_its_stream(serve: Serve) -> None:
    client = Client(serve().socket, INITIAL_WINDOW_SIZE=0)
    stream = client.open()
    text = "0123456789" * 100
    client.send(stream, framed(text), end=True)
    for size in range(1, 30):
        before = len(client.data(stream))
        client.increase_window(stream, size)
        client.until(lambda: len(client.data(stream)) == before + size)  # noqa: B023
    client.increase_window(stream, 10_000)
    assert client.end_of(stream) == {"grpc-status": "0"}
    assert texts(client.data(stream)) == [text]


def test_a_settings_frame_changes_the_window_of_an_open_stream(serve: Serve) -> None:
    client = Client(serve().socket, INITIAL_WINDOW_SIZE=100)
    stream = client.open()
    client.send(stream, framed("x" * 1000), end=True)
    client.until(lambda: len(client.data(stream)) == 100)
    # The window becomes negative, then positive again.
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 40})
    client.push()
    client.increase_window(stream, 60)
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 150})
    client.push()
    client.until(lambda: len(client.data(stream)) >= 210)
    assert len(client.data(stream)) == 210
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 5000})
    client.push()
    assert client.end_of(stream) == {"grpc-status": "0"}
    assert texts(client.data(stream)) == ["x" * 1000]


def test_an_answer_waits_for_the_window_of_the_connection_and_respects_the_frame_size(serve: Serve) -> None:
    client = Client(serve().socket, INITIAL_WINDOW_SIZE=1 << 20, MAX_FRAME_SIZE=20_000)
    client.until(lambda: client.h2.local_settings.max_frame_size == 20_000)
    stream = client.open()
    client.send(stream, framed("x" * 300_000))
    client.until(lambda: len(client.data(stream)) == frames.DEFAULT_WINDOW)
    sizes = {len(event.data) for event in client.of(h2.events.DataReceived, stream)}
    assert max(sizes) == 20_000
    client.increase_window(0, 1 << 20)
    client.until(lambda: len(client.data(stream)) > 300_000)
    assert texts(client.data(stream)) == ["x" * 300_000]


def test_a_stream_with_an_empty_window_does_not_block_others(serve: Serve) -> None:
    client = Client(serve().socket, INITIAL_WINDOW_SIZE=0)
    stuck, free = client.open(), client.open()
    client.increase_window(free, 1000)
    client.send(stuck, framed("a"))
    client.send(stuck, framed("b") + framed("c"), end=True)
    assert client.ask(free, "d") == ["d"]
    assert client.data(stuck) == b""
    client.increase_window(stuck, 1000)
    assert client.end_of(stuck) == {"grpc-status": "0"}
    assert texts(client.data(stuck)) == ["a", "b", "c"]


def test_a_client_that_writes_before_it_reads_is_served(serve: Serve) -> None:
    client = Client(serve().socket, INITIAL_WINDOW_SIZE=1 << 30)
    stream = client.open()
    client.increase_window(0, 1 << 30)
    asked = [f"{i} " + "x" * 10_000 for i in range(1000)]
    client.until(lambda: client.h2.local_flow_control_window(stream) > len(asked) * 10_100)
    # The buffers of the sockets have room for only a small part of the requests.
    for text in asked:
        client.h2.send_data(stream, framed(text))
        client.push()
    client.until(lambda: len(client.data(stream)) >= len(asked) * 10_000 and client.texts(stream) == asked)
    assert client.ask(stream, "after") == ["after"]
    assert texts(client.data(stream)) == [*asked, "after"]


def test_the_server_sends_more_if_the_window_grows_while_it_sends_an_answer(serve: Serve) -> None:
    client = Client(serve().socket, INITIAL_WINDOW_SIZE=0)
    client.increase_window(0, 1 << 30)
    stream = client.open()
    half = 10_000_000
    client.send(stream, framed("x" * 1000, times=2 * half // 1000), end=True)
    client.increase_window(stream, half)
    # When the first bytes have arrived, the server still keeps most of the answer's first half, because the socket does
    # not accept more. While the server waits for the socket, it reads frames, so it also reads the frame that increases
    # the window.
    client.until(lambda: bool(client.data(stream)))
    client.increase_window(stream, 2 * half)
    assert client.end_of(stream) == {"grpc-status": "0"}
    assert texts(client.data(stream)) == ["x" * 2 * half]


def test_the_window_for_requests_is_opened_again(serve: Serve) -> None:
    client = Client(serve(Limits(max_message_mib=1)).socket, INITIAL_WINDOW_SIZE=1 << 30)
    client.increase_window(0, 1 << 30)
    stream = client.open()
    text = "x" * 1_000_000
    for _ in range(10):
        assert client.ask(stream, text) == [text]


def test_pings_are_answered_among_other_frames(serve: Serve) -> None:
    client = Client(serve().socket)
    stream = client.open()
    for i in range(20):
        client.h2.ping(bytes([i] * 8))
        client.h2.send_data(stream, framed(str(i)))
    client.push()
    client.until(lambda: len(client.of(h2.events.DataReceived, stream)) == 20)
    acks = [event.ping_data for event in client.events if isinstance(event, h2.events.PingAckReceived)]
    assert acks == [bytes([i] * 8) for i in range(20)]


def test_a_cancelled_stream_is_released_and_others_go_on(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    cancelled, other = client.open(), client.open()
    client.ask(cancelled, "a")
    client.h2.reset_stream(cancelled, 8)
    assert client.ask(other, "b") == ["b"]
    assert (served.echo.opened, served.echo.open) == (2, 1)


def test_many_streams_follow_each_other_on_one_connection(serve: Serve) -> None:
    client = Client(serve(Limits(max_streams=1)).socket)
    for i in range(200):
        stream = client.open()
        client.send(stream, framed(str(i)), end=True)
        assert client.end_of(stream) == {"grpc-status": "0"}


def test_only_the_streams_beyond_the_limit_are_refused(serve: Serve) -> None:
    client = Client(serve(Limits(max_streams=1)).socket)
    # The limit for the client is max_streams (for Interact calls) plus 16 (for other calls).
    client.until(lambda: client.h2.remote_settings.max_concurrent_streams == 17)
    open_ones = [client.open() for _ in range(17)]
    served_settings = client.h2.remote_settings
    served_settings[h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS] = 100
    served_settings.acknowledge()
    beyond = client.open()
    client.until(lambda: bool(client.of(h2.events.StreamReset, beyond)))
    assert client.of(h2.events.StreamReset, beyond)[0].error_code == frames.ErrorCode.REFUSED_STREAM
    assert client.ask(open_ones[-1], "a") == ["a"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"content-type": "application/json"}, "415"),
        ({"content-type": None}, "415"),
        ({"content-type": "application/grpcx"}, "415"),
        ({":method": "GET"}, "405"),
    ],
)
def test_a_call_that_is_not_grpc_gets_an_http_error(serve: Serve, changes: dict[str, str | None], status: str) -> None:
    client = Client(serve().socket)
    assert client.end_of(client.open(changes=changes))[":status"] == status
    assert client.ask(client.open(changes={"content-type": "application/grpc+proto"}), "a") == ["a"]


@pytest.mark.parametrize(
    "changes",
    [
        {":path": None},
        {":path": ""},
        {":method": None},
        {":scheme": None},
        {"X-Upper": "1"},
        {"zz": "1", ":late": "2"},
        {"connection": "keep-alive"},
        {"transfer-encoding": "chunked"},
        {"te": "gzip"},
        {"content-length": "one"},
        {"content-length": "-1"},
        {"content-length": "9" * 5000},
    ],
)
def test_malformed_header_fields_end_only_their_stream(serve: Serve, changes: dict[str, str | None]) -> None:
    client = Client(serve().socket)
    stream = client.open(changes=changes)
    client.until(lambda: bool(client.of(h2.events.StreamReset, stream)))
    assert client.of(h2.events.StreamReset, stream)[0].error_code == frames.ErrorCode.PROTOCOL_ERROR
    assert client.ask(client.open(), "a") == ["a"]


def test_a_request_may_have_a_content_length(serve: Serve) -> None:
    client = Client(serve().socket)
    data = framed("one") + framed("two")
    stream = client.open(changes={"content-length": str(len(data))})
    assert client.ask(stream, "one") == ["one"]
    client.send(stream, framed("two"), end=True, pad=5)
    assert client.end_of(stream) == {"grpc-status": "0"}
    assert texts(client.data(stream)) == ["one", "two"]


@pytest.mark.parametrize(("declared", "sent"), [(0, 1), (7, 8), (9, 8), (1 << 40, 8)])
def test_a_request_with_a_wrong_content_length_is_malformed(serve: Serve, declared: int, sent: int) -> None:
    client = Client(serve().socket)
    stream = client.open(changes={"content-length": str(declared)})
    for i in range(sent):
        client.send(stream, framed("a")[i : i + 1], end=i == sent - 1)
    client.until(lambda: bool(client.of(h2.events.StreamReset, stream)))
    assert client.of(h2.events.StreamReset, stream)[0].error_code == frames.ErrorCode.PROTOCOL_ERROR
    assert client.ask(client.open(), "b") == ["b"]


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"\x01\x00\x00\x00\x03abc", "12", "compressed"),
        (b"\x00\x00\x10\x00\x01", "8", "1048577 bytes, but a message may have at most 1048576 bytes; send less"),
        (b"\xff\xff\xff\xff\xff", "12", "compressed"),
    ],
)
def test_an_unusable_message_ends_the_call_after_earlier_messages_are_answered(
    serve: Serve, data: bytes, status: str, words: str
) -> None:
    client = Client(serve(Limits(max_message_mib=1)).socket)
    stream = client.open()
    client.send(stream, framed("before") + data)
    fields = client.end_of(stream)
    assert fields["grpc-status"] == status
    assert words in fields["grpc-message"]
    assert texts(client.data(stream)) == ["before"]
    assert client.ask(client.open(), "other") == ["other"]


def test_a_call_that_ends_within_a_message_gets_an_error(serve: Serve) -> None:
    client = Client(serve().socket)
    stream = client.open()
    client.send(stream, framed("cut")[:-1], end=True)
    assert client.end_of(stream)["grpc-status"] == "13"


def test_an_answer_beyond_the_limit_ends_the_call(serve: Serve) -> None:
    client = Client(serve(Limits(max_message_mib=1)).socket)
    stream = client.open()
    client.send(stream, framed("x", 1 << 20))
    fields = client.end_of(stream)
    assert fields["grpc-status"] == "8"
    assert "the answer has 1048584 bytes, but a message may have at most 1048576 bytes" in fields["grpc-message"]


def test_an_error_in_the_service_ends_only_the_failed_call(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(serve().socket)
    stream, other = client.open(), client.open()
    client.send(stream, framed("fail"))
    assert client.end_of(stream)["grpc-status"] == "13"
    assert "the echo failed" in caplog.text
    assert client.ask(other, "a") == ["a"]


def test_bytes_that_are_not_a_message_are_passed_to_the_service(serve: Serve) -> None:
    client = Client(serve().socket)
    stream = client.open()
    client.send(stream, b"\x00\x00\x00\x00\x02\xff\xff")
    client.until(lambda: bool(client.data(stream)))
    assert texts(client.data(stream)) == ["malformed"]


def test_the_streams_of_a_client_that_disappears_are_released(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    for _ in range(3):
        client.ask(client.open(), "a")
    assert served.echo.open == 3
    served.close()


def test_a_server_that_is_stopped_answers_the_current_request_and_ends_the_connection(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    stream = client.open()
    client.send(stream, framed("wait"))
    assert served.echo.waits.wait(SECONDS)
    served.loop.interrupt()
    served.echo.gate.set()
    client.until(lambda: any(isinstance(event, h2.events.ConnectionTerminated) for event in client.events))
    assert texts(client.data(stream)) == ["wait"]
    with pytest.raises(EOFError):
        client.receive()


def test_the_server_sends_pings_during_a_long_request(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    stream = client.open()
    client.ask(stream, "a")
    other = Client(served.connect())
    other.ask(other.open(), "b")
    served.loop.keep_alive()
    client.ask(stream, "c")
    served.loop.keep_alive()
    client.send(stream, framed("wait"))
    assert served.echo.waits.wait(SECONDS)
    served.loop.keep_alive()
    served.loop.keep_alive()
    for each in (client, other):
        each.until(lambda: any(isinstance(event, h2.events.PingReceived) for event in each.events))  # noqa: B023
    client.until(lambda: any(isinstance(event, h2.events.PingReceived) for event in client.events))
    served.echo.gate.set()
    client.until(lambda: texts(client.data(stream)) == ["a", "c", "wait"])
    for each in (client, other):
        # keep_alive pings only if the loop (lean/loop.py) has completed no round since the last call of keep_alive. Of
        # the four calls above, the first does not ping, because rounds were completed before it. The loop completes the
        # round of the request "c" either before the second call, or between the second and the third. So at most one of
        # these two calls pings. The long request blocks the loop, so the fourth call pings. In all, there are 1 or 2
        # pings.
        assert len([event for event in each.events if isinstance(event, h2.events.PingReceived)]) in (1, 2)
    assert client.ask(stream, "b") == ["b"]
