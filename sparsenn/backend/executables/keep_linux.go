package executables

/*
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "hook.h"
*/
import "C"

import (
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"
)

// worthwhile is how long the compilation of a program takes that is stored:
// to read a file and link what is in it takes some milliseconds, too.
const worthwhile = 50 * time.Millisecond

// A keeper is what our compiling function works with.
type keeper struct {
	store                    Store
	plugin                   []byte // what tells its code from others'
	loaded, compiled, stored atomic.Int64
}

var kept atomic.Pointer[keeper] // nil until Keep

// Keep has the programs that the plugin at path compiles from now on looked up
// in a store and stored there. The plugin is one for CPUs, and loaded; identity
// tells its code from all others', as its sha256 does. Keep may be called once
// in a process. Its error says what was in the way, and then everything is
// compiled as before.
func Keep(path, identity string, store Store) error {
	if !kept.CompareAndSwap(nil, &keeper{store: store, plugin: []byte(identity)}) {
		return fmt.Errorf("compiled programs of %s are not kept: a plugin's are already", path)
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if problem := C.circuitbook_hook(name); problem != nil {
		kept.Store(nil)
		return fmt.Errorf("compiled programs are not kept: %s: %s", path, C.GoString(problem))
	}
	return nil
}

// circuitbookCompile is what the plugin's table has for the function that
// compiles. Of another thread's panic the process would die without a word; there
// is nothing here to panic but a lack of memory.
//
//export circuitbookCompile
func circuitbookCompile(args *C.CompileArgs) *C.Error {
	k, p := kept.Load(), args.program
	if k == nil || p == nil {
		return C.circuitbook_compile(args)
	}
	// The environment is read again: XLA does it, too.
	key := NewKey(k.plugin, machine(), bytesOf(p.format, p.format_size), bytesOf(args.options, args.options_size),
		bytesOf(p.code, p.code_size))
	if data, ok := k.store.Load(key); ok && len(data) > 0 {
		args.loaded = C.circuitbook_load(args.client, (*C.char)(unsafe.Pointer(&data[0])), C.size_t(len(data)))
		if args.loaded != nil {
			k.loaded.Add(1)
			return nil
		}
		k.store.Remove(key) // and another one takes its place
	}
	start := time.Now()
	if err := C.circuitbook_compile(args); err != nil {
		return err
	}
	k.compiled.Add(1)
	if time.Since(start) >= worthwhile {
		k.save(key, args.loaded)
	}
	return nil
}

// save stores an executable. What it cannot store is compiled again the next
// time: a full disk or a folder of somebody else's is no reason to fail.
func (k *keeper) save(key Key, loaded *C.Loaded) {
	var bytes *C.char
	var size C.size_t
	held := C.circuitbook_serialize(loaded, &bytes, &size)
	if held.held == nil {
		return
	}
	defer C.circuitbook_release(held)
	if k.store.Save(key, bytesOf(bytes, size)) == nil {
		k.stored.Add(1)
	}
}

// bytesOf are bytes of C, for as long as they are there.
func bytesOf(p *C.char, n C.size_t) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n))
}

// Counts says how many programs this process loaded from the store, compiled
// and stored since Keep.
func Counts() (loaded, compiled, stored int) {
	k := kept.Load()
	if k == nil {
		return 0, 0, 0
	}
	return int(k.loaded.Load()), int(k.compiled.Load()), int(k.stored.Load())
}
