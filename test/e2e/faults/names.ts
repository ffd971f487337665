/** The flows whose runs are killed (flows.ts), in the order in which a stack goes through them. */
export const flowNames = [
  "first-up",
  "rotation",
  "settings",
  "type-change",
  "replace",
  "rebuild",
  "recover",
  "restore",
  "failover",
] as const;
export type FlowName = (typeof flowNames)[number];
