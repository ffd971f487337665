import { EmulatorControl } from "../emulator/control-client.ts";
import { type LoggedRequestFrom, loggedRequestFrom } from "../emulator/control-protocol.ts";
import { type Fault, type Message, messageList } from "./control-protocol.ts";

export type { Fault, Message } from "./control-protocol.ts";

/** A client of the webhook's control API, for tests and the demo. */
export class WebhookControl extends EmulatorControl<LoggedRequestFrom, Fault> {
  /** @param socket the path of the receiver's control socket, `webhook.sock` in the run's folder */
  constructor(socket: string) {
    super(socket, loggedRequestFrom);
  }

  /** The messages that were accepted, in the order of arrival; none that was refused, reset or left hanging. */
  async messages(): Promise<Message[]> {
    return messageList.parse(await this.call("GET", "/messages")).messages;
  }

  /** Forgets messages and requests, and removes every fault that has not hit a request yet. */
  async clear(): Promise<void> {
    await this.call("DELETE", "/messages");
    await this.clearRequests();
    await this.clearFaults();
  }
}
