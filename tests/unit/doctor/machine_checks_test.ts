/** What the doctor finds on this machine: folders of the kernel, users and groups. */

import assert from "node:assert/strict";
import { checkDevices } from "../../../tracker/doctor/device_checks.ts";
import { readIdentity } from "../../../io/doctor/identity.ts";
import { TRACKER } from "../../../io/doctor/service.ts";
import { findServiceUser } from "../../../io/doctor/service_user.ts";
import { configOfIni } from "../../support/program/ini_config.ts";

/** Files of the kernel and of the system, some of them read-only. */
class Files {
  readonly touched: string[] = [];
  readonly #texts: Readonly<Record<string, string>>;
  readonly #readOnly: readonly string[];

  constructor(texts: Readonly<Record<string, string>>, readOnly: readonly string[] = []) {
    this.#texts = texts;
    this.#readOnly = readOnly;
  }

  read(path: string): string {
    const text = this.#texts[path];
    if (text === undefined) throw new Error(`Cannot open "${path}": no such file (ENOENT)`);
    return text;
  }

  write(path: string, text: string): void {
    assert.equal(text, "", "nothing is changed");
    this.read(path);
    if (this.#readOnly.includes(path)) {
      throw new Error(`Cannot open "${path}": permission denied (EACCES)`);
    }
    this.touched.push(path);
  }
}

Deno.test("an on-board LED must exist and be writable", () => {
  const { rpi } = configOfIni("[rpi]\nled = sysfs:ACT\nbuzzer = none\n");
  const trigger = "/sys/class/leds/ACT/trigger";
  const brightness = "/sys/class/leds/ACT/brightness";
  const texts = { [trigger]: "[mmc0] none", [brightness]: "0" };
  const levelWith = (files: Files) => checkDevices(rpi, files).map(({ level }) => level);
  const files = new Files(texts);
  assert.deepEqual(levelWith(files), ["ok"]);
  assert.deepEqual(files.touched, [trigger, brightness]);
  assert.deepEqual(levelWith(new Files({})), ["wrong"]);
  assert.deepEqual(levelWith(new Files(texts, [brightness])), ["wrong"]);
  assert.deepEqual(checkDevices(configOfIni("").rpi, new Files({})), [], "lines are no folders");
});

Deno.test("a PWM channel must exist and be writable", () => {
  const folder = "/sys/class/pwm/pwmchip1";
  const texts = { [`${folder}/npwm`]: "2\n", [`${folder}/export`]: "" };
  const levelOf = (buzzer: string, files: Files) =>
    checkDevices(configOfIni(`[rpi]\nbuzzer = ${buzzer}\n`).rpi, files).map(({ level }) => level);
  assert.deepEqual(levelOf("pwm:1", new Files(texts)), ["ok"]);
  assert.deepEqual(levelOf("pwm:2", new Files(texts)), ["wrong"]);
  assert.deepEqual(levelOf("pwm:1", new Files({})), ["wrong"]);
  assert.deepEqual(levelOf("pwm:1", new Files(texts, [`${folder}/export`])), ["wrong"]);
});

Deno.test("the doctor finds the service's user and all of his groups", () => {
  const system = {
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nrpi-cluster-alert:x:990:989::/:/bin/false\n",
    "/etc/group": "gpio:x:997:pi,rpi-cluster-alert\ni2c:x:998:pi\nrpi-cluster-alert:x:989:\n",
  };
  const old = { name: "rpi-cluster-alert", numbers: { user: 990, group: 989, groups: [989, 997] } };
  assert.deepEqual(findServiceUser(new Files(system), TRACKER), old);
  const users = `${system["/etc/passwd"]}rpi-cluster-tracker:x:991:991::/:/bin/false\n`;
  const both = { ...system, "/etc/passwd": users };
  const present = { user: 991, group: 991, groups: [991] };
  assert.deepEqual(findServiceUser(new Files(both), TRACKER), {
    name: "rpi-cluster-tracker",
    numbers: present,
  });
  const unit = "[Service]\nUser=rpi-cluster-alert\n";
  const notUpdated = { ...both, "/etc/systemd/system/tracker.service": unit };
  assert.deepEqual(findServiceUser(new Files(notUpdated), TRACKER), old);
  const foreign = { ...system, "/etc/passwd": "root:x:0:0::/root:/bin/sh\n" };
  const nobody = { name: "rpi-cluster-tracker", numbers: undefined };
  assert.deepEqual(findServiceUser(new Files(foreign), TRACKER), nobody);
});

Deno.test("the doctor knows the user that runs it", () => {
  const status = "Name:\ttracker\nUid:\t1000\t1001\t0\t0\nGid:\t5\t1001\t5\t5\nGroups:\t27 997 \n";
  const system = {
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\npi:x:1001:1001::/home/pi:/bin/sh\n",
    "/etc/group": "gpio:x:997:pi,arya\ni2c:x:998:pi\npi:x:1001:\n",
  };
  const identity = readIdentity(new Files({ "/proc/self/status": status, ...system }));
  assert.deepEqual(identity, {
    user: "pi",
    isRoot: false,
    groups: ["pi", "27", "gpio"],
    listedGroups: ["gpio", "i2c"],
    hasGpioGroup: true,
  });
  assert.equal(readIdentity(new Files(system)), undefined);
  const unknown = readIdentity(new Files({ "/proc/self/status": status }));
  assert.equal(unknown?.user, "1001");
});
