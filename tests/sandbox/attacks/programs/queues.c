/* Message queues of both kinds, filled to the brim. */
#include "attempt.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>

int main(void) {
    struct { long kind; char text[4096]; } message = {1, {0}};
    long total = 0;
    for (int i = 0; i < 40000; i++) {
        int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
        if (queue < 0) break;
        while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) total += (long)sizeof message.text;
    }
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "/q%d", i);
        if (mq_open(name, O_CREAT | O_RDWR, 0600, NULL) < 0) break;
    }
    puts(total < 200L << 20 ? "contained" : "BREACH much in queues");
    return 0;
}
