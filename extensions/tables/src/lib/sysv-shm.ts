/** A System V shared memory segment. */
export interface SharedSegment {
  readonly id: number;
  /** Permissions, and above them the flags of {@link segmentFlags}. */
  readonly mode: number;
  readonly size: number;
  readonly creatorPid: number;
  /** Who attached or detached it last. */
  readonly lastPid: number;
  readonly attached: number;
  readonly owner: number;
  readonly creator: number;
  /** When it was attached, detached and changed last, in seconds since 1970; 0 for never. */
  readonly attachedAt: number;
  readonly detachedAt: number;
  readonly changedAt: number;
}

/** Bits of the mode beyond the permissions (shmctl(2)): removed once nobody is attached; kept in memory. */
export const segmentFlags = { destroyed: 0o1000, locked: 0o2000 } as const;

/** The lines of /proc/sysvipc/shm (sysvipc(7)): key, shmid, perms, size, cpid, lpid, nattch, uid, gid, cuid, cgid, three times. */
export function* parseSegments(content: string): Generator<SharedSegment> {
  for (const line of content.split('\n').slice(1)) {
    const [, id, perms, ...rest] = line.trim().split(/\s+/);
    const numbers = rest.map(Number);
    const [size, creatorPid, lastPid, attached, owner, , creator, , attachedAt, detachedAt, changedAt] = numbers;
    const mode = Number.parseInt(perms ?? '', 8);
    if (changedAt === undefined || Number.isNaN(mode) || numbers.some(Number.isNaN)) continue;
    yield {
      ...{ id: Number(id), mode, size: size ?? 0, creatorPid: creatorPid ?? 0, lastPid: lastPid ?? 0 },
      ...{ attached: attached ?? 0, owner: owner ?? 0, creator: creator ?? 0 },
      ...{ attachedAt: attachedAt ?? 0, detachedAt: detachedAt ?? 0, changedAt },
    };
  }
}
