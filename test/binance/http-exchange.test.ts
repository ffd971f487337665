import { describe, expect, test } from "@jest/globals";
import { BinanceError } from "../../binance/failure.ts";
import { timedOut, toBinanceError } from "../../binance/http-exchange.ts";

const failureOf = (error: unknown) => toBinanceError(error).failure;

function withCode(code: string): Error {
  return Object.assign(new Error("signature=secret"), { code });
}

describe("an error of Node's", () => {
  test.each([
    ["ENOTFOUND", "dns", "the name can't be resolved (ENOTFOUND)"],
    ["EAI_AGAIN", "dns", "the name can't be resolved (EAI_AGAIN)"],
    ["ENODATA", "dns", "the name can't be resolved (ENODATA)"],
    ["ESERVFAIL", "dns", "the name can't be resolved (ESERVFAIL)"],
    ["ECONNREFUSED", "connect", "no connection (ECONNREFUSED)"],
    ["EHOSTUNREACH", "connect", "no connection (EHOSTUNREACH)"],
    ["ENETUNREACH", "connect", "no connection (ENETUNREACH)"],
    ["ETIMEDOUT", "connect", "no connection (ETIMEDOUT)"],
    ["EACCES", "connect", "no connection (EACCES)"],
    ["EPERM", "connect", "no connection (EPERM)"],
    ["EADDRNOTAVAIL", "connect", "no connection (EADDRNOTAVAIL)"],
    ["CERT_HAS_EXPIRED", "certificate", "its certificate isn't trusted (CERT_HAS_EXPIRED)"],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "certificate",
      "its certificate isn't trusted (ERR_TLS_CERT_ALTNAME_INVALID)",
    ],
    ["SELF_SIGNED_CERT_IN_CHAIN", "certificate", "its certificate isn't trusted (SELF_SIGNED_CERT_IN_CHAIN)"],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "certificate",
      "its certificate isn't trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
    ],
    ["EPROTO", "tls", "no TLS connection (EPROTO)"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls", "no TLS connection (ERR_SSL_WRONG_VERSION_NUMBER)"],
    ["ERR_TLS_HANDSHAKE_TIMEOUT", "tls", "no TLS connection (ERR_TLS_HANDSHAKE_TIMEOUT)"],
    ["ECONNRESET", "closed", "the connection was closed (ECONNRESET)"],
    ["XENOTFOUND", "closed", "the connection was closed (XENOTFOUND)"],
    ["ECONNREFUSED2", "closed", "the connection was closed (ECONNREFUSED2)"],
    ["XECONNREFUSED", "closed", "the connection was closed (XECONNREFUSED)"],
    ["XEPROTO", "closed", "the connection was closed (XEPROTO)"],
  ])("%s is a failure of its kind, and nothing but the code is kept", (code, reason, detail) => {
    expect(failureOf(withCode(code))).toEqual({ kind: "unreachable", reason, detail });
  });

  test("about HTTP means that the reply isn't HTTP", () => {
    expect(failureOf(withCode("HPE_INVALID_CONSTANT"))).toEqual({
      kind: "unreadable",
      problem: "isn't HTTP (HPE_INVALID_CONSTANT)",
    });
    expect(failureOf(withCode("X_HPE_"))).toMatchObject({ kind: "unreachable" });
  });

  test.each([[new Error("secret")], [undefined], [null], ["secret"], [{ code: 5 }], [{}]])(
    "without a code means that the connection was closed: %p",
    (error) => {
      expect(failureOf(error)).toEqual({
        kind: "unreachable",
        reason: "closed",
        detail: "the connection was closed",
      });
    },
  );
});

test("a failure stays the failure that it is", () => {
  const error = new BinanceError({ kind: "unreadable", problem: "isn't JSON" });
  expect(toBinanceError(error)).toBe(error);
});

test("a timeout is named in seconds", () => {
  expect(timedOut(1500).failure).toEqual({
    kind: "unreachable",
    reason: "timeout",
    detail: "no answer within 1.5 s",
  });
});
