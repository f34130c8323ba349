/* Tests the library through its header: main TEST-MODEL-FILE. Prints what fails; the exit
 * status says whether anything did. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../rapidhgn.h"

static int failures;

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s; last error: %s\n", __FILE__, __LINE__, #condition, rhgn_last_error()); \
			__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED); \
		} \
	} while (0)

/* FAILS checks the status of a call and a part of its error. */
#define FAILS(status, text, call) CHECK((call) == (status) && strstr(rhgn_last_error(), text) != NULL)

static uint64_t state = 1;

/* uniform is between -1 and 1. */
static double uniform(void) {
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(int64_t)state / 9223372036854775808.0;
}

static void test_kernels(void) {
	double a[2 * 4] = {1, 2, 3, 0, 4, 5, 6, 0}, b[3 * 2] = {1, 0, 0, 1, 1, 1}, c[2 * 3] = {1, 1, 7, 1, 1, 7};
	CHECK(rhgn_dgemm(0, 0, 2, 2, 3, 2, a, 4, b, 2, 1, c, 3) == RHGN_OK);
	CHECK(c[0] == 9 && c[1] == 11 && c[2] == 7 && c[3] == 21 && c[4] == 23 && c[5] == 7);
	FAILS(RHGN_INVALID, "a is null", rhgn_dgemm(0, 0, 2, 2, 3, 1, NULL, 4, b, 2, 0, c, 3));
	FAILS(RHGN_INVALID, "stride of 2 is too small", rhgn_dgemm(0, 0, 2, 2, 3, 1, a, 2, b, 2, 0, c, 3));
	FAILS(RHGN_INVALID, "-2 x 3", rhgn_dgemm(0, 0, -2, 2, 3, 1, a, 4, b, 2, 0, c, 3));
	FAILS(RHGN_INVALID, "not aligned", rhgn_dgemm(0, 0, 1, 2, 3, 1, (double *)((char *)a + 1), 4, b, 2, 0, c, 3));
	FAILS(RHGN_INVALID, "overlaps", rhgn_dgemm(0, 0, 2, 2, 2, 1, a, 4, b, 2, 0, a, 4));
	FAILS(RHGN_INVALID, "stride of", rhgn_dgemm(0, 0, 2, 2, 3, 1, a, INT64_MAX, b, 2, 0, c, 3));

	double x[2] = {0.5, -1}, w[2] = {1, 2}, bias[2] = {0, 1}, out[4], grad[4];
	CHECK(rhgn_features("tanh", 2, 1, 2, x, 1, w, 1, bias, out, 2, grad, 2) == RHGN_OK);
	for (int i = 0; i < 4; i++) {
		double t = tanh(x[i / 2] * w[i % 2] + bias[i % 2]);
		CHECK(fabs(out[i] - t) < 1e-15 && fabs(grad[i] - (1 - t * t)) < 1e-15);
	}
	CHECK(rhgn_features("sin", 2, 1, 2, x, 1, w, 1, bias, out, 2, NULL, 0) == RHGN_OK && fabs(out[1] - sin(2)) < 1e-15);
	FAILS(RHGN_INVALID, "relu", rhgn_features("relu", 2, 1, 2, x, 1, w, 1, bias, out, 2, NULL, 0));
	FAILS(RHGN_INVALID, "not UTF-8", rhgn_features("\xff", 2, 1, 2, x, 1, w, 1, bias, out, 2, NULL, 0));

	int64_t receivers[3] = {1, 1, 0};
	double messages[3] = {1, 2, 4}, sums[2];
	CHECK(rhgn_segment_sum(3, 2, 1, receivers, messages, 1, sums, 1) == RHGN_OK && sums[0] == 4 && sums[1] == 3);
	receivers[2] = 2;
	FAILS(RHGN_DATA, "edge 2 belongs to node 2, of 2", rhgn_segment_sum(3, 2, 1, receivers, messages, 1, sums, 1));
}

