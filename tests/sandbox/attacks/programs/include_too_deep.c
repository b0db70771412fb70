/* Twice oneself without end: an error message for each of 2 to the power of 200 files. */
#include __FILE__
#include __FILE__
int main(void) { return 0; }
