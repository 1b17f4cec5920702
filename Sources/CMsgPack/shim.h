// msgpack-c 4.0 (Debian: libmsgpack-dev). Only the target MessagePack imports this module.
#ifndef RLBUF_CMSGPACK_H
#define RLBUF_CMSGPACK_H
#include <msgpack.h>
#endif
