import { expect, test } from "@jest/globals";
import { supportWarning, testedImage, testedImages } from "../../hetzner/image.ts";

test("what is ordered is tested", () => {
  expect(testedImages.map(({ name }) => name)).toContain(testedImage);
});

test.each([
  ["2027-08-08", undefined],
  [
    "2027-08-10",
    "The server's system, Debian 13, gets security updates until 2028-08-09. Look for a newer version",
  ],
  ["2028-08-10", "The server's system, Debian 13, has got no security updates since 2028-08-09."],
])("on %s, Debian 13's owner gets a warning in time", (day, warning) => {
  const text = supportWarning("debian-13", Date.parse(day));
  if (warning === undefined) {
    expect(text).toBeUndefined();
  } else {
    expect(text).toContain(warning);
  }
});

test("nothing is said of a system that this version doesn't know", () => {
  expect(supportWarning("ubuntu-26.04", Date.parse("2030-01-01"))).toBeUndefined();
});
