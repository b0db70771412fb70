/**
 * @file justify.c
 * Fill lines of text to both margins.
 *
 * usage: justify [WIDTH] < text
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 128
#define MAX_WORD 64

/** The words collected for the line that is being filled. */
struct line {
    char words[MAX_WORDS][MAX_WORD];
    int count;
    int letters; /**< letters in all words, without spaces */
};

/** Print the words with single spaces between them. */
static void print_ragged(const struct line *line)
{
    for (int i = 0; i < line->count; i++) {
        printf("%s%s", i > 0 ? " " : "", line->words[i]);
    }
    putchar('\n');
}

/**
 * Print the words so that the line is exactly `width` columns wide. Gaps
 * differ by at most one space, the wider ones first.
 */
static void print_justified(const struct line *line, int width)
{
    int gaps = line->count - 1;

    if (gaps < 1) {
        print_ragged(line);
        return;
    }
    int spaces = width - line->letters;
    int narrow = spaces / gaps;
    int wider = spaces % gaps;
    for (int i = 0; i < line->count; i++) {
        if (i > 0) {
            printf("%*s", narrow + (i <= wider ? 1 : 0), "");
        }
        fputs(line->words[i], stdout);
    }
    putchar('\n');
}

/** Forget the collected words. */
static void clear(struct line *line)
{
    line->count = 0;
    line->letters = 0;
}

/** Add `word`, printing the line first when the word would not fit. */
static void add_word(struct line *line, const char *word, int width)
{
    int length = (int)strlen(word);

    if (line->count > 0
        && (line->letters + line->count + length > width || line->count == MAX_WORDS)) {
        print_justified(line, width);
        clear(line);
    }
    strcpy(line->words[line->count++], word);
    line->letters += length;
}

int main(int argc, char **argv)
{
    static struct line line;
    char word[MAX_WORD];
    int width = argc > 1 ? atoi(argv[1]) : 40;

    if (width < 1 || width > 200) {
        fprintf(stderr, "usage: %s [WIDTH] < text\n", argv[0]);
        return 2;
    }
    while (scanf("%63s", word) == 1) {
        add_word(&line, word, width);
    }
    if (line.count > 0) {
        print_ragged(&line);
    }
    return 0;
}
