import { expect, test } from "@jest/globals";
import { useNodesStackTraces } from "../../components/stack-traces.ts";

test("an error's stack trace names the file and the line, without a library that maps it", () => {
  Error.prepareStackTrace = () => "mapped";
  expect(new Error("any").stack).toBe("mapped");
  useNodesStackTraces();
  expect(new Error("any").stack).toMatch(/^Error: any\n +at .*stack-traces\.test\.ts:8:/);
});
