/** A browser's connection to the feed. */

import type { ClusterView, FeedMessage } from "../../../core/api/feed.ts";
import { applyFeed } from "../../../core/api/feed_apply.ts";
import type { Hub } from "../program/programs.ts";
import { type Deadline, until, within } from "../time/until.ts";

/** `await using watcher = new Watcher(hub, { Cookie: await session(hub) });` */
export class Watcher implements AsyncDisposable {
  readonly messages: FeedMessage[] = [];
  /** Received so far, in UTF-16 units. */
  length = 0;
  readonly #socket: WebSocket;
  readonly #closed = Promise.withResolvers<number>();
  #view: ClusterView | undefined;

  constructor(hub: Hub, headers: Readonly<Record<string, string>> = {}, query = "") {
    this.#socket = new WebSocket(`${hub.url.replace("http", "ws")}/ws${query}`, {
      headers: { ...headers },
    });
    this.#socket.onmessage = ({ data }) => {
      const message: FeedMessage = JSON.parse(data);
      this.length += data.length;
      this.messages.push(message);
      this.#view = applyFeed(this.#view, message);
    };
    this.#socket.onerror = (event) => event.preventDefault();
    this.#socket.onclose = ({ code }) => this.#closed.resolve(code);
  }

  /** What a page shows after all messages so far. */
  get view(): ClusterView | undefined {
    return this.#view;
  }

  /** Sends data, which no page does. */
  say(text: string): void {
    this.#socket.send(text);
  }

  /** Returns the code with which the hub closes it. */
  async closed(): Promise<number> {
    return await within("the WebSocket to close", this.#closed.promise);
  }

  async until(
    what: string,
    holds: (view: ClusterView) => boolean,
    deadline: Deadline = {},
  ): Promise<ClusterView> {
    return await until(what, () => {
      const { view } = this;
      return view !== undefined && holds(view) && view;
    }, deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed();
  }
}
