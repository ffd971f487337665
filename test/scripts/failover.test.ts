import { expect, test } from "@jest/globals";
import { exportedState, resources } from "../support/stack-state.ts";
import { computer, options } from "./replacement.ts";

const { address, standby, activeAddress, server, stack } = resources;
const moved = { ...activeAddress, outputs: { input: "first", output: "standby" } };

test.each([
  {
    where: "the standby address",
    active: moved,
    args: [],
    wayBack: "To go back to the first one: npm run failover -- --back --stack prod",
  },
  {
    where: "the first address",
    active: activeAddress,
    args: ["--back"],
    wayBack: "To move it to the standby address: npm run failover -- --stack prod",
  },
])("a failover to $where changes nothing if the server is there already", async (given) => {
  computer.setState(exportedState([stack, address, standby, given.active, server]));
  const args = [...given.args, "--yes", "--stack", "prod"];
  const { code, stdout } = await computer.run("failover.ts", args, options());
  expect([code, stdout]).toEqual([0, `The server is at ${given.where} already. ${given.wayBack}\n`]);
  expect(computer.calls.filter((call) => !/^pulumi (config --json|stack export)/.test(call))).toEqual([]);
});
