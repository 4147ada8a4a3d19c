package book

import (
	"errors"
	"fmt"
	"html"
	"math"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"circuitbook/viz/internal/draw"
)

// claimName is the form of a claim's name: snake_case.
var claimName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// A ledger remembers the keys that this process has claimed.
type ledger struct {
	mu   sync.Mutex
	keys map[string]bool
}

var claimed = &ledger{keys: map[string]bool{}}

// Claim states one number, string or boolean of the notebook under a snake_case name. It is shown
// in the cell and collected in the notebook's results file. It refuses another form of name, the
// name "provenance", a name claimed before, another type, and a number that is not finite.
func Claim(name string, value any) error { return claimed.claim(process(), name, value) }

// ClaimInterval states a number with an interval from lo to hi, found from n observations. The
// results file has it as name, name_lo, name_hi and name_n. Beyond what [Claim] refuses: an interval
// that does not hold the value, and n < 1.
func ClaimInterval(name string, value, lo, hi float64, n int) error {
	return claimed.interval(process(), name, value, lo, hi, n)
}

// A Stated is one of several claims that are shown together; it has an interval
// if N is not 0, and its value then is a float64.
type Stated struct {
	Name   string
	Value  any
	Lo, Hi float64
	N      int
}

// Claims states several claims, as [Claim] and [ClaimInterval] do, in one output, or none of them. More than
// four are folded.
// JupyterLab hides what a cell shows beyond its fiftieth output.
func Claims(list ...Stated) error { return claimed.claims(process(), list...) }

// folded is how many claims in one output are shown unfolded.
const folded = 4

// take reserves keys, all or none.
func (l *ledger) take(keys ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, k := range keys {
		if !claimName.MatchString(k) {
			return fmt.Errorf("claim %q: a name is snake_case, as in quote_loss", k)
		}
		if k == "provenance" {
			return fmt.Errorf("claim %q: the name is reserved; use book.Provenance", k)
		}
		if l.keys[k] || slices.Contains(keys[:i], k) {
			return fmt.Errorf("claim %q: claimed before; names are claimed once", k)
		}
	}
	for _, k := range keys {
		l.keys[k] = true
	}
	return nil
}

func (l *ledger) claim(s *stage, name string, value any) error {
	return l.claims(s, Stated{Name: name, Value: value})
}

func (l *ledger) interval(s *stage, name string, value, lo, hi float64, n int) error {
	if n < 1 {
		return fmt.Errorf("claim %q: an interval from n = %d observations", name, n)
	}
	return l.claims(s, Stated{name, value, lo, hi, n})
}

// claims reserves all names and shows all claims, or none.
func (l *ledger) claims(s *stage, list ...Stated) error {
	data := map[string]any{} // by name: GoNB's pipe takes no lists
	var texts, pages, keys []string
	for _, c := range list {
		d, tail, err := c.parts()
		if err != nil {
			return fmt.Errorf("claim %q: %w", c.Name, err)
		}
		keys = append(keys, c.Name)
		if tail != "" {
			keys = append(keys, c.Name+"_lo", c.Name+"_hi", c.Name+"_n")
		}
		text, page := claimForms(c.Name, readable(d["value"]), tail)
		data[c.Name], texts, pages = d, append(texts, text), append(pages, page)
	}
	if len(list) == 0 {
		return nil
	}
	if err := l.take(keys...); err != nil {
		return err
	}
	page := strings.Join(pages, "\n")
	if len(list) > folded { // a figure is what to look at
		page = fmt.Sprintf("<details><summary>%d numbers stated</summary>\n%s\n</details>", len(list), page)
	}
	forms := map[string]any{mimeClaim: map[string]any{"claims": data}, mimeText: strings.Join(texts, "\n"), mimeHTML: page}
	if len(list) == 1 {
		forms[mimeClaim] = data[list[0].Name]
	}
	return s.put(forms)
}

