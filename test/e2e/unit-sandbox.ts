// The sandbox that each of our units must have, as `systemctl show` prints it.

/** What a unit without exceptions has. */
export const common = {
  UMask: "0077",
  ProtectSystem: "strict",
  ProtectHome: "yes",
  PrivateTmpEx: "disconnected",
  PrivateDevices: "yes",
  DevicePolicy: "closed",
  PrivateIPC: "yes",
  PrivatePIDs: "no",
  RemoveIPC: "yes",
  PrivateUsers: "yes",
  KeyringMode: "private",
  ProtectProc: "invisible",
  ProcSubset: "pid",
  RestrictAddressFamilies: "AF_INET AF_UNIX",
  IPAddressDeny: "169.254.0.0/16 224.0.0.0/4 fe80::/64 ff00::/8",
  NoNewPrivileges: "yes",
  CapabilityBoundingSet: "",
  AmbientCapabilities: "",
  ProtectClock: "yes",
  ProtectHostname: "yes",
  ProtectKernelLogs: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelTunables: "yes",
  ProtectControlGroupsEx: "yes",
  TemporaryFileSystem: "",
  RestrictNamespaces: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  LockPersonality: "yes",
  MemoryDenyWriteExecute: "yes",
  SystemCallArchitectures: "native",
  LimitCORE: "0",
  MemorySwapMax: "0",
};

type Sandbox = Record<keyof typeof common, string>;

/** For the units that run code which isn't trusted: 40-foreign-code.conf. */
const foreignCode = {
  PrivatePIDs: "yes",
  PrivateUsers: "no",
  ProtectControlGroupsEx: "strict",
  TemporaryFileSystem: [
    "/run:rw,mode=1777,size=10%,nr_inodes=16k,noexec",
    "/dev/shm:rw,mode=1777,size=10%,nr_inodes=16k,noexec",
    "/dev/pts:ro",
    "/var:ro",
  ].join(" "),
};
const ofInstaller = {
  ...foreignCode,
  TemporaryFileSystem: `/opt/trading-bot ${foreignCode.TemporaryFileSystem}`,
};
const listensOnLowPort = {
  AmbientCapabilities: "cap_net_bind_service",
  CapabilityBoundingSet: "cap_net_bind_service",
  PrivateUsers: "no",
};

/** By unit, what differs from the common sandbox. Its 50-sandbox.conf says why. */
const exceptions: Record<string, Partial<Sandbox>> = {
  "trading-bot.service": {
    ...foreignCode,
    ProcSubset: "all",
    RestrictAddressFamilies: "AF_INET AF_NETLINK AF_UNIX",
  },
  "trading-bot-alert.service": {},
  "trading-bot-build.service": { ...ofInstaller, PrivateTmpEx: "connected", MemoryDenyWriteExecute: "no" },
  "trading-bot-clock.service": { RemoveIPC: "no" },
  "trading-bot-clock-late.service": {},
  "trading-bot-copy@copy.service": foreignCode,
  "trading-bot-ended.service": {},
  "trading-bot-fetch.service": { ...ofInstaller, PrivateTmpEx: "connected" },
  "trading-bot-guard.service": {},
  "trading-bot-heartbeat.service": {},
  "trading-bot-left-open.service": {},
  "trading-bot-outdated.service": {},
  "trading-bot-overdue.service": {},
  "trading-bot-pause.service": {},
  "trading-bot-prepare@0123456789ab.service": {
    ...ofInstaller,
    UMask: "0022",
    PrivateTmpEx: "connected",
    MemoryDenyWriteExecute: "no",
  },
  "trading-bot-guard-proxy.service": listensOnLowPort,
  "trading-bot-name-servers.service": {},
  "trading-bot-names.service": {
    ...listensOnLowPort,
    RestrictAddressFamilies: "AF_INET AF_NETLINK AF_UNIX",
  },
  "trading-bot-proxy.service": listensOnLowPort,
  "trading-bot-refused.service": {},
  "trading-bot-report.service": {},
  "trading-bot-unpack@0123456789ab.service": { ...ofInstaller, UMask: "0022" },
  "trading-bot-watch.service": {},
  "trading-bot-updated.service": {},
};

export const wantedProperties = Object.keys(common);

/** Each unit with the sandbox that it must have. */
export const wantedSandboxes = Object.entries(exceptions).map(([unit, different]): [string, Sandbox] => [
  unit,
  { ...common, ...different },
]);

/** By unit, the highest exposure that `systemd-analyze security` may report, in tenths. */
export const highestExposure: [string, number][] = [
  ["trading-bot.service", 15],
  ["trading-bot-alert.service", 11],
  ["trading-bot-build.service", 13],
  ["trading-bot-clock.service", 11],
  ["trading-bot-clock-late.service", 11],
  ["trading-bot-copy@copy.service", 13],
  ["trading-bot-ended.service", 11],
  ["trading-bot-fetch.service", 13],
  ["trading-bot-guard.service", 11],
  ["trading-bot-outdated.service", 11],
  ["trading-bot-pause.service", 11],
  ["trading-bot-prepare@0123456789ab.service", 14],
  ["trading-bot-guard-proxy.service", 15],
  ["trading-bot-name-servers.service", 11],
  ["trading-bot-names.service", 15],
  ["trading-bot-proxy.service", 15],
  ["trading-bot-unpack@0123456789ab.service", 13],
  ["trading-bot-updated.service", 11],
];
