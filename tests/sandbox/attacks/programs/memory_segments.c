/* System V segments, written and detached: they stay until somebody removes them. */
#include "attempt.h"
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
    for (int i = 0; i < 400; i++) {
        int segment = shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600);
        if (segment < 0) {
            puts("contained");
            return 0;
        }
        char *at = shmat(segment, NULL, 0);
        memset(at, 1, 1 << 20);
        shmdt(at);
    }
    nap(0.3);
    puts("BREACH 400 MB in segments");
    return 0;
}
