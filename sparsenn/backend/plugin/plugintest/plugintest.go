// Package plugintest makes files that look like XLA plugins, for tests of what
// searches them. They are not: no loader takes them.
package plugintest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Write writes Library(symbol) to path, making its folder.
func Write(t testing.TB, path, symbol string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, Library(symbol), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Library returns a shared library for this processor in ELF format that
// exports one symbol and holds nothing else.
func Library(symbol string) []byte {
	machine := elf.EM_X86_64
	if runtime.GOARCH == "arm64" {
		machine = elf.EM_AARCH64
	}
	const headerSize, progSize, sectionSize, symSize = 64, 56, 64, 24
	dynstr := "\x00" + symbol + "\x00"
	shstr := "\x00.dynsym\x00.dynstr\x00.shstrtab\x00"
	symAt := headerSize + progSize
	strAt := symAt + 2*symSize
	shstrAt := strAt + len(dynstr)
	sectionsAt := shstrAt + len(shstr)
	size := sectionsAt + 4*sectionSize

	var b bytes.Buffer
	put := func(v any) {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			panic(err) // a bytes.Buffer takes everything of fixed size
		}
	}
	put(elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(machine), Version: uint32(elf.EV_CURRENT),
		Phoff: headerSize, Shoff: uint64(sectionsAt), Ehsize: headerSize,
		Phentsize: progSize, Phnum: 1, Shentsize: sectionSize, Shnum: 4, Shstrndx: 3,
	})
	put(elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R), Filesz: uint64(size), Memsz: uint64(size), Align: 0x1000,
	})
	put(elf.Sym64{})
	put(elf.Sym64{Name: 1, Info: byte(elf.STB_GLOBAL)<<4 | byte(elf.STT_FUNC), Shndx: 1, Value: uint64(symAt), Size: 1})
	b.WriteString(dynstr)
	b.WriteString(shstr)
	put(elf.Section64{})
	put(elf.Section64{Name: 1, Type: uint32(elf.SHT_DYNSYM), Off: uint64(symAt), Size: 2 * symSize, Link: 2, Info: 1, Entsize: symSize})
	put(elf.Section64{Name: 9, Type: uint32(elf.SHT_STRTAB), Off: uint64(strAt), Size: uint64(len(dynstr))})
	put(elf.Section64{Name: 17, Type: uint32(elf.SHT_STRTAB), Off: uint64(shstrAt), Size: uint64(len(shstr))})
	return b.Bytes()
}
