import { describe, expect, test } from "@jest/globals";
import { explainError } from "../../components/refusal-hooks.ts";
import { typeChange, withoutServer } from "../../components/server-hooks.ts";

describe("an update of the server", () => {
  test("changes its type if the new one is different from what Hetzner has", () => {
    expect(
      typeChange({
        oldOutputs: { serverType: "cx23", status: "running" },
        newInputs: { serverType: "cx33", location: "fsn1" },
      }),
    ).toEqual({ from: "cx23", wanted: { serverType: "cx33", location: "fsn1" } });
  });

  test.each([
    ["the type stays", { serverType: "cx23" }, { serverType: "cx23", name: "other" }],
    ["the new type isn't known yet, in a preview", { serverType: "cx23" }, { serverType: {} }],
    ["nothing is known", undefined, undefined],
  ])("doesn't shut it down if %s", (_, oldOutputs, newInputs) => {
    expect(typeChange({ oldOutputs, newInputs })).toBeUndefined();
  });
});

describe("a refusal of Hetzner, as the provider reports it", () => {
  test("is explained with what to do", () => {
    const error = "1 error occurred:\n\t* server limit exceeded (resource_limit_exceeded, 1f2e3d4c5b6a7988)";
    expect(explainError(error)).toMatch(/limit[^]*Console/);
  });

  test.each(["1 error occurred: dial tcp: connection refused", ""])(
    "is left as it is without a code: %j",
    (error) => {
      expect(explainError(error)).toBeUndefined();
    },
  );
});

test("a server that is refused after its address was made: what goes on, and what deletes the rest", () => {
  expect(withoutServer).toMatch(/To go on, .*: pulumi up\..*To delete them: npm run teardown\./);
});
