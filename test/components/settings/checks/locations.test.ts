import { describe, expect, test } from "@jest/globals";
import { servedLocations } from "../../../../checklist/locations.ts";
import {
  checkLocation,
  checkServerType,
  checkStandby,
} from "../../../../components/settings/checks/locations.ts";

const override = "To use it anyway: pulumi config set allowAnyLocation true";

describe("a location", () => {
  test.each(["fsn1", "nbg1", "hel1"])("in the EU is fine: %s", (location) => {
    expect(checkLocation(location, false)).toEqual([]);
  });

  test.each([
    ["ash", "Ashburn, USA"],
    ["hil", "Hillsboro, USA"],
  ])("where Binance refuses customers needs the opt-in: %s", (location, city) => {
    expect(checkLocation(location, false)).toEqual([
      {
        severity: "error",
        setting: "location",
        problem: `is ${location} (${city}), where Binance refuses customers`,
        explanation: `Binance answers requests from there with HTTP 451. ${override}`,
        command: "pulumi config set location fsn1",
      },
    ]);
    expect(checkLocation(location, true)).toEqual([]);
  });

  test.each([false, true])("that can't be the name of one is an error: it gets into commands", (allowAny) => {
    expect(checkLocation("fsn1;id", allowAny)).toMatchObject([
      {
        severity: "error",
        problem: 'is "fsn1;id", which is not the name of a location',
        command: "pulumi config set location fsn1",
      },
    ]);
  });

  test.each([false, true])("where Binance refuses many customers is a warning", (allowAny) => {
    expect(checkLocation("sin", allowAny)).toEqual([
      {
        severity: "warning",
        setting: "location",
        problem: "is sin (Singapore), where Binance refuses many customers",
        explanation:
          "It depends on your account. `npm run move` moves the address to another location, until a key is installed.",
        command: "pulumi config set location fsn1",
      },
    ]);
  });

  test.each([
    ["nbg", "nbg1"],
    ["mars", "fsn1"],
  ])("that isn't known needs the opt-in: %s", (location, instead) => {
    expect(checkLocation(location, false)).toEqual([
      {
        severity: "error",
        setting: "location",
        problem: `is "${location}", which is not a known location of Hetzner`,
        explanation: `The locations are fsn1, nbg1, hel1, ash, hil, sin. ${override}`,
        command: `pulumi config set location ${instead}`,
      },
    ]);
    expect(checkLocation(location, true)).toEqual([]);
  });
});

test("a location that isn't set is left to the look at what can be ordered, in places that Binance serves", () => {
  expect(checkLocation(undefined, false)).toEqual([]);
  expect(servedLocations).toEqual(["fsn1", "nbg1", "hel1"]);
});

describe("a server type", () => {
  test.each([undefined, "cx23", "cax11", "cpx12", "ccx13"])("may have this form: %s", (serverType) => {
    expect(checkServerType(serverType)).toEqual([]);
  });

  test.each(["CX 23", "cx", "23", "cx23a", "-cx23"])("of another form is refused: %s", (serverType) => {
    expect(checkServerType(serverType)).toEqual([
      {
        severity: "error",
        setting: "serverType",
        problem: `is "${serverType}", which is not a server type of Hetzner`,
        explanation:
          "A server type is written like cx23, cax11 or cpx22. Without the setting, the cheapest fitting one is taken.",
        command: "pulumi config rm serverType",
      },
    ]);
  });
});

test("a server type in capitals: the hint is the same type in small letters", () => {
  expect(checkServerType("CX23")).toMatchObject([{ command: "pulumi config set serverType cx23" }]);
});

describe("the location of the standby address", () => {
  test("is checked as every other, and isn't the server's", () => {
    expect(checkStandby("hel1", "fsn1", false)).toEqual([]);
    expect(checkStandby(undefined, "fsn1", false)).toEqual([]);
    expect(checkStandby("ash", "fsn1", false)).toMatchObject([
      { severity: "error", setting: "standby", command: "pulumi config set standby fsn1" },
    ]);
    expect(checkStandby("hel1", "hel1", false)).toMatchObject([
      { severity: "error", setting: "standby", command: "pulumi config set standby nbg1" },
    ]);
  });
});
