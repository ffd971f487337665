import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { bodyOf, type Emulator } from "../support/emulator.ts";
import { startAndConnect } from "../support/socket-client.ts";

const levels = z.array(z.tuple([z.string(), z.string()]));
const update = z.object({ U: z.number(), u: z.number(), b: levels, a: levels });
const snapshot = z.object({ lastUpdateId: z.number(), bids: levels, asks: levels });

/** A local book, kept as Binance's documentation says. */
class LocalBook {
  readonly #bids: Map<string, string>;
  readonly #asks: Map<string, string>;
  lastUpdateId: number;

  constructor({ lastUpdateId, bids, asks }: z.infer<typeof snapshot>) {
    this.lastUpdateId = lastUpdateId;
    this.#bids = new Map(bids);
    this.#asks = new Map(asks);
  }

  apply({ U, u, b, a }: z.infer<typeof update>): void {
    if (u <= this.lastUpdateId) {
      return;
    }
    if (U > this.lastUpdateId + 1) {
      throw new Error(`events were missed: ${this.lastUpdateId}, then ${U}`);
    }
    change(this.#bids, b);
    change(this.#asks, a);
    this.lastUpdateId = u;
  }

  /** The book, in the form of a snapshot. */
  get shown(): z.infer<typeof snapshot> {
    const sorted = (side: Map<string, string>) =>
      [...side].sort(([one], [other]) => Number(one) - Number(other)) satisfies [string, string][];
    return {
      lastUpdateId: this.lastUpdateId,
      bids: sorted(this.#bids).reverse(),
      asks: sorted(this.#asks),
    };
  }
}

function change(side: Map<string, string>, changes: [string, string][]): void {
  for (const [price, quantity] of changes) {
    if (Number(quantity) === 0) {
      side.delete(price);
    } else {
      side.set(price, quantity);
    }
  }
}

/** The largest snapshot that a client may request. */
const spotSnapshot = "/api/v3/depth?symbol=BTCUSDT&limit=5000";

async function snapshotOf({ send }: Emulator, call = spotSnapshot): Promise<z.infer<typeof snapshot>> {
  const [path = "", query = ""] = call.split("?");
  return snapshot.parse(bodyOf(await send(path, { query })));
}

describe.each([
  ["/ws/btcusdt@depth@100ms", 100, spotSnapshot],
  ["/ws/btcusdt@depth", 1000, spotSnapshot],
  ["/public/ws/btcusdt@depth@500ms", 500, "/fapi/v1/depth?symbol=BTCUSDT&limit=1000"],
])("%s", (stream, period, call) => {
  test("has unbroken ids, and turns a snapshot of any time into the snapshot of any later time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom("87000", "89950", "90050", "93000"),
        async (pauses, slots, price) => {
          const { emulator, socket } = await startAndConnect(stream);
          /** Lets time pass, and returns the event that comes then, if any. */
          const pass = async (milliseconds: number) => {
            const before = emulator.clock.now().getTime();
            emulator.clock.advance(milliseconds);
            const isDue = Math.floor((before + milliseconds) / period) > Math.floor(before / period);
            return isDue ? [update.parse(await socket.next())] : [];
          };
          const events = await pass(slots * 100 + 50);
          const book = new LocalBook(await snapshotOf(emulator, call));
          await emulator.control.movePrice("BTCUSDT", price);
          for (const pause of pauses) {
            events.push(...(await pass(pause * 100)));
          }
          events.push(...(await pass(period - (emulator.clock.now().getTime() % period))));
          for (const [index, event] of events.entries()) {
            expect(event.U).toBe((events[index - 1]?.u ?? event.U - 1) + 1);
            book.apply(event);
          }
          expect(book.shown).toEqual(await snapshotOf(emulator, call));
          socket.terminate();
        },
      ),
      { numRuns: 3 },
    );
  });

  test("loses events on command", async () => {
    const { emulator, socket } = await startAndConnect(stream);
    const next = async () => {
      emulator.clock.advance(period);
      return update.parse(await socket.next());
    };
    const before = await next();
    await emulator.control.changeSockets({ kind: "lose-depth", events: 2 });
    emulator.clock.advance(period);
    while ((await emulator.control.sockets()).length === 0) {
      // Two turns of the event loop, in which the event is lost.
    }
    emulator.clock.advance(period);
    await emulator.control.sockets();
    const after = await next();
    expect(after.U).toBeGreaterThan(before.u + 1);
    expect((await next()).U).toBe(after.u + 1);
  });
});

test("the best levels come whole", async () => {
  const { emulator, socket } = await startAndConnect("/ws/btcusdt@depth5@100ms");
  emulator.clock.advance(100);
  const { lastUpdateId, bids, asks } = await snapshotOf(emulator);
  expect(await socket.next()).toEqual({ lastUpdateId, bids: bids.slice(0, 5), asks: asks.slice(0, 5) });
});
