// A stand-in for an LLM vendor, quick enough never to be what is measured: one thread, epoll, HTTP/1.1 on 127.0.0.1.
//
//   upstream <port>
//
// POST .../chat/completions   answers as OpenAI's Chat Completions do
// POST .../messages           answers as Anthropic's Messages do
//                             (server-sent events if the body says "stream":true, else whole)
// GET  /__profile?...         sets how streams run from now on: chunks, interval_us, first_us, jitter, pad
// GET  anything else          a list of one model
//
// Every streamed delta tells when it was made, as "@<nanoseconds of CLOCK_MONOTONIC>@ ", so that a reader on the same
// machine knows how long each chunk was on its way.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 65536, MAX_EVENTS = 1024, READ_SIZE = 65536, MAX_PAD = 32768, REPLY_LENGTH = 700 };

typedef struct {
  char *data;
  size_t start, end, capacity; // what is held stands from start to end
} buffer;

typedef struct {
  int fd;
  int place; // in `connections`
  bool blocked; // the peer does not take more just now
  buffer in, out;
  enum { MODELS, PROFILE, CHAT, MESSAGES } asked;
  bool streaming;
  long sent, total;            // deltas
  uint64_t next_due, interval; // ns
} connection;

// How streams run; /__profile changes it.
static struct {
  long chunks, interval_us, first_us, jitter, pad;
} profile = {.chunks = 500, .jitter = 1};

static int epoll;
static connection *connections[MAX_CONNECTIONS];
static int connected;
static char filler[MAX_PAD + 1];

// ---------- bytes

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void reserve(buffer *b, size_t length) {
  if (b->start == b->end) b->start = b->end = 0;
  if (b->end + length <= b->capacity) return;
  b->capacity = (b->end + length) * 2;
  b->data = realloc(b->data, b->capacity);
  if (!b->data) abort();
}

static void append(buffer *b, const char *bytes, size_t length) {
  reserve(b, length);
  memcpy(b->data + b->end, bytes, length);
  b->end += length;
}

