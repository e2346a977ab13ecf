"""Connections to the broker that never say who they are: silent ones, and halves of a CONNECT."""

from attacker import attack, crowd, target
from mqtt_packets import connect_packet

WHOLE = connect_packet("nobody", "nobody", "nothing")
BEGINNINGS = [b"", WHOLE[:1], WHOLE[:20]]

attack(crowd(target["broker"], BEGINNINGS, rate=400, count=4000))
