/** Refused clients over HTTP, after a login. */

import type { Projection } from "../../live/projection.ts";
import type { Refusals } from "../../live/refusals.ts";
import type { Api } from "../api/api.ts";
import { REFUSAL, STATUS } from "../api/examples.ts";
import { refusals as refusalsSchema } from "../schema/answers.ts";

export interface RefusalRoutesOptions {
  readonly projection: Pick<Projection, "now">;
  readonly refusals: Pick<Refusals, "all">;
}

const operation = {
  id: "getRefusals",
  method: "get",
  path: "/api/v1/refusals",
  tag: "Access",
  summary: "Who was refused something, and how often",
  access: "operator",
  answer: {
    description: "The busiest of each reason, until an hour after the last refusal.",
    schema: refusalsSchema,
    example: { at: STATUS.at, clients: [{ ...REFUSAL, active: true }] },
  },
} as const;

export function refusalRoutes(api: Api, { projection, refusals }: RefusalRoutesOptions): void {
  api.serve(operation, (context) => {
    return context.json({ at: projection.now(), clients: refusals.all() });
  });
}
