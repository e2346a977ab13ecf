"""Heartbeats of one node on 30 connections, as fast as the broker reads them."""

import asyncio
import uuid

from attacker import again, attack, flood, swallow
from mqtt_packets import OWN, publish_packet, thief

CONNECTIONS = 30
MESSAGES = 500


def heartbeats():
    session = str(uuid.uuid4())
    return b"".join(
        publish_packet(
            "%s/heartbeat" % OWN,
            {"session": session, "seq": seq, "every_ms": 1000, "up_ms": seq * 1000},
        )
        for seq in range(MESSAGES)
    )


async def one():
    connection = await thief()
    if connection is None:
        return
    reader, writer = connection
    await asyncio.gather(swallow(reader), flood(writer, heartbeats(), MESSAGES))


attack(*(again(one) for _ in range(CONNECTIONS)))
