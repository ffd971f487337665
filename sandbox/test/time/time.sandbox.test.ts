import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runInMachine } from "../../machines/inspect.ts";
import { NspawnDataCentre } from "../../machines/nspawn-data-centre.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { answersWithTheTime, letTimeServersAnswer, silenceTimeServers } from "../../time/time-servers.ts";
import { until } from "../../until.ts";

// The test has its own data centre, besides that of the Hetzner emulator.

const folders = foldersOfThisRun();
const dataCentre = new NspawnDataCentre({ folders });
const id = 920_001;
const names = ["ntp1.hetzner.de", "ntp2.hetzner.com", "ntp3.hetzner.net"];

beforeAll(async () => {
  const order = { id, name: "bot", image: "debian-13", userData: "", sshKeys: [], ipv4: "203.0.113.231" };
  await dataCentre.create(order);
  await inside("cloud-init status --wait");
  const servers = names.map((name) => `server ${name} iburst`).join("\\n");
  await inside(
    String.raw`printf '${servers}\ndriftfile /var/lib/chrony/chrony.drift\n' > /etc/chrony/chrony.conf`,
  );
});

afterAll(async () => {
  await letTimeServersAnswer();
  await dataCentre.delete(id);
});

test("a server waits for Hetzner's time servers, and notices when its clock is synchronized", async () => {
  await silenceTimeServers();
  expect(await answersWithTheTime("192.0.2.123")).toBe(false);
  await inside("systemctl restart chrony");
  expect((await waitsync(2)).code).toBe(1);

  await letTimeServersAnswer();
  await until(async () => await answersWithTheTime("192.0.2.123"));
  await inside("systemctl restart chrony");
  expect((await waitsync(10)).code).toBe(0);
  const tracking = await inside("chronyc -n tracking");
  expect(tracking).toMatch(/^Reference ID\s+: C000027[BCD] \(192\.0\.2\.12[345]\)$/m);
  expect(tracking).toMatch(/^Stratum\s+: 3$/m);
  expect(tracking).toMatch(/^Leap status\s+: Normal$/m);
  expect(await inside("chronyc sources -a | grep --count hetzner")).toBe("3\n");
});

function waitsync(tries: number) {
  return runInMachine(id, ["chronyc", "waitsync", String(tries), "0.5", "0", "1"]);
}

async function inside(command: string): Promise<string> {
  const { code, stdout, stderr } = await runInMachine(id, ["sh", "-c", command]);
  if (code !== 0) {
    throw new Error(`"${command}" ended with ${code}: ${stderr}${stdout}`);
  }
  return stdout;
}
