/**
 * The view that adds a Pi: it makes a line for it, or its configuration, and waits until the Pi is
 * heard.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { AuthorityNote } from "../parts/authority_note.tsx";
import { Button } from "../parts/button.tsx";
import { Heading } from "../parts/heading.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { AddForm } from "./add_form.tsx";
import { ConfigSteps } from "./config_steps.tsx";
import { type Made, useEnrolment } from "./enrolment.ts";
import { JoinLine } from "./join_line.tsx";
import { JoinProgress } from "./join_progress.tsx";
import { OpenLines } from "./open_lines.tsx";
import { UnheardCredentials } from "./unheard_credentials.tsx";

/** What was made, and the session that the hub knew for this id before. */
interface Shown {
  readonly made: Made;
  readonly sessionBefore: string | null;
}

export function AddPage(props: ViewProps): JSX.Element {
  const { live, api } = props;
  const shown = useSignal<Shown | undefined>(undefined);
  const enrolment = useEnrolment(api, (made) => {
    const sessionBefore = live.each.node(made.id).peek()?.session ?? null;
    shown.value = { made, sessionBefore };
  });
  const { busy, again, clear } = enrolment;
  const another = () => {
    clear();
    shown.value = undefined;
  };
  return (
    <>
      <Heading>{text("addPage.title")}</Heading>
      {live.guest.value ? <p class="nothing">{text("addPage.guest")}</p> : (
        <>
          {shown.value === undefined && <p class="intro">{text("join.intro")}</p>}
          {shown.value === undefined && <AddForm enrolment={enrolment} nodes={live.nodes.value} />}
          {shown.value === undefined && <OpenLines live={live} api={api} />}
          {shown.value === undefined && <UnheardCredentials {...props} />}
          <p class="unseen" role="status">
            {shown.value && text("addPage.made", { name: shown.value.made.name })}
          </p>
          {shown.value && (
            <div class="steps">
              <Steps live={live} {...shown.value} busy={busy.value} onAgain={() => void again()} />
            </div>
          )}
          {shown.value && <Button onClick={another}>{text("addPage.another")}</Button>}
          <AuthorityNote api={api} />
        </>
      )}
    </>
  );
}

interface StepsProps extends Shown, Pick<ViewProps, "live"> {
  readonly busy: boolean;
  readonly onAgain: () => void;
}

function Steps({ made, ...rest }: StepsProps): JSX.Element {
  if ("config" in made) return <ConfigSteps {...rest} enrolled={made} />;
  return (
    <>
      <JoinLine key={made.join} offer={made} hubNowMs={rest.live.hubNowMs} />
      <JoinProgress key={`${made.join} progress`} {...rest} offer={made} />
    </>
  );
}
