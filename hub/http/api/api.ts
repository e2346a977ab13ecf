/** The operations of the API: each is guarded and checked as it says, and becomes a part of the document. */

import { type Context, type Handler, Hono, type MiddlewareHandler } from "hono";
import type * as v from "valibot";
import { decode, mistake } from "../../../core/protocol/decoding.ts";
import { failure, limitBody } from "../answer.ts";
import { compressWithin } from "../compression.ts";
import { refuseOthersForms } from "../origin.ts";
import type { Access, InputSchema, Operation } from "./operation.ts";

export type Answerer = (context: Context) => Response | Promise<Response>;

/** Appended to what is wrong with a request, e.g. which node was probably meant. */
export type Hint = (where: string, found: unknown) => string;

/** Who may ask for the operations of `viewer` and of `operator`. */
export type Guards = Readonly<Record<Exclude<Access, "anyone">, MiddlewareHandler>>;

export class Api {
  /** To be mounted once every operation is there. */
  readonly routes = new Hono();
  readonly operations: Operation[] = [];
  readonly #guards: Guards;
  readonly #compress = compressWithin(() => performance.now());

  constructor(guards: Guards) {
    this.#guards = guards;
  }

  /** An operation that takes no input. */
  serve(operation: Operation, answer: Answerer): void {
    this.own(operation, ...this.#guardsOf(operation), answer);
  }

  /** An operation with a query. Values that are empty count as left out. */
  ask<Query extends InputSchema>(
    operation: Operation & { readonly query: Query },
    answer: (context: Context, query: v.InferOutput<Query>) => Response | Promise<Response>,
  ): void {
    this.serve(operation, (context) => {
      const given = Object.entries(context.req.query());
      const values = Object.fromEntries(given.map(([name, text]) => [name, text || undefined]));
      const query = decode(operation.query, values, { whole: "query" });
      return query.ok
        ? answer(context, query.value)
        : badRequest(context, query.reason, query.field);
    });
  }

  /** An operation with a JSON body. */
  act<Body extends InputSchema>(
    operation: Operation & { readonly body: Body },
    answer: (context: Context, body: v.InferOutput<Body>) => Response | Promise<Response>,
    hint?: Hint,
  ): void {
    const options = { whole: "body", ...(hint === undefined ? {} : { hint }) };
    this.serve(operation, async (context) => {
      const json: unknown = await context.req.json().catch(() => undefined);
      // valibot takes a list for an object, and one without keys means all.
      if (Array.isArray(json)) return badRequest(context, mistake("body", "a JSON object", json));
      const body = decode(operation.body, json, options);
      return body.ok
        ? await answer(context, body.value)
        : badRequest(context, body.reason, body.field);
    });
  }

  /** An operation with guards of its own, the answer last. */
  own(operation: Operation, ...handlers: readonly Handler[]): void {
    this.operations.push(operation);
    this.routes.on(operation.method.toUpperCase(), [operation.path], ...handlers);
  }

  #guardsOf({ access, method, body, isCompressed }: Operation): readonly MiddlewareHandler[] {
    return [
      ...(access === "anyone" ? [] : [this.#guards[access]]),
      ...(body === undefined ? [] : [limitBody()]),
      ...(method === "get" ? [] : [refuseOthersForms()]),
      ...(isCompressed ? [this.#compress] : []),
    ];
  }
}

/** The answer to a request that is not understood; `field`: the key whose value is wrong. */
export function badRequest(context: Context, message: string, field?: string): Response {
  const error = { code: "bad_request", message } as const;
  return failure(context, 400, field === undefined ? error : { ...error, field });
}
