/** The commands that install the agent, and the tracker, on a new Pi. */

/** Copies the configuration and the agent, and starts it. `id` also serves as the host name. */
export function agentCommands(id: string): string {
  return lines(
    `scp ${id}.ini dist/packages/rpi-cluster-alert-{common,agent,tracker}_*_arm64.deb pi@${id}.local:`,
    `ssh pi@${id}.local`,
    `sudo install -D -m 640 ${id}.ini /etc/rpi-cluster-alert/config.ini && rm ${id}.ini`,
    "sudo apt install -y ./rpi-cluster-alert-common_*.deb ./rpi-cluster-alert-agent_*.deb",
  );
}

/** For a Pi with an LED or a buzzer. */
export function trackerCommands(): string {
  return lines("sudo apt install -y ./rpi-cluster-alert-tracker_*.deb");
}

/** Returns the broker's address from a `config.ini`, such as `mqtt://192.168.1.20:1883`. */
export function brokerOf(config: string): string | undefined {
  return /^url\s*=\s*(\S+)$/m.exec(config)?.[1];
}

/**
 * Returns the reload command if the hub's broker is a Mosquitto, which must reload for a new
 * password.
 */
export function reloadOf(config: string): string | undefined {
  return /^# Mosquitto knows the password after: (.+)$/m.exec(config)?.[1];
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
