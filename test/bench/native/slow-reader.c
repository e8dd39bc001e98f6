// Many clients that read slowly: each sends the request once and then takes 1 KB of its answer every second, with the
// smallest receive buffer the kernel allows. Whatever more the program in between reads from upstream, it must keep.
//
//   slow-reader <port> <request file> <connections> <seconds>
//
// Prints one line of JSON: how many connections got a 200, how many were closed on us, how many bytes were read.
#include "http.h"

enum { BYTES_PER_SECOND = 1024 };

int main(int count, char **arguments) {
  if (count != 5) {
    fputs("usage: slow-reader <port> <request file> <connections> <seconds>\n", stderr);
    return 2;
  }
  struct sockaddr_in address = loopback(atoi(arguments[1]));
  request asked = read_request(arguments[2]);
  int connections = atoi(arguments[3]), seconds = atoi(arguments[4]), smallest = 4096;
  int *fds = calloc(connections, sizeof *fds);
  bool *answered = calloc(connections, sizeof *answered);
  if (!fds || !answered) abort();
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IONBF, 0);

  for (int i = 0; i < connections; i++) {
    fds[i] = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
    if (connect(fds[i], (struct sockaddr *)&address, sizeof address) ||
        send(fds[i], asked.bytes, asked.length, MSG_NOSIGNAL) != (ssize_t)asked.length) {
      perror("slow-reader: connect and send");
      return 1;
    }
  }

  int ok = 0, closed = 0;
  unsigned long long bytes = 0;
  for (int second = 0; second < seconds; second++) {
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    for (int i = 0; i < connections; i++) {
      char part[BYTES_PER_SECOND + 1] = "";
      if (fds[i] < 0) continue;
      ssize_t got = recv(fds[i], part, BYTES_PER_SECOND, MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EAGAIN)) {
        closed++;
        close(fds[i]);
        fds[i] = -1;
      }
      if (got <= 0) continue;
      bytes += got;
      if (!answered[i] && !strncmp(part, "HTTP/1.1 200", 12)) ok++;
      answered[i] = true;
    }
  }
  printf("{\"connections\":%d,\"ok\":%d,\"closed\":%d,\"bytes\":%llu}\n", connections, ok, closed, bytes);
  return 0;
}
