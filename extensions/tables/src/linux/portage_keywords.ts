import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { linesOfWords, parseAtom } from '../lib/portage.ts';

const directory = '/etc/portage';
/** The second name is what the first was called before. */
const keywordFiles = ['package.accept_keywords', 'package.keywords'] as const;

/** What is said of an atom. */
interface Entry {
  readonly keyword: string;
  readonly mask: 0 | 1;
  readonly unmask: 0 | 1;
}

const nothing: Entry = { keyword: '', mask: 0, unmask: 0 };

/** The entries by their atoms; the first keyword of an atom counts. */
function entriesOf(files: FileView, losses: Losses): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (name: string, change: (entry: Entry, words: readonly string[]) => Entry): void => {
    for (const [atom = '', ...words] of linesOfWords(files, `${directory}/${name}`, losses))
      entries.set(atom, change(entries.get(atom) ?? nothing, words));
  };
  for (const name of keywordFiles)
    add(name, (entry, [keyword = '']) => ({ ...entry, keyword: entry.keyword || keyword }));
  add('package.mask', entry => ({ ...entry, mask: 1 }));
  add('package.unmask', entry => ({ ...entry, unmask: 1 }));
  return entries;
}

/** What the administrator of a Gentoo machine allows and forbids. */
export const portageKeywords = defineTable({
  name: 'portage_keywords',
  description: 'Gentoo keyword, mask and unmask entries.',
  platforms: ['linux'],
  examples: ['select package, version from portage_keywords where unmask = 1'],
  columns: {
    package: text('Category and name'),
    version: text('Version, with how it is compared; empty for all', { collate: 'version' }),
    keyword: text('Keyword that is accepted, as ~amd64'),
    mask: integer('1 when it is forbidden'),
    unmask: integer('1 when it is allowed though the profile forbids it'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const [atom, entry] of entriesOf(context.files, losses)) yield { ...parseAtom(atom), ...entry };
    losses.report(context);
  },
});
