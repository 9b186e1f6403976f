/** Test doubles for authors of plugins: a query without an agent, and an agent without queries. */
export { FakeManager, type FakeManagerOptions, fakeManager, type RegisteredExtension } from './manager.ts';
export { type RowsOptions, rowsOf } from './rows.ts';
