/*
 * web/attacks_data.S -- the attacks, inside the program: the catalog as JSON,
 * and those in C as one static program.  web/attacks.h reads them.
 */
	.section .rodata

	.globl attacks_catalog, attacks_catalog_bytes
attacks_catalog:
	.incbin "build/attacks.json"
1:
	.balign 8
attacks_catalog_bytes:
	.quad 1b - attacks_catalog

	.globl attacks_binary, attacks_binary_bytes
attacks_binary:
	.incbin "build/attacks"
2:
	.balign 8
attacks_binary_bytes:
	.quad 2b - attacks_binary

	.section .note.GNU-stack, "", %progbits
