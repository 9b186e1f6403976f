import type { Page } from '../version2.ts';
import type { CallOptions } from './options.ts';

/** Asks for pages of a cursor and gives it up. */
export interface PageSource {
  nextRows(cursor: number, pageBytes: number, options?: CallOptions): Promise<Page>;
  closeRows(cursor: number): void;
}

/**
 * The pages of a result, each asked for while the one before it is used. Whoever stops early closes the cursor.
 *
 * @param first the answer to the call that began it
 */
export async function* pagesOf(
  source: PageSource,
  first: Page,
  pageBytes: number,
  options?: CallOptions,
): AsyncGenerator<Page, void, undefined> {
  const { cursor } = first;
  let page = first;
  try {
    for (;;) {
      const following = page.more ? source.nextRows(cursor, pageBytes, options) : undefined;
      following?.catch(() => undefined); // it is awaited below, unless the reader stops before
      yield page;
      if (following === undefined) return;
      page = await following;
    }
  } finally {
    if (page.more) source.closeRows(cursor);
  }
}
