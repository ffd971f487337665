import { expect, test } from "@jest/globals";
import { mirrorsIn, mirrorsInTargets } from "../../debian/mirrors.ts";

test("the archives are read from the image's sources", () => {
  const sources = [
    "Types: deb",
    "URIs: http://deb.debian.org/debian",
    "Suites: trixie",
    "",
    "Types: deb",
    "URIs: http://deb.debian.org/debian-security/",
    "",
  ].join("\n");
  expect([...mirrorsIn(sources)]).toEqual([
    ["debian", "http://deb.debian.org/debian"],
    ["debian-security", "http://deb.debian.org/debian-security"],
  ]);
});

test("a Debian host's own mirrors are recognized by their labels, whatever their addresses", () => {
  const targets = [
    "Debian Debian https://mirror.hetzner.com/debian/packages/",
    "Debian Debian http://second.example/debian/",
    "Debian Debian-Security https://mirror.hetzner.com/debian/security/",
    "Debian Debian-Backports https://backports.example/debian/",
    "Node Node https://deb.nodesource.com/node_20.x/",
  ].join("\n");
  expect(Object.fromEntries(mirrorsInTargets(targets))).toEqual({
    debian: "https://mirror.hetzner.com/debian/packages",
    "debian-security": "https://mirror.hetzner.com/debian/security",
  });
});

test("Ubuntu's mirrors don't count, and neither do mirrors without HTTP", () => {
  const targets = [
    "Ubuntu Ubuntu http://archive.ubuntu.com/ubuntu/",
    "Debian Debian mirror+file:/etc/apt/mirrors/debian.list/",
    "Debian Debian cdrom://Debian/",
  ].join("\n");
  expect(mirrorsInTargets(targets).size).toBe(0);
});
