/** How many places before the first item are kept until they are given back. */
const slack = 1024;

/** A queue whose ends are both reached in constant time. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest item. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes out the oldest item. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#head += 1;
    if (this.#head > slack && this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Keeps those items that a test accepts. @returns the others */
  keep(test: (item: T) => boolean): readonly T[] {
    this.#compact();
    const { kept = [], gone = [] } = Object.groupBy(this.#items, item => (test(item) ? 'kept' : 'gone'));
    this.#items = kept;
    return gone;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