static void watch(connection *c, bool blocked) {
  if (c->blocked == blocked) return;
  c->blocked = blocked;
  struct epoll_event e = {.events = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
}

// Sends what is waiting; false if the connection is broken.
static bool flush(connection *c) {
  while (c->out.start < c->out.end) {
    ssize_t sent = send(c->fd, c->out.data + c->out.start, c->out.end - c->out.start, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) {
      watch(c, true);
      return true;
    }
    c->out.start += sent;
  }
  watch(c, false);
  return true;
}

// ---------- answers

static void answer_whole(connection *c, const char *json, int length) {
  char head[256];
  int n = snprintf(head, sizeof head,
                   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\n"
                   "Content-Length: %d\r\nConnection: keep-alive\r\n\r\n",
                   length);
  append(&c->out, head, n);
  append(&c->out, json, length);
}

static void answer_models(connection *c) {
  const char *json = "{\"object\":\"list\",\"data\":[{\"id\":\"bench-model\",\"object\":\"model\","
                     "\"created\":1700000000,\"owned_by\":\"bench\"}]}";
  answer_whole(c, json, strlen(json));
}

static void answer_reply(connection *c) {
  static const char chat[] =
      "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"bench-model\","
      "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%.*s\",\"refusal\":null},"
      "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":25,\"completion_tokens\":120,"
      "\"total_tokens\":145,\"prompt_tokens_details\":{\"cached_tokens\":0}},\"system_fingerprint\":\"fp_bench\"}";
  static const char messages[] =
      "{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench-model\","
      "\"content\":[{\"type\":\"text\",\"text\":\"%.*s\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
      "\"usage\":{\"input_tokens\":25,\"output_tokens\":120}}";
  char json[REPLY_LENGTH + 1024];
  int n = snprintf(json, sizeof json, c->asked == CHAT ? chat : messages, REPLY_LENGTH, filler);
  answer_whole(c, json, n);
}

static void append_chunk(connection *c, const char *bytes, size_t length) {
  char size[32];
  append(&c->out, size, snprintf(size, sizeof size, "%zx\r\n", length));
  append(&c->out, bytes, length);
  append(&c->out, "\r\n", 2);
}

#define CHAT_CHUNK(delta, finish)                                                                                      \
  "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"                      \
  "\"model\":\"bench-model\",\"system_fingerprint\":\"fp_bench\",\"choices\":[{\"index\":0,\"delta\":" delta           \
  ",\"logprobs\":null,\"finish_reason\":" finish "}]}\n\n"

static void stream_opening(connection *c) {
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                             "Cache-Control: no-cache\r\nx-request-id: req_bench\r\nConnection: keep-alive\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";
  static const char chat[] = CHAT_CHUNK("{\"role\":\"assistant\",\"content\":\"\"}", "null");
  static const char messages[] =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_bench\",\"type\":\"message\","
      "\"role\":\"assistant\",\"model\":\"bench-model\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
      "\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\n"
      "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
      "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
  const char *opening = c->asked == CHAT ? chat : messages;
  append(&c->out, head, sizeof head - 1);
  append_chunk(c, opening, strlen(opening));
}

static void stream_delta(connection *c) {
  static const char chat[] = CHAT_CHUNK("{\"content\":\"@%llu@ %.*s\"}", "null");
  static const char messages[] =
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
      "\"delta\":{\"type\":\"text_delta\",\"text\":\"@%llu@ %.*s\"}}\n\n";
  char text[MAX_PAD + 1024];
  int n = snprintf(text, sizeof text, c->asked == CHAT ? chat : messages, (unsigned long long)now(), (int)profile.pad,
                   filler);
  append_chunk(c, text, n);
  c->sent++;
}

static void stream_closing(connection *c) {
  static const char chat[] = CHAT_CHUNK("{}", "\"stop\"")
      "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
      "\"model\":\"bench-model\",\"choices\":[],\"usage\":{\"prompt_tokens\":25,\"completion_tokens\":500,"
      "\"total_tokens\":525}}\n\ndata: [DONE]\n\n";
  static const char messages[] =
      "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
      "\"stop_sequence\":null},\"usage\":{\"output_tokens\":500}}\n\n"
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  const char *closing = c->asked == CHAT ? chat : messages;
  append_chunk(c, closing, strlen(closing));
  append(&c->out, "0\r\n\r\n", 5);
  c->streaming = false;
}

// Sends whatever is due; false if the connection is broken. Each delta is a write of its own, as vendors send them.
static bool advance(connection *c) {
  if (!flush(c)) return false;
  while (c->streaming && !c->blocked && now() >= c->next_due) {
    if (c->sent == 0) stream_opening(c);
    if (c->sent < c->total) {
      stream_delta(c);
      c->next_due += c->interval;
    } else {
      stream_closing(c);
    }
    if (!flush(c)) return false;
  }
  return true;
}

static void begin_stream(connection *c) {
  c->streaming = true;
  c->sent = 0;
  c->total = profile.chunks > 0 ? profile.chunks : 1;
  c->interval = profile.interval_us * 1000ull;
  c->next_due = now() + profile.first_us * 1000ull;
  // Streams that began together must not tick together.
  if (profile.jitter) c->next_due += rand() % 1000 * c->interval / 1000;
}

// ---------- requests

static const char *header(const char *head, const char *head_end, const char *name) {
  size_t length = strlen(name);
  for (const char *line = head; (line = memchr(line, '\n', head_end - line)) && ++line + length < head_end;)
    if (!strncasecmp(line, name, length)) return line + length;
  return NULL;
}

static long parameter(const char *path, const char *path_end, const char *name, long otherwise) {
  const char *found = memmem(path, path_end - path, name, strlen(name));
  return found ? atol(found + strlen(name)) : otherwise;
}

static void set_profile(const char *path, const char *path_end) {
  profile.chunks = parameter(path, path_end, "chunks=", profile.chunks);
  profile.interval_us = parameter(path, path_end, "interval_us=", profile.interval_us);
  profile.first_us = parameter(path, path_end, "first_us=", profile.first_us);
  profile.jitter = parameter(path, path_end, "jitter=", profile.jitter);
  profile.pad = parameter(path, path_end, "pad=", profile.pad);
  if (profile.pad > MAX_PAD) profile.pad = MAX_PAD;
}

// Does this stretch of a body decide whether a stream is wanted? 1 yes, -1 no, 0 it does not say.
static int stream_wanted_in(const char *bytes, size_t length) {
  const char *end = bytes + length;
  for (const char *p = bytes; (p = memmem(p, end - p, "\"stream\"", 8));) {
    for (p += 8; p < end && (*p == ' ' || *p == ':');) p++;
    if (end - p >= 4 && !memcmp(p, "true", 4)) return 1;
    if (end - p >= 5 && !memcmp(p, "false", 5)) return -1;
  }
  return 0;
}

// Clients put the field near an end, so a big body is rarely searched whole.
static bool stream_wanted(const char *body, size_t length) {
  enum { NEAR = 8192 };
  if (length <= 2 * NEAR) return stream_wanted_in(body, length) > 0;
  int wanted = stream_wanted_in(body, NEAR);
  if (!wanted) wanted = stream_wanted_in(body + length - NEAR, NEAR);
  if (!wanted) wanted = stream_wanted_in(body, length);
  return wanted > 0;
}

// The end of a chunked body, or NULL while it is not all there.
static const char *chunked_end(const char *body, const char *end) {
  for (const char *chunk = body;;) {
    const char *line_end = memmem(chunk, end - chunk, "\r\n", 2);
    if (!line_end) return NULL;
    long size = strtol(chunk, NULL, 16);
    if (end - line_end < size + 4) return NULL;
    chunk = line_end + 2 + size + 2;
    if (size == 0) return chunk;
  }
}

// Takes the next whole request from what came in, if there is one, and begins its answer.
static bool take_request(connection *c) {
  const char *head = c->in.data + c->in.start, *end = c->in.data + c->in.end;
  const char *blank = c->in.start < c->in.end ? memmem(head, end - head, "\r\n\r\n", 4) : NULL;
  if (!blank) return false;
  const char *body = blank + 4, *length = header(head, body, "content-length:");
  const char *encoding = header(head, body, "transfer-encoding:");
  const char *body_end = body + (length ? atol(length) : 0);
  if (encoding) body_end = chunked_end(body, end);
  if (!body_end || body_end > end) return false;

  const char *line_end = memchr(head, '\r', body - head);
  bool get = !strncmp(head, "GET", 3);
  c->asked = get && memmem(head, line_end - head, "/__profile", 10)    ? PROFILE
             : get                                                     ? MODELS
             : memmem(head, line_end - head, "/messages", 9) != NULL   ? MESSAGES
                                                                       : CHAT;
  if (c->asked == PROFILE) set_profile(head, line_end);
  if (get) answer_models(c);
  else if (stream_wanted(body, body_end - body)) begin_stream(c);
  else answer_reply(c);
  c->in.start = body_end - c->in.data;
  return true;
}

// ---------- connections

static void close_connection(connection *c) {
  close(c->fd);
  connections[c->place] = connections[--connected];
  connections[c->place]->place = c->place;
  free(c->in.data);
  free(c->out.data);
  free(c);
}

static void accept_waiting(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), yes = 1;
    if (fd < 0) return;
    if (connected == MAX_CONNECTIONS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connection *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->fd = fd;
    c->place = connected;
    connections[connected++] = c;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
  }
}

