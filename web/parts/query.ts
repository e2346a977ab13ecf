/** The answer to a query, for as long as a part of the page shows it. */

import { useEffect, useState } from "preact/hooks";
import type { Answer, Api } from "../live/api.ts";

/** The first answer is pending, or the latest one. */
export type Query<Body> = { readonly kind: "pending" } | Answer<Body>;

/** Several rows often change together, so the query waits until they are quiet. */
const SETTLE_MS = 300;

/**
 * Queries `path`, and again whenever `since` changes; the previous answer stays until the next one
 * arrives. Another path starts from the beginning. `undefined` queries nothing.
 */
export function useQuery<Body>(
  api: Api,
  path: string | undefined,
  since: unknown = undefined,
): Query<Body> {
  const [latest, setLatest] = useState<{ readonly path: string; readonly answer: Answer<Body> }>();
  const isKnown = latest !== undefined && latest.path === path;
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    const ask = async () => {
      const answer = await api.get<Body>(path, { signal: stop.signal });
      if (!stop.signal.aborted) setLatest({ path, answer });
    };
    const timer = setTimeout(() => void ask(), isKnown ? SETTLE_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, path, since]);
  return isKnown ? latest.answer : { kind: "pending" };
}
