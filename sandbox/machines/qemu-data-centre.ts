import { type DataCentreOptions, MachineDataCentre } from "./machine-data-centre.ts";
import type { Accelerator } from "./virtual/qemu.ts";
import { virtualMachines } from "./virtual/virtual-machines.ts";

/** A data centre whose machines are virtual machines. */
export class QemuDataCentre extends MachineDataCentre {
  constructor({ accelerator, ...options }: DataCentreOptions & { accelerator: Accelerator }) {
    super(virtualMachines(accelerator), options);
  }
}
