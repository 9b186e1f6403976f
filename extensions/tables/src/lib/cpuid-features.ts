/** A bit that says whether the processor can do something. */
export interface CpuFeature {
  readonly name: string;
  /** The eax that CPUID is asked with. */
  readonly leaf: number;
  readonly register: 'ebx' | 'ecx' | 'edx';
  readonly bit: number;
}

/** Names and bits of one register, as in `pae 6`. */
function bits(leaf: number, register: CpuFeature['register'], features: string): CpuFeature[] {
  return features.split(', ').map(feature => {
    const [name = '', bit] = feature.split(' ');
    return { name, leaf, register, bit: Number(bit) };
  });
}

/** The features that have a row (Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E), under the names osquery gives them. */
export const cpuFeatures: readonly CpuFeature[] = [
  ...bits(
    1,
    'edx',
    'pae 6, msr 5, sep 11, mtrr 12, pge 13, mca 14, pat 16, clfsh 19, acpi 22, mmz 23, sse 25, sse2 26, ss 27, htt 28, ia64 30',
  ),
  ...bits(
    1,
    'ecx',
    'sse3 0, vmx 5, smx 6, ssse3 9, sdbg 11, pdcm 15, pcid 17, dca 18, sse4.1 19, sse4.2 20, aes 25, avx 28, hypervisor 31',
  ),
  ...bits(
    7,
    'ebx',
    'sgx 2, hle 4, avx2 5, smep 7, bmi2 8, erms 9, invpcid 10, rtm 11, pqm 12, mpx 14, pqe 15, avx512f 16, avx512dq 17, ' +
      'rdseed 18, adx 19, smap 20, intel_pt 25, sha 29',
  ),
  ...bits(7, 'ecx', 'umip 2, pku 3, ospke 4, gfni 8, vaes 9, sgx_lc 30'),
  ...bits(7, 'edx', 'spec_ctrl 26'),
  ...bits(0x8000_0001, 'ecx', 'lahfsahf 0, svm 2, 3dnowprefetch 8, ibs 10, skinit 12, lwp 15'),
  ...bits(0x8000_0001, 'edx', 'nx 20, page1gb 26, lm 29'),
];
