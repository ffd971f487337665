import { expect, test } from "@jest/globals";
import * as z from "zod";
import { rootTools } from "../../../components/commands/root-tools.ts";

test("the library and the tool that takes deliveries are sent as one line, which a broken connection would cut", () => {
  const text = rootTools();
  expect(text.indexOf("\n")).toBe(text.length - 1);
  const bundle = z
    .strictObject({ version: z.string(), library: z.record(z.string(), z.string()), tool: z.string() })
    .parse(JSON.parse(text));
  expect(bundle.version).toMatch(/^[0-9a-f]{12}$/);
  expect(bundle.tool).toMatch(/^#!\/usr\/bin\/python3 -IB\n/);
  expect(Object.keys(bundle.library)).toEqual(
    expect.arrayContaining(["root_tools/__init__.py", "root_tools/server_files.py"]),
  );
});
