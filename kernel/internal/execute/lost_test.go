package execute_test

import (
	"strings"
	"testing"
)

// TestLost holds that what a cell displays is in the notebook however the cell
// ends, and that a cell of which something cannot be shown fails.
func TestLost(t *testing.T) {
	t.Parallel()
	const shows = "import \"github.com/janpfeifer/gonb/gonbui\"\nimport \"github.com/janpfeifer/gonb/gonbui/protocol\"\n"
	send := func(v string) string {
		return "gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{\"application/json\": " + v + "}})\n"
	}
	const many = "for i := range 500 {\n\tgonbui.DisplayMarkdown(fmt.Sprint(\"display \", i))\n}\n"
	const result = "name := os.Getenv(\"CIRCUITBOOK_KERNEL_DIR\") + \"/result\"\n"
	cases := []struct {
		source, want string // what is said of the failure, "" for none
		displays     int
	}{
		{shows + many + "fmt.Print();", "", 500},
		{many + "os.Exit(1)", "the program ended with exit status 1", 500},
		{many + "panic(\"oh\")", "panic: oh", 500},
		{many + "os.ReadFile(\"nosuch\")", "open nosuch", 500},
		{send("math.NaN()") + many + "3", "json: unsupported value: NaN", 500},
		{many + send("math.Inf(1)") + "os.Exit(3)", "json: unsupported value: +Inf", 500},
		{many + send("[]map[string]any{{\"x\": 1}}") + "fmt.Print();", "holds a []map[string]interface {}", 500},
		{result + "book.Check(os.WriteFile(name, nil, 0o600), os.Truncate(name, 200<<20));", "a result of 200 MB", 0},
		{result + "book.Check(os.WriteFile(name, []byte(\"text/plain 9\\nx\"), 0o600));", "not written whole", 0},
		{result + "book.Check(os.Mkdir(name, 0o700))\n3", "the result cannot be kept", 0},
		{"3", "", 1},
	}
	var sources []string
	for _, c := range cases {
		sources = append(sources, c.source)
	}
	r := newRun(t, sources...)
	got, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		f, shown := got[i].Failure, 0
		for _, out := range r.Notebook.Cells[i].Outputs {
			if _, ok := out.(map[string]any)["data"]; ok {
				shown++
			}
		}
		if shown != c.displays || (f == nil) != (c.want == "") || f != nil && !strings.Contains(f.Message, c.want) {
			t.Errorf("%d displays and %v, want %d and %q\n%s", shown, f, c.displays, c.want, c.source)
		}
	}
}
