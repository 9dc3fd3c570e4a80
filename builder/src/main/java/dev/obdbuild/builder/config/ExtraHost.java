package dev.obdbuild.builder.config;

/**
 * A line for {@code /etc/hosts} of every RUN step.
 *
 * @param ip as written, without brackets; {@code host-gateway} is not known
 */
public record ExtraHost(String host, String ip) {

  /**
   * Reads {@code HOST:IP} or {@code HOST=IP}; an IPv6 address may stand in brackets.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static ExtraHost parse(String text) {
    int equals = text.indexOf('=');
    int at = equals >= 0 ? equals : text.indexOf(':');
    if (at <= 0 || at == text.length() - 1) {
      throw new IllegalArgumentException("--add-host " + text + ": write it as HOST:IP");
    }
    String ip = text.substring(at + 1);
    if (ip.startsWith("[") && ip.endsWith("]")) {
      ip = ip.substring(1, ip.length() - 1);
    }
    if (!ip.matches("[0-9.]+|[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*")) {
      throw new IllegalArgumentException(
          "--add-host " + text + ": '" + ip + "' is not an IP address");
    }
    return new ExtraHost(text.substring(0, at), ip);
  }

  @Override
  public String toString() {
    return host + "=" + ip;
  }
}
