// Package disk reads files of artifacts, also those in a zip, and writes them so that a kill
// leaves the old one or the new one.
package disk
