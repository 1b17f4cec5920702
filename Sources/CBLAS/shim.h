// OpenBLAS 0.3 (Debian: libopenblas-dev). Only the target NeuralNetworks imports this module; it finds
// the functions with dlopen, so nothing is linked here.
#ifndef RLBUF_CBLAS_H
#define RLBUF_CBLAS_H
#include <cblas.h>

// Swift's SIMD types take roots one by one, with a branch around the C library's sqrtf in each; this is one instruction.
typedef float rlbuf_floats __attribute__((vector_size(16)));
static inline rlbuf_floats rlbuf_square_roots(rlbuf_floats numbers) { return __builtin_elementwise_sqrt(numbers); }
#endif
