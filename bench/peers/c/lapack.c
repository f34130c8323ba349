/* Runs least squares of m equations in n unknowns, or a part of it, through the LAPACK that
   OpenBLAS holds. Reads lines "OP M N K REPEAT THREADS", K being of no meaning, and answers
   each with the seconds that REPEAT calls took, of this thread if THREADS is 1, else of the
   clock; with "-" if it does not know OP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char *openblas_get_config(void);
extern char *openblas_get_corename(void);
extern void openblas_set_num_threads(int);

/* Fortran passes everything by reference, the lengths of strings at the end. */
void dgeqrf_(int *m, int *n, double *a, int *lda, double *tau, double *work, int *lwork, int *info);
void dlatsqr_(int *m, int *n, int *mb, int *nb, double *a, int *lda, double *t, int *ldt, double *work, int *lwork, int *info);
void dgels_(const char *trans, int *m, int *n, int *nrhs, double *a, int *lda, double *b, int *ldb, double *work, int *lwork, int *info, size_t);
void dgetsls_(const char *trans, int *m, int *n, int *nrhs, double *a, int *lda, double *b, int *ldb, double *work, int *lwork, int *info, size_t);
void dgelsd_(int *m, int *n, int *nrhs, double *a, int *lda, double *b, int *ldb, double *s, double *rcond, int *rank, double *work, int *lwork, int *iwork, int *info);

enum { tall = 4, wide = 32 }; /* dlatsqr: blocks of tall·n rows, panels of wide columns */

static int m, n, one = 1;
static double *a, *b;   /* what is solved, column-major, and what a call destroys */
static double *a0, *b0;
static double *tau, *t, *s;
static int *iwork;

static double now(int threads) {
	struct timespec t;
	clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void *memory(size_t bytes) {
	void *p = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
	if (!p) exit(1);
	memset(p, 0, bytes);
	return p;
}

static void prepare(int rows, int cols) {
	if (m == rows && n == cols) return;
	free(a), free(b), free(a0), free(b0), free(tau), free(t), free(s), free(iwork);
	m = rows, n = cols;
	size_t size = (size_t)m * n;
	a = memory(8 * size), a0 = memory(8 * size), b = memory(8 * m), b0 = memory(8 * m);
	int blocks = (m - n + (tall - 1) * n - 1) / ((tall - 1) * n);
	tau = memory(8 * n), s = memory(8 * n), t = memory(8 * (size_t)wide * n * (blocks + 1)), iwork = memory(4 * 64 * (size_t)n);
	unsigned seed = 1;
	for (size_t i = 0; i < size + m; i++) {
		seed = seed * 1664525u + 1013904223u;
		*(i < size ? a0 + i : b0 + i - size) = seed / 2147483648.0 - 1;
	}
}

/* Calls op with lwork elements of work, and returns 0 if there is no such op, -1 on failure. */
static int call(const char *op, double *work, int lwork) {
	int info = 0, rank, mb = tall * n, nb = wide;
	double rcond = -1;
	if (!strcmp(op, "dgeqrf"))
		dgeqrf_(&m, &n, a, &m, tau, work, &lwork, &info);
	else if (!strcmp(op, "dlatsqr"))
		dlatsqr_(&m, &n, &mb, &nb, a, &m, t, &nb, work, &lwork, &info);
	else if (!strcmp(op, "dgels"))
		dgels_("N", &m, &n, &one, a, &m, b, &m, work, &lwork, &info, 1);
	else if (!strcmp(op, "dgetsls"))
		dgetsls_("N", &m, &n, &one, a, &m, b, &m, work, &lwork, &info, 1);
	else if (!strcmp(op, "dgelsd"))
		dgelsd_(&m, &n, &one, a, &m, b, &m, s, &rcond, &rank, work, &lwork, iwork, &info);
	else
		return 0;
	return info == 0 ? 1 : -1;
}

int main(void) {
	char op[16];
	int rows, cols, k, repeat, threads;
	printf("%s, core %s\n", openblas_get_config(), openblas_get_corename());
	fflush(stdout);
	while (scanf("%15s %d %d %d %d %d", op, &rows, &cols, &k, &repeat, &threads) == 6) {
		prepare(rows, cols);
		openblas_set_num_threads(threads);
		double size = 1, seconds = 0;
		int known = call(op, &size, -1);
		double *work = memory(8 * (size_t)size);
		for (int r = 0; r < repeat && known > 0; r++) {
			memcpy(a, a0, 8 * (size_t)m * n), memcpy(b, b0, 8 * (size_t)m);
			double start = now(threads);
			known = call(op, work, size);
			seconds += now(threads) - start;
		}
		free(work);
		if (known < 0) return 1;
		if (known)
			printf("%.9f\n", seconds);
		else
			printf("-\n");
		fflush(stdout);
	}
	return 0;
}
