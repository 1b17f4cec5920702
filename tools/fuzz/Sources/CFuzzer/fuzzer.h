#include <stddef.h>
#include <stdint.h>

// compiler-rt/include/fuzzer/FuzzerInterface.h
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*body)(const uint8_t *data, size_t size));
