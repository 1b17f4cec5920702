// What processors offer and Swift has no word for. Only the target ReplayBuffers imports this module.
#ifndef RLBUF_CPREFETCH_H
#define RLBUF_CPREFETCH_H

// Asks for the cache line of an address, which need not be valid, and does not wait for it.
static inline void rlbuf_prefetch(const void *address) { __builtin_prefetch(address); }
#endif
