import { containers } from "./containers.ts";
import { type DataCentreOptions, MachineDataCentre } from "./machine-data-centre.ts";

/** A data centre whose machines are containers. */
export class NspawnDataCentre extends MachineDataCentre {
  constructor(options: DataCentreOptions) {
    super(containers, options);
  }
}
