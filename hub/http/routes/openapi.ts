/** The API's own description, for programs. */

import type { Api } from "../api/api.ts";
import { openApiDocument } from "../api/document.ts";
import { openApi } from "../schema/answers.ts";

const operation = {
  id: "getOpenApi",
  method: "get",
  path: "/api/openapi.json",
  tag: "Programs",
  summary: "This document",
  access: "anyone",
  isCompressed: true,
  answer: { description: "OpenAPI 3.1.", schema: openApi, example: { openapi: "3.1.0" } },
} as const;

/** Must be added last, because it describes the operations that exist by then. */
export function openApiRoute(api: Api): void {
  let text: string | undefined;
  api.serve(operation, (context) => {
    text ??= JSON.stringify(openApiDocument(api.operations));
    return context.body(text, 200, { "Content-Type": "application/json" });
  });
}
