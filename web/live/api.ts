/** Requests to the hub, with typed answers and readable errors. */

import { text } from "../texts/texts.ts";
import { refusalText } from "./refusal_text.ts";

/** The time limit of a request. */
const ANSWER_MS_MAX = 10_000;
/** The time limit when the hub has to wait for a provider. */
export const SLOW_ANSWER_MS_MAX = 60_000;

/** An answer. `why` is a sentence for people; `status` is 0 when there was no answer. */
export type Answer<Body> =
  | { readonly kind: "good"; readonly body: Body }
  | { readonly kind: "refused"; readonly status: number; readonly why: string };

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly withinMs?: number;
}

/** Sends requests with the login cookie. No method rejects. */
export class Api {
  readonly #onStranger: () => void;

  /** `onStranger` is called when the hub requires a login. */
  constructor(onStranger: () => void) {
    this.#onStranger = onStranger;
  }

  async get<Body>(path: string, options: AskOptions = {}): Promise<Answer<Body>> {
    return await this.#ask<Body>(path, { method: "GET" }, options);
  }

  async post<Body>(path: string, body: unknown, options: AskOptions = {}): Promise<Answer<Body>> {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    return await this.#ask<Body>(path, init, options);
  }

  async delete<Body>(path: string, options: AskOptions = {}): Promise<Answer<Body>> {
    const init = { method: "DELETE", headers: { "content-type": "application/json" } };
    return await this.#ask<Body>(path, init, options);
  }

  async #ask<Body>(path: string, init: RequestInit, options: AskOptions): Promise<Answer<Body>> {
    const limit = AbortSignal.timeout(options.withinMs ?? ANSWER_MS_MAX);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    try {
      const response = await fetch(path, { ...init, signal, cache: "no-store" });
      if (response.ok) return { kind: "good", body: await bodyOf<Body>(response) };
      const why = await refusalText(response);
      if (response.status === 401) this.#onStranger();
      return { kind: "refused", status: response.status, why };
    } catch {
      return { kind: "refused", status: 0, why: text("shell.noAnswer") };
    }
  }
}

/** The page trusts the hub's answers, because both come from the same executable. */
async function bodyOf<Body>(response: Response): Promise<Body> {
  return await response.json();
}
