import assert from "node:assert/strict";
import { providersOf } from "../../../hub/delivery/providers.ts";
import { decoded, fileEntries } from "../../support/program/config_texts.ts";

function providers(...lines: readonly string[]) {
  return providersOf(decoded(fileEntries(...lines)));
}

Deno.test("the providers of messages are those that are set up", () => {
  assert.deepEqual(providers(), []);
  assert.deepEqual(providers("sms.", "sms.provider=print", "sms.to=+491701234567"), []);
  assert.deepEqual(
    providers(
      "sms.",
      "sms.provider=twilio",
      "sms.account_sid=AC0123456789abcdef0123456789abcdef",
      "sms.auth_token=secret",
      "sms.from=+15005550006",
      "sms.to=+491701234567",
      "webhook.",
      "webhook.url=http://[fd00::1]/hook?key=secret",
    ),
    [{ hostname: "api.twilio.com", port: 443 }, { hostname: "fd00::1", port: 80 }],
  );
  assert.deepEqual(
    providers("webhook.", "webhook.preset=ntfy", "webhook.url=https://ntfy.lan:8443/topic"),
    [{ hostname: "ntfy.lan", port: 8443 }],
  );
  assert.deepEqual(
    providers(
      "channel a.kind=telegram",
      "channel a.token=1:x",
      "channel a.to=1",
      "channel b.kind=json",
      "channel b.url=http://10.0.0.1:81/",
    ),
    [{ hostname: "api.telegram.org", port: 443 }, { hostname: "10.0.0.1", port: 81 }],
  );
});
