package lint

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// edge is a line along one side.
var edge = regexp.MustCompile(`^[0-9]px solid rgba\([0-9, ]+,[01]\.[0-9]+\)$`)

// What JupyterLab's sanitiser keeps, as far as figures use it; of links, it keeps the text.
var (
	htmlTags = map[string]map[string]bool{
		"figure":     set("style"),
		"figcaption": set("style"),
		"img":        set("src alt width style"),
		"details":    set(""),
		"summary":    set(""),
		"table":      set(""),
		"caption":    set("style"),
		"thead":      set(""),
		"tbody":      set(""),
		"tr":         set(""),
		"th":         set("scope style"),
		"td":         set("style"),
		"div":        set("style"),
		"span":       set("style title"),
		"pre":        set("style"),
		"b":          set(""),
		"small":      set("style"),
		"code":       set(""),
		"br":         set(""),
		"a":          set("download href"),
	}
	styles = map[string]*regexp.Regexp{
		"margin":           regexp.MustCompile(`^(0|[0-9]+px)( (0|[0-9]+px))*$`),
		"padding":          regexp.MustCompile(`^[0-9]+px [0-9]+px$`),
		"margin-top":       regexp.MustCompile(`^[0-9]+px$`),
		"width":            regexp.MustCompile(`^[0-9]+px$`),
		"height":           regexp.MustCompile(`^([0-9]+px|auto)$`),
		"max-width":        regexp.MustCompile(`^([0-9]+px|100%)$`),
		"opacity":          regexp.MustCompile(`^0\.[0-9]+$|^1$`),
		"line-height":      regexp.MustCompile(`^[0-9.]+$`),
		"display":          regexp.MustCompile(`^(block|inline-block)$`),
		"text-align":       regexp.MustCompile(`^(left|right)$`),
		"font-weight":      regexp.MustCompile(`^bold$`),
		"white-space":      regexp.MustCompile(`^(nowrap|pre|pre-wrap)$`),
		"overflow-x":       regexp.MustCompile(`^auto$`),
		"outline":          regexp.MustCompile(`^[0-9]px solid$`),
		"border-radius":    regexp.MustCompile(`^[0-9]+px$`),
		"border-left":      edge,
		"border-top":       edge,
		"border-bottom":    edge,
		"background-color": regexp.MustCompile(`^(#[0-9a-f]{6}|rgba\([0-9]+,[0-9]+,[0-9]+,0\.[0-9]+\))$`),
	}
)

// fileForm is a name that a link may save a file under.
var fileForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*\.(svg|json|csv)$`)

const dataURI = "data:image/svg+xml;base64,"

// HTML checks the fragment of a figure, and the pictures in it.
func HTML(fragment string) error {
	d := xml.NewDecoder(strings.NewReader("<x>" + fragment + "</x>"))
	begun, depth := false, 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not well-formed: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
			if !begun {
				begun = true
				continue
			}
			if depth == 1 {
				return errors.New("the fragment closes what it did not open")
			}
			if full(t.Name) == "a" && len(t.Attr) != 2 {
				return errors.New("a link has to name the file that it saves")
			}
			allowed, ok := htmlTags[full(t.Name)]
			if !ok {
				return fmt.Errorf("<%s> is not allowed", full(t.Name))
			}
			for _, a := range t.Attr {
				n := full(a.Name)
				if !allowed[n] {
					return fmt.Errorf("<%s %s> is not allowed", full(t.Name), n)
				}
				switch n {
				case "style":
					if err := checkInline(a.Value); err != nil {
						return fmt.Errorf("<%s>: %w", full(t.Name), err)
					}
				case "src":
					if err := checkImage(a.Value); err != nil {
						return err
					}
				case "href":
					if err := checkFile(a.Value); err != nil {
						return err
					}
				case "download":
					if !fileForm.MatchString(a.Value) {
						return fmt.Errorf("a file cannot be saved as %q", a.Value)
					}
				}
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
		default:
			return fmt.Errorf("a %T does not belong in a figure", tok)
		}
	}
}

func checkInline(style string) error {
	for _, s := range strings.Split(style, ";") {
		k, v, _ := strings.Cut(s, ":")
		re := styles[k]
		if re == nil || !re.MatchString(v) {
			return fmt.Errorf("style %q would not pass the sanitiser", s)
		}
	}
	return nil
}

func checkImage(src string) error {
	b64, ok := strings.CutPrefix(src, dataURI)
	if !ok {
		return fmt.Errorf("image from %.40q refers outside", src)
	}
	svg, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return SVG(string(svg))
}

// checkFile holds a link to a file within the page itself, of a kind that it reads.
func checkFile(href string) error {
	if strings.HasPrefix(href, dataURI) {
		return checkImage(href)
	}
	for _, mime := range []string{"application/json", "text/csv"} {
		b64, ok := strings.CutPrefix(href, "data:"+mime+";base64,")
		if !ok {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(b64)
		switch {
		case err != nil:
			return fmt.Errorf("file: %w", err)
		case mime == "application/json" && !json.Valid(data):
			return errors.New("file: not JSON")
		case mime == "text/csv":
			if _, err := csv.NewReader(bytes.NewReader(data)).ReadAll(); err != nil {
				return fmt.Errorf("file: %w", err)
			}
		}
		return nil
	}
	return fmt.Errorf("link to %.40q", href)
}
