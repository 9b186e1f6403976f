import { bounded } from '../engine/bounded.ts';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';

interface Part {
  readonly name: string;
  readonly end: () => Promise<void> | void;
  readonly limitMs: number;
}

/** How long the end of a part may take that says nothing else, milliseconds. */
const usualMs = 500;

/** The ends of the parts of something: each gets its time and no more, so that one that hangs does not keep the others from ending well. */
export class Endings {
  readonly #status: Speaker;
  readonly #parts: Part[] = [];

  constructor(status: Speaker) {
    this.#status = status;
  }

  /** Adds the end of a part; those added last are ended first. @param limitMs the longest to wait for it, milliseconds */
  add(name: string, end: () => Promise<void> | void, limitMs = usualMs): void {
    this.#parts.push({ name, end, limitMs });
  }

  /** Ends all parts. @returns whether all have ended */
  async run(): Promise<boolean> {
    let whole = true;
    for (const { name, end, limitMs } of this.#parts.splice(0).reverse()) {
      try {
        if (await bounded(Promise.resolve(end()), limitMs)) continue;
        whole = false;
        this.#status.warning('daemon', `The end of the ${name} takes longer than ${limitMs} ms and is not waited for.`);
      } catch (error) {
        this.#status.error('daemon', `The ${name} did not end well: ${reasonOf(error)}`);
      }
    }
    return whole;
  }
}
