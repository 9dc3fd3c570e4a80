package dev.obdbuild.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SubnetTest {

  @Test
  void hostsAreCountedFromTheFirstAddress() throws Exception {
    Subnet subnet = Subnet.parse("10.10.4.0/22");
    assertThat(subnet).hasToString("10.10.4.0/22");
    assertThat(subnet.host(1).getHostAddress()).isEqualTo("10.10.4.1");
    assertThat(subnet.host(257).getHostAddress()).isEqualTo("10.10.5.1");
    assertThat(subnet.hosts()).isEqualTo(1022);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.1/24", "10.0.0.0/31", "10.0.256.0/24", "a.b.c.d/8"})
  void whatIsNoSubnetIsNamed(String text) {
    assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void routesOfTheHostAreKeptOutOf() {
    String table =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
            + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
            + "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
    assertThat(Subnet.routes(table)).containsExactly(Subnet.parse("192.0.2.0/24"));
    assertThat(Subnet.parse("192.0.0.0/16").overlaps(Subnet.parse("192.0.2.0/24"))).isTrue();
    assertThat(Subnet.parse("192.0.3.0/24").overlaps(Subnet.parse("192.0.2.0/24"))).isFalse();
  }
}
