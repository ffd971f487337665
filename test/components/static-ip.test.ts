import { describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { refuseMove } from "../../components/static-ip.ts";

describe("an address that is to move", () => {
  test("is refused, with what it would cost and how to stay", () => {
    expect(() => refuseMove("fsn1", "hel1", "203.0.113.10")).toThrow(pulumi.RunError);
    expect(() => refuseMove("fsn1", "hel1", "203.0.113.10")).toThrow("pulumi config set location fsn1");
  });

  test("is left alone where it is", () => {
    expect(refuseMove("fsn1", "fsn1", "203.0.113.10")).toBe("fsn1");
  });
});