static void test_lsq(void) {
	enum { rows = 500, cols = 5 };
	double a[rows * cols], b[rows], w[rows], x[cols], residual;
	for (int i = 0; i < rows; i++) {
		b[i] = 0;
		w[i] = 1 + i % 3;
		for (int j = 0; j < cols; j++) {
			a[i * cols + j] = uniform();
			b[i] += (j + 1) * a[i * cols + j];
		}
	}
	rhgn_lsq one, two, copy;
	CHECK(rhgn_lsq_new(cols, 1, &one) == RHGN_OK && rhgn_lsq_new(cols, 1, &two) == RHGN_OK);
	CHECK(rhgn_lsq_append(one, 200, a, cols, b, 1, w) == RHGN_OK);
	CHECK(rhgn_lsq_append(two, 300, a + 200 * cols, cols, b + 200, 1, NULL) == RHGN_OK);
	CHECK(rhgn_lsq_merge(one, two) == RHGN_OK);
	rhgn_lsq_report report;
	CHECK(rhgn_lsq_solve(one, 0, 0, x, 1, &residual, &report) == RHGN_OK);
	CHECK(report.rows == rows && report.rank == cols && report.cond > 1 && report.cond < 10 && residual < 1e-12);
	for (int j = 0; j < cols; j++)
		CHECK(fabs(x[j] - (j + 1)) < 1e-12);

	int64_t size = 0;
	CHECK(rhgn_lsq_marshal(one, NULL, 0, &size) == RHGN_OK && size > 0);
	void *bytes = malloc(size);
	FAILS(RHGN_INVALID, "a buffer of 1 bytes", rhgn_lsq_marshal(one, bytes, 1, &size));
	CHECK(rhgn_lsq_marshal(one, bytes, size, &size) == RHGN_OK);
	CHECK(rhgn_lsq_unmarshal(bytes, size, &copy) == RHGN_OK);
	double y[cols];
	CHECK(rhgn_lsq_solve(copy, 0, 0, y, 1, NULL, NULL) == RHGN_OK && memcmp(x, y, sizeof x) == 0);
	((char *)bytes)[size - 1] ^= 1;
	CHECK(rhgn_lsq_unmarshal(bytes, size / 2, &copy) == RHGN_DATA);
	free(bytes);

	a[7 * cols] = NAN;
	FAILS(RHGN_DATA, "row 207", rhgn_lsq_append(one, 20, a, cols, b, 1, NULL));
	FAILS(RHGN_INVALID, "b is null", rhgn_lsq_append(one, 1, a, cols, NULL, 1, NULL));
	FAILS(RHGN_INVALID, "itself", rhgn_lsq_merge(one, one));
	FAILS(RHGN_INVALID, "rcond", rhgn_lsq_solve(one, NAN, 0, x, 1, NULL, NULL));
	FAILS(RHGN_INVALID, "0 columns", rhgn_lsq_new(0, 1, &copy));
	FAILS(RHGN_INVALID, "at most 32767", rhgn_lsq_new(32767, 1, &copy));
	CHECK(rhgn_lsq_new(cols, 0, &copy) == RHGN_OK && rhgn_lsq_append(copy, 6, b, cols, NULL, 0, NULL) == RHGN_OK);
	CHECK(rhgn_lsq_solve(copy, 0, 0, NULL, 0, NULL, &report) == RHGN_OK && report.rows == 6);
	CHECK(rhgn_lsq_free(copy) == RHGN_OK);
	FAILS(RHGN_HANDLE, "not the handle", rhgn_model_free(one));
	CHECK(rhgn_lsq_free(one) == RHGN_OK && rhgn_lsq_free(two) == RHGN_OK);
	FAILS(RHGN_HANDLE, "was freed", rhgn_lsq_free(one));
	FAILS(RHGN_HANDLE, "was freed", rhgn_lsq_append(one, 1, b, cols, b, 1, NULL));
	FAILS(RHGN_HANDLE, "was freed", rhgn_lsq_solve(0, 0, 0, x, 1, NULL, NULL));
}

/* A ring of bodies joined by springs of length 1, V = (r - 1)^2 / 2, in the plane. */
enum { bodies = 6, frames = 60, width = 2 * bodies };
static double q[frames * width], p[frames * width], f[frames * width];
static int64_t edges[2 * bodies];

static void springs(const double *q, double *f) {
	memset(f, 0, width * sizeof *f);
	for (int i = 0; i < bodies; i++) {
		int j = (i + 1) % bodies;
		double dx = q[2 * j] - q[2 * i], dy = q[2 * j + 1] - q[2 * i + 1], r = hypot(dx, dy), c = (r - 1) / r;
		f[2 * i] += c * dx, f[2 * i + 1] += c * dy, f[2 * j] -= c * dx, f[2 * j + 1] -= c * dy;
	}
}

