// What Linux offers and Swift's Glibc module does not show. Only the target FileSystems imports this module.
#ifndef RLBUF_CLINUX_H
#define RLBUF_CLINUX_H
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>

// renameat2(2): flags RENAME_NOREPLACE (1), RENAME_EXCHANGE (2).
static inline int rlbuf_renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned int flags) {
  return (int)syscall(SYS_renameat2, old_directory, old_path, new_directory, new_path, flags);
}
#endif
