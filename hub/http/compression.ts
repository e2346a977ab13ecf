/**
 * Compresses long answers of the API with gzip.
 *
 * Only operations with `isCompressed` take part. An attacker who can put text into an answer and see
 * its compressed length learns something about its content. So answers with a password, a session or
 * a phone number are never compressed. Deno's server compresses every answer that does not say
 * `no-transform`.
 *
 * Hono's `compress` has neither a level nor a limit of work.
 */

import type { Context, MiddlewareHandler } from "hono";
import { parseAccept } from "hono/utils/accept";
import { gzipSync } from "node:zlib";
import {
  type BucketRule,
  chargeTokens,
  newBucket,
  tokenAtMs,
} from "../../core/structures/token_bucket.ts";

/** A shorter answer fits into a few packets anyway. */
const BYTES_MIN = 2048;
/** The lowest level: it takes a third of the time of the default, and compresses to a fifth. */
const LEVEL = 1;
/**
 * The bytes that may be compressed at once, and 4 MB in each second after that, which take 40 ms.
 * Beyond it answers are sent as they are, because the hub's loop waits for the compression.
 */
const BUDGET: BucketRule = { burst: 16_000_000, everyMs: 1 / 4000 };

/** Returns whether the client accepts gzip. */
export function takesGzip(context: Context): boolean {
  return parseAccept(context.req.header("Accept-Encoding") ?? "").some(({ type, q }) =>
    q > 0 && ["gzip", "*"].includes(type.toLowerCase())
  );
}

/** Returns a middleware for some operations, which share one budget. `nowMs` is monotonic. */
export function compressWithin(nowMs: () => number): MiddlewareHandler {
  const bucket = newBucket();
  return async (context, next) => {
    await next();
    context.header("Vary", "Accept-Encoding", { append: true });
    if (!context.res.ok || !takesGzip(context)) return;
    const plain = new Uint8Array(await context.res.arrayBuffer());
    const { status, headers } = context.res;
    const isCompressed = plain.length >= BYTES_MIN && tokenAtMs(bucket, BUDGET) <= nowMs();
    if (isCompressed) {
      chargeTokens(bucket, BUDGET, { cost: plain.length, nowMs: nowMs() });
      headers.set("Content-Encoding", "gzip");
    }
    context.res = new Response(isCompressed ? gzipped(plain) : plain, { status, headers });
  };
}

function gzipped(plain: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(gzipSync(plain, { level: LEVEL }));
}