static rhgn_states ring(void) {
	for (int t = 0; t < frames; t++)
		for (int i = 0; i < bodies; i++) {
			double angle = 2 * M_PI * i / bodies;
			q[t * width + 2 * i] = cos(angle) + 0.2 * uniform();
			q[t * width + 2 * i + 1] = sin(angle) + 0.2 * uniform();
			p[t * width + 2 * i] = uniform(), p[t * width + 2 * i + 1] = uniform();
			edges[2 * i] = i, edges[2 * i + 1] = (i + 1) % bodies;
		}
	for (int t = 0; t < frames; t++)
		springs(q + t * width, f + t * width);
	return (rhgn_states){.struct_size = sizeof(rhgn_states), .frames = frames, .nodes = bodies, .dim = 2,
	                     .q = q, .p = p, .pdot = f, .edges = edges, .edge_count = bodies};
}

static int64_t observed;

static int32_t count(void *user, int64_t step, const double *q, const double *p, const double *forces) {
	(void)p, (void)forces;
	observed++;
	CHECK(step % 10 == 0 && isfinite(q[0]));
	return step >= *(int64_t *)user;
}

static rhgn_model test_model(const char *path) {
	rhgn_states states = ring();
	rhgn_model model, again;
	rhgn_train_report trained;
	CHECK(rhgn_train(&states, NULL, &model, &trained) == RHGN_OK);
	CHECK(trained.samples == frames && trained.force_error < 1e-10);

	double forces[frames * width], velocities[frames * width], energies[frames];
	int64_t outside;
	CHECK(rhgn_forces(model, &states, forces, 0, velocities, 0, energies, &outside) == RHGN_OK && outside == 0);
	double worst = 0;
	for (int i = 0; i < frames * width; i++)
		worst = fmax(worst, fmax(fabs(forces[i] - f[i]), fabs(velocities[i] - p[i])));
	CHECK(worst < 1e-9);

	double cutoff = -1;
	int32_t periodic = -1;
	CHECK(rhgn_model_info(model, &cutoff, &periodic) == RHGN_OK && cutoff == 0 && periodic == 0);
	CHECK(rhgn_model_save(model, path) == RHGN_OK && rhgn_model_load(path, &again) == RHGN_OK);
	double same[frames * width];
	CHECK(rhgn_forces(again, &states, same, 0, NULL, 0, NULL, NULL) == RHGN_OK && memcmp(same, forces, sizeof same) == 0);
	FAILS(RHGN_FILE, "no such file", rhgn_model_load("/nowhere/model", &again));
	FAILS(RHGN_FILE, "/nowhere/model: no such folder", rhgn_model_save(model, "/nowhere/model"));
	FAILS(RHGN_INVALID, "not UTF-8", rhgn_model_load("\xff\xfe", &again));
	FAILS(RHGN_INVALID, "null", rhgn_model_load(NULL, &again));
	CHECK(rhgn_model_free(again) == RHGN_OK);

	states.frames = 1;
	rhgn_rollout_options rollout = {.struct_size = sizeof rollout, .dt = 0.01, .steps = 200, .every = 10};
	rhgn_rollout_report moved;
	double lastQ[width], lastP[width];
	int64_t end = INT64_MAX;
	CHECK(rhgn_rollout(model, &states, &rollout, count, &end, lastQ, lastP, &moved) == RHGN_OK);
	CHECK(observed == 21 && moved.steps == 200 && moved.energy_drift < 1e-3 && lastQ[0] != q[0]);
	end = 50;
	FAILS(RHGN_STOPPED, "after 50 steps", rhgn_rollout(model, &states, &rollout, count, &end, NULL, NULL, NULL));
	rollout.dt = 0;
	CHECK(rhgn_rollout(model, &states, &rollout, NULL, NULL, NULL, NULL, NULL) == RHGN_DATA);
	rollout.struct_size = 8;
	FAILS(RHGN_INVALID, "struct_size is 8", rhgn_rollout(model, &states, &rollout, NULL, NULL, NULL, NULL, NULL));

	rhgn_states bad = states;
	bad.edges = NULL, bad.edge_count = 0;
	FAILS(RHGN_DATA, "fixed edges", rhgn_forces(model, &bad, forces, 0, NULL, 0, NULL, NULL));
	bad = states, bad.q = NULL;
	FAILS(RHGN_INVALID, "q is null", rhgn_forces(model, &bad, forces, 0, NULL, 0, NULL, NULL));
	bad = states, bad.q_stride = width - 1;
	FAILS(RHGN_INVALID, "too small", rhgn_forces(model, &bad, forces, 0, NULL, 0, NULL, NULL));
	bad = states, bad.dim = 4;
	FAILS(RHGN_INVALID, "4 dimensions", rhgn_forces(model, &bad, forces, 0, NULL, 0, NULL, NULL));
	int64_t kinds[bodies] = {1, 1, 1, 1, 1, 9};
	bad = states, bad.species = kinds;
	FAILS(RHGN_DATA, "species 9", rhgn_forces(model, &bad, forces, 0, NULL, 0, NULL, NULL));
	edges[1] = bodies;
	FAILS(RHGN_DATA, "edge 0 joins body 6", rhgn_forces(model, &states, forces, 0, NULL, 0, NULL, NULL));
	edges[1] = 1;
	double old = q[3];
	q[3] = NAN;
	FAILS(RHGN_DATA, "NaN", rhgn_forces(model, &states, forces, 0, NULL, 0, NULL, NULL));
	q[3] = old;
	return model;
}

