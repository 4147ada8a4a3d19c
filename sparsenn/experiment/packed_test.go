package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"circuitbook/sparsenn/artifact"
)

// TestPackedRows: rows that are packed into one file are found as they were and told when
// damaged; one that nobody made is made beside them.
func TestPackedRows(t *testing.T) {
	runsIn(t)
	ps := points(t)
	want, err := Run(context.Background(), ps, Options{})
	if err != nil {
		t.Fatal(err)
	}
	packed := t.TempDir()
	for _, p := range ps {
		name, err := p.RowName()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := artifact.Pack(filepath.Join(mustRoot(t), name), packed); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(packed, kind+".zip")
	if files, err := filepath.Glob(filepath.Join(packed, "*.*")); err != nil || len(files) != 2 { // and the locks
		t.Errorf("the rows lie in %v, %v", files, err)
	}

	runsIn(t)
	t.Setenv(artifact.NotebookRootVariable, packed)
	got, err := Run(context.Background(), ps, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if list, err := artifact.List(mustRoot(t)); err != nil || len(list) != 0 {
		t.Errorf("made anew: %v, %v", list, err)
	}

	unknown := Point{Name: "more of a", Train: ps[1].Train, Examples: 17}
	if _, err := Open(unknown); !errors.Is(err, artifact.ErrNotFound) {
		t.Error(err)
	}
	if missing, _, err := Projected(append(ps, unknown)); missing != 1 || err != nil {
		t.Errorf("%d rows are missing, %v", missing, err)
	}
	rows, err := Run(context.Background(), append(ps, unknown), Options{})
	if err != nil || rows[3].Weights != want[1].Weights {
		t.Errorf("%+v, %v", rows, err)
	}

	// A byte of a row is flipped, a little behind the name of its file.
	name, err := ps[0].RowName()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(text), name+"/checkpoint-0000000001/"+rowFile) + len(name) + 60
	text[at] ^= 1
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Open(ps[0])
	if !errors.Is(err, artifact.ErrNotFound) || !strings.Contains(err.Error(), filepath.Join(file, name, "checkpoint-0000000001", rowFile)) {
		t.Errorf("a damaged row: %v", err)
	}
	if _, err := Open(ps[1]); err != nil {
		t.Errorf("the row beside it: %v", err)
	}
}
