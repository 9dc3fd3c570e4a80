package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMeta.ProxyEnv;
import dev.obdbuild.llb.ExecOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The environment of a step's process: the graph's, proxies that it does not set, secrets. */
final class ExecEnvironment {
  private ExecEnvironment() {}

  /**
   * The variables in order, as {@code NAME=value}.
   *
   * @throws IOException when a secret that must be there is not
   */
  static List<String> of(ExecOp op, Secrets secrets) throws IOException {
    List<String> env = new ArrayList<>(op.meta().env());
    op.meta().proxy().ifPresent(proxy -> addProxies(env, proxy));
    addSecrets(env, op.secretEnv(), secrets);
    return env;
  }

  /** Adds variables whose values are secrets. */
  static void addSecrets(List<String> env, List<ExecOp.SecretEnv> all, Secrets secrets)
      throws IOException {
    for (ExecOp.SecretEnv wanted : all) {
      Optional<byte[]> value = secrets.get(wanted.id());
      if (value.isPresent()) {
        env.add(wanted.name() + "=" + new String(value.get(), StandardCharsets.UTF_8));
      } else if (!wanted.optional()) {
        throw missing(wanted.id());
      }
    }
  }

  /** BuildKit's words for a secret that nobody has. */
  static IOException missing(String id) {
    return new IOException("secret " + id + ": not found");
  }

  private static void addProxies(List<String> env, ProxyEnv proxy) {
    addProxy(env, "HTTP_PROXY", proxy.http());
    addProxy(env, "HTTPS_PROXY", proxy.https());
    addProxy(env, "FTP_PROXY", proxy.ftp());
    addProxy(env, "NO_PROXY", proxy.no());
    addProxy(env, "ALL_PROXY", proxy.all());
  }

  private static void addProxy(List<String> env, String name, String value) {
    if (value.isEmpty()) {
      return;
    }
    for (String spelled : List.of(name, name.toLowerCase(Locale.ROOT))) {
      if (env.stream().noneMatch(entry -> entry.startsWith(spelled + "="))) {
        env.add(spelled + "=" + value);
      }
    }
  }
}
