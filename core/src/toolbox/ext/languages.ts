import type { ExtensionName } from './names.ts';

/** The languages that there are templates for. */
export const languages = ['typescript', 'python', 'go'] as const;
export type Language = (typeof languages)[number];

/** The kinds of plugin that there are templates for. */
export const kinds = ['table', 'logger', 'config', 'distributed'] as const;
export type Kind = (typeof kinds)[number];

/** What a kind is, as a README says it. */
export const meanings: Readonly<Record<Kind, (name: ExtensionName) => string>> = {
  table: ({ snake }) => `The table \`${snake}\``,
  logger: ({ snake }) => `The logger \`${snake}\``,
  config: ({ snake }) => `The source of configuration \`${snake}\``,
  distributed: ({ snake }) => `The source of live queries \`${snake}\``,
};

/** The program that an agent starts, in the project's directory. */
export const programOf = (language: Language, { kebab }: ExtensionName): string =>
  language === 'typescript' ? 'src/main.ts' : `${kebab}.ext`;

/** What makes a fresh project run and tested, in its directory. */
export const firstSteps: Readonly<Record<Language, (name: ExtensionName) => readonly string[]>> = {
  typescript: () => ['npm install', 'npm test'],
  python: () => ['python3 -m venv .venv', '.venv/bin/pip install -r requirements.txt', '.venv/bin/python -m unittest'],
  go: ({ kebab }) => ['go test ./...', `go build -o ${kebab}.ext .`],
};

/** How an agent is made to use the plugin, as a command in the project's directory. */
export const trial = (kind: Kind, program: string, { snake }: ExtensionName): string => {
  if (kind === 'table') return `outposti --extension ${program} "select * from ${snake}"`;
  const daemon = `outpostd --extensions_autoload=extensions.load --${kind}_plugin=${snake}`;
  return [
    `realpath ${program} > extensions.load`,
    kind === 'distributed' ? `${daemon} --disable_distributed=false` : daemon,
  ].join('\n');
};
