import { OutpostError } from '@outpost/protocol';
import {
  type ConformanceLevel,
  conformanceChecks,
  type Finding,
  findingText,
  summaryText,
  verify,
} from '@outpost/sdk/conformance';
import { commandOf, extensionEnvironment } from './program.ts';

/** What `outpost ext verify` is told. */
export interface VerifyFlags {
  readonly level?: readonly ConformanceLevel[];
  readonly check?: readonly string[];
  readonly row?: readonly string[];
  readonly timeout: number;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Reads `TABLE=[…]`. @throws OutpostError EXTENSION_ROW_INVALID */
const rowOf = (text: string): readonly [table: string, values: readonly unknown[]] => {
  const [table = '', json] = text.split(/=(.*)/s, 2);
  try {
    const values: unknown = JSON.parse(json ?? '');
    if (table !== '' && Array.isArray(values)) return [table, values];
  } catch {
    // told below, with what is not so
  }
  throw new OutpostError('EXTENSION_ROW_INVALID', { text });
};

/** @throws OutpostError EXTENSION_CHECK_UNKNOWN */
const checkNames = (names: readonly string[]): readonly string[] => {
  const unknown = names.find(name => !conformanceChecks.includes(name));
  if (unknown === undefined) return names;
  throw new OutpostError('EXTENSION_CHECK_UNKNOWN', { name: unknown, known: conformanceChecks.join(', ') });
};

/** Prints findings as they are made, under the name of their level. */
const printer = (): ((finding: Finding) => void) => {
  let level = '';
  return finding => {
    if (finding.level !== level) process.stdout.write(`${level === '' ? '' : '\n'}${finding.level}\n`);
    level = finding.level;
    process.stdout.write(findingText(finding));
  };
};

/**
 * `outpost ext verify`: runs the conformance suite against an extension.
 * @returns the exit code: 0 when no check failed; with `strict` advice counts too
 */
export const verifyExtension = async (words: readonly string[], flags: VerifyFlags): Promise<number> => {
  const { level: levels, check: checks, row = [], timeout, json = false, strict = false } = flags;
  const report = await verify(commandOf(words), {
    ...(levels && { levels }),
    ...(checks && { checks: checkNames(checks) }),
    rows: Object.fromEntries(row.map(rowOf)),
    timeoutMs: timeout * 1000,
    environment: extensionEnvironment(),
    ...(!json && { onFinding: printer() }),
  });
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : summaryText(report));
  const advised = report.findings.some(({ verdict }) => verdict === 'advice');
  return report.passed && !(strict && advised) ? 0 : 1;
};
