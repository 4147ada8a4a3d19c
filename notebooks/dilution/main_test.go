package dilution

import (
	"testing"

	"circuitbook/notebooks/lab/celltest"
)

func TestMain(m *testing.M) { celltest.Main(m, "../runs") }
