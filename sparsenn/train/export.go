package train

import (
	"fmt"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/tensorfile"
)

// Export writes the model as a plain dense model.safetensors with its
// config.json into a folder, for other tools: names and orientation are those
// of OpenAI's state dict. A folder that holds anything but an earlier export is
// an error.
func (r *Result) Export(dir string) error {
	var out []tensorfile.Tensor
	for _, p := range r.Config.Model.Params() {
		v, err := r.Model.Values(p.Name)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		out = append(out, tensorfile.Float32s(p.Name, p.Shape, v))
	}
	return artifact.Export(dir, out, r.Config.Model)
}
