// A load generator: sends one request over and over on keep-alive connections, each waiting for its answer before the
// next (a closed loop), and prints one line of JSON. One thread, epoll, HTTP/1.1 on 127.0.0.1. Times are microseconds.
//
//   load <port> <request file> <connections> <requests> <max ms> <deltas> <warm-up requests> <ramp ms>
//
// <deltas>   how many time-stamped deltas a whole answer has (see upstream.c); 0 for answers that are no streams
// <ramp ms>  between opening one connection and the next; 0 opens all at once
//
// "latency" runs from the first byte sent to the last received; "first" to the first delta (without deltas: to the first
// byte of the body); "delta" from the upstream's making of a delta to its arrival here.
#include "http.h"
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { MAX_EVENTS = 1024, MAX_HEAD = 16384, SAMPLE = 300 };

typedef struct {
  uint32_t *values; // tenths of a microsecond
  size_t count, capacity;
} series;

typedef struct {
  int fd;
  bool active, wants_write;
  size_t sent; // of the request
  uint64_t began;

  // the answer so far
  char head[MAX_HEAD + 1];
  size_t head_length;
  bool head_done, chunked, closing, begun; // begun: the first delta, or byte of the body, has come
  int status;
  long length, received; // of the body; length -1 when not told
  enum { SIZE, DATA, DATA_END, TRAILER } chunk_state;
  long chunk_left;
  enum { OUTSIDE, OPENED, DIGITS } stamp_state;
  uint64_t stamp;
  long deltas;
} connection;

static request asked;
static struct sockaddr_in address;
static int epoll;
static long requests, warm_up, deltas_expected;
static uint64_t measured_since, no_start_after;
static long started, finished, errors, not_ok, incomplete;
static unsigned long long body_bytes, deltas_seen;
static series latency, first, delta;
static char error_sample[SAMPLE + 1];

static bool measuring(void) { return finished >= warm_up; }

static void add(series *s, uint64_t ns) {
  if (s->count == s->capacity) {
    s->capacity = s->capacity ? s->capacity * 2 : 65536;
    s->values = realloc(s->values, s->capacity * sizeof *s->values);
    if (!s->values) abort();
  }
  uint64_t tenths = ns / 100;
  s->values[s->count++] = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
}

// ---------- sending

static void watch(connection *c, bool wants_write) {
  if (c->wants_write == wants_write) return;
  c->wants_write = wants_write;
  struct epoll_event e = {.events = wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
}

static void dial(connection *c) {
  if (c->fd >= 0) close(c->fd);
  int yes = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  connect(c->fd, (struct sockaddr *)&address, sizeof address);
  c->wants_write = true;
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e);
}

static void send_rest(connection *c) {
  while (c->sent < asked.length) {
    ssize_t sent = send(c->fd, asked.bytes + c->sent, asked.length - c->sent, MSG_NOSIGNAL);
    if (sent <= 0) {
      if (errno == EAGAIN) watch(c, true);
      return; // any other failure shows when reading
    }
    c->sent += sent;
  }
  watch(c, false);
}

static void start(connection *c) {
  c->active = started < requests + warm_up && now() <= no_start_after;
  if (!c->active) return;
  started++;
  c->sent = c->head_length = 0;
  c->head_done = c->begun = false;
  c->received = c->deltas = c->chunk_left = 0;
  c->chunk_state = SIZE;
  c->stamp_state = OUTSIDE;
  c->began = now();
  send_rest(c);
}

static void finish(connection *c, bool whole) {
  uint64_t took = now() - c->began;
  if (measuring()) {
    if (!whole) errors++;
    else if (c->status / 100 != 2) not_ok++;
    else if (deltas_expected && c->deltas != deltas_expected) incomplete++;
    add(&latency, took);
  }
  finished++;
  if (finished == warm_up) measured_since = now();
}

// ---------- receiving

static void see_first(connection *c, uint64_t t) {
  if (c->begun) return;
  c->begun = true;
  if (measuring()) add(&first, t - c->began);
}

