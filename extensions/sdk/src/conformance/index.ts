/**
 * The conformance suite: does an extension, in whatever language it is written, keep the contract that agents rely on? It starts the
 * extension, plays its agent (a socket, a registration, calls as osquery makes them), and reports what was asked, what was expected and
 * what was found. `outpost ext verify` is this suite at the command line.
 */
export { type ConformanceLevel, conformanceLevels } from './check.ts';
export { type ConformanceReport, type Finding, findingText, reportText, summaryText, type Verdict } from './report.ts';
export { conformanceChecks, type VerifyOptions, verify } from './verify.ts';
