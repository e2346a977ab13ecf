/** The expected texts of messages: a pattern, and the range of the duration in the text. */

import { slowness } from "../time/patience.ts";

/** An expected message. */
export interface Told {
  /** A short name for the table of faults. */
  readonly what: string;
  readonly text: RegExp;
  /** The limits of the duration in the text, which is the first group of the pattern. */
  readonly seconds?: Span;
}

/** The shortest and the longest duration. A slow machine needs more than the shortest. */
export type Span = readonly [least: number, most: number];

const TIME = "\\d\\d:\\d\\d:\\d\\d(?: UTC)?";
const LENGTH = "((?:\\d+ min ?)?(?:\\d+ s)?)";

/** A death that lasts; the text says how long the node was silent until the message. */
export function down(name: string, seconds: Span = [3, 20]): Told {
  return {
    what: `${name} is down`,
    text: new RegExp(`^${name} is down\\. Last heard ${TIME}, silent for ${LENGTH}\\.$`),
    seconds,
  };
}

/** A death whose message is sent more than a minute late, so that it may be over. */
export function downLate(name: string): Told {
  return {
    what: `${name} is down, delivered late`,
    text: new RegExp(`^${name} is down\\. Last heard ${TIME}\\. Delivered late\\.$`),
  };
}

/** A Pi that lives without its card. */
export function cardDoesNotAnswer(name: string): Told {
  return {
    what: `${name}'s card does not answer`,
    text: new RegExp(
      `^${name}'s card has not answered since ${TIME}: it still runs, but it may not start again\\.$`,
    ),
  };
}

/** The end of that. */
export function cardAnswersAgain(name: string, seconds: Span): Told {
  return {
    what: `${name}'s card answers again`,
    text: new RegExp(`^${name}'s card answers again after ${LENGTH}\\.$`),
    seconds,
  };
}

/** The end of a death that was reported, and its duration. */
export function upAgain(name: string, seconds: Span): Told {
  return {
    what: `${name} is up again`,
    text: new RegExp(
      `^${name} is up again after ${LENGTH}\\. It was down from ${TIME} to ${TIME}\\.$`,
    ),
    seconds,
  };
}

/** The node died and came back before a message could be sent. */
export function wasDown(name: string, seconds: Span): Told {
  return {
    what: `${name} was down`,
    text: new RegExp(
      `^${name} was down from ${TIME} to ${TIME} \\(${LENGTH}\\) and is up again\\.$`,
    ),
    seconds,
  };
}

/** The whole cluster, as one message. */
export function allDown(...names: readonly string[]): Told {
  return downAtOnce(`All ${names.length}`, names);
}

/** Most nodes of a cluster of this size, as one message. */
export function mostDown(all: number, ...names: readonly string[]): Told {
  return downAtOnce(`${names.length} of ${all}`, names);
}

function downAtOnce(count: string, names: readonly string[]): Told {
  const list = anyOrder(names);
  return {
    what: `${count} Pis are down at once`,
    text: new RegExp(
      `^${count} Pis are down at once: ${list}\\. Last heard ${TIME}( to ${TIME})?\\.$`,
    ),
  };
}

export function allUpAgain(seconds: Span, ...names: readonly string[]): Told {
  const { length } = names;
  return {
    what: `${length} Pis are up again`,
    text: new RegExp(
      `^${length} Pis are up again: ${anyOrder(names)}\\. ` +
        `They were down for up to ${LENGTH}, from ${TIME} to ${TIME}\\.$`,
    ),
    seconds,
  };
}

/** The hub cannot see the broker, and therefore no node. */
export function blind(): Told {
  return {
    what: "the hub is blind",
    text: new RegExp(
      `^The hub has not seen the broker since ${TIME}( \\(.+\\))?: no Pi is watched\\.$`,
    ),
  };
}

