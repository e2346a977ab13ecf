/** The views of the page and their addresses. */

/** A view of the page; `lost` is an unknown address. */
export type Route =
  | { readonly kind: "home" }
  | { readonly kind: "node"; readonly id: string }
  | { readonly kind: "incidents" }
  | { readonly kind: "alarm" }
  | { readonly kind: "add" }
  | { readonly kind: "sessions" }
  | { readonly kind: "lost"; readonly path: string };

/** Returns the view of an address's path. */
export function routeOf(path: string): Route {
  const node = /^\/nodes\/([^/]+)\/?$/.exec(path)?.[1];
  if (node !== undefined) {
    const id = decoded(node);
    return id === undefined ? { kind: "lost", path } : { kind: "node", id };
  }
  switch (path.replace(/(?<=.)\/$/, "")) {
    case "/":
      return { kind: "home" };
    case "/incidents":
      return { kind: "incidents" };
    case "/alarm":
      return { kind: "alarm" };
    case "/add":
      return { kind: "add" };
    case "/sessions":
      return { kind: "sessions" };
    default:
      return { kind: "lost", path };
  }
}

/** Returns the path of a view, for a link to it. */
export function pathOf(route: Route): string {
  switch (route.kind) {
    case "home":
      return "/";
    case "node":
      return `/nodes/${encodeURIComponent(route.id)}`;
    case "lost":
      return route.path;
    default:
      return `/${route.kind}`;
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
