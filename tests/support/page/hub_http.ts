/** Shared by the tests of the hub's HTTP side: logins, and the format of errors. */

import assert from "node:assert/strict";
import type { Hub } from "../program/programs.ts";

/** The name of the session cookie. */
export const COOKIE = "rpi_cluster_session";

/** Asserts the status of an answer and returns its error. */
export async function errorOf(response: Response, status: number): Promise<string> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  const { error } = JSON.parse(text);
  const { code, message, field, ...others } = error;
  assert.deepEqual(others, {});
  assert.ok(message.length > 0);
  assert.ok(field === undefined || (code === "bad_request" && message.startsWith(`${field}: `)));
  return code;
}

/** Sends a login with any body. */
export async function login(hub: Hub, body: string): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return await hub.fetch("/api/v1/login", { method: "POST", headers, body });
}

/** Sends a login with a password. */
export async function loginWith(hub: Hub, password: string): Promise<Response> {
  return await login(hub, JSON.stringify({ password }));
}

/** Returns the session cookie of a login, as a browser sends it. */
export async function session(hub: Hub): Promise<string> {
  const response = await loginWith(hub, hub.password);
  assert.equal(response.status, 200, await response.text());
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}
