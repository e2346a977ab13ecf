"""Subscriptions by the thousand, ended and begun anew, by whoever never reads what they bring."""

import asyncio
import itertools

from attacker import again, attack, counts, swallow
from mqtt_packets import TOPIC_ROOT, subscribe_packet, thief, unsubscribe_packet

CONNECTIONS = 30
FILTERS = 50
numbers = itertools.count()


def filters():
    deep = "/+" * 20
    return ["%s/nodes/%d%s/#" % (TOPIC_ROOT, next(numbers), deep) for _ in range(FILTERS)]


def with_messages_read(is_read):
    async def one():
        connection = await thief()
        if connection is None:
            return
        reader, writer = connection
        everything = ["%s/#" % TOPIC_ROOT, "%s/nodes/+/#" % TOPIC_ROOT, "%s/+/#" % TOPIC_ROOT]
        writer.write(subscribe_packet(everything))
        reading = asyncio.ensure_future(swallow(reader)) if is_read else None
        while reading is None or not reading.done():
            topics = filters()
            writer.write(subscribe_packet(topics) + unsubscribe_packet(topics))
            counts["subscriptions"] += FILTERS
            await writer.drain()
            await asyncio.sleep(0)
        await reading

    return one


attack(*(again(with_messages_read(number % 2 == 0)) for number in range(CONNECTIONS)))
