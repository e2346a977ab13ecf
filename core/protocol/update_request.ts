/** The request by which a hub asks a node to upgrade. */

import * as v from "valibot";
import { type Decoded, parseObject, validate } from "./decoding.ts";

/** The request changes nothing by itself: what is installed is decided by the updater. */
export interface UpdateRequest {
  /** The version that the hub has. */
  readonly version: string;
}

const requestSchema = v.object({
  version: v.pipe(v.string(), v.regex(/^\d[\w.+~-]{0,63}$/, "a version such as 0.2.0")),
});

export function encodeUpdateRequest({ version }: UpdateRequest): string {
  return JSON.stringify({ version });
}

export function decodeUpdateRequest(payload: string): Decoded<UpdateRequest> {
  const json = parseObject(payload);
  return json.ok ? validate(requestSchema, json.value) : json;
}
