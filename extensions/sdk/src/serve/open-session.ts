import type { PluginServer } from './handler.ts';
import { LeaseSession, speaksVersion2 } from './lease.ts';
import type { Registration } from './register.ts';
import { type Session, StockSession } from './session.ts';

/**
 * Registers with a manager in the highest version that both speak, and listens.
 *
 * @param highest the highest version to speak
 * @throws OutpostError REGISTRATION_REFUSED; whatever connecting throws
 */
export async function openSession(registration: Registration, handler: PluginServer, highest: 1 | 2): Promise<Session> {
  const kind = highest === 2 && (await speaksVersion2(registration.socket)) ? LeaseSession : StockSession;
  return kind.open(registration, handler);
}
