/**
 * The view that adds a Pi: it creates the configuration, shows how to install it, and waits for the
 * Pi.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { Heading } from "../parts/heading.tsx";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { AddForm } from "./add_form.tsx";
import { Arrival } from "./arrival.tsx";
import type { Enrolled } from "./enrolment.ts";
import { agentCommands, trackerCommands } from "./install_commands.ts";

const NAME_MAX = 64;

/** The result, and the session that the hub knew for this id before. */
interface Made {
  readonly enrolled: Enrolled;
  readonly sessionBefore: string | null;
}

export function AddPage({ live, api }: ViewProps): JSX.Element {
  const made = useSignal<Made | undefined>(undefined);
  const onEnrolled = (enrolled: Enrolled) => {
    const sessionBefore = live.each.node(enrolled.id).peek()?.session ?? null;
    made.value = { enrolled, sessionBefore };
  };
  return (
    <>
      <Heading>{text("addPage.title")}</Heading>
      {live.guest.value ? <p class="nothing">{text("addPage.guest")}</p> : (
        <>
          {made.value === undefined && <p class="intro">{text("addPage.intro")}</p>}
          {made.value === undefined && (
            <AddForm api={api} nodes={live.nodes.value} onEnrolled={onEnrolled} />
          )}
          <p class="unseen" role="status">
            {made.value && text("addPage.made", { name: made.value.enrolled.name })}
          </p>
          {made.value && <Steps live={live} made={made.value} />}
          {made.value && (
            <Button onClick={() => made.value = undefined}>{text("addPage.another")}</Button>
          )}
        </>
      )}
    </>
  );
}

function Steps({ live, made }: Pick<ViewProps, "live"> & { readonly made: Made }): JSX.Element {
  const { enrolled, sessionBefore } = made;
  const file = `${enrolled.id}.ini`;
  const name = <bdi class="name">{oneLine(enrolled.name, NAME_MAX)}</bdi>;
  return (
    <div class="steps">
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
    </div>
  );
}