/* Eight threads train, predict, and append to accumulators of their own and to a shared one. */
static rhgn_model shared_model;
static rhgn_lsq shared_lsq;
static double want[frames * width];

static void *work(void *argument) {
	(void)argument;
	rhgn_states states = {.struct_size = sizeof(rhgn_states), .frames = frames, .nodes = bodies, .dim = 2,
	                      .q = q, .p = p, .pdot = f, .edges = edges, .edge_count = bodies};
	for (int repeat = 0; repeat < 5; repeat++) {
		double got[frames * width], x;
		CHECK(rhgn_forces(shared_model, &states, got, 0, NULL, 0, NULL, NULL) == RHGN_OK && memcmp(got, want, sizeof got) == 0);
		rhgn_model own;
		CHECK(rhgn_train(&states, NULL, &own, NULL) == RHGN_OK);
		CHECK(rhgn_forces(own, &states, got, 0, NULL, 0, NULL, NULL) == RHGN_OK && memcmp(got, want, sizeof got) == 0);
		CHECK(rhgn_model_free(own) == RHGN_OK);
		FAILS(RHGN_HANDLE, "was freed", rhgn_model_free(own));
		CHECK(rhgn_lsq_append(shared_lsq, frames * width, q, 1, q, 1, NULL) == RHGN_OK);
		CHECK(rhgn_lsq_solve(shared_lsq, 0, 0, &x, 1, NULL, NULL) == RHGN_OK && fabs(x - 1) < 1e-14);
	}
	return NULL;
}

static void test_threads(rhgn_model model) {
	shared_model = model;
	rhgn_states states = {.struct_size = sizeof(rhgn_states), .frames = frames, .nodes = bodies, .dim = 2,
	                      .q = q, .edges = edges, .edge_count = bodies};
	CHECK(rhgn_forces(model, &states, want, 0, NULL, 0, NULL, NULL) == RHGN_OK);
	CHECK(rhgn_lsq_new(1, 1, &shared_lsq) == RHGN_OK);
	pthread_t threads[8];
	for (int i = 0; i < 8; i++)
		CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	double x;
	rhgn_lsq_report report;
	CHECK(rhgn_lsq_solve(shared_lsq, 0, 0, &x, 1, NULL, &report) == RHGN_OK && report.rows == 40 * frames * width);
	CHECK(rhgn_lsq_free(shared_lsq) == RHGN_OK);
}

/* A child that was forked gets an error and does not hang. */
static void test_fork(void) {
	pid_t child = fork();
	if (child == 0) {
		alarm(20);
		_exit(rhgn_set_threads(1) == RHGN_FORKED && strstr(rhgn_last_error(), "spawn") != NULL ? 0 : 1);
	}
	int status = -1;
	waitpid(child, &status, 0);
	CHECK(status == 0);
}

int main(int argc, char **argv) {
	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 2;
	}
	CHECK(rhgn_abi_version() == RHGN_ABI_VERSION);
	CHECK(strlen(rhgn_level()) > 0 && strcmp(rhgn_last_error(), "") == 0);
	CHECK(rhgn_set_threads(2) == RHGN_OK);
	FAILS(RHGN_INVALID, "-1 threads", rhgn_set_threads(-1));
	test_kernels();
	test_lsq();
	rhgn_model model = test_model(argv[1]);
	test_threads(model);
	CHECK(rhgn_model_free(model) == RHGN_OK);
	test_fork();
	if (failures == 0)
		printf("ok: the C interface, level %s\n", rhgn_level());
	return failures != 0;
}
