/** A certificate of somebody else for the page: its files are followed, and what is wrong is said. */

import assert from "node:assert/strict";
import { factsOf } from "../../../hub/tls/certificate_facts.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { TestAuthority } from "../../support/tls/certificates.ts";
import { startTlsHub, type TlsHub } from "../../support/tls/tls_hub.ts";
import { until } from "../../support/time/until.ts";

const HOST = "pis.example.org";

async function untilServed(hub: TlsHub, fingerprint: string): Promise<void> {
  await until("the certificate to be served", async () => {
    return (await hub.served(hub.https, HOST)).fingerprint === fingerprint;
  });
}

Deno.test("a given certificate serves its own names on the page, and follows its files", async () => {
  using folder = new TemporaryFolder();
  const authority = await TestAuthority.make();
  const write = ({ certificate, key }: { readonly certificate: string; readonly key: string }) => {
    folder.write("page.key", key);
    folder.write("page.crt", certificate);
    return factsOf(certificate).fingerprint;
  };
  const first = write(await authority.server({ names: [HOST] }));
  await using hub = await startTlsHub({
    hub: { certificate_file: folder.file("page.crt"), key_file: folder.file("page.key") },
  });
  await untilServed(hub, first);
  // By an address, and at the broker, it is the hub's own.
  const own = await hub.served(hub.https);
  assert.notEqual(own.fingerprint, first);
  assert.equal((await hub.served(hub.mqtts, HOST)).fingerprint, own.fingerprint);

  // An ACME client replaces both.
  const second = write(await authority.server({ names: [HOST] }));
  await untilServed(hub, second);

  const wrong = await authority.server({ names: [HOST] });
  folder.write("page.key", wrong.key);
  await hub.process.line(/cannot use the given certificate.*page\.key.*does not belong/);
  folder.write("page.crt", "no certificate");
  await hub.process.line(/cannot use the given certificate.*page\.crt.*expected a certificate/);
  assert.equal((await hub.served(hub.https, HOST)).fingerprint, second);
  folder.write("page.crt", wrong.certificate);
  await untilServed(hub, factsOf(wrong.certificate).fingerprint);
});

Deno.test("a hub starts without the given certificate when its files are missing, and says so", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startTlsHub({
    hub: { certificate_file: folder.file("page.crt"), key_file: folder.file("page.key") },
  });
  await hub.process.line(/cannot use the given certificate.*page\.crt.*no such file.*own/);
  assert.equal((await hub.fetch("/healthz")).status, 200);
});
