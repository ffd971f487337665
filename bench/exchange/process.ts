// The process that emulator.ts starts. It reports what it has used, at the start and whenever it gets a message.
import { createBinance } from "../../sandbox/binance/binance.ts";

const { api, control } = createBinance();
await control.listen({ path: process.argv[2] ?? "" });
const url = await api.listen({ host: "127.0.0.1", port: 0 });

function report(): void {
  const { user, system } = process.cpuUsage();
  process.send?.({ url, seconds: (user + system) / 1e6 });
}

process.on("message", report);
process.on("disconnect", () => process.exit());
report();
