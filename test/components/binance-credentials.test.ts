import { expect, test } from "@jest/globals";
import { confirm } from "../../components/binance-credentials.ts";

test("a server that names another pair than the delivered one is not believed", () => {
  expect(confirm("0123456789ab\n", "0123456789ab")).toBe("0123456789ab");
  expect(() => confirm("none\n", "0123456789ab")).toThrow("did not confirm the key pair 0123456789ab");
  expect(() => confirm("", "none")).toThrow();
});
