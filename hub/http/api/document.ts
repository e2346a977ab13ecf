/** The OpenAPI document of the operations and the schemas of their answers. */

import { type JsonSchema, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { COMPONENTS } from "../schema/components.ts";
import { COMMON_FAILURES, failuresOf } from "./failures.ts";
import type { Failure, InputSchema, Operation } from "./operation.ts";

type Json = Readonly<Record<string, unknown>>;

const TITLE = "RPi Cluster Alert: the hub's API";
const DESCRIPTION =
  "What the hub answers. Instants are RFC 3339 in UTC. Later versions may add keys and codes: ignore " +
  "those that you do not know.";
/** The API's version, as in its paths. The program's version is not shown to unknown clients. */
const API_VERSION = "1";

/** An OpenAPI 3.1 document of these operations. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: operationObject(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: TITLE,
      description: DESCRIPTION,
      version: API_VERSION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: toJsonSchemaDefs(COMPONENTS, {
        target: "draft-2020-12",
        overrideRef: ({ referenceId }) => refTo(referenceId),
      }),
      responses: Object.fromEntries(
        COMMON_FAILURES.map((one) => [one.name, failureObject(one)]),
      ),
      securitySchemes: {
        password: {
          type: "http",
          scheme: "bearer",
          description: "The hub's password as Bearer token.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "rpi_cluster_session",
          description: "The cookie that a login sets.",
        },
      },
    },
  };
}

function operationObject(operation: Operation): Json {
  const { id, tag, summary, description, body, bodyExample } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf(operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : {
      requestBody: {
        required: true,
        content: { "application/json": { schema: inputOf(body), example: bodyExample ?? {} } },
      },
    }),
    responses: responsesOf(operation),
  };
}

function securityOf({ access }: Operation): readonly Json[] {
  const logins = [{ password: [] }, { session: [] }];
  switch (access) {
    case "anyone":
      return [];
    case "viewer":
      // A public page needs no login.
      return [...logins, {}];
    case "operator":
      return logins;
  }
}

function parametersOf({ path, query }: Operation): readonly Json[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
    example: path.startsWith("/api/v1/nodes/") ? "john-snow" : "3",
  }));
  return [...inPath, ...(query === undefined ? [] : queryParametersOf(query))];
}

function queryParametersOf({ entries }: InputSchema): readonly Json[] {
  return Object.entries(entries).map(([name, entry]) => ({
    name,
    in: "query",
    required: false,
    schema: inputOf(entry),
  }));
}

function responsesOf(operation: Operation): Json {
  const { description, schema, contentType, status = 200, example } = operation.answer;
  const type = schema === undefined ? contentType : "application/json";
  const content = schema === undefined ? { type: "string" } : { $ref: refTo(nameOf(schema)) };
  const answer = {
    description,
    ...(type === undefined ? {} : { content: { [type]: { schema: content, example } } }),
  };
  const responses: Record<string, Json> = { [status]: answer };
  for (const [status, failures] of failuresOf(operation)) {
    const [only] = failures;
    responses[status] = failures.length === 1 && only !== undefined && "name" in only
      ? { $ref: `#/components/responses/${only.name}` }
      : failureObject(...failures);
  }
  return responses;
}

/** The meanings of one status. */
function failureObject(...failures: readonly Failure[]): Json {
  const examples = failures.flatMap(({ code, description: message }) =>
    code === undefined ? [] : [[code, { value: { error: { code, message } } }]]
  );
  const isLate = failures.some(({ status, code }) => status === 429 || code === "too_many_viewers");
  return {
    description: failures.map(({ description }) => description).join(" "),
    ...(isLate ? { headers: RETRY_AFTER } : {}),
    content: examples.length === 0 ? { "text/plain": { schema: { type: "string" } } } : {
      "application/json": {
        schema: { $ref: refTo("Error") },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

const RETRY_AFTER = {
  "Retry-After": { description: "Seconds.", schema: { type: "integer", minimum: 1 } },
};

/** The schema of an input. */
function inputOf(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
  });
  return rest;
}

function nameOf(schema: v.GenericSchema): string {
  const found = Object.entries(COMPONENTS).find(([, component]) => component === schema);
  if (found === undefined) throw new Error("an answer of the API has no name in COMPONENTS");
  return found[0];
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}
