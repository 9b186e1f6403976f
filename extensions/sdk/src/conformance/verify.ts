import { type Check, type ConformanceLevel, conformanceLevels, type Found } from './check.ts';
import { configChecks } from './levels/config.ts';
import { distributedChecks } from './levels/distributed.ts';
import { endingChecks } from './levels/ending.ts';
import { loggerChecks } from './levels/logger.ts';
import { registrationChecks } from './levels/registration.ts';
import { servingChecks } from './levels/serving.ts';
import { tableChecks } from './levels/tables.ts';
import { writableChecks } from './levels/writable.ts';
import type { ConformanceReport, Finding, Verdict } from './report.ts';
import { messageOf, Trial } from './trial.ts';

/** How an extension is verified. */
export interface VerifyOptions {
  /** What is looked at; `core` and the levels of the registries that the extension has plugins in, when left out. */
  readonly levels?: readonly ConformanceLevel[];
  /** Only checks of these names, such as `core.ping`; all of the levels, when left out. */
  readonly checks?: readonly string[];
  /** How long the extension may take to register, and for each answer, in milliseconds; 10,000 when left out. */
  readonly timeoutMs?: number;
  /** Rows for the level `writable`, by table: the values of all columns, in their order. Made up where left out. */
  readonly rows?: Readonly<Record<string, readonly unknown[]>>;
  /** What the extension finds in its environment; this process's, when left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Is told of each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void;
}

const checks: Readonly<Record<ConformanceLevel, readonly Check[]>> = {
  core: [...registrationChecks, ...servingChecks, ...tableChecks, ...endingChecks],
  writable: writableChecks,
  config: configChecks,
  logger: loggerChecks,
  distributed: distributedChecks,
};

/** The names of all checks. */
export const conformanceChecks: readonly string[] = Object.values(checks).flatMap(list => list.map(({ id }) => id));

/** `writable` is left to those who ask for it: it changes what the tables stand for. */
const levelsFor = (trial: Trial): readonly ConformanceLevel[] => [
  'core',
  ...(['config', 'logger', 'distributed'] as const).filter(registry => trial.plugins(registry).length > 0),
];

const verdictOf = ({ kind }: Found, { advisory = false }: Check): Verdict => {
  if (kind === 'fault') return advisory ? 'advice' : 'failed';
  return kind === 'sound' ? 'passed' : 'skipped';
};

/** What is checked, in order. Of an extension that did not register there is no more to be said. */
const planFor = (
  { registered }: Trial,
  levels: readonly ConformanceLevel[],
): readonly (readonly [ConformanceLevel, Check])[] =>
  registered === undefined
    ? registrationChecks.slice(0, 1).map(check => ['core', check] as const)
    : levels.flatMap(level => checks[level].map(check => [level, check] as const));

const look = async (check: Check, trial: Trial): Promise<Found> => {
  try {
    return await check.run(trial);
  } catch (error) {
    const ending = trial.process.ending;
    return { kind: 'fault', text: ending === undefined ? messageOf(error) : `${messageOf(error)}; ${ending}` };
  }
};

const examine = async (check: Check, level: ConformanceLevel, trial: Trial): Promise<Finding> => {
  const found = await look(check, trial);
  await trial.revive();
  const { id, asked, expected, remedy } = check;
  const text = found.kind === 'sound' ? '' : found.text;
  const verdict = verdictOf(found, check);
  return { id, level, verdict, asked, expected, found: text, remedy: verdict === 'passed' ? '' : remedy };
};

const identityOf = ({ registered }: Trial): Pick<ConformanceReport, 'extension' | 'version' | 'plugins'> => ({
  extension: registered?.info.name ?? '',
  version: registered?.info.version ?? '',
  plugins: Object.entries(registered?.registry ?? {}).flatMap(([registry, items]) =>
    Object.keys(items).map(name => `${registry}/${name}`),
  ),
});

/** Whether nothing of a level could be checked. */
const isEmpty = (level: ConformanceLevel, findings: readonly Finding[]): boolean =>
  level !== 'core' &&
  findings.some(({ level: other }) => other === level) &&
  findings.every(finding => finding.level !== level || finding.verdict === 'skipped');

/**
 * Starts an extension, plays its agent, and looks whether it keeps the contract of osquery's extensions. Levels other than `core` use
 * the plugins: rows are written and taken out again, lines are logged, queries are fetched.
 *
 * @param command the program and its arguments; `--socket`, `--timeout` and `--interval` are added
 */
export async function verify(command: readonly string[], options: VerifyOptions = {}): Promise<ConformanceReport> {
  const { timeoutMs = 10_000, rows = {}, environment = process.env, onFinding } = options;
  await using trial = await Trial.start({ command, timeoutMs, rows, environment });
  const wanted = trial.registered === undefined ? ['core'] : (options.levels ?? levelsFor(trial));
  const levels = conformanceLevels.filter(level => wanted.includes(level));
  const findings: Finding[] = [];
  for (const [level, check] of planFor(trial, levels)) {
    if (options.checks?.includes(check.id) === false) continue;
    const finding = await examine(check, level, trial);
    findings.push(finding);
    onFinding?.(finding);
  }
  const empty = (options.levels ?? []).filter(level => isEmpty(level, findings));
  const passed = empty.length === 0 && findings.every(({ verdict }) => verdict !== 'failed');
  return { command, ...identityOf(trial), levels, findings, empty, passed, stderr: trial.process.stderr };
}
