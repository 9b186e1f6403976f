#!/usr/bin/env node
// Tables that come with the agent, served by a process of their own.
import { serve } from '@outpost/sdk';
import { tables } from '@outpost/tables';

/** The tables that the demonstration moves out of the core (`--external_tables`). */
export const externalTables = ['deb_packages', 'listening_ports'];

if (import.meta.main) {
  const chosen = tables.filter(({ name }) => externalTables.includes(name));
  await serve(await Promise.all(chosen.map(({ load }) => load())), { name: 'demo_tables' });
}
