/** What agent and tracker run on in a run of tests. */

/** The variable that passes it to the tests: `node`; otherwise it is Deno. */
export const RUNTIME_VARIABLE = "PROGRAM_RUNTIME";
