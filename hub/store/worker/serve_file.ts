/** The other end of `WorkerLink`: keeps the file in a worker. */

import { confineFiles } from "../../../io/files/file_reach.ts";
import { type AnyTask, FileKeeper } from "../database/file_keeper.ts";
import type { Beginning, FromWorker, ToWorker } from "./worker_link.ts";

/** The worker's module calls this once. An error that is not caused by the disk ends the hub. */
export function serveFile(tasks: readonly AnyTask[]): void {
  addEventListener("message", (event) => {
    if (event instanceof MessageEvent) serve(event.data, tasks);
  }, { once: true });
}

function serve({ reach, port }: Beginning, tasks: readonly AnyTask[]): void {
  if (reach !== undefined) confineFiles(reach);
  const post = (message: FromWorker) => port.postMessage(message);
  let keeper: FileKeeper | undefined;
  port.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
    if (message.kind === "open") keeper = FileKeeper.reopen(message.state, tasks);
    else if (keeper === undefined) throw new Error("nothing is open");
    else post({ kind: "answer", answer: keeper.handle(message.request) });
  };
  post({ kind: "ready" });
}
