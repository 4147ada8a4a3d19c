package probe

import (
	"slices"
	"testing"

	"circuitbook/sparsenn/corpus"
)

func TestNesting(t *testing.T) {
	tok, err := corpus.LoadTokenizer(512)
	if err != nil {
		t.Fatal(err)
	}
	stream := append(tok.Encode("x]=[[1"), tok.EOT())
	stream = append(stream, tok.Encode("[1")...)
	depth, document, err := Nesting(tok, stream, "[", "]")
	if err != nil {
		t.Fatal(err)
	}
	end := slices.Index(stream, tok.EOT())
	if depth[end-1] != 2 || depth[end] != 0 || depth[len(stream)-1] != 1 || document[end-1] != 0 || document[len(stream)-1] != 1 || slices.Min(depth) < 0 {
		t.Errorf("depth %v, documents %v", depth, document)
	}
}
