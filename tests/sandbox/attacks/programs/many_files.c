/* 20,000 files and links in the folder that is looked at afterwards. */
#include "attempt.h"

int main(void) {
    char name[32];
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "f%d", i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
        snprintf(name, sizeof name, "l%d", i);
        symlink("f0", name);
    }
    puts("20000 files");
    return 0;
}
