package corpus

import "context"

// Fingerprint is a SHA-256 of everything that determines the tokens of a
// corpus: the config with its defaults filled in, the tokenizer, and what the
// sources hold. Nothing is fetched or encoded for it; a part of kind "folder"
// has its files read, and where the folder lies does not matter.
func (c Config) Fingerprint() (string, error) {
	config, err := c.normal()
	if err != nil {
		return "", err
	}
	tok, err := LoadTokenizer(config.Vocab)
	if err != nil {
		return "", err
	}
	sources, _, err := fingerprints(context.Background(), config)
	if err != nil {
		return "", err
	}
	return config.key(tok, sources)
}
