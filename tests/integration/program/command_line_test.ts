import assert from "node:assert/strict";
import { VERSION } from "../../../core/version.ts";
import { sampleCommand } from "../../support/program/sample_command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { isInTime } from "../../support/time/patience.ts";

interface RunOptions {
  readonly config?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Signals to send, each when a line with its text appears on stderr. */
  readonly signals?: readonly (readonly [string, Deno.Signal])[];
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The time from the last signal to the end. */
  readonly endedMs: number;
}

/** Runs the sample to its end. */
async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  using folder = new TemporaryFolder();
  const config = folder.write("config.ini", options.config ?? "");
  const [command, ...own] = await sampleCommand(folder.path);
  const child = new Deno.Command(command, {
    args: [...own, ...args.map((arg) => arg === "CONFIG" ? config : arg)],
    clearEnv: true,
    env: { ...surroundings(), ...options.environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const signals = [...options.signals ?? []];
  let signalledMs = performance.now();
  let err = "";
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      err += text;
      while (signals[0] && err.includes(signals[0][0])) {
        child.kill(signals[0][1]);
        signalledMs = performance.now();
        signals.shift();
      }
    }
  })();
  const [out, , { code }] = await Promise.all([
    new Response(child.stdout).text(),
    reading,
    child.status,
  ]);
  const endedMs = performance.now() - signalledMs;
  return { code, out, err: err.replaceAll(folder.path, ""), endedMs };
}

/** The variables that Deno itself needs to find its packages, without those of the programs. */
function surroundings(): Record<string, string> {
  const names = ["HOME", "PATH", "DENO_DIR", "DENO_TLS_CA_STORE", "XDG_CACHE_HOME"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

Deno.test("a program prints its version and its help, and exits with 0", async () => {
  const version = await run(["--version"]);
  assert.deepEqual([version.code, version.out, version.err], [0, `sample ${VERSION}\n`, ""]);
  const help = await run(["-h"]);
  assert.equal(help.code, 0);
  for (
    const text of [
      "-c, --config <FILE>",
      "/etc/rpi-cluster-alert/config.ini",
      "--check-config",
      "--log-format <FORMAT>",
      "--log-level <LEVEL>",
      "--version",
      "-h, --help",
      "enrol [options] <ID>",
      "78 bad configuration",
    ]
  ) assert.ok(help.out.includes(text), text);
});

Deno.test("a usage error is reported, and exits with 2", async () => {
  for (
    const args of [
      ["--bogus"],
      ["extra"],
      ["enrol"],
      ["enrol", "a", "b"],
      ["--log-format", "xml"],
      ["--config"],
      ["fail", "--nmae"],
    ]
  ) {
    const { code, out, err } = await run(args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(out, "");
    assert.match(err, /^error: .*\n(.*Did you mean .*\n)?See sample --help\.\n$/);
  }
});

Deno.test("a command that does not exist is called so, with the one that was meant", async () => {
  const complaint = async (...args: readonly string[]) => {
    const { code, err } = await run(args);
    assert.equal(code, 2, err);
    return err.split("\n").slice(0, -1);
  };
  const seeHelp = "See sample --help.";
  assert.deepEqual(await complaint("enroll", "john-snow"), [
    "error: unknown command 'enroll'",
    "(Did you mean enrol?)",
    seeHelp,
  ]);
  assert.deepEqual(await complaint("-c", "CONFIG", "dance", "--name", "x"), [
    "error: unknown command 'dance'",
    seeHelp,
  ]);
});

Deno.test("a subcommand says in a plain sentence what a person can put right, without secrets", async () => {
  const config = "[mqtt]\nusername = stark\npassword = winterfell";
  const { code, out, err } = await run(["refuse", "-c", "CONFIG"], { config });
  assert.deepEqual([code, out, err], [2, "", "There is no room for ***\n"]);
});

Deno.test("local times are in the configured zone, whatever the machine's is", async () => {
  for (const [zone, time] of [["Asia/Kolkata", "05:30:00"], ["america/new_york", "19:00:00"]]) {
    const { out } = await run(["clock", "-c", "CONFIG"], { config: `[hub]\ntime_zone = ${zone}` });
    assert.equal(out, `${time}\n`);
  }
});

Deno.test("common flags work before and after a subcommand", async () => {
  const config = "[node]\nid = castle-black";
  const expected = '{"id":"john-snow","options":{"name":"John Snow"},"node":"castle-black"}\n';
  const before = await run(["-c", "CONFIG", "enrol", "--name", "John Snow", "john-snow"], {
    config,
  });
  const after = await run(["enrol", "john-snow", "--name", "John Snow", "--config", "CONFIG"], {
    config,
  });
  assert.deepEqual([before.code, before.out, before.err], [0, expected, ""]);
  assert.deepEqual([after.code, after.out, after.err], [0, expected, ""]);
});

Deno.test("a subcommand that fails ends with 1", async () => {
  assert.equal((await run(["fail", "-c", "CONFIG"])).code, 1);
});

Deno.test("a good configuration is called so", async () => {
  const config = "\ufeff[MQTT]\r\nHOST = 127.0.0.1\r\n";
  const { code, out, err } = await run(["--check-config", "-c", "CONFIG"], { config });
  assert.equal(err, "");
  assert.match(out, /\/config\.ini: ok\n$/);
  assert.equal(code, 0);
});

Deno.test("a bad configuration ends with 78 and every issue on a line", async () => {
  const config = "[cluster]\ndead_after = 4\n[mqtt]\npasword = hunter2";
  const { code, out, err } = await run(["-c", "CONFIG"], {
    config,
    environment: { RPI_CLUSTER_RPI_LED: "blue" },
  });
  assert.equal(out, "");
  assert.equal(
    err,
    "RPI_CLUSTER_RPI_LED: [rpi] led: expected a BCM number from 0 to 27, or none, or an on-board " +
      'LED such as sysfs:ACT, found "blue"\n' +
      "/config.ini:2: [cluster] dead_after: expected a duration such as 500ms, 4s, 2m or 1h, " +
      'found "4"\n' +
      "/config.ini:4: [mqtt] pasword: expected a known key (did you mean password?), " +
      'found "pasword"\n',
  );
  assert.equal(code, 78);
});

Deno.test("under systemd issues have their priority", async () => {
  const { code, err } = await run(["-c", "/nowhere/config.ini"], {
    environment: { INVOCATION_ID: "a" },
  });
  assert.equal(code, 78);
  assert.match(err, /^<3>\/nowhere\/config\.ini: expected a readable file, found /);
});

Deno.test("SIGTERM and SIGINT end a program with 0, its farewell said", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { code, err } = await run(["-c", "CONFIG", "--log-format", "json"], {
      signals: [["started", signal]],
    });
    assert.equal(code, 0, err);
    assert.match(err, /"message":"farewell"\}\n$/);
  }
});

