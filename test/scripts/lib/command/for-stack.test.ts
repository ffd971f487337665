import { expect, test } from "@jest/globals";
import { forStack } from "../../../../scripts/lib/command/for-stack.ts";

test.each([
  [
    "To continue: npm run replace. To give it up: npm run replace -- --discard",
    "To continue: npm run replace -- --stack prod. To give it up: npm run replace -- --discard --stack prod",
  ],
  ["To continue: npm run move -- nbg1\n", "To continue: npm run move -- nbg1 --stack prod\n"],
  ["npm run install-bot -- FOLDER", "npm run install-bot -- FOLDER --stack prod"],
  [
    "To use a backup: npm run failover -- --backup FILE. Without one: npm run failover -- --without-state",
    "To use a backup: npm run failover -- --backup FILE --stack prod. Without one: npm run failover -- --without-state --stack prod",
  ],
  [
    "npm run install-bot -- --without-copy FOLDER",
    "npm run install-bot -- --without-copy FOLDER --stack prod",
  ],
  ["npm run rebuild -- --image debian-14, and", "npm run rebuild -- --image debian-14 --stack prod, and"],
  ["npm run stop -- --cancel-orders --yes", "npm run stop -- --cancel-orders --yes --stack prod"],
  ["npm run recover -- --list shows them", "npm run recover -- --list --stack prod shows them"],
  [
    "Run `pulumi up --refresh`, and then this again.",
    "Run `pulumi up --refresh --stack prod`, and then this again.",
  ],
  ["Run pulumi preview: it lists the types.", "Run pulumi preview --stack prod: it lists the types."],
  [
    "run: pulumi config set serverType cx23 && npm run move -- nbg1",
    "run: pulumi config set serverType cx23 --stack prod && npm run move -- nbg1 --stack prod",
  ],
  [
    "pulumi config set --secret binance:apiKey\nnext",
    "pulumi config set --secret binance:apiKey --stack prod\nnext",
  ],
  [
    "pulumi config set binance:publicKey MCow+BQ/DK2Vw=\nnext",
    "pulumi config set binance:publicKey MCow+BQ/DK2Vw= --stack prod\nnext",
  ],
  ["run `pulumi config rm binance:apiKey`, then", "run `pulumi config rm binance:apiKey --stack prod`, then"],
  [
    "pulumi config set --path bot.hosts 'a.example.net,*.example.org'\npulumi up",
    "pulumi config set --path bot.hosts 'a.example.net,*.example.org' --stack prod\npulumi up --stack prod",
  ],
  ["pulumi stack rm prod", "pulumi stack rm prod"],
])("%j names the stack", (message, expected) => {
  expect(forStack(message, "prod")).toBe(expected);
  expect(forStack(message, undefined)).toBe(message);
});

test("the stack's name can't put code into the command", () => {
  expect(forStack("pulumi up", "prod;id")).toBe("pulumi up --stack 'prod;id'");
});
