/** What the hub answers to a question, for as long as a part of the page shows it. */

import { useEffect, useState } from "preact/hooks";
import type { Answer, Api } from "../live/api.ts";

/** The first answer is still on its way, or the latest one. */
export type Query<Body> = { readonly kind: "asking" } | Answer<Body>;

/** Rows change several at once: the hub is asked when they have settled. */
const SETTLE_MS = 300;

/**
 * Asks for `path`, and again whenever `since` is another one; the answer before stays until the next
 * is there. Another path begins anew. `undefined` asks nothing.
 */
export function useQuery<Body>(
  api: Api,
  path: string | undefined,
  since: unknown = undefined,
): Query<Body> {
  const [asked, setAsked] = useState<{ readonly path: string; readonly answer: Answer<Body> }>();
  const isKnown = asked !== undefined && asked.path === path;
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    const ask = async () => {
      const answer = await api.get<Body>(path, { signal: stop.signal });
      if (!stop.signal.aborted) setAsked({ path, answer });
    };
    const timer = setTimeout(() => void ask(), isKnown ? SETTLE_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, path, since]);
  return isKnown ? asked.answer : { kind: "asking" };
}
