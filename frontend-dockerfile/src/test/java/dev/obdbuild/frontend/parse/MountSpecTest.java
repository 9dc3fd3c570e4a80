package dev.obdbuild.frontend.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.frontend.DockerfileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MountSpecTest {

  private static MountSpec parse(String text) throws DockerfileException {
    return MountSpec.parse(text, value -> value);
  }

  @Test
  void bindIsTheDefaultAndReadOnly() throws DockerfileException {
    MountSpec mount = parse("source=a,\"target=/b,c\"");
    assertThat(mount.type()).isEqualTo(MountSpec.Type.BIND);
    assertThat(mount.target()).isEqualTo("/b,c");
    assertThat(mount.readOnly()).isTrue();
    assertThat(parse("rw,target=/b").readOnly()).isFalse();
  }

  @Test
  void cachesAreWritable() throws DockerfileException {
    MountSpec mount = parse("TYPE=cache,target=/c,sharing=locked,mode=0700,uid=5");
    assertThat(mount.readOnly()).isFalse();
    assertThat(mount.sharing()).contains(MountSpec.Sharing.LOCKED);
    assertThat(mount.mode()).contains(0700);
    assertThat(mount.uid()).contains(5);
  }

  @Test
  void tmpfsHasASize() throws DockerfileException {
    assertThat(parse("type=tmpfs,target=/t,size=64m").size()).isEqualTo(64L << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "typ=cache | unexpected key 'typ' in 'typ=cache' (did you mean type?)",
        "type=tmp | unsupported mount type \"tmp\" (did you mean tmpfs?)",
        "type=x | unsupported mount type \"x\"",
        "type=cach | unsupported mount type \"cach\" (did you mean cache?)",
        "type=cache,sharing=x | unsupported sharing value \"x\"",
        "x | invalid field 'x' must be a key=value pair",
        "required | unexpected key 'required' for mount type 'bind'",
        "mode=7 | mode not allowed for \"bind\" type mounts",
        "type=secret | invalid secret mount. one of source, target required",
        "type=secret,id=a,source=b | both source and id can't be set",
        "type=secret,id=a,from=b | secret mount should not have a from",
        "type=secret,id=a,sharing=shared | secret mount should not define sharing",
        "sharing=shared | invalid cache sharing set for bind mount",
        "type=ssh,source=x | ssh does not support source",
      })
  void wrongOptionsAreNamed(String text, String message) {
    assertThatThrownBy(() -> parse(text)).hasMessage(message);
  }
}
