"""Begins handshakes of TLS from several loopback addresses, and never ends them.

hanging_handshakes.py PORT COUNT: a third of the clients send nothing, a third half of their first
message, and a third all of it, and then stay silent. Each that is ended comes again. Prints "open COUNT" when as
many were opened, and ends with its standard input.
"""

import select
import socket
import ssl
import sys
import time

CONNECT_S = 5
# Pause before one that was ended comes again.
AGAIN_S = 0.02


def hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    client = context.wrap_bio(incoming, outgoing, server_hostname="hub.local")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


HELLO = hello()


def connect(port, number):
    stranger = socket.socket()
    stranger.bind(("127.0.%d.%d" % (1 + number % 3, 1 + number % 5), 0))
    stranger.settimeout(CONNECT_S)
    try:
        stranger.connect(("127.0.0.1", port))
        stranger.send((b"", HELLO[: len(HELLO) // 2], HELLO)[number % 3])
    except OSError:
        stranger.close()
        return None
    return stranger


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    held = [connect(port, number) for number in range(count)]
    print("open", sum(one is not None for one in held), flush=True)
    poll = select.poll()
    poll.register(sys.stdin)
    numbers = {}
    for number, one in enumerate(held):
        if one is not None:
            numbers[one.fileno()] = number
            poll.register(one, select.POLLIN | select.POLLHUP)
    while True:
        for fd, _ in poll.poll():
            if fd == sys.stdin.fileno():
                return
            number = numbers[fd]
            try:
                if held[number].recv(65536):
                    continue  # the server's part of the handshake
            except OSError:
                pass
            poll.unregister(fd)
            del numbers[fd]
            held[number].close()
            time.sleep(AGAIN_S)
            held[number] = connect(port, number)
            if held[number] is not None:
                numbers[held[number].fileno()] = number
                poll.register(held[number], select.POLLIN | select.POLLHUP)


main()
