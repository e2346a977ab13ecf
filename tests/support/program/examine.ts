/** Runs the doctor of a program, with the program's own permissions. */

import assert from "node:assert/strict";
import type { Finding } from "../../../core/doctor/finding.ts";
import type { TestProgram } from "./programs.ts";

export interface Examination {
  readonly code: number;
  /** By subject. */
  readonly findings: Readonly<Record<string, Finding>>;
  readonly text: string;
}

export async function examine(program: TestProgram): Promise<Examination> {
  const { code, text } = await program.run("doctor", "--json");
  const answer: { readonly ok: boolean; readonly findings: readonly Finding[] } = JSON.parse(text);
  assert.equal(answer.ok, code === 0, text);
  const findings = Object.fromEntries(answer.findings.map((finding) => [finding.subject, finding]));
  return { code, findings, text };
}
