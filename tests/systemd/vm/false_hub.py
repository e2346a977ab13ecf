"""A server with the hub's own key that answers each request in the same way: a stolen or broken hub.

false_hub.py FOLDER FILE: the content of FILE, or with "endless" bytes without an end.
"""

import http.server
import ssl
import sys

FOLDER, FILE = sys.argv[1:]


class FalseHub(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if FILE == "endless":
            while True:
                self.wfile.write(b"x" * 65536)
        with open(FILE, "rb") as file:
            self.wfile.write(file.read())


server = http.server.ThreadingHTTPServer(("", 9443), FalseHub)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{FOLDER}/hub.crt", f"{FOLDER}/hub.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
