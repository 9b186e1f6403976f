/** The result of `read`; undefined where it fails, since what cannot be seen is passed over here. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
