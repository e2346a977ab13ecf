"""Logs in to a broker again and again, RATE times a second from one address, and waits for no answer.

broker_knocks.py '{"port": PORT, "seconds": S, "rate": RATE, "logins": [...]}': the logins in turn, each
{"user": ..., "password": ..., "client_id": ..., "will_topic": ...} or {"bytes": "what is no MQTT"}.
Where "numbered" is true, user name and client id get a number that is never the same. Prints "began"
and, at its end, how many connections it made and how many logins were accepted.
"""

import itertools
import json
import selectors
import socket
import struct
import sys
import time

HELD_MAX = 1000

plan = json.loads(sys.argv[1])


def field(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def packet(login, number):
    if "bytes" in login:
        return login["bytes"].encode("latin-1")
    mark = str(number) if login.get("numbered") else ""
    will = login.get("will_topic")
    flags = 0xC2 | (0x2C if will else 0)
    body = field("MQTT") + bytes([login.get("version", 4), flags, 0, 60])
    if login.get("version") == 5:
        body += b"\0"
    body += field(login.get("client_id", "flood") + mark)
    if will:
        body += field(will) + field("gone")
    body += field(login["user"] + mark) + field(login["password"])
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 128, len(body) // 128])
    return b"\x10" + length + body


selector = selectors.DefaultSelector()
held = {}
made = accepted = 0


def drop(connection):
    selector.unregister(connection)
    held.pop(connection)
    connection.close()


def begin(data):
    global made
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1", plan["port"]))
    if len(held) >= HELD_MAX:
        drop(next(iter(held)))
    held[connection] = data
    selector.register(connection, selectors.EVENT_WRITE)
    made += 1


def go_on(connection, mask):
    global accepted
    try:
        if mask & selectors.EVENT_WRITE:
            connection.send(held[connection])
            selector.modify(connection, selectors.EVENT_READ)
            return
        answer = connection.recv(64)
        accepted += answer[:4] == b"\x20\x02\x00\x00"
    except OSError:
        pass
    drop(connection)


print("began", flush=True)
logins = itertools.cycle(plan["logins"])
start = time.monotonic()
while (passed := time.monotonic() - start) < plan["seconds"]:
    while made < passed * plan["rate"]:
        begin(packet(next(logins), made))
    for key, mask in selector.select(0.01):
        if key.fileobj in held:
            go_on(key.fileobj, mask)
print(json.dumps({"made": made, "accepted": accepted}), flush=True)
