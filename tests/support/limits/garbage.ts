/** Hostile payloads: bytes that cannot be decoded, and names that must stay plain text. */

/** Levels of nesting; 8 KiB hold no more. */
const NESTED = 4000;

/** Returns hostile payloads. */
export function garbage(): readonly (string | Uint8Array)[] {
  const birth = { kind: "birth", session: "s", every_ms: 1000, reconnect_ms: 2000 };
  const beat = { session: "s", seq: 1, every_ms: 1000, up_ms: 1 };
  const json: readonly unknown[] = [
    null,
    [],
    [birth],
    7,
    "text",
    true,
    {},
    { kind: "resurrection", session: "s" },
    { kind: null },
    { kind: { kind: "birth" }, session: "s" },
    { ...birth, session: "" },
    { ...birth, session: "s".repeat(65) },
    { ...birth, session: "two words" },
    { ...birth, session: ["s"] },
    { ...birth, name: "N".repeat(64 * 1024) },
    { ...birth, name: "two\nlines\u001b[2J" },
    { ...birth, name: 7 },
    { ...birth, every_ms: "1000" },
    { ...birth, every_ms: -1 },
    { ...birth, every_ms: 1e999 },
    { ...birth, reconnect_ms: {} },
    { ...beat, seq: -1 },
    { ...beat, seq: 1.5 },
    { ...beat, seq: 2 ** 60 },
    { ...beat, seq: null },
    { ...beat, up_ms: "now" },
    { session: "s", cpu: { value: "much", level: "ok" } },
    { session: "s", cpu: { value: 1, level: "<script>alert(1)</script>" } },
    { session: "s", cpu: [] },
    { observer: "s", seq: "first" },
    { silenced_until: "for ever" },
  ];
  return [
    ...json.map((value) => JSON.stringify(value)),
    '{"kind":"birth","session":"s","every_ms":1000,"__proto__":{"kind":"farewell"},"constructor":1',
    "[".repeat(NESTED) + "]".repeat(NESTED),
    '{"a":'.repeat(NESTED / 2) + "1" + "}".repeat(NESTED / 2),
    "{",
    '{"kind":"bi',
    "\u0000\u0000",
    new Uint8Array([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
    crypto.getRandomValues(new Uint8Array(4096)),
    new Uint8Array([...new TextEncoder().encode('{"kind":"'), 0xc3, 0x28, 0x22, 0x7d]),
  ];
}

/** Names and facts that decode, and shall stay text wherever they are shown. */
export const MISLEADING = {
  kind: "birth",
  every_ms: 1000,
  reconnect_ms: 2000,
  name: "<script>alert(1)</script>",
  model: '"><img src=x onerror=alert(1)>',
  os: "$(reboot)\u2028\u202e",
  ["__proto__"]: { liveness: "dead" },
};
