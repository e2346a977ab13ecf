/** The fault matrix: what is done to a cluster, and exactly what the person is told of it. */

import { testFaults } from "../../support/faults/fault_matrix.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import { sized } from "../../support/program/tier.ts";
import { BROKER_ROWS } from "./broker_rows.ts";
import { CABLE_ROWS } from "./cable_rows.ts";
import { CARD_ROWS } from "./card_rows.ts";
import { FROZEN_ROWS } from "./frozen_rows.ts";
import { HUB_ROWS } from "./hub_rows.ts";
import { NAME_ROWS } from "./name_rows.ts";
import { NETWORK_ROWS } from "./network_rows.ts";
import { PROVIDER_ROWS } from "./provider_rows.ts";
import { REBOOT_ROWS } from "./reboot_rows.ts";

const ROWS: readonly FaultRow[] = [
  ...CABLE_ROWS,
  ...NETWORK_ROWS,
  ...CARD_ROWS,
  ...FROZEN_ROWS,
  ...BROKER_ROWS,
  ...HUB_ROWS,
  ...NAME_ROWS,
  ...PROVIDER_ROWS,
  ...REBOOT_ROWS,
];

testFaults(
  "people are told what is true, once, and nothing else",
  sized({ test: ROWS.filter(({ inEveryRun }) => inEveryRun), soak: ROWS }),
);
