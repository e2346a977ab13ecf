/** A passive buzzer on hardware PWM, held against what the kernel accepts. */
import assert from "node:assert/strict";
import { SpecialFiles } from "../../ffi/special_file.ts";
import { PwmBuzzer } from "../../io/output/pwm_buzzer.ts";
import { adviceOnOutput } from "../../tracker/outputs.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { PWM_ROOT, PwmDouble } from "./pwm_double.ts";

const PI4 = { 0: { channels: 2, node: "/soc/pwm@7e20c000" } };
/** As Linux 6.6 numbers the chips of a Pi 5: HDMI, header, fan. */
const PI5 = {
  0: { channels: 2, node: "/soc/pwm@7d517a80" },
  2: { channels: 4, node: "/axi/pcie@120000/rp1/pwm@98000" },
  6: { channels: 4, node: "/axi/pcie@120000/rp1/pwm@9c000" },
};
const TONE = { toneHz: 2_700, chip: undefined, channel: 0 };

Deno.test("PWM buzzer takes a fresh channel, sounds, and gives it back silent", () => {
  const files = new PwmDouble(PI4);
  {
    using buzzer = new PwmBuzzer({ ...TONE, files });
    const state = files.channels.get(`${PWM_ROOT}/pwmchip0/pwm0`);
    assert.deepEqual(state, {
      period: 370_370,
      duty_cycle: 185_185,
      polarity: "normal",
      enable: 0,
    });
    const prepared = files.written.length;
    buzzer.set(true);
    buzzer.set(false);
    buzzer.set(true);
    assert.deepEqual(files.written.slice(prepared), [
      "pwmchip0/pwm0/enable 1",
      "pwmchip0/pwm0/enable 0",
      "pwmchip0/pwm0/enable 1",
    ]);
  }
  assert.deepEqual(files.written.slice(-2), ["pwmchip0/pwm0/enable 0", "pwmchip0/unexport 0"]);
});

Deno.test("PWM buzzer silences a channel that a killed run left sounding, whatever its period", () => {
  for (const period of [20_000_000, 1_000]) {
    const files = new PwmDouble(PI4);
    const path = `${PWM_ROOT}/pwmchip0/pwm0`;
    files.leave(path, { period, duty_cycle: period, polarity: "inversed", enable: 1 });
    {
      using _buzzer = new PwmBuzzer({ ...TONE, files });
      assert.equal(files.written[0], "pwmchip0/pwm0/enable 0", "silent before anything else");
      const expected = { period: 370_370, duty_cycle: 185_185, polarity: "normal", enable: 0 };
      assert.deepEqual(files.channels.get(path), expected);
    }
    assert.ok(files.channels.has(path), "it was exported by somebody else");
  }
});

Deno.test("PWM buzzer finds the header's chip, however the kernel numbers it", () => {
  const numbered = (chip: number | undefined, channel: number) => {
    const files = new PwmDouble(PI5);
    using _buzzer = new PwmBuzzer({ toneHz: 440, chip, channel, files });
    return [...files.channels.keys()];
  };
  assert.deepEqual(numbered(undefined, 0), [`${PWM_ROOT}/pwmchip2/pwm0`]);
  assert.deepEqual(numbered(undefined, 2), [`${PWM_ROOT}/pwmchip2/pwm2`]);
  assert.deepEqual(numbered(0, 1), [`${PWM_ROOT}/pwmchip0/pwm1`], "a chip that is named is it");
  const nameless = new PwmDouble({ 1: { channels: 1 }, 3: { channels: 4 } });
  using _buzzer = new PwmBuzzer({ toneHz: 440, chip: undefined, channel: 2, files: nameless });
  assert.deepEqual([...nameless.channels.keys()], [`${PWM_ROOT}/pwmchip3/pwm2`]);
});

Deno.test("PWM buzzer never sounds through the fan's chip, and says what is missing", () => {
  const { 0: hdmi, 6: fan } = PI5;
  const attempt = (files: PwmDouble, chip?: number, channel = 0) => {
    try {
      using _buzzer = new PwmBuzzer({ toneHz: 440, chip, channel, files });
    } catch (error) {
      assert.ok(error instanceof Error);
      return { message: error.message, advice: adviceOnOutput(error) };
    }
    return assert.fail("it was opened");
  };
  const withoutOverlay = attempt(new PwmDouble({ 0: hdmi, 6: fan }));
  assert.equal(
    withoutOverlay.message,
    'no PWM chip of the header with a channel 0 is below "/sys/class/pwm", ' +
      "but /sys/class/pwm/pwmchip0 (/soc/pwm@7d517a80), " +
      "/sys/class/pwm/pwmchip6 (/axi/pcie@120000/rp1/pwm@9c000)",
  );
  assert.match(withoutOverlay.advice ?? "", /dtoverlay=pwm,pin=18,func=2/);
  assert.match(attempt(new PwmDouble({})).message, /is below "\/sys\/class\/pwm"$/);
  assert.match(attempt(new PwmDouble(PI4), 3).message, /pwmchip3" is not there$/);
  assert.match(attempt(new PwmDouble(PI4), 0, 2).message, /has 2 channels, from 0 on, and no 2$/);
  const denied = new PwmDouble(PI4);
  denied.refusal = "EACCES";
  const { message } = attempt(denied);
  assert.equal(message, 'Cannot open "/sys/class/pwm/pwmchip0/export": refused (EACCES)');
});

Deno.test("PWM buzzer is silent after an error that nobody catches", async () => {
  const silence = async (end: string) => {
    using folder = new TemporaryFolder();
    pwmTree(folder);
    const url = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
    folder.write(
      "sound.ts",
      `import { SpecialFiles } from ${url("ffi/special_file.ts")};
       import { PwmBuzzer } from ${url("io/output/pwm_buzzer.ts")};
       const files = new SpecialFiles();
       const root = ${JSON.stringify(folder.path)};
       new PwmBuzzer({ toneHz: 440, chip: 0, channel: 0, files, root }).set(true);
       console.log(Deno.readTextFileSync(root + "/pwmchip0/pwm0/enable"));
       setTimeout(() => { ${end} });`,
    );
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-config", "-A", folder.file("sound.ts")],
      stdin: "null",
      stderr: "null",
    }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "1", "it sounded");
    assert.equal(Deno.readTextFileSync(folder.file("pwmchip0/pwm0/enable")), "0", end);
  };
  await silence('throw new Error("nobody catches this");');
  await silence('Promise.reject(new Error("nobody awaits this"));');
  await silence("Deno.exit(1);");
});

Deno.test("PWM buzzer writes the kernel's files through the C library", () => {
  using folder = new TemporaryFolder();
  pwmTree(folder);
  using files = new SpecialFiles();
  const enabled = () => Deno.readTextFileSync(folder.file("pwmchip0/pwm0/enable"));
  {
    using buzzer = new PwmBuzzer({ ...TONE, files, root: folder.path });
    buzzer.set(true);
    assert.equal(enabled(), "1");
  }
  assert.equal(enabled(), "0");
  assert.equal(Deno.readTextFileSync(folder.file("pwmchip0/pwm0/period")), "370370");
});

/** A chip with one channel that was exported already. */
function pwmTree(folder: TemporaryFolder): void {
  Deno.mkdirSync(folder.file("pwmchip0/pwm0"), { recursive: true });
  folder.write("pwmchip0/npwm", "1\n");
  folder.write("pwmchip0/unexport", "");
  for (const name of ["period", "duty_cycle", "enable"]) folder.write(`pwmchip0/pwm0/${name}`, "0");
  folder.write("pwmchip0/pwm0/polarity", "normal\n");
}
