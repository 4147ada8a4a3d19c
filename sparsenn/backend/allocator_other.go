//go:build !(linux && cgo)

package backend

// keepMemory does nothing where the C library is not glibc.
func keepMemory() {}
