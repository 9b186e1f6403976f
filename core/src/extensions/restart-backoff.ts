/** How long to wait before a dead extension is started again, milliseconds. */
export interface BackoffOptions {
  /** After the first death there is no wait, after the second this; it doubles with each. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** An extension that lived this long has shown that it can: the count begins anew. */
  readonly stableMs: number;
}

/** 0, 1, 2, 4 … 60 s; anew after 30 s of life. */
export const defaultBackoff: BackoffOptions = { firstMs: 1000, longestMs: 60_000, stableMs: 30_000 };

/** Counts quick deaths. */
export class RestartBackoff {
  readonly #options: BackoffOptions;
  #deaths = 0;

  constructor(options: BackoffOptions = defaultBackoff) {
    this.#options = options;
  }

  /** @returns milliseconds to wait after a process that lived `livedMs` */
  after(livedMs: number): number {
    const { firstMs, longestMs, stableMs } = this.#options;
    if (livedMs >= stableMs) this.#deaths = 0;
    this.#deaths += 1;
    return this.#deaths === 1 ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(this.#deaths - 2, 30));
  }
}
