package source

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"circuitbook/sparsenn/cache"
)

// Package is a source of real Python: a wheel pinned by version and hash, with
// its licence. All are pure Python and under MIT, BSD or Apache licences.
type Package struct {
	cache.Wheel
	Licence string   // SPDX
	Skip    []string // prefixes of members that are tables, not code
}

// List returns the packages that a part of kind "packages" reads, about
// 12 MB of source.
func List() []Package {
	p := func(name, version, file, sha, licence string, skip ...string) Package {
		return Package{cache.Wheel{Name: name, Version: version, File: file, SHA256: sha}, licence, skip}
	}
	return []Package{
		p("boltons", "26.2.0", "boltons-26.2.0-py3-none-any.whl", "41942cbce440211bbcf2487ccdc356964ad674f95a01068b8a0dd7a1d1fed036", "BSD-3-Clause"),
		p("click", "8.5.1", "click-8.5.1-py3-none-any.whl", "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37", "BSD-3-Clause"),
		p("django", "5.2.19", "django-5.2.19-py3-none-any.whl", "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00", "BSD-3-Clause", "django/conf/locale/"),
		p("flask", "3.1.3", "flask-3.1.3-py3-none-any.whl", "f4bcbefc124291925f1a26446da31a5178f9483862233b23c0c96a20701f670c", "BSD-3-Clause"),
		p("jinja2", "3.1.6", "jinja2-3.1.6-py3-none-any.whl", "85ece4451f492d0c13c5dd7c13a64681a86afae63a5f347908daf103ce6d2f67", "BSD-3-Clause", "jinja2/_identifier.py"),
		p("mako", "1.4.3", "mako-1.4.3-py3-none-any.whl", "723296007c870bfd6b3f0c3230dba7198096e5269297ebf5e4eff9e7ffa39d4f", "MIT"),
		p("markdown", "3.11.3", "markdown-3.11.3-py3-none-any.whl", "e1a31a112232504d753e5c01bb8c2de90d3f0ba986b063e10770cf7695b09e73", "BSD-3-Clause"),
		p("more-itertools", "11.2.1", "more_itertools-11.2.1-py3-none-any.whl", "35a7377edd1dd6608dcb2cdf534ded55ea32d49448875ad042cd3f879fb1ded0", "MIT"),
		p("pytest", "9.2.0", "pytest-9.2.0-py3-none-any.whl", "07acdcf88ec174f907dc01af70bf52d49b014bbab03faeeade31c96b18c2e588", "MIT"),
		p("requests", "2.34.2", "requests-2.34.2-py3-none-any.whl", "2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0", "Apache-2.0"),
		p("rich", "15.0.0", "rich-15.0.0-py3-none-any.whl", "33bd4ef74232fb73fe9279a257718407f169c09b78a87ad3d296f548e27de0bb", "MIT", "rich/_emoji_codes.py", "rich/_unicode_data/", "rich/_cell_widths.py"),
		p("werkzeug", "3.1.9", "werkzeug-3.1.9-py3-none-any.whl", "6392e50c78460ba618e5b21f08a71f59c99ce99cdc6cf6e3dd7e6ccca8754fab", "BSD-3-Clause"),
	}
}

// Packages fetches every package, a few at a time, and reads its .py files from
// the wheels. Progress goes to log, which may be nil.
func Packages(ctx context.Context, log io.Writer, pkgs []Package) ([]Doc, Skips, error) {
	files := make([]string, len(pkgs))
	if log != nil {
		log = &lockedWriter{w: log}
	}
	group, fetching := errgroup.WithContext(ctx) // the first failure ends the others
	group.SetLimit(3)
	for i, p := range pkgs {
		group.Go(func() (err error) {
			files[i], err = p.Fetch(fetching, log)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, fmt.Errorf("packages of real Python: %w", err)
	}
	var docs []Doc
	skipped := Skips{}
	for i, p := range pkgs {
		if err := wheelDocs(files[i], p, &docs, skipped); err != nil {
			return nil, nil, fmt.Errorf("packages of real Python: %s: %w", p.Name, err)
		}
	}
	return docs, skipped, nil
}

// lockedWriter lets several fetches write their lines to one log.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// Licence fetches the package and returns the licence texts in its wheel.
func Licence(ctx context.Context, log io.Writer, p Package) (string, error) {
	file, err := p.Fetch(ctx, log)
	if err != nil {
		return "", err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.Name, err)
	}
	defer z.Close()
	var b strings.Builder
	for _, m := range z.File {
		dir, base := path.Split(m.Name)
		info, _, _ := strings.Cut(dir, "/")
		if !strings.HasSuffix(info, ".dist-info") || !(strings.HasPrefix(base, "LICENSE") || strings.HasPrefix(base, "NOTICE")) {
			continue
		}
		data, err := readMember(m)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.Name, err)
		}
		fmt.Fprintf(&b, "%s %s, %s (%s)\n\n%s\n", p.Name, p.Version, base, p.Licence, data)
	}
	if b.Len() == 0 {
		return "", fmt.Errorf("%s: the wheel holds no licence", p.Name)
	}
	return b.String(), nil
}

// readMember reads a member of a wheel, at most one byte more than MaxFile.
func readMember(m *zip.File) ([]byte, error) {
	r, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	return data, nil
}

// wheelDocs appends the .py files of one wheel, in order of their names.
func wheelDocs(file string, p Package, docs *[]Doc, skipped Skips) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	members := append([]*zip.File(nil), z.File...)
	sort.Slice(members, func(i, j int) bool { return members[i].Name < members[j].Name })
next:
	for _, m := range members {
		if path.Ext(m.Name) != ".py" || m.FileInfo().IsDir() {
			continue
		}
		for _, s := range p.Skip {
			if strings.HasPrefix(m.Name, s) {
				skipped[SkipTable]++
				continue next
			}
		}
		if m.UncompressedSize64 > MaxFile {
			skipped[SkipHuge]++
			continue
		}
		data, err := readMember(m)
		if err != nil {
			return err
		}
		if text, reason := Clean(data); reason != "" {
			skipped[reason]++
		} else {
			*docs = append(*docs, Doc{p.Name + "/" + m.Name, text})
		}
	}
	return nil
}
