/** The part of a message about a fault of the hub's network, a living node, or the hub itself. */

import type { FaultItem, FaultOverItem, FaultSubject } from "../alert.ts";
import type { Cause } from "../cause.ts";
import { causeText } from "./cause_text.ts";
import { durationText } from "./duration_text.ts";
import { cutText, nameOf } from "./names.ts";
import { isAmple, type Section } from "./section.ts";

/** The texts of one fault. `who` stands for the node's name. */
interface FaultTexts {
  /** As short as possible: `network down`. */
  readonly label: string;
  /** A whole sentence without its full stop. */
  readonly fact: string;
  /**
   * The same in the perfect tense. The instant of the beginning follows it. Absent if that does not
   * matter.
   */
  readonly lasting?: string;
  /** The effect of the fault, as the part of the sentence after a colon. */
  readonly effect?: string;
  /** A whole sentence, without its full stop, for the end of the fault. */
  readonly over: string;
}

const CODE_MAX = 32;

/** The keys are: kind of subject, affected part, and cause. `*` means any cause. */
const FAULTS: Readonly<Record<string, FaultTexts>> = {
  "network *": {
    label: "hub's network down",
    fact: "The hub's own network is down",
    lasting: "The hub's own network has been down",
    effect: "it cannot know how the Pis are",
    over: "The hub's own network works again",
  },
  "network no_link": {
    label: "hub's network down",
    fact: "The hub's cable or Wi-Fi is disconnected",
    lasting: "The hub's cable or Wi-Fi has been disconnected",
    effect: "it cannot know how the Pis are",
    over: "The hub's network is connected again",
  },
  "hub history_not_written *": historyNotWritten(
    "The hub cannot write its history",
    "The hub has not been able to write its history",
  ),
  "hub history_not_written full": historyNotWritten(
    "The hub's disk is full",
    "The hub's disk has been full",
  ),
  "hub history_not_written read_only": historyNotWritten(
    "The hub's disk is read-only",
    "The hub's disk has been read-only",
  ),
  "hub history_not_written io_error": historyNotWritten(
    "The hub's disk gives errors",
    "The hub's disk has given errors",
  ),
  "hub history_not_written no_answer": historyNotWritten(
    "The hub's disk does not answer",
    "The hub's disk has not answered",
  ),
  "hub history_not_written locked": historyNotWritten(
    "Another program keeps the hub from writing its history",
    "Another program has kept the hub from writing its history",
  ),
  "hub history_not_written no_access": historyNotWritten(
    "The hub may not use its database",
    "The hub has not been allowed to use its database",
  ),
  "hub history_damaged *": {
    label: "hub's database repaired",
    fact: "The hub works with a repaired database",
    lasting: "The hub has worked with a repaired database",
    effect: "the old one was damaged, and what could be read of it was saved",
    over: "The hub's repaired database works",
  },
  "hub checkpoint_not_written *": checkpointNotWritten(
    "The hub cannot save its state",
    "The hub has not been able to save its state",
  ),
  "hub checkpoint_not_written full": checkpointNotWritten(
    "The hub has no room to save its state",
    "The hub has had no room to save its state",
  ),
  "hub checkpoint_not_written deleted": checkpointNotWritten(
    "The folder for the hub's saved state is missing",
    "The folder for the hub's saved state has been missing",
  ),
  "hub checkpoint_not_written replaced": checkpointNotWritten(
    "The hub's saved state is another one than the hub began with",
    "The hub's saved state has been another one than the hub began with",
    "it is not overwritten; the hub's log says how to choose",
  ),
  "hub nodes_unseen *": {
    label: "Pis not seen",
    fact: "Some Pis know no other broker than one that is away",
    lasting: "Some Pis have known no other broker than one that is away",
    effect: "whether they live is not known; name all brokers in [mqtt] url of each Pi",
    over: "The hub sees all Pis again",
  },
  "hub second_hub *": {
    label: "second hub on the broker",
    fact: "Another hub uses the same broker",
    lasting: "Another hub has used the same broker",
    effect: "everything is told twice; stop one hub, or give each its own broker",
    over: "No other hub uses the broker any more",
  },
  "hub messages_dropped *": messagesDropped(
    "The broker drops messages",
    "The broker has dropped messages",
  ),
  "hub messages_dropped heartbeats_missing": messagesDropped(
    "Heartbeats of many Pis do not arrive",
    "Heartbeats of many Pis have not arrived",
  ),
  "vital storage *": {
    label: "card fails",
    fact: "{who}'s card gives errors",
    lasting: "{who}'s card has given errors",
    effect: "it still runs, but it may not start again",
    over: "{who}'s card works again",
  },
  "vital storage no_answer": {
    label: "card does not answer",
    fact: "{who}'s card does not answer",
    lasting: "{who}'s card has not answered",
    effect: "it still runs, but it may not start again",
    over: "{who}'s card answers again",
  },
  "vital storage read_only": {
    label: "card read-only",
    fact: "{who}'s card has turned read-only",
    lasting: "{who}'s card has been read-only",
    effect: "it still runs, but nothing is written any more",
    over: "{who}'s card can be written again",
  },
  "vital storage lost_write": {
    label: "card loses data",
    fact: "{who}'s card loses what is written",
    lasting: "{who}'s card has lost what was written",
    effect: "it still runs, but it may not start again",
    over: "{who}'s card keeps what is written again",
  },
  "vital storage no_process": {
    label: "no program starts",
    fact: "{who} cannot start programs any more",
    lasting: "{who} has not been able to start programs",
    effect: "it still runs, but its own work may not run",
    over: "{who} starts programs again",
  },
  "vital access key_expires": {
    label: "Tailscale key expires",
    fact: "{who}'s Tailscale key expires in less than 7 days",
    effect: "then Tailscale does not reach it any more; renew it, or turn its expiry off",
    over: "{who}'s Tailscale key is good for longer",
  },
  "vital access key_expired": {
    label: "Tailscale key expired",
    fact: "{who}'s Tailscale key has expired",
    effect: "Tailscale does not reach it any more; log in to Tailscale on it",
    over: "{who}'s Tailscale key is good again",
  },
};

