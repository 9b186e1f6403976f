// `npm run generate --workspace protocol`: compiles protocol/*.thrift into protocol/src/generated/ with the Thrift compiler
// (Debian and Ubuntu: apt-get install thrift-compiler). What it generates is amended as `amendments` says, and declared for
// TypeScript from the compiler's JSON description.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Description, declarations, indexModule } from './thrift-declarations.ts';

const protocol = join(import.meta.dirname, '../protocol');
const target = join(protocol, 'src/generated');
const idls = ['osquery', 'outpost'] as const;

/** A fault of the compiler's output: what stands there, what belongs there. */
interface Amendment {
  readonly why: string;
  readonly from: RegExp;
  readonly to: string;
}

const amendments: readonly Amendment[] = [
  {
    why: 'The entry point of the thrift package loads HTTP and WebSocket: 20 ms that nobody needs.',
    from: /const thrift = require\('thrift'\);\nconst Thrift = thrift\.Thrift;\nconst Int64 = require\('node-int64'\);\n/g,
    to: "const Thrift = require('thrift/lib/nodejs/lib/thrift/thrift.js');\nconst setEntry = require('./set-entry.js');\n",
  },
  {
    why: 'A map with the key `hasOwnProperty`, which any peer may send, makes the method of that name a string.',
    from: /(\w+(?:\.\w+)?)\.hasOwnProperty\((\w+)\)/g,
    to: 'Object.hasOwn($1, $2)',
  },
  {
    why: 'The key `__proto__`, which any peer may send, sets the prototype of the map and is lost.',
    from: /(\w+(?:\.\w+)?)\[(key\d+)\] = (val\d+);/g,
    to: 'setEntry($1, $2, $3);',
  },
  {
    why: 'The structs of arguments and results are not exported; the dispatch of client/ and server/ needs them.',
    from: /^const (Extension\w*_(?:args|result)) = class/gm,
    to: 'const $1 = exports.$1 = class',
  },
];

const setEntry = `// Sets an entry of a map whose key the other side chose.
'use strict';

module.exports = (map, key, value) => {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    map[key] = value;
  }
};
`;

const compile = (...options: string[]): void => {
  for (const idl of idls) execFileSync('thrift', [...options, join(protocol, `${idl}.thrift`)], { stdio: 'inherit' });
};

const directory = mkdtempSync(join(tmpdir(), 'outpost-thrift-'));
try {
  const version = execFileSync('thrift', ['--version'], { encoding: 'utf8' }).trim();
  compile('--gen', 'js:node,es6', '-out', directory);
  compile('--gen', 'json', '-out', directory);
  const sources = readdirSync(directory).filter(name => name.endsWith('.js'));
  const generated = new Map(sources.map(name => [name, readFileSync(join(directory, name), 'utf8')]));
  for (const { why, from, to } of amendments) {
    let amended = false;
    for (const [name, text] of generated) {
      const replaced = text.replace(from, to);
      amended ||= replaced !== text;
      generated.set(name, replaced);
    }
    if (!amended)
      throw new Error(`${version} no longer needs this amendment, or writes the code in another way: ${why}`);
  }
  for (const [name, text] of generated) writeFileSync(join(target, name), text);
  const descriptions = idls.map(idl => JSON.parse(readFileSync(join(directory, `${idl}.json`), 'utf8')) as Description);
  writeFileSync(join(target, 'set-entry.js'), setEntry);
  writeFileSync(join(target, 'index.mjs'), indexModule(descriptions, version));
  writeFileSync(join(target, 'index.d.mts'), declarations(descriptions, version));
} finally {
  rmSync(directory, { recursive: true });
}
