/** Texts of the other views, which are loaded with the script of those views. */

import { addPageTexts } from "./add_page.ts";
import { alarmPageTexts } from "./alarm_page.ts";
import { chartTexts } from "./charts.ts";
import { incidentsPageTexts } from "./incidents_page.ts";
import { joinTexts } from "./join.ts";
import { nodePageTexts } from "./node_page.ts";
import { nodeUpgradeTexts } from "./node_upgrade.ts";
import { sessionsPageTexts } from "./sessions_page.ts";

export const FURTHER_AREAS = {
  addPage: addPageTexts,
  alarmPage: alarmPageTexts,
  chart: chartTexts,
  incidentsPage: incidentsPageTexts,
  join: joinTexts,
  nodePage: nodePageTexts,
  nodeUpgrade: nodeUpgradeTexts,
  sessionsPage: sessionsPageTexts,
} as const;

export type FurtherAreas = typeof FURTHER_AREAS;
