import { defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';

const directory = '/sys/firmware/efi/efivars';
/** EFI_GLOBAL_VARIABLE (UEFI specification, 3.3). */
const guid = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
/** In efivarfs the attributes of a variable come before its value. */
const attributeBytes = 4;

/** Whether the firmware starts only what is signed. */
export const secureboot = defineTable({
  name: 'secureboot',
  description: 'UEFI Secure Boot and setup-mode flags.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select secure_boot, setup_mode from secureboot'],
  columns: {
    secure_boot: integer('1 when only signed code starts'),
    secure_mode: integer('Policy of the boot', { platforms: ['macos'] }),
    description: text('Policy of the boot in words', { platforms: ['macos'] }),
    kernel_extensions: integer('Whether kernel extensions may be managed by users', { platforms: ['macos'] }),
    mdm_operations: integer('Whether a management service may manage them', { platforms: ['macos'] }),
    setup_mode: integer('1 when keys may be installed without a signature', { platforms: ['linux', 'windows'] }),
  },
  *generate(context) {
    const { files } = context;
    if (!files.exists(directory)) return;
    const losses = new Losses('cannot be read');
    const flag = (name: string): number | null => {
      const path = `${directory}/${name}-${guid}`;
      const value = losses.attempt(path, () =>
        files.exists(path) ? files.readFile(path, { maxBytes: 4096 }) : undefined,
      );
      return value?.[attributeBytes] ?? null;
    };
    yield { secure_boot: flag('SecureBoot'), setup_mode: flag('SetupMode') };
    losses.report(context);
  },
});
