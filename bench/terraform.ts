import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../sandbox/command.ts";

/** The program's resources in Terraform's language, with as little as possible over SSH. */
const configuration = `
terraform {
  required_providers { hcloud = { source = "hetznercloud/hcloud" } }
}
variable "pair" { sensitive = true }
resource "hcloud_primary_ip" "address" {
  name        = "terraform"
  type        = "ipv4"
  location    = "fsn1"
  auto_delete = false
}
resource "hcloud_firewall" "firewall" {
  name = "terraform"
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["198.51.100.10/32"]
  }
}
resource "hcloud_ssh_key" "deploy" {
  name       = "terraform"
  public_key = file("key.pub")
}
resource "hcloud_server" "server" {
  name         = "terraform"
  server_type  = "cx23"
  image        = "debian-13"
  location     = hcloud_primary_ip.address.location
  ssh_keys     = [hcloud_ssh_key.deploy.id]
  firewall_ids = [hcloud_firewall.firewall.id]
  public_net {
    ipv4         = hcloud_primary_ip.address.id
    ipv6_enabled = false
  }
}
resource "terraform_data" "ready" {
  triggers_replace = [hcloud_server.server.id]
  connection {
    host        = hcloud_primary_ip.address.ip_address
    private_key = file("key")
  }
  provisioner "remote-exec" { inline = ["cloud-init status --wait >/dev/null || [ $? = 2 ]"] }
}
resource "terraform_data" "pair" {
  depends_on       = [terraform_data.ready]
  triggers_replace = [hcloud_server.server.id, sha256(var.pair)]
  connection {
    host        = hcloud_primary_ip.address.ip_address
    private_key = file("key")
  }
  provisioner "file" {
    content     = var.pair
    destination = "/root/pair"
  }
}
`;

/** Terraform with the hcloud provider, on the same private internet. */
export class Terraform {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param provider the folder that holds terraform-provider-hcloud */
  static async create(folder: string, provider: string): Promise<Terraform> {
    await mkdir(folder, { recursive: true });
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
    await writeFile(join(folder, "main.tf"), configuration);
    const overrides = `provider_installation {\n  dev_overrides { "hetznercloud/hcloud" = ${JSON.stringify(provider)} }\n}\n`;
    await writeFile(join(folder, "terraformrc"), overrides);
    return new Terraform(folder);
  }

  apply(pair: string, ...flags: string[]): Promise<string> {
    return this.#run(["apply", "-auto-approve", ...flags], pair);
  }

  plan(pair: string): Promise<string> {
    return this.#run(["plan"], pair);
  }

  destroy(pair: string): Promise<string> {
    return this.#run(["destroy", "-auto-approve"], pair);
  }

  #run([verb = "", ...flags]: string[], pair: string): Promise<string> {
    const environment = [
      `TF_CLI_CONFIG_FILE=${join(this.#folder, "terraformrc")}`,
      `TF_VAR_pair=${pair}`,
      "CHECKPOINT_DISABLE=1",
    ];
    const quiet = ["-input=false", "-no-color"];
    return run(["env", `--chdir=${this.#folder}`, ...environment, "terraform", verb, ...quiet, ...flags]);
  }
}
