"""A real SMTP server for tests, by Debian's aiosmtpd: it takes mail, and fails as the recipient's name says.

Arguments: what protects the connection (starttls, tls or none), certificate, key. It writes a line of
JSON for its port, and one for each mail that it took.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = b"alerts", b"s3cret-mail"
SIZE_MAX = 20_000


def tell(line):
    print(json.dumps(line), flush=True)


class Handler:
    def __init__(self):
        self.known = set()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("stranger@"):
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        if address.startswith("greylisted@") and address not in self.known:
            self.known.add(address)
            return "450 4.2.0 Greylisted, try again in 1 minute"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        tell({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or bool(server.transport.get_extra_info("sslcontext")),
            "user": (session.auth_data or b"").decode() if session.authenticated else None,
            "data": envelope.content.decode(),
        })
        if to.startswith("silent@"):
            await asyncio.sleep(3600)
        if to.startswith("closed@"):
            server.transport.abort()
            await asyncio.sleep(3600)
        if to.startswith("spam@"):
            return "554 5.7.1 Message rejected as spam"
        if to.startswith("full@"):
            return "452 4.3.1 Insufficient system storage"
        return "250 2.0.0 Ok: queued as 4F2A"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    if good:
        session.auth_data = data.login
    return AuthResult(success=good, handled=False, auth_data=data.login if good else None)


async def main():
    mode, certificate, key = sys.argv[1:4]
    context = None
    if mode != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    handler = Handler()

    def session():
        return SMTP(
            handler,
            hostname="mail.test",
            data_size_limit=SIZE_MAX,
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            auth_required=mode != "none",
            auth_require_tls=mode == "starttls",
            authenticator=authenticate if mode != "none" else None,
        )

    listening = context if mode == "tls" else None
    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", 0, ssl=listening
    )
    tell({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
