package shipped

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"circuitbook/kernel/internal/labtest"
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/suitetest"
)

func TestMain(m *testing.M) { os.Exit(labtest.Main(m)) }

// patience is how long what a notebook shows may take to be drawn. What is wrong
// takes as long to be told.
const patience = time.Minute

// darkNotebook is the one that is looked at with dark colours too, and on pages made
// by nbconvert. Figures bring their own background, all have an SVG, and a page has
// the HTML that JupyterLab leaves, so that the others would say the same again: all
// are looked at in every way where $CIRCUITBOOK_LONG is 1.
const darkNotebook = "02_quotes"

// whole reports whether the notebook is looked at in every way.
func whole(name string) bool { return name == darkNotebook || suitetest.Long }

// shades are the colours that a notebook is looked at with: light, or dark.
func shades(name string) []bool {
	if whole(name) {
		return []bool{false, true}
	}
	return []bool{false}
}

// TestNotebooks holds that a reader who has only an executed notebook sees
// every figure in it: in JupyterLab, where the notebook is not trusted, with light
// colours, and of one of them with dark ones and on pages made by nbconvert.
func TestNotebooks(t *testing.T) {
	b := labtest.StartBrowser(t)
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	keep := labtest.Screenshots(t, filepath.Join(m.Dir, "circuitbook-out", "screenshots"))

	root := t.TempDir()
	files := copies(t, m, root)
	pages, clean := t.TempDir(), t.TempDir()
	converted := slices.DeleteFunc(slices.Clone(files), func(f string) bool { return !whole(nameOf(f)) })
	labtest.Convert(t, pages, converted)
	// A sanitised page escapes an HTML picture, so it must take the SVG.
	labtest.Convert(t, clean, converted, "--HTMLExporter.sanitize_html=True",
		`--NbConvertBase.display_data_priority=["image/svg+xml", "image/png", "image/jpeg", "text/plain"]`)
	server := labtest.Lab{Root: root}.Start(t)
	lab := b.Page(t)
	if err := server.Load(lab); err != nil {
		t.Fatal(err)
	}
	page := b.Page(t)

	for _, file := range files {
		name := nameOf(file)
		t.Run(name, func(t *testing.T) {
			n, err := notebook.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(labtest.Displays(n, labtest.WithHTML)) == 0 {
				t.Skip("shows nothing: it is not executed")
			}
			look := func(p *labtest.Page, kind, shot string, want []labtest.Display) {
				t.Helper()
				i := 0
				seen, err := p.Look(kind, want, patience, func(png []byte) error {
					i++
					return os.WriteFile(filepath.Join(keep, fmt.Sprintf("%s-%s-%d.png", name, shot, i)), png, 0o644)
				})
				if err != nil {
					t.Fatalf("%s: %v", shot, err)
				}
				for _, problem := range seen.Problems {
					t.Errorf("%s: %s", shot, problem)
				}
				t.Logf("%s: %d pictures and %d texts are seen", shot, seen.Pictures, seen.Texts)
				if len(seen.Lost) > 0 {
					t.Logf("%s: taken away: %v", shot, seen.Lost)
				}
			}

			if err := server.Notebook(lab, filepath.Base(file), false); err != nil {
				t.Fatal(err)
			}
			for _, dark := range shades(name) {
				if err := lab.Theme(dark); err != nil {
					t.Fatal(err)
				}
				look(lab, labtest.InLab, "lab-"+shade(dark), labtest.Displays(n, labtest.WithHTML))
			}
			if err := lab.Close(); err != nil {
				t.Fatal(err)
			}

			if !whole(name) {
				return
			}
			for _, made := range []struct {
				dir, shot string
				forms     []string
				dark      []bool
			}{{pages, "page", labtest.WithHTML, shades(name)}, {clean, "sanitised", labtest.WithoutHTML, []bool{false}}} {
				if err := page.Open("file://" + filepath.Join(made.dir, name+".html")); err != nil {
					t.Fatal(err)
				}
				for _, dark := range made.dark {
					if err := page.Dark(dark); err != nil {
						t.Fatal(err)
					}
					look(page, labtest.InPage, made.shot+"-"+shade(dark), labtest.Displays(n, made.forms))
				}
			}
		})
	}
}

// copies copies the notebooks to the folder root, since JupyterLab saves what it has
// open, and returns the copies.
func copies(t *testing.T, m *module.Module, root string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.Dir, "notebooks", "*.ipynb"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.Join(root, filepath.Base(file))
		if err := os.WriteFile(files[i], text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// nameOf is the notebook's name without its folder and extension.
func nameOf(file string) string { return strings.TrimSuffix(filepath.Base(file), ".ipynb") }

func shade(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}
