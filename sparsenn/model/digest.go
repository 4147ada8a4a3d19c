package model

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
)

// Digest returns 32 hexadecimal digits that stand for the parameters' values, bit
// for bit. Artifacts that are made from a trained model are named by it as well as
// by the run: one config gives other bits under another plugin or processor, and
// what was fitted to those must not be taken for a fit to these.
func (m *Model) Digest() string {
	h := sha256.New()
	var b []byte
	for _, values := range m.values {
		b = b[:0]
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
