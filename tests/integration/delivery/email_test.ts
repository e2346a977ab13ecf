import assert from "node:assert/strict";
import type { OutgoingMessage } from "../../../hub/notify/channel/channel.ts";
import { MAIL_PASSWORD, MailServer, type TakenMail } from "../../support/delivery/mail_server.ts";
import { freePort } from "../../support/network/free_port.ts";
import { until } from "../../support/time/until.ts";

const NEVER = new AbortController().signal;

function message(recipient = "jon@wall.test", facts = {}): OutgoingMessage {
  const about = {
    severity: "critical",
    title: "Jörg <b> is down",
    id: "1700.5",
    incidents: [7],
    ...facts,
  } as const;
  return { recipient, text: "Jörg <b> is down. Last heard 14:02:11.", about };
}

/** The mail with its lines unfolded, and quoted-printable undone. */
function read({ data }: TakenMail): { readonly head: string; readonly body: string } {
  const [head = "", ...rest] = data.replaceAll("\r\n", "\n").split("\n\n");
  const bytes = rest.join("\n\n").replace(/=\n/g, "").replace(
    /=([0-9A-F]{2})/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  const body = new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
  return { head: head.replace(/\n[ \t]+/g, " "), body };
}

/** Why it was refused or deferred, in words without the password. */
function whyOf(delivery: { readonly kind: string; readonly why?: string }): string {
  assert.doesNotMatch(JSON.stringify(delivery), new RegExp(MAIL_PASSWORD));
  return `${delivery.kind}: ${delivery.why}`;
}

for (const security of ["starttls", "tls", "none"] as const) {
  Deno.test(`mail is delivered whole over ${security}`, async () => {
    await using server = await MailServer.start(security);
    const login = security === "none" ? { username: "", password: "" } : {};
    const channel = server.channel({ security, ...login }, { link: "https://pis.example.org" });
    assert.deepEqual(await channel.probe?.(NEVER), { kind: "reached" });
    assert.deepEqual(await channel.send(message(), NEVER), { kind: "accepted", reference: "" });
    await until("the mail", () => server.mails.length === 1);
    const [mail] = server.mails;
    assert.ok(mail !== undefined);
    assert.deepEqual([mail.from, mail.to], ["alerts@pis.test", ["jon@wall.test"]]);
    if (security !== "none") assert.equal(mail.user, "alerts");
    const { head, body } = read(mail);
    assert.match(head, /^From: RPi Cluster Alert <alerts@pis.test>$/m);
    assert.match(head, /^To: .*jon@wall.test/m);
    assert.match(head, /^Subject: =\?UTF-8\?Q\?ALERT=3A_J=C3=B6rg/mi);
    assert.match(head, /^Message-ID: <1700.5@pis.test>$/m);
    assert.match(head, /^In-Reply-To: <incident-7@pis.test>$/m);
    assert.match(head, /^References: <incident-7@pis.test>$/m);
    assert.match(head, /^List-I[dD]: .*rpi-cluster-alert.pis.test/m);
    assert.match(head, /^Auto-Submitted: auto-generated$/m);
    assert.match(head, /^Importance: High$/mi);
    assert.match(head, /^Content-Type: multipart\/alternative/m);
    assert.match(body, /Jörg <b> is down\. Last heard 14:02:11\.\n\nhttps:\/\/pis\.example\.org/);
    assert.match(body, /<p>Jörg &lt;b&gt; is down\. Last heard/);
    assert.match(body, /<a href="https:\/\/pis\.example\.org">/);
  });
}

Deno.test("a subject says how bad it is", async () => {
  await using server = await MailServer.start("starttls");
  const channel = server.channel();
  for (const severity of ["critical", "warning", "resolved", "info"]) {
    const facts = { severity, title: "Arya", incidents: [] };
    assert.equal((await channel.send(message(undefined, facts), NEVER)).kind, "accepted");
  }
  await until("the mails", () => server.mails.length === 4);
  const subjects = server.mails.map((mail) => /^Subject: (.*)$/m.exec(read(mail).head)?.[1]);
  assert.deepEqual(subjects, [
    "ALERT: Arya",
    "Warning: Arya",
    "Resolved: Arya",
    "RPi Cluster Alert: Arya",
  ]);
  assert.doesNotMatch(read(server.mails[0] as TakenMail).head, /In-Reply-To/);
});

Deno.test("a wrong password stops all mail, before there is any, and is in no word of it", async () => {
  await using server = await MailServer.start("starttls");
  const channel = server.channel({ password: `${MAIL_PASSWORD}-wrong` });
  const delivery = await channel.send(message(), NEVER);
  assert.ok(delivery.kind === "deferred" && delivery.isBlocked && !delivery.isUncertain);
  assert.match(
    whyOf(delivery),
    /refused every message: 535 .*; check \[channel mail\] username and password$/,
  );
  assert.equal(delivery.failure?.code, "credentials");
  const reach = await channel.probe?.(NEVER);
  assert.equal(reach?.kind, "refused");
  assert.equal(server.mails.length, 0);
});

Deno.test("a certificate of a stranger stops all mail, and no password is sent", async () => {
  await using server = await MailServer.start("starttls");
  await using other = await MailServer.start("tls");
  for (const [mails, security] of [[server, "starttls"], [other, "tls"]] as const) {
    const delivery = await mails.channel({ security, ca_file: "" }).send(message(), NEVER);
    assert.ok(delivery.kind === "deferred" && delivery.isBlocked, JSON.stringify(delivery));
    assert.match(whyOf(delivery), /certificate of 127.0.0.1 is not trusted.*host and ca_file$/);
  }
});

Deno.test("a server without STARTTLS gets neither password nor mail", async () => {
  await using server = await MailServer.start("none");
  const delivery = await server.channel({ security: "starttls" }).send(message(), NEVER);
  assert.notEqual(delivery.kind, "accepted");
  assert.ok(delivery.kind === "deferred" && !delivery.isUncertain, JSON.stringify(delivery));
  assert.equal(server.mails.length, 0);
});

Deno.test("greylisting is a plea for patience, and the next attempt gets through", async () => {
  await using server = await MailServer.start("starttls");
  const channel = server.channel();
  const delivery = await channel.send(message("greylisted@wall.test"), NEVER);
  assert.ok(delivery.kind === "deferred" && delivery.isBusy && !delivery.isUncertain);
  assert.match(whyOf(delivery), /asks to try again: 450 4.2.0 Greylisted/);
  assert.deepEqual([delivery.failure?.code, delivery.failure?.error], ["busy", 450]);
  assert.equal((await channel.send(message("greylisted@wall.test"), NEVER)).kind, "accepted");
});

Deno.test("an unknown recipient, spam and a mail that is too large are refused for good", async () => {
  await using server = await MailServer.start("starttls");
  const channel = server.channel();
  const nobody = await channel.send(message("nobody@wall.test"), NEVER);
  assert.equal("failure" in nobody && nobody.failure?.code, "recipient");
  assert.match(whyOf(nobody), /^refused: 127.0.0.1 refused the message: 550 5.1.1 No such user/);
  const spam = await channel.send(message("spam@wall.test"), NEVER);
  assert.match(whyOf(spam), /^refused: .*554 5.7.1 Message rejected as spam/);
  const large = await channel.send({ ...message(), text: "x".repeat(30_000) }, NEVER);
  assert.match(whyOf(large), /^refused: the mail is too large for 127.0.0.1/);
  const full = await channel.send(message("full@wall.test"), NEVER);
  assert.match(whyOf(full), /^deferred: 127.0.0.1 asks to try again: 452/);
});

Deno.test("a sender that the server does not want stops all mail", async () => {
  await using server = await MailServer.start("starttls");
  const delivery = await server.channel({ from: "stranger@pis.test" }).send(message(), NEVER);
  assert.ok(delivery.kind === "deferred" && delivery.isBlocked, JSON.stringify(delivery));
  assert.match(whyOf(delivery), /553 5.7.1 Sender address rejected.*check \[channel mail\] from/);
});

Deno.test("a server that took a mail and then falls silent, or is gone, may have it", async () => {
  await using server = await MailServer.start("starttls");
  const channel = server.channel({}, { timeoutMs: 3000 });
  for (const name of ["silent", "closed"]) {
    const delivery = await channel.send(message(`${name}@wall.test`), NEVER);
    assert.ok(delivery.kind === "deferred" && delivery.isUncertain, JSON.stringify(delivery));
  }
  assert.equal(server.mails.length, 2);
  assert.deepEqual(await channel.find({ ...message(), createdAtMs: 0 }, NEVER), { kind: "absent" });
});

Deno.test("a server that never greets, or is not there, has certainly not got the mail", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using server = await MailServer.start("starttls");
  for (const port of [silent.addr.port, freePort()]) {
    const channel = server.channel({ port: String(port) }, { timeoutMs: 1000 });
    const delivery = await channel.send(message(), NEVER);
    assert.ok(delivery.kind === "deferred" && delivery.isUncertain === false);
    assert.match(whyOf(delivery), /did not answer within 1 s$|cannot reach 127.0.0.1/);
  }
});

Deno.test("a stop ends the wait at once, and nobody knows whether the mail was sent", async () => {
  await using server = await MailServer.start("starttls");
  const stop = new AbortController();
  const sending = server.channel().send(message("silent@wall.test"), stop.signal);
  await until("the mail", () => server.mails.length === 1);
  stop.abort();
  assert.deepEqual(await sending, {
    kind: "deferred",
    why: "stopped while waiting for 127.0.0.1",
    isUncertain: true,
    failure: { code: "unreachable" },
  });
});
