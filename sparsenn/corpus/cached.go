package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"circuitbook/sparsenn/cache"
)

// cacheFormat is raised when encoded corpora of an older version no longer
// serve: another layout of the file, another way to split or to mix.
const cacheFormat = 1

const cacheMagic = "circuitbook corpus\n"

// The file of an encoded corpus: the magic, the length of a JSON header as
// uint32, the header, the tokens as uint16 (training, then validation), and the
// SHA-256 of all that. Little-endian.
type cacheHeader struct {
	Key    string `json:"key"`
	Train  int    `json:"train"`
	Valid  int    `json:"valid"`
	Report Report `json:"report"`
}

// encodeCached lays an encoded corpus out as a file.
func encodeCached(key string, train, valid Tokens, report Report) ([]byte, error) {
	head, err := json.Marshal(cacheHeader{key, len(train), len(valid), report})
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(cacheMagic)+4+len(head)+2*(len(train)+len(valid))+sha256.Size)
	b = append(b, cacheMagic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(head)))
	b = append(b, head...)
	for _, part := range []Tokens{train, valid} {
		for _, id := range part {
			b = binary.LittleEndian.AppendUint16(b, uint16(id))
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

var errCorrupt = errors.New("the file is damaged")

// decodeCached reads such a file. Whatever is not exactly as written is an error.
func decodeCached(data []byte, key string, vocab int) (train, valid Tokens, report Report, err error) {
	fail := func(what string) (Tokens, Tokens, Report, error) {
		return nil, nil, Report{}, fmt.Errorf("%w: %s", errCorrupt, what)
	}
	if len(data) < len(cacheMagic)+4+sha256.Size || string(data[:len(cacheMagic)]) != cacheMagic {
		return fail("it does not start as an encoded corpus")
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return fail("its checksum differs")
	}
	body = body[len(cacheMagic):]
	n := int64(binary.LittleEndian.Uint32(body))
	body = body[4:]
	if n > int64(len(body)) {
		return fail("its header is longer than the file")
	}
	var h cacheHeader
	if err := json.Unmarshal(body[:n], &h); err != nil {
		return fail("its header is not JSON")
	}
	body = body[n:]
	total := len(body) / 2
	if h.Key != key {
		return fail("it belongs to another corpus")
	}
	if len(body)%2 != 0 || h.Train < 0 || h.Valid < 0 || h.Train > total || h.Valid != total-h.Train {
		return fail("its number of tokens differs from its header")
	}
	all := make(Tokens, total)
	for i := range all {
		all[i] = int32(binary.LittleEndian.Uint16(body[2*i:]))
		if int(all[i]) >= vocab {
			return fail("it holds a token outside the vocabulary")
		}
	}
	return all[:h.Train:h.Train], all[h.Train:], h.Report, nil
}

// saveCached writes the file so that it is never seen half written.
func saveCached(path string, data []byte) error {
	return cache.WriteAtomic(path, 0o644, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}
