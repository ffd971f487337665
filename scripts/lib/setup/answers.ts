/** What the owner has answered on the command line. It is used when the question comes: what is set already stays. */
export interface Answers {
  /** The default answers to everything that has one. */
  yes: boolean;
  tokenCommand?: string | undefined;
  adminCidrs?: string | undefined;
  addressService: string;
  /** Goes on although this computer's address isn't in adminCidrs. */
  fromElsewhere: boolean;
  bot?: string | undefined;
  program?: string | undefined;
  serverType?: string | undefined;
  location?: string | undefined;
  keyName?: string | undefined;
  keyCommand?: string | undefined;
  secretCommand?: string | undefined;
  newKey: boolean;
}

/** Shows a line. */
export type Say = (line: string) => void;
