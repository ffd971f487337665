/** @returns undefined if the text isn't JSON; Node's own error would quote it */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
