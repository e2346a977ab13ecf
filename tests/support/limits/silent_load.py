"""Connects again and again from several loopback addresses, and never says who it is.

silent_crowd.py PORT COUNT WHAT: WHAT is the beginning of a request, sent on each connection. Prints
"open COUNT" when as many were opened, holds them, and ends after HOLD_S or with its standard input.
"""

import select
import socket
import sys
import time

HOLD_S = 120
CONNECT_S = 2

port, count, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
held = []
tried = 0
end = time.monotonic() + HOLD_S
while tried < count and time.monotonic() < end:
    tried += 1
    stranger = socket.socket()
    stranger.bind(("127.0.%d.%d" % (1 + tried % 3, 1 + tried % 5), 0))
    stranger.settimeout(CONNECT_S)
    try:
        stranger.connect(("127.0.0.1", port))
        stranger.send(what)
    except OSError:
        stranger.close()  # a hub that is out of files takes it no more
        continue
    held.append(stranger)
print("open", len(held), flush=True)
select.select([sys.stdin], [], [], max(0, end - time.monotonic()))