function historyNotWritten(fact: string, lasting: string): FaultTexts {
  return {
    label: "hub's history not written",
    fact,
    lasting,
    effect: "it goes on from memory, and forgets what came since if it is restarted",
    over: "The hub writes its history again",
  };
}

function checkpointNotWritten(
  fact: string,
  lasting: string,
  effect = "after a power cut it would know only what it had saved before",
): FaultTexts {
  return {
    label: "hub's state not saved",
    fact,
    lasting,
    effect,
    over: "The hub saves its state again",
  };
}

function messagesDropped(fact: string, lasting: string): FaultTexts {
  return {
    label: "broker drops messages",
    fact,
    lasting,
    effect:
      "the hub may not know Pis, or learn late of deaths; raise max_queued_messages of Mosquitto",
    over: "The broker passes on all messages again",
  };
}

/** A fault has begun. */
export function faultSection(item: FaultItem): Section {
  const { subject, cause, sinceMs } = item;
  const { label, fact, lasting, effect } = textsOf(subject, cause);
  return {
    item: { label, count: undefined },
    sentence: (detail, { formatTime, nameLength }) => {
      if (detail === "bare") return `${withName(fact, item, nameLength)}.`;
      const head = lasting === undefined
        ? withName(fact, item, nameLength)
        : `${withName(lasting, item, nameLength)} since ${formatTime(sinceMs)}`;
      return isAmple(detail) && effect !== undefined ? `${head}: ${effect}.` : `${head}.`;
    },
  };
}

/** A fault is over. */
export function faultOverSection(item: FaultOverItem): Section {
  const { subject, cause, sinceMs, endedAtMs, wasTold } = item;
  const { label, over, lasting } = textsOf(subject, cause);
  return {
    item: { label: `${label}: over`, count: undefined },
    sentence: (detail, { formatTime, nameLength }) => {
      const head = withName(over, item, nameLength);
      if (detail === "bare" || lasting === undefined) return `${head}.`;
      if (wasTold) return `${head} after ${durationText(endedAtMs - sinceMs)}.`;
      const span = `from ${formatTime(sinceMs)} to ${formatTime(endedAtMs)}`;
      return `${head}. It was out ${span}.`;
    },
  };
}

function textsOf(subject: FaultSubject, cause: Cause): FaultTexts {
  const about = aboutOf(subject);
  if (typeof cause !== "string") return unknownFault(about, causeText(cause));
  return FAULTS[`${about} ${cause}`] ?? FAULTS[`${about} *`] ?? unknownFault(about, cause);
}

function aboutOf(subject: FaultSubject): string {
  switch (subject.kind) {
    case "network":
      return subject.kind;
    case "vital":
      return `${subject.kind} ${subject.vital}`;
    case "hub":
      return `${subject.kind} ${subject.fault}`;
  }
}

/** The text for a code that another version of the hub left in the history. */
function unknownFault(about: string, cause: string): FaultTexts {
  const what = cutText(`${about}, ${cause}`.replace(/[^\w ,-]/g, ""), CODE_MAX);
  return {
    label: "a fault",
    fact: `Something is wrong (${what})`,
    lasting: `Something has been wrong (${what})`,
    over: `It is over (${what})`,
  };
}

function withName(
  text: string,
  { subject, name }: Pick<FaultItem, "subject" | "name">,
  nameLength: number,
): string {
  const node = "node" in subject ? subject.node : "";
  return text.replaceAll("{who}", () => nameOf({ node, name }, { nameLength }));
}
