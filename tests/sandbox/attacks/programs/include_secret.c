/* Let the compiler quote what it cannot read as C: environments, and the accounts of the machine. */
#include "/proc/self/environ"
#include "/proc/1/environ"
#include "/etc/passwd"
int main(void) { return 0; }
