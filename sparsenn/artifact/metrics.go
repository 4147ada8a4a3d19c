package artifact

import (
	"bytes"
	"circuitbook/sparsenn/tensorfile"
	"encoding/json"
	"fmt"
)

// AppendMetric appends record to a log of JSON lines, as one whole line with
// the keys of structs in the order of their fields and those of maps sorted.
// The log is kept in memory and saved with each checkpoint, so that it always
// ends where the checkpoint does and a resumed run neither repeats nor lacks a
// line. NaN and infinities are an error, and log is then returned as it was.
func AppendMetric(log []byte, record any) ([]byte, error) {
	line, err := tensorfile.Marshal(record)
	if err != nil {
		return log, fmt.Errorf("metric: %w", err)
	}
	return append(append(log, line...), '\n'), nil
}

// ParseMetrics reads a log of JSON lines into records of type T. Every line has
// to be one whole JSON value that fits T, and the last one to end with a
// newline; else the error names file and the number of the line, from 1. An
// empty log has no records. Keys that T does not have are passed over.
func ParseMetrics[T any](file string, log []byte) ([]T, error) {
	var out []T
	for number := 1; len(log) > 0; number++ {
		line, rest, whole := bytes.Cut(log, []byte("\n"))
		if !whole {
			return nil, fmt.Errorf("%s:%d: the line is cut off", file, number)
		}
		var record T
		if err := json.Unmarshal(line, &record); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		out = append(out, record)
		log = rest
	}
	return out, nil
}
