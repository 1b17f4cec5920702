// OpenBLAS 0.3 (Debian: libopenblas-dev). Only the target NeuralNetworks imports this module.
#ifndef RLBUF_CBLAS_H
#define RLBUF_CBLAS_H
#include <cblas.h>
#endif
