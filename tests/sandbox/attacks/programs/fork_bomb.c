/* Processes that multiply for ever. */
#include <unistd.h>

int main(void) {
    for (;;) fork();
}
