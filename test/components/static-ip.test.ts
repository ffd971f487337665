import { describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { refuseMove } from "../../components/static-ip.ts";

describe("a changed location", () => {
  test("is refused, with the consequences and how to stay", () => {
    expect(() => refuseMove("fsn1", "hel1", "203.0.113.10")).toThrow(pulumi.RunError);
    expect(() => refuseMove("fsn1", "hel1", "203.0.113.10")).toThrow("pulumi config set location fsn1");
  });

  test("is accepted if the address is there", () => {
    expect(refuseMove("fsn1", "fsn1", "203.0.113.10")).toBe("fsn1");
  });
});
