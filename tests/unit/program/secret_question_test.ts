/** A passphrase that is typed: nothing is shown, and mistakes can be mended. */

import assert from "node:assert/strict";
import { assertStrong, newPassphrase, typedPassphrase } from "../../../hub/commands/passphrase.ts";
import { askSecret, type SecretTerminal } from "../../../io/program/secret_question.ts";

/** A terminal at which somebody types these keys, some at a time. */
class Typist implements SecretTerminal {
  readonly written: string[] = [];
  isRaw = false;
  readonly #keys: string[];
  readonly #isThere: boolean;

  constructor(keys: readonly string[], isThere = true) {
    this.#keys = [...keys];
    this.#isThere = isThere;
  }

  isTerminal = () => this.#isThere;

  read(buffer: Uint8Array): Promise<number | null> {
    assert.ok(this.isRaw, "what is typed is not shown");
    const keys = this.#keys.shift();
    if (keys === undefined) return Promise.resolve(null);
    return Promise.resolve(new TextEncoder().encodeInto(keys, buffer).written);
  }

  write(text: string): void {
    this.written.push(text);
  }

  setRaw(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
}

Deno.test("a secret is read to the end of its line, key by key or pasted, and never shown", async () => {
  const read = async (...keys: string[]) => {
    const typist = new Typist(keys);
    const secret = await askSecret("Passphrase", typist);
    assert.deepEqual(typist.written, ["Passphrase: ", "\n"]);
    assert.equal(typist.isRaw, false, "the terminal is as it was");
    return secret;
  };
  assert.equal(await read("w", "i", "n", "ter\r"), "winter");
  assert.equal(await read("winter is coming\nmore"), "winter is coming");
  assert.equal(await read("wint\u007f", "er\u0008\r"), "wine");
  assert.equal(await read("Kä€\u007f\u007f\r"), "K");
  assert.equal(await read("\u007f\r"), "");
  assert.equal(await read("wint\u0003er\r"), undefined, "Ctrl-C");
  assert.equal(await read("wint"), undefined, "the input has ended");
});

Deno.test("a new passphrase is typed twice, and has 12 characters or more", async () => {
  assert.equal(
    await newPassphrase(new Typist(["hear me roar\r", "hear me roar\r"])),
    "hear me roar",
  );
  await assert.rejects(newPassphrase(new Typist(["hear me roar\r", "hear me\r"])), /differ/);
  await assert.rejects(typedPassphrase("Passphrase", new Typist([], false)), /Nobody is there/);
  await assert.rejects(typedPassphrase("Passphrase", new Typist(["\u0003"])), /nothing is done/);
  assert.doesNotThrow(() => assertStrong("hear me roar"));
  assert.throws(() => assertStrong("hear me"), /expected 12 characters or more, found 7/);
});
