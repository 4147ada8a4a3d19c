//go:build linux && cgo

package backend

/*
#include <malloc.h>

// Only glibc has mallopt.
static void keep_memory(void) {
#if defined(__GLIBC__)
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
	mallopt(M_TOP_PAD, 256 << 20);
	mallopt(M_ARENA_MAX, 1);
#endif
}
*/
import "C"

// keepMemory tells the C allocator to keep what is freed. XLA's CPU client
// allocates the scratch space of a program, tens of megabytes, at every
// execution; by default each goes back to the system and its pages are faulted
// in and cleared again, which took a tenth of a training step. It is a setting
// of the whole process and affects C memory only, not Go's.
func keepMemory() { C.keep_memory() }