static void see_delta(connection *c, uint64_t t) {
  deltas_seen++;
  c->deltas++;
  if (measuring()) add(&delta, t > c->stamp ? t - c->stamp : 0);
  see_first(c, t);
}

// Looks for "@<digits>@", which may be cut anywhere between two reads.
static void read_stamps(connection *c, const char *bytes, size_t length) {
  uint64_t arrived = 0;
  for (const char *p = bytes, *end = bytes + length; p < end; p++) {
    if (c->stamp_state == OUTSIDE) {
      p = memchr(p, '@', end - p);
      if (!p) return;
      c->stamp_state = OPENED;
      c->stamp = 0;
    } else if (*p >= '0' && *p <= '9') {
      c->stamp = c->stamp * 10 + (*p - '0');
      c->stamp_state = DIGITS;
    } else if (*p == '@' && c->stamp_state == DIGITS) {
      if (!arrived) arrived = now();
      see_delta(c, arrived);
      c->stamp_state = OUTSIDE;
    } else {
      c->stamp_state = *p == '@' ? OPENED : OUTSIDE;
    }
  }
}

static void read_body(connection *c, const char *bytes, size_t length) {
  body_bytes += length;
  if (c->status / 100 != 2 && !error_sample[0]) snprintf(error_sample, sizeof error_sample, "%.*s", (int)length, bytes);
  if (deltas_expected) read_stamps(c, bytes, length);
  else if (length) see_first(c, now());
}

// Collects the head; gives how many bytes of this read belong to it, or -1 while it is not whole.
static ssize_t read_head(connection *c, const char *bytes, size_t length) {
  size_t before = c->head_length, room = MAX_HEAD - before, taken = length < room ? length : room;
  memcpy(c->head + before, bytes, taken);
  c->head_length += taken;
  char *blank = memmem(c->head, c->head_length, "\r\n\r\n", 4);
  if (!blank) return -1;
  blank[2] = 0;
  c->head_done = true;
  c->status = atoi(c->head + 9);
  c->length = -1;
  c->chunked = c->closing = false;
  for (char *line = c->head; (line = strchr(line, '\n'));) {
    line++;
    if (!strncasecmp(line, "content-length:", 15)) c->length = atol(line + 15);
    else if (!strncasecmp(line, "transfer-encoding: chunked", 26)) c->chunked = true;
    else if (!strncasecmp(line, "connection: close", 17)) c->closing = true;
  }
  return blank + 4 - c->head - before;
}

// True when the last chunk has come.
static bool read_chunks(connection *c, const char *p, const char *end) {
  while (p < end) {
    switch (c->chunk_state) {
    case SIZE:
      if (*p == '\n') c->chunk_state = c->chunk_left ? DATA : TRAILER;
      else if (*p >= '0' && *p <= '9') c->chunk_left = c->chunk_left * 16 + *p - '0';
      else if ((*p | 32) >= 'a' && (*p | 32) <= 'f') c->chunk_left = c->chunk_left * 16 + (*p | 32) - 'a' + 10;
      p++;
      break;
    case DATA: {
      long here = end - p < c->chunk_left ? end - p : c->chunk_left;
      read_body(c, p, here);
      p += here;
      c->chunk_left -= here;
      if (!c->chunk_left) c->chunk_state = DATA_END;
      break;
    }
    case DATA_END:
      if (*p++ == '\n') c->chunk_state = SIZE;
      break;
    case TRAILER:
      if (*p++ == '\n') return true;
      break;
    }
  }
  return false;
}

// True when the answer is whole.
static bool read_answer(connection *c, const char *bytes, size_t length) {
  const char *p = bytes, *end = bytes + length;
  if (!c->head_done) {
    ssize_t head = read_head(c, bytes, length);
    if (head < 0) return false;
    p += head;
    if (c->length == 0) return true;
  }
  if (c->chunked) return read_chunks(c, p, end);
  read_body(c, p, end - p);
  c->received += end - p;
  return c->length >= 0 && c->received >= c->length;
}

