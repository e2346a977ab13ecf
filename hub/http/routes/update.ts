/** What a Pi's updater asks of the hub, with the Pi's own credential: a signed list, and packages. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { sourceOf } from "../../../core/network/address.ts";
import { isNonce, manifestText } from "../../../core/update/manifest.ts";
import { BrokerLogins } from "../../broker/broker_logins.ts";
import type { Credentials } from "../../credentials/credentials.ts";
import type { PackageFolder } from "../../join/package_folder.ts";
import type { Refusals } from "../../live/refusals.ts";
import type { SigningKey } from "../../update/signing_key.ts";
import { failure, tooMany } from "../answer.ts";
import { requestOriginOf } from "../request_origin.ts";
import { servePackage } from "./package_download.ts";

export interface UpdateRoutesOptions {
  readonly credentials: Pick<Credentials, "has" | "recognises" | "verify">;
  readonly packages: PackageFolder;
  readonly refusals: Refusals;
  /** `undefined`: the hub can sign nothing. */
  readonly signingKey: SigningKey | undefined;
}

/** The node that has logged in, for the handlers. */
interface OfNode {
  readonly Variables: { node: string };
}

const WAIT_S = 5;
/** An id, a colon and a password of a configuration, in Base64. */
const LOGIN_LENGTH_MAX = 8192;

export function updateRoutes(options: UpdateRoutesOptions): Hono<OfNode> {
  const routes = new Hono<OfNode>();
  const { packages, signingKey } = options;
  routes.use("/update/*", requireNode(options));
  routes.get("/update/:architecture/manifest", async (context) => {
    const nonce = context.req.query("nonce") ?? "";
    if (!isNonce(nonce)) {
      const message = "nonce: expected 32 hexadecimal digits";
      return failure(context, 400, { code: "bad_request", message, field: "nonce" });
    }
    if (signingKey === undefined) {
      const message = "The hub has no key to sign packages: its log says why";
      return failure(context, 503, { code: "internal", message });
    }
    const architecture = context.req.param("architecture");
    const files = (await packages.list()).filter((one) => one.architecture === architecture);
    const [first] = files;
    if (first === undefined) {
      const message = "The hub has no packages for this architecture";
      return failure(context, 404, { code: "not_found", message });
    }
    const node = context.get("node");
    const text = manifestText({ node, nonce, architecture, version: first.version, files });
    const signature = btoa(String.fromCharCode(...signingKey.sign(text)));
    context.header("Content-Type", "text/plain; charset=utf-8");
    return context.body(`${signature}\n${text}`);
  });
  routes.get("/update/file/:file", async (context) => {
    return await servePackage(context, packages, context.req.param("file"));
  });
  return routes;
}

/** Lets nodes pass that name themselves, with the password that they have at the broker. */
function requireNode({ credentials, refusals }: UpdateRoutesOptions): MiddlewareHandler<OfNode> {
  const logins = new BrokerLogins();
  return async (context, next) => {
    context.header("Cache-Control", "no-store, no-transform");
    const { address } = requestOriginOf(context);
    const { user, password } = basicLogin(context);
    const login = { user, password, address: sourceOf(address) };
    const result = password === "" ? "wrong" : await logins.checkNode(login, credentials);
    if (result === "right") {
      context.set("node", user);
      return await next();
    }
    refusals.note("broker_login", address);
    if (result === "unchecked") return tooMany(context, "Too many logins at a time", WAIT_S);
    const message = "Only a Pi of this hub may ask this, with its own credential";
    return failure(context, 401, { code: "unauthorized", message });
  };
}

/** Both are empty without a valid header. */
function basicLogin(context: Context): { readonly user: string; readonly password: string } {
  const header = context.req.header("Authorization") ?? "";
  const [, base64 = ""] = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(header) ?? [];
  if (header.length > LOGIN_LENGTH_MAX || base64 === "") return { user: "", password: "" };
  try {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const [, user = "", password = ""] = /^([^:]*):(.*)$/s.exec(new TextDecoder().decode(bytes)) ??
      [];
    return { user, password };
  } catch {
    return { user: "", password: "" };
  }
}
