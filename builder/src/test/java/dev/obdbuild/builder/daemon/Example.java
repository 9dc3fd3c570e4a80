package dev.obdbuild.builder.daemon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What becomes of an example.
 *
 * @param built flags it is built with
 * @param run arguments it is run with
 * @param prints what it prints then
 * @param config pointers into the image's configuration and the JSON there
 */
record Example(
    String name, List<String> built, List<String> run, String prints, Map<String, String> config) {

  static Example of(String name) {
    return new Example(name, List.of(), List.of(), "", Map.of());
  }

  Example built(String... flags) {
    return new Example(name, List.of(flags), run, prints, config);
  }

  Example run(String... arguments) {
    return new Example(name, built, List.of(arguments), prints, config);
  }

  Example prints(String text) {
    return new Example(name, built, run, text, config);
  }

  /** Double quotes may be written as single ones. */
  Example has(String pointer, String json) {
    Map<String, String> more = new LinkedHashMap<>(config);
    more.put(pointer, json.replace('\'', '"'));
    return new Example(name, built, run, prints, more);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Those that are built and run by themselves; the others are in need of something more. */
  static Stream<Example> all() {
    return Stream.of(
        Example.of("go-service")
            .built("--build-arg=VERSION=1.2.3")
            .run("--check")
            .prints("1.2.3 as 65532: hello, docker\n")
            .has("/config/User", "'65532:65532'")
            .has("/config/Entrypoint", "['/greet']")
            .has("/config/ExposedPorts", "{'8080/tcp':{}}")
            .has("/config/Labels/org.opencontainers.image.version", "'1.2.3'")
            .has(
                "/config/Healthcheck",
                "{'Test':['CMD','/greet','--check'],'Interval':10000000000,'Timeout':2000000000,'Retries':3}"),
        Example.of("rust-cli")
            .run("1994", "49")
            .prints("MCMXCIV\nXLIX\n")
            .has("/config/Cmd", "['2026']")
            .has("/history/0/created_by", "'COPY /out/roman /bin/roman # buildkit'"),
        Example.of("java-jlink")
            .run("b", "a", "b")
            .prints("{a=1, b=2} on Java 17\n")
            .has("/config/Volumes", "{'/data':{}}")
            .has(
                "/config/Env/0",
                "'PATH=/opt/runtime/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'"),
        Example.of("node-service")
            .run("node", "src/server.js", "--check")
            .prints("production as 1000: 42\n")
            .has("/config/ExposedPorts", "{'3000/tcp':{}}")
            .has("/config/StopSignal", "'SIGINT'")
            .has("/config/WorkingDir", "'/app'"),
        Example.of("python-wheels")
            .built("--secret=id=ca,src=" + "/etc/ssl/certs/ca-certificates.crt")
            .run("--times", "2", "it", "works")
            .prints("IT WORKS!\nIT WORKS!\n")
            .has("/config/Entrypoint", "['shout']"),
        Example.of("cpp-cmake").prints("2 3 5 7 11 13 17 19 23 29\n"),
        Example.of("static-site")
            .run("sh", "-c", "id -un; cd /srv/www; stat -c '%a %n' . *; cat index.html")
            .prints(
                "nobody\n755 .\n644 about.html\n644 index.html\n"
                    + "<!doctype html><title>site</title>\n"
                    + "<h1>Welcome</h1>\n\nThis is a <em>small</em> site.\n\n")
            .has("/config/Healthcheck/Test/0", "'CMD-SHELL'"),
        Example.of("distroless")
            .prints("uid=65532 gid=65532 cwd=/home/nonroot zone=CEST bundle=there\n")
            .has("/config/User", "'nonroot:nonroot'"),
        Example.of("multi-target")
            .prints("1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz\n")
            .has("/config/User", "'nobody'"),
        Example.of("heredocs")
            .built("--build-arg=GREETING=hi")
            .prints(
                "==> perl <==\na,b,c\n\n==> python <==\n{\"cell\": [0, 1, 4, 9]}\n"
                    + "==> shell <==\nONE\nTWO\nTHREE\n"
                    + "greeting = hi\nquoted = \"hi\"\ngreeting = ${GREETING}\n"),
        Example.of("cache-mounts").prints("42\n0\n"),
        Example.of("build-args")
            .prints("plain on Debian 12 (amd64): 3 rc1 3-14-15-rc1 3.14.15 none \n")
            .has("/config/Env/8", "'DASHED=3-14-15-rc1'"),
        Example.of("entrypoint")
            .run("--verbose")
            .prints("keeper --verbose as keeper in /data: prepared\n")
            .has("/config/ExposedPorts", "{'6400/tcp':{},'6401/udp':{}}")
            .has("/config/Volumes", "{'/data':{}}")
            .has("/config/Healthcheck/StartInterval", "500000000"),
        Example.of("copy-flags").prints(COPIED),
        Example.of("labels")
            .built("--label=org.opencontainers.image.revision=abc", "--label=more=1")
            .prints("C.UTF-8 /a b/c\n")
            .has("/config/Labels/org.opencontainers.image.revision", "'abc'")
            .has("/config/Labels/more", "'1'")
            .has("/config/Labels/com.example.multi", "'line one line two'")
            .has(
                "/config/Labels/org.opencontainers.image.description",
                "'a \\'quoted\\' text, two  blanks, and a $dollar'")
            .has(
                "/config/ExposedPorts",
                "{'53/tcp':{},'53/udp':{},'8000/tcp':{},'8001/tcp':{},'8002/tcp':{}}")
            .has("/config/Healthcheck", "{'Test':['NONE']}")
            .has("/config/Shell", "['/bin/ash','-c']")
            .has("/config/StopSignal", "'9'"),
        Example.of("legacy")
            .prints("built in /\nfile\ndone\n")
            .has("/author", "'Some One <one@example.org>'")
            .has("/config/ExposedPorts", "{'443/tcp':{},'80/tcp':{}}")
            .has("/config/WorkingDir", "'/opt/bundle'"),
        Example.of("deb-package").prints("fortune-cookie\t1.2-3\nconfigured by configure\n"),
        Example.of("redis").run("self-test").prints("OK\n43\n").has("/config/User", "'redis'"),
        Example.of("dev-container")
            .built("--build-arg=USER_UID=1234")
            .prints(
                "uid=1234(dev) gid=1234(dev) groups=1234(dev),29(audio),44(video)\n/home/dev\n"
                    + "answer 42\ndev:dev\ndev:dev\n")
            .has("/config/WorkingDir", "'/home/dev/project'"));
  }

  /** As BuildKit 0.32 does it. */
  private static final String COPIED =
      """
      README.md f 644 0:0
      archive.tar.gz f 644 0:0
      chosen d 755 0:0
      chosen/link f 4755 0:0
      chosen/old f 644 4242:4242
      excluded d 755 0:0
      excluded/KEEP.md f 644 0:0
      excluded/src d 755 0:0
      excluded/src/code.c f 644 0:0
      excluded/src/main.txt f 644 0:0
      from d 755 0:0
      from/bin d 755 0:0
      from/bin/setuid f 4755 0:0
      from/hard f 4755 0:0
      from/link l 777 0:0
      from/old f 644 4242:4242
      linked d 755 4:5
      linked/README.md f 644 4:5
      owned d 640 1234:1234
      owned/README.md f 640 1234:1234
      parents d 755 0:0
      parents/pkg d 755 0:0
      parents/pkg/a d 755 0:0
      parents/pkg/a/src d 755 0:0
      parents/pkg/a/src/deep d 755 0:0
      parents/pkg/a/src/deep/er d 755 0:0
      parents/pkg/a/src/deep/er/leaf.txt f 644 0:0
      parents/pkg/a/src/main.txt f 644 0:0
      parents/pkg/b d 755 0:0
      parents/pkg/b/src d 755 0:0
      parents/pkg/b/src/main.txt f 644 0:0
      pivot d 755 0:0
      pivot/a d 755 0:0
      pivot/a/src d 755 0:0
      pivot/a/src/code.c f 644 0:0
      pivot/a/src/deep d 755 0:0
      pivot/a/src/deep/er d 755 0:0
      pivot/a/src/deep/er/leaf.txt f 644 0:0
      pivot/a/src/main.txt f 644 0:0
      pivot/b d 755 0:0
      pivot/b/README.md f 644 0:0
      symbolic d 755 0:0
      symbolic/README.md f 644 0:0
      symbolic/src d 755 0:0
      symbolic/src/main.txt f 644 0:0
      unpacked d 755 0:0
      unpacked/docs d 700 7:8
      unpacked/docs/page f 644 7:8
      """;
}
