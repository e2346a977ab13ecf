/** A PWM chip as the kernel offers it below /sys/class/pwm, with what the kernel refuses. */
import type { KernelFiles } from "../../io/output/kernel_files.ts";

export const PWM_ROOT = "/sys/class/pwm";

export interface PwmChipFacts {
  readonly channels: number;
  /** Its path in the device tree; left out: it is from elsewhere. */
  readonly node?: string;
}

interface Channel {
  period: number;
  duty_cycle: number;
  polarity: string;
  enable: number;
}

/** Chips by their numbers. Remembers what was written, and holds it against drivers/pwm of Linux. */
export class PwmDouble implements KernelFiles {
  readonly written: string[] = [];
  readonly channels = new Map<string, Channel>();
  /** The kernel's answer to the next requests for a channel, as udev is late or a driver has it. */
  refusal: string | undefined;
  readonly #chips: ReadonlyMap<number, PwmChipFacts>;

  constructor(chips: Readonly<Record<number, PwmChipFacts>>) {
    this.#chips = new Map(Object.entries(chips).map(([number, facts]) => [Number(number), facts]));
  }

  /** Exports a channel as an earlier owner would have left it. */
  leave(path: string, state: Partial<Channel>): void {
    const fresh = { period: 0, duty_cycle: 0, polarity: "normal", enable: 0 };
    this.channels.set(path, { ...fresh, ...state });
  }

  read(path: string): string {
    const [, chip, rest] = /\/pwmchip(\d+)\/(.+)$/.exec(path) ?? [];
    const facts = this.#chips.get(Number(chip));
    if (facts !== undefined && rest === "npwm") return `${facts.channels}\n`;
    if (facts !== undefined && rest === "device/uevent") {
      return facts.node === undefined ? "" : `DRIVER=pwm\nOF_FULLNAME=${facts.node}\n`;
    }
    const [, folder = "", name = ""] = /^(.*)\/(\w+)$/.exec(path) ?? [];
    const state = this.channels.get(folder);
    if (state === undefined || !isName(name)) throw refused("open", path, "ENOENT");
    return `${state[name]}\n`;
  }

  write(path: string, text: string): void {
    const [, folder = "", name = ""] = /^(.*)\/(\w+)$/.exec(path) ?? [];
    if (this.refusal !== undefined) throw refused("open", path, this.refusal);
    this.written.push(`${path.slice(PWM_ROOT.length + 1)} ${text}`);
    if (name === "export") this.leave(`${folder}/pwm${text}`, {});
    else if (name === "unexport") this.channels.delete(`${folder}/pwm${text}`);
    else this.#change(folder, name, text);
  }

  #change(folder: string, name: string, text: string): void {
    const path = `${folder}/${name}`;
    const before = this.channels.get(folder);
    if (before === undefined || !isName(name)) throw refused("open", path, "ENOENT");
    const after = { ...before, [name]: name === "polarity" ? text : Number(text) };
    if (after.period === 0 || after.duty_cycle > after.period) {
      throw refused("write", path, "EINVAL");
    }
    if (name === "polarity" && before.enable === 1) throw refused("write", path, "EBUSY");
    this.channels.set(folder, after);
  }
}

function isName(name: string): name is keyof Channel {
  return ["period", "duty_cycle", "polarity", "enable"].includes(name);
}

function refused(operation: string, path: string, errno: string): Error {
  return new Error(`Cannot ${operation} "${path}": refused (${errno})`);
}
