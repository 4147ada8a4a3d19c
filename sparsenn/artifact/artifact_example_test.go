package artifact_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"circuitbook/sparsenn/artifact"
)

// What takes long is made once; the second call loads it.
func ExampleMake() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	_ = os.Setenv(artifact.RootVariable, dir)

	type config struct{ Seed int }
	load := func(a *artifact.Run) (string, error) {
		c, _, err := a.Latest()
		if err != nil {
			return "", err
		}
		text, err := c.ReadFile("answer.txt")
		return string(text), err
	}
	work := func(a *artifact.Run) error {
		fmt.Println("working")
		return artifact.Save(a, map[string][]byte{"answer.txt": []byte("42")})
	}
	for range 2 {
		answer, err := artifact.Make(context.Background(), artifact.Options{}, "answer", config{7}, load, work)
		fmt.Println(answer, err)
	}
	// Output:
	// working
	// 42 <nil>
	// 42 <nil>
}
