/** What a server's disk is made from. */
export interface Image {
  id: number;
  name: string;
  description: string;
  os_flavor: "debian" | "ubuntu";
  os_version: string;
  architecture: "x86" | "arm";
}

/** Today's system images. Assumed: their ids. It matters only that they are different. */
export const images: readonly Image[] = [
  ...both(114690387, "debian", "12", "Debian 12"),
  ...both(310557660, "debian", "13", "Debian 13"),
  ...both(67794396, "ubuntu", "22.04", "Ubuntu 22.04"),
  ...both(161547269, "ubuntu", "24.04", "Ubuntu 24.04"),
  ...both(365311240, "ubuntu", "26.04", "Ubuntu 26.04"),
];

function both(id: number, os_flavor: Image["os_flavor"], os_version: string, description: string): Image[] {
  const image = { name: `${os_flavor}-${os_version}`, description, os_flavor, os_version };
  return [
    { id, ...image, architecture: "x86" },
    { id: id + 1, ...image, architecture: "arm" },
  ];
}
