package train

import "circuitbook/sparsenn/store"

// Name is the name of the run of a config, KIND-HASH, whether or not it exists.
// It hashes what the corpus is made of, which takes a moment at first use.
func Name(c Config) (string, error) {
	id, err := c.identity(Extension{})
	if err != nil {
		return "", err
	}
	return store.Name(kind, id)
}
