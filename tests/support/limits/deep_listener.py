"""Listens on each port given and keeps what connects until it leaves.

Its backlog is the deepest that the kernel allows, so that a busy machine drops no connection: what
is not answered was held back on the way.
"""

import asyncio
import sys

BACKLOG = 4096


async def keep(reader, writer):
    try:
        await reader.read()
    except ConnectionError:
        pass
    writer.close()


async def main():
    address, *ports = sys.argv[1:]
    for port in ports:
        await asyncio.start_server(keep, address, int(port), backlog=BACKLOG)
    # In one piece: whoever waits for it reads no further.
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main())