// Reads all that came; false if the peer has gone.
static bool receive(connection *c) {
  for (;;) {
    reserve(&c->in, READ_SIZE);
    size_t room = c->in.capacity - c->in.end;
    ssize_t got = recv(c->fd, c->in.data + c->in.end, room, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
    if (got < 0) return true;
    c->in.end += got;
    if ((size_t)got < room) return true;
  }
}

// False if the connection is done with.
static bool serve(connection *c, uint32_t events) {
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    if (!receive(c)) return false;
    while (!c->streaming && take_request(c))
      if (!advance(c)) return false;
  }
  return !(events & EPOLLOUT) || advance(c);
}

// How long to sleep: until the next delta of any stream is due. At least 50 us, so that ticks are taken together.
static struct timespec *until_next_delta(struct timespec *wait) {
  uint64_t earliest = UINT64_MAX, t = now();
  for (int i = 0; i < connected; i++) {
    connection *c = connections[i];
    if (c->streaming && !c->blocked && c->next_due < earliest) earliest = c->next_due;
  }
  if (earliest == UINT64_MAX) return NULL;
  uint64_t ns = earliest > t + 50000 ? earliest - t : 50000;
  *wait = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
  return wait;
}

static void advance_streams(void) {
  uint64_t t = now();
  for (int i = connected - 1; i >= 0; i--) {
    connection *c = connections[i];
    if (c->streaming && !c->blocked && t >= c->next_due && !advance(c)) close_connection(c);
  }
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) {
    perror("upstream: listen");
    exit(1);
  }
  return fd;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fputs("usage: upstream <port>\n", stderr);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < MAX_PAD; i++) filler[i] = i % 6 == 5 ? ' ' : 'x';
  int listener = listen_on(atoi(arguments[1]));
  epoll = epoll_create1(0);
  struct epoll_event on_listener = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &on_listener);

  struct epoll_event events[MAX_EVENTS];
  for (;;) {
    struct timespec wait;
    int n = epoll_pwait2(epoll, events, MAX_EVENTS, until_next_delta(&wait), NULL);
    for (int i = 0; i < n; i++) {
      connection *c = events[i].data.ptr;
      if (!c) accept_waiting(listener);
      else if (!serve(c, events[i].events)) close_connection(c);
    }
    advance_streams();
  }
}
