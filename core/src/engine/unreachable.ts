/** What a statement fails with when nobody listens at the socket of the extension that brings its table; osquery's words. */
export const unreachable = (socketPath: string): string => `Extension socket not available: ${socketPath}`;
