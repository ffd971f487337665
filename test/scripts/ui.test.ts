import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { isFree } from "../../scripts/lib/ssh/page.ts";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
});

/** A port of this computer that nothing listens at, or that the server keeps. */
async function listen(): Promise<{ port: number; close: () => void }> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("no port");
  }
  return { port: address.port, close: () => server.close() };
}

const answer = (page: object) => {
  computer.addServerProgram("bot-control", `[ "$1" = page ] && echo '${JSON.stringify(page)}'`);
};

describe("npm run ui", () => {
  beforeEach(() => {
    answer({ port: 8080, listens: true });
  });

  test("opens a tunnel to the bot's port, prints its address, and ends with Ctrl-C", async () => {
    const { port, close } = await listen();
    close();
    const child = computer.start("ui.ts", ["--port", String(port), "--stack", "other"]);
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
    while (!shown.includes("Ctrl-C")) {
      await once(child.stdout, "data");
    }
    expect(shown).toContain(`The bot's page: http://trading-bot.localhost:${port}\n`);
    expect(shown).toContain(`http://127.0.0.1:${port}\n`);
    expect(shown).toContain("treat it like a page of a stranger");
    expect(computer.calls.at(-1)).toContain(
      `-o ExitOnForwardFailure=yes -L 127.0.0.1:${port}:127.20.0.1:8080 admin@`,
    );
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(computer.temporaryFiles).toEqual([]);
    child.stdin.destroy();
  });

  test("opens the page in the browser with --open", async () => {
    const { port, close } = await listen();
    close();
    computer.addProgram("xdg-open", `echo "$1" >"$FOLDER/opened"`);
    const child = computer.start("ui.ts", ["--port", String(port), "--open"]);
    await once(child.stdout, "data");
    const opened = join(computer.folder, "opened");
    while (!existsSync(opened) || readFileSync(opened, "utf8") === "") {
      await setTimeout(10);
    }
    expect(readFileSync(opened, "utf8")).toBe(`http://trading-bot.localhost:${port}\n`);
    child.kill("SIGINT");
    child.stdin.destroy();
  });

  test("says that the bot doesn't listen yet, and opens the tunnel anyway", async () => {
    const { port, close } = await listen();
    close();
    answer({ port: 8080, listens: false });
    const child = computer.start("ui.ts", ["--port", String(port)]);
    const stderr = text(child.stderr);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    child.stdin.destroy();
    expect(await stderr).toContain("Nothing listens at 127.0.0.1:8080 in the bot's network yet.");
  });

  test("uses no port that is in use", async () => {
    const { port, close } = await listen();
    expect(await isFree(port)).toBe(false);
    const { code, stderr } = await computer.run("ui.ts", ["--port", String(port)]);
    close();
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Port ${port} of this computer is in use.`)]);
  });

  test.each(["80", "http", "65536"])("refuses the port %s, and calls nothing", async (port) => {
    const { code, stderr } = await computer.run("ui.ts", ["--port", port]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("--port must be a number from 1024 to 65535"),
    ]);
    expect(computer.calls).toEqual([]);
  });

  test("exits with 1 and the server's reason if the setting isn't in effect", async () => {
    computer.addServerProgram("bot-control", "echo the setting bot.ui is not in effect >&2; exit 1");
    expect(await computer.run("ui.ts", [])).toEqual({
      code: 1,
      stdout: "",
      stderr: "the setting bot.ui is not in effect\n",
    });
  });

  test("believes nothing that isn't a port", async () => {
    answer({ port: 22, listens: true });
    const { code, stderr } = await computer.run("ui.ts", []);
    expect([code, stderr]).toEqual([2, expect.stringContaining("can't be read")]);
  });

  test("exits with 255 and the reason if there is no connection", async () => {
    const problem = "ssh: connect to host 203.0.113.10 port 22: Connection timed out";
    const { code, stderr } = await computer.run("ui.ts", [], {
      routes: { server: problem, direct: undefined },
    });
    expect([code, stderr]).toEqual([255, expect.stringContaining("Can't connect to 203.0.113.10")]);
  });
});
