/** The hub's OpenAPI document, as an oracle of what the hub really answers. */

import Ajv from "ajv/dist/2020.js";
import assert from "node:assert/strict";

/** One operation as the document describes it. */
export interface ApiOperation {
  readonly operationId: string;
  readonly method: string;
  /** With `{id}` in it. */
  readonly path: string;
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, ApiContent>> };
  readonly responses: Readonly<Record<string, ApiAnswer>>;
}

interface ApiContent {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface ApiAnswer {
  readonly description: string;
  readonly content?: Readonly<Record<string, ApiContent>>;
  readonly $ref?: string;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, ApiAnswer>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

export class ApiDocument {
  readonly json: OpenApi;
  /** Other programs ignore keys that they do not know; here each key must be described. */
  readonly #ajv = new Ajv.default({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    formats: { "date-time": true },
  });

  private constructor(json: OpenApi) {
    this.json = json;
    // The document around the schemas says nothing about values.
    this.#ajv.addVocabulary(Object.keys(json));
    this.#ajv.addSchema(closed(json), "api");
  }

  /** As the hub serves it. */
  static async from(
    hub: { fetch(path: string): Response | Promise<Response> },
  ): Promise<ApiDocument> {
    const response = await hub.fetch("/api/openapi.json");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("Content-Type") ?? "", /^application\/json/);
    return new ApiDocument(await response.json());
  }

  get operations(): readonly ApiOperation[] {
    return Object.entries(this.json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        parameters: operation.parameters ?? [],
        method: method.toUpperCase(),
        path,
      }))
    );
  }

  /** What is wrong with a value, by the component of that name; empty when nothing is. */
  faultsOf(name: string, value: unknown): readonly string[] {
    return this.#faults(`/components/schemas/${name}`, value);
  }

  assertSays(name: string, value: unknown): void {
    assert.deepEqual(
      this.faultsOf(name, value),
      [],
      `${name}: ${JSON.stringify(value).slice(0, 2000)}`,
    );
  }

  /** The answer must be one that the document describes for that operation. Reads its body. */
  async assertAnswer(operation: ApiOperation, response: Response): Promise<string> {
    const { operationId, path, method, responses } = operation;
    const text = await response.text();
    const what = `${operationId}: ${response.status} ${text.slice(0, 500)}`;
    const described = responses[response.status];
    assert.ok(described, `not described: ${what}`);
    const found = this.#resolved(described);
    const type = (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
    assert.ok(found.answer.content?.[type], `a ${type} is not described: ${what}`);
    if (response.status === 429) assert.match(response.headers.get("Retry-After") ?? "", /^\d+$/);
    if (type === "application/json") {
      const answers = found.pointer ??
        `/paths/${pointerPart(path)}/${method.toLowerCase()}/responses/${response.status}`;
      const pointer = `${answers}/content/${pointerPart(type)}/schema`;
      assert.deepEqual(this.#faults(pointer, JSON.parse(text)), [], what);
    }
    return text;
  }

  /** What is wrong with the examples of an operation. */
  exampleFaults({ path, method, requestBody, responses }: ApiOperation): readonly string[] {
    const base = `/paths/${pointerPart(path)}/${method.toLowerCase()}`;
    const contents = [
      ...Object.entries(requestBody?.content ?? {}).map(([type, content]) =>
        [`${base}/requestBody/content/${pointerPart(type)}`, content] as const
      ),
      ...Object.entries(responses).flatMap(([status, answer]) => {
        const { answer: { content = {} }, pointer } = this.#resolved(answer);
        return Object.entries(content).map(([type, one]) =>
          [`${pointer ?? `${base}/responses/${status}`}/content/${pointerPart(type)}`, one] as const
        );
      }),
    ];
    return contents.flatMap(([pointer, { example, examples = {} }]) => {
      const values = [example, ...Object.values(examples).map(({ value }) => value)]
        .filter((value) => value !== undefined);
      const isText = pointer.includes("text~1");
      if (values.length === 0 && !isText) return [`${pointer}: no example`];
      return values.flatMap((value) => this.#faults(`${pointer}/schema`, value));
    });
  }

  #resolved(
    answer: ApiAnswer,
  ): { readonly answer: ApiAnswer; readonly pointer: string | undefined } {
    if (answer.$ref === undefined) return { answer, pointer: undefined };
    const name = answer.$ref.replace("#/components/responses/", "");
    const found = this.json.components.responses[name];
    assert.ok(found, `no response ${answer.$ref}`);
    return { answer: found, pointer: answer.$ref.slice(1) };
  }

  #faults(pointer: string, value: unknown): readonly string[] {
    const validate = this.#ajv.getSchema(`api#${encodeURI(pointer)}`);
    assert.ok(validate, `no schema at ${pointer}`);
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) =>
      `${pointer}: ${instancePath} ${message}`
    );
  }
}

function pointerPart(text: string): string {
  return text.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The same document, in which every object has the described keys alone. */
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
