/** A message as e-mail: plain text and HTML, in a thread with others of the same incident. */

import type MailComposer from "nodemailer/lib/mail-composer";
import type { Severity } from "../../../core/alerting/message/headline.ts";

export interface MailContent {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly severity: Severity;
  readonly title: string;
  /** The same id at each attempt, so that mail servers and programs recognise a second copy. */
  readonly id: string;
  /** The mails of one incident are one thread. */
  readonly thread: string | undefined;
  readonly link: string | undefined;
}

const NAME = "RPi Cluster Alert";

const SUBJECTS: Readonly<Record<Severity, string>> = {
  critical: "ALERT",
  warning: "Warning",
  resolved: "Resolved",
  info: NAME,
};
const COLOURS: Readonly<Record<Severity, string>> = {
  critical: "#b3261e",
  warning: "#8a5a00",
  resolved: "#1b6e3c",
  info: "#33475b",
};

/** The mail in its wire format; `Composer` is nodemailer's. */
export async function mailBytes(
  Composer: typeof MailComposer,
  { from, to, text, severity, title, id, thread, link }: MailContent,
): Promise<Uint8Array> {
  const domain = from.slice(from.lastIndexOf("@") + 1);
  const root = thread === undefined ? {} : {
    inReplyTo: `<incident-${thread}@${domain}>`,
    references: `<incident-${thread}@${domain}>`,
  };
  const composer = new Composer({
    from: { name: NAME, address: from },
    to: { name: "", address: to },
    subject: `${SUBJECTS[severity]}: ${title}`,
    text: link === undefined ? `${text}\n` : `${text}\n\n${link}\n`,
    html: htmlOf({ text, severity, title, link }),
    messageId: `<${id}@${domain}>`,
    ...root,
    headers: {
      "List-Id": `${NAME} <rpi-cluster-alert.${domain}>`,
      // Prevents automatic replies (RFC 3834).
      "Auto-Submitted": "auto-generated",
      ...(severity === "critical" ? { "Importance": "high", "X-Priority": "1" } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

function htmlOf(
  { text, severity, title, link }: Pick<MailContent, "text" | "severity" | "title" | "link">,
): string {
  const heading = `<h1 style="font-size:1.2em;color:${COLOURS[severity]}">${escaped(title)}</h1>`;
  const page = link === undefined ? "" : `<p><a href="${escaped(link)}">Open the page</a></p>`;
  return '<!doctype html><html><body style="font-family:sans-serif">' + heading +
    `<p>${escaped(text)}</p>${page}</body></html>`;
}

/** Escapes HTML in names of nodes. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
