"""The longest messages that are taken, QoS 1, on connections half of which never read an answer."""

import asyncio
import json

from attacker import again, attack, flood, swallow
from mqtt_packets import OWN, publish_packet, thief

CONNECTIONS = 10
MESSAGES = 16
# The limit is 8 KiB.
PAYLOAD_BYTES = 8000

PAYLOAD = json.dumps({"session": "x" * PAYLOAD_BYTES}).encode()[:PAYLOAD_BYTES]
CHUNK = b"".join(
    publish_packet("%s/%s" % (OWN, leaf), PAYLOAD, qos=1, packet_id=1 + number)
    for number in range(MESSAGES // 2)
    for leaf in ("vitals", "status")
)


def with_answers_read(is_read):
    async def one():
        connection = await thief()
        if connection is None:
            return
        reader, writer = connection
        reading = [swallow(reader)] if is_read else []
        await asyncio.gather(flood(writer, CHUNK, MESSAGES), *reading)

    return one


attack(*(again(with_answers_read(number % 2 == 0)) for number in range(CONNECTIONS)))
