"""What all attackers share: whom they attack and for how long, how they connect, what they count.

Each is started as NAME.py '{"seconds": 15, "broker": PORT, "broker_tls": PORT or null, "page": PORT,
"user": "...", "password": "..."}', with the credential of a stolen card. It ends by itself, and
prints what it counted as one line of JSON.
"""

import asyncio
import collections
import contextvars
import itertools
import json
import os
import sys
import time

CONNECT_S = 2
TICK_S = 0.02
# Attempts that are under way at a time.
ATTEMPTS_MAX = 5000

target = json.loads(sys.argv[1])
counts = collections.Counter()
_end = time.monotonic() + target["seconds"]
# The first is the owner's own: as where all come through one proxy or one router.
_addresses = itertools.cycle(
    ["127.0.0.1"] + ["127.0.%d.%d" % (1 + n // 5, 1 + n % 5) for n in range(15)]
)


# The connections of an attempt.
_opened = contextvars.ContextVar("opened")


def is_over():
    return time.monotonic() >= _end


def attack(*parts):
    """Runs the coroutines until the time is over, and prints what was counted."""

    async def run():
        # What was cut off is counted, not told.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        tasks = [asyncio.ensure_future(part) for part in parts]
        done, _ = await asyncio.wait(tasks, timeout=max(0, _end - time.monotonic()))
        for task in done:
            task.result()
        print(json.dumps(counts), flush=True)
        # Thousands of connections are the kernel's to close.
        os._exit(0)

    asyncio.run(run())


async def connect(port):
    """Opens a connection from one of many addresses; None, and counted, where nobody takes it."""
    try:
        opening = asyncio.open_connection(
            "127.0.0.1", port, local_addr=(next(_addresses), 0), limit=1 << 20
        )
        connection = await asyncio.wait_for(opening, CONNECT_S)
    except (OSError, asyncio.TimeoutError):
        counts["not taken"] += 1
        return None
    counts["connections"] += 1
    _opened.get().append(connection[1])
    return connection


async def paced(rate, attempt):
    """Begins so many attempts a second, whether or not those before have ended."""
    under_way = set()
    begun = 0
    start = time.monotonic()
    while not is_over():
        due = int((time.monotonic() - start) * rate)
        while begun < due:
            begun += 1
            if len(under_way) >= ATTEMPTS_MAX:
                counts["held back"] += 1
                continue
            task = asyncio.ensure_future(_quietly(attempt()))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.sleep(TICK_S)


async def again(attempt):
    """Makes the attempt again each time that the other side has ended it."""
    while not is_over():
        await _quietly(attempt())
        await asyncio.sleep(TICK_S)


async def _quietly(attempt):
    """Counts how it ends, and ends what it opened."""
    opened = []
    _opened.set(opened)
    try:
        await attempt
    except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
        counts["ended"] += 1
    finally:
        for writer in opened:
            writer.transport.abort()


async def crowd(port, beginnings, rate, count):
    """Opens connections up to a count, each with a beginning, and replaces those that are ended."""
    held = 0
    beginning = itertools.cycle(beginnings)

    async def hold():
        nonlocal held
        if held >= count:
            return
        held += 1
        try:
            connection = await connect(port)
            if connection is None:
                return
            reader, writer = connection
            writer.write(next(beginning))
            while await reader.read(65536):
                pass
            counts["ended"] += 1
        finally:
            held -= 1

    await paced(rate, hold)


async def flood(writer, chunk, messages):
    """Sends the chunk, which holds so many messages, as fast as the other side reads it."""
    while not is_over():
        writer.write(chunk)
        await writer.drain()
        counts["messages"] += messages


async def swallow(reader):
    """Reads what comes, and looks at nothing."""
    while await reader.read(65536):
        pass
    raise ConnectionResetError
