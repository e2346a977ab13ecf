/**
 * Calls a person who is not looking at the page, by a notification and by sound, if they asked for
 * it.
 */

import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Live } from "../live/live.ts";
import { text } from "../texts/texts.ts";
import { Beeper, type Voice } from "./beeper.ts";
import {
  type Called,
  calledAtFirst,
  type Moment,
  type Notice,
  noticeOf,
  noticeTitle,
} from "./notice.ts";
import { remembered } from "./remembered.ts";

const SWITCH = ["off", "on"] as const;
/** A later notification replaces the previous one. */
const TAG = "rpi-cluster-alert";
const ICON = "/icon-192.png";
/** A shorter loss of the connection causes no notification. */
const UNSURE_MS_MIN = 30_000;

/** Whether the browser shows notifications of this page. */
export type Permission = NotificationPermission | "none";

export class Attention {
  readonly notify = remembered("notify", SWITCH, "off");
  readonly sound = remembered("sound", SWITCH, "off");
  readonly #beeper = new Beeper();
  readonly #permission = signal<Permission>(permissionNow());
  readonly permission: ReadonlySignal<Permission> = this.#permission;
  readonly voice: ReadonlySignal<Voice> = this.#beeper.voice;

  /** Follows the page's state until `stop`. */
  follow(live: Live, stop: AbortSignal): void {
    let called: Called | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const decide = (moment: Moment) => {
      called ??= calledAtFirst(moment);
      const [notice, after] = noticeOf(moment, called);
      called = after;
      if (notice) this.#call(notice);
    };
    const unwatch = effect(() => {
      if (!live.known.value) return;
      const moment = {
        verdict: live.verdict.value,
        nodes: live.nodes.value,
        now: live.minute.value,
      };
      const { stale } = moment.verdict;
      if (!stale) {
        clearTimeout(timer);
        timer = undefined;
        untracked(() => decide(moment));
      } else timer ??= setTimeout(() => decide(moment), UNSURE_MS_MIN);
    });
    stop.addEventListener("abort", () => {
      unwatch();
      clearTimeout(timer);
    });
    // After a reload, the browser allows sound only after a click.
    const wake = () => this.sound.peek() === "on" && void this.#beeper.wake();
    addEventListener("pointerdown", wake, { signal: stop });
    addEventListener("keydown", wake, { signal: stop });
  }

  /** For a click: asks the browser, and remembers the choice. */
  async switchNotify(): Promise<void> {
    if (this.notify.value === "on") {
      this.notify.value = "off";
      return;
    }
    if (permissionNow() === "default") await Notification.requestPermission();
    this.#permission.value = permissionNow();
    this.notify.value = "on";
    if (this.#permission.value === "granted") {
      this.#show(text("device.notify"), text("device.notifyOn"));
    }
  }

  /** For a click: plays a sound at once, so that the person hears whether it works. */
  async switchSound(): Promise<void> {
    if (this.sound.value === "on") {
      this.sound.value = "off";
      return;
    }
    this.sound.value = "on";
    await this.#beeper.wake();
    this.#beeper.beep("relief");
  }

  #call(notice: Notice): void {
    if (this.sound.peek() === "on") this.#beeper.beep(notice.kind);
    if (this.notify.peek() === "on") this.#show(noticeTitle(notice), notice.words);
  }

  #show(title: string, body: string): void {
    if (permissionNow() !== "granted") return;
    try {
      const shown = new Notification(title, { body, tag: TAG, icon: ICON });
      shown.addEventListener("click", () => {
        focus();
        shown.close();
      });
    } catch {
      // Some phone browsers have the API but show no notifications for a page.
      this.#permission.value = "none";
    }
  }
}

function permissionNow(): Permission {
  return "Notification" in globalThis ? Notification.permission : "none";
}
