/** Why the hub refused a request, in the reader's language: by its code and the values beside it. */

import { type ApiError, apiErrorIn } from "../../core/api/error.ts";
import { fieldTexts } from "../texts/failure.ts";
import { text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";
import { oneLine } from "../words/shown_name.ts";

const SECOND_MS = 1000;
const FIELD_SHOWN_MAX = 40;

/** Reads the answer to a refused request. An answer from a proxy only has a status. */
export async function refusalText(response: Response): Promise<string> {
  const { status, headers } = response;
  const { code, field }: Partial<ApiError> = apiErrorIn(
    await response.json().catch(() => undefined),
  );
  const waitS = Number(headers.get("Retry-After") ?? NaN);
  if (code === undefined) return text("error.other", { status });
  if (code === "bad_request" && field !== undefined) {
    return text("error.field", { field: fieldText(field) });
  }
  if (code === "too_many_attempts" && waitS > 0) {
    return text("error.wait", { length: lengthText(waitS * SECOND_MS) });
  }
  return text(`error.${code}`);
}

/** The page's word for a key of a request, or else the key itself. */
function fieldText(field: string): string {
  return isNamed(field) ? text(`field.${field}`) : oneLine(field, FIELD_SHOWN_MAX);
}

function isNamed(field: string): field is keyof typeof fieldTexts {
  return Object.hasOwn(fieldTexts, field);
}
