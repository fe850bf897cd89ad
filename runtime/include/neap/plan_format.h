/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * plan_format.h - the layout of a .neap container. See
 * dialects/plan/docs/format.md for the rules; this header is the layout.
 *
 * A .neap file is: header, section table, sections. All integers are little
 * endian. Each section starts at a multiple of NEAP_SECTION_ALIGNMENT, so that
 * it can be mapped on any page size in use. Standalone: depends on nothing but
 * <stdint.h>.
 */
#ifndef NEAP_PLAN_FORMAT_H
#define NEAP_PLAN_FORMAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NEAP_FORMAT_VERSION 1u
#define NEAP_MAGIC                                                             \
  "\x7fNEAP\r\n\x1a" /* 8 bytes: not text, survives no newline conversion */
#define NEAP_MAGIC_SIZE 8
#define NEAP_SECTION_ALIGNMENT 65536u
#define NEAP_BUFFER_ALIGNMENT                                                  \
  64u /* every arena and const buffer starts at a multiple */
#define NEAP_MAX_SECTIONS 64u

enum neap_section_kind {
  NEAP_SECTION_PLAN = 1,    /* plan.proto, serialized */
  NEAP_SECTION_KERNELS = 2, /* ELF shared object of one instruction set */
  NEAP_SECTION_WEIGHTS = 3  /* the const segment, as the kernels read it */
};

/* Instruction set of a KERNELS section; 0 for sections that fit all. */
enum neap_isa {
  NEAP_ISA_ANY = 0,
  NEAP_ISA_X86_64_V2 = 2,
  NEAP_ISA_X86_64_V3 = 3,
  NEAP_ISA_X86_64_V4 = 4
};

typedef struct neap_file_header {
  char magic[NEAP_MAGIC_SIZE];
  uint32_t format;        /* NEAP_FORMAT_VERSION */
  uint32_t section_count; /* 1 .. NEAP_MAX_SECTIONS */
  uint64_t file_size;     /* bytes of the whole file */
  uint64_t checksum;      /* XXH3-64 of this header with checksum = 0, followed
                             by the section table */
} neap_file_header;       /* 32 bytes */

typedef struct neap_section_entry {
  uint32_t kind;     /* neap_section_kind */
  uint32_t isa;      /* neap_isa */
  uint64_t offset;   /* from the start of the file, multiple of the alignment */
  uint64_t size;     /* bytes */
  uint64_t checksum; /* XXH3-64 of the section's bytes */
} neap_section_entry; /* 32 bytes; the table follows the header */

#ifdef __cplusplus
}
#endif

#endif /* NEAP_PLAN_FORMAT_H */
