"""Plays the agents of many Pis at one broker, over a connection each, from one process.

crowd.py '{"port": PORT, "nodes": N, "password": "...", "per_second": R, "every_ms": MS}': connects pi-0 to
pi-(N-1), R a second, each with its last will; says its birth, and then a heartbeat each MS. Whoever is
refused or cut off tries again after a second or two. Prints one JSON object a line:
{"kind": "born", "at": {"pi-0": T, ...}} once all births are acknowledged, with the times at which
they were sent (seconds since 1970), and {"kind": "refused", "code": C} for the first refusal.
It runs until it is killed: the broker then publishes all last wills. With "ca": "PEM" they
speak TLS, and "host": "ADDRESS" is another broker than that of this machine.
"""

import heapq
import json
import random
import resource
import select
import socket
import ssl
import struct
import sys
import time
import uuid

RETRY_S = (1.0, 2.0)
# One address has 28,000 ports for connections to one port of another.
NODES_PER_ADDRESS = 15_000

plan = json.loads(sys.argv[1])
nodes = plan["nodes"]
every_s = plan["every_ms"] / 1000
HANDSHAKE_S = 60
host = plan.get("host")
tls = None
if "ca" in plan:
    tls = ssl.create_default_context(cadata=plan["ca"])
    # They know the broker by its authority. The address is that of this machine.
    tls.check_hostname = False
_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))


def field(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def packet(kind, body):
    length = b""
    rest = len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length += bytes([digit | 128 if rest else digit])
        if not rest:
            return bytes([kind]) + length + body


def tell(**said):
    print(json.dumps(said), flush=True)


class Node:
    def __init__(self, number):
        self.id = f"pi-{number}"
        self.number = number
        self.session = str(uuid.uuid4())
        self.began = time.monotonic()
        self.seq = 0
        self.socket = None
        self.is_in = False
        self.due = None
        topic = f"rpi-cluster/v1/nodes/{self.id}"
        self.status = field(f"{topic}/status")
        self.heartbeat = field(f"{topic}/heartbeat")

    def connect(self):
        self.is_in = False
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if host is None:
            self.socket.bind((f"127.0.0.{1 + self.number // NODES_PER_ADDRESS}", 0))
        broker = (host or "127.0.0.1", plan["port"])
        if tls is None:
            self.socket.connect_ex(broker)
            return
        # One handshake after the other, while nobody else is served.
        self.socket.settimeout(HANDSHAKE_S)
        self.socket.connect(broker)
        self.socket = tls.wrap_socket(self.socket)
        self.socket.setblocking(False)

    def hello(self):
        will = json.dumps({"kind": "last_will", "session": self.session})
        flags = 0x02 | 0x04 | 0x08 | 0x20
        login = b""
        if "password" in plan:
            flags |= 0xC0
            login = field(self.id) + field(plan["password"])
        body = field("MQTT") + bytes([4, flags, 0, 10]) + field("") + self.status + field(will) + login
        return packet(0x10, body)

    def birth(self):
        said = {
            "kind": "birth",
            "session": self.session,
            "name": f"Pi {self.number}",
            "every_ms": plan["every_ms"],
            "reconnect_ms": 2000,
            "model": "Raspberry Pi 4 Model B Rev 1.5",
            "os": "Debian GNU/Linux 12 (bookworm)",
            "kernel": "6.12.25+rpt-rpi-v8",
            "addresses": ["192.168.1.7", "fd00::dead:beef:1234:5678"],
        }
        return packet(0x33, self.status + b"\0\1" + json.dumps(said).encode())

    def beat(self):
        up_ms = round((time.monotonic() - self.began) * 1000)
        said = {"session": self.session, "seq": self.seq, "every_ms": plan["every_ms"], "up_ms": up_ms}
        self.seq += 1
        return packet(0x30, self.heartbeat + json.dumps(said).encode())


poll = select.epoll()
by_file = {}
acknowledged = set()
births = {}
# (instant, number of a node that connects or beats then)
crowd = [Node(number) for number in range(nodes)]
# (instant, number of a node that connects or beats then); only a node's latest entry counts.
due = []
has_told_refusal = has_told_births = False


def plan_next(node, instant):
    node.due = instant
    heapq.heappush(due, (instant, node.number))


def begin(node):
    try:
        node.connect()
    except OSError:
        node.socket.close()
        node.socket = None
        return plan_next(node, time.monotonic() + random.uniform(*RETRY_S))
    by_file[node.socket.fileno()] = node
    poll.register(node.socket, select.EPOLLOUT)


def lose(node):
    file = node.socket.fileno()
    by_file.pop(file, None)
    poll.unregister(file)
    node.socket.close()
    node.socket = None
    node.is_in = False
    plan_next(node, time.monotonic() + random.uniform(*RETRY_S))


def hear(node):
    global has_told_refusal, has_told_births
    try:
        data = node.socket.recv(4096)
    except ssl.SSLWantReadError:
        return
    if not data:
        return lose(node)
    if not node.is_in:
        if data[:1] != b"\x20" or data[3] != 0:
            if not has_told_refusal:
                has_told_refusal = True
                tell(kind="refused", code=data[3])
            return lose(node)
        node.is_in = True
        births.setdefault(node.id, time.time())
        node.socket.send(node.birth() + node.beat())
        plan_next(node, time.monotonic() + every_s)
        return
    if node.number in acknowledged or b"\x40\x02\0\1" not in data:
        return
    acknowledged.add(node.number)
    if len(acknowledged) == nodes and not has_told_births:
        has_told_births = True
        tell(kind="born", at=births)


def act(node, instant):
    if node.socket is None:
        return begin(node)
    if not node.is_in:
        return
    node.socket.send(node.beat())
    plan_next(node, max(instant + every_s, time.monotonic()))


start = time.monotonic()
for each in crowd:
    plan_next(each, start + each.number / plan["per_second"])
while True:
    now = time.monotonic()
    while due and due[0][0] <= now:
        instant, number = heapq.heappop(due)
        node = crowd[number]
        if node.due != instant:
            continue
        try:
            act(node, instant)
        except OSError:
            lose(node)
    wait_s = max(0.0, due[0][0] - time.monotonic()) if due else 1.0
    # Heartbeats of the same few milliseconds go out together.
    for file, event in poll.poll(max(0.005, wait_s), 1024):
        node = by_file.get(file)
        if node is None:
            continue
        try:
            if event & select.EPOLLOUT:
                node.socket.send(node.hello())
                poll.modify(file, select.EPOLLIN)
            else:
                hear(node)
        except OSError:
            lose(node)
