import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { unitFolder } from "./commands/server-paths.ts";

/** Where SSH reaches the bot's own page on the server. server/rootfs/ has the same address in its unit and its firewall. */
export const pageAddress = "127.20.0.1";

const service = "trading-bot-ui.service";
const socket = "trading-bot-ui.socket";

/** The same for files that arrive and files that are removed: a delivery that is rolled back runs them again. */
const activate = [
  ...[service, socket].map((unit) => `systemctl stop ${unit} || ! systemctl cat ${unit}`),
  "systemctl daemon-reload",
  `systemctl start ${socket} || ! systemctl cat ${socket}`,
];

/**
 * What makes the bot's own page reachable for SSH (the setting `bot.ui`), and nothing without that setting. A change doesn't
 * restart the bot.
 */
export function botPage(port: number | undefined): DeliveredFile[] {
  const file = (path: string, content: string | null): DeliveredFile => ({
    path,
    content: port === undefined ? null : content,
    activate,
  });
  return [
    ...[service, socket].map((unit) => {
      const { path, content } = deliveredFile(`${unitFolder}/${unit}`, { values: { port: String(port) } });
      return file(path, content);
    }),
    // A boot opens it as well. Unlike the link that systemctl makes, this can be delivered and removed.
    file(`${unitFolder}/sockets.target.d/trading-bot-ui.conf`, "[Unit]\nWants=trading-bot-ui.socket\n"),
    file("/etc/trading-bot/ui-port", `${port}\n`),
  ];
}
