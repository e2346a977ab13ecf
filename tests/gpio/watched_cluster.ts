/**
 * A cluster of compiled programs round a real Mosquitto, and what tells people of it: page,
 * verdicts on MQTT, LED and messages.
 */

import { smsThrough } from "../support/delivery/phone.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { TestNetwork } from "../support/network/network.ts";
import { FailingPi } from "../support/nodes/failing_pi.ts";
import { Chromium } from "../support/page/chromium.ts";
import { openPage } from "../support/page/open_page.ts";
import { PageObserver } from "../support/page/page_observer.ts";
import { VerdictObserver } from "../support/page/verdict_observer.ts";
import { MOSQUITTO, type TestCluster } from "../support/program/cluster.ts";
import { type Sections, withSections } from "../support/program/programs.ts";
import { LedSight } from "./led_observer.ts";

export interface WatchSettings {
  /** Of the Pis that can fail, each on a machine of its own. */
  readonly names: readonly string[];
  /** Sections of the hub's and of the tracker's configuration. */
  readonly hub: Sections;
  readonly tracker?: Sections;
}

export interface WatchedCluster {
  readonly cluster: TestCluster;
  readonly pis: readonly FailingPi[];
  readonly phone: TwilioDouble;
  readonly chromium: Chromium;
  readonly page: PageObserver;
  readonly verdicts: VerdictObserver;
  readonly led: LedSight;
}

/** Starts all of it as `parts`, which the caller disposes. Resolves when everybody sees every Pi up. */
export async function watchCluster(
  parts: AsyncDisposableStack,
  { names, hub, tracker = {} }: WatchSettings,
): Promise<WatchedCluster> {
  const network = parts.use(await TestNetwork.open());
  const phone = parts.use(new TwilioDouble());
  const cluster = parts.use(
    await MOSQUITTO.start({
      address: network.address,
      compiled: true,
      hub: withSections(smsThrough(phone), hub),
    }),
  );
  const pis: FailingPi[] = [];
  for (const name of names) pis.push(await FailingPi.start(name, { cluster, network }));
  const led = parts.use(await LedSight.start(cluster.port, tracker));
  const verdicts = parts.use(await VerdictObserver.connect(cluster.port));
  const chromium = parts.use(await Chromium.start());
  const page = await pageSightOf(chromium, cluster);
  return { cluster, pis, phone, chromium, page, verdicts, led };
}

async function pageSightOf(chromium: Chromium, { hub }: TestCluster): Promise<PageObserver> {
  const observer = Promise.withResolvers<PageObserver>();
  await chromium.story(async (tab) => {
    await openPage(tab, hub);
    observer.resolve(await PageObserver.of(tab));
  });
  return await observer.promise;
}