static void next(connection *c, bool whole, bool redial) {
  finish(c, whole);
  if (redial) dial(c);
  start(c);
}

static void receive(connection *c) {
  static char bytes[1 << 18];
  for (;;) {
    ssize_t got = recv(c->fd, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return next(c, got == 0 && c->head_done && c->length < 0 && !c->chunked, true);
    if (read_answer(c, bytes, got)) return next(c, true, c->closing);
    if (got < (ssize_t)sizeof bytes) return;
  }
}

// ---------- the report

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double quantile(series *s, double q) { return s->count ? s->values[(size_t)(q * (s->count - 1) + 0.5)] / 10.0 : -1; }

static void print_series(const char *name, series *s) {
  if (s->count) qsort(s->values, s->count, sizeof *s->values, by_size);
  printf("\"%s\":{\"count\":%zu,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f},", name, s->count,
         quantile(s, .5), quantile(s, .9), quantile(s, .99), quantile(s, 1));
}

static double ms(struct timeval t) { return t.tv_sec * 1e3 + t.tv_usec / 1e3; }

static void print_report(void) {
  double seconds = (now() - measured_since) / 1e9;
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  for (char *p = error_sample; *p; p++)
    if (*p == '"' || *p == '\\' || (unsigned char)*p < 32 || (unsigned char)*p > 126) *p = ' ';
  printf("{\"requests\":%zu,\"finished\":%ld,\"unfinished\":%ld,\"seconds\":%.4f,\"requestsPerSecond\":%.1f,"
         "\"errors\":%ld,\"notOk\":%ld,\"incomplete\":%ld,\"bodyBytes\":%llu,\"deltas\":%llu,\"deltasPerSecond\":%.1f,",
         latency.count, finished, started - finished, seconds, latency.count / seconds, errors, not_ok, incomplete,
         body_bytes, deltas_seen, delta.count / seconds);
  print_series("latency", &latency);
  print_series("first", &first);
  print_series("delta", &delta);
  printf("\"ownCpuMs\":%.1f,\"errorSample\":\"%s\"}\n", ms(own.ru_utime) + ms(own.ru_stime), error_sample);
}

int main(int count, char **arguments) {
  if (count != 9) {
    fputs("usage: load <port> <request file> <connections> <requests> <max ms> <deltas> <warm-up> <ramp ms>\n", stderr);
    return 2;
  }
  address = loopback(atoi(arguments[1]));
  asked = read_request(arguments[2]);
  int wanted = atoi(arguments[3]);
  requests = atol(arguments[4]);
  uint64_t max_ns = atol(arguments[5]) * 1000000ull;
  deltas_expected = atol(arguments[6]);
  warm_up = atol(arguments[7]);
  uint64_t ramp_ns = atol(arguments[8]) * 1000000ull;

  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  connection *connections = calloc(wanted, sizeof *connections);
  if (!connections) abort();
  uint64_t began = measured_since = now();
  no_start_after = began + max_ns;
  uint64_t give_up_at = no_start_after + 8000000000ull;

  int opened = 0, done = 0;
  struct epoll_event events[MAX_EVENTS];
  while (done < wanted && now() < give_up_at) {
    for (; opened < wanted && now() >= began + opened * ramp_ns; opened++) {
      connections[opened].fd = -1;
      dial(&connections[opened]);
      start(&connections[opened]);
      if (!connections[opened].active) done++;
    }
    int n = epoll_wait(epoll, events, MAX_EVENTS, opened < wanted ? 1 : 200);
    for (int i = 0; i < n; i++) {
      connection *c = events[i].data.ptr;
      if (c->active && events[i].events & EPOLLOUT) send_rest(c);
      if (!c->active || !(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
      receive(c);
      if (!c->active) done++;
    }
  }
  print_report();
  return 0;
}
