/** The capabilities of Linux by number (capability.h, up to Linux 5.9, the last to add one). */
const names: readonly string[] = [
  'cap_chown',
  'cap_dac_override',
  'cap_dac_read_search',
  'cap_fowner',
  'cap_fsetid',
  'cap_kill',
  'cap_setgid',
  'cap_setuid',
  'cap_setpcap',
  'cap_linux_immutable',
  'cap_net_bind_service',
  'cap_net_broadcast',
  'cap_net_admin',
  'cap_net_raw',
  'cap_ipc_lock',
  'cap_ipc_owner',
  'cap_sys_module',
  'cap_sys_rawio',
  'cap_sys_chroot',
  'cap_sys_ptrace',
  'cap_sys_pacct',
  'cap_sys_admin',
  'cap_sys_boot',
  'cap_sys_nice',
  'cap_sys_resource',
  'cap_sys_time',
  'cap_sys_tty_config',
  'cap_mknod',
  'cap_lease',
  'cap_audit_write',
  'cap_audit_control',
  'cap_setfcap',
  'cap_mac_override',
  'cap_mac_admin',
  'cap_syslog',
  'cap_wake_alarm',
  'cap_block_suspend',
  'cap_audit_read',
  'cap_perfmon',
  'cap_bpf',
  'cap_checkpoint_restore',
];

/** Bits of a state: which of the three sets a capability is in. */
const effective = 1;
const permitted = 2;
const inheritable = 4;
const allBits = 64;

const lettersOf = (state: number): string =>
  (state & effective ? 'e' : '') + (state & inheritable ? 'i' : '') + (state & permitted ? 'p' : '');

/** The state of each of the 64 capabilities in a `security.capability` attribute; undefined when it is none. */
function statesOf(value: Buffer): number[] | undefined {
  if (value.length < 4) return undefined;
  const magic = value.readUInt32LE(0);
  const words = { 1: 1, 2: 2, 3: 2 }[magic >>> 24];
  const tail = magic >>> 24 === 0x03 ? 4 : 0;
  if (words === undefined || value.length !== 4 + words * 8 + tail) return undefined;
  return Array.from({ length: allBits }, (_, bit) => {
    const word = bit >> 5;
    if (word >= words) return 0;
    const has = (offset: number): boolean => ((value.readUInt32LE(4 + word * 8 + offset) >>> (bit & 31)) & 1) === 1;
    const state = (has(0) ? permitted : 0) | (has(4) ? inheritable : 0);
    return state !== 0 && (magic & 1) === 1 ? state | effective : state;
  });
}

/** The state that most of the capabilities are in; of several the smallest. */
function commonState(states: readonly number[]): number {
  const counts = Array<number>(8).fill(0);
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts.indexOf(Math.max(...counts));
}

/** The capabilities of each state but `base`, as `cap_kill,cap_chown+ep-i`. The first capability has the number `from`. */
function* clausesOf(states: readonly number[], base: number, from: number): Generator<string> {
  for (let state = 7; state >= 0; state -= 1) {
    if (state === base) continue;
    const members = states.flatMap((found, index) => (found === state ? [names[from + index] ?? from + index] : []));
    const more = lettersOf(state & ~base);
    const less = lettersOf(base & ~state);
    if (members.length > 0) yield `${members.join(',')}${more && `+${more}`}${less && `-${less}`}`;
  }
}

/**
 * The text libcap's `cap_to_text` gives the capabilities of a file, such as `cap_net_raw=ep`: the state of most of them, then those
 * that differ, at the end those without a name. Undefined when the value is no `security.capability` attribute (capabilities(7),
 * revisions 1 to 3).
 */
export function capabilityText(value: Buffer): string | undefined {
  const states = statesOf(value);
  if (states === undefined) return undefined;
  const named = states.slice(0, names.length);
  const base = commonState(named);
  const [first, ...others] = clausesOf(named, base, 0);
  const unnamed = clausesOf(states.slice(names.length), 0, names.length);
  const start = base === 0 && first !== undefined ? [first.replace('+', '=')] : [`=${lettersOf(base)}`, first ?? []];
  return [...start, ...others, ...unnamed].flat().join(' ');
}
