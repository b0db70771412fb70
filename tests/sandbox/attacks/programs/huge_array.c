/* An array of 10 GB that has a value, so that it stands in the executable. */
static char much[10UL << 30] = {1};
int main(void) { return much[5]; }
