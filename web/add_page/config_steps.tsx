/** A new Pi's configuration, shown once, and the commands that install it by hand. */

import type { JSX } from "preact";
import type { Live } from "../live/live.ts";
import { Copy } from "../parts/copy.tsx";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { Arrival } from "./arrival.tsx";
import type { Enrolled } from "./enrolment.ts";
import { agentCommands, trackerCommands } from "./install_commands.ts";

const NAME_MAX = 64;

interface ConfigStepsProps {
  readonly live: Live;
  readonly enrolled: Enrolled;
  /** The session that the hub knew for this id before. */
  readonly sessionBefore: string | null;
}

export function ConfigSteps({ live, enrolled, sessionBefore }: ConfigStepsProps): JSX.Element {
  const file = `${enrolled.id}.ini`;
  const name = <bdi class="name">{oneLine(enrolled.name, NAME_MAX)}</bdi>;
  return (
    <>
      <Section heading={t("addPage.save", { file: <code>{file}</code> })}>
        <p class="warned">{t("addPage.once", { name })}</p>
        <Copy
          content={enrolled.config}
          label={text("addPage.config")}
          action={text("addPage.copyConfig")}
        />
        {enrolled.note !== undefined && (
          <p class="warned">{t("addPage.left", { note: <code>{enrolled.note}</code> })}</p>
        )}
        <details>
          <summary>{text("addPage.orPaste")}</summary>
          <Copy
            content={enrolled.command}
            label={text("addPage.pasteCommand")}
            action={text("addPage.copyPaste")}
          />
        </details>
      </Section>
      <Section heading={text("addPage.install")}>
        <p>{t("addPage.installHint", { file: <code>{file}</code> })}</p>
        <Copy
          content={agentCommands(enrolled.id)}
          label={text("addPage.commands")}
          action={text("addPage.copyCommands")}
        />
        <p>{text("addPage.installTracker")}</p>
        <Copy
          content={trackerCommands()}
          label={text("addPage.trackerCommands")}
          action={text("addPage.copyTrackerCommands")}
        />
      </Section>
      <Arrival live={live} enrolled={enrolled} sessionBefore={sessionBefore} />
    </>
  );
}
