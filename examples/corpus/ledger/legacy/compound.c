/*
 * compound.c - how a deposit grows when interest is added every month
 *
 * SPDX-License-Identifier: GPL-3.0-only
 *
 * This program is free software: you can redistribute it and/or modify it
 * under the terms of the GNU General Public License as published by the Free
 * Software Foundation, version 3.
 */
#include <stdio.h>
#include <stdlib.h>

/*
 * Return the interest in cents on `cents` for one month at `basis_points` a
 * year, rounded half up.
 */
static long long month_interest(long long cents, int basis_points)
{
    const long long divisor = 12LL * 10000;

    return (cents * basis_points + divisor / 2) / divisor;
}

/* Return the balance after `months`, with `saved` cents added every month. */
static long long grow(long long cents, long long saved, int basis_points, int months)
{
    for (int month = 0; month < months; month++) {
        cents += month_interest(cents, basis_points);
        cents += saved;
    }
    return cents;
}

/* Return after how many months `goal` is reached, or -1 within 100 years. */
static int months_until(long long goal, long long cents, long long saved, int basis_points)
{
    for (int month = 0; month <= 1200; month++) {
        if (cents >= goal) {
            return month;
        }
        cents = grow(cents, saved, basis_points, 1);
    }
    return -1;
}

int main(int argc, char **argv)
{
    int basis_points = argc > 1 ? atoi(argv[1]) : 325;
    long long start = 100000, saved = 5000;

    if (basis_points < 0 || basis_points > 2000) {
        fprintf(stderr, "usage: %s [BASIS_POINTS]\n", argv[0]);
        return 2;
    }
    for (int year = 1; year <= 5; year++) {
        long long balance = grow(start, saved, basis_points, year * 12);
        printf("year %d: %lld.%02lld\n", year, balance / 100, balance % 100);
    }
    printf("doubled after %d months\n", months_until(2 * start, start, 0, basis_points));
    return 0;
}
