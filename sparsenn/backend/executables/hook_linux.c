#define _GNU_SOURCE
#include "hook.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "_cgo_export.h"

// All functions of the table take one pointer and return an error, or NULL.
typedef Error *(*Function)(void *);

static void **table;
static Function compile_function;

static Error *our_compile(void *args) { return circuitbookCompile(args); }

const char *circuitbook_hook(const char *path) {
  // It is loaded: this only finds it.
  void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  if (library == NULL) return "the plugin is not loaded";
  void **(*get)(void) = (void **(*)(void))dlsym(library, "GetPjrtApi");
  void **found = get == NULL ? NULL : get();
  dlclose(library);
  if (found == NULL) return "the plugin has no table of functions";
  if ((size_t)found[0] < TABLE_WORDS * sizeof(void *)) return "the table of functions is too short";
  // Of the version: its own size, an extension, major and minor.
  struct {
    size_t size;
    void *extension;
    int major, minor;
  } version;
  memcpy(&version, &found[TABLE_VERSION], sizeof version);
  if (version.major != 0) return "the table of functions is of another major version";
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)&found[CLIENT_COMPILE] & ~(page - 1);
  if (mprotect((void *)at, page, PROT_READ | PROT_WRITE) != 0) return "the table of functions cannot be written";
  table = found;
  compile_function = (Function)found[CLIENT_COMPILE];
  __atomic_store_n(&found[CLIENT_COMPILE], (void *)our_compile, __ATOMIC_RELEASE);
  return NULL;
}

// call calls a function of the table and reports whether it succeeded.
static int call(int place, void *args) {
  Error *error = ((Function)table[place])(args);
  if (error == NULL) return 1;
  struct {
    size_t size;
    void *extension;
    Error *error;
  } destroy = {sizeof destroy, NULL, error};
  ((void (*)(void *))table[ERROR_DESTROY])(&destroy);
  return 0;
}

Error *circuitbook_compile(CompileArgs *args) { return compile_function(args); }

Loaded *circuitbook_load(Client *client, const char *bytes, size_t size) {
  struct {
    size_t size;
    void *extension;
    Client *client;
    const char *bytes;
    size_t bytes_size;
    Loaded *loaded; // out
    const char *options;
    size_t options_size;
  } args = {sizeof args, NULL, client, bytes, size, NULL, NULL, 0};
  return call(EXECUTABLE_DESERIALIZE_AND_LOAD, &args) ? args.loaded : NULL;
}

Holder circuitbook_serialize(Loaded *loaded, const char **bytes, size_t *size) {
  Holder none = {NULL, NULL};
  struct {
    size_t size;
    void *extension;
    Loaded *loaded;
    Executable *executable; // out
  } get = {sizeof get, NULL, loaded, NULL};
  if (!call(LOADED_GET_EXECUTABLE, &get)) return none;
  struct {
    size_t size;
    void *extension;
    const Executable *executable;
    const char *bytes;                // out
    size_t bytes_size;                // out
    Serialized *held;                 // out
    void (*release)(Serialized *);    // out
  } args = {sizeof args, NULL, get.executable, NULL, 0, NULL, NULL};
  int ok = call(EXECUTABLE_SERIALIZE, &args);
  struct {
    size_t size;
    void *extension;
    Executable *executable;
  } destroy = {sizeof destroy, NULL, get.executable};
  call(EXECUTABLE_DESTROY, &destroy);
  if (!ok || args.held == NULL || args.release == NULL) return none;
  *bytes = args.bytes;
  *size = args.bytes_size;
  Holder h = {args.held, args.release};
  return h;
}

void circuitbook_release(Holder h) { h.release(h.held); }
