package experiment

import (
	"context"
	"fmt"
	"testing"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/model"
	"circuitbook/sparsenn/train"
)

// BenchmarkProcesses makes the same models and circuits, of the widths of notebook
// 06 with a tenth of its steps, in one process with all processors, in
// processes with a share of them each, and in this process. What XLA compiled is
// kept, but with CIRCUITBOOK_KEEP_COMPILED=0.
func BenchmarkProcesses(b *testing.B) {
	at := func(seed uint64) train.Config {
		c, err := train.Scale("laptop", seed)
		if err != nil {
			b.Fatal(err)
		}
		// Widths from 48 to 192.
		c.Model = model.NewConfig(512, 2, []int{48, 96, 144, 192}[seed%4], 128)
		c.Density.Matrix, c.Density.Floor = 0.06, 1
		c.Seed, c.Steps, c.ValidEvery = 0, 100, 50
		return c
	}
	list := pairsOf(4, at, guessing(b))
	for _, o := range []Options{{}, {Processes: 1}, {Processes: 1, Threads: 1}, Workers()} {
		b.Run(fmt.Sprintf("%d_of_%d", o.Processes, o.Threads), func(b *testing.B) {
			sweep := func() {
				b.Setenv(artifact.RootVariable, b.TempDir())
				if _, err := Run(context.Background(), list, o); err != nil {
					b.Fatal(err)
				}
			}
			sweep() // compiles, unless that is switched off
			b.ResetTimer()
			for range b.N {
				sweep()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/sweep")
		})
	}
}
