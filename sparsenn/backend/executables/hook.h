// The part of PJRT's C interface (pjrt_c_api.h) by which compiled programs are
// kept: a few structures and, of the table of functions, the places of six.
// The interface only ever grows at its end, so that these stay where they are.
#ifndef CIRCUITBOOK_HOOK_H
#define CIRCUITBOOK_HOOK_H

#include <stddef.h>

typedef struct Error Error;
typedef struct Client Client;
typedef struct Executable Executable;
typedef struct Loaded Loaded;
typedef struct Serialized Serialized;

typedef struct {
  size_t size;
  void *extension;
  char *code;
  size_t code_size;
  const char *format;
  size_t format_size;
} Program;

typedef struct {
  size_t size;
  void *extension;
  Client *client;
  const Program *program;
  const char *options;
  size_t options_size;
  Loaded *loaded; // out
} CompileArgs;

// The places of functions in the table, in words from its beginning: its size,
// an extension and the version (three words) come first.
enum {
  TABLE_VERSION = 2,
  TABLE_FUNCTIONS = 5,
  ERROR_DESTROY = TABLE_FUNCTIONS + 0,
  CLIENT_COMPILE = TABLE_FUNCTIONS + 20,
  EXECUTABLE_DESTROY = TABLE_FUNCTIONS + 40,
  EXECUTABLE_SERIALIZE = TABLE_FUNCTIONS + 49,
  LOADED_GET_EXECUTABLE = TABLE_FUNCTIONS + 51,
  EXECUTABLE_DESERIALIZE_AND_LOAD = TABLE_FUNCTIONS + 56,
  TABLE_WORDS = EXECUTABLE_DESERIALIZE_AND_LOAD + 1,
};

// circuitbook_hook puts our function where the table of the plugin at path has the one that
// compiles. It returns NULL, or what was in the way. The plugin must have been
// loaded, and the table stays for as long as it is. It may succeed once.
const char *circuitbook_hook(const char *path);

// circuitbook_compile calls the function that was in the table.
Error *circuitbook_compile(CompileArgs *args);

// circuitbook_load makes an executable of what was serialized; NULL if it cannot.
Loaded *circuitbook_load(Client *client, const char *bytes, size_t size);

// A Holder holds the bytes of an executable until it is released; held is NULL if
// there are none.
typedef struct {
  Serialized *held;
  void (*release)(Serialized *);
} Holder;

// circuitbook_serialize gives the bytes of an executable, in *bytes and *size.
Holder circuitbook_serialize(Loaded *loaded, const char **bytes, size_t *size);
void circuitbook_release(Holder h);

#endif
