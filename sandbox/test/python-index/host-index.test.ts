import { expect, test } from "@jest/globals";
import { downloadOf, filesOnPage, indexOfHost, pageOf } from "../../python-index/host-index.ts";

test("the index that pip has in its settings is used", async () => {
  expect(await indexOfHost({ PIP_INDEX_URL: "https://packages.example.net/simple/" })).toBe(
    "https://packages.example.net/simple",
  );
});

test("a file's address can be relative to the page", () => {
  const page = pageOf("https://packages.example.net/root/simple", "numpy");
  const [file, ...others] = filesOnPage(
    JSON.stringify({
      files: [
        { filename: "numpy-1.whl", url: "../../files/numpy-1.whl", hashes: { sha256: "12" } },
        { filename: "numpy-0.whl", url: "../../files/numpy-0.whl", hashes: { md5: "34" } },
      ],
    }),
  );
  expect(others).toEqual([]);
  expect(file && downloadOf(page.url, file, "")).toEqual({
    archive: "packages",
    path: "12/numpy-1.whl",
    isImmutable: true,
    url: "https://packages.example.net/root/files/numpy-1.whl",
    sha256: "12",
  });
  expect(file && downloadOf(page.url, file, ".metadata")).toEqual({
    archive: "packages",
    path: "12/numpy-1.whl.metadata",
    isImmutable: true,
    url: "https://packages.example.net/root/files/numpy-1.whl.metadata",
  });
});
