/** The attacks, in the order in which they are tried. */

export interface Attack {
  /** As tests and the table call it. */
  readonly name: string;
  /** Its program in `attackers/`, without the ending. */
  readonly program: string;
  /** What its program counts, and how much of it makes an attack in 15 s: a tenth of its aim. */
  readonly atLeast: readonly [count: string, number: number];
  /** The soak alone tries the others. */
  readonly inEveryRun?: true;
}

export const ATTACKS: readonly Attack[] = [
  {
    name: "half-open HTTP",
    program: "half_open_http",
    atLeast: ["connections", 600],
    inEveryRun: true,
  },
  { name: "half-open MQTT", program: "half_open_mqtt", atLeast: ["connections", 600] },
  { name: "TLS hellos", program: "tls_hellos", atLeast: ["hellos", 400] },
  {
    name: "wrong passwords",
    program: "wrong_passwords",
    atLeast: ["wrong passwords", 600],
    inEveryRun: true,
  },
  { name: "births and farewells", program: "births", atLeast: ["statuses", 10] },
  { name: "heartbeats", program: "heartbeats", atLeast: ["messages", 3000], inEveryRun: true },
  { name: "big messages", program: "big_messages", atLeast: ["messages", 100] },
  { name: "id takeover", program: "id_takeover", atLeast: ["connections", 100] },
  { name: "WebSockets", program: "websockets", atLeast: ["connections", 300] },
  { name: "page logins", program: "page_logins", atLeast: ["wrong passwords", 150] },
  { name: "retained messages", program: "retained", atLeast: ["messages", 100] },
  { name: "subscriptions", program: "subscriptions", atLeast: ["subscriptions", 100] },
];
