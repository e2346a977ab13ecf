/** Lists the channels, and how to set one up when there is none. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type {
  ChannelState,
  ChannelView,
  NotificationView,
} from "../../core/alerting/notification.ts";
import { Copy } from "../parts/copy.tsx";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import type { Severity } from "../status/verdict.ts";
import { text } from "../texts/texts.ts";
import { providerText } from "../words/provider_text.ts";
import { oneLine } from "../words/shown_name.ts";
import { ntfySettings, ntfyTopic } from "./ntfy_settings.ts";

const SEVERITIES: Readonly<Record<ChannelState, Severity>> = {
  works: "well",
  printed: "attention",
  down: "down",
  failing: "down",
};

const NAME_MAX = 40;

export function MessagesNow(
  { notification }: { readonly notification: NotificationView },
): JSX.Element {
  const { state, channels } = notification;
  return (
    <Section heading={text("alarmPage.messages")} class="messages-now">
      {channels.length > 0 && (
        <ul class="panel-list">
          {channels.map((channel) => <ChannelRow key={channel.name} channel={channel} />)}
        </ul>
      )}
      {(state === "none" || state === "printed") && <SetUp />}
    </Section>
  );
}

function ChannelRow({ channel: { name, state } }: { readonly channel: ChannelView }): JSX.Element {
  const severity = SEVERITIES[state];
  return (
    <li class={`panel severity-${severity}`} data-channel={name}>
      <StatusIcon severity={severity} />
      <p>
        <bdi>{oneLine(providerText(name), NAME_MAX)}</bdi>
        {": "}
        <b>{text(`alarmPage.channel_${state}`)}</b>
      </p>
    </li>
  );
}

/** The channel that is free and needs no account. */
function SetUp(): JSX.Element {
  const topic = useMemo(() => ntfyTopic(), []);
  return (
    <>
      <p>{text("alarmPage.setUpIntro")}</p>
      <ol class="numbered">
        <li>{t("alarmPage.setUpApp", { topic: <code class="topic">{topic}</code> })}</li>
        <li>
          {text("alarmPage.setUpConfig")}
          <Copy
            content={ntfySettings(topic)}
            label={text("alarmPage.setUpLabel")}
            action={text("alarmPage.setUpCopy")}
          />
        </li>
        <li>{text("alarmPage.setUpRestart")}</li>
      </ol>
      <p class="hint">{text("alarmPage.setUpOthers")}</p>
    </>
  );
}
