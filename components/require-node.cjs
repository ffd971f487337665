// Loaded before anything else: by Pulumi's language host (Pulumi.yaml, nodeargs), and by the commands of `npm run`
// (package.json). It is plain, old JavaScript, so that even a Node that can't read TypeScript can print this message.
"use strict";

var wanted = [22, 18];
var found = process.versions.node.split(".").map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    "This program needs Node " +
      wanted.join(".") +
      " or newer; `node` is " +
      process.version +
      " (" +
      process.execPath +
      ").\n" +
      "Install a newer one, or run `npm ci`, which puts one into node_modules: `npm run` uses it by itself. Pulumi uses it with\n" +
      '  PATH="$PWD/node_modules/.bin:$PATH" pulumi up\n',
  );
  process.exit(1);
}

// The SDK is large. Node compiles it once, and later runs read the compiled code. Node's own place for it is a known
// name in the shared folder for temporary files, where another user could put code for us first. This folder
// belongs to the user who installed the packages, whose code we run anyway.
require("node:module").enableCompileCache(
  require("node:path").join(__dirname, "../node_modules/.cache/compiled"),
);

// Pulumi's language host also loads ts-node, which this program doesn't use. It would keep its compiled code in that
// shared folder.
process.env.TS_NODE_CACHE = "false";
