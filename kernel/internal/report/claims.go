// Package report collects what a notebook claims, and where the numbers come
// from, into one flat JSON object.
package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/notebook"
)

// The MIME types by which a cell hands over claims and provenance. Their
// content is a JSON object, or a string that holds one.
const (
	ClaimType      = "application/vnd.circuitbook.claim+json"
	ProvenanceType = "application/vnd.circuitbook.provenance+json"
)

// provenanceKey is the one name in the results that is no claim's.
const provenanceKey = "provenance"

// claimName is the form of a claim's name.
var claimName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Results are the claims and the provenance of one run.
type Results struct {
	values     map[string]any
	provenance map[string]any
}

// New returns empty Results.
func New() *Results {
	return &Results{values: map[string]any{}, provenance: map[string]any{}}
}

// reserved are the keys of the provenance that only the runner writes.
var reserved = []string{"notebook", "notebook_sha256", "parameters", "runs", "started", "wall_seconds"}

// Add takes the claims and the provenance in a cell's outputs. A claim is
// {"name": N, "value": V} with optional "lo", "hi" and "n", which become N,
// N_lo, N_hi and N_n; {"claims": {N: …}} holds several. A name that is taken, a value that is not a finite
// number, text or truth value, and a provenance that contradicts an earlier
// one are errors that name the claim or the key.
func (r *Results) Add(c *notebook.Cell) error {
	for _, out := range c.Outputs {
		m, _ := out.(map[string]any)
		data, _ := m["data"].(map[string]any)
		if raw, ok := data[ClaimType]; ok {
			if err := r.addClaims(raw); err != nil {
				return err
			}
		}
		if raw, ok := data[ProvenanceType]; ok {
			if err := r.addProvenance(raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// addClaims takes one claim, or several by name.
func (r *Results) addClaims(raw any) error {
	claim, err := object(raw)
	if err != nil {
		return fmt.Errorf("a claim: %w", err)
	}
	list, several := claim["claims"].(map[string]any)
	if !several {
		return r.addClaim(claim)
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		one, err := object(list[name])
		if err != nil {
			return fmt.Errorf("claim %s: %w", name, err)
		}
		if err := r.addClaim(one); err != nil {
			return err
		}
	}
	return nil
}

func (r *Results) addClaim(claim map[string]any) error {
	name, _ := claim["name"].(string)
	if !claimName.MatchString(name) || name == provenanceKey {
		return fmt.Errorf("a claim: the name %q is not lower-case letters, digits and underscores", name)
	}
	value, ok := claim["value"]
	if !ok {
		return fmt.Errorf("claim %s has no value", name)
	}
	if err := r.set(name, name, value); err != nil {
		return err
	}
	for _, part := range []string{"lo", "hi", "n"} {
		v, ok := claim[part]
		if !ok || v == nil {
			continue
		}
		if _, ok := v.(json.Number); !ok {
			return fmt.Errorf("claim %s: %s is %v, not a finite number", name, part, v)
		}
		if err := r.set(name, name+"_"+part, v); err != nil {
			return err
		}
	}
	return nil
}

// set stores one value of the claim under the key.
func (r *Results) set(claim, key string, value any) error {
	switch v := value.(type) {
	case bool:
	case json.Number:
		if f, err := v.Float64(); err != nil || f-f != 0 {
			return fmt.Errorf("claim %s: %s is not a finite number", claim, v)
		}
	case string:
		if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); (err == nil || errors.Is(err, strconv.ErrRange)) && f-f != 0 {
			return fmt.Errorf("claim %s: the value is %s", claim, v)
		}
	default:
		return fmt.Errorf("claim %s: the value is neither a number, nor text, nor true or false", claim)
	}
	if _, taken := r.values[key]; taken {
		return fmt.Errorf("claim %s: %s is claimed twice; give one of them another name", claim, key)
	}
	r.values[key] = value
	return nil
}

func (r *Results) addProvenance(raw any) error {
	given, err := object(raw)
	if err != nil {
		return fmt.Errorf("a provenance: %w", err)
	}
	for key, value := range given {
		for _, own := range reserved {
			if key == own {
				return fmt.Errorf("provenance: %q is written by the run itself", key)
			}
		}
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("provenance %s: %w", key, err)
		}
		if was, ok := r.provenance[key]; ok {
			before, err := json.Marshal(was)
			if err != nil || !bytes.Equal(before, text) {
				return fmt.Errorf("provenance: %q is given twice, as %s and %s", key, before, text)
			}
		}
		r.provenance[key] = value
	}
	return nil
}

// object reads a JSON object that came as one or as text.
func object(raw any) (map[string]any, error) {
	switch v := raw.(type) {
	case map[string]any:
		return v, nil
	case []any: // text as a list of lines
		var b strings.Builder
		for _, line := range v {
			s, _ := line.(string)
			b.WriteString(s)
		}
		return object(b.String())
	case string:
		dec := json.NewDecoder(strings.NewReader(v))
		dec.UseNumber()
		var m map[string]any
		if err := dec.Decode(&m); err != nil {
			return nil, fmt.Errorf("%.200q is not a JSON object: %w", v, err)
		}
		if _, err := dec.Token(); err != io.EOF || m == nil {
			return nil, fmt.Errorf("%.200q is not a JSON object", v)
		}
		return m, nil
	}
	return nil, fmt.Errorf("%v is not a JSON object", raw)
}

// Len returns the number of values claimed.
func (r *Results) Len() int { return len(r.values) }

// Encode returns the results as JSON: the claims, sorted by name, and under
// the key provenance what the run gives together with what the notebook gave;
// where both name a key, the notebook's stands, since its cells did the work.
func (r *Results) Encode(run Provenance) ([]byte, error) {
	text, err := json.Marshal(run)
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&all); err != nil {
		return nil, err
	}
	for key, value := range r.provenance {
		all[key] = value
	}
	top := map[string]any{provenanceKey: all}
	for key, value := range r.values {
		top[key] = value
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(top)
	return buf.Bytes(), err
}
