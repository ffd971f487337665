import { jest } from "@jest/globals";

// Tests wait for conditions. This only ends a test whose condition never comes. A machine with emulated processors on a busy
// host may take ten minutes for a boot.
jest.setTimeout(2 * 60 * 60 * 1000);
