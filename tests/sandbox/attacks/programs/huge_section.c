/* 16 GB of numbers from the assembler. */
__asm__(".data\n.fill 0x7fffffff, 8, 1\n.text\n");
int main(void) { return 0; }