export function seesAgain(seconds: Span): Told {
  return {
    what: "the hub sees again",
    text: new RegExp(`^The hub sees the broker again after ${LENGTH}: Pis are watched again\\.$`),
    seconds,
  };
}

/** The hub's own cable is out. */
export function hubUnplugged(): Told {
  return {
    what: "the hub's own cable is out",
    text: new RegExp(
      `^The hub's cable or Wi-Fi has been disconnected since ${TIME}: it cannot know how the Pis are\\.$`,
    ),
  };
}

export function hubPluggedIn(seconds: Span): Told {
  return {
    what: "the hub's cable is in again",
    text: new RegExp(`^The hub's network is connected again after ${LENGTH}\\.$`),
    seconds,
  };
}

/** The machine of a Pi answers, but its agent is silent. */
export function agentSilent(name: string): Told {
  return {
    what: `the agent of ${name} is silent`,
    text: new RegExp(
      `^${name} answers, but its agent is silent\\. Last heard ${TIME}, silent for \\d+ s\\. ` +
        `Try there: systemctl status agent$`,
    ),
  };
}

/** The hub continues in memory, because its disk is full. */
export function diskFull(): Told {
  return {
    what: "the hub's disk is full",
    text: new RegExp(
      `^The hub's disk has been full since ${TIME}: it goes on from memory, ` +
        `and forgets what came since if it is restarted\\.$`,
    ),
  };
}

/** The hub's database was damaged. */
export function databaseDamaged(): Told {
  return {
    what: "the hub's database was damaged",
    text: new RegExp(
      `^The hub has worked with a repaired database since ${TIME}: ` +
        `the old one was damaged, and what could be read of it was saved\\.$`,
    ),
  };
}

export function writesAgain(seconds: Span): Told {
  return {
    what: "the hub writes its history again",
    text: new RegExp(`^The hub writes its history again after ${LENGTH}\\.$`),
    seconds,
  };
}

/** A message through one provider that another provider cannot be reached. */
export function providerAway(name: string): Told {
  return {
    what: `${name} takes no messages`,
    text: new RegExp(
      `^${name} has taken no messages since ${TIME}( \\(.+\\))?: they go another way or wait\\.$`,
    ),
  };
}

export function providerBack(name: string, seconds: Span): Told {
  return {
    what: `${name} takes messages again`,
    text: new RegExp(`^${name} takes messages again after ${LENGTH}\\.$`),
    seconds,
  };
}

export function unexpectedReboot(name: string, seconds: Span): Told {
  return {
    what: `${name} rebooted unexpectedly`,
    text: new RegExp(
      `^${name} came back after an unexpected reboot at ${TIME}\\. It was silent for ${LENGTH}\\.$`,
    ),
    seconds,
  };
}

export function notBackFromReboot(name: string): Told {
  return notBackFrom(name, "a reboot");
}

export function notBackFromRestart(name: string): Told {
  return notBackFrom(name, "a restart of its agent");
}

function notBackFrom(name: string, what: string): Told {
  return {
    what: `${name} did not come back from ${what}`,
    text: new RegExp(
      `^${name} did not come back from ${what}\\. Last heard ${TIME}, silent for ${LENGTH}\\.$`,
    ),
    seconds: [3, 20],
  };
}

/** Whether a text matches, and its duration is within the limits. */
export function isTold({ text, seconds }: Told, found: string): boolean {
  const match = text.exec(found);
  if (match === null || seconds === undefined) return match !== null;
  const [, minutes = "0"] = /(\d+) min/.exec(match[1] ?? "") ?? [];
  const [, rest = "0"] = /(\d+) s/.exec(match[1] ?? "") ?? [];
  const length = 60 * Number(minutes) + Number(rest);
  const [least, most] = seconds;
  return least <= length && length <= least + (most - least) * slowness();
}

function anyOrder(names: readonly string[]): string {
  return Array.from(names, () => `(?:${names.join("|")})`).join(", ");
}
