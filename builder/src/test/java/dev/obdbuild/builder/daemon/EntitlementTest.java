package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rights that both the daemon and the client must grant. */
final class EntitlementTest extends DaemonTest {

  private static final String HOST_NETWORK = "FROM BASE\nRUN --network=host echo on the host\n";
  private static final String INSECURE = "FROM BASE\nRUN --security=insecure echo free\n";

  @Override
  List<String> flags() {
    return List.of("--allow-insecure-entitlement", "network.host");
  }

  @Test
  void aDeviceNeedsTheDaemonsConsentUnlessItIsForAll() throws Exception {
    assertThat(it.build(it.context("FROM BASE\nRUN true\n"), "--allow=device=a.b/c=d").failure())
        .contains("granting entitlement device is not allowed by build daemon configuration");
  }

  @Test
  void aRightThatBothGrantIsUsed() throws Exception {
    Path context = it.context(HOST_NETWORK);

    assertThat(it.build(context, "--allow=network.host").ok().err()).contains("on the host");
  }

  @Test
  void aRightThatTheClientDoesNotGrantIsRefused() throws Exception {
    assertThat(it.build(it.context(HOST_NETWORK)).failure())
        .contains("failed to solve: failed to load LLB: network.host is not allowed");
  }

  @Test
  void aRightThatTheDaemonDoesNotGrantIsRefused() throws Exception {
    Path context = it.context(INSECURE);

    assertThat(it.build(context, "--allow=security.insecure").failure())
        .contains("security.insecure")
        .contains("not allowed by build daemon configuration");
    assertThat(it.build(context).failure())
        .contains("failed to load LLB: security.insecure is not allowed");
  }
}
