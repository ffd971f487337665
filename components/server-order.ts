import * as pulumi from "@pulumi/pulumi";
import { servedLocations } from "../checklist/locations.ts";
import { type HetznerAccess, HetznerClient } from "../hetzner/client.ts";
import { testedImage } from "../hetzner/image.ts";
import { takenNames } from "../hetzner/names.ts";
import { type Choice, lookAtOrder, type OrderLook, parseChoice, type Wanted } from "../hetzner/order.ts";
import { changedAlready } from "../hetzner/power.ts";
import { rememberShown } from "../hetzner/shown-order.ts";
import type { WantedVolume } from "../hetzner/situation.ts";
import { addressHooks } from "./address-hooks.ts";
import { runOperatorScript } from "./commands/operator-script.ts";
import { leftOut, valueIfMade } from "./left-out.ts";
import { explainRefusals } from "./refusal-hooks.ts";

export interface ServerOrderArgs {
  /** The name of the address and of the server at Hetzner. */
  name: string;
  hetzner: HetznerAccess;
  /** The setting; undefined if it is left to us. */
  serverType: string | undefined;
  /** Where the server is; undefined if it is left to us. */
  location: string | undefined;
  /** The name of the server's address, if it isn't the server's. */
  addressName?: string | undefined;
  /** The address that no server has; undefined if there is none. */
  spare?: Wanted["spare"];
  /** The setting stateVolume. */
  volume: WantedVolume | undefined;
}

/** The decision of an order that is left out. `decided` ends the program then, so nobody uses it. */
const undecided: Choice = { serverType: "", location: "", cost: "" };

/** What is known of the server by now. */
export type Known = Partial<Pick<Wanted, "serverType" | "location" | "ordersServer">>;

/**
 * What is ordered at Hetzner, looked at before the first resource: whether the token may order, what can be had, and
 * what it costs. It looks when token, type, location or image change: in a preview in this program, in an update
 * by a script whose output is the decision, kept in the stack's state. An update without changes calls nobody.
 * Everything that is made at Hetzner depends on it.
 */
export class ServerOrder extends pulumi.ComponentResource {
  readonly image = testedImage;
  /** What was decided, for what the settings leave open. Decided once: a later run never changes it. */
  readonly serverType: pulumi.Output<string>;
  readonly location: pulumi.Output<string>;
  /** What all of it costs a month, for people. */
  readonly cost: pulumi.Output<string>;
  /** What the look has printed. Each look prints something else, so that what takes it as an input runs after each. */
  readonly record: pulumi.Output<string>;
  /** For scripts that call Hetzner. */
  readonly access: HetznerAccess;
  /** For what else this program calls Hetzner itself. */
  readonly client: HetznerClient;
  /** For every resource at Hetzner. */
  readonly explainRefusals = explainRefusals();
  /** For every address. */
  readonly addressHooks: pulumi.ResourceHookBinding;

  readonly #wanted: Wanted;
  /** What a look of this preview has decided. */
  readonly #seen = Promise.withResolvers<Choice | undefined>();
  /** Whether this run has shown what a look found. */
  #isShown = false;

  constructor(name: string, args: ServerOrderArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:ServerOrder", name, {}, options);
    const { hetzner, serverType, location, addressName, spare, volume } = args;
    this.client = new HetznerClient(hetzner);
    this.addressHooks = addressHooks(this.client, (address) => this.#requireFreeNames(address));
    this.#wanted = {
      name: args.name,
      addressName,
      spare,
      image: testedImage,
      serverType,
      location,
      locations: servedLocations.filter((one) => one !== spare?.location),
      volume,
    };

    const look = new pulumi.ResourceHook("look at the order", (run) => this.#onChange(run), {
      onDryRun: true,
    });
    const command = runOperatorScript(
      name,
      {
        script: "check-order.ts",
        input: { access: hetzner, stack: pulumi.getStack(), wanted: this.#wanted },
        logging: "stderr",
        seesPreviousOutput: true,
      },
      { parent: this, hooks: { beforeCreate: [look], beforeUpdate: [look] } },
    );
    this.record = pulumi.unsecret(command.stdout);
    this.access = hetzner;
    const choice = this.record.apply((printed?: string) =>
      printed === undefined ? undecided : parseChoice(printed),
    );
    void this.#take(choice);
    this.serverType = choice.serverType;
    this.location = choice.location;
    this.cost = choice.apply(({ cost, spareCost }) => [cost, spareCost].filter(Boolean).join("; "));
    this.registerOutputs({ cost: this.cost });
  }

