import { writeFileSync } from "node:fs";
import { commandsDocs, commandsPage } from "../support/commands-docs.ts";

// `node test/checks/commands-docs.ts` writes docs/commands.md after a change of a command's `--help`.
writeFileSync(commandsPage, commandsDocs());
