"""Wrong passwords for the page: by login and as Bearer token, and with forged addresses."""

import asyncio
import itertools
import json

from attacker import attack, connect, counts, paced, target

RATE = 100
ANSWER_S = 5
numbers = itertools.count()


def request():
    number = next(numbers)
    head = "Host: 127.0.0.1:%d\r\nConnection: close\r\n" % target["page"]
    head += "X-Forwarded-For: 203.0.113.%d\r\n" % (number % 250)
    wrong = "wrong-%d" % number
    if number % 2:
        return "GET /api/v1/nodes HTTP/1.1\r\n%sAuthorization: Bearer %s\r\n\r\n" % (head, wrong)
    body = json.dumps({"password": wrong})
    head += "Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    return "POST /api/v1/login HTTP/1.1\r\n%s\r\n%s" % (head, body)


async def login():
    connection = await connect(target["page"])
    if connection is None:
        return
    reader, writer = connection
    writer.write(request().encode())
    counts["wrong passwords"] += 1
    answer = await asyncio.wait_for(reader.readline(), ANSWER_S)
    counts["answer " + answer[9:12].decode()] += 1


attack(paced(RATE, login))
