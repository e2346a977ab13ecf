"""Floods an MQTT broker with one credential, for a while, and ends by itself.

broker_flood.py PORT USER PASSWORD KIND SECONDS: prints "begun" when its connections are logged in, and
"sent BYTES" at the end. Ends early with its standard input.

KIND: heartbeats, pings, big (QoS 1, 8 KiB, retained), half_done (QoS 2, 8 KiB, never completed),
subscriptions (the same ones again and again), deaf (subscribes, reads nothing, and beats).
"""

import os
import select
import socket
import sys
import threading
import time

CONNECTIONS = 30
CHUNK_BYTES = 32768

port, user, password, kind, seconds = sys.argv[1:6]
end = time.monotonic() + float(seconds)
sent = [0] * CONNECTIONS
begun = threading.Barrier(CONNECTIONS + 1)


def length(count):
    digits = bytearray()
    while True:
        count, digit = divmod(count, 128)
        digits.append(digit | (128 if count else 0))
        if not count:
            return bytes(digits)


def packet(first, body):
    return bytes([first]) + length(len(body)) + body


def text(value):
    return len(value).to_bytes(2, "big") + value.encode()


def connect(name):
    body = text("MQTT") + bytes([4, 0xC2, 0, 0]) + text(name) + text(user) + text(password)
    return packet(0x10, body)


def publish(topic, payload, qos=0, number=0, retain=False):
    body = text("rpi-cluster/v1/nodes/%s/%s" % (user, topic))
    if qos > 0:
        body += number.to_bytes(2, "big")
    return packet(0x30 | qos << 1 | retain, body + payload)


def subscribe(filters, number=1):
    body = b"".join(text(each) + b"\x01" for each in filters)
    return packet(0x82, number.to_bytes(2, "big") + body)


EVERYTHING = "rpi-cluster/v1/#"
BEAT = publish("heartbeat", b'{"session":"%s","seq":1,"every_ms":1000,"up_ms":1000}' % (b"x" * 22))
BIG = b"x" * 8000


def flood_of(index):
    """What one connection says first, and what it then says again and again."""
    if kind == "heartbeats":
        return b"", BEAT
    if kind == "pings":
        return b"", b"\xc0\x00"
    if kind == "big":
        return b"", publish("big/%d" % index, BIG, qos=1, number=1, retain=True)
    if kind == "half_done":
        numbers = range(1, 1 + CHUNK_BYTES // len(BIG))
        return b"", b"".join(publish("half", BIG, qos=2, number=number) for number in numbers)
    if kind == "subscriptions":
        filters = [EVERYTHING] + ["rpi-cluster/v1/+/%s/%d" % ("+/" * n, index) for n in range(20)]
        return b"", subscribe(filters)
    if kind == "deaf":
        return subscribe([EVERYTHING]), BEAT
    raise SystemExit("no such kind: " + kind)


def login(index):
    """Again and again: a broker may have ended the connection before, or let it wait."""
    while time.monotonic() < end:
        try:
            stranger = socket.create_connection(("127.0.0.1", int(port)), timeout=5)
            stranger.sendall(connect("flood-%d-%d" % (os.getpid(), index)))
            if stranger.recv(4)[3:] == b"\x00":
                return stranger
            stranger.close()
        except OSError:
            pass
        time.sleep(0.2)
    return None


def flood(index):
    first, again = flood_of(index)
    chunk = again * max(1, CHUNK_BYTES // len(again))
    has_begun = False
    while time.monotonic() < end:
        stranger = login(index)
        if not has_begun:
            begun.wait()
            has_begun = True
        if stranger is None:
            return
        try:
            stranger.sendall(first)
            talk(index, stranger, chunk)
        except OSError:
            pass
        stranger.close()


def talk(index, stranger, chunk):
    stranger.setblocking(False)
    rest = b""
    while time.monotonic() < end:
        reading = [] if kind == "deaf" else [stranger]
        readable, writable, _ = select.select(reading, [stranger], [], 0.5)
        if readable and not stranger.recv(1 << 20):
            return
        if writable:
            rest = rest or chunk
            count = stranger.send(rest)
            rest = rest[count:]
            sent[index] += count


def end_with_stdin():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_stdin, daemon=True).start()
threads = [threading.Thread(target=flood, args=(index,)) for index in range(CONNECTIONS)]
for thread in threads:
    thread.start()
begun.wait()
print("begun", flush=True)
for thread in threads:
    thread.join()
print("sent", sum(sent), flush=True)
