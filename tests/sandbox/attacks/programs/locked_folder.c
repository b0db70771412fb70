/* Take all rights from its own folders and files, so that nobody can clear them away. */
#include "attempt.h"

int main(void) {
    mkdir("a", 0755), mkdir("a/b", 0755);
    close(open("a/b/file", O_CREAT | O_WRONLY, 0));
    chmod("a/b", 0), chmod("a", 0), chmod("/tmp", 0);
    puts("locked");
    return 0;
}
