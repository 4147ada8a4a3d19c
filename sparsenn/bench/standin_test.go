package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
)

func TestStandInSource(t *testing.T) {
	s := standIn{"libcublas.so.13": {"cublasB", "cublasA"}, "": {"cuX"}}
	if got, want := s.source(), "long cuX(void) { return 100; }\nlong cublasA(void) { return 100; }\nlong cublasB(void) { return 100; }\n"; got != want {
		t.Errorf("source:\n%s", got)
	}
	if got, want := s.script(), "libcublas.so.13 { global: cublasA; cublasB; };\n"; got != want {
		t.Errorf("script:\n%s", got)
	}
	if (standIn{}).script() != "" {
		t.Error("no symbols make a script")
	}
}

func TestGPUNames(t *testing.T) {
	for name, want := range map[string]bool{
		"libcudart.so.13": true, "libcuda.so.1": true, "libnccl.so.2": true, "libnvshmem_host.so.3": true,
		"libc.so.6": false, "libtorch_cuda.so": false, "libgomp.so.1": false, "libm.so.6": false, "libcu/x.so.1": false,
	} {
		if gpuLibrary.MatchString(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	for name, want := range map[string]bool{"cudaMalloc": true, "__cudaRegisterVar": true, "ncclSend": true, "malloc": false, "cu_x": false, "_ZN5torch": false} {
		if gpuSymbol.MatchString(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

// TestMakeStandIns builds a library that needs a versioned function of a GPU
// library, removes that one, and runs a program with the stand-in.
func TestMakeStandIns(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("ELF only")
	}
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	dir := t.TempDir()
	cc := func(args ...string) {
		t.Helper()
		cmd := exec.Command("cc", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cc %v: %v\n%s", args, err, out)
		}
	}
	for name, text := range map[string]string{
		"real.c": "int cudaCount(void) { return 7; }", "real.map": "libcudart.so.13 { global: cudaCount; };",
		"user.c": "int cudaCount(void); int count(void) { return cudaCount(); }",
		"main.c": "int count(void); int main(void) { return count(); }",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cc("-shared", "-fPIC", "-Wl,-soname,libcudart.so.13", "-Wl,--version-script=real.map", "-o", "libcudart.so.13", "real.c")
	lib := filepath.Join(dir, "lib")
	if err := os.Mkdir(lib, 0o755); err != nil {
		t.Fatal(err)
	}
	cc("-shared", "-fPIC", "-o", "lib/libuser.so", "user.c", "libcudart.so.13")
	cc("-o", "main", "main.c", "lib/libuser.so", "-Wl,--allow-shlib-undefined")
	if err := os.Remove(filepath.Join(dir, "libcudart.so.13")); err != nil {
		t.Fatal(err)
	}

	libraries, err := standInsFor(lib)
	if want := map[string]standIn{"libcudart.so.13": {"libcudart.so.13": {"cudaCount"}}}; err != nil || !reflect.DeepEqual(libraries, want) {
		t.Fatalf("%v, %v", libraries, err)
	}
	standins := filepath.Join(dir, "standins")
	if err := makeStandIns(t.Context(), lib, standins); err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(filepath.Join(standins, "libcudart.so.13"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command(filepath.Join(dir, "main"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+standins)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != noDevice {
		t.Errorf("with the stand-in the program returned %d\n%s", code, out)
	}
}
