/*
 * rapidhgn.h: the C interface of rapidhgn: kernels, streaming least squares, and learned
 * Hamiltonians of N-body systems.
 *
 * Link with librapidhgn.so (-lrapidhgn), or with librapidhgn.a and -lpthread -lm. A program
 * needs neither Go nor anything else at run time.
 *
 * CALLS. Every function returns a status, RHGN_OK or what went wrong; rhgn_last_error then
 * says it in one line. After an error the caller's buffers hold what they held before,
 * unless the function says otherwise. Functions may be called from any number of threads.
 * Two calls that change one accumulator at the same time follow one another; models do not
 * change, and serve any number of calls.
 *
 * ARRAYS belong to the caller and are neither kept nor copied. They hold doubles, aligned to
 * 8 bytes. A matrix is row-major: element (i, j) of a is a[i*stride + j], and stride is at
 * least the number of columns. A pointer may be null where an array has no elements, and
 * where this is said. Results must not overlap operands.
 *
 * HANDLES are numbers, 0 for none. One that was freed, or is of another kind, is an error,
 * not a crash; they are never used again. Free each with the function of its kind.
 *
 * TRAPS of any library that holds the Go runtime:
 *   - After fork() the child cannot use the library: its functions return RHGN_FORKED. Start
 *     child processes by fork and exec (in Python: the method "spawn"), or fork before the
 *     library is loaded.
 *   - Never unload it (dlclose): its threads would go on without code. It is linked such that
 *     dlclose has no effect where the system has that (-z nodelete).
 *   - It handles SIGSEGV, SIGBUS and SIGFPE and passes on to handlers that were there before
 *     it was loaded what is not its own. A handler installed later must use SA_ONSTACK, and
 *     should pass on likewise. It leaves SIGINT and SIGTERM alone.
 *   - Two libraries that hold a Go runtime each work side by side in one process, but have
 *     their own threads and memory: rhgn_set_threads counts for this one alone.
 */
#ifndef RAPIDHGN_H
#define RAPIDHGN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. A library of the same version and a header of the same or
 * a lower RHGN_ABI_VERSION fit; structures grow at their ends. */
#define RHGN_ABI_VERSION 1

enum {
	RHGN_OK = 0,
	RHGN_INVALID = 1,  /* an argument: null, misaligned, negative, too small, unknown */
	RHGN_HANDLE = 2,   /* a handle that is not, or no longer, one of this kind */
	RHGN_DATA = 3,     /* numbers that are not finite, a system that the model does not know, ... */
	RHGN_FILE = 4,     /* a file that cannot be read or written, or is no model */
	RHGN_STOPPED = 5,  /* a callback returned something other than 0 */
	RHGN_FORKED = 6,   /* the process was forked after the library was loaded */
	RHGN_INTERNAL = 7  /* a fault of the library; please report it */
};

typedef int64_t rhgn_lsq;   /* a least-squares accumulator */
typedef int64_t rhgn_model; /* a learned Hamiltonian */

/* General ------------------------------------------------------------------------------ */

/* RHGN_ABI_VERSION of the library. */
int32_t rhgn_abi_version(void);

/* What the last call of this thread that failed found wrong, "" if none did. The text is
 * UTF-8 and valid until the next call of this thread that fails. */
const char *rhgn_last_error(void);

/* The instruction set in use: "generic", "avx2" or "avx512". */
const char *rhgn_level(void);

/* At most n threads compute at a time from now on, whatever the number of threads that
 * call; n = 0: as many as there are processors. Results do not depend on it. */
int32_t rhgn_set_threads(int32_t n);

/* Kernels ------------------------------------------------------------------------------ */

/* c = alpha op(a) op(b) + beta c, where op(a) is m x k and is a, or its transpose if
 * trans_a is not 0; op(b) is k x n likewise, c is m x n. The bits are the same on every
 * machine and for any number of threads. */
int32_t rhgn_dgemm(int32_t trans_a, int32_t trans_b, int64_t m, int64_t n, int64_t k, double alpha,
                   const double *a, int64_t a_stride, const double *b, int64_t b_stride,
                   double beta, double *c, int64_t c_stride);

