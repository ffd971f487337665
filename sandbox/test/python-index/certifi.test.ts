import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { run } from "../../command.ts";
import { addAuthority } from "../../python-index/certifi.ts";

const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("certifi/cacert.pem", "others\\n")
    wheel.writestr("certifi-1.dist-info/RECORD", "certifi/cacert.pem,sha256=old,7\\ncertifi-1.dist-info/RECORD,,\\n")
`;
const checkWheel = `
import base64, hashlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    bundle = wheel.read("certifi/cacert.pem")
    digest = base64.urlsafe_b64encode(hashlib.sha256(bundle).digest()).rstrip(b"=").decode()
    assert wheel.read("certifi-1.dist-info/RECORD").decode().splitlines() == [
        f"certifi/cacert.pem,sha256={digest},{len(bundle)}", "certifi-1.dist-info/RECORD,,"
    ]
    print(bundle.decode())
`;

test("a wheel of certifi has the authority besides the others, and the right hash", async () => {
  const folder = await mkdtemp(join(tmpdir(), "certifi-"));
  const [wheel, certificate] = [join(folder, "wheel"), join(folder, "certificate")];
  try {
    await run(["python3", "-c", makeWheel, wheel]);
    await writeFile(certificate, "our own\n");
    await writeFile(wheel, await addAuthority(await readFile(wheel), certificate));
    expect(await run(["python3", "-c", checkWheel, wheel])).toBe(
      "others\n\n# The authority of the sandbox\nour own\n\n",
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
