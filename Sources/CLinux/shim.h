// What Linux offers and Swift's Glibc module does not show. Only the target FileSystems imports this module.
#ifndef RLBUF_CLINUX_H
#define RLBUF_CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>

// renameat2(2): flags RENAME_NOREPLACE (1), RENAME_EXCHANGE (2).
static inline int rlbuf_renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned int flags) {
  return (int)syscall(SYS_renameat2, old_directory, old_path, new_directory, new_path, flags);
}

// sync_file_range(2), which only starts to write: a hint, not a promise of anything.
static inline void rlbuf_start_writeback(int descriptor, long long offset, long long count) {
  (void)sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

// fcntl(2) is variadic, which Swift cannot call: an exclusive, nonblocking open file description lock on the whole file.
static inline int rlbuf_lock_description(int descriptor) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

// Gives that lock up for all who share the description, such as a process that was forked meanwhile; 0, or -1 with errno.
static inline int rlbuf_unlock_description(int descriptor) {
  struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

// Whether that lock could not be had: 1 if another description holds one, 0 if none does, -1 with errno.
static inline int rlbuf_is_locked(int descriptor) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
  if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -1;
  return lock.l_type != F_UNLCK;
}
#endif
