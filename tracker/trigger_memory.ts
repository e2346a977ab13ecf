/** What an on-board LED showed before the tracker took it, kept in systemd's folder for this boot. */
import type { SpecialFiles } from "../ffi/special_file.ts";
import type { TriggerMemory } from "../io/output/sysfs_led.ts";

/** What kernels call their triggers, such as "mmc0", "default-on" or "rc-feedback". */
const TRIGGER = /^[\w.:-]{1,64}$/;

/**
 * A memory in files of the folder (`$RUNTIME_DIRECTORY`), which a restart of the tracker leaves as it
 * is and a restart of the Pi empties. Without a folder there is none.
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

/** A trigger that cannot be kept is no reason to do without the LED. */
function quietly<T>(deed: () => T): T | undefined {
  try {
    return deed();
  } catch {
    return undefined;
  }
}
