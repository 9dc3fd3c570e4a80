package dev.obdbuild.worker.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerUserTest {

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      # a comment:x:9:9
      app:x:1500:1501:app:/home/app:/bin/sh
      12:x:77:78:a name of digits:/seventy:/bin/sh
      short:x:5
      nohome:x:6:7:::
      """;

  private static final String GROUP =
      """
      root:x:0:
      wheel:x:10:root,app
      app:x:1501:
      audio:x:29:app
      """;

  @ParameterizedTest(name = "''{0}'' is {1}:{2} at {3}")
  @CsvSource({
    "'', 0, 0, /root",
    "root, 0, 0, /root",
    "app, 1500, 1501, /home/app",
    "1500, 1500, 1501, /home/app",
    "12, 77, 78, /seventy",
    "4711, 4711, 0, /",
    "nohome, 6, 7, /",
    "app:wheel, 1500, 10, /home/app",
    "app:99, 1500, 99, /home/app",
    "5:6, 5, 6, /",
    "4294967294, -2, 0, /",
  })
  void a_user_is_looked_up_by_name_first_and_by_number_else(
      String spec, int uid, int gid, String home) throws Exception {
    ContainerUser user = ContainerUser.resolve(spec, PASSWD, GROUP);

    assertThat(user.uid()).isEqualTo(uid);
    assertThat(user.gid()).isEqualTo(gid);
    assertThat(user.home()).isEqualTo(home);
  }

  @Test
  void memberships_come_from_the_group_table_unless_a_group_is_given() throws Exception {
    assertThat(ContainerUser.resolve("app", PASSWD, GROUP).groups()).containsExactly(1501, 10, 29);
    assertThat(ContainerUser.resolve("", PASSWD, GROUP).groups()).containsExactly(0, 10);
    assertThat(ContainerUser.resolve("app:app", PASSWD, GROUP).groups()).containsExactly(1501);
    assertThat(ContainerUser.resolve("4711", PASSWD, GROUP).groups()).containsExactly(0);
  }

  @Test
  void without_tables_numbers_and_root_still_work() throws Exception {
    assertThat(ContainerUser.resolve("", "", ""))
        .isEqualTo(new ContainerUser(0, 0, List.of(), "/"));
    assertThat(ContainerUser.resolve("7:8", "", "").gid()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuchuser | unable to find user nosuchuser: no matching entries in passwd file",
        "app:nosuch | unable to find group nosuch: no matching entries in group file",
        "99999999999 | unable to find user 99999999999: no matching entries in passwd file",
        "-1 | unable to find user -1: no matching entries in passwd file",
      })
  void an_unknown_name_is_refused_in_the_words_of_buildkit(String spec, String message) {
    assertThatThrownBy(() -> ContainerUser.resolve(spec, PASSWD, GROUP))
        .isInstanceOf(ContainerUser.UnknownUserException.class)
        .hasMessage(message);
  }
}
