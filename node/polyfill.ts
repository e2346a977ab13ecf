/**
 * What agent and tracker use of the language and of the web, and Node.js 18 lacks. Bundles import
 * this file first.
 */

import process from "node:process";
import { webcrypto } from "node:crypto";
import { anySignal } from "./polyfill/any_signal.ts";
import { Disposables } from "./polyfill/disposables.ts";
import { groupBy, some, toSorted, withResolvers } from "./polyfill/language.ts";
import { isWellFormed, toWellFormed } from "./polyfill/well_formed.ts";
import { ProgramEvents } from "./polyfill/program_events.ts";

/** Node.js 18, 20 and 22 lack some of them, and 24 lacks the last ones. */
provide(Symbol, "dispose", Symbol.for("Symbol.dispose"));
provide(Symbol, "asyncDispose", Symbol.for("Symbol.asyncDispose"));
provide(globalThis, "crypto", webcrypto);
provide(Promise, "withResolvers", withResolvers);
provide(Map, "groupBy", groupBy);
provide(Array.prototype, "toSorted", toSorted);
provide(String.prototype, "isWellFormed", isWellFormed);
provide(String.prototype, "toWellFormed", toWellFormed);
provide(AbortSignal, "any", anySignal);
provide(iteratorPrototype(), "some", some);
provide(globalThis, "DisposableStack", Disposables);

const events = new ProgramEvents(process);
provide(globalThis, "addEventListener", events.add);
provide(globalThis, "removeEventListener", events.remove);
provide(globalThis, "reportError", (error: unknown) => {
  queueMicrotask(() => {
    throw error;
  });
});

function provide(owner: object, name: PropertyKey, value: unknown): void {
  if (name in owner) return;
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

/** The language gives it no name before Node.js 22. */
function iteratorPrototype(): object {
  return Object.getPrototypeOf(Object.getPrototypeOf([].values()));
}
