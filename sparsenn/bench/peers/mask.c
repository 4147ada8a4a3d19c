// The contestant written by hand: exact selection of the k largest magnitudes,
// equal ones by lowest index, single-threaded, vectorised by the compiler.
//
//	mask ROWS COLS K FILE      a 0/1 byte for each of ROWS·COLS floats
//	abstopk ROWS COLS K FILE   per row: K floats kept, the others 0
//
// It speaks the same protocol as the other workers: "ready {...}" once prepared,
// then "run WARM REPS" is answered with "ns T1 T2 ...".
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const uint32_t *x; // bit patterns of the input
static long rows, cols, k;
static uint32_t *scratch; // candidates' keys, permuted by the selection
static uint32_t *keys, *at; // candidates and their positions, in order
static void *result;

static inline uint32_t key(uint32_t bits) { return bits & 0x7fffffff; }

// select_at reorders v and returns its r-th largest (from 0).
static uint32_t select_at(uint32_t *v, long n, long r) {
  while (n > 1) {
    uint32_t a = v[n / 4], b = v[n / 2], c = v[3 * n / 4];
    uint32_t pivot = a < b ? (b < c ? b : (a < c ? c : a)) : (a < c ? a : (b < c ? c : b));
    long i = 0, j = n - 1;
    while (i <= j) {
      while (v[i] > pivot) i++;
      while (v[j] < pivot) j--;
      if (i <= j) {
        uint32_t t = v[i];
        v[i++] = v[j];
        v[j--] = t;
      }
    }
    if (r <= j) {
      n = j + 1;
    } else if (r >= i) {
      v += i, n -= i, r -= i;
    } else {
      return pivot;
    }
  }
  return v[0];
}

enum { BLOCK = 64 };

// mask_between writes the mask, given a guess lo ≤ threshold < hi. It reads the
// input once: entries from hi on are in, those below lo out, the few between are
// looked at afterwards. It returns 0 if the guess was wrong.
static int mask_between(long n, uint32_t lo, uint32_t hi) {
  uint8_t *out = result;
  long above = 0, m = 0;
  for (long i = 0; i < n; i += BLOCK) {
    const uint32_t *p = x + i;
    uint8_t *o = out + i;
    uint32_t in = 0, maybe = 0;
    for (int j = 0; j < BLOCK; j++) {
      uint32_t b = key(p[j]);
      o[j] = b >= hi;
      in += b >= hi;
      maybe += b >= lo;
    }
    above += in;
    if (maybe > in) {
      for (int j = 0; j < BLOCK; j++) {
        uint32_t b = key(p[j]);
        keys[m] = b;
        at[m] = i + j;
        m += b >= lo && b < hi;
      }
    }
  }
  long need = k - above;
  if (need < 0 || need > m) return 0;
  if (need == 0) return 1;
  memcpy(scratch, keys, m * sizeof *keys);
  uint32_t t = select_at(scratch, m, need - 1);
  long larger = 0;
  for (long i = 0; i < m; i++) larger += keys[i] > t;
  long equal = need - larger;
  for (long i = 0; i < m; i++) {
    int take = keys[i] > t || (keys[i] == t && equal > 0);
    equal -= keys[i] == t && equal > 0;
    out[at[i]] = take;
  }
  return 1;
}

static long clamp(long v, long lo, long hi) { return v < lo ? lo : v > hi ? hi : v; }

// mask guesses the threshold from a sample, four standard deviations each way.
static void mask(void) {
  long n = rows * cols, s = clamp(n / 256, 1024, 65536);
  if (s > n) s = n;
  for (long i = 0; i < s; i++) scratch[i] = key(x[i * (n / s)]);
  double p = (double)k / n, r = p * s, d = 4;
  while (d * d < 16 * r * (1 - p)) d++;
  d += 2;
  long first = (long)(r - d), last = (long)(r + d);
  uint32_t lo = last >= s ? 0 : select_at(scratch, s, last);
  uint32_t hi = first < 0 ? 0x80000000 : select_at(scratch, s, first) + 1;
  if (!mask_between(n, lo, hi)) mask_between(n, 0, 0x80000000);
}

// abstopk bisects every row's threshold.
static void abstopk(void) {
  uint32_t *out = result;
  for (long r = 0; r < rows; r++) {
    const uint32_t *p = x + r * cols;
    uint32_t *o = out + r * cols;
    uint32_t lo = 0, hi = 0;
    for (long j = 0; j < cols; j++) {
      uint32_t b = key(p[j]);
      scratch[j] = b;
      hi = b > hi ? b : hi;
    }
    hi++;
    // at least k keys are ≥ lo, fewer than k are ≥ hi
    uint32_t kept = cols, above = 0;
    while (kept > k && hi - lo > 1) {
      uint32_t mid = lo + (hi - lo) / 2, c = 0;
      for (long j = 0; j < cols; j++) c += scratch[j] >= mid;
      if (c >= k) {
        lo = mid, kept = c;
      } else {
        hi = mid, above = c;
      }
    }
    if (kept == k) {
      for (long j = 0; j < cols; j++) o[j] = scratch[j] >= lo ? p[j] : 0;
      continue;
    }
    long equal = k - above;
    for (long j = 0; j < cols; j++) {
      int take = scratch[j] > lo || (scratch[j] == lo && equal > 0);
      equal -= scratch[j] == lo && equal > 0;
      o[j] = take ? p[j] : 0;
    }
  }
}

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int fail(const char *what) {
  printf("error %s\n", what);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 6) return fail("usage: mask|abstopk ROWS COLS K FILE");
  int is_mask = !strcmp(argv[1], "mask");
  rows = atol(argv[2]), cols = atol(argv[3]), k = atol(argv[4]);
  long n = rows * cols;
  if (n <= 0 || n % BLOCK || n >= 1L << 31 || k <= 0 || k > (is_mask ? n : cols)) return fail("sizes");
  uint32_t *input = malloc(n * 4);
  scratch = malloc(n * 4 + 4), keys = malloc(n * 4 + 4), at = malloc(n * 4 + 4);
  result = malloc(n * 4);
  FILE *f = fopen(argv[5], "rb");
  if (!input || !scratch || !keys || !at || !result || !f || fread(input, 4, n, f) != n) return fail("input");
  fclose(f);
  x = input;
  void (*run)(void) = is_mask ? mask : abstopk;
  run();
  long kept = 0, sum = 0;
  for (long i = 0; i < n; i++) {
    int in = is_mask ? ((uint8_t *)result)[i] : ((uint32_t *)result)[i] != 0;
    kept += in, sum += in ? i : 0;
  }
  printf("ready {\"kept\":%ld,\"sum\":%ld,\"versions\":{\"cc\":\"%s\"}}\n", kept, sum, __VERSION__);
  fflush(stdout);
  int warm, reps;
  while (scanf(" run %d %d", &warm, &reps) == 2) {
    printf("ns");
    for (int i = -warm; i < reps; i++) {
      long start = now();
      run();
      long t = now() - start;
      if (i >= 0) printf(" %ld", t);
    }
    printf("\n");
    fflush(stdout);
  }
  return 0;
}
