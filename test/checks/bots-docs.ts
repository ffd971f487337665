// Writes the table of docs/bots.md, from what the campaigns with real bots have recorded.
import { writeFile } from "node:fs/promises";
import { botsDocs } from "../support/bots-docs.ts";

await writeFile(...(await botsDocs()));
