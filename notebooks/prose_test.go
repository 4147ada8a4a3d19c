package notebooks

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	// A number of the prose, with thousands set apart, and perhaps a per cent sign. One in
	// a name, a version or a range of a figure is none.
	proseNumber = regexp.MustCompile(`(?:^|[\s(])(\d[\d,]*(?:\.\d+)?)(\s+%)?(?:$|[\s),.;:])`)
	code        = regexp.MustCompile("`[^`]*`")
	share       = regexp.MustCompile(`(\d) (?:to|and) (\d[\d.]*) %`)
	digits      = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?`)
)

// notFound are numbers of the prose that no notebook measures: of the article, of its
// year, and of the criterion of a search.
var notFound = []string{"2025", "1.645", "0.0015", "573"}

// numbersIn collects all numbers of a value of JSON.
func numbersIn(v any, add func(float64)) {
	switch v := v.(type) {
	case float64:
		add(math.Abs(v))
	case string:
		for _, s := range digits.FindAllString(v, -1) {
			if x, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64); err == nil {
				add(x)
			}
		}
	case []any:
		for _, x := range v {
			numbersIn(x, add)
		}
	case map[string]any:
		for _, x := range v {
			numbersIn(x, add)
		}
	}
}

// plain is a text without code, in which every number of "30 to 34 %" has its sign, and
// between any two numbers there are two characters.
func plain(text string) string {
	text = share.ReplaceAllString(code.ReplaceAllString(text, "x"), "$1 % to $2 %")
	return strings.ReplaceAll(text, " ", "  ")
}

// stale lists the numbers of a text that are no rounded number of the pool. Small whole
// numbers are words.
func stale(text string, pool []float64) (list []string) {
	for _, m := range proseNumber.FindAllStringSubmatch(plain(text), -1) {
		s := strings.ReplaceAll(m[1], ",", "")
		_, fraction, _ := strings.Cut(s, ".")
		if x, _ := strconv.ParseFloat(s, 64); fraction == "" && x <= 20 {
			continue
		}
		found := false
		for _, v := range pool {
			found = found || strconv.FormatFloat(v, 'f', len(fraction), 64) == s || m[2] != "" && strconv.FormatFloat(100*v, 'f', len(fraction), 64) == s
		}
		if !found {
			list = append(list, m[1])
		}
	}
	return list
}

// TestProse: a number in the text of a notebook is one that the notebook claims or shows.
func TestProse(t *testing.T) {
	files, err := filepath.Glob("*.ipynb")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d notebooks, %v", len(files), err)
	}
	unseen := map[string]bool{}
	for _, n := range notFound {
		unseen[n] = true
	}
	for _, file := range files {
		var pool []float64
		add := func(x float64) { pool = append(pool, x) }
		for name, v := range read(t, strings.TrimSuffix(file, "ipynb")+"results.json").claims {
			if name != "provenance" {
				numbersIn(v, add)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var n struct {
			Cells []struct {
				Type    string `json:"cell_type"`
				Source  any
				Outputs []struct {
					Data map[string]any
					Text any
				}
			}
		}
		if err := json.Unmarshal(text, &n); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range n.Cells {
			if c.Type == "code" {
				numbersIn(c.Source, add)
			}
			for _, o := range c.Outputs {
				numbersIn(o.Text, add)
				numbersIn(o.Data["text/plain"], add)
			}
		}
		for _, c := range n.Cells {
			if c.Type != "markdown" {
				continue
			}
			var lines []string
			for _, l := range c.Source.([]any) {
				lines = append(lines, l.(string))
			}
			for _, s := range stale(strings.Join(lines, ""), pool) {
				if _, ok := unseen[s]; !ok {
					t.Errorf("%s says %s, which is no number of it", file, s)
				}
				unseen[s] = false
			}
		}
	}
	for s, is := range unseen {
		if is {
			t.Errorf("%s need not be allowed", s)
		}
	}
}

// TestStale: numbers are found in prose, and compared as they are rounded there.
func TestStale(t *testing.T) {
	pool := []float64{0.0938, 0.966, 2816, 30}
	for text, want := range map[string]string{
		"alone 0.094 (0.094 to 0.094), 97 % of 2,816": "",
		"alone 0.095, 96 % of 2,817":                  "0.095 96 2,817",
		"`0.mlp.act_in[77]`, Fig. 4, three of 12":     "",
		"30 to 34 %": "34",
	} {
		if got := strings.Join(stale(text, pool), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
