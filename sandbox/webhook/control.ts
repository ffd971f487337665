import { EmulatorControl } from "../emulator/control-client.ts";
import {
  type Fault,
  type LoggedRequest,
  loggedRequest,
  type Message,
  messageList,
} from "./control-protocol.ts";

export type { Fault, LoggedRequest, Message } from "./control-protocol.ts";

/** The door behind the webhook's receiver, for tests and the demo. */
export class WebhookControl extends EmulatorControl<LoggedRequest, Fault> {
  /** @param socket the path of the receiver's control socket, `webhook.sock` in the run's folder */
  constructor(socket: string) {
    super(socket, loggedRequest);
  }

  /** The messages that were taken, in the order in which they came: none that was refused, reset or left hanging. */
  async messages(): Promise<Message[]> {
    return messageList.parse(await this.call("GET", "/messages")).messages;
  }

  /** Forgets messages and requests, and takes back every trouble that has not struck yet. */
  async clear(): Promise<void> {
    await this.call("DELETE", "/messages");
    await this.clearRequests();
    await this.clearFaults();
  }
}
