/** What the hub refuses is told in the reader's language: by the error's code, never by its message. */

import assert from "node:assert/strict";
import { API_ERROR_CODES } from "../../../core/api/error.ts";
import { refusalText } from "../../../web/live/refusal_text.ts";
import { speak } from "../../../web/texts/texts.ts";

async function inGerman(
  code: string,
  headers: Record<string, string> = {},
  field?: string,
): Promise<string> {
  const error = { code, message: "The English of the hub", field };
  speak("de");
  try {
    return await refusalText(Response.json({ error }, { status: 400, headers }));
  } finally {
    speak("en");
  }
}

Deno.test("a refusal is told by its code, with its numbers, whatever its message says", async () => {
  for (const code of API_ERROR_CODES) {
    assert.doesNotMatch(await inGerman(code), /English/, code);
  }
  assert.equal(
    await inGerman("bad_request", {}, "name"),
    "Der Hub nimmt den Wert von „Name“ nicht an.",
  );
  assert.equal(
    await inGerman("bad_request", {}, "of_a_newer_hub"),
    "Der Hub nimmt den Wert von „of_a_newer_hub“ nicht an.",
  );
  assert.equal(await inGerman("blind"), "Der Hub hat keine Verbindung zum Broker.");
  assert.match(await inGerman("too_many_attempts", { "Retry-After": "61" }), / in 1 min 1 s /);
  assert.match(await inGerman("of_a_newer_hub"), /\(Status 400\)/);
});

Deno.test("an answer of a proxy is told by its status", async () => {
  assert.match(await refusalText(new Response("<html>", { status: 502 })), /\(status 502\)/);
});
