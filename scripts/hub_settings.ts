/** How the hub of the start task is set up, and what a demo needs to go on for hours. */

/** What `start` writes for a hub that has no configuration yet. */
export const HUB_CONFIG =
  `; Made by the start task, once. Change it as you like: docs/configuration.md lists all keys.
; Ports and state are taken from the environment, else 8080, 1883 and this folder.
`;

/**
 * The pretend Pis die more often than real ones: told as flapping, or beyond the budget of messages,
 * they would soon be silent. For the tracker, too, so in the environment; a person's own goes first.
 */
export const DEMO_ENVIRONMENT = {
  RPI_CLUSTER_ALERTS_FLAP: "0",
  RPI_CLUSTER_ALERTS_PER_HOUR: "1000",
};

/** The demo prints what it would send, and soon. */
export const DEMO_CONFIG = `${HUB_CONFIG}
[alerts]
hold = 5s
group = 2s

[sms]
provider = print
to = +15005550006
`;
