"""Attacks nobody: takes a processor for as long as an attack, for the measure beside it."""

from attacker import is_over

while not is_over():
    pass
print("{}", flush=True)
