import type { ConformanceLevel } from './check.ts';

/** How a check went. `advice`: the agent gets on with it, others than the author may not. */
export type Verdict = 'passed' | 'advice' | 'failed' | 'skipped';

/** One check and what it found. */
export interface Finding {
  readonly id: string;
  readonly level: ConformanceLevel;
  readonly verdict: Verdict;
  readonly asked: string;
  readonly expected: string;
  /** What was found instead, or why the check was skipped; empty when it passed. */
  readonly found: string;
  /** What to do; empty when it passed. */
  readonly remedy: string;
}

/** What a run of the suite found out. */
export interface ConformanceReport {
  readonly command: readonly string[];
  /** The name that the extension registered; empty when it did not come so far. */
  readonly extension: string;
  readonly version: string;
  /** Its plugins, `registry/name`. */
  readonly plugins: readonly string[];
  /** Levels that were looked at. */
  readonly levels: readonly ConformanceLevel[];
  readonly findings: readonly Finding[];
  /** Levels that were asked for and had nothing to look at. */
  readonly empty: readonly ConformanceLevel[];
  /** Whether no check failed, and no level that was asked for is empty. */
  readonly passed: boolean;
  /** The last lines that the extension printed on standard error. */
  readonly stderr: string;
}

const words: Readonly<Record<Verdict, string>> = {
  passed: 'ok',
  advice: 'advice',
  failed: 'FAILED',
  skipped: 'skipped',
};

const detail = ({ verdict, asked, expected, found, remedy }: Finding): string[] => {
  if (verdict === 'passed' || verdict === 'skipped') return [];
  return [
    `            asked:     ${asked}`,
    `            expected:  ${expected}`,
    `            found:     ${found.replaceAll('\n', '\n                       ')}`,
    `            to do:     ${remedy}`,
  ];
};

/** A finding as people read it. */
export function findingText(finding: Finding): string {
  const { verdict, id, expected, found } = finding;
  const rest = verdict === 'passed' ? expected : verdict === 'skipped' ? found : '';
  const first = `  ${words[verdict].padEnd(8)}  ${id.padEnd(26)} ${rest}`.trimEnd();
  return `${[first, ...detail(finding)].join('\n')}\n`;
}

const count = (findings: readonly Finding[], verdict: Verdict): number =>
  findings.filter(finding => finding.verdict === verdict).length;

const heading = ({ command, extension, version, plugins }: ConformanceReport): string =>
  extension === ''
    ? command.join(' ')
    : `${extension} ${version} (${command.join(' ')}): ${plugins.join(', ') || 'no plugins'}`;

/** How many of the extension's last lines are shown. */
const shownLines = 15;

/** What a report comes to, as people read it: who was verified, how many checks went how, and what the extension had to say. */
export function summaryText(report: ConformanceReport): string {
  const { findings, stderr, empty } = report;
  const counts = `${count(findings, 'passed')} passed, ${count(findings, 'failed')} failed, ${count(findings, 'advice')} advice, ${count(findings, 'skipped')} skipped.`;
  const nothing = empty.map(level => `The level ${level} was asked for, and there is nothing of it in the extension.`);
  const said =
    report.passed || stderr === ''
      ? []
      : [
          '',
          'Standard error of the extension, its end:',
          ...stderr
            .split('\n')
            .slice(-shownLines)
            .map(line => `  ${line}`),
        ];
  return `${[...said, '', heading(report), ...nothing, counts].join('\n')}\n`;
}

/** A report as people read it. */
export function reportText(report: ConformanceReport): string {
  const { findings, levels } = report;
  const parts = levels.map(
    level =>
      `${level}\n${findings
        .filter(finding => finding.level === level)
        .map(findingText)
        .join('')}`,
  );
  return `${parts.join('\n')}${summaryText(report)}`;
}
