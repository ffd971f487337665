// Jest loads modules itself, so Node's own type stripping has to be called by hand: the same function, with
// blanks in place of the types, so that line numbers in a stack trace stay true.
import { stripTypeScriptTypes } from "node:module";

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
