import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { attempt } from "../../command.ts";
import { runInMachine } from "../../machines/inspect.ts";
import { NspawnDataCentre } from "../../machines/nspawn-data-centre.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { until } from "../../until.ts";

// The test has its own data centre, besides that of the Hetzner emulator.

const dataCentre = new NspawnDataCentre({ folders: foldersOfThisRun() });
const id = 910_001;

beforeAll(async () => {
  const order = { id, name: "bot", image: "debian-13", userData: "", sshKeys: [], ipv4: "203.0.113.221" };
  await dataCentre.create(order);
  await inside("cloud-init status --wait");
});

afterAll(() => dataCentre.delete(id));

test("a server installs Debian's packages with apt, which checks their signatures", async () => {
  await inside("apt-get update --error-on=any");
  expect(await inside("apt-cache policy")).toContain("l=Debian-Security");
  await inside(
    "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends dnsmasq-base nodejs",
  );
  expect(await inside("node --version; dnsmasq --version")).toMatch(/^v20\.19\.\d+\nDnsmasq version 2\./);
  // Without Debian's keys, no signature is accepted.
  await inside("rm /usr/share/keyrings/debian-archive-keyring.*; rm -r /var/lib/apt/lists");
  const { code, stderr } = await runInMachine(id, ["apt-get", "update", "--error-on=any"]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/not signed|Signed-By|signature/i);
});

test("only files of Debian's archive can be downloaded", async () => {
  const status = async (url: string, ...flags: string[]) => {
    const options = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--path-as-is"];
    return (await runInMachine(id, ["curl", ...options, ...flags, url])).stdout;
  };
  const mirror = "http://deb.debian.org/debian";
  expect(await status(`${mirror}/dists/trixie/InRelease`)).toBe("200");
  expect(await status(`${mirror}/dists/trixie/InRelease`, "--head")).toBe("200");
  expect(await status(`${mirror}/pool/main/n/no-such-file.deb`)).toBe("404");
  expect(await status(`${mirror}/dists/trixie/InRelease`, "--request", "POST")).toBe("403");
  expect(await status(`${mirror}/pool/../../etc/passwd`)).toBe("403");
  expect(await status("http://deb.debian.org/anything")).toBe("403");
  expect(
    await status("http://example.com/debian/dists/trixie/InRelease", "--proxy", "http://deb.debian.org:80"),
  ).toBe("403");
  expect(await status("https://deb.debian.org/debian/dists/trixie/InRelease")).toBe("000");
  expect((await attempt(["getent", "hosts", "ftp.debian.org"])).code).not.toBe(0);
});

test("apt's timers start nothing, and what they would start can be started by hand", async () => {
  // A timer whose time has come.
  const now = String.raw`[Timer]\nOnActiveSec=0\nRandomizedDelaySec=0\nAccuracySec=1us\n`;
  await inside("mkdir -p /run/systemd/system/apt-daily.timer.d");
  await inside(`printf '${now}' > /run/systemd/system/apt-daily.timer.d/now.conf; systemctl daemon-reload`);
  await inside("systemctl restart apt-daily.timer");
  const started = (unit: string) =>
    inside(`systemctl show --property=ExecMainStartTimestampMonotonic --value ${unit}.service`);
  await until(async () => (await started("not-by-the-clock")) !== "0\n");
  expect(await started("apt-daily")).toBe("0\n");
  await inside("systemctl start apt-daily.service");
  expect(await started("apt-daily")).not.toBe("0\n");
});

async function inside(command: string): Promise<string> {
  const { code, stdout, stderr } = await runInMachine(id, ["sh", "-c", command]);
  if (code !== 0) {
    throw new Error(`"${command}" ended with ${code}: ${stderr}${stdout}`);
  }
  return stdout;
}
