"""Births and farewells in turn, 150 a second, each of a run and a name of its own."""

import asyncio
import uuid

from attacker import again, attack, counts, swallow
from mqtt_packets import OWN, publish_packet, thief

RATE = 150
BATCH_S = 0.1


def statuses(number):
    session = str(uuid.uuid4())
    name = "Thief %d" % number
    birth = {"kind": "birth", "session": session, "name": name, "every_ms": 1000, "reconnect_ms": 2000}
    farewell = {"kind": "farewell", "session": session, "reason": "stop"}
    beat = {"session": session, "seq": 0, "every_ms": 1000, "up_ms": 0}
    return b"".join([
        publish_packet("%s/status" % OWN, birth, qos=1, retain=True),
        publish_packet("%s/heartbeat" % OWN, beat),
        publish_packet("%s/status" % OWN, farewell, qos=1, retain=True),
    ])


async def storm():
    connection = await thief()
    if connection is None:
        return
    reader, writer = connection
    reading = asyncio.ensure_future(swallow(reader))
    number = 0
    while not reading.done():
        for _ in range(int(RATE * BATCH_S / 2)):
            number += 1
            writer.write(statuses(number))
            counts["statuses"] += 2
        await writer.drain()
        await asyncio.sleep(BATCH_S)
    await reading


attack(again(storm))
