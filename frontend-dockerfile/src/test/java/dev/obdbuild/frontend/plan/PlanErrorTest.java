package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlanErrorTest {

  private static void plan(String dockerfile, Map<String, String> options) throws IOException {
    TestSources.plan(
        new FrontendOptions(options, "", new Platform("linux", "amd64")),
        TestSources.of(dockerfile));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "FROM busybox AS a;COPY --from=b /x /x;FROM busybox AS b;COPY --from=a /x /x | 2 | circular dependency detected on stage: a",
        "FROM busybox AS a;COPY --from=a /x /x | 2 | circular dependency detected on stage: a",
        "FROM busybox AS a;COPY --from=b /x /x;FROM busybox AS b;FROM a | 2 | cannot copy from stage \"b\", it needs to be defined before current stage \"a\"",
        "FROM busybox AS a;RUN --mount=from=b,target=/y x;FROM busybox AS b;FROM a | 2 | cannot mount from stage \"b\" to \"/y\", stage needs to be defined before current command",
        "FROM busybox;COPY --from=3 /x /x | 2 | invalid stage index 3",
        "FROM busybox;COPY --from=$X /x /x | 2 | variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
        "FROM busybox;COPY --from=UPPER /x /x | 2 | failed to parse stage name \"UPPER\": invalid reference format: repository name (library/UPPER) must be lowercase",
        "ARG A;FROM $A | 2 | base name ($A) should not be blank",
        "FROM --platform=$X busybox | 1 | empty platform value from expression $X",
        "FROM --platform=a/b/c/d busybox | 1 | failed to parse platform a/b/c/d: \"a/b/c/d\": cannot parse platform specifier: invalid argument",
        "FROM buzybox | 1 | buzybox: failed to resolve source metadata for docker.io/library/buzybox:latest: not found (did you mean busybox?)",
        "FROM busybox;RUN --mount=target=/ x | 2 | invalid mount target \"/\"",
        "FROM busybox;COPY http://a/b /f | 2 | source can't be a URL for COPY",
        "FROM busybox;COPY git://a/b /f | 2 | source can't be a git ref for COPY",
        "FROM busybox;ADD --checksum=x a b /f/ | 2 | checksum can't be specified for multiple sources",
        "FROM busybox;ADD --checksum=x a /f | 2 | checksum requires HTTP(S) or Git sources",
        "FROM busybox;COPY --chmod=77777 a /f | 2 | invalid chmod parameter: '77777'. it should be octal string and between 0 and 07777",
        "FROM busybox;COPY --chmod=z a /f | 2 | invalid syntax",
        "FROM busybox;STOPSIGNAL 0 | 2 | invalid signal: 0",
        "FROM busybox;STOPSIGNAL SIGNO | 2 | invalid signal: SIGNO",
        "FROM busybox;EXPOSE 70000 | 2 | invalid containerPort: 70000",
        "FROM busybox;EXPOSE 80/foo | 2 | invalid port: \"80/foo\": invalid proto: foo",
        "FROM busybox;EXPOSE 1-2:3-5 | 2 | invalid ranges specified for container and host Ports: 3-5 and 1-2",
        "FROM busybox;EXPOSE x.y:1:2 | 2 | invalid IP address: x.y",
        "FROM busybox;VOLUME $X | 2 | VOLUME specified can not be an empty string",
        "FROM busybox;ENV A=${X:?no} | 2 | failed to process \"${X:?no}\": X: no",
      })
  void whatCannotBeBuiltIsRefusedAtItsLine(String file, int line, String message) {
    String dockerfile = file.replace(";", "\n") + "\n";
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> plan(dockerfile, Map.of()))
        .withMessage(message)
        .satisfies(
            e -> {
              assertThat(e.lines()).contains(Lines.of(line));
              assertThat(e.excerpt().orElseThrow()).startsWith("Dockerfile:" + line + "\n");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "target | x | target stage \"x\" could not be found",
        "target | buidl | target stage \"buidl\" could not be found (did you mean build?)",
        "multi-platform | x | invalid boolean value for multi-platform: x",
        "force-network-mode | x | invalid netmode x",
        "image-resolve-mode | x | invalid image-resolve-mode: x",
        "add-hosts | a | failed to parse additional hosts: invalid key-value pair a",
        "add-hosts | a=b | failed to parse additional hosts: failed to parse IP b",
        "shm-size | 1k | failed to parse shm size: strconv.ParseInt: parsing \"1k\": invalid syntax",
        "memory | 1g | failed to parse resource limits: invalid memory value: 1g: strconv.ParseInt: parsing \"1g\": invalid syntax",
        "memswap | x | failed to parse resource limits: invalid memswap value: x: strconv.ParseInt: parsing \"x\": invalid syntax",
        "cpushares | 1.5 | failed to parse resource limits: invalid cpushares value: 1.5: strconv.ParseUint: parsing \"1.5\": invalid syntax",
        "cpuperiod | 1ms | failed to parse resource limits: invalid cpuperiod value: 1ms: strconv.ParseUint: parsing \"1ms\": invalid syntax",
        "cpuquota | 50% | failed to parse resource limits: invalid cpuquota value: 50%: strconv.ParseInt: parsing \"50%\": invalid syntax",
        "memory | 9223372036854775808 | failed to parse resource limits: invalid memory value: 9223372036854775808: strconv.ParseInt: parsing \"9223372036854775808\": value out of range",
        "shm-size | 9223372036854775808 | failed to parse shm size: strconv.ParseInt: parsing \"9223372036854775808\": value out of range",
        "memory | 0 | failed to parse resource limits: invalid memory value: 0: must be > 0",
        "memory | -1 | failed to parse resource limits: invalid memory value: -1: must be > 0",
        "memswap | 0 | failed to parse resource limits: invalid memswap value: 0: must be -1 (unlimited) or > 0",
        "memswap | -2 | failed to parse resource limits: invalid memswap value: -2: must be -1 (unlimited) or > 0",
        "cpushares | 0 | failed to parse resource limits: invalid cpushares value: 0: must be > 0",
        "cpushares | -1 | failed to parse resource limits: invalid cpushares value: -1: strconv.ParseUint: parsing \"-1\": invalid syntax",
        "cpuperiod | +1 | failed to parse resource limits: invalid cpuperiod value: +1: strconv.ParseUint: parsing \"+1\": invalid syntax",
        "cpuperiod | 18446744073709551616 | failed to parse resource limits: invalid cpuperiod value: 18446744073709551616: strconv.ParseUint: parsing \"18446744073709551616\": value out of range",
        "cpuquota | 0 | failed to parse resource limits: invalid cpuquota value: 0: must be > 0",
        "cpusetcpus | a | failed to parse resource limits: invalid cpusetcpus value: a: invalid cpuset element \"a\"",
        "cpusetcpus | 3-1 | failed to parse resource limits: invalid cpusetcpus value: 3-1: invalid cpuset range \"3-1\"",
        "cpusetcpus | -1 | failed to parse resource limits: invalid cpusetcpus value: -1: invalid cpuset range \"-1\"",
        "cpusetmems | 8193 | failed to parse resource limits: invalid cpusetmems value: 8193: cpuset element \"8193\" exceeds maximum 8192",
        "cpusetmems | 0-8193 | failed to parse resource limits: invalid cpusetmems value: 0-8193: cpuset range \"0-8193\" exceeds maximum 8192",
        "ulimit | x=1 | failed to parse ulimit: invalid ulimit type: x",
        "ulimit | nofile=2:1 | failed to parse ulimit: ulimit soft limit must be less than or equal to hard limit: 2 > 1",
        "build-arg:SOURCE_DATE_EPOCH | 9999999999 | invalid SOURCE_DATE_EPOCH: 9999999999",
        "build-arg:SOURCE_DATE_EPOCH | -9223372036854775808 | invalid SOURCE_DATE_EPOCH: -9223372036854775808",
        "build-arg:SOURCE_DATE_EPOCH | never | invalid SOURCE_DATE_EPOCH: never",
        "build-arg:SOURCE_DATE_EPOCH | build | SOURCE_DATE_EPOCH stage must use FROM scratch",
        "build-arg:BUILDKIT_DOCKERFILE_CHECK | x=y | failed to parse build-arg:BUILDKIT_DOCKERFILE_CHECK: invalid check option \"x\"",
        "filename | other | failed to read dockerfile: open other: no such file or directory",
      })
  void optionsThatCannotBeMetAreRefused(String name, String value, String message) {
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(
            () -> plan("FROM busybox AS build\nRUN x\n", Map.of(name, value == null ? "" : value)))
        .withMessage(message);
  }

  @Test
  void errorsOfTriggersBelongToTheLineThatFiresThem() {
    TestSources sources =
        TestSources.of("FROM busybox\nRUN a\nFROM trig\nRUN b\n")
            .image(
                "trig",
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"OnBuild\":[\"COPY a\"]}}");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> TestSources.plan(FrontendOptions.of(Map.of()), sources))
        .withMessageContaining("COPY requires at least two arguments")
        .satisfies(e -> assertThat(e.lines()).contains(Lines.of(3)));
  }
}
