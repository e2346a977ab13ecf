/** Switches for what this browser does in addition to showing the page. */

import type { JSX } from "preact";
import { Button } from "../parts/button.tsx";
import { text } from "../texts/texts.ts";
import type { Attention } from "./attention.ts";

export function DeviceSwitches({ attention }: { readonly attention: Attention }): JSX.Element {
  const notifies = attention.notify.value === "on";
  const sounds = attention.sound.value === "on";
  const trouble = [
    notifies && attention.permission.value === "denied" && text("device.refused"),
    notifies && attention.permission.value === "none" && text("device.notSupported"),
    sounds && attention.voice.value === "silent" && text("device.silent"),
    sounds && attention.voice.value === "none" && text("device.noSound"),
  ].filter((words) => words !== false);
  return (
    <section class="device" aria-labelledby="device">
      <h2 id="device">{text("device.heading")}</h2>
      <p class="hint">{text("device.hint")}</p>
      <div class="device-switches">
        <Button pressed={notifies} onClick={() => void attention.switchNotify()}>
          {text("device.notify")}
        </Button>
        <Button pressed={sounds} onClick={() => void attention.switchSound()}>
          {text("device.sound")}
        </Button>
      </div>
      <p class="device-trouble" role="status">{trouble.join(" ")}</p>
    </section>
  );
}
