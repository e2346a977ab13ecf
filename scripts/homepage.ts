/** Where this project is published. */

/** GitHub's workflows know the name of their repository. Elsewhere it is that of the documents. */
const REPOSITORY = Deno.env.get("GITHUB_REPOSITORY") ?? "OWNER/rpi-cluster-alert";

export const HOMEPAGE = `https://github.com/${REPOSITORY}`;
