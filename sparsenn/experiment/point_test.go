package experiment

import (
	"strings"
	"testing"
)

// TestRowName: a row is named by all that determines it, and by nothing else.
func TestRowName(t *testing.T) {
	base := points(t)[0]
	name := func(change func(p *Point)) string {
		p := base
		change(&p)
		n, err := p.RowName()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	own := name(func(*Point) {})
	if !strings.HasPrefix(own, "point-") {
		t.Errorf("%s", own)
	}
	if name(func(p *Point) { p.Name = "another" }) != own {
		t.Error("what a reader calls it counts")
	}
	seen := map[string]string{own: "itself"}
	for what, change := range map[string]func(p *Point){
		"the seed":   func(p *Point) { p.Train.Seed++ },
		"the task":   func(p *Point) { p.Task = "var_if" },
		"the model":  func(p *Point) { *p = p.modelPoint() },
		"the search": func(p *Point) { p.Study.Prune.Hyper.Steps++ },
		"the proof":  func(p *Point) { p.Study.Prove.Random++ },
		"targets":    func(p *Point) { p.Targets = nil },
	} {
		n := name(change)
		if was, ok := seen[n]; ok {
			t.Errorf("%s and %s give one name", what, was)
		}
		seen[n] = what
	}
	model := base.modelPoint()
	twice := model
	twice.Examples *= 2
	if a, _ := model.RowName(); a == own {
		t.Error("a model is named like a circuit")
	} else if b, _ := twice.RowName(); a == b {
		t.Error("twice the examples, and the same name")
	}
	n, _ := model.RowName()
	model.Study.Prune.Fit++ // is not used
	if again, _ := model.RowName(); again != n {
		t.Error("how circuits are found names a model's row")
	}
}

// TestValidate: an error names the point and what to change.
func TestPointValidate(t *testing.T) {
	for want, change := range map[string]func(p *Point){
		"Name":            func(p *Point) { p.Name = "" },
		"1 examples":      func(p *Point) { p.Examples = 1 },
		"steps":           func(p *Point) { p.Train.Steps = 0 },
		"there is no":     func(p *Point) { p.Task = "nonsense" },
		"without a Task":  func(p *Point) { p.Task = "" },
		"a target of -1":  func(p *Point) { p.Targets = []float64{0.1, -1} },
		"verify config":   func(p *Point) { p.Study.Prove.Random = 0 },
		"select":          func(p *Point) { p.Study.Prune.Select = 0 },
		"MaxEffects is -": func(p *Point) { p.Study.MaxEffects = -1 },
		"FreezeNorms":     func(p *Point) { p.Study.Prune.Ablation.FreezeNorms = true },
	} {
		p := points(t)[0]
		change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"`+p.Name+`"`) {
			t.Errorf("%q: %v", want, err)
		}
		if _, err := p.RowName(); err == nil {
			t.Errorf("%q has a name", want)
		}
	}
}
