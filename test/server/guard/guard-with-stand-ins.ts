import { expect } from "@jest/globals";
import { leaks } from "../../arbitraries.ts";
import { type Answer, BinanceStandIn, soundRestrictions } from "../../support/binance-stand-in.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { keyPair } from "../../support/fixtures.ts";
import { type Ended, Installation } from "./installation.ts";
import { WebhookStandIn } from "./webhook-stand-in.ts";

/** Everybody who knows it can post to the webhook. */
export const topic = "Qx7-canary-topic-9fK2mLw8Zt4";
export const restrictionsPath = "/sapi/v1/account/apiRestrictions";

/** An installed guard whose hosts are stand-ins on this computer. */
export class GuardWithStandIns {
  readonly binance: BinanceStandIn;
  /** The host of the demo account. */
  readonly demo: BinanceStandIn;
  /** Has a certificate for Binance's name that nobody trusts. */
  readonly impostor: BinanceStandIn;
  readonly webhook: WebhookStandIn;
  readonly server: Installation;
  readonly #output: string[] = [];

  constructor(
    binance: BinanceStandIn,
    demo: BinanceStandIn,
    impostor: BinanceStandIn,
    webhook: WebhookStandIn,
    server: Installation,
  ) {
    this.binance = binance;
    this.demo = demo;
    this.impostor = impostor;
    this.webhook = webhook;
    this.server = server;
  }

  static async start(): Promise<GuardWithStandIns> {
    const exchange = makeCertificate("api.binance.com");
    const demo = makeCertificate("demo-api.binance.com");
    const service = makeCertificate("ntfy.sh");
    return new GuardWithStandIns(
      await BinanceStandIn.start(exchange),
      await BinanceStandIn.start(demo),
      await BinanceStandIn.start(makeCertificate("api.binance.com")),
      await WebhookStandIn.start(service),
      new Installation([exchange.ca, demo.ca, service.ca], {}),
    );
  }

  /** As if it had just been installed, with a sound key pair. */
  reset(): void {
    this.binance.reset();
    this.demo.reset();
    this.impostor.reset();
    this.webhook.status = 200;
    this.webhook.taken.length = 0;
    Object.assign(this.server.ports, {
      "api.binance.com": this.binance.port,
      "demo-api.binance.com": this.demo.port,
      // Nothing listens there.
      "fapi.binance.com": 9,
      "ntfy.sh": this.webhook.port,
    });
    this.server.forget();
    this.server.setKeyPair(keyPair);
    this.server.setBot({});
    this.server.setAddress("webhook", `https://ntfy.sh/${topic}`);
    this.server.setAddress("heartbeat", undefined);
  }

  /** Nothing that was printed or written may reveal anything of a secret. */
  stop(): void {
    this.binance.stop();
    this.demo.stop();
    this.impostor.stop();
    this.webhook.stop();
    this.server.remove();
    const everything = this.#output.join("\n");
    expect(everything).not.toBe("");
    for (const secret of [keyPair.apiKey, keyPair.apiSecret, topic]) {
      expect(leaks(everything, secret)).toBe(false);
    }
  }

  async run(...args: string[]): Promise<Ended> {
    const ended = await this.server.run(...args);
    this.#output.push(ended.output, this.server.remembered);
    for (const { query } of [...this.binance.asked, ...this.impostor.asked]) {
      const signature = new URLSearchParams(query).get("signature");
      if (signature !== null) {
        expect(leaks(ended.output + this.server.remembered, signature, 12)).toBe(false);
      }
    }
    return ended;
  }

  /** A check, and then what guard-verdict starts after it. */
  async checkAndSend(): Promise<Ended> {
    const checked = await this.run("check");
    const sent = await this.run("send");
    return { code: checked.code, output: checked.output + sent.output };
  }

  /** From now on, Binance's reply about the key is a sound one with these changes. */
  answer(changes: Record<string, unknown>): void {
    this.answerWith({ body: { ...soundRestrictions, ...changes } });
  }

  /** From now on, this is Binance's reply about the key. */
  answerWith(restrictions: Answer): void {
    this.binance.reset({ [restrictionsPath]: restrictions });
  }
}
