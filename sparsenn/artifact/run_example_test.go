package artifact_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/tensorfile"
)

// A run is loaded if it is finished, resumed if it is half done, and else made.
func ExampleOpen() {
	root, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	config := map[string]any{"steps": 4, "seed": 1}

	work := func(until int) error {
		if _, err := artifact.OpenReadOnly([]string{root}, "count", config); err == nil {
			fmt.Println("finished before")
			return nil
		} else if !errors.Is(err, artifact.ErrNotFound) {
			return err
		}
		run, err := artifact.Lock(root, "count", config)
		if err != nil {
			return err
		}
		defer run.Close()
		checkpoint, problems, err := run.Latest()
		if err != nil {
			return err
		}
		for _, p := range problems {
			fmt.Println("passed over:", p)
		}
		step := 0
		if checkpoint != nil {
			step = checkpoint.Step
		}
		fmt.Println("from step", step)
		for step < until {
			step++
			err := run.Save(step, step == 4, map[string]func(io.Writer) error{
				"count.txt": func(w io.Writer) error {
					_, err := fmt.Fprintln(w, step)
					return err
				},
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, until := range []int{2, 4, 4} {
		if err := work(until); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// from step 0
	// from step 2
	// finished before
}

// A second writer is told who the first is.
func ExampleLockedError() {
	root, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	run, err := artifact.Lock(root, "train", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer run.Close()

	_, err = artifact.Lock(root, "train", nil)
	var locked *artifact.LockedError
	fmt.Println(errors.As(err, &locked), locked.PID == os.Getpid())
	// Output: true true
}

// Damage is named, and the checkpoint before it used.
func ExampleRun_Latest() {
	root, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	run, err := artifact.Lock(root, "train", nil)
	if err != nil {
		log.Fatal(err)
	}
	for step := 1; step <= 2; step++ {
		state := tensorfile.State{Dense: []tensorfile.Tensor{tensorfile.Float32s("bias", []int{1}, []float32{float32(step)})}}
		if err := run.Save(step, false, map[string]func(io.Writer) error{"model.safetensors": state.Write}); err != nil {
			log.Fatal(err)
		}
	}
	run.Close()

	path := filepath.Join(run.Dir(), "checkpoint-0000000002", "model.safetensors")
	file, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	file[len(file)-1]++
	if err := os.WriteFile(path, file, 0o644); err != nil {
		log.Fatal(err)
	}

	run, err = artifact.OpenDir(run.Dir())
	if err != nil {
		log.Fatal(err)
	}
	checkpoint, problems, err := run.Latest()
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range problems {
		fmt.Printf("%s, tensor %s: %s\n", p.File, p.Tensor, p.Reason)
	}
	fmt.Println("using step", checkpoint.Step)
	// Output:
	// model.safetensors, tensor bias: damaged: its checksum does not match
	// using step 1
}

// The order of fields and keys does not reach the hash.
func ExampleHash() {
	type config struct {
		Steps int `json:"steps"`
		Seed  int `json:"seed"`
	}
	a, err := artifact.Hash(config{Steps: 4, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	b, err := artifact.Hash(map[string]int{"seed": 1, "steps": 4})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a, a == b)
	// Output: 018a1097919360ba true
}

func ExampleList() {
	root, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	run, err := artifact.Lock(root, "train", nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := run.Save(10, true, nil); err != nil {
		log.Fatal(err)
	}
	run.Close()

	show := func() {
		infos, err := artifact.List(root)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(infos), "runs")
		for _, i := range infos {
			fmt.Println(i.Kind, i.Step, i.Done)
		}
	}
	show()
	if err := artifact.Remove(root, run.Name()); err != nil {
		log.Fatal(err)
	}
	show()
	// Output:
	// 1 runs
	// train 10 true
	// 0 runs
}
