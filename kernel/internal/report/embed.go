package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/html"
)

// maxImage bounds the bytes of an image that is put into a page.
const maxImage = 64 << 20

// image puts the file that the image names into it. What an image has no file for
// is left out, and its text shown.
func (c *cleaner) image(n *html.Node) {
	described := false
	for i, a := range n.Attr {
		described = described || a.Key == "alt"
		if a.Key != "src" || picture.MatchString(strings.TrimSpace(a.Val)) {
			continue
		}
		data, err := c.load(strings.TrimSpace(a.Val))
		if err != nil {
			c.images = append(c.images, fmt.Sprintf("%.80q (%v)", a.Val, err))
		}
		n.Attr[i].Val = data
	}
	if !described {
		n.Attr = append(n.Attr, html.Attribute{Key: "alt", Val: "No description has been provided for this image"})
	}
}

var (
	errElsewhere = errors.New("only what lies beside the notebook is put in")
	errMissing   = errors.New("no such file beside the notebook")
	errPicture   = errors.New("not a picture")
)

// load returns the file beside the notebook that src names, as a data URL.
func (c *cleaner) load(src string) (string, error) {
	// A name is written as it is, or as a URL.
	names := []string{src}
	if u, err := url.Parse(src); err == nil {
		if u.Scheme != "" || u.Host != "" {
			return "", errElsewhere
		}
		names = append(names, u.Path)
	}
	for _, name := range names {
		if filepath.IsAbs(name) || strings.ContainsRune(name, 0) {
			return "", errElsewhere
		}
		path := filepath.Join(c.dir, name)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue // a pipe would never end
		}
		f, err := os.Open(path)
		if err != nil {
			return "", errors.Unwrap(err)
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, maxImage+1))
		switch {
		case err != nil:
			return "", err
		case len(data) > maxImage:
			return "", fmt.Errorf("larger than %d MiB", maxImage>>20)
		}
		url := "data:" + kind(data) + ";base64," + base64.StdEncoding.EncodeToString(data)
		if !picture.MatchString(url) {
			return "", errPicture
		}
		return url, nil
	}
	return "", errMissing
}

// kind is the type of the content, which a file's name may not tell.
func kind(data []byte) string {
	if strings.Contains(string(data[:min(len(data), 4096)]), "<svg") {
		return "image/svg+xml"
	}
	if len(data) > 12 && string(data[4:12]) == "ftypavif" {
		return "image/avif"
	}
	return http.DetectContentType(data)
}
