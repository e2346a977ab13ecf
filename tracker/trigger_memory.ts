/**
 * Remembers what an on-board LED showed before the tracker took it, in systemd's folder for this
 * boot.
 */
import type { SpecialFiles } from "../ffi/special_file.ts";
import type { TriggerMemory } from "../io/output/sysfs_led.ts";

/** The kernel's names of triggers, such as "mmc0", "default-on" or "rc-feedback". */
const TRIGGER = /^[\w.:-]{1,64}$/;

/**
 * Keeps files in a folder (`$RUNTIME_DIRECTORY`), which survives a restart of the tracker but not
 * of the Pi. Without a folder it keeps nothing.
 */
export function triggerMemory(
  files: SpecialFiles,
  folder: string | undefined,
): TriggerMemory | undefined {
  if (folder === undefined) return undefined;
  const fileOf = (led: string) => `${folder}/led-${led}.trigger`;
  return {
    recall(led) {
      const text = quietly(() => files.read(fileOf(led)).trim());
      return text !== undefined && TRIGGER.test(text) ? text : undefined;
    },
    keep(led, trigger) {
      quietly(() => files.save(fileOf(led), `${trigger}\n`));
    },
  };
}

/** The LED is used even if its trigger cannot be saved. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
