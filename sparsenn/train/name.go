package train

import "circuitbook/sparsenn/artifact"

// Name is the name of the run of a config, KIND-HASH, whether or not it exists.
// It hashes what the corpus is made of, which takes a moment at first use.
func Name(c Config) (string, error) {
	id, err := c.identity(Extension{})
	if err != nil {
		return "", err
	}
	return artifact.Name(kind, id)
}
