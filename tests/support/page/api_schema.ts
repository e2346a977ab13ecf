/** `docs/api.schema.json` as a judge of what the hub really says. */

import Ajv from "ajv/dist/2020.js";
import assert from "node:assert/strict";
import document from "../../../docs/api.schema.json" with { type: "json" };

/** The names under which the document describes what the hub says. */
export type SchemaName = keyof typeof document.$defs;

/** Other programs ignore keys that they do not know; here each key must be described. */
const ajv = new Ajv.default({ strict: true, allowUnionTypes: true, allErrors: true });
ajv.addSchema(closed(document), "api");

/** What is wrong with a value, by the document; empty when nothing is. */
export function faultsOf(name: SchemaName, value: unknown): readonly string[] {
  const validate = ajv.getSchema(`api#/$defs/${name}`);
  assert.ok(validate, `no schema of the name ${name}`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export function assertSays(name: SchemaName, value: unknown): void {
  assert.deepEqual(faultsOf(name, value), [], `${name}: ${JSON.stringify(value).slice(0, 2000)}`);
}

/** The same schema, in which every object has the described keys alone. */
function closed(schema: object): Record<string, unknown> {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closedValue(value)]),
  );
  const isOpen = "properties" in schema && !("additionalProperties" in schema);
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === "object" && value !== null ? closed(value) : value;
}
