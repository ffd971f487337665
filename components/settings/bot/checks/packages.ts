import type { SettingFinding } from "../../finding.ts";
import { botError, setPart } from "../finding.ts";

/** Debian Policy, 5.6.1. */
const validName = /^[a-z0-9][a-z0-9+.-]+$/;

/** Packages that would change what protects the server, with the reason. */
const refused: [names: RegExp, reason: string][] = [
  [
    /^(openssh|dropbear|tinyssh|mosh|telnetd|xrdp)/,
    "Who may log in is decided by this program, which has installed its own SSH server.",
  ],
  [/^(sudo|doas|policykit|polkit|pkexec|at$|cron|anacron|systemd-cron)/, "It runs programs as root."],
  [
    /^(docker|containerd|podman|crun$|runc$|lxc|incus|snapd|flatpak|qemu-system|libvirt-daemon)/,
    "A container runs outside of the bot's sandbox. docs/programs.md says why there are none.",
  ],
  [
    /^(ufw|firewalld|iptables|nftables|fail2ban|arno-iptables|shorewall|ferm$)/,
    "The server's firewall belongs to this program.",
  ],
  [
    /^(systemd|sysvinit|runit|udev|dbus|init$|init-|linux-image|linux-headers|grub|initramfs|dracut|cloud-init)/,
    "It belongs to how the server boots.",
  ],
  [
    /^(bind9$|dnsmasq|unbound|resolvconf|openresolv|network-manager|ifupdown|netplan|dhcpcd|isc-dhcp|wireguard|openvpn|tailscale)/,
    "The server's network belongs to this program.",
  ],
  [/^(chrony|ntp|ntpsec|openntpd|systemd-timesyncd)/, "The server's clock belongs to this program."],
  [/^(apt|dpkg|unattended-upgrades|needrestart|haproxy)$/, "The server has its own."],
];

/** Checks the names of Debian packages that the bot needs. Whether Debian has them is seen on the server. */
export function checkPackages(names: readonly string[]): SettingFinding[] {
  return names.flatMap((name) => {
    const error = (problem: string, explanation: string): SettingFinding[] => [
      botError(
        "packages",
        `contains ${JSON.stringify(name)}, ${problem}`,
        explanation,
        setPart("packages", "NAME,NAME"),
      ),
    ];
    if (!validName.test(name)) {
      return error(
        "which can't be the name of a Debian package",
        "A name has small letters, digits and + - . only. Versions, options and addresses are not possible.",
      );
    }
    const reason = refused.find(([pattern]) => pattern.test(name))?.[1];
    return reason === undefined ? [] : error("which isn't for a bot", reason);
  });
}
