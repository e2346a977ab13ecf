"""Packets of MQTT 3.1.1 as bytes, and a login with the credential of the stolen card."""

import json
import uuid

from attacker import connect, counts, target

TOPIC_ROOT = "rpi-cluster/v1"
OWN = "%s/nodes/%s" % (TOPIC_ROOT, target["user"])


def _field(text):
    data = text if isinstance(text, bytes) else text.encode()
    return len(data).to_bytes(2, "big") + data


def _packet(kind, body):
    head = bytearray([kind])
    length = len(body)
    while True:
        digit, length = length & 0x7F, length >> 7
        head.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(head) + body


def connect_packet(client_id, user, password):
    """With a clean session, and 60 s of keepalive."""
    body = _field("MQTT") + bytes([4, 0xC2, 0, 60])
    return _packet(0x10, body + _field(client_id) + _field(user) + _field(password))


def publish_packet(topic, payload, qos=0, retain=False, packet_id=1):
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    number = packet_id.to_bytes(2, "big") if qos else b""
    return _packet(0x30 | qos << 1 | retain, _field(topic) + number + data)


def subscribe_packet(filters, packet_id=1, qos=1):
    body = b"".join(_field(topic) + bytes([qos]) for topic in filters)
    return _packet(0x82, packet_id.to_bytes(2, "big") + body)


def unsubscribe_packet(filters, packet_id=1):
    return _packet(0xA2, packet_id.to_bytes(2, "big") + b"".join(map(_field, filters)))


async def thief(client_id=None):
    """Logs in with the stolen credential; None where the broker lets it in no more."""
    connection = await connect(target["broker"])
    if connection is None:
        return None
    reader, writer = connection
    client_id = client_id or "thief-%s" % uuid.uuid4().hex
    writer.write(connect_packet(client_id, target["user"], target["password"]))
    answer = await reader.readexactly(4)
    if answer[3] != 0:
        counts["refused logins"] += 1
        return None
    counts["logins"] += 1
    return reader, writer
