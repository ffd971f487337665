import { expect, test } from "@jest/globals";
import { BinanceError, describeFailure, type Failure } from "../../binance/failure.ts";
import { refused } from "./support.ts";

test.each<[Failure, string]>([
  [refused(401, -2015, { message: "Invalid API-key." }), "HTTP 401, code -2015: Invalid API-key."],
  [refused(400, -1022), "HTTP 400, code -1022"],
  [refused(403), "HTTP 403"],
  [{ kind: "unreadable", problem: "isn't JSON" }, "the reply isn't JSON"],
  [{ kind: "unreachable", reason: "dns", detail: "no such name" }, "no such name"],
  [{ kind: "tunnel", reason: "ssh", detail: "ssh ended" }, "ssh ended"],
  [{ kind: "skipped" }, "not requested, because an earlier request failed"],
])("%j is described in a few words", (failure, description) => {
  expect(describeFailure(failure)).toBe(description);
  const error = new BinanceError(failure);
  expect(error.message).toBe(description);
  expect(error.failure).toBe(failure);
});
