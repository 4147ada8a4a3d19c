// Package lint says whether a figure holds to the rules that make it safe to show anywhere: a strict
// allow-list of elements and attributes, no reference to anything outside, ids of its own.
package lint

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// set makes a set of words.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	svgRoot  = set("xmlns id width height viewBox role aria-labelledby font-family style")
	svgPaint = "fill stroke stroke-width stroke-dasharray stroke-linejoin opacity class "
	svgTags  = map[string]map[string]bool{
		"title":  set("id"),
		"desc":   set("id"),
		"style":  set(""),
		"rect":   set(svgPaint + "x y width height rx"),
		"line":   set(svgPaint + "x1 y1 x2 y2"),
		"circle": set(svgPaint + "cx cy r"),
		"path":   set(svgPaint + "d"),
		"text":   set(svgPaint + "x y font-size font-weight font-family text-anchor xml:space paint-order"),
	}
	rootStyle = "max-width:100%;height:auto"
	number    = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]{1,2})?$`)
	idForm    = regexp.MustCompile(`^cb[0-9a-f]{10}$`)
	colour    = regexp.MustCompile(`^(none|#[0-9a-f]{6})$`)
	pathForm  = regexp.MustCompile(`^[MmLlHhVvcZ0-9. -]*$`)
	dashForm  = regexp.MustCompile(`^[0-9.]+( [0-9.]+)*$`)
)

// SVG checks a picture and returns the first rule that it breaks.
func SVG(doc string) error {
	d := xml.NewDecoder(strings.NewReader(doc))
	var stack []string
	ids := map[string]bool{}
	root, desc := "", ""
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("not well-formed: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			tag := full(t.Name)
			if len(stack) == 0 {
				if root != "" {
					return errors.New("more than one root")
				}
				if tag != "svg" {
					return fmt.Errorf("root is <%s>", tag)
				}
				for _, a := range t.Attr {
					if full(a.Name) == "id" {
						root = a.Value
					}
				}
				if !idForm.MatchString(root) {
					return fmt.Errorf("root id %q is no content hash", root)
				}
				if err := checkRoot(t.Attr, root); err != nil {
					return err
				}
			} else if tag == "svg" {
				return errors.New("nested <svg>")
			} else if err := checkElement(tag, t.Attr, stack[len(stack)-1], root); err != nil {
				return err
			}
			seen := map[string]bool{}
			for _, a := range t.Attr {
				n := full(a.Name)
				if seen[n] {
					return fmt.Errorf("<%s> has two attributes %s", tag, n)
				}
				seen[n] = true
				if n == "id" {
					if ids[a.Value] {
						return fmt.Errorf("id %q twice", a.Value)
					}
					ids[a.Value] = true
				}
			}
			stack = append(stack, tag)
		case xml.EndElement:
			if len(stack) == 0 || stack[len(stack)-1] != full(t.Name) {
				return fmt.Errorf("</%s> closes nothing", full(t.Name))
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			s := string(t)
			switch {
			case len(stack) == 0:
				if strings.TrimSpace(s) != "" {
					return errors.New("text outside the root")
				}
			case stack[len(stack)-1] == "style":
				if err := checkStyle(s, root); err != nil {
					return err
				}
			case len(stack) == 2 && stack[1] == "desc":
				desc += s
			}
		default:
			return fmt.Errorf("a %T does not belong in a figure", tok)
		}
	}
	switch {
	case len(stack) > 0:
		return fmt.Errorf("<%s> is not closed", stack[len(stack)-1])
	case root == "":
		return errors.New("no root")
	case !ids[root+"-t"] || !ids[root+"-d"]:
		return errors.New("title or desc is missing, so aria-labelledby names nothing")
	case strings.TrimSpace(desc) == "":
		return errors.New("empty desc")
	}
	return nil
}

func full(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func checkRoot(attrs []xml.Attr, root string) error {
	want := map[string]string{"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-labelledby": root + "-t " + root + "-d", "style": rootStyle}
	box := false
	for _, a := range attrs {
		n := full(a.Name)
		if !svgRoot[n] {
			return fmt.Errorf("root attribute %s is not allowed", n)
		}
		if w, ok := want[n]; ok {
			if a.Value != w {
				return fmt.Errorf("root attribute %s is %q, not %q", n, a.Value, w)
			}
			delete(want, n)
		}
		if n == "viewBox" {
			box = strings.HasPrefix(a.Value, "0 0 ")
		}
	}
	if len(want) > 0 || !box {
		return errors.New("root lacks xmlns, role, aria-labelledby, style or viewBox")
	}
	return nil
}

func checkElement(tag string, attrs []xml.Attr, parent, root string) error {
	allowed, ok := svgTags[tag]
	if !ok {
		return fmt.Errorf("<%s> is not allowed", tag)
	}
	if parent != "svg" && tag != "title" {
		return fmt.Errorf("<%s> within <%s>", tag, parent)
	}
	for _, a := range attrs {
		n := full(a.Name)
		if !allowed[n] {
			return fmt.Errorf("<%s %s> is not allowed", tag, n)
		}
		if strings.Contains(strings.ToLower(a.Value), "url(") || strings.Contains(a.Value, ":") {
			return fmt.Errorf("<%s %s=%q> may refer outside", tag, n, a.Value)
		}
		good := true
		switch n {
		case "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "width", "height", "stroke-width", "opacity", "font-size":
			good = number.MatchString(a.Value)
		case "fill", "stroke":
			good = colour.MatchString(a.Value)
		case "d":
			good = pathForm.MatchString(a.Value)
		case "paint-order":
			good = a.Value == "stroke"
		case "stroke-dasharray":
			good = dashForm.MatchString(a.Value)
		case "id":
			good = strings.HasPrefix(a.Value, root+"-")
		}
		if !good {
			return fmt.Errorf("<%s %s=%q> has not the fixed form", tag, n, a.Value)
		}
	}
	return nil
}

var rule = regexp.MustCompile(`^#(cb[0-9a-f]{10}) \.[fk]-[a-z0-9]+\{(fill|stroke):#[0-9a-f]{6}$`)

// checkStyle holds the style sheet to one media query of rules below the root's id.
func checkStyle(s, root string) error {
	body, ok := strings.CutPrefix(s, "@media (prefers-color-scheme:dark){")
	body, ok2 := strings.CutSuffix(body, "}")
	if !ok || !ok2 {
		return errors.New("style sheet is not one dark scheme")
	}
	for _, r := range strings.SplitAfter(body, "}") {
		if r == "" {
			continue
		}
		m := rule.FindStringSubmatch(strings.TrimSuffix(r, "}"))
		if m == nil || m[1] != root {
			return fmt.Errorf("style rule %q is not scoped to the figure", r)
		}
	}
	return nil
}
