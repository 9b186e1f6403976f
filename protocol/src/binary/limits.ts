/** What a reader accepts at most. A message beyond a limit is refused before anything is allocated for it. */
export interface Limits {
  /** Bytes of one message. */
  readonly messageBytes: number;
  /** Bytes of one string. */
  readonly stringBytes: number;
  /** Entries of all lists, sets and maps of one message together. */
  readonly entries: number;
  /** Structs and containers inside one another. */
  readonly depth: number;
}

const mebibyte = 1024 * 1024;

/** What a server takes from a client. A registration or a batch of log lines is far below. */
export const requestLimits: Limits = {
  messageBytes: 64 * mebibyte,
  stringBytes: 64 * mebibyte,
  entries: 4_000_000,
  depth: 32,
};

/** What a client takes from a server: the rows of a whole table, some 3 million of 10 columns. */
export const replyLimits: Limits = {
  messageBytes: 1024 * mebibyte,
  stringBytes: 256 * mebibyte,
  entries: 32_000_000,
  depth: 32,
};
