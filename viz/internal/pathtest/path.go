// Package pathtest reads the paths of pens in tests.
package pathtest

import "strings"

// ReadPath returns the points of a Pen's path, and those that its curves are drawn towards.
func ReadPath(t interface{ Fatalf(string, ...any) }, d string) [][2]float64 {
	var out [][2]float64
	var x, y, sx, sy float64
	for i := 0; i < len(d); {
		op := d[i]
		i++
		var v []float64
		for i < len(d) && !strings.ContainsRune("MmlhvcZ", rune(d[i])) {
			j := i + 1
			for j < len(d) && (d[j] == '.' || d[j] >= '0' && d[j] <= '9') {
				j++
			}
			f, sign, digits := 0.0, 1.0, strings.TrimSpace(d[i:j])
			if strings.HasPrefix(digits, "-") {
				sign, digits = -1, digits[1:]
			}
			whole, frac, _ := strings.Cut(digits, ".")
			for _, c := range whole {
				f = f*10 + float64(c-'0')
			}
			if frac != "" {
				f += float64(frac[0]-'0') / 10
			}
			v = append(v, sign*f)
			i = j
		}
		want := map[byte]int{'M': 2, 'm': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 'Z': 0}[op]
		if len(v) != want {
			t.Fatalf("%c with %d numbers in %s", op, len(v), d)
		}
		switch op {
		case 'M':
			x, y = v[0], v[1]
			sx, sy = x, y
		case 'm':
			x, y = x+v[0], y+v[1]
			sx, sy = x, y
		case 'l':
			x, y = x+v[0], y+v[1]
		case 'h':
			x += v[0]
		case 'v':
			y += v[0]
		case 'c':
			out = append(out, [2]float64{x + v[0], y + v[1]}, [2]float64{x + v[2], y + v[3]})
			x, y = x+v[4], y+v[5]
		case 'Z':
			x, y = sx, sy
			continue
		}
		out = append(out, [2]float64{x, y})
	}
	return out
}
