import { describe, expect, test } from "@jest/globals";
import { labelsOf, selectorFor } from "../../hetzner/labels.ts";

const stackLabel = (stack: string) => labelsOf("trading-bot-server", stack)["pulumi-stack"];

test("labels name project and stack", () => {
  expect(labelsOf("trading-bot-server", "prod")).toEqual({
    "pulumi-project": "trading-bot-server",
    "pulumi-stack": "prod",
  });
});

describe("a stack's name that Hetzner wouldn't accept as a label", () => {
  const long = "a".repeat(100);

  test.each(["_test", "-test", "test.", "test_", "…", "", long, `${long.slice(0, 63)}b`, "a/b"])(
    "becomes one that it accepts: %j",
    (stack) => {
      expect(stackLabel(stack)).toMatch(/^[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/);
    },
  );

  test("stays different from every other name", () => {
    const names = ["_test", "-test", "test", "test_", "test-", long, `${long}b`, "a/b", "a-b", "Test"];
    const labels = names.map(stackLabel);
    expect(new Set(labels).size).toBe(names.length);
    // Not even from a stack that is named like the label.
    expect(labels.map(stackLabel).filter((label) => labels.includes(label))).toEqual(
      names.filter((name) => stackLabel(name) === name),
    );
  });
});

test.each(["prod", "prod.1", "prod_1", "prod-1", "A1", "a".repeat(63)])("%j stays as it is", (stack) => {
  expect(stackLabel(stack)).toBe(stack);
});

test("the selector requires all labels", () => {
  expect(selectorFor(labelsOf("trading-bot-server", "prod"))).toBe(
    "pulumi-project==trading-bot-server,pulumi-stack==prod",
  );
});
