import { expect, test } from "@jest/globals";
import { confirm } from "../../components/binance-credentials.ts";

test("a server that reports another pair than the one that was sent is an error", () => {
  expect(confirm("0123456789ab\n", "0123456789ab")).toBe("0123456789ab");
  expect(() => confirm("none\n", "0123456789ab")).toThrow("did not confirm the key pair 0123456789ab");
  expect(() => confirm("", "none")).toThrow();
});
