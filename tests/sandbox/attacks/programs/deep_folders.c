/* A folder in a folder, 50,000 levels deep, with the file that is asked for at the top and one at the bottom. */
#include "attempt.h"

int main(void) {
    int level = 0;
    close(open("top", O_CREAT | O_WRONLY, 0600));
    while (level < 50000 && mkdir("d", 0755) == 0 && chdir("d") == 0) level++;
    close(open("bottom", O_CREAT | O_WRONLY, 0600));
    printf("%d levels\n", level);
    return 0;
}
