package backend_test

import (
	"fmt"

	"github.com/gomlx/compute"

	"circuitbook/sparsenn/backend"
)

func ExampleOpen() {
	b, err := backend.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(backend.Can(b, compute.OpTypeDotGeneral))
	// Output: true
}

func ExampleDescribe() {
	b, err := backend.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	info := backend.Describe(b)
	fmt.Println(info.Name, info.Plugin, info.Threads)
}
