package kernelspec_test

import (
	"fmt"
	"os"

	"circuitbook/kernel/internal/kernelspec"
)

func ExampleSpec_Encode() {
	text, err := kernelspec.Spec{Program: "/opt/circuitbook", Module: "/src/circuitbook"}.Encode()
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.Write(text)
	fmt.Println(kernelspec.Dir("/usr/share/jupyter"))
	// Output:
	// {
	//  "argv": [
	//   "/opt/circuitbook",
	//   "kernel",
	//   "--module",
	//   "/src/circuitbook",
	//   "{connection_file}"
	//  ],
	//  "display_name": "Go (Circuitbook)",
	//  "language": "go",
	//  "interrupt_mode": "message",
	//  "metadata": {
	//   "circuitbook": {
	//    "module": "/src/circuitbook"
	//   }
	//  }
	// }
	// /usr/share/jupyter/kernels/circuitbook
}
