/** The hub's side of the link to the worker that has its file. */

import type { FileReach } from "../../../io/files/file_reach.ts";
import type { FileAnswer, FileLink, FileRequest } from "../database/batch.ts";
import type { FileState } from "../database/file_keeper.ts";

/** The first message to a worker. */
export interface Beginning {
  /** The worker gives up all other files. */
  readonly reach: FileReach | undefined;
  readonly port: MessagePort;
}

/** What the hub sends to its worker. */
export type ToWorker =
  | { readonly kind: "open"; readonly state: FileState }
  | { readonly kind: "request"; readonly request: FileRequest };

/** What the worker sends: first that it runs, and then the answer to each request, in order. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly answer: FileAnswer };

export class WorkerLink implements FileLink, Disposable {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #takers: ((answer: FileAnswer) => void)[] = [];
  readonly #failed = Promise.withResolvers<never>();
  readonly #ready = Promise.withResolvers<void>();

  /**
   * Starts the worker. Without a `reach` it may use the files that the program may use. `module` is
   * a module that calls `serveFile`.
   */
  constructor(module: URL, reach?: FileReach) {
    this.#failed.promise.catch(() => {});
    this.#worker = new Worker(module, { type: "module", name: "store" });
    this.#worker.addEventListener("error", (event) => {
      // Otherwise the event would end the program without a reason in the log.
      event.preventDefault();
      const error = new Error(`the worker with the database failed: ${event.message}`);
      this.#failed.reject(error);
      this.#ready.reject(error);
    });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    const beginning: Beginning = { reach, port: port2 };
    this.#worker.postMessage(beginning, [port2]);
  }

  [Symbol.dispose](): void {
    this.#takers.length = 0;
    this.#port.close();
    this.#worker.terminate();
  }

  /** Resolves when the worker runs and has given up other files. Rejects when it cannot. */
  async ready(): Promise<void> {
    await this.#ready.promise;
  }

  /** Rejects when the worker fails, and never resolves. */
  async failed(): Promise<never> {
    return await this.#failed.promise;
  }

  /** The first message: the worker opens the file. */
  open(state: FileState): void {
    this.#post({ kind: "open", state });
  }

  send(request: FileRequest, take: (answer: FileAnswer) => void): void {
    this.#takers.push(take);
    this.#post({ kind: "request", request });
  }

  #post(message: ToWorker): void {
    this.#port.postMessage(message);
  }

  #take(message: FromWorker): void {
    if (message.kind === "ready") return this.#ready.resolve();
    this.#takers.shift()?.(message.answer);
  }
}
