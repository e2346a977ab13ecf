/** The operations of the API, with their guards, checks and descriptions for the document. */

import { type Context, type Handler, Hono, type MiddlewareHandler } from "hono";
import type * as v from "valibot";
import { decode, mistake } from "../../../core/protocol/decoding.ts";
import { failure, limitBody } from "../answer.ts";
import { compressWithin } from "../compression.ts";
import { refuseOthersForms } from "../origin.ts";
import type { Access, InputSchema, Operation } from "./operation.ts";

export type Answerer = (context: Context) => Response | Promise<Response>;

/** A text that is appended to an error, e.g. which node was probably meant. */
export type Hint = (where: string, found: unknown) => string;

/** The guards of operations for `viewer` and for `operator`. */
export type Guards = Readonly<Record<Exclude<Access, "anyone">, MiddlewareHandler>>;

export class Api {
  /** To be mounted when all operations are added. */
  readonly routes = new Hono();
  readonly operations: Operation[] = [];
  readonly #guards: Guards;
  readonly #compress = compressWithin(() => performance.now());

  constructor(guards: Guards) {
    this.#guards = guards;
  }

  /** Adds an operation without input. */
  serve(operation: Operation, answer: Answerer): void {
    this.own(operation, ...this.#guardsOf(operation), answer);
  }

  /** Adds an operation with a query. Empty values count as absent. */
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

  /** Adds an operation with a JSON body. */
  act<Body extends InputSchema>(
    operation: Operation & { readonly body: Body },
    answer: (context: Context, body: v.InferOutput<Body>) => Response | Promise<Response>,
    hint?: Hint,
  ): void {
    const options = { whole: "body", ...(hint === undefined ? {} : { hint }) };
    this.serve(operation, async (context) => {
      const json: unknown = await context.req.json().catch(() => undefined);
      // valibot accepts a list as an object, and an object without keys means all nodes.
      if (Array.isArray(json)) return badRequest(context, mistake("body", "a JSON object", json));
      const body = decode(operation.body, json, options);
      return body.ok
        ? await answer(context, body.value)
        : badRequest(context, body.reason, body.field);
    });
  }

  /** Adds an operation with its own handlers: guards first, the answer last. */
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

/** The answer to an invalid request; `field`: the key whose value is wrong. */
export function badRequest(context: Context, message: string, field?: string): Response {
  const error = { code: "bad_request", message } as const;
  return failure(context, 400, field === undefined ? error : { ...error, field });
}
