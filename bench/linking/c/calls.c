/* Prints the cost of calls of the C interface: of one that does next to nothing, which is
 * the overhead, and of one that works for about 100 microseconds; least of many. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rapidhgn.h"

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* cost is the time of a product of n x n matrices in nanoseconds. */
static double cost(int n, int calls, const double *a, double *c) {
	double best = 1e300;
	for (int repeat = 0; repeat < 200; repeat++) {
		double start = now();
		for (int i = 0; i < calls; i++)
			if (rhgn_dgemm(0, 0, n, n, n, 1, a, n, a, n, 0, c, n) != RHGN_OK)
				exit(1);
		double each = (now() - start) / calls;
		best = each < best ? each : best;
	}
	return best;
}

int main(void) {
	double *a = calloc(512 * 512, sizeof *a), *c = calloc(512 * 512, sizeof *c);
	rhgn_set_threads(1);
	int n = 16;
	while (n < 512 && cost(n, 1, a, c) < 100e3)
		n += 8;
	double least = cost(1, 1000, a, c), work = cost(n, 1, a, c);
	printf("a call of no work: %.0f ns, %.3f %% of one of %.0f us\n", least, 100 * least / work, work / 1e3);
	return 0;
}
