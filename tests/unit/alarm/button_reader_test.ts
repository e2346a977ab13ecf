/** The reader of a button's line: what it hands on, and that a line that is lost is opened anew. */

import assert from "node:assert/strict";
import type { ButtonInput } from "../../../core/alarm/button.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { Button, type ButtonLine } from "../../../tracker/button.ts";
import { until } from "../../support/time/until.ts";

type LineEdge = { readonly active: boolean; readonly atMs: number };

/** A line of the header, which is not here: its edges come from the test, and so does its loss. */
class TestLine implements ButtonLine {
  isOpen = true;
  readonly #edges: LineEdge[] = [];
  #error: Error | undefined;
  #wake = Promise.withResolvers<void>();

  change(active: boolean, atMs: number): void {
    this.#edges.push({ active, atMs });
    this.#wake.resolve();
  }

  lose(error: Error): void {
    this.#error = error;
    this.#wake.resolve();
  }

  async *edges(): AsyncGenerator<LineEdge, void, void> {
    while (this.isOpen) {
      yield* this.#edges.splice(0);
      if (this.#error !== undefined) throw this.#error;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  [Symbol.dispose](): void {
    this.isOpen = false;
    this.#wake.resolve();
  }
}

/** A reader with the lines that it opened, and what it handed on. */
function reader(refuse: (attempt: number) => Error | undefined = () => undefined) {
  const lines: TestLine[] = [];
  const inputs: ButtonInput[] = [];
  let attempts = 0;
  const button = new Button({
    open() {
      const error = refuse(++attempts);
      if (error !== undefined) throw error;
      const line = new TestLine();
      lines.push(line);
      return line;
    },
    failures: { add: () => {} },
    inbox: { put: (input) => void inputs.push(input) },
    clock: systemClock,
    retryMs: 5,
  });
  return { button, lines, inputs };
}

Deno.test("edges are handed on with the kernel's instant and the calendar's", async () => {
  const { button, lines, inputs } = reader();
  await using _ended = button;
  const atMs = systemClock.nowMs() - 1000;
  lines[0]?.change(true, atMs);
  await until("the edge", () => inputs.length === 1);
  const [edge] = inputs;
  assert.ok(edge?.kind === "edge");
  assert.deepEqual([edge.pressed, edge.atMs], [true, atMs]);
  assert.ok(Math.abs(edge.wallMs - (Date.now() - 1000)) < 10_000);
});

Deno.test("a line that is lost is told as lost, given back, and opened anew", async () => {
  const { button, lines, inputs } = reader();
  await using _ended = button;
  lines[0]?.change(true, 1);
  await until("the edge", () => inputs.length === 1);
  lines[0]?.lose(new Error("the chip is gone"));
  await until("the line", () => lines.length === 2);
  assert.equal(lines[0]?.isOpen, false);
  lines[1]?.change(false, 2);
  await until("the edge", () => inputs.length === 3);
  assert.deepEqual(inputs.map(({ kind }) => kind), ["edge", "button_lost", "edge"]);
});

Deno.test("a line that cannot be had is tried again until it can", async () => {
  const { button, lines, inputs } = reader((attempt) =>
    attempt < 4 ? new Error("Permission denied") : undefined
  );
  await using _ended = button;
  await until("the line", () => lines.length === 1);
  lines[0]?.change(true, 1);
  await until("the edge", () => inputs.some(({ kind }) => kind === "edge"));
});

Deno.test("a reader that is disposed gives its line back at once", async () => {
  const { button, lines } = reader();
  await button[Symbol.asyncDispose]();
  assert.equal(lines[0]?.isOpen, false);
});
