/** A text from which parts were cut, and where each of its characters was before. */
export class CutText {
  readonly text: string;
  /** The offsets in `text` at which parts follow a cut, and what they were in the text before; both ascend. */
  readonly #starts: readonly number[];
  readonly #origins: readonly number[];
  readonly #before: CutText | undefined;

  private constructor(text: string, starts: readonly number[], origins: readonly number[], before?: CutText) {
    this.text = text;
    this.#starts = starts;
    this.#origins = origins;
    this.#before = before;
  }

  /** A text of which nothing was cut. */
  static of(text: string): CutText {
    return new CutText(text, [0], [0]);
  }

  /** The text without what a global pattern finds. */
  without(pattern: RegExp): CutText {
    const parts: string[] = [];
    const starts: number[] = [];
    const origins: number[] = [];
    let length = 0;
    const keep = (from: number, to: number): void => {
      starts.push(length);
      origins.push(from);
      parts.push(this.text.slice(from, to));
      length += to - from;
    };
    let from = 0;
    for (const found of this.text.matchAll(pattern)) {
      keep(from, found.index);
      from = found.index + found[0].length;
    }
    keep(from, this.text.length);
    return new CutText(parts.join(''), starts, origins, this);
  }

  /** Where a character of `text` was before anything was cut. */
  origin(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const here = (this.#origins[low] ?? 0) + offset - (this.#starts[low] ?? 0);
    return this.#before === undefined ? here : this.#before.origin(here);
  }
}