// parts are what a claim hands to the results file, and its interval in words.
func (c Stated) parts() (data map[string]any, tail string, err error) {
	value, err := scalar(c.Value)
	if err != nil || c.N == 0 {
		return map[string]any{"name": c.Name, "value": value}, "", err
	}
	for _, v := range [...]float64{c.Lo, c.Hi} {
		if _, err := scalar(v); err != nil {
			return nil, "", fmt.Errorf("value %v, interval [%v, %v]: %w", c.Value, c.Lo, c.Hi, err)
		}
	}
	x, ok := value.(float64)
	switch {
	case !ok:
		return nil, "", fmt.Errorf("an interval around %v, which is no float64", c.Value)
	case !(c.Lo <= x && x <= c.Hi):
		return nil, "", fmt.Errorf("the interval [%v, %v] does not hold the value %v", c.Lo, c.Hi, c.Value)
	case c.N < 0:
		return nil, "", fmt.Errorf("an interval from n = %d observations", c.N)
	}
	return map[string]any{"name": c.Name, "value": x, "lo": c.Lo, "hi": c.Hi, "n": c.N},
		fmt.Sprintf("[%s, %s], n = %d", readable(c.Lo), readable(c.Hi), c.N), nil
}

// claimForms makes the text and the HTML of a claim.
func claimForms(name, value, tail string) (text, page string) {
	text = name + " = " + value
	page = fmt.Sprintf("<div><code>%s</code> = <b>%s</b>", name, html.EscapeString(value))
	if tail != "" {
		text += "   " + tail
		page += " <small>" + html.EscapeString(tail) + "</small>"
	}
	return text, page + "</div>"
}

// scalar converts v to a type that is one value in JSON: bool, string, int64 or finite float64.
func scalar(v any) (any, error) {
	if _, ok := v.(time.Duration); ok {
		return nil, errors.New("a time.Duration has no unit in JSON; give its Seconds()")
	}
	r := reflect.ValueOf(v)
	var f float64
	switch r.Kind() {
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.String:
		return strings.ToValidUTF8(r.String(), "\uFFFD"), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if r.Uint() > math.MaxInt64 {
			return nil, fmt.Errorf("%d exceeds 63 bits", r.Uint())
		}
		return int64(r.Uint()), nil
	case reflect.Float32:
		// The shortest decimal that is this float32, not the digits of its float64.
		f, _ = strconv.ParseFloat(strconv.FormatFloat(r.Float(), 'g', -1, 32), 64)
	case reflect.Float64:
		f = r.Float()
	default:
		return nil, fmt.Errorf("a %T is no number, string or boolean", v)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%v is not finite", f)
	}
	return f, nil
}

// readable formats a scalar for a reader; the results file has all digits.
func readable(v any) string {
	switch x := v.(type) {
	case float64:
		if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e9) {
			return strconv.FormatFloat(x, 'g', 4, 64)
		}
		return draw.Number(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case string:
		return draw.Visible(x)
	}
	return fmt.Sprint(v)
}

// Provenance states where the notebook's numbers come from: seed, versions, data hashes. The facts
// of all calls are merged into the results file's key "provenance"; values are numbers, strings or
// booleans.
func Provenance(facts map[string]any) error { return process().provenance(facts) }

func (s *stage) provenance(facts map[string]any) error {
	data := make(map[string]any, len(facts))
	names := make([]string, 0, len(facts))
	for k, v := range facts {
		names = append(names, k)
		x, err := scalar(v)
		if err != nil || k == "" {
			if err == nil {
				err = fmt.Errorf("a fact without a name")
			}
			return fmt.Errorf("provenance %q: %w", k, err)
		}
		data[k] = x
	}
	if len(names) == 0 {
		return fmt.Errorf("provenance: no facts")
	}
	sort.Strings(names)
	for i, k := range names {
		names[i] = draw.Visible(k) + " " + readable(data[k])
	}
	line := strings.Join(names, " · ")
	return s.put(map[string]any{mimeProvenance: data, mimeText: line,
		mimeHTML: `<div><small style="opacity:0.75">` + html.EscapeString(line) + `</small></div>`})
}