  /** What this run or an earlier one has decided; after the hook of a preview, whose decision counts. */
  async #take(choice: pulumi.Output<Choice>): Promise<void> {
    const decided = await valueIfMade(choice);
    if (decided === undefined || decided === undecided) {
      this.#seen.reject(leftOut("The record of what is ordered at Hetzner"));
    } else {
      this.#seen.resolve(decided);
    }
  }

  async #onChange({ oldOutputs }: pulumi.ResourceHookArgs): Promise<void> {
    if (!pulumi.runtime.isDryRun()) {
      // In an update the script looks, right after this, and shows it.
      await this.#showOnce(() => Promise.resolve());
      return;
    }
    const { choice } = await this.#lookInPreview(await previousChoice(oldOutputs));
    if (choice !== undefined) {
      rememberShown(pulumi.getStack(), this.#wanted, choice);
    }
  }

  async #lookInPreview(previous: Choice | undefined): Promise<OrderLook> {
    try {
      const look = await this.look({}, previous);
      this.#seen.resolve(look.choice);
      return look;
    } catch (error) {
      // The program must not wait for what never comes. Pulumi shows the error.
      this.#seen.resolve(undefined);
      throw error;
    }
  }

  /**
   * What was decided, in a preview too, for what the program declares or not. Undefined if a look in a preview has
   * refused the order.
   *
   * @throws RunError if `--target` leaves the order out, and there is none yet
   */
  decided(): Promise<Choice | undefined> {
    return this.#seen.promise;
  }

  /** Looks, unless this run has shown already what a look found. */
  async lookOnce(known: Known): Promise<void> {
    if (!this.#isShown) {
      await this.look(known);
    }
  }

  /**
   * Looks, and shows what it found unless this run has shown it already.
   *
   * @param known what is known of the server by now, instead of the settings
   * @throws Error with all reasons why nothing may be ordered or changed
   */
  async look(known: Known = {}, previous?: Choice): Promise<OrderLook> {
    const look = await lookAtOrder(this.client, { ...this.#wanted, ...known }, previous);
    if (look.errors.length > 0) {
      throw new Error([...look.errors, look.report].join("\n"));
    }
    await this.#showOnce(async () => {
      for (const warning of look.warnings) {
        await pulumi.log.warn(warning, this);
      }
      await pulumi.log.info(look.report, this);
    });
    return look;
  }

  async #showOnce(show: () => Promise<void>): Promise<void> {
    if (!this.#isShown) {
      this.#isShown = true;
      await show();
    }
  }

  /**
   * Refuses to make an address, and so a server, whose names are taken at Hetzner: they may be those of a running bot
   * that another computer has made.
   */
  async #requireFreeNames(name: string): Promise<void> {
    const taken = await takenNames(this.client, name);
    if (taken.length > 0) {
      throw new Error(
        [
          `Hetzner has ${taken.join(" and ")} already, but this stack doesn't know it. Nothing was ordered.`,
          "If a `pulumi up` of this stack was killed, or if its state or its passphrase is lost, run: npm run recover. It shows what it finds, and asks before it changes anything.",
          "If the same stack is on another computer, with a running bot, use that one: copy its settings and its state.",
          "Or use another name for this stack: pulumi stack init NAME",
        ].join("\n"),
      );
    }
  }

  /**
   * Shows what can be done after Hetzner has refused an order, or a change of the type, against what it listed.
   *
   * @param closedLocation a location where Hetzner refuses every order
   */
  async advise(known: Known, closedLocation?: string): Promise<void> {
    try {
      const { advice, server } = await lookAtOrder(this.client, {
        ...this.#wanted,
        ...known,
        closedLocation,
      });
      if (server !== undefined && server.serverType === known.serverType) {
        await pulumi.log.error(changedAlready(server.serverType), this);
      } else if (advice.length > 0) {
        await pulumi.log.error(
          ["What can be done now:", ...advice.map((line) => `- ${line}`)].join("\n"),
          this,
        );
      }
    } catch (error) {
      await pulumi.log.debug(`No advice: ${error instanceof Error ? error.message : String(error)}`, this);
    }
  }
}

/** The decision in the stack's state; undefined before the first one. */
function previousChoice(outputs: Record<string, unknown> | undefined): Promise<Choice | undefined> {
  return new Promise((resolve) => {
    // A command's output is secret, and so an Output here.
    const stdout: pulumi.Output<unknown> = pulumi.output(outputs?.stdout);
    stdout.apply((printed) => {
      resolve(typeof printed === "string" && printed !== "" ? parseChoice(printed) : undefined);
    });
  });
}
