import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAtom } from '../../../extensions/tables/src/lib/portage.ts';
import { portageKeywords } from '../../../extensions/tables/src/linux/portage_keywords.ts';
import { portagePackages } from '../../../extensions/tables/src/linux/portage_packages.ts';
import { portageUse } from '../../../extensions/tables/src/linux/portage_use.ts';
import { machineWith, rowsOf } from './machine.ts';

const pkg = 'var/db/pkg';
const gentoo = {
  [`${pkg}/app-shells/bash-5.2_p26-r6/SLOT`]: '0\n',
  [`${pkg}/app-shells/bash-5.2_p26-r6/SIZE`]: '9213120\n',
  [`${pkg}/app-shells/bash-5.2_p26-r6/EAPI`]: '8\n',
  [`${pkg}/app-shells/bash-5.2_p26-r6/BUILD_TIME`]: '1719412345\n',
  [`${pkg}/app-shells/bash-5.2_p26-r6/repository`]: 'gentoo\n',
  [`${pkg}/app-shells/bash-5.2_p26-r6/USE`]: 'abi_x86_64 amd64 elibc_glibc kernel_linux net nls readline\n',
  [`${pkg}/sys-libs/ncurses-6.4_p20240414/SLOT`]: '0/6\n',
  [`${pkg}/sys-libs/ncurses-6.4_p20240414/SIZE`]: 'many\n',
  [`${pkg}/sys-libs/-MERGING-zlib-1.3.1/SLOT`]: '0\n',
  [`${pkg}/.lock`]: '',
  'var/lib/portage/world': 'app-shells/bash\n# comment\nwww-client/firefox:rapid\n',
};

test('portage_packages: what is installed, and what somebody asked for', t => {
  assert.deepEqual(rowsOf(portagePackages, { files: machineWith(t, gentoo) }), [
    {
      package: 'app-shells/bash',
      version: '5.2_p26-r6',
      slot: '0',
      build_time: 1719412345,
      repository: 'gentoo',
      eapi: 8,
      size: 9213120,
      world: 1,
    },
    {
      ...{ package: 'sys-libs/ncurses', version: '6.4_p20240414', slot: '0/6', world: 0 },
      ...{ build_time: undefined, repository: '', eapi: undefined, size: undefined },
    },
  ]);
});

test('portage_use: a row for each flag', t => {
  const rows = rowsOf(portageUse, { files: machineWith(t, gentoo) });
  assert.deepEqual(rows[0], { package: 'app-shells/bash', version: '5.2_p26-r6', use: 'abi_x86_64' });
  assert.equal(rows.length, 7);
});

test('portage_keywords: files, directories of files, and several words about one package', t => {
  const files = machineWith(t, {
    'etc/portage/package.accept_keywords/desktop': '=www-client/firefox-126.0 ~amd64\n>=dev-lang/rust-1.78.0-r1\n',
    'etc/portage/package.accept_keywords/desktop~': 'left/over ~amd64\n',
    'etc/portage/package.mask': '<sys-kernel/gentoo-sources-6.6 # old\n=www-client/firefox-126.0\n',
    'etc/portage/package.unmask': 'dev-lang/rust-bin\n',
  });
  assert.deepEqual(rowsOf(portageKeywords, { files }), [
    { package: 'www-client/firefox', version: '126.0', keyword: '~amd64', mask: 1, unmask: 0 },
    { package: 'dev-lang/rust', version: '>=1.78.0-r1', keyword: '', mask: 0, unmask: 0 },
    { package: 'sys-kernel/gentoo-sources', version: '<6.6', keyword: '', mask: 1, unmask: 0 },
    { package: 'dev-lang/rust-bin', version: '', keyword: '', mask: 0, unmask: 1 },
  ]);
});

test('an atom falls apart at its version, and nowhere else', () => {
  assert.deepEqual(parseAtom('x11-libs/gtk+-3.24.41-r1'), { package: 'x11-libs/gtk+', version: '3.24.41-r1' });
  assert.deepEqual(parseAtom('media-fonts/font-adobe-100dpi'), {
    package: 'media-fonts/font-adobe-100dpi',
    version: '',
  });
  assert.deepEqual(parseAtom('~dev-db/redis-7.2.4'), { package: 'dev-db/redis', version: '~7.2.4' });
  assert.deepEqual(parseAtom('=dev-lang/python-3.12*:3.12'), { package: 'dev-lang/python', version: '3.12*' });
  fc.assert(
    fc.property(fc.string(), text => {
      const found = parseAtom(text);
      assert.ok(text.includes(found.package));
    }),
  );
});
