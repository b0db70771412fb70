/* Let the compiler show a file of the host, as lines that it cannot read. */
#include "/etc/shadow"
int main(void) { return 0; }
