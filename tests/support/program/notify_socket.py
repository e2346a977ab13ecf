"""Listens as systemd does on the datagram socket of that path, and prints each message on a line."""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
    listener.bind(sys.argv[1])
    print("listening", flush=True)
    while True:
        print(listener.recv(4096).decode(), flush=True)
