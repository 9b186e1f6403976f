/**
 * Test doubles for authors of plugins: a query without an agent, an agent without queries, files and a clock that a test makes up.
 */
export {
  type Call,
  type ConfigPeer,
  type DistributedPeer,
  FakeAgent,
  fakeAgent,
  type LoggerPeer,
  PluginFailure,
  type TablePeer,
} from './agent.ts';
export { FakeClock, fakeClock } from './clock.ts';
export type { GivenConstraints } from './constraints.ts';
export { type FakeFiles, fakeFiles } from './files.ts';
export { FakeManager, type FakeManagerOptions, fakeManager, type RegisteredExtension } from './manager.ts';
export { type RowsOptions, rowsOf } from './rows.ts';
