/** The meaning of each signal of LED and buzzer. */

import type { JSX } from "preact";
import { Section } from "../parts/section.tsx";
import { text } from "../texts/texts.ts";

const SIGNS = [
  { led: "off", sound: "none", means: "well" },
  { led: "short", sound: "none", means: "late" },
  { led: "dead", sound: "dead", means: "down" },
  { led: "triple", sound: "none", means: "hub" },
  { led: "double", sound: "none", means: "blind" },
] as const;

export function SignTable(): JSX.Element {
  return (
    <Section heading={text("alarmPage.meanings")}>
      <table class="signs">
        <thead>
          <tr>
            <th scope="col">{text("alarmPage.meaning")}</th>
            <th scope="col">{text("alarmPage.led")}</th>
            <th scope="col">{text("alarmPage.buzzer")}</th>
          </tr>
        </thead>
        <tbody>
          {SIGNS.map(({ led, sound, means }) => (
            <tr key={means}>
              <th scope="row">{text(`alarmPage.means_${means}`)}</th>
              <td>{text(`alarmPage.sign_${led}`)}</td>
              <td>{text(`alarmPage.sound_${sound}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
