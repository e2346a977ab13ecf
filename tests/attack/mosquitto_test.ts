/** Attacks on a hub with Mosquitto as we configure it. */

import { testAttacks } from "./attack_tests.ts";
import { MOSQUITTO } from "./brokers.ts";

testAttacks(MOSQUITTO);