Deno.test("what waits for the stop may throw its reason", async () => {
  const { code, err } = await run(["-c", "CONFIG"], {
    config: "[node]\nname = waits",
    signals: [["started", "SIGTERM"]],
  });
  assert.equal(code, 0, err);
});

Deno.test("a program that does not end in time is ended with 1, within 2 s", async () => {
  const { code, err, endedMs } = await run(["-c", "CONFIG"], {
    config: "[node]\nname = hangs",
    signals: [["started", "SIGTERM"]],
  });
  assert.match(err, /error sample {2}could not end in time within_ms=1900\n$/);
  assert.equal(code, 1);
  assert.ok(endedMs > 1800, `${endedMs} ms`);
});

Deno.test("a second signal ends a program at once", async () => {
  const { code, endedMs } = await run(["-c", "CONFIG"], {
    config: "[node]\nname = hangs",
    signals: [["started", "SIGTERM"], ["started", "SIGINT"]],
  });
  assert.equal(code, 1);
  assert.ok(isInTime(endedMs, 1500), `${endedMs} ms`);
});

Deno.test("an unexpected error ends a program with 1 and its stack, without the secret", async () => {
  for (const name of ["throws", "forgets"]) {
    const { code, err } = await run(["-c", "CONFIG"], {
      config: `[node]\nname = ${name}\n[mqtt]\nusername = stark\npassword = winterfell`,
    });
    assert.equal(code, 1);
    assert.match(
      err,
      /error sample {2}ended by an unexpected error error="Error: .* \*\*\*\\n {4}at/,
    );
    assert.match(err, /info sample {2}started name=\w+ password=\*\*\*\n/);
    assert.ok(!err.includes("winterfell"), err);
  }
});

Deno.test("a program that ends without being asked to has failed", async () => {
  const { code, err } = await run(["-c", "CONFIG"], { config: "[node]\nname = returns" });
  assert.match(err, /ended unexpectedly\n$/);
  assert.equal(code, 1);
});

Deno.test("only what is asked for is logged", async () => {
  const { err } = await run(["-c", "CONFIG", "--log-level", "warning"], {
    config: "[node]\nname = returns",
  });
  assert.equal(err.trimEnd().split("\n").length, 1, err);
});
