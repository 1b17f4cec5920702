// zstd 1.5 (Debian: libzstd-dev). Only the target Zstandard imports this module.
#ifndef RLBUF_CZSTD_H
#define RLBUF_CZSTD_H
#include <zstd.h>
#include <zstd_errors.h>
#endif
