import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { run } from "../../command.ts";
import { at } from "../../network/at.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { WebhookControl } from "../../webhook/control.ts";

const webhook = new WebhookControl(join(foldersOfThisRun().dir, "webhook.sock"));
const status = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}"] as const;

beforeEach(() => webhook.clear());

test("a webhook accepts messages over HTTPS, and its owner can read them", async () => {
  expect(await run(["webhook-messages"])).toBe("No message has arrived.\n");
  const sent = ["--data", "stopped", "https://hooks.example.net/alerts"];
  expect((await at("stranger", [...status, ...sent])).stdout).toBe("200");
  expect(await webhook.messages()).toMatchObject([
    { path: "/alerts", body: "stopped", source: "198.51.100.66" },
  ]);
  expect(await run(["webhook-messages"])).toMatch(/^POST \/alerts from 198\.51\.100\.66 .*\nstopped\n/);
});

test("there is another site that everybody can reach", async () => {
  for (const site of ["operator", "stranger"] as const) {
    expect((await at(site, [...status, "https://elsewhere.example.net/"])).stdout).toBe("200");
  }
});
