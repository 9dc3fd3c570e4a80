#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  struct stat bundle;
  char day[32];
  time_t summer = 1750000000;
  strftime(day, sizeof day, "%Z", localtime(&summer));
  printf("uid=%d gid=%d cwd=%s zone=%s bundle=%s\n", getuid(), getgid(), getcwd(NULL, 0), day,
         stat(getenv("SSL_CERT_FILE"), &bundle) == 0 && bundle.st_size > 100000 ? "there" : "missing");
  return 0;
}
