#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void copy(FILE *from) {
    char block[65536];
    for (size_t got; (got = fread(block, 1, sizeof block, from)) > 0;) fwrite(block, 1, got, stdout);
}

static void *work(void *number) {
    return (void *)((long)number * 10);
}

int main(int count, char **words) {
    const char *mode = count > 1 ? words[1] : "print";
    if (!strcmp(mode, "print")) puts("hello");
    if (!strcmp(mode, "greet")) {
        char name[200];
        if (fgets(name, sizeof name, stdin)) printf("hello %s!\n", strtok(name, "\n"));
    }
    if (!strcmp(mode, "copy")) copy(stdin);
    if (!strcmp(mode, "arguments"))
        for (int i = 2; i < count; i++) puts(words[i]);
    if (!strcmp(mode, "read")) copy(fopen("data/in.txt", "rb"));
    if (!strcmp(mode, "write")) fputs("written \xc3\xbc\n", fopen("out.txt", "wb"));
    if (!strcmp(mode, "exit")) return atoi(words[2]);
    if (!strcmp(mode, "assert")) assert(1 + 1 == 3);
    if (!strcmp(mode, "crash")) raise(SIGSEGV);
    if (!strcmp(mode, "loop"))
        for (volatile int i = 0;; i++) {}
    if (!strcmp(mode, "much"))
        for (int left = atoi(words[2]); left > 0; left--) putchar('x');
    if (!strcmp(mode, "memory"))
        for (;;) memset(malloc(1 << 20), 1, 1 << 20);
    if (!strcmp(mode, "sleep")) {
        usleep(400000);
        puts("awake");
    }
    if (!strcmp(mode, "spawn")) {
        long sum = 0;
        pthread_t threads[4];
        for (long i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, (void *)i);
        for (int i = 0; i < 4; i++) {
            void *answer;
            pthread_join(threads[i], &answer);
            sum += (long)answer;
        }
        printf("%ld\n", sum);
    }
    if (!strcmp(mode, "listen")) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(45678), .sin_addr.s_addr = htonl(INADDR_ANY)};
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(s, (struct sockaddr *)&at, sizeof at) || listen(s, 1)) return 1;
        FILE *file = fopen("mine.txt", "wx");
        fputs(words[2], file);
        fclose(file);
        usleep(400000);
        copy(fopen("mine.txt", "rb"));
    }
}
