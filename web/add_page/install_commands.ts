/** The commands that install the agent, and the tracker, on a new Pi. */

/** Copies the configuration and the agent, and starts it. `id` also serves as the host name. */
export function agentCommands(id: string): string {
  return lines(
    `scp ${id}.ini dist/agent-aarch64 dist/tracker-aarch64 systemd/agent.service \\`,
    `  systemd/tracker.service packaging/sysusers/rpi-cluster-users.conf pi@${id}.local:`,
    `ssh pi@${id}.local`,
    "sudo systemd-sysusers - < rpi-cluster-users.conf",
    `sudo install -D -m 640 -g rpi-cluster-node ${id}.ini /etc/rpi-cluster-alert/config.ini \\`,
    `  && rm ${id}.ini`,
    "sudo install -m 755 agent-aarch64 /usr/local/bin/agent",
    "sudo install -m 644 agent.service /etc/systemd/system/",
    "sudo systemctl enable --now agent",
  );
}

/** For a Pi with an LED or a buzzer. */
export function trackerCommands(): string {
  return lines(
    "sudo apt install libgpiod2        # Debian 13 (Trixie): libgpiod3",
    "sudo install -m 755 tracker-aarch64 /usr/local/bin/tracker",
    "sudo install -m 644 tracker.service /etc/systemd/system/",
    "sudo systemctl enable --now tracker",
  );
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
