/**
 * The reader of a button's line: the edges that it delivers, and how it opens a lost line again.
 */

import assert from "node:assert/strict";
import type { ButtonInput } from "../../../core/alarm/button.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { Button, type ButtonLine } from "../../../tracker/button.ts";
import { until } from "../../support/time/until.ts";

type LineEdge = { readonly active: boolean; readonly atMs: number };

/** A line of the header, which does not exist here. The test supplies its edges and its loss. */
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

/** A reader with the lines that it opened and the edges that it delivered. */
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

Deno.test("edges have the instants of the kernel and of the wall clock", async () => {
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

Deno.test("a lost line is reported, closed and opened again", async () => {
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

Deno.test("a line that cannot be opened is retried until it opens", async () => {
  const { button, lines, inputs } = reader((attempt) =>
    attempt < 4 ? new Error("Permission denied") : undefined
  );
  await using _ended = button;
  await until("the line", () => lines.length === 1);
  lines[0]?.change(true, 1);
  await until("the edge", () => inputs.some(({ kind }) => kind === "edge"));
});

Deno.test("a disposed reader closes its line at once", async () => {
  const { button, lines } = reader();
  await button[Symbol.asyncDispose]();
  assert.equal(lines[0]?.isOpen, false);
});
