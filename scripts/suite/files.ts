/** The test files of a run, the long ones first. */

import { join } from "node:path";
import { PROJECT } from "../project.ts";
import type { TestSet } from "./sets.ts";

/**
 * These files take most of the cores or most of the time. They start first, so that at the end no core
 * is idle while the last of them runs.
 */
export const STARTED_FIRST: readonly string[] = [
  "tests/gpio/whole_path_test.ts",
  "tests/gpio/doctor_test.ts",
  "tests/gpio/tracker_lines_test.ts",
  "tests/integration/tracker/own_network_test.ts",
  "tests/integration/store/hub_storage_test.ts",
  "tests/integration/faults/matrix_test.ts",
  "tests/systemd/vm/install_test.ts",
  "tests/integration/agent/agent_storage_test.ts",
  "tests/integration/broker/credential_flood_test.ts",
  "tests/gpio/tracker_button_test.ts",
  "tests/browser/life_test.ts",
  "tests/gpio/lines_bookworm_test.ts",
  "tests/integration/delivery/hub_route_test.ts",
  "tests/browser/care_test.ts",
  "tests/gpio/patterns_test.ts",
  "tests/integration/hub/hub_restart_test.ts",
  "tests/integration/tracker/silence_test.ts",
  "tests/gpio/tracker_alone_test.ts",
  "tests/gpio/lines_trixie_test.ts",
  "tests/gpio/tracker_test.ts",
  "tests/browser/list_test.ts",
  "tests/integration/faults/crash_test.ts",
  "tests/browser/connection_test.ts",
];

/** The files of a set as paths in the project, in alphabetical order. */
export function filesOf({ paths, except = [] }: TestSet): readonly string[] {
  return paths.flatMap(testsIn).filter((path) => !except.some((place) => isIn(path, place)))
    .toSorted();
}

/** The position of a file in the order of starting. */
export function turnOf(path: string): number {
  const index = STARTED_FIRST.indexOf(path);
  return index < 0 ? STARTED_FIRST.length : index;
}

function testsIn(path: string): readonly string[] {
  if (path.endsWith(".ts")) return [path];
  return [...Deno.readDirSync(join(PROJECT, path))].flatMap(({ name, isDirectory }) => {
    const inner = `${path}/${name}`;
    if (isDirectory) return testsIn(inner);
    return name.endsWith("_test.ts") ? [inner] : [];
  });
}

function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}
