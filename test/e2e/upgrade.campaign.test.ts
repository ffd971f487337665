import { describe } from "@jest/globals";
import { testUpgrade, versions } from "./upgrade.ts";

// The current version takes over stacks that older versions made. upgrade.sandbox.test.ts begins with the newest of them.

describe.each(versions.slice(0, -1))("a stack made by version %s", testUpgrade);
