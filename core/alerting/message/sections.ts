/** The news of an alert, by kind. */

import type { Alert, AlertItem } from "../alert.ts";
import { downSections, stillDownSections } from "./deaths.ts";
import { faultOverSection, faultSection } from "./faults.ts";
import { flappingSections, stableSections } from "./flaps.ts";
import { blindSection, providerBackSection, providerDownSection, visibleSection } from "./links.ts";
import { rebootedSections, recoveredSections } from "./returns.ts";
import type { Section } from "./section.ts";

/** All sections of an alert, the most important first. */
export function sectionsOf({ items, common }: Alert): readonly Section[] {
  const of = byKind(items);
  return [
    ...downSections(of.down, common),
    ...stableSections(of.stable, "dead"),
    ...of.fault.map(faultSection),
    ...of.blind.map(blindSection),
    ...stillDownSections(of.still_down),
    ...of.uplink_down.map(providerDownSection),
    ...flappingSections(of.flapping),
    ...recoveredSections(of.recovered),
    ...rebootedSections(of.rebooted),
    ...stableSections(of.stable, "alive"),
    ...stableSections(of.stable, "left"),
    ...of.sees.map(visibleSection),
    ...of.uplink_back.map(providerBackSection),
    ...of.fault_over.map(faultOverSection),
  ];
}

type ByKind = { readonly [K in AlertItem["kind"]]: readonly Extract<AlertItem, { kind: K }>[] };

function byKind(items: readonly AlertItem[]): ByKind {
  function of<K extends AlertItem["kind"]>(kind: K): readonly Extract<AlertItem, { kind: K }>[] {
    return items.filter((one): one is Extract<AlertItem, { kind: K }> => one.kind === kind);
  }
  return {
    down: of("down"),
    still_down: of("still_down"),
    recovered: of("recovered"),
    rebooted: of("rebooted"),
    flapping: of("flapping"),
    stable: of("stable"),
    blind: of("blind"),
    sees: of("sees"),
    uplink_down: of("uplink_down"),
    uplink_back: of("uplink_back"),
    fault: of("fault"),
    fault_over: of("fault_over"),
  };
}
