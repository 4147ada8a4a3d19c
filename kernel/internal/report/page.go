package report

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Draft is a page as nbconvert makes it of a notebook, with what cells bring as
// HTML beside it.
type Draft struct {
	Page string `json:"page"`
	// Mark, a number and an x stand in Page for the fragment of that number.
	Mark      string   `json:"mark"`
	Fragments []string `json:"fragments"`
}

// Safe returns the page with its fragments, and in words what it leaves out of
// them. No element of the page runs a program, loads anything or shows another page:
// whatever policy does not name is left out. A fragment closes what it opens, and
// nothing else. Images in the folder dir, to which fragments refer, are put into the
// page. The page's head is taken as it is: nothing of it comes from the notebook but
// the title, as text.
func (d Draft) Safe(dir string) (page []byte, left []string, err error) {
	const open, end = "<body ", "</body>"
	from, to := strings.Index(d.Page, open), strings.LastIndex(d.Page, end)
	if from < 0 || to < from {
		return nil, nil, errors.New("the page has no body")
	}
	from += strings.IndexByte(d.Page[from:to], '>') + 1
	c := cleaner{dir: dir, elements: map[string]int{}}
	var out bytes.Buffer
	out.WriteString(d.Page[:from])
	body := policy().Sanitize(d.Page[from:to])
	at := 0
	for _, m := range regexp.MustCompile(regexp.QuoteMeta(d.Mark)+`(\d+)x`).FindAllStringSubmatchIndex(body, -1) {
		i, err := strconv.Atoi(body[m[2]:m[3]])
		if err != nil || i >= len(d.Fragments) {
			return nil, nil, fmt.Errorf("the page has a mark for fragment %s of %d", body[m[2]:m[3]], len(d.Fragments))
		}
		out.WriteString(body[at:m[0]])
		out.WriteString(c.clean(d.Fragments[i]))
		at = m[1]
	}
	out.WriteString(body[at:])
	out.WriteString(end + "\n</html>\n")
	return out.Bytes(), c.left(), nil
}

// A cleaner makes fragments safe and counts what it leaves out.
type cleaner struct {
	dir      string
	elements map[string]int
	images   []string
}

// clean returns the fragment of HTML with what policy keeps of it. What a browser
// opens on reading it, it closes. One that cannot be read becomes text.
func (c *cleaner) clean(fragment string) string {
	nodes, err := html.ParseFragment(strings.NewReader(fragment), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return html.EscapeString(fragment)
	}
	var whole strings.Builder
	for _, n := range nodes {
		c.look(n)
		if err := html.Render(&whole, n); err != nil {
			return html.EscapeString(fragment)
		}
	}
	return policy().Sanitize(whole.String())
}

// look counts what the policy leaves out below n, embeds images, and keeps data from
// being a page of its own.
func (c *cleaner) look(n *html.Node) {
	for d := range n.Descendants() {
		c.element(d)
	}
	c.element(n)
}

func (c *cleaner) element(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	if name := strings.ToLower(n.Data); !allowed()[name] {
		c.elements[name]++
		return
	}
	switch n.Data {
	case "img":
		c.image(n)
	case "a":
		if !hasAttribute(n, "download") {
			n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
				return a.Key == "href" && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "data:")
			})
		}
	}
}

func hasAttribute(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// maxNamed bounds how many images are named among what is left out.
const maxNamed = 5

// left says what was left out.
func (c *cleaner) left() (list []string) {
	for _, name := range slices.Sorted(maps.Keys(c.elements)) {
		if n := c.elements[name]; n > 1 {
			name = fmt.Sprintf("%s (%d)", name, n)
		}
		list = append(list, name)
	}
	for i, image := range c.images {
		if i == maxNamed {
			return append(list, fmt.Sprintf("%d more images", len(c.images)-i))
		}
		list = append(list, "the image "+image)
	}
	return list
}
