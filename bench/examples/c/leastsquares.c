/* Fits a parabola to a million noisy points that stream by in blocks. */
#include <stdint.h>
#include <stdio.h>

#include "rapidhgn.h"

static double noise(void) {
	static uint64_t state = 1;
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(int64_t)state / 9223372036854775808.0;
}

static int failed(int32_t status) {
	if (status != RHGN_OK)
		fprintf(stderr, "%s\n", rhgn_last_error());
	return status != RHGN_OK;
}

int main(void) {
	enum { rows = 10000, cols = 3 };
	static double a[rows * cols], b[rows];
	rhgn_lsq fit;
	if (failed(rhgn_lsq_new(cols, 1, &fit)))
		return 1;
	for (int block = 0; block < 100; block++) {
		for (int i = 0; i < rows; i++) {
			double x = noise();
			a[cols * i] = 1, a[cols * i + 1] = x, a[cols * i + 2] = x * x;
			b[i] = 1 - 2 * x + 3 * x * x + 0.1 * noise();
		}
		if (failed(rhgn_lsq_append(fit, rows, a, cols, b, 1, NULL)))
			return 1;
	}
	double x[cols], residual;
	rhgn_lsq_report report;
	if (failed(rhgn_lsq_solve(fit, 0, 0, x, 1, &residual, &report)))
		return 1;
	printf("%lld rows: %.3f %+.3f x %+.3f x^2\n", (long long)report.rows, x[0], x[1], x[2]);
	return failed(rhgn_lsq_free(fit));
}
