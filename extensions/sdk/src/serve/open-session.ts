import type { PluginServer } from './handler.ts';
import { LeaseSession, speaksVersion2 } from './lease.ts';
import type { Registration } from './register.ts';
import { type Session, StockSession } from './session.ts';

/**
 * Registers with a manager in the highest version that both speak, and listens.
 *
 * @throws OutpostError REGISTRATION_REFUSED; whatever connecting throws
 */
export async function openSession(registration: Registration, handler: PluginServer): Promise<Session> {
  const kind = (await speaksVersion2(registration.socket)) ? LeaseSession : StockSession;
  return kind.open(registration, handler);
}
