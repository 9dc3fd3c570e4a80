package dev.obdbuild.worker.source.git;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The whole environment of git processes: nothing of the host's configuration, credentials only
 * here, where other users cannot see them as they could an argument.
 */
final class GitEnvironment {

  private static final List<String> PROXIES =
      List.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "ALL_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "all_proxy");

  private final Map<String, String> variables = new TreeMap<>();
  private final List<String> secrets = new ArrayList<>();
  private int settings;

  GitEnvironment() {
    variables.put("PATH", Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin"));
    for (String name : PROXIES) {
      String value = System.getenv(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    variables.put("LC_ALL", "C");
    variables.put("HOME", "/dev/null");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_ATTR_NOSYSTEM", "1");
    variables.put("GIT_TERMINAL_PROMPT", "0");
    variables.put("GIT_ASKPASS", "/bin/false");
    variables.put("GIT_TEMPLATE_DIR", "");
    variables.put("GIT_ALLOW_PROTOCOL", "http:https:ssh:git");
    setting("core.hooksPath", "/dev/null");
    setting("core.fsmonitor", "false");
    setting("core.logAllRefUpdates", "false");
    setting("init.defaultBranch", "master");
    setting("advice.detachedHead", "false");
    setting("gc.auto", "0");
    setting("maintenance.auto", "false");
    setting("safe.directory", "*");
    setting("http.lowSpeedLimit", "1");
    setting("http.lowSpeedTime", "60");
    ssh(Optional.empty());
  }

  private void setting(String name, String value) {
    variables.put("GIT_CONFIG_KEY_" + settings, name);
    variables.put("GIT_CONFIG_VALUE_" + settings, value);
    settings++;
    variables.put("GIT_CONFIG_COUNT", Integer.toString(settings));
  }

  /** This environment with a remote named {@code origin}. */
  GitEnvironment withOrigin(String url) {
    GitEnvironment copy = new GitEnvironment();
    copy.variables.putAll(variables);
    copy.secrets.addAll(secrets);
    copy.settings = settings;
    copy.setting("remote.origin.url", url);
    return copy;
  }

  /** The same with a repository of this host as that remote, and no other within reach. */
  GitEnvironment withOrigin(StagedBundle bundle) {
    GitEnvironment copy = new GitEnvironment();
    copy.variables.putAll(StagedBundle.FROM_DISK);
    copy.setting("remote.origin.url", bundle.url());
    return copy;
  }

  /** How ssh finds the remote's key. BuildKit, too, trusts any key when it is given none. */
  void ssh(Optional<Path> knownHosts) {
    variables.put(
        "GIT_SSH_COMMAND",
        "ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30 "
            + knownHosts
                .map(file -> "-o 'UserKnownHostsFile=" + file + "'")
                .orElse("-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"));
  }

  void agent(Path socket) {
    variables.put("SSH_AUTH_SOCK", socket.toString());
  }

  /** Sends a header to a URL and what lies below it. */
  void authorization(String scope, String header) {
    secrets.add(header);
    setting("http." + scope + ".extraheader", "Authorization: " + header);
  }

  /** GitHub's own action sends a token like this. */
  static String basic(String token) {
    return "basic "
        + Base64.getEncoder()
            .encodeToString(("x-access-token:" + token).getBytes(StandardCharsets.UTF_8));
  }

  Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  String redacted(String line) {
    String shown = GitRemote.redacted(line);
    for (String secret : secrets) {
      shown = shown.replace(secret, "xxxxx");
    }
    return shown;
  }
}
