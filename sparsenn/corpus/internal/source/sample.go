package source

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
)

// sampleZip holds real/PACKAGE/... and synthetic/NNNN.py, and under LICENCES/
// the licence of each package. Made by the command in ../makesample.
//
//go:embed sample.zip
var sampleZip []byte

// SampleHash is the SHA-256 of the embedded sample.
func SampleHash() string {
	sum := sha256.Sum256(sampleZip)
	return hex.EncodeToString(sum[:])
}

// Sample reads the embedded sample in order of names.
func Sample() ([]Doc, Skips, error) {
	docs, _, err := readSample(sampleZip)
	return docs, Skips{}, err
}

// SampleLicences gives the licence texts in the sample by package name.
func SampleLicences() (map[string]string, error) {
	_, licences, err := readSample(sampleZip)
	return licences, err
}

func readSample(data []byte) (docs []Doc, licences map[string]string, err error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, fmt.Errorf("embedded sample: %w", err)
	}
	licences = map[string]string{}
	for _, m := range z.File {
		r, err := m.Open()
		if err != nil {
			return nil, nil, fmt.Errorf("embedded sample: %s: %w", m.Name, err)
		}
		text, err := io.ReadAll(io.LimitReader(r, MaxFile))
		r.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("embedded sample: %s: %w", m.Name, err)
		}
		switch {
		case strings.HasPrefix(m.Name, "LICENCES/"):
			licences[strings.TrimSuffix(path.Base(m.Name), ".txt")] = string(text)
		case path.Ext(m.Name) == ".py":
			docs = append(docs, Doc{m.Name, string(text)})
		}
	}
	sort.Slice(docs, func(i, j int) bool { return docs[i].Name < docs[j].Name })
	return docs, licences, nil
}
