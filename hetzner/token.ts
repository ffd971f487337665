/**
 * What is wrong with the form of an API token, after its name in a sentence: "is missing". Hetzner's tokens have exactly 64
 * characters. Its provider refuses others without naming the setting.
 */
export function tokenProblem(token: string | undefined): string | undefined {
  if (token === undefined) {
    return "is missing";
  }
  if (/\s/.test(token)) {
    return "has white space or a line break in or around it";
  }
  if (token.length !== 64) {
    return `has ${token.length} characters, but a token has 64`;
  }
  if (!/^[A-Za-z0-9]+$/.test(token)) {
    return "has a character that is not a plain letter or digit";
  }
  return undefined;
}
