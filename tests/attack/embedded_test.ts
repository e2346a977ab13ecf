/** Attacks on a hub with its embedded broker. */

import { testAttacks } from "./attack_tests.ts";
import { EMBEDDED } from "./brokers.ts";

testAttacks(EMBEDDED);
