package execute

import "testing"

func TestTitle(t *testing.T) {
	for source, want := range map[string]string{
		"":                    "",
		"%%\n":                "",
		"%%bash\r\nls":        "%%bash",
		"\n%%\n  x := 1\ny":   "x := 1",
		"%% -flag\nx := 1":    "x := 1",
		"// Train it.\n%%\nx": "Train it.",
		"%%bash\n# x\nls":     "%%bash",
		"%%script awk -f":     "%%script awk -f",
		"//gonb:%%sh\n// x":   "%%sh",
		"!ls -l\n%%":          "!ls -l",
		"//gonb:%env X 1":     "%env X 1",
		// Imports are no title, but there may be nothing else.
		"import (\n\t\"fmt\"\n\n\t// For figures.\n\t\"circuitbook/viz\"\n)\n\n%%\nfmt.Println(1)": "fmt.Println(1)",
		"import \"fmt\"\nimport . \"math\"\n%%\n{\n\tfmt.Println(Pi)\n}":                           "fmt.Println(Pi)",
		"import (\n\t\"fmt\"\n)":   "imports",
		"import \"fmt\"\n%%\n{\n}": "imports",
		"importance := 1":          "importance := 1",
		// Nor is what any program has.
		"package main\n\nfunc main() {\n\tf()\n}":      "f()",
		"//go:embed a.txt\nvar text string":            "var text string",
		"func main() {\n\t// The whole story.\n\tf()}": "The whole story.",
		// A comment counts wherever it is, if it says something.
		"x := 1\n//\n// ------\n//// Step 2\ny := 2": "Step 2",
		"x := 1 // one\ny := 2":                      "x := 1 // one",
		"%%\n/* What\n * follows. */\nx":             "What",
		"/*\n * Said below.\n */\nx":                 "Said below.",
		"/**/\nx /* y */":                            "x /* y */",
		"/**/ x":                                     "x",
		"/* open":                                    "open",
	} {
		if got := title(source); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}
