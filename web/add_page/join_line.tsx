/** The line for a new Pi, how long it works, and what to know beside it. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { Copy } from "../parts/copy.tsx";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";
import { oneLine } from "../words/shown_name.ts";
import type { Offer } from "./offer.ts";

const NAME_MAX = 64;

interface JoinLineProps {
  readonly offer: Offer;
  readonly hubNowMs: ReadonlySignal<number>;
}

export function JoinLine({ offer, hubNowMs }: JoinLineProps): JSX.Element {
  const { id, name, line } = offer;
  return (
    <Section
      class="join-line"
      heading={t("join.run", { name: <bdi class="name">{oneLine(name, NAME_MAX)}</bdi> })}
    >
      <p>{t("join.where", { command: code(`ssh ${id}.local`) })}</p>
      <Copy content={line} label={text("join.line")} action={text("join.copyLine")} />
      <Countdown until={offer.until} hubNowMs={hubNowMs} />
      <Remarks offer={offer} />
      <Details offer={offer} />
    </Section>
  );
}

function Countdown(
  { until, hubNowMs }: Pick<Offer, "until"> & Pick<JoinLineProps, "hubNowMs">,
): JSX.Element {
  const length = useComputed(() => lengthText(Date.parse(until) - hubNowMs.value));
  return <p class="hint countdown">{t("join.left", { length: <b>{length}</b> })}</p>;
}

function Remarks({ offer }: Pick<JoinLineProps, "offer">): JSX.Element {
  const { encrypted, architectures, note } = offer;
  return (
    <>
      {!encrypted && <p class="warned">{text("join.clear")}</p>}
      {architectures.length === 0
        ? <p class="warned">{text("join.noPackages")}</p>
        : <p class="hint">{text("join.offers", { list: listed(architectures) })}</p>}
      {note !== undefined && <p class="warned">{t("join.later", { note: code(note) })}</p>}
    </>
  );
}

/** `all` is the agent in shell, which runs on every processor. */
function listed(architectures: readonly string[]): string {
  const own = architectures.filter((name) => name !== "all");
  const all = own.length < architectures.length ? [text("join.others")] : [];
  return [...own, ...all].join(", ");
}

function Details({ offer }: Pick<JoinLineProps, "offer">): JSX.Element {
  return (
    <>
      <details>
        <summary>{text("join.read")}</summary>
        <p>{text("join.readHint")}</p>
        <Copy
          content={`${offer.commands.join("\n")}\n`}
          label={text("join.commands")}
          action={text("join.copyCommands")}
        />
      </details>
      <details>
        <summary>{text("join.options")}</summary>
        <p>
          {t("join.optionsHint", {
            agent: code("-s -- --agent-only"),
            tracker: code("-s -- --tracker-only"),
            uninstall: code("-s -- --uninstall"),
          })}
        </p>
      </details>
    </>
  );
}

function code(words: string): ComponentChildren {
  return <code>{words}</code>;
}
