import { createHash } from "node:crypto";
import { oneLine } from "../../../binance/text.ts";
import { type Finding, overall } from "../../../checklist/finding.ts";
import { explanation } from "./explanation.ts";
import { type HistoryEvent, readableTime } from "./history.ts";
import { Html, markup } from "./markup.ts";
import type { Verification } from "./verification.ts";
import { describeKnown, summary } from "./verification-table.ts";

/** What `npm run verify -- --html FILE` writes. */
export interface Evidence {
  verification: Verification;
  /** The server's name. */
  server: string;
  /** The oldest first, or why it could not be read. */
  history: HistoryEvent[] | { problem: string };
}

const style = `
:root { color-scheme: light dark; --pass: #1a7f37; --fail: #cf222e; --unknown: #9a6700; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --pass: #3fb950; --fail: #ff7b72; --unknown: #d29922; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.verdict { font-weight: 600; white-space: nowrap; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .unknown { color: var(--unknown); }
p.more { margin: .2rem 0 0; font-size: .9rem; opacity: .85; }
code { font-family: ui-monospace, monospace; }
@media print { body { margin: 0; } tr { break-inside: avoid; } }
`;

/** What the browser may load and run: nothing but this style sheet. */
const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`;

/**
 * One page that needs no other file: the eight points, how each is known, and what was done with key pairs. Nothing in it is
 * secret: no balances, and a key pair is named by its fingerprint.
 */
export function verificationPage({ verification, server, history }: Evidence): string {
  const { ipAddress, standbyIp, keyPair, live, inPaperMode, keyName, at, findings } = verification;
  const verdict = overall(findings.map((finding) => finding.verdict));
  const time = `${readableTime(new Date(at).toISOString())} UTC`;
  const rows = [
    row("Checked on", time),
    row(
      "Key pair",
      markup`<code>${keyPair}</code>${keyName === "" ? "" : ` "${oneLine(keyName)}"`}, ${live ? "live" : "not live"} on the server`,
    ),
    row("Server's address", ipAddress),
    ...(standbyIp === undefined ? [] : [row("Standby address", `${standbyIp}, which no server has`)]),
    ...(inPaperMode
      ? [row("Bot", "in paper mode: it doesn't get this key pair, which is for real money")]
      : []),
  ];
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${server}: ${verdict}, ${time}</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>Verification of the Binance key of ${server}</h1>
<p><span class="verdict ${verdict}">${verdict.toUpperCase()}</span>: ${summary(findings)}</p>
<table>${rows}</table>
<h2>The eight points</h2>
${findingsTable(findings.filter(({ point }) => point !== undefined))}
<h2>Further checks</h2>
${findingsTable(findings.filter(({ point }) => point === undefined))}
<h2>What was done with key pairs on the server</h2>
${historySection(history)}
<h2>How a point is known</h2>
<p>proven: it was seen, such as Binance's reply to a request. evidence: everything that can be seen agrees. confirmed: by a
person, on that date. A point that could not be checked is never shown as passed.</p>
<p>Made by <code>npm run verify -- --html</code> of trading-bot-server.</p>
</body>
</html>
`;
  return page.text;
}

function row(name: string, value: string | Html): Html {
  return markup`
<tr><th>${name}</th><td>${value}</td></tr>`;
}

function findingsTable(findings: Finding[]): Html {
  return markup`<table>
<tr><th>#</th><th>Check</th><th>Result</th><th>Known</th></tr>${findings.map(findingRow)}
</table>`;
}

function findingRow(finding: Finding): Html {
  const { point, title, verdict, known, detail } = finding;
  const more = [detail, ...explanation(finding)].map((text) => markup`<p class="more">${text}</p>`);
  return markup`
<tr><td>${point ?? "–"}</td><td>${title}${more}</td><td class="verdict ${verdict}">${verdict}</td><td>${describeKnown(known)}</td></tr>`;
}

function historySection(history: Evidence["history"]): Html {
  if ("problem" in history) {
    return markup`<p class="unknown">It could not be read: ${history.problem}</p>`;
  }
  if (history.length === 0) {
    return markup`<p>No key pair has been on this server yet.</p>`;
  }
  return markup`<table>
<tr><th>When (UTC)</th><th>What</th><th>Key pair</th><th>Result or reason</th></tr>${history.map(eventRow)}
</table>`;
}

function eventRow({ at, what, fingerprint, outcome }: HistoryEvent): Html {
  return markup`
<tr><td>${readableTime(at)}</td><td>${what}</td><td><code>${fingerprint ?? ""}</code></td><td>${outcome}</td></tr>`;
}
