package executables_test

import (
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/backend/executables"
)

// The engine does this by itself when it opens XLA on a CPU.
func ExampleStore() {
	dir, err := os.MkdirTemp("", "executables")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s := executables.Store{Dir: dir, Limit: executables.DefaultLimit}

	key := executables.NewKey([]byte("the plugin"), []byte("the machine"), []byte("the program"))
	_, ok := s.Load(key)
	fmt.Println(ok)
	if err := s.Save(key, []byte("what XLA made of it")); err != nil {
		log.Fatal(err)
	}
	data, ok := s.Load(key)
	fmt.Printf("%s %v\n", data, ok)
	// Output:
	// false
	// what XLA made of it true
}
