/** The nightly backups of the hub: where they are, the last one, and why there is none since. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { BackupView } from "../../core/api/backup_view.ts";
import type { Api } from "../live/api.ts";
import { Age } from "../parts/moment.tsx";
import { useQuery } from "../parts/query.ts";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";

interface BackupNoteProps {
  readonly api: Api;
  readonly hubNowMs: ReadonlySignal<number>;
}

export function BackupNote({ api, hubNowMs }: BackupNoteProps): JSX.Element | null {
  const query = useQuery<{ readonly backup: BackupView | null }>(api, "/api/v1/backups");
  if (query.kind !== "good") return null;
  const { backup } = query.body;
  return (
    <Section heading={text("sessionsPage.backups")}>
      {backup === null ? <p>{text("sessionsPage.backupsNone")}</p> : (
        <>
          <p>
            {backup.last_at === null
              ? text("sessionsPage.backupsNotYet")
              : t("sessionsPage.backupsLast", {
                when: <Age at={backup.last_at} hubNowMs={hubNowMs} />,
              })} {t("sessionsPage.backupsFolder", { folder: <code>{backup.folder}</code> })}
          </p>
          {backup.failure !== null && (
            <p class="warned">{text(`sessionsPage.backupFailure_${backup.failure}`)}</p>
          )}
        </>
      )}
    </Section>
  );
}
