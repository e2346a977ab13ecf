/** The sounds of the page: two rising tones for an all-clear, three equal tones for trouble. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Notice } from "./notice.ts";

interface Tone {
  readonly hertz: number;
  readonly startS: number;
}

const TUNES: Readonly<Record<Notice["kind"], readonly Tone[]>> = {
  trouble: [
    { hertz: 880, startS: 0 },
    { hertz: 880, startS: 0.25 },
    { hertz: 880, startS: 0.5 },
  ],
  relief: [{ hertz: 523, startS: 0 }, { hertz: 784, startS: 0.2 }],
};
const TONE_S = 0.16;
const LOUDNESS = 0.25;
/** A steeper edge would click. */
const EDGE_S = 0.015;

/** `silent`: the browser waits for a click on the page; `none`: it has no sound at all. */
export type Voice = "ready" | "silent" | "none";

export class Beeper {
  readonly #voice = signal<Voice>("silent");
  readonly voice: ReadonlySignal<Voice> = this.#voice;
  #context: AudioContext | undefined;

  /** Enables sound, which browsers allow within a click. */
  async wake(): Promise<void> {
    try {
      this.#context ??= new AudioContext();
      // A browser that refuses never resolves this; its state shows that.
      await Promise.race([this.#context.resume(), pause(RESUME_MS_MAX)]);
      this.#voice.value = this.#context.state === "running" ? "ready" : "silent";
    } catch {
      this.#voice.value = "none";
    }
  }

  /** Plays the tones; does nothing when the browser does not allow it. */
  beep(kind: Notice["kind"]): void {
    const context = this.#context;
    if (context?.state !== "running") return void this.wake();
    for (const { hertz, startS } of TUNES[kind]) {
      const fromS = context.currentTime + startS;
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, fromS);
      volume.gain.linearRampToValueAtTime(LOUDNESS, fromS + EDGE_S);
      volume.gain.setValueAtTime(LOUDNESS, fromS + TONE_S - EDGE_S);
      volume.gain.linearRampToValueAtTime(0, fromS + TONE_S);
      const tone = new OscillatorNode(context, { frequency: hertz });
      tone.connect(volume).connect(context.destination);
      tone.start(fromS);
      tone.stop(fromS + TONE_S);
    }
  }
}

const RESUME_MS_MAX = 500;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
