/** Tells systemd that the tracker has started, and again and again that it does not hang. */
import { Systemd } from "../ffi/systemd.ts";

/** How often in the time that systemd grants: one that comes late is not the end. */
const TIMES = 3;

/** Tells systemd that the start is over, and from then on that the event loop turns, until disposed. */
export function startWatchdog(): Disposable {
  using opened = new DisposableStack();
  const systemd = opened.use(new Systemd());
  opened.defer(() => systemd.tell("STOPPING"));
  systemd.tell("READY");
  const { watchdogMs } = systemd;
  if (watchdogMs !== undefined) {
    const timer = setInterval(() => systemd.tell("WATCHDOG"), watchdogMs / TIMES);
    opened.defer(() => clearInterval(timer));
  }
  return opened.move();
}
