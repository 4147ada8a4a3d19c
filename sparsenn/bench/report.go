package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
)

// Report is what the command prints as JSON. Times are in milliseconds.
type Report struct {
	Machine    Machine           `json:"machine"`
	Versions   map[string]string `json:"versions"`
	Pairs      int               `json:"pairs"` // asked for, per peer
	LoadBefore float64           `json:"load_before"`
	LoadAfter  float64           `json:"load_after"`
	Cases      []*CaseResult     `json:"cases"`
	Seconds    float64           `json:"seconds"`
}

// CaseResult is one operation at one size.
type CaseResult struct {
	Name       string            `json:"name"`
	Ours       Median            `json:"ours"` // over the pairs with all peers
	Peers      []*PeerResult     `json:"peers"`
	Aims       []Aim             `json:"aims,omitempty"`
	LoadBefore float64           `json:"load_before"`
	LoadAfter  float64           `json:"load_after"`
	Versions   map[string]string `json:"-"`
}

// PeerResult is ours against one contestant.
type PeerResult struct {
	Name    string `json:"name"`
	Library bool   `json:"library"` // counts for the aim against libraries
	Pairs   int    `json:"pairs"`
	Time    Median `json:"time"`  // of the peer
	Ratio   Median `json:"ratio"` // ours/peer
	Note    string `json:"note,omitempty"`
	Differs bool   `json:"differs,omitempty"` // it computed something else
	// The raw times, pair by pair.
	OursSamples []float64 `json:"ours_samples,omitempty"`
	PeerSamples []float64 `json:"peer_samples,omitempty"`
}

// fill computes the estimates; all[i] belongs to peers[i].
func (r *CaseResult) fill(all []pairs, peers []*PeerResult) {
	var every []float64
	for i, p := range peers {
		p.Pairs = len(all[i].ours)
		p.Time, p.Ratio = bootstrap(all[i].peer), bootstrap(all[i].ratios())
		p.OursSamples, p.PeerSamples = all[i].ours, all[i].peer
		every = append(every, all[i].ours...)
	}
	r.Ours = bootstrap(every)
	for i := range r.Aims {
		a := &r.Aims[i]
		a.Got = 0
		fastest := math.Inf(1)
		for _, p := range r.Peers {
			counts := p.Name == a.Against || a.Against == library && p.Library
			if counts && p.Pairs > 0 && !p.Differs && p.Time.Median < fastest {
				fastest, a.Got = p.Time.Median, p.Ratio.Median
			}
		}
		a.Reached = a.Got > 0 && a.Got <= a.Ratio
	}
}

// table prints the report for people.
func (r *Report) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range r.Cases {
		fmt.Fprintf(t, "\n%s (load %.1f to %.1f)\tms\t95 %%\tours/peer\t95 %%\t\n", c.Name, c.LoadBefore, c.LoadAfter)
		fmt.Fprintf(t, "  ours\t%s\t%s\t\t\t\n", number(c.Ours.Median), interval(c.Ours))
		for _, p := range c.Peers {
			if p.Pairs == 0 {
				fmt.Fprintf(t, "  %s\t-\t\t\t\t%.100s\n", p.Name, p.Note)
				continue
			}
			note := p.Note
			if p.Differs {
				note = "DIFFERS: " + note
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", p.Name, number(p.Time.Median), interval(p.Time), number(p.Ratio.Median), interval(p.Ratio), note)
		}
		for _, a := range c.Aims {
			if a.Got == 0 {
				continue
			}
			verdict := "missed"
			if a.Reached {
				verdict = "reached"
			}
			fmt.Fprintf(t, "  aim: at most %s of %s\t%s\t\t%s\t\t\n", number(a.Ratio), against(a.Against), verdict, number(a.Got))
		}
	}
	return t.Flush()
}

func against(name string) string {
	if name == library {
		return "the fastest library"
	}
	return name
}

// number prints three digits.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func interval(e Median) string { return number(e.Lo) + " – " + number(e.Hi) }
