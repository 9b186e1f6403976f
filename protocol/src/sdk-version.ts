/** The oldest version of the extension API that may register: osquery's. */
export const oldestSdkVersion = '1.7.7';

const leadingInteger = (text: string): number | undefined => {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? undefined : value;
};

/** Whether a chunk is below another: as numbers where both begin with one, else as text. */
const compareChunks = (a: string, b: string): number => {
  const [left, right] = [leadingInteger(a), leadingInteger(b)];
  if (left !== undefined && right !== undefined) return left - right;
  return a < b ? -1 : 0;
};

/**
 * Whether an extension that announces `version` of the SDK may register. As in osquery only the chunks that it names are compared,
 * so `1` and the empty text pass, and `0.0.0` always does.
 */
export function isCompatibleSdk(version: string): boolean {
  if (version === '0.0.0') return true;
  const required = oldestSdkVersion.split('.');
  const chunks = version.split('.').filter(chunk => chunk !== '');
  for (const [index, chunk] of chunks.entries()) {
    const needed = required[index];
    if (needed === undefined) return true;
    const order = compareChunks(chunk, needed);
    if (order !== 0) return order > 0;
  }
  return true;
}
