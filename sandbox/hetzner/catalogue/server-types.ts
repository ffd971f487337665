import { everywhere, inEurope } from "./locations.ts";

/** A server type. */
export interface ServerType {
  id: number;
  name: string;
  cores: number;
  memory: number;
  disk: number;
  cpu_type: "shared" | "dedicated";
  category: string;
  architecture: "x86" | "arm";
  /** Names of the locations where it is sold. */
  soldIn: string[];
  /** Euros a month in the EU, without VAT. */
  monthly: number;
}

const costOptimized = { cpu_type: "shared", category: "Cost-Optimized", soldIn: inEurope } as const;
const regular = { cpu_type: "shared", category: "Regular Performance", soldIn: everywhere } as const;
const general = { cpu_type: "dedicated", category: "General Purpose", soldIn: everywhere } as const;

/**
 * Names, sizes and the prices of CX23, CX33, CAX11, CPX12 and CPX22 are Hetzner's, as of June 2026. Assumed:
 * the ids, the other prices, and that CPX and CCX are sold everywhere.
 */
export const serverTypes: readonly ServerType[] = [
  {
    id: 114,
    name: "cx23",
    cores: 2,
    memory: 4,
    disk: 40,
    monthly: 5.49,
    architecture: "x86",
    ...costOptimized,
  },
  {
    id: 115,
    name: "cx33",
    cores: 4,
    memory: 8,
    disk: 80,
    monthly: 8.49,
    architecture: "x86",
    ...costOptimized,
  },
  {
    id: 116,
    name: "cx43",
    cores: 8,
    memory: 16,
    disk: 160,
    monthly: 15.99,
    architecture: "x86",
    ...costOptimized,
  },
  {
    id: 117,
    name: "cx53",
    cores: 16,
    memory: 32,
    disk: 320,
    monthly: 30.49,
    architecture: "x86",
    ...costOptimized,
  },
  {
    id: 45,
    name: "cax11",
    cores: 2,
    memory: 4,
    disk: 40,
    monthly: 5.99,
    architecture: "arm",
    ...costOptimized,
  },
  {
    id: 93,
    name: "cax21",
    cores: 4,
    memory: 8,
    disk: 80,
    monthly: 10.49,
    architecture: "arm",
    ...costOptimized,
  },
  { id: 109, name: "cpx12", cores: 1, memory: 2, disk: 40, monthly: 11.49, architecture: "x86", ...regular },
  { id: 110, name: "cpx22", cores: 2, memory: 4, disk: 80, monthly: 19.49, architecture: "x86", ...regular },
  { id: 111, name: "cpx32", cores: 4, memory: 8, disk: 160, monthly: 33.49, architecture: "x86", ...regular },
  { id: 96, name: "ccx13", cores: 2, memory: 8, disk: 80, monthly: 42.49, architecture: "x86", ...general },
];
