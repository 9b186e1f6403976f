import { readFileSync } from 'node:fs';

/** One recorded message of test/golden/frames.jsonl. */
export interface Frame {
  readonly conversation: string;
  readonly n: number;
  readonly conn: number;
  readonly direction: string;
  readonly method: string;
  readonly kind: 'call' | 'reply' | 'exception' | 'oneway';
  readonly seqid: number;
  readonly strict: boolean;
  readonly step?: string;
  readonly hex?: string;
  /** Stands instead of `hex` where a message was too long to be kept. */
  readonly hex_first_512_bytes?: string;
}

/** All recorded messages: traffic of osquery with clients and extensions in Python and Go, and with raw probes. */
export const frames: readonly Frame[] = readFileSync(new URL('../golden/frames.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as Frame);

/** A recorded message that was kept whole. */
export type WholeFrame = Frame & { readonly hex: string };

/** Those that were kept whole. */
export const wholeFrames: readonly WholeFrame[] = frames.filter(
  (frame): frame is WholeFrame => frame.hex !== undefined,
);

/** What a message is called in a test's name. */
export const titleOf = ({ conversation, n, method, kind }: Frame): string => `${conversation} ${n}: ${method} ${kind}`;
