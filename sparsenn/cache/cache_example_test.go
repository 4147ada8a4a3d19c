package cache_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/cache"
)

func ExampleSub() {
	root, err := os.MkdirTemp("", "cache")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(root) }()
	_ = os.Setenv("CIRCUITBOOK_CACHE", root)
	defer func() { _ = os.Unsetenv("CIRCUITBOOK_CACHE") }()

	dir, err := cache.Sub("corpus", "sample")
	if err != nil {
		fmt.Println(err)
		return
	}
	rel, _ := filepath.Rel(root, dir)
	fmt.Println(filepath.ToSlash(rel))
	// Output: corpus/sample
}

func ExampleLock() {
	unlock, err := cache.Lock(context.Background(), "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer unlock()
	fmt.Println("nobody else is here")
	// Output: nobody else is here
}

func ExampleWheel_Fetch() {
	w := cache.Wheel{
		Name: "iniconfig", Version: "2.1.0",
		File:   "iniconfig-2.1.0-py3-none-any.whl",
		SHA256: "not the hash of anything",
	}
	_, err := w.Fetch(context.Background(), os.Stderr)
	fmt.Println(err)
	// Output: wheel iniconfig: "not the hash of anything" is not a sha256 (64 lower-case hexadecimal digits)
}
