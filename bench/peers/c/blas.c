/* Runs shapes through a BLAS. Reads lines "OP M N K REPEAT THREADS" and answers each with
   the seconds that REPEAT calls took, of this thread if THREADS is 1, else of the clock; with
   "-" if it does not know OP. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char *openblas_get_config(void);
extern char *openblas_get_corename(void);
extern void openblas_set_num_threads(int);

static double now(int threads) {
	struct timespec t;
	clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Operands are aligned to pages and hold numbers in [-1, 1). */
static double *operand(size_t n) {
	double *x = aligned_alloc(4096, (8 * n + 4095) / 4096 * 4096);
	if (!x) exit(1);
	unsigned s = 1;
	for (size_t i = 0; i < n; i++) {
		s = s * 1664525u + 1013904223u;
		x[i] = s / 2147483648.0 - 1;
	}
	return x;
}

static int run(const char *op, int m, int n, int k, double *a, double *b, double *c) {
	if (!strcmp(op, "gemm"))
		cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
	else if (!strcmp(op, "gemmNT"))
		cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, a, k, b, k, 0, c, n);
	else if (!strcmp(op, "gemmTN"))
		cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, m, n, k, 1, a, m, b, n, 0, c, n);
	else if (!strcmp(op, "syrk")) /* C = AᵀA, A k×n */
		cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, k, 1, b, n, 0, c, n);
	else if (!strcmp(op, "trsm")) /* B = A⁻¹B, A m×m */
		cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, m, n, m, a, k, b, n);
	else if (!strcmp(op, "trmm"))
		cblas_dtrmm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, m, n, 1.0 / m, a, k, b, n);
	else
		return 0;
	return 1;
}

int main(void) {
	char op[16], last[64] = "", key[64];
	int m, n, k, repeat, threads;
	double *a = 0, *b = 0, *c = 0;
	printf("%s, core %s\n", openblas_get_config(), openblas_get_corename());
	fflush(stdout);
	while (scanf("%15s %d %d %d %d %d", op, &m, &n, &k, &repeat, &threads) == 6) {
		snprintf(key, sizeof key, "%s %d %d %d", op, m, n, k);
		if (strcmp(key, last)) {
			free(a), free(b), free(c);
			a = operand((size_t)m * k), b = operand((size_t)k * n), c = operand((size_t)m * n);
			strcpy(last, key);
			if (!strcmp(op, "trsm"))
				for (int i = 0; i < m; i++) a[(size_t)i * k + i] += m;
		}
		openblas_set_num_threads(threads);
		int known = 1;
		double start = now(threads);
		for (int r = 0; r < repeat && known; r++) known = run(op, m, n, k, a, b, c);
		if (known)
			printf("%.9f\n", now(threads) - start);
		else
			printf("-\n");
		fflush(stdout);
	}
	return 0;
}
