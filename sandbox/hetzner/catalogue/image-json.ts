import type { Image } from "./images.ts";
import { deprecationOfImage, type Market } from "./offers.ts";

/** An image as the API shows it. Since 2026-11-02 with `deprecation` instead of `deprecated`. */
export function imageJson(image: Image, market: Market): object {
  return {
    id: image.id,
    type: "system",
    status: "available",
    name: image.name,
    description: image.description,
    image_size: null,
    // Assumed: the documentation's number for its Ubuntu.
    disk_size: 10,
    created: "2026-05-04T00:00:00Z",
    created_from: null,
    bound_to: null,
    os_flavor: image.os_flavor,
    os_version: image.os_version,
    rapid_deploy: true,
    protection: { delete: false },
    deprecation: deprecationOfImage(image, market),
    deleted: null,
    labels: {},
    architecture: image.architecture,
  };
}
