/** The parts of the hub that upgrade Pis: the key that signs packages, and who is upgraded. */

import type { Config } from "../core/config/settings.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import type { Observations } from "../io/mqtt/observations.ts";
import type { Clock } from "../io/time/clock.ts";
import { PackageFolder } from "./join/package_folder.ts";
import type { Feed } from "./live/feed.ts";
import type { Projection } from "./live/projection.ts";
import { openSigningKey, type SigningKey } from "./update/signing_key.ts";
import { Upgrades } from "./update/upgrades.ts";

export interface UpdatePartsOptions {
  readonly config: Config;
  /** Disposes the parts. */
  readonly parts: AsyncDisposableStack;
  readonly clock: Clock;
  readonly observation: Observations;
  readonly projection: Projection;
  readonly feed: Feed;
}

export interface UpdateParts {
  readonly packages: PackageFolder;
  readonly signingKey: SigningKey | undefined;
  readonly upgrades: Upgrades;
}

export function startUpdates(options: UpdatePartsOptions): UpdateParts {
  const { config, parts, clock, observation, projection, feed } = options;
  const topics = topicsOf(config.mqtt.topicRoot);
  const packages = new PackageFolder(config.hub.packagesDir);
  const upgrades = parts.use(
    new Upgrades({
      clock,
      versions: () => packages.versions(),
      send(node, payload) {
        const topic = topics.update(node);
        void observation.publish({ topic, payload, qos: 1, retain: false });
      },
      onChange: (node) => feed.nodeChanged(node),
    }),
  );
  projection.askUpgrades((node) => upgrades.view(node));
  return { packages, signingKey: openSigningKey(config), upgrades };
}
