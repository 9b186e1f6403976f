/** Runs functions one after another, in the order in which they came. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that came before it has ended. @returns what it returns */
  run<T>(work: () => Promise<T>): Promise<T> {
    const running = this.#last.then(work, work);
    this.#last = running.catch(() => undefined); // whoever asked for it hears of its failure
    return running;
  }
}
