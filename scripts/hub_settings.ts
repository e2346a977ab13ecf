/** The hub's settings in the start task, and those with which a demo can run for hours. */

/** The configuration that `start` writes for a hub without one. */
export const HUB_CONFIG =
  `; Made by the start task, once. Change it as you like: docs/configuration.md lists all keys.
; Ports and state are taken from the environment, else 8080, 1883 and this folder.
`;

/**
 * The simulated Pis die more often than real ones. With default settings they would soon count as
 * flapping or exceed the message budget, and messages would stop. The tracker needs these settings
 * too, so they are in the environment; a person's own variables take precedence.
 */
export const DEMO_ENVIRONMENT = {
  RPI_CLUSTER_ALERTS_FLAP: "0",
  RPI_CLUSTER_ALERTS_PER_HOUR: "1000",
};

/** The demo prints its messages, and soon. */
export const DEMO_CONFIG = `${HUB_CONFIG}
[alerts]
hold = 5s
group = 2s

[sms]
provider = print
to = +15005550006
`;
