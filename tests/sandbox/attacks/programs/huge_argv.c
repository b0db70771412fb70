/* Start itself with ever larger arguments and environments, until the kernel has enough. */
#include "attempt.h"

int main(void) {
    for (size_t words = 1; words < 1 << 16; words *= 2) {
        char **list = calloc(words + 1, sizeof *list), *word = malloc(100001);
        memset(word, 'x', 100000);
        word[100000] = 0;
        for (size_t i = 0; i < words; i++) list[i] = word;
        pid_t child = fork();
        if (child == 0) {
            execve("/usr/bin/true", list, list);
            _exit(errno == E2BIG ? 7 : 8);
        }
        int status;
        waitpid(child, &status, 0);
        if (WEXITSTATUS(status) == 7) {
            puts("contained");
            return 0;
        }
    }
    puts("BREACH no end to arguments");
    return 0;
}