/* out[i,j] = act(z[i,j]), z[i,j] = sum_k x[i,k] w[j,k] + bias[j], and grad[i,j] = act'(z[i,j])
 * unless grad is null. x is n x d, w is m x d, out and grad are n x m. act is "tanh",
 * "softplus", "gaussian" (exp(-z^2)), "sin" or "sigmoid". Accurate to 2 ulp. */
int32_t rhgn_features(const char *act, int64_t n, int64_t d, int64_t m, const double *x, int64_t x_stride,
                      const double *w, int64_t w_stride, const double *bias,
                      double *out, int64_t out_stride, double *grad, int64_t grad_stride);

/* out[i,:] = sum of the rows e of x with receivers[e] = i. x is edges x width, out is
 * nodes x width. */
int32_t rhgn_segment_sum(int64_t edges, int64_t nodes, int64_t width, const int64_t *receivers,
                         const double *x, int64_t x_stride, double *out, int64_t out_stride);

/* Least squares ------------------------------------------------------------------------ */

/* A new accumulator for min |A X - B| with rows that stream by. A has cols columns, B has
 * rhs, at least 1 and 0, together at most 32767. Memory is a small multiple of
 * (cols + rhs)^2 doubles, however many rows there are. */
int32_t rhgn_lsq_new(int64_t cols, int64_t rhs, rhgn_lsq *out);

/* Appends rows of A and of B; w, unless null, holds a factor of at least 0 for each row, so
 * that the square of its residual counts w^2 times. What is not finite is an error that names
 * the row, counted from the first one ever appended, and no row of the call is appended. The
 * result depends on the sequence of rows, not on how it was cut into calls. */
int32_t rhgn_lsq_append(rhgn_lsq lsq, int64_t rows, const double *a, int64_t a_stride,
                        const double *b, int64_t b_stride, const double *w);

/* Adds the rows of other, which stays as it was. */
int32_t rhgn_lsq_merge(rhgn_lsq lsq, rhgn_lsq other);

typedef struct {
	int64_t rows; /* appended and merged */
	int64_t rank;
	double cond;  /* of the column-scaled matrix */
} rhgn_lsq_report;

/* Writes the solution into x, cols x rhs, and the 2-norms of the columns of B - A X into
 * residual unless that is null; report may be null. Singular values up to rcond times the
 * largest are cut off: 0 stands for cols 2^-52, below 0 for none. With ridge mu > 0 the
 * solution minimises |A X - B|^2 + mu^2 s^2 |D X|^2, s the largest singular value and D the
 * column norms. The accumulator stays usable. */
int32_t rhgn_lsq_solve(rhgn_lsq lsq, double rcond, double ridge, double *x, int64_t x_stride,
                       double *residual, rhgn_lsq_report *report);

/* Writes the accumulator as bytes, for rhgn_lsq_unmarshal, and their number into size. With
 * too small a capacity (or buffer null) only size is written, with RHGN_OK and RHGN_INVALID
 * respectively if capacity is 0 and if it is not. */
int32_t rhgn_lsq_marshal(rhgn_lsq lsq, void *buffer, int64_t capacity, int64_t *size);
int32_t rhgn_lsq_unmarshal(const void *buffer, int64_t size, rhgn_lsq *out);

int32_t rhgn_lsq_free(rhgn_lsq lsq);

/* Models ------------------------------------------------------------------------------- */

/* States of a system of N bodies in dim dimensions. Arrays with a stride hold one row for
 * every frame, nodes*dim doubles or as many as are said, the next one stride doubles later;
 * stride 0 stands for rows without gaps. Units are the caller's; any consistent set does. */
typedef struct {
	int64_t struct_size; /* sizeof(rhgn_states) */
	int64_t frames, nodes, dim;
	const double *q; /* positions */
	int64_t q_stride;
	const double *p; /* momenta; null: mass times qdot, or 0 without that */
	int64_t p_stride;
	const double *qdot; /* velocities; null: p over mass, where p is given */
	int64_t qdot_stride;
	const double *pdot; /* forces, for training */
	int64_t pdot_stride;
	const double *energy; /* total energy of each frame, or null */
	const double *mass;     /* of the nodes; null: 1 */
	const double *charge;   /* of the nodes, or null */
	const int64_t *species; /* of the nodes; null: all 1 */
	const double *box;      /* dim lengths of a periodic box with a corner at 0, or null */
	int64_t box_stride;     /* 0: the same box for all frames */
	const int64_t *edges;   /* fixed edges: 2 bodies each, counted from 0; null with a cutoff */
	int64_t edge_count;
} rhgn_states;

