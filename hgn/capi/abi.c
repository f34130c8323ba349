// The functions of rapidhgn.h. Each refuses to enter the Go runtime in a forked child,
// where it would wait for threads that do not exist, and calls its counterpart in Go.

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "rapidhgn.h"

#include "_cgo_export.h"

#ifndef _WIN32 /* which has no fork */
#include <pthread.h>
#endif

static _Thread_local char last_error[1024];

static volatile int forked;

#ifdef _WIN32
#define HIDDEN /* only what is marked is exported there */
#else
#define HIDDEN __attribute__((visibility("hidden")))

static void note_fork(void) { forked = 1; }

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, note_fork); }
#endif

HIDDEN void rhgn_set_error(const char *text) { snprintf(last_error, sizeof last_error, "%s", text); }

static int32_t refuse(void) {
	rhgn_set_error("the process was forked after rapidhgn was loaded: start child processes with fork and exec, in Python with the method \"spawn\"");
	return RHGN_FORKED;
}

#define ENTER(call) return forked ? refuse() : (call)

int32_t rhgn_abi_version(void) { return RHGN_ABI_VERSION; }

const char *rhgn_last_error(void) { return last_error; }

const char *rhgn_level(void) {
	static const char *const names[] = {"generic", "avx2", "avx512"};
	return forked ? "" : names[goLevel()];
}

int32_t rhgn_set_threads(int32_t n) { ENTER(goSetThreads(n)); }

int32_t rhgn_dgemm(int32_t trans_a, int32_t trans_b, int64_t m, int64_t n, int64_t k, double alpha,
                   const double *a, int64_t a_stride, const double *b, int64_t b_stride,
                   double beta, double *c, int64_t c_stride) {
	ENTER(goDgemm(trans_a, trans_b, m, n, k, alpha, (double *)a, a_stride, (double *)b, b_stride, beta, c, c_stride));
}

int32_t rhgn_features(const char *act, int64_t n, int64_t d, int64_t m, const double *x, int64_t x_stride,
                      const double *w, int64_t w_stride, const double *bias,
                      double *out, int64_t out_stride, double *grad, int64_t grad_stride) {
	ENTER(goFeatures((char *)act, n, d, m, (double *)x, x_stride, (double *)w, w_stride, (double *)bias, out, out_stride, grad, grad_stride));
}

int32_t rhgn_segment_sum(int64_t edges, int64_t nodes, int64_t width, const int64_t *receivers,
                         const double *x, int64_t x_stride, double *out, int64_t out_stride) {
	ENTER(goSegmentSum(edges, nodes, width, (int64_t *)receivers, (double *)x, x_stride, out, out_stride));
}

int32_t rhgn_lsq_new(int64_t cols, int64_t rhs, rhgn_lsq *out) { ENTER(goLsqNew(cols, rhs, out)); }

int32_t rhgn_lsq_append(rhgn_lsq lsq, int64_t rows, const double *a, int64_t a_stride,
                        const double *b, int64_t b_stride, const double *w) {
	ENTER(goLsqAppend(lsq, rows, (double *)a, a_stride, (double *)b, b_stride, (double *)w));
}

int32_t rhgn_lsq_merge(rhgn_lsq lsq, rhgn_lsq other) { ENTER(goLsqMerge(lsq, other)); }

int32_t rhgn_lsq_solve(rhgn_lsq lsq, double rcond, double ridge, double *x, int64_t x_stride,
                       double *residual, rhgn_lsq_report *report) {
	ENTER(goLsqSolve(lsq, rcond, ridge, x, x_stride, residual, report));
}

int32_t rhgn_lsq_marshal(rhgn_lsq lsq, void *buffer, int64_t capacity, int64_t *size) {
	ENTER(goLsqMarshal(lsq, buffer, capacity, size));
}

int32_t rhgn_lsq_unmarshal(const void *buffer, int64_t size, rhgn_lsq *out) { ENTER(goLsqUnmarshal((void *)buffer, size, out)); }

int32_t rhgn_lsq_free(rhgn_lsq lsq) { ENTER(goLsqFree(lsq)); }

int32_t rhgn_train(const rhgn_states *states, const rhgn_train_options *options, rhgn_model *out, rhgn_train_report *report) {
	ENTER(goTrain((rhgn_states *)states, (rhgn_train_options *)options, out, report));
}

int32_t rhgn_model_load(const char *path, rhgn_model *out) { ENTER(goModelLoad((char *)path, out)); }

int32_t rhgn_model_save(rhgn_model model, const char *path) { ENTER(goModelSave(model, (char *)path)); }

int32_t rhgn_model_info(rhgn_model model, double *cutoff, int32_t *periodic) { ENTER(goModelInfo(model, cutoff, periodic)); }

int32_t rhgn_forces(rhgn_model model, const rhgn_states *states, double *forces, int64_t forces_stride,
                    double *velocities, int64_t velocities_stride, double *energies, int64_t *outside) {
	ENTER(goForces(model, (rhgn_states *)states, forces, forces_stride, velocities, velocities_stride, energies, outside));
}

int32_t rhgn_rollout(rhgn_model model, const rhgn_states *start, const rhgn_rollout_options *options,
                     rhgn_observer observer, void *user, double *q, double *p, rhgn_rollout_report *report) {
	ENTER(goRollout(model, (rhgn_states *)start, (rhgn_rollout_options *)options, observer, user, q, p, report));
}

int32_t rhgn_model_free(rhgn_model model) { ENTER(goModelFree(model)); }
