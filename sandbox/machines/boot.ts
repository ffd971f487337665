/** A machine between its start and its end. */
export interface Boot {
  /** Resolves when the machine is off: true if it asked to be started again. */
  ended: Promise<boolean>;
  /** Presses the power button. It may resolve before the machine is off. */
  pressPowerButton(): Promise<void>;
}
