/* Receives datagrams at the Unix socket argv[1] ('@' begins an abstract name) and prints each as one line, '|' for each line break in it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int count, char **words) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = count > 1 ? strlen(words[1]) : 0;
  char text[4096];
  int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (length == 0 || length >= sizeof address.sun_path || descriptor < 0) return 1;
  memcpy(address.sun_path, words[1], length);
  if (words[1][0] == '@') address.sun_path[0] = '\0';
  if (bind(descriptor, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length))) return 1;
  puts("bound");
  for (;;) {
    fflush(stdout);
    ssize_t got = recv(descriptor, text, sizeof text - 1, 0);
    if (got < 0) return 1;
    text[got] = '\0';
    for (char *at = text; *at; at++)
      if (*at == '\n') *at = '|';
    puts(text);
  }
}
