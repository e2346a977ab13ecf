/** Writes the files by which a machine tells about itself into a temporary folder. */

/** A machine whose files can be written. */
export type Machine = "pi_2" | "pi_4" | "pi_5" | "pi_zero_2" | "pc";

/** What the machine's kernel says, by absolute path; a text ends as the kernel ends it. */
type Files = Readonly<Record<string, string>>;

const ANY: Files = {
  "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n',
  "/proc/stat":
    "cpu  1000 0 500 8000 300 0 200 0 0 0\ncpu0 1000 0 500 8000 300 0 200 0 0 0\nintr 9 9\n",
  "/proc/meminfo":
    "MemTotal:        1000000 kB\nMemFree:          100000 kB\nMemAvailable:     750000 kB\n",
  "/proc/uptime": "350735.47 234388.90\n",
  "/proc/sys/kernel/osrelease": "6.12.47+rpt-rpi-v8\n",
  "/proc/sys/kernel/hostname": "john-snow\n",
  "/proc/sys/kernel/random/boot_id": "13dd377f-1f87-4e33-8e07-94f02fb35945\n",
};
const TEMPERATURE: Files = { "/sys/class/thermal/thermal_zone0/temp": "48312\n" };

/** Device-tree texts end with NUL, without a line break. */
function board(model: string, serial: string): Files {
  return {
    "/proc/device-tree/model": `${model}\0`,
    "/proc/device-tree/serial-number": `${serial}\0`,
    ...TEMPERATURE,
  };
}

function hwmon(index: number, name: string, files: Files = {}): Files {
  const device = `/sys/class/hwmon/hwmon${index}`;
  const inside = Object.entries(files).map(([file, text]) => [`${device}/${file}`, text]);
  return { [`${device}/name`]: `${name}\n`, ...Object.fromEntries(inside) };
}

const VOLTAGE_ALARM = "in0_lcrit_alarm";
const MACHINES: Readonly<Record<Machine, Files>> = {
  // An old kernel: no voltage sensor, but what the firmware says.
  pi_2: {
    ...ANY,
    ...board("Raspberry Pi 2 Model B Rev 1.1", "00000000a1b2c3d4"),
    "/sys/devices/platform/soc/soc:firmware/get_throttled": "50000\n",
  },
  pi_4: {
    ...ANY,
    ...board("Raspberry Pi 4 Model B Rev 1.4", "10000000c1d2e3f4"),
    ...hwmon(0, "cpu_thermal", { temp1_input: "48312\n" }),
    ...hwmon(1, "rpi_volt", { [VOLTAGE_ALARM]: "0\n" }),
  },
  pi_5: {
    ...ANY,
    ...board("Raspberry Pi 5 Model B Rev 1.0", "5fa1b2c3d4e5f607"),
    ...hwmon(0, "cpu_thermal"),
    ...hwmon(1, "rp1_adc", { in1_input: "1490\n" }),
    ...hwmon(2, "pwmfan", { fan1_input: "0\n" }),
    ...hwmon(3, "rpi_volt", { [VOLTAGE_ALARM]: "0\n" }),
  },
  // The sensor is there and never alarms, for the board lacks the circuit.
  pi_zero_2: {
    ...ANY,
    ...board("Raspberry Pi Zero 2 W Rev 1.0", "00000000e1f2a3b4"),
    ...hwmon(0, "rpi_volt", { [VOLTAGE_ALARM]: "0\n" }),
  },
  pc: {
    ...ANY,
    "/sys/class/dmi/id/product_name": "ThinkCentre M720q\n",
    "/sys/class/dmi/id/product_serial": "To be filled by O.E.M.\n",
    ...hwmon(0, "nct6775", { [VOLTAGE_ALARM]: "1\n" }),
  },
};

/** A folder with a machine's files below it; `await using` removes it. */
export class PiTree implements AsyncDisposable {
  /** Stands for `/`. */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async of(machine: Machine): Promise<PiTree> {
    const tree = new PiTree(await Deno.makeTempDir({ prefix: "pi-tree-" }));
    for (const [path, text] of Object.entries(MACHINES[machine])) await tree.write(path, text);
    return tree;
  }

  /** Writes one file, as if the kernel now said this. */
  async write(path: string, text: string): Promise<void> {
    const file = this.root + path;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }

  async remove(path: string): Promise<void> {
    await Deno.remove(this.root + path);
  }

  /** Where the alarm of the voltage sensor is on a machine that has one. */
  static voltageAlarm(index: number): string {
    return `/sys/class/hwmon/hwmon${index}/${VOLTAGE_ALARM}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}