/* How a model is trained. 0 and null are the defaults. */
typedef struct {
	int64_t struct_size;    /* sizeof(rhgn_train_options) */
	double cutoff;          /* edges between all pairs closer than this, where the states have none */
	const char *sampler;    /* "elm-whitened", "elm", "swim", or of networks "aswim" */
	const char *activation; /* "gaussian", "tanh", "softplus", "sin" or "sigmoid" */
	const char *xi;         /* distances enter as "r", "r2", "log" or "1/r" */
	double omega;           /* width of elm-whitened: 1 for fixed edges, 4 under a cutoff */
	int64_t features;       /* edge features per pair of species: 64 */
	int64_t node_features;  /* 16 */
	double ridge;           /* relative to the largest singular value: 1e-16 */
	double rcond;           /* in its place, where singular values are cut off; below 0: none */
	uint64_t seed;
	const char *encoding; /* "invariant", "frame", "invariant-network" or "many-body" */
} rhgn_train_options;

typedef struct {
	int64_t samples, rows, features, rank, rank_p;
	double edges; /* per frame */
	double cond, cond_p;
	double force_error; /* relative, over the training frames */
	double seconds, seconds_solve;
} rhgn_train_report;

/* Trains a model on states with velocities (or momenta) and forces. options and report may
 * be null. The model depends on the numbers and options alone. */
int32_t rhgn_train(const rhgn_states *states, const rhgn_train_options *options, rhgn_model *out, rhgn_train_report *report);

/* Reads and writes model files (.safetensors). Names are UTF-8. */
int32_t rhgn_model_load(const char *path, rhgn_model *out);
int32_t rhgn_model_save(rhgn_model model, const char *path);

/* The cutoff of a model, 0 if its edges are fixed, and whether it is periodic. */
int32_t rhgn_model_info(rhgn_model model, double *cutoff, int32_t *periodic);

/* For each frame of states: forces -dH/dq and velocities dH/dp, frames x (nodes dim) with
 * strides as in rhgn_states, and energies, one per frame. Each result may be null. outside,
 * unless null, becomes the number of edges shorter or longer than any in training, which are
 * counted where forces are computed: 0 without forces. A model serves systems of any number
 * of bodies, and of dimensions if its encoding is not "frame". After an error the results
 * have no meaning. */
int32_t rhgn_forces(rhgn_model model, const rhgn_states *states, double *forces, int64_t forces_stride,
                    double *velocities, int64_t velocities_stride, double *energies, int64_t *outside);

/* Called with the state after a number of steps: nodes x dim positions, momenta and forces,
 * which are valid until it returns. Anything but 0 ends the rollout. It runs on the thread
 * that called rhgn_rollout, may call the library, and must return: neither longjmp nor an
 * exception of C++ may leave it. */
typedef int32_t (*rhgn_observer)(void *user, int64_t step, const double *q, const double *p, const double *forces);

typedef struct {
	int64_t struct_size; /* sizeof(rhgn_rollout_options) */
	double dt;           /* time step */
	int64_t steps;
	int64_t every;       /* observe steps 0, every, 2 every, ...; 0: none */
	double skin;         /* of neighbour lists: 0.3; below 0: none */
	int64_t table;       /* cells of a table of the potential; 0: none, compute it from the features; -1: the default */
} rhgn_rollout_options;

typedef struct {
	int64_t steps;
	double energy_drift;  /* max |H(t) - H(0)| over the kinetic energy at the start */
	double extrapolated;  /* edge evaluations outside the training range over all */
	double seconds;
} rhgn_rollout_report;

/* Integrates the equations of motion from the only frame of start. The last state goes into
 * q and p, nodes x dim without gaps, unless they are null. observer and report may be null. */
int32_t rhgn_rollout(rhgn_model model, const rhgn_states *start, const rhgn_rollout_options *options,
                     rhgn_observer observer, void *user, double *q, double *p, rhgn_rollout_report *report);

int32_t rhgn_model_free(rhgn_model model);

#ifdef __cplusplus
}
#endif

#endif
