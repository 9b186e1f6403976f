/** Words for the numbers in SMBIOS structures (DMTF DSP0134, chapter 7). */
type Names = Readonly<Record<number, string>>;

const counted = (first: number, words: string): Names =>
  Object.fromEntries(words.split(', ').map((word, index) => [first + index, word]));

/** What a structure is about, by its type. */
export const structureNames: Names = {
  ...counted(
    0,
    'BIOS Information, System Information, Base Board or Module Information, System Enclosure or Chassis, Processor Information, ' +
      'Memory Controller Information, Memory Module Information, Cache Information, Port Connector Information, System Slots, ' +
      'On Board Devices Information, OEM Strings, System Configuration Options, BIOS Language Information, Group Associations, ' +
      'System Event Log, Physical Memory Array, Memory Device, 32-bit Memory Error Information, Memory Array Mapped Address, ' +
      'Memory Device Mapped Address, Built-in Pointing Device, Portable Battery, System Reset, Hardware Security, ' +
      'System Power Controls, Voltage Probe, Cooling Device, Temperature Probe, Electrical Current Probe, ' +
      'Out-of-Band Remote Access, Boot Integrity Services (BIS) Entry Point, System Boot Information, ' +
      '64-bit Memory Error Information, Management Device, Management Device Component, Management Device Threshold Data, ' +
      'Memory Channel, IPMI Device Information, System Power Supply, Additional Information, Onboard Devices Extended Information, ' +
      'Management Controller Host Interface, TPM Device, Processor Additional Information, Firmware Inventory Information, ' +
      'String Property',
  ),
  126: 'Inactive',
  127: 'End-of-Table',
};

/** Where a memory array is (7.17.1). */
export const arrayLocations: Names = {
  ...counted(
    1,
    'Other, Unknown, System board or motherboard, ISA add-on card, EISA add-on card, PCI add-on card, MCA add-on card, ' +
      'PCMCIA add-on card, Proprietary add-on card, NuBus',
  ),
  ...counted(
    0xa0,
    'PC-98/C20 add-on card, PC-98/C24 add-on card, PC-98/E add-on card, PC-98/Local bus add-on card, CXL add-on card',
  ),
};

/** What a memory array is for (7.17.2). */
export const arrayUses = counted(
  1,
  'Other, Unknown, System memory, Video memory, Flash memory, Non-volatile RAM, Cache memory',
);

/** How a memory array corrects errors (7.17.3). */
export const errorCorrections = counted(1, 'Other, Unknown, None, Parity, Single-bit ECC, Multi-bit ECC, CRC');

/** Shapes of memory modules (7.18.1). */
export const formFactors = counted(
  1,
  'Other, Unknown, SIMM, SIP, Chip, DIP, ZIP, Proprietary Card, DIMM, TSOP, Row of chips, RIMM, SODIMM, SRIMM, FB-DIMM, Die, CAMM',
);

/** Kinds of memory (7.18.2). */
export const memoryTypes: Names = {
  ...counted(
    1,
    'Other, Unknown, DRAM, EDRAM, VRAM, SRAM, RAM, ROM, FLASH, EEPROM, FEPROM, EPROM, CDRAM, 3DRAM, SDRAM, SGRAM, RDRAM, DDR, ' +
      'DDR2, DDR2 FB-DIMM',
  ),
  ...counted(
    0x18,
    'DDR3, FBD2, DDR4, LPDDR, LPDDR2, LPDDR3, LPDDR4, Logical non-volatile device, HBM, HBM2, DDR5, LPDDR5, HBM3',
  ),
};

/** More about a kind of memory, by bit (7.18.3). */
export const memoryDetails = counted(
  1,
  'Other, Unknown, Fast-paged, Static column, Pseudo-static, RAMBUS, Synchronous, CMOS, EDO, Window DRAM, Cache DRAM, ' +
    'Non-volatile, Registered (Buffered), Unbuffered (Unregistered), LRDIMM',
);

/** Kinds of memory errors (7.19.1). */
export const errorTypes = counted(
  1,
  'Other, Unknown, OK, Bad read, Parity error, Single-bit error, Double-bit error, Multi-bit error, Nibble error, ' +
    'Checksum error, CRC error, Corrected single-bit error, Corrected error, Uncorrectable error',
);

/** How closely an error was located (7.19.2). */
export const errorGranularities = counted(1, 'Other, Unknown, Device level, Memory partition level');

/** What the memory was doing (7.19.3). */
export const errorOperations = counted(1, 'Other, Unknown, Read, Write, Partial write');
