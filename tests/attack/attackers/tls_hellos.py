"""Beginnings of TLS: to the broker, to its port with TLS where it has one, and to the page."""

import asyncio
import ssl

from attacker import attack, connect, counts, paced, target

RATE = 150
ANSWER_S = 2


def hello():
    """The bytes with which a browser would begin."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), outgoing, server_hostname="hub.internal"
    )
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


HELLO = hello()


def hellos_to(port):
    async def one():
        connection = await connect(port)
        if connection is None:
            return
        reader, writer = connection
        writer.write(HELLO)
        counts["hellos"] += 1
        await asyncio.wait_for(reader.read(1), ANSWER_S)

    return paced(RATE, one)


PORTS = [target[name] for name in ("broker", "broker_tls", "page") if target[name]]
attack(*map(hellos_to, PORTS))
