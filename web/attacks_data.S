/*
 * web/attacks_data.S -- the attacks, inside the program: the catalog as JSON,
 * and those in C as one static program.  web/attacks.h reads them.
 */
	.section .rodata

	.globl attacks_catalog, attacks_catalog_end
attacks_catalog:
	.incbin "build/attacks.json"
attacks_catalog_end:

	.globl attacks_binary, attacks_binary_end
attacks_binary:
	.incbin "build/attacks"
attacks_binary_end:

	.section .note.GNU-stack, "", %progbits
